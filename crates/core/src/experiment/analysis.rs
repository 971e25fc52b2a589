//! What an experiment shows: figures, intervals and a verdict in words for each variant against the
//! control. Reads sums; does not know where they come from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    ALPHA, Belief, Interval, Method, Metric, Sample, SampleRatio, Verdict, bayes::believe,
};

// LIMIT: with fewer, sums are not nearly normal yet, on which every interval here rests.
/// The fewest people in each of two variants before they are compared.
pub const PEOPLE_MIN: u64 = 100;

/// The people of one variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// The id of the variant.
    pub variant: String,
    /// The share of people that was meant to get it, relative to the other arms. If weights changed
    /// on the way, the mean over all who were drawn.
    pub weight: f64,
    /// What is known of them.
    pub sample: Sample,
}

/// A figure, and how far it can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// As measured.
    pub value: f64,
    /// Where the true one lies; `None` as long as too little is known to say.
    pub interval: Option<Interval>,
}

/// What a variant does, compared with the control.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Variant - control, in the unit of the metric.
    pub difference: Estimate,
    /// Variant / control - 1; `None` unless the control's figure is above 0.
    pub lift: Option<Estimate>,
    /// What is believed, by the Bayesian method.
    pub belief: Option<Belief>,
}

impl Effect {
    /// Compares two samples, as one of so many comparisons with the control.
    #[must_use]
    pub fn of(
        metric: Metric,
        method: Method,
        control: &Sample,
        variant: &Sample,
        comparisons: usize,
    ) -> Self {
        let alpha = ALPHA / comparisons.max(1) as f64;
        let (a, b) = (control.mean(), variant.mean());
        let (a_variance, b_variance) = (control.variance_of_mean(), variant.variance_of_mean());
        let error = (a_variance + b_variance).sqrt();

        let is_known = missing_people(method, control, variant).is_none();
        let is_known = is_known && error > 0.0 && error.is_finite();
        let reach = is_known.then(|| method.reach(alpha, control, variant));
        let around = |value: f64, error: f64| Estimate {
            value,
            interval: reach.map(|reach| Interval::around(value, reach * error)),
        };
        // The delta method: the gradient of b / a is (-b / a^2, 1 / a).
        let lift = (a > 0.0).then(|| {
            let error = (b_variance + a_variance * (b / a).powi(2)).sqrt() / a;
            around(b / a - 1.0, error)
        });
        let mut effect = Self {
            difference: around(b - a, error),
            lift,
            belief: None,
        };
        if is_known && method == Method::Bayesian {
            let (belief, interval) = believe(metric, alpha, control, variant);
            effect.belief = Some(belief);
            effect.difference.interval = Some(interval);
        }
        effect
    }

    /// How the figures are computed; for the intervals, see [`Method::definition`].
    #[must_use]
    pub fn definition() -> &'static str {
        "difference: variant - control; lift: variant / control - 1, its interval by the delta method, \
         also where that of the difference is Bayesian"
    }
}

/// How many people the smaller of two samples needs and has not, as (has, needs).
pub(super) fn missing_people(
    method: Method,
    control: &Sample,
    variant: &Sample,
) -> Option<(u64, u64)> {
    let needed = match method {
        Method::Once { planned } => planned.max(PEOPLE_MIN),
        Method::Sequential { .. } | Method::Bayesian => PEOPLE_MIN,
    };
    let has = control.people.min(variant.people);
    (has < needed).then_some((has, needed))
}

/// The figure of one variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// The id of the variant.
    pub variant: String,
    /// People assigned.
    pub people: u64,
    /// See [`Metric::definition`].
    pub value: f64,
}

/// One variant against the control.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The id of the variant.
    pub variant: String,
    /// What it does.
    #[serde(flatten)]
    pub effect: Effect,
    /// What may be said of it.
    pub verdict: Verdict,
    /// The same in words.
    pub sentence: String,
}

/// What an experiment shows for one metric.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Analysis {
    /// What it is judged by.
    pub metric: Metric,
    /// How uncertainty is reckoned with.
    pub method: Method,
    /// Whether people arrived in the right shares; `None` while no one has.
    pub ratio: Option<SampleRatio>,
    /// Each variant by itself, the control first.
    pub figures: Vec<Figure>,
    /// Each variant but the control, against the control.
    pub comparisons: Vec<Comparison>,
    /// The variant that is ahead of every other one, the control included; `None` if none is.
    pub leader: Option<String>,
    /// How every number is computed.
    pub definitions: BTreeMap<&'static str, &'static str>,
}

impl Analysis {
    /// Compares variants with the control.
    #[must_use]
    pub fn of(metric: Metric, method: Method, control: &Arm, variants: &[Arm]) -> Self {
        let arms = || std::iter::once(control).chain(variants);
        let drawn: Vec<(u64, f64)> = arms().map(|arm| (arm.sample.people, arm.weight)).collect();
        let ratio = SampleRatio::of(&drawn);
        let comparisons: Vec<Comparison> = variants
            .iter()
            .map(|arm| {
                let (a, b) = (&control.sample, &arm.sample);
                let effect = Effect::of(metric, method, a, b, variants.len());
                let verdict = Verdict::of(ratio, missing_people(method, a, b), &effect);
                Comparison {
                    variant: arm.variant.clone(),
                    effect,
                    verdict,
                    sentence: verdict.sentence(metric, control, arm, &effect),
                }
            })
            .collect();
        let figures = arms().map(|arm| Figure {
            variant: arm.variant.clone(),
            people: arm.sample.people,
            value: arm.sample.mean(),
        });
        let mut definitions = BTreeMap::from([
            ("figures", metric.definition()),
            ("effect", Effect::definition()),
            ("interval", method.definition()),
            ("verdict", Verdict::definition()),
            (
                "leader",
                "the variant that is ahead of the control and whose interval lies above those \
                        of all others; the control, if every other is behind it",
            ),
        ]);
        if ratio.is_some() {
            definitions.insert("ratio", SampleRatio::definition());
        }
        if method == Method::Bayesian {
            definitions.insert("belief", Belief::definition());
        }
        Self {
            metric,
            method,
            ratio,
            figures: figures.collect(),
            leader: leader(&control.variant, &comparisons).map(str::to_owned),
            comparisons,
            definitions,
        }
    }
}

/// All intervals hold at once, each being of 1 - alpha / k: where one lies above another, the true
/// values do too.
fn leader<'a>(control: &'a str, comparisons: &'a [Comparison]) -> Option<&'a str> {
    let bounds = |own: &Comparison| own.effect.difference.interval;
    let is_above = |own: &Comparison, other: &Comparison| {
        let pair = bounds(own).zip(bounds(other));
        own.variant == other.variant || pair.is_some_and(|(own, other)| own.low > other.high)
    };
    let all_are_behind = comparisons.iter().all(|own| own.verdict == Verdict::Behind);
    if all_are_behind && !comparisons.is_empty() {
        return Some(control);
    }
    comparisons
        .iter()
        .filter(|own| own.verdict == Verdict::Ahead)
        .find(|own| comparisons.iter().all(|other| is_above(own, other)))
        .map(|own| own.variant.as_str())
}
