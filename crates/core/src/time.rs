//! Instants and spans as people write them: RFC 3339, `30 days`, `1d2h30m5s1ms`.
//! Reads no clock and knows no zone by name.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{window::DAY_MS, zone::Zone};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;

// LIMIT: a hundred years; what is longer is a slip of the keyboard, and sums stay far from overflow.
/// The longest span that a rule or a delay may name, in milliseconds.
pub const SPAN_MS_MAX: i64 = 36_525 * DAY_MS;

/// Milliseconds in the unit of that name: `day`, `days`, `d`, `hour`, `h`, `minute`, `m`, …
#[must_use]
pub fn unit_ms(name: &str) -> Option<i64> {
    Some(match name.to_ascii_lowercase().as_str() {
        "w" | "week" | "weeks" => 7 * DAY_MS,
        "d" | "day" | "days" => DAY_MS,
        "h" | "hour" | "hours" => HOUR_MS,
        "m" | "min" | "minute" | "minutes" => MINUTE_MS,
        "s" | "sec" | "second" | "seconds" => SECOND_MS,
        "ms" | "millisecond" | "milliseconds" => 1,
        _ => return None,
    })
}

/// A span as the largest unit that divides it: the number and the unit's name in the right number.
#[must_use]
pub fn span_in_words(ms: i64) -> String {
    let (unit, name) = [
        (DAY_MS, "day"),
        (HOUR_MS, "hour"),
        (MINUTE_MS, "minute"),
        (SECOND_MS, "second"),
        (1, "millisecond"),
    ]
    .into_iter()
    .find(|(unit, _)| ms % unit == 0)
    .unwrap_or((1, "millisecond"));
    let number = ms / unit;
    format!("{number} {name}{}", if number == 1 { "" } else { "s" })
}

/// Reads a span written in one word: `25h`, `1d2h30m5s1ms`.
///
/// # Errors
/// When it is not a run of whole numbers with units, or longer than [`SPAN_MS_MAX`].
pub fn parse_span(text: &str) -> Result<i64, String> {
    let refuse =
        || format!("`{text}` is not a span of time: write one such as `3d`, `25h` or `1d2h30m`");
    let mut total: i64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(refuse());
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at_checked(digits).ok_or_else(refuse)?;
        let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, after) = tail.split_at_checked(letters).ok_or_else(refuse)?;
        let part = number
            .parse::<i64>()
            .ok()
            .zip(unit_ms(unit))
            .and_then(|(number, unit)| number.checked_mul(unit))
            .ok_or_else(refuse)?;
        total = total.saturating_add(part);
        rest = after.trim_start();
    }
    if total > SPAN_MS_MAX {
        return Err(format!(
            "`{text}` is longer than 100 years: name a shorter span"
        ));
    }
    Ok(total)
}

/// A span in one word, as [`parse_span`] reads it.
#[must_use]
pub fn format_span(mut ms: i64) -> String {
    let mut text = String::new();
    for (unit, name) in [
        (DAY_MS, "d"),
        (HOUR_MS, "h"),
        (MINUTE_MS, "m"),
        (SECOND_MS, "s"),
        (1, "ms"),
    ] {
        if ms >= unit {
            let _ = write!(text, "{}{name}", ms / unit);
            ms %= unit;
        }
    }
    if text.is_empty() {
        "0d".to_owned()
    } else {
        text
    }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
///
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `days_from_civil`.
#[must_use]
pub fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Year, month and day of a number of days since 1970-01-01; the inverse of [`days_from_civil`].
#[must_use]
pub fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days - era * 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// An instant as RFC 3339 in UTC, with milliseconds only where there are any.
#[must_use]
pub fn format_instant(ms: i64) -> String {
    let (year, month, day) = civil_from_days(ms.div_euclid(DAY_MS));
    let rest = ms.rem_euclid(DAY_MS);
    let (hour, minute) = (rest / HOUR_MS, rest % HOUR_MS / MINUTE_MS);
    let (second, milli) = (rest % MINUTE_MS / SECOND_MS, rest % SECOND_MS);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if milli != 0 {
        let _ = write!(text, ".{milli:03}");
    }
    text.push('Z');
    text
}

/// A date on its own, `2026-11-23`.
#[must_use]
pub fn format_date(ms: i64) -> String {
    let (year, month, day) = civil_from_days(ms.div_euclid(DAY_MS));
    format!("{year:04}-{month:02}-{day:02}")
}

/// An instant as a mail's `Date` header has it, in UTC.
///
/// Source: RFC 5322, section 3.3.
#[must_use]
pub fn format_mail_date(ms: i64) -> String {
    // 1970-01-01 was a Thursday.
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    fn named<'a>(names: &[&'a str], place: i64) -> &'a str {
        usize::try_from(place)
            .ok()
            .and_then(|place| names.get(place))
            .copied()
            .unwrap_or_default()
    }
    let days = ms.div_euclid(DAY_MS);
    let (year, month, day) = civil_from_days(days);
    let rest = ms.rem_euclid(DAY_MS);
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} +0000",
        named(&DAYS, days.rem_euclid(7)),
        named(&MONTHS, month - 1),
        rest / HOUR_MS,
        rest % HOUR_MS / MINUTE_MS,
        rest % MINUTE_MS / SECOND_MS
    )
}

