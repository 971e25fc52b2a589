//! `eval` and `next_flip`: is it true now, and when can that change by the passing of time alone?
//! Does not resolve segments: a rule is evaluated after `resolve` has put their rules in place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{AttributeTest, EventTest, Literal, OccurrenceTest, Rule, Test, Which};
use crate::{
    history::View,
    time::parse_instant,
    value::Value,
    window::{Age, Count, DAY_MS, Window},
    zone::Zone,
};

/// An attribute: its value and the instant (Unix ms) that it was set for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// The value.
    pub value: Value,
    /// The timestamp of the message that set it; an older message does not overwrite it.
    pub at: i64,
}

/// What a rule is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The id that chance is taken from: the same for a person, whatever else is learned of them.
    pub id: &'a str,
    /// The attributes, by name.
    pub attributes: &'a BTreeMap<String, Attribute>,
    /// The events in view.
    pub history: View<'a>,
    /// The first activity, Unix ms.
    pub first_seen: Option<i64>,
    /// The newest activity, Unix ms.
    pub last_seen: Option<i64>,
    /// The zone that their wall clock keeps.
    pub zone: &'a Zone,
}

/// The built-in attribute of the newest activity.
pub const LAST_SEEN: &str = "last_seen";
/// The built-in attribute of the first activity.
pub const FIRST_SEEN: &str = "first_seen";

// LIMIT: a rule of 256 predicates has fewer changes ahead than this in practice; past it the
// caller is woken early, asks again, and loses nothing but that wake-up.
const CANDIDATES_MAX: usize = 4_096;

impl Rule {
    /// Whether it holds for these facts at `now` (Unix ms).
    #[must_use]
    pub fn eval(&self, facts: &Facts<'_>, now: i64) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.eval(facts, now)),
            Self::Any(parts) => parts.iter().any(|part| part.eval(facts, now)),
            Self::Not(part) => !part.eval(facts, now),
            Self::Attribute(test) => test.eval(facts, now),
            Self::Event(test) => {
                test.count
                    .holds(facts.history.count(&test.name, test.window, now))
            }
            Self::Occurrence(test) => test
                .instant(facts)
                .is_some_and(|at| test.age.holds(at, now)),
            // The edge sees no page and an unresolved segment has no one.
            Self::Page(_) | Self::Segment(_) => false,
        }
    }

    /// The earliest instant after `now` at which the answer changes if nothing else happens.
    #[must_use]
    pub fn next_flip(&self, facts: &Facts<'_>, now: i64) -> Option<i64> {
        let before = self.eval(facts, now);
        let mut instant = now;
        for _ in 0..CANDIDATES_MAX {
            instant = self.next_candidate(facts, instant)?;
            if self.eval(facts, instant) != before {
                return Some(instant);
            }
        }
        Some(instant)
    }

    /// The earliest instant after `now` at which some predicate may change.
    fn next_candidate(&self, facts: &Facts<'_>, now: i64) -> Option<i64> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts
                .iter()
                .filter_map(|part| part.next_candidate(facts, now))
                .min(),
            Self::Not(part) => part.next_candidate(facts, now),
            Self::Attribute(test) => test.next_candidate(facts, now),
            Self::Event(test) => test.next_candidate(facts, now),
            Self::Occurrence(test) => after(now, [test.age.boundary(test.instant(facts)?)]),
            Self::Page(_) | Self::Segment(_) => None,
        }
    }
}

/// The earliest of these instants that is after `now`.
fn after<const N: usize>(now: i64, instants: [i64; N]) -> Option<i64> {
    instants.into_iter().filter(|instant| *instant > now).min()
}

impl OccurrenceTest {
    pub(super) fn instant(&self, facts: &Facts<'_>) -> Option<i64> {
        match self.which {
            Which::First => facts.history.first(&self.name),
            Which::Last => facts.history.last(&self.name),
        }
    }
}

