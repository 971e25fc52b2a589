//! Numbers as Liquid reads, computes and prints them: whole numbers stay whole.
//! Uses none of the standard float parsing and printing, which weigh more than all the filters.

use std::borrow::Cow;

use super::letters::{concat, print_int, trim};

/// A number that knows whether it is whole by type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
}

// LIMIT: fifteen significant digits are what every decimal fraction keeps through an `f64`, and
// seventeen tell any two of them apart: the fewest that do are printed.
const DIGITS: std::ops::RangeInclusive<usize> = 15..=17;

// LIMIT: powers of ten up to this one are exact in an `f64`, and times 53 bits fit into 128.
const EXACT_POWER_MAX: u32 = 22;

// LIMIT: so many digits are read; further ones are nothing to an `f64`.
const MANTISSA_END: u64 = 10_u64.pow(17);

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
    let text = trim(text);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut digits = Cow::Borrowed(digits);
    let is_part = |byte: &u8| byte.is_ascii_digit() || *byte == b'_';
    if digits.bytes().take_while(is_part).any(|byte| byte == b'_') {
        digits = Cow::Owned(ungrouped(&digits));
    }
    let whole_len = digits.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits.get(..whole_len).unwrap_or_default();
    let rest = digits.get(whole_len..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.')
        && !whole.is_empty()
        && !text.starts_with('+')
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Number::Float(decimal(negative, whole, fraction));
    }
    int(negative, whole)
}

