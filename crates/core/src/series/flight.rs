//! Who is where in a series: what publishing a version, or ending a pause, is about.
//! Counts and names; moves no one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    definition::{Definitions, Series},
    person::Person,
};

/// A place where someone is under way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct InFlight {
    /// The version that they are on.
    pub version: u32,
    /// The id of the step that they wait for or are at; `null` for one who is held out.
    pub step: Option<String>,
}

/// Where a person is under way in a series, once for each run.
pub fn in_flight<'a>(person: &'a Person, series: &str) -> impl Iterator<Item = InFlight> + 'a {
    let runs = person.runs.get(series).into_iter().flatten();
    runs.filter(|run| run.is_open()).map(|run| InFlight {
        version: run.version,
        step: run.step().map(str::to_owned),
    })
}

/// What a paused series owes a person: for each run that would have moved on by `now`, where it is
/// and since when (Unix ms), and the same for each message that would have left or gone live.
pub fn overdue<'a>(
    definitions: &Definitions,
    person: &'a Person,
    series: &str,
    now: i64,
) -> impl Iterator<Item = (InFlight, i64)> + 'a {
    let is_paused = definitions
        .series
        .get(series)
        .is_some_and(|published| published.paused);
    let runs = person
        .runs
        .get(series)
        .into_iter()
        .flatten()
        .filter(move |_| is_paused);
    let owed = move |version, step: &str, due: i64| {
        let step = Some(step.to_owned());
        (due <= now).then_some((InFlight { version, step }, due))
    };
    runs.flat_map(move |run| {
        let moves = run.step().zip(run.due());
        let moves = moves.and_then(|(step, due)| owed(run.version, step, due));
        let messages = run.steps.iter().filter_map(move |record| {
            let until = record.outcome.waits_until(record.at)?;
            owed(record.version, &record.step, until)
        });
        messages.chain(moves)
    })
}

/// How many are where, of many people.
#[must_use]
pub fn counted(places: impl IntoIterator<Item = InFlight>) -> BTreeMap<InFlight, u64> {
    let mut counts = BTreeMap::new();
    for place in places {
        *counts.entry(place).or_default() += 1;
    }
    counts
}

/// Where each step of a version leads those who move on to another one; `None` where they leave.
#[must_use]
pub fn moves<'a>(from: &'a Series, to: &'a Series) -> BTreeMap<&'a str, Option<&'a str>> {
    let counterpart = |id| from.counterpart(id, to).map(|step| step.id.as_str());
    let ids = from.steps.iter().map(|step| step.id.as_str());
    ids.map(|id| (id, counterpart(id))).collect()
}