/// A date as it is written: exact where it names an offset, else what a wall clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Date {
    /// An instant, Unix ms.
    Exact(i64),
    /// Milliseconds since 1970-01-01T00:00 on someone's wall clock.
    Local(i64),
}

impl Date {
    /// The instant that it is for one whose wall clock keeps this zone.
    #[must_use]
    pub fn instant(self, zone: &Zone) -> i64 {
        match self {
            Self::Exact(instant) => instant,
            Self::Local(local) => zone.instant(local),
        }
    }

    /// Its number, without regard to whose clock it is on.
    #[must_use]
    pub fn ms(self) -> i64 {
        match self {
            Self::Exact(ms) | Self::Local(ms) => ms,
        }
    }
}

/// As [`parse_date`] reads it: a date alone where the wall clock shows midnight.
impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exact(instant) => out.write_str(&format_instant(instant)),
            Self::Local(local) if local.rem_euclid(DAY_MS) == 0 => {
                out.write_str(&format_date(local))
            }
            Self::Local(local) => out.write_str(format_instant(local).trim_end_matches('Z')),
        }
    }
}

/// Reads RFC 3339, or a date or a date and time without an offset, which are on a wall clock.
/// Digits past milliseconds are cut off.
#[must_use]
pub fn parse_date(text: &str) -> Option<Date> {
    let mut reader = Reader { rest: text.trim() };
    let year = reader.number(4)?;
    reader.one_of("-")?;
    let month = reader.number(2)?;
    reader.one_of("-")?;
    let day = reader.number(2)?;
    let days = days_from_civil(year, month, day);
    if civil_from_days(days) != (year, month, day) {
        return None;
    }
    let mut ms = days * DAY_MS;
    if reader.rest.is_empty() {
        return Some(Date::Local(ms));
    }
    reader.one_of("Tt ")?;
    let hour = reader.number(2)?;
    reader.one_of(":")?;
    let minute = reader.number(2)?;
    let mut second = 0;
    if reader.one_of(":").is_some() {
        second = reader.number(2)?;
        if reader.one_of(".,").is_some() {
            ms += reader.millis()?;
        }
    }
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    ms += hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS;
    if reader.rest.is_empty() {
        return Some(Date::Local(ms));
    }
    match reader.one_of("Zz+-")? {
        'Z' | 'z' => {}
        sign => {
            let hours = reader.number(2)?;
            let _ = reader.one_of(":");
            let minutes = reader.number(2)?;
            if hours > 23 || minutes > 59 {
                return None;
            }
            let offset = hours * HOUR_MS + minutes * MINUTE_MS;
            ms -= if sign == '+' { offset } else { -offset };
        }
    }
    reader.rest.is_empty().then_some(Date::Exact(ms))
}

/// Reads RFC 3339, or a date alone as its midnight in UTC.
#[must_use]
pub fn parse_instant(text: &str) -> Option<i64> {
    match parse_date(text)? {
        Date::Exact(instant) => Some(instant),
        Date::Local(midnight) => (text.trim().len() == "1970-01-01".len()).then_some(midnight),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        number.parse().ok()
    }

    fn one_of(&mut self, choices: &str) -> Option<char> {
        let first = self
            .rest
            .chars()
            .next()
            .filter(|first| choices.contains(*first))?;
        self.rest = self.rest.get(first.len_utf8()..)?;
        Some(first)
    }

    fn millis(&mut self) -> Option<i64> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (fraction, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        if fraction.is_empty() {
            return None;
        }
        fraction
            .bytes()
            .chain(*b"00")
            .take(3)
            .try_fold(0, |ms, digit| {
                Some(ms * 10 + i64::from(char::from(digit).to_digit(10)?))
            })
    }
}

