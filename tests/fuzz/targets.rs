//! What is fuzzed: rule text, rule JSON, Liquid, and the forms on the wire, each as a function of bytes.
//! A target panics if something that must hold does not; whatever it refuses is fine.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use rekindle_core::{
    liquid::{self, Limits, RenderError, Scope, Sink, Template},
    residual::Residual,
    rule::{self, AnySpelling},
    series::{DefinitionsSpec, Person, SeriesSpec},
    value::Value,
    wire::{self, Bundle, Inbox},
    world::Story,
};
use serde::{Serialize, de::DeserializeOwned};

/// A target: its name and what it does with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 4] = [
    ("rule-text", rule_text),
    ("rule-json", rule_json),
    ("liquid", template),
    ("wire", forms),
];

// LIMIT: what loops must end soon: a fuzzer tells by its patience, we by steps.
const LIMITS: Limits = Limits {
    steps: 2_000,
    output_bytes: 4_096,
    depth: 32,
};

/// What is written of a rule reads as the same rule.
fn rule_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(rule) = rule::parse(text) {
        assert_eq!(rule::parse(&rule.to_string()), Ok(rule));
    }
}

/// A rule in JSON is a rule in text; definitions and stories are read or refused.
fn rule_json(bytes: &[u8]) {
    if let Ok(AnySpelling(rule)) = serde_json::from_slice(bytes) {
        assert_eq!(rule::parse(&rule.to_string()), Ok(rule));
    }
    let _ = serde_json::from_slice::<SeriesSpec>(bytes);
    let _ = serde_json::from_slice::<DefinitionsSpec>(bytes);
    let _ = serde_json::from_slice::<Story>(bytes);
}

/// A template renders within its limits, whole as well as in two parts.
fn template(bytes: &[u8]) {
    let Ok(source) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(template) = liquid::parse(source) else {
        return;
    };
    rendered(&template);
    same_when_written_again::<Template>(&wire::encode(&template));
}

fn rendered(template: &Template) {
    let known = BTreeMap::from([
        ("a".to_owned(), Value::from(2.5)),
        ("x".to_owned(), Value::from("<x> y")),
        ("l".to_owned(), list(&[1.0, 3.0, 2.0])),
        (
            "o".to_owned(),
            Value::Map(BTreeMap::from([("k".to_owned(), list(&[5.0]))])),
        ),
    ]);
    let later = BTreeMap::from([(
        "page".to_owned(),
        Value::Map(BTreeMap::from([
            ("n".to_owned(), Value::from(1.0)),
            ("l".to_owned(), list(&[7.0, 8.0])),
        ])),
    )]);
    let mut all = known.clone();
    all.extend(later.clone());
    for sink in [Sink::Plain, Sink::Html, Sink::Markdown] {
        let whole = within(template, &all, sink, &LIMITS);
        let asks = |name: &str| name == "page";
        let left = liquid::partial(template, &known, &asks, sink, &LIMITS, Some(0));
        let (Ok(whole), Ok(left)) = (whole, left) else {
            continue;
        };
        assert!(whole.len() <= LIMITS.output_bytes);
        assert_eq!(within(&left, &later, sink, &LIMITS), Ok(whole));
    }
}

fn within(
    template: &Template,
    scope: &dyn Scope,
    sink: Sink,
    limits: &Limits,
) -> Result<String, RenderError> {
    liquid::render_within(template, scope, sink, limits, Some(0))
}

fn list(numbers: &[f64]) -> Value {
    Value::List(numbers.iter().copied().map(Value::from).collect())
}

/// What is read from bytes is written as it was read.
fn forms(bytes: &[u8]) {
    same_when_written_again::<Inbox>(bytes);
    same_when_written_again::<Bundle>(bytes);
    same_when_written_again::<Residual>(bytes);
    same_when_written_again::<Person>(bytes);
    same_when_written_again::<Value>(bytes);
    same_when_written_again::<Template>(bytes);
    if let Ok(template) = wire::decode::<Template>(bytes) {
        let _ = within(&template, &BTreeMap::new(), Sink::Html, &LIMITS);
    }
}

/// Compares bytes, not values: what is not a number is not equal to itself.
fn same_when_written_again<T: Serialize + DeserializeOwned>(bytes: &[u8]) {
    if let Ok(value) = wire::decode::<T>(bytes) {
        let written = wire::encode(&value);
        let again = wire::decode::<T>(&written).map(|value| wire::encode(&value));
        assert_eq!(again, Ok(written));
    }
}

/// Where to begin: every rule, template and definition in the repository, for each target.
///
/// # Errors
///
/// When a file can't be read.
pub fn seeds() -> io::Result<BTreeMap<&'static str, BTreeSet<Vec<u8>>>> {
    let mut seeds: BTreeMap<&'static str, BTreeSet<Vec<u8>>> = BTreeMap::new();
    let mut add = |target, bytes: Vec<u8>| seeds.entry(target).or_default().insert(bytes);
    let mut texts = Vec::new();
    for file in ["stories", "residuals"] {
        for file in files(&root().join("tests/cases").join(file))? {
            let json = fs::read(file)?;
            strings(&serde_json::from_slice(&json)?, &mut texts);
            add("rule-json", json);
        }
    }
    let golden = fs::read(root().join("tests/data/golden_liquid.json"))?;
    strings(&serde_json::from_slice(&golden)?, &mut texts);
    let rules = fs::read_to_string(root().join("docs/rules.md"))?;
    texts.extend(rules.split(['\n', '`']).map(str::to_owned));
    let liquid = fs::read_to_string(root().join("docs/liquid.md"))?;
    texts.extend(liquid.split(['\n', '`']).map(str::to_owned));
    for text in texts {
        if let Ok(template) = liquid::parse(&text)
            && template.as_text().is_none()
        {
            add("wire", wire::encode(&template));
            add("liquid", text.clone().into_bytes());
        }
        if let Ok(rule) = rule::parse(&text) {
            if let Ok(json) = serde_json::to_vec(&rule) {
                add("rule-json", json);
            }
            add("rule-text", text.into_bytes());
        }
    }
    add("wire", wire::encode(&Inbox::default()));
    add("wire", wire::encode(&Bundle::default()));
    add("wire", wire::encode(&Person::new("ana")));
    Ok(seeds)
}

/// The files of a folder, in the order of their names.
///
/// # Errors
///
/// When the folder can't be read.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every text within a JSON value.
fn strings(json: &Value, out: &mut Vec<String>) {
    match json {
        Value::Text(text) => out.push(text.clone()),
        Value::List(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Map(entries) => entries.values().for_each(|value| strings(value, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
