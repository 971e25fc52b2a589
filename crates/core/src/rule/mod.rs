//! Rules about people: one tree, two spellings (JSON and a line of text), five questions.
//! Knows nothing of series or of where facts are kept: those come in as [`Facts`].
//!
//! [`Rule`] is what is written; [`Rule::compile`] makes a [`Program`] of it, which answers.

mod activity;
mod bounds;
mod change;
mod check;
mod clock;
mod comparison;
mod counting;
mod eval;
mod explain;
mod facts;
mod json;
mod lexer;
mod meaning;
mod phrase;
mod predicate;
mod print;
mod problem;
mod problems;
mod program;
mod residual;
mod resolve;
mod sequence;
mod spans;
mod streams;
mod text;
mod timed;

pub use crate::weekday::Weekday;
pub use activity::Sign;
pub use bounds::{ANNIVERSARY_DAYS_MAX, DEPTH_MAX, FILTERS_MAX, PREDICATES_MAX};
pub use change::Change;
pub use check::Known;
pub use clock::ClockTest;
pub use explain::{Explanation, Fact};
pub use facts::{Attribute, Bound, FIRST_SEEN, Facts, LAST_SEEN, Look};
pub use json::AnySpelling;
pub use problem::Problem;
pub use problems::Asked;
pub use program::{Program, Source, Symbol, Symbols};
pub use resolve::{BUILT_IN, Names, RESOLVED_PREDICATES_MAX, SEGMENTS_DEEP_MAX, Segments};
pub(crate) use resolve::{is_known_attribute, unknown};
pub use streams::{STREAMS_MAX, Stream, Streams};
pub use text::{TEXT_BYTES_MAX, Written, parse, read};

use serde::{Deserialize, Serialize};

use crate::{
    history::Engagement,
    residual::{PageField, PageTest},
    time::Date,
    window::{Age, Count, Window},
};

/// A question about a person, answered true or false at an instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Every part holds; with no parts, everyone.
    All(Vec<Rule>),
    /// At least one part holds; with no parts, no one.
    Any(Vec<Rule>),
    /// The part does not hold.
    Not(Box<Rule>),
    /// A comparison with an attribute, the built-in `last_seen` and `first_seen` included.
    Attribute(AttributeTest),
    /// How often an event was performed.
    Event(EventTest),
    /// How long ago an event was performed for the first or the last time.
    Occurrence(OccurrenceTest),
    /// Whether one event was followed by another.
    Sequence(SequenceTest),
    /// What the person did with a message.
    Message(MessageTest),
    /// The person is among a share of people that chance has picked for good.
    Share(ShareTest),
    /// What the person's wall clock shows.
    Clock(ClockTest),
    /// What the page is that the person looks at: only the browser knows.
    Page(PageRule),
    /// The person is in this segment.
    Segment(String),
}

/// A comparison with one attribute. In JSON: `{"name": …, "<comparison>": …}`, read strictly.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributeTest {
    /// The name of the attribute.
    pub name: String,
    /// The comparison.
    #[serde(flatten)]
    pub test: Test,
    /// Whether text is compared letter by letter, capitals and all.
    #[serde(skip_serializing_if = "is_default")]
    pub match_case: bool,
}

/// An event, if it has properties that pass every one of some comparisons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilteredEvent {
    /// The name of the event.
    pub name: String,
    /// What its properties must pass; empty for any.
    #[serde(default, rename = "where", skip_serializing_if = "is_default")]
    pub filters: Vec<AttributeTest>,
}

/// A comparison with the number of times that an event was performed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTest {
    /// The name of the event.
    pub name: String,
    /// What its properties must pass; empty for any.
    #[serde(default, rename = "where", skip_serializing_if = "is_default")]
    pub filters: Vec<AttributeTest>,
    /// How many occurrences are asked for.
    pub count: Count,
    /// When they count.
    #[serde(default, skip_serializing_if = "is_default")]
    pub window: Window<Date>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A comparison with the age of the first or last occurrence of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccurrenceTest {
    /// The name of the event.
    pub name: String,
    /// What its properties must pass; empty for any.
    #[serde(default, rename = "where", skip_serializing_if = "is_default")]
    pub filters: Vec<AttributeTest>,
    /// Which occurrence.
    pub which: Which,
    /// The comparison; without an occurrence it is false.
    pub age: Age,
}

/// One event and then another, or then not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequenceTest {
    /// The event that begins it.
    pub first: FilteredEvent,
    /// The event that follows, or does not.
    pub then: FilteredEvent,
    /// True: some `first` was followed by `then`. False: the newest `first` was not, and the time
    /// for it has passed.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub happened: bool,
    /// For how long after `first` an occurrence of `then` counts, ms.
    pub within: i64,
    /// When `first` counts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub window: Window<Date>,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_yes(happened: &bool) -> bool {
    *happened
}

/// A comparison with the number of times that a person did something with a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageTest {
    /// The ids of the series and its step, `series/step`.
    pub name: String,
    /// What they did with it.
    pub engagement: Engagement,
    /// How many times are asked for.
    pub count: Count,
    /// When they count.
    #[serde(default, skip_serializing_if = "is_default")]
    pub window: Window<Date>,
}

/// A share of all people, picked by a hash of their id: [`crate::hash::share`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareTest {
    /// Names the draw: shares of the same salt nest, those of different salts are unrelated.
    pub salt: String,
    /// Where the share begins, in percent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub from: f64,
    /// Where it ends, in percent; excluded.
    pub below: f64,
}

