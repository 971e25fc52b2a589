//! The platform's tz database: the one module that knows `Intl`.
//! Makes a table of transitions around now for each zone that someone lives in, once.

use std::collections::BTreeMap;

use js_sys::{Array, Date, Function, Object, Reflect};
use rekindle_core::{
    window::DAY_MS,
    zone::{Zone, Zones},
};
use wasm_bindgen::{JsCast, prelude::JsValue};

// LIMIT: the tz database has about 600 names; past this they are made up, and count as UTC.
const NAMES_MAX: usize = 1_000;

/// How far a table reaches, before and after the instant that it was made at.
const PAST_MS: i64 = 2 * 366 * DAY_MS;
const FUTURE_MS: i64 = 3 * 366 * DAY_MS;

/// How far the time may move until a table is made again.
const FRESH_MS: i64 = 366 * DAY_MS;

/// No zone changes twice within this; Morocco's month of Ramadan comes closest.
const STRIDE_MS: i64 = 7 * DAY_MS;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
const SECOND_MS: i64 = 1_000;

/// The zones that are known so far.
#[derive(Default)]
pub(crate) struct Atlas {
    zones: Zones,
    /// When each name was looked up, those that no zone has included.
    asked: BTreeMap<String, i64>,
}

impl Atlas {
    /// The tables of all zones looked up so far.
    pub(crate) fn zones(&self) -> &Zones {
        &self.zones
    }

    /// Looks a zone up, unless its table is there and reaches far enough from `now`.
    pub(crate) fn learn(&mut self, name: &str, now: i64) {
        match self.asked.get(name) {
            Some(at) if (now - at).abs() < FRESH_MS => return,
            None if self.asked.len() >= NAMES_MAX => return,
            Some(_) | None => {}
        }
        self.asked.insert(name.to_owned(), now);
        if let Some(zone) = Clockwork::of(name).and_then(|clockwork| clockwork.table(now)) {
            self.zones.insert(name.to_owned(), zone);
        }
    }
}

/// A formatter that writes an instant with the offset of one zone.
struct Clockwork {
    formatter: JsValue,
    format: Function,
}

impl Clockwork {
    fn of(name: &str) -> Option<Self> {
        let options = Object::new();
        Reflect::set(&options, &"timeZone".into(), &name.into()).ok()?;
        Reflect::set(&options, &"timeZoneName".into(), &"longOffset".into()).ok()?;
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let constructor: Function = Reflect::get(&intl, &"DateTimeFormat".into())
            .ok()?
            .dyn_into()
            .ok()?;
        let arguments = Array::of2(&"en-US".into(), &options);
        // A name that no zone has is a `RangeError`.
        let formatter = Reflect::construct(&constructor, &arguments).ok()?;
        let format = Reflect::get(&formatter, &"format".into())
            .ok()?
            .dyn_into()
            .ok()?;
        Some(Self { formatter, format })
    }

    fn offset(&self, instant: i64) -> Option<i64> {
        let date = Date::new(&JsValue::from_f64(instant as f64));
        let text = self
            .format
            .call1(&self.formatter, &date)
            .ok()?
            .as_string()?;
        offset(&text)
    }

    fn table(&self, now: i64) -> Option<Zone> {
        let (mut from, end) = (now - PAST_MS, now + FUTURE_MS);
        let mut offset = self.offset(from)?;
        let mut table = vec![(from, offset)];
        while from < end {
            let next = from + STRIDE_MS;
            let then = self.offset(next)?;
            if then != offset {
                table.push((self.change(from, next, then)?, then));
            }
            (from, offset) = (next, then);
        }
        Zone::try_from(table).ok()
    }

    /// The instant between two at which the offset becomes `then`, to the second.
    fn change(&self, mut before: i64, mut after: i64, then: i64) -> Option<i64> {
        before = before.div_euclid(SECOND_MS);
        after = after.div_euclid(SECOND_MS) + 1;
        while before + 1 < after {
            let middle = before.midpoint(after);
            if self.offset(middle * SECOND_MS)? == then {
                after = middle;
            } else {
                before = middle;
            }
        }
        Some(after * SECOND_MS)
    }
}

/// The offset in `11/23/2026, GMT+05:30`, in milliseconds; `GMT` alone is none.
fn offset(text: &str) -> Option<i64> {
    let (_, written) = text.rsplit_once("GMT")?;
    let sign = match written.chars().next() {
        None => return Some(0),
        Some('-' | '\u{2212}') => -1,
        Some(_) => 1,
    };
    let digits = written.trim_start_matches(['+', '-', '\u{2212}']);
    let mut parts = digits.split(':').map(|part| part.parse::<i64>().ok());
    let mut total = 0;
    for unit in [HOUR_MS, MINUTE_MS, SECOND_MS] {
        match parts.next() {
            Some(part) => total += part? * unit,
            None => break,
        }
    }
    Some(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_as_the_platform_writes_them() {
        for (text, expected) in [
            ("11/23/2026, GMT", Some(0)),
            ("11/23/2026, GMT+01:00", Some(HOUR_MS)),
            ("11/23/2026, GMT-03:30", Some(-3 * HOUR_MS - 30 * MINUTE_MS)),
            (
                "1/1/1890, GMT+00:53:28",
                Some(53 * MINUTE_MS + 28 * SECOND_MS),
            ),
            ("11/23/2026", None),
            ("11/23/2026, GMT+x", None),
        ] {
            assert_eq!(offset(text), expected, "{text}");
        }
    }
}
