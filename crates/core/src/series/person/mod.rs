//! The state of a person: attributes, history, segments, runs through series.
//! Holds no definition: what a run means is read from the version that it is on.

mod run;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub(super) use run::REENGAGEMENT_MS;
pub use run::{ExitReason, Outcome, Reaction, Reactions, Run, RunState, SkipReason, StepRecord};

use super::policy::{Recipient, State, timing};
use crate::{
    experiment::Sticky,
    history::{History, View},
    rule::{Attribute, Facts},
    value::Value,
    zone::{Zone, Zones},
};

/// The attribute that names a person's zone, as the tz database does.
pub const TIMEZONE: &str = "timezone";

// LIMIT: more attributes than any form asks for.
/// How many attributes a person may have.
pub(crate) const ATTRIBUTES_MAX: usize = 500;

/// Since when somebody matches an audience who came to match it by an import; [`i64::MIN`] is for those
/// who matched before a series for newcomers.
pub(super) const IMPORTED: i64 = i64::MIN + 1;

/// Everything known of one person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Their id, as the customer's app knows them.
    pub id: String,
    /// Attributes, by name.
    pub attributes: BTreeMap<String, Attribute>,
    /// What they did.
    pub history: History,
    /// Their first activity, Unix ms.
    pub first_seen: Option<i64>,
    /// Their newest activity, Unix ms.
    pub last_seen: Option<i64>,
    /// The segments they are in, and since when.
    pub segments: BTreeMap<String, i64>,
    /// The series whose audience they match, and since when; or why they are kept out though they do.
    pub audiences: BTreeMap<String, i64>,
    /// Their runs through each series, the latest last.
    pub runs: BTreeMap<String, Vec<Run>>,
    /// What policies remember of them.
    pub policy: State,
    /// By which id chance knows them, and the ways that it gave them; none while it was not asked.
    pub sticky: Option<Sticky>,
    /// When each segment and each series, in the order of their ids, can change by the passing of
    /// time alone, Unix ms; as of `definitions`.
    pub flips: Vec<Option<i64>>,
    /// The earliest of these.
    pub due: Option<i64>,
    /// When they were last looked at, Unix ms.
    pub looked_at: i64,
    /// The version of the definitions that they were last looked at with.
    pub definitions: u64,
    /// The hash of the inbox that was last published for them; 0 for none.
    pub inbox: u64,
}

/// Attributes set by one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Identified {
    /// The timestamp of the message.
    pub at: i64,
    /// The values; null removes.
    pub attributes: BTreeMap<String, Value>,
}

impl Person {
    /// A person of whom nothing is known yet.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            ..Self::default()
        }
    }

    /// What rules see of them.
    #[must_use]
    pub fn facts<'a>(&'a self, zone: &'a Zone) -> Facts<'a> {
        Facts {
            id: self.bucketing_id(),
            attributes: &self.attributes,
            history: View::whole(&self.history),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            zone,
        }
    }

    /// The id that chance is taken from: the first that they were known by.
    #[must_use]
    pub fn bucketing_id(&self) -> &str {
        let sticky = self.sticky.as_ref();
        sticky.map_or(&self.id, Sticky::bucketing_id)
    }

    /// When the first was heard of them, Unix ms.
    #[must_use]
    pub fn known_since(&self) -> Option<i64> {
        let told = self.attributes.values().map(|attribute| attribute.at);
        told.chain(self.first_seen).min()
    }

    /// The zone that their wall clock keeps: that of their attribute `timezone` if it is known, else
    /// `default`, else UTC.
    #[must_use]
    pub fn zone<'a>(&self, default: Option<&str>, zones: &'a Zones) -> &'a Zone {
        // Where no zone is known, the name of theirs need not be.
        let own = if zones.is_empty() {
            None
        } else {
            self.value(TIMEZONE)
        };
        let own = match own {
            Some(Value::Text(name)) => Some(name.as_str()),
            _ => None,
        };
        timing::zone(own, default, zones)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name).map(|attribute| &attribute.value)
    }

    /// The attributes whose names begin with this one and a full stop, by what follows it.
    pub(super) fn group(&self, name: &str) -> Option<Value> {
        let prefix = [name, "."].concat();
        let within = self.attributes.range(prefix.clone()..);
        let named = within.map_while(|(name, attribute)| {
            let rest = name.strip_prefix(&prefix)?;
            Some((rest.to_owned(), attribute.value.clone()))
        });
        let named: BTreeMap<String, Value> = named.collect();
        (!named.is_empty()).then_some(Value::Map(named))
    }

    /// The address that mail goes to.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        match self.value("email") {
            Some(Value::Text(address)) if address.contains('@') => Some(address),
            _ => None,
        }
    }

    /// What policies see of them.
    pub(super) fn recipient<'a>(&'a self, zone: &'a Zone) -> Recipient<'a> {
        Recipient {
            id: self.bucketing_id(),
            unsubscribed: self.value("unsubscribed") == Some(&Value::Bool(true)),
            zone,
            state: &self.policy,
        }
    }

    /// Every run that is kept, with the id of its series.
    pub fn each_run(&self) -> impl Iterator<Item = (&String, &Run)> {
        let runs = self.runs.iter();
        runs.flat_map(|(series, runs)| runs.iter().map(move |run| (series, run)))
    }

    /// The latest run through a series.
    #[must_use]
    pub fn latest_run(&self, series: &str) -> Option<&Run> {
        self.runs.get(series)?.last()
    }

    /// Whether nothing is known of them yet.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.attributes.is_empty() && self.first_seen.is_none() && self.history.is_empty()
    }

    /// What an exit rule sees of one who would enter this moment: no event since then.
    #[must_use]
    pub fn facts_on_entry<'a>(&'a self, zone: &'a Zone) -> Facts<'a> {
        Facts {
            history: View::nothing(&self.history),
            ..self.facts(zone)
        }
    }

    /// What an exit rule sees of them: events since they entered.
    #[must_use]
    pub fn facts_since<'a>(&'a self, run: &'a Run, zone: &'a Zone) -> Facts<'a> {
        Facts {
            history: View::since(&self.history, run.entered_at, &run.before),
            ..self.facts(zone)
        }
    }
}
