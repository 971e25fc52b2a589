//! One person's way through one series: where they are and what became of each step.
//! Holds no definition: what a run means is read from the version that it is on.
//!
//! A [`Run`] moves like this, and in no other way (a test watches every run for it):
//!
//! | from | to | when |
//! |---|---|---|
//! | (none) | `Waiting` | the person may enter and comes to match, or performs the event |
//! | (none) | `HeldOut` | the same, and chance holds them out |
//! | `Waiting` | `Waiting` | the step fires, and the next one waits for its delay; or the run moves to a new version, or its time is put off by a pause |
//! | `Waiting` | `Holding` | the step is a wait |
//! | `Waiting` | `Held` | the step is a message and a policy holds it back |
//! | `Waiting`, `Holding`, `Held` | `HeldOut` | a split takes a way that is held out |
//! | `Holding` | `Waiting` | the wait is over, and the next step waits for its delay |
//! | `Holding` | `Holding` | a pause puts it off, or the next step is a wait |
//! | `Held` | `Held` | another policy holds it back, or a pause puts it off |
//! | `Held` | `Waiting` | the message is sent or passed over, and the next step waits |
//! | `Waiting`, `Holding`, `Held`, `HeldOut` | `Finished` | nothing comes after |
//! | `Waiting`, `Holding`, `Held`, `HeldOut`, `Finished` | `Exited` | the exit condition holds; from `Finished` for 30 days only |
//! | `Waiting`, `Holding`, `Held`, `HeldOut` | `Exited` | they leave the audience, come to an exit step, or the step is gone |
//!
//! What became of a step, its [`Outcome`], moves like this:
//!
//! | from | to | when |
//! |---|---|---|
//! | (none) | `Passed`, `Took` | a step that says nothing fires |
//! | (none) | `Skipped` | it is not for them, or a policy says no |
//! | (none) | `Queued` | a mail, a push or a request is handed to the outbox |
//! | (none) | `Live`, `Delayed` | an in-app message goes live, or is held back |
//! | `Queued` | `Delayed` | a policy holds it back just before it is sent |
//! | `Delayed` | `Delayed` | another policy does |
//! | `Queued`, `Delayed`, `Cancelled` | `Sent`, `Undelivered` | the receipt comes |
//! | `Undelivered` | `Queued` | someone asks for another try, and the run was not left early |
//! | `Delayed` | `Delayed` | a pause puts it off |
//! | `Queued`, `Delayed` | `Skipped` | a policy says no just before it is sent, or a pause passes it over |
//! | `Delayed` | `Live` | an in-app message goes live after all |
//! | `Queued`, `Delayed`, `Live` | `Cancelled` | the run exits |
//!
//! That what is `Live` has run out is no move: it says itself until when it is shown.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    series::policy::{Reason, Ruling},
    value::Value,
    window::DAY_MS,
};

/// How long after the last step an exit still counts as re-engagement.
pub(crate) const REENGAGEMENT_MS: i64 = 30 * DAY_MS;

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
    /// What sets it apart from other runs at the same time: a hash of the event's id or property;
    /// 0 where a person has one run.
    pub key: u64,
    /// The properties of the event that let them in, for templates.
    pub event: BTreeMap<String, Value>,
    /// Whether chance holds them out.
    pub held_out: bool,
    /// Where they are.
    pub state: RunState,
    /// What became of each step that has fired, in order.
    pub steps: Vec<StepRecord>,
    /// When the goal was reached, Unix ms.
    pub converted: Option<i64>,
    /// The end of the last pause that was carried out on it, Unix ms.
    pub resumed: i64,
    /// Messages that fell due before this instant are passed over: they fell into a pause.
    pub skips_before: Option<i64>,
    /// How many of the checks for churn it has passed: after 30, 60 and 90 days.
    pub checks: u8,
}

