//! People for tests, told in a line: attributes as JSON, events as ages.
//! Holds no expectation.

use std::collections::BTreeMap;

use rekindle_core::{
    history::{History, Occurrence, View},
    rule::{Attribute, Facts},
    value::Value,
    zone::UTC,
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

    /// Performed an event at an instant, and was there.
    pub(crate) fn did_at(mut self, event: &str, at: i64) -> Self {
        self.occurrences += 1;
        self.history
            .add(event, Occurrence::new(at, &self.occurrences.to_string()));
        self.first_seen = Some(self.first_seen.map_or(at, |first| first.min(at)));
        self.last_seen = self.last_seen.max(Some(at));
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
            zone: &UTC,
        }
    }
}
