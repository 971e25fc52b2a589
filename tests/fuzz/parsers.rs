//! Arbitrary and damaged input for every parser of the core: refused or read, never a panic.
//! Checks no meaning beyond that what is read can be written and read again.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::select};
use rekindle_core::{
    liquid::{self, Limits, Sink},
    mail::Theme,
    rule::{AnySpelling, parse},
    series::{DefinitionsSpec, Person, SeriesSpec, StepSpec, preview},
    time::{format_instant, format_span, parse_instant, parse_span},
    value::Value,
    wire::{Bundle, Inbox, decode, encode},
    world::Story,
};

const RULE: &str = "last_seen > 30 days ago and subscription_status is \"active\" and total_spend > 100 \
    and not performed \"Used Feature X\" in last 60 days or `a b` is any of (1, \"x\", true) and page url contains \"/\"";
const RULE_JSON: &str = r#"{"all":[{"attribute":{"name":"a","is":1}},{"not":{"event":{"name":"E","count":{"at_least":3},"window":{"last":5}}}}]}"#;
const STORY: &str = include_str!("../cases/stories/an_at_risk_customer_is_won_back.json");
const MAIL: &str = r#"{"id":"m","kind":"email","subject":"s","preheader":"p","blocks":[{"kind":"heading","text":"**a** _b_","level":2},{"kind":"text","text":"- [a](https://x.example) `b`\n> c"},{"kind":"image","src":"https://x.example/a.png","alt":"a","width":9},{"kind":"columns","columns":[[{"kind":"button","label":"a","url":"mailto:a"}],[{"kind":"spacer","height":9}]]}]}"#;
const HTML: &str = "<!doctype html><head><style>a > b {}</style></head><body><!-- x --><p title='>'>a &amp; b<br><a href=\"https://x.example\">c</a><div style=\"display:none\">d</div></body>";
const TEMPLATE: &str = "Hi {{ first_name | default: \"there\" | upcase }}{% if a > 1 %}{% for x in (1..3) %}{{ x }}{% endfor %}{% endif %}";

// LIMIT: the forms on the wire come from our own edge and nest as deep as their bytes are long.
const BYTES_MAX: usize = 512;

/// A text with some of its characters changed, left out or doubled.
fn damaged(text: &'static str) -> impl Strategy<Value = String> {
    let characters: Vec<char> = text.chars().collect();
    let length = characters.len();
    let change = (
        0..length,
        prop_oneof![any::<char>(), select(characters.clone())],
        0..3_u8,
    );
    vec(change, 0..6).prop_map(move |changes| {
        let mut characters = characters.clone();
        for (place, character, how) in changes {
            let place = place.min(characters.len().saturating_sub(1));
            match how {
                0 => characters.splice(place..=place, [character]).for_each(drop),
                1 => characters.insert(place, character),
                _ => drop(characters.remove(place)),
            }
        }
        characters.into_iter().collect()
    })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let small = || prop_oneof![any::<u8>(), 0..10_u8];
    let random = vec(small(), 0..BYTES_MAX);
    let valid = encode(&Inbox::default());
    prop_oneof![
        random.prop_map(|mut bytes| {
            bytes.insert(0, rekindle_core::wire::VERSION);
            bytes
        }),
        vec(any::<u8>(), 0..64),
        Just(valid),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_of_a_rule(text in prop_oneof![any::<String>(), damaged(RULE), "[ -~]{0,60}"]) {
        if let Ok(rule) = parse(&text) {
            prop_assert_eq!(parse(&rule.to_string()), Ok(rule));
        }
    }

    #[test]
    fn json_of_a_rule(json in prop_oneof![any::<String>(), damaged(RULE_JSON)]) {
        if let Ok(AnySpelling(rule)) = serde_json::from_str(&json) {
            prop_assert_eq!(parse(&rule.to_string()), Ok(rule));
        }
    }

    #[test]
    fn json_of_definitions(json in prop_oneof![any::<String>(), damaged(STORY)]) {
        let _ = serde_json::from_str::<SeriesSpec>(&json);
        let _ = serde_json::from_str::<DefinitionsSpec>(&json);
        let _ = serde_json::from_str::<Value>(&json);
        let _ = serde_json::from_str::<Story>(&json);
    }

    #[test]
    fn a_template(source in prop_oneof![any::<String>(), damaged(TEMPLATE), "[{}%| a-z\"'.,:()0-9]{0,60}"]) {
        if let Ok(template) = liquid::parse(&source) {
            let limits = Limits { steps: 2_000, output_bytes: 4_096, ..Limits::default() };
            let scope = BTreeMap::from([("a".to_owned(), Value::from(2.0)), ("x".to_owned(), Value::from("<x>"))]);
            for sink in [Sink::Plain, Sink::Html, Sink::Markdown, Sink::Subject] {
                let text = liquid::render_within(&template, &scope, sink, &limits, Some(0));
                prop_assert!(text.is_err() || text.is_ok_and(|text| text.len() <= limits.output_bytes));
            }
        }
    }

    #[test]
    fn what_a_mail_says(json in damaged(MAIL), text in prop_oneof![any::<String>(), damaged(HTML), "[*_~`\\[\\]()!<>&#\\\\ a:/\n-]{0,80}"]) {
        let mut steps: Vec<StepSpec> = serde_json::from_str(&json).into_iter().collect();
        for field in ["body", "html"] {
            let step = serde_json::json!({"id": "m", "kind": "email", "subject": text, field: text});
            steps.extend(serde_json::from_value::<StepSpec>(step));
        }
        for step in steps {
            let _ = preview(&step, &Person::new("p"), &Theme::default(), 0);
        }
    }

    #[test]
    fn bytes_of_the_wire(bytes in bytes()) {
        if let Ok(inbox) = decode::<Inbox>(&bytes) {
            let again = decode::<Inbox>(&encode(&inbox));
            // What is not a number is not equal to itself.
            prop_assert!(again.is_ok());
        }
        let _ = decode::<Bundle>(&bytes);
        let _ = decode::<Person>(&bytes);
        let _ = decode::<Value>(&bytes);
    }

    #[test]
    fn instants_and_spans(text in prop_oneof![any::<String>(), damaged("2026-11-23T09:00:00.123+01:00"), damaged("1d2h30m5s1ms")]) {
        if let Ok(span) = parse_span(&text) {
            prop_assert_eq!(parse_span(&format_span(span)), Ok(span));
        }
        if let Some(instant) = parse_instant(&text)
            && (0..253_402_300_800_000).contains(&instant)
        {
            prop_assert_eq!(parse_instant(&format_instant(instant)), Some(instant));
        }
    }
}
