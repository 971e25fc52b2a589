//! How many instructions things take: the same on a busy machine as on an idle one.
//! Times are measured by the benches of core; `cargo xtask bench` prints both.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a benchmark fails by panicking, and its macros write no documentation"
)]

#[path = "../../../crates/core/benches/seed/mod.rs"]
mod seed;

use std::{collections::BTreeMap, hint::black_box};

use gungraun::{library_benchmark, library_benchmark_group, main};
use rekindle_core::{
    liquid::{Sink, Template, parse, render},
    rule::{Bound, Program},
    series::{Definitions, Effect, Input, Person, step},
    value::Value,
    window::DAY_MS,
    zone::Zones,
};

use seed::{NOW, Someone, TEMPLATE};

/// One event of each kind. What a bench is given is leaked: taking it down is not measured.
fn someone() -> (Program, &'static Someone) {
    (seed::segment().1, Box::leak(Box::new(Someone::new(0, 1))))
}

fn bound() -> &'static (Program, Bound<'static>) {
    let ((symbols, program), someone) = (seed::segment(), someone().1);
    let subject = Box::leak(Box::new((program, symbols.bind(someone.facts()))));
    // The first answer also fills the caches that a count has warm.
    assert!(subject.0.eval(&subject.1, NOW));
    subject
}

#[library_benchmark(setup = bound)]
#[bench::seed_segment()]
fn eval_bound((program, bound): &'static (Program, Bound<'static>)) -> bool {
    black_box(program).eval(black_box(bound), NOW)
}

fn named() -> &'static (Program, &'static Someone) {
    Box::leak(Box::new(someone()))
}

#[library_benchmark(setup = named)]
#[bench::seed_segment()]
fn eval((program, someone): &'static (Program, &'static Someone)) -> bool {
    black_box(program).eval(&black_box(someone).facts(), NOW)
}

#[library_benchmark(setup = named)]
#[bench::seed_segment()]
fn next_flip((program, someone): &'static (Program, &'static Someone)) -> Option<i64> {
    black_box(program).next_flip(&black_box(someone).facts(), NOW - 20 * DAY_MS)
}

struct Decision {
    definitions: Definitions,
    person: Person,
    input: Input,
    effects: Vec<Effect>,
}

fn decision() -> &'static mut Decision {
    let definitions = seed::definitions();
    Box::leak(Box::new(Decision {
        person: seed::person(&definitions, 30),
        definitions,
        input: seed::event("Logged In", "new", NOW),
        effects: Vec::with_capacity(16),
    }))
}

#[library_benchmark(setup = decision)]
#[bench::of_an_event()]
fn series_step(decision: &'static mut Decision) {
    let (definitions, effects) = (&decision.definitions, &mut decision.effects);
    step(
        definitions,
        &Zones::new(),
        &mut decision.person,
        &decision.input,
        NOW,
        effects,
    );
}

fn parsed() -> &'static (Template, BTreeMap<String, Value>) {
    Box::leak(Box::new((parse(TEMPLATE).unwrap(), seed::variables())))
}

#[library_benchmark(setup = parsed)]
#[bench::small()]
fn render_template((template, person): &'static (Template, BTreeMap<String, Value>)) {
    let _ = black_box(render(black_box(template), black_box(person), Sink::Html));
}

#[library_benchmark]
#[bench::small()]
fn parse_template() -> &'static Template {
    Box::leak(Box::new(parse(black_box(TEMPLATE)).unwrap()))
}

library_benchmark_group!(
    name = instructions,
    benchmarks = [
        eval_bound,
        eval,
        next_flip,
        series_step,
        render_template,
        parse_template
    ]
);

main!(library_benchmark_groups = instructions);
