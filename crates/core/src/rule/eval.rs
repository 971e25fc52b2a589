//! `eval` and `next_flip`: is it true now, and when can that change by the passing of time alone?
//! Does not resolve segments: a rule is evaluated after `resolve` has put their rules in place.

use super::{
    Which,
    check::Known,
    facts::Look,
    program::{Kind, Node, Program, Source, parts},
    sequence::{Sequence, Tracks},
};
use crate::{
    hash::share,
    history::Track,
    window::{Count, Window},
};

// LIMIT: a rule of 256 predicates has fewer changes ahead than this in practice; past it the
// caller is woken early, asks again, and loses nothing but that wake-up.
const CANDIDATES_MAX: usize = 4_096;

/// An answer, and the earliest instant at which it may be another; `None` for never.
type Hold = (bool, Option<i64>);

impl Program {
    /// Whether it holds for these facts at `now` (Unix ms).
    #[must_use]
    pub fn eval<'a>(&self, facts: &impl Look<'a>, now: i64) -> bool {
        eval(&self.nodes, facts, now)
    }

    /// Whether it holds at `now`, and the first instant after it at which that is not certain any
    /// more if nothing else happens: that of the next change, or one before it.
    ///
    /// Other than [`Program::next_flip`] it only moves on where the conditions answer as before and
    /// are certain for longer.
    #[must_use]
    pub fn hold<'a>(&self, facts: &impl Look<'a>, now: i64) -> (bool, Option<i64>) {
        hold(&self.nodes, facts, now)
    }

    /// The earliest instant after `now` at which the answer changes if nothing else happens.
    #[must_use]
    pub fn next_flip<'a>(&self, facts: &impl Look<'a>, now: i64) -> Option<i64> {
        next_flip(&self.nodes, facts, now)
    }
}

pub(super) fn eval<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64) -> bool {
    settle(nodes, false, facts, now)
}

/// Whether all parts hold, or with `deciding` whether one does: the first part of that answer
/// settles it. Conditions are answered in this one loop, without a call for each.
fn settle<'a>(mut nodes: &[Node], deciding: bool, facts: &impl Look<'a>, now: i64) -> bool {
    while let Some((part, rest)) = nodes.split_first() {
        let (within, after) = rest.split_at_checked(part.size - 1).unwrap_or_default();
        nodes = after;
        if answer(&part.kind, within, facts, now) == deciding {
            return deciding;
        }
    }
    !deciding
}

#[inline]
fn answer<'a>(kind: &Kind, within: &[Node], facts: &impl Look<'a>, now: i64) -> bool {
    match kind {
        Kind::All => settle(within, false, facts, now),
        Kind::Any => settle(within, true, facts, now),
        Kind::Not => !settle(within, false, facts, now),
        Kind::Attribute(name, check) => {
            let known = Known::of(facts.attribute(name));
            check.holds(known, facts.facts().zone, now)
        }
        Kind::Seen(which, check) => check.holds(seen(*which, facts), facts.facts().zone, now),
        Kind::Count {
            source,
            count,
            window,
        } => {
            let window = window.on(facts.facts().zone);
            count.holds(track(source, facts).count(window, now))
        }
        Kind::Occurrence { source, which, age } => {
            occurrence(source, *which, facts).is_some_and(|at| age.holds(at, now))
        }
        Kind::Sequence(sequence) => sequence_hold(sequence, facts, now).0,
        Kind::Share { salt, from, below } => {
            let share = share(facts.facts().id, salt);
            share >= *from && share < *below
        }
        Kind::Clock(clock) => clock.holds(facts.facts().zone, now),
        Kind::Page(..) | Kind::Nobody => false,
    }
}

pub(super) fn next_flip<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64) -> Option<i64> {
    let (before, mut next) = hold(nodes, facts, now);
    for _ in 0..CANDIDATES_MAX {
        let instant = next?;
        let answer;
        (answer, next) = hold(nodes, facts, instant);
        if answer != before {
            return Some(instant);
        }
    }
    next
}

