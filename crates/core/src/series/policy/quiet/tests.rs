//! Quiet hours on real changes of the clock, and against a scan of every minute.

use proptest::prelude::*;

use super::*;
use crate::series::policy::oracle::{NAMES, at, rows, shows, zone};

fn quiet(json: &str) -> QuietHours {
    serde_json::from_str(json).unwrap()
}

const NIGHT: &str = r#"{"from": "21:00", "to": "08:00"}"#;

/// The zone, quiet hours, an instant, what the wall clock shows then, and when it opens.
const UNTIL: &str = "
# A night like any other, to its first and last millisecond.
UTC                 | 21:00 08:00        | 2026-11-23T20:59:59.999Z | 2026-11-23T20:59 Monday    | open
UTC                 | 21:00 08:00        | 2026-11-23T21:00:00Z     | 2026-11-23T21:00 Monday    | 2026-11-24T08:00:00Z
UTC                 | 21:00 08:00        | 2026-11-24T07:59:59.999Z | 2026-11-24T07:59 Tuesday   | 2026-11-24T08:00:00Z
UTC                 | 21:00 08:00        | 2026-11-24T08:00:00Z     | 2026-11-24T08:00 Tuesday   | open
UTC                 | 21:00 00:00        | 2026-11-23T23:59:59Z     | 2026-11-23T23:59 Monday    | 2026-11-24T00:00:00Z
UTC                 | 21:00 00:00        | 2026-11-24T00:00:00Z     | 2026-11-24T00:00 Tuesday   | open
UTC                 | 12:00 13:00        | 2026-11-23T12:30:00Z     | 2026-11-23T12:30 Monday    | 2026-11-23T13:00:00Z
UTC                 | 12:00 13:00        | 2026-11-23T11:59:59Z     | 2026-11-23T11:59 Monday    | open
# Half hours, and across the date in UTC.
Asia/Kolkata        | 21:00 08:00        | 2026-11-23T15:30:00Z     | 2026-11-23T21:00 Monday    | 2026-11-24T02:30:00Z
America/New_York    | 21:00 08:00        | 2026-11-24T02:00:00Z     | 2026-11-23T21:00 Monday    | 2026-11-24T13:00:00Z
# On days: the evening of a Friday and the morning after it, and no other.
UTC                 | 21:00 08:00 fri    | 2026-11-27T20:00:00Z     | 2026-11-27T20:00 Friday    | open
UTC                 | 21:00 08:00 fri    | 2026-11-27T07:00:00Z     | 2026-11-27T07:00 Friday    | open
UTC                 | 21:00 08:00 fri    | 2026-11-28T07:00:00Z     | 2026-11-28T07:00 Saturday  | 2026-11-28T08:00:00Z
UTC                 | 21:00 08:00 fri    | 2026-11-28T21:30:00Z     | 2026-11-28T21:30 Saturday  | open
# Whole days in a row.
UTC                 | 18:00 18:00 fri sat | 2026-11-27T17:59:59Z    | 2026-11-27T17:59 Friday    | open
UTC                 | 18:00 18:00 fri sat | 2026-11-27T18:00:00Z    | 2026-11-27T18:00 Friday    | 2026-11-29T18:00:00Z
UTC                 | 18:00 18:00 fri sat | 2026-11-29T17:59:59Z    | 2026-11-29T17:59 Sunday    | 2026-11-29T18:00:00Z
# A short night: clocks go from 02:00 to 03:00. The end is 08:00 all the same.
Europe/Berlin       | 21:00 08:00        | 2026-03-28T20:00:00Z     | 2026-03-28T21:00 Saturday  | 2026-03-29T06:00:00Z
# The end falls into the gap: it is the gap's end. So does the beginning.
Europe/Berlin       | 23:00 02:30        | 2026-03-29T00:30:00Z     | 2026-03-29T01:30 Sunday    | 2026-03-29T01:00:00Z
Europe/Berlin       | 02:30 05:00        | 2026-03-29T00:59:59Z     | 2026-03-29T01:59 Sunday    | open
Europe/Berlin       | 02:30 05:00        | 2026-03-29T01:00:00Z     | 2026-03-29T03:00 Sunday    | 2026-03-29T03:00:00Z
America/New_York    | 23:00 02:30        | 2026-03-08T06:59:00Z     | 2026-03-08T01:59 Sunday    | 2026-03-08T07:00:00Z
# A long night: clocks go from 03:00 back to 02:00.
Europe/Berlin       | 21:00 08:00        | 2026-10-24T19:00:00Z     | 2026-10-24T21:00 Saturday  | 2026-10-25T07:00:00Z
America/New_York    | 21:00 08:00        | 2026-11-01T01:00:00Z     | 2026-10-31T21:00 Saturday  | 2026-11-01T13:00:00Z
# Shown twice: 02:15 is quiet both times, with an open half hour in between.
Europe/Berlin       | 23:00 02:30        | 2026-10-25T00:15:00Z     | 2026-10-25T02:15 Sunday    | 2026-10-25T00:30:00Z
Europe/Berlin       | 23:00 02:30        | 2026-10-25T00:45:00Z     | 2026-10-25T02:45 Sunday    | open
Europe/Berlin       | 23:00 02:30        | 2026-10-25T01:15:00Z     | 2026-10-25T02:15 Sunday    | 2026-10-25T01:30:00Z
# Quiet up to the change; then clocks go back to before the beginning, and it is quiet again.
Europe/Berlin       | 02:30 05:00        | 2026-10-25T00:45:00Z     | 2026-10-25T02:45 Sunday    | 2026-10-25T01:00:00Z
Europe/Berlin       | 02:30 05:00        | 2026-10-25T01:30:00Z     | 2026-10-25T02:30 Sunday    | 2026-10-25T04:00:00Z
# Half an hour: clocks go from 02:00 to 02:30 in October, and back in April.
Australia/Lord_Howe | 23:00 02:15        | 2026-10-03T15:29:00Z     | 2026-10-04T01:59 Sunday    | 2026-10-03T15:30:00Z
Australia/Lord_Howe | 21:00 08:00        | 2026-10-03T15:29:00Z     | 2026-10-04T01:59 Sunday    | 2026-10-03T21:00:00Z
Australia/Lord_Howe | 21:00 08:00        | 2026-04-04T14:00:00Z     | 2026-04-05T01:00 Sunday    | 2026-04-04T21:30:00Z
# Clocks go forward at midnight: the quiet hours end with the last minute that is shown.
Asia/Beirut         | 21:00 00:00        | 2026-03-28T21:59:00Z     | 2026-03-28T23:59 Saturday  | 2026-03-28T22:00:00Z
# Clocks go back at midnight: 23:30 comes twice, and is quiet twice.
America/Santiago    | 21:00 00:00        | 2026-04-05T02:30:00Z     | 2026-04-04T23:30 Saturday  | 2026-04-05T04:00:00Z
# Apia had no 30 December 2011: the night from the 29th goes on into the 31st.
Pacific/Apia        | 21:00 08:00        | 2011-12-30T09:00:00Z     | 2011-12-29T23:00 Thursday  | 2011-12-30T18:00:00Z
Pacific/Apia        | 21:00 08:00        | 2011-12-30T10:00:00Z     | 2011-12-31T00:00 Saturday  | 2011-12-30T18:00:00Z
# The Friday did not come, its morning after did.
Pacific/Apia        | 21:00 08:00 fri    | 2011-12-30T09:59:59Z     | 2011-12-29T23:59 Thursday  | open
Pacific/Apia        | 21:00 08:00 fri    | 2011-12-30T10:00:00Z     | 2011-12-31T00:00 Saturday  | 2011-12-30T18:00:00Z
";

