//! Rules of a series that rule each other out: what can never be shown, who can never enter.
//! Looks at rules, never at people.

use std::collections::BTreeSet;

use super::Finding;
use crate::{
    rule::{EventTest, Rule},
    series::definition::Step,
    window::{Count, Window},
};

/// Whether a step waits for the very event that ends the series.
pub(super) fn never_shown(
    step: &Step,
    (when, exit, audience): (&Rule, &Rule, &Rule),
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
pub(super) fn holds_without_events(rule: &Rule) -> bool {
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
