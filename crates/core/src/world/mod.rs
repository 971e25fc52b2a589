//! A whole workspace in memory: people, definitions, a clock, an outbox, what arrived where.
//! Everything in it is decided by [`step`]; it adds what a shard adds, without disk or network.

mod residual_case;
mod story;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub use residual_case::ResidualCase;
pub use story::{Mismatch, Story};

use crate::{
    hash::person_key,
    series::{
        Claim, Definitions, DefinitionsSpec, Delivery, Effect, Finding, Input, LiveSeries, Metric,
        Migration, Outgoing, Overdue, Pause, Person, SegmentSpec, Send, SeriesSpec, check,
        policy::{Ruling, Settings},
        step, way_id,
    },
    wire,
    zone::Zones,
};

/// A message that arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrived {
    /// The id of the person.
    pub person: String,
    /// When, Unix ms.
    pub at: i64,
    /// What.
    pub send: Send,
}

/// A number of a report: the series, the step where it is counted per step, and what is counted.
pub type Counter = (String, Option<String>, Metric);

/// The workspace.
#[derive(Clone, Debug)]
pub struct World {
    now: i64,
    zones: Zones,
    spec: DefinitionsSpec,
    definitions: Definitions,
    people: BTreeMap<String, Person>,
    /// Who is to be looked at when, in the order in which it happens.
    timers: BTreeSet<(i64, String)>,
    due: BTreeMap<String, i64>,
    outbox: VecDeque<(String, Send)>,
    /// What a policy held back when it was about to leave, and until when.
    later: BTreeMap<(i64, String), (String, Send)>,
    /// What was about to leave a series that stands still.
    paused_sends: BTreeMap<String, (String, Send)>,
    holding: bool,
    /// Effects that have left or are about to; a second one with the same id goes nowhere.
    ledger: BTreeSet<String>,
    repeats: u64,
    overdue: u64,
    mailbox: Vec<Arrived>,
    pushes: Vec<Arrived>,
    webhooks: Vec<Arrived>,
    inboxes: BTreeMap<String, wire::Inbox>,
    counters: BTreeMap<Counter, u64>,
    /// Since when which series stand still.
    paused: BTreeMap<String, i64>,
    members: BTreeMap<String, BTreeSet<String>>,
}

impl World {
    /// An empty workspace at an instant (Unix ms).
    #[must_use]
    pub fn new(now: i64) -> Self {
        Self {
            now,
            zones: Zones::new(),
            spec: DefinitionsSpec::default(),
            definitions: Definitions::default(),
            people: BTreeMap::new(),
            timers: BTreeSet::new(),
            due: BTreeMap::new(),
            outbox: VecDeque::new(),
            later: BTreeMap::new(),
            paused_sends: BTreeMap::new(),
            holding: false,
            ledger: BTreeSet::new(),
            repeats: 0,
            overdue: 0,
            mailbox: Vec::new(),
            pushes: Vec::new(),
            webhooks: Vec::new(),
            inboxes: BTreeMap::new(),
            counters: BTreeMap::new(),
            paused: BTreeMap::new(),
            members: BTreeMap::new(),
        }
    }

