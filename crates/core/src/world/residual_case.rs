//! Cases of partial evaluation in JSON: a rule, what the edge knows, what then happens in a browser.
//! The answer of the residual must be the expected one, and that of the whole rule as well.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Mismatch;
use crate::{
    history::{History, Occurrence, View},
    residual::{Local, PageField, Residual},
    rule::{AnySpelling, Attribute, Facts, Program},
    series::Span,
    time::parse_instant,
    value::Value,
    zone::UTC,
};

/// A case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualCase {
    /// What it shows, in a sentence.
    pub about: String,
    /// When the edge leaves the rule to the browser, RFC 3339.
    start: String,
    rule: AnySpelling,
    /// What the edge knows.
    #[serde(default)]
    facts: EdgeFacts,
    /// Whether the whole rule, told of what happened, gives the same; not so for page conditions.
    #[serde(default = "yes")]
    whole_agrees: bool,
    /// What happens in the browser.
    browser: Vec<Moment>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct EdgeFacts {
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
    /// Events and how long before the start they were.
    #[serde(default)]
    events: Vec<(String, Span)>,
}

/// A moment in the browser.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moment {
    /// How long after the start.
    after: Span,
    /// An event that is performed at this moment.
    track: Option<String>,
    /// The address from this moment on.
    url: Option<String>,
    /// What the rule must answer.
    expect: bool,
}

#[derive(Default)]
struct Browser {
    events: BTreeMap<String, Vec<i64>>,
    url: String,
}

impl Local for Browser {
    fn instants(&self, event: &str) -> &[i64] {
        self.events.get(event).map_or(&[], Vec::as_slice)
    }

    fn last_seen(&self) -> Option<i64> {
        self.events.values().flatten().copied().max()
    }

    fn page(&self, field: PageField) -> &str {
        match field {
            PageField::Url => &self.url,
            PageField::Path | PageField::Title | PageField::Referrer => "",
        }
    }
}

/// What the edge knows, as rules see it.
#[derive(Default)]
struct Known {
    attributes: BTreeMap<String, Attribute>,
    history: History,
    first_seen: Option<i64>,
    last_seen: Option<i64>,
}

impl Known {
    fn add(&mut self, event: &str, at: i64, id: usize) {
        self.history
            .add(event, Occurrence::new(at, &id.to_string()));
        self.first_seen = Some(self.first_seen.map_or(at, |first| first.min(at)));
        self.last_seen = self.last_seen.max(Some(at));
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            id: "someone",
            attributes: &self.attributes,
            history: View::whole(&self.history),
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            zone: &UTC,
        }
    }
}

impl ResidualCase {
    /// Runs it; an empty list means that everything was as expected.
    #[must_use]
    pub fn run(&self) -> Vec<Mismatch> {
        let Some(start) = parse_instant(&self.start) else {
            let message = format!("`{}` is not an instant", self.start);
            return vec![Mismatch { place: 0, message }];
        };
        let mut known = Known::default();
        for (name, value) in &self.facts.attributes {
            let attribute = Attribute {
                value: value.clone(),
                at: start,
            };
            known.attributes.insert(name.clone(), attribute);
        }
        for (id, (event, ago)) in self.facts.events.iter().enumerate() {
            known.add(event, start - ago.0, id);
        }
        let rule = self.rule.0.compile();
        let residual = rule.residual(&known.facts(), start);
        self.play(&rule, &residual, known, start)
    }

    fn play(
        &self,
        rule: &Program,
        residual: &Residual,
        mut known: Known,
        start: i64,
    ) -> Vec<Mismatch> {
        let mut browser = Browser::default();
        let mut mismatches = Vec::new();
        for (place, moment) in self.browser.iter().enumerate() {
            let now = start + moment.after.0;
            if let Some(event) = &moment.track {
                browser.events.entry(event.clone()).or_default().push(now);
                known.add(event, now, self.facts.events.len() + place);
            }
            if let Some(url) = &moment.url {
                browser.url.clone_from(url);
            }
            let mut check = |who: &str, found: bool| {
                if found != moment.expect {
                    let message = format!("{who} says {found} after {:?}", moment.after);
                    mismatches.push(Mismatch { place, message });
                }
            };
            check("the residual", residual.eval(&browser, now));
            if self.whole_agrees {
                check("the whole rule", rule.eval(&known.facts(), now));
            }
        }
        mismatches
    }
}
