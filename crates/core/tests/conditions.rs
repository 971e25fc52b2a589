//! The conditions that look at more than one fact: properties, sequences, messages, chance, the
//! calendar and the clock. Who passes, and when that flips, as tables.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{NOW, Somebody};
use rekindle_core::{
    history::{Added, Engagement, History, INSTANTS_MAX, Occurrence, View},
    rule::{Change, Facts, Rule, STREAMS_MAX, Streams, Symbols, parse},
    time::{Date, parse_date, parse_instant},
    value::Value,
    window::DAY_MS,
    zone::{UTC, Zone},
};
use serde_json::json;
use std::collections::BTreeMap;

const HOUR_MS: i64 = DAY_MS / 24;

fn rule(text: &str) -> Rule {
    parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn at(text: &str) -> i64 {
    parse_instant(text).unwrap()
}

/// 2026 and 2027 in Berlin.
fn berlin() -> Zone {
    let table = [
        ("2025-10-26T01:00:00Z", 1),
        ("2026-03-29T01:00:00Z", 2),
        ("2026-10-25T01:00:00Z", 1),
        ("2027-03-28T01:00:00Z", 2),
    ];
    Zone::try_from(
        table
            .map(|(text, hours)| (at(text), hours * HOUR_MS))
            .to_vec(),
    )
    .unwrap()
}

#[track_caller]
fn holds(text: &str, person: &Somebody, now: i64) -> bool {
    rule(text).compile().eval(&person.facts(), now)
}

/// The answer at each instant, and that each flip is foretold.
#[track_caller]
fn check_over_time(text: &str, person: &Somebody, answers: &[(i64, bool)]) {
    let program = rule(text).compile();
    for (instant, expected) in answers {
        let found = program.eval(&person.facts(), *instant);
        assert_eq!(found, *expected, "{text} at {}", Date::Exact(*instant));
    }
    for pair in answers.windows(2) {
        let [(earlier, before), (later, after)] = *pair else {
            continue;
        };
        let flip = program.next_flip(&person.facts(), earlier);
        if before == after {
            assert!(
                flip.is_none_or(|flip| flip > later),
                "{text}: {flip:?} <= {later}"
            );
        } else {
            assert!(
                flip.is_some_and(|flip| flip <= later),
                "{text}: {flip:?} > {later}"
            );
        }
    }
}

#[test]
fn properties_decide_what_counts() {
    let text = "performed \"Purchased\" where amount > 100 and plan is \"pro\" at least 2 times in last 30 days";
    let asked = rule(text);
    let bought = |person: Somebody, days: i64, properties| {
        person.did_with(&asked, "Purchased", NOW - days * DAY_MS, properties)
    };
    let person = bought(
        Somebody::nobody(),
        3,
        json!({ "amount": 101, "plan": "Pro" }),
    );
    let person = bought(person, 2, json!({ "amount": 100, "plan": "pro" }));
    let person = bought(person, 2, json!({ "amount": 500 }));
    let person = bought(person, 2, json!({ "amount": 500, "plan": null }));
    assert!(!holds(text, &person, NOW));
    let person = bought(person, 1, json!({ "amount": "250.5", "plan": "pro" }));
    assert!(holds(text, &person, NOW));
    let leaves = NOW + 27 * DAY_MS + 1;
    assert_eq!(
        asked.compile().next_flip(&person.facts(), NOW),
        Some(leaves)
    );
    assert!(holds(
        "performed \"Purchased\" exactly 5 times",
        &person,
        NOW
    ));
    // Names that are listed to people stay clean.
    assert_eq!(person.history.iter().count(), 1);
}

#[test]
fn filters_compare_as_attributes_do() {
    for (filter, value, expected) in [
        ("x is \"a\"", json!("A"), true),
        ("x is \"a\" matching case", json!("A"), false),
        ("x is not \"a\"", json!("b"), true),
        ("x is any of (1, 2)", json!(2), true),
        ("x contains \"b\"", json!("aBc"), true),
        ("x between 1 and 2", json!(2.5), false),
        ("x includes 1", json!([1, 2]), true),
        ("x is unknown", json!(null), true),
        ("x has any value", json!(null), false),
        ("x is true", json!("true"), true),
        ("x before 2026-01-01", json!("2025-12-31"), true),
        ("x on 2026-01-01", json!("2026-01-01T23:00:00Z"), true),
    ] {
        let text = format!("performed \"E\" where {filter}");
        let person = Somebody::nobody().did_with(&rule(&text), "E", NOW, json!({ "x": value }));
        assert_eq!(holds(&text, &person, NOW), expected, "{text} of {value}");
        for text in [
            format!("first performed \"E\" where {filter} < 1 day ago"),
            format!("last performed \"E\" where {filter} < 1 day ago"),
        ] {
            assert_eq!(holds(&text, &person, NOW), expected, "{text} of {value}");
        }
    }
}

#[test]
fn a_stream_is_filled_from_what_is_stored_and_forgotten_with_its_rule() {
    let asked = rule("performed \"E\" where n > 1");
    let streams = Streams::of([&asked]).unwrap();
    let number = |n: f64| BTreeMap::from([("n".to_owned(), Value::from(n))]);
    let mut history = History::default();
    // Nothing is missing of one who never performed it; from then on it is kept.
    assert_eq!(streams.missing(&history).count(), 0);
    let (added, change) = streams.note(&mut history, "E", &number(1.0), Occurrence::new(1, "a"));
    assert_eq!((added, change), (Added::New, Change::event("E")));
    assert_eq!(streams.missing(&history).count(), 0);
    let program = asked.compile();
    let (_, change) = streams.note(&mut history, "E", &number(2.0), Occurrence::new(2, "b"));
    assert!(program.touched_by(change));
    let (added, change) = streams.note(&mut history, "E", &number(2.0), Occurrence::new(2, "b"));
    assert!(added == Added::Repeat && change.is_nothing());
    // A new filter misses what went by, and goes on missing it until it is filled.
    let more = rule("performed \"E\" where n > 1 and n < 5 at least 2 times");
    let streams = Streams::of([&asked, &more]).unwrap();
    streams.note(&mut history, "E", &number(3.0), Occurrence::new(3, "c"));
    let missing: Vec<_> = streams.missing(&history).cloned().collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].event(), "E");
    let stored = [
        (number(1.0), 1, "a"),
        (number(2.0), 2, "b"),
        (number(3.0), 3, "c"),
    ];
    let stored = stored
        .iter()
        .map(|(properties, at, id)| (properties, Occurrence::new(*at, id)));
    Streams::fill(&mut history, &missing[0], stored);
    assert_eq!(streams.missing(&history).count(), 0);
    let known = |history: &History, asked: &Rule| {
        let attributes = BTreeMap::new();
        let facts = Facts {
            id: "",
            attributes: &attributes,
            history: View::whole(history),
            first_seen: None,
            last_seen: None,
            zone: &UTC,
        };
        asked.compile().eval(&facts, 10)
    };
    assert!(known(&history, &more) && known(&history, &asked));
    Streams::of([&asked]).unwrap().retain(&mut history);
    assert!(!known(&history, &more) && known(&history, &asked));
}

