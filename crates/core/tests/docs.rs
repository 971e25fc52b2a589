//! Every example of docs/rules.md is read: those in canonical form print as they stand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use rekindle_core::rule::{AnySpelling, parse};

/// The contents of the fenced blocks of a kind.
fn blocks(kind: &str) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    let text = std::fs::read_to_string(page).unwrap();
    let start = format!("```{kind}\n");
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once(&start) {
        let (block, after) = after.split_once("\n```").unwrap();
        found.push(block.to_owned());
        rest = after;
    }
    found
}

#[test]
fn every_rule_of_the_page_is_in_canonical_form() {
    let rules: Vec<String> = blocks("rule")
        .iter()
        .flat_map(|b| b.lines().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    assert!(rules.len() > 50, "{} examples", rules.len());
    for text in rules {
        let rule = parse(&text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
        assert_eq!(rule.to_string(), text);
    }
}

#[test]
fn what_is_understood_as_well_prints_in_another_form() {
    for text in blocks("rule-also").iter().flat_map(|block| block.lines()) {
        let rule = parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
        let canonical = rule.to_string();
        assert_ne!(canonical, text);
        assert_eq!(parse(&canonical), Ok(rule));
    }
}

#[test]
fn every_json_of_the_page_is_read() {
    let examples = blocks("json");
    assert_eq!(examples.len(), 3);
    for json in examples {
        let rule: AnySpelling =
            serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(parse(&rule.0.to_string()), Ok(rule.0));
    }
}
