//! Chance, the same for the same person: who is held out of a series, who goes which way.
//! Draws nothing: it is a hash of stable ids, the one that experiments draw by.

use super::{definition::Path, person::Person};
use crate::experiment::{Holdout, Sticky, hash};

/// Whether a series holds a person out.
pub(super) fn is_held_out(series: &str, percent: u32, person: &Person) -> bool {
    let holdout = Holdout {
        id: series.to_owned(),
        share: f64::from(percent) / 100.0,
    };
    percent > 0 && holdout.holds(person.bucketing_id())
}

fn split_id(series: &str, step: &str) -> String {
    ["split/", series, "/", step].concat()
}

/// The way that a split takes for a person, kept with them: other weights lead only others
/// elsewhere.
pub(super) fn take_way<'a>(
    paths: &'a [Path],
    series: &str,
    step: &str,
    person: &mut Person,
) -> Option<&'a Path> {
    let split = split_id(series, step);
    let sticky = person.sticky.get_or_insert_with(|| Sticky::new(&person.id));
    let names = paths.iter().map(|path| path.name.as_str());
    let name = sticky.assign_by(&split, names, |id| Some(&*draw(paths, &split, id)?.name))?;
    paths.iter().find(|path| path.name == name)
}

/// The way that it would take for them.
pub(super) fn way<'a>(
    paths: &'a [Path],
    series: &str,
    step: &str,
    person: &Person,
) -> Option<&'a Path> {
    let split = split_id(series, step);
    let kept = person
        .sticky
        .as_ref()
        .and_then(|sticky| sticky.kept(&split));
    let before = paths.iter().find(|path| Some(&*path.name) == kept);
    before.or_else(|| draw(paths, &split, person.bucketing_id()))
}

fn draw<'a>(paths: &'a [Path], split: &str, bucketing_id: &str) -> Option<&'a Path> {
    let place = hash(split, bucketing_id);
    // The last way ends at 1, give or take the last digit of a sum.
    paths.iter().find(|path| place < path.end).or(paths.last())
}
