//! What the browser is told of a message in the app: how to draw it, and what must happen first.
//! Written as JSON, which the SDK's decisions pass on unread to the script that draws.

use std::collections::BTreeMap;

use super::{
    definition::{Answers, InApp, Shape},
    spec::{ButtonAction, PropertyTestSpec, TriggerSpec},
};
use crate::{liquid::Template, value::Value, wire};

/// Fills in a template; `None` when it runs into a limit.
type Fill<'a> = &'a dyn Fn(&Template) -> Option<String>;

/// What a message says, ready to travel. Whatever a browser of the first version can draw is told
/// as to one: those who still run it see it, too.
pub(super) fn told(message: &InApp, fill: Fill<'_>) -> Option<wire::InApp> {
    let plain = match &message.shape {
        Shape::Banner(position) => Some(wire::Layout::Banner(*position)),
        Shape::Modal => Some(wire::Layout::Modal),
        Shape::Inline(_) | Shape::SlideOut | Shape::Tooltip(_) | Shape::Survey => None,
    };
    let usual = match &message.shape {
        Shape::Modal => wire::Repeat::Once,
        Shape::Banner(_)
        | Shape::Inline(_)
        | Shape::SlideOut
        | Shape::Tooltip(_)
        | Shape::Survey => wire::Repeat::UntilClosed,
    };
    let link = match message.buttons.as_slice() {
        [] => Some(None),
        [(label, ButtonAction::Open(url))] => Some(Some((label, url))),
        _ => None,
    };
    let is_plain = message.image.is_none() && message.trigger.is_none() && message.repeat == usual;
    let (layout, cta) = match (plain, link) {
        (Some(layout), Some(link)) if is_plain => (layout, link),
        _ => (wire::Layout::Nudge(nudge(message, fill)?), None),
    };
    let cta = match cta {
        Some((label, url)) => Some(wire::Cta {
            label: fill(label)?,
            url: url.clone(),
        }),
        None => None,
    };
    Some(wire::InApp {
        layout,
        title: fill(&message.title)?,
        body: fill(&message.body)?,
        cta,
    })
}

fn nudge(message: &InApp, fill: Fill<'_>) -> Option<wire::Nudge> {
    let mut trigger = message.trigger.as_ref().map(trigger).unwrap_or_default();
    if let Shape::Inline(target) | Shape::Tooltip(target) = &message.shape {
        // What has no place on the page yet must not keep others waiting.
        put(&mut trigger, "present", Some(target.as_str().into()));
    }
    Some(wire::Nudge {
        repeat: message.repeat,
        trigger: if trigger.is_empty() {
            String::new()
        } else {
            json(&Value::Map(trigger))
        },
        drawing: json(&drawing(message, fill)?),
    })
}

