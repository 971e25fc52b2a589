//! Chance, the same for the same person: who is held out of a series, who goes which way.
//! Draws nothing: it is a hash of stable ids, the one that experiments draw by.

use super::definition::Path;
use crate::experiment::{Holdout, hash};

/// Whether a series holds a person out.
pub(super) fn is_held_out(series: &str, percent: u32, person: &str) -> bool {
    let holdout = Holdout {
        id: series.to_owned(),
        share: f64::from(percent) / 100.0,
    };
    percent > 0 && holdout.holds(person)
}

/// The way that a split takes for a person: the same whenever it is asked.
pub(super) fn way<'a>(
    paths: &'a [Path],
    series: &str,
    step: &str,
    person: &str,
) -> Option<&'a Path> {
    let place = hash(&["split/", series, "/", step].concat(), person);
    // The last way ends at 1, give or take the last digit of a sum.
    paths.iter().find(|path| place < path.end).or(paths.last())
}