/// The first or the last occurrence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// The first one ever.
    First,
    /// The newest.
    Last,
}

/// A condition on the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageRule {
    /// Which fact of the page.
    pub field: PageField,
    /// How it is compared.
    pub test: PageTest,
}

/// A value written in a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Literal {
    /// True or false.
    Bool(bool),
    /// A number.
    Number(f64),
    /// Text, compared without regard to case.
    Text(String),
}

/// A comparison with an attribute. Where the attribute is missing it is false, except where its
/// name says "not" and for `IsUnknown`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Equals.
    Is(Literal),
    /// Does not equal, or is missing.
    IsNot(Literal),
    /// Equals one of these.
    IsAnyOf(Vec<Literal>),
    /// Equals none of these, or is missing.
    IsNoneOf(Vec<Literal>),
    /// The text contains this.
    Contains(String),
    /// The text does not contain this, or is missing.
    DoesNotContain(String),
    /// The text starts with this.
    StartsWith(String),
    /// The text ends with this.
    EndsWith(String),
    /// Less than.
    LessThan(f64),
    /// Less than or equal to.
    AtMost(f64),
    /// Greater than.
    GreaterThan(f64),
    /// Greater than or equal to.
    AtLeast(f64),
    /// From the first to the second, both included.
    Between(f64, f64),
    /// The list has this item.
    Includes(Literal),
    /// The list does not have this item, or is missing.
    DoesNotInclude(Literal),
    /// A list or a text with nothing in it.
    IsEmpty,
    /// Is there.
    HasAnyValue,
    /// Is not there.
    IsUnknown,
    /// The instant is before this one.
    Before(Date),
    /// The instant is this one or after it.
    After(Date),
    /// The instant lies on the calendar day of this date, by the person's wall clock.
    On(Date),
    /// With age = now - instant: `age > span` (ms).
    MoreThanAgo(i64),
    /// `age < span` (ms).
    LessThanAgo(i64),
    /// `span <= age < span + 1 day`.
    ExactlyAgo(i64),
    /// The date lies ahead, by no more than the span (ms).
    WithinNext(i64),
    /// The date is of the calendar day that it is, by the person's wall clock.
    IsToday,
    /// Its month and day come again within this many calendar days; 0 is today.
    AnniversaryWithin(u32),
}

impl Rule {
    /// The rule that holds for everyone.
    #[must_use]
    pub fn everyone() -> Self {
        Self::All(Vec::new())
    }

    /// The same rule without groups of one.
    #[must_use]
    pub fn normal(self) -> Self {
        match self {
            Self::All(parts) => group(parts, Self::All),
            Self::Any(parts) => group(parts, Self::Any),
            Self::Not(part) => Self::Not(Box::new(part.normal())),
            leaf @ (Self::Attribute(_)
            | Self::Event(_)
            | Self::Occurrence(_)
            | Self::Sequence(_)
            | Self::Message(_)
            | Self::Share(_)
            | Self::Clock(_)
            | Self::Page(_)
            | Self::Segment(_)) => leaf,
        }
    }

    /// The parts of a group; none for a predicate.
    #[must_use]
    pub fn parts(&self) -> &[Rule] {
        match self {
            Self::All(parts) | Self::Any(parts) => parts,
            Self::Not(part) => std::slice::from_ref(part),
            Self::Attribute(_)
            | Self::Event(_)
            | Self::Occurrence(_)
            | Self::Sequence(_)
            | Self::Message(_)
            | Self::Share(_)
            | Self::Clock(_)
            | Self::Page(_)
            | Self::Segment(_) => &[],
        }
    }

    /// The events that a predicate counts, each with what its properties must pass.
    pub(crate) fn events(&self) -> Vec<(&str, &[AttributeTest])> {
        match self {
            Self::Event(test) => vec![(&test.name, &test.filters)],
            Self::Occurrence(test) => vec![(&test.name, &test.filters)],
            Self::Sequence(test) => [&test.first, &test.then]
                .map(|event| (event.name.as_str(), event.filters.as_slice()))
                .into(),
            Self::All(_)
            | Self::Any(_)
            | Self::Not(_)
            | Self::Attribute(_)
            | Self::Message(_)
            | Self::Share(_)
            | Self::Clock(_)
            | Self::Page(_)
            | Self::Segment(_) => Vec::new(),
        }
    }

    fn is_group(&self) -> bool {
        matches!(self, Self::All(_) | Self::Any(_) | Self::Not(_))
    }

    /// Calls `visit` with every predicate, from left to right.
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Rule)) {
        if self.is_group() {
            self.parts().iter().for_each(|part| part.each(visit));
        } else {
            visit(self);
        }
    }

    /// The same, with the way to each: the place within its group, from the root on.
    pub(super) fn each_at(&self, path: &mut Vec<usize>, visit: &mut dyn FnMut(&[usize], &Rule)) {
        if !self.is_group() {
            visit(path, self);
        }
        for (place, part) in self.parts().iter().enumerate() {
            path.push(place);
            part.each_at(path, visit);
            path.pop();
        }
    }

    /// How deep its groups are nested.
    #[must_use]
    pub fn depth(&self) -> usize {
        let deepest = self.parts().iter().map(Self::depth).max().unwrap_or(0);
        deepest + usize::from(self.is_group())
    }
}

fn group(parts: Vec<Rule>, make: fn(Vec<Rule>) -> Rule) -> Rule {
    let mut parts: Vec<Rule> = parts.into_iter().map(Rule::normal).collect();
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            make(parts)
        }
    }
}
