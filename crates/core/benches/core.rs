//! What one decision costs: a step of the seed series. What a rule costs is in `rules`.
//! The bounds are in the design's budgets; `cargo xtask bench` prints the figures.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panicking"
)]

#[expect(dead_code, reason = "each bench measures a part of it")]
mod seed;

use divan::Bencher;
use rekindle_core::{
    series::{Input, step},
    window::DAY_MS,
    zone::Zones,
};

use seed::{NOW, definitions, event, person};

fn main() {
    divan::main();
}

const EVENTS: [i64; 3] = [1, 30, 1_000];

#[divan::bench(args = EVENTS)]
fn step_of_an_event(bencher: Bencher<'_, '_>, events: i64) {
    let definitions = definitions();
    let person = person(&definitions, events);
    let mut effects = Vec::new();
    bencher
        .with_inputs(|| (person.clone(), event("Logged In", "new", NOW)))
        .bench_local_values(|(mut person, input)| {
            effects.clear();
            step(
                &definitions,
                &Zones::new(),
                &mut person,
                &input,
                NOW,
                &mut effects,
            );
            person
        });
}

/// A day of a person, event after event: most of what is replayed concerns no rule.
#[divan::bench(args = [false, true])]
fn step_of_a_thousand_events(bencher: Bencher<'_, '_>, active: bool) {
    let definitions = definitions();
    let (zones, mut effects) = (Zones::new(), Vec::new());
    let inputs: Vec<Input> = (0..1_000)
        .map(|n| Input::Event {
            id: format!("{n:x}-0b9c"),
            name: "Page Viewed".to_owned(),
            at: NOW - DAY_MS + n * 60_000,
            active,
            properties: std::collections::BTreeMap::new(),
        })
        .collect();
    bencher
        .counter(divan::counter::ItemsCount::new(inputs.len()))
        .with_inputs(|| (person(&definitions, 1), inputs.clone()))
        .bench_local_refs(|(person, inputs)| {
            for input in inputs.drain(..) {
                step(&definitions, &zones, person, &input, NOW, &mut effects);
            }
        });
}
