//! What a template costs: parsing, rendering, rendering in part. The bounds of the first two are in the
//! design's budgets: 10 µs and 1 µs for a template of two variables and a branch.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark fails by panicking"
)]

#[expect(dead_code, reason = "each bench measures a part of it")]
mod seed;

use std::collections::BTreeMap;

use divan::{Bencher, black_box};
use rekindle_core::{
    liquid::{Limits, Sink, parse, partial, render},
    value::Value,
    wire,
};

fn main() {
    divan::main();
}

/// What a person wrote into a newsletter.
const LARGE: &str = "{% assign total = orders | sum: 'total' %}\
    {% for order in orders limit: 10 %}{{ forloop.index }}. {{ order.name | escape }}: {{ order.total | times: 1.19 | round: 2 }}\n\
    {% unless order.paid %}Please pay by {{ order.due | date: '%B %-d, %Y' }}.{% endunless %}{% endfor %}\
    {% case plan %}{% when 'free', 'trial' %}Upgrade{% else %}Thank you, {{ first_name | capitalize }}{% endcase %} ({{ total }})";

fn person() -> BTreeMap<String, Value> {
    let orders = "[{\"name\": \"A & B\", \"total\": 10.5, \"paid\": true, \"due\": 0}, {\"name\": \"C\", \"total\": 7, \"paid\": false, \"due\": 1457100000}]";
    let mut person = seed::variables();
    person.insert("orders".to_owned(), serde_json::from_str(orders).unwrap());
    person
}

const SOURCES: [(&str, &str); 2] = [("small", seed::TEMPLATE), ("large", LARGE)];

fn source(name: &str) -> &'static str {
    let known = SOURCES.iter().position(|(known, _)| *known == name);
    SOURCES[known.unwrap()].1
}

#[divan::bench(args = ["small", "large"])]
fn parse_template(bencher: Bencher<'_, '_>, name: &str) {
    let source = source(name);
    bencher.bench(|| parse(black_box(source)));
}

#[divan::bench(args = ["small", "large"])]
fn render_template(bencher: Bencher<'_, '_>, name: &str) {
    let template = parse(source(name)).unwrap();
    let person = person();
    bencher.bench(|| render(black_box(&template), black_box(&person), Sink::Html));
}

#[divan::bench(args = ["small", "large"])]
fn render_in_part(bencher: Bencher<'_, '_>, name: &str) {
    let template = parse(source(name)).unwrap();
    let person = person();
    let asks = |name: &str| name == "plan";
    let limits = Limits::default();
    bencher.bench(|| {
        let template = black_box(&template);
        partial(
            template,
            black_box(&person),
            &asks,
            Sink::Html,
            &limits,
            None,
        )
    });
}

#[divan::bench(args = ["small", "large"])]
fn decode(bencher: Bencher<'_, '_>, name: &str) {
    let bytes = wire::encode(&parse(source(name)).unwrap());
    bencher.bench(|| wire::decode::<rekindle_core::liquid::Template>(black_box(&bytes)));
}
