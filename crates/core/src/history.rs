//! What a person did and when: per event, per stream and per message, the instants that rules count.
//! Holds no properties: those stay in the shard's event table. What a stream is, `rule` knows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    hash::mix64,
    named::{Hashed, Named},
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

// LIMIT: ten messages a week for a year; what a person did with more of them is not asked.
/// How many different messages are kept of one person.
pub const MESSAGES_MAX: usize = 500;

/// What a person did with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engagement {
    /// It reached them: the provider took it, or the device got it.
    Received,
    /// It was on their screen.
    Shown,
    /// They opened it.
    Opened,
    /// They followed its link or button.
    Clicked,
    /// They sent it away.
    Dismissed,
}

impl Engagement {
    /// Every one of them.
    pub const ALL: [Self; 5] = [
        Self::Received,
        Self::Shown,
        Self::Opened,
        Self::Clicked,
        Self::Dismissed,
    ];

    /// The word that stands for it in a rule.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Shown => "shown",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Dismissed => "dismissed",
        }
    }
}

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
    /// Adds an occurrence.
    pub(crate) fn add(&mut self, occurrence: Occurrence) -> Added {
        // Most come in the order in which they happened.
        let is_newest = self.kept.last().is_none_or(|newest| *newest < occurrence);
        let found = if is_newest {
            Err(self.kept.len())
        } else {
            self.kept.binary_search(&occurrence)
        };
        let Err(place) = found else {
            return Added::Repeat;
        };
        self.first = Some(
            self.first
                .map_or(occurrence.at, |first| first.min(occurrence.at)),
        );
        if place == 0 && self.kept.len() >= INSTANTS_MAX {
            return Added::New;
        }
        self.kept.insert(place, occurrence);
        if self.kept.len() > INSTANTS_MAX {
            self.kept.remove(0);
        }
        self.total += 1;
        Added::New
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
    events: Named<Rollup>,
    /// INVARIANT: a stream is here, if only empty, once an occurrence of its event was looked at.
    streams: BTreeMap<u64, Rollup>,
    messages: Named<BTreeMap<Engagement, Rollup>>,
}

/// What came of adding an occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New,
    /// It was there already.
    Repeat,
    /// The person has as many other events, or messages, as are kept.
    TooManyNames,
}

impl History {
    /// Adds an occurrence of an event.
    ///
    /// Where rules look at properties, [`crate::rule::Streams::note`] does this and more.
    pub fn add(&mut self, event: &str, occurrence: Occurrence) -> Added {
        self.add_hashed(event.into(), occurrence)
    }

    pub(crate) fn add_hashed(&mut self, event: Hashed<'_>, occurrence: Occurrence) -> Added {
        let rollup = self.events.get_or_add(event, EVENT_NAMES_MAX);
        rollup.map_or(Added::TooManyNames, |rollup| rollup.add(occurrence))
    }

    /// Keeps the name of an event and no occurrence of it, while none is kept: whether that is so.
    pub(crate) fn add_name(&mut self, event: Hashed<'_>) -> bool {
        let rollup = self.events.get_or_add(event, EVENT_NAMES_MAX);
        rollup.is_none_or(|rollup| rollup.kept.is_empty())
    }

    /// Adds something that the person did with the message `series/step`.
    pub fn note_engagement(
        &mut self,
        engagement: Engagement,
        message: &str,
        occurrence: Occurrence,
    ) -> Added {
        let rollups = self.messages.get_or_add(message.into(), MESSAGES_MAX);
        rollups.map_or(Added::TooManyNames, |rollups| {
            rollups.entry(engagement).or_default().add(occurrence)
        })
    }

    /// What is known of an event.
    #[must_use]
    pub fn get(&self, event: &str) -> Option<&Rollup> {
        self.events.get(event)
    }

    pub(crate) fn get_hashed(&self, event: Hashed<'_>) -> Option<&Rollup> {
        self.events.get(event)
    }

    /// Whether nothing was performed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.len() == 0
    }

    /// What is known of a message.
    #[must_use]
    pub fn message(&self, engagement: Engagement, message: &str) -> Option<&Rollup> {
        self.messages.get(message)?.get(&engagement)
    }

    /// What is known of a stream.
    #[must_use]
    pub fn stream(&self, id: u64) -> Option<&Rollup> {
        self.streams.get(&id)
    }

    pub(crate) fn streams_mut(&mut self) -> &mut BTreeMap<u64, Rollup> {
        &mut self.streams
    }

    /// Every event with what is known of it, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Rollup)> {
        self.events.iter()
    }

    /// The occurrences at this instant or after it, by the hash of their ids. Those after it come
    /// from clocks that are fast.
    #[must_use]
    pub fn ids_from(&self, at: i64) -> Vec<u32> {
        let messages = self.messages.values().flat_map(BTreeMap::values);
        self.events
            .values()
            .chain(messages)
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

    /// All of it, in view or not.
    #[must_use]
    pub fn history(self) -> &'a History {
        self.history
    }

    /// What is in view of an event.
    #[must_use]
    pub fn event(self, event: &str) -> Track<'a> {
        self.track(self.history.get(event))
    }

    /// What is in view of one event, stream or message.
    #[inline]
    #[must_use]
    pub fn track(self, rollup: Option<&'a Rollup>) -> Track<'a> {
        let kept = rollup.map_or(&[][..], Rollup::kept);
        match self.since {
            None => Track {
                kept,
                before: &[],
                whole: rollup,
            },
            Some((start, before)) => Track {
                kept: from(kept, start),
                before,
                whole: None,
            },
        }
    }
}