/// Where a run is. The table in the module's documentation says what leads from one to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// There is a next step; left when it fires or the run exits.
    Waiting {
        /// The id of the step.
        step: String,
        /// When it fires, Unix ms.
        due: i64,
    },
    /// In a step that waits; left when what it waits for comes, or the run exits.
    Holding {
        /// The id of the step.
        step: String,
        /// When it is over at the latest, Unix ms.
        until: i64,
    },
    /// A policy holds the message of a step back; left when it is sent or passed over, or the run
    /// exits.
    Held {
        /// The id of the step.
        step: String,
        /// Since when, Unix ms.
        since: i64,
        /// When the policies are asked again, Unix ms.
        until: i64,
        /// What holds it back.
        reason: Reason,
    },
    /// Held out: nothing happens to them until this instant (Unix ms), at which a run would have
    /// come to its end; what they do is watched as in any other run.
    HeldOut {
        /// When it is over, Unix ms.
        until: i64,
    },
    /// Nothing comes after; final once [`REENGAGEMENT_MS`] have passed.
    Finished {
        /// When, Unix ms.
        at: i64,
    },
    /// Left early; final.
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
    /// They do not match the audience any more.
    LeftAudience,
    /// They came to a step that ends the run.
    ExitStep,
    /// The version they are on has no such step any more, nor any after it.
    StepGone,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The id of the step.
    pub step: String,
    /// The version that it fired under; the run may have moved on to another since.
    pub version: u32,
    /// When it fired, Unix ms.
    pub at: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// The variant of the message that they were given, where it is tested.
    pub variant: Option<String>,
    /// What the person did with it.
    pub reactions: Reactions,
    /// When the goal of the message was reached, Unix ms.
    pub converted: Option<i64>,
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A wait is over, attributes are set, the run ended here; final.
    Passed,
    /// The way that a branch, a split or a wait took, by its name; final.
    Took(String),
    /// Handed to the outbox; left when a receipt comes or the run exits.
    Queued,
    /// A policy holds back what waits in the outbox, or an in-app message that is to go live; left
    /// when it is asked again, or the run exits.
    Delayed {
        /// When, Unix ms.
        until: i64,
        /// What holds it back.
        reason: Reason,
    },
    /// The provider took it; final.
    Sent,
    /// The provider refused it for good, or there was no one to take it; left when someone asks for
    /// another try.
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
    /// The template could not be filled in within its limits.
    Template,
    /// It fell due while the series stood still.
    Paused,
    /// A policy said no.
    Policy(Reason),
}

