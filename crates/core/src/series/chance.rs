//! Chance, the same for the same person: who is held out of a series, who goes which way.
//! Draws nothing: it is a hash of stable ids, the one that experiments draw by.

use super::{
    definition::{Path, Test},
    person::Person,
};
use crate::experiment::{Holdout, Sticky, hash};

/// Whether a series holds a person out.
pub(super) fn is_held_out(series: &str, percent: u32, person: &Person) -> bool {
    let holdout = || Holdout {
        id: series.to_owned(),
        share: f64::from(percent) / 100.0,
    };
    percent > 0 && holdout().holds(person.bucketing_id())
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

/// What the variants of a message are drawn by.
pub(super) fn test_id(series: &str, step: &str) -> String {
    [series, "/", step].concat()
}

/// The variant of a message that a person gets, kept with them: other weights give only others
/// another one.
pub(super) fn take_variant<'a>(
    test: &'a Test,
    series: &str,
    step: &str,
    person: &mut Person,
) -> Option<&'a str> {
    let id = test_id(series, step);
    let sticky = person.sticky.get_or_insert_with(|| Sticky::new(&person.id));
    sticky.assign_by(&id, test.names(), |value| test.at(hash(&id, value)))
}

/// The variant that they would get, and whether it was given to them before.
pub(super) fn variant<'a>(
    test: &'a Test,
    series: &str,
    step: &str,
    person: &Person,
) -> Option<(&'a str, bool)> {
    let id = test_id(series, step);
    let sticky = person.sticky.as_ref();
    let kept = sticky.and_then(|sticky| sticky.kept(&id));
    let before = test.names().find(|name| Some(*name) == kept);
    let drawn = || test.at(hash(&id, person.bucketing_id()));
    before
        .map(|name| (name, true))
        .or_else(|| Some((drawn()?, false)))
}

impl Test {
    /// The variant at a place on the line from 0 to 1.
    fn at(&self, place: f64) -> Option<&str> {
        self.names().nth(self.ranges.choose(place)?)
    }
}

fn draw<'a>(paths: &'a [Path], split: &str, bucketing_id: &str) -> Option<&'a Path> {
    let place = hash(split, bucketing_id);
    // The last way ends at 1, give or take the last digit of a sum.
    paths.iter().find(|path| place < path.end).or(paths.last())
}