/// The digits at the start of a text, which may be grouped: `1_000`.
fn ungrouped(text: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    for c in text.chars() {
        match c {
            '0'..='9' => out.push(c),
            '_' if before != '_' => {}
            _ => break,
        }
        before = c;
    }
    out
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

/// The float nearest to a decimal fraction, from its digits.
pub(super) fn decimal(negative: bool, whole: &str, fraction: &str) -> f64 {
    let mut mantissa = 0_u64;
    let mut exponent = 0_i32;
    for byte in whole.bytes() {
        if mantissa < MANTISSA_END {
            mantissa = mantissa * 10 + u64::from(byte.wrapping_sub(b'0'));
        } else {
            exponent = exponent.saturating_add(1);
        }
    }
    for byte in fraction.bytes() {
        if mantissa < MANTISSA_END {
            mantissa = mantissa * 10 + u64::from(byte.wrapping_sub(b'0'));
            exponent = exponent.saturating_sub(1);
        }
    }
    let guess = scale(mantissa as f64, exponent);
    let size = nearest(mantissa, exponent.saturating_neg(), guess);
    if negative { -size } else { size }
}

/// A float that is not negative, as a whole number times a power of two.
fn halves(size: f64) -> (u64, i32) {
    const FRACTION_BITS: u32 = 52;
    let bits = size.to_bits();
    let fraction = bits & ((1 << FRACTION_BITS) - 1);
    match i32::try_from(bits >> FRACTION_BITS).unwrap_or_default() {
        0 => (fraction, -1074),
        exponent => (fraction | 1 << FRACTION_BITS, exponent - 1075),
    }
}

/// How far `mantissa` / 10^`places` lies above a float that is not negative, and half of the distance
/// between that float and the next, in a unit of their own. Exact, or nothing if 128 bits do not hold it.
fn gap(mantissa: u64, places: i32, float: f64) -> Option<(i128, i128)> {
    let (whole, exponent) = halves(float);
    let left = exponent.min(0).unsigned_abs();
    let right = exponent.max(0).unsigned_abs();
    if places.unsigned_abs() > EXACT_POWER_MAX || left > 66 || right > 70 {
        return None;
    }
    let power = |places: i32| 10_i128.pow(places.max(0).unsigned_abs());
    // Twice as fine, so that half a distance is whole.
    let wanted = i128::from(mantissa)
        .checked_mul(power(-places))?
        .checked_mul(1_i128.checked_shl(left + 1)?)?;
    let step = power(places).checked_mul(1 << right)?;
    let have = step.checked_mul(2)?.checked_mul(i128::from(whole))?;
    Some((wanted.checked_sub(have)?, step))
}

/// The float nearest to `mantissa` / 10^`places`, from one that is near it.
fn nearest(mantissa: u64, places: i32, guess: f64) -> f64 {
    // LIMIT: the guess comes from one rounding of each of two operations, so it is hardly ever off,
    // and never by more than this many steps.
    const STEPS_MAX: u32 = 4;
    let mut float = guess;
    for _ in 0..STEPS_MAX {
        let Some((gap, half)) = gap(mantissa, places, float) else {
            return float;
        };
        let is_odd = halves(float).0 % 2 == 1;
        if gap > half || (gap == half && is_odd) {
            float = float.next_up();
        } else if -gap > half || (-gap == half && is_odd) {
            float = float.next_down();
        } else {
            break;
        }
    }
    float
}

/// A number as a decimal fraction: `-1.25` is -125 / 10^2. Nothing for what is very large or small.
#[derive(Clone, Copy)]
pub(super) struct Decimal {
    mantissa: i64,
    places: u32,
}

impl Decimal {
    pub(super) fn of(number: Number) -> Option<Self> {
        let float = match number {
            Number::Int(mantissa) => {
                let places = 0;
                return Some(Self { mantissa, places });
            }
            Number::Float(float) => float,
        };
        if float == 0.0 || !float.is_finite() {
            return (float == 0.0).then_some(Self {
                mantissa: 0,
                places: 0,
            });
        }
        let (digits, exponent) = digits(float.abs());
        let Number::Int(size) = int(false, &digits) else {
            return None;
        };
        let len = i32::try_from(digits.len()).ok()?;
        let mantissa = if float < 0.0 { -size } else { size };
        match u32::try_from(len - 1 - exponent) {
            Ok(places) if places <= EXACT_POWER_MAX => Some(Self { mantissa, places }),
            Ok(_) => None,
            Err(_) => {
                let zeros = u32::try_from(exponent + 1 - len).ok()?;
                let mantissa = mantissa.checked_mul(10_i64.checked_pow(zeros)?)?;
                Some(Self {
                    mantissa,
                    places: 0,
                })
            }
        }
    }

    /// The mantissas of two at the same number of places.
    fn aligned(self, other: Self) -> Option<(i64, i64, u32)> {
        let places = self.places.max(other.places);
        let left = 10_i64.checked_pow(places - self.places)?;
        let right = 10_i64.checked_pow(places - other.places)?;
        let left = self.mantissa.checked_mul(left)?;
        Some((left, other.mantissa.checked_mul(right)?, places))
    }

    /// What an operation makes of two at the same number of places.
    pub(super) fn aligned_with(
        self,
        other: Self,
        operation: fn(i64, i64) -> Option<i64>,
    ) -> Option<f64> {
        let (left, right, places) = self.aligned(other)?;
        let mantissa = operation(left, right)?;
        Some(Self { mantissa, places }.float())
    }

    pub(super) fn times(self, other: Self) -> Option<f64> {
        let mantissa = self.mantissa.checked_mul(other.mantissa)?;
        let places = self.places.checked_add(other.places)?;
        Some(Self { mantissa, places }.float())
    }

    /// Rounded to so many places after the point, halves away from zero.
    pub(super) fn rounded(self, places: u32) -> Option<f64> {
        let Some(surplus) = self
            .places
            .checked_sub(places)
            .filter(|surplus| *surplus > 0)
        else {
            return Some(self.float());
        };
        let unit = 10_i64.checked_pow(surplus)?;
        let half = unit / 2 * self.mantissa.signum();
        let mantissa = self.mantissa.checked_add(half)? / unit;
        Some(Self { mantissa, places }.float())
    }

    /// The quotient to more digits than a float has.
    pub(super) fn divided_by(self, other: Self) -> Option<f64> {
        let (mut above, below) = (self.mantissa.unsigned_abs(), other.mantissa.unsigned_abs());
        let mut places = i32::try_from(self.places).ok()? - i32::try_from(other.places).ok()?;
        let mut quotient = above.checked_div(below)?;
        // Long division, digit by digit.
        while quotient < MANTISSA_END && above != 0 {
            above = above.checked_rem(below)?.checked_mul(10)?;
            quotient = quotient * 10 + above / below;
            places += 1;
        }
        let size = nearest(quotient, places, scale(quotient as f64, -places));
        let is_negative = (self.mantissa < 0) != (other.mantissa < 0);
        Some(if is_negative { -size } else { size })
    }

    fn float(self) -> f64 {
        let size = self.mantissa.unsigned_abs();
        let places = i32::try_from(self.places).unwrap_or_default();
        let size = nearest(size, places, scale(size as f64, -places));
        if self.mantissa < 0 { -size } else { size }
    }
}

/// `number` times a power of ten.
fn scale(number: f64, exponent: i32) -> f64 {
    let exponent = exponent.clamp(-400, 400);
    let mut number = number;
    let mut left = exponent.unsigned_abs();
    while left > 0 {
        let step = left.min(EXACT_POWER_MAX);
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
    // Ruby spells out what has a fraction, and what has no more than fifteen digits before the point.
    let len = i32::try_from(digits.len()).unwrap_or_default();
    let is_plain = (-4..15).contains(&exponent) || (exponent >= 15 && len > exponent + 1);
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
    for count in DIGITS {
        if let Some(found) = exact_digits(size, exponent, count) {
            return found;
        }
    }
    let count = *DIGITS.start();
    let shift = i32::try_from(count).unwrap_or_default() - 1 - exponent;
    let mut mantissa = to_int(scale(size, shift).round());
    if mantissa >= 10_i64.pow(15) {
        // Rounded up to one more digit, or the rough exponent was one too low.
        mantissa = to_int(scale(size, shift - 1).round());
        exponent += 1;
    }
    let text = print_int(mantissa, '0', 1);
    if text.len() < count {
        exponent -= 1;
    }
    (text.trim_end_matches('0').to_owned(), exponent)
}

/// So many digits of a float, if they can be computed exactly and are enough to read it again.
fn exact_digits(size: f64, exponent: i32, count: usize) -> Option<(String, i32)> {
    let count = i32::try_from(count).ok()?;
    let places = count - 1 - exponent;
    let ten = |places: i32| 10_u128.checked_pow(places.max(0).unsigned_abs());
    let (whole, power) = halves(size);
    let scaled = u128::from(whole).checked_mul(ten(places)?)?;
    let scaled = if power < 0 {
        let bits = power.unsigned_abs();
        let half = 1_u128.checked_shl(bits - 1)?;
        scaled.checked_add(half)?.checked_shr(bits)?
    } else {
        scaled.checked_mul(1_u128.checked_shl(power.unsigned_abs())?)?
    };
    let unit = ten(-places)?;
    let scaled = scaled.checked_add(unit / 2)? / unit;
    let mantissa = u64::try_from(scaled).ok()?;
    let (gap, half) = gap(mantissa, places, size)?;
    if gap.abs() > half {
        return None;
    }
    let text = print_int(i64::try_from(mantissa).ok()?, '0', 1);
    // The rough exponent may be one off.
    let len = i32::try_from(text.len()).ok()?;
    Some((
        text.trim_end_matches('0').to_owned(),
        exponent + len - count,
    ))
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
        check("9223372036854775808", "9.223372036854776e+18");
        check("2.857142857142857", "2.857142857142857");
        check("0.1", "0.1");
        check("1.005", "1.005");
        check("3.141592653589793", "3.141592653589793");
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
        assert_eq!(Number::Float(0.1 + 0.2).print(), "0.30000000000000004");
        assert_eq!(
            Number::Float(999_999_999_999_999.9).print(),
            "999999999999999.9"
        );
        assert_eq!(
            Number::Float(9.999_999_999_999_999).print(),
            "9.999999999999998"
        );
    }
}
