//! Times of day on real changes of the clock, and the usual hour.

use proptest::prelude::*;

use super::*;
use crate::series::policy::oracle::{NAMES, at, rows, shows, zone as real};

fn time(text: &str) -> TimeOfDay {
    TimeOfDay::parse(text).unwrap()
}

/// The zone, an instant, a time of day on which days, and the instant at which it comes next.
const NEXT: &str = "
UTC                 | 2026-11-23T08:59:59.999Z | 09:00 every   | 2026-11-23T09:00:00Z
UTC                 | 2026-11-23T09:00:00Z     | 09:00 every   | 2026-11-23T09:00:00Z
UTC                 | 2026-11-23T09:00:00.001Z | 09:00 every   | 2026-11-24T09:00:00Z
# From a Monday to a Friday, and from a Monday that is past the time to the next.
UTC                 | 2026-11-23T09:00:00Z     | 08:00 friday  | 2026-11-27T08:00:00Z
UTC                 | 2026-11-23T09:00:00Z     | 08:00 monday  | 2026-11-30T08:00:00Z
# The day on the wall, not in UTC.
America/New_York    | 2026-11-24T02:00:00Z     | 23:00 monday  | 2026-11-24T04:00:00Z
Pacific/Apia        | 2026-11-23T12:00:00Z     | 09:00 tuesday | 2026-11-23T20:00:00Z
# In the gap from 02:00 to 03:00: its end. A day later it is there again.
Europe/Berlin       | 2026-03-29T00:00:00Z     | 02:30 every   | 2026-03-29T01:00:00Z
Europe/Berlin       | 2026-03-29T01:00:00Z     | 02:30 every   | 2026-03-29T01:00:00Z
Europe/Berlin       | 2026-03-29T01:00:01Z     | 02:30 every   | 2026-03-30T00:30:00Z
# Shown twice: the first, and not the second on the same day.
Europe/Berlin       | 2026-10-25T00:00:00Z     | 02:30 every   | 2026-10-25T00:30:00Z
Europe/Berlin       | 2026-10-25T00:45:00Z     | 02:30 every   | 2026-10-26T01:30:00Z
Australia/Lord_Howe | 2026-10-03T15:00:00Z     | 02:15 every   | 2026-10-03T15:30:00Z
# Clocks go forward at midnight.
Asia/Beirut         | 2026-03-28T12:00:00Z     | 00:00 sunday  | 2026-03-28T22:00:00Z
# Apia had no Friday, 30 December 2011.
Pacific/Apia        | 2011-12-30T09:00:00Z     | 09:00 every   | 2011-12-30T19:00:00Z
Pacific/Apia        | 2011-12-30T09:00:00Z     | 09:00 friday  | 2012-01-05T19:00:00Z
Pacific/Apia        | 2011-12-24T09:00:00Z     | 09:00 friday  | 2012-01-05T19:00:00Z
";

#[test]
fn the_next_time_of_day() {
    for [name, now, wanted, expected] in rows(NEXT) {
        let (text, day) = wanted.split_once(' ').unwrap();
        let days = match day {
            "every" => Weekdays::EVERY,
            day => serde_json::from_value(serde_json::json!([day])).unwrap(),
        };
        let zone = real(name);
        let found = next(at(now), time(text), days, &zone);
        let shown = shows(&zone, found);
        assert_eq!(found, at(expected), "{name} {now} {wanted}: {shown}");
    }
}

#[test]
fn the_zone_of_a_person_or_of_the_workspace_or_utc() {
    let zones = Zones::from([("Asia/Kolkata".to_owned(), real("Asia/Kolkata"))]);
    let half_past_five = 330 * 60_000;
    for (own, default, offset) in [
        (Some("Asia/Kolkata"), None, half_past_five),
        (Some("Mars/Crater"), Some("Asia/Kolkata"), half_past_five),
        (None, Some("Asia/Kolkata"), half_past_five),
        (Some("Mars/Crater"), Some("Mars/Crater"), 0),
        (None, None, 0),
    ] {
        assert_eq!(zone(own, default, &zones).offset(at("2026-11-23")), offset);
    }
}

/// One who was there in these hours, one a day.
fn there(hours: &[i64]) -> Activity {
    let mut activity = Activity::default();
    for (day, hour) in hours.iter().enumerate() {
        let instant = at("2026-01-01") + i64::try_from(day).unwrap() * DAY_MS + hour * HOUR_MS;
        activity.note(instant, instant, &UTC);
    }
    activity
}