fn from(kept: &[Occurrence], start: i64) -> &[Occurrence] {
    if kept.first().is_none_or(|oldest| oldest.at >= start) {
        return kept;
    }
    let earlier = kept.partition_point(|occurrence| occurrence.at < start);
    kept.get(earlier..).unwrap_or_default()
}

/// The occurrences of one event, stream or message in view, oldest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Track<'a> {
    kept: &'a [Occurrence],
    /// Those of these ids are out of view.
    before: &'a [u32],
    /// Everything, where everything is in view.
    whole: Option<&'a Rollup>,
}

impl<'a> Track<'a> {
    /// Those from one instant on and before another.
    #[must_use]
    pub fn between(self, (start, end): (i64, i64)) -> Self {
        let kept = from(self.kept, start);
        if kept.last().is_none_or(|newest| newest.at < end) {
            return Self {
                kept,
                whole: None,
                ..self
            };
        }
        let inside = kept.partition_point(|occurrence| occurrence.at < end);
        Self {
            kept: kept.get(..inside).unwrap_or_default(),
            whole: None,
            ..self
        }
    }

    /// Those that have happened by `now`.
    #[must_use]
    pub fn until(self, now: i64) -> Self {
        self.between((i64::MIN, now.saturating_add(1)))
    }

    /// The occurrences.
    #[must_use]
    pub fn occurrences(self) -> impl DoubleEndedIterator<Item = Occurrence> + Clone + 'a {
        let kept = self.kept.iter();
        kept.filter(move |occurrence| !self.before.contains(&occurrence.id))
            .copied()
    }

    /// Their instants.
    #[must_use]
    pub fn instants(self) -> impl DoubleEndedIterator<Item = i64> + Clone + 'a {
        self.occurrences().map(|occurrence| occurrence.at)
    }

    /// How many count in a window.
    #[inline]
    #[must_use]
    pub fn count(self, window: Window, now: i64) -> u64 {
        match (window, self.whole) {
            (Window::Ever, Some(rollup)) => rollup.total,
            _ => self.counted(window, now),
        }
    }

    /// No occurrence is later than this instant.
    #[inline]
    #[must_use]
    pub fn newest(self) -> i64 {
        self.kept.last().map_or(i64::MIN, |newest| newest.at)
    }

    fn counted(self, window: Window, now: i64) -> u64 {
        let (start, end) = window.bounds(now);
        let inside = match window {
            Window::Last(_) => self.between((start, now.saturating_add(1))),
            Window::Ever | Window::Before(_) | Window::Since(_) | Window::Between(..) => {
                self.between((start, end))
            }
        };
        if inside.before.is_empty() {
            inside.kept.len() as u64
        } else {
            inside.occurrences().count() as u64
        }
    }

    /// The first one.
    #[must_use]
    pub fn first(self) -> Option<i64> {
        match self.whole {
            Some(rollup) => rollup.first,
            None => self.instants().next(),
        }
    }

    /// The newest one.
    #[must_use]
    pub fn last(self) -> Option<i64> {
        self.instants().next_back()
    }

    /// The newest one but so many.
    #[must_use]
    pub(crate) fn newest_but(self, others: u32) -> Option<i64> {
        if !self.before.is_empty() {
            return self.instants().rev().nth(others as usize);
        }
        let place = self.kept.len().checked_sub(others as usize + 1)?;
        self.kept.get(place).map(|occurrence| occurrence.at)
    }

    /// The instants that a count in the browser still needs: the newest `threshold + 1` that may
    /// count now or later, oldest first.
    #[must_use]
    pub fn for_browser(self, count: Count, window: Window, now: i64) -> Vec<i64> {
        let enough = count.threshold() as usize + 1;
        let inside = self.between(window.bounds(now));
        let mut instants: Vec<i64> = inside.instants().rev().take(enough).collect();
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
        let track = View::whole(&history).event("x");
        assert_eq!(track.instants().collect::<Vec<_>>(), [10, 20, 30]);
        assert_eq!(track.count(Window::Ever, 0), 3);
        assert_eq!((track.first(), track.last()), (Some(10), Some(30)));
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
        let track = View::since(&history, 10, &before).event("x");
        assert_eq!(track.instants().collect::<Vec<_>>(), [10]);
        assert_eq!(track.count(Window::Ever, 10), 1);
        assert_eq!(View::nothing(&history).event("x").last(), None);
    }

    #[test]
    fn one_message_too_many_is_refused() {
        let mut history = History::default();
        let mut note = |message: String, id: &str| {
            history.note_engagement(Engagement::Opened, &message, Occurrence::new(0, id))
        };
        for message in 0..MESSAGES_MAX {
            assert_eq!(note(format!("series/{message}"), "a"), Added::New);
        }
        assert_eq!(note("past/it".to_owned(), "a"), Added::TooManyNames);
        assert_eq!(note("series/0".to_owned(), "a"), Added::Repeat);
        assert_eq!(note("series/0".to_owned(), "b"), Added::New);
        let opened = history.message(Engagement::Opened, "series/0").unwrap();
        assert_eq!(opened.total, 2);
        assert_eq!(history.message(Engagement::Clicked, "series/0"), None);
    }
}
