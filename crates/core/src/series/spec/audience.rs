//! Who enters a series, as it is written.
//! Says nothing of what happens to them there.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, IntoDeserializer},
};

use super::Span;
use crate::rule::AnySpelling;

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    /// Everyone who matches at the time of publishing, and from then on.
    #[default]
    ExistingAndFuture,
    /// Only those who come to match after publishing.
    Future,
    /// Those who perform an event, at that moment.
    Event(EventEntry),
}

/// The event that lets people in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventEntry {
    /// Its name.
    pub name: String,
    /// What its properties must be: a rule that reads them as it reads attributes elsewhere.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub filter: Option<AnySpelling>,
    /// What there may be one run of at a time.
    #[serde(default, skip_serializing_if = "super::is_default")]
    pub each: Each,
}

/// What there may be one run of at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Each {
    /// A person has one run.
    #[default]
    Person,
    /// Every event has a run of its own.
    Event,
    /// Every value of this property of the event has a run of its own.
    Property(String),
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
