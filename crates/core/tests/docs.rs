//! Every example of docs/rules.md and docs/policies.md is read: rules in canonical form print as they
//! stand. The table of missing values is true, cell by cell.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use common::{NOW, Somebody};
use rekindle_core::{
    rule::{AnySpelling, parse},
    series::policy::{Overrides, Settings},
};
use serde_json::Value;

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name)
}

/// The contents of the fenced blocks of a kind on the page about rules.
fn blocks(kind: &str) -> Vec<String> {
    blocks_of("rules.md", kind)
}

/// The contents of the fenced blocks of a kind.
fn blocks_of(name: &str, kind: &str) -> Vec<String> {
    let text = std::fs::read_to_string(page(name)).unwrap();
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

/// The keys of a JSON value, at any depth.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                found.insert(key.clone());
                keys(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_word_of_the_json_has_an_example_in_text() {
    // Values, not keys.
    const VALUES: [&str; 11] = [
        "first",
        "last",
        "url",
        "path",
        "title",
        "referrer",
        "received",
        "shown",
        "opened",
        "clicked",
        "dismissed",
    ];
    let mut found = BTreeSet::new();
    for text in blocks("rule").iter().flat_map(|block| block.lines()) {
        keys(
            &serde_json::to_value(parse(text).unwrap()).unwrap(),
            &mut found,
        );
    }
    let page = std::fs::read_to_string(page("rules.md")).unwrap();
    let (_, json) = page.split_once("## JSON").unwrap();
    let (table, _) = json.split_once("Unknown fields").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let words: BTreeSet<&str> = rows
        .flat_map(|row| row.split('`').skip(1).step_by(2))
        .filter(|word| {
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
        .collect();
    let missing: Vec<&&str> = words
        .iter()
        .filter(|word| !found.contains(**word) && !VALUES.contains(word))
        .collect();
    assert!(words.len() > 40 && missing.is_empty(), "{missing:?}");
    for word in VALUES {
        assert!(words.contains(word), "{word}");
    }
}

/// Rows of the table of missing values: what each says, and whether it holds.
#[test]
fn the_table_of_missing_values_is_true() {
    const EXAMPLES: [(&str, &str); 33] = [
        ("is", "x is \"a\""),
        ("=", "x = 1"),
        ("is any of", "x is any of (\"a\")"),
        ("is not", "x is not \"a\""),
        ("!=", "x != 1"),
        ("is none of", "x is none of (\"a\")"),
        ("contains", "x contains \"a\""),
        ("starts with", "x starts with \"a\""),
        ("ends with", "x ends with \"a\""),
        ("does not contain", "x does not contain \"a\""),
        ("<", "x < 1"),
        ("<=", "x <= 1"),
        (">", "x > 1"),
        (">=", "x >= 1"),
        ("between", "x between 0 and 1"),
        ("includes", "x includes 1"),
        ("is empty", "x is empty"),
        ("does not include", "x does not include 1"),
        ("has any value", "x has any value"),
        ("is unknown", "x is unknown"),
        ("before", "x before 2026-01-01"),
        ("after", "x after 2026-01-01"),
        ("on", "x on 2026-01-01"),
        ("> … ago", "x > 1 day ago"),
        ("< … ago", "x < 1 day ago"),
        ("exactly … ago", "x exactly 1 day ago"),
        ("within next", "x within next 1 day"),
        ("is today", "x is today"),
        ("has anniversary", "x has anniversary today"),
        ("last_seen", "last_seen > 1 day ago"),
        ("first_seen", "first_seen > 1 day ago"),
        ("performed", "performed \"x\""),
        ("not performed", "not performed \"x\""),
    ];
    const MORE: [(&str, &str); 10] = [
        ("at most N times", "performed \"x\" at most 2 times"),
        ("exactly 0 times", "performed \"x\" exactly 0 times"),
        ("first performed", "first performed \"x\" < 1 day ago"),
        ("last performed", "last performed \"x\" > 1 day ago"),
        (
            "performed … then …",
            "performed \"x\" then performed \"y\" within 1 day",
        ),
        (
            "performed … then not …",
            "performed \"x\" then not performed \"y\" within 1 day",
        ),
        ("opened message", "opened message \"a/b\""),
        ("not opened message", "not opened message \"a/b\""),
        ("page …", "page url contains \"/\""),
        ("in segment", "in segment \"x\""),
    ];
    let page = std::fs::read_to_string(page("rules.md")).unwrap();
    let (_, after) = page
        .split_once("| comparison | missing |\n|---|---|\n")
        .unwrap();
    let rows: Vec<&str> = after
        .lines()
        .take_while(|line| line.starts_with('|'))
        .collect();
    assert_eq!(rows.len(), 19);
    let mut cells = 0;
    for row in rows {
        let (words, answer) = row.trim_matches('|').rsplit_once('|').unwrap();
        for words in words.split('`').skip(1).step_by(2) {
            let (_, text) = EXAMPLES
                .iter()
                .chain(&MORE)
                .find(|(known, _)| *known == words)
                .unwrap_or_else(|| panic!("no example of `{words}`"));
            // Of one who was never seen as of an attribute that is missing.
            let expected = answer.contains("true");
            let nobody = Somebody::nobody();
            let found = parse(text).unwrap().compile().eval(&nobody.facts(), NOW);
            assert_eq!(found, expected, "{row}: {text}");
            cells += 1;
        }
    }
    assert_eq!(cells, EXAMPLES.len() + MORE.len());
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
    assert_eq!(examples.len(), 4);
    for json in examples {
        let rule: AnySpelling =
            serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(parse(&rule.0.to_string()), Ok(rule.0));
    }
}

#[test]
fn every_json_about_policies_is_read() {
    let settings = blocks_of("policies.md", "json settings");
    assert_eq!(settings.len(), 2);
    let settings: Vec<Settings> = settings
        .iter()
        .map(|json| serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}")))
        .collect();
    let series = blocks_of("policies.md", "json series");
    assert_eq!(series.len(), 2);
    for json in series {
        let overrides: Overrides =
            serde_json::from_str(&json).unwrap_or_else(|error| panic!("{json}: {error}"));
        assert_eq!(overrides.problems(&settings[0]), []);
    }
}