    /// The time, Unix ms.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.now
    }

    /// What is published, ready to run.
    #[must_use]
    pub fn definitions(&self) -> &Definitions {
        &self.definitions
    }

    /// A person.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.get(id)
    }

    /// When a person is looked at again if nothing else happens, Unix ms.
    #[must_use]
    pub fn due(&self, person: &str) -> Option<i64> {
        self.due.get(person).copied()
    }

    /// The mails that arrived, newest first.
    pub fn mailbox(&self) -> impl Iterator<Item = &Arrived> {
        self.mailbox.iter().rev()
    }

    /// The push notifications that arrived, newest first.
    pub fn pushes(&self) -> impl Iterator<Item = &Arrived> {
        self.pushes.iter().rev()
    }

    /// The requests that arrived, newest first.
    pub fn webhooks(&self) -> impl Iterator<Item = &Arrived> {
        self.webhooks.iter().rev()
    }

    /// The inbox that was last published for a person.
    #[must_use]
    pub fn inbox(&self, person: &str) -> Option<&wire::Inbox> {
        self.inboxes.get(person)
    }

    /// The people of a segment.
    pub fn members(&self, segment: &str) -> impl Iterator<Item = &str> {
        self.members
            .get(segment)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// How often something was counted, over all versions.
    #[must_use]
    pub fn count(&self, series: &str, step: Option<&str>, metric: Metric) -> u64 {
        let counter = (series.to_owned(), step.map(str::to_owned), metric);
        self.counters.get(&counter).copied().unwrap_or(0)
    }

    /// Everything that was counted.
    #[must_use]
    pub fn counters(&self) -> &BTreeMap<Counter, u64> {
        &self.counters
    }

    /// How many sends were asked for under an id that had been used before: always 0, or `step` is
    /// at fault.
    #[must_use]
    pub fn repeats(&self) -> u64 {
        self.repeats
    }

    /// How many timers were asked for that did not lie ahead: always 0, or `step` is at fault.
    #[must_use]
    pub fn overdue(&self) -> u64 {
        self.overdue
    }

    /// What waits in the outbox.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.outbox.len() + self.later.len() + self.paused_sends.len()
    }

    /// Says what zones are, by their names.
    pub fn set_zones(&mut self, zones: Zones) {
        self.zones = zones;
    }

    /// Sets the policies.
    ///
    /// # Errors
    /// When the definitions cannot be compiled, which they could before.
    pub fn set_settings(&mut self, settings: Settings) -> Result<(), Vec<Finding>> {
        self.define(|spec| spec.settings = settings)
    }

    /// Keeps sends in the outbox until [`World::release`].
    pub fn hold(&mut self) {
        self.holding = true;
    }

    /// Lets sends out, those that were held first.
    pub fn release(&mut self) {
        self.holding = false;
        self.deliver();
    }

    /// Creates or changes a segment.
    ///
    /// # Errors
    /// What is wrong with it; nothing has changed then.
    pub fn put_segment(&mut self, id: &str, segment: SegmentSpec) -> Result<(), Vec<Finding>> {
        self.define(|spec| {
            spec.segments.insert(id.to_owned(), segment);
        })
    }

    /// Publishes a version of a series; people enter that version from now on, and those who are
    /// under way stay on theirs or move.
    ///
    /// # Errors
    /// What is wrong with it; nothing has changed then.
    pub fn publish(
        &mut self,
        id: &str,
        series: SeriesSpec,
        in_flight: Migration,
    ) -> Result<(), Vec<Finding>> {
        let until = self.now;
        let paused = self.paused.remove(id);
        self.define(|spec| {
            let live = spec.series.entry(id.to_owned()).or_default();
            if let Some(from) = paused {
                end_pause(live, from, until, Overdue::default());
            }
            // Publishing what is published already changes nothing but a pause.
            if live.versions.get(&live.current) != Some(&series) {
                live.migrate.insert(live.current, in_flight);
                live.current += 1;
                live.versions.insert(live.current, series);
            }
        })
    }

    /// Lets a series stand still.
    ///
    /// # Errors
    /// When the definitions cannot be compiled, which they could before.
    pub fn pause(&mut self, id: &str) -> Result<(), Vec<Finding>> {
        let now = self.now;
        self.define(|spec| {
            if let Some(live) = spec.series.get_mut(id) {
                live.paused = true;
            }
        })?;
        self.paused.entry(id.to_owned()).or_insert(now);
        Ok(())
    }

    /// Lets a series run again.
    ///
    /// # Errors
    /// When the definitions cannot be compiled, which they could before.
    pub fn resume(&mut self, id: &str, overdue: Overdue) -> Result<(), Vec<Finding>> {
        let Some(from) = self.paused.remove(id) else {
            return Ok(());
        };
        let until = self.now;
        self.define(|spec| {
            if let Some(live) = spec.series.get_mut(id) {
                end_pause(live, from, until, overdue);
            }
        })
    }

    fn define(&mut self, change: impl FnOnce(&mut DefinitionsSpec)) -> Result<(), Vec<Finding>> {
        let mut spec = self.spec.clone();
        change(&mut spec);
        spec.version += 1;
        self.definitions = Definitions::compile(&spec)?;
        self.spec = spec;
        let ids: Vec<String> = self.people.keys().cloned().collect();
        for id in ids {
            self.input(&id, Input::Tick);
        }
        Ok(())
    }

    /// Something happens to a person, who comes into being with it.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "what happened is told once, and made for it"
    )]
    pub fn input(&mut self, person: &str, input: Input) {
        self.decide(person, &input);
        if !self.holding {
            self.deliver();
        }
    }

    /// The person behind the id of an effect.
    #[must_use]
    pub fn person_of(&self, effect: &str) -> Option<&str> {
        let key = crate::hash::key_of_effect(effect)?;
        self.people
            .keys()
            .find(|id| person_key(id) == key)
            .map(String::as_str)
    }

    /// Moves the clock on, firing timers in the order of their instants and, at the same instant,
    /// of the people's ids.
    pub fn advance_to(&mut self, instant: i64) {
        loop {
            let timer = self.timers.first().map(|(due, _)| *due);
            let later = self.later.keys().next().map(|(at, _)| *at);
            let Some(next) = timer
                .into_iter()
                .chain(later)
                .min()
                .filter(|at| *at <= instant)
            else {
                break;
            };
            self.now = self.now.max(next);
            if timer == Some(next) {
                let person = self.timers.first().map(|(_, person)| person.clone());
                self.input(&person.unwrap_or_default(), Input::Tick);
            } else if let Some((_, claimed)) = self.later.pop_first() {
                self.outbox.push_back(claimed);
                self.deliver();
            }
        }
        self.now = self.now.max(instant);
    }

    fn decide(&mut self, id: &str, input: &Input) {
        let mut person = self.people.remove(id).unwrap_or_else(|| Person::new(id));
        let (mut effects, now) = (Vec::new(), self.now);
        let due = step(
            &self.definitions,
            &self.zones,
            &mut person,
            input,
            now,
            &mut effects,
        );
        self.people.insert(id.to_owned(), person);
        for effect in effects {
            self.perform(id, effect);
        }
        if let Some(old) = self.due.remove(id) {
            self.timers.remove(&(old, id.to_owned()));
        }
        // INVARIANT: a timer lies ahead, so that firing them comes to an end.
        self.overdue += u64::from(due.is_some_and(|due| due <= self.now));
        if let Some(due) = due.map(|due| due.max(self.now.saturating_add(1))) {
            self.due.insert(id.to_owned(), due);
            self.timers.insert((due, id.to_owned()));
        }
    }

    fn perform(&mut self, person: &str, effect: Effect) {
        match effect {
            Effect::Send(send) => {
                if self.ledger.insert(send.effect.clone()) {
                    self.outbox.push_back((person.to_owned(), send));
                } else {
                    self.repeats += 1;
                }
            }
            Effect::Cancel { effect } => {
                self.outbox.retain(|(_, send)| send.effect != effect);
                self.later.retain(|(_, id), _| *id != effect);
                self.paused_sends.remove(&effect);
            }
            Effect::Release { effect, at } => {
                let later = self.later.keys().find(|(_, id)| *id == effect).cloned();
                let later = later.and_then(|key| self.later.remove(&key));
                match self.paused_sends.remove(&effect).or(later) {
                    Some(claimed) if at <= self.now => self.outbox.push_back(claimed),
                    Some(claimed) => {
                        self.later.insert((at, effect), claimed);
                    }
                    None => {}
                }
            }
            // Who is behind an effect is found by its first half.
            Effect::Live { .. } => {}
            Effect::Membership { segment, since } => {
                let members = self.members.entry(segment).or_default();
                match since {
                    Some(_) => members.insert(person.to_owned()),
                    None => members.remove(person),
                };
            }
            Effect::Count {
                series,
                step,
                variant,
                metric,
                ..
            } => {
                let step = step.map(|step| match variant {
                    Some(variant) => way_id(&step, &variant),
                    None => step,
                });
                *self.counters.entry((series, step, metric)).or_default() += 1;
            }
            Effect::Inbox(bytes) => {
                match bytes.and_then(|bytes| wire::decode(&bytes).ok()) {
                    Some(inbox) => self.inboxes.insert(person.to_owned(), inbox),
                    None => self.inboxes.remove(person),
                };
            }
        }
    }

    fn deliver(&mut self) {
        while let Some((person, send)) = self.outbox.pop_front() {
            let effect = send.effect.clone();
            let claim = self.people.get(&person).map_or(Claim::Gone, |person| {
                check(&self.definitions, &self.zones, person, &effect, self.now)
            });
            let ruling = match claim {
                Claim::Gone => continue,
                Claim::Held => {
                    self.paused_sends.insert(effect, (person, send));
                    continue;
                }
                Claim::Ruled(ruling) => ruling,
            };
            let delivery = match ruling {
                Ruling::Send => Delivery::Sent,
                Ruling::Later { .. } | Ruling::Skip { .. } => Delivery::Ruled(ruling),
            };
            match ruling {
                Ruling::Later { at, .. } => {
                    let key = (at, effect.clone());
                    self.later.insert(key, (person.clone(), send));
                }
                Ruling::Send => self.arrive(&person, send),
                Ruling::Skip { .. } => {}
            }
            self.decide(&person, &Input::Settled { effect, delivery });
        }
    }

    fn arrive(&mut self, person: &str, send: Send) {
        let place = match send.outgoing {
            Outgoing::Email { .. } => &mut self.mailbox,
            Outgoing::Push { .. } => &mut self.pushes,
            Outgoing::Webhook { .. } => &mut self.webhooks,
        };
        place.push(Arrived {
            person: person.to_owned(),
            at: self.now,
            send,
        });
    }
}

fn end_pause(live: &mut LiveSeries, from: i64, until: i64, overdue: Overdue) {
    live.paused = false;
    live.pauses.push(Pause {
        from,
        until,
        overdue,
    });
}
