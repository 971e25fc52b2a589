//! Experiments: who gets which variant, and what can be told from what they did.
//! Knows no series, no message and no store: ids and numbers come in, decisions and figures go out.
//!
//! Assignment uses nothing but integers and one division, so it is equal to the bit in the browser,
//! at the edge and in tests. Figures of an analysis go through `ln` and `exp`, whose last digit may
//! differ between platforms: show them, never decide about a person by them.

mod analysis;
mod assignment;
mod bayes;
mod bucket;
mod changes;
mod interval;
mod numeric;
mod plan;
mod ratio;
mod sample;
mod verdict;

pub use analysis::{Analysis, Arm, Comparison, Effect, Estimate, Figure, PEOPLE_MIN};
pub use assignment::{
    ASSIGNMENTS_MAX, HeldOut, Holdout, Split, Sticky, VARIANT_ID_BYTES_MAX, VARIANTS_MAX, held_out,
};
pub use bayes::Belief;
pub use bucket::{Namespace, Range, Ranges, hash, hash_v1};
pub use changes::{changes, warning};
pub use interval::{ALPHA, Interval, Method, TUNING_DEFAULT};
pub use plan::{Baseline, PEOPLE_MAX, Plan, Question};
pub use ratio::{MISMATCH_BELOW, SampleRatio};
pub use sample::{Metric, Sample};
pub use verdict::Verdict;

use serde::Serialize;

/// One thing that is wrong with an experiment before it starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable, for programs.
    pub code: &'static str,
    /// For people: what is wrong and how to mend it.
    pub message: String,
}

impl Finding {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}
