//! Times of day and weekdays, as a wall clock and a calendar show them.
//! Knows no zone and no instant: it is given what the clock shows (see [`Zone::local`]).
//!
//! [`Zone::local`]: crate::zone::Zone::local

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{weekday::Weekday, window::DAY_MS};

const MINUTE_MS: i64 = 60_000;

/// A time of day to the minute, written `HH:MM`, from `00:00` to `23:59`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay {
    /// Minutes since midnight, below 1,440.
    minutes: u16,
}

impl TimeOfDay {
    /// Reads `HH:MM`.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn parse(text: &str) -> Result<Self, String> {
        let two_digits = |part: &str, below: u16| {
            let is_plain = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            let number = part.parse::<u16>().ok().filter(|_| is_plain)?;
            (number < below).then_some(number)
        };
        text.split_once(':')
            .and_then(|(hour, minute)| {
                Some(Self {
                    minutes: two_digits(hour, 24)? * 60 + two_digits(minute, 60)?,
                })
            })
            .ok_or_else(|| {
                format!("`{text}` is not a time of day: write one from `00:00` to `23:59`")
            })
    }

    /// The full hour, 0 to 23; what is past 23 goes round.
    #[must_use]
    pub fn full_hour(hour: u8) -> Self {
        Self {
            minutes: u16::from(hour % 24) * 60,
        }
    }

    /// Milliseconds since midnight, as a wall clock counts them.
    #[must_use]
    pub fn ms(self) -> i64 {
        i64::from(self.minutes) * MINUTE_MS
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

/// Days of the week, at least one; every day unless said otherwise. Written as a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Weekday>", into = "Vec<Weekday>")]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every day.
    pub const EVERY: Self = Self(0b111_1111);

    /// Whether a weekday is one of them.
    #[must_use]
    pub fn contains(self, weekday: Weekday) -> bool {
        self.0 & (1 << weekday as u8) != 0
    }
}

impl Default for Weekdays {
    fn default() -> Self {
        Self::EVERY
    }
}

impl TryFrom<Vec<Weekday>> for Weekdays {
    type Error = String;

    fn try_from(days: Vec<Weekday>) -> Result<Self, String> {
        if days.is_empty() {
            return Err(
                "`days` is empty: name a weekday, or leave it out for every day".to_owned(),
            );
        }
        Ok(Self(
            days.iter().fold(0, |bits, day| bits | 1 << *day as u8),
        ))
    }
}

impl From<Weekdays> for Vec<Weekday> {
    fn from(days: Weekdays) -> Self {
        let mut all = Weekday::ALL.to_vec();
        all.retain(|day| days.contains(*day));
        all
    }
}

/// What a wall clock shows, taken apart: the calendar day and the milliseconds since its midnight.
pub(super) fn day_and_time(local: i64) -> (i64, i64) {
    (local.div_euclid(DAY_MS), local.rem_euclid(DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_instant;

    #[test]
    fn times_of_day() {
        for (text, ms) in [
            ("00:00", 0),
            ("09:30", 570 * MINUTE_MS),
            ("23:59", 1_439 * MINUTE_MS),
        ] {
            let time = TimeOfDay::parse(text).unwrap();
            assert_eq!((time.ms(), time.to_string()), (ms, text.to_owned()));
        }
        for text in [
            "24:00", "12:60", "9:00", "09:0", "0900", "+9:00", "", "09:00:00", "noon",
        ] {
            let error = TimeOfDay::parse(text).unwrap_err();
            assert!(error.contains("`00:00` to `23:59`"), "{error}");
        }
        assert_eq!(TimeOfDay::full_hour(25).to_string(), "01:00");
    }

    #[test]
    fn weekdays() {
        for (date, weekday) in [
            ("1970-01-01", Weekday::Thursday),
            ("1969-12-31", Weekday::Wednesday),
            ("2026-11-23", Weekday::Monday),
            ("2026-11-29", Weekday::Sunday),
        ] {
            let (day, _) = day_and_time(parse_instant(date).unwrap());
            assert_eq!(Weekday::of(day), weekday, "{date}");
        }
    }

    #[test]
    fn lists_of_weekdays() {
        for (json, expected) in [
            (r#"["mon","friday","mon"]"#, Ok(r#"["monday","friday"]"#)),
            (r#"["sunday"]"#, Ok(r#"["sunday"]"#)),
            ("[]", Err("name a weekday")),
            (r#"["someday"]"#, Err("unknown variant `someday`")),
        ] {
            let read = serde_json::from_str::<Weekdays>(json);
            match (read, expected) {
                (Ok(days), Ok(written)) => {
                    assert_eq!(serde_json::to_string(&days).unwrap(), written);
                }
                (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
                (read, expected) => panic!("{json}: {read:?}, expected {expected:?}"),
            }
        }
    }
}
