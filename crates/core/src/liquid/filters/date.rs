//! The `date` filter: an instant printed by a pattern of `%` directives.
//! Prints English names and the offset that the instant was written with; knows no time zones.

use super::{
    super::{
        data::Data,
        letters::{concat, print_int},
        number::Number,
    },
    instant::{self, Instant, MONTHS, Reading, WEEKDAYS},
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
    let instant = if let Data::Number(Number::Int(number)) = input {
        instant::from_number(*number)
    } else {
        let reading = input.as_text().map(|text| instant::read(text, now_ms));
        match reading {
            Some(Reading::Instant(instant)) => Some(instant),
            Some(Reading::NeedsNow | Reading::Other) | None => None,
        }
    };
    match instant {
        Some(instant) => Data::text(&print(instant, pattern)),
        None => input.clone(),
    }
}

/// Whether the instant that a text stands for depends on when now is.
pub(in crate::liquid) fn needs_now(text: &str) -> bool {
    instant::read(text, None) == Reading::NeedsNow
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
    nanos: i64,
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
            nanos: ms % 1_000 * 1_000_000 + instant.nanos,
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

    /// `%z`: with one, two or, where it needs them, three colons. What pads it stands between the sign
    /// and the hours, or before the sign if it is space.
    fn offset(&self, flags: Flags) -> String {
        let minutes = self.instant.offset_minutes;
        let sign = if minutes < 0 { "-" } else { "+" };
        let minutes = minutes.unsigned_abs();
        let hours = i64::from(minutes / 60);
        let minutes = print_int(i64::from(minutes % 60), '0', 2);
        let rest = match flags.colons {
            0 => minutes,
            3 if minutes == "00" => String::new(),
            1 | 3 => concat(&[":", &minutes]),
            _ => concat(&[":", &minutes, ":00"]),
        };
        let width = flags.width.unwrap_or_default();
        let width = width.saturating_sub(rest.len() + 1).max(2);
        if flags.padding == Some(' ') {
            let hours = print_int(hours, '0', 1);
            let mut out = String::new();
            pad(&mut out, ' ', width - hours.len());
            return concat(&[&out, sign, &hours, &rest]);
        }
        concat(&[sign, &print_int(hours, '0', width), &rest])
    }
}

fn pad(out: &mut String, padding: char, count: usize) {
    out.extend(std::iter::repeat_n(padding, count));
}

/// How a directive is to be written: `%-d`, `%^a`, `%:z`, `%3N`.
#[derive(Clone, Copy, Default)]
struct Flags {
    padding: Option<char>,
    unpadded: bool,
    /// `^`: capitals.
    upper: bool,
    /// `#`: the other case, which are capitals too but for `AM`, `PM` and zones.
    swapped: bool,
    colons: u32,
    width: Option<usize>,
}

fn print(instant: Instant, pattern: &str) -> String {
    let clock = Clock::new(instant);
    let mut out = String::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let directive = rest.get(at..).unwrap_or_default();
        let (written, after) = directive_of(directive);
        if !written.is_some_and(|(letter, flags)| write(&mut out, &clock, letter, flags)) {
            let len = directive.len() - after.len();
            out.push_str(directive.get(..len).unwrap_or_default());
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The letter and the flags of a directive, unless they do not belong together, and what follows it.
fn directive_of(text: &str) -> (Option<(char, Flags)>, &str) {
    let mut chars = text.chars();
    chars.next();
    let mut flags = Flags::default();
    // What other calendars and digits, of which there are none here, may be asked for.
    let mut only: Option<&str> = None;
    let letter = loop {
        let next = chars.next();
        match next {
            Some('E') if only.is_none() => only = Some("cCxXyY"),
            Some('O') if only.is_none() => only = Some("deHkIlmMSuUVwWy"),
            Some(':') if flags.colons < 3 && only.is_none_or(|only| only == "z") => {
                flags.colons += 1;
                only = Some("z");
            }
            Some('-') if only.is_none() => {
                flags.unpadded = true;
                flags.padding = None;
                flags.width = None;
            }
            Some('0') if only.is_none() && flags.width.is_none() => flags.padding = Some('0'),
            Some('_') if only.is_none() => flags.padding = Some(' '),
            Some('^') if only.is_none() => flags.upper = true,
            Some('#') if only.is_none() => flags.swapped = true,
            Some(digit @ '0'..='9') if only.is_none() => {
                let digit = digit
                    .to_digit(10)
                    .and_then(|digit| usize::try_from(digit).ok());
                let width = flags.width.unwrap_or_default() * 10 + digit.unwrap_or_default();
                // LIMIT: nobody pads a date wider.
                flags.width = Some(width.min(30));
            }
            _ => break next,
        }
    };
    let known = letter.filter(|letter| only.is_none_or(|only| only.contains(*letter)));
    (known.map(|letter| (letter, flags)), chars.as_str())
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
        _ => "",
    };
    let text = match letter {
        _ if !composed.is_empty() => print(clock.instant, composed),
        'A' => name(&WEEKDAYS, clock.weekday).to_owned(),
        'a' => short(name(&WEEKDAYS, clock.weekday)),
        'B' => name(&MONTHS, clock.month - 1).to_owned(),
        'b' | 'h' => short(name(&MONTHS, clock.month - 1)),
        'L' | 'N' => {
            let mut digits = print_int(clock.nanos, '0', 9);
            let width = flags.width.unwrap_or(if letter == 'L' { 3 } else { 9 });
            digits.truncate(width);
            let missing = width - digits.len();
            pad(&mut digits, '0', missing);
            out.push_str(&digits);
            return true;
        }
        'z' => {
            out.push_str(&clock.offset(flags));
            return true;
        }
        'n' => "\n".to_owned(),
        'p' => half(clock).to_owned(),
        'P' => half(clock).to_ascii_lowercase(),
        't' => "\t".to_owned(),
        // An offset has no name.
        'Z' if clock.instant.offset_minutes == 0 => "UTC".to_owned(),
        'Z' => String::new(),
        '%' => "%".to_owned(),
        _ => return false,
    };
    let width = flags.width.filter(|_| !flags.unpadded && !text.is_empty());
    let missing = width.unwrap_or_default().saturating_sub(text.len());
    pad(out, flags.padding.unwrap_or(' '), missing);
    out.push_str(&match letter {
        'p' | 'Z' if flags.swapped => text.to_ascii_lowercase(),
        _ if flags.upper || (flags.swapped && composed.is_empty()) => text.to_ascii_uppercase(),
        _ => text,
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
