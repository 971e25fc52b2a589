//! Partial evaluation: with the person's facts known, only what the browser will see remains.
//! Attributes never survive it: what depends on them becomes an answer, or an instant.

use std::borrow::Borrow;

use super::{
    Which,
    check::{Check, Known},
    eval::{occurrence, seen, tracks},
    facts::Look,
    program::{Kind, Node, Program, Source, parts},
    timed::{Stretch, Timed},
};
use crate::{
    residual::{NOWHERE, Residual},
    window::{Age, Count, DAY_MS, Window},
};

impl Program {
    /// What is left of the rule for a browser that will know the page, new events and the time.
    ///
    /// For every `later >= now`, evaluating it there gives what the whole rule would give.
    #[must_use]
    pub fn residual<'a>(&self, facts: &impl Look<'a>, now: i64) -> Residual {
        residual(&self.nodes, facts, now)
    }
}

fn residual<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64) -> Residual {
    let Some((node, rest)) = nodes.split_first() else {
        return Residual::Always(false);
    };
    let zone = facts.facts().zone;
    match &node.kind {
        Kind::All => all(parts(rest).map(|part| residual(part, facts, now))),
        Kind::Any => any(parts(rest).map(|part| residual(part, facts, now))),
        Kind::Not => negation(residual(rest, facts, now)),
        Kind::Attribute(name, check) => {
            check_residual(check, facts.attribute(name).borrow(), facts, now)
        }
        Kind::Seen(which, check) => {
            let instant = seen(*which, facts);
            let open = match which {
                Which::First => None,
                Which::Last => last_seen(check, instant),
            };
            open.unwrap_or_else(|| check_residual(check, &instant.into(), facts, now))
        }
        Kind::Count(counting) => {
            let window = counting.window.on(zone);
            event(&counting.source, counting.count, window, facts, now)
        }
        Kind::Occurrence {
            source,
            which: Which::First,
            age,
        } => match occurrence(source, Which::First, facts) {
            // The first occurrence stays the first; without one, a new one starts at age 0.
            Some(at) => Timed::Age(*age).residual(at, zone, now),
            None => first(source, *age),
        },
        Kind::Occurrence {
            source,
            which: Which::Last,
            age,
        } => match *age {
            // "Last performed less than N ago" is "performed in the last N - 1 ms".
            Age::LessThanAgo(span) => {
                let window = Window::Last(span.saturating_sub(1));
                event(source, Count::AtLeast(1), window, facts, now)
            }
            Age::MoreThanAgo(span) => all([
                event(source, Count::AtLeast(1), Window::Ever, facts, now),
                event(source, Count::AtMost(0), Window::Last(span), facts, now),
            ]),
        },
        Kind::Sequence(sequence) => sequence.residual(tracks(sequence, facts), zone, now),
        Kind::Clock(clock) => clock.residual(zone, now),
        Kind::Page(field, test) => Residual::Page {
            field: *field,
            test: test.clone(),
        },
        Kind::Share(share) => Residual::Always(share.holds(facts.facts().id)),
        Kind::Nobody => Residual::Always(false),
    }
}

/// How often something happened that may go on happening in the browser.
fn event<'a>(
    source: &Source,
    count: Count,
    window: Window,
    facts: &impl Look<'a>,
    now: i64,
) -> Residual {
    let track = facts.track(source);
    let is_here = source.event().is_some();
    if !matches!(window, Window::Last(_)) {
        // What is counted once stays counted: the answer may stand already.
        let counted = track.count(window, now);
        if !is_here || counted > u64::from(count.threshold()) {
            return Residual::Always(count.holds(counted));
        }
    }
    Residual::Event {
        // LIMIT: the browser keeps no properties, and no reactions as events: what happens there
        // counts once the edge has it.
        name: source.event().unwrap_or(NOWHERE).to_owned(),
        count,
        window,
        known: track.for_browser(count, window, now),
    }
}

