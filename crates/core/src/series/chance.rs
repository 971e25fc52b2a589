//! Chance, the same for the same person: who is held out, who goes which way.
//! Draws nothing: it is a hash of stable ids.

use super::definition::Path;
use crate::hash::mix64;

/// A number from 0 up to 1, the same for the same seed and person, and unrelated for another seed.
pub(super) fn chance(seed: &str, person: &str) -> f64 {
    let hash = mix64([seed, "\0", person].concat().as_bytes());
    // The upper 53 bits are what an `f64` holds exactly.
    (hash >> 11) as f64 / (1_u64 << 53) as f64
}

/// The way that a split takes for a person: the same whenever it is asked.
pub(super) fn way<'a>(
    paths: &'a [Path],
    series: &str,
    step: &str,
    person: &str,
) -> Option<&'a Path> {
    let place = chance(&["split/", series, "/", step].concat(), person);
    // The last way ends at 1, give or take the last digit of a sum.
    paths.iter().find(|path| place < path.end).or(paths.last())
}
