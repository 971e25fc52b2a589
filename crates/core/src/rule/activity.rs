//! An event changes when a person was last seen and one count, and for most rules no answer.
//! Tells those rules from the others without evaluating them.

use super::{
    Change, Look, Which,
    check::Check,
    counting::Counting,
    eval::is_settled,
    program::{Kind, Program},
    timed::Timed,
};
use crate::window::{Age, Window};

/// An event that has been noted.
#[derive(Clone, Copy, Debug)]
pub struct Sign {
    /// What it changed.
    pub change: Change,
    /// The newest activity before it and after it (Unix ms), where it changed that.
    pub seen: Option<(i64, i64)>,
}

impl Program {
    /// Whether the answer stays, and stays certain for no shorter a time, after an event that does
    /// not lie ahead of `now`.
    ///
    /// Someone who was there yesterday and is there again is as little "not seen for 30 days" as
    /// before: the instant at which that comes true has only moved on. What
    /// [`Program::hold`] said before then comes too early, and whoever was waiting for it
    /// asks again.
    #[must_use]
    pub fn rides_out<'a>(&self, sign: Sign, facts: &impl Look<'a>, now: i64) -> bool {
        let moves_on = sign.seen.is_none_or(|(before, after)| before <= after);
        moves_on
            && (self.kinds().all(|kind| stays(kind, sign, facts, now))
                || is_settled(&self.nodes, facts, now))
    }
}

impl Program {
    /// For how long after an activity (ms) another one is ridden out, whatever else is known.
    #[must_use]
    pub fn calm_ms(&self) -> i64 {
        let calm = |kind: &Kind| match kind {
            Kind::Seen(Which::Last, Check::Timed(Timed::Age(age))) => match age {
                Age::MoreThanAgo(span) | Age::LessThanAgo(span) => Some(*span),
            },
            Kind::Seen(Which::Last, check) if !matches!(check, Check::Known(_)) => Some(0),
            Kind::Seen(..)
            | Kind::All
            | Kind::Any
            | Kind::Not
            | Kind::Attribute(..)
            | Kind::Count { .. }
            | Kind::Occurrence { .. }
            | Kind::Sequence(_)
            | Kind::Share { .. }
            | Kind::Clock(_)
            | Kind::Page(..)
            | Kind::Nobody => None,
        };
        self.kinds().filter_map(calm).min().unwrap_or(i64::MAX)
    }
}

fn stays<'a>(kind: &Kind, Sign { change, seen }: Sign, facts: &impl Look<'a>, now: i64) -> bool {
    match kind {
        Kind::Seen(Which::Last, check) => seen.is_none_or(|(before, after)| match check {
            Check::Timed(Timed::Age(age)) => is_same(*age, before, after, now),
            // That they were seen stays so.
            Check::Known(_) => true,
            Check::Equals { .. }
            | Check::Text { .. }
            | Check::Number(..)
            | Check::Includes { .. }
            | Check::Empty
            | Check::Timed(_) => false,
        }),
        Kind::Count(Counting {
            source,
            count,
            window,
            ..
        }) if change.meets(source.change()) => {
            let window = match window {
                Window::Ever => Window::Ever,
                Window::Last(span) => Window::Last(*span),
                Window::Before(_) | Window::Since(_) | Window::Between(..) => return false,
            };
            // Without the one that was added the n-th newest was no newer, and left no later.
            let with_it = facts.track(source).count(window, now);
            count.holds(with_it) == count.holds(with_it.saturating_sub(1))
        }
        Kind::Occurrence { source, .. } => !change.meets(source.change()),
        Kind::Sequence(sequence) => {
            !change.meets(sequence.first.change().and(sequence.then.change()))
        }
        // An event that is not counted, and what is not the newest activity, has not changed.
        Kind::Seen(Which::First, _)
        | Kind::All
        | Kind::Any
        | Kind::Not
        | Kind::Attribute(..)
        | Kind::Count(_)
        | Kind::Share(_)
        | Kind::Clock(_)
        | Kind::Page(..)
        | Kind::Nobody => true,
    }
}

