//! What a rule may hold: sizes, and values that mean something. Both spellings are held to it.
//! Places in text are `text`'s business; what is found here has none.

use std::ops::RangeInclusive;

use super::{
    AttributeTest, ClockTest, Literal, Problem, Rule, ShareTest, TEXT_BYTES_MAX, Test, timed::Timed,
};
use crate::{
    residual::PageTest,
    time::{Date, SPAN_MS_MAX},
    window::{Age, Count, Window},
};

// LIMIT: deeper than anything a person would read; keeps recursion within any stack.
/// How deep groups may be nested.
pub const DEPTH_MAX: usize = 16;

// LIMIT: a rule is evaluated for every input of every person.
/// How many predicates a rule may have.
pub const PREDICATES_MAX: usize = 256;

// LIMIT: further ahead than a year, an anniversary is always within reach.
/// How many days ahead an anniversary may be asked for.
pub const ANNIVERSARY_DAYS_MAX: u32 = 365;

// LIMIT: an event is held against each of them when it arrives.
/// How many comparisons an event may be filtered by.
pub const FILTERS_MAX: usize = 16;

/// The instants that can be written: the years 0 to 9999.
const INSTANTS: RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

impl Rule {
    /// Everything in it that is out of bounds, or means nothing; `places` are those of its
    /// predicates in the text that it was read from, if it was.
    pub(super) fn faults(&self, places: &[usize]) -> Vec<Problem> {
        let depth = self.depth();
        if depth > DEPTH_MAX {
            return vec![Problem::new(too_deep())];
        }
        let mut predicates = 0;
        let mut faults = Vec::new();
        self.each_at(&mut Vec::new(), &mut |path, leaf| {
            faults.extend(leaf.fault().map(|message| Problem {
                at: places.get(predicates).copied(),
                ..Problem::of(path, message)
            }));
            predicates += 1;
        });
        if predicates > PREDICATES_MAX {
            faults.push(Problem::new(format!(
                "{predicates} conditions are more than {PREDICATES_MAX}: use a segment for a part"
            )));
        }
        // INVARIANT: what is accepted as JSON can be read back as text.
        if self.to_string().len() > TEXT_BYTES_MAX {
            faults.push(Problem::new(too_long()));
        }
        faults
    }

    /// What is wrong with one predicate.
    fn fault(&self) -> Option<String> {
        self.events()
            .iter()
            .find_map(|(name, filters)| event_fault(name, filters))
            .or_else(|| match self {
                Self::All(_) | Self::Any(_) | Self::Not(_) => None,
                Self::Attribute(test) => test.fault(),
                Self::Event(test) => count_fault(test.count).or_else(|| window_fault(test.window)),
                Self::Occurrence(test) => match test.age {
                    Age::MoreThanAgo(span) | Age::LessThanAgo(span) => span_fault(span),
                },
                Self::Sequence(test) => {
                    span_fault(test.within).or_else(|| window_fault(test.window))
                }
                Self::Message(test) => message_fault(&test.name)
                    .or_else(|| count_fault(test.count))
                    .or_else(|| window_fault(test.window)),
                Self::Share(share) => share.fault(),
                Self::Clock(clock) => clock.fault(),
                Self::Page(page) => match &page.test {
                    PageTest::IsAnyOf(choices) => no_choices(choices),
                    PageTest::Contains(_) | PageTest::StartsWith(_) | PageTest::EndsWith(_) => None,
                },
                Self::Segment(id) => nameless("a segment", id),
            })
    }
}

fn event_fault(name: &str, filters: &[AttributeTest]) -> Option<String> {
    if filters.len() > FILTERS_MAX {
        let count = filters.len();
        return Some(format!(
            "{count} filters are more than {FILTERS_MAX}: leave some out"
        ));
    }
    nameless("an event", name)
        .or_else(|| filters.iter().find_map(AttributeTest::fault))
        .or_else(|| filters.iter().find_map(AttributeTest::timed_fault))
}

