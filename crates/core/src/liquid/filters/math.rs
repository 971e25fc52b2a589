//! Filters on numbers. Whole numbers give whole numbers; one with a point makes the result have one.

use std::cmp::Ordering;

use super::super::{
    data::order,
    number::{Decimal, Number, to_int},
    terms::Fault,
};

pub(super) fn abs(number: Number) -> Number {
    match number {
        Number::Int(int) => Number::Int(int.saturating_abs()),
        Number::Float(float) => Number::Float(float.abs()),
    }
}

pub(super) fn at_least(left: Number, right: Number) -> Number {
    let is_less = order(left, right).is_some_and(Ordering::is_lt);
    if is_less { right } else { left }
}

pub(super) fn at_most(left: Number, right: Number) -> Number {
    let is_more = order(left, right).is_some_and(Ordering::is_gt);
    if is_more { right } else { left }
}

pub(super) fn minus(left: Number, right: Number) -> Number {
    compute(left, right, i64::checked_sub, |left, right| left - right)
}

pub(super) fn times(left: Number, right: Number) -> Number {
    if let Some(product) = whole(left, right, i64::checked_mul) {
        return product;
    }
    let exact = decimals(left, right).and_then(|(left, right)| left.times(right));
    Number::Float(exact.unwrap_or_else(|| left.float() * right.float()))
}

pub(super) fn divided_by(left: Number, right: Number) -> Result<Number, Fault> {
    if let (Number::Int(_), Number::Int(0)) = (left, right) {
        return Err(by_zero());
    }
    if let Some(quotient) = whole(left, right, floor_div) {
        return Ok(quotient);
    }
    let exact = decimals(left, right).and_then(|(left, right)| left.divided_by(right));
    Ok(Number::Float(
        exact.unwrap_or_else(|| left.float() / right.float()),
    ))
}

pub(super) fn modulo(left: Number, right: Number) -> Result<Number, Fault> {
    if right.float() == 0.0 {
        return Err(by_zero());
    }
    let rest = compute(left, right, floor_mod, |left, right| {
        left - right * (left / right).floor()
    });
    Ok(rest)
}

/// The sum of two numbers.
pub(super) fn plus(left: Number, right: Number) -> Number {
    compute(left, right, i64::checked_add, |left, right| left + right)
}

/// Whole numbers give a whole one, while it fits.
fn whole(left: Number, right: Number, whole: fn(i64, i64) -> Option<i64>) -> Option<Number> {
    match (left, right) {
        (Number::Int(left), Number::Int(right)) => whole(left, right).map(Number::Int),
        (Number::Float(_), _) | (_, Number::Float(_)) => None,
    }
}

fn decimals(left: Number, right: Number) -> Option<(Decimal, Decimal)> {
    Some((Decimal::of(left)?, Decimal::of(right)?))
}

/// Decimal fractions are computed as such, so that 0.1 and 0.2 are 0.3.
fn compute(
    left: Number,
    right: Number,
    exact: fn(i64, i64) -> Option<i64>,
    float: fn(f64, f64) -> f64,
) -> Number {
    if let Some(result) = whole(left, right, exact) {
        return result;
    }
    let decimals = decimals(left, right);
    let result = decimals.and_then(|(left, right)| left.aligned_with(right, exact));
    Number::Float(result.unwrap_or_else(|| float(left.float(), right.float())))
}

/// Division that rounds down, as the templates of Shopify have it: -7 by 2 is -4.
fn floor_div(left: i64, right: i64) -> Option<i64> {
    let quotient = left.checked_div(right)?;
    let inexact = left.checked_rem(right)? != 0;
    Some(quotient - i64::from(inexact && (left < 0) != (right < 0)))
}

fn floor_mod(left: i64, right: i64) -> Option<i64> {
    let rest = left.checked_rem(right)?;
    let uneven = rest != 0 && (rest < 0) != (right < 0);
    Some(if uneven { rest + right } else { rest })
}

fn by_zero() -> Fault {
    Fault::because("can't divide by 0: give it a number, or ask for one first with `if`")
}

/// To a whole number, by `round`.
pub(super) fn rounded(number: Number, round: fn(f64) -> f64) -> Number {
    match number {
        Number::Int(_) => number,
        Number::Float(float) => Number::Int(to_int(round(float))),
    }
}

/// To so many places after the point, or before it if negative; halves away from zero.
pub(super) fn round(number: Number, places: Number) -> Number {
    let places = places.truncated();
    match (number, u32::try_from(places)) {
        (Number::Float(float), Ok(places @ 1..)) => {
            let exact = Decimal::of(number).and_then(|decimal| decimal.rounded(places));
            Number::Float(exact.unwrap_or(float))
        }
        (_, Ok(_)) => rounded(number, f64::round),
        // Before the point: 567 to -2 places is 600.
        (_, Err(_)) => {
            let whole = rounded(number, f64::trunc).truncated();
            let unit = u32::try_from(places.unsigned_abs())
                .ok()
                .and_then(|places| 10_i64.checked_pow(places));
            let round = |unit: i64| {
                let half = unit / 2 * whole.signum();
                (whole.saturating_add(half) / unit).saturating_mul(unit)
            };
            Number::Int(unit.map_or(0, round))
        }
    }
}
