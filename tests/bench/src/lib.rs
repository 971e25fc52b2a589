//! The seed segment and a thousand people in memory, for `rules.mjs`.
//! Measures nothing itself: the clock is in JavaScript.

use std::{cell::OnceCell, collections::BTreeMap};

use rekindle_core::{
    history::{History, Occurrence, View},
    rule::{Attribute, Bound, Facts, Program, Symbols, parse},
    value::Value,
    window::DAY_MS,
    zone::UTC,
};

/// 2026-11-23T12:00:00Z.
const NOW: i64 = 1_795_435_200_000;
const PEOPLE: u32 = 1_000;
const SEGMENT: &str = "last_seen > 30 days ago and subscription_status is \"active\" and \
    total_spend > 100 and not performed \"Used Feature X\" in last 60 days";

struct Someone {
    attributes: BTreeMap<String, Attribute>,
    history: History,
    last_seen: i64,
}

/// A third of them is in the segment; no condition decides for all.
fn someone(n: u32) -> Someone {
    let set = |value: Value| Attribute { value, at: 0 };
    let status = if n.is_multiple_of(7) {
        "lapsed"
    } else {
        "active"
    };
    let attributes = BTreeMap::from([
        ("email".to_owned(), set("ana@example.com".into())),
        ("first_name".to_owned(), set("Ana".into())),
        ("subscription_status".to_owned(), set(status.into())),
        ("total_spend".to_owned(), set(f64::from(n % 300).into())),
    ]);
    let mut history = History::default();
    let used = NOW - i64::from(n % 500) * DAY_MS;
    history.add("Used Feature X", Occurrence::new(used, "x"));
    history.add("Logged In", Occurrence::new(used, "y"));
    Someone {
        attributes,
        history,
        last_seen: NOW - i64::from(n % 400) * DAY_MS,
    }
}

struct Bench {
    program: Program,
    people: Vec<Bound<'static>>,
}

thread_local! {
    static BENCH: OnceCell<Bench> = const { OnceCell::new() };
}

fn bench() -> Bench {
    // They live as long as the program does.
    let people: &'static [Someone] = Vec::leak((0..PEOPLE).map(someone).collect());
    let mut symbols = Symbols::default();
    let rule = parse(SEGMENT).unwrap_or_else(|_| rekindle_core::rule::Rule::everyone());
    let program = symbols.compile(&rule);
    let facts = people.iter().map(|someone| Facts {
        id: "",
        attributes: &someone.attributes,
        history: View::whole(&someone.history),
        first_seen: None,
        last_seen: Some(someone.last_seen),
        zone: &UTC,
    });
    let people = facts.map(|facts| symbols.bind(facts)).collect();
    Bench { program, people }
}

/// Whether one of the thousand is in the segment.
#[expect(unsafe_code, reason = "an export has a name without a hash")]
#[unsafe(no_mangle)]
pub extern "C" fn is_in(person: u32, days_later: u32) -> bool {
    let now = NOW + i64::from(days_later) * DAY_MS;
    BENCH.with(|cell| {
        let bench = cell.get_or_init(bench);
        let person = bench.people.get(person as usize);
        person.is_some_and(|person| bench.program.eval(person, now))
    })
}

/// How many of the thousand are in the segment.
#[expect(unsafe_code, reason = "an export has a name without a hash")]
#[unsafe(no_mangle)]
pub extern "C" fn count_in(days_later: u32) -> u32 {
    let now = NOW + i64::from(days_later) * DAY_MS;
    BENCH.with(|cell| {
        let bench = cell.get_or_init(bench);
        let found = bench.program.count(&bench.people, now);
        u32::try_from(found).unwrap_or(u32::MAX)
    })
}
