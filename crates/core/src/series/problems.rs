//! What is wrong with a series before anyone enters it: errors that stop a publish, warnings that
//! a marketer should read. Looks at the definition and the names in the data, never at people.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    definition::{Message, Series, Step},
    spec::SeriesSpec,
};
use crate::{
    liquid::Template,
    rule::{EventTest, Names, Program, Rule, Segments, is_known_attribute, unknown},
    window::{Count, Window},
};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot be published.
    Error,
    /// It can, and will probably not do what was meant.
    Warning,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The id of the step; `null` for the series as a whole.
    pub step: Option<String>,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people: what is wrong and how to mend it.
    pub message: String,
}

impl Finding {
    pub(super) fn error(step: Option<&str>, code: &'static str, message: String) -> Self {
        Self {
            severity: Severity::Error,
            step: step.map(str::to_owned),
            code,
            message,
        }
    }

    fn warning(step: Option<&str>, code: &'static str, message: String) -> Self {
        Self {
            severity: Severity::Warning,
            step: step.map(str::to_owned),
            code,
            message,
        }
    }
}

/// Everything that is wrong with a series, errors first.
#[must_use]
pub fn problems(spec: &SeriesSpec, segments: &Segments, names: &Names) -> Vec<Finding> {
    let series = match Series::compile(spec, segments) {
        Ok(series) => series,
        Err(findings) => return findings,
    };
    let mut findings = Vec::new();
    let mut names_of = |step: Option<&str>, rule: &Rule| {
        for problem in rule.unknown_names(names) {
            findings.push(Finding::warning(step, "unknown_name", problem.message));
        }
    };
    let (audience, exit) = (
        series.audience.rule(),
        series.exit.as_ref().map(Program::rule),
    );
    names_of(None, audience);
    if let Some(exit) = exit {
        names_of(None, exit);
    }
    for step in &series.steps {
        step.when
            .iter()
            .for_each(|when| names_of(Some(&step.id), when.rule()));
    }
    if series.exit.is_none() {
        findings.push(Finding::warning(
            None,
            "no_exit",
            "there is no exit condition: people who come back will go on getting messages; add one, \
             such as `performed \"Logged In\"`"
                .to_owned(),
        ));
    }
    if exit.is_some_and(holds_without_events) {
        findings.push(Finding::warning(
            None,
            "exit_at_once",
            "the exit condition holds for everyone who has just entered, because it looks at events \
             since entry: no one will enter; ask for something that is performed"
                .to_owned(),
        ));
    }
    let elapsed = elapsed_at_each_step(&series);
    for ((step, elapsed), when) in series
        .steps
        .iter()
        .zip(&elapsed)
        .zip(series.steps.iter().map(|step| step.when.as_ref()))
    {
        let Some(elapsed) = elapsed else {
            let message = format!(
                "no path leads to the step `{}`: lead one there or remove it",
                step.id
            );
            findings.push(Finding::warning(Some(&step.id), "unreachable", message));
            continue;
        };
        if let (Some(when), Some(exit)) = (when, exit) {
            findings.extend(never_shown(step, when.rule(), exit, audience, *elapsed));
        }
        for variable in templates(&step.message)
            .into_iter()
            .flat_map(Template::variables)
        {
            let Some(name) = variable.path.first() else {
                continue;
            };
            if name != "id" && !is_known_attribute(name, names) {
                let message = format!(
                    "{} in a template, line {}, column {}{}",
                    unknown(
                        "attribute",
                        name,
                        names.attributes.iter().map(String::as_str)
                    ),
                    variable.line,
                    variable.column,
                    if variable.has_default {
                        ""
                    } else {
                        ": it renders empty; add `| default: \"…\"`"
                    },
                );
                findings.push(Finding::warning(
                    Some(&step.id),
                    "unknown_attribute",
                    message,
                ));
            }
        }
    }
    findings
}

fn templates(message: &Message) -> Vec<&Template> {
    match message {
        Message::Email(email) => vec![&email.subject, &email.body],
        Message::InApp(in_app) => {
            let label = in_app.cta.as_ref().map(|(label, _)| label);
            [&in_app.title, &in_app.body]
                .into_iter()
                .chain(label)
                .collect()
        }
        Message::Push(push) => vec![&push.title, &push.body],
    }
}

/// Milliseconds from entry to each step; `None` for one that no path leads to.
fn elapsed_at_each_step(series: &Series) -> Vec<Option<i64>> {
    let mut elapsed = vec![None; series.steps.len()];
    let (mut at, mut total) = (Some(0), 0_i64);
    while let Some((place, step)) = at.and_then(|place| Some((place, series.steps.get(place)?))) {
        total = total.saturating_add(step.delay_ms);
        if let Some(slot) = elapsed.get_mut(place) {
            *slot = Some(total);
        }
        at = step.next;
    }
    elapsed
}