/// The answer at `now`, and until when it stays for certain.
fn hold<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64) -> Hold {
    let Some((node, rest)) = nodes.split_first() else {
        return (false, None);
    };
    let constant = |answer| (answer, None);
    match &node.kind {
        Kind::All => group(rest, facts, now, false),
        Kind::Any => group(rest, facts, now, true),
        Kind::Not => {
            let (answer, next) = hold(rest, facts, now);
            (!answer, next)
        }
        Kind::Attribute(name, check) => {
            let known = Known::of(facts.attribute(name));
            check.hold(known, facts.facts().zone, now)
        }
        Kind::Seen(which, check) => check.hold(seen(*which, facts), facts.facts().zone, now),
        Kind::Count {
            source,
            count,
            window,
        } => {
            let (track, window) = (track(source, facts), window.on(facts.facts().zone));
            let answer = count.holds(track.count(window, now));
            (answer, next_count(track, *count, window, now))
        }
        Kind::Occurrence { source, which, age } => match occurrence(source, *which, facts) {
            Some(at) => {
                let boundary = age.boundary(at);
                (age.holds(at, now), (boundary > now).then_some(boundary))
            }
            None => constant(false),
        },
        Kind::Sequence(sequence) => sequence_hold(sequence, facts, now),
        Kind::Clock(clock) => {
            let zone = facts.facts().zone;
            (clock.holds(zone, now), clock.next_change(zone, now))
        }
        Kind::Share { .. } | Kind::Page(..) | Kind::Nobody => constant(eval(nodes, facts, now)),
    }
}

/// A group is settled by one part that answers `deciding`, for as long as the last such part does;
/// without one, until any part changes.
fn group<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64, deciding: bool) -> Hold {
    let never = i64::MAX;
    let (mut settled_until, mut open_until) = (None, never);
    for part in parts(nodes) {
        let (answer, next) = hold(part, facts, now);
        let next = next.unwrap_or(never);
        if answer == deciding {
            if next == never {
                return (deciding, None);
            }
            settled_until = settled_until.max(Some(next));
        } else {
            open_until = open_until.min(next);
        }
    }
    match settled_until {
        Some(until) => (deciding, Some(until)),
        None => (!deciding, Some(open_until).filter(|next| *next < never)),
    }
}

pub(super) fn seen<'a>(which: Which, facts: &impl Look<'a>) -> Known<'a> {
    let facts = facts.facts();
    let instant = match which {
        Which::First => facts.first_seen,
        Which::Last => facts.last_seen,
    };
    instant.map_or(Known::Nothing, Known::Instant)
}

/// What is in view of a source.
pub(super) fn track<'a>(source: &Source, facts: &impl Look<'a>) -> Track<'a> {
    facts.facts().history.track(facts.rollup(source))
}

pub(super) fn occurrence<'a>(source: &Source, which: Which, facts: &impl Look<'a>) -> Option<i64> {
    let track = track(source, facts);
    match which {
        Which::First => track.first(),
        Which::Last => track.last(),
    }
}

pub(super) fn tracks<'a>(sequence: &Sequence, facts: &impl Look<'a>) -> Tracks<'a> {
    Tracks {
        first: track(&sequence.first, facts),
        then: track(&sequence.then, facts),
    }
}

#[inline(never)]
fn sequence_hold<'a>(sequence: &Sequence, facts: &impl Look<'a>, now: i64) -> Hold {
    sequence.hold(tracks(sequence, facts), facts.facts().zone, now)
}

/// The earliest instant after `now` at which a count may come to another answer.
fn next_count(track: Track<'_>, count: Count, window: Window, now: i64) -> Option<i64> {
    let Window::Last(span) = window else {
        return None;
    };
    let leaves = |at: i64| at.saturating_add(span).saturating_add(1);
    let past = track.between(window.bounds(now)).until(now);
    // As time passes the count falls below n when the n-th newest occurrence leaves.
    let falls_below = |n: u32| {
        let nth = n.checked_sub(1)? as usize;
        past.instants().rev().nth(nth).map(leaves)
    };
    let thresholds = match count {
        Count::AtLeast(n) => [Some(n), None],
        Count::AtMost(n) => [n.checked_add(1), None],
        Count::Exactly(n) => [Some(n), n.checked_add(1)],
        Count::Between(least, most) => [Some(least), most.checked_add(1)],
    };
    // Occurrences ahead of the clock, which only moves backwards in development.
    let ahead = track.between((now.saturating_add(1), i64::MAX)).first();
    thresholds
        .into_iter()
        .flatten()
        .filter_map(falls_below)
        .chain(ahead)
        .min()
}