/// The age of a first occurrence that has yet to come.
fn first(source: &Source, age: Age) -> Residual {
    // LIMIT: while the browser holds its own instants only, "first" and "any so far" are the same
    // for an age that has not been reached; a longer one is decided at the edge.
    match (source.event(), age) {
        (Some(name), Age::LessThanAgo(span)) => Residual::Event {
            name: name.to_owned(),
            count: Count::AtLeast(1),
            window: Window::Last(span.saturating_sub(1)),
            known: Vec::new(),
        },
        (None, _) | (_, Age::MoreThanAgo(_)) => Residual::Always(false),
    }
}

fn check_residual<'a>(
    check: &Check,
    known: &Known<'_>,
    facts: &impl Look<'a>,
    now: i64,
) -> Residual {
    let zone = facts.facts().zone;
    match check {
        Check::Timed(timed) => known
            .instant(zone)
            .map_or(Residual::Always(false), |at| timed.residual(at, zone, now)),
        Check::Equals { .. }
        | Check::Text { .. }
        | Check::Number(..)
        | Check::Includes { .. }
        | Check::Empty
        | Check::Known(_) => Residual::Always(check.holds(known, zone, now)),
    }
}

/// What the visitor does in the browser makes them seen: such tests of `last_seen` stay open.
fn last_seen(check: &Check, last: Option<i64>) -> Option<Residual> {
    let seen = |age| Residual::LastSeen { age, last };
    let ever = seen(Age::LessThanAgo(i64::MAX));
    // LIMIT: a comparison of `last_seen` with a date or a number is decided at the edge.
    match check {
        Check::Timed(Timed::Age(age)) => Some(seen(*age)),
        Check::Timed(Timed::Exactly(span)) => Some(Residual::All(vec![
            negation(seen(Age::LessThanAgo(*span))),
            seen(Age::LessThanAgo(span.saturating_add(DAY_MS))),
        ])),
        Check::Known(true) => Some(ever),
        Check::Known(false) => Some(negation(ever)),
        Check::Timed(
            Timed::Before(_)
            | Timed::After(_)
            | Timed::On(_)
            | Timed::WithinNext(_)
            | Timed::Today
            | Timed::Anniversary(_),
        )
        | Check::Equals { .. }
        | Check::Text { .. }
        | Check::Number(..)
        | Check::Includes { .. }
        | Check::Empty => None,
    }
}

/// A stretch of time as seen from `now`.
pub(super) fn during((start, end): Stretch, now: i64) -> Residual {
    if now >= end || start >= end {
        return Residual::Always(false);
    }
    let from = if now < start {
        Residual::From(start)
    } else {
        Residual::Always(true)
    };
    let until = if end < i64::MAX {
        negation(Residual::From(end))
    } else {
        Residual::Always(true)
    };
    all([from, until])
}

fn negation(part: Residual) -> Residual {
    match part {
        Residual::Always(answer) => Residual::Always(!answer),
        Residual::Not(inner) => *inner,
        open @ (Residual::All(_)
        | Residual::Any(_)
        | Residual::From(_)
        | Residual::Event { .. }
        | Residual::LastSeen { .. }
        | Residual::Page { .. }
        | Residual::Recurs { .. }
        | Residual::Sequence { .. }) => Residual::Not(Box::new(open)),
    }
}

pub(super) fn all(parts: impl IntoIterator<Item = Residual>) -> Residual {
    combine(parts, false)
}

pub(super) fn any(parts: impl IntoIterator<Item = Residual>) -> Residual {
    combine(parts, true)
}

/// A group of which the decided parts are left out; `deciding` is the answer that settles it.
fn combine(parts: impl IntoIterator<Item = Residual>, deciding: bool) -> Residual {
    let mut open = Vec::new();
    for part in parts {
        if part == Residual::Always(deciding) {
            return part;
        }
        if part != Residual::Always(!deciding) {
            open.push(part);
        }
    }
    match (open.len(), open.pop()) {
        (_, None) => Residual::Always(!deciding),
        (1, Some(only)) => only,
        (_, Some(last)) => {
            open.push(last);
            if deciding {
                Residual::Any(open)
            } else {
                Residual::All(open)
            }
        }
    }
}