/// `Drawing` in www/sdk/src/nudge/drawing.ts is the other side.
fn drawing(message: &InApp, fill: Fill<'_>) -> Option<Value> {
    let (shape, at, target) = match &message.shape {
        Shape::Banner(wire::Position::Top) => ("banner", Some("top"), None),
        Shape::Banner(wire::Position::Bottom) => ("banner", Some("bottom"), None),
        Shape::Inline(target) => ("banner", Some("inline"), Some(target)),
        Shape::Modal => ("modal", None, None),
        Shape::SlideOut => ("slide_out", None, None),
        Shape::Tooltip(target) => ("tooltip", None, Some(target)),
        Shape::Survey => ("survey", None, None),
    };
    let mut drawing = map([("shape", Some(shape.into()))]);
    put(&mut drawing, "at", at.map(Value::from));
    put(
        &mut drawing,
        "target",
        target.map(|text| text.as_str().into()),
    );
    if let Some((src, alt)) = &message.image {
        put(&mut drawing, "image", Some(src.as_str().into()));
        if let Some(alt) = alt {
            put(&mut drawing, "alt", Some(Value::Text(fill(alt)?)));
        }
    }
    let mut buttons = Vec::new();
    for (label, action) in &message.buttons {
        let (name, value) = match action {
            ButtonAction::Open(url) => ("open", url.as_str()),
            ButtonAction::Track(event) => ("track", event.as_str()),
            ButtonAction::Call(function) => ("call", function.as_str()),
            ButtonAction::Dismiss => ("dismiss", ""),
        };
        let label = Value::Text(fill(label)?);
        buttons.push(Value::Map(map([
            ("label", Some(label)),
            (name, Some(value.into())),
        ])));
    }
    if !buttons.is_empty() {
        put(&mut drawing, "buttons", Some(Value::List(buttons)));
    }
    if let Some(survey) = &message.survey {
        let mut told = map([("event", Some(survey.event.as_str().into()))]);
        if let Some(send) = &survey.send {
            put(&mut told, "send", Some(Value::Text(fill(send)?)));
        }
        let ask = match &survey.answers {
            Answers::Nps(ends) => {
                for (name, end) in ["low", "high"].into_iter().zip(ends) {
                    if let Some(end) = end {
                        put(&mut told, name, Some(Value::Text(fill(end)?)));
                    }
                }
                "nps"
            }
            Answers::Choice(choices) => {
                let choices: Option<Vec<Value>> = choices
                    .iter()
                    .map(|choice| fill(choice).map(Value::Text))
                    .collect();
                put(&mut told, "choices", Some(Value::List(choices?)));
                "choice"
            }
            Answers::Text => "text",
        };
        put(&mut told, "ask", Some(ask.into()));
        put(&mut drawing, "survey", Some(Value::Map(told)));
    }
    Some(Value::Map(drawing))
}

/// `Trigger` in www/sdk/src/nudge/trigger.ts is the other side.
fn trigger(trigger: &TriggerSpec) -> BTreeMap<String, Value> {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let number = |number: i64| Value::Number(number as f64);
    let event = trigger.event.as_ref().map(|event| {
        let filters: Vec<Value> = event.filters.iter().map(filter).collect();
        Value::Map(map([
            ("name", Some(event.name.as_str().into())),
            ("where", Some(Value::List(filters))),
        ]))
    });
    map([
        ("url", text(&trigger.url)),
        ("event", event),
        ("delay", trigger.delay.map(|span| number(span.0))),
        ("scroll", trigger.scroll.map(|part| number(part.into()))),
        ("exit", trigger.exit_intent.then(|| true.into())),
        ("visible", text(&trigger.visible)),
        ("idle", trigger.idle.map(|span| number(span.0))),
    ])
}

fn filter(filter: &PropertyTestSpec) -> Value {
    Value::Map(map([
        ("property", Some(filter.property.as_str().into())),
        ("is", filter.is.clone()),
        ("is_not", filter.is_not.clone()),
        ("over", filter.over.map(Value::from)),
        ("under", filter.under.map(Value::from)),
        ("contains", filter.contains.as_deref().map(Value::from)),
    ]))
}

fn map<const N: usize>(entries: [(&str, Option<Value>); N]) -> BTreeMap<String, Value> {
    let there = |(name, value): (&str, Option<Value>)| value.map(|value| (name.to_owned(), value));
    entries.into_iter().filter_map(there).collect()
}

fn put(map: &mut BTreeMap<String, Value>, name: &str, value: Option<Value>) {
    map.extend(value.map(|value| (name.to_owned(), value)));
}

fn json(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Value::Number(number) if number.is_finite() => out.push_str(&number.to_string()),
        Value::Null | Value::Number(_) => out.push_str("null"),
        Value::Text(text) => quote(text, out),
        Value::List(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Map(entries) => {
            out.push('{');
            for (place, (name, value)) in entries.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                quote(name, out);
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                for half in [u32::from(letter) >> 4, u32::from(letter) & 15] {
                    out.push(char::from_digit(half, 16).unwrap_or('0'));
                }
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}
