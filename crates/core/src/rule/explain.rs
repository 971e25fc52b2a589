//! `explain`: each predicate with its answer, the fact it rests on and when it will flip.
//! Does not phrase anything for the page: the console does, from this tree.

use serde::Serialize;

use super::{
    Facts, Rule, Which,
    eval::{FIRST_SEEN, Known, LAST_SEEN},
};
use crate::{value::Value, window::Window};

/// Why a rule, or a part of it, holds or does not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The part, as text.
    pub rule: String,
    /// Its answer now.
    pub holds: bool,
    /// What a predicate rests on; absent for groups.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<Fact>,
    /// When the answer changes by itself, Unix ms; `null` when it does not.
    pub flips_at: Option<i64>,
    /// The parts of a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Explanation>,
}

/// The fact that a predicate rests on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// The attribute's value; `null` when it is missing.
    Attribute(Value),
    /// An instant, Unix ms; `null` when there is none.
    Instant(Option<i64>),
    /// Occurrences of an event.
    Performed {
        /// How many count in the window now.
        count: u64,
        /// The newest one ever, Unix ms.
        last: Option<i64>,
    },
    /// Only the browser knows.
    InTheBrowser,
}

impl Rule {
    /// The answer at `now` with its reasons.
    #[must_use]
    pub fn explain(&self, facts: &Facts<'_>, now: i64) -> Explanation {
        let parts = match self {
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().map(|part| part.explain(facts, now)).collect()
            }
            Self::Not(part) => vec![part.explain(facts, now)],
            Self::Attribute(_)
            | Self::Event(_)
            | Self::Occurrence(_)
            | Self::Page(_)
            | Self::Segment(_) => Vec::new(),
        };
        Explanation {
            rule: self.to_string(),
            holds: self.eval(facts, now),
            fact: self.fact(facts, now),
            flips_at: self.next_flip(facts, now),
            parts,
        }
    }

    fn fact(&self, facts: &Facts<'_>, now: i64) -> Option<Fact> {
        match self {
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Segment(_) => None,
            Self::Attribute(test) => Some(match test.value(facts) {
                Known::Value(value) => Fact::Attribute(value.clone()),
                Known::Instant(at) => Fact::Instant(Some(at)),
                Known::Nothing if [LAST_SEEN, FIRST_SEEN].contains(&test.name.as_str()) => {
                    Fact::Instant(None)
                }
                Known::Nothing => Fact::Attribute(Value::Null),
            }),
            Self::Event(test) => Some(Fact::Performed {
                count: facts.history.count(&test.name, test.window, now),
                last: facts.history.last(&test.name),
            }),
            Self::Occurrence(test) => Some(match test.which {
                Which::First => Fact::Instant(test.instant(facts)),
                Which::Last => Fact::Performed {
                    count: facts.history.count(&test.name, Window::Ever, now),
                    last: facts.history.last(&test.name),
                },
            }),
            Self::Page(_) => Some(Fact::InTheBrowser),
        }
    }
}
