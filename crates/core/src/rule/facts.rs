//! What a rule is asked about, found by name or, bound once for many rules, by number.
//! Decides nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::program::{Source, Symbol, Symbols};
use crate::{
    history::{Rollup, View},
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
    /// The value of an attribute.
    fn attribute(&self, name: &Symbol) -> Option<&'a Value>;
    /// What is known of an event, a stream or a message, in view or not.
    fn rollup(&self, source: &Source) -> Option<&'a Rollup>;
}

impl<'a> Look<'a> for Facts<'a> {
    fn facts(&self) -> &Facts<'a> {
        self
    }

    fn attribute(&self, name: &Symbol) -> Option<&'a Value> {
        Some(&self.attributes.get(name.name())?.value)
    }

    fn rollup(&self, source: &Source) -> Option<&'a Rollup> {
        source.of(self.history.history())
    }
}

/// The facts of one person with everything that some programs ask for found already.
///
/// For many rules over the same person, or one rule over many people, this saves looking up names.
#[derive(Clone, Debug)]
pub struct Bound<'a> {
    facts: Facts<'a>,
    attributes: Box<[Option<&'a Value>]>,
    rollups: Box<[Option<&'a Rollup>]>,
}

impl Symbols {
    /// Finds everything that the programs compiled with these symbols ask for.
    #[must_use]
    pub fn bind<'a>(&self, facts: Facts<'a>) -> Bound<'a> {
        let mut bound = Bound {
            attributes: vec![None; self.attributes().len()].into(),
            rollups: vec![None; self.sources().len()].into(),
            facts,
        };
        for name in self.attributes() {
            if let Some(slot) = bound.attributes.get_mut(name.place()) {
                *slot = facts.attribute(name);
            }
        }
        for source in self.sources() {
            if let Some(slot) = bound.rollups.get_mut(source.place()) {
                *slot = facts.rollup(source);
            }
        }
        bound
    }
}

impl<'a> Look<'a> for Bound<'a> {
    fn facts(&self) -> &Facts<'a> {
        &self.facts
    }

    fn attribute(&self, name: &Symbol) -> Option<&'a Value> {
        self.attributes.get(name.place()).copied().flatten()
    }

    fn rollup(&self, source: &Source) -> Option<&'a Rollup> {
        self.rollups.get(source.place()).copied().flatten()
    }
}
