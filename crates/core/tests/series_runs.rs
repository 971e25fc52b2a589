//! What runs do that stories cannot tell: every move of random lives against the tables of the
//! documentation, claims, holdouts, churn, what is explained and what is warned about.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};
use rekindle_core::{
    experiment::Sticky,
    rule::{Names, Segments},
    series::{
        Claim, Definitions, DefinitionsSpec, Delivery, Effect, Identified, InFlight, Input,
        LiveSeries, Metric, Migration, Outcome, Outgoing, Overdue, Pause, Person, Run, RunState,
        Series, SeriesSpec, SkipReason, check, counted, effect_id, in_flight, overdue,
        policy::{Ruling, Settings},
        problems, step,
    },
    value::Value,
    world::World,
    zone::Zones,
};
use serde_json::{Value as Json, json};

const START: i64 = 1_767_225_600_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn series(json: Json) -> SeriesSpec {
    serde_json::from_value(json).unwrap()
}

fn settings(json: Json) -> Settings {
    serde_json::from_value(json).unwrap()
}

fn mail(id: &str, delay: &str) -> Json {
    json!({ "id": id, "kind": "email", "delay": delay, "subject": "Hello", "body": "Hello." })
}

fn bar(id: &str, delay: &str) -> Json {
    json!({ "id": id, "kind": "in_app", "delay": delay, "live_for": "5h", "body": "Hello." })
}

fn for_pros(steps: &[Json]) -> Json {
    json!({ "name": "Hello", "audience": "plan is \"pro\"", "exit": "performed \"Done\"", "steps": steps })
}

fn traits(json: Json) -> Input {
    Input::Identify(Identified {
        at: START,
        attributes: serde_json::from_value(json).unwrap(),
    })
}

fn pro() -> Input {
    traits(json!({ "plan": "pro", "email": "ada@example.com" }))
}

fn event(name: &str, id: &str, at: i64, properties: Json) -> Input {
    Input::Event {
        id: id.to_owned(),
        name: name.to_owned(),
        at,
        active: true,
        properties: serde_json::from_value(properties).unwrap(),
    }
}

fn done(at: i64) -> Input {
    event("Done", &at.to_string(), at, json!({}))
}

/// A workspace with one series.
fn world_with(spec: Json) -> World {
    let mut world = World::new(START);
    world
        .publish("hello", series(spec), Migration::Stay)
        .unwrap();
    world
}

fn run_of<'a>(world: &'a World, person: &str) -> &'a Run {
    world.person(person).unwrap().latest_run("hello").unwrap()
}

#[test]
fn a_claim_asks_again_and_what_it_says_is_kept() {
    let mut world = world_with(for_pros(&[mail("a", "0d")]));
    world.hold();
    world.input("ada", pro());
    let effect = effect_id("ada", "hello", 1, "a");
    let night = settings(json!({ "quiet_hours": { "from": "22:00", "to": "08:00" } }));
    world.set_settings(night).unwrap();
    // It is midnight in UTC: what was decided before there were quiet hours waits for the morning.
    let person = world.person("ada").unwrap();
    let ruling = check(world.definitions(), &Zones::new(), person, &effect, START);
    assert!(matches!(ruling, Claim::Ruled(Ruling::Later { at, .. }) if at == START + 8 * HOUR));
    world.release();
    assert_eq!(world.mailbox().count(), 0);
    assert!(matches!(
        run_of(&world, "ada").steps[0].outcome,
        Outcome::Delayed { .. }
    ));
    assert_eq!(world.count("hello", Some("a"), Metric::Delayed), 1);
    world.advance_to(START + 8 * HOUR);
    assert_eq!(world.mailbox().count(), 1);
    let person = world.person("ada").unwrap();
    assert_eq!(
        check(
            world.definitions(),
            &Zones::new(),
            person,
            &effect,
            world.now()
        ),
        Claim::Gone
    );

    // One who unsubscribes between decision and claim gets nothing.
    world.hold();
    world.input(
        "bea",
        traits(json!({ "plan": "pro", "email": "bea@example.com" })),
    );
    world.input("bea", traits(json!({ "unsubscribed": true })));
    world.release();
    assert_eq!(world.mailbox().count(), 1);
    assert!(matches!(
        run_of(&world, "bea").steps[0].outcome,
        Outcome::Skipped(_)
    ));
    assert_eq!(world.count("hello", Some("a"), Metric::Skipped), 1);
}

#[test]
fn an_exit_takes_back_what_a_policy_delayed() {
    let mut world = world_with(for_pros(&[bar("bar", "0d"), mail("a", "0d")]));
    world.hold();
    world.input("ada", pro());
    let cap = settings(json!({ "cap": { "messages": 1, "per": "1d" },
        "quiet_hours": { "from": "22:00", "to": "08:00" } }));
    world.set_settings(cap).unwrap();
    world.release();
    assert_eq!(world.waiting(), 1);
    world.input("ada", done(world.now()));
    assert_eq!(world.waiting(), 0);
    world.advance_to(START + 10 * DAY);
    assert_eq!(world.mailbox().count(), 0);
}

#[test]
fn an_in_app_message_that_is_held_back_does_not_hold_up_and_goes_live_later() {
    let mut world = world_with(for_pros(&[
        mail("a", "0d"),
        bar("bar", "0d"),
        mail("b", "1h"),
    ]));
    world
        .set_settings(settings(json!({ "cap": { "messages": 1, "per": "3h" } })))
        .unwrap();
    world.input("ada", pro());
    assert!(matches!(
        run_of(&world, "ada").steps[1].outcome,
        Outcome::Delayed { .. }
    ));
    assert!(world.inbox("ada").is_none());
    assert!(matches!(&run_of(&world, "ada").state, RunState::Waiting { step, .. } if step == "b"));
    world.advance_to(START + 3 * HOUR);
    assert!(matches!(
        run_of(&world, "ada").steps[1].outcome,
        Outcome::Live { .. }
    ));
    assert_eq!(world.inbox("ada").map(|inbox| inbox.items.len()), Some(1));
}

