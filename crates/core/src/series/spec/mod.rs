//! What an admin writes: segments and series as JSON, read strictly, field by field.
//! Nothing here has been checked against anything else: `definition` compiles it.

mod audience;
mod live;
mod nudge;
mod step;
mod test;
mod uses;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use audience::{AudienceSpec, Each, Entry, EventEntry, Reentry};
pub use live::{DefinitionsSpec, LiveSeries, Migration, Overdue, Pause};
pub use nudge::{
    Ask, ButtonAction, ButtonSpec, CtaSpec, LayoutSpec, PositionSpec, PropertyTestSpec, RepeatSpec,
    SurveySpec, TriggerEventSpec, TriggerSpec,
};
pub use step::{MailProvider, Method, PathSpec, StepKind, StepSpec, UntilSpec};
pub use test::{CONTROL, ChangesSpec, TestMetric, TestSpec, VariantSpec};

use super::policy::Overrides;
use crate::{
    rule::AnySpelling,
    time::{format_span, parse_span},
};

/// A segment: a name and the rule that decides who is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentSpec {
    /// What the console calls it; the id where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Who is in it.
    pub rule: AnySpelling,
}

/// A series as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesSpec {
    /// What the console calls it.
    pub name: String,
    /// Whom it is for; may be left out where an event lets people in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<AudienceSpec>,
    /// Who of them enters, and when.
    #[serde(default)]
    pub entry: Entry,
    /// Whether one may enter again.
    #[serde(default)]
    pub reentry: Reentry,
    /// When one leaves; looks at events since entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<AnySpelling>,
    /// Whether one also leaves who does not match the audience any more.
    #[serde(default, skip_serializing_if = "is_default")]
    pub exit_when_left: bool,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<GoalSpec>,
    /// How many of a hundred who would enter are held out, to compare the others with.
    #[serde(default, skip_serializing_if = "is_default")]
    pub holdout_percent: u32,
    /// What it does differently from the policies of the workspace.
    #[serde(default, skip_serializing_if = "is_default")]
    pub policies: Overrides,
    /// The steps; the first is where one begins.
    pub steps: Vec<StepSpec>,
}

impl SeriesSpec {
    /// The series without what is only kept to be edited again: shards need not carry it.
    #[must_use]
    pub fn to_run(mut self) -> Self {
        for step in &mut self.steps {
            step.mjml = None;
            for variant in step
                .experiment
                .iter_mut()
                .flat_map(|test| &mut test.variants)
            {
                variant.changes.mjml = None;
            }
        }
        self
    }
}

/// What a series or a message is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoalSpec {
    /// What must come true; looks at events since entry, or since the message was sent.
    pub rule: AnySpelling,
    /// Within which time after entry, or after the message; 30 days where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A span of time in milliseconds, written as `3d` or `1d2h30m`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub i64);

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format_span(self.0))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_span(&text).map(Self).map_err(de::Error::custom)
    }
}
