//! Rules about people: one tree, two spellings (JSON and a line of text), five questions.
//! Knows nothing of series or of where facts are kept: those come in as [`Facts`].

mod bounds;
mod comparison;
mod eval;
mod explain;
mod json;
mod lexer;
mod print;
mod residual;
mod resolve;
mod text;

pub use bounds::{DEPTH_MAX, PREDICATES_MAX};
pub use eval::{Attribute, FIRST_SEEN, Facts, LAST_SEEN};
pub use explain::{Explanation, Fact};
pub use json::AnySpelling;
pub use resolve::{Names, RESOLVED_PREDICATES_MAX, SEGMENTS_DEEP_MAX, Segments};
pub(crate) use resolve::{is_known_attribute, unknown};
pub use text::{Problem, TEXT_BYTES_MAX, parse};

use serde::{Deserialize, Serialize};

use crate::{
    residual::{PageField, PageTest},
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
}

/// A comparison with the number of times that an event was performed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventTest {
    /// The name of the event.
    pub name: String,
    /// How many occurrences are asked for.
    pub count: Count,
    /// When they count.
    #[serde(default, skip_serializing_if = "is_ever")]
    pub window: Window,
}

fn is_ever(window: &Window) -> bool {
    *window == Window::Ever
}

/// A comparison with the age of the first or last occurrence of an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccurrenceTest {
    /// The name of the event.
    pub name: String,
    /// Which occurrence.
    pub which: Which,
    /// The comparison; without an occurrence it is false.
    pub age: Age,
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
    /// The date is before this instant (Unix ms).
    Before(i64),
    /// The date is at this instant (Unix ms) or after it.
    After(i64),
    /// The date lies in the 24 hours from this instant (Unix ms) on.
    On(i64),
    /// With age = now - date: `age > span` (ms).
    MoreThanAgo(i64),
    /// `age < span` (ms).
    LessThanAgo(i64),
    /// `span <= age < span + 1 day`.
    ExactlyAgo(i64),
    /// The date lies ahead, by no more than the span (ms).
    WithinNext(i64),
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
            | Self::Page(_)
            | Self::Segment(_)) => leaf,
        }
    }

    /// Calls `visit` with every predicate, from left to right.
    pub fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Rule)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.each(visit)),
            Self::Not(part) => part.each(visit),
            Self::Attribute(_)
            | Self::Event(_)
            | Self::Occurrence(_)
            | Self::Page(_)
            | Self::Segment(_) => visit(self),
        }
    }

    /// How deep its groups are nested.
    #[must_use]
    pub fn depth(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                1 + parts.iter().map(Self::depth).max().unwrap_or(0)
            }
            Self::Not(part) => 1 + part.depth(),
            Self::Attribute(_)
            | Self::Event(_)
            | Self::Occurrence(_)
            | Self::Page(_)
            | Self::Segment(_) => 0,
        }
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
