//! The one function that decides: state and input in, new state and effects out.
//! Performs nothing. The same call with the same arguments gives the same bytes, anywhere.
//!
//! A person keeps, for every segment and series, the instant at which it can change by the passing
//! of time alone. An input is taken into the facts; then only those are evaluated again that ask
//! for what it changed, or whose instant has come. An input that concerns nothing costs no more
//! than writing it down, and neither does an event that changes no answer: that the person is
//! still there.

mod advance;
mod enter;
mod fill;
mod goals;
mod intake;
mod leave;
mod message;
mod redefine;
mod ride;
mod variant;
mod watch;

use std::collections::BTreeMap;

pub(super) use fill::{EVENT, ID};
pub use fill::{Known, render};

use super::{
    definition::{Definitions, Published},
    effect::{Effect, Metric},
    inbox::inbox,
    input::Input,
    person::{Outcome, Person, Run},
};
use crate::{
    hash::fnv64,
    rule::{Change, Sign},
    value::Value,
    wire,
    zone::{UTC, Zone, Zones},
};

// LIMIT: a round is one more only where a step has set an attribute, and every step fires once in a
// run; a workspace in which this many wait for each other at one instant is woken again.
const ROUNDS_MAX: usize = 32;

/// Takes an input into the state of a person and adds what follows from it to `effects`, in order.
///
/// Answers when to come back with [`Input::Tick`] if nothing else happens (Unix ms).
pub fn step(
    definitions: &Definitions,
    zones: &Zones,
    person: &mut Person,
    input: &Input,
    now: i64,
    effects: &mut Vec<Effect>,
) -> Option<i64> {
    let mut machine = Machine::new(definitions, zones, person, now, effects);
    if machine.respond(input) || definitions.index.shows(machine.concerned.change) {
        machine.publish_inbox();
    }
    machine.person.due
}

/// What is kept of what a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeps {
    /// Everything: rules may come that ask for it.
    Everything,
    /// What the definitions ask for; of other events the name, as only so many names are kept.
    Asked,
    /// What the definitions ask for, of one who does not perform as many events as names are kept,
    /// and of whom nothing else is kept so far.
    AskedOfFew,
}

/// The same, where these definitions are all that will ever look at the person: other facts need not
/// be kept, and as no one looks at the inbox, it is not made.
pub(crate) fn rehearse(
    definitions: &Definitions,
    zones: &Zones,
    person: &mut Person,
    input: &Input,
    now: i64,
    keeps: Keeps,
    effects: &mut Vec<Effect>,
) {
    if keeps == Keeps::AskedOfFew && ride::glance(definitions, person, input, now) {
        return;
    }
    let mut machine = Machine::new(definitions, zones, person, now, effects);
    machine.keeps = keeps;
    machine.respond(input);
}

/// Which segments and series are to be looked at again because of the input.
#[derive(Default)]
struct Concerned {
    /// By what was changed.
    change: Change,
    /// By what happened to a run of it.
    place: Option<usize>,
}

impl Concerned {
    fn by(change: Change) -> Self {
        Self {
            change,
            place: None,
        }
    }
}

/// An event that has just been performed, for series that it lets people into.
struct Happened<'a> {
    id: &'a str,
    name: &'a str,
    at: i64,
    properties: &'a BTreeMap<String, Value>,
}

/// A series that is looked at, with its place among all that is watched.
#[derive(Clone, Copy)]
struct Looked<'a> {
    place: usize,
    id: &'a str,
    published: &'a Published,
}

/// The series that are looked at, in order: mostly one, for which no memory is asked.
#[derive(Default)]
struct Looks<'a> {
    first: Option<Looked<'a>>,
    others: Vec<Looked<'a>>,
}

impl<'a> Looks<'a> {
    fn add(&mut self, looked: Looked<'a>) {
        if self.first.is_none() {
            self.first = Some(looked);
        } else {
            self.others.push(looked);
        }
    }

    fn iter(&self) -> impl Iterator<Item = Looked<'a>> {
        self.first.into_iter().chain(self.others.iter().copied())
    }
}

