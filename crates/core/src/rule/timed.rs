//! Comparisons of an instant: with a date, with now, with the calendar of the person's wall clock.
//! As time passes each holds from one instant to another and not outside: those two say everything.

use super::{
    Test,
    residual::{any, during},
};
use crate::{
    residual::Residual,
    time::{Date, civil_from_days, days_from_civil},
    window::{Age, DAY_MS},
    zone::Zone,
};

// LIMIT: a message that is live for two years has been decided anew long before.
/// How many anniversaries ahead a browser is told of.
const ANNIVERSARIES: usize = 3;

/// A comparison of an instant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Timed {
    Before(Date),
    After(Date),
    On(Date),
    Age(Age),
    Exactly(i64),
    WithinNext(i64),
    Today,
    Anniversary(i64),
}

/// From the first instant on, and before the second.
pub(super) type Stretch = (i64, i64);

const NEVER: Stretch = (i64::MAX, i64::MAX);
const ALWAYS: Stretch = (i64::MIN, i64::MAX);

impl Timed {
    pub(super) fn of(test: &Test) -> Option<Self> {
        Some(match test {
            Test::Before(date) => Self::Before(*date),
            Test::After(date) => Self::After(*date),
            Test::On(date) => Self::On(*date),
            Test::MoreThanAgo(span) => Self::Age(Age::MoreThanAgo(*span)),
            Test::LessThanAgo(span) => Self::Age(Age::LessThanAgo(*span)),
            Test::ExactlyAgo(span) => Self::Exactly(*span),
            Test::WithinNext(span) => Self::WithinNext(*span),
            Test::IsToday => Self::Today,
            Test::AnniversaryWithin(days) => Self::Anniversary(i64::from(*days)),
            Test::Is(_)
            | Test::IsNot(_)
            | Test::IsAnyOf(_)
            | Test::IsNoneOf(_)
            | Test::Contains(_)
            | Test::DoesNotContain(_)
            | Test::StartsWith(_)
            | Test::EndsWith(_)
            | Test::LessThan(_)
            | Test::AtMost(_)
            | Test::GreaterThan(_)
            | Test::AtLeast(_)
            | Test::Between(..)
            | Test::Includes(_)
            | Test::DoesNotInclude(_)
            | Test::IsEmpty
            | Test::HasAnyValue
            | Test::IsUnknown => return None,
        })
    }

    /// Whether the answer changes as time passes, and not only with the instant.
    pub(super) fn is_of_now(self) -> bool {
        !matches!(self, Self::Before(_) | Self::After(_) | Self::On(_))
    }

    /// When it holds for the instant `at`: the stretch of time that `now` lies in or before.
    pub(super) fn stretch(self, at: i64, zone: &Zone, now: i64) -> Stretch {
        let always = |holds: bool| if holds { ALWAYS } else { NEVER };
        match self {
            Self::Before(date) => always(at < date.instant(zone)),
            Self::After(date) => always(at >= date.instant(zone)),
            Self::On(date) => {
                let (start, end) = zone.day(date.instant(zone));
                always(at >= start && at < end)
            }
            Self::Age(age @ Age::MoreThanAgo(_)) => (age.boundary(at), i64::MAX),
            Self::Age(age @ Age::LessThanAgo(_)) => (i64::MIN, age.boundary(at)),
            Self::Exactly(span) => {
                let start = at.saturating_add(span);
                (start, start.saturating_add(DAY_MS))
            }
            Self::WithinNext(span) => (at.saturating_sub(span), at.saturating_add(1)),
            Self::Today => zone.day(at),
            Self::Anniversary(days) => anniversary(at, days, zone, now),
        }
    }

    #[inline]
    pub(super) fn holds(self, at: i64, zone: &Zone, now: i64) -> bool {
        if let Self::Age(age) = self {
            return age.holds(at, now);
        }
        self.holds_within(at, zone, now)
    }

    #[inline(never)]
    fn holds_within(self, at: i64, zone: &Zone, now: i64) -> bool {
        let (start, end) = self.stretch(at, zone, now);
        now >= start && now < end
    }

    /// The earliest instant after `now` at which the answer may change.
    pub(super) fn next_change(self, at: i64, zone: &Zone, now: i64) -> Option<i64> {
        let (start, end) = self.stretch(at, zone, now);
        [start, end]
            .into_iter()
            .find(|instant| *instant > now && *instant < i64::MAX)
    }

    /// What time alone decides from `now` on.
    pub(super) fn residual(self, at: i64, zone: &Zone, now: i64) -> Residual {
        let mut stretches = Vec::new();
        let mut after = now;
        let enough = match self {
            Self::Anniversary(_) => ANNIVERSARIES,
            Self::Before(_)
            | Self::After(_)
            | Self::On(_)
            | Self::Age(_)
            | Self::Exactly(_)
            | Self::WithinNext(_)
            | Self::Today => 1,
        };
        for _ in 0..enough {
            let (start, end) = self.stretch(at, zone, after);
            stretches.push(during((start, end), now));
            after = end;
        }
        any(stretches)
    }
}

/// From the first midnight of the stretch of calendar days in which the month and the day of `at`
/// come again within `days` days, until the end of that day.
///
/// 29 February comes again on 28 February in years that have no 29th. The first anniversary is a
/// year after the date.
fn anniversary(at: i64, days: i64, zone: &Zone, now: i64) -> Stretch {
    let day_of = |instant: i64| zone.local(instant).div_euclid(DAY_MS);
    let (born, month, day) = civil_from_days(day_of(at));
    let this_year = civil_from_days(day_of(now)).0;
    // The one of the year before ends before now unless a zone skips days; the one in two years
    // begins after it, within however many days.
    let first = (this_year - 1).max(born + 1);
    (first..=first.saturating_add(2))
        .map(|year| {
            let leaps = days_from_civil(year, 3, 1) - days_from_civil(year, 2, 1) == 29;
            let day = if month == 2 && day == 29 && !leaps {
                28
            } else {
                day
            };
            let date = days_from_civil(year, month, day);
            let start = zone.instant((date - days).saturating_mul(DAY_MS));
            (start, zone.local_day(date.saturating_mul(DAY_MS)).1)
        })
        .find(|(_, end)| *end > now)
        .unwrap_or(NEVER)
}