#[test]
fn the_number_of_streams_and_filters_is_bounded() {
    let filtered = |n: usize| rule(&format!("performed \"E\" where n = {n}"));
    let rules: Vec<Rule> = (0..=STREAMS_MAX).map(filtered).collect();
    assert!(Streams::of(rules.iter().take(STREAMS_MAX)).is_ok());
    assert!(Streams::of(rules.iter().take(STREAMS_MAX).chain(&rules[..9])).is_ok());
    let message = Streams::of(&rules).unwrap_err().message;
    assert!(message.contains("501 ways, more than 500"), "{message}");
    let text = |n: usize| format!("performed \"E\" where {}", vec!["n = 1"; n].join(" and "));
    assert!(parse(&text(16)).is_ok());
    let message = &parse(&text(17)).unwrap_err()[0].message;
    assert!(message.contains("17 filters are more than 16"), "{message}");
}

#[test]
fn one_event_and_then_another() {
    let text = "performed \"A\" then performed \"B\" within 10 minutes";
    let minute = HOUR_MS / 60;
    for (events, expected) in [
        (&[][..], false),
        (&[("A", 0)], false),
        (&[("A", 0), ("B", 0)], true),
        (&[("A", 0), ("B", 10 * minute)], true),
        (&[("A", 0), ("B", 10 * minute + 1)], false),
        (&[("B", 0), ("A", 1)], false),
        // Some A will do.
        (&[("A", 0), ("B", 1), ("A", 2)], true),
    ] {
        let person = events
            .iter()
            .fold(Somebody::nobody(), |person, (event, at)| {
                person.did_at(event, *at)
            });
        assert_eq!(holds(text, &person, NOW), expected, "{events:?}");
    }
    let twice = "performed \"A\" then performed \"A\" within 10 minutes";
    let once = Somebody::nobody().did_at("A", 0);
    assert!(!holds(twice, &once, NOW));
    assert!(!holds(twice, &once.clone().did_at("A", 0), NOW));
    assert!(holds(twice, &once.clone().did_at("A", 1), NOW));
    assert!(holds(twice, &once.did_at("A", 10 * minute), NOW));
    // While it counts: from the second event on, until the first leaves its window.
    let person = Somebody::nobody().did_at("A", 0).did_at("B", 5);
    check_over_time(
        "performed \"A\" then performed \"B\" within 10 minutes in last 1 hour",
        &person,
        &[
            (0, false),
            (4, false),
            (5, true),
            (HOUR_MS, true),
            (HOUR_MS + 1, false),
        ],
    );
}

