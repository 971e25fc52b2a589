//! Runs the conformance suite for Liquid engines against ours.
//! A case fails unless the skip-file lists it with a reason; a listed case that passes fails too.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test, helpers included, fails by panicking"
)]

use std::{collections::BTreeMap, fs, path::Path};

use rekindle_core::{
    liquid::{Sink, parse, render},
    value::Value,
};
use serde_json::Value as Json;

/// One case of the suite.
struct Case {
    name: String,
    template: String,
    data: BTreeMap<String, Value>,
    /// Any of these is right; none means that the template is an error.
    results: Vec<String>,
    is_invalid: bool,
}

fn read(name: &str) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    fs::read_to_string(data.join(name)).unwrap()
}

fn case(json: &Json) -> Case {
    let text = |json: &Json| json.as_str().unwrap().to_owned();
    let results = match (&json["result"], &json["results"]) {
        (Json::String(result), _) => vec![result.clone()],
        (_, Json::Array(results)) => results.iter().map(text).collect(),
        _ => Vec::new(),
    };
    let data = json.get("data").cloned().unwrap_or_default();
    Case {
        name: text(&json["name"]),
        template: text(&json["template"]),
        data: serde_json::from_value(data).unwrap_or_default(),
        results,
        is_invalid: json["invalid"].as_bool().unwrap_or_default(),
    }
}

/// What is wrong with our answer, if anything.
fn failure(case: &Case) -> Option<String> {
    let rendered = match parse(&case.template) {
        Ok(template) => render(&template, &case.data, Sink::Plain).map_err(|e| e.to_string()),
        Err(problems) => Err(problems[0].to_string()),
    };
    match rendered {
        Err(_) if case.is_invalid => None,
        Ok(text) if !case.is_invalid && case.results.contains(&text) => None,
        other => Some(format!(
            "{}\n  template: {:?}\n  expected: {:?}\n  answered: {other:?}",
            case.name, case.template, case.results
        )),
    }
}

fn cases(suite: &Json) -> impl Iterator<Item = &Json> {
    suite["tests"].as_array().unwrap().iter()
}

/// Whether a case is about a tag that puts in another template.
fn needs_templates(json: &Json) -> bool {
    let tags = json["tags"].as_array().map(Vec::as_slice);
    let named = |tag: &Json| matches!(tag.as_str(), Some("include tag" | "render tag"));
    tags.unwrap_or_default().iter().any(named)
}

#[test]
fn golden_cases_pass_or_are_listed() {
    let suite: Json = serde_json::from_str(&read("golden_liquid.json")).unwrap();
    let skips = read("golden_liquid_skip.txt");
    let mut skipped: BTreeMap<&str, &str> = BTreeMap::new();
    for line in skips.lines() {
        let (name, reason) = line
            .split_once('\t')
            .expect("each line is `name<TAB>reason`");
        assert!(!reason.trim().is_empty(), "no reason: {name}");
        let before = skipped.insert(name, reason);
        assert!(before.is_none(), "listed twice: {name}");
    }
    let (mut passed, mut listed, mut outside, mut wrong) = (0, 0, 0, Vec::new());
    for (json, case) in cases(&suite).map(|json| (json, case(json))) {
        let reason = skipped.remove(case.name.as_str());
        // Only what needs other templates is out of scope; everything else counts.
        let is_outside = reason.is_some_and(|reason| reason.starts_with("out of scope"));
        if is_outside && !needs_templates(json) {
            wrong.push(format!("{}: needs no other template", case.name));
        }
        match (failure(&case), reason) {
            (None, None) => passed += 1,
            (Some(_), Some(_)) if is_outside => outside += 1,
            (Some(_), Some(_)) => listed += 1,
            (Some(failure), None) => wrong.push(failure),
            (None, Some(_)) => wrong.push(format!("{}: passes, but is listed", case.name)),
        }
    }
    let total = passed + listed + wrong.len();
    println!(
        "golden liquid: {passed} of {total} in scope pass, {listed} are listed as not; {outside} are out of scope"
    );
    assert!(passed * 100 >= total * 97, "less than 97 % pass");
    assert!(
        wrong.is_empty(),
        "{}\n{} wrong",
        wrong.join("\n"),
        wrong.len()
    );
    assert!(skipped.is_empty(), "not in the suite: {skipped:?}");
}
