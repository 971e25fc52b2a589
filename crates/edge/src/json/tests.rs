//! What is read, against `serde_json`, which reads the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Json, read_strictly, read_text, read_tree, tree};

fn texts_below(dir: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts_below(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(fs::read_to_string(&path).unwrap());
        }
    }
}

fn cases() -> Vec<String> {
    let mut found = Vec::new();
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    texts_below(&tests, &mut found);
    assert!(found.len() > 50, "{} files", found.len());
    found
}

#[track_caller]
fn same(text: &str) {
    let ours = read_text::<Json>(text);
    let theirs = serde_json::from_str::<Json>(text);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{text}"),
        (Err(_), Err(_)) => {}
        (ours, theirs) => panic!("{text}\nours: {ours:?}\ntheirs: {theirs:?}"),
    }
}

#[test]
fn texts_of_all_kinds_are_read_like_serde_json_reads_them() {
    for text in [
        "",
        " ",
        "null",
        " true ",
        "false",
        "nul",
        "truee",
        "[]",
        "[ ]",
        "{}",
        "{ }",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{\"a\":1}x",
        "[1]]",
        "0",
        "-0",
        "00",
        "01",
        "-",
        "-1",
        "1.",
        ".5",
        "1.5",
        "1e3",
        "1E+3",
        "1e-3",
        "1e",
        "1e+",
        "-1.25e2",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "1e308",
        "1e309",
        "-1e309",
        "5e-324",
        "1e-400",
        "0.1",
        "123456789.123456789",
        "9007199254740993",
        "+1",
        "Infinity",
        "NaN",
        "0x10",
        "--1",
        "1-2",
        "\"\"",
        "\"a\"",
        "\"a",
        "\"\\\"\"",
        "\"\\\\ \\/ \\b\\f\\n\\r\\t\"",
        "\"\\u00e4\\u20ac\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ud83dx\"",
        "\"\\ude00\"",
        "\"\\ud83d\\ud83d\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\x\"",
        "\"\\",
        "\"\u{1}\"",
        "\"\t\"",
        "\"\u{7f}\"",
        "\"ä😀\"",
        "\u{feff}1",
        "{\"a\":1,\"a\":2}",
        "[[[[]]]]",
        "{\"\":{\"\":[]}}",
        "\u{a0}1",
        "[1\n,\r2\t]",
        "'a'",
    ] {
        same(text);
    }
}

#[test]
fn files_of_cases_are_read_alike_whole_and_broken() {
    let mut seed = 1_u64;
    let mut chance = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for text in cases() {
        same(&text);
        for _ in 0..20 {
            let mut bytes = text.clone().into_bytes();
            let place = chance(bytes.len());
            bytes[place] = b"\"{}[]:,\\0 e-.tn"[chance(15)];
            if let Ok(broken) = String::from_utf8(bytes) {
                same(&broken);
            }
            let end = chance(text.len());
            if let Some(part) = text.get(..end) {
                same(part);
            }
        }
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
    assert!(read_text::<Json>(&nested(128)).is_ok());
    let error = read_text::<Json>(&nested(129)).unwrap_err().to_string();
    assert_eq!(error, "nested deeper than 128 at line 1 column 129");
    // Far past it, nothing overflows.
    assert!(read_text::<Json>(&"[".repeat(1_000_000)).is_err());
}

#[derive(Debug, Deserialize, PartialEq)]
struct Trip {
    to: String,
    days: u32,
    #[serde(default)]
    stops: Vec<Stop>,
    note: Option<String>,
    #[serde(default = "two")]
    seats: u8,
    by: Option<Means>,
}

fn two() -> u8 {
    2
}

#[derive(Debug, Deserialize, PartialEq)]
struct Stop {
    name: String,
    nights: i64,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Means {
    Train,
    Bus(u32),
    Car { wheels: u8 },
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Told {
    Word { text: String },
    Nothing,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Flat {
    id: u64,
    #[serde(flatten)]
    rest: BTreeMap<String, f64>,
}

#[test]
fn a_type_takes_its_fields_in_any_order_and_defaults_for_the_others() {
    let text = r#"{"days":3,"later":1,"to":"Łódź","stops":[{"nights":-1,"name":"Brno"}],"by":{"car":{"wheels":4}}}"#;
    let trip: Trip = read_text(text).unwrap();
    let stop = Stop {
        name: "Brno".to_owned(),
        nights: -1,
    };
    let expected = Trip {
        to: "Łódź".to_owned(),
        days: 3,
        stops: vec![stop],
        note: None,
        seats: 2,
        by: Some(Means::Car { wheels: 4 }),
    };
    assert_eq!(trip, expected);
    let tree: Json = serde_json::from_str(text).unwrap();
    assert_eq!(read_tree::<Trip>(&tree).unwrap(), expected);
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (text, expected) in [
        (r#"{"to":"x"}"#, "missing field `days`"),
        (
            r#"{"to":"x","days":-1}"#,
            "days: invalid value: integer `-1`, expected u32",
        ),
        (
            r#"{"to":"x","days":1.5}"#,
            "days: invalid type: floating point `1.5`, expected u32",
        ),
        (
            r#"{"to":null,"days":1}"#,
            "to: invalid type: unit value, expected a string",
        ),
        (
            r#"{"to":"x","days":1,"stops":[{"name":"a","nights":1},{"name":"b"}]}"#,
            "stops[1]: missing field `nights`",
        ),
        (
            r#"{"to":"x","days":1,"stops":[{"name":[],"nights":1}]}"#,
            "stops[0].name: invalid type: sequence, expected a string",
        ),
        (
            r#"{"to":"x","days":1,"stops":{}}"#,
            "stops: invalid type: map, expected a sequence",
        ),
        (
            r#"{"to":"x","days":1,"by":"boat"}"#,
            "by: unknown variant `boat`, expected one of `train`, `bus`, `car`",
        ),
        (
            r#"{"to":"x","days":1,"by":{"bus":"x"}}"#,
            "by.bus: invalid type: string \"x\", expected u32",
        ),
        (
            r#"{"to":"x","days":1,"by":"bus"}"#,
            "by: invalid type: unit variant, expected a variant with its content",
        ),
        (r#"{"to":"x","to":"y","days":1}"#, "duplicate field `to`"),
        ("[]", "invalid type: sequence, expected struct Trip"),
        (
            "{\n  \"to\" \"x\"}",
            "expected `:` after a key at line 2 column 8",
        ),
    ] {
        let error = read_text::<Trip>(text).unwrap_err();
        assert_eq!(error.to_string(), expected, "{text}");
    }
}

#[test]
fn unknown_fields_pass_unless_read_strictly() {
    let text = r#"{"name":"a","nights":1,"nihgts":2}"#;
    assert!(read_text::<Stop>(text).is_ok());
    let error = read_strictly::<Stop>(text.as_bytes())
        .unwrap_err()
        .to_string();
    assert_eq!(error, "unknown field `nihgts`, expected `name` or `nights`");
    let error = read_strictly::<Vec<Stop>>(format!("[{text}]").as_bytes())
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "[0]: unknown field `nihgts`, expected `name` or `nights`"
    );
    assert!(read_strictly::<Stop>(b"\xff").is_err());
}

#[test]
fn enums_tuples_flattened_fields_and_keys_that_are_numbers_are_read() {
    assert_eq!(read_text::<Means>("\"train\"").unwrap(), Means::Train);
    assert_eq!(read_text::<Means>(r#"{"bus":7}"#).unwrap(), Means::Bus(7));
    assert!(read_text::<Means>(r#"{"bus":7,"train":null}"#).is_err());
    let word = r#"{"kind":"word","text":"hi"}"#;
    assert_eq!(
        read_text::<Told>(word).unwrap(),
        Told::Word {
            text: "hi".to_owned()
        }
    );
    assert_eq!(
        read_text::<Told>(r#"{"kind":"nothing"}"#).unwrap(),
        Told::Nothing
    );
    let flat: Flat = read_text(r#"{"a":1,"id":9,"b":0.5}"#).unwrap();
    assert_eq!((flat.id, flat.rest["a"], flat.rest["b"]), (9, 1.0, 0.5));
    let numbered: BTreeMap<i64, (u8, String)> =
        read_text(r#"{"-3":[1,"x"],"20":[2,"y"]}"#).unwrap();
    assert_eq!(numbered[&-3], (1, "x".to_owned()));
    assert!(read_text::<BTreeMap<u8, u8>>(r#"{"300":1}"#).is_err());
    assert!(read_text::<(u8, u8)>("[1]").is_err());
    assert!(read_text::<(u8, u8)>("[1,2,3]").is_err());
    assert_eq!(read_text::<Option<Option<u8>>>("null").unwrap(), None);
}

#[test]
fn a_tree_of_something_is_what_it_writes() {
    let made = tree(&BTreeMap::from([(3_u64, vec![Some(0.25), None])])).unwrap();
    assert_eq!(made, serde_json::json!({"3": [0.25, null]}));
}
