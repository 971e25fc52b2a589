//! Every JSON of docs/series.md is read, compiled and written back the same.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::{collections::BTreeSet, path::Path};

use rekindle_core::{
    rule::{Segments, parse},
    series::{Series, SeriesSpec, StepKind},
};
use serde_json::{Value, json};

/// The contents of the fenced blocks of a kind.
fn blocks(kind: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/series.md");
    let text = std::fs::read_to_string(page).unwrap();
    let start = format!("```json {kind}\n");
    let after = text.split(&start).skip(1);
    after
        .map(|rest| rest.split("\n```").next().unwrap().to_owned())
        .collect()
}

fn check(json: &Value) -> SeriesSpec {
    let segments: Segments = [("at-risk".to_owned(), parse("plan is \"pro\"").unwrap())].into();
    let spec: SeriesSpec =
        serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"));
    Series::compile(&spec, &segments).unwrap_or_else(|findings| panic!("{json}: {findings:?}"));
    let again: SeriesSpec = serde_json::from_value(serde_json::to_value(&spec).unwrap()).unwrap();
    assert_eq!(again, spec);
    spec
}

#[test]
fn every_series_of_the_page_is_read() {
    let examples = blocks("series");
    assert_eq!(examples.len(), 2);
    for example in examples {
        check(&serde_json::from_str(&example).unwrap());
    }
}

#[test]
fn every_step_of_the_page_is_read_and_no_kind_is_missing() {
    let mut kinds = BTreeSet::new();
    for example in blocks("step") {
        let step: Value = serde_json::from_str(&example).unwrap();
        let other = json!({"id": "other", "kind": "push", "title": "x", "body": "x"});
        let spec = check(&json!({
            "name": "x", "audience": "everyone", "exit": "performed \"Done\"", "steps": [step, other],
        }));
        kinds.extend(spec.steps.iter().map(|step| step.kind.name()));
    }
    let all = [
        StepKind::Email,
        StepKind::InApp,
        StepKind::Push,
        StepKind::Webhook,
        StepKind::Wait,
        StepKind::Branch,
        StepKind::Split,
        StepKind::Set,
        StepKind::Exit,
    ];
    assert_eq!(kinds, all.map(StepKind::name).into());
}
