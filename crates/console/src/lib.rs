//! The core for the console: the same parser, checks and templates that run at the edge, in wasm.
//! Only the border with JavaScript is here; what is done behind it is `answers`, in plain Rust.
//!
//! Functions take and give plain JavaScript values. Where text cannot be read they throw
//! `{problems: [{at, line?, column?, message}]}`; `at` counts characters from 0.

mod answers;

pub use answers::{
    CaseResult, InboxView, KnownFacts, KnownNames, ParsedRule, Preview, Problems, Trouble,
    check_series_of, explain_rule_for, inbox_of, parse_rule_text, preview, run_case_text,
};

use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;

fn given<T: DeserializeOwned>(value: JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value).map_err(|error| JsError::new(&error.to_string()).into())
}

fn plain<T: Serialize>(value: &T) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value
        .serialize(&serializer)
        .map_err(|error| JsError::new(&error.to_string()).into())
}

fn answer<T: Serialize>(result: Result<T, Problems>) -> Result<JsValue, JsValue> {
    match result {
        Ok(value) => plain(&value),
        Err(problems) => Err(plain(&problems)?),
    }
}

/// Unix ms as JavaScript has it.
fn instant(ms: f64) -> i64 {
    rekindle_core::value::whole(ms.trunc()).unwrap_or(0)
}

/// Reads the text of a rule: `{text, json}`, the text in its canonical form.
///
/// # Errors
/// Every problem of the text, each with its place.
#[wasm_bindgen]
pub fn parse_rule(text: &str) -> Result<JsValue, JsValue> {
    answer(parse_rule_text(text))
}

/// Explains a rule, as text or JSON, for `{attributes, events: {name: [ms]}, first_seen, last_seen}`
/// at `now` (Unix ms). `segments` holds rules by id, for `in segment`.
///
/// # Errors
/// When the rule cannot be read or names a segment that does not exist.
#[wasm_bindgen]
pub fn explain_rule(
    rule: JsValue,
    facts: JsValue,
    now: f64,
    segments: JsValue,
) -> Result<JsValue, JsValue> {
    let segments = if segments.is_undefined() || segments.is_null() {
        answers::Rules::new()
    } else {
        given(segments)?
    };
    let rule: serde_json::Value = given(rule)?;
    answer(explain_rule_for(
        rule,
        &given(facts)?,
        instant(now),
        &segments,
    ))
}

/// Everything that is wrong with a series: `[{severity, step, code, message}]`, errors first.
/// `segments` holds rules by id; `names` is `{attributes: […], events: […]}`.
///
/// # Errors
/// When `segments` or `names` is something else.
#[wasm_bindgen]
pub fn check_series(spec: JsValue, segments: JsValue, names: JsValue) -> Result<JsValue, JsValue> {
    let spec: serde_json::Value = given(spec)?;
    plain(&check_series_of(spec, &given(segments)?, given(names)?))
}

/// Fills in a template: `{text, variables}`. `sink` is `plain`, `html`, `subject` or `markdown`.
///
/// # Errors
/// Every problem of the source, each with line and column; or why it could not be filled in.
#[wasm_bindgen]
pub fn preview_liquid(source: &str, attributes: JsValue, sink: &str) -> Result<JsValue, JsValue> {
    answer(preview(source, &given(attributes)?, sink))
}

/// Runs a case of tests/cases, given as JSON text: `{about, ok, mismatches}`.
///
/// # Errors
/// When the case cannot be read.
#[wasm_bindgen]
pub fn run_case(json: &str) -> Result<JsValue, JsValue> {
    answer(run_case_text(json))
}

/// The content of an inbox as `GET /v1/boot` gives it: `{bundle, items: [{effect, live_from,
/// live_until, shows, content}]}`. `shows` says whether its targeting holds at `now` (Unix ms) for a
/// browser in which nothing has happened yet.
///
/// # Errors
/// When the bytes are damaged or of another version.
#[wasm_bindgen]
pub fn decode_inbox(bytes: &[u8], now: f64) -> Result<JsValue, JsValue> {
    answer(inbox_of(bytes, instant(now)))
}

/// The key of a person's inbox, for `GET /v1/boot?p=`.
#[wasm_bindgen]
#[must_use]
pub fn person_key(id: &str) -> String {
    rekindle_core::hash::hex64(rekindle_core::hash::person_key(id))
}

/// The name of a file to import, made of how it begins: the same that `rekindle import` gives it.
#[wasm_bindgen]
#[must_use]
pub fn import_name(start: &[u8]) -> String {
    rekindle_core::hash::hex64(rekindle_core::hash::mix64(start))
}

/// The id of what a step does to a person in their n-th run.
#[wasm_bindgen]
#[must_use]
pub fn effect_id(person: &str, series: &str, entry: u32, step: &str) -> String {
    rekindle_core::series::effect_id(person, series, entry, step)
}
