//! The backtest: real purchases against counts made by hand from the same file, and generated lives
//! against a workspace that lived through them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;

use rekindle_core::{
    backtest::{Backtest, Comparison, DAYS_MAX, Draft, Forecast, MOMENTS_MAX, SAMPLES_MAX, What},
    history::EVENT_NAMES_MAX,
    series::{Identified, Input, Metric, Migration, SeriesSpec, policy::Settings},
    time::parse_instant,
    value::Value,
    window::DAY_MS,
    world::World,
    zone::Zones,
};
use serde_json::json;

const CDNOW: &str = include_str!("../../../tests/data/cdnow_sample.txt");

type Life = (String, Vec<Input>);

fn series(json: serde_json::Value) -> SeriesSpec {
    serde_json::from_value(json).unwrap()
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

fn replay(spec: serde_json::Value, lives: &[Life], from: &str, to: &str) -> Forecast {
    let draft = Draft::new("draft", series(spec), BTreeMap::new(), Settings::default()).unwrap();
    let zones = Zones::new();
    let (from, to) = (parse_instant(from).unwrap(), parse_instant(to).unwrap());
    let mut backtest = Backtest::new(&draft, &zones, from, to).unwrap();
    for (id, inputs) in lives {
        backtest.person(id, inputs);
    }
    backtest.finish()
}

/// The purchases of each customer, oldest first.
fn cdnow() -> Vec<Life> {
    let mut lives: BTreeMap<String, Vec<Input>> = BTreeMap::new();
    for (row, line) in CDNOW.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [customer, _, date, ..] = words[..] else {
            continue;
        };
        let date = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..]);
        let at = parse_instant(&date).unwrap();
        let life = lives.entry(format!("cdnow-{customer}")).or_default();
        life.push(Input::Identify(Identified {
            at,
            attributes: BTreeMap::from([("email".to_owned(), Value::from("a@example.com"))]),
        }));
        life.push(event(&row.to_string(), "Purchased", at));
    }
    lives.into_iter().collect()
}

fn win_back(delay: &str) -> serde_json::Value {
    json!({
        "name": "Win back", "audience": { "rule": "last performed \"Purchased\" > 90 days ago" },
        "exit": "performed \"Purchased\"",
        "steps": [
            { "id": "first", "kind": "email", "subject": "s", "body": "b" },
            { "id": "second", "kind": "email", "delay": delay, "subject": "s", "body": "b" },
        ],
    })
}

/// By hand: the first silence of more than 90 days that ends after `from`, and what comes in it.
fn by_hand(lives: &[Life], from: i64, to: i64, delay: i64) -> [u64; 4] {
    let (mut entered, mut second, mut exits, mut finished) = (0, 0, 0, 0);
    for (_, inputs) in lives {
        let mut purchases: Vec<i64> = inputs.iter().filter_map(Input::at).collect();
        purchases.dedup();
        let enters = purchases.iter().enumerate().find_map(|(place, at)| {
            let next = purchases.get(place + 1).copied().unwrap_or(i64::MAX);
            // Silent at the beginning: in at once. Else a millisecond past the ninetieth day.
            let quiet = (at + 90 * DAY_MS + 1).max(from);
            (quiet < next && quiet < to && *at < to).then_some((quiet, next))
        });
        let Some((at, next)) = enters else { continue };
        entered += 1;
        let follows = at + delay;
        let sent = follows < next && follows < to;
        second += u64::from(sent);
        finished += u64::from(sent);
        let back = purchases
            .iter()
            .find(|purchase| **purchase >= at && **purchase < to);
        let last_exit = if sent {
            follows + 30 * DAY_MS
        } else {
            i64::MAX
        };
        exits += u64::from(back.is_some_and(|back| *back <= last_exit && next < to));
    }
    [entered, second, exits, finished]
}

#[test]
fn real_purchases_come_to_what_was_counted_by_hand() {
    let lives = cdnow();
    // Purchases are at midnight: from noon on nothing falls on the same instant.
    let (from, to) = ("1997-06-01T12:00:00Z", "1998-07-01");
    let instants = (parse_instant(from).unwrap(), parse_instant(to).unwrap());
    for (delay, days) in [("1d", 1), ("14d", 14), ("60d", 60)] {
        let forecast = replay(win_back(delay), &lives, from, to);
        let [entered, second, exits, finished] =
            by_hand(&lives, instants.0, instants.1, days * DAY_MS);
        assert!(entered > 1_000 && exits > 100, "{entered} {exits}");
        assert_eq!(forecast.people, lives.len() as u64);
        assert_eq!(forecast.total.entered, entered);
        assert_eq!(forecast.steps[0].total.would_send, entered);
        assert_eq!(forecast.steps[1].total.would_send, second, "{delay}");
        assert_eq!(forecast.total.exits.values().sum::<u64>(), exits, "{delay}");
        assert_eq!(forecast.total.finished, finished, "{delay}");
        let daily: u64 = forecast.days.values().map(|day| day.would_send).sum();
        assert_eq!(daily, forecast.total.would_send);
        let busiest = forecast.busiest.unwrap();
        let most = forecast.days.values().map(|day| day.would_send).max();
        assert_eq!(Some(busiest.would_send), most);
        assert_eq!(forecast.days[&busiest.day].would_send, busiest.would_send);
        assert_eq!(forecast.most.unwrap().messages, 2);
        assert!(forecast.note.contains("invented"));
    }
}

