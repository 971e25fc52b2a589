//! What the console asks, answered by the core. Knows nothing of JavaScript.

use std::collections::{BTreeMap, BTreeSet};

use rekindle_core::{
    history::{History, Occurrence, View},
    liquid::{self, Limits, Sink},
    residual::{Local, PageField},
    rule::{AnySpelling, Attribute, Explanation, Facts, Names, Rule, Segments},
    series::{Finding, SeriesSpec, Severity, policy::Settings, problems},
    value::Value,
    wire::{self, Content, InboxItem},
    world::{Mismatch, ResidualCase, Story},
    zone::UTC,
};
use serde::{Deserialize, Serialize};

/// What is wrong with what was given.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problems {
    /// Each with its place.
    pub problems: Vec<Trouble>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trouble {
    /// Characters from the start of a rule, from 0; `null` where it has no place.
    pub at: Option<usize>,
    /// The line of a template, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column of a template, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Trouble {
    fn new(message: impl Into<String>) -> Self {
        Self {
            at: None,
            line: None,
            column: None,
            message: message.into(),
        }
    }
}

impl From<rekindle_core::rule::Problem> for Trouble {
    fn from(problem: rekindle_core::rule::Problem) -> Self {
        Self {
            at: problem.at,
            ..Self::new(problem.message)
        }
    }
}

impl From<liquid::Problem> for Trouble {
    fn from(problem: liquid::Problem) -> Self {
        Self {
            line: Some(problem.line),
            column: Some(problem.column),
            ..Self::new(problem.message)
        }
    }
}

fn all<T: Into<Trouble>>(problems: Vec<T>) -> Problems {
    Problems {
        problems: problems.into_iter().map(Into::into).collect(),
    }
}

fn one(trouble: impl Into<Trouble>) -> Problems {
    Problems {
        problems: vec![trouble.into()],
    }
}

/// A rule in both spellings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParsedRule {
    /// Its canonical text.
    pub text: String,
    /// Its tree.
    pub json: Rule,
}

/// Reads the text of a rule.
///
/// # Errors
/// Every problem of the text, each with its place.
pub fn parse_rule_text(text: &str) -> Result<ParsedRule, Problems> {
    let rule = rekindle_core::rule::parse(text).map_err(all)?;
    Ok(ParsedRule {
        text: rule.to_string(),
        json: rule,
    })
}

/// Rules by id, in either spelling.
pub(crate) type Rules = BTreeMap<String, AnySpelling>;

fn segments_of(rules: &Rules) -> Segments {
    rules
        .iter()
        .map(|(id, rule)| (id.clone(), rule.0.clone()))
        .collect()
}

/// What is known of a person whom a rule is explained for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KnownFacts {
    /// Their attributes.
    pub attributes: BTreeMap<String, Value>,
    /// When they performed what, Unix ms.
    pub events: BTreeMap<String, Vec<f64>>,
    /// Their first activity, Unix ms.
    pub first_seen: Option<f64>,
    /// Their newest activity, Unix ms.
    pub last_seen: Option<f64>,
}

/// Explains a rule for a person at an instant.
///
/// # Errors
/// When the rule cannot be read or names a segment that does not exist.
pub fn explain_rule_for(
    rule: serde_json::Value,
    known: &KnownFacts,
    now: i64,
    segments: &BTreeMap<String, AnySpelling>,
) -> Result<Explanation, Problems> {
    let rule = if let Some(text) = rule.as_str() {
        rekindle_core::rule::parse(text).map_err(all)?
    } else {
        let unreadable = |error: serde_json::Error| one(Trouble::new(error.to_string()));
        serde_json::from_value::<AnySpelling>(rule)
            .map_err(unreadable)?
            .0
    };
    let rule = rule.resolve(&segments_of(segments)).map_err(one)?;
    let whole = |ms: f64| rekindle_core::value::whole(ms.trunc());
    let attributes: BTreeMap<String, Attribute> = known
        .attributes
        .iter()
        .map(|(name, value)| {
            (
                name.clone(),
                Attribute {
                    value: value.clone(),
                    at: now,
                },
            )
        })
        .collect();
    let mut history = History::default();
    for (name, instants) in &known.events {
        for (place, at) in instants.iter().filter_map(|at| whole(*at)).enumerate() {
            history.add(name, Occurrence::new(at, &place.to_string()));
        }
    }
    let facts = Facts {
        id: "",
        attributes: &attributes,
        history: View::whole(&history),
        first_seen: known.first_seen.and_then(whole),
        last_seen: known.last_seen.and_then(whole),
        zone: &UTC,
    };
    Ok(rule.compile().explain(&facts, now))
}

