//! What a rule may hold: sizes, and values that mean something. Both spellings are held to it.
//! Places in text are `text`'s business; what is found here has none.

use std::ops::RangeInclusive;

use super::{Rule, TEXT_BYTES_MAX, Test};
use crate::{
    residual::PageTest,
    rule::Literal,
    time::SPAN_MS_MAX,
    window::{Age, Count, Window},
};

// LIMIT: deeper than anything a person would read; keeps recursion within any stack.
/// How deep groups may be nested.
pub const DEPTH_MAX: usize = 16;

// LIMIT: a rule is evaluated for every input of every person.
/// How many predicates a rule may have.
pub const PREDICATES_MAX: usize = 256;

/// The instants that can be written: the years 0 to 9999.
const INSTANTS: RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

impl Rule {
    /// Everything in it that is out of bounds, or means nothing.
    pub(super) fn faults(&self) -> Vec<String> {
        let depth = self.depth();
        if depth > DEPTH_MAX {
            return vec![too_deep()];
        }
        let mut predicates = 0;
        let mut faults = Vec::new();
        self.each(&mut |leaf| {
            predicates += 1;
            faults.extend(leaf.fault());
        });
        if predicates > PREDICATES_MAX {
            faults.push(format!(
                "{predicates} conditions are more than {PREDICATES_MAX}: use a segment for a part"
            ));
        }
        // INVARIANT: what is accepted as JSON can be read back as text.
        if self.to_string().len() > TEXT_BYTES_MAX {
            faults.push(too_long());
        }
        faults
    }

    /// What is wrong with one predicate.
    fn fault(&self) -> Option<String> {
        match self {
            Self::All(_) | Self::Any(_) | Self::Not(_) => None,
            Self::Attribute(test) if test.name.is_empty() => {
                Some("the name of an attribute is empty".to_owned())
            }
            Self::Attribute(test) => test.test.fault(),
            Self::Event(test) => nameless("an event", &test.name)
                .or_else(|| count_fault(test.count))
                .or_else(|| window_fault(test.window)),
            Self::Occurrence(test) => nameless("an event", &test.name).or_else(|| match test.age {
                Age::MoreThanAgo(span) | Age::LessThanAgo(span) => span_fault(span),
            }),
            Self::Page(page) => match &page.test {
                PageTest::IsAnyOf(choices) => no_choices(choices),
                PageTest::Contains(_) | PageTest::StartsWith(_) | PageTest::EndsWith(_) => None,
            },
            Self::Segment(id) => nameless("a segment", id),
        }
    }
}

pub(super) fn too_deep() -> String {
    format!("groups are nested deeper than {DEPTH_MAX}: use a segment for a part")
}

pub(super) fn too_long() -> String {
    format!("the rule is longer than {TEXT_BYTES_MAX} bytes: use a segment for a part")
}

impl Test {
    fn fault(&self) -> Option<String> {
        match self {
            Self::IsAnyOf(literals) | Self::IsNoneOf(literals) => {
                no_choices(literals).or_else(|| literals.iter().find_map(literal_fault))
            }
            Self::Is(literal)
            | Self::IsNot(literal)
            | Self::Includes(literal)
            | Self::DoesNotInclude(literal) => literal_fault(literal),
            Self::LessThan(bound)
            | Self::AtMost(bound)
            | Self::GreaterThan(bound)
            | Self::AtLeast(bound) => number_fault(*bound),
            Self::Between(least, most) => number_fault(*least)
                .or_else(|| number_fault(*most))
                .or_else(|| (least > most).then(|| reversed(least, most))),
            Self::Before(instant) | Self::After(instant) | Self::On(instant) => {
                instant_fault(*instant)
            }
            Self::MoreThanAgo(span)
            | Self::LessThanAgo(span)
            | Self::ExactlyAgo(span)
            | Self::WithinNext(span) => span_fault(*span),
            Self::Contains(_)
            | Self::DoesNotContain(_)
            | Self::StartsWith(_)
            | Self::EndsWith(_)
            | Self::IsEmpty
            | Self::HasAnyValue
            | Self::IsUnknown => None,
        }
    }
}

fn nameless(what: &str, name: &str) -> Option<String> {
    name.is_empty()
        .then(|| format!("the name of {what} is empty"))
}

fn no_choices<T>(choices: &[T]) -> Option<String> {
    choices
        .is_empty()
        .then(|| "`is any of` has nothing to choose from: name a value".to_owned())
}

fn literal_fault(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Number(number) => number_fault(*number),
        Literal::Bool(_) | Literal::Text(_) => None,
    }
}

fn number_fault(number: f64) -> Option<String> {
    (!number.is_finite()).then(|| format!("`{number}` is not a number that can be compared"))
}

fn reversed(least: impl std::fmt::Display, most: impl std::fmt::Display) -> String {
    format!("nothing is between {least} and {most}: write the smaller one first")
}

fn instant_fault(instant: i64) -> Option<String> {
    (!INSTANTS.contains(&instant))
        .then(|| format!("the instant {instant} is outside of the years 0 to 9999"))
}

fn span_fault(span: i64) -> Option<String> {
    (!(0..=SPAN_MS_MAX).contains(&span))
        .then(|| format!("a span of {span} ms is not between 0 and 100 years"))
}

fn count_fault(count: Count) -> Option<String> {
    if count.threshold() > Count::THRESHOLD_MAX {
        let (asked, most) = (count.threshold(), Count::THRESHOLD_MAX);
        return Some(format!(
            "{asked} times is more than the {most} that are counted"
        ));
    }
    match count {
        Count::Between(least, most) if least > most => Some(reversed(least, most)),
        Count::Between(..) | Count::AtLeast(_) | Count::AtMost(_) | Count::Exactly(_) => None,
    }
}

fn window_fault(window: Window) -> Option<String> {
    match window {
        Window::Ever => None,
        Window::Last(span) => span_fault(span),
        Window::Before(instant) | Window::Since(instant) => instant_fault(instant),
        Window::Between(start, end) => {
            instant_fault(start)
                .or_else(|| instant_fault(end))
                .or_else(|| {
                    (start >= end).then(|| {
                        "the window ends before it begins: write the earlier date first".to_owned()
                    })
                })
        }
    }
}
