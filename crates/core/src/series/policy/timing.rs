//! When to send: at a time of day, on a weekday, at the hour at which a person is usually there.
//! Reads no clock and knows no zone by name: instants and tables are arguments.

use serde::{Deserialize, Serialize};

use super::{
    Weekday,
    wall::{TimeOfDay, Weekdays, day_and_time},
};
use crate::{
    window::DAY_MS,
    zone::{UTC, Zone, Zones},
};

const HOUR_MS: i64 = 60 * 60 * 1_000;

// LIMIT: a halving at twice this keeps a byte an hour, and lets a habit of months ago fade behind
// one of the last weeks.
/// How often one hour is counted before all are halved.
pub const COUNT_MAX: u8 = 60;

/// How many active hours must have been counted before one of them is called usual.
pub const EVIDENCE_MIN: u32 = 5;

// LIMIT: today, where the time may be over, a week later, where a zone may leave out the day, and a
// week later again.
const DAYS_AHEAD_MAX: i64 = 14;

/// The zone of a person: the one they name if it is known, else the workspace's, else UTC.
#[must_use]
pub fn zone<'a>(own: Option<&str>, default: Option<&str>, zones: &'a Zones) -> &'a Zone {
    own.and_then(|name| zones.get(name))
        .or_else(|| default.and_then(|name| zones.get(name)))
        .unwrap_or(&UTC)
}

/// The first instant from `now` on at which the wall clock shows this time on one of these days.
///
/// Once a day: where a time is shown twice (clocks going back), the first counts. A time that is
/// not shown (clocks going forward) is the end of the gap; a day on which neither it nor a later
/// time is shown is passed over.
#[must_use]
pub fn next(now: i64, time: TimeOfDay, days: Weekdays, zone: &Zone) -> i64 {
    let (today, _) = day_and_time(zone.local(now));
    (today..=today + DAYS_AHEAD_MAX)
        .filter(|day| days.contains(Weekday::of(*day)))
        .filter_map(|day| on_day(day, time, zone))
        .find(|at| *at >= now)
        .unwrap_or(now)
}

/// The first instant at which the wall clock shows this time, or a later one, on a calendar day.
fn on_day(day: i64, time: TimeOfDay, zone: &Zone) -> Option<i64> {
    let (wanted, midnight) = (day * DAY_MS + time.ms(), (day + 1) * DAY_MS);
    // No clock is more than a day ahead of UTC or behind it.
    let mut at = wanted - DAY_MS;
    loop {
        let shown = at.max(wanted - zone.offset(at));
        match zone.next_transition(at) {
            Some(change) if change <= shown => at = change,
            Some(_) | None => return (zone.local(shown) < midnight).then_some(shown),
        }
    }
}

/// At which hours of their day a person is there: how often each hour was, of late.
///
/// A day's hour counts once, however much is done in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    hours: [u8; 24],
    /// The newest hour that was counted, in hours since 1970 on the wall clock.
    newest: i64,
}

impl Activity {
    /// Notes that the person was there at an instant.
    ///
    /// Hours come in order: a repeat, what arrives late and what a fast clock says changes nothing.
    pub fn note(&mut self, at: i64, now: i64, zone: &Zone) {
        let hour = zone.local(at).div_euclid(HOUR_MS);
        if at > now || hour <= self.newest {
            return;
        }
        self.newest = hour;
        let count = usize::try_from(hour.rem_euclid(24))
            .ok()
            .and_then(|hour| self.hours.get_mut(hour));
        let Some(count) = count else { return };
        *count += 1;
        if *count > COUNT_MAX {
            self.hours = self.hours.map(|count| count / 2);
        }
    }

    /// How often an hour of the day was, of late; what is past 23 goes round.
    fn count(&self, hour: u8) -> u32 {
        let count = self.hours.get(usize::from(hour % 24));
        count.map_or(0, |count| u32::from(*count))
    }
}

/// The hour of the day, 0 to 23, at which a person is usually there; `None` before there is
/// evidence ([`EVIDENCE_MIN`]).
///
/// The mode, smoothed over neighbouring hours with weights 1, 2, 1: a habit that is spread over
/// some hours outweighs a single busier one elsewhere. Of equals, the hour that was itself more
/// often wins, then the earlier one.
#[must_use]
pub fn usual_hour(activity: &Activity) -> Option<u8> {
    let evidence: u32 = (0..24).map(|hour| activity.count(hour)).sum();
    let weight = |hour: u8| {
        let own = activity.count(hour);
        (
            activity.count(hour + 23) + 2 * own + activity.count(hour + 1),
            own,
        )
    };
    (0..24)
        .rev()
        .max_by_key(|hour| weight(*hour))
        .filter(|_| evidence >= EVIDENCE_MIN)
}

/// The first instant from `now` on within this hour of the day: `now` itself during the hour.
#[must_use]
pub fn next_hour(now: i64, hour: u8, zone: &Zone) -> i64 {
    let (_, time) = day_and_time(zone.local(now));
    if time / HOUR_MS == i64::from(hour % 24) {
        return now;
    }
    next(now, TimeOfDay::full_hour(hour), Weekdays::EVERY, zone)
}

#[cfg(test)]
mod tests;