/// The names that the data has.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KnownNames {
    /// Names of attributes.
    pub attributes: BTreeSet<String>,
    /// Names of events.
    pub events: BTreeSet<String>,
}

/// Everything that is wrong with a series; what cannot even be read is an error among them.
#[must_use]
pub fn check_series_of(
    spec: serde_json::Value,
    segments: &BTreeMap<String, AnySpelling>,
    names: KnownNames,
) -> Vec<Finding> {
    let names = Names {
        attributes: names.attributes,
        events: names.events,
    };
    match serde_json::from_value::<SeriesSpec>(spec) {
        Ok(spec) => problems(&spec, &segments_of(segments), &Settings::default(), &names),
        Err(error) => vec![Finding {
            severity: Severity::Error,
            step: None,
            code: "unreadable",
            message: error.to_string(),
        }],
    }
}

/// A template that has been filled in.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    /// The text.
    pub text: String,
    /// What it asks for, with the places.
    pub variables: Vec<liquid::Variable>,
}

/// Fills in a template.
///
/// # Errors
/// Every problem of the source, each with line and column; or why it could not be filled in.
pub fn preview(
    source: &str,
    attributes: &BTreeMap<String, Value>,
    sink: &str,
) -> Result<Preview, Problems> {
    let sink = match sink {
        "plain" => Sink::Plain,
        "html" => Sink::Html,
        "subject" => Sink::Subject,
        "markdown" => Sink::Markdown,
        other => {
            let message =
                format!("unknown sink `{other}`: name `plain`, `html`, `subject` or `markdown`");
            return Err(one(Trouble::new(message)));
        }
    };
    let template = liquid::parse(source).map_err(all)?;
    let text = liquid::render_within(&template, attributes, sink, &Limits::default(), None)
        .map_err(|error| one(Trouble::new(error.to_string())))?;
    Ok(Preview {
        text,
        variables: template.variables(),
    })
}

/// What came of a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseResult {
    /// What it shows.
    pub about: String,
    /// Whether everything was as expected.
    pub ok: bool,
    /// What was not.
    pub mismatches: Vec<Mismatch>,
}

/// Runs a case of tests/cases: a story, or a residual.
///
/// # Errors
/// When it cannot be read.
pub fn run_case_text(json: &str) -> Result<CaseResult, Problems> {
    let unreadable = |error: serde_json::Error| one(Trouble::new(error.to_string()));
    let value: serde_json::Value = serde_json::from_str(json).map_err(unreadable)?;
    let (about, mismatches) = if value.get("story").is_some() {
        let story: Story = serde_json::from_str(json).map_err(unreadable)?;
        (story.about.clone(), story.run())
    } else {
        let case: ResidualCase = serde_json::from_str(json).map_err(unreadable)?;
        (case.about.clone(), case.run())
    };
    Ok(CaseResult {
        about,
        ok: mismatches.is_empty(),
        mismatches,
    })
}

/// An inbox as JSON.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InboxView {
    /// The version of the bundle that its shared contents are in, 16 hexadecimal digits.
    pub bundle: String,
    /// Its messages.
    pub items: Vec<ItemView>,
}

/// A message of an inbox.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemView {
    effect: String,
    live_from: i64,
    live_until: Option<i64>,
    /// Whether its targeting holds in a browser in which nothing has happened yet.
    shows: bool,
    /// What it says; `null` where that is in the bundle.
    content: Option<wire::InApp>,
}

