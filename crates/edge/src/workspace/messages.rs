//! What the Worker and the workspace say to each other. No logic.

use rekindle_core::series::{
    Finding, Migration, Overdue, SegmentSpec, SeriesSpec, policy::Settings,
};
use serde::{Deserialize, Serialize};

use crate::json::tree;
use crate::shard::messages::Waiting;

/// What someone may do; each may also do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    /// Looks at everything but secrets and the audit log.
    Viewer,
    /// Writes segments and series.
    Editor,
    /// Hands out tokens, sets policies, erases people.
    Admin,
}

impl Role {
    /// The word that it is written as.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }
}

/// Who did something: the name of the token that they came with, and what it allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct By {
    pub(crate) name: String,
    pub(crate) role: Role,
}

impl By {
    /// Whoever has the token that the deployment was given.
    pub(crate) fn first() -> Self {
        Self {
            name: "first admin".to_owned(),
            role: Role::Admin,
        }
    }
}

/// What someone shows to be let in: digests, never the secrets themselves.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Credential {
    /// A token.
    Token(String),
    /// A session, with the token of the first admin, which may have begun it.
    Session {
        session: String,
        first: Option<String>,
    },
}

/// Begins a session for whoever has a token.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NewSession {
    /// The digest of the session's secret.
    pub(crate) session: String,
    /// The digest of the token.
    pub(crate) token: String,
}

/// Hands out a token.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NewToken {
    pub(crate) name: String,
    pub(crate) role: Role,
    /// The digest of its secret.
    pub(crate) digest: String,
}

/// A token, without its secret.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TokenView {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// When it was handed out, Unix ms.
    pub(crate) created_at: i64,
    /// Who handed it out.
    pub(crate) by: String,
}

/// One entry of the audit log.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AuditEntry {
    /// Its place in the log; what a cursor names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<i64>,
    /// When, Unix ms.
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) role: Role,
    /// What was done, such as `publish`.
    pub(crate) action: String,
    /// To what kind of thing, such as `series`.
    pub(crate) kind: String,
    pub(crate) id: String,
    /// What was there before, where something was.
    pub(crate) before: serde_json::Value,
    /// What was there afterwards.
    pub(crate) after: serde_json::Value,
}

/// Notes in the audit log what was done outside the workspace.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Noted {
    pub(crate) action: String,
    pub(crate) kind: String,
    pub(crate) after: serde_json::Value,
}

/// A page of the audit log, newest first.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AuditPage {
    /// Only what was noted before this number.
    pub(crate) before: Option<i64>,
    pub(crate) limit: u32,
}

/// A change by someone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Change<T> {
    /// The id of what is changed.
    pub(crate) id: String,
    /// Who changes it.
    pub(crate) by: By,
    /// The revision that the change is based on; any where it is absent.
    pub(crate) if_match: Option<u64>,
    /// The new content.
    pub(crate) content: T,
}

impl<T> Change<T> {
    /// A change that is based on no revision.
    pub(crate) fn of(id: &str, by: &By, content: T) -> Self {
        Self {
            id: id.to_owned(),
            by: by.clone(),
            if_match: None,
            content,
        }
    }
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
    /// What asks for it; told to whoever reads it, not to whoever has written it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) used_by: Option<Vec<UsedBy>>,
}

/// What asks for a segment.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UsedBy {
    /// `segment` or `series`.
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) name: String,
}

impl SegmentView {
    pub(super) fn new(id: &str, spec: &SegmentSpec, revision: u64) -> worker::Result<Self> {
        Ok(Self {
            id: id.to_owned(),
            name: spec.name.clone().unwrap_or_else(|| id.to_owned()),
            rule: spec.rule.0.to_string(),
            tree: tree(&spec.rule)?,
            revision,
            used_by: None,
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
    /// It stands still for good, and is not written any more.
    Archived,
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

/// A turn in the life of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Turn {
    /// With what becomes of those who are under way on earlier versions.
    Publish(Migration),
    Pause,
    /// With what becomes of what fell due meanwhile.
    Resume(Overdue),
    Archive,
    Unarchive,
}

/// A version of a series.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct VersionView {
    pub(crate) version: u32,
    /// When it was published, Unix ms.
    pub(crate) published_at: i64,
    /// Who published it.
    pub(crate) by: Option<String>,
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