#[test]
fn two_drafts_stand_side_by_side() {
    let lives = cdnow();
    let [one, other] =
        ["1d", "60d"].map(|delay| replay(win_back(delay), &lives, "1997-06-01", "1998-07-01"));
    let comparison = Comparison::new(&one, &other).unwrap();
    let line = |step: Option<&str>, what| {
        let found = comparison
            .lines
            .iter()
            .find(|line| line.step.as_deref() == step && line.what == what);
        found.map(|line| (line.one, line.other)).unwrap()
    };
    let (sooner, later) = line(Some("second"), What::WouldSend);
    assert!(sooner > later && later > 0, "{sooner} {later}");
    assert_eq!(
        line(None, What::Entered),
        (one.total.entered, other.total.entered)
    );
    let elsewhere = replay(win_back("1d"), &lives, "1997-06-02", "1998-07-01");
    assert!(
        Comparison::new(&one, &elsewhere)
            .unwrap_err()
            .contains("same history")
    );
}

/// Forty lives of a year: some enter, are mailed, come back, fall silent again.
fn lives() -> Vec<Life> {
    let start = parse_instant("2026-01-01").unwrap();
    (0..40_i64)
        .map(|person| {
            let mut inputs = vec![Input::Identify(Identified {
                at: start,
                attributes: BTreeMap::from([
                    (
                        "plan".to_owned(),
                        Value::from(if person % 3 == 0 { "free" } else { "pro" }),
                    ),
                    (
                        "email".to_owned(),
                        Value::from(if person % 5 == 0 {
                            "none"
                        } else {
                            "a@example.com"
                        }),
                    ),
                ]),
            })];
            let mut at = start;
            for number in 0..60 {
                at += ((person * 37 + number * 101) % 19 + 1) * DAY_MS / 2 + person;
                let name = if (person + number) % 4 == 0 {
                    "Purchased"
                } else {
                    "Logged In"
                };
                inputs.push(event(&number.to_string(), name, at));
            }
            (format!("p{person:02}"), inputs)
        })
        .collect()
}

/// The same lives among what no rule asks for: told once and again, by a server, under many names.
fn noisy_lives(names: usize) -> Vec<Life> {
    let mut lives = lives();
    for (_, inputs) in &mut lives {
        let times: Vec<i64> = inputs.iter().filter_map(Input::at).collect();
        let noise = times.iter().enumerate().flat_map(|(number, at)| {
            let seen = event(&format!("seen {number}"), "Viewed", at + DAY_MS / 3);
            let mut told = event(&format!("told {number}"), "Told", at + DAY_MS / 2);
            if let Input::Event { active, .. } = &mut told {
                *active = false;
            }
            [seen.clone(), told, seen]
        });
        let start = times[0];
        let many = (0..names).map(|n| event("n", &format!("Name {n}"), start + DAY_MS));
        inputs.extend(noise.chain(many).collect::<Vec<_>>());
        inputs.sort_by_key(Input::at);
    }
    lives
}

fn draft() -> serde_json::Value {
    json!({
        "name": "Draft", "audience": { "rule": "plan is \"pro\" and last_seen > 6 days ago" },
        "exit": "performed \"Purchased\"", "reentry": { "after": "3d" },
        "steps": [
            { "id": "mail", "kind": "email", "delay": "12h", "subject": "s", "body": "b" },
            { "id": "note", "kind": "in_app", "body": "b" },
            { "id": "again", "kind": "email", "delay": "2d", "subject": "s", "body": "b", "when": "performed \"Logged In\" in last 4 days" },
        ],
    })
}

/// A workspace through which they live, with the draft published on the way.
fn lived(lives: &[Life], from: i64, to: i64) -> World {
    let of = |(id, inputs): &Life| {
        let inputs = inputs.clone().into_iter();
        let id = id.clone();
        inputs.map(move |input| (input.at().unwrap(), id.clone(), input))
    };
    let mut inputs: Vec<(i64, String, Input)> = lives.iter().flat_map(of).collect();
    inputs.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let mut world = World::new(inputs[0].0);
    let mut published = false;
    for (at, id, input) in inputs {
        if at >= to {
            break;
        }
        if at >= from && !published {
            published = true;
            world.advance_to(from);
            world
                .publish("draft", series(draft()), Migration::Stay)
                .unwrap();
        }
        world.advance_to(at);
        world.input(&id, input);
    }
    world.advance_to(to - 1);
    world
}

