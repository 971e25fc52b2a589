//! What a person did and when: per event, the instants that rules count.
//! Holds no properties: those stay in the shard's event table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    hash::mix64,
    window::{Count, Window},
};

// LIMIT: one more than `Count::THRESHOLD_MAX`: "at most 1,000 times" must see the 1,001st. Every count
// in a window that reaches to now is exact.
/// How many instants of one event are kept.
pub const INSTANTS_MAX: usize = Count::THRESHOLD_MAX as usize + 1;

// LIMIT: a person who performs more kinds of events than this is a mistake in the tracking code,
// such as an id inside the event's name.
/// How many different events are kept of one person.
pub const EVENT_NAMES_MAX: usize = 500;

/// One occurrence: when, and a short hash of the event's id so that a repeat is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Occurrence {
    /// When it happened, Unix ms.
    pub at: i64,
    /// The low half of the hash of the event's id.
    pub id: u32,
}

impl Occurrence {
    /// The occurrence of the event with this id.
    #[must_use]
    pub fn new(at: i64, id: &str) -> Self {
        Self {
            at,
            id: (mix64(id.as_bytes()) & 0xffff_ffff).try_into().unwrap_or(0),
        }
    }
}

/// All that is known of one event of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rollup {
    /// How many occurrences there were, those no longer kept included. An arrival that is older than
    /// all of [`INSTANTS_MAX`] kept ones is not counted, because it could not be told from a repeat.
    pub total: u64,
    /// The first one ever.
    pub first: Option<i64>,
    /// The newest, oldest first.
    kept: Vec<Occurrence>,
}

impl Rollup {
    /// Adds an occurrence; `false` when it was there already.
    fn add(&mut self, occurrence: Occurrence) -> bool {
        let Err(place) = self.kept.binary_search(&occurrence) else {
            return false;
        };
        self.first = Some(
            self.first
                .map_or(occurrence.at, |first| first.min(occurrence.at)),
        );
        if place == 0 && self.kept.len() >= INSTANTS_MAX {
            return true;
        }
        self.kept.insert(place, occurrence);
        if self.kept.len() > INSTANTS_MAX {
            self.kept.remove(0);
        }
        self.total += 1;
        true
    }

    /// The newest occurrence.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        self.kept.last().map(|occurrence| occurrence.at)
    }

    /// The occurrences kept, oldest first.
    #[must_use]
    pub fn kept(&self) -> &[Occurrence] {
        &self.kept
    }
}

/// The history of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    events: BTreeMap<String, Rollup>,
}

/// What came of adding an occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New,
    /// It was there already.
    Repeat,
    /// The person has [`EVENT_NAMES_MAX`] other events already.
    TooManyNames,
}

impl History {
    /// Adds an occurrence of an event.
    pub fn add(&mut self, event: &str, occurrence: Occurrence) -> Added {
        if !self.events.contains_key(event) {
            if self.events.len() >= EVENT_NAMES_MAX {
                return Added::TooManyNames;
            }
            self.events.insert(event.to_owned(), Rollup::default());
        }
        let rollup = self.events.get_mut(event);
        if rollup.is_some_and(|rollup| rollup.add(occurrence)) {
            Added::New
        } else {
            Added::Repeat
        }
    }

    /// What is known of an event.
    #[must_use]
    pub fn get(&self, event: &str) -> Option<&Rollup> {
        self.events.get(event)
    }

    /// Every event with what is known of it, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Rollup)> {
        self.events
            .iter()
            .map(|(name, rollup)| (name.as_str(), rollup))
    }

    /// The occurrences at this instant or after it, by the hash of their ids. Those after it come
    /// from clocks that are fast.
    #[must_use]
    pub fn ids_from(&self, at: i64) -> Vec<u32> {
        self.events
            .values()
            .flat_map(|rollup| rollup.kept.iter().rev().take_while(|one| one.at >= at))
            .map(|occurrence| occurrence.id)
            .collect()
    }
}

/// The history as a rule sees it: whole, or only since a person entered a series.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    history: &'a History,
    since: Option<(i64, &'a [u32])>,
}

impl<'a> View<'a> {
    /// Everything.
    #[must_use]
    pub fn whole(history: &'a History) -> Self {
        Self {
            history,
            since: None,
        }
    }

    /// From the instant `at` on, without those that were there already at that instant, which
    /// [`History::ids_from`] tells.
    #[must_use]
    pub fn since(history: &'a History, at: i64, before: &'a [u32]) -> Self {
        Self {
            history,
            since: Some((at, before)),
        }
    }

    /// Nothing of it: what one who enters this moment has done since.
    #[must_use]
    pub fn nothing(history: &'a History) -> Self {
        Self {
            history,
            since: Some((i64::MAX, &[])),
        }
    }

