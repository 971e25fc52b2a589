//! Whether people arrived in the shares that they were drawn in. If not, something loses people of
//! one variant, and no figure of the experiment can be trusted. Does not find out what.

use serde::Serialize;

use super::numeric::chi_square_upper;

/// Below this probability a sample ratio is a mismatch: small, because the test is repeated at every
/// look. Why nothing can be trusted then: Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online
/// Controlled Experiments", KDD 2019.
pub const MISMATCH_BELOW: f64 = 0.001;

/// The test of the sample ratio.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SampleRatio {
    /// How probable a ratio as far off as this one is, if all is well.
    pub p_value: f64,
    /// Whether that is too improbable to go on.
    pub mismatch: bool,
}

impl SampleRatio {
    /// Tests people against weights, of which each variant has one; `None` without people or
    /// without two weights above 0.
    #[must_use]
    pub fn of(variants: &[(u64, f64)]) -> Option<Self> {
        // A variant of no weight and no people is not in the experiment.
        let there = || {
            let known = variants
                .iter()
                .map(|(people, weight)| (*people as f64, weight.max(0.0)));
            known.filter(|(people, weight)| *people > 0.0 || *weight > 0.0)
        };
        let people: f64 = there().map(|(people, _)| people).sum();
        let weights: f64 = there().map(|(_, weight)| weight).sum();
        let degrees = there().count().checked_sub(1).filter(|count| *count > 0)? as f64;
        let statistic: f64 = there()
            .map(|(observed, weight)| {
                let expected = people * weight / weights;
                (observed - expected).powi(2) / expected
            })
            .sum();
        (people > 0.0 && weights > 0.0).then(|| {
            let p_value = chi_square_upper(statistic, degrees);
            Self {
                p_value,
                mismatch: p_value < MISMATCH_BELOW,
            }
        })
    }

    /// How it is computed.
    #[must_use]
    pub fn definition() -> &'static str {
        "chi-square test of the people assigned to each variant against its weight; a probability \
         below 0.001 is a mismatch, and then nothing is claimed"
    }
}