/// Reads the bytes of an inbox.
///
/// # Errors
/// When they are damaged or of another version.
pub fn inbox_of(bytes: &[u8], now: i64) -> Result<InboxView, Problems> {
    let inbox: wire::Inbox = wire::decode(bytes).map_err(|error| {
        one(Trouble::new(match error {
            wire::Unreadable::Version(theirs) => format!("the inbox is of version {theirs}"),
            wire::Unreadable::Damaged => "the inbox is damaged".to_owned(),
        }))
    })?;
    let view = |item: InboxItem| ItemView {
        shows: item.when.eval(&Nowhere, now),
        effect: item.effect,
        live_from: item.live_from,
        live_until: item.live_until,
        content: match item.content {
            Content::Own(content) => Some(content),
            Content::Shared(_) => None,
        },
    };
    Ok(InboxView {
        bundle: rekindle_core::hash::hex64(inbox.bundle),
        items: inbox.items.into_iter().map(view).collect(),
    })
}

/// A browser in which nothing has happened yet.
struct Nowhere;

impl Local for Nowhere {
    fn instants(&self, _: &str) -> &[i64] {
        &[]
    }

    fn last_seen(&self) -> Option<i64> {
        None
    }

    fn page(&self, _: PageField) -> &'static str {
        ""
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_is_given_in_both_spellings_or_refused_with_places() {
        let parsed = parse_rule_text("plan IS \"pro\" and x > 5").unwrap();
        assert_eq!(parsed.text, "plan is \"pro\" and x > 5");
        assert_eq!(
            serde_json::to_value(&parsed.json).unwrap(),
            json!({ "all": [
                { "attribute": { "name": "plan", "is": "pro" } },
                { "attribute": { "name": "x", "greater_than": 5.0 } },
            ] })
        );
        let problems = parse_rule_text("plan is and x >").unwrap_err().problems;
        assert_eq!(
            problems.iter().map(|p| p.at).collect::<Vec<_>>(),
            [Some(8), Some(15)]
        );
    }

    #[test]
    fn an_explanation_follows_segments() {
        let segments: Rules = serde_json::from_value(json!({ "pro": "plan is \"pro\"" })).unwrap();
        let known: KnownFacts = serde_json::from_value(json!({
            "attributes": { "plan": "pro" }, "events": { "E": [1_000, 2_000] }, "last_seen": 2_000,
        }))
        .unwrap();
        let explain = |rule: serde_json::Value| explain_rule_for(rule, &known, 3_000, &segments);
        let tree = explain(json!(
            "in segment \"pro\" and performed \"E\" in last 2 seconds"
        ))
        .unwrap();
        assert!(tree.holds);
        assert_eq!(tree.flips_at, Some(4_001));
        assert_eq!(
            explain(json!({ "segment": "prp" })).unwrap_err().problems[0].message,
            "unknown segment `prp` (did you mean `pro`?)"
        );
        assert!(explain(json!(5)).is_err());
    }

    #[test]
    fn a_series_is_checked_even_when_it_cannot_be_read() {
        let found = check_series_of(json!({ "name": "x" }), &Rules::new(), KnownNames::default());
        assert_eq!(found[0].code, "unreadable");
        assert!(found[0].message.contains("steps"), "{}", found[0].message);
    }

    #[test]
    fn a_template_is_filled_in_for_its_sink() {
        let attributes = BTreeMap::from([("name".to_owned(), Value::from("<b>"))]);
        let text = |sink| preview("Hi {{ name }}", &attributes, sink).unwrap().text;
        assert_eq!(
            (text("plain"), text("html")),
            ("Hi <b>".to_owned(), "Hi &lt;b&gt;".to_owned())
        );
        let problem = &preview("Hi\n{{ name", &attributes, "plain")
            .unwrap_err()
            .problems[0];
        assert_eq!(problem.line, Some(2));
        assert!(preview("", &attributes, "sms").is_err());
    }

    #[test]
    fn a_case_and_an_inbox_are_read() {
        let case = json!({ "about": "x", "start": "2026-01-01T00:00:00Z", "story": [] });
        assert!(run_case_text(&case.to_string()).unwrap().ok);
        assert!(run_case_text("{}").is_err());
        let bytes = wire::encode(&wire::Inbox::default());
        assert_eq!(inbox_of(&bytes, 0).unwrap().items, []);
        assert!(inbox_of(&bytes[..1], 0).is_err());
    }
}
