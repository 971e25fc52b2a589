//! Messages in the app: what may be written, what is wrong with the rest, and what a browser is told.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test fails by panicking, and a table is as long as its lines"
)]

use rekindle_core::{
    mail::Theme,
    rule::Segments,
    series::{Finding, Person, Said, StepSpec, preview},
    wire::{self, InApp, Inbox, Layout, Position, Repeat},
};
use serde_json::{Value, json};

fn say(more: &Value) -> Result<InApp, Vec<Finding>> {
    let mut step = json!({ "id": "n", "kind": "in_app", "body": "Hello" });
    for (name, value) in more.as_object().unwrap() {
        step[name] = value.clone();
    }
    let spec: StepSpec = serde_json::from_value(step).unwrap();
    let again = serde_json::to_value(&spec).unwrap();
    assert_eq!(serde_json::from_value::<StepSpec>(again).unwrap(), spec);
    match preview(&spec, &Person::new("ana"), &Theme::default(), 0)? {
        Said::InApp(said) => Ok(said),
        Said::Outgoing(other) => panic!("{other:?}"),
    }
}

fn told(more: &Value) -> (Repeat, String, Value) {
    match say(more)
        .unwrap_or_else(|found| panic!("{more}: {found:?}"))
        .layout
    {
        Layout::Nudge(nudge) => {
            let drawing = serde_json::from_str(&nudge.drawing).unwrap();
            (nudge.repeat, nudge.trigger, drawing)
        }
        other @ (Layout::Banner(_) | Layout::Modal) => panic!("{more}: {other:?}"),
    }
}

#[test]
fn what_the_first_browsers_draw_is_told_as_to_them() {
    let cta = json!({ "label": "Go", "url": "https://example.com" });
    for (more, layout) in [
        (json!({}), Layout::Banner(Position::Top)),
        (
            json!({ "position": "bottom", "cta": cta }),
            Layout::Banner(Position::Bottom),
        ),
        (
            json!({ "layout": "modal", "cta": cta, "repeat": "once" }),
            Layout::Modal,
        ),
        (
            json!({ "buttons": [{ "label": "Go", "action": { "open": "https://example.com" } }] }),
            Layout::Banner(Position::Top),
        ),
    ] {
        let said = say(&more).unwrap();
        assert_eq!(said.layout, layout, "{more}");
        assert_eq!(
            said.cta.is_some(),
            more.get("cta").or(more.get("buttons")).is_some()
        );
    }
}

#[test]
fn an_inbox_that_was_kept_before_there_were_nudges_is_read() {
    let kept = [
        3, 0, 2, 1, b'a', 0, 0, 0, 1, 1, 0, 1, 1, b'T', 1, b'B', 0, 1, b'b', 2, 1, 4, 0, 1, 1, 1,
        0, 1, b'B', 1, 1, b'L', 1, b'U',
    ];
    let inbox: Inbox = wire::decode(&kept).unwrap();
    let layouts = inbox.items.iter().map(|item| match &item.content {
        wire::Content::Own(content) => content.layout.clone(),
        wire::Content::Shared(hash) => panic!("{hash}"),
    });
    assert_eq!(
        layouts.collect::<Vec<_>>(),
        [Layout::Banner(Position::Bottom), Layout::Modal]
    );
    assert_eq!(wire::encode(&inbox), kept);
}

#[test]
fn every_shape_says_what_is_drawn() {
    let buttons = json!([
        { "label": "Hi {{ id }}", "action": { "call": "startTour" } },
        { "label": "\"Later\"\n", "action": "dismiss" },
    ]);
    let drawn = json!([{ "label": "Hi ana", "call": "startTour" }, { "label": "\"Later\"\n", "dismiss": "" }]);
    for (more, expected) in [
        (
            json!({ "position": "inline", "target": "#news" }),
            json!({ "shape": "banner", "at": "inline", "target": "#news" }),
        ),
        (
            json!({ "layout": "slide_out", "image": "https://a.example/i.png", "alt": "{{ id }}'s garden" }),
            json!({ "shape": "slide_out", "image": "https://a.example/i.png", "alt": "ana's garden" }),
        ),
        (
            json!({ "layout": "tooltip", "target": "[data-x='1']", "buttons": buttons }),
            json!({ "shape": "tooltip", "target": "[data-x='1']", "buttons": drawn }),
        ),
        (
            json!({ "layout": "modal", "buttons": [{ "label": "Yes", "action": { "track": "Agreed" } }] }),
            json!({ "shape": "modal", "buttons": [{ "label": "Yes", "track": "Agreed" }] }),
        ),
        (
            json!({ "layout": "survey", "survey": { "ask": "nps", "low": "Never", "high": "Surely" } }),
            json!({ "shape": "survey", "survey": { "ask": "nps", "event": "Survey Answered", "low": "Never", "high": "Surely" } }),
        ),
        (
            json!({ "layout": "survey", "survey": { "ask": { "choice": ["A", "{{ id }}"] }, "event": "Told", "send": "Ok" } }),
            json!({ "shape": "survey", "survey": { "ask": "choice", "choices": ["A", "ana"], "event": "Told", "send": "Ok" } }),
        ),
    ] {
        assert_eq!(told(&more).2, expected, "{more}");
    }
}