#[test]
fn the_usual_hour_is_the_smoothed_mode() {
    for (hours, expected) in [
        (&[][..], None),
        (&[9; 4], None),
        (&[9; 5], Some(9)),
        (&[9, 9, 9, 20, 20], Some(9)),
        // A habit that is spread over hours outweighs one hour that is busier than any of them.
        (&[8, 9, 8, 9, 10, 20, 20, 20], Some(9)),
        // Around midnight.
        (&[23, 0, 23, 0, 0, 12, 12, 12], Some(0)),
        // All alike: the earlier one.
        (&[20, 20, 20, 7, 7, 7], Some(7)),
        // The same smoothed: the one that was itself more often.
        (&[4, 5, 5, 6, 12, 12, 12], Some(12)),
    ] {
        assert_eq!(usual_hour(&there(hours)), expected, "{hours:?}");
    }
}

#[test]
fn an_hour_counts_once_and_in_order() {
    let mut activity = there(&[9]);
    let before = activity;
    let day = at("2026-01-01");
    for (instant, now) in [
        (day + 9 * HOUR_MS, day + DAY_MS),
        (day + 10 * HOUR_MS - 1, day + DAY_MS),
        (day + 8 * HOUR_MS, day + DAY_MS),
        // By a clock that is fast.
        (day + DAY_MS + 1, day + DAY_MS),
    ] {
        activity.note(instant, now, &UTC);
        assert_eq!(activity, before);
    }
    activity.note(day + DAY_MS, day + DAY_MS, &UTC);
    assert_ne!(activity, before);
}

#[test]
fn a_new_habit_overtakes_an_old_one() {
    let count = usize::from(COUNT_MAX);
    let mut hours = vec![9; count];
    assert_eq!(there(&hours).count(9), u32::from(COUNT_MAX));
    hours.push(9);
    assert!(there(&hours).count(9) <= u32::from(COUNT_MAX));
    hours.extend(vec![20; count + 1]);
    assert_eq!(usual_hour(&there(&hours)), Some(20));
}

#[test]
fn the_hour_on_the_wall_and_not_in_utc() {
    let zone = real("America/New_York");
    let mut activity = Activity::default();
    for day in 1..=9 {
        let instant = at(&format!("2026-01-0{day}T14:30:00Z"));
        activity.note(instant, instant, &zone);
    }
    assert_eq!(usual_hour(&activity), Some(9));
    for (now, expected) in [
        ("2026-07-01T12:59:00Z", "2026-07-01T13:00:00Z"),
        ("2026-07-01T13:59:00Z", "2026-07-01T13:59:00Z"),
        ("2026-07-01T14:00:00Z", "2026-07-02T13:00:00Z"),
    ] {
        assert_eq!(next_hour(at(now), 9, &zone), at(expected), "{now}");
    }
}

proptest! {
    #[test]
    fn next_is_what_a_scan_of_every_minute_finds(
        name in prop::sample::select(&NAMES[..]),
        near in 0..200_usize,
        minutes in -4_000..4_000_i64,
        quarter in 0..96_i64,
        days in 1..128_u8,
    ) {
        let zone = real(name);
        let table: Vec<(i64, i64)> = zone.clone().into();
        let change = table.get(near % table.len().max(1)).map_or(0, |(change, _)| *change);
        let now = change + minutes * 60_000;
        let wanted: Vec<Weekday> = Weekday::ALL
            .into_iter()
            .filter(|day| days & (1 << *day as u8) != 0)
            .collect();
        let day_of = |instant: i64| zone.local(instant).div_euclid(DAY_MS);
        let is_past = |instant: i64| zone.local(instant).rem_euclid(DAY_MS) / 60_000 >= quarter * 15;
        // From long enough before to know on which days the time has been shown.
        let mut shown = std::collections::BTreeSet::new();
        let found = (-2_880..25_000_i64).map(|minute| now + minute * 60_000).find(|instant| {
            let is_first = is_past(*instant) && shown.insert(day_of(*instant));
            is_first && *instant >= now && wanted.contains(&Weekday::of(day_of(*instant)))
        });
        let text = format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
        let days = Weekdays::try_from(wanted).unwrap();
        prop_assert_eq!(Some(next(now, time(&text), days, &zone)), found);
    }
}
