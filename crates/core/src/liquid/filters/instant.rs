//! Instants as people write them: ISO 8601, RFC 2822, `March 14, 2016 10:30 PM`, Unix seconds and
//! milliseconds. What is left out before what is written is that of now, as in Ruby: `March 4` is this
//! year's. What is not understood is no instant.

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
    /// What the milliseconds leave out, in billionths of a second.
    pub(super) nanos: i64,
    pub(super) offset_minutes: i32,
}

/// What a text is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Instant(Instant),
    /// An instant, once it is known when now is.
    NeedsNow,
    /// No instant.
    Other,
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

/// The zones that RFC 2822 names, with their hours ahead of UTC.
const ZONES: [(&str, i32); 12] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
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
    (0..=YEAR_MAX).contains(&year).then_some(utc(unix_ms))
}

fn utc(unix_ms: i64) -> Instant {
    Instant {
        unix_ms,
        nanos: 0,
        offset_minutes: 0,
    }
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
    nanos: i64,
    afternoon: Option<bool>,
    offset_minutes: Option<i32>,
}

/// Reads an instant from text; `now_ms` stands for what is left out, and for `now` itself.
pub(super) fn read(text: &str, now_ms: Option<i64>) -> Reading {
    // LIMIT: the longest way to write a date that is understood has less than 64 bytes.
    const TEXT_MAX: usize = 64;
    let text = text.trim_ascii();
    if text.len() > TEXT_MAX {
        return Reading::Other;
    }
    let instant = if text.eq_ignore_ascii_case("now") || text.eq_ignore_ascii_case("today") {
        match now_ms {
            Some(now_ms) => Some(utc(now_ms)),
            None => return Reading::NeedsNow,
        }
    } else {
        match drafted(text) {
            Some(draft) if draft.needs_now() && now_ms.is_none() => return Reading::NeedsNow,
            Some(draft) => draft.finish(now_ms.unwrap_or_default()),
            None => unix(text),
        }
    };
    instant.map_or(Reading::Other, Reading::Instant)
}

/// An instant of digits alone.
fn unix(text: &str) -> Option<Instant> {
    match parts(text).as_slice() {
        [Part::Digits(digits)] => from_number(whole(digits)?),
        _ => None,
    }
}

/// What a text says about an instant; nothing if not all of it is understood.
fn drafted(text: &str) -> Option<Draft> {
    let parts = parts(text);
    let mut draft = Draft::default();
    let mut rest = parts.as_slice();
    if let [] | [Part::Digits(_)] = rest {
        return None;
    }
    while !rest.is_empty() {
        rest = draft.take(rest)?;
    }
    Some(draft)
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
                Digits(first),
                Sign(a @ ('-' | '/' | '.')),
                Digits(month),
                Sign(b),
                Digits(last),
                rest @ ..,
            ] if a == b && self.year.is_none() && self.day.is_none() => {
                // The year stands first, unless only what stands last can be one.
                let (year, day) = if first.len() <= 2 && last.len() > 2 {
                    (last, first)
                } else {
                    (first, last)
                };
                self.year = full_year(year);
                self.month = number(month);
                self.day = number(day);
                Some(rest)
            }
            [Digits(date), rest @ ..] if date.len() == 8 && self.year.is_none() => {
                let (year, day) = date.split_at_checked(4)?;
                let (month, day) = day.split_at_checked(2)?;
                (self.year, self.month, self.day) = (number(year), number(month), number(day));
                Some(rest)
            }
            // An hour by itself is left out.
            [Letters("T" | "t"), Digits(hour), rest @ ..]
                if hour.len() <= 2 && !matches!(rest, [Sign(':'), ..]) =>
            {
                Some(rest)
            }
            [Letters("T" | "t"), Digits(time), rest @ ..] if time.len() == 6 => {
                let (hours, time) = time.split_at_checked(2)?;
                let (minutes, seconds) = time.split_at_checked(2)?;
                let (hour, minute) = (number(hours)?, number(minutes)?);
                let second = number(seconds)?;
                if hour > 24 || minute > 59 || second > 60 {
                    return None;
                }
                self.time_ms = Some(((hour * 60 + minute) * 60 + second) * 1_000);
                Some(rest)
            }
            [Digits(hour), Sign(':'), Digits(minute), rest @ ..] if self.time_ms.is_none() => {
                let (hour, minute) = (number(hour)?, number(minute)?);
                let (second_ns, rest) = seconds(rest)?;
                if hour > 24 || minute > 59 {
                    return None;
                }
                self.time_ms = Some((hour * 60 + minute) * 60_000 + second_ns / 1_000_000);
                self.nanos = second_ns % 1_000_000;
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
                let is_year = digits.len() >= 3 || (self.day.is_some() && self.month.is_some());
                if is_year && self.year.is_none() {
                    self.year = full_year(digits);
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
        if let Some((_, hours)) = ZONES.iter().find(|(zone, _)| *zone == lower) {
            // Without a time, it is that of no instant.
            if self.time_ms.is_some() {
                self.offset_minutes = Some(hours * 60);
            }
            return true;
        }
        matches!(
            lower.as_str(),
            "t" | "at" | "of" | "st" | "nd" | "rd" | "th"
        ) || index_of(&WEEKDAYS, word).is_some()
    }

    /// Whether something is left out that is that of now.
    fn needs_now(&self) -> bool {
        self.year.is_none()
            && (self.month.is_some() || self.day.is_some() || self.time_ms.is_some())
    }

    fn finish(self, now_ms: i64) -> Option<Instant> {
        let now = civil_from_days(now_ms.div_euclid(DAY_MS));
        let year = self.year.or(self.needs_now().then_some(now.0))?;
        let has_date = self.month.is_some() || self.day.is_some();
        let month = self.month.or(self.year.is_none().then_some(now.1))?;
        let day = self.day.unwrap_or(if has_date { 1 } else { now.2 });
        let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
        if !is_date || !(0..=YEAR_MAX).contains(&year) {
            return None;
        }
        // February 30 is the first of March, or the second.
        let day_index = days_from_civil(year, month, 1) + day - 1;
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
            nanos: self.nanos,
            offset_minutes,
        })
    }
}

/// A year, of which two digits are one from 1969 to 2068.
fn full_year(digits: &str) -> Option<i64> {
    let year = number(digits)?;
    Some(match (digits.len(), year) {
        (..=2, 69..) => year + 1_900,
        (..=2, _) => year + 2_000,
        _ => year,
    })
}

/// Seconds and their fraction in billionths of a second, after hours and minutes: 0 if left out.
fn seconds<'p, 't>(rest: &'p [Part<'t>]) -> Option<(i64, &'p [Part<'t>])> {
    let [Part::Sign(':'), Part::Digits(second), rest @ ..] = rest else {
        return Some((0, rest));
    };
    let second = number(second).filter(|second| *second <= 60)?;
    let [Part::Sign('.'), Part::Digits(fraction), rest @ ..] = rest else {
        return Some((second * 1_000_000_000, rest));
    };
    let padded = concat(&[fraction, "000000000"]);
    let nanos = padded.get(..9).and_then(number)?;
    Some((second * 1_000_000_000 + nanos, rest))
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
