//! A person and a browser: attributes of every kind, events with properties, a zone.
//! The names are few, so that rules meet what they ask for.

use std::collections::BTreeMap;

use rekindle_core::{
    history::{Engagement, History, Occurrence, View},
    residual::{Local, PageField},
    rule::{Attribute, Facts, Rule, Streams},
    value::Value,
    window::DAY_MS,
    zone::Zone,
};

use crate::random::Random;

/// 2026-11-23T12:00:00Z.
pub(crate) const NOW: i64 = 1_795_435_200_000;
pub(crate) const HOUR_MS: i64 = DAY_MS / 24;
pub(crate) const EVENTS: [&str; 3] = ["A", "B", "Viewed Page"];
pub(crate) const NAMES: [&str; 5] = ["x", "plan", "first name", "tags", "born"];
pub(crate) const TEXTS: [&str; 10] = [
    "pro",
    "PRO",
    "p",
    "Straße",
    "ΟΔΟΣ",
    "οδος",
    "İstanbul",
    "5",
    "true",
    "",
];
pub(crate) const MESSAGE: &str = "s/a";

/// Someone, and what happens in their browser.
pub(crate) struct Life {
    id: String,
    attributes: BTreeMap<String, Attribute>,
    history: History,
    seen: Option<(i64, i64)>,
    zone: Zone,
    pub(crate) here: Here,
}

/// What the browser knows.
#[derive(Default)]
pub(crate) struct Here {
    instants: BTreeMap<String, Vec<i64>>,
    page: &'static str,
}

impl Local for Here {
    fn instants(&self, event: &str) -> &[i64] {
        self.instants.get(event).map_or(&[], Vec::as_slice)
    }

    fn last_seen(&self) -> Option<i64> {
        self.instants.values().flatten().copied().max()
    }

    fn page(&self, _: PageField) -> &str {
        self.page
    }
}

/// The instant at the edge, and a later one in the browser.
pub(crate) fn instants(random: &mut Random) -> (i64, i64) {
    let now = NOW + random.between(-30 * DAY_MS, 30 * DAY_MS);
    (now, now + random.between(0, 10 * DAY_MS))
}

pub(crate) fn value(random: &mut Random) -> Value {
    match random.below(8) {
        0 => Value::Null,
        1 => random.chance().into(),
        2 => Value::Number(f64::from(random.below(20)) / 2.0 - 2.0),
        3 => Value::Number((NOW + random.between(-60 * DAY_MS, 10 * DAY_MS)) as f64),
        4 => Value::List(
            (0..random.below(3))
                .map(|_| Value::from(random.pick(&TEXTS)))
                .collect(),
        ),
        5 => Value::from(random.pick(&[
            "2026-11-23",
            "2026-11-24T09:30:00",
            "1990-11-25",
            "2024-02-29",
            "2026-11-20T00:00:00+02:00",
            "2026-13-01",
        ])),
        6 => Value::Number(1.0 / (f64::from(random.below(9)) + 1.0)),
        _ => Value::from(random.pick(&TEXTS)),
    }
}

fn zone(random: &mut Random) -> Zone {
    let tables: [&[(i64, i64)]; 4] = [
        &[],
        &[
            (0, 2 * HOUR_MS),
            (NOW - 29 * DAY_MS, HOUR_MS),
            (NOW + 5 * DAY_MS, 2 * HOUR_MS),
        ],
        &[(0, -9 * HOUR_MS - HOUR_MS / 2)],
        &[(0, -10 * HOUR_MS), (NOW + DAY_MS, 14 * HOUR_MS)],
    ];
    Zone::try_from(random.pick(&tables).to_vec()).unwrap_or_default()
}

impl Life {
    pub(crate) fn new(random: &mut Random, rule: &Rule) -> Self {
        let mut life = Self {
            id: format!("person {}", random.below(1_000)),
            attributes: BTreeMap::new(),
            history: History::default(),
            seen: None,
            zone: zone(random),
            here: Here {
                page: random.pick(&["/", "/Pricing", "/pricing/team"]),
                ..Here::default()
            },
        };
        for name in NAMES {
            if random.below(4) > 0 {
                let value = value(random);
                let attribute = Attribute { value, at: NOW };
                life.attributes.insert(name.to_owned(), attribute);
            }
        }
        let streams = Streams::of([rule]).unwrap_or_default();
        for n in 0..random.below(12) {
            let at = NOW - random.between(-DAY_MS, 40 * DAY_MS);
            let occurrence = Occurrence::new(at, &n.to_string());
            let properties = BTreeMap::from([("n".to_owned(), value(random))]);
            let event = random.pick(&EVENTS);
            streams.note(&mut life.history, event, &properties, occurrence);
            let (first, last) = life.seen.unwrap_or((at, at));
            life.seen = Some((first.min(at), last.max(at)));
        }
        for n in 0..random.below(4) {
            let occurrence = Occurrence::new(NOW - random.between(0, 20 * DAY_MS), &n.to_string());
            let engagement = if random.chance() {
                Engagement::Opened
            } else {
                Engagement::Clicked
            };
            life.history
                .note_engagement(engagement, MESSAGE, occurrence);
        }
        for _ in 0..random.below(4) {
            let at = NOW + random.between(-30 * DAY_MS, 40 * DAY_MS);
            let event = random.pick(&EVENTS).to_owned();
            life.here.instants.entry(event).or_default().push(at);
        }
        life
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            id: &self.id,
            attributes: &self.attributes,
            history: View::whole(&self.history),
            first_seen: self.seen.map(|(first, _)| first),
            last_seen: self.seen.map(|(_, last)| last),
            zone: &self.zone,
        }
    }
}
