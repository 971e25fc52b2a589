//! Whole mails, from a step as it is written to both parts: what comes out stands beside each case in
//! `mail/`, a tag a line. `REKINDLE_WRITE=1` writes it anew, to be read before it is kept.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::{fs, path::Path};

use rekindle_core::{
    mail::{HTML_BYTES_GOOD, Theme},
    rule::{Attribute, Names, Segments},
    series::{
        Outgoing, Person, Said, SeriesSpec, Severity, StepSpec, policy::Settings, preview, problems,
    },
    value::Value,
};
use serde_json::{Value as Json, json};

fn somebody() -> Person {
    let mut person = Person::new("p 1");
    for (name, value) in [("first_name", "<Ada>"), ("plan", "pro/1")] {
        let attribute = Attribute {
            value: Value::from(value),
            at: 0,
        };
        person.attributes.insert(name.to_owned(), attribute);
    }
    person
}

/// The HTML and the plain part for somebody.
fn parts(step: &Json, theme: &Theme) -> (String, String) {
    let step: StepSpec = serde_json::from_value(step.clone()).unwrap();
    match preview(&step, &somebody(), theme, 0) {
        Ok(Said::Outgoing(Outgoing::Email { html, text, .. })) => (html, text),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_mail_is_what_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    for name in ["plain", "blocks", "right_to_left", "own"] {
        let file = |kind: &str| folder.join(format!("{name}.{kind}"));
        let case: Json = serde_json::from_str(&fs::read_to_string(file("json")).unwrap()).unwrap();
        let theme = case.get("theme").cloned().unwrap_or_else(|| json!({}));
        let (html, text) = parts(&case["step"], &serde_json::from_value(theme).unwrap());
        // A tag a line, and what fills a preheader up once, for those who read the difference.
        let html = html.replace("\u{34f}\u{200c}\u{a0}", "~");
        for (kind, found) in [
            ("html", html.replace("><", ">\n<").replace("~~", "")),
            ("txt", text),
        ] {
            let found = format!("{}\n", found.trim_end());
            if std::env::var_os("REKINDLE_WRITE").is_some() {
                fs::write(file(kind), &found).unwrap();
            }
            let expected = fs::read_to_string(file(kind)).unwrap_or_default();
            assert_eq!(found, expected, "{name}.{kind}");
        }
    }
}

/// What is said of a series of this one mail, as `code: message`.
fn findings(step: &Json) -> Vec<(Severity, String)> {
    let spec = json!({
        "name": "x", "audience": "everyone", "exit": "performed \"Left\"", "steps": [step],
    });
    let spec: SeriesSpec = serde_json::from_value(spec).unwrap();
    let names = Names {
        attributes: ["first_name".to_owned()].into(),
        events: ["Left".to_owned()].into(),
    };
    let found = problems(&spec, &Segments::new(), &Settings::default(), &names);
    let told = found
        .into_iter()
        .map(|one| (one.severity, format!("{}: {}", one.code, one.message)));
    told.collect()
}

#[test]
fn the_review_knows_what_mails_ask_for_and_how_long_they_get() {
    let text = |bytes: usize| "x ".repeat(bytes / 2);
    let block = json!({"kind": "text", "text": text(16_000)});
    let long = vec![block; 7];
    for (step, codes) in [
        (
            json!({"id": "m", "kind": "email", "subject": "x", "body": "[Leave]({{ unsubscribe_url }})"}),
            &[][..],
        ),
        (
            json!({"id": "m", "kind": "push", "title": "x", "body": "{{ unsubscribe_url }}"}),
            &["unknown_attribute"],
        ),
        (
            json!({"id": "m", "kind": "email", "subject": "x", "preheader": "{{ nme }}", "blocks": [
            {"kind": "button", "label": "{{ a }}", "url": "https://x.example/{{ b }}"},
            {"kind": "columns", "columns": [[{"kind": "image", "src": "{{ c }}", "alt": "{{ d }}", "link": "{{ e }}"}], []]},
            {"kind": "social", "links": [{"label": "{{ f }}", "url": "{{ g | default: 'https://x.example' }}"}]}]}),
            &["unknown_attribute"; 8],
        ),
        (
            json!({"id": "m", "kind": "email", "subject": "x", "blocks": long}),
            &["large"],
        ),
        (
            json!({"id": "m", "kind": "email", "subject": "x", "html": text(HTML_BYTES_GOOD)}),
            &[],
        ),
        (
            json!({"id": "m", "kind": "email", "subject": "x", "html": text(HTML_BYTES_GOOD + 2)}),
            &["large"],
        ),
        (
            json!({"id": "m", "kind": "email", "subject": "x", "mjml": "<mjml></mjml>", "body": "x"}),
            &["missing"],
        ),
        (
            json!({"id": "m", "kind": "push", "title": "x", "body": "x", "preheader": "x", "blocks": [], "html": "x", "mjml": "x"}),
            &["field"; 4],
        ),
        (
            json!({"id": "m", "kind": "email", "subject": "x", "body": "[a](b)", "test": {"weight": 1, "variants": [
            {"name": "b", "weight": 1, "changes": {"html": "<a href=c>c</a><img src=https://x.example>"}}]}}),
            &["link", "link", "alt"],
        ),
    ] {
        let found = findings(&step);
        let own: Vec<&str> = found
            .iter()
            .filter_map(|(_, one)| one.split(':').next())
            .collect();
        assert_eq!(own, codes, "{found:?}");
    }
}

#[test]
fn a_variant_says_one_thing_of_its_own() {
    let step = |changes: Json| {
        let html = json!("<p>x</p>");
        json!({"id": "m", "kind": "email", "subject": "x", "html": html, "mjml": "<mjml>", "test": {
            "weight": 1, "variants": [{"name": "b", "weight": 1, "changes": changes}]}})
    };
    for (changes, codes) in [
        (json!({"blocks": [{"kind": "text", "text": "y"}]}), &[][..]),
        (json!({"body": "y"}), &[]),
        (json!({"html": "<p>y</p>", "mjml": "<mjml> "}), &[]),
        (json!({"preheader": "y"}), &[]),
        (json!({"html": "<p>x</p>"}), &["no_change"]),
        (json!({"mjml": "<mjml> "}), &["no_change"]),
        (
            json!({"blocks": [{"kind": "text", "text": "y"}], "preheader": "y"}),
            &["several_changes"],
        ),
        (
            json!({"blocks": [{"kind": "text", "text": "y"}], "body": "y"}),
            &["content"],
        ),
        (json!({"blocks": [{"kind": "txt"}]}), &["unknown_block"]),
    ] {
        let found = findings(&step(changes.clone()));
        let own: Vec<&str> = found
            .iter()
            .filter_map(|(_, one)| one.split(':').next())
            .collect();
        assert_eq!(own, codes, "{changes}: {found:?}");
    }
    // Shards are told what is sent, and not what it was made from.
    let series = json!({"name": "x", "audience": "everyone", "steps": [step(json!({"html": "<p>y</p>", "mjml": "<mjml> "}))]});
    let series: SeriesSpec = serde_json::from_value(series).unwrap();
    assert!(
        !serde_json::to_string(&series.to_run())
            .unwrap()
            .contains("mjml")
    );
    // What the variant says takes the place of what the control says, its source included.
    let spec: StepSpec = serde_json::from_value(step(json!({"body": "y"}))).unwrap();
    let changes = &spec
        .experiment
        .as_ref()
        .unwrap()
        .variants
        .first()
        .unwrap()
        .changes;
    let (variant, fields) = changes.apply(&spec);
    assert_eq!(fields, ["body"]);
    assert_eq!(
        (variant.html, variant.mjml, variant.body.as_deref()),
        (None, None, Some("y"))
    );
}

#[test]
fn every_json_of_the_page_is_read() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/email.md");
    let page = fs::read_to_string(page).unwrap();
    let example = |kind: &str| -> Json {
        let start = format!("```json {kind}\n");
        let inside = page.split(&start).nth(1).unwrap();
        serde_json::from_str(inside.split("\n```").next().unwrap()).unwrap()
    };
    let blocks = example("blocks");
    let step = json!({"id": "m", "kind": "email", "subject": "x", "blocks": blocks});
    assert_eq!(findings(&step), []);
    let settings: Settings = serde_json::from_value(example("settings")).unwrap();
    let (html, text) = parts(&step, &settings.mail);
    assert!(html.contains("1 Street, Town") && text.ends_with("Example Ltd\n1 Street, Town"));
    // No kind is missing.
    let kinds: Vec<&Json> = blocks
        .as_array()
        .unwrap()
        .iter()
        .map(|block| &block["kind"])
        .collect();
    assert_eq!(
        kinds,
        [
            "heading", "text", "image", "columns", "button", "divider", "spacer", "social"
        ]
    );
}