fn message_fault(name: &str) -> Option<String> {
    let is_one = matches!(name.split_once('/'), Some((series, step)) if !series.is_empty() && !step.is_empty());
    (!is_one).then(|| {
        format!(
            "`{name}` names no message: write the series and its step, as in `win-back/miss-you`"
        )
    })
}

impl AttributeTest {
    fn fault(&self) -> Option<String> {
        if self.name.is_empty() {
            return Some("the name of an attribute is empty".to_owned());
        }
        if self.match_case && !self.test.is_of_text() {
            return Some("`matching case` has a meaning for text only: leave it out".to_owned());
        }
        self.test.fault()
    }

    /// A filter is asked once, when the event arrives: what changes with time has no place in it.
    fn timed_fault(&self) -> Option<String> {
        let is_timed = Timed::of(&self.test).is_some_and(Timed::is_of_now);
        is_timed.then(|| {
            let name = &self.name;
            format!("the property `{name}` can't be compared with now: name a date")
        })
    }
}

impl ShareTest {
    fn fault(&self) -> Option<String> {
        let Self { from, below, .. } = self;
        let is_share = (0.0..=100.0).contains(from) && (0.0..=100.0).contains(below);
        (!is_share || from >= below).then(|| {
            format!("a share from {from} to {below} % has no one in it: go up, between 0 and 100 %")
        })
    }
}

impl ClockTest {
    fn fault(&self) -> Option<String> {
        match self {
            Self::Weekday(days) => no_choices(days),
            Self::Hour(from, to) => {
                let is_stretch = *from < 24 && (1..=24).contains(to) && from != to;
                (!is_stretch).then(|| {
                    format!(
                        "from hour {from} to {to} is no stretch of a day: begin at 0 to 23 and end at \
                         another hour, 1 to 24"
                    )
                })
            }
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
    /// The values that it names.
    pub(super) fn literals(&self) -> &[Literal] {
        if let Self::Is(one) | Self::IsNot(one) | Self::Includes(one) | Self::DoesNotInclude(one) =
            self
        {
            return std::slice::from_ref(one);
        }
        if let Self::IsAnyOf(choices) | Self::IsNoneOf(choices) = self {
            return choices;
        }
        &[]
    }

    /// Whether letters are compared in it.
    pub(super) fn is_of_text(&self) -> bool {
        let mut literals = self.literals().iter();
        literals.any(|literal| matches!(literal, Literal::Text(_)))
            || matches!(
                self,
                Self::Contains(_)
                    | Self::DoesNotContain(_)
                    | Self::StartsWith(_)
                    | Self::EndsWith(_)
            )
    }

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
            Self::AnniversaryWithin(days) => (*days > ANNIVERSARY_DAYS_MAX).then(|| {
                format!("an anniversary is never more than {ANNIVERSARY_DAYS_MAX} days ahead")
            }),
            Self::Contains(_)
            | Self::DoesNotContain(_)
            | Self::StartsWith(_)
            | Self::EndsWith(_)
            | Self::IsEmpty
            | Self::HasAnyValue
            | Self::IsUnknown
            | Self::IsToday => None,
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

fn instant_fault(date: Date) -> Option<String> {
    let ms = date.ms();
    (!INSTANTS.contains(&ms)).then(|| format!("the instant {ms} is outside of the years 0 to 9999"))
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

fn window_fault(window: Window<Date>) -> Option<String> {
    match window {
        Window::Ever => None,
        Window::Last(span) => span_fault(span),
        Window::Before(instant) | Window::Since(instant) => instant_fault(instant),
        Window::Between(start, end) => {
            instant_fault(start)
                .or_else(|| instant_fault(end))
                .or_else(|| {
                    (start.ms() >= end.ms()).then(|| {
                        "the window ends before it begins: write the earlier date first".to_owned()
                    })
                })
        }
    }
}
