//! Properties of series over random lives, and what stories cannot tell: outboxes that wait.
//! What series do is told in tests/cases/stories.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::{collection::vec, prelude::*};
use rekindle_core::{
    rule::{Names, Segments, parse},
    series::{
        Definitions, DefinitionsSpec, Delivery, Effect, Identified, Input, LiveSeries, Metric,
        Migration, Outcome, Overdue, Person, Reaction, Run, RunState, SegmentSpec, SeriesSpec,
        effect_id, policy::Settings, problems, step,
    },
    value::Value,
    world::{Story, World},
    zone::Zones,
};
use serde_json::json;

const START: i64 = 1_767_225_600_000;
const HOUR: i64 = 3_600_000;

/// What was decided, with the state before it left as it is.
struct Decision {
    person: Person,
    effects: Vec<Effect>,
    due: Option<i64>,
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "what happened is told once, and made for it"
)]
fn decide(definitions: &Definitions, person: &Person, input: Input, now: i64) -> Decision {
    let (mut person, mut effects) = (person.clone(), Vec::new());
    let due = step(
        definitions,
        &Zones::new(),
        &mut person,
        &input,
        now,
        &mut effects,
    );
    Decision {
        person,
        effects,
        due,
    }
}

fn series(json: serde_json::Value) -> SeriesSpec {
    serde_json::from_value(json).unwrap()
}

fn mail(id: &str, delay: &str) -> serde_json::Value {
    json!({ "id": id, "kind": "email", "delay": delay, "subject": "Hello {{ name }}", "body": "Hello." })
}

fn traits(json: serde_json::Value) -> Input {
    Input::Identify(Identified {
        at: START,
        attributes: serde_json::from_value(json).unwrap(),
    })
}

fn event(name: &str, at: i64) -> Input {
    Input::Event {
        id: format!("{name}{at}"),
        name: name.to_owned(),
        at,
        active: true,
        properties: BTreeMap::new(),
    }
}

#[test]
fn an_exit_takes_queued_mail_back_in_the_same_decision() {
    let mut world = World::new(START);
    let hello = json!({
        "name": "Hello", "audience": { "rule": "plan is \"pro\"" }, "exit": "performed \"Done\"",
        "steps": [mail("a", "1h"), mail("b", "1h")],
    });
    world
        .publish("hello", series(hello), Migration::Stay)
        .unwrap();
    world.input(
        "ada",
        traits(json!({ "plan": "pro", "email": "ada@example.com" })),
    );
    world.hold();
    world.advance_to(START + HOUR);
    assert_eq!(world.waiting(), 1);
    world.input("ada", event("Done", world.now()));
    assert_eq!(world.waiting(), 0);
    world.release();
    world.advance_to(START + 10 * HOUR);
    assert_eq!(world.mailbox().count(), 0);
    let run = &world.person("ada").unwrap().runs["hello"][0];
    assert_eq!(run.steps[0].outcome, Outcome::Cancelled);
    assert_eq!(world.count("hello", Some("a"), Metric::Sent), 0);
}

#[test]
fn a_receipt_is_counted_once_and_also_when_the_exit_came_too_late() {
    let mut world = World::new(START);
    let hello = json!({
        "name": "Hello", "audience": { "rule": "plan is \"pro\"" }, "exit": "performed \"Done\"",
        "steps": [mail("a", "0d"), { "id": "b", "kind": "in_app", "body": "Hello." }],
    });
    world
        .publish("hello", series(hello), Migration::Stay)
        .unwrap();
    world.hold();
    world.input(
        "ada",
        traits(json!({ "plan": "pro", "email": "ada@example.com" })),
    );
    let effect = |step| rekindle_core::series::effect_id("ada", "hello", 1, step);
    world.input("ada", event("Done", START));
    // `Done` stood there at the instant of entry? No: it came after it.
    assert_eq!(world.count("hello", None, Metric::ReEngaged), 1);
    for _ in 0..2 {
        world.input(
            "ada",
            Input::Settled {
                effect: effect("a"),
                delivery: Delivery::Sent,
            },
        );
        // The id of what is live in the app has no receipt.
        world.input(
            "ada",
            Input::Settled {
                effect: effect("b"),
                delivery: Delivery::Sent,
            },
        );
    }
    assert_eq!(world.count("hello", Some("a"), Metric::Sent), 1);
    assert_eq!(world.count("hello", Some("b"), Metric::Sent), 1);
}

