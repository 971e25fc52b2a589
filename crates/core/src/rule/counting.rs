//! How often something happened, and until when that stays so.
//! Knows where to count, not whom: the occurrences in view come in as a [`Track`].

use super::program::Source;
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

    /// The earliest instant after `now` at which the answer may be another.
    pub(super) fn next_change(&self, track: Track<'_>, now: i64) -> Option<i64> {
        let Window::Last(span) = self.window else {
            return None;
        };
        let oldest = self.oldest(now);
        let past = track.until(now);
        // As time passes the count falls below n when the n-th newest occurrence leaves.
        let falls_below = |n: u32| {
            let nth = past.instants().rev().nth(n.checked_sub(1)? as usize);
            let inside = nth.filter(|at| *at >= oldest)?;
            Some(inside.saturating_add(span).saturating_add(1))
        };
        let thresholds = match self.count {
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
}
