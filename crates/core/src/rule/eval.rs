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

/// An answer, and until when it stays.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    pub(super) answer: bool,
    /// The earliest instant at which it may be another; `None` for never.
    next: Option<i64>,
    /// Whether it is another at that instant for certain.
    flips: bool,
}

impl Hold {
    /// An answer that may be another at an instant.
    pub(super) fn until((answer, next): (bool, Option<i64>)) -> Self {
        Self {
            answer,
            next,
            flips: false,
        }
    }

    fn forever(answer: bool) -> Self {
        Self::until((answer, None))
    }

    /// The same, if it is another then.
    pub(super) fn that_flips(self, flips: bool) -> Self {
        Self { flips, ..self }
    }
}

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
        let Hold { answer, next, .. } = hold(&self.nodes, facts, now);
        (answer, next)
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
    let mut held = hold(part, facts, now);
    for _ in 0..CANDIDATES_MAX {
        let instant = held.next?;
        if held.flips || answer_at(instant) != held.answer {
            return Some(instant);
        }
        held = hold(part, facts, instant);
    }
    held.next
}

/// The answer at `now`, and until when it stays for certain.
pub(super) fn hold<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64) -> Hold {
    let Some((node, rest)) = nodes.split_first() else {
        return Hold::forever(false);
    };
    match &node.kind {
        Kind::All => group(rest, facts, now, false),
        Kind::Any => group(rest, facts, now, true),
        Kind::Not => {
            let part = hold(rest, facts, now);
            Hold {
                answer: !part.answer,
                ..part
            }
        }
        Kind::Attribute(name, check) => {
            Hold::until(check.hold(facts.attribute(name).borrow(), facts.facts().zone, now))
        }
        Kind::Seen(which, Check::Timed(Timed::Age(age))) => {
            age_hold(*age, seen(*which, facts), now)
        }
        Kind::Seen(which, check) => {
            Hold::until(check.hold(&seen(*which, facts).into(), facts.facts().zone, now))
        }
        Kind::Count(counting) => match facts.track_since(&counting.source, counting.oldest(now)) {
            Some(track) => counting.hold(track, facts.facts().zone, now),
            None => Hold::forever(counting.holds_for_none),
        },
        Kind::Occurrence { source, which, age } => {
            age_hold(*age, occurrence(source, *which, facts), now)
        }
        Kind::Sequence(sequence) => Hold::until(sequence_hold(sequence, facts, now)),
        Kind::Clock(clock) => {
            let zone = facts.facts().zone;
            Hold::until((clock.holds(zone, now), clock.next_change(zone, now)))
        }
        kind @ (Kind::Share(_) | Kind::Page(..) | Kind::Nobody) => {
            Hold::forever(answer(kind, facts, now))
        }
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

/// An age has one boundary, and is another beyond it.
fn age_hold(age: Age, at: Option<i64>, now: i64) -> Hold {
    let Some(at) = at else {
        return Hold::forever(false);
    };
    let boundary = age.boundary(at);
    let next = (boundary > now).then_some(boundary);
    Hold::until((age.holds(at, now), next)).that_flips(boundary < i64::MAX)
}

/// A group is settled by one part that answers `deciding`, for as long as the last such part does;
/// without one, until any part changes.
fn group<'a>(nodes: &[Node], facts: &impl Look<'a>, now: i64, deciding: bool) -> Hold {
    let never = i64::MAX;
    let (mut settled_until, mut settled_flips) = (None, true);
    let (mut open_until, mut open_flips) = (never, false);
    for part in parts(nodes) {
        let part = hold(part, facts, now);
        let next = part.next.unwrap_or(never);
        if part.answer == deciding {
            if next == never {
                return Hold::forever(deciding);
            }
            // One that changed before the last may have changed back.
            settled_flips &= part.flips && settled_until.is_none_or(|until| until == next);
            settled_until = settled_until.max(Some(next));
        } else {
            if next < open_until {
                (open_until, open_flips) = (next, false);
            }
            open_flips |= part.flips && next == open_until;
        }
    }
    if let Some(until) = settled_until {
        Hold::until((deciding, Some(until))).that_flips(settled_flips && open_until > until)
    } else {
        let next = Some(open_until).filter(|next| *next < never);
        Hold::until((!deciding, next)).that_flips(open_flips)
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
fn sequence_hold<'a>(sequence: &Sequence, facts: &impl Look<'a>, now: i64) -> (bool, Option<i64>) {
    sequence.hold(tracks(sequence, facts), facts.facts().zone, now)
}
