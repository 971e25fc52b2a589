//! A shard as the edge runs it: what is decided and what is written commit together or not at all;
//! what leaves stands in a table first. It may crash at either side of every commit.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use rekindle_core::{
    series::{
        Claim, Definitions, DefinitionsSpec, Delivery, Effect, Input, Person, Send, check,
        policy::Ruling, step,
    },
    wire,
    zone::{Zone, Zones},
};

use crate::{
    chance::Chance,
    laws::{Laws, Moment},
};

const LEASE_MS: i64 = 30_000;

/// What survives a crash.
#[derive(Default)]
struct Tables {
    spec: DefinitionsSpec,
    /// People in postcard, and when each is due.
    people: BTreeMap<String, (Vec<u8>, Option<i64>)>,
    /// Those who are due, in the order of their instants.
    timers: BTreeSet<(i64, String)>,
    outbox: BTreeMap<String, Row>,
    /// Whose effect it is.
    effects: BTreeMap<String, String>,
    /// The effects in the order in which they were decided.
    decided: Vec<String>,
    /// The last person that was looked at since the definitions changed.
    sweep: Option<String>,
}

struct Row {
    send: Send,
    leased_until: i64,
}

/// How an operation came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Committed, and the caller knows.
    Done,
    /// Committed, and the caller does not know.
    CrashedAfter,
    /// Nothing was written.
    CrashedBefore,
}

pub(crate) struct Shard {
    tables: Tables,
    definitions: Definitions,
    zones: Zones,
    pub(crate) laws: Laws,
    pub(crate) crashes: u64,
    /// From now on nothing goes wrong.
    pub(crate) calm: bool,
    /// How many people are looked at again at once.
    slice: usize,
}

impl Tables {
    fn save(&mut self, id: &str, person: Vec<u8>, due: Option<i64>) {
        let before = self.people.insert(id.to_owned(), (person, due));
        if let Some((_, Some(before))) = before {
            self.timers.remove(&(before, id.to_owned()));
        }
        self.timers.extend(due.map(|due| (due, id.to_owned())));
    }

    fn note(&mut self, effect: &str, person: &str) {
        self.decided.push(effect.to_owned());
        self.effects.insert(effect.to_owned(), person.to_owned());
    }
}

/// Two zones that people live in, and none of the others that they name.
fn zones() -> Zones {
    const HOUR: i64 = 3_600_000;
    // 2026: in Berlin on 29 March and 25 October, in New York on 8 March and 1 November.
    let zone = |table: &[(i64, i64)]| Zone::try_from(table.to_vec()).unwrap();
    let berlin = [
        (0, HOUR),
        (1_774_746_000_000, 2 * HOUR),
        (1_792_890_000_000, HOUR),
    ];
    let york = [
        (0, -5 * HOUR),
        (1_772_953_200_000, -4 * HOUR),
        (1_793_512_800_000, -5 * HOUR),
    ];
    Zones::from([
        ("Europe/Berlin".to_owned(), zone(&berlin)),
        ("America/New_York".to_owned(), zone(&york)),
    ])
}

impl Shard {
    /// An empty shard that looks at so many people again at once.
    pub(crate) fn new(slice: usize) -> Self {
        Self {
            slice,
            tables: Tables::default(),
            definitions: Definitions::default(),
            zones: zones(),
            laws: Laws::default(),
            crashes: 0,
            calm: false,
        }
    }

    pub(crate) fn spec(&self) -> &DefinitionsSpec {
        &self.tables.spec
    }

    pub(crate) fn person(&self, id: &str) -> Person {
        match self.tables.people.get(id) {
            Some((bytes, _)) => wire::decode(bytes).unwrap(),
            None => Person::new(id),
        }
    }

    pub(crate) fn effects(&self) -> &[String] {
        &self.tables.decided
    }

    pub(crate) fn people(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.tables.people.values().map(|(bytes, _)| bytes)
    }

    pub(crate) fn next_due(&self) -> Option<i64> {
        self.tables.timers.first().map(|(due, _)| *due)
    }

    /// What is in memory is gone: definitions are read again, and leases end.
    pub(crate) fn restart(&mut self) {
        self.definitions = Definitions::compile(&self.tables.spec).unwrap();
        for row in self.tables.outbox.values_mut() {
            row.leased_until = 0;
        }
    }

    fn crash(&mut self) {
        self.crashes += 1;
        self.restart();
    }

