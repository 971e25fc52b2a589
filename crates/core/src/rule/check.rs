//! A comparison of a value, made ready once: what `Test` writes down, this answers.
//! Where the value is missing it is false, except where its name says "not" and for `IsUnknown`.

use std::ops::{Bound, RangeBounds};

use super::{
    AttributeTest, Literal, Test,
    phrase::{Phrase, Place},
    timed::Timed,
};
use crate::{time::parse_date, value::Value, zone::Zone};

/// A comparison, ready to be answered.
#[derive(Clone, Debug)]
pub(super) enum Check {
    Equals {
        any: Box<[Exact]>,
        not: bool,
    },
    Text {
        place: Place,
        phrase: Phrase,
        not: bool,
    },
    Number(Bound<f64>, Bound<f64>),
    Includes {
        item: Exact,
        not: bool,
    },
    Empty,
    Known(bool),
    Timed(Timed),
}

/// A value to be equal to.
#[derive(Clone, Debug)]
pub(super) enum Exact {
    Truth(bool),
    Number(f64),
    /// Text; numbers and truth that it spells are equal to it as well.
    Text(Phrase, Option<f64>, Option<bool>),
}

impl Check {
    pub(super) fn of(test: &AttributeTest) -> Self {
        let match_case = test.match_case;
        let exact = |literal: &Literal| Exact::of(literal, match_case);
        let equals = |literals: &[Literal], not| Self::Equals {
            any: literals.iter().map(exact).collect(),
            not,
        };
        let finds = |place, part: &str, not| Self::Text {
            place,
            phrase: Phrase::new(part, match_case),
            not,
        };
        let item = |literal, not| Self::Includes {
            item: exact(literal),
            not,
        };
        match &test.test {
            Test::Is(literal) => equals(std::slice::from_ref(literal), false),
            Test::IsNot(literal) => equals(std::slice::from_ref(literal), true),
            Test::IsAnyOf(literals) => equals(literals, false),
            Test::IsNoneOf(literals) => equals(literals, true),
            Test::Contains(part) => finds(Place::Anywhere, part, false),
            Test::DoesNotContain(part) => finds(Place::Anywhere, part, true),
            Test::StartsWith(part) => finds(Place::Start, part, false),
            Test::EndsWith(part) => finds(Place::End, part, false),
            Test::LessThan(bound) => Self::Number(Bound::Unbounded, Bound::Excluded(*bound)),
            Test::AtMost(bound) => Self::Number(Bound::Unbounded, Bound::Included(*bound)),
            Test::GreaterThan(bound) => Self::Number(Bound::Excluded(*bound), Bound::Unbounded),
            Test::AtLeast(bound) => Self::Number(Bound::Included(*bound), Bound::Unbounded),
            Test::Between(least, most) => {
                Self::Number(Bound::Included(*least), Bound::Included(*most))
            }
            Test::Includes(literal) => item(literal, false),
            Test::DoesNotInclude(literal) => item(literal, true),
            Test::IsEmpty => Self::Empty,
            Test::HasAnyValue => Self::Known(true),
            Test::IsUnknown => Self::Known(false),
            timed @ (Test::Before(_)
            | Test::After(_)
            | Test::On(_)
            | Test::MoreThanAgo(_)
            | Test::LessThanAgo(_)
            | Test::ExactlyAgo(_)
            | Test::WithinNext(_)
            | Test::IsToday
            | Test::AnniversaryWithin(_)) => {
                Timed::of(timed).map_or(Self::Known(true), Self::Timed)
            }
        }
    }

    /// Whether what is known passes at `now`.
    #[inline]
    pub(super) fn holds(&self, known: Known<'_>, zone: &Zone, now: i64) -> bool {
        match self {
            Self::Equals { any, not } => any.iter().any(|exact| exact.equals(known)) != *not,
            Self::Number(low, high) => known
                .number()
                .is_some_and(|number| (*low, *high).contains(&number)),
            Self::Text { place, phrase, not } => {
                known.text().is_some_and(|text| phrase.stands(*place, text)) != *not
            }
            Self::Includes { item, not } => {
                let mut items = known.items().unwrap_or_default().iter();
                items.any(|value| item.equals(Known::Value(value))) != *not
            }
            Self::Empty => {
                known.items().is_some_and(<[Value]>::is_empty)
                    || known.text().is_some_and(str::is_empty)
            }
            Self::Known(is_known) => matches!(known, Known::Nothing) != *is_known,
            Self::Timed(timed) => known
                .instant(zone)
                .is_some_and(|at| timed.holds(at, zone, now)),
        }
    }