/// In JSON an exact one is Unix milliseconds, one on a wall clock text; RFC 3339 is read as well.
impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Exact(instant) => serializer.serialize_i64(*instant),
            Self::Local(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DateVisitor)
    }
}

struct DateVisitor;

impl de::Visitor<'_> for DateVisitor {
    type Value = Date;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a date such as \"2026-11-23\", or Unix milliseconds")
    }

    fn visit_i64<E>(self, instant: i64) -> Result<Date, E> {
        Ok(Date::Exact(instant))
    }

    fn visit_u64<E: de::Error>(self, instant: u64) -> Result<Date, E> {
        let beyond = |_| E::invalid_value(de::Unexpected::Unsigned(instant), &self);
        instant.try_into().map(Date::Exact).map_err(beyond)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Date, E> {
        parse_date(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_an_offset_is_on_the_wall_clock() {
        for (text, date) in [
            ("1970-01-02", Date::Local(DAY_MS)),
            ("1970-01-01T00:00:01", Date::Local(1_000)),
            ("1970-01-01T00:00:01.500", Date::Local(1_500)),
            ("1970-01-02T00:00:00Z", Date::Exact(DAY_MS)),
        ] {
            assert_eq!(parse_date(text), Some(date), "{text}");
            assert_eq!(date.to_string(), text);
        }
        assert_eq!(parse_date("1970-01-01 01:00"), Some(Date::Local(HOUR_MS)));
        let east = Zone::try_from(vec![(0, HOUR_MS)]).unwrap();
        assert_eq!(Date::Local(HOUR_MS).instant(&east), 0);
        assert_eq!(Date::Exact(HOUR_MS).instant(&east), HOUR_MS);
    }

    #[test]
    fn instants_are_read_and_written() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1998-07-01T00:00:00Z", 899_251_200_000),
            ("2000-02-29T12:30:15.250Z", 951_827_415_250),
            ("1969-12-31T23:59:59.999Z", -1),
        ] {
            assert_eq!(parse_instant(text), Some(ms), "{text}");
            assert_eq!(format_instant(ms), text);
        }
        assert_eq!(parse_instant("1998-07-01"), Some(899_251_200_000));
        assert_eq!(
            parse_instant("1998-07-01T02:00:00+02:00"),
            Some(899_251_200_000)
        );
        assert_eq!(parse_instant("1970-01-01T00:00:00.1239Z"), Some(123));
        assert_eq!(parse_instant("1970-01-01T00:00:00.5Z"), Some(500));
        for bad in [
            "",
            "1999-02-29",
            "1999-13-01",
            "1999-01-01T24:00:00Z",
            "1999-01-01T00:00:00",
        ] {
            assert_eq!(parse_instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn mail_dates_follow_rfc_5322() {
        assert_eq!(format_mail_date(0), "Thu, 01 Jan 1970 00:00:00 +0000");
        assert_eq!(
            format_mail_date(1_795_441_261_000),
            "Mon, 23 Nov 2026 13:41:01 +0000"
        );
    }

    #[test]
    fn every_day_of_four_centuries_round_trips() {
        for days in -146_097..146_097 {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn spans_are_read_and_written() {
        assert_eq!(parse_span("1d2h30m5s1ms"), Ok(95_405_001));
        assert_eq!(format_span(95_405_001), "1d2h30m5s1ms");
        assert_eq!(parse_span("0d"), Ok(0));
        for bad in ["", "d", "5", "5x", "-1d", "1.5d", "99999999999999999999d"] {
            assert!(parse_span(bad).is_err(), "{bad}");
        }
        assert_eq!(parse_span("36525d"), Ok(SPAN_MS_MAX));
        assert!(parse_span("36525d1ms").is_err());
        assert_eq!(span_in_words(30 * DAY_MS), "30 days");
        assert_eq!(span_in_words(90_000), "90 seconds");
    }
}
