//! What the person's wall clock shows: the day of the week, the hour.
//! Zones change their offset at instants that the table names; between those all is arithmetic.

use serde::{Deserialize, Serialize};

use super::residual::{all, any, during};
use crate::{residual::Residual, weekday::Weekday, window::DAY_MS, zone::Zone};

const HOUR_MS: i64 = DAY_MS / 24;
const WEEK_MS: i64 = 7 * DAY_MS;

// LIMIT: two changes of the clock a year for three years; a message has been decided anew by then.
/// How many changes of the clock a browser is told of.
const TRANSITIONS: usize = 6;

/// A comparison with what the person's wall clock shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockTest {
    /// It is one of these days of the week.
    Weekday(Vec<Weekday>),
    /// It is this hour, 0 to 23, or later, and before the second, 1 to 24; over midnight where the
    /// second is the smaller one.
    Hour(u8, u8),
}

/// A stretch of the wall clock that comes again.
#[derive(Clone, Copy, Debug)]
struct Recurrence {
    /// Milliseconds since 1970-01-01T00:00 on the wall clock.
    start: i64,
    every: i64,
    length: i64,
}

impl Recurrence {
    fn since(self, local: i64) -> i64 {
        local.saturating_sub(self.start).rem_euclid(self.every)
    }

    fn next_change(self, local: i64) -> i64 {
        let since = self.since(local);
        let end = if since < self.length {
            self.length
        } else {
            self.every
        };
        end - since
    }
}

/// The stretches of the wall clock in which a comparison holds.
#[derive(Clone, Debug)]
pub(super) struct Clock(Box<[Recurrence]>);

impl Clock {
    pub(super) fn of(test: &ClockTest) -> Self {
        Self(match test {
            // 1970-01-05 was a Monday.
            ClockTest::Weekday(days) => Weekday::ALL
                .into_iter()
                .zip(4..)
                .filter(|(day, _)| days.contains(day))
                .map(|(_, place)| Recurrence {
                    start: place * DAY_MS,
                    every: WEEK_MS,
                    length: DAY_MS,
                })
                .collect(),
            ClockTest::Hour(from, to) => {
                let hours = (i64::from(*to) - i64::from(*from)).rem_euclid(24);
                Box::new([Recurrence {
                    start: i64::from(*from) * HOUR_MS,
                    every: DAY_MS,
                    length: if hours == 0 { DAY_MS } else { hours * HOUR_MS },
                }])
            }
        })
    }

    pub(super) fn holds(&self, zone: &Zone, now: i64) -> bool {
        let local = zone.local(now);
        self.0
            .iter()
            .any(|stretch| stretch.since(local) < stretch.length)
    }

    /// The earliest instant after `now` at which the answer may change.
    pub(super) fn next_change(&self, zone: &Zone, now: i64) -> Option<i64> {
        let local = zone.local(now);
        let changes = self.0.iter();
        changes
            .map(|stretch| now.saturating_add(stretch.next_change(local)))
            .chain(zone.next_transition(now))
            .min()
    }

    /// What time alone decides from `now` on.
    pub(super) fn residual(&self, zone: &Zone, now: i64) -> Residual {
        let mut parts = Vec::new();
        let mut start = now;
        for place in 0..TRANSITIONS {
            let end = zone
                .next_transition(start)
                .filter(|_| place + 1 < TRANSITIONS)
                .unwrap_or(i64::MAX);
            let offset = zone.offset(start);
            let recurs = self.0.iter().map(|stretch| Residual::Recurs {
                start: stretch.start.saturating_sub(offset),
                every: stretch.every,
                length: stretch.length,
            });
            parts.push(all([during((start, end), now), any(recurs)]));
            if end == i64::MAX {
                break;
            }
            start = end;
        }
        any(parts)
    }
}