#[test]
fn what_was_given_up_is_on_its_way_again_when_someone_asks_until_the_exit() {
    let mut world = World::new(START);
    let hello = json!({
        "name": "Hello", "audience": { "rule": "plan is \"pro\"" }, "exit": "performed \"Done\"",
        "steps": [mail("a", "0d")],
    });
    world
        .publish("hello", series(hello), Migration::Stay)
        .unwrap();
    world.hold();
    world.input(
        "ada",
        traits(json!({ "plan": "pro", "email": "ada@example.com" })),
    );
    let effect = || rekindle_core::series::effect_id("ada", "hello", 1, "a");
    let settled = |delivery| Input::Settled {
        effect: effect(),
        delivery,
    };
    let replayed = || Input::Replayed { effect: effect() };
    let gone = || Delivery::Undelivered("gone".to_owned());
    let outcome = |world: &World| {
        world.person("ada").unwrap().runs["hello"][0].steps[0]
            .outcome
            .clone()
    };
    // What is on its way already is not tried twice.
    world.input("ada", replayed());
    assert_eq!(outcome(&world), Outcome::Queued);
    for _ in 0..2 {
        world.input("ada", settled(gone()));
        assert_eq!(outcome(&world), Outcome::Undelivered("gone".to_owned()));
        world.input("ada", replayed());
        assert_eq!(outcome(&world), Outcome::Queued);
    }
    world.input("ada", settled(Delivery::Sent));
    world.input("ada", replayed());
    assert_eq!(outcome(&world), Outcome::Sent, "what has left is final");
    assert_eq!(world.count("hello", Some("a"), Metric::Undelivered), 2);
    assert_eq!(world.count("hello", Some("a"), Metric::Sent), 1);

    world.input(
        "bob",
        traits(json!({ "plan": "pro", "email": "bob@example.com" })),
    );
    let effect = || rekindle_core::series::effect_id("bob", "hello", 1, "a");
    let delivery = gone();
    world.input(
        "bob",
        Input::Settled {
            effect: effect(),
            delivery,
        },
    );
    world.input("bob", event("Done", START));
    world.input("bob", Input::Replayed { effect: effect() });
    let of_bob = &world.person("bob").unwrap().runs["hello"][0].steps[0].outcome;
    assert_eq!(*of_bob, Outcome::Undelivered("gone".to_owned()));
}

#[test]
fn a_fast_clock_s_event_that_brought_them_in_does_not_put_them_out() {
    let mut world = World::new(START);
    let hello = json!({
        "name": "Hello", "audience": { "rule": "performed \"Done\"" }, "exit": "performed \"Done\"",
        "steps": [mail("a", "1h")],
    });
    world
        .publish("hello", series(hello), Migration::Stay)
        .unwrap();
    world.input("ada", event("Done", START + 40));
    world.advance_to(START + 50);
    assert!(matches!(
        world.person("ada").unwrap().runs["hello"][0].state,
        RunState::Waiting { .. }
    ));
    world.input("ada", event("Done", START + 50));
    assert!(matches!(
        world.person("ada").unwrap().runs["hello"][0].state,
        RunState::Exited { .. }
    ));
}

