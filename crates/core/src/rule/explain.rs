//! `explain`: each predicate with its answer, the fact it rests on and when it will flip.
//! Does not phrase anything for the page: the console does, from this tree.

use std::borrow::Borrow;

use serde::Serialize;

use super::{
    Rule, Which,
    eval::{hold, next_flip, occurrence, seen, tracks},
    facts::Look,
    program::{Kind, Node, Program, parts},
};
use crate::{history::Track, value::Value, window::Window};

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
    /// Occurrences of an event, or of what was done with a message.
    Performed {
        /// How many count in the window now.
        count: u64,
        /// The newest one ever, Unix ms.
        last: Option<i64>,
    },
    /// The newest occurrences of the two events of a sequence, Unix ms.
    Sequence {
        /// Of the one that begins it.
        first: Option<i64>,
        /// Of the one that follows, or does not.
        then: Option<i64>,
    },
    /// Where the person stands among all people, in percent.
    Share(f64),
    /// What their wall clock shows, as text without an offset.
    Clock(String),
    /// Only the browser knows.
    InTheBrowser,
}

impl Program {
    /// The answer at `now` with its reasons.
    #[must_use]
    pub fn explain<'a>(&self, facts: &impl Look<'a>, now: i64) -> Explanation {
        explain(self.rule(), &self.nodes, facts, now)
    }
}

fn explain<'a>(rule: &Rule, nodes: &[Node], facts: &impl Look<'a>, now: i64) -> Explanation {
    let within = nodes.get(1..).unwrap_or_default();
    Explanation {
        rule: rule.to_string(),
        holds: hold(nodes, facts, now).answer,
        fact: nodes.first().and_then(|node| fact(&node.kind, facts, now)),
        flips_at: next_flip(nodes, facts, now, |at| hold(nodes, facts, at).answer),
        parts: rule
            .parts()
            .iter()
            .zip(parts(within))
            .map(|(part, nodes)| explain(part, nodes, facts, now))
            .collect(),
    }
}

fn fact<'a>(kind: &Kind, facts: &impl Look<'a>, now: i64) -> Option<Fact> {
    let zone = facts.facts().zone;
    let performed = |track: Track<'_>, window| Fact::Performed {
        count: track.count(window, now),
        last: track.last(),
    };
    Some(match kind {
        Kind::All | Kind::Any | Kind::Not | Kind::Nobody => return None,
        Kind::Attribute(name, _) => Fact::Attribute(facts.attribute(name).borrow().to_value()),
        Kind::Seen(which, _) => Fact::Instant(seen(*which, facts)),
        Kind::Count(counting) => performed(facts.track(&counting.source), counting.window.on(zone)),
        Kind::Occurrence { source, which, .. } => match which {
            Which::First => Fact::Instant(occurrence(source, *which, facts)),
            Which::Last => performed(facts.track(source), Window::Ever),
        },
        Kind::Sequence(sequence) => {
            let tracks = tracks(sequence, facts);
            Fact::Sequence {
                first: tracks.first.last(),
                then: tracks.then.last(),
            }
        }
        Kind::Share(share) => Fact::Share(share.of(facts.facts().id) * 100.0),
        Kind::Clock(_) => Fact::Clock(crate::time::Date::Local(zone.local(now)).to_string()),
        Kind::Page(..) => Fact::InTheBrowser,
    })
}