/// An age has one boundary, which moves on with the instant: while the answer stays the boundary
/// either lies ahead, and later, or behind.
fn is_same(age: Age, before: i64, after: i64, now: i64) -> bool {
    age.holds(before, now) == age.holds(after, now)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        history::{History, Occurrence, View},
        rule::{Facts, parse},
        zone::UTC,
    };

    const DAY: i64 = crate::window::DAY_MS;
    const NOW: i64 = 100 * DAY;

    /// Someone who performed "A" so many days ago, and was last seen at an instant.
    fn facts<'a>(
        attributes: &'a BTreeMap<String, crate::rule::Attribute>,
        history: &'a History,
        last_seen: i64,
    ) -> Facts<'a> {
        Facts {
            id: "ana",
            attributes,
            history: View::whole(history),
            first_seen: Some(0),
            last_seen: Some(last_seen),
            zone: &UTC,
        }
    }

    #[test]
    fn only_what_moves_on_is_ridden_out() {
        for (rule, before, after, expected) in [
            ("last_seen > 30 days ago", NOW - DAY, NOW, true),
            (
                "last_seen > 30 days ago and plan is \"pro\"",
                NOW - 29 * DAY,
                NOW,
                true,
            ),
            ("last_seen > 30 days ago", NOW - 31 * DAY, NOW, false),
            (
                "last_seen > 30 days ago",
                NOW - 50 * DAY,
                NOW - 40 * DAY,
                true,
            ),
            ("not last_seen > 30 days ago", NOW - 31 * DAY, NOW, false),
            ("last_seen < 7 days ago", NOW - DAY, NOW, true),
            ("last_seen < 7 days ago", NOW - 8 * DAY, NOW, false),
            ("last_seen exactly 3 days ago", NOW - DAY, NOW, false),
            (
                "last_seen has any value or performed \"A\"",
                NOW - DAY,
                NOW,
                true,
            ),
            ("first_seen < 7 days ago", NOW - DAY, NOW, true),
            ("last_seen > 30 days ago", NOW, NOW - DAY, false),
        ] {
            let sign = Sign {
                change: Change::SEEN,
                seen: Some((before, after)),
            };
            let (attributes, history) = (BTreeMap::new(), History::default());
            let facts = facts(&attributes, &history, after);
            let program = parse(rule).unwrap().compile();
            assert_eq!(program.rides_out(sign, &facts, NOW), expected, "{rule}");
        }
    }

    #[test]
    fn one_more_is_ridden_out_where_it_makes_no_difference() {
        for (rule, days_ago, expected) in [
            ("performed \"A\"", &[][..], false),
            ("performed \"A\"", &[90], true),
            ("performed \"A\" in last 60 days", &[90], false),
            ("performed \"A\" in last 60 days", &[59], true),
            ("not performed \"A\" in last 60 days", &[59], true),
            (
                "performed \"A\" at least 3 times in last 60 days",
                &[50],
                true,
            ),
            (
                "performed \"A\" at least 3 times in last 60 days",
                &[50, 40],
                false,
            ),
            (
                "performed \"A\" exactly 2 times in last 60 days",
                &[50],
                false,
            ),
            (
                "performed \"A\" exactly 2 times in last 60 days",
                &[50, 40],
                false,
            ),
            (
                "performed \"A\" exactly 2 times in last 60 days",
                &[50, 40, 30],
                true,
            ),
            (
                "performed \"A\" at most 1 times in last 60 days",
                &[50],
                false,
            ),
            (
                "performed \"A\" at most 1 times in last 60 days",
                &[50, 40],
                true,
            ),
            ("performed \"B\" in last 60 days", &[], true),
            ("performed \"A\" since 1970-02-01", &[3], false),
            ("last performed \"A\" > 30 days ago", &[3], false),
            ("last performed \"B\" > 30 days ago", &[], true),
        ] {
            let mut history = History::default();
            for days in days_ago {
                history.add("A", Occurrence::new(NOW - days * DAY, "before"));
            }
            let program = parse(rule).unwrap().compile();
            let attributes = BTreeMap::new();
            let before = facts(&attributes, &history, NOW);
            let (held, until) = program.hold(&before, NOW);
            history.add("A", Occurrence::new(NOW, "now"));
            let sign = Sign {
                change: Change::event("A"),
                seen: None,
            };
            let after = facts(&attributes, &history, NOW);
            let rides_out = program.rides_out(sign, &after, NOW);
            assert_eq!(rides_out, expected, "{rule} {days_ago:?}");
            if rides_out {
                let (holds, later) = program.hold(&after, NOW);
                let never = i64::MAX;
                assert_eq!(holds, held, "{rule}");
                assert!(later.unwrap_or(never) >= until.unwrap_or(never), "{rule}");
            }
        }
    }
}
