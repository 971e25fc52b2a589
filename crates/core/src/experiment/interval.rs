//! How far a difference can be trusted: intervals that may be looked at every day, and those that
//! may be looked at once. Does not say who is ahead: that is [`super::Verdict`].

use serde::{Deserialize, Serialize};

use super::{
    Sample,
    numeric::{normal_upper_quantile, student_upper_quantile},
};

/// The share of experiments without any difference in which one may be claimed by mistake.
pub const ALPHA: f64 = 0.05;

/// The people of both variants together at whom a sequential interval is narrowest, unless said
/// otherwise: GrowthBook's default.
pub const TUNING_DEFAULT: u64 = 5_000;

/// How uncertainty is reckoned with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Always valid: look whenever you like, stop whenever you like. The default.
    Sequential {
        /// The people of two variants together at whom the interval is narrowest. Set it before the
        /// start to about where you will decide, and leave it.
        tuning: u64,
    },
    /// Narrower, and valid for one look: nothing is shown before everyone planned is in.
    Once {
        /// People in each variant at whom to look: [`super::Plan::per_variant`].
        planned: u64,
    },
    /// Probabilities instead of error rates. Looking every day and stopping at a good moment finds
    /// more differences than there are.
    Bayesian,
}

impl Default for Method {
    fn default() -> Self {
        Self::Sequential {
            tuning: TUNING_DEFAULT,
        }
    }
}

impl Method {
    /// How the intervals are computed and what they promise.
    #[must_use]
    pub fn definition(self) -> &'static str {
        match self {
            Self::Sequential { .. } => {
                "asymptotic confidence sequence (Waudby-Smith et al., arXiv 2103.06476): in 95 of 100 \
                 experiments the true value lies within the interval at every look, however often \
                 one looks; with k variants beside the control, each interval is of 1 - 5 % / k. With unequal shares the standard \
                 error is at least that of a common variance"
            }
            Self::Once { .. } => {
                "Welch's t interval: in 95 of 100 experiments the true value lies within it, if one \
                 looks once, when everyone planned is in; with k variants beside the control, each \
                 interval is of 1 - 5 % / k"
            }
            Self::Bayesian => {
                "credible interval: given the data and a flat prior, the true value lies within it \
                 with a probability of 95 %; with k variants beside the control, 1 - 5 % / k. It \
                 does not guard against stopping at a good moment"
            }
        }
    }

    /// How many standard errors an interval reaches to either side, at the level 1 - `alpha`.
    /// A Bayesian one only where the posterior is normal.
    pub(super) fn reach(self, alpha: f64, control: &Sample, variant: &Sample) -> f64 {
        match self {
            Self::Sequential { tuning } => {
                let people = (control.people + variant.people) as f64;
                sequential_reach(alpha, tuning, people) * caution(control, variant)
            }
            Self::Once { .. } => student_upper_quantile(alpha / 2.0, welch(control, variant)),
            Self::Bayesian => normal_upper_quantile(alpha / 2.0),
        }
    }
}

/// The reach of the asymptotic confidence sequence after `people`, in standard errors.
///
/// With s^2 the variance of one observation, n of them and a standard error of s / sqrt(n), equation
/// (9) of arXiv 2103.06476v7 divided by that error; rho by equation (161) there:
/// rho^2 = (-2 ln a + ln(-2 ln a + 1)) / tuning. GrowthBook's gbstats does the same and names these
/// numbers; the authors' drconfseq has the first as `std_conjmix_margin`.
pub(super) fn sequential_reach(alpha: f64, tuning: u64, people: f64) -> f64 {
    let twice = -2.0 * alpha.ln();
    let rho_squared = (twice + twice.ln_1p()) / tuning.max(1) as f64;
    let grown = people * rho_squared;
    (2.0 * (grown + 1.0) / grown * ((grown + 1.0).sqrt() / alpha).ln()).sqrt()
}

/// By how much a standard error is widened where the variants are of different size.
///
/// While hardly anyone in a small variant has converted, its own variance is far too small, and an
/// interval that is looked at every day errs at its first looks: in one of three experiments with
/// shares of 90 and 10 % and a rate of 0.1 %. So the error is taken to be at least what it is if both
/// have the variance that they have together. With equal sizes these two errors are the same one.
fn caution(control: &Sample, variant: &Sample) -> f64 {
    let (a, b) = (control.people as f64, variant.people as f64);
    let together =
        (control.variance() * (a - 1.0) + variant.variance() * (b - 1.0)) / (a + b - 2.0);
    let pooled = together * (a.recip() + b.recip());
    let separate = control.variance_of_mean() + variant.variance_of_mean();
    (pooled / separate).max(1.0).sqrt()
}

/// The degrees of freedom of a difference of two means (Welch 1947, Satterthwaite 1946).
fn welch(control: &Sample, variant: &Sample) -> f64 {
    let share = |sample: &Sample| {
        let variance = sample.variance_of_mean();
        (
            variance,
            variance * variance / sample.people.saturating_sub(1).max(1) as f64,
        )
    };
    let ((a, a_part), (b, b_part)) = (share(control), share(variant));
    (a + b) * (a + b) / (a_part + b_part)
}

/// Where the true value lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// From here.
    pub low: f64,
    /// To here.
    pub high: f64,
}

impl Interval {
    pub(super) fn around(value: f64, reach: f64) -> Self {
        Self {
            low: value - reach,
            high: value + reach,
        }
    }

    /// Whether there may be no difference. Also of an interval that could not be computed.
    #[must_use]
    pub fn contains_zero(self) -> bool {
        let excludes = self.low > 0.0 || self.high < 0.0;
        !excludes
    }
}
