//! Random lives: what people do and are, in time, late, early and twice.
//! Decides nothing.

use std::collections::BTreeMap;

use rekindle_core::{
    series::{
        Channel, Identified, Input, Reaction,
        policy::subscription::{Cause, Choice, Suppressed},
    },
    value::Value,
};

use crate::{
    chance::Chance,
    plan::{EVENTS, PLANS},
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// When something happened that arrives now: mostly now, sometimes long ago, rarely in the future.
fn moment(chance: &mut Chance, now: i64) -> i64 {
    match chance.below(10) {
        0 => now - chance.between(0, 100 * HOUR),
        1 => now - chance.between(0, 10 * MINUTE),
        2 => now + chance.between(0, MINUTE),
        _ => now,
    }
}

/// Something that happens to a person. `known`: effects that they may react to.
pub(crate) fn input(chance: &mut Chance, now: i64, number: usize, known: &[String]) -> Input {
    let at = moment(chance, now);
    match chance.below(10) {
        0..=5 => Input::Event {
            id: format!("e{number}"),
            name: chance.pick(&EVENTS).to_owned(),
            at,
            active: !chance.one_in(5),
            properties: BTreeMap::new(),
        },
        6 if !known.is_empty() => Input::Reaction {
            effect: known[chance.below(known.len())].clone(),
            reaction: reaction(chance),
            at,
        },
        7 if chance.one_in(3) => choice(chance, at),
        _ => Input::Identify(Identified {
            at,
            attributes: attributes(chance),
        }),
    }
}

/// What they want, and what their addresses allow.
fn choice(chance: &mut Chance, at: i64) -> Input {
    let channel = if chance.one_in(2) {
        Channel::Email
    } else {
        Channel::Push
    };
    let address = (channel == Channel::Email).then(|| "ada@example.com".to_owned());
    match chance.below(6) {
        0 => {
            let cause = Cause::Bounce;
            Input::Suppressed(Suppressed {
                channel,
                address,
                cause,
                at,
            })
        }
        1..=2 => Input::Opened { channel, address },
        _ => Input::Chose {
            subscription: chance
                .one_in(2)
                .then(|| chance.pick(&["news", "tips"]).to_owned()),
            choice: Choice {
                at,
                subscribed: !chance.one_in(4),
            },
        },
    }
}

fn reaction(chance: &mut Chance) -> Reaction {
    *chance.pick(&[
        &Reaction::Shown,
        &Reaction::Opened,
        &Reaction::Received,
        &Reaction::Clicked,
        &Reaction::Dismissed,
    ])
}

fn attributes(chance: &mut Chance) -> BTreeMap<String, Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let (name, value) = match chance.below(16) {
        0..=3 => ("plan", text(chance.pick(&PLANS))),
        4 => (
            "seats",
            Value::Number(f64::from(u8::try_from(chance.below(8)).unwrap())),
        ),
        5 => ("name", text("Ada *of* Lovelace")),
        6 => ("plan", Value::Null),
        7 => ("unsubscribed", Value::Bool(chance.one_in(6))),
        8 => {
            let zones = [
                "Europe/Berlin",
                "America/New_York",
                "Asia/Kolkata",
                "Mars/Crater",
            ];
            ("timezone", text(chance.pick(&zones)))
        }
        _ => ("email", text("ada@example.com")),
    };
    BTreeMap::from([(name.to_owned(), value)])
}
