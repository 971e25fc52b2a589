//! The `date` filter: an instant printed by a pattern of `%` directives.
//! Prints English names and the offset that the instant was written with; knows no time zones.

use super::{
    super::{
        data::Data,
        letters::{concat, print_int},
    },
    instant::{self, Instant, MONTHS, WEEKDAYS},
};
use crate::{
    time::{civil_from_days, days_from_civil},
    window::DAY_MS,
};

// LIMIT: a pattern is a few words; what it makes is a small multiple of it.
const PATTERN_BYTES_MAX: usize = 1_024;

/// Prints what stands for an instant; everything else stays as it is.
pub(super) fn date(input: &Data, pattern: &str, now_ms: Option<i64>) -> Data {
    if pattern.is_empty() || pattern.len() > PATTERN_BYTES_MAX {
        return input.clone();
    }
    let instant = if let Data::Number(number) = input {
        instant::from_number(number.truncated())
    } else {
        match input.as_text() {
            Some(text) if means_now(text) => now_ms.map(|unix_ms| Instant {
                unix_ms,
                offset_minutes: 0,
            }),
            Some(text) => instant::read(text),
            None => None,
        }
    };
    match instant {
        Some(instant) => Data::text(&print(instant, pattern)),
        None => input.clone(),
    }
}

/// Whether a text stands for the instant of the rendering.
pub(in crate::liquid) fn means_now(text: &str) -> bool {
    text.eq_ignore_ascii_case("now") || text.eq_ignore_ascii_case("today")
}

/// An instant taken apart.
struct Clock {
    instant: Instant,
    year: i64,
    month: i64,
    day: i64,
    day_of_year: i64,
    /// 0 is Sunday.
    weekday: i64,
    hour: i64,
    minute: i64,
    second: i64,
    ms: i64,
}

impl Clock {
    fn new(instant: Instant) -> Self {
        let local_ms = instant
            .unix_ms
            .saturating_add(i64::from(instant.offset_minutes) * 60_000);
        let day_index = local_ms.div_euclid(DAY_MS);
        let ms = local_ms.rem_euclid(DAY_MS);
        let (year, month, day) = civil_from_days(day_index);
        Self {
            instant,
            year,
            month,
            day,
            day_of_year: day_index - days_from_civil(year, 1, 1) + 1,
            weekday: (day_index + 4).rem_euclid(7),
            hour: ms / 3_600_000,
            minute: ms / 60_000 % 60,
            second: ms / 1_000 % 60,
            ms: ms % 1_000,
        }
    }

    /// The hour of a clock with twelve of them.
    fn hour12(&self) -> i64 {
        (self.hour + 11) % 12 + 1
    }

    /// The week counted from the first day that is `first` (0 for Sunday).
    fn week(&self, first: i64) -> i64 {
        (self.day_of_year + 6 - (self.weekday - first).rem_euclid(7)) / 7
    }

    /// Year and week of ISO 8601: a week belongs to the year of its Thursday.
    fn iso_week(&self) -> (i64, i64) {
        let weekday = (self.weekday + 6).rem_euclid(7);
        let first = days_from_civil(self.year, 1, 1);
        let thursday = first + self.day_of_year - 1 - weekday + 3;
        let (year, _, _) = civil_from_days(thursday);
        (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
    }

    fn offset(&self, colon: bool) -> String {
        let minutes = self.instant.offset_minutes;
        let sign = if minutes < 0 { "-" } else { "+" };
        let minutes = minutes.unsigned_abs();
        let colon = if colon { ":" } else { "" };
        let hours = print_int(i64::from(minutes / 60), '0', 2);
        let minutes = print_int(i64::from(minutes % 60), '0', 2);
        concat(&[sign, &hours, colon, &minutes])
    }
}

/// Whether letters are changed.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Case {
    #[default]
    Kept,
    Upper,
    /// Capitals, but for `AM` and `PM`, which become small.
    Swapped,
}

/// How a directive is to be written: `%-d`, `%^a`, `%:z`, `%3N`.
#[derive(Clone, Copy, Default)]
struct Flags {
    padding: Option<char>,
    unpadded: bool,
    case: Case,
    colon: bool,
    width: Option<usize>,
}

