//! What a rule costs: the seed segment for one person and for a million, by name and bound.
//! The bounds are in the design's budgets; `cargo xtask bench` prints the figures.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panicking"
)]

#[expect(dead_code, reason = "each bench measures a part of it")]
mod seed;

use divan::{Bencher, black_box, counter::ItemsCount};
use rekindle_core::{
    rule::{Asked, Bound, Names, parse},
    window::DAY_MS,
};

use seed::{NOW, Someone, rule, segment};

/// How many events of each kind a person performed.
const EVENTS: [i64; 3] = [1, 30, 1_000];

fn main() {
    divan::main();
}

// What takes nanoseconds is asked this often for a sample: less would measure the clock.

#[divan::bench(args = EVENTS, sample_size = 5_000)]
fn eval(bencher: Bencher<'_, '_>, events: i64) {
    let ((_, program), someone) = (segment(), Someone::new(0, events));
    bencher.bench(|| black_box(&program).eval(&black_box(&someone).facts(), NOW));
}

#[divan::bench(args = EVENTS, sample_size = 5_000)]
fn eval_bound(bencher: Bencher<'_, '_>, events: i64) {
    let ((symbols, program), someone) = (segment(), Someone::new(0, events));
    let bound = symbols.bind(someone.facts());
    bencher.bench(|| black_box(&program).eval(black_box(&bound), NOW));
}

#[divan::bench(args = EVENTS, sample_size = 5_000)]
fn next_flip(bencher: Bencher<'_, '_>, events: i64) {
    let ((_, program), someone) = (segment(), Someone::new(0, events));
    let now = NOW - 20 * DAY_MS;
    bencher.bench(|| black_box(&program).next_flip(&black_box(&someone).facts(), now));
}

#[divan::bench(args = EVENTS, sample_size = 5_000)]
fn next_flip_bound(bencher: Bencher<'_, '_>, events: i64) {
    let ((symbols, program), someone) = (segment(), Someone::new(0, events));
    let bound = symbols.bind(someone.facts());
    let now = NOW - 20 * DAY_MS;
    bencher.bench(|| black_box(&program).next_flip(black_box(&bound), now));
}

#[divan::bench(args = EVENTS, sample_size = 5_000)]
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
    bencher
        .counter(ItemsCount::new(bound.len()))
        .bench(|| program.count(black_box(&bound), NOW));
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
    let text = rule().to_string();
    bencher.bench(|| parse(black_box(&text)));
}

#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    let rule = rule();
    bencher.bench(|| black_box(&rule).compile());
}

#[divan::bench]
fn problems(bencher: Bencher<'_, '_>) {
    let rule = rule();
    bencher.bench(|| black_box(&rule).problems(&Names::default(), Asked::AtTheEdge));
}
