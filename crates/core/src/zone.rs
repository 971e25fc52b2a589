//! Time zones as tables of transitions: what the wall clock shows at an instant, and back.
//! Knows no zone by name: the platform (`Intl`, the tz database) makes the tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::window::DAY_MS;

// LIMIT: two transitions a year for 80 years; what a platform needs is a few years around now.
/// How many transitions a table may have.
pub const TRANSITIONS_MAX: usize = 160;

// LIMIT: the tz database keeps within 15:13:42 west and 14:00 east; a day is past any of them.
const OFFSET_MS_MAX: i64 = DAY_MS;

/// A zone: from each instant on (Unix ms), how far the wall clock is ahead of UTC (ms).
///
/// Before the first transition the offset of the first holds; with none it is UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(i64, i64)>", into = "Vec<(i64, i64)>")]
pub struct Zone(Vec<(i64, i64)>);

/// Tables by the name of the zone in the tz database, such as `Europe/Berlin`.
pub type Zones = BTreeMap<String, Zone>;

/// Coordinated universal time: the wall clock shows the instant.
pub static UTC: Zone = Zone(Vec::new());

impl TryFrom<Vec<(i64, i64)>> for Zone {
    type Error = String;

    fn try_from(transitions: Vec<(i64, i64)>) -> Result<Self, String> {
        if transitions.len() > TRANSITIONS_MAX {
            return Err(format!(
                "a zone has at most {TRANSITIONS_MAX} transitions: leave out those long past"
            ));
        }
        if !transitions.is_sorted_by(|one, next| one.0 < next.0) {
            return Err("the transitions of a zone go from the oldest to the newest".to_owned());
        }
        if transitions
            .iter()
            .any(|(_, ahead)| ahead.abs() > OFFSET_MS_MAX)
        {
            return Err("an offset is in milliseconds and less than a day".to_owned());
        }
        Ok(Self(transitions))
    }
}

impl From<Zone> for Vec<(i64, i64)> {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

impl Zone {
    /// How far the wall clock is ahead of UTC at an instant, in milliseconds.
    #[must_use]
    pub fn offset(&self, instant: i64) -> i64 {
        let passed = self.0.partition_point(|(from, _)| *from <= instant);
        self.0
            .get(passed.saturating_sub(1))
            .map_or(0, |(_, ahead)| *ahead)
    }

    /// The next instant after this one at which the wall clock is put forward or back.
    #[must_use]
    pub fn next_transition(&self, instant: i64) -> Option<i64> {
        // Before the first entry its offset holds already.
        let passed = self.0.partition_point(|(from, _)| *from <= instant).max(1);
        self.0.get(passed).map(|(from, _)| *from)
    }

    /// The instants from which to which the calendar day lasts that `instant` lies in: from the
    /// first time that the clock shows its midnight to the first that it shows the next.
    #[must_use]
    pub fn day(&self, instant: i64) -> (i64, i64) {
        let local = self.local(instant);
        self.local_day(local.saturating_sub(local.rem_euclid(DAY_MS)))
    }

    /// The same for the day that begins at this midnight on the wall clock.
    #[must_use]
    pub fn local_day(&self, midnight: i64) -> (i64, i64) {
        (
            self.instant(midnight),
            self.instant(midnight.saturating_add(DAY_MS)),
        )
    }

    /// What the wall clock shows at an instant, as milliseconds since 1970-01-01T00:00 on it.
    #[must_use]
    pub fn local(&self, instant: i64) -> i64 {
        instant.saturating_add(self.offset(instant))
    }