#[test]
fn quiet_until_what_the_wall_clock_shows() {
    for [name, hours, instant, shown, opens] in rows(UNTIL) {
        let words: Vec<&str> = hours.split(' ').collect();
        let mut json = serde_json::json!({"from": words[0], "to": words[1]});
        if words.len() > 2 {
            json["days"] = serde_json::json!(words[2..]);
        }
        let zone = zone(name);
        assert_eq!(shows(&zone, at(instant)), shown, "{name} {instant}");
        let found = until(at(instant), &quiet(&json.to_string()), &zone);
        let expected = (opens != "open").then(|| at(opens));
        let at = found.map(|at| shows(&zone, at));
        assert_eq!(found, expected, "{name} {hours} {shown}: {at:?}");
    }
}

#[test]
fn what_rings_is_held_back_and_what_is_seen_in_the_app_is_not() {
    let night = quiet(NIGHT);
    let holds = [Channel::Email, Channel::Push, Channel::InApp].map(|channel| night.hold(channel));
    assert_eq!(holds, [true, true, false]);
    let in_app = quiet(r#"{"from": "21:00", "to": "08:00", "channels": ["in_app"]}"#);
    assert!(in_app.hold(Channel::InApp) && !in_app.hold(Channel::Email));
}

proptest! {
    #[test]
    fn until_is_what_a_scan_of_every_minute_finds(
        name in prop::sample::select(&NAMES[..]),
        near in 0..200_usize,
        minutes in -4_000..4_000_i64,
        from in 0..96_u16,
        to in 0..96_u16,
        days in 1..127_u8,
        ms in prop::sample::select(vec![0, 1, 59_999]),
    ) {
        let zone = zone(name);
        let time = |quarter: u16| format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
        let days: Vec<Weekday> = Weekday::ALL
            .into_iter()
            .filter(|day| days & (1 << *day as u8) != 0)
            .collect();
        let quiet = quiet(&serde_json::json!({"from": time(from), "to": time(to), "days": days}).to_string());
        // Near a change of the clock, where there is one.
        let table: Vec<(i64, i64)> = zone.clone().into();
        let change = table.get(near % table.len().max(1)).map_or(0, |(change, _)| *change);
        let now = change + minutes * 60_000 + ms;
        // Said otherwise than the code says it: by the minute that the clock shows, for each day.
        let is_quiet = |instant: i64| {
            let local = zone.local(instant);
            let (day, minute) = (local.div_euclid(86_400_000), local.rem_euclid(86_400_000) / 60_000);
            let begins = |day: i64| days.contains(&Weekday::of(day));
            let (from, to) = (i64::from(from) * 15, i64::from(to) * 15);
            if from < to {
                begins(day) && (from..to).contains(&minute)
            } else {
                begins(day) && minute >= from || begins(day - 1) && minute < to
            }
        };
        // Everything happens on full minutes.
        let full = now - now.rem_euclid(60_000);
        let expected = if is_quiet(now) {
            (1..20_000).map(|minute| full + minute * 60_000).find(|instant| !is_quiet(*instant))
        } else {
            None
        };
        prop_assert_eq!(until(now, &quiet, &zone), expected);
    }
}
