//! Random definitions: segments, series with all kinds of steps, policies. As JSON, as people write
//! them. Knows nothing of what is done with them.

use rekindle_core::series::{SegmentSpec, SeriesSpec, policy::Settings};
use serde_json::{Value as Json, json};

use crate::chance::Chance;

pub(crate) const EVENTS: [&str; 4] = ["Logged In", "Purchased", "Used X", "Cancelled"];
pub(crate) const PLANS: [&str; 3] = ["free", "pro", "team"];
pub(crate) const SEGMENTS: [&str; 3] = ["s0", "s1", "s2"];
pub(crate) const SERIES: [&str; 4] = ["w", "x", "y", "z"];
const STEPS: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
const SPANS: [&str; 8] = ["0d", "1ms", "1h", "7h", "1d", "30h", "3d", "10d"];

fn span<'a>(chance: &mut Chance) -> &'a str {
    chance.pick(&SPANS)
}

/// A condition; segments are named only where `segments` says so, so that none contains itself.
fn leaf(chance: &mut Chance, segments: bool) -> String {
    let event = chance.pick(&EVENTS);
    let ago = chance.pick(&["1 hour", "12 hours", "2 days", "5 days"]);
    match chance.below(if segments { 13 } else { 12 }) {
        0 => format!("plan is {:?}", chance.pick(&PLANS)),
        1 => format!("plan is not {:?}", chance.pick(&PLANS)),
        2 => format!("seats > {}", chance.below(6)),
        3 => format!("performed {event:?} in last {ago}"),
        4 => format!("not performed {event:?} in last {ago}"),
        5 => format!("performed {event:?}"),
        6 => format!("performed {event:?} at least 2 times in last {ago}"),
        7 => format!("last performed {event:?} > {ago} ago"),
        8 => format!("last_seen > {ago} ago"),
        9 => format!("first_seen < {ago} ago"),
        10 => "plan has any value".to_owned(),
        11 => "everyone".to_owned(),
        _ => format!("in segment {:?}", chance.pick(&SEGMENTS)),
    }
}

fn rule(chance: &mut Chance, segments: bool) -> String {
    let first = leaf(chance, segments);
    match chance.below(5) {
        0 => format!("{first} and {}", leaf(chance, segments)),
        1 => format!("{first} or {}", leaf(chance, segments)),
        2 => format!("not ({first})"),
        _ => first,
    }
}

pub(crate) fn segment(chance: &mut Chance) -> SegmentSpec {
    let rule = rule(chance, false);
    serde_json::from_value(json!({ "rule": rule })).unwrap()
}

/// The policies of the workspace.
pub(crate) fn settings(chance: &mut Chance) -> Settings {
    let mut settings = json!({
        "subscription_types": [
            { "id": "news", "name": "News", "channels": ["email", "push"] },
            { "id": "tips", "name": "Tips", "channels": ["email", "in_app"], "default": "off" },
        ],
    });
    if !chance.one_in(3) {
        let mut quiet = json!({
            "from": chance.pick(&["00:00", "13:30", "20:00", "22:15"]),
            "to": chance.pick(&["00:15", "02:30", "08:00", "12:00"]),
        });
        if chance.one_in(3) {
            quiet["days"] = json!(["monday", "saturday"]);
        }
        if chance.one_in(3) {
            quiet["channels"] = json!(["email", "in_app"]);
        }
        settings["quiet_hours"] = quiet;
    }
    if !chance.one_in(3) {
        let per = chance.pick(&["1h", "1d", "3d", "9d"]);
        settings["cap"] = json!({ "messages": 1 + chance.below(3), "per": per });
    }
    if chance.one_in(2) {
        settings["timezone"] = json!("America/New_York");
    }
    if chance.one_in(3) {
        settings["holdout_percent"] = json!(30);
    }
    serde_json::from_value(settings).unwrap()
}

