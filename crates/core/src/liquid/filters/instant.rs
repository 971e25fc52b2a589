//! Instants as people write them: ISO 8601, RFC 2822, `March 14, 2016 10:30 PM`, Unix seconds and
//! milliseconds. Does not guess: what is not understood is no instant.

use super::super::{
    letters::concat,
    number::{self, Number},
};
use crate::{
    time::{civil_from_days, days_from_civil},
    window::DAY_MS,
};

/// An instant, and the offset from UTC that it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    pub(super) unix_ms: i64,
    pub(super) offset_minutes: i32,
}

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

// LIMIT: the years that a date is written with; a number beyond is something else.
const YEAR_MAX: i64 = 9_999;

// A whole number from here on is milliseconds: as seconds it would lie after the year 5138, as
// milliseconds it lies after 1973. Attributes hold milliseconds, Shopify's templates seconds.
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// The instant that a number stands for; nothing if it is out of range.
pub(super) fn from_number(number: i64) -> Option<Instant> {
    let unix_ms = if number.unsigned_abs() >= MILLISECONDS_FROM {
        number
    } else {
        number.checked_mul(1_000)?
    };
    let year = civil_from_days(unix_ms.div_euclid(DAY_MS)).0;
    (0..=YEAR_MAX).contains(&year).then_some(Instant {
        unix_ms,
        offset_minutes: 0,
    })
}

/// A run of letters, of digits, or a single sign.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part<'a> {
    Letters(&'a str),
    Digits(&'a str),
    Sign(char),
}

#[derive(Default)]
struct Draft {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    time_ms: Option<i64>,
    afternoon: Option<bool>,
    offset_minutes: Option<i32>,
}

/// Reads an instant from text.
pub(super) fn read(text: &str) -> Option<Instant> {
    // LIMIT: the longest way to write a date that is understood has less than 64 bytes.
    const TEXT_MAX: usize = 64;
    let text = text.trim_ascii();
    if text.len() > TEXT_MAX {
        return None;
    }
    let parts = parts(text);
    if let [Part::Digits(digits)] = parts.as_slice() {
        return from_number(whole(digits)?);
    }
    let mut draft = Draft::default();
    let mut rest = parts.as_slice();
    while !rest.is_empty() {
        rest = draft.take(rest)?;
    }
    draft.finish()
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same: fn(char) -> bool = if first.is_ascii_digit() {
            |c| c.is_ascii_digit()
        } else {
            |c| c.is_ascii_alphabetic()
        };
        let len = if same(first) {
            rest.find(|c| !same(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (part, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        parts.push(if !same(first) {
            Part::Sign(first)
        } else if first.is_ascii_digit() {
            Part::Digits(part)
        } else {
            Part::Letters(part)
        });
        rest = after;
    }
    parts
}

impl Draft {
    /// Takes what the rest starts with; nothing if that is not understood.
    fn take<'p, 't>(&mut self, rest: &'p [Part<'t>]) -> Option<&'p [Part<'t>]> {
        use Part::{Digits, Letters, Sign};
        match rest {
            [
                Digits(year),
                Sign(a @ ('-' | '/')),
                Digits(month),
                Sign(b),
                Digits(day),
                rest @ ..,
            ] if year.len() == 4 && a == b && self.year.is_none() => {
                self.year = number(year);
                self.month = number(month);
                self.day = number(day);
                Some(rest)
            }
            [Digits(hour), Sign(':'), Digits(minute), rest @ ..] if self.time_ms.is_none() => {
                let (hour, minute) = (number(hour)?, number(minute)?);
                let (second_ms, rest) = seconds(rest)?;
                if hour > 24 || minute > 59 {
                    return None;
                }
                self.time_ms = Some((hour * 60 + minute) * 60_000 + second_ms);
                Some(rest)
            }
            [Sign(sign @ ('+' | '-')), rest @ ..] if self.time_ms.is_some() => {
                let (minutes, rest) = offset(rest)?;
                self.offset_minutes = Some(if *sign == '-' { -minutes } else { minutes });
                Some(rest)
            }
            [Digits(digits), Letters(mark), rest @ ..] if half_of_day(mark).is_some() => {
                let hour = number(digits).filter(|hour| *hour <= 12)?;
                self.time_ms = Some(hour * 3_600_000);
                self.afternoon = half_of_day(mark);
                Some(rest)
            }
            [Digits(digits), rest @ ..] => {
                let value = number(digits)?;
                if digits.len() >= 3 && self.year.is_none() {
                    self.year = Some(value);
                } else if self.day.is_none() {
                    self.day = Some(value);
                } else {
                    return None;
                }
                Some(rest)
            }
            [Letters(word), rest @ ..] => self.word(word).then_some(rest),
            [Sign(sign), rest @ ..] => {
                let filler = sign.is_ascii_whitespace() || matches!(sign, ',' | '.' | '-' | '/');
                filler.then_some(rest)
            }
            [] => None,
        }
    }

    /// A month, a weekday, a half of the day, a zone, or what stands between parts.
    fn word(&mut self, word: &str) -> bool {
        if let Some(month) = index_of(&MONTHS, word)
            && self.month.is_none()
        {
            self.month = Some(month + 1);
            return true;
        }
        if let Some(afternoon) = half_of_day(word) {
            self.afternoon = Some(afternoon);
            return self.time_ms.is_some();
        }
        let lower = word.to_ascii_lowercase();
        if matches!(lower.as_str(), "z" | "utc" | "gmt") {
            self.offset_minutes = Some(0);
            return true;
        }
        matches!(
            lower.as_str(),
            "t" | "at" | "of" | "st" | "nd" | "rd" | "th"
        ) || index_of(&WEEKDAYS, word).is_some()
    }

    fn finish(self) -> Option<Instant> {
        let (year, month) = (self.year?, self.month?);
        let day = self.day.unwrap_or(1);
        let month_is = (1..=12).contains(&month) && (0..=YEAR_MAX).contains(&year);
        let day_index = days_from_civil(year, month, day);
        if !month_is || civil_from_days(day_index) != (year, month, day) {
            return None;
        }
        let mut time_ms = self.time_ms.unwrap_or_default();
        let half_ms = DAY_MS / 2;
        match self.afternoon {
            Some(true) if time_ms < half_ms => time_ms += half_ms,
            Some(false) if time_ms >= half_ms => time_ms -= half_ms,
            Some(_) | None => {}
        }
        let offset_minutes = self.offset_minutes.unwrap_or_default();
        let unix_ms = day_index * DAY_MS + time_ms - i64::from(offset_minutes) * 60_000;
        Some(Instant {
            unix_ms,
            offset_minutes,
        })
    }
}

/// Seconds and their fraction, after hours and minutes: 0 if they are left out.
fn seconds<'p, 't>(rest: &'p [Part<'t>]) -> Option<(i64, &'p [Part<'t>])> {
    let [Part::Sign(':'), Part::Digits(second), rest @ ..] = rest else {
        return Some((0, rest));
    };
    let second = number(second).filter(|second| *second <= 60)?;
    let [Part::Sign('.'), Part::Digits(fraction), rest @ ..] = rest else {
        return Some((second * 1_000, rest));
    };
    let padded = concat(&[fraction, "000"]);
    let ms = padded.get(..3).and_then(number)?;
    Some((second * 1_000 + ms, rest))
}

