//! `eval` and `next_flip`: is it true now, and when can that change by the passing of time alone?
//! Does not resolve segments: a rule is evaluated after `resolve` has put their rules in place.

use std::borrow::Borrow;

use super::{
    Which,
    check::Check,
    facts::Look,
    program::{HOLDS, Kind, Node, Program, Source, parts},
    sequence::{Sequence, Tracks},
    timed::Timed,
};
use crate::window::Age;

// LIMIT: a rule of 256 predicates has fewer changes ahead than this in practice; past it the
// caller is woken early, asks again, and loses nothing but that wake-up.
const CANDIDATES_MAX: usize = 4_096;

/// An answer, and the earliest instant at which it may be another; `None` for never.
type Hold = (bool, Option<i64>);

impl Program {
    /// Whether it holds for these facts at `now` (Unix ms).
    #[must_use]
    pub fn eval<'a>(&self, facts: &impl Look<'a>, now: i64) -> bool {
        self.holds(facts, now)
    }

    /// For how many of these people it holds at `now` (Unix ms).
    #[must_use]
    pub fn count<'a: 'b, 'b, L: Look<'a> + 'b>(
        &self,
        people: impl IntoIterator<Item = &'b L>,
        now: i64,
    ) -> usize {
        let people = people.into_iter();
        people.filter(|facts| self.holds(*facts, now)).count()
    }

    #[expect(clippy::inline_always, reason = "a count asks it for everyone")]
    #[inline(always)]
    fn holds<'a>(&self, facts: &impl Look<'a>, now: i64) -> bool {
        let mut place = self.start;
        while let Some(node) = self.nodes.get(place as usize) {
            let [fails, holds] = node.next;
            if answer(&node.kind, facts, now) {
                place = holds;
            } else {
                // A branch, and no choice between two values: the next condition is looked at before
                // this one is answered.
                std::hint::cold_path();
                place = fails;
            }
        }
        place == HOLDS
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
        next_flip(&self.nodes, facts, now, |instant| self.eval(facts, instant))
    }
}

/// What a condition answers. A group has no answer of its own: its conditions lead out of it.
#[expect(clippy::inline_always, reason = "a count asks it for everyone")]
#[inline(always)]
fn answer<'a>(kind: &Kind, facts: &impl Look<'a>, now: i64) -> bool {
    match kind {
        Kind::Attribute(name, check) => {
            check.holds(facts.attribute(name).borrow(), facts.facts().zone, now)
        }
        Kind::Seen(which, Check::Timed(Timed::Age(age))) => {
            seen(*which, facts).is_some_and(|at| age.holds(at, now))
        }
        Kind::Seen(which, check) => {
            check.holds(&seen(*which, facts).into(), facts.facts().zone, now)
        }
        Kind::Count(counting) => match facts.track_since(&counting.source, counting.oldest(now)) {
            Some(track) => counting.holds(track, facts.facts().zone, now),
            None => counting.holds_for_none,
        },
        Kind::Occurrence { source, which, age } => {
            occurrence(source, *which, facts).is_some_and(|at| age.holds(at, now))
        }
        Kind::Sequence(sequence) => sequence_hold(sequence, facts, now).0,
        Kind::Share(share) => share.holds(facts.facts().id),
        Kind::Clock(clock) => clock.holds(facts.facts().zone, now),
        Kind::Page(..) | Kind::Nobody | Kind::All | Kind::Any | Kind::Not => false,
    }
}

/// When the answer of a part flips; `answer_at` tells what it is at an instant.
pub(super) fn next_flip<'a>(
    part: &[Node],
    facts: &impl Look<'a>,
    now: i64,
    answer_at: impl Fn(i64) -> bool,
) -> Option<i64> {
    let (before, mut next) = hold(part, facts, now);
    for _ in 0..CANDIDATES_MAX {
        let instant = next?;
        if answer_at(instant) != before {
            return Some(instant);
        }
        next = hold(part, facts, instant).1;
    }
    next
}

/// The answer at `now`, and until when it stays for certain.
pub(super) fn hold<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64) -> Hold {
    let Some((node, rest)) = nodes.split_first() else {
        return (false, None);
    };
    match &node.kind {
        Kind::All => group(rest, facts, now, false),
        Kind::Any => group(rest, facts, now, true),
        Kind::Not => {
            let (answer, next) = hold(rest, facts, now);
            (!answer, next)
        }
        Kind::Attribute(name, check) => {
            check.hold(facts.attribute(name).borrow(), facts.facts().zone, now)
        }
        Kind::Seen(which, Check::Timed(Timed::Age(age))) => {
            let at = seen(*which, facts);
            at.map_or((false, None), |at| age_hold(*age, at, now))
        }
        Kind::Seen(which, check) => {
            check.hold(&seen(*which, facts).into(), facts.facts().zone, now)
        }
        Kind::Count(counting) => match facts.track_since(&counting.source, counting.oldest(now)) {
            Some(track) => (
                counting.holds(track, facts.facts().zone, now),
                counting.next_change(track, now),
            ),
            None => (counting.holds_for_none, None),
        },
        Kind::Occurrence { source, which, age } => {
            let at = occurrence(source, *which, facts);
            at.map_or((false, None), |at| age_hold(*age, at, now))
        }
        Kind::Sequence(sequence) => sequence_hold(sequence, facts, now),
        Kind::Clock(clock) => {
            let zone = facts.facts().zone;
            (clock.holds(zone, now), clock.next_change(zone, now))
        }
        kind @ (Kind::Share(_) | Kind::Page(..) | Kind::Nobody) => (answer(kind, facts, now), None),
    }
}

/// Whether a group is settled by what neither time nor an event changes.
pub(super) fn is_settled<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64) -> bool {
    nodes.split_first().is_some_and(|(group, within)| {
        let is_any = matches!(group.kind, Kind::Any);
        let settles = |part: &[Node]| {
            let first = part.first().filter(|node| node.kind.is_timeless());
            first.is_some_and(|node| answer(&node.kind, facts, now) == is_any)
        };
        (is_any || matches!(group.kind, Kind::All)) && parts(within).any(settles)
    })
}

fn age_hold(age: Age, at: i64, now: i64) -> Hold {
    let boundary = age.boundary(at);
    (age.holds(at, now), (boundary > now).then_some(boundary))
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

/// The first or the newest activity.
pub(super) fn seen<'a>(which: Which, facts: &impl Look<'a>) -> Option<i64> {
    let facts = facts.facts();
    match which {
        Which::First => facts.first_seen,
        Which::Last => facts.last_seen,
    }
}

pub(super) fn occurrence<'a>(source: &Source, which: Which, facts: &impl Look<'a>) -> Option<i64> {
    let track = facts.track(source);
    match which {
        Which::First => track.first(),
        Which::Last => track.last(),
    }
}

pub(super) fn tracks<'a>(sequence: &Sequence, facts: &impl Look<'a>) -> Tracks<'a> {
    Tracks {
        first: facts.track(&sequence.first),
        then: facts.track(&sequence.then),
    }
}

#[inline(never)]
fn sequence_hold<'a>(sequence: &Sequence, facts: &impl Look<'a>, now: i64) -> Hold {
    sequence.hold(tracks(sequence, facts), facts.facts().zone, now)
}