#[test]
fn those_held_out_get_nothing_and_are_counted_beside_the_others() {
    let people = 400;
    let spec = json!({
        "name": "Hello", "audience": "plan is \"pro\"", "exit": "performed \"Done\"",
        "goal": { "rule": "performed \"Bought\"" }, "holdout_percent": 25,
        "steps": [mail("a", "0d")],
    });
    let mut world = world_with(spec);
    for person in 0..people {
        let id = person.to_string();
        world.input(
            &id,
            traits(json!({ "plan": "pro", "email": format!("{id}@example.com") })),
        );
        world.input(&id, event("Bought", "1", world.now(), json!({})));
        // Half of them come back.
        if person % 2 == 0 {
            world.advance_to(world.now() + 1);
            world.input(&id, done(world.now()));
        }
    }
    world.advance_to(START + 91 * DAY);
    let count = |metric| world.count("hello", None, metric);
    let (entered, held_out) = (count(Metric::Entered), count(Metric::HeldOut));
    assert_eq!(entered + held_out, people);
    assert!((70..130).contains(&held_out), "{held_out} are held out");
    assert_eq!(world.mailbox().count() as u64, entered);
    assert_eq!(count(Metric::Converted), entered);
    assert_eq!(count(Metric::HeldOutConverted), held_out);
    assert_eq!(
        count(Metric::ReEngaged) + count(Metric::HeldOutReEngaged),
        people / 2
    );
    for [churned, stayed, held_out_churned, held_out_stayed] in [
        [
            Metric::Churned30,
            Metric::Stayed30,
            Metric::HeldOutChurned30,
            Metric::HeldOutStayed30,
        ],
        [
            Metric::Churned90,
            Metric::Stayed90,
            Metric::HeldOutChurned90,
            Metric::HeldOutStayed90,
        ],
    ] {
        assert_eq!(count(churned) + count(stayed), entered);
        assert_eq!(count(held_out_churned) + count(held_out_stayed), held_out);
        assert_eq!(count(stayed), count(Metric::ReEngaged));
        assert_eq!(count(held_out_stayed), count(Metric::HeldOutReEngaged));
    }
}

#[test]
fn the_workspace_holds_out_from_every_series() {
    let mut world = world_with(for_pros(&[mail("a", "0d")]));
    world
        .set_settings(settings(json!({ "holdout_percent": 50 })))
        .unwrap();
    world
        .publish(
            "other",
            series(for_pros(&[mail("a", "0d")])),
            Migration::Stay,
        )
        .unwrap();
    for person in 0..100 {
        world.input(
            &person.to_string(),
            traits(json!({ "plan": "pro", "email": "x@example.com" })),
        );
    }
    let held_out = world.count("hello", None, Metric::HeldOut);
    assert!((30..70).contains(&held_out), "{held_out} are held out");
    assert_eq!(world.count("other", None, Metric::HeldOut), held_out);
    assert_eq!(world.mailbox().count() as u64, 2 * (100 - held_out));
}

#[test]
fn a_sign_of_life_between_leaves_no_gap_unwatched() {
    // The first part came true when the second ended, and comes later now: between the two they
    // are outside.
    let mut spec = for_pros(&[mail("a", "100d")]);
    spec["audience"] = json!("last_seen > 30 days ago or performed \"Bought\" in last 40 days");
    spec["exit_when_left"] = json!(true);
    let mut world = world_with(spec);
    world.input("ada", event("Bought", "1", START, json!({})));
    world.advance_to(START + 15 * DAY);
    world.input("ada", event("Viewed", "2", START + 15 * DAY, json!({})));
    world.advance_to(START + 40 * DAY);
    assert!(run_of(&world, "ada").is_open());
    world.advance_to(START + 40 * DAY + 1);
    assert_eq!(world.count("hello", None, Metric::LeftAudience), 1);
    assert!(!run_of(&world, "ada").is_open());
}

#[test]
fn who_is_seen_after_the_day_of_a_check_is_not_taken_for_seen_before_it() {
    let mut world = world_with(for_pros(&[mail("a", "0d")]));
    world.input("ada", pro());
    let definitions = world.definitions().clone();
    let mut person = world.person("ada").unwrap().clone();
    let mut effects = Vec::new();
    // The timer has not fired yet when they come back, an hour after the 30 days.
    let back = START + 30 * DAY + HOUR;
    let input = event("Logged In", "1", back, json!({}));
    step(
        &definitions,
        &Zones::new(),
        &mut person,
        &input,
        back,
        &mut effects,
    );
    let is_churn = |effect: &Effect| {
        matches!(
            effect,
            Effect::Count {
                metric: Metric::Churned30,
                ..
            }
        )
    };
    assert_eq!(effects.iter().filter(|effect| is_churn(effect)).count(), 1);
}