#[test]
fn an_abandoned_basket() {
    let text = "performed \"A\" then not performed \"B\" within 1 hour in last 7 days";
    let left = Somebody::nobody().did_at("A", 0);
    let answers = [
        (-1, false),
        (0, false),
        (HOUR_MS, false),
        (HOUR_MS + 1, true),
        (7 * DAY_MS, true),
        (7 * DAY_MS + 1, false),
    ];
    check_over_time(text, &left, &answers);
    // Bought in time; bought too late, which is no longer abandoned by the newest basket alone.
    let bought = left.clone().did_at("B", HOUR_MS);
    check_over_time(
        text,
        &bought,
        &[(0, false), (HOUR_MS + 1, false), (8 * DAY_MS, false)],
    );
    let late = left.clone().did_at("B", HOUR_MS + 1);
    check_over_time(
        text,
        &late,
        &[(HOUR_MS, false), (HOUR_MS + 1, true), (2 * HOUR_MS, true)],
    );
    // The newest basket counts.
    let again = left.did_at("A", 2 * HOUR_MS);
    let answers = [
        (2 * HOUR_MS - 1, true),
        (2 * HOUR_MS, false),
        (3 * HOUR_MS, false),
        (3 * HOUR_MS + 1, true),
    ];
    check_over_time(text, &again, &answers);
}

#[test]
fn a_sequence_of_filtered_events() {
    let text = "performed \"A\" where value > 50 then not performed \"B\" where item is \"x\" within 1 hour";
    let asked = rule(text);
    let left = |value| {
        let left = Somebody::nobody().did_with(&asked, "A", 0, json!({ "value": value }));
        left.did_with(&asked, "B", 1, json!({ "item": "y" }))
    };
    assert!(holds(text, &left(51), NOW) && !holds(text, &left(50), NOW));
    let bought = left(51).did_with(&asked, "B", 2, json!({ "item": "x" }));
    assert!(!holds(text, &bought, NOW));
}

#[test]
fn what_was_done_with_a_message() {
    let minutes = |n: i64| NOW - n * HOUR_MS / 60;
    let person = Somebody::nobody()
        .reacted(Engagement::Received, "s/a", minutes(50))
        .reacted(Engagement::Opened, "s/a", minutes(40))
        .reacted(Engagement::Opened, "s/a", minutes(30))
        .reacted(Engagement::Clicked, "s/b", minutes(20));
    for (text, expected) in [
        ("received message \"s/a\"", true),
        ("received message \"s/b\"", false),
        (
            "opened message \"s/a\" at least 2 times in last 40 minutes",
            true,
        ),
        (
            "opened message \"s/a\" at least 2 times in last 39 minutes",
            false,
        ),
        ("not opened message \"s/a\" in last 29 minutes", true),
        ("clicked message \"s/a\"", false),
        ("clicked message \"s/b\" since 2026-01-01", true),
        ("not dismissed message \"s/b\"", true),
        ("shown message \"s/b\" exactly 0 times", true),
        ("not clicked message \"s/b\" at least 2 times", true),
    ] {
        assert_eq!(holds(text, &person, NOW), expected, "{text}");
    }
}

