//! A sign of life changes when a person was last seen, and for most rules nothing else.
//! Tells those rules from the others without evaluating them.

use super::{
    Which,
    check::Check,
    program::{Kind, Program},
    timed::Timed,
};
use crate::window::Age;

impl Program {
    /// Whether the answer stays, and no flip comes sooner, when the newest activity moves from
    /// `before` to `after` (Unix ms) and nothing else that it depends on changes.
    ///
    /// Someone who was there yesterday and is there again is as little "not seen for 30 days" as
    /// before: the instant at which that comes true has only moved on. A flip that was found
    /// before then comes too early, and whoever was waiting for it asks again.
    #[must_use]
    pub fn rides_out(&self, before: i64, after: i64, now: i64) -> bool {
        before <= after && self.kinds().all(|kind| stays(kind, before, after, now))
    }
}

fn stays(kind: &Kind, before: i64, after: i64, now: i64) -> bool {
    match kind {
        Kind::Seen(Which::Last, Check::Timed(Timed::Age(age))) => is_same(*age, before, after, now),
        Kind::Seen(
            Which::Last,
            Check::Equals { .. }
            | Check::Text { .. }
            | Check::Number(..)
            | Check::Includes { .. }
            | Check::Empty
            | Check::Timed(_),
        ) => false,
        // That they were seen stays so, and what is not the newest activity has not changed.
        Kind::Seen(Which::First | Which::Last, _)
        | Kind::All
        | Kind::Any
        | Kind::Not
        | Kind::Attribute(..)
        | Kind::Count(_)
        | Kind::Occurrence { .. }
        | Kind::Sequence(_)
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
    use crate::rule::parse;

    const DAY: i64 = crate::window::DAY_MS;

    #[test]
    fn only_what_moves_on_is_ridden_out() {
        let now = 100 * DAY;
        for (rule, before, after, expected) in [
            ("last_seen > 30 days ago", now - DAY, now, true),
            (
                "last_seen > 30 days ago and plan is \"pro\"",
                now - 29 * DAY,
                now,
                true,
            ),
            ("last_seen > 30 days ago", now - 31 * DAY, now, false),
            (
                "last_seen > 30 days ago",
                now - 50 * DAY,
                now - 40 * DAY,
                true,
            ),
            ("not last_seen > 30 days ago", now - 31 * DAY, now, false),
            ("last_seen < 7 days ago", now - DAY, now, true),
            ("last_seen < 7 days ago", now - 8 * DAY, now, false),
            ("last_seen exactly 3 days ago", now - DAY, now, false),
            (
                "last_seen has any value or performed \"A\"",
                now - DAY,
                now,
                true,
            ),
            ("first_seen < 7 days ago", now - DAY, now, true),
            ("last_seen > 30 days ago", now, now - DAY, false),
        ] {
            let program = parse(rule).unwrap().compile();
            assert_eq!(program.rides_out(before, after, now), expected, "{rule}");
        }
    }
}
