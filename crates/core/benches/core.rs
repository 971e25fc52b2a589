//! What one decision costs: a step of the seed series. What a rule costs is in `rules`.
//! The bounds are in the design's budgets; `cargo xtask bench` prints the figures.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panicking"
)]

use std::collections::BTreeMap;

use divan::Bencher;
use rekindle_core::{
    rule::{AnySpelling, Rule, parse},
    series::{
        Definitions, DefinitionsSpec, Identified, Input, LiveSeries, Person, SegmentSpec,
        SeriesSpec, step,
    },
    value::Value,
    window::DAY_MS,
    zone::Zones,
};

const NOW: i64 = 1_795_435_200_000;
const STORY: &str =
    include_str!("../../../tests/cases/stories/an_at_risk_customer_is_won_back.json");

fn main() {
    divan::main();
}

/// The segment and the series of the journey.
fn seed() -> (Rule, SeriesSpec) {
    let story: serde_json::Value = serde_json::from_str(STORY).unwrap();
    let rule = story["segments"]["high-value-at-risk"].as_str().unwrap();
    (
        parse(rule).unwrap(),
        serde_json::from_value(story["series"]["win-back"].clone()).unwrap(),
    )
}

fn definitions() -> Definitions {
    let (rule, series) = seed();
    let live = LiveSeries {
        current: 1,
        paused: false,
        versions: BTreeMap::from([(1, series)]),
        ..LiveSeries::default()
    };
    let spec = DefinitionsSpec {
        version: 1,
        segments: BTreeMap::from([(
            "high-value-at-risk".to_owned(),
            SegmentSpec {
                name: None,
                rule: AnySpelling(rule),
            },
        )]),
        series: BTreeMap::from([("win-back".to_owned(), live)]),
        ..DefinitionsSpec::default()
    };
    Definitions::compile(&spec).unwrap()
}

/// A person who is at risk, with this many events of each of four kinds.
fn person(definitions: &Definitions, events: i64) -> Person {
    let attributes = BTreeMap::from([
        ("email".to_owned(), Value::from("ana@example.com")),
        ("first_name".to_owned(), Value::from("Ana")),
        ("total_spend".to_owned(), Value::from(250.0)),
        ("subscription_status".to_owned(), Value::from("active")),
    ]);
    let identify = Input::Identify(Identified {
        at: NOW - 90 * DAY_MS,
        attributes,
    });
    let mut person = Person::new("ana");
    let since = NOW - 90 * DAY_MS;
    step(
        definitions,
        &Zones::new(),
        &mut person,
        &identify,
        since,
        &mut Vec::new(),
    );
    for name in ["Logged In", "Page Viewed", "Used Feature X", "Purchased"] {
        for n in 0..events {
            let input = event(name, &format!("{name}{n}"), NOW - 61 * DAY_MS - n * 60_000);
            let then = NOW - 61 * DAY_MS;
            step(
                definitions,
                &Zones::new(),
                &mut person,
                &input,
                then,
                &mut Vec::new(),
            );
        }
    }
    person
}

const EVENTS: [i64; 3] = [1, 30, 1_000];

fn event(name: &str, id: &str, at: i64) -> Input {
    Input::Event {
        id: id.to_owned(),
        name: name.to_owned(),
        at,
        active: true,
        properties: BTreeMap::new(),
    }
}

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
            properties: BTreeMap::new(),
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
