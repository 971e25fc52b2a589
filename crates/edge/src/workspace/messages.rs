//! What the Worker and the workspace say to each other. No logic.

use rekindle_core::series::{
    Finding, Migration, Overdue, SegmentSpec, SeriesSpec, policy::Settings,
};
use serde::{Deserialize, Serialize};

use crate::shard::messages::Waiting;

/// A change by an admin.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Change<T> {
    /// The id of the segment or series.
    pub(crate) id: String,
    /// The revision that the change is based on; any where it is absent.
    pub(crate) if_match: Option<u64>,
    /// The new content.
    pub(crate) content: T,
}

/// A segment with its place in time.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SegmentView {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The rule, as text.
    pub(crate) rule: String,
    /// The rule, as JSON.
    pub(crate) tree: serde_json::Value,
    pub(crate) revision: u64,
}

impl SegmentView {
    pub(super) fn new(id: &str, spec: &SegmentSpec, revision: u64) -> worker::Result<Self> {
        Ok(Self {
            id: id.to_owned(),
            name: spec.name.clone().unwrap_or_else(|| id.to_owned()),
            rule: spec.rule.0.to_string(),
            tree: serde_json::to_value(&spec.rule)?,
            revision,
        })
    }
}

/// The state of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SeriesState {
    /// Never published.
    Draft,
    /// People enter.
    Published,
    /// It stands still.
    Paused,
}

/// A series: its draft, and what is published of it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SeriesView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) state: SeriesState,
    pub(crate) revision: u64,
    /// The version that people enter; `null` before the first publish.
    pub(crate) version: Option<u32>,
    pub(crate) draft: SeriesSpec,
    /// Whether the draft differs from what is published.
    pub(crate) changed: bool,
}

/// What became of a change.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Changed<T> {
    /// It is done.
    Done(T),
    /// There is no such thing.
    NotFound,
    /// It was changed meanwhile: this is its revision now.
    Stale(u64),
    /// It cannot be: these are the reasons.
    Refused(Vec<Refusal>),
}

/// A reason for a refusal or a warning: a [`Finding`] as it travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Refusal {
    pub(crate) severity: String,
    pub(crate) step: Option<String>,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl From<Finding> for Refusal {
    fn from(finding: Finding) -> Self {
        Self {
            severity: match finding.severity {
                rekindle_core::series::Severity::Error => "error".to_owned(),
                rekindle_core::series::Severity::Warning => "warning".to_owned(),
            },
            step: finding.step,
            code: finding.code.to_owned(),
            message: finding.message,
        }
    }
}

impl Refusal {
    pub(super) fn error(code: &str, message: String) -> Self {
        Self {
            severity: "error".to_owned(),
            step: None,
            code: code.to_owned(),
            message,
        }
    }
}

/// Publish, pause or resume a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Turn {
    /// With what becomes of those who are under way on earlier versions.
    Publish(Migration),
    Pause,
    /// With what becomes of what fell due meanwhile.
    Resume(Overdue),
}

/// The policies of the workspace.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SettingsView {
    #[serde(flatten)]
    pub(crate) settings: Settings,
    pub(crate) revision: u64,
}

/// How many are under way at a step of a version, and what publishing the draft means for them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Flight {
    #[serde(flatten)]
    pub(crate) waiting: Waiting,
    /// The step of the draft that they would go on with if they moved; `null` where they would leave.
    pub(crate) moves_to: Option<String>,
}
