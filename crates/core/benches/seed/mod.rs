//! What is measured: the segment and the series of the journey, a person at risk, a small template.
//! Shared by the benches here and by those of `tests/bench`, which count instructions.

use std::collections::BTreeMap;

use rekindle_core::{
    history::{History, Occurrence, View},
    rule::{AnySpelling, Attribute, Facts, Program, Rule, Symbols, parse},
    series::{
        Definitions, DefinitionsSpec, Identified, Input, LiveSeries, Person, SegmentSpec,
        SeriesSpec, step,
    },
    value::Value,
    window::DAY_MS,
    zone::{UTC, Zones},
};

pub(crate) const NOW: i64 = 1_795_435_200_000;

const STORY: &str =
    include_str!("../../../../tests/cases/stories/an_at_risk_customer_is_won_back.json");

/// Two variables and a branch.
pub(crate) const TEMPLATE: &str = "Hi {{ first_name | default: \"there\" }}, {% if plan == \"pro\" %}thanks for going pro{% else %}try pro{% endif %}!";

const SEGMENT: &str = "last_seen > 30 days ago and subscription_status is \"active\" and \
    total_spend > 100 and not performed \"Used Feature X\" in last 60 days";

const KINDS: [&str; 4] = ["Logged In", "Page Viewed", "Used Feature X", "Purchased"];

pub(crate) fn rule() -> Rule {
    parse(SEGMENT).unwrap()
}

pub(crate) fn segment() -> (Symbols, Program) {
    let mut symbols = Symbols::default();
    let program = symbols.compile(&rule());
    (symbols, program)
}

/// What the segment asks of someone.
pub(crate) struct Someone {
    attributes: BTreeMap<String, Attribute>,
    history: History,
    last_seen: i64,
}

impl Someone {
    /// With this many events of each kind. All of them pass every condition, so that none is spared.
    pub(crate) fn new(n: i64, events: i64) -> Self {
        let set = |value: Value| Attribute { value, at: 0 };
        let mut history = History::default();
        for name in KINDS {
            for event in 0..events {
                let at = NOW - 61 * DAY_MS - event * 60_000;
                history.add(name, Occurrence::new(at, &format!("{name}{event}")));
            }
        }
        let spend = 150.0 + (n % 100) as f64;
        Self {
            attributes: BTreeMap::from([
                ("email".to_owned(), set("ana@example.com".into())),
                ("first_name".to_owned(), set("Ana".into())),
                ("subscription_status".to_owned(), set("active".into())),
                ("total_spend".to_owned(), set(spend.into())),
            ]),
            history,
            last_seen: NOW - (31 + n % 60) * DAY_MS,
        }
    }

    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            id: "ana",
            attributes: &self.attributes,
            history: View::whole(&self.history),
            first_seen: None,
            last_seen: Some(self.last_seen),
            zone: &UTC,
        }
    }
}

/// The segment and the series of the journey.
pub(crate) fn definitions() -> Definitions {
    let story: serde_json::Value = serde_json::from_str(STORY).unwrap();
    let rule = parse(story["segments"]["high-value-at-risk"].as_str().unwrap()).unwrap();
    let series: SeriesSpec = serde_json::from_value(story["series"]["win-back"].clone()).unwrap();
    let live = LiveSeries {
        current: 1,
        paused: false,
        versions: BTreeMap::from([(1, series)]),
        ..LiveSeries::default()
    };
    let segment = SegmentSpec {
        name: None,
        rule: AnySpelling(rule),
    };
    let spec = DefinitionsSpec {
        version: 1,
        segments: BTreeMap::from([("high-value-at-risk".to_owned(), segment)]),
        series: BTreeMap::from([("win-back".to_owned(), live)]),
        ..DefinitionsSpec::default()
    };
    Definitions::compile(&spec).unwrap()
}

/// A person who is at risk, with this many events of each kind.
pub(crate) fn person(definitions: &Definitions, events: i64) -> Person {
    let since = NOW - 90 * DAY_MS;
    let identify = Input::Identify(Identified {
        at: since,
        attributes: variables(),
    });
    let mut person = Person::new("ana");
    let mut decide = |input: &Input, now| {
        let mut effects = Vec::new();
        step(
            definitions,
            &Zones::new(),
            &mut person,
            input,
            now,
            &mut effects,
        );
    };
    decide(&identify, since);
    let then = NOW - 61 * DAY_MS;
    for name in KINDS {
        for n in 0..events {
            decide(&event(name, &format!("{name}{n}"), then - n * 60_000), then);
        }
    }
    person
}

pub(crate) fn event(name: &str, id: &str, at: i64) -> Input {
    Input::Event {
        id: id.to_owned(),
        name: name.to_owned(),
        at,
        active: true,
        properties: BTreeMap::new(),
    }
}

/// What the template and the segment ask for.
pub(crate) fn variables() -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("email".to_owned(), Value::from("ana@example.com")),
        ("first_name".to_owned(), Value::from("Ana")),
        ("plan".to_owned(), Value::from("pro")),
        ("total_spend".to_owned(), Value::from(250.0)),
        ("subscription_status".to_owned(), Value::from("active")),
    ])
}
