//! Every zone of the tz database, as core wants them: a table of transitions around a time.

use jiff::{
    Timestamp,
    tz::{self, TimeZone},
};
use rekindle_core::{
    window::DAY_MS,
    zone::{Zone, Zones},
};

/// How far a table reaches beyond the time that is asked for: what lies behind it still counts.
const MARGIN_MS: i64 = 2 * 366 * DAY_MS;

/// The tables of all zones, from one instant to another (Unix ms) and some years around.
pub(crate) fn zones(from: i64, to: i64) -> Zones {
    let (from, to) = (from.saturating_sub(MARGIN_MS), to.saturating_add(MARGIN_MS));
    tz::db()
        .available()
        .filter_map(|name| {
            let zone = tz::db().get(name.as_str()).ok()?;
            Some((name.to_string(), table(&zone, from, to)?))
        })
        .collect()
}

fn table(zone: &TimeZone, from: i64, to: i64) -> Option<Zone> {
    let start = Timestamp::from_millisecond(from).ok()?;
    let ahead = |offset: tz::Offset| i64::from(offset.seconds()) * 1_000;
    let changes = zone
        .following(start)
        .map(|change| (change.timestamp().as_millisecond(), ahead(change.offset())))
        .take_while(|(at, _)| *at < to);
    let mut table = vec![(from, ahead(zone.to_offset(start)))];
    table.extend(changes);
    Zone::try_from(table).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rekindle_core::time::parse_instant;

    #[test]
    fn the_wall_clock_of_a_few_places() {
        let at = |text| parse_instant(text).unwrap();
        let zones = zones(at("2026-01-01"), at("2027-01-01"));
        assert!(zones.len() > 400, "{}", zones.len());
        for (name, instant, local) in [
            (
                "Europe/Berlin",
                "2026-03-29T00:59:59Z",
                "2026-03-29T01:59:59Z",
            ),
            (
                "Europe/Berlin",
                "2026-03-29T01:00:00Z",
                "2026-03-29T03:00:00Z",
            ),
            (
                "America/New_York",
                "2026-07-01T12:00:00Z",
                "2026-07-01T08:00:00Z",
            ),
            (
                "Asia/Kolkata",
                "2026-07-01T12:00:00Z",
                "2026-07-01T17:30:00Z",
            ),
            ("Etc/UTC", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00Z"),
        ] {
            assert_eq!(
                zones[name].local(at(instant)),
                at(local),
                "{name} {instant}"
            );
        }
    }
}
