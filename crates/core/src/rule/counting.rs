//! How often something happened, and until when that stays so.
//! Knows where to count, not whom: the occurrences in view come in as a [`Track`].

use super::{eval::Hold, program::Source};
use crate::{
    history::Track,
    time::Date,
    window::{Count, Window},
    zone::Zone,
};

/// A comparison with a number of occurrences, ready to be answered.
#[derive(Clone, Debug)]
pub(super) struct Counting {
    pub(super) source: Source,
    pub(super) count: Count,
    pub(super) window: Window<Date>,
    /// The answer for those of whom nothing counts: they are asked for the most.
    pub(super) holds_for_none: bool,
}

impl Counting {
    pub(super) fn new(source: Source, count: Count, window: Window<Date>) -> Self {
        Self {
            source,
            count,
            window,
            holds_for_none: count.holds(0),
        }
    }

    /// What is older than this instant counts at `now` no more.
    #[inline]
    pub(super) fn oldest(&self, now: i64) -> i64 {
        match self.window {
            Window::Last(span) => now.saturating_sub(span),
            Window::Ever | Window::Before(_) | Window::Since(_) | Window::Between(..) => i64::MIN,
        }
    }

    #[inline(never)]
    pub(super) fn holds(&self, track: Track<'_>, zone: &Zone, now: i64) -> bool {
        self.count.holds(track.count(self.window.on(zone), now))
    }

    /// The answer at `now`, and until when it stays.
    pub(super) fn hold(&self, track: Track<'_>, zone: &Zone, now: i64) -> Hold {
        let Window::Last(span) = self.window else {
            return Hold::until((self.holds(track, zone, now), None));
        };
        let (oldest, past) = (self.oldest(now), track.until(now));
        // There are n as long as the n-th newest is inside.
        let leaves = |n: u32| {
            let inside = past.newest_but(n.checked_sub(1)?);
            let inside = inside.filter(|at| *at >= oldest)?;
            Some(inside.saturating_add(span).saturating_add(1))
        };
        let (least, too_many) = match self.count {
            Count::AtLeast(n) => (n, None),
            Count::AtMost(n) => (0, n.checked_add(1)),
            Count::Exactly(n) => (n, n.checked_add(1)),
            Count::Between(least, most) => (least, most.checked_add(1)),
        };
        let (enough, too_many) = (leaves(least), too_many.and_then(leaves));
        let holds = (least == 0 || enough.is_some()) && too_many.is_none();
        // Occurrences ahead of the clock, which only moves backwards in development.
        let ahead = if track.newest() > now {
            track.between((now.saturating_add(1), i64::MAX)).first()
        } else {
            None
        };
        let next = [enough, too_many, ahead].into_iter().flatten().min();
        let is_the_only_one = enough.is_some() != too_many.is_some() && ahead.is_none();
        Hold::until((holds, next)).that_flips(is_the_only_one)
    }
}