struct Machine<'a> {
    definitions: &'a Definitions,
    zones: &'a Zones,
    /// The person's, once something is decided.
    zone: &'a Zone,
    person: &'a mut Person,
    now: i64,
    effects: &'a mut Vec<Effect>,
    concerned: Concerned,
    /// What followed from the input.
    followed: Change,
    happened: Option<Happened<'a>>,
    /// What may be ridden out, if the input was an event and nothing else.
    sign: Option<Sign>,
    /// The series that are concerned.
    series: Looks<'a>,
    /// What had followed from the input when they were found.
    found_by: Option<Change>,
    has_looked: bool,
    /// Whether what comes of the input lets no one into a series.
    is_imported: bool,
    keeps: Keeps,
}

impl<'a> Machine<'a> {
    fn new(
        definitions: &'a Definitions,
        zones: &'a Zones,
        person: &'a mut Person,
        now: i64,
        effects: &'a mut Vec<Effect>,
    ) -> Self {
        Self {
            definitions,
            zones,
            zone: &UTC,
            person,
            now,
            effects,
            concerned: Concerned::default(),
            followed: Change::NOTHING,
            happened: None,
            sign: None,
            series: Looks::default(),
            found_by: None,
            has_looked: false,
            is_imported: false,
            keeps: Keeps::Everything,
        }
    }

    /// Takes an input in and decides what it makes necessary; whether it made anything so.
    fn respond(&mut self, input: &'a Input) -> bool {
        let (person, now) = (&*self.person, self.now);
        let redefined = person.definitions != self.definitions.version;
        let is_due = person.due.is_some_and(|due| due <= now);
        let seen_before = (person.first_seen, person.last_seen);
        if redefined {
            self.redefine();
        } else if is_due {
            self.check_churn();
        }
        self.concerned = self.intake(input);
        // A clock that was set back makes every instant that was kept a guess.
        if redefined || now < self.person.looked_at {
            self.concerned.change = Change::EVERYTHING;
        }
        if !is_due && !self.concerns_anyone() {
            return false;
        }
        self.sign = self.sign(seen_before);
        (is_due || !self.is_calm()) && self.decide()
    }

    /// Looks at whom the input concerns, and then at whom that concerns; whether there was anyone.
    fn decide(&mut self) -> bool {
        let mut is_settled = false;
        for _ in 0..ROUNDS_MAX {
            self.memberships();
            self.find_series();
            if self.series.first.is_none() && !self.is_new() {
                is_settled = true;
                break;
            }
            self.look();
            self.each_series(Self::goals);
            self.audiences();
            self.each_series(Self::exits);
            self.enter();
            is_settled = !self.advance();
            if is_settled {
                break;
            }
            self.zone = self.definitions.zone(self.person, self.zones);
        }
        if self.has_looked {
            self.keep_watch();
        }
        if !is_settled {
            self.come_back();
        }
        self.has_looked
    }

    /// Sees to it that what is looked at is looked at as of now.
    fn look(&mut self) {
        if !self.has_looked {
            self.has_looked = true;
            self.person.looked_at = self.now;
            self.zone = self.definitions.zone(self.person, self.zones);
        }
    }

    /// Lets those who are concerned be looked at again at the next instant.
    fn come_back(&mut self) {
        let soon = Some(self.now.saturating_add(1));
        for place in 0..self.definitions.segments.len() {
            if self.is_concerned(place, |_| false) {
                self.set_flip(place, soon);
            }
        }
        for Looked { place, .. } in std::mem::take(&mut self.series).iter() {
            self.set_flip(place, soon);
        }
        self.person.due = soon;
    }

    /// Whether anything must be looked at because of the input.
    fn concerns_anyone(&self) -> bool {
        let Concerned { change, place } = self.concerned;
        place.is_some() || self.definitions.index.concerns_anyone(change) || self.is_new()
    }

    /// Whether everything must be looked at.
    fn is_new(&self) -> bool {
        self.concerned.change == Change::EVERYTHING
    }

    /// Whether what stands at this place must be looked at: not if all that touched it is an event
    /// that it rides out.
    fn is_concerned(&self, place: usize, rides_out: impl FnOnce(Sign) -> bool) -> bool {
        let index = &self.definitions.index;
        let flip = self.person.flips.get(place).copied().flatten();
        flip.is_some_and(|flip| flip <= self.now)
            || self.concerned.place == Some(place)
            || index.concerns(place, self.followed)
            || self.is_new()
            || (index.concerns(place, self.concerned.change) && !self.sign.is_some_and(rides_out))
    }

