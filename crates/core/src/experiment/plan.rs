//! Before the start: how many people an experiment needs, and how long that takes.
//! Knows no one and nothing of the past; the baseline is what the reader expects.

use serde::{Deserialize, Serialize};

use super::{
    ALPHA, Finding, Method, PEOPLE_MIN, VARIANTS_MAX, interval::sequential_reach,
    numeric::normal_upper_quantile,
};

// LIMIT: more than anyone's customers; a difference that needs more cannot be found.
/// The most people per variant that a plan asks for.
pub const PEOPLE_MAX: u64 = 1 << 34;

/// What the control is expected to do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// The share who convert.
    Conversion {
        /// Above 0 and below 1.
        rate: f64,
    },
    /// What people bring in.
    Revenue {
        /// On average, those who pay nothing included; above 0.
        mean: f64,
        /// The standard deviation between people; above 0.
        deviation: f64,
    },
}

/// What is to be found out, and with how many people.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What the control is expected to do.
    pub baseline: Baseline,
    /// The smallest lift worth finding, such as 0.1 for 10 % more; below 0 for less.
    pub lift: f64,
    /// How probable it is to be that such a lift is found, above 0.5; 0.8 is usual.
    pub power: f64,
    /// The variants, control included, in equal shares.
    pub variants: usize,
    /// New people a day, over all variants.
    pub people_per_day: u64,
    /// How uncertainty will be reckoned with.
    pub method: Method,
}

/// How large the experiment has to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// People in each variant until the lift is found with the wanted power.
    pub per_variant: u64,
    /// People in all variants.
    pub people: u64,
    /// Days until all of them are in.
    pub days: u64,
    /// Days until the lift is found in about half of such experiments; `days` for a method that looks
    /// once.
    pub typical_days: u64,
    /// How many times as many people as looking once would take.
    pub inflation: f64,
}

impl Plan {
    /// How large an experiment has to be to answer a question.
    ///
    /// # Errors
    /// Everything that is wrong with the question.
    pub fn of(question: &Question) -> Result<Self, Vec<Finding>> {
        let findings = problems(question);
        if !findings.is_empty() {
            return Err(findings);
        }
        let per_variant = people_for(question, question.power, question.method);
        let typical = people_for(question, 0.5, question.method);
        let once = people_for(question, question.power, Method::Bayesian);
        let (Some(per_variant), Some(typical), Some(once)) = (per_variant, typical, once) else {
            return Err(vec![Finding::new(
                "lift",
                format!(
                    "a lift of {} takes more than {PEOPLE_MAX} people per variant: look for a larger one",
                    question.lift
                ),
            )]);
        };
        let people = per_variant * question.variants as u64;
        let days = people.div_ceil(question.people_per_day);
        let typical_people = typical * question.variants as u64;
        Ok(Self {
            per_variant,
            people,
            days,
            typical_days: match question.method {
                Method::Once { .. } => days,
                Method::Sequential { .. } | Method::Bayesian => {
                    typical_people.div_ceil(question.people_per_day)
                }
            },
            inflation: per_variant as f64 / once as f64,
        })
    }

    /// How it is computed.
    #[must_use]
    pub fn definition() -> &'static str {
        "the fewest people n per variant with n >= (reach + z)^2 * (sum of both variances) / \
         difference^2, where reach is the half-width of the interval in standard errors with n people \
         and z the normal quantile of the power; days = people / people per day; typical_days the \
         same with z = 0"
    }
}

/// The fewest people per variant at whom an interval excludes zero with this probability.
///
/// The width of an interval falls with every person, so the answer can be halved towards. An
/// always-valid interval may exclude zero at an earlier look as well: the power is at least this.
fn people_for(question: &Question, power: f64, method: Method) -> Option<u64> {
    let alpha = ALPHA / (question.variants.saturating_sub(1)).max(1) as f64;
    let (difference, variances) = match question.baseline {
        Baseline::Conversion { rate } => {
            let other = rate * (1.0 + question.lift);
            let variances = rate * (1.0 - rate) + other * (1.0 - other);
            (other - rate, variances)
        }
        Baseline::Revenue { mean, deviation } => {
            (mean * question.lift, 2.0 * deviation * deviation)
        }
    };
    let z = normal_upper_quantile(1.0 - power);
    let normal_reach = normal_upper_quantile(alpha / 2.0);
    let suffices = |people: u64| {
        let reach = match method {
            Method::Sequential { tuning } => sequential_reach(alpha, tuning, 2.0 * people as f64),
            Method::Once { .. } | Method::Bayesian => normal_reach,
        };
        people as f64 >= (reach + z).powi(2) * variances / (difference * difference)
    };
    let (mut low, mut high) = (PEOPLE_MIN, PEOPLE_MAX);
    while low < high {
        let middle = low.midpoint(high);
        if suffices(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    suffices(low).then_some(low)
}

fn problems(question: &Question) -> Vec<Finding> {
    let positive = |number: f64| number > 0.0 && number.is_finite();
    let mut findings = Vec::new();
    let mut check = |holds: bool, code: &'static str, message: &str| {
        if !holds {
            findings.push(Finding::new(code, message));
        }
    };
    match question.baseline {
        Baseline::Conversion { rate } => {
            check(
                rate > 0.0 && rate < 1.0,
                "rate",
                "the rate must lie between 0 and 1, such as 0.05",
            );
            let other = rate * (1.0 + question.lift);
            check(
                other > 0.0 && other < 1.0,
                "lift",
                "with this lift the rate would not lie between 0 and 1: choose a smaller one",
            );
        }
        Baseline::Revenue { mean, deviation } => {
            check(positive(mean), "mean", "the mean must be above 0");
            check(
                positive(deviation),
                "deviation",
                "the standard deviation must be above 0",
            );
            check(
                question.lift.is_finite(),
                "lift",
                "the lift must be a number",
            );
        }
    }
    check(
        question.lift != 0.0,
        "lift",
        "a lift of 0 cannot be found: say which is worth finding, such as 0.1",
    );
    check(
        question.power > 0.5 && question.power < 1.0,
        "power",
        "the power must lie between 0.5 and 1; 0.8 is usual",
    );
    check(
        (2..=VARIANTS_MAX).contains(&question.variants),
        "variants",
        &format!("give the experiment 2 to {VARIANTS_MAX} variants, the control included"),
    );
    check(
        question.people_per_day > 0,
        "people_per_day",
        "without new people no experiment ends: say how many come a day",
    );
    findings
}
