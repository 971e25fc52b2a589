//! Numbers as Liquid reads, computes and prints them: whole numbers stay whole.
//! Uses none of the standard float parsing and printing, which weigh more than all the filters.

use super::letters::{concat, print_int};

/// A number that knows whether it is whole by type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
}

// LIMIT: fifteen significant digits: what every decimal fraction keeps through an `f64`, so that
// 10.1 + 2.2 prints 12.3, as decimal arithmetic would.
const DIGITS: usize = 15;

// LIMIT: powers of ten up to this one are exact in an `f64`.
const EXACT_POWER_MAX: i32 = 22;

impl Number {
    pub(super) fn float(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// The whole part, held to the range of `i64`.
    pub(super) fn truncated(self) -> i64 {
        match self {
            Self::Int(int) => int,
            Self::Float(float) => to_int(float),
        }
    }

    pub(super) fn print(self) -> String {
        match self {
            Self::Int(int) => print_int(int, '0', 1),
            Self::Float(float) => print(float),
        }
    }
}

/// The whole part of a float: the nearest `i64` when it is out of range, 0 when it is no number.
pub(super) fn to_int(float: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "`as` saturates, which is what is wanted"
    )]
    let int = float as i64;
    int
}

/// The number that a text is, or starts with: `5.1`, `-3`, `10 apples`; 0 if it is none.
pub(super) fn read(text: &str) -> Number {
    let text = text.trim_ascii();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let whole_len = digits.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits.get(..whole_len).unwrap_or_default();
    let rest = digits.get(whole_len..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.')
        && !whole.is_empty()
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Number::Float(decimal(negative, whole, fraction));
    }
    int(negative, whole)
}

/// A whole number from its digits; a float when an `i64` can't hold it.
pub(super) fn int(negative: bool, digits: &str) -> Number {
    let mut total = Some(0_i64);
    for byte in digits.bytes() {
        let digit = i64::from(byte.wrapping_sub(b'0'));
        let digit = if negative { -digit } else { digit };
        total = total
            .and_then(|total| total.checked_mul(10))
            .and_then(|total| total.checked_add(digit));
    }
    match total {
        Some(total) => Number::Int(total),
        None => Number::Float(decimal(negative, digits, "")),
    }
}

/// A decimal fraction from its digits. Exact up to fifteen significant ones.
pub(super) fn decimal(negative: bool, whole: &str, fraction: &str) -> f64 {
    let mut mantissa = 0_u64;
    let mut exponent = 0_i32;
    for byte in whole.bytes() {
        if mantissa < 10_u64.pow(17) {
            mantissa = mantissa * 10 + u64::from(byte.wrapping_sub(b'0'));
        } else {
            exponent = exponent.saturating_add(1);
        }
    }
    for byte in fraction.bytes() {
        if mantissa < 10_u64.pow(17) {
            mantissa = mantissa * 10 + u64::from(byte.wrapping_sub(b'0'));
            exponent = exponent.saturating_sub(1);
        }
    }
    let size = scale(mantissa as f64, exponent);
    if negative { -size } else { size }
}

/// `number` times a power of ten.
fn scale(number: f64, exponent: i32) -> f64 {
    let exponent = exponent.clamp(-400, 400);
    let mut number = number;
    let mut left = exponent.unsigned_abs();
    while left > 0 {
        let step = left.min(EXACT_POWER_MAX.unsigned_abs());
        let power = power_of_ten(step);
        if exponent < 0 {
            number /= power;
        } else {
            number *= power;
        }
        left -= step;
    }
    number
}

fn power_of_ten(exponent: u32) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * 10.0)
}

/// Prints a float: always with a point, and with an exponent when very large or very small.
fn print(float: f64) -> String {
    if float.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if float.is_sign_negative() { "-" } else { "" };
    let size = float.abs();
    if size.is_infinite() {
        return concat(&[sign, "Infinity"]);
    }
    if size == 0.0 {
        return concat(&[sign, "0.0"]);
    }
    let (mut digits, exponent) = digits(size);
    // `exponent` is that of the first digit: 0 for 1.5, 2 for 150.0, -1 for 0.15.
    let is_plain = (-4..16).contains(&exponent);
    let mut point = 1;
    if is_plain && exponent < 0 {
        let zeros = print_int(0, '0', usize::try_from(-exponent).unwrap_or_default());
        digits = concat(&[&zeros, &digits]);
    } else if is_plain {
        point = usize::try_from(exponent).unwrap_or_default() + 1;
    }
    while digits.len() <= point {
        digits.push('0');
    }
    let (whole, fraction) = digits.split_at_checked(point).unwrap_or((&digits, ""));
    if is_plain {
        return concat(&[sign, whole, ".", fraction]);
    }
    let way = if exponent < 0 { "e-" } else { "e+" };
    let exponent = print_int(i64::from(exponent.abs()), '0', 2);
    concat(&[sign, whole, ".", fraction, way, &exponent])
}

/// The significant digits of a positive number without the zeros at the end, and the power of ten
/// of the first one.
fn digits(size: f64) -> (String, i32) {
    let mut exponent = 0_i32;
    let mut scaled = size;
    // Brought between 1 and 10, roughly: the exact scaling follows from `size` itself.
    while scaled >= 10.0 {
        scaled /= 10.0;
        exponent += 1;
    }
    while scaled < 1.0 && exponent > -400 {
        scaled *= 10.0;
        exponent -= 1;
    }
    let shift = i32::try_from(DIGITS).unwrap_or(15) - 1 - exponent;
    let mut mantissa = to_int(scale(size, shift).round());
    if mantissa >= 10_i64.pow(15) {
        // Rounded up to one more digit, or the rough exponent was one too low.
        mantissa = to_int(scale(size, shift - 1).round());
        exponent += 1;
    }
    let text = print_int(mantissa, '0', 1);
    if text.len() < DIGITS {
        exponent -= 1;
    }
    (text.trim_end_matches('0').to_owned(), exponent)
}

/// Rounds half away from zero to so many places after the point.
pub(super) fn round_to(float: f64, places: u32) -> f64 {
    let power = power_of_ten(places.min(15));
    let rounded = (float * power).round() / power;
    if rounded.is_finite() { rounded } else { float }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(read(text).print(), expected, "{text}");
    }

    #[test]
    fn numbers_print_as_they_were_read() {
        check("5", "5");
        check("-5.10", "-5.1");
        check("5.0", "5.0");
        check("0.5", "0.5");
        check("0.00025", "0.00025");
        check("0.000025", "2.5e-05");
        check("123456789.25", "123456789.25");
        check("9223372036854775807", "9223372036854775807");
        check("9223372036854775808", "9.22337203685478e+18");
        check("10000000000000000000000", "1.0e+22");
        check("12 apples", "12");
        check("5.", "5");
        check("5.x", "5");
        check(".5", "0");
        check("apples", "0");
        check("-", "0");
        check("", "0");
    }

    #[test]
    fn extremes_print_without_panic() {
        for float in [
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            f64::NAN,
            f64::INFINITY,
            -0.0,
        ] {
            assert!(!Number::Float(float).print().is_empty());
        }
        assert_eq!(Number::Float(0.1 + 0.2).print(), "0.3");
        assert_eq!(
            Number::Float(999_999_999_999_999.9).print(),
            "1000000000000000.0"
        );
        assert_eq!(Number::Float(9.999_999_999_999_999).print(), "10.0");
    }
}
