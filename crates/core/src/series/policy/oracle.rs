//! Tables of real zones for tests, made by jiff from the tz database that it brings along.
//! No part of the product: there the platform makes the tables.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    time::parse_instant,
    zone::{UTC, Zone},
};

/// Zones with changes of every kind: of an hour, of half an hour, over midnight, of a whole day, in
/// the southern half of the year, and none at all.
pub(super) const NAMES: [&str; 8] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Santiago",
    "Asia/Beirut",
    "Asia/Kolkata",
    "UTC",
];

/// An instant that is written as RFC 3339.
pub(super) fn at(text: &str) -> i64 {
    parse_instant(text).unwrap_or_else(|| panic!("{text}"))
}

/// The table of a zone from 2010 to 2028.
pub(super) fn zone(name: &str) -> Zone {
    let (from, to) = (at("2010-01-01"), at("2028-01-01"));
    let zone = TimeZone::get(name).unwrap();
    let stamp = |ms| Timestamp::from_millisecond(ms).unwrap();
    let ahead = |at: Timestamp| i64::from(zone.to_offset(at).seconds()) * 1_000;
    let mut table = vec![(from, ahead(stamp(from)))];
    for change in zone
        .following(stamp(from))
        .take_while(|change| change.timestamp() < stamp(to))
    {
        let change = change.timestamp();
        table.push((change.as_millisecond(), ahead(change)));
    }
    Zone::try_from(table).unwrap()
}

/// The rows of a table in text: cells between `|`, remarks after `#`.
pub(super) fn rows<const CELLS: usize>(table: &str) -> impl Iterator<Item = [&str; CELLS]> {
    let is_row = |line: &&str| !line.is_empty() && !line.starts_with('#');
    table.lines().filter(is_row).map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        cells
            .try_into()
            .unwrap_or_else(|_| panic!("{line}: not {CELLS} cells"))
    })
}

/// What the wall clock shows at an instant, such as `2026-03-29T03:00 Sunday`.
pub(super) fn shows(zone: &Zone, instant: i64) -> String {
    let local = crate::time::format_instant(zone.local(instant));
    let (minutes, _) = local.split_at(16);
    let day = super::Weekday::of(zone.local(instant).div_euclid(crate::window::DAY_MS));
    format!("{minutes} {day:?}")
}

#[test]
fn the_tables_agree_with_jiff_at_every_quarter_of_an_hour() {
    for name in NAMES {
        let (table, real) = (zone(name), TimeZone::get(name).unwrap());
        let mut instant = at("2011-12-25");
        while instant < at("2027-12-25") {
            let offset = real.to_offset(Timestamp::from_millisecond(instant).unwrap());
            assert_eq!(
                table.offset(instant),
                i64::from(offset.seconds()) * 1_000,
                "{name}"
            );
            instant += 15 * 60_000 * 7;
        }
    }
    assert_eq!(zone("UTC").offset(0), UTC.offset(0));
}
