//! The state of one person: facts, memberships, and their run through each series.
//! Holds no definition: what a run means is read from the version that it is on.
//!
//! A [`Run`] moves like this; nothing else is possible:
//!
//! | from | to | when |
//! |---|---|---|
//! | (none), `Exited`, `Finished` | `Waiting` | the person comes to match the audience and may enter |
//! | `Waiting` | `Waiting` | the step fires; the next one waits for its delay |
//! | `Waiting` | `Finished` | the last step fires |
//! | `Waiting`, `Finished` | `Exited` | the exit condition holds; from `Finished` for 30 days only |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    history::{History, View},
    rule::{Attribute, Facts},
    value::Value,
    window::DAY_MS,
    zone::{UTC, Zone, Zones},
};

/// How long after the last step an exit still counts as re-engagement.
pub(crate) const REENGAGEMENT_MS: i64 = 30 * DAY_MS;

/// The attribute that names a person's zone, as the tz database does.
pub const TIMEZONE: &str = "timezone";

// LIMIT: more attributes than any form asks for.
/// How many attributes a person may have.
pub(crate) const ATTRIBUTES_MAX: usize = 500;

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
    /// The series whose audience they match, and since when.
    pub audiences: BTreeMap<String, i64>,
    /// Their runs through each series, the latest last.
    pub runs: BTreeMap<String, Vec<Run>>,
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

/// One person's way through one series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// 1 for the first time that they entered.
    pub entry: u32,
    /// The version that they are on.
    pub version: u32,
    /// When they entered, Unix ms.
    pub entered_at: i64,
    /// Hashes of the events at the very instant of entry, or after it by a fast clock, that were
    /// there before it.
    pub before: Vec<u32>,
    /// Where they are.
    pub state: RunState,
    /// What became of each step that has fired, in order.
    pub steps: Vec<StepRecord>,
}

/// Where a run is. The table in the module's documentation says what leads from one to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Entered when there is a next step; left when it fires or the run exits.
    Waiting {
        /// The id of the step.
        step: String,
        /// When it fires, Unix ms.
        due: i64,
    },
    /// Entered when the last step has fired; final once [`REENGAGEMENT_MS`] have passed.
    Finished {
        /// When, Unix ms.
        at: i64,
    },
    /// Entered when the exit condition holds; final.
    Exited {
        /// When, Unix ms.
        at: i64,
        /// Why.
        reason: ExitReason,
    },
}

/// Why a run ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExitReason {
    /// The exit condition came true: they re-engaged.
    ExitCondition,
    /// The version they were on has no such step any more.
    StepGone,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The id of the step.
    pub step: String,
    /// When it fired, Unix ms.
    pub at: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// What the person did with it.
    pub reactions: Reactions,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Handed to the outbox; left when a receipt comes or the run exits.
    Queued,
    /// The provider took it; final.
    Sent,
    /// The provider refused it for good, or there was no one to take it; final.
    Undelivered(String),
    /// In-app: live until this instant (Unix ms), or until it is taken down.
    Live {
        /// From then on it is not shown any more.
        until: i64,
    },
    /// Taken back before it was sent, or taken down; final.
    Cancelled,
    /// Passed over; final.
    Skipped(SkipReason),
}

/// Why a step was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Its targeting did not hold when it fired.
    NotTargeted,
    /// The person has no `email` attribute.
    NoEmail,
    /// The person has unsubscribed: their attribute `unsubscribed` is true.
    Unsubscribed,
    /// The template could not be filled in within its limits.
    Template,
}

/// What a person did with a message. Each is counted once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reactions {
    /// Seen on the screen, Unix ms.
    pub shown: Option<i64>,
    /// Opened (mail) or received (push), Unix ms.
    pub opened: Option<i64>,
    /// Clicked, Unix ms.
    pub clicked: Option<i64>,
    /// Sent away, Unix ms.
    pub dismissed: Option<i64>,
}

/// One thing that a person did with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// An in-app message was on their screen.
    Shown,
    /// A mail was opened.
    Opened,
    /// A push notification reached the device.
    Received,
    /// The link or button was followed.
    Clicked,
    /// An in-app message was sent away.
    Dismissed,
}

impl Reactions {
    /// Notes a reaction; `false` when it was noted before.
    pub(super) fn note(&mut self, reaction: Reaction, at: i64) -> bool {
        let place = match reaction {
            Reaction::Shown => &mut self.shown,
            Reaction::Opened | Reaction::Received => &mut self.opened,
            Reaction::Clicked => &mut self.clicked,
            Reaction::Dismissed => &mut self.dismissed,
        };
        let new = place.is_none();
        place.get_or_insert(at);
        new
    }
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
    pub fn facts<'a>(&'a self, zones: &'a Zones) -> Facts<'a> {
        Facts {
            id: &self.id,
            attributes: &self.attributes,
            history: View::whole(&self.history),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            zone: self.zone(zones),
        }
    }

    /// The zone that their wall clock keeps: that of their attribute `timezone`, or UTC.
    #[must_use]
    pub fn zone<'a>(&self, zones: &'a Zones) -> &'a Zone {
        match self
            .attributes
            .get(TIMEZONE)
            .map(|attribute| &attribute.value)
        {
            Some(Value::Text(name)) => zones.get(name).unwrap_or(&UTC),
            _ => &UTC,
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
        self.attributes.is_empty()
            && self.first_seen.is_none()
            && self.history.iter().next().is_none()
    }

    /// What an exit rule sees of one who would enter this moment: no event since then.
    #[must_use]
    pub fn facts_on_entry<'a>(&'a self, zones: &'a Zones) -> Facts<'a> {
        Facts {
            history: View::nothing(&self.history),
            ..self.facts(zones)
        }
    }

    /// What an exit rule sees of them: events since they entered.
    #[must_use]
    pub fn facts_since<'a>(&'a self, run: &'a Run, zones: &'a Zones) -> Facts<'a> {
        Facts {
            history: View::since(&self.history, run.entered_at, &run.before),
            ..self.facts(zones)
        }
    }
}

impl Run {
    /// The run of this number among those through a series, if the exit condition can still end
    /// it. What comes after another entry is owed to that one.
    pub(super) fn that_may_exit(runs: &[Self], number: usize, now: i64) -> Option<&Self> {
        let run = runs.get(number)?;
        let may_exit = match run.state {
            RunState::Waiting { .. } => true,
            RunState::Finished { at } => {
                number + 1 == runs.len() && now <= at.saturating_add(REENGAGEMENT_MS)
            }
            RunState::Exited { .. } => false,
        };
        may_exit.then_some(run)
    }

    /// When it was left, if it was.
    #[must_use]
    pub fn left_at(&self) -> Option<i64> {
        match self.state {
            RunState::Waiting { .. } => None,
            RunState::Finished { at } | RunState::Exited { at, .. } => Some(at),
        }
    }
}