#[test]
fn a_limited_number_of_runs_and_of_bytes_of_their_events_is_kept() {
    const RUNS_MAX: usize = 16;
    let spec = json!({
        "name": "Order", "entry": { "event": { "name": "Ordered", "each": "event" } },
        "exit": "performed \"Done\"", "steps": [mail("a", "1d")],
    });
    let mut world = world_with(spec);
    world.input("ada", traits(json!({ "email": "ada@example.com" })));
    for n in 0..=RUNS_MAX {
        let properties = json!({ "a": "x".repeat(3_000), "b": "y".repeat(3_000), "c": n });
        world.input("ada", event("Ordered", &n.to_string(), START, properties));
    }
    let runs = &world.person("ada").unwrap().runs["hello"];
    assert_eq!(runs.len(), RUNS_MAX);
    assert_eq!(world.count("hello", None, Metric::Entered), RUNS_MAX as u64);
    assert_eq!(
        world.count("hello", None, Metric::Matched),
        RUNS_MAX as u64 + 1
    );
    let names: Vec<&str> = runs[0].event.keys().map(String::as_str).collect();
    assert_eq!(names, ["a", "c"]);
    // Those that are over give way.
    world.advance_to(START + 2 * DAY);
    world.input("ada", event("Ordered", "new", world.now(), json!({})));
    let runs = &world.person("ada").unwrap().runs["hello"];
    assert_eq!(
        (runs.len(), runs[0].entry, runs[RUNS_MAX - 1].entry),
        (RUNS_MAX, 2, 17)
    );
}

#[test]
fn who_is_where_is_counted_by_version_and_step() {
    let mut world = world_with(for_pros(&[mail("a", "1d"), mail("b", "1d")]));
    for person in ["ada", "bea", "cyd"] {
        world.input(
            person,
            traits(json!({ "plan": "pro", "email": "x@example.com" })),
        );
        world.advance_to(world.now() + 12 * HOUR);
    }
    let at = |step: &str| InFlight {
        version: 1,
        step: Some(step.to_owned()),
    };
    let places = |world: &World| {
        let people = ["ada", "bea", "cyd"].map(|id| world.person(id).unwrap().clone());
        counted(people.iter().flat_map(|person| in_flight(person, "hello")))
    };
    assert_eq!(places(&world), BTreeMap::from([(at("a"), 1), (at("b"), 2)]));
    world.pause("hello").unwrap();
    world.advance_to(world.now() + 13 * HOUR);
    let bea = world.person("bea").unwrap();
    let owed: Vec<_> = overdue(world.definitions(), bea, "hello", world.now()).collect();
    assert_eq!(owed, []);
    let cyd = world.person("cyd").unwrap();
    let owed: Vec<_> = overdue(world.definitions(), cyd, "hello", world.now()).collect();
    assert_eq!(owed, [(at("a"), START + 2 * DAY)]);
}

/// What a pause finds decided and not sent, under each choice of what becomes of it: what the record
/// says, how many mails left at once and how many an hour later.
#[test]
fn what_was_decided_before_a_pause_waits_for_its_end() {
    let paused = |world: &mut World| {
        world.hold();
        world.input("ada", pro());
        world.pause("hello").unwrap();
        world.release();
        assert_eq!((world.mailbox().count(), world.waiting()), (0, 1));
        world.advance_to(START + DAY);
        assert_eq!((world.mailbox().count(), world.waiting()), (0, 1));
        let ada = world.person("ada").unwrap();
        let owed: Vec<_> = overdue(world.definitions(), ada, "hello", world.now()).collect();
        let (version, step) = (1, Some("a".to_owned()));
        assert_eq!(owed, [(InFlight { version, step }, START)]);
    };
    for (choice, outcome, mails) in [
        (Overdue::Send, Outcome::Sent, 1),
        (Overdue::Skip, Outcome::Skipped(SkipReason::Paused), 0),
        (Overdue::Shift, Outcome::Sent, 1),
    ] {
        let mut world = world_with(for_pros(&[mail("a", "0d")]));
        paused(&mut world);
        world.resume("hello", choice).unwrap();
        assert_eq!((world.mailbox().count(), world.waiting()), (mails, 0));
        assert_eq!(
            run_of(&world, "ada").steps[0].outcome,
            outcome,
            "{choice:?}"
        );
        let counted =
            [Metric::Sent, Metric::Skipped].map(|metric| world.count("hello", Some("a"), metric));
        assert_eq!(counted, [mails as u64, 1 - mails as u64]);
    }
    // One who leaves meanwhile gets nothing.
    let mut world = world_with(for_pros(&[mail("a", "0d")]));
    paused(&mut world);
    world.input("ada", done(START + DAY));
    assert_eq!(world.waiting(), 0);
    world.resume("hello", Overdue::Send).unwrap();
    assert_eq!(world.mailbox().count(), 0);
    assert_eq!(run_of(&world, "ada").steps[0].outcome, Outcome::Cancelled);
}

#[test]
fn what_a_policy_put_off_before_a_pause_keeps_its_time_or_is_shifted() {
    let night = settings(json!({ "quiet_hours": { "from": "22:00", "to": "08:00" } }));
    // Put off to 8:00; the pause lasts from 0:00 to `until`. When it leaves, hours after midnight.
    for (choice, until, leaves) in [
        (Overdue::Send, 3, Some(8)),
        (Overdue::Skip, 3, Some(8)),
        (Overdue::Shift, 3, Some(11)),
        (Overdue::Send, 12, Some(12)),
        (Overdue::Skip, 12, None),
        (Overdue::Shift, 12, Some(20)),
    ] {
        let mut world = world_with(for_pros(&[mail("a", "0d")]));
        world.hold();
        world.input("ada", pro());
        world.set_settings(night.clone()).unwrap();
        world.release();
        world.pause("hello").unwrap();
        world.advance_to(START + until * HOUR);
        assert_eq!(world.mailbox().count(), 0);
        world.resume("hello", choice).unwrap();
        world.advance_to(START + 21 * HOUR);
        let left = world.mailbox().next().map(|mail| (mail.at - START) / HOUR);
        assert_eq!(left, leaves, "{choice:?} after {until} hours");
    }
}

