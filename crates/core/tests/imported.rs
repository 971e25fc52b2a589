//! What a file tells of the past is kept and lets no one into a series; what is live goes on as ever.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use rekindle_core::{
    series::{Identified, Input, Migration},
    world::World,
};
use serde_json::{Value as Json, json};

const START: i64 = 1_767_225_600_000;
const DAY: i64 = 86_400_000;

fn traits(at: i64, attributes: Json) -> Input {
    let attributes = serde_json::from_value(attributes).unwrap();
    Input::Identify(Identified { at, attributes })
}

fn event(id: &str, name: &str, at: i64) -> Input {
    Input::Event {
        id: id.to_owned(),
        name: name.to_owned(),
        at,
        active: true,
        properties: BTreeMap::new(),
    }
}

fn imported(input: Input) -> Input {
    Input::Imported(Box::new(input))
}

fn world() -> World {
    let mut world = World::new(START);
    let steps = json!([{ "id": "a", "kind": "in_app", "body": "Hello." }]);
    for (id, spec) in [
        (
            "pros",
            json!({ "name": "Pros", "audience": "plan is \"pro\"", "reentry": { "after": "1d" }, "steps": steps }),
        ),
        (
            "lapsed",
            json!({ "name": "Lapsed", "audience": "last_seen > 30 days ago", "steps": steps }),
        ),
        (
            "ordered",
            json!({ "name": "Ordered", "entry": { "event": { "name": "Ordered" } }, "steps": steps }),
        ),
    ] {
        let spec = serde_json::from_value(spec).unwrap();
        world.publish(id, spec, Migration::Stay).unwrap();
    }
    world
}

fn entered(world: &World, series: &str) -> bool {
    world.person("ana").unwrap().latest_run(series).is_some()
}

#[test]
fn who_comes_to_match_by_an_import_does_not_enter_until_they_come_to_match_again() {
    let mut world = world();
    world.input(
        "ana",
        imported(traits(START - DAY, json!({ "plan": "pro" }))),
    );
    assert!(!entered(&world, "pros"));
    // Nor by what follows, nor by new definitions, as long as they match all the time.
    world.input("ana", event("1", "Logged In", START));
    world.publish("other", serde_json::from_value(json!({
        "name": "Other", "audience": "plan is \"team\"", "steps": [{ "id": "a", "kind": "in_app", "body": "x" }],
    })).unwrap(), Migration::Stay).unwrap();
    world.advance_to(START + DAY);
    world.input("ana", traits(START + DAY, json!({ "seats": 5 })));
    assert!(!entered(&world, "pros"));
    world.input("ana", traits(START + DAY, json!({ "plan": "free" })));
    world.input("ana", traits(START + DAY, json!({ "plan": "pro" })));
    assert!(entered(&world, "pros"));
}

#[test]
fn an_event_of_a_file_lets_no_one_in_and_the_next_live_one_does() {
    let mut world = world();
    world.input("ana", imported(event("1", "Ordered", START - 1)));
    assert!(!entered(&world, "ordered"));
    world.input("ana", event("2", "Ordered", START));
    assert!(entered(&world, "ordered"));
}

#[test]
fn history_of_a_file_counts_from_when_it_happened() {
    for (days, enters) in [(40, false), (20, true)] {
        let mut world = world();
        world.input("ana", imported(event("1", "Logged In", START - days * DAY)));
        assert_eq!(
            world.person("ana").unwrap().last_seen,
            Some(START - days * DAY)
        );
        // Who is lapsed already stays where they are; who lapses later, by time alone, enters.
        world.advance_to(START + 11 * DAY);
        assert_eq!(entered(&world, "lapsed"), enters, "{days}");
    }
}

#[test]
fn without_the_word_an_import_is_an_input_as_any_other() {
    let mut world = world();
    world.input("ana", traits(START - DAY, json!({ "plan": "pro" })));
    assert!(entered(&world, "pros"));
}