impl EventTest {
    fn next_candidate(&self, facts: &Facts<'_>, now: i64) -> Option<i64> {
        let Window::Last(span) = self.window else {
            return None;
        };
        let leaves = |at: i64| at.saturating_add(span).saturating_add(1);
        let newest_first = || facts.history.instants(&self.name).rev();
        // As time passes the count falls below n when the n-th newest occurrence leaves.
        let falls_below = |n: u32| {
            let nth = n.checked_sub(1)? as usize;
            newest_first()
                .skip_while(|at| *at > now)
                .nth(nth)
                .map(leaves)
        };
        let thresholds = match self.count {
            Count::AtLeast(n) => [Some(n), None],
            Count::AtMost(n) => [n.checked_add(1), None],
            Count::Exactly(n) => [Some(n), n.checked_add(1)],
            Count::Between(least, most) => [Some(least), most.checked_add(1)],
        };
        // Occurrences ahead of the clock, which only moves backwards in development.
        let ahead = newest_first().take_while(|at| *at > now).last();
        thresholds
            .into_iter()
            .flatten()
            .filter_map(falls_below)
            .filter(|instant| *instant > now)
            .chain(ahead)
            .min()
    }
}

impl AttributeTest {
    /// What the facts say of this attribute: a stored value, or the instant of a built-in one.
    pub(super) fn value<'a>(&self, facts: &Facts<'a>) -> Known<'a> {
        let instant = match self.name.as_str() {
            LAST_SEEN => facts.last_seen,
            FIRST_SEEN => facts.first_seen,
            name => {
                return match facts.attributes.get(name).map(|attribute| &attribute.value) {
                    None | Some(Value::Null) => Known::Nothing,
                    Some(value) => Known::Value(value),
                };
            }
        };
        instant.map_or(Known::Nothing, Known::Instant)
    }

    fn eval(&self, facts: &Facts<'_>, now: i64) -> bool {
        self.test.holds(self.value(facts), now)
    }

    fn next_candidate(&self, facts: &Facts<'_>, now: i64) -> Option<i64> {
        let at = self.value(facts).instant()?;
        match self.test {
            Test::MoreThanAgo(span) => after(now, [Age::MoreThanAgo(span).boundary(at)]),
            Test::LessThanAgo(span) => after(now, [Age::LessThanAgo(span).boundary(at)]),
            Test::ExactlyAgo(span) => {
                let start = at.saturating_add(span);
                after(now, [start, start.saturating_add(DAY_MS)])
            }
            Test::WithinNext(span) => after(now, [at.saturating_sub(span), at.saturating_add(1)]),
            Test::Is(_)
            | Test::IsNot(_)
            | Test::IsAnyOf(_)
            | Test::IsNoneOf(_)
            | Test::Contains(_)
            | Test::DoesNotContain(_)
            | Test::StartsWith(_)
            | Test::EndsWith(_)
            | Test::LessThan(_)
            | Test::AtMost(_)
            | Test::GreaterThan(_)
            | Test::AtLeast(_)
            | Test::Between(..)
            | Test::Includes(_)
            | Test::DoesNotInclude(_)
            | Test::IsEmpty
            | Test::HasAnyValue
            | Test::IsUnknown
            | Test::Before(_)
            | Test::After(_)
            | Test::On(_) => None,
        }
    }
}

/// What is known of an attribute.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known<'a> {
    /// It is missing.
    Nothing,
    /// A stored value.
    Value(&'a Value),
    /// The instant of a built-in attribute.
    Instant(i64),
}

impl Known<'_> {
    /// The instant it stands for: RFC 3339 text, Unix milliseconds, or Unix seconds where the
    /// number is too small for milliseconds since 1973.
    pub(super) fn instant(self) -> Option<i64> {
        const SECONDS_MAX: f64 = 1e11;
        match self {
            Self::Instant(at) => Some(at),
            Self::Value(Value::Text(text)) => parse_instant(text),
            Self::Value(Value::Number(number)) => {
                let scale = if number.abs() < SECONDS_MAX {
                    1_000.0
                } else {
                    1.0
                };
                crate::value::whole((number * scale).trunc())
            }
            Self::Nothing
            | Self::Value(Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_)) => None,
        }
    }

    /// The number it stands for: a number, or text that is one.
    fn number(self) -> Option<f64> {
        match self {
            Self::Value(Value::Number(number)) => Some(*number),
            Self::Value(Value::Text(text)) => {
                text.trim().parse().ok().filter(|n: &f64| n.is_finite())
            }
            Self::Instant(at) => Some(at as f64),
            Self::Nothing
            | Self::Value(Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_)) => None,
        }
    }
}

fn text_of(known: Known<'_>) -> Option<&str> {
    match known {
        Known::Value(Value::Text(text)) => Some(text),
        Known::Nothing
        | Known::Instant(_)
        | Known::Value(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_),
        ) => None,
    }
}