    /// The instant at which the wall clock shows `local`.
    ///
    /// What it shows twice (an overlap, clocks going back) is the first of the two. What it never
    /// shows (a gap, clocks going forward) is as long after the gap's beginning as it would have
    /// been: 02:30 becomes 03:30 where clocks go from 02:00 to 03:00. Both as RFC 5545, section
    /// 3.3.5, reads local times.
    #[must_use]
    pub fn instant(&self, local: i64) -> i64 {
        let before = self.offset(local.saturating_sub(OFFSET_MS_MAX));
        let after = self.offset(local.saturating_add(OFFSET_MS_MAX));
        let first = local.saturating_sub(before);
        let second = local.saturating_sub(after);
        let is_second = self.offset(first) != before && self.offset(second) == after;
        if is_second { second } else { first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{format_instant, parse_instant};

    const HOUR_MS: i64 = 3_600_000;

    /// 2026 in Berlin: summer time from 29 March to 25 October, both at 01:00 UTC.
    fn berlin() -> Zone {
        let at = |text| parse_instant(text).unwrap();
        Zone::try_from(vec![
            (at("2025-10-26T01:00:00Z"), HOUR_MS),
            (at("2026-03-29T01:00:00Z"), 2 * HOUR_MS),
            (at("2026-10-25T01:00:00Z"), HOUR_MS),
        ])
        .unwrap()
    }

    #[test]
    fn the_wall_clock_and_back() {
        for (local, instant) in [
            ("2026-01-15T09:00:00Z", "2026-01-15T08:00:00Z"),
            ("2026-03-29T01:59:59Z", "2026-03-29T00:59:59Z"),
            // The gap: 02:00 to 03:00 is not shown.
            ("2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z"),
            ("2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z"),
            ("2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"),
            ("2026-07-01T09:00:00Z", "2026-07-01T07:00:00Z"),
            // The overlap: 02:00 to 03:00 is shown twice; the first counts.
            ("2026-10-25T01:59:59Z", "2026-10-24T23:59:59Z"),
            ("2026-10-25T02:00:00Z", "2026-10-25T00:00:00Z"),
            ("2026-10-25T02:59:59Z", "2026-10-25T00:59:59Z"),
            ("2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z"),
        ] {
            let found = berlin().instant(parse_instant(local).unwrap());
            assert_eq!(format_instant(found), instant, "{local}");
        }
    }

    #[test]
    fn every_instant_that_the_clock_shows_once_comes_back() {
        let zone = berlin();
        let start = parse_instant("2026-03-01").unwrap();
        for quarter in 0..30_000 {
            let instant = start + quarter * HOUR_MS / 4;
            let back = zone.instant(zone.local(instant));
            let first_of_two = instant - HOUR_MS;
            assert!(
                back == instant
                    || (back == first_of_two && zone.local(back) == zone.local(instant)),
                "{}",
                format_instant(instant)
            );
        }
    }

    #[test]
    fn the_next_change_lies_ahead() {
        let at = |text| parse_instant(text).unwrap();
        for (instant, change) in [
            // The offset of the first entry holds before it as well.
            ("2025-01-01", Some("2026-03-29T01:00:00Z")),
            ("2026-03-29T00:59:59Z", Some("2026-03-29T01:00:00Z")),
            ("2026-03-29T01:00:00Z", Some("2026-10-25T01:00:00Z")),
            ("2026-10-25T01:00:00Z", None),
        ] {
            assert_eq!(
                berlin().next_transition(at(instant)),
                change.map(at),
                "{instant}"
            );
        }
    }

    #[test]
    fn a_zone_that_crosses_the_date_line_skips_a_day() {
        // Samoa left out 30 December 2011: from -10 h to +14 h.
        let change = parse_instant("2011-12-30T10:00:00Z").unwrap();
        let apia = Zone::try_from(vec![
            (change - DAY_MS, -10 * HOUR_MS),
            (change, 14 * HOUR_MS),
        ])
        .unwrap();
        assert_eq!(
            apia.local(change - 1) + 1,
            parse_instant("2011-12-30").unwrap()
        );
        assert_eq!(apia.local(change), parse_instant("2011-12-31").unwrap());
        assert_eq!(apia.instant(parse_instant("2011-12-31").unwrap()), change);
    }

    #[test]
    fn a_table_that_cannot_be_is_refused() {
        for (table, part) in [
            (vec![(2, 0), (1, 0)], "oldest to the newest"),
            (vec![(0, DAY_MS + 1)], "less than a day"),
            ((0..=160).map(|at| (at, 0)).collect(), "at most 160"),
        ] {
            assert!(Zone::try_from(table).unwrap_err().contains(part));
        }
        assert!(Zone::try_from((0..160).map(|at| (at, 0)).collect::<Vec<_>>()).is_ok());
        assert_eq!((UTC.offset(5), UTC.local(5), UTC.instant(5)), (0, 5, 5));
    }
}