impl SkipReason {
    /// The word that it is written as; a policy's is its own.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NotTargeted => "not_targeted",
            Self::NoEmail => "no_email",
            Self::Template => "template",
            Self::Paused => "paused",
            Self::Policy(reason) => reason.word(),
        }
    }
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
    pub(in crate::series) fn note(&mut self, reaction: Reaction, at: i64) -> bool {
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

impl Outcome {
    /// Whether it came of a message that reached the person, as far as is known.
    #[must_use]
    pub fn has_reached(&self) -> bool {
        match self {
            Self::Sent | Self::Live { .. } => true,
            Self::Passed
            | Self::Took(_)
            | Self::Queued
            | Self::Delayed { .. }
            | Self::Undelivered(_)
            | Self::Cancelled
            | Self::Skipped(_) => false,
        }
    }

    /// From when on the message may leave or go live, for one that was decided at an instant and
    /// waits.
    pub(in crate::series) fn waits_until(&self, decided: i64) -> Option<i64> {
        match self {
            Self::Queued => Some(decided),
            Self::Delayed { until, .. } => Some(*until),
            Self::Passed
            | Self::Took(_)
            | Self::Sent
            | Self::Undelivered(_)
            | Self::Live { .. }
            | Self::Cancelled
            | Self::Skipped(_) => None,
        }
    }

    /// The way that was taken, by its name.
    #[must_use]
    pub fn way(&self) -> Option<&str> {
        match self {
            Self::Took(way) => Some(way),
            Self::Passed
            | Self::Queued
            | Self::Delayed { .. }
            | Self::Sent
            | Self::Undelivered(_)
            | Self::Live { .. }
            | Self::Cancelled
            | Self::Skipped(_) => None,
        }
    }

    /// What a policy's answer makes of a message that is not sent at once; `None` where it is.
    pub(in crate::series) fn of(ruling: Ruling) -> Option<Self> {
        match ruling {
            Ruling::Send => None,
            Ruling::Later { at, reason } => Some(Self::Delayed { until: at, reason }),
            Ruling::Skip { reason } => Some(Self::Skipped(SkipReason::Policy(reason))),
        }
    }
}

impl Run {
    /// Whether nothing can come of it any more: it is over, and no message of it is on its way.
    pub(in crate::series) fn may_be_forgotten(&self) -> bool {
        let is_on_its_way = |record: &StepRecord| record.outcome.waits_until(record.at).is_some();
        !self.is_open() && !self.steps.iter().any(is_on_its_way)
    }

    /// Whether it is under way: not finished, not exited.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.left_at().is_none()
    }

    /// The run of this number among those through a series, if the exit condition can still end
    /// it. What comes after another entry is owed to that one.
    pub(in crate::series) fn that_may_exit(
        runs: &[Self],
        number: usize,
        now: i64,
    ) -> Option<&Self> {
        let run = runs.get(number)?;
        let may_exit = match run.state {
            RunState::Waiting { .. }
            | RunState::Holding { .. }
            | RunState::Held { .. }
            | RunState::HeldOut { .. } => true,
            RunState::Finished { at } => {
                Self::is_latest(runs, number) && now <= at.saturating_add(REENGAGEMENT_MS)
            }
            RunState::Exited { .. } => false,
        };
        may_exit.then_some(run)
    }

    /// Whether no later run has its key.
    pub(in crate::series) fn is_latest(runs: &[Self], number: usize) -> bool {
        let later = runs.iter().skip(number + 1);
        let key = runs.get(number).map(|run| run.key);
        !later.map(|run| run.key).any(|other| Some(other) == key)
    }

    /// Whether nothing happens to them in it.
    pub(in crate::series) fn is_held_out(&self) -> bool {
        matches!(self.state, RunState::HeldOut { .. })
    }

    /// When it was left, if it was.
    #[must_use]
    pub fn left_at(&self) -> Option<i64> {
        match self.state {
            RunState::Waiting { .. }
            | RunState::Holding { .. }
            | RunState::Held { .. }
            | RunState::HeldOut { .. } => None,
            RunState::Finished { at } | RunState::Exited { at, .. } => Some(at),
        }
    }

    /// The id of the step that it is at.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        match &self.state {
            RunState::Waiting { step, .. }
            | RunState::Holding { step, .. }
            | RunState::Held { step, .. } => Some(step),
            RunState::HeldOut { .. } | RunState::Finished { .. } | RunState::Exited { .. } => None,
        }
    }

    /// Since when a policy holds its message back, if one does.
    pub(in crate::series) fn held_since(&self) -> Option<i64> {
        match self.state {
            RunState::Held { since, .. } => Some(since),
            RunState::Waiting { .. }
            | RunState::Holding { .. }
            | RunState::HeldOut { .. }
            | RunState::Finished { .. }
            | RunState::Exited { .. } => None,
        }
    }

    /// When it moves on by itself, Unix ms.
    #[must_use]
    pub fn due(&self) -> Option<i64> {
        match &self.state {
            RunState::Waiting { due, .. } => Some(*due),
            RunState::Holding { until, .. }
            | RunState::Held { until, .. }
            | RunState::HeldOut { until } => Some(*until),
            RunState::Finished { .. } | RunState::Exited { .. } => None,
        }
    }

    /// Puts off by this long what it waits for.
    pub(in crate::series) fn shift(&mut self, by: i64) {
        match &mut self.state {
            RunState::Waiting { due: at, .. }
            | RunState::Holding { until: at, .. }
            | RunState::Held { until: at, .. } => *at = at.saturating_add(by),
            RunState::HeldOut { .. } | RunState::Finished { .. } | RunState::Exited { .. } => {}
        }
    }
}
