//! What a rule costs: the seed segment for one person and for a million, by name and bound.
//! The bounds are in the design's budgets; `cargo xtask bench` prints the figures.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::collections::BTreeMap;

use divan::{Bencher, black_box, counter::ItemsCount};
use rekindle_core::{
    history::{History, Occurrence, View},
    rule::{Asked, Attribute, Bound, Facts, Names, Program, Symbols, parse},
    value::Value,
    window::DAY_MS,
    zone::UTC,
};

const NOW: i64 = 1_795_435_200_000;
const SEGMENT: &str = "last_seen > 30 days ago and subscription_status is \"active\" and \
    total_spend > 100 and not performed \"Used Feature X\" in last 60 days";
/// How many events of each kind a person performed.
const EVENTS: [i64; 3] = [1, 30, 1_000];

fn main() {
    divan::main();
}

struct Someone {
    attributes: BTreeMap<String, Attribute>,
    history: History,
    last_seen: i64,
}

impl Someone {
    /// Most of them pass every condition, so that none is spared.
    fn new(n: i64, events: i64) -> Self {
        let set = |value: Value| Attribute { value, at: 0 };
        let mut history = History::default();
        for name in ["Logged In", "Page Viewed", "Used Feature X", "Purchased"] {
            for event in 0..events {
                let at = NOW - 61 * DAY_MS - event * 60_000;
                history.add(name, Occurrence::new(at, &format!("{name}{event}")));
            }
        }
        Self {
            attributes: BTreeMap::from([
                ("email".to_owned(), set("ana@example.com".into())),
                ("first_name".to_owned(), set("Ana".into())),
                ("subscription_status".to_owned(), set("active".into())),
                (
                    "total_spend".to_owned(),
                    set((150.0 + (n % 100) as f64).into()),
                ),
            ]),
            history,
            last_seen: NOW - (31 + n % 60) * DAY_MS,
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            id: "ana",
            attributes: &self.attributes,
            history: View::whole(&self.history),
            first_seen: None,
            last_seen: Some(self.last_seen),
            zone: &UTC,
        }
    }
}

fn segment() -> (Symbols, Program) {
    let mut symbols = Symbols::default();
    let program = symbols.compile(&parse(SEGMENT).unwrap());
    (symbols, program)
}

#[divan::bench(args = EVENTS)]
fn eval(bencher: Bencher<'_, '_>, events: i64) {
    let ((_, program), someone) = (segment(), Someone::new(0, events));
    bencher.bench(|| black_box(&program).eval(&black_box(&someone).facts(), NOW));
}

#[divan::bench(args = EVENTS)]
fn eval_bound(bencher: Bencher<'_, '_>, events: i64) {
    let ((symbols, program), someone) = (segment(), Someone::new(0, events));
    let bound = symbols.bind(someone.facts());
    bencher.bench(|| black_box(&program).eval(black_box(&bound), NOW));
}

#[divan::bench(args = EVENTS)]
fn next_flip(bencher: Bencher<'_, '_>, events: i64) {
    let ((_, program), someone) = (segment(), Someone::new(0, events));
    let now = NOW - 20 * DAY_MS;
    bencher.bench(|| black_box(&program).next_flip(&black_box(&someone).facts(), now));
}

#[divan::bench(args = EVENTS)]
fn residual(bencher: Bencher<'_, '_>, events: i64) {
    let ((_, program), someone) = (segment(), Someone::new(0, events));
    bencher.bench(|| black_box(&program).residual(&black_box(&someone).facts(), NOW));
}

const PEOPLE: i64 = 1_000_000;

/// The bound is a second.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn count_of_a_million_bound(bencher: Bencher<'_, '_>) {
    let (symbols, program) = segment();
    let people: Vec<Someone> = (0..PEOPLE).map(|n| Someone::new(n, 1)).collect();
    let bound: Vec<Bound<'_>> = people
        .iter()
        .map(|someone| symbols.bind(someone.facts()))
        .collect();
    bencher.counter(ItemsCount::new(bound.len())).bench(|| {
        let people = black_box(&bound).iter();
        people.filter(|someone| program.eval(*someone, NOW)).count()
    });
}

/// The same with names looked up for each.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn count_of_a_million(bencher: Bencher<'_, '_>) {
    let (_, program) = segment();
    let people: Vec<Someone> = (0..PEOPLE).map(|n| Someone::new(n, 1)).collect();
    bencher.counter(ItemsCount::new(people.len())).bench(|| {
        let people = black_box(&people).iter();
        people
            .filter(|someone| program.eval(&someone.facts(), NOW))
            .count()
    });
}

#[divan::bench]
fn parse_text(bencher: Bencher<'_, '_>) {
    bencher.bench(|| parse(black_box(SEGMENT)));
}

#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    let rule = parse(SEGMENT).unwrap();
    bencher.bench(|| black_box(&rule).compile());
}

#[divan::bench]
fn problems(bencher: Bencher<'_, '_>) {
    let rule = parse(SEGMENT).unwrap();
    bencher.bench(|| black_box(&rule).problems(&Names::default(), Asked::AtTheEdge));
}
