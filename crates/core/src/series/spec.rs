//! What an admin writes: segments and series as JSON, read strictly, field by field.
//! Nothing here has been checked against anything else: `definition` compiles it.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, IntoDeserializer},
};

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
    /// Whom it is for.
    pub audience: AudienceSpec,
    /// Who of them enters.
    #[serde(default)]
    pub entry: Entry,
    /// Whether one may enter again.
    #[serde(default)]
    pub reentry: Reentry,
    /// When one leaves; looks at events since entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<AnySpelling>,
    /// The steps, in order.
    pub steps: Vec<StepSpec>,
}

/// Whom a series is for: a segment, or a rule of its own. Text on its own is a rule, too.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AudienceSpec {
    /// The people of a segment.
    Segment(String),
    /// The people for whom a rule holds.
    Rule(AnySpelling),
}

impl<'de> Deserialize<'de> for AudienceSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AudienceVisitor)
    }
}

struct AudienceVisitor;

impl<'de> de::Visitor<'de> for AudienceVisitor {
    type Value = AudienceSpec;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`{\"segment\": id}`, `{\"rule\": rule}` or a rule as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<AudienceSpec, E> {
        AnySpelling::deserialize(text.into_deserializer()).map(AudienceSpec::Rule)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<AudienceSpec, A::Error> {
        let audience = match map.next_key::<String>()?.as_deref() {
            Some("segment") => AudienceSpec::Segment(map.next_value()?),
            Some("rule") => AudienceSpec::Rule(map.next_value()?),
            _ => return Err(de::Error::custom("an audience is a `segment` or a `rule`")),
        };
        match map.next_key::<String>()? {
            None => Ok(audience),
            Some(other) => Err(de::Error::custom(format!(
                "an audience is one `segment` or one `rule`: remove `{other}`"
            ))),
        }
    }
}

/// Who of the audience enters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Everyone who matches at the time of publishing, and from then on.
    #[default]
    ExistingAndFuture,
    /// Only those who come to match after publishing.
    Future,
}

/// Whether one may enter again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reentry {
    /// Once in a lifetime.
    #[default]
    Never,
    /// When one comes to match again, this long after leaving.
    After(Span),
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

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A mail.
    Email,
    /// A message inside the app.
    InApp,
    /// A push notification.
    Push,
}

/// A step as it is written. Which fields it needs depends on its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// Its id within the series.
    pub id: String,
    /// What it is.
    pub kind: StepKind,
    /// How long after the previous step, or after entry for the first.
    #[serde(default)]
    pub delay: Span,
    /// Whom of those who come this far it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<AnySpelling>,
    /// The step after it; the following one where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Email: the subject line, Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// In-app, push: the headline, Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text: Markdown for a mail, plain otherwise; Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// In-app: `banner` or `modal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutSpec>,
    /// In-app banner: `top` or `bottom`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionSpec>,
    /// In-app: the button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta: Option<CtaSpec>,
    /// In-app: how long it stays live; 30 days where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_for: Option<Span>,
    /// Push: where a click leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The shape of an in-app message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayoutSpec {
    /// A bar at an edge of the page.
    #[default]
    Banner,
    /// A dialog over the page.
    Modal,
}

/// The edge of the page that a banner keeps to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionSpec {
    /// Above the page.
    #[default]
    Top,
    /// Below the page.
    Bottom,
}

/// A button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CtaSpec {
    /// What it says, Liquid.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// Everything a shard needs to know: pushed by the workspace, whole, under a version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DefinitionsSpec {
    /// Grows with every change.
    pub version: u64,
    /// The segments, by id.
    pub segments: BTreeMap<String, SegmentSpec>,
    /// The series that were ever published, by id.
    pub series: BTreeMap<String, LiveSeries>,
}

/// A published series: its versions, and which of them people enter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LiveSeries {
    /// The version that people enter.
    pub current: u32,
    /// Whether it stands still: no one enters, nothing is sent; people may still leave.
    pub paused: bool,
    /// The versions, each immutable.
    pub versions: BTreeMap<u32, SeriesSpec>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: Result<&str, &str>) {
        let read = serde_json::from_str::<AudienceSpec>(json);
        match (read, expected) {
            (Ok(audience), Ok(written)) => {
                assert!(
                    serde_json::to_string(&audience).unwrap().contains(written),
                    "{audience:?}"
                );
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (read, expected) => panic!("{json}: {read:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn an_audience_is_a_segment_or_a_rule_in_either_spelling() {
        check(r#"{"segment": "a"}"#, Ok(r#"{"segment":"a"}"#));
        check(r#"{"rule": "vip is true"}"#, Ok("vip"));
        check(r#""vip is true""#, Ok("vip"));
        check(r#"{"rule": {"all": []}}"#, Ok(r#"{"rule":{"all":[]}}"#));
        check(r#""vip iz true""#, Err("did you mean `is`?"));
        check(
            r#"{"segment": "a", "rule": "everyone"}"#,
            Err("remove `rule`"),
        );
        check("{}", Err("a `segment` or a `rule`"));
    }
}
