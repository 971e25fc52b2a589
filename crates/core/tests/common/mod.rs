//! People for tests, told in a line: attributes as JSON, events as ages.
//! Holds no expectation.

#![allow(dead_code, reason = "each test uses some of it")]

use std::collections::BTreeMap;

use rekindle_core::{
    history::{Engagement, History, Occurrence, View},
    rule::{Attribute, Facts, Rule, Streams},
    value::Value,
    zone::Zone,
};

/// The instant that every test of a rule looks from: 2026-11-23T12:00:00Z.
pub(crate) const NOW: i64 = 1_795_435_200_000;

/// A person as rules see them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Somebody {
    pub(crate) attributes: BTreeMap<String, Attribute>,
    pub(crate) history: History,
    pub(crate) first_seen: Option<i64>,
    pub(crate) last_seen: Option<i64>,
    pub(crate) zone: Zone,
    streams: Streams,
    occurrences: u32,
}

impl Somebody {
    pub(crate) fn nobody() -> Self {
        Self::default()
    }

    /// With the attributes of a JSON object.
    pub(crate) fn with(mut self, attributes: serde_json::Value) -> Self {
        let attributes: BTreeMap<String, Value> = serde_json::from_value(attributes).unwrap();
        self.attributes.extend(
            attributes
                .into_iter()
                .map(|(name, value)| (name, Attribute { value, at: 0 })),
        );
        self
    }

    /// Whose events are held against the filters of a rule from now on.
    pub(crate) fn watched_for(mut self, rule: &Rule) -> Self {
        self.streams = Streams::of([rule]).unwrap();
        self
    }

    fn note(&mut self, event: &str, at: i64, properties: serde_json::Value) {
        self.occurrences += 1;
        let properties: BTreeMap<String, Value> = serde_json::from_value(properties).unwrap();
        let occurrence = Occurrence::new(at, &self.occurrences.to_string());
        self.streams
            .note(&mut self.history, event, &properties, occurrence);
    }

    /// Performed an event at an instant, and was there.
    pub(crate) fn did_at(self, event: &str, at: i64) -> Self {
        self.did_as(event, at, serde_json::json!({}))
    }

    /// Performed an event with these properties at an instant, and was there.
    pub(crate) fn did_as(mut self, event: &str, at: i64, properties: serde_json::Value) -> Self {
        self.note(event, at, properties);
        self.first_seen = Some(self.first_seen.map_or(at, |first| first.min(at)));
        self.last_seen = self.last_seen.max(Some(at));
        self
    }

    /// Performed an event with these properties, as the streams of a rule take it in.
    pub(crate) fn did_with(
        mut self,
        rule: &Rule,
        event: &str,
        at: i64,
        properties: serde_json::Value,
    ) -> Self {
        self = self.watched_for(rule);
        self.note(event, at, properties);
        self
    }

    /// Did something with a message at an instant.
    pub(crate) fn reacted(mut self, engagement: Engagement, message: &str, at: i64) -> Self {
        self.occurrences += 1;
        let occurrence = Occurrence::new(at, &self.occurrences.to_string());
        self.history
            .note_engagement(engagement, message, occurrence);
        self
    }

    /// Living by the wall clock of this zone.
    pub(crate) fn in_zone(mut self, zone: Zone) -> Self {
        self.zone = zone;
        self
    }

    /// Performed an event this long before [`NOW`].
    pub(crate) fn did(self, event: &str, ago_ms: i64) -> Self {
        self.did_at(event, NOW - ago_ms)
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            id: "someone",
            attributes: &self.attributes,
            history: View::whole(&self.history),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            zone: &self.zone,
        }
    }
}
