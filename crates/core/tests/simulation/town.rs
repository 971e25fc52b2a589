//! A town: its people, its clock, and what happens to them until it is calm again.
//! Says how much of it happened; what must hold is for `laws`.

use std::collections::BTreeMap;

use rekindle_core::{
    hash::fnv64,
    series::{DefinitionsSpec, Delivery, Input, Migration, Overdue, Pause},
};

use crate::{
    chance::Chance,
    life, plan,
    queue::Queue,
    shard::{End, Shard},
};

/// How large a town is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    people: usize,
    /// How many of them something happens to before anything else does.
    settlers: usize,
    /// What happens before it is calm.
    acts: usize,
    /// How many people are looked at again at once.
    slice: usize,
    /// How far the clock goes at least, once it is calm, ms: timers may fire late.
    stride: i64,
}

/// Everyone meets everyone's trouble.
pub(crate) const TOWN: Size = Size {
    people: 40,
    settlers: 0,
    acts: 1_200,
    slice: 5,
    stride: 1,
};

/// As many people as a shard is made for.
pub(crate) const CITY: Size = Size {
    people: 10_000,
    settlers: 10_000,
    acts: 3_000,
    slice: 100,
    stride: 60 * MINUTE,
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// 1 March 2026: clocks change soon.
const START: i64 = 1_772_323_200_000;

/// How long after trouble has ended everything must have come right.
const CALM_DAYS: i64 = 12;

/// How much happened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) towns: u64,
    pub(crate) people: u64,
    pub(crate) inputs: u64,
    pub(crate) crashes: u64,
    pub(crate) decided: usize,
    pub(crate) accepted: usize,
    pub(crate) cancelled: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.towns += other.towns;
        self.people += other.people;
        self.inputs += other.inputs;
        self.crashes += other.crashes;
        self.decided += other.decided;
        self.accepted += other.accepted;
        self.cancelled += other.cancelled;
    }
}

pub(crate) struct Town {
    size: Size,
    chance: Chance,
    now: i64,
    shard: Shard,
    queue: Queue,
    /// Inputs that were told, to be told again.
    told: Vec<(String, Vec<Input>)>,
    /// Inputs of which the teller does not know that they were stored.
    unsure: Vec<(String, Vec<Input>)>,
    /// The series that stand still, and since when.
    paused: BTreeMap<String, i64>,
    inputs: usize,
}

impl Town {
    /// Lives through a town; answers with a digest of all that came of it.
    pub(crate) fn live(seed: u64, size: Size) -> (u64, Tally) {
        let mut town = Self {
            size,
            chance: Chance::new(seed),
            now: START,
            shard: Shard::new(size.slice),
            queue: Queue::default(),
            told: Vec::new(),
            unsure: Vec::new(),
            paused: BTreeMap::new(),
            inputs: 0,
        };
        town.found();
        for number in 0..size.settlers {
            town.tell(number);
        }
        for _ in 0..size.acts {
            town.act();
        }
        town.calm_down();
        town.end()
    }

    fn found(&mut self) {
        self.revise(|spec, chance| {
            spec.settings = plan::settings(chance);
            for id in plan::SEGMENTS {
                spec.segments.insert(id.to_owned(), plan::segment(chance));
            }
        });
        let last = self.chance.below(plan::SERIES.len());
        for id in &plan::SERIES[..=last] {
            self.publish(id);
        }
    }

    fn act(&mut self) {
        match self.chance.below(100) {
            0..=54 => {
                let number = self.chance.below(self.size.people);
                self.tell(number);
            }
            55..=59 => self.tell_again(),
            60..=76 => self.pass_time(),
            77..=92 => self.work(),
            93 => self.shard.restart(),
            94..=95 => self.redefine(),
            _ => {
                self.shard.fire(&mut self.chance, self.now);
            }
        }
    }

    /// Something happens to someone; two or three things at once where a batch arrives.
    fn tell(&mut self, number: usize) {
        let person = format!("p{number}");
        let count = if self.chance.one_in(5) { 3 } else { 1 };
        let mut inputs = Vec::new();
        for _ in 0..count {
            self.inputs += 1;
            let known = self.shard.effects();
            inputs.push(life::input(&mut self.chance, self.now, self.inputs, known));
        }
        self.store(person, inputs);
    }

    fn tell_again(&mut self) {
        let from = if self.unsure.is_empty() {
            &mut self.told
        } else {
            &mut self.unsure
        };
        if !from.is_empty() {
            let (person, inputs) = from.swap_remove(self.chance.below(from.len()));
            self.store(person, inputs);
        }
    }

    fn store(&mut self, person: String, inputs: Vec<Input>) {
        match self
            .shard
            .decide(&mut self.chance, &person, &inputs, self.now)
        {
            End::Done => self.told.push((person, inputs)),
            End::CrashedBefore | End::CrashedAfter => self.unsure.push((person, inputs)),
        }
    }

    /// The clock goes on: a little, to the next timer or just before it, or far past it.
    fn pass_time(&mut self) {
        let due = self
            .shard
            .next_due()
            .map_or(0, |due| (due - self.now).max(0));
        self.now += match self.chance.below(10) {
            0..=2 => due,
            3 => (due - 1).max(0),
            4 => self.chance.between(0, 3 * DAY),
            5..=6 => self.chance.between(0, 60 * MINUTE),
            _ => self.chance.between(0, MINUTE),
        };
    }

    /// The shard and the consumer of the queue do some of what there is to do.
    fn work(&mut self) {
        self.shard.sweep(&mut self.chance, self.now);
        for effect in self.shard.lease(self.now) {
            self.queue
                .push(&mut self.chance, &effect, self.now, self.shard.calm);
        }
        for _ in 0..4 {
            self.consume();
        }
        for _ in 0..4 {
            self.receive();
        }
    }