    /// Takes inputs to one person, in order, and commits what was decided.
    pub(crate) fn decide(
        &mut self,
        chance: &mut Chance,
        id: &str,
        inputs: &[Input],
        now: i64,
    ) -> End {
        self.decide_and(chance, id, inputs, now, |_| ())
    }

    /// The same, with something that is written in the same transaction, before.
    fn decide_and(
        &mut self,
        chance: &mut Chance,
        id: &str,
        inputs: &[Input],
        now: i64,
        write: impl FnOnce(&mut Tables),
    ) -> End {
        let mut person = self.person(id);
        let mut due = None;
        let mut all = Vec::new();
        for input in inputs {
            let before = person.clone();
            let mut effects = Vec::new();
            due = self.step(&mut person, input, now, &mut effects);
            self.check_replay(&before, input, now, &person, &effects);
            all.push((before, person.clone(), effects, due));
        }
        if !self.calm && chance.one_in(40) {
            self.crash();
            return End::CrashedBefore;
        }
        write(&mut self.tables);
        for (before, after, effects, due) in all {
            let moment = Moment {
                definitions: &self.definitions,
                zones: &self.zones,
                now,
                later: chance.between(1, 200 * 3_600_000),
            };
            self.laws.decided(&moment, &before, &after, &effects, due);
            for effect in effects {
                self.write(id, effect);
            }
        }
        self.tables.save(id, wire::encode(&person), due);
        if !self.calm && chance.one_in(40) {
            self.crash();
            return End::CrashedAfter;
        }
        End::Done
    }

    fn step(
        &self,
        person: &mut Person,
        input: &Input,
        now: i64,
        effects: &mut Vec<Effect>,
    ) -> Option<i64> {
        step(&self.definitions, &self.zones, person, input, now, effects)
    }

    /// The same decision again is the same to the byte; and once it is taken, neither the same
    /// input nor the same instant asks for anything more.
    fn check_replay(
        &self,
        before: &Person,
        input: &Input,
        now: i64,
        after: &Person,
        effects: &[Effect],
    ) {
        let (mut again, mut more) = (before.clone(), Vec::new());
        self.step(&mut again, input, now, &mut more);
        assert_eq!(
            wire::encode(&again),
            wire::encode(after),
            "another person: {input:?}"
        );
        assert_eq!(more, effects, "other effects: {input:?}");
        // Attributes told again overwrite what a step has set at the same instant.
        let repeat = if matches!(input, Input::Identify(_)) {
            &Input::Tick
        } else {
            input
        };
        for repeat in [repeat, &Input::Tick] {
            let mut more = Vec::new();
            self.step(&mut again, repeat, now, &mut more);
            assert_eq!(more, [], "a repeat of {input:?} has effects");
        }
    }

    fn write(&mut self, person: &str, effect: Effect) {
        match effect {
            Effect::Send(send) => {
                let effect = send.effect.clone();
                self.tables.note(&effect, person);
                let leased_until = 0;
                self.tables
                    .outbox
                    .insert(effect, Row { send, leased_until });
            }
            Effect::Cancel { effect } => {
                self.tables.outbox.remove(&effect);
            }
            Effect::Release { effect, at } => {
                if let Some(row) = self.tables.outbox.get_mut(&effect) {
                    row.leased_until = at;
                }
            }
            Effect::Live { effect } => self.tables.note(&effect, person),
            Effect::Membership { .. } | Effect::Count { .. } | Effect::Inbox(_) => {}
        }
    }

    /// New definitions: those that are due meet the old ones first, then everyone is looked at.
    pub(crate) fn define(&mut self, chance: &mut Chance, spec: DefinitionsSpec, now: i64) {
        while self.fire(chance, now) {}
        self.definitions = Definitions::compile(&spec).unwrap();
        self.laws.etiquette.adopt(&spec);
        self.tables.spec = spec;
        self.tables.sweep = Some(String::new());
    }

    /// Looks at some people again after the definitions changed; `false` when all have been.
    pub(crate) fn sweep(&mut self, chance: &mut Chance, now: i64) -> bool {
        let Some(after) = self.tables.sweep.clone() else {
            return false;
        };
        let people = (Bound::Excluded(after), Bound::Unbounded);
        let people = self.tables.people.range(people).map(|(id, _)| id);
        let slice: Vec<String> = people.take(self.slice).cloned().collect();
        for id in &slice {
            if self.decide(chance, id, &[Input::Tick], now) == End::CrashedBefore {
                return true;
            }
            self.tables.sweep = Some(id.clone());
        }
        if slice.is_empty() {
            self.tables.sweep = None;
        }
        !slice.is_empty()
    }