#[test]
fn what_lies_ahead_is_told_up_to_what_is_not_certain() {
    let steps = [
        mail("late", "21h"),
        json!({ "id": "while", "kind": "wait", "for": "2d" }),
        json!({ "id": "half", "kind": "split", "paths": [
            { "name": "off", "weight": 0, "next": "end" }, { "name": "on", "weight": 1 }] }),
        json!({ "id": "vip", "kind": "branch", "delay": "1h", "if": "vip is true", "yes": "end" }),
        mail("never", "0d"),
    ];
    let mut world = world_with(for_pros(&steps));
    let night = settings(json!({ "quiet_hours": { "from": "20:00", "to": "08:00" } }));
    world.set_settings(night).unwrap();
    world.input("ada", pro());
    let explain = |world: &World| {
        let person = world.person("ada").unwrap();
        let explained = world
            .definitions()
            .explain("hello", &Zones::new(), person, world.now());
        serde_json::to_value(explained.unwrap()).unwrap()["run"].clone()
    };
    let ahead = explain(&world)["ahead"].clone();
    let told: Vec<(&str, i64)> = ahead
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["step"].as_str().unwrap(), one["at"].as_i64().unwrap()))
        .collect();
    let morning = START + 32 * HOUR;
    let after = morning + 2 * DAY;
    assert_eq!(
        told,
        [
            ("late", morning),
            ("while", after),
            ("half", after),
            ("vip", after + HOUR)
        ]
    );
    assert_eq!(ahead[0]["held_back"], "quiet_hours");
    assert_eq!(ahead[2]["way"], "on");
    assert_eq!(
        (&ahead[3]["depends_on"], &ahead[3]["holds"]),
        (&json!("vip is true"), &json!(false))
    );

    world.advance_to(START + 22 * HOUR);
    assert_eq!(explain(&world)["state"]["held"]["reason"], "quiet_hours");
    world.advance_to(START + 10 * DAY);
    let run = explain(&world);
    assert_eq!(
        run["path"],
        json!(["late", "while", "half", "vip", "never"])
    );
    assert_eq!(run["steps"][3]["outcome"]["took"], "no");
    assert_eq!(run["ahead"], json!([]));
}

/// A series, and the code and a part of each finding.
type Review = (Json, Vec<(&'static str, &'static str)>);

fn review(cases: &[Review]) {
    let segments = Segments::new();
    let names = Names {
        attributes: ["plan".to_owned()].into(),
        events: ["Done".to_owned(), "Ordered".to_owned()].into(),
    };
    for (spec, expected) in cases {
        let found = problems(
            &series(spec.clone()),
            &segments,
            &Settings::default(),
            &names,
        );
        let codes: Vec<&str> = found.iter().map(|finding| finding.code).collect();
        let wanted: Vec<&str> = expected.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, wanted, "{spec} {found:?}");
        for (finding, (_, part)) in found.iter().zip(expected) {
            assert!(finding.message.contains(part), "{}", finding.message);
        }
    }
}

/// So many ways of a split.
fn ways(count: usize) -> Vec<Json> {
    let ways = 0..count;
    ways.map(|n| json!({ "name": n.to_string(), "weight": 1 }))
        .collect()
}

#[test]
fn everything_that_cannot_run_is_named_at_once_with_its_mend() {
    review(&[
        (
            for_pros(&[
                json!({ "id": "a", "kind": "branch", "if": "plan is \"pro\"", "yes": "b", "no": "end" }),
                json!({ "id": "b", "kind": "set", "attributes": { "x": 1 }, "next": "c" }),
                json!({ "id": "c", "kind": "wait", "for": "1d", "next": "a" }),
            ]),
            vec![("circle", "a > b > c > a")],
        ),
        (
            for_pros(&[
                json!({ "id": "a", "kind": "wait" }),
                json!({ "id": "b", "kind": "wait", "until": { "rule": "performed \"Done\"" }, "met": "x" }),
                json!({ "id": "c", "kind": "branch", "subject": "x" }),
                json!({ "id": "d", "kind": "split", "paths": [{ "name": "a", "weight": -1 }] }),
                json!({ "id": "e", "kind": "set" }),
                json!({ "id": "end", "kind": "exit", "for": "1d" }),
                json!({ "id": "g", "kind": "webhook", "url": "x", "method": "GET", "body": "x", "headers": { "a b": "x" } }),
                json!({ "id": "h", "kind": "wait", "for": "1d", "until": { "time": "09:00" } }),
                json!({ "id": "i", "kind": "wait", "until": {} }),
                json!({ "id": "j", "kind": "wait", "for": "1d", "timeout": "1d" }),
            ]),
            vec![
                ("reserved_id", "rename it"),
                ("missing", "`for`"),
                ("missing", "`timeout`"),
                ("unknown_next", "`met` names the step `x`"),
                ("field", "kind `branch`"),
                ("missing", "`if`"),
                ("missing", "two ways"),
                ("weights", "0 or more"),
                ("missing", "`attributes`"),
                ("field", "`for` has no place"),
                ("link", "https://"),
                ("field", "takes no `body`"),
                ("header", "`a b`"),
                ("field", "do not go together"),
                ("missing", "`until`"),
                ("field", "`timeout` belongs"),
            ],
        ),
        (
            json!({ "name": "x", "steps": [mail("a", "0d")], "holdout_percent": 51 }),
            vec![("no_audience", "everyone"), ("holdout", "50")],
        ),
        (
            json!({ "name": "x", "entry": { "event": { "name": "Ordered", "where": "performed \"Done\"" } },
                "exit": "performed \"Done\"", "steps": [mail("a", "0d")] }),
            vec![("entry_where", "`audience`")],
        ),
        (
            for_pros(&[json!({ "id": "a", "kind": "split", "paths": ways(11) })]),
            vec![("too_many", "more than 10")],
        ),
    ]);
}