#[test]
fn people_from_before_the_first_publication_are_not_newcomers() {
    let definitions = |version, published: bool| {
        let mut spec = DefinitionsSpec {
            version,
            ..DefinitionsSpec::default()
        };
        if published {
            let hello = series(json!({
                "name": "Hello", "audience": { "rule": "plan is \"pro\"" }, "entry": "future",
                "exit": "performed \"Done\"", "steps": [mail("a", "1h")],
            }));
            let live = LiveSeries {
                current: 1,
                paused: false,
                versions: BTreeMap::from([(1, hello)]),
                ..LiveSeries::default()
            };
            spec.series.insert("hello".to_owned(), live);
        }
        Definitions::compile(&spec).unwrap()
    };
    // Version 0: nothing was ever defined.
    let known = decide(
        &definitions(0, false),
        &Person::new("ada"),
        traits(json!({ "plan": "pro" })),
        START,
    );
    let after = decide(&definitions(1, true), &known.person, Input::Tick, START + 1);
    assert!(after.person.runs.is_empty());
    let new = decide(
        &definitions(1, true),
        &Person::new("bea"),
        traits(json!({ "plan": "pro" })),
        START + 1,
    );
    assert_eq!(new.person.runs.len(), 1);
}

#[test]
fn a_run_on_a_version_that_is_gone_ends_instead_of_waking_for_ever() {
    let mut spec = DefinitionsSpec {
        version: 1,
        ..DefinitionsSpec::default()
    };
    let hello = series(json!({
        "name": "Hello", "audience": { "rule": "everyone" }, "exit": "performed \"Done\"",
        "steps": [mail("a", "1h")],
    }));
    let live = LiveSeries {
        current: 1,
        paused: false,
        versions: BTreeMap::from([(1, hello.clone())]),
        ..LiveSeries::default()
    };
    spec.series.insert("hello".to_owned(), live);
    let entered = decide(
        &Definitions::compile(&spec).unwrap(),
        &Person::new("ada"),
        Input::Tick,
        START,
    );
    spec.version = 2;
    let live = spec.series.get_mut("hello").unwrap();
    (live.current, live.versions) = (2, BTreeMap::from([(2, hello)]));
    let gone = decide(
        &Definitions::compile(&spec).unwrap(),
        &entered.person,
        Input::Tick,
        START + HOUR,
    );
    assert!(matches!(
        gone.person.runs["hello"][0].state,
        RunState::Exited { .. }
    ));
    // What is left is to look whether they stayed away.
    assert_eq!(gone.due, Some(START + 30 * 24 * HOUR));
}

#[test]
fn what_is_wrong_with_a_series_is_told_before_it_is_published() {
    let names = Names {
        attributes: ["plan".to_owned()].into(),
        events: ["Done".to_owned()].into(),
    };
    let segments: Segments = [("pro".to_owned(), parse("plan is \"pro\"").unwrap())].into();
    for (spec, expected) in [
        (
            json!({ "name": "x", "audience": { "segment": "prp" }, "steps": [mail("a", "0d")] }),
            vec!["rule"],
        ),
        (
            json!({ "name": "x", "audience": { "segment": "pro" }, "steps": [] }),
            vec!["no_steps"],
        ),
        (
            json!({ "name": "x", "audience": { "segment": "pro" }, "exit": "performed \"Done\"",
                    "reentry": { "after": "59m" }, "steps": [mail("a", "0d"), mail("a", "0d")] }),
            vec!["reentry", "double_id"],
        ),
        (
            json!({ "name": "x", "audience": { "segment": "pro" }, "exit": "performed \"Done\"", "steps": [
                { "id": "a", "kind": "push", "title": "x", "body": "{{ x", "url": "/x", "subject": "x" },
            ] }),
            vec!["field", "template", "link"],
        ),
        (
            json!({ "name": "x", "audience": { "rule": "plam is 1" }, "steps": [mail("a", "0d")] }),
            vec!["unknown_name", "no_exit", "unknown_attribute"],
        ),
        (
            json!({ "name": "x", "audience": { "segment": "pro" }, "exit": "performed \"Done\"", "steps": [
                { "id": "a", "kind": "in_app", "body": "x", "next": "c" },
                { "id": "b", "kind": "in_app", "body": "x" },
                { "id": "c", "kind": "in_app", "body": "x", "delay": "2d", "when": "performed \"Done\" in last 3 days" },
            ] }),
            vec!["unreachable"],
        ),
        (
            json!({ "name": "x", "audience": { "rule": "not performed \"Done\" in last 30 days" },
                    "exit": "performed \"Done\"", "steps": [
                { "id": "c", "kind": "in_app", "body": "x", "delay": "2d", "when": "performed \"Done\" in last 1 day" },
            ] }),
            vec!["never_shown"],
        ),
        (
            json!({ "name": "x", "audience": { "segment": "pro" }, "exit": "not performed \"Done\" in last 30 days",
                    "steps": [mail("a", "0d")] }),
            vec!["exit_at_once", "unknown_attribute"],
        ),
    ] {
        let codes: Vec<&str> = problems(
            &series(spec.clone()),
            &segments,
            &Settings::default(),
            &names,
        )
        .iter()
        .map(|finding| finding.code)
        .collect();
        assert_eq!(codes, expected, "{spec}");
    }
}

