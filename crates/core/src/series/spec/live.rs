//! What is published: every version of every series, and what becomes of those who are under way.
//! Written by the workspace, not by hand.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{SegmentSpec, SeriesSpec, is_default};
use crate::series::policy::Settings;

/// Everything a shard needs to know: pushed by the workspace, whole, under a version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DefinitionsSpec {
    /// Grows with every change.
    pub version: u64,
    /// The policies of the workspace.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: Settings,
    /// The segments, by id.
    pub segments: BTreeMap<String, SegmentSpec>,
    /// The series that were ever published, by id.
    pub series: BTreeMap<String, LiveSeries>,
}

/// A published series: its versions, and which of them people enter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LiveSeries {
    /// The version that people enter.
    pub current: u32,
    /// Whether it stands still: no one enters, nothing is sent; people may still leave.
    pub paused: bool,
    /// The versions, each immutable.
    pub versions: BTreeMap<u32, SeriesSpec>,
    /// What becomes of those under way on an earlier version; they stay where nothing is said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub migrate: BTreeMap<u32, Migration>,
    /// The pauses that are over, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
}

/// What becomes of those who are under way on an earlier version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Migration {
    /// They stay on it to its end.
    #[default]
    Stay,
    /// They go on with the current one: at the step with the same id, or else at the nearest after
    /// it that both have, or else they leave.
    Move,
}

/// A pause that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// When it began, Unix ms.
    pub from: i64,
    /// When it ended, Unix ms.
    pub until: i64,
    /// What becomes of what fell due meanwhile.
    #[serde(default)]
    pub overdue: Overdue,
}

impl Pause {
    /// How long it was, milliseconds.
    #[must_use]
    pub fn length(&self) -> i64 {
        self.until.saturating_sub(self.from)
    }
}

/// What becomes of what fell due in a pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overdue {
    /// It happens when the series runs again.
    #[default]
    Send,
    /// Messages are passed over; the steps after them keep their time.
    Skip,
    /// Everything that was waited for comes later by the length of the pause.
    Shift,
}