#[test]
fn what_will_not_do_what_was_meant_is_warned_about() {
    let many: Vec<Json> = (0..8).map(|n| mail(&n.to_string(), "1h")).collect();
    review(&[
        (
            for_pros(&[
                json!({ "id": "a", "kind": "split", "paths": ways(10) }),
                json!({ "id": "b", "kind": "email", "subject": "{{ event.x }}", "body": "[a](/b) [c](https://d)" }),
            ]),
            vec![("unknown_attribute", "lets people in"), ("link", "`/b`")],
        ),
        (
            for_pros(&[
                json!({ "id": "a", "kind": "branch", "if": "plan is \"pro\" and plan is \"free\"" }),
                json!({ "id": "b", "kind": "push", "title": "x", "body": "x", "when": "page path is \"/\"" }),
                json!({ "id": "c", "kind": "in_app", "body": "x", "when": "page path is \"/\"" }),
                json!({ "id": "d", "kind": "in_app", "body": "{{ page.url }}" }),
            ]),
            vec![
                ("contradiction", "plan"),
                ("contradiction", "page"),
                ("unknown_attribute", "which only the browser knows"),
            ],
        ),
        (for_pros(&many[..7]), vec![]),
        (for_pros(&many), vec![("many_messages", "8 messages")]),
        (
            json!({ "name": "x", "entry": { "event": { "name": "Ordered", "each": "event" } },
                "exit_when_left": true, "steps": [mail("a", "0d")] }),
            vec![
                ("no_audience_to_leave", "does nothing"),
                ("many_messages", "no bound"),
            ],
        ),
        (
            json!({ "name": "x", "audience": "plan is \"pro\"", "exit": "performed \"Done\"",
                "reentry": { "after": "12h" }, "steps": [mail("a", "0d")] }),
            vec![("many_messages", "14 messages")],
        ),
    ]);
}

#[test]
fn the_most_in_a_week_follows_the_graph() {
    let most = |steps: &[Json]| {
        let compiled = Series::compile(&series(for_pros(steps)), &Segments::new());
        compiled.unwrap().most_in_a_week()
    };
    assert_eq!(
        most(&[mail("a", "0d"), mail("b", "6d"), mail("c", "1d")]),
        Some(2)
    );
    assert_eq!(
        most(&[mail("a", "0d"), mail("b", "3d"), mail("c", "3d")]),
        Some(3)
    );
    let wait = json!({ "id": "w", "kind": "wait", "for": "7d" });
    assert_eq!(most(&[mail("a", "0d"), wait, mail("b", "0d")]), Some(1));
    // The slow way has more messages, and fewer of them within a week.
    let branch =
        json!({ "id": "x", "kind": "branch", "if": "vip is true", "yes": "slow", "no": "quick" });
    let quick = json!({ "id": "quick", "kind": "push", "title": "x", "body": "x", "next": "last" });
    assert_eq!(
        most(&[
            mail("a", "0d"),
            branch,
            mail("slow", "6d"),
            mail("slower", "6d"),
            quick,
            mail("last", "1d")
        ]),
        Some(3)
    );
}

#[test]
fn bounds_of_a_step_hold_at_and_past_them() {
    let names = |count: usize| -> BTreeMap<String, u8> {
        (0..count).map(|n| (format!("n{n}"), 0)).collect()
    };
    let texts = |count: usize| -> BTreeMap<String, String> {
        (0..count)
            .map(|n| (format!("n{n}"), String::new()))
            .collect()
    };
    let tags = |count: usize| -> Vec<String> { (0..count).map(|n| n.to_string()).collect() };
    let hook = |count| json!({ "id": "a", "kind": "webhook", "url": "https://x", "headers": texts(count) });
    let mails =
        |count: usize| -> Vec<Json> { (0..count).map(|n| mail(&n.to_string(), "7d")).collect() };
    for (code, at, past) in [
        ("too_many", vec![hook(20)], vec![hook(21)]),
        (
            "too_many",
            vec![
                json!({ "id": "a", "kind": "set", "attributes": names(50), "add_tags": tags(50), "remove_tags": tags(50) }),
            ],
            vec![json!({ "id": "a", "kind": "set", "attributes": names(51) })],
        ),
        (
            "too_many",
            vec![json!({ "id": "a", "kind": "set", "add_tags": tags(50) })],
            vec![json!({ "id": "a", "kind": "set", "add_tags": tags(51) })],
        ),
        ("too_many_steps", mails(250), mails(251)),
    ] {
        let compiled = |steps: &[Json]| Series::compile(&series(for_pros(steps)), &Segments::new());
        assert!(compiled(&at).is_ok(), "{code}");
        let codes: Vec<&str> = compiled(&past)
            .unwrap_err()
            .iter()
            .map(|finding| finding.code)
            .collect();
        assert_eq!(codes, [code]);
    }
}

#[test]
fn tags_stop_at_their_bound_and_events_at_their_age() {
    const TAGS_MAX: usize = 500;
    let step = |n: usize| {
        let tags: Vec<String> = (0..50).map(|tag| format!("{n}-{tag}")).collect();
        json!({ "id": n.to_string(), "kind": "set", "add_tags": tags })
    };
    let steps: Vec<Json> = (0..=TAGS_MAX / 50).map(step).collect();
    let mut world = world_with(for_pros(&steps));
    world.input("ada", pro());
    let tags = world.person("ada").unwrap().value("tags").cloned();
    assert!(matches!(tags, Some(Value::List(tags)) if tags.len() == TAGS_MAX));

    let spec = json!({ "name": "Order", "entry": { "event": { "name": "Ordered", "each": "event" } },
        "exit": "performed \"Done\"", "steps": [mail("a", "1d")] });
    let mut world = world_with(spec);
    world.input("ada", event("Ordered", "past", START - DAY - 1, json!({})));
    assert_eq!(world.count("hello", None, Metric::Entered), 0);
    world.input("ada", event("Ordered", "at", START - DAY, json!({})));
    assert_eq!(world.count("hello", None, Metric::Entered), 1);
}

