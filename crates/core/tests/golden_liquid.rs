//! Runs the conformance suite for Liquid engines against ours.
//! A case fails unless the skip-file lists it with a reason; a listed case that passes fails too.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test, helpers included, fails by panicking"
)]

use std::{collections::BTreeMap, fs, path::Path};

use rekindle_core::liquid::{Facts, Sink, parse, render};
use serde::Deserialize;

#[derive(Deserialize)]
struct Suite {
    tests: Vec<Case>,
}

/// One case of the suite. One of the results is right; if there is none, the template is an error.
#[derive(Deserialize)]
struct Case {
    name: String,
    template: String,
    #[serde(default)]
    data: Facts,
    result: Option<String>,
    #[serde(default)]
    results: Vec<String>,
    #[serde(default)]
    invalid: bool,
    #[serde(default)]
    tags: Vec<String>,
}

impl Case {
    fn is_right(&self, text: &str) -> bool {
        let mut results = self.result.iter().chain(&self.results);
        !self.invalid && results.any(|result| result == text)
    }

    /// Whether it is about a tag that puts in another template.
    fn needs_templates(&self) -> bool {
        let mut tags = self.tags.iter().map(String::as_str);
        tags.any(|tag| matches!(tag, "include tag" | "render tag"))
    }
}

fn read(name: &str) -> String {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    fs::read_to_string(data.join(name)).unwrap()
}

/// What is wrong with our answer, if anything.
fn failure(case: &Case) -> Option<String> {
    let rendered = match parse(&case.template) {
        Ok(template) => render(&template, &case.data, Sink::Plain).map_err(|e| e.to_string()),
        Err(problems) => Err(problems[0].to_string()),
    };
    match rendered {
        Err(_) if case.invalid => None,
        Ok(text) if case.is_right(&text) => None,
        other => Some(format!(
            "{}\n  template: {:?}\n  expected: {:?}, {:?}\n  answered: {other:?}",
            case.name, case.template, case.result, case.results
        )),
    }
}

#[test]
fn golden_cases_pass_or_are_listed() {
    let suite: Suite = serde_json::from_str(&read("golden_liquid.json")).unwrap();
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
    for case in &suite.tests {
        let reason = skipped.remove(case.name.as_str());
        // Only what needs other templates is out of scope; everything else counts.
        let is_outside = reason.is_some_and(|reason| reason.starts_with("out of scope"));
        if is_outside && !case.needs_templates() {
            wrong.push(format!("{}: needs no other template", case.name));
        }
        match (failure(case), reason) {
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