#[test]
fn how_often_and_when() {
    assert_eq!(
        told(&json!({ "layout": "slide_out" })).0,
        Repeat::UntilClosed
    );
    assert_eq!(
        told(&json!({ "layout": "modal", "repeat": "until_closed" })).0,
        Repeat::UntilClosed
    );
    assert_eq!(
        told(&json!({ "repeat": { "every": "1d" } })).0,
        Repeat::Every(86_400_000)
    );
    let trigger = told(&json!({ "trigger": {
        "url": "/pricing*", "delay": "5s", "scroll": 50, "exit_intent": true, "visible": "#x", "idle": "1m",
        "event": { "name": "Viewed", "where": [{ "property": "total", "over": 9.5 }] },
    } })).1;
    assert_eq!(
        serde_json::from_str::<Value>(&trigger).unwrap(),
        json!({
            "url": "/pricing*", "delay": 5000, "scroll": 50, "exit": true, "visible": "#x", "idle": 60000,
            "event": { "name": "Viewed", "where": [{ "property": "total", "over": 9.5 }] },
        }),
        "numbers are what JavaScript reads",
    );
}

#[test]
fn what_cannot_be_shown_is_refused_with_the_mend() {
    let long = "x".repeat(501);
    let button = json!({ "label": "x", "action": "dismiss" });
    let fits =
        json!({ "layout": "tooltip", "target": "x".repeat(500), "buttons": [button, button] });
    assert!(say(&fits).is_ok());
    let answers = |count: usize| json!({ "layout": "survey", "survey": { "ask": { "choice": vec!["x"; count] } } });
    assert!(say(&answers(10)).is_ok());
    for (more, code, words) in [
        (
            json!({ "layout": "tooltip" }),
            "missing",
            "`target` is missing: write a selector",
        ),
        (
            json!({ "position": "inline" }),
            "missing",
            "`target` is missing",
        ),
        (
            json!({ "target": "#x" }),
            "field",
            "`target` belongs to a tooltip",
        ),
        (
            json!({ "layout": "tooltip", "target": long }),
            "too_long",
            "longer than 500 bytes",
        ),
        (
            json!({ "image": "javascript:x" }),
            "link",
            "write a whole address",
        ),
        (
            json!({ "image": format!("https://x/{}", "x".repeat(2_000)) }),
            "too_long",
            "longer than 2000",
        ),
        (json!({ "alt": "x" }), "missing", "`image` is missing"),
        (
            json!({ "buttons": [button, button, button] }),
            "too_many",
            "more than 2",
        ),
        (
            json!({ "buttons": [button], "cta": { "label": "x", "url": "https://x" } }),
            "field",
            "do not go together",
        ),
        (
            json!({ "buttons": [{ "label": "x", "action": { "open": "data:x" } }] }),
            "link",
            "buttons.action.open",
        ),
        (
            json!({ "buttons": [{ "label": "x", "action": { "call": " " } }] }),
            "missing",
            "buttons.action.call",
        ),
        (
            json!({ "buttons": [{ "label": "{{", "action": "dismiss" }] }),
            "template",
            "buttons.label",
        ),
        (
            json!({ "layout": "survey" }),
            "missing",
            "`survey` is missing: say what is asked",
        ),
        (
            json!({ "survey": { "ask": "nps" } }),
            "field",
            "`survey` belongs to the layout",
        ),
        (
            json!({ "layout": "survey", "survey": { "ask": "text", "low": "x" } }),
            "field",
            "`low` and `high`",
        ),
        (
            json!({ "layout": "survey", "survey": { "ask": "nps" }, "buttons": [button] }),
            "field",
            "remove `buttons`",
        ),
        (answers(1), "missing", "two answers or more"),
        (answers(11), "too_many", "more than 10"),
        (
            json!({ "repeat": { "every": "0d" } }),
            "repeat",
            "no time at all",
        ),
        (
            json!({ "trigger": { "scroll": 0 } }),
            "trigger",
            "from 1 to 100",
        ),
        (
            json!({ "trigger": { "scroll": 101 } }),
            "trigger",
            "from 1 to 100",
        ),
        (
            json!({ "trigger": { "delay": "25h" } }),
            "trigger",
            "longer than a day",
        ),
        (
            json!({ "trigger": { "url": "" } }),
            "missing",
            "`trigger.url`",
        ),
        (
            json!({ "trigger": { "event": { "name": "x", "where": [{ "property": "p" }] } } }),
            "trigger",
            "write one of",
        ),
        (
            json!({ "trigger": { "event": { "name": "x", "where": [{ "property": "p", "is": [] }] } } }),
            "trigger",
            "compared with text",
        ),
    ] {
        let found = say(&more).expect_err(&more.to_string());
        let expected = |finding: &Finding| finding.code == code && finding.message.contains(words);
        assert!(found.iter().any(expected), "{more}: {found:?}");
    }
    let step =
        json!({ "id": "p", "kind": "push", "title": "x", "body": "x", "survey": { "ask": "nps" } });
    let series =
        serde_json::from_value(json!({ "name": "x", "audience": "everyone", "steps": [step] }))
            .unwrap();
    let found = rekindle_core::series::Series::compile(&series, &Segments::default()).unwrap_err();
    assert!(
        found[0].message.contains("`survey` has no place"),
        "{found:?}"
    );
}