fn print(instant: Instant, pattern: &str) -> String {
    let clock = Clock::new(instant);
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let directive = rest.get(at..).unwrap_or_default();
        let mut chars = directive.chars();
        chars.next();
        let mut flags = Flags::default();
        let letter = loop {
            match chars.next() {
                Some('-') => flags.unpadded = true,
                Some('0') if flags.width.is_none() => flags.padding = Some('0'),
                Some('_') => flags.padding = Some(' '),
                Some('^') => flags.case = Case::Upper,
                Some('#') => flags.case = Case::Swapped,
                Some(':') => flags.colon = true,
                // Other calendars and digits, of which there are none here.
                Some('E' | 'O') => {}
                Some(digit @ '0'..='9') => {
                    let digit = digit
                        .to_digit(10)
                        .and_then(|digit| usize::try_from(digit).ok());
                    let width = flags.width.unwrap_or_default() * 10 + digit.unwrap_or_default();
                    // LIMIT: nobody pads a date wider.
                    flags.width = Some(width.min(30));
                }
                other => break other,
            }
        };
        let after = chars.as_str();
        if !letter.is_some_and(|letter| write(&mut out, &clock, letter, flags)) {
            let len = directive.len() - after.len();
            out.push_str(directive.get(..len).unwrap_or_default());
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Writes one directive; false if there is none of that letter.
fn write(out: &mut String, clock: &Clock, letter: char, flags: Flags) -> bool {
    let (number, width, padding) = match letter {
        'C' => (clock.year.div_euclid(100), 2, '0'),
        'd' => (clock.day, 2, '0'),
        'e' => (clock.day, 2, ' '),
        'g' => (clock.iso_week().0.rem_euclid(100), 2, '0'),
        'G' => (clock.iso_week().0, 4, '0'),
        'H' => (clock.hour, 2, '0'),
        'I' => (clock.hour12(), 2, '0'),
        'j' => (clock.day_of_year, 3, '0'),
        'k' => (clock.hour, 2, ' '),
        'l' => (clock.hour12(), 2, ' '),
        'm' => (clock.month, 2, '0'),
        'M' => (clock.minute, 2, '0'),
        's' => (clock.instant.unix_ms.div_euclid(1_000), 1, '0'),
        'S' => (clock.second, 2, '0'),
        'u' => ((clock.weekday + 6) % 7 + 1, 1, '0'),
        'U' => (clock.week(0), 2, '0'),
        'V' => (clock.iso_week().1, 2, '0'),
        'w' => (clock.weekday, 1, '0'),
        'W' => (clock.week(1), 2, '0'),
        'y' => (clock.year.rem_euclid(100), 2, '0'),
        'Y' => (clock.year, 4, '0'),
        _ => return write_words(out, clock, letter, flags),
    };
    let width = if flags.unpadded {
        1
    } else {
        flags.width.unwrap_or(width)
    };
    let padding = flags.padding.unwrap_or(padding);
    out.push_str(&print_int(number, padding, width));
    true
}

/// Writes a directive that is not a number.
fn write_words(out: &mut String, clock: &Clock, letter: char, flags: Flags) -> bool {
    let composed = match letter {
        'c' => "%a %b %e %H:%M:%S %Y",
        'D' | 'x' => "%m/%d/%y",
        'F' => "%Y-%m-%d",
        'r' => "%I:%M:%S %p",
        'R' => "%H:%M",
        'T' | 'X' => "%H:%M:%S",
        'v' => "%e-%^b-%Y",
        '+' => "%a %b %e %H:%M:%S %Z %Y",
        _ => "",
    };
    let text = match letter {
        _ if !composed.is_empty() => print(clock.instant, composed),
        'A' => name(&WEEKDAYS, clock.weekday).to_owned(),
        'a' => short(name(&WEEKDAYS, clock.weekday)),
        'B' => name(&MONTHS, clock.month - 1).to_owned(),
        'b' | 'h' => short(name(&MONTHS, clock.month - 1)),
        'L' | 'N' => {
            let width = flags.width.unwrap_or(if letter == 'L' { 3 } else { 9 });
            let digits = concat(&[&print_int(clock.ms, '0', 3), "000000"]);
            digits.chars().take(width).collect()
        }
        'n' => "\n".to_owned(),
        'p' if flags.case == Case::Swapped => half(clock).to_ascii_lowercase(),
        'P' => half(clock).to_ascii_lowercase(),
        'p' => half(clock).to_owned(),
        't' => "\t".to_owned(),
        'z' => clock.offset(flags.colon),
        'Z' if clock.instant.offset_minutes == 0 => "UTC".to_owned(),
        'Z' => clock.offset(true),
        '%' => "%".to_owned(),
        _ => return false,
    };
    let upper = match flags.case {
        Case::Kept => false,
        Case::Upper => true,
        Case::Swapped => letter != 'p',
    };
    let width = flags.width.filter(|_| !flags.unpadded).unwrap_or_default();
    for _ in text.chars().count()..width {
        out.push(flags.padding.unwrap_or(' '));
    }
    out.push_str(&if upper {
        text.to_ascii_uppercase()
    } else {
        text
    });
    true
}

fn half(clock: &Clock) -> &'static str {
    if clock.hour < 12 { "AM" } else { "PM" }
}

fn name(names: &[&'static str], index: i64) -> &'static str {
    let index = usize::try_from(index).unwrap_or_default();
    names.get(index).copied().unwrap_or_default()
}

fn short(name: &str) -> String {
    name.get(..3).unwrap_or_default().to_owned()
}
