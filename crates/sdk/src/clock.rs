//! The edge's clock as the browser knows it, and instants as text.
//! Sets no timers and knows no zones.

use crate::{
    item::{hex_of, number_of},
    storage::Storage,
};

const OFFSET: &str = "offset";

/// How far the edge's clock is ahead of the device's.
pub(crate) struct Clock {
    device_now: fn() -> i64,
    offset_ms: i64,
}

impl Clock {
    /// The clock as the last page left it.
    pub(crate) fn new(device_now: fn() -> i64, storage: &Storage) -> Self {
        let offset_ms = storage
            .get(OFFSET)
            .and_then(|text| number_of(&text))
            .unwrap_or(0);
        Self {
            device_now,
            offset_ms,
        }
    }

    /// The edge's present.
    pub(crate) fn now(&self) -> i64 {
        self.edge(self.device())
    }

    /// An instant of the device's clock by the edge's, as far as they have been compared.
    pub(crate) fn edge(&self, device: i64) -> i64 {
        device + self.offset_ms
    }

    /// The device's present, for spans that a correction must not stretch.
    pub(crate) fn device(&self) -> i64 {
        (self.device_now)()
    }

    /// Takes the edge's word, just arrived, and says by how much that moves the present. Late by
    /// the way back, so never ahead of the edge.
    pub(crate) fn set(&mut self, edge_now: i64, storage: &mut Storage) -> i64 {
        let offset_ms = edge_now - self.device();
        // A millisecond of jitter is not worth a write.
        if offset_ms.abs_diff(self.offset_ms) > 20 {
            storage.set(OFFSET, &hex_of(offset_ms));
        }
        offset_ms - std::mem::replace(&mut self.offset_ms, offset_ms)
    }
}

/// The instant as RFC 3339 in UTC with milliseconds.
///
/// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
pub(crate) fn iso(instant_ms: i64) -> String {
    let (day, ms) = (
        instant_ms.div_euclid(86_400_000),
        instant_ms.rem_euclid(86_400_000),
    );
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let mut text = String::with_capacity(24);
    let year = year + era * 400 + i64::from(month >= 10);
    digits(&mut text, year, 4, '-');
    digits(&mut text, (month + 2) % 12 + 1, 2, '-');
    digits(&mut text, of_year - (153 * month + 2) / 5 + 1, 2, 'T');
    digits(&mut text, ms / 3_600_000, 2, ':');
    digits(&mut text, ms / 60_000 % 60, 2, ':');
    digits(&mut text, ms / 1_000 % 60, 2, '.');
    digits(&mut text, ms % 1_000, 3, 'Z');
    text
}

fn digits(text: &mut String, number: i64, width: u32, end: char) {
    for place in (0..width).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        text.push(
            u32::try_from(digit)
                .ok()
                .and_then(|d| char::from_digit(d, 10))
                .unwrap_or('0'),
        );
    }
    text.push(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_rfc_3339() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(951_782_399_999), "2000-02-28T23:59:59.999Z");
        assert_eq!(iso(951_782_400_000), "2000-02-29T00:00:00.000Z");
        assert_eq!(iso(1_795_435_361_007), "2026-11-23T12:02:41.007Z");
        assert_eq!(iso(1_798_761_599_999), "2026-12-31T23:59:59.999Z");
    }

    #[test]
    fn the_edge_is_believed_and_remembered() {
        let mut storage = Storage::new("wk_test");
        let mut clock = Clock::new(|| 1_000, &storage);
        assert_eq!(clock.now(), 1_000);
        assert_eq!(clock.set(501_000, &mut storage), 500_000);
        assert_eq!(clock.now(), 501_000);
        assert_eq!(Clock::new(|| 2_000, &storage).now(), 502_000);
    }
}