#[test]
fn a_share_is_stable_and_of_its_size() {
    let program = rule("random share \"x\" below 10 %").compile();
    let other = rule("random share \"y\" below 10 %").compile();
    let rest = rule("random share \"x\" from 10 to 100 %").compile();
    let nobody = Somebody::nobody();
    let (mut inside, mut both) = (0, 0);
    for n in 0..10_000 {
        let id = format!("person {n}");
        let facts = Facts {
            id: &id,
            ..nobody.facts()
        };
        let is_in = program.eval(&facts, NOW);
        assert_ne!(is_in, rest.eval(&facts, NOW));
        assert_eq!(program.next_flip(&facts, NOW), None);
        inside += u32::from(is_in);
        both += u32::from(is_in && other.eval(&facts, NOW));
    }
    // 1,000 and 100 expected; four standard deviations are 120 and 40.
    assert!(
        (880..1_120).contains(&inside) && (60..140).contains(&both),
        "{inside} {both}"
    );
    assert!(parse("random share \"x\" from 10 to 10 %").is_err());
    assert!(parse("random share \"x\" below 100 %").is_ok());
    assert!(parse("random share \"x\" below 100.1 %").is_err());
}

#[test]
fn dates_without_an_offset_are_on_the_wall_clock() {
    let day = at("2026-07-01T00:00:00Z");
    for (rule, value, expected) in [
        ("x on 2026-07-01", json!("2026-06-30T22:00:00Z"), true),
        ("x on 2026-07-01", json!("2026-06-30T21:59:59.999Z"), false),
        ("x on 2026-07-01", json!("2026-07-01T21:59:59.999Z"), true),
        ("x on 2026-07-01", json!("2026-07-01T22:00:00Z"), false),
        ("x on 2026-07-01", json!("2026-07-01"), true),
        ("x on 2026-07-01T00:00:00Z", json!("2026-07-01"), true),
        ("x before 2026-07-01", json!("2026-06-30T23:00:00Z"), false),
        (
            "x before 2026-07-01T00:00:00Z",
            json!("2026-06-30T23:00:00Z"),
            true,
        ),
        (
            "x after 2026-07-01T09:00:00",
            json!("2026-07-01T07:00:00Z"),
            true,
        ),
        (
            "x after 2026-07-01T09:00:00",
            json!("2026-07-01T06:59:59Z"),
            false,
        ),
        (
            "x after 2026-07-01T09:00:00",
            json!("2026-07-01T09:00:00"),
            true,
        ),
        (
            "x after 2026-07-01T09:00:00+02:00",
            json!(day + 7 * HOUR_MS),
            true,
        ),
    ] {
        let person = Somebody::nobody()
            .in_zone(berlin())
            .with(json!({ "x": value }));
        assert_eq!(holds(rule, &person, NOW), expected, "{rule} of {value}");
    }
    let did = Somebody::nobody()
        .in_zone(berlin())
        .did_at("E", day - 2 * HOUR_MS);
    assert!(holds("performed \"E\" since 2026-07-01", &did, NOW));
    assert!(!holds(
        "performed \"E\" since 2026-07-01T00:00:00Z",
        &did,
        NOW
    ));
    assert_eq!(parse_date("2026-07-01"), Some(Date::Local(day)));
}

#[test]
fn today_is_a_day_of_the_calendar() {
    // The night of the change: the day has 23 hours.
    let person = Somebody::nobody()
        .in_zone(berlin())
        .with(json!({ "x": "2026-03-29T12:00:00" }));
    let (start, end) = (at("2026-03-28T23:00:00Z"), at("2026-03-29T22:00:00Z"));
    let answers = [
        (start - 1, false),
        (start, true),
        (end - 1, true),
        (end, false),
    ];
    check_over_time("x is today", &person, &answers);
}

