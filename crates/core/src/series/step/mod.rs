//! The one function that decides: state and input in, new state and effects out.
//! Performs nothing. The same call with the same arguments gives the same bytes, anywhere.
//!
//! A person keeps, for every segment and series, the instant at which it can change by the passing
//! of time alone. An input is taken into the facts; then only those are evaluated again that ask
//! for what it changed, or whose instant has come. An input that concerns nothing costs no more
//! than writing it down.

mod advance;
mod enter;
mod intake;
mod leave;
mod watch;

use super::{
    definition::{Definitions, NOWHERE, Places},
    effect::{Effect, Metric},
    inbox::inbox,
    input::Input,
    person::{Outcome, Person},
};
use crate::{hash::fnv64, liquid::Scope, value::Value, wire, zone::Zones};

/// Takes an input into the state of a person and adds what follows from it to `effects`, in order.
///
/// Answers when to come back with [`Input::Tick`] if nothing else happens (Unix ms).
pub fn step(
    definitions: &Definitions,
    zones: &Zones,
    person: &mut Person,
    input: Input,
    now: i64,
    effects: &mut Vec<Effect>,
) -> Option<i64> {
    let redefined = person.definitions != definitions.version;
    let mut machine = Machine {
        definitions,
        zones,
        person,
        now,
        effects,
        concerned: Concerned::default(),
    };
    if redefined {
        machine.redefine();
    }
    machine.concerned = machine.intake(input);
    // A clock that was set back makes every instant that was kept a guess.
    machine.concerned.all |= redefined || now < machine.person.looked_at;
    let is_due = machine.person.due.is_some_and(|due| due <= now);
    if is_due || !machine.concerned.is_no_one() {
        machine.decide();
    }
    machine.person.due
}

/// Which segments and series are to be looked at again.
struct Concerned<'a> {
    all: bool,
    /// By the event that was performed.
    event: &'a Places,
    /// By the activity that it shows.
    activity: &'a Places,
    /// By attributes that were set, and by what happened to a run.
    others: Places,
}

impl Default for Concerned<'_> {
    fn default() -> Self {
        Self {
            all: false,
            event: &NOWHERE,
            activity: &NOWHERE,
            others: Places::default(),
        }
    }
}

impl Concerned<'_> {
    fn is_no_one(&self) -> bool {
        !self.all && self.event.is_empty() && self.activity.is_empty() && self.others.is_empty()
    }

    fn contains(&self, place: usize) -> bool {
        self.all
            || self.event.contains(place)
            || self.activity.contains(place)
            || self.others.contains(place)
    }
}

struct Machine<'a> {
    definitions: &'a Definitions,
    zones: &'a Zones,
    person: &'a mut Person,
    now: i64,
    effects: &'a mut Vec<Effect>,
    concerned: Concerned<'a>,
}

impl Machine<'_> {
    fn decide(&mut self) {
        self.person.looked_at = self.now;
        self.memberships();
        self.exits();
        self.audiences(false);
        self.enter();
        self.advance();
        self.publish_inbox();
        self.keep_watch();
    }

    /// Meets definitions that are new to the person.
    fn redefine(&mut self) {
        let definitions = self.definitions;
        let watched = definitions.segments.len() + definitions.series.len();
        self.person.flips = vec![None; watched];
        self.concerned.all = true;
        // One of whom nothing is known yet does not "match already": this input makes them.
        if !self.person.is_blank() {
            // Those who match already when a series is published must be told from those who come to.
            self.memberships();
            self.audiences(true);
        }
        self.person.definitions = definitions.version;
    }

    /// Whether what stands at this place must be looked at.
    fn is_concerned(&self, place: usize) -> bool {
        let flip = self.person.flips.get(place).copied().flatten();
        flip.is_some_and(|flip| flip <= self.now) || self.concerned.contains(place)
    }

    fn count(&mut self, series: &str, version: u32, step: Option<&str>, metric: Metric) {
        self.effects.push(Effect::Count {
            series: series.to_owned(),
            version,
            step: step.map(str::to_owned),
            metric,
        });
    }

    /// Publishes the inbox if it is not the one that was published last.
    fn publish_inbox(&mut self) {
        let is_live = |outcome: &Outcome| matches!(outcome, Outcome::Live { .. });
        let mut records = self
            .person
            .runs
            .values()
            .flatten()
            .flat_map(|run| &run.steps);
        if self.person.inbox == 0 && !records.any(|record| is_live(&record.outcome)) {
            return;
        }
        let inbox = inbox(self.definitions, self.zones, self.person, self.now);
        let bytes = (!inbox.items.is_empty()).then(|| wire::encode(&inbox));
        let hash = bytes.as_deref().map_or(0, fnv64);
        if hash != self.person.inbox {
            self.person.inbox = hash;
            self.effects.push(Effect::Inbox(bytes));
        }
    }
}

/// The person's attributes and id, as templates ask for them.
pub(super) struct Known<'a>(pub(super) &'a Person);

impl Scope for Known<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        match self.0.attributes.get(name) {
            Some(attribute) => Some(attribute.value.clone()),
            None if name == "id" => Some(Value::Text(self.0.id.clone())),
            None => None,
        }
    }
}