/// A series that can be published.
pub(crate) fn series(chance: &mut Chance) -> SeriesSpec {
    let count = 1 + chance.below(STEPS.len());
    let steps: Vec<Json> = (0..count).map(|place| step(chance, place, count)).collect();
    let mut series = json!({ "name": "S", "steps": steps, "policies": overrides(chance) });
    if chance.one_in(3) {
        series["entry"] = json!({ "event": { "name": chance.pick(&EVENTS) } });
        if chance.one_in(2) {
            series["entry"]["event"]["each"] = json!("event");
        }
    } else {
        series["entry"] = json!(chance.pick(&["existing_and_future", "future"]));
        series["exit_when_left"] = json!(chance.one_in(4));
    }
    if series["entry"].is_string() || chance.one_in(2) {
        series["audience"] = json!({ "rule": rule(chance, true) });
    }
    if !chance.one_in(3) {
        series["exit"] = json!(format!("performed {:?}", chance.pick(&EVENTS)));
        if chance.one_in(3) {
            series["exit"] = json!(rule(chance, true));
        }
    }
    if chance.one_in(2) {
        series["reentry"] = json!({ "after": chance.pick(&["1h", "1d", "3d"]) });
    }
    if chance.one_in(3) {
        series["goal"] = json!({ "rule": rule(chance, true), "within": "5d" });
    }
    if chance.one_in(4) {
        series["holdout_percent"] = json!(30);
    }
    serde_json::from_value(series).unwrap()
}

fn overrides(chance: &mut Chance) -> Json {
    let mut policy = json!({
        "ignore_quiet_hours": chance.one_in(5),
        "ignore_cap": chance.one_in(5),
        "priority": 10 * chance.below(11),
        "when_blocked": if chance.one_in(5) { "skip" } else { "wait" },
    });
    if chance.one_in(4) {
        policy["subscription"] = json!(chance.pick(&["news", "tips"]));
    }
    if chance.one_in(4) {
        policy["send_at"] = json!(chance.pick(&["09:00", "23:45", "usual hour"]));
    }
    policy
}

/// Where a path leads: on, to a later step, or to the end.
fn lead(chance: &mut Chance, place: usize, count: usize) -> Option<Json> {
    let later = place + 1 + chance.below(count);
    match chance.below(6) {
        0 => Some(json!("end")),
        1..=3 if later < count => Some(json!(STEPS[later])),
        _ => None,
    }
}

fn step(chance: &mut Chance, place: usize, count: usize) -> Json {
    let mut step = match chance.below(18) {
        0..=1 => json!({ "kind": "in_app", "body": "Hello {{ name }}", "live_for": "2d" }),
        2..=3 => json!({ "kind": "push", "title": "Hello", "body": "{{ plan }}" }),
        4 => json!({ "kind": "webhook", "url": "https://example.com/", "body": "{{ name }}" }),
        5 => json!({ "kind": "wait", "for": span(chance) }),
        6 => json!({ "kind": "wait", "until": { "time": "09:30", "days": ["monday", "friday"] } }),
        7 => json!({ "kind": "wait", "until": { "rule": rule(chance, true) }, "timeout": "3d" }),
        8 => json!({ "kind": "branch", "if": rule(chance, true) }),
        9 => json!({ "kind": "split", "paths": [
            { "name": "one", "weight": 2 },
            { "name": "two", "weight": 1 },
            { "name": "none", "weight": 1, "holdout": chance.one_in(2) },
        ] }),
        10 => {
            json!({ "kind": "set", "attributes": { "plan": chance.pick(&PLANS) }, "add_tags": ["t"] })
        }
        11 if chance.one_in(2) => json!({ "kind": "exit" }),
        _ => json!({ "kind": "email", "subject": "Hello {{ name }}", "body": "**Hello.**" }),
    };
    if chance.one_in(3)
        && let Some(kind @ ("email" | "in_app" | "push")) = step["kind"].as_str()
    {
        let changes = if kind == "email" {
            json!({ "subject": "{{ plan }}" })
        } else {
            json!({ "body": "{{ plan }}" })
        };
        let weights = [0, 1, 3].map(|least| least + chance.below(3));
        step["test"] = json!({ "metric": "clicked", "weight": weights[1], "variants": [
            { "name": "b", "weight": weights[2], "changes": changes },
            { "name": "c", "weight": weights[0], "changes": changes },
        ] });
    }
    step["id"] = json!(STEPS[place]);
    step["delay"] = json!(span(chance));
    if chance.one_in(4) {
        step["when"] = json!(rule(chance, true));
    }
    let mut ways = vec!["next"];
    match step["kind"].as_str().unwrap() {
        "branch" => ways = vec!["yes", "no"],
        "wait" if step["timeout"].is_string() => ways.extend(["met", "timed_out"]),
        _ => {}
    }
    for way in ways {
        if let Some(to) = lead(chance, place, count) {
            step[way] = to;
        }
    }
    let paths = step.get_mut("paths").and_then(Json::as_array_mut);
    for path in paths.into_iter().flatten() {
        if let Some(to) = lead(chance, place, count).filter(|_| path["holdout"] != true) {
            path["next"] = to;
        }
    }
    step
}
