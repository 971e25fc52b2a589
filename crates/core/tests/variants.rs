//! A/B tests of messages that stories cannot tell: who gets which variant of a thousand, what a join
//! keeps, what is refused and warned about, and what the counters come to.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use rekindle_core::{
    experiment::{Split, Sticky},
    report::{Count, Experiment, Look, Reckoning, Report},
    rule::{Names, Segments},
    series::{
        Identified, Input, Metric, Migration, Reaction, SeriesSpec, TestMetric, effect_id,
        policy::Settings, problems,
    },
    world::World,
};
use serde_json::{Value as Json, json};

const START: i64 = 1_767_225_600_000;

fn tested(step: &Json, weight: f64, variants: &Json) -> Json {
    let mut step = step.clone();
    step["test"] = json!({ "metric": "clicked", "weight": weight, "variants": variants });
    step
}

fn mail() -> Json {
    json!({ "id": "mail", "kind": "email", "subject": "Hello", "body": "Come back." })
}

fn b(weight: f64, subject: &str) -> Json {
    json!({ "name": "b", "weight": weight, "changes": { "subject": subject } })
}

fn series(steps: &[Json]) -> SeriesSpec {
    let series = json!({
        "name": "Hello", "audience": "plan is \"pro\"", "exit": "performed \"Done\"",
        "goal": { "rule": "performed \"Purchased\"" }, "steps": steps,
    });
    serde_json::from_value(series).unwrap()
}

fn publish(world: &mut World, steps: &[Json]) {
    world
        .publish("hello", series(steps), Migration::Stay)
        .unwrap();
}

