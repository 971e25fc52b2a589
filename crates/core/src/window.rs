//! Counting instants: how many times, within which span of time, and when that next changes.
//! The one place that knows what "in the last N" means; the full rules and the residuals share it.

use serde::{Deserialize, Serialize};

use crate::{time::Date, zone::Zone};

/// Milliseconds in a day: days are exact durations, counted back from now.
pub const DAY_MS: i64 = 86_400_000;

/// How many occurrences are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// This many or more.
    AtLeast(u32),
    /// This many or fewer.
    AtMost(u32),
    /// Exactly this many.
    Exactly(u32),
    /// From the first to the second, both included.
    Between(u32, u32),
}

impl Count {
    // LIMIT: an occurrence is kept for as long as it is among the newest 1,000 of its event, so a
    // threshold up to 1,000 is exact and a larger one could not be answered.
    /// The largest number that a count may be compared with.
    pub const THRESHOLD_MAX: u32 = 1_000;

    /// Whether `n` occurrences satisfy it.
    #[must_use]
    pub fn holds(self, n: u64) -> bool {
        match self {
            Self::AtLeast(least) => n >= u64::from(least),
            Self::AtMost(most) => n <= u64::from(most),
            Self::Exactly(exact) => n == u64::from(exact),
            Self::Between(least, most) => n >= u64::from(least) && n <= u64::from(most),
        }
    }

    /// The largest number it names.
    #[must_use]
    pub fn threshold(self) -> u32 {
        match self {
            Self::AtLeast(n) | Self::AtMost(n) | Self::Exactly(n) => n,
            Self::Between(least, most) => least.max(most),
        }
    }
}

/// The span of time that occurrences are counted in. Bounds are Unix milliseconds, or dates that a
/// rule was written with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window<D = i64> {
    /// All of time.
    #[default]
    Ever,
    /// With age = now - t: `0 <= age <= ms`.
    Last(i64),
    /// Before this instant.
    Before(D),
    /// At this instant or after it.
    Since(D),
    /// From the first instant on, and before the second.
    Between(D, D),
}

impl Window<Date> {
    /// The same for one whose wall clock keeps this zone.
    #[must_use]
    pub fn on(self, zone: &Zone) -> Window {
        match self {
            Self::Ever => Window::Ever,
            Self::Last(span) => Window::Last(span),
            Self::Before(end) => Window::Before(end.instant(zone)),
            Self::Since(start) => Window::Since(start.instant(zone)),
            Self::Between(start, end) => Window::Between(start.instant(zone), end.instant(zone)),
        }
    }
}

impl Window {
    /// The first instant that may count at `now` or later, and the first after it that does not.
    #[must_use]
    pub fn bounds(self, now: i64) -> (i64, i64) {
        match self {
            Self::Ever => (i64::MIN, i64::MAX),
            Self::Last(span) => (now.saturating_sub(span), i64::MAX),
            Self::Before(end) => (i64::MIN, end),
            Self::Since(start) => (start, i64::MAX),
            Self::Between(start, end) => (start, end),
        }
    }

    /// Whether an occurrence at `at` counts at the instant `now`.
    #[must_use]
    pub fn contains(self, at: i64, now: i64) -> bool {
        match self {
            Self::Ever => true,
            Self::Last(span) => at <= now && now.saturating_sub(at) <= span,
            Self::Before(end) => at < end,
            Self::Since(start) => at >= start,
            Self::Between(start, end) => at >= start && at < end,
        }
    }

    /// The earliest instant after `now` at which the occurrence starts or stops counting.
    #[must_use]
    pub fn next_change(self, at: i64, now: i64) -> Option<i64> {
        match self {
            Self::Last(span) => {
                let leaves = at.saturating_add(span).saturating_add(1);
                if now < at {
                    Some(at)
                } else {
                    (now < leaves).then_some(leaves)
                }
            }
            Self::Ever | Self::Before(_) | Self::Since(_) | Self::Between(..) => None,
        }
    }
}

/// A comparison of an age, now minus the instant, with a span in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// `age > span`.
    MoreThanAgo(i64),
    /// `age < span`.
    LessThanAgo(i64),
}

impl Age {
    /// Whether an instant is of this age at `now`.
    #[must_use]
    pub fn holds(self, at: i64, now: i64) -> bool {
        let age = now.saturating_sub(at);
        match self {
            Self::MoreThanAgo(span) => age > span,
            Self::LessThanAgo(span) => age < span,
        }
    }

    /// The one instant at which that changes.
    #[must_use]
    pub fn boundary(self, at: i64) -> i64 {
        match self {
            Self::MoreThanAgo(span) => at.saturating_add(span).saturating_add(1),
            Self::LessThanAgo(span) => at.saturating_add(span),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_n_includes_both_ends() {
        let window = Window::Last(10);
        assert!(window.contains(90, 100));
        assert!(!window.contains(89, 100));
        assert!(window.contains(100, 100));
        assert!(!window.contains(101, 100));
        assert_eq!(window.next_change(90, 100), Some(101));
        assert_eq!(window.next_change(101, 100), Some(101));
    }
}