#[test]
fn anniversaries_come_again_every_year() {
    let born = |text: &str| {
        Somebody::nobody()
            .in_zone(berlin())
            .with(json!({ "x": text }))
    };
    let person = born("1990-07-01");
    let (start, end) = (at("2026-06-30T22:00:00Z"), at("2026-07-01T22:00:00Z"));
    let next = at("2027-06-30T22:00:00Z");
    check_over_time(
        "x has anniversary today",
        &person,
        &[
            (start - 1, false),
            (start, true),
            (end - 1, true),
            (end, false),
            (next, true),
        ],
    );
    let week = at("2026-06-23T22:00:00Z");
    check_over_time(
        "x has anniversary within next 7 days",
        &person,
        &[
            (week - 1, false),
            (week, true),
            (end - 1, true),
            (end, false),
        ],
    );
    // Over the turn of the year.
    let person = born("1990-01-03");
    let (start, end) = (at("2026-12-26T23:00:00Z"), at("2027-01-03T23:00:00Z"));
    let answers = [
        (start - 1, false),
        (start, true),
        (end - 1, true),
        (end, false),
    ];
    check_over_time("x has anniversary within next 7 days", &person, &answers);
    // Not on the day itself, and not a year early.
    let person = born("2026-07-01");
    assert!(!holds(
        "x has anniversary today",
        &person,
        at("2026-07-01T10:00:00Z")
    ));
    assert!(holds(
        "x has anniversary today",
        &person,
        at("2027-07-01T10:00:00Z")
    ));
    // Someone is always within a year of it.
    let person = born("1990-07-01");
    for day in 0..800 {
        assert!(holds(
            "x has anniversary within next 365 days",
            &person,
            NOW + day * DAY_MS
        ));
    }
    assert!(parse("x has anniversary within next 366 days").is_err());
    assert!(parse("x has anniversary within next 36 hours").is_err());
}

#[test]
fn the_29_february_has_its_anniversary_on_the_28_in_other_years() {
    let person = Somebody::nobody().with(json!({ "x": "2024-02-29" }));
    for (day, expected) in [
        ("2024-02-29", false),
        ("2025-02-28", true),
        ("2025-03-01", false),
        ("2027-02-28", true),
        ("2028-02-28", false),
        ("2028-02-29", true),
        ("2100-02-28", true),
    ] {
        assert_eq!(
            holds("x has anniversary today", &person, at(day)),
            expected,
            "{day}"
        );
    }
}

#[test]
fn the_wall_clock_is_asked_for_the_day_and_the_hour() {
    let person = Somebody::nobody().in_zone(berlin());
    // 2026-10-25 was a Sunday, and the clock went back from 3:00 to 2:00 at 01:00 UTC.
    let answers = [
        (at("2026-10-24T21:59:59.999Z"), false),
        (at("2026-10-24T22:00:00Z"), true),
        (at("2026-10-25T22:59:59.999Z"), true),
        (at("2026-10-25T23:00:00Z"), false),
    ];
    check_over_time("local weekday is sunday", &person, &answers);
    let answers = [
        (at("2026-10-24T23:59:59.999Z"), false),
        (at("2026-10-25T00:00:00Z"), true),
        (at("2026-10-25T01:59:59.999Z"), true),
        (at("2026-10-25T02:00:00Z"), false),
    ];
    check_over_time("local hour from 2 to 3", &person, &answers);
    // In spring 2:00 to 3:00 is never shown.
    let spring = at("2026-03-28T12:00:00Z");
    for hour in 0..24 {
        assert!(!holds(
            "local hour from 2 to 3 and local weekday is sunday",
            &person,
            spring + hour * HOUR_MS
        ));
    }
    let answers = [
        (at("2026-07-01T19:59:59.999Z"), false),
        (at("2026-07-01T20:00:00Z"), true),
        (at("2026-07-02T03:59:59.999Z"), true),
        (at("2026-07-02T04:00:00Z"), false),
    ];
    check_over_time("local hour from 22 to 6", &person, &answers);
    for (text, is_one) in [
        ("local hour from 0 to 24", true),
        ("local hour from 23 to 24", true),
        ("local hour from 24 to 1", false),
        ("local hour from 0 to 25", false),
        ("local hour from 5 to 5", false),
        ("local hour from 5 to 0", false),
    ] {
        assert_eq!(parse(text).is_ok(), is_one, "{text}");
    }
}