#[test]
fn a_workspace_that_lived_through_it_counts_the_same() {
    // Of one with too many names of events, those that came last are not kept: purchases at last.
    let crowded = noisy_lives(EVENT_NAMES_MAX - 2);
    for (lives, entered, exits) in [
        (lives(), 100, true),
        (noisy_lives(0), 50, true),
        (crowded, 50, false),
    ] {
        let (from, to) = ("2026-02-10", "2026-09-01");
        let forecast = replay(draft(), &lives, from, to);
        let (from, to) = (parse_instant(from).unwrap(), parse_instant(to).unwrap());
        let world = lived(&lives, from, to);
        let count = |step: Option<&str>, metric| world.count("draft", step, metric);
        let total = &forecast.total;
        assert!(total.entered > entered, "{total:?}");
        assert_eq!(total.exits.is_empty(), !exits, "{total:?}");
        assert_eq!(total.matched, count(None, Metric::Matched));
        assert_eq!(total.entered, count(None, Metric::Entered));
        assert_eq!(total.finished, count(None, Metric::Finished));
        assert_eq!(
            total.exits.values().sum::<u64>(),
            count(None, Metric::ReEngaged)
        );
        for step in &forecast.steps {
            let id = Some(&*step.id);
            let skipped: u64 = step.total.skipped.values().sum();
            assert_eq!(step.total.would_send, count(id, Metric::Sent), "{id:?}");
            assert_eq!(skipped, count(id, Metric::Skipped), "{id:?}");
        }
        assert!(forecast.steps[0].total.skipped.values().sum::<u64>() > 0);
    }
}

#[test]
fn parts_of_the_people_come_to_the_same_as_all_of_them() {
    let lives = cdnow();
    let all = replay(win_back("3d"), &lives, "1997-06-01", "1998-07-01");
    let mut merged: Option<Forecast> = None;
    for part in [2, 0, 1] {
        let part: Vec<Life> = lives.iter().skip(part).step_by(3).cloned().collect();
        let forecast = replay(win_back("3d"), &part, "1997-06-01", "1998-07-01");
        match &mut merged {
            Some(merged) => merged.merge(&forecast),
            None => merged = Some(forecast),
        }
    }
    assert_eq!(merged.unwrap(), all);
    assert_eq!(all.samples.people().len(), SAMPLES_MAX);
    let sample = &all.samples.people()[0];
    assert!(
        sample
            .timeline
            .iter()
            .any(|moment| moment.what == What::WouldSend)
    );
    assert!(sample.timeline.is_sorted_by_key(|moment| moment.at));
}

#[test]
fn bounds_and_what_is_not_to_be_replayed() {
    let draft = Draft::new(
        "draft",
        series(win_back("1d")),
        BTreeMap::new(),
        Settings::default(),
    )
    .unwrap();
    let zones = Zones::new();
    assert!(
        Backtest::new(&draft, &zones, 5, 5)
            .unwrap_err()
            .contains("swap")
    );
    assert!(Backtest::new(&draft, &zones, 0, DAYS_MAX * DAY_MS).is_ok());
    assert!(
        Backtest::new(&draft, &zones, 0, DAYS_MAX * DAY_MS + 1)
            .unwrap_err()
            .contains("3660 days")
    );
    // One who enters and leaves all the time: counted to the end, shown up to a bound.
    let spec = json!({
        "name": "D", "audience": { "rule": "performed \"In\" in last 1 hours" },
        "exit": "performed \"Out\"", "reentry": { "after": "1h" },
        "steps": [{ "id": "note", "kind": "in_app", "body": "b" }],
    });
    let hour = DAY_MS / 24;
    let inputs: Vec<Input> = (0..400_i64)
        .flat_map(|n| {
            [
                event(&format!("i{n}"), "In", n * 3 * hour),
                event(&format!("o{n}"), "Out", n * 3 * hour + 1),
            ]
        })
        .collect();
    let forecast = replay(
        spec,
        &[("p".to_owned(), inputs)],
        "1970-01-01",
        "1971-01-01",
    );
    assert_eq!(forecast.total.entered, 400);
    assert_eq!(forecast.samples.people()[0].timeline.len(), MOMENTS_MAX);
    assert!(
        Draft::new(
            "x",
            series(json!({
        "name": "X", "audience": { "rule": "everyone" }, "steps": [] })),
            BTreeMap::new(),
            Settings::default()
        )
        .is_err()
    );
}
