//! Streams: an event filtered by its properties, counted like an event of its own.
//! Properties are looked at when an event arrives and not kept with the person afterwards.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    AttributeTest, Change, Problem, Rule,
    check::{Check, Known},
};
use crate::{
    hash::mix64,
    history::{Added, History, Occurrence},
    named::Hashed,
    value::Value,
    zone::UTC,
};

// LIMIT: every event is held against the filters of its name; these fit into a millisecond.
/// How many different streams the rules of a workspace may ask for.
pub const STREAMS_MAX: usize = 500;

/// An event filtered by its properties.
#[derive(Clone, Debug)]
pub struct Stream {
    id: u64,
    event: String,
    filters: Box<[(String, Check)]>,
}

/// The id of the stream of an event with these filters: a hash of what they say.
pub(super) fn stream_id(event: &str, filters: &[AttributeTest]) -> u64 {
    let mut text = event.to_owned();
    for filter in filters {
        text.push('\n');
        text.push_str(&filter.to_string());
    }
    mix64(text.as_bytes())
}

impl Stream {
    fn new(event: &str, filters: &[AttributeTest]) -> Self {
        Self {
            id: stream_id(event, filters),
            event: event.to_owned(),
            filters: filters
                .iter()
                .map(|filter| (filter.name.clone(), Check::of(filter)))
                .collect(),
        }
    }

    /// Its id, the same wherever the same filters are written.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The name of the event.
    #[must_use]
    pub fn event(&self) -> &str {
        &self.event
    }

    /// Whether an event with these properties belongs to it.
    #[must_use]
    pub fn admits(&self, properties: &BTreeMap<String, Value>) -> bool {
        // A filter compares neither with now nor with a wall clock: `bounds` refuses that.
        self.filters
            .iter()
            .all(|(name, check)| check.holds(&Known::of(properties.get(name)), &UTC, 0))
    }
}

/// Every stream that some rules ask for.
#[derive(Clone, Debug, Default)]
pub struct Streams(BTreeMap<String, Vec<Stream>>);

impl Streams {
    /// Those of all rules of a workspace.
    ///
    /// # Errors
    /// When there are more than [`STREAMS_MAX`].
    pub fn of<'a>(rules: impl IntoIterator<Item = &'a Rule>) -> Result<Self, Problem> {
        let mut streams: BTreeMap<String, Vec<Stream>> = BTreeMap::new();
        let mut ids = BTreeSet::new();
        for rule in rules {
            rule.each(&mut |leaf| {
                for (event, filters) in leaf.events() {
                    if !filters.is_empty() && ids.insert(stream_id(event, filters)) {
                        let of_event = streams.entry(event.to_owned()).or_default();
                        of_event.push(Stream::new(event, filters));
                    }
                }
            });
        }
        if ids.len() > STREAMS_MAX {
            return Err(Problem::new(format!(
                "the rules filter events by properties in {} ways, more than {STREAMS_MAX}: use the \
                 same filters in several rules",
                ids.len()
            )));
        }
        Ok(Self(streams))
    }

    /// The events that they are of.
    pub(crate) fn events(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Adds an occurrence under the event's name and under each stream that admits it, and says
    /// what that changed: [`Change::NOTHING`] for a repeat.
    pub fn note(
        &self,
        history: &mut History,
        event: &str,
        properties: &BTreeMap<String, Value>,
        occurrence: Occurrence,
    ) -> (Added, Change) {
        self.note_hashed(history, event.into(), properties, occurrence)
    }

    pub(crate) fn note_hashed(
        &self,
        history: &mut History,
        event: Hashed<'_>,
        properties: &BTreeMap<String, Value>,
        occurrence: Occurrence,
    ) -> (Added, Change) {
        let streams = self.0.get(event.name).map_or(&[][..], Vec::as_slice);
        let is_first = !streams.is_empty() && history.get_hashed(event).is_none();
        let added = history.add_hashed(event, occurrence);
        if added != Added::New {
            return (added, Change::NOTHING);
        }
        let mut change = Change::hashed(event);
        for stream in streams {
            // INVARIANT: what is missing stays missing until it is filled from stored events.
            if is_first {
                history.streams_mut().entry(stream.id).or_default();
            }
            if let Some(rollup) = history.streams_mut().get_mut(&stream.id)
                && stream.admits(properties)
            {
                rollup.add(occurrence);
                change = change.and(Change::stream(stream.id));
            }
        }
        (added, change)
    }

    /// The streams of events that the person performed before anyone asked for these: until they
    /// are filled, they count nothing.
    pub fn missing<'a>(&'a self, history: &'a History) -> impl Iterator<Item = &'a Stream> + 'a {
        self.0
            .iter()
            .filter(|(event, _)| history.get(event).is_some())
            .flat_map(|(_, streams)| streams)
            .filter(|stream| history.stream(stream.id).is_none())
    }

    /// Takes in stored occurrences of the stream's event; also none at all, so that it is not
    /// missing any more.
    pub fn fill<'a>(
        history: &mut History,
        stream: &Stream,
        stored: impl IntoIterator<Item = (&'a BTreeMap<String, Value>, Occurrence)>,
    ) {
        let rollup = history.streams_mut().entry(stream.id).or_default();
        for (_, occurrence) in stored
            .into_iter()
            .filter(|(properties, _)| stream.admits(properties))
        {
            rollup.add(occurrence);
        }
    }

    /// Forgets the streams that no rule asks for any more.
    pub fn retain(&self, history: &mut History) {
        let ids: BTreeSet<u64> = self.0.values().flatten().map(Stream::id).collect();
        history.streams_mut().retain(|id, _| ids.contains(id));
    }
}
