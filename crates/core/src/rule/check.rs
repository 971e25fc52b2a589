//! A comparison of a value, made ready once: what `Test` writes down, this answers.
//! Where the value is missing it is false, except where its name says "not" and for `IsUnknown`.

use std::collections::BTreeMap;

use super::{
    AttributeTest, Literal, Test,
    phrase::{Phrase, Place},
    timed::Timed,
};
use crate::{time::parse_date, value::Value, zone::Zone};

/// A comparison, ready to be answered.
// Which one it is is read with every answer: a byte of its own is read faster than spare bits.
#[derive(Clone, Debug)]
#[repr(u8)]
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
    /// From the first number to the second, both included.
    Number(f64, f64),
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
            Test::LessThan(bound) => Self::Number(f64::NEG_INFINITY, bound.next_down()),
            Test::AtMost(bound) => Self::Number(f64::NEG_INFINITY, *bound),
            Test::GreaterThan(bound) => Self::Number(bound.next_up(), f64::INFINITY),
            Test::AtLeast(bound) => Self::Number(*bound, f64::INFINITY),
            Test::Between(least, most) => Self::Number(*least, *most),
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

    /// Roughly how long it takes to answer, in the time of reading a field.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Number(..) | Self::Empty | Self::Known(_) => 8,
            Self::Equals { .. } => 9,
            Self::Text { .. } | Self::Includes { .. } => 30,
            // Text is read as a date.
            Self::Timed(_) => 40,
        }
    }

    /// Whether what is known passes at `now`.
    ///
    /// The comparisons that most rules are made of are answered on the spot.
    #[expect(clippy::inline_always, reason = "most of a rule's time is spent here")]
    #[inline(always)]
    pub(super) fn holds(&self, known: &Known<'_>, zone: &Zone, now: i64) -> bool {
        match (self, known) {
            (Self::Number(least, most), Known::Number(number)) => number >= least && number <= most,
            (Self::Equals { any, not }, Known::Text(text)) => match &**any {
                [Exact::Text(phrase, ..)] => phrase.equals(text) != *not,
                _ => self.holds_of(known, zone, now),
            },
            _ => self.holds_of(known, zone, now),
        }
    }

    #[inline(never)]
    fn holds_of(&self, known: &Known<'_>, zone: &Zone, now: i64) -> bool {
        match self {
            Self::Equals { any, not } => any.iter().any(|exact| exact.equals(*known)) != *not,
            Self::Number(least, most) => known
                .number()
                .is_some_and(|number| number >= *least && number <= *most),
            Self::Text { place, phrase, not } => {
                known.text().is_some_and(|text| phrase.stands(*place, text)) != *not
            }
            Self::Includes { item, not } => {
                let mut items = known.items().unwrap_or_default().iter();
                items.any(|value| item.equals(value.into())) != *not
            }
            Self::Empty => {
                known.items().is_some_and(<[Value]>::is_empty)
                    || known.text().is_some_and(str::is_empty)
            }
            Self::Known(is_known) => (*known == Known::Nothing) != *is_known,
            Self::Timed(timed) => known
                .instant(zone)
                .is_some_and(|at| timed.holds(at, zone, now)),
        }
    }

    /// The answer at `now`, and the earliest instant after it at which it may be another.
    pub(super) fn hold(&self, known: &Known<'_>, zone: &Zone, now: i64) -> (bool, Option<i64>) {
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
            (Self::Truth(truth), Known::Truth(value)) => value == *truth,
            (Self::Truth(truth), Known::Text(text)) => {
                text.eq_ignore_ascii_case(if *truth { "true" } else { "false" })
            }
            (Self::Number(number), known) => known.number() == Some(*number),
            (Self::Text(phrase, ..), Known::Text(text)) => phrase.equals(text),
            (Self::Text(_, number, _), Known::Number(value)) => *number == Some(value),
            (Self::Text(_, _, truth), Known::Truth(value)) => *truth == Some(value),
            (
                Self::Truth(_) | Self::Text(..),
                Known::Nothing
                | Known::Number(_)
                | Known::List(_)
                | Known::Map(_)
                | Known::Instant(_),
            ) => false,
        }
    }
}

/// What is known of an attribute or a property.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Known<'a> {
    /// It is missing, or null.
    #[default]
    Nothing,
    /// True or false.
    Truth(bool),
    /// A number.
    Number(f64),
    /// Text.
    Text(&'a str),
    /// A list.
    List(&'a [Value]),
    /// Named values.
    Map(&'a BTreeMap<String, Value>),
    /// The instant of a built-in attribute, Unix ms.
    Instant(i64),
}

impl<'a> From<&'a Value> for Known<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::Bool(truth) => Self::Truth(*truth),
            Value::Number(number) => Self::Number(*number),
            Value::Text(text) => Self::Text(text),
            Value::List(items) => Self::List(items),
            Value::Map(entries) => Self::Map(entries),
        }
    }
}

impl From<Option<i64>> for Known<'_> {
    fn from(instant: Option<i64>) -> Self {
        instant.map_or(Self::Nothing, Self::Instant)
    }
}

impl<'a> Known<'a> {
    /// A value that is stored, if it is.
    pub(super) fn of(value: Option<&'a Value>) -> Self {
        value.map_or(Self::Nothing, Self::from)
    }

    /// The value; that of an instant is Unix ms.
    pub(super) fn to_value(self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Truth(truth) => truth.into(),
            Self::Number(number) => number.into(),
            Self::Text(text) => text.into(),
            Self::List(items) => Value::List(items.to_vec()),
            Self::Map(entries) => Value::Map(entries.clone()),
            Self::Instant(at) => Value::Number(at as f64),
        }
    }

    /// The instant it stands for: RFC 3339 text, a date on the person's wall clock, Unix
    /// milliseconds, or Unix seconds where the number is too small for milliseconds since 1973.
    #[inline]
    pub(super) fn instant(self, zone: &Zone) -> Option<i64> {
        match self {
            Self::Instant(at) => Some(at),
            Self::Text(_) | Self::Number(_) => self.dated(zone),
            Self::Nothing | Self::Truth(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The number it stands for: a number, or text that is one.
    #[inline]
    fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Text(text) => number(text),
            Self::Instant(at) => Some(at as f64),
            Self::Nothing | Self::Truth(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self {
            return Some(text);
        }
        None
    }

    fn items(self) -> Option<&'a [Value]> {
        if let Self::List(items) = self {
            return Some(items);
        }
        None
    }

    // Both are apart from their callers: most values need neither, and those stay small.

    #[inline(never)]
    fn dated(self, zone: &Zone) -> Option<i64> {
        const SECONDS_MAX: f64 = 1e11;
        if let Self::Number(number) = self {
            let is_seconds = number.abs() < SECONDS_MAX;
            let scale = if is_seconds { 1_000.0 } else { 1.0 };
            return crate::value::whole((number * scale).trunc());
        }
        parse_date(self.text()?).map(|date| date.instant(zone))
    }
}

#[inline(never)]
fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|n: &f64| n.is_finite())
}
