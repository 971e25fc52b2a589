//! What replaying a year costs: a generated year of events through the seed series, per event.
//!
//! `REKINDLE_PEOPLE=1000000` replays the whole of what the bound is about: 50 M events, once.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::wildcard_enum_match_arm,
    reason = "a benchmark fails by panicking, and is told its size by the surroundings"
)]

use std::collections::BTreeMap;

use divan::{Bencher, counter::ItemsCount};
use rekindle_core::{
    backtest::{Backtest, Draft},
    series::{Identified, Input, policy::Settings},
    value::Value,
    window::DAY_MS,
    zone::Zones,
};

const START: i64 = 1_767_225_600_000;
const YEAR_MS: i64 = 365 * DAY_MS;
const EVENTS: u64 = 50;
const STORY: &str =
    include_str!("../../../tests/cases/stories/an_at_risk_customer_is_won_back.json");
const NAMES: [&str; 8] = [
    "Page Viewed",
    "Logged In",
    "Searched",
    "Report Opened",
    "Used Feature X",
    "Purchased",
    "Settings Changed",
    "Invited",
];

fn main() {
    divan::main();
}

fn draft() -> Draft {
    let story: serde_json::Value = serde_json::from_str(STORY).unwrap();
    let rule = &story["segments"]["high-value-at-risk"];
    let segment = serde_json::from_value(serde_json::json!({ "rule": rule })).unwrap();
    let series = serde_json::from_value(story["series"]["win-back"].clone()).unwrap();
    let segments = BTreeMap::from([("high-value-at-risk".to_owned(), segment)]);
    Draft::new("win-back", series, segments, Settings::default()).unwrap()
}

/// Sebastiano Vigna, `SplitMix64`, <https://prng.di.unimi.it/splitmix64.c>.
fn mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A year of one person: who they are, then what they do, in bursts with silences between. Written
/// over that of another, so that what is measured is the replay and not the making of lives.
fn live(person: u64, life: &mut Vec<Input>) {
    let mut chance = person.wrapping_mul(0x2545_f491_4f6c_dd1d);
    let spend = mix(&mut chance) % 300;
    if life.is_empty() {
        life.push(Input::Identify(Identified {
            at: START,
            attributes: BTreeMap::from([
                ("email".to_owned(), Value::from("someone@example.com")),
                ("first_name".to_owned(), Value::from("Ana")),
                ("total_spend".to_owned(), Value::Null),
                ("subscription_status".to_owned(), Value::from("active")),
            ]),
        }));
        life.extend((0..EVENTS).map(|number| Input::Event {
            id: number.to_string(),
            name: String::new(),
            at: START,
            active: true,
            properties: BTreeMap::new(),
        }));
    }
    let mut now = START;
    for input in life {
        match input {
            Input::Identify(Identified { attributes, .. }) => {
                *attributes.get_mut("total_spend").unwrap() = Value::from(spend as f64);
            }
            Input::Event { name, at, .. } => {
                let draw = mix(&mut chance);
                // One step in eight is a silence of up to two months, the others are within a day.
                let most = if draw.is_multiple_of(8) {
                    60 * DAY_MS
                } else {
                    DAY_MS
                };
                now += i64::try_from(draw >> 8)
                    .unwrap_or(i64::MAX)
                    .rem_euclid(most);
                *at = now;
                name.clear();
                name.push_str(NAMES[(draw % 8) as usize]);
            }
            _ => {}
        }
    }
}

fn people() -> u64 {
    std::env::var("REKINDLE_PEOPLE").map_or(20_000, |text| text.parse().unwrap())
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn a_generated_year(bencher: Bencher<'_, '_>) {
    let (draft, zones, people) = (draft(), Zones::new(), people());
    bencher.counter(ItemsCount::new(people * EVENTS)).bench(|| {
        let mut backtest = Backtest::new(&draft, &zones, START, START + YEAR_MS).unwrap();
        let mut life = Vec::new();
        for person in 0..people {
            live(person, &mut life);
            backtest.person(&person.to_string(), &life);
        }
        backtest.finish()
    });
}

/// The generator alone: what of the figure above is not the replay.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn the_generator_alone(bencher: Bencher<'_, '_>) {
    let people = people();
    bencher.counter(ItemsCount::new(people * EVENTS)).bench(|| {
        let mut life = Vec::new();
        for person in 0..people {
            live(person, &mut life);
            divan::black_box(&life);
        }
    });
}
