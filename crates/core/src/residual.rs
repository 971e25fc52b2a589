//! What is left of a rule once the edge has answered what it knows: the browser decides the rest.
//! Holds no attribute of the person: only instants, page conditions and time.

use serde::{Deserialize, Serialize};

use crate::window::{Age, Count, Window};

/// The name of an event that no browser sees: the edge has counted it, and only the edge will.
pub const NOWHERE: &str = "";

/// The part of a rule that only the browser can answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Residual {
    /// Decided already.
    Always(bool),
    /// Every part holds.
    All(Vec<Residual>),
    /// At least one part holds.
    Any(Vec<Residual>),
    /// The part does not hold.
    Not(Box<Residual>),
    /// True from this instant (Unix ms) on.
    From(i64),
    /// How often an event was performed.
    Event {
        /// The name of the event.
        name: String,
        /// How many occurrences are asked for.
        count: Count,
        /// When they count.
        window: Window,
        /// The instants known at the edge that may still count, oldest first; the newest
        /// `threshold + 1` are enough.
        known: Vec<i64>,
    },
    /// How long ago the person's newest activity was: what they do here counts.
    LastSeen {
        /// The comparison; false while they were never seen.
        age: Age,
        /// Their newest activity that the edge knows of.
        last: Option<i64>,
    },
    /// What the page is.
    Page {
        /// Which fact of the page.
        field: PageField,
        /// How it is compared.
        test: PageTest,
    },
    /// A stretch of time that comes again, such as every Monday.
    Recurs {
        /// When one of them begins, Unix ms.
        start: i64,
        /// From the beginning of one to that of the next, ms.
        every: i64,
        /// How long each lasts, ms.
        length: i64,
    },
    /// Whether one event was followed by another.
    Sequence {
        /// [`Residual::Event`] of the one that begins it, then of the one that follows, or does not.
        events: Vec<Residual>,
        /// For how long after the first an occurrence of the other counts, ms.
        within: i64,
        /// True: some first one was followed. False: the newest was not, and the time for it passed.
        happened: bool,
    },
}

/// A fact that only the browser knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageField {
    /// The whole address.
    Url,
    /// The path of the address.
    Path,
    /// The title of the document.
    Title,
    /// The address of the page before.
    Referrer,
}

/// How a fact of the page is compared: without regard to ASCII case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageTest {
    /// Equals one of these.
    IsAnyOf(Vec<String>),
    /// Contains this.
    Contains(String),
    /// Starts with this.
    StartsWith(String),
    /// Ends with this.
    EndsWith(String),
}

impl PageTest {
    /// Whether the text passes.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        // Bytes compare as the text does, and need neither copies nor a search engine in the browser.
        let text = text.as_bytes();
        match self {
            Self::IsAnyOf(choices) => choices
                .iter()
                .any(|choice| text.eq_ignore_ascii_case(choice.as_bytes())),
            Self::Contains(part) => (0..=text.len()).any(|at| stands_at(text, part, at)),
            Self::StartsWith(part) => stands_at(text, part, 0),
            Self::EndsWith(part) => text
                .len()
                .checked_sub(part.len())
                .is_some_and(|at| stands_at(text, part, at)),
        }
    }
}

fn stands_at(text: &[u8], part: &str, at: usize) -> bool {
    let found = text.get(at..at.saturating_add(part.len()));
    found.is_some_and(|found| found.eq_ignore_ascii_case(part.as_bytes()))
}

/// What the browser knows beyond what the edge sent.
pub trait Local {
    /// The instants of this event seen here that the edge did not count yet.
    fn instants(&self, event: &str) -> &[i64];
    /// The newest activity seen here.
    fn last_seen(&self) -> Option<i64>;
    /// The fact of the page the visitor is on.
    fn page(&self, field: PageField) -> &str;
}

impl Residual {
    /// Whether the rule holds at `now`, given what happened here.
    #[must_use]
    pub fn eval(&self, local: &impl Local, now: i64) -> bool {
        match self {
            Self::Always(answer) => *answer,
            Self::All(parts) => parts.iter().all(|part| part.eval(local, now)),
            Self::Any(parts) => parts.iter().any(|part| part.eval(local, now)),
            Self::Not(part) => !part.eval(local, now),
            Self::From(instant) => now >= *instant,
            Self::Event { count, .. } => count.holds(self.instants(local, now).len() as u64),
            Self::LastSeen { age, last } => {
                newest(*last, local.last_seen()).is_some_and(|last| age.holds(last, now))
            }
            Self::Page { field, test } => test.holds(local.page(*field)),
            Self::Recurs {
                start,
                every,
                length,
            } => (now - start).rem_euclid(*every) < *length,
            Self::Sequence {
                events,
                within,
                happened,
            } => {
                let [first, then] = events.as_slice() else {
                    return false;
                };
                // An event follows itself only later.
                let least = i64::from(first.name() == then.name());
                let (firsts, thens) = (first.instants(local, now), then.instants(local, now));
                let followed = |at: &i64| {
                    thens
                        .iter()
                        .any(|after| (least..=*within).contains(&(after - at)))
                };
                if *happened {
                    firsts.iter().any(followed)
                } else {
                    let newest = firsts.iter().max();
                    newest.is_some_and(|at| now - at > *within && !followed(at))
                }
            }
        }
    }

    /// The name of the event that it counts.
    fn name(&self) -> &str {
        if let Self::Event { name, .. } = self {
            return name;
        }
        NOWHERE
    }

    /// The instants that it counts now.
    fn instants(&self, local: &impl Local, now: i64) -> Vec<i64> {
        let Self::Event {
            name,
            window,
            known,
            ..
        } = self
        else {
            return Vec::new();
        };
        known
            .iter()
            .chain(local.instants(name))
            .filter(|at| window.contains(**at, now))
            .copied()
            .collect()
    }

    /// The earliest instant after `now` at which some part changes by the passing of time alone.
    ///
    /// The whole may stay as it was: ask [`Residual::eval`] again at that instant.
    #[must_use]
    pub fn next_change(&self, local: &impl Local, now: i64) -> Option<i64> {
        match self {
            Self::Always(_) | Self::Page { .. } => None,
            Self::All(parts) | Self::Any(parts) => parts
                .iter()
                .filter_map(|part| part.next_change(local, now))
                .min(),
            Self::Not(part) => part.next_change(local, now),
            Self::From(instant) => (*instant > now).then_some(*instant),
            Self::Event {
                name,
                window,
                known,
                ..
            } => known
                .iter()
                .chain(local.instants(name))
                .filter_map(|at| window.next_change(*at, now))
                .min(),
            Self::LastSeen { age, last } => newest(*last, local.last_seen())
                .map(|last| age.boundary(last))
                // An age beyond all time is how "was ever seen" is asked.
                .filter(|instant| *instant > now && *instant < i64::MAX),
            Self::Recurs {
                start,
                every,
                length,
            } => {
                let since = (now - start).rem_euclid(*every);
                Some(now - since + if since < *length { *length } else { *every })
            }
            Self::Sequence { events, within, .. } => {
                let first = events.first()?;
                let firsts = first.instants(local, now);
                let passes = firsts.iter().map(|at| at + within + 1);
                passes
                    .filter(|instant| *instant > now)
                    .chain(first.next_change(local, now))
                    .min()
            }
        }
    }
}

fn newest(edge: Option<i64>, here: Option<i64>) -> Option<i64> {
    edge.max(here)
}