#[test]
fn a_story_that_comes_out_otherwise_is_told() {
    let story: Story = serde_json::from_value(json!({
        "about": "wrong throughout", "start": "2026-01-01T00:00:00Z",
        "segments": { "all": "everyone" },
        "story": [
            { "track": { "person": "ada", "event": "Visited" } },
            { "expect": {
                "segments": { "all": ["bea"] }, "mailbox": [{ "to": "ada@example.com" }],
                "pushes": [{ "person": "ada" }], "inbox": { "ada": ["a"] }, "shows": { "ada": ["a"] },
                "report": { "x": { "entered": 1, "steps": { "a": { "sent": 1 } } } },
            } },
            { "publish": "nothing" },
        ],
    }))
    .unwrap();
    let places: Vec<usize> = story.run().iter().map(|mismatch| mismatch.place).collect();
    assert_eq!(places, [1, 1, 1, 1, 1, 1, 1, 2]);
}

// Random lives: three people, three series, everything that can happen to them.

fn definitions() -> DefinitionsSpec {
    let segments = [
        ("quiet", "last_seen > 5 hours ago"),
        ("busy", "performed \"A\" at least 2 times in last 3 hours"),
        (
            "pro",
            "plan is \"pro\" and not performed \"B\" in last 2 hours",
        ),
    ];
    let in_app = json!({ "id": "bar", "kind": "in_app", "delay": "1h", "live_for": "3h", "body": "Hi {{ plan }}",
        "when": "performed \"A\" in last 1 hour" });
    let modal = json!({ "id": "box", "kind": "in_app", "layout": "modal", "body": "Hello." });
    let push = json!({ "id": "push", "kind": "push", "delay": "30m", "title": "Hi", "body": "Hi.", "when": "performed \"A\" at most 3 times" });
    let all = [
        (
            "one",
            json!({ "name": "One", "audience": { "segment": "quiet" }, "exit": "performed \"A\"",
            "reentry": { "after": "4h" }, "steps": [mail("a", "1h"), in_app, mail("b", "2h")] }),
        ),
        (
            "two",
            json!({ "name": "Two", "audience": { "segment": "pro" }, "exit": "performed \"B\" or last_seen < 1 hour ago",
            "reentry": { "after": "1h" }, "steps": [mail("a", "0d"), modal, push] }),
        ),
        (
            "three",
            json!({ "name": "Three", "audience": { "rule": "in segment \"busy\" or plan is unknown" }, "entry": "future",
            "steps": [mail("a", "0d"), push] }),
        ),
    ];
    DefinitionsSpec {
        version: 1,
        settings: Settings::default(),
        segments: segments
            .into_iter()
            .map(|(id, rule)| {
                (
                    id.to_owned(),
                    serde_json::from_value::<SegmentSpec>(json!({ "rule": rule })).unwrap(),
                )
            })
            .collect(),
        series: all
            .into_iter()
            .map(|(id, json)| {
                let versions = BTreeMap::from([(1, series(json))]);
                (
                    id.to_owned(),
                    LiveSeries {
                        current: 1,
                        paused: false,
                        versions,
                        ..LiveSeries::default()
                    },
                )
            })
            .collect(),
    }
}