    /// Finds the series that are concerned by now. One that was once stays so: it may have changed.
    fn find_series(&mut self) {
        if self.found_by == Some(self.followed) {
            return;
        }
        self.found_by = Some(self.followed);
        let known = std::mem::take(&mut self.series);
        let is_known = |place| known.iter().any(|looked| looked.place == place);
        for (place, (id, published)) in self.definitions.places() {
            let rides_out = |sign| self.series_rides_out(id, published, sign);
            if is_known(place) || self.is_concerned(place, rides_out) {
                self.series.add(Looked {
                    place,
                    id,
                    published,
                });
            }
        }
    }

    /// Looks at each series that is concerned.
    fn each_series(&mut self, look: fn(&mut Self, Looked<'a>)) {
        let series = std::mem::take(&mut self.series);
        for looked in series.iter() {
            look(self, looked);
        }
        self.series = series;
    }

    fn runs(&self, id: &str) -> &[Run] {
        self.person.runs.get(id).map_or(&[], Vec::as_slice)
    }

    fn run_mut(&mut self, id: &str, number: usize) -> Option<&mut Run> {
        self.person.runs.get_mut(id)?.get_mut(number)
    }

    fn count(&mut self, series: &str, version: u32, step: Option<&str>, metric: Metric) {
        self.effects.push(Effect::Count {
            series: series.to_owned(),
            version,
            step: step.map(str::to_owned),
            variant: None,
            metric,
        });
    }

    /// Publishes the inbox if it is not the one that was published last.
    fn publish_inbox(&mut self) {
        let is_live = |run: &Run| {
            let mut outcomes = run.steps.iter().map(|record| &record.outcome);
            outcomes.any(|outcome| matches!(outcome, Outcome::Live { .. }))
        };
        if self.person.inbox == 0 && !self.person.each_run().any(|(_, run)| is_live(run)) {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::series::{DefinitionsSpec, Identified, LiveSeries};

    /// Series of which each sets what lets people into the next one.
    fn chain(length: usize) -> Definitions {
        let link = |place: usize| {
            let series = json!({
                "name": "Link", "audience": { "rule": format!("link is {place}") },
                "steps": [{ "id": "set", "kind": "set", "attributes": { "link": place + 1 } }],
            });
            let live = LiveSeries {
                current: 1,
                versions: BTreeMap::from([(1, serde_json::from_value(series).unwrap())]),
                ..LiveSeries::default()
            };
            (format!("link-{place}"), live)
        };
        let spec = DefinitionsSpec {
            version: 1,
            series: (0..length).map(link).collect(),
            ..DefinitionsSpec::default()
        };
        Definitions::compile(&spec).unwrap()
    }

    #[test]
    fn as_many_as_wait_for_each_other_are_settled_at_once_and_the_next_at_the_next_instant() {
        // The last round finds that nothing was set.
        for (length, at_once) in [
            (ROUNDS_MAX - 1, true),
            (ROUNDS_MAX, false),
            (ROUNDS_MAX + 1, false),
        ] {
            let (definitions, zones) = (chain(length), Zones::new());
            let (mut person, mut effects) = (Person::new("ana"), Vec::new());
            let told = Input::Identify(Identified {
                at: 0,
                attributes: BTreeMap::from([("link".to_owned(), Value::from(0.0))]),
            });
            let due = step(&definitions, &zones, &mut person, &told, 0, &mut effects);
            assert_eq!(due == Some(1), !at_once, "{length}");
            let reached = |person: &Person| person.value("link").cloned();
            let rounds = length.min(ROUNDS_MAX);
            assert_eq!(reached(&person), Some(Value::from(rounds as f64)));
            let due = step(
                &definitions,
                &zones,
                &mut person,
                &Input::Tick,
                1,
                &mut effects,
            );
            assert!(due > Some(1), "{length}");
            assert_eq!(reached(&person), Some(Value::from(length as f64)));
        }
    }
}