fn pro() -> Input {
    Input::Identify(Identified {
        at: START,
        attributes: serde_json::from_value(json!({ "plan": "pro", "email": "ada@example.com" }))
            .unwrap(),
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

/// The variant of the only mail that a person got.
fn variant(world: &World, person: &str) -> String {
    let mut mails = world.mailbox().filter(|mail| mail.person == person);
    mails.next().unwrap().send.variant.clone().unwrap()
}

#[test]
fn people_get_what_the_hash_of_experiments_gives_and_no_one_counts_twice() {
    let mut world = World::new(START);
    publish(
        &mut world,
        &[tested(&mail(), 30.0, &json!([b(70.0, "Hey")]))],
    );
    let split = Split::new("hello/mail", 1.0, &[("a", 0.3), ("b", 0.7)]).unwrap();
    let people: Vec<String> = (0..1_000).map(|n| format!("p{n}")).collect();
    for person in &people {
        world.input(person, pro());
        assert_eq!(Some(&*variant(&world, person)), split.draw(person));
    }
    let given = |name: &str, metric| {
        let id = format!("mail/{name}");
        world.count("hello", Some(&id), metric)
    };
    let (a, b) = (given("a", Metric::Assigned), given("b", Metric::Assigned));
    assert_eq!(a + b, 1_000);
    // Three standard deviations of a share of 0.3 of a thousand are 43.
    assert!((257..=343).contains(&a), "{a}");
    assert_eq!((given("a", Metric::Sent), given("b", Metric::Sent)), (a, b));
}

#[test]
fn a_visitor_who_becomes_known_keeps_their_variant_through_changed_weights() {
    let mut world = World::new(START);
    publish(&mut world, &[tested(&mail(), 0.0, &json!([b(1.0, "Hey")]))]);
    let mut visitor = Sticky::new("visitor");
    let id = visitor.assign_by("hello/mail", ["b"].into_iter(), |_| Some("b"));
    assert_eq!(id, Some("b"));
    publish(&mut world, &[tested(&mail(), 1.0, &json!([b(0.0, "Hey")]))]);
    world.input(
        "ada",
        Input::Joined {
            visitor,
            since: Some(START - 5),
        },
    );
    for person in ["ada", "bob"] {
        world.input(person, pro());
    }
    assert_eq!(variant(&world, "ada"), "b");
    assert_eq!(variant(&world, "bob"), "a");
    let why = |person: &str| {
        let zones = rekindle_core::zone::Zones::new();
        let person = world.person(person).unwrap();
        let explained = world.definitions().explain("hello", &zones, person, START);
        let run = serde_json::to_value(explained.unwrap().run).unwrap();
        run["steps"][0]["variant"].clone()
    };
    let told = why("ada");
    assert_eq!((&told["name"], &told["kept"]), (&json!("b"), &json!(true)));
    assert_eq!(
        (&told["seed"], &told["hashed"]),
        (&json!("hello/mail"), &json!("visitor"))
    );
    assert_eq!(why("bob")["name"], "a");
}

#[test]
fn what_is_counted_of_a_message_is_counted_of_its_variant() {
    let own_goal = json!({ "id": "own", "kind": "push", "title": "t", "body": "b",
                           "goal": { "rule": "performed \"Read\"" } });
    let mut world = World::new(START);
    let push = json!([{ "name": "b", "weight": 1, "changes": { "title": "T", "url": "https://x.example" } }]);
    publish(
        &mut world,
        &[
            tested(
                &mail(),
                0.0,
                &json!([b(1.0, "{{ nested | divided_by: 0 }}"),]),
            ),
            tested(&own_goal, 0.0, &push),
        ],
    );
    world.input("ada", pro());
    let effect = effect_id("ada", "hello", 1, "own");
    for reaction in [Reaction::Received, Reaction::Clicked] {
        let (effect, at) = (effect.clone(), START);
        world.input(
            "ada",
            Input::Reaction {
                effect,
                reaction,
                at,
            },
        );
    }
    for name in ["Read", "Purchased", "Done"] {
        world.advance_to(world.now() + 1_000);
        let at = world.now();
        world.input("ada", event(name, at));
    }
    let count = |id: &str, metric| world.count("hello", Some(id), metric);
    let push = [
        Metric::Assigned,
        Metric::Sent,
        Metric::Opened,
        Metric::Clicked,
        Metric::Converted,
        Metric::ReEngaged,
    ];
    assert_eq!(push.map(|metric| count("own/b", metric)), [1; 6]);
    assert_eq!(push.map(|metric| count("own", metric)), [0, 1, 1, 1, 1, 0]);
    // The goal of the series stands in where the message has none; a text that cannot be filled in
    // is the variant's fault, and counts for it.
    assert_eq!(
        push.map(|metric| count("mail/b", metric)),
        [1, 0, 0, 0, 1, 1]
    );
    assert_eq!(count("mail/b", Metric::Skipped), 1);
    assert_eq!(count("mail", Metric::Converted), 0);
}

/// The step, and the codes and parts of what is found.
type Review = (Json, Vec<(&'static str, &'static str)>);

#[test]
fn what_cannot_be_tested_is_named_with_its_mend() {
    let of = |count: usize| -> Json {
        let variants = (0..count).map(|n| json!({ "name": format!("v{n}"), "weight": 1, "changes": { "subject": n.to_string() } }));
        variants.collect()
    };
    let change = |changes: Json| json!([{ "name": "b", "weight": 1, "changes": changes }]);
    let named = |name: &str| json!([{ "name": name, "weight": 1, "changes": { "subject": "x" } }]);
    let wait = json!({ "id": "mail", "kind": "wait", "for": "1d" });
    let hook = json!({ "id": "mail", "kind": "webhook", "url": "https://x.example", "body": "b" });
    let cases: Vec<Review> = vec![
        (tested(&mail(), 1.0, &of(1)), vec![]),
        (tested(&mail(), 1.0, &of(9)), vec![]),
        (
            tested(&mail(), 1.0, &of(10)),
            vec![("too_many", "more than 9")],
        ),
        (
            tested(&mail(), 1.0, &of(0)),
            vec![("missing", "give the test a variant")],
        ),
        (
            tested(&mail(), 0.0, &json!([b(0.0, "x")])),
            vec![("weights", "`test`")],
        ),
        (
            tested(&mail(), -1.0, &of(1)),
            vec![("weights", "0 or more")],
        ),
        (
            tested(&mail(), 1.0, &named("a")),
            vec![("double_variant", "rename one")],
        ),
        (tested(&mail(), 1.0, &named(&"x".repeat(64))), vec![]),
        (
            tested(&mail(), 1.0, &named(&"x".repeat(65))),
            vec![("variant", "1 to 64")],
        ),
        (
            tested(&mail(), 1.0, &named("b/c")),
            vec![("variant", "letters")],
        ),
        (
            tested(&mail(), 1.0, &change(json!({ "title": "x" }))),
            vec![("field", "variant `b`: `title` has no place")],
        ),
        (
            tested(&mail(), 1.0, &change(json!({ "subject": "{{ x" }))),
            vec![("template", "variant `b`")],
        ),
        (
            tested(&mail(), 1.0, &change(json!({}))),
            vec![("no_change", "variant `b`: the variant says the same")],
        ),
        (
            tested(
                &mail(),
                1.0,
                &change(json!({ "subject": "x", "body": "[x](/y)" })),
            ),
            vec![
                ("link", "`/y`"),
                ("several_changes", "`subject`, `body` differ"),
            ],
        ),
        (
            tested(&wait, 1.0, &of(1)),
            vec![("field", "`test` has no place")],
        ),
        (
            tested(&hook, 1.0, &change(json!({ "body": "c" }))),
            vec![("never_counted", "nobody sees a request")],
        ),
    ];
    let known = Names {
        attributes: ["plan".to_owned()].into(),
        events: ["Done".to_owned(), "Purchased".to_owned()].into(),
    };
    for (step, expected) in cases {
        let found = problems(
            &series(std::slice::from_ref(&step)),
            &Segments::new(),
            &Settings::default(),
            &known,
        );
        let codes: Vec<&str> = found.iter().map(|finding| finding.code).collect();
        let wanted: Vec<&str> = expected.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, wanted, "{step} {found:?}");
        for (finding, (_, part)) in found.iter().zip(expected) {
            assert!(finding.message.contains(part), "{}", finding.message);
        }
    }
    for field in ["delay", "kind", "when", "next"] {
        let step = tested(&mail(), 1.0, &change(json!({ field: "x" })));
        let refused = serde_json::from_value::<rekindle_core::series::StepSpec>(step).unwrap_err();
        assert!(refused.to_string().contains("unknown field"), "{refused}");
    }
}

/// Counters of a test of `mail`: for each variant people, clicks and conversions.
fn counts(version: u32, variants: &[(&str, [u64; 3])]) -> Vec<Count> {
    let metrics = [Metric::Assigned, Metric::Clicked, Metric::Converted];
    let counts = variants.iter().flat_map(|(name, numbers)| {
        metrics
            .into_iter()
            .zip(numbers)
            .map(move |(metric, count)| Count {
                version,
                step: format!("mail/{name}"),
                metric,
                day: 100,
                count: *count,
            })
    });
    counts.collect()
}

fn look(days: i64) -> Look {
    Look {
        today: 99 + days,
        ..Look::default()
    }
}

#[test]
fn a_test_is_judged_by_what_was_counted() {
    let half = series(&[tested(&mail(), 50.0, &json!([b(50.0, "Hey")]))]);
    let versions = BTreeMap::from([(3, half)]);
    // The people and clicks of each, days so far; the verdict, who leads, and a part of the words.
    let cases = [
        (
            [[0, 0, 0], [0, 0, 0]],
            "too_early",
            None,
            "No one has been given a variant yet.",
        ),
        (
            [[99, 9, 0], [101, 9, 0]],
            "too_early",
            None,
            "99 of 100 people",
        ),
        (
            [[500, 50, 0], [500, 55, 0]],
            "undecided",
            None,
            "No difference between b and a can be told",
        ),
        (
            [[2000, 100, 0], [2000, 200, 0]],
            "ahead",
            Some("b"),
            "b is ahead of a: 10.0 % against 5.00 %",
        ),
        (
            [[2000, 200, 0], [2000, 100, 0]],
            "behind",
            Some("a"),
            "b is behind a",
        ),
        (
            [[2000, 100, 0], [1500, 200, 0]],
            "do_not_trust",
            None,
            "sample ratio",
        ),
    ];
    for ([a, b], verdict, leader, words) in cases {
        let counts = counts(3, &[("a", a), ("b", b)]);
        let found = &Experiment::all(&versions, &counts, look(10))[0];
        assert_eq!((found.from_version, found.until_version), (3, None));
        assert_eq!(
            (found.control, found.changed.as_slice()),
            ("a", ["subject"].as_slice())
        );
        assert_eq!(found.comparisons[0].verdict, verdict);
        assert_eq!(found.leader.as_deref(), leader);
        assert!(found.words.contains(words), "{}", found.words);
        assert_eq!(found.variants[1].people, b[0]);
        assert_eq!(
            found.variants[1].rate,
            (b[0] > 0).then(|| b[1] as f64 / b[0] as f64)
        );
        let mismatch = found.sample_ratio.is_some_and(|ratio| ratio.mismatch);
        assert_eq!(mismatch, verdict == "do_not_trust");
    }
}

#[test]
fn a_plan_says_how_many_and_how_long_at_the_pace_so_far() {
    let steps = |weight| series(&[tested(&mail(), weight, &json!([b(100.0 - weight, "Hey")]))]);
    let plan = |weight: f64, people: u64, days: i64, method| {
        let versions = BTreeMap::from([(1, steps(weight))]);
        let counts = counts(
            1,
            &[
                ("a", [people, people / 20, 0]),
                ("b", [people, people / 20, 0]),
            ],
        );
        let look = Look {
            method,
            ..look(days)
        };
        Experiment::all(&versions, &counts, look)[0].plan.unwrap()
    };
    // 5 %, a lift of 20 %, a power of 0.8: 8,158 people per variant if one looks once.
    let once = plan(50.0, 10_000, 10, Reckoning::Once);
    assert!((8_100 * 2..8_200 * 2).contains(&once.people), "{once:?}");
    assert_eq!(once.days, Some(0));
    let daily = plan(50.0, 10_000, 10, Reckoning::Sequential);
    let inflation = daily.people as f64 / once.people as f64;
    assert!((1.8..2.4).contains(&inflation), "{inflation}");
    // 2,000 people a day come; so many are missing.
    let missing = daily.people - 20_000;
    assert_eq!(daily.days, Some(missing.div_ceil(2_000)));
    // Of a variant that one in ten gets, ten times as many people have to come.
    assert_eq!(
        plan(10.0, 10_000, 10, Reckoning::Once).people,
        once.people * 5
    );
    let none = plan(50.0, 0, 10, Reckoning::Sequential);
    assert_eq!((none.days, none.rate), (None, 0.05));
}

#[test]
fn a_test_goes_on_through_versions_in_which_it_says_the_same() {
    let with = |weight: f64, subject: &str| {
        series(&[tested(
            &mail(),
            weight,
            &json!([b(100.0 - weight, subject)]),
        )])
    };
    let mut later = with(20.0, "Hey");
    later.steps[0].delay = rekindle_core::series::Span(1);
    let versions = BTreeMap::from([
        (1, with(50.0, "Old")),
        (2, with(50.0, "Hey")),
        (3, later),
        (4, series(&[mail()])),
        (5, with(50.0, "New")),
    ]);
    // Drawn 50 to 50 in version 2, and 20 to 80 in version 3: neither is a mismatch, nor is the sum.
    let counts: Vec<Count> = [
        counts(1, &[("a", [7, 0, 0]), ("b", [7, 0, 0])]),
        counts(2, &[("a", [500, 50, 5]), ("b", [500, 50, 5])]),
        counts(3, &[("a", [200, 20, 2]), ("b", [800, 80, 8])]),
    ]
    .concat();
    let found = Experiment::all(&versions, &counts, look(1));
    let spans: Vec<_> = found
        .iter()
        .map(|test| (test.from_version, test.until_version))
        .collect();
    assert_eq!(spans, [(5, None), (2, Some(3)), (1, Some(1))]);
    let test = &found[1];
    let people: Vec<u64> = test.variants.iter().map(|variant| variant.people).collect();
    assert_eq!(people, [700, 1_300]);
    assert!(
        test.sample_ratio.unwrap().p > 0.9,
        "{:?}",
        test.sample_ratio
    );
    assert_eq!(test.plan.unwrap().days, None, "it is over");
    assert_eq!(found[0].words, "No one has been given a variant yet.");

    let metric = Some(TestMetric::Converted);
    let found = Experiment::all(&versions, &counts, Look { metric, ..look(1) });
    assert_eq!(found[1].variants[1].rate, Some(0.01));

    let report = Report::new(&versions[&5], &counts);
    let mail = &report.steps[0].total;
    assert_eq!((mail.variants["b"].assigned, mail.ways.len()), (1_307, 0));
}

#[test]
fn every_comparison_of_more_variants_is_wider() {
    let variants = json!([b(1.0, "x"), { "name": "c", "weight": 1, "changes": { "body": "y" } }]);
    let three = series(&[tested(&mail(), 1.0, &variants)]);
    let two = series(&[tested(&mail(), 1.0, &json!([b(1.0, "x")]))]);
    let width = |spec: SeriesSpec, arms: &[(&str, [u64; 3])]| {
        let versions = BTreeMap::from([(1, spec)]);
        let test = Experiment::all(&versions, &counts(1, arms), look(1)).remove(0);
        test.comparisons[0].high.unwrap() - test.comparisons[0].low.unwrap()
    };
    let arm = [1_000, 100, 0];
    let (of_two, of_three) = (
        width(two, &[("a", arm), ("b", arm)]),
        width(three, &[("a", arm), ("b", arm), ("c", arm)]),
    );
    assert!(of_three > of_two, "{of_two} {of_three}");
}

/// Numbers as a page shows them: four digits behind the point.
fn rounded(value: &mut Json) {
    match value {
        Json::Number(number) if number.is_f64() => {
            *value = json!((number.as_f64().unwrap() * 10_000.0).round() / 10_000.0);
        }
        Json::Array(items) => items.iter_mut().for_each(rounded),
        Json::Object(fields) => fields.values_mut().for_each(rounded),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[test]
fn the_example_of_the_page_is_what_is_answered() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, example) = page.split_once("```json experiment\n").unwrap();
    let (example, _) = example.split_once("\n```").unwrap();
    let example: Json = serde_json::from_str(example).unwrap();
    let half = series(&[tested(&mail(), 50.0, &json!([b(50.0, "Hey")]))]);
    let mut counts = counts(1, &[("a", [2_000, 100, 0]), ("b", [2_000, 200, 0])]);
    for name in ["a", "b"] {
        counts.push(Count {
            version: 1,
            step: format!("mail/{name}"),
            metric: Metric::Sent,
            day: 100,
            count: 2_000,
        });
    }
    let found = Experiment::all(&BTreeMap::from([(1, half)]), &counts, look(10)).remove(0);
    let mut found = serde_json::to_value(found).unwrap();
    rounded(&mut found);
    assert_eq!(found, example);
}
