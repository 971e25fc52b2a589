//! What a rule is asked about, found by name or, bound once for many rules, by number.
//! Decides nothing.

use std::{borrow::Borrow, collections::BTreeMap};

use serde::{Deserialize, Serialize};

use super::{
    check::Known,
    program::{Source, Symbol, Symbols},
};
use crate::{
    history::{Track, View},
    value::Value,
    zone::Zone,
};

/// An attribute: its value and the instant (Unix ms) that it was set for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// The value.
    pub value: Value,
    /// The timestamp of the message that set it; an older message does not overwrite it.
    pub at: i64,
}

/// What a rule is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The id that chance is taken from: the same for a person, whatever else is learned of them.
    pub id: &'a str,
    /// The attributes, by name.
    pub attributes: &'a BTreeMap<String, Attribute>,
    /// The events in view.
    pub history: View<'a>,
    /// The first activity, Unix ms.
    pub first_seen: Option<i64>,
    /// The newest activity, Unix ms.
    pub last_seen: Option<i64>,
    /// The zone that their wall clock keeps.
    pub zone: &'a Zone,
}

/// The built-in attribute of the newest activity.
pub const LAST_SEEN: &str = "last_seen";
/// The built-in attribute of the first activity.
pub const FIRST_SEEN: &str = "first_seen";

/// How a program looks facts up.
pub trait Look<'a> {
    /// The facts.
    fn facts(&self) -> &Facts<'a>;
    /// What is known of an attribute.
    fn attribute(&self, name: &Symbol) -> impl Borrow<Known<'a>>;
    /// What is in view of an event, a stream or a message.
    fn track(&self, source: &Source) -> Track<'a>;
    /// The same, unless all of it is older than an instant.
    fn track_since(&self, source: &Source, oldest: i64) -> Option<Track<'a>>;
}

impl<'a> Look<'a> for Facts<'a> {
    fn facts(&self) -> &Facts<'a> {
        self
    }

    fn attribute(&self, name: &Symbol) -> impl Borrow<Known<'a>> {
        let attribute = self.attributes.get(name.name());
        Known::of(attribute.map(|attribute| &attribute.value))
    }

    fn track(&self, source: &Source) -> Track<'a> {
        self.history.track(source.of(self.history.history()))
    }

    fn track_since(&self, source: &Source, oldest: i64) -> Option<Track<'a>> {
        Some(self.track(source)).filter(|track| track.newest() >= oldest)
    }
}

/// The facts of one person with everything that some programs ask for found already.
///
/// For many rules over the same person, or the same rules again and again, this saves looking up
/// names.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    facts: Facts<'a>,
    attributes: Box<[Known<'a>]>,
    tracks: Box<[Tracked<'a>]>,
}

/// What is in view, with the instant that is asked for the most.
#[derive(Clone, Copy, Debug)]
struct Tracked<'a> {
    newest: i64,
    track: Track<'a>,
}

impl Default for Tracked<'_> {
    fn default() -> Self {
        Track::default().into()
    }
}

impl<'a> From<Track<'a>> for Tracked<'a> {
    fn from(track: Track<'a>) -> Self {
        Self {
            newest: track.newest(),
            track,
        }
    }
}

impl Symbols {
    /// Finds everything that the programs compiled with these symbols ask for.
    #[must_use]
    pub fn bind<'a>(&self, facts: Facts<'a>) -> Bound<'a> {
        let attributes = self.attributes();
        let tracks = self.sources();
        Bound {
            attributes: in_place(
                attributes.map(|name| (name.place(), *facts.attribute(name).borrow())),
            ),
            tracks: in_place(tracks.map(|source| (source.place(), facts.track(source).into()))),
            facts,
        }
    }
}

/// What was found, in the order of the places.
fn in_place<T: Clone + Default>(found: impl ExactSizeIterator<Item = (usize, T)>) -> Box<[T]> {
    let mut places = vec![T::default(); found.len()];
    for (place, one) in found {
        if let Some(slot) = places.get_mut(place) {
            *slot = one;
        }
    }
    places.into()
}

impl<'a> Look<'a> for Bound<'a> {
    fn facts(&self) -> &Facts<'a> {
        &self.facts
    }

    #[inline]
    fn attribute(&self, name: &Symbol) -> impl Borrow<Known<'a>> {
        let known = self.attributes.get(name.place());
        known.unwrap_or(&Known::Nothing)
    }

    #[inline]
    fn track(&self, source: &Source) -> Track<'a> {
        let tracked = self.tracks.get(source.place());
        tracked.map_or_else(Track::default, |tracked| tracked.track)
    }

    #[inline]
    fn track_since(&self, source: &Source, oldest: i64) -> Option<Track<'a>> {
        let tracked = self.tracks.get(source.place())?;
        (tracked.newest >= oldest).then_some(tracked.track)
    }
}