    /// The consumer takes one message from the queue.
    fn consume(&mut self) -> bool {
        let Some(effect) = self.queue.pop(&mut self.chance, self.now) else {
            return false;
        };
        let calm = self.shard.calm;
        let Some(send) = self.shard.claim(&mut self.chance, &effect, self.now) else {
            return true;
        };
        if !calm && self.chance.one_in(20) {
            // The consumer crashed, or the provider did not answer.
            self.queue.again(effect, self.now);
            return true;
        }
        let refuses = effect.ends_with('f') && !self.queue.has_accepted(&effect);
        let delivery = if refuses {
            Delivery::Undelivered("refused".to_owned())
        } else {
            if self.queue.accept(&effect, self.now) {
                self.shard.reached(&send, self.now);
            }
            Delivery::Sent
        };
        if !calm && self.chance.one_in(20) {
            // The provider took it, and no one knows.
            self.queue.again(effect, self.now);
        } else {
            self.queue
                .report(&mut self.chance, &effect, &delivery, self.now, calm);
        }
        true
    }

    fn receive(&mut self) -> bool {
        let Some((effect, delivery)) = self.queue.receipt(&mut self.chance, self.now) else {
            return false;
        };
        match self
            .shard
            .settle(&mut self.chance, &effect, &delivery, self.now)
        {
            End::Done => {}
            End::CrashedBefore | End::CrashedAfter => {
                self.queue.receipt_again(effect, delivery, self.now);
            }
        }
        true
    }

    /// Publishes definitions that were changed.
    fn revise(&mut self, change: impl FnOnce(&mut DefinitionsSpec, &mut Chance)) {
        let mut spec = self.shard.spec().clone();
        change(&mut spec, &mut self.chance);
        spec.version += 1;
        self.shard.define(&mut self.chance, spec, self.now);
    }

    fn redefine(&mut self) {
        let id = self.chance.pick(&plan::SERIES);
        match self.chance.below(6) {
            0 => self.revise(|spec, chance| spec.settings = plan::settings(chance)),
            1 => self.revise(|spec, chance| {
                let id = chance.pick(&plan::SEGMENTS).to_owned();
                spec.segments.insert(id, plan::segment(chance));
            }),
            2..=3 => self.publish(id),
            _ => self.pause_or_resume(id),
        }
    }

    fn publish(&mut self, id: &str) {
        self.revise(|spec, chance| {
            let live = spec.series.entry(id.to_owned()).or_default();
            live.current += 1;
            live.versions.insert(live.current, plan::series(chance));
            if live.current > 1 && chance.one_in(2) {
                live.migrate.insert(live.current - 1, Migration::Move);
            }
        });
    }

    fn pause_or_resume(&mut self, id: &str) {
        // What was never published cannot stand still.
        if !self.shard.spec().series.contains_key(id) {
            return;
        }
        let now = self.now;
        let since = self.paused.remove(id);
        if since.is_none() {
            self.paused.insert(id.to_owned(), now);
        }
        self.revise(|spec, chance| {
            let live = spec.series.get_mut(id).unwrap();
            live.paused = since.is_none();
            live.pauses.extend(since.map(|from| Pause {
                from,
                until: now,
                overdue: *chance.pick(&[&Overdue::Send, &Overdue::Skip, &Overdue::Shift]),
            }));
        });
    }

    /// Trouble ends, and everything on its way arrives.
    fn calm_down(&mut self) {
        self.shard.calm = true;
        for id in self.paused.keys().cloned().collect::<Vec<_>>() {
            self.pause_or_resume(&id);
        }
        for (person, inputs) in std::mem::take(&mut self.unsure) {
            self.store(person, inputs);
        }
        let end = self.now + CALM_DAYS * DAY;
        while self.now < end {
            while self.shard.sweep(&mut self.chance, self.now) {}
            self.shard.fire(&mut self.chance, self.now);
            self.work();
            while self.consume() {}
            while self.receive() {}
            let due = self
                .shard
                .next_due()
                .unwrap_or(end)
                .max(self.now + self.size.stride);
            // Also where no timer is: leases end, and receipts come late.
            self.now = due.min(self.now + 6 * 60 * MINUTE);
        }
    }

    /// Everything that was decided has come to its end, once.
    fn end(self) -> (u64, Tally) {
        let laws = &self.shard.laws;
        for (effect, at, again) in self.shard.waiting() {
            // A policy may hold it back just before it leaves, for a week at most.
            let is_late =
                at <= self.now - DAY && again <= self.now - DAY / 2 || at <= self.now - 8 * DAY;
            assert!(!is_late, "{effect} never left: {}", self.shard.tell(effect));
        }
        let waiting: Vec<&String> = self.shard.waiting().map(|(effect, ..)| effect).collect();
        for effect in laws.decided_sends().keys() {
            let is_refused = effect.ends_with('f');
            let came_to_an_end = self.queue.has_accepted(effect)
                || is_refused
                || laws.came_to_an_end(effect)
                || waiting.contains(&effect);
            assert!(came_to_an_end, "{effect} is lost");
        }
        for effect in self.queue.accepted().keys() {
            assert!(
                laws.decided_sends().contains_key(effect),
                "{effect} was never decided"
            );
        }
        let mut bytes: Vec<u8> = self.shard.people().flatten().copied().collect();
        bytes.extend(format!("{:?}", self.queue.accepted()).into_bytes());
        let tally = Tally {
            towns: 1,
            people: self.size.people as u64,
            inputs: self.inputs as u64,
            crashes: self.shard.crashes,
            decided: laws.decided_sends().len(),
            accepted: self.queue.accepted().len(),
            cancelled: laws.cancelled().len(),
        };
        (fnv64(&bytes), tally)
    }
}