#[test]
fn no_policy_concerns_a_program() {
    let hook = json!({ "id": "hook", "kind": "webhook", "url": "https://example.com", "body": "{{ id }}" });
    let mut world = world_with(for_pros(&[mail("a", "0d"), hook]));
    world
        .set_settings(settings(json!({ "cap": { "messages": 1, "per": "1d" },
            "quiet_hours": { "from": "01:00", "to": "23:00", "channels": ["email", "webhook"] } })))
        .unwrap();
    world.advance_to(START + 30 * 60_000);
    world.input("ada", pro());
    world.input("ada", traits(json!({ "unsubscribed": true })));
    assert_eq!((world.mailbox().count(), world.webhooks().count()), (1, 1));
    let Outgoing::Webhook { body, .. } = &world.webhooks().next().unwrap().send.outgoing else {
        unreachable!("it is a request");
    };
    assert_eq!(body, "ada");
}

// Random lives, watched for every move.

/// The kind of a state, or of an outcome.
fn kind(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value).unwrap() {
        Json::String(kind) => kind,
        Json::Object(fields) => fields.keys().next().unwrap().clone(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Array(_) => String::new(),
    }
}

const OPEN: [&str; 4] = ["waiting", "holding", "held", "held_out"];

/// The moves of a run that the table of the documentation has; within one decision several may
/// follow on each other, so that `from` and `to` are the ends of a path through it.
fn may_move(from: Option<&str>, to: &str) -> bool {
    match from {
        None => true,
        Some(from) if from == to => from != "exited" && from != "finished",
        Some("exited") => false,
        Some("finished") => to == "exited",
        Some("held_out") => ["finished", "exited"].contains(&to),
        Some(from) => OPEN.contains(&from),
    }
}

/// The moves of an outcome, likewise.
fn may_become(from: Option<&str>, to: &str) -> bool {
    let nexts: &[&str] = match from {
        None => return true,
        Some("queued") => &["delayed", "sent", "undelivered", "skipped", "cancelled"],
        Some("delayed") => &["live", "sent", "undelivered", "skipped", "cancelled"],
        Some("cancelled") => &["sent", "undelivered"],
        Some("live") => &["cancelled"],
        Some(_) => &[],
    };
    nexts.contains(&to)
}

fn definitions() -> DefinitionsSpec {
    let steps = json!([
        mail("a", "1h"),
        { "id": "bought", "kind": "wait", "until": { "rule": "performed \"B\"" }, "timeout": "6h", "met": "test" },
        { "id": "vip", "kind": "branch", "if": "performed \"A\" in last 5 hours", "yes": "bar", "no": "test" },
        { "id": "bar", "kind": "in_app", "delay": "1h", "live_for": "9h", "body": "Hi.", "goal": { "rule": "performed \"A\"" } },
        { "id": "test", "kind": "split", "paths": [{ "name": "on", "weight": 1, "next": "mark" },
            { "name": "off", "weight": 1, "holdout": true }, { "name": "out", "weight": 1, "next": "out" }] },
        { "id": "mark", "kind": "set", "attributes": { "stage": "marked" }, "add_tags": ["x"], "next": "nine" },
        { "id": "out", "kind": "exit" },
        { "id": "nine", "kind": "wait", "until": { "time": "09:00" } },
        { "id": "hook", "kind": "webhook", "url": "https://example.com", "when": "stage is \"marked\"" },
        { "id": "b", "kind": "email", "subject": "x", "body": "x", "delay": "2h", "goal": { "rule": "performed \"A\"" } },
    ]);
    let one = json!({ "name": "One", "audience": "plan is \"pro\"", "exit": "performed \"C\"",
        "exit_when_left": true, "goal": { "rule": "performed \"B\"", "within": "2d" },
        "reentry": { "after": "5h" }, "holdout_percent": 30, "steps": steps });
    let two = json!({ "name": "Two", "entry": { "event": { "name": "A", "each": { "property": "order" } } },
        "exit": "performed \"C\"", "reentry": { "after": "1h" }, "policies": { "priority": 80 },
        "steps": [mail("a", "0d"), bar("bar", "0d"),
            { "id": "c", "kind": "push", "delay": "3h", "title": "{{ event.order }}", "body": "x" }] });
    let live = |spec| LiveSeries {
        current: 1,
        versions: BTreeMap::from([(1, series(spec))]),
        ..LiveSeries::default()
    };
    DefinitionsSpec {
        version: 1,
        settings: settings(json!({ "quiet_hours": { "from": "22:00", "to": "06:00" },
            "cap": { "messages": 2, "per": "4h" } })),
        segments: BTreeMap::new(),
        series: BTreeMap::from([("one".to_owned(), live(one)), ("two".to_owned(), live(two))]),
    }
}