fn items_of(known: Known<'_>) -> Option<&[Value]> {
    match known {
        Known::Value(Value::List(items)) => Some(items),
        Known::Nothing
        | Known::Instant(_)
        | Known::Value(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_),
        ) => None,
    }
}

/// Whether two texts are the same without regard to case.
fn is_same(left: &str, right: &str) -> bool {
    // The usual case takes no memory; what is not ASCII may be equal to what is, as the Kelvin sign
    // is to `k`.
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    folded(left) == folded(right)
}

/// Text without regard to case: equal after lower-casing by Unicode.
fn folded(text: &str) -> String {
    text.to_lowercase()
}

impl Literal {
    /// Whether a value equals this literal; numbers and truth written as text count too.
    fn equals(&self, known: Known<'_>) -> bool {
        match self {
            Self::Number(number) => known.number() == Some(*number),
            Self::Bool(truth) => match known {
                Known::Value(Value::Bool(value)) => value == truth,
                Known::Value(Value::Text(text)) => {
                    text.eq_ignore_ascii_case(if *truth { "true" } else { "false" })
                }
                Known::Nothing
                | Known::Instant(_)
                | Known::Value(Value::Null | Value::Number(_) | Value::List(_) | Value::Map(_)) => {
                    false
                }
            },
            Self::Text(literal) => match known {
                Known::Value(Value::Text(text)) => is_same(text, literal),
                Known::Value(Value::Number(number)) => literal.parse() == Ok(*number),
                Known::Value(Value::Bool(truth)) => literal.parse() == Ok(*truth),
                Known::Nothing
                | Known::Instant(_)
                | Known::Value(Value::Null | Value::List(_) | Value::Map(_)) => false,
            },
        }
    }
}

impl Test {
    /// Whether what is known of an attribute passes at `now`.
    pub(super) fn holds(&self, known: Known<'_>, now: i64) -> bool {
        let number = |holds: &dyn Fn(f64) -> bool| known.number().is_some_and(holds);
        let date = |holds: &dyn Fn(i64) -> bool| known.instant().is_some_and(holds);
        let text =
            |holds: &dyn Fn(&str) -> bool| text_of(known).is_some_and(|text| holds(&folded(text)));
        let any = |literals: &[Literal]| literals.iter().any(|literal| literal.equals(known));
        let includes = |literal: &Literal| {
            items_of(known)
                .is_some_and(|items| items.iter().any(|item| literal.equals(Known::Value(item))))
        };
        match self {
            Self::Is(literal) => literal.equals(known),
            Self::IsNot(literal) => !literal.equals(known),
            Self::IsAnyOf(literals) => any(literals),
            Self::IsNoneOf(literals) => !any(literals),
            Self::Contains(part) => text(&|text| text.contains(&folded(part))),
            Self::DoesNotContain(part) => !text(&|text| text.contains(&folded(part))),
            Self::StartsWith(part) => text(&|text| text.starts_with(&folded(part))),
            Self::EndsWith(part) => text(&|text| text.ends_with(&folded(part))),
            Self::LessThan(bound) => number(&|n| n < *bound),
            Self::AtMost(bound) => number(&|n| n <= *bound),
            Self::GreaterThan(bound) => number(&|n| n > *bound),
            Self::AtLeast(bound) => number(&|n| n >= *bound),
            Self::Between(least, most) => number(&|n| n >= *least && n <= *most),
            Self::Includes(literal) => includes(literal),
            Self::DoesNotInclude(literal) => !includes(literal),
            Self::IsEmpty => {
                items_of(known).is_some_and(<[Value]>::is_empty) || text(&str::is_empty)
            }
            Self::HasAnyValue => !matches!(known, Known::Nothing),
            Self::IsUnknown => matches!(known, Known::Nothing),
            Self::Before(instant) => date(&|at| at < *instant),
            Self::After(instant) => date(&|at| at >= *instant),
            Self::On(day) => date(&|at| at >= *day && at < day.saturating_add(DAY_MS)),
            Self::MoreThanAgo(span) => date(&|at| Age::MoreThanAgo(*span).holds(at, now)),
            Self::LessThanAgo(span) => date(&|at| Age::LessThanAgo(*span).holds(at, now)),
            Self::ExactlyAgo(span) => date(&|at| {
                let age = now.saturating_sub(at);
                age >= *span && age < span.saturating_add(DAY_MS)
            }),
            Self::WithinNext(span) => date(&|at| {
                let ahead = at.saturating_sub(now);
                ahead >= 0 && ahead <= *span
            }),
        }
    }
}
