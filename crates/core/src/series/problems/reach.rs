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

/// What a rule says about how often something happened.
enum Says<'a> {
    All(&'a [Rule]),
    Any(&'a [Rule]),
    Not(&'a Rule),
    Count(&'a EventTest),
    /// That it happened at all, and when.
    Happened,
    Nothing,
}

impl<'a> Says<'a> {
    fn of(rule: &'a Rule) -> Self {
        match rule {
            Rule::All(parts) => Self::All(parts),
            Rule::Any(parts) => Self::Any(parts),
            Rule::Not(part) => Self::Not(part),
            Rule::Event(test) => Self::Count(test),
            Rule::Occurrence(_) => Self::Happened,
            Rule::Attribute(_)
            | Rule::Sequence(_)
            | Rule::Message(_)
            | Rule::Share(_)
            | Rule::Clock(_)
            | Rule::Page(_)
            | Rule::Segment(_) => Self::Nothing,
        }
    }
}

/// The counts that must be reached for a rule to hold.
fn necessary(rule: &Rule) -> Vec<&EventTest> {
    match Says::of(rule) {
        Says::All(parts) => parts.iter().flat_map(necessary).collect(),
        Says::Count(test) if !test.count.holds(0) => vec![test],
        // With alternatives, one is needed only if every alternative needs it.
        Says::Any(parts) => {
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
        Says::Count(_) | Says::Not(_) | Says::Happened | Says::Nothing => Vec::new(),
    }
}

/// Whether a rule holds for certain for one who has performed nothing.
pub(super) fn holds_without_events(rule: &Rule) -> bool {
    match Says::of(rule) {
        Says::All(parts) => parts.iter().all(holds_without_events),
        Says::Any(parts) => parts.iter().any(holds_without_events),
        Says::Count(test) => test.count.holds(0),
        Says::Not(part) => match Says::of(part) {
            Says::Count(test) => !test.count.holds(0),
            Says::Happened => true,
            Says::All(_) | Says::Any(_) | Says::Not(_) | Says::Nothing => false,
        },
        Says::Happened | Says::Nothing => false,
    }
}

/// The events of which a single occurrence makes a rule hold.
fn sufficient(rule: &Rule) -> BTreeSet<&str> {
    match Says::of(rule) {
        Says::Any(parts) => parts.iter().flat_map(sufficient).collect(),
        Says::All([only]) => sufficient(only),
        Says::Count(test)
            if test.count == Count::AtLeast(1)
                && matches!(test.window, Window::Ever | Window::Last(_)) =>
        {
            BTreeSet::from([test.name.as_str()])
        }
        Says::All(_) | Says::Count(_) | Says::Not(_) | Says::Happened | Says::Nothing => {
            BTreeSet::new()
        }
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
    match Says::of(audience) {
        Says::All(parts) => parts
            .iter()
            .map(|part| quiet_before_entry(part, event))
            .max()
            .unwrap_or(0),
        Says::Count(test) if test.name == event && test.count == Count::AtMost(0) => {
            match test.window {
                Window::Ever => i64::MAX,
                Window::Last(span) => span,
                Window::Before(_) | Window::Since(_) | Window::Between(..) => 0,
            }
        }
        Says::Count(_) | Says::Any(_) | Says::Not(_) | Says::Happened | Says::Nothing => 0,
    }
}