    /// The answer at `now`, and the earliest instant after it at which it may be another.
    pub(super) fn hold(&self, known: Known<'_>, zone: &Zone, now: i64) -> (bool, Option<i64>) {
        let next = match self {
            Self::Timed(timed) => known
                .instant(zone)
                .and_then(|at| timed.next_change(at, zone, now)),
            Self::Equals { .. }
            | Self::Text { .. }
            | Self::Number(..)
            | Self::Includes { .. }
            | Self::Empty
            | Self::Known(_) => None,
        };
        (self.holds(known, zone, now), next)
    }
}

impl Exact {
    fn of(literal: &Literal, match_case: bool) -> Self {
        match literal {
            Literal::Bool(truth) => Self::Truth(*truth),
            Literal::Number(number) => Self::Number(*number),
            Literal::Text(text) => Self::Text(
                Phrase::new(text, match_case),
                text.parse().ok(),
                text.parse().ok(),
            ),
        }
    }

    /// Whether a value equals it; numbers and truth written as text count too.
    #[inline]
    fn equals(&self, known: Known<'_>) -> bool {
        match (self, known) {
            (Self::Truth(truth), Known::Value(Value::Bool(value))) => value == truth,
            (Self::Truth(truth), Known::Value(Value::Text(text))) => {
                text.eq_ignore_ascii_case(if *truth { "true" } else { "false" })
            }
            (Self::Number(number), known) => known.number() == Some(*number),
            (Self::Text(phrase, ..), Known::Value(Value::Text(text))) => phrase.equals(text),
            (Self::Text(_, number, _), Known::Value(Value::Number(value))) => {
                *number == Some(*value)
            }
            (Self::Text(_, _, truth), Known::Value(Value::Bool(value))) => *truth == Some(*value),
            (
                Self::Truth(_) | Self::Text(..),
                Known::Nothing
                | Known::Instant(_)
                | Known::Value(Value::Null | Value::Number(_) | Value::List(_) | Value::Map(_)),
            ) => false,
        }
    }
}

/// What is known of an attribute or a property.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known<'a> {
    /// It is missing.
    Nothing,
    /// A stored value.
    Value(&'a Value),
    /// The instant of a built-in attribute.
    Instant(i64),
}

impl<'a> Known<'a> {
    /// A value that is stored, if it is; null stands for nothing.
    pub(super) fn of(value: Option<&'a Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Nothing,
            Some(value) => Self::Value(value),
        }
    }

    /// The instant it stands for: RFC 3339 text, a date on the person's wall clock, Unix
    /// milliseconds, or Unix seconds where the number is too small for milliseconds since 1973.
    #[inline]
    pub(super) fn instant(self, zone: &Zone) -> Option<i64> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Nothing => None,
            Self::Value(value) => instant(value, zone),
        }
    }

    /// The number it stands for: a number, or text that is one.
    #[inline]
    fn number(self) -> Option<f64> {
        match self {
            Self::Value(Value::Number(number)) => Some(*number),
            Self::Value(value) => number(value),
            Self::Instant(at) => Some(at as f64),
            Self::Nothing => None,
        }
    }

    fn text(self) -> Option<&'a str> {
        match self {
            Self::Value(Value::Text(text)) => Some(text),
            Self::Nothing | Self::Instant(_) | Self::Value(_) => None,
        }
    }

    fn items(self) -> Option<&'a [Value]> {
        match self {
            Self::Value(Value::List(items)) => Some(items),
            Self::Nothing | Self::Instant(_) | Self::Value(_) => None,
        }
    }
}

// Both are apart from their callers: most values need neither, and those stay small.

#[inline(never)]
fn instant(value: &Value, zone: &Zone) -> Option<i64> {
    const SECONDS_MAX: f64 = 1e11;
    match value {
        Value::Text(text) => parse_date(text).map(|date| date.instant(zone)),
        Value::Number(number) => {
            let scale = if number.abs() < SECONDS_MAX {
                1_000.0
            } else {
                1.0
            };
            crate::value::whole((number * scale).trunc())
        }
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => None,
    }
}

#[inline(never)]
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => None,
    }
}