/// Hours and minutes of an offset: `0200`, `02:00` or `02`.
fn offset<'p, 't>(rest: &'p [Part<'t>]) -> Option<(i32, &'p [Part<'t>])> {
    let (hours, minutes, rest) = match rest {
        [
            Part::Digits(hours),
            Part::Sign(':'),
            Part::Digits(minutes),
            rest @ ..,
        ] => (*hours, *minutes, rest),
        [Part::Digits(both), rest @ ..] => {
            let (hours, minutes) = both.split_at_checked(2)?;
            (hours, if minutes.is_empty() { "0" } else { minutes }, rest)
        }
        _ => return None,
    };
    let hours = number(hours).filter(|hours| *hours <= 15)?;
    let minutes = number(minutes).filter(|minutes| *minutes <= 59)?;
    let offset = i32::try_from(hours * 60 + minutes).ok()?;
    Some((offset, rest))
}

fn half_of_day(word: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case("pm") {
        Some(true)
    } else if word.eq_ignore_ascii_case("am") {
        Some(false)
    } else {
        None
    }
}

/// A number of at most nine digits.
fn number(digits: &str) -> Option<i64> {
    if digits.len() > 9 {
        return None;
    }
    whole(digits)
}

fn whole(digits: &str) -> Option<i64> {
    match number::int(false, digits) {
        Number::Int(int) => Some(int),
        Number::Float(_) => None,
    }
}

/// The place of a name, which may be shortened to three letters or more.
fn index_of(names: &[&str], word: &str) -> Option<i64> {
    let place = names.iter().position(|name| {
        let start = name.get(..word.len());
        word.len() >= 3 && start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    })?;
    i64::try_from(place).ok()
}
