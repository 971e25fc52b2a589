//! What replaying costs: a generated year of events through the seed series, per event; and what the
//! customers of CDNOW bought, from the file on.
//!
//! `REKINDLE_PEOPLE=1000000` replays the whole of what the bound is about, 50 M events; then
//! `--sample-count 1` is enough.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a benchmark fails by panicking, and is told its size by the surroundings"
)]

use std::collections::BTreeMap;

use divan::{Bencher, counter::ItemsCount};
use rekindle_core::{
    backtest::{Backtest, Draft},
    series::{Identified, Input, policy::Settings},
    time::parse_instant,
    value::Value,
    window::DAY_MS,
    zone::Zones,
};

const START: i64 = 1_767_225_600_000;
const YEAR_MS: i64 = 365 * DAY_MS;
const EVENTS: u64 = 50;
const LIVES: u64 = 2_000;
const STORY: &str =
    include_str!("../../../tests/cases/stories/an_at_risk_customer_is_won_back.json");
const CDNOW: &str = include_str!("../../../tests/data/cdnow_sample.txt");
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

/// A year of one person: who they are, then what they do, in bursts with silences between.
fn life(person: u64) -> Vec<Input> {
    let mut chance = person.wrapping_mul(0x2545_f491_4f6c_dd1d);
    let spend = mix(&mut chance) % 300;
    let about = Input::Identify(Identified {
        at: START,
        attributes: BTreeMap::from([
            ("email".to_owned(), Value::from("someone@example.com")),
            ("first_name".to_owned(), Value::from("Ana")),
            ("total_spend".to_owned(), Value::from(spend as f64)),
            ("subscription_status".to_owned(), Value::from("active")),
        ]),
    });
    let mut at = START;
    let events = (0..EVENTS).map(move |number| {
        let draw = mix(&mut chance);
        // One step in eight is a silence of up to two months, the others are within a day.
        let most = if draw.is_multiple_of(8) {
            60 * DAY_MS
        } else {
            DAY_MS
        };
        at += i64::try_from(draw >> 8)
            .unwrap_or(i64::MAX)
            .rem_euclid(most);
        Input::Event {
            id: number.to_string(),
            name: NAMES[(draw % 8) as usize].to_owned(),
            at,
            active: true,
            properties: BTreeMap::new(),
        }
    });
    std::iter::once(about).chain(events).collect()
}

fn people() -> u64 {
    std::env::var("REKINDLE_PEOPLE").map_or(20_000, |text| text.parse().unwrap())
}

#[divan::bench(sample_count = 9, sample_size = 1)]
fn a_generated_year(bencher: Bencher<'_, '_>) {
    let (draft, zones, people) = (draft(), Zones::new(), people());
    // As many different lives as fit into memory; other people live one of them again.
    let lives: Vec<Vec<Input>> = (0..people.min(LIVES)).map(life).collect();
    bencher.counter(ItemsCount::new(people * EVENTS)).bench(|| {
        let mut backtest = Backtest::new(&draft, &zones, START, START + YEAR_MS).unwrap();
        for (person, life) in (0..people).zip(lives.iter().cycle()) {
            backtest.person(&person.to_string(), life);
        }
        backtest.finish()
    });
}

/// Those who bought nothing for 90 days are written to twice.
fn win_back() -> Draft {
    let series = serde_json::json!({
        "name": "Win back", "audience": { "rule": "last performed \"Purchased\" > 90 days ago" },
        "exit": "performed \"Purchased\"",
        "steps": [
            { "id": "first", "kind": "email", "subject": "s", "body": "b" },
            { "id": "second", "kind": "email", "delay": "14d", "subject": "s", "body": "b" },
        ],
    });
    let series = serde_json::from_value(series).unwrap();
    Draft::new("draft", series, BTreeMap::new(), Settings::default()).unwrap()
}

/// A purchase a line: the customer, their number in the sample, the day, how many, for how much.
fn purchases(text: &str) -> BTreeMap<&str, Vec<Input>> {
    let mut lives = BTreeMap::<&str, Vec<Input>>::new();
    for (row, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let day = format!("{}-{}-{}", &words[2][..4], &words[2][4..6], &words[2][6..]);
        let at = parse_instant(&day).unwrap();
        let life = lives.entry(words[0]).or_insert_with(|| {
            let email = Value::from("someone@example.com");
            let attributes = BTreeMap::from([("email".to_owned(), email)]);
            vec![Input::Identify(Identified { at, attributes })]
        });
        life.push(Input::Event {
            id: row.to_string(),
            name: "Purchased".to_owned(),
            at,
            active: true,
            properties: BTreeMap::new(),
        });
    }
    lives
}

/// The bound is a second.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn cdnow(bencher: Bencher<'_, '_>) {
    let (draft, zones) = (win_back(), Zones::new());
    let [from, to] = ["1997-06-01", "1998-07-01"].map(|day| parse_instant(day).unwrap());
    bencher.bench(|| {
        let mut backtest = Backtest::new(&draft, &zones, from, to).unwrap();
        for (person, life) in purchases(divan::black_box(CDNOW)) {
            backtest.person(person, life);
        }
        backtest.finish()
    });
}