/// Whether a step waits for the very event that ends the series.
fn never_shown(
    step: &Step,
    when: &Rule,
    exit: &Rule,
    audience: &Rule,
    elapsed: i64,
) -> Option<Finding> {
    let ends: BTreeSet<&str> = sufficient(exit);
    let blocking = necessary(when).into_iter().find(|test| {
        ends.contains(test.name.as_str()) && !met_before_entry(test, audience, elapsed)
    })?;
    let name = &blocking.name;
    Some(Finding::warning(
        Some(&step.id),
        "never_shown",
        format!(
            "the step `{}` can never be shown: it waits for \"{name}\", and performing \"{name}\" ends \
             the series; exit on another event, or target another",
            step.id
        ),
    ))
}

/// The counts that must be reached for a rule to hold.
fn necessary(rule: &Rule) -> Vec<&EventTest> {
    match rule {
        Rule::All(parts) => parts.iter().flat_map(necessary).collect(),
        Rule::Event(test) if !test.count.holds(0) => vec![test],
        // With alternatives, one is needed only if every alternative needs it.
        Rule::Any(parts) => {
            let mut each = parts.iter().map(necessary);
            let first = each.next().unwrap_or_default();
            let rest: Vec<Vec<&EventTest>> = each.collect();
            first
                .into_iter()
                .filter(|test| {
                    rest.iter()
                        .all(|tests| tests.iter().any(|t| t.name == test.name))
                })
                .collect()
        }
        Rule::Event(_)
        | Rule::Not(_)
        | Rule::Attribute(_)
        | Rule::Occurrence(_)
        | Rule::Sequence(_)
        | Rule::Message(_)
        | Rule::Share(_)
        | Rule::Clock(_)
        | Rule::Page(_)
        | Rule::Segment(_) => Vec::new(),
    }
}

/// Whether a rule holds for certain for one who has performed nothing.
fn holds_without_events(rule: &Rule) -> bool {
    match rule {
        Rule::All(parts) => parts.iter().all(holds_without_events),
        Rule::Any(parts) => parts.iter().any(holds_without_events),
        Rule::Event(test) => test.count.holds(0),
        Rule::Not(part) => match part.as_ref() {
            Rule::Event(test) => !test.count.holds(0),
            Rule::Occurrence(_) => true,
            Rule::All(_)
            | Rule::Any(_)
            | Rule::Not(_)
            | Rule::Attribute(_)
            | Rule::Sequence(_)
            | Rule::Message(_)
            | Rule::Share(_)
            | Rule::Clock(_)
            | Rule::Page(_)
            | Rule::Segment(_) => false,
        },
        Rule::Attribute(_)
        | Rule::Occurrence(_)
        | Rule::Sequence(_)
        | Rule::Message(_)
        | Rule::Share(_)
        | Rule::Clock(_)
        | Rule::Page(_)
        | Rule::Segment(_) => false,
    }
}

/// The events of which a single occurrence makes a rule hold.
fn sufficient(rule: &Rule) -> BTreeSet<&str> {
    match rule {
        Rule::Any(parts) => parts.iter().flat_map(sufficient).collect(),
        Rule::All(parts) => match parts.as_slice() {
            [only] => sufficient(only),
            _ => BTreeSet::new(),
        },
        Rule::Event(test)
            if test.count == Count::AtLeast(1)
                && matches!(test.window, Window::Ever | Window::Last(_)) =>
        {
            BTreeSet::from([test.name.as_str()])
        }
        Rule::Event(_)
        | Rule::Not(_)
        | Rule::Attribute(_)
        | Rule::Occurrence(_)
        | Rule::Sequence(_)
        | Rule::Message(_)
        | Rule::Share(_)
        | Rule::Clock(_)
        | Rule::Page(_)
        | Rule::Segment(_) => BTreeSet::new(),
    }
}

/// Whether what a step waits for may have happened before the person entered, so that it can be
/// shown although the same event ends the series from then on.
fn met_before_entry(test: &EventTest, audience: &Rule, elapsed: i64) -> bool {
    let reaches_back = match test.window {
        Window::Last(span) => span.saturating_sub(elapsed),
        Window::Ever | Window::Before(_) | Window::Since(_) | Window::Between(..) => i64::MAX,
    };
    reaches_back > quiet_before_entry(audience, &test.name)
}

/// For how long before entry the audience rules out an event; 0 when it does not.
fn quiet_before_entry(audience: &Rule, event: &str) -> i64 {
    match audience {
        Rule::All(parts) => parts
            .iter()
            .map(|part| quiet_before_entry(part, event))
            .max()
            .unwrap_or(0),
        Rule::Event(test) if test.name == event && test.count == Count::AtMost(0) => {
            match test.window {
                Window::Ever => i64::MAX,
                Window::Last(span) => span,
                Window::Before(_) | Window::Since(_) | Window::Between(..) => 0,
            }
        }
        Rule::Any(_)
        | Rule::Event(_)
        | Rule::Not(_)
        | Rule::Attribute(_)
        | Rule::Occurrence(_)
        | Rule::Sequence(_)
        | Rule::Message(_)
        | Rule::Share(_)
        | Rule::Clock(_)
        | Rule::Page(_)
        | Rule::Segment(_) => 0,
    }
}