#[derive(Clone, Debug)]
enum Act {
    Event(&'static str, u8, u8),
    Plan(bool),
    Pass(i64),
    /// Claims what is in the outbox and reports it.
    Deliver(bool),
    Pause(&'static str),
    Resume(&'static str, Overdue),
    /// Publishes a version that has only some of the steps.
    Publish(u8, Migration),
}

fn act() -> impl Strategy<Value = Act> {
    let id = || prop::sample::select(vec!["one", "two"]);
    let overdue = prop::sample::select(vec![Overdue::Send, Overdue::Skip, Overdue::Shift]);
    let migration = prop::sample::select(vec![Migration::Stay, Migration::Move]);
    prop_oneof![
        5 => (prop::sample::select(vec!["A", "B", "C", "D"]), 0..6_u8, 0..3_u8)
            .prop_map(|(name, id, order)| Act::Event(name, id, order)),
        2 => any::<bool>().prop_map(Act::Plan),
        8 => prop_oneof![Just(1), Just(HOUR), 0..9 * HOUR, Just(DAY)].prop_map(Act::Pass),
        3 => any::<bool>().prop_map(Act::Deliver),
        1 => id().prop_map(Act::Pause),
        1 => (id(), overdue).prop_map(|(id, overdue)| Act::Resume(id, overdue)),
        1 => (0..9_u8, migration).prop_map(|(drop, migration)| Act::Publish(drop, migration)),
    ]
}

struct Life {
    spec: DefinitionsSpec,
    definitions: Definitions,
    person: Person,
    now: i64,
    outbox: Vec<String>,
    sent: BTreeSet<String>,
    paused: BTreeMap<&'static str, i64>,
}

impl Life {
    fn new(id: u8) -> Self {
        let spec = definitions();
        Self {
            definitions: Definitions::compile(&spec).unwrap(),
            spec,
            person: Person::new(&id.to_string()),
            now: START,
            outbox: Vec::new(),
            sent: BTreeSet::new(),
            paused: BTreeMap::new(),
        }
    }

    fn input(&mut self, input: &Input) -> Result<(), TestCaseError> {
        let before = self.person.clone();
        let mut effects = Vec::new();
        let due = step(
            &self.definitions,
            &Zones::new(),
            &mut self.person,
            input,
            self.now,
            &mut effects,
        );
        prop_assert!(
            due.is_none_or(|due| due > self.now),
            "due {:?} at {}",
            due,
            self.now
        );
        self.watch(&before)?;
        for effect in effects {
            match effect {
                Effect::Send(send) => {
                    prop_assert!(
                        self.sent.insert(send.effect.clone()),
                        "{} twice",
                        send.effect
                    );
                    self.outbox.push(send.effect);
                }
                Effect::Cancel { effect } => self.outbox.retain(|other| *other != effect),
                Effect::Release { effect, .. } => {
                    prop_assert!(self.sent.contains(&effect), "{} was never sent", effect);
                }
                Effect::Live { .. }
                | Effect::Membership { .. }
                | Effect::Count { .. }
                | Effect::Inbox(_) => {}
            }
        }
        // The same again, and a look at everything, change nothing.
        for (again, looked_at) in [(input, self.person.looked_at), (&Input::Tick, i64::MAX)] {
            let mut person = self.person.clone();
            person.looked_at = looked_at;
            let mut effects = Vec::new();
            let then = step(
                &self.definitions,
                &Zones::new(),
                &mut person,
                again,
                self.now,
                &mut effects,
            );
            effects.retain(|effect| !matches!(effect, Effect::Inbox(_)));
            prop_assert!(
                effects.is_empty(),
                "again, after {:?}: {:?}",
                input,
                effects
            );
            // What rode out an event is watched from too early on, never from too late.
            let never = i64::MAX;
            prop_assert!(due.unwrap_or(never) <= then.unwrap_or(never), "{:?}", due);
        }
        let bytes = rekindle_core::wire::encode(&self.person);
        prop_assert_eq!(
            rekindle_core::wire::decode::<Person>(&bytes),
            Ok(self.person.clone())
        );
        Ok(())
    }

    /// Every run and every step has moved as the tables say, or not at all.
    fn watch(&self, before: &Person) -> Result<(), TestCaseError> {
        for (id, run) in self.person.each_run() {
            let old = before
                .runs
                .get(id)
                .and_then(|runs| runs.iter().find(|old| old.entry == run.entry));
            let (from, to) = (old.map(|old| kind(&old.state)), kind(&run.state));
            if old.is_none_or(|old| old.state != run.state) {
                prop_assert!(
                    may_move(from.as_deref(), &to),
                    "a run moved from {:?} to {}",
                    from,
                    to
                );
            }
            for record in &run.steps {
                let old = old.and_then(|old| old.steps.iter().find(|old| old.step == record.step));
                let (from, to) = (old.map(|old| kind(&old.outcome)), kind(&record.outcome));
                if from.as_deref() != Some(&to) {
                    prop_assert!(
                        may_become(from.as_deref(), &to),
                        "{} became {} after {:?}",
                        record.step,
                        to,
                        from
                    );
                }
            }
            if let RunState::Exited { .. } = run.state {
                let unsent = |outcome: &Outcome| {
                    matches!(
                        outcome,
                        Outcome::Queued | Outcome::Delayed { .. } | Outcome::Live { .. }
                    )
                };
                prop_assert!(
                    !run.steps.iter().any(|record| unsent(&record.outcome)),
                    "unsent after the exit"
                );
            }
        }
        Ok(())
    }

    fn redefine(&mut self) -> Result<(), TestCaseError> {
        self.spec.version += 1;
        self.definitions = Definitions::compile(&self.spec).unwrap();
        self.input(&Input::Tick)
    }

    fn act(&mut self, act: &Act) -> Result<(), TestCaseError> {
        match act {
            Act::Event(name, id, order) => self.input(&event(
                name,
                &format!("{name}{id}{}", self.now),
                self.now,
                json!({ "order": order }),
            )),
            Act::Plan(is_pro) => {
                let plan = Value::from(if *is_pro { "pro" } else { "free" });
                let attributes = BTreeMap::from([
                    ("plan".to_owned(), plan),
                    ("email".to_owned(), "a@b.example".into()),
                ]);
                self.input(&Input::Identify(Identified {
                    at: self.now,
                    attributes,
                }))
            }
            Act::Pass(span) => {
                let end = self.now + span;
                let mut fired = 0;
                while let Some(due) = self.person.due.filter(|due| *due <= end) {
                    self.now = due;
                    self.input(&Input::Tick)?;
                    fired += 1;
                    prop_assert!(fired < 1_000, "a busy loop");
                }
                self.now = end;
                Ok(())
            }
            Act::Deliver(works) => {
                for effect in std::mem::take(&mut self.outbox) {
                    let delivery = match check(
                        &self.definitions,
                        &Zones::new(),
                        &self.person,
                        &effect,
                        self.now,
                    ) {
                        Claim::Gone => continue,
                        Claim::Held => {
                            self.outbox.push(effect);
                            continue;
                        }
                        Claim::Ruled(Ruling::Send) if *works => Delivery::Sent,
                        Claim::Ruled(Ruling::Send) => Delivery::Undelivered("gone".to_owned()),
                        Claim::Ruled(ruling) => {
                            if matches!(ruling, Ruling::Later { .. }) {
                                self.outbox.push(effect.clone());
                            }
                            Delivery::Ruled(ruling)
                        }
                    };
                    self.input(&Input::Settled { effect, delivery })?;
                }
                Ok(())
            }
            Act::Pause(id) => {
                self.paused.entry(id).or_insert(self.now);
                self.spec.series.get_mut(*id).unwrap().paused = true;
                self.redefine()
            }
            Act::Resume(id, overdue) => {
                let Some(from) = self.paused.remove(id) else {
                    return Ok(());
                };
                let live = self.spec.series.get_mut(*id).unwrap();
                live.paused = false;
                live.pauses.push(Pause {
                    from,
                    until: self.now,
                    overdue: *overdue,
                });
                self.redefine()
            }
            Act::Publish(drop, migration) => {
                let live = self.spec.series.get_mut("one").unwrap();
                let mut next = series(
                    serde_json::to_value(&definitions().series["one"].versions[&1]).unwrap(),
                );
                // Those that others lead to by name stay.
                if ![4, 3, 5, 6, 7].contains(drop) && usize::from(*drop) < next.steps.len() {
                    next.steps.remove(usize::from(*drop));
                }
                live.migrate.insert(live.current, *migration);
                live.current += 1;
                live.versions.insert(live.current, next);
                self.redefine()
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_move_stands_in_the_tables(id in any::<u8>(), acts in vec(act(), 1..60)) {
        let mut life = Life::new(id);
        for act in &acts {
            life.act(act)?;
        }
    }
}

#[test]
fn the_way_that_chance_gave_stays() {
    let split = |a: u32, b: u32| {
        series(json!({
            "name": "Test", "audience": "everyone", "exit": "performed \"Done\"", "reentry": { "after": "1h" },
            "steps": [
                { "id": "ab", "kind": "split", "paths": [
                    { "name": "a", "weight": a, "next": "mail" }, { "name": "b", "weight": b, "next": "mail" } ] },
                { "id": "mail", "kind": "email", "delay": "1d", "subject": "s", "body": "b" },
            ],
        }))
    };
    let way = |world: &World, who: &str| {
        let run = world.person(who).unwrap().runs["test"]
            .last()
            .unwrap()
            .clone();
        run.steps[0].outcome.way().unwrap().to_owned()
    };
    let mut world = World::new(START);
    world
        .publish("test", split(50, 50), Migration::Stay)
        .unwrap();
    let people: Vec<String> = (0..60).map(|n| format!("p{n}")).collect();
    for who in &people {
        world.input(who, traits(json!({ "plan": "pro" })));
    }
    let before: Vec<String> = people.iter().map(|who| way(&world, who)).collect();
    let of_a = before.iter().filter(|way| *way == "a").count();
    assert!((15..45).contains(&of_a), "{of_a}");
    // Other weights lead no one elsewhere who was there before, and everyone who was not.
    world
        .publish("test", split(0, 100), Migration::Stay)
        .unwrap();
    for who in &people {
        world.input(who, event("Done", who, START, json!({})));
    }
    world.advance_to(START + 2 * HOUR);
    for who in people.iter().chain([&"new".to_owned()]) {
        world.input(who, traits(json!({ "plan": "team" })));
    }
    let after: Vec<String> = people.iter().map(|who| way(&world, who)).collect();
    assert_eq!(after, before);
    assert_eq!(way(&world, "new"), "b");
}

#[test]
fn a_visitor_who_turns_out_to_be_somebody_keeps_what_chance_gave() {
    let mut world = World::new(START);
    let joined = |visitor: &str, since: i64| {
        let mut sticky = Sticky::new(visitor);
        sticky.assign_by("s", ["x"].into_iter(), |_| Some("x"));
        Input::Joined {
            visitor: sticky,
            since: Some(since),
        }
    };
    world.input("new", traits(json!({ "plan": "pro" })));
    world.input("old", traits(json!({ "plan": "pro" })));
    for _ in 0..2 {
        world.input("new", joined("visitor", START - 5));
        world.input("old", joined("visitor", START + 5));
    }
    for (who, id) in [("new", "visitor"), ("old", "old")] {
        let person = world.person(who).unwrap();
        assert_eq!(person.bucketing_id(), id);
        assert_eq!(person.sticky.as_ref().unwrap().kept("s"), Some("x"));
    }
}