    /// Fires timers that are due; `false` when there is none.
    pub(crate) fn fire(&mut self, chance: &mut Chance, now: i64) -> bool {
        let timers = self.tables.timers.iter();
        let due = timers.take_while(|(due, _)| *due <= now);
        let due: Vec<String> = due.map(|(_, id)| id.clone()).collect();
        for id in &due {
            self.decide(chance, id, &[Input::Tick], now);
        }
        !due.is_empty()
    }

    /// The sends that no lease protects, leased from now on.
    pub(crate) fn lease(&mut self, now: i64) -> Vec<String> {
        let free = self
            .tables
            .outbox
            .iter_mut()
            .filter(|(_, row)| row.leased_until <= now);
        free.map(|(effect, row)| {
            row.leased_until = now + LEASE_MS;
            effect.clone()
        })
        .collect()
    }

    /// The check just before sending: what is still to be sent, now.
    pub(crate) fn claim(&mut self, chance: &mut Chance, effect: &str, now: i64) -> Option<Send> {
        let id = self.tables.effects[effect].clone();
        if self.person(&id).definitions != self.definitions.version {
            let end = self.decide(chance, &id, &[Input::Tick], now);
            if end != End::Done {
                return None;
            }
        }
        let person = self.person(&id);
        let row = self.tables.outbox.get_mut(effect)?;
        let send = row.send.clone();
        let ruling = match check(&self.definitions, &self.zones, &person, effect, now) {
            Claim::Gone => return None,
            Claim::Held => {
                row.leased_until = i64::MAX;
                return None;
            }
            Claim::Ruled(ruling) => ruling,
        };
        match ruling {
            Ruling::Send => {
                let known = (&self.tables.spec, &self.zones);
                self.laws.claimed(known, &person, &send, now);
                return Some(send);
            }
            Ruling::Later { at, .. } => {
                assert!(at > now, "later is not later: {ruling:?}");
                self.ruled(chance, effect, ruling, now, |tables| {
                    if let Some(row) = tables.outbox.get_mut(effect) {
                        row.leased_until = at;
                    }
                });
            }
            Ruling::Skip { .. } => {
                let end = self.ruled(chance, effect, ruling, now, |tables| {
                    tables.outbox.remove(effect);
                });
                if end != End::CrashedBefore {
                    self.laws.skipped(effect);
                }
            }
        }
        None
    }

    fn ruled(
        &mut self,
        chance: &mut Chance,
        effect: &str,
        ruling: Ruling,
        now: i64,
        write: impl FnOnce(&mut Tables),
    ) -> End {
        let person = self.tables.effects[effect].clone();
        let input = Input::Settled {
            effect: effect.to_owned(),
            delivery: Delivery::Ruled(ruling),
        };
        self.decide_and(chance, &person, &[input], now, write)
    }

    /// The provider took a message for the first time.
    pub(crate) fn reached(&mut self, send: &Send, now: i64) {
        let person = self.person(&self.tables.effects[&send.effect]);
        self.laws.reached(&person, send, now);
    }

    /// Takes a receipt: the row goes and the person's run knows, in one transaction.
    pub(crate) fn settle(
        &mut self,
        chance: &mut Chance,
        effect: &str,
        delivery: &Delivery,
        now: i64,
    ) -> End {
        let Some(person) = self.tables.effects.get(effect).cloned() else {
            return End::Done;
        };
        let input = Input::Settled {
            effect: effect.to_owned(),
            delivery: delivery.clone(),
        };
        self.decide_and(chance, &person, &[input], now, |tables| {
            tables.outbox.remove(effect);
        })
    }

    /// All that is known of a send, for a failure.
    pub(crate) fn tell(&self, effect: &str) -> String {
        let person = self.person(&self.tables.effects[effect]);
        let record = crate::laws::run_of(&person, effect);
        let row = self
            .tables
            .outbox
            .get(effect)
            .map(|row| (&row.send, row.leased_until));
        format!("{row:?} {record:?} {:?}", person.policy.sent)
    }

    /// What still waits in the outbox, with the instants of its decision and of its next attempt.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (&String, i64, i64)> {
        let rows = self.tables.outbox.iter();
        rows.map(|(effect, row)| (effect, row.send.at, row.leased_until))
    }
}
