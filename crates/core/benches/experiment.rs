//! What an experiment costs: the draw for one person, and the analysis that a console shows.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use divan::{Bencher, black_box};
use rekindle_core::experiment::{Analysis, Arm, Method, Metric, Sample, Split, Sticky, hash};

const ID: &str = "0199b3c2-7f51-7b7e-a1d2-5c0e64c1e7b9";

fn main() {
    divan::main();
}

fn split() -> Split {
    Split::new("win-back/subject", 1.0, &[("a", 1.0), ("b", 1.0)]).unwrap()
}

#[divan::bench]
fn hash_of_a_person() -> f64 {
    hash(black_box("win-back/subject"), black_box(ID))
}

#[divan::bench]
fn draw(bencher: Bencher<'_, '_>) {
    let split = split();
    bencher.bench(|| black_box(&split).draw(black_box(ID)).is_some());
}

#[divan::bench]
fn assign_again(bencher: Bencher<'_, '_>) {
    let split = split();
    let mut person = Sticky::new(ID);
    person.assign(&split);
    bencher.bench_local(|| person.assign(black_box(&split)).is_some());
}

fn analysis(bencher: Bencher<'_, '_>, method: Method, people: u64) {
    let arm = |variant: &str, converted: u64| Arm {
        variant: variant.to_owned(),
        weight: 1.0,
        sample: Sample::of_conversions(people, converted),
    };
    let (control, variants) = (arm("a", people / 20), [arm("b", people / 18)]);
    bencher.bench(|| {
        Analysis::of(
            Metric::Conversion,
            method,
            black_box(&control),
            black_box(&variants),
        )
    });
}

const PEOPLE: [u64; 3] = [1_000, 100_000, 10_000_000];

#[divan::bench(args = PEOPLE)]
fn sequential_analysis(bencher: Bencher<'_, '_>, people: u64) {
    analysis(bencher, Method::default(), people);
}

#[divan::bench(args = PEOPLE)]
fn bayesian_analysis(bencher: Bencher<'_, '_>, people: u64) {
    analysis(bencher, Method::Bayesian, people);
}