#[test]
fn matching_case_compares_letters() {
    for (text, value, expected) in [
        ("x is \"Pro\" matching case", json!("pro"), false),
        ("x is \"Pro\" matching case", json!("Pro"), true),
        ("x is not \"Pro\" matching case", json!("pro"), true),
        (
            "x is any of (\"Pro\", 5) matching case",
            json!("PRO"),
            false,
        ),
        ("x is any of (\"Pro\", 5) matching case", json!("5"), true),
        ("x is none of (\"Pro\") matching case", json!("PRO"), true),
        ("x contains \"Pr\" matching case", json!("aPro"), true),
        ("x contains \"Pr\" matching case", json!("apro"), false),
        (
            "x does not contain \"Pr\" matching case",
            json!("apro"),
            true,
        ),
        ("x starts with \"P\" matching case", json!("pro"), false),
        ("x ends with \"O\" matching case", json!("pro"), false),
        ("x includes \"A\" matching case", json!(["a"]), false),
        ("x does not include \"A\" matching case", json!(["a"]), true),
    ] {
        let person = Somebody::nobody().with(json!({ "x": value }));
        assert_eq!(holds(text, &person, NOW), expected, "{text} of {value}");
    }
    assert!(parse("x > 5 matching case").is_err());
    assert!(parse("x is 5 matching case").is_err());
}

#[test]
fn a_program_is_touched_by_what_it_asks_for_and_by_nothing_else() {
    let stream = Streams::of([&rule("performed \"E\" where n = 1")]).unwrap();
    let mut history = History::default();
    let one = BTreeMap::from([("n".to_owned(), Value::from(1.0))]);
    let (_, stream) = stream.note(&mut history, "E", &one, Occurrence::new(0, "a"));
    let changes = [
        Change::attribute("plan"),
        Change::event("E"),
        stream,
        Change::SEEN,
        Change::ZONE,
        Change::engagement(Engagement::Opened, "s/a"),
    ];
    for (text, touched) in [
        ("plan is \"pro\"", [true, false, false, false, false, false]),
        (
            "performed \"E\" in last 1 day",
            [false, true, true, false, false, false],
        ),
        (
            "performed \"E\" since 2026-01-01",
            [false, true, true, false, true, false],
        ),
        (
            "performed \"E\" where n = 1",
            [false, false, true, false, false, false],
        ),
        (
            "last_seen > 1 day ago",
            [false, false, false, true, true, false],
        ),
        (
            "plan on 2026-01-01",
            [true, false, false, false, true, false],
        ),
        (
            "opened message \"s/a\"",
            [false, false, false, false, false, true],
        ),
        (
            "local hour from 1 to 2",
            [false, false, false, false, true, false],
        ),
        ("random share \"x\" below 5 %", [false; 6]),
        ("not (no one or page url is \"/\")", [false; 6]),
    ] {
        let program = rule(text).compile();
        assert_eq!(
            changes.map(|change| program.touched_by(change)),
            touched,
            "{text}"
        );
        assert!(program.touched_by(Change::EVERYTHING) && !program.touched_by(Change::NOTHING));
    }
}

#[test]
fn bound_facts_answer_as_the_facts_do() {
    let person = Somebody::nobody()
        .did_at("A", NOW)
        .did_at("B", NOW + 5)
        .with(json!({ "plan": "pro", "seats": 5 }))
        .reacted(Engagement::Opened, "s/a", NOW);
    let mut symbols = Symbols::default();
    let programs: Vec<_> = [
        "plan is \"pro\" and seats > 4 and performed \"A\"",
        "seats > 5 or performed \"C\"",
        "performed \"A\" then performed \"B\" within 1 hour",
        "opened message \"s/a\" and missing is unknown",
        "performed \"B\" in last 1 day and plan is \"free\"",
    ]
    .map(|text| symbols.compile(&rule(text)))
    .into();
    let bound = symbols.bind(person.facts());
    for program in programs {
        let facts = person.facts();
        assert_eq!(program.eval(&bound, NOW), program.eval(&facts, NOW));
        assert_eq!(
            program.next_flip(&bound, NOW),
            program.next_flip(&facts, NOW)
        );
        assert_eq!(program.residual(&bound, NOW), program.residual(&facts, NOW));
        assert_eq!(program.explain(&bound, NOW), program.explain(&facts, NOW));
    }
    assert_eq!(INSTANTS_MAX, 1_001);
}