#[derive(Clone, Debug)]
enum Act {
    Event {
        name: &'static str,
        ago: i64,
        id: u8,
        active: bool,
    },
    Plan(Option<&'static str>, i64),
    React {
        series: &'static str,
        step: &'static str,
        entry: u32,
        reaction: Reaction,
    },
    Settle {
        series: &'static str,
        step: &'static str,
        entry: u32,
        sent: bool,
    },
    Tick,
    Pass(i64),
    Pause(&'static str, bool),
    Publish(&'static str),
}

fn act() -> impl Strategy<Value = Act> {
    let series = || prop::sample::select(vec!["one", "two", "three"]);
    let steps = || prop::sample::select(vec!["a", "b", "bar", "box", "push"]);
    let reaction = prop::sample::select(vec![
        Reaction::Shown,
        Reaction::Opened,
        Reaction::Received,
        Reaction::Clicked,
        Reaction::Dismissed,
    ]);
    prop_oneof![
        6 => (prop::sample::select(vec!["A", "B", "C"]), prop_oneof![Just(0), -1_000..6 * HOUR], 0..4_u8, any::<bool>())
            .prop_map(|(name, ago, id, active)| Act::Event { name, ago, id, active }),
        3 => (proptest::option::of(prop::sample::select(vec!["pro", "free"])), prop_oneof![Just(0), 0..HOUR])
            .prop_map(|(plan, ago)| Act::Plan(plan, ago)),
        2 => (series(), steps(), 1..3_u32, reaction)
            .prop_map(|(series, step, entry, reaction)| Act::React { series, step, entry, reaction }),
        2 => (series(), steps(), 1..3_u32, any::<bool>())
            .prop_map(|(series, step, entry, sent)| Act::Settle { series, step, entry, sent }),
        2 => Just(Act::Tick),
        8 => prop_oneof![Just(0), Just(1), Just(HOUR), 0..4 * HOUR].prop_map(Act::Pass),
        1 => (series(), any::<bool>()).prop_map(|(id, paused)| Act::Pause(id, paused)),
        1 => series().prop_map(Act::Publish),
    ]
}

/// What must be so after every decision.
fn check(decision: &Decision, now: i64, sent: &mut BTreeSet<String>) -> Result<(), TestCaseError> {
    prop_assert!(
        decision.due.is_none_or(|due| due > now),
        "due {:?} at {now}",
        decision.due
    );
    for effect in &decision.effects {
        if let Effect::Send(send) = effect {
            prop_assert!(
                sent.insert(send.effect.clone()),
                "{} was sent before",
                send.effect
            );
            let run = decision.person.latest_run(&send.series).unwrap();
            prop_assert!(
                !matches!(run.state, RunState::Exited { .. }),
                "a send after the exit"
            );
        }
    }
    Ok(())
}

/// The run through a series that an input was about: the one behind its effect, or the latest.
fn entry_of(person: &Person, series: &str, input: &Input) -> u32 {
    let about = match input {
        Input::Reaction { effect, .. }
        | Input::Settled { effect, .. }
        | Input::Replayed { effect }
        | Input::Heard { effect, .. } => Some(effect),
        Input::Event { .. }
        | Input::Identify(_)
        | Input::Imported(_)
        | Input::Chose { .. }
        | Input::Suppressed(_)
        | Input::Opened { .. }
        | Input::Joined { .. }
        | Input::Tick => None,
    };
    let is_about = |run: &&Run| {
        run.steps
            .iter()
            .any(|record| Some(&effect_id(&person.id, series, run.entry, &record.step)) == about)
    };
    let runs = &person.runs[series];
    runs.iter().find(is_about).or(runs.last()).unwrap().entry
}

struct Life {
    spec: DefinitionsSpec,
    definitions: Definitions,
    person: Person,
    now: i64,
    due: Option<i64>,
    sent: BTreeSet<String>,
    counted: BTreeMap<(String, u32, Option<String>, Metric), u32>,
}

impl Life {
    fn new() -> Self {
        let spec = definitions();
        Self {
            definitions: Definitions::compile(&spec).unwrap(),
            spec,
            person: Person::new("ada"),
            now: START,
            due: None,
            sent: BTreeSet::new(),
            counted: BTreeMap::new(),
        }
    }

    fn input(&mut self, input: &Input) -> Result<(), TestCaseError> {
        let decision = decide(&self.definitions, &self.person, input.clone(), self.now);
        check(&decision, self.now, &mut self.sent)?;
        // The same again changes nothing and does nothing: inputs come at least once.
        let again = decide(&self.definitions, &decision.person, input.clone(), self.now);
        prop_assert!(
            again.effects.is_empty(),
            "a second {:?}: {:?}",
            input,
            again.effects
        );
        prop_assert_eq!(&again.person, &decision.person);
        prop_assert_eq!(again.due, decision.due);
        // Looking at everything anew finds nothing that was passed over.
        let mut anew = decision.person.clone();
        anew.looked_at = i64::MAX;
        let anew = decide(&self.definitions, &anew, Input::Tick, self.now);
        prop_assert!(
            anew.effects
                .iter()
                .all(|effect| matches!(effect, Effect::Inbox(_))),
            "{:?} was passed over by {:?}",
            anew.effects,
            input
        );
        // A timer may come early, and then finds nothing; it never comes late.
        let never = i64::MAX;
        prop_assert!(decision.due.unwrap_or(never) <= anew.due.unwrap_or(never));
        // What is decided can be stored and read back.
        let bytes = rekindle_core::wire::encode(&decision.person);
        prop_assert_eq!(
            rekindle_core::wire::decode::<Person>(&bytes),
            Ok(decision.person.clone())
        );
        for effect in &decision.effects {
            if let Effect::Count {
                series,
                step,
                metric,
                ..
            } = effect
                && *metric != Metric::Matched
            {
                let entry = entry_of(&decision.person, series, input);
                let times = self
                    .counted
                    .entry((series.clone(), entry, step.clone(), *metric))
                    .or_default();
                *times += 1;
                prop_assert_eq!(
                    *times,
                    1,
                    "{:?} of {} counted twice in run {}",
                    metric,
                    series,
                    entry
                );
            }
        }
        self.person = decision.person;
        self.due = decision.due;
        Ok(())
    }

    fn redefine(&mut self) -> Result<(), TestCaseError> {
        self.spec.version += 1;
        self.definitions = Definitions::compile(&self.spec).unwrap();
        self.input(&Input::Tick)
    }

    fn pass(&mut self, span: i64) -> Result<(), TestCaseError> {
        let end = self.now + span;
        let mut fired = 0;
        while let Some(due) = self.due.filter(|due| *due <= end) {
            // Whatever wakes a person between timers finds nothing to do.
            if due - 1 > self.now {
                self.now = due - 1;
                let early = decide(&self.definitions, &self.person, Input::Tick, self.now);
                let quiet = early
                    .effects
                    .iter()
                    .all(|effect| matches!(effect, Effect::Inbox(_)));
                prop_assert!(quiet, "{:?} came before it was due", early.effects);
            }
            self.now = due;
            self.input(&Input::Tick)?;
            fired += 1;
            prop_assert!(fired < 1_000, "a busy loop");
        }
        self.now = end;
        Ok(())
    }

    fn act(&mut self, act: &Act) -> Result<(), TestCaseError> {
        let effect = |series: &str, step: &str, entry| {
            rekindle_core::series::effect_id("ada", series, entry, step)
        };
        match act {
            Act::Event {
                name,
                ago,
                id,
                active,
            } => self.input(&Input::Event {
                id: id.to_string(),
                name: (*name).to_owned(),
                at: self.now - ago,
                active: *active,
                properties: BTreeMap::new(),
            }),
            Act::Plan(plan, ago) => {
                let plan = plan.map_or(Value::Null, Value::from);
                let attributes = BTreeMap::from([
                    ("plan".to_owned(), plan),
                    ("email".to_owned(), "ada@example.com".into()),
                ]);
                self.input(&Input::Identify(Identified {
                    at: self.now - ago,
                    attributes,
                }))
            }
            Act::React {
                series,
                step,
                entry,
                reaction,
            } => self.input(&Input::Reaction {
                effect: effect(series, step, *entry),
                reaction: *reaction,
                at: self.now,
            }),
            Act::Settle {
                series,
                step,
                entry,
                sent,
            } => self.input(&Input::Settled {
                effect: effect(series, step, *entry),
                delivery: if *sent {
                    Delivery::Sent
                } else {
                    Delivery::Undelivered("gone".to_owned())
                },
            }),
            Act::Tick => self.input(&Input::Tick),
            Act::Pass(span) => self.pass(*span),
            Act::Pause(id, paused) => {
                self.spec.series.get_mut(*id).unwrap().paused = *paused;
                self.redefine()
            }
            Act::Publish(id) => {
                let live = self.spec.series.get_mut(*id).unwrap();
                let mut next = live.versions[&live.current].clone();
                next.steps.reverse();
                live.current += 1;
                live.versions.insert(live.current, next);
                self.redefine()
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_life_goes_by_the_rules(acts in vec(act(), 1..60)) {
        let mut life = Life::new();
        for act in &acts {
            life.act(act)?;
        }
    }

    #[test]
    fn a_world_sends_nothing_twice_and_wakes_no_one_in_the_past(
        acts in vec((0..3_usize, act()), 1..60),
    ) {
        let spec = definitions();
        let mut world = World::new(START);
        for (id, segment) in spec.segments {
            world.put_segment(&id, segment).unwrap();
        }
        for (id, live) in &spec.series {
            world.publish(id, live.versions[&1].clone(), Migration::Stay).unwrap();
        }
        for (who, act) in &acts {
            let person = ["ada", "bea", "cyd"][*who];
            let now = world.now();
            let effect = |series: &str, step: &str, entry| rekindle_core::series::effect_id(person, series, entry, step);
            match act {
                Act::Event { name, ago, id, active } => world.input(person, Input::Event {
                    id: id.to_string(), name: (*name).to_owned(), at: now - ago, active: *active,
                    properties: BTreeMap::new(),
                }),
                Act::Plan(plan, _) => world.input(person, Input::Identify(Identified {
                    at: now,
                    attributes: BTreeMap::from([("plan".to_owned(), plan.map_or(Value::Null, Value::from))]),
                })),
                Act::React { series, step, entry, reaction } => world.input(person, Input::Reaction {
                    effect: effect(series, step, *entry), reaction: *reaction, at: now,
                }),
                Act::Settle { .. } | Act::Tick => world.input(person, Input::Tick),
                Act::Pass(span) => world.advance_to(now + span),
                Act::Pause(id, true) => world.pause(id).unwrap(),
                Act::Pause(id, false) => world.resume(id, Overdue::Shift).unwrap(),
                Act::Publish(id) => world.publish(id, spec.series[*id].versions[&1].clone(), Migration::Stay).unwrap(),
            }
        }
        world.advance_to(world.now() + 24 * HOUR);
        prop_assert_eq!((world.repeats(), world.overdue()), (0, 0));
    }
}
