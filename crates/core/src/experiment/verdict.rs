//! What may be said of a variant, and the sentence that says it. Claims nothing that the interval
//! does not show: its numbers are rounded towards claiming less.

use serde::Serialize;

use super::{Arm, Effect, MISMATCH_BELOW, Metric, SampleRatio};

// LIMIT: finer differences are told from nothing, not from each other.
const DECIMALS_MAX: usize = 12;

/// What may be said of a variant, compared with the control.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Verdict {
    /// People did not arrive in the shares that they were drawn in: nothing may be said.
    DoNotTrust {
        /// How probable such a ratio is, if all is well.
        p_value: f64,
    },
    /// Too few people in one of the two.
    TooEarly {
        /// People in the smaller one.
        people: u64,
        /// People needed in each.
        needed: u64,
    },
    /// The interval contains zero, or cannot be computed.
    Undecided,
    /// The interval lies above zero.
    Ahead,
    /// The interval lies below zero.
    Behind,
}

impl Verdict {
    /// When each verdict is given.
    #[must_use]
    pub fn definition() -> &'static str {
        "do_not_trust: the sample ratio is a mismatch; too_early: a variant has fewer people than \
         needed; ahead, behind: the whole interval of the difference lies above or below zero; \
         undecided: it does not"
    }

    /// The word that it is written as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DoNotTrust { .. } => "do_not_trust",
            Self::TooEarly { .. } => "too_early",
            Self::Undecided => "undecided",
            Self::Ahead => "ahead",
            Self::Behind => "behind",
        }
    }

    pub(super) fn of(
        ratio: Option<SampleRatio>,
        missing: Option<(u64, u64)>,
        effect: &Effect,
    ) -> Self {
        if let Some(SampleRatio { p_value, .. }) = ratio.filter(|ratio| ratio.mismatch) {
            return Self::DoNotTrust { p_value };
        }
        if let Some((people, needed)) = missing {
            return Self::TooEarly { people, needed };
        }
        match effect.difference.interval {
            Some(interval) if interval.low > 0.0 => Self::Ahead,
            Some(interval) if interval.high < 0.0 => Self::Behind,
            Some(_) | None => Self::Undecided,
        }
    }

    /// The verdict in words, with the numbers that it rests on.
    #[must_use]
    pub(super) fn sentence(
        self,
        metric: Metric,
        control: &Arm,
        variant: &Arm,
        effect: &Effect,
    ) -> String {
        let (a, b) = (&control.variant, &variant.variant);
        let bounds = effect.difference.interval.map(|interval| {
            let scale = scale(metric);
            let low = digits(interval.low * scale, f64::floor);
            let high = digits(interval.high * scale, f64::ceil);
            let unit = match metric {
                Metric::Conversion => "percentage points",
                Metric::Revenue => "a person",
            };
            format!("between {low} and {high} {unit}")
        });
        let claim = |word: &str| {
            let figure = |arm: &Arm| {
                let value = digits(arm.sample.mean() * scale(metric), f64::round);
                match metric {
                    Metric::Conversion => value + " %",
                    Metric::Revenue => value + " a person",
                }
            };
            let bounds = bounds.as_deref().unwrap_or_default();
            let (a_figure, b_figure) = (figure(control), figure(variant));
            format!(
                "{b} is {word} {a}: {b_figure} against {a_figure}; the difference lies {bounds}."
            )
        };
        match self {
            Self::DoNotTrust { .. } => format!(
                "Do not trust this result: sample ratio. {} people in {b} and {} in {a} are not the \
                 shares that they were drawn in (p < {MISMATCH_BELOW}). Look for what loses people of one variant, \
                 and start anew.",
                variant.sample.people, control.sample.people
            ),
            Self::TooEarly { people, needed } => format!(
                "Too early to tell {b} from {a}: the smaller has {people} of {needed} people."
            ),
            Self::Undecided => match bounds {
                Some(bounds) => {
                    format!("No difference between {b} and {a} can be told yet: it lies {bounds}.")
                }
                None => format!(
                    "No difference between {b} and {a} can be told yet: all values are the same."
                ),
            },
            Self::Ahead => claim("ahead of"),
            Self::Behind => claim("behind"),
        }
    }
}

/// Rates are read in percent.
fn scale(metric: Metric) -> f64 {
    match metric {
        Metric::Conversion => 100.0,
        Metric::Revenue => 1.0,
    }
}

/// A number with at least three significant digits, rounded the given way.
fn digits(value: f64, round: fn(f64) -> f64) -> String {
    let mut decimals = 0;
    let mut power = 1.0;
    while value != 0.0 && (value * power).abs() < 100.0 && decimals < DECIMALS_MAX {
        decimals += 1;
        power *= 10.0;
    }
    // Not -0.
    let rounded = round(value * power) / power + 0.0;
    format!("{rounded:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_towards_claiming_less() {
        // Value, as a lower bound, as an upper bound, to the nearest.
        let cases = [
            (0.0, "0", "0", "0"),
            (-0.0, "0", "0", "0"),
            (1.234_56, "1.23", "1.24", "1.23"),
            (-1.234_56, "-1.24", "-1.23", "-1.23"),
            (0.000_012_34, "0.0000123", "0.0000124", "0.0000123"),
            (123_456.7, "123456", "123457", "123457"),
            (1e-20, "0.000000000000", "0.000000000001", "0.000000000000"),
        ];
        for (value, low, high, nearest) in cases {
            assert_eq!(digits(value, f64::floor), low);
            assert_eq!(digits(value, f64::ceil), high);
            assert_eq!(digits(value, f64::round), nearest);
        }
    }
}