    /// The instants of an event in view that are kept, oldest first.
    #[must_use]
    pub fn instants(self, event: &str) -> impl DoubleEndedIterator<Item = i64> + 'a {
        let kept = self
            .history
            .get(event)
            .map_or(&[][..], |rollup| rollup.kept());
        kept.iter()
            .filter(move |occurrence| match self.since {
                Some((start, before)) => occurrence.at >= start && !before.contains(&occurrence.id),
                None => true,
            })
            .map(|occurrence| occurrence.at)
    }

    /// How many occurrences count in a window.
    #[must_use]
    pub fn count(self, event: &str, window: Window, now: i64) -> u64 {
        match (self.since, window) {
            (None, Window::Ever) => self.history.get(event).map_or(0, |rollup| rollup.total),
            (_, Window::Last(span)) => {
                let oldest = now.saturating_sub(span);
                let newest_first = self.instants(event).rev().skip_while(|at| *at > now);
                newest_first.take_while(|at| *at >= oldest).count() as u64
            }
            (_, Window::Ever | Window::Before(_) | Window::Since(_) | Window::Between(..)) => {
                self.instants(event)
                    .filter(|at| window.contains(*at, now))
                    .count() as u64
            }
        }
    }

    /// The first occurrence in view.
    #[must_use]
    pub fn first(self, event: &str) -> Option<i64> {
        match self.since {
            None => self.history.get(event)?.first,
            Some(_) => self.instants(event).next(),
        }
    }

    /// The last occurrence in view.
    #[must_use]
    pub fn last(self, event: &str) -> Option<i64> {
        self.instants(event).next_back()
    }

    /// The instants that a count in the browser still needs: the newest `threshold + 1` that may
    /// count now or later, oldest first.
    #[must_use]
    pub fn for_browser(self, event: &str, count: Count, window: Window, now: i64) -> Vec<i64> {
        let enough = count.threshold() as usize + 1;
        let oldest = match window {
            Window::Last(span) => now.saturating_sub(span),
            Window::Ever | Window::Before(_) | Window::Since(_) | Window::Between(..) => i64::MIN,
        };
        let mut instants: Vec<i64> = self
            .instants(event)
            .rev()
            .take_while(|at| *at >= oldest)
            .filter(|at| window.may_contain(*at, now))
            .take(enough)
            .collect();
        instants.reverse();
        instants
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_and_a_late_arrival_change_no_order() {
        let mut history = History::default();
        for (at, id, added) in [
            (30, "c", Added::New),
            (10, "a", Added::New),
            (20, "b", Added::New),
            (10, "a", Added::Repeat),
        ] {
            assert_eq!(history.add("x", Occurrence::new(at, id)), added);
        }
        let view = View::whole(&history);
        assert_eq!(view.instants("x").collect::<Vec<_>>(), [10, 20, 30]);
        assert_eq!(view.count("x", Window::Ever, 0), 3);
        assert_eq!((view.first("x"), view.last("x")), (Some(10), Some(30)));
    }

    #[test]
    fn at_the_limit_the_newest_stay_and_the_first_is_remembered() {
        let mut history = History::default();
        for at in 0..=INSTANTS_MAX {
            let at = i64::try_from(at).unwrap();
            assert_eq!(
                history.add("x", Occurrence::new(at, &at.to_string())),
                Added::New
            );
        }
        let rollup = history.get("x").unwrap();
        assert_eq!(rollup.kept().len(), INSTANTS_MAX);
        assert_eq!((rollup.total, rollup.first), (1_002, Some(0)));
        assert_eq!(rollup.kept()[0].at, 1);
        // What fell off comes again, and something older still: neither can be counted twice.
        for at in [0, 0, -5, -5] {
            history.add("x", Occurrence::new(at, "again"));
        }
        let rollup = history.get("x").unwrap();
        assert_eq!((rollup.total, rollup.first), (1_002, Some(-5)));
        assert_eq!(
            (rollup.kept().len(), rollup.kept()[0].at),
            (INSTANTS_MAX, 1)
        );
    }

    #[test]
    fn one_event_name_too_many_is_refused() {
        let mut history = History::default();
        for name in 0..EVENT_NAMES_MAX {
            assert_eq!(
                history.add(&name.to_string(), Occurrence::new(0, "a")),
                Added::New
            );
        }
        assert_eq!(
            history.add("past", Occurrence::new(0, "a")),
            Added::TooManyNames
        );
        assert_eq!(history.add("0", Occurrence::new(1, "b")), Added::New);
    }

    #[test]
    fn since_an_entry_leaves_out_what_stood_there_at_the_same_instant() {
        let mut history = History::default();
        history.add("x", Occurrence::new(5, "old"));
        history.add("x", Occurrence::new(10, "cause"));
        history.add("x", Occurrence::new(12, "cause, by a fast clock"));
        let before = history.ids_from(10);
        history.add("x", Occurrence::new(10, "after"));
        let view = View::since(&history, 10, &before);
        assert_eq!(view.instants("x").collect::<Vec<_>>(), [10]);
        assert_eq!(View::nothing(&history).last("x"), None);
    }
}
