//! The Durable Object that holds a share of the people: the write side and the truth.
//!
//! Endpoints: `POST http://object/{operation}` with the JSON of [`messages`]; callers are the
//! Worker's routes, the consumer of the queue and the workspace. Tables: [`store`].
//!
//! Safe to run twice: an event is told by its id, an effect by its id, a receipt and a reaction are
//! counted once by core, an alarm drains a list of what is due. Every operation reads, decides and
//! writes without an await in between, so that its writes commit together or not at all; what
//! leaves the shard (inboxes, sends) is written to a table first and performed afterwards.

mod answers;
mod breaker;
mod company;
mod dead;
#[cfg(feature = "dev")]
mod development;
mod hooks;
mod ingest;
mod join;
pub(crate) mod messages;
mod perform;
mod preferences;
mod retention;
mod store;

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use rekindle_core::{
    rule::{Stream, Streams},
    series::{
        Claim, Definitions, DefinitionsSpec, Delivery, Effect, Input, Person, Send, TIMEZONE,
        check, policy::Ruling, step, way_id,
    },
    value::Value,
    window::DAY_MS,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use self::{
    breaker::{Breakers, receiver},
    messages::{CLAIM_MS, Claimed, Counter, Device, Erased, Heard, Reports, Settled},
    store::{NameKind, Store},
};
use crate::{
    clock::{Clock, real_ms},
    json::read_text,
    log,
    zones::Atlas,
};

// LIMIT: a slice of timers or of people to look at again, between which other inputs are served.
const SLICE: u32 = 500;

// LIMIT: whom an answer waits for, some tenths of a second, and events that come in with it. Where more are
// left, right after a publication to many, it tells of those who have been looked at.
const LOOK_MAX: u32 = 4_000;

// LIMIT: names that are offered in the console; more is a mistake in the tracking code.
const NAMES_MAX: usize = 5_000;

/// Until when a send is held that waits to be released, and for no instant: past every instant that a
/// number of JavaScript tells from the next.
const RELEASED: i64 = i64::MAX >> 11;

/// Keys of the `meta` table.
mod meta {
    /// The definitions, as the workspace pushed them.
    pub(super) const DEFINITIONS: &str = "definitions";
    /// The last person that was looked at since the definitions or the clock changed.
    pub(super) const SWEEP: &str = "sweep";
    /// When the first event came in.
    pub(super) const FIRST_EVENT: &str = "first_event";
    /// When the newest came in, to six hours.
    pub(super) const LAST_EVENT: &str = "last_event";
    /// How far what is too old has been forgotten: the day, and the last person looked at on it.
    pub(super) const RETENTION: &str = "retention";
    /// Development: how the time is told.
    pub(super) const CLOCK: &str = "clock";
    /// Development: the instant that the clock is on its way to.
    #[cfg(feature = "dev")]
    pub(super) const TARGET: &str = "target";
}

/// A share of the people.
#[durable_object]
pub struct Shard {
    state: State,
    env: Env,
    store: OnceCell<Store>,
    definitions: RefCell<Rc<Definitions>>,
    clock: Cell<Clock>,
    /// The real instant that the alarm is set for, as far as this incarnation knows.
    armed: Cell<Option<i64>>,
    names: RefCell<BTreeSet<(NameKind, String)>>,
    /// Whether a visitor's history is being moved to another shard right now.
    carrying: Cell<bool>,
    /// When the newest event came in, as far as this incarnation knows.
    heard: Cell<Option<i64>>,
    /// The same, as it is kept.
    heard_kept: Cell<Option<i64>>,
    /// The zones that people live in.
    atlas: RefCell<Atlas>,
    /// The sends that a consumer has in hand, and until when. An incarnation that is gone takes
    /// its claims with it: that window is what the provider's idempotency key is for.
    claims: RefCell<BTreeMap<String, i64>>,
    /// Who is left alone for a while.
    breakers: RefCell<Breakers>,
}

impl DurableObject for Shard {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            store: OnceCell::new(),
            definitions: RefCell::default(),
            clock: Cell::default(),
            armed: Cell::new(None),
            names: RefCell::default(),
            carrying: Cell::default(),
            heard: Cell::default(),
            heard_kept: Cell::default(),
            atlas: RefCell::default(),
            claims: RefCell::default(),
            breakers: RefCell::default(),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let path = request.path();
        let operation = path.trim_start_matches('/').to_owned();
        let body = request.bytes().await?;
        let answered = self.answer(&operation, &body);
        // What was decided before an error is in the tables: the alarm has to know of it.
        self.arm().await?;
        let answer = answered?;
        if let Err(error) = self.perform().await {
            // It stands in the tables: the alarm tries again, and the caller's input is stored.
            log::error("performing_put_off", json!({ "error": error.to_string() }));
        }
        Ok(answer)
    }

    async fn alarm(&self) -> Result<Response> {
        self.armed.set(None);
        self.store()?;
        #[cfg(feature = "dev")]
        self.go_on()?;
        self.catch_up(SLICE)?;
        self.forget_old()?;
        self.arm().await?;
        self.perform().await?;
        self.arm().await?;
        Response::ok("")
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    Ok(crate::json::read(body)?)
}

fn reply<T: Serialize>(answer: &T) -> Result<Response> {
    Response::from_json(answer)
}

impl Shard {
    /// The tables, opened on first use, with what is kept in memory beside them.
    fn store(&self) -> Result<&Store> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Store::open(self.state.storage().sql())?;
        store.end_leases()?;
        if let Some(clock) = store.meta(meta::CLOCK)? {
            self.clock.set(read_text(&clock)?);
        }
        if let Some(spec) = store.meta(meta::DEFINITIONS)? {
            self.adopt(&read_text(&spec)?)?;
        }
        Ok(self.store.get_or_init(|| store))
    }

    fn adopt(&self, spec: &DefinitionsSpec) -> Result<()> {
        let definitions = Definitions::compile(spec)
            .map_err(|findings| format!("definitions do not compile: {findings:?}"))?;
        if let Some(zone) = &definitions.settings.timezone {
            self.atlas.borrow_mut().learn(zone, self.now());
        }
        *self.definitions.borrow_mut() = Rc::new(definitions);
        Ok(())
    }

    fn definitions(&self) -> Rc<Definitions> {
        Rc::clone(&self.definitions.borrow())
    }

    fn now(&self) -> i64 {
        self.clock.get().now()
    }

    fn answer(&self, operation: &str, body: &[u8]) -> Result<Response> {
        self.store()?;
        match operation {
            "ingest" => reply(&self.ingest(read(body)?)?),
            "export" => reply(&self.store()?.export(&read(body)?)?),
            "define" => reply(&self.define(&read(body)?)?),
            "claim" => reply(&self.claim(&read::<Vec<String>>(body)?)?),
            "settle" => reply(&self.take_reports(read(body)?)?),
            "erase" => reply(&self.erase(&read::<String>(body)?)?),
            "replay" => reply(&self.replay(&read::<String>(body)?)?),
            "heard" => reply(&self.hear_of_mail(read(body)?)?),
            "preferences" => reply(&self.preferences(&read::<String>(body)?)?),
            "prefer" => reply(&self.prefer(&read(body)?)?),
            #[cfg(feature = "dev")]
            "clock" => reply(&self.set_clock(read(body)?)?),
            #[cfg(feature = "dev")]
            "advance" => reply(&self.advance(read(body)?)?),
            question => self.tell(question, body),
        }
    }

    /// Takes inputs to one person, in order, and writes what was decided.
    fn decide(&self, id: &str, inputs: Vec<Input>) -> Result<()> {
        let store = self.store()?;
        let definitions = self.definitions();
        if inputs.is_empty() {
            return Ok(());
        }
        let before = store.person(id)?;
        let mut person = before.clone().unwrap_or_else(|| Person::new(id));
        let mut effects = Vec::new();
        self.fill_streams(&mut person)?;
        for input in inputs {
            self.learn_zone(&person, Some(&input));
            let atlas = self.atlas.borrow();
            step(
                &definitions,
                atlas.zones(),
                &mut person,
                &input,
                self.now(),
                &mut effects,
            );
        }
        for effect in effects {
            self.note_effect(id, effect)?;
        }
        // Write only what changed: a repeat costs no row.
        if before.as_ref() != Some(&person) {
            store.save_person(&person)?;
        }
        Ok(())
    }

    /// New definitions may filter events in a new way: what is stored is counted once.
    fn fill_streams(&self, person: &mut Person) -> Result<()> {
        let definitions = self.definitions();
        if person.definitions == definitions.version {
            return Ok(());
        }
        definitions.streams.retain(&mut person.history);
        self.fill_missing(&definitions.streams, person)
    }

    /// Counts what is stored for the streams that were never counted for this person.
    fn fill_missing(&self, streams: &Streams, person: &mut Person) -> Result<()> {
        let missing: Vec<Stream> = streams.missing(&person.history).cloned().collect();
        for stream in &missing {
            let stored = self.store()?.occurrences(&person.id, stream.event())?;
            let stored = stored
                .iter()
                .map(|(properties, occurrence)| (properties, *occurrence));
            Streams::fill(&mut person.history, stream, stored);
        }
        Ok(())
    }

    /// Looks up the zone that a person lives in, or is about to.
    fn learn_zone(&self, person: &Person, input: Option<&Input>) {
        let told = if let Some(Input::Identify(identified)) = input {
            identified.attributes.get(TIMEZONE)
        } else {
            None
        };
        let known = person.attributes.get(TIMEZONE).map(|known| &known.value);
        for zone in [known, told].into_iter().flatten() {
            if let Value::Text(name) = zone {
                self.atlas.borrow_mut().learn(name, self.now());
            }
        }
    }

    /// Writes an effect down; performing it comes after the transaction.
    fn note_effect(&self, person: &str, effect: Effect) -> Result<()> {
        let store = self.store()?;
        match effect {
            Effect::Send(send) => {
                store.add_effect(&send.effect, person)?;
                store.add_send(person, &send)
            }
            Effect::Cancel { effect } => store.remove_send(&effect),
            Effect::Release { effect, at } => store.release_send(&effect, at),
            Effect::Live { effect } => store.add_effect(&effect, person),
            Effect::Membership { segment, since } => {
                store.set_membership(&segment, person, since, self.now())?;
                let what = if since.is_some() { "entered" } else { "left" };
                let data = json!({ "person": person, "segment": segment });
                self.tell_hooks(person, ["segment", what], &data)
            }
            Effect::Count {
                series,
                version,
                step,
                variant,
                metric,
            } => {
                // Of a variant it is told with the step.
                if variant.is_none() {
                    self.tell_of(person, &series, version, step.as_deref(), metric)?;
                }
                let day = self.now().div_euclid(DAY_MS);
                let step = step.unwrap_or_default();
                let step = variant.map_or(step.clone(), |variant| way_id(&step, &variant));
                store.count(
                    &Counter {
                        version,
                        step,
                        metric,
                        day,
                        count: 1,
                    },
                    &series,
                )
            }
            Effect::Inbox(bytes) => store.set_inbox(person, bytes.as_deref()),
        }
    }

    /// New definitions: everyone is looked at again, in slices.
    fn define(&self, spec: &DefinitionsSpec) -> Result<()> {
        let store = self.store()?;
        // An older push that was overtaken changes nothing.
        if spec.version <= self.definitions().version {
            return Ok(());
        }
        // Those whose timers are due meet the definitions that they were set under.
        self.fire(u32::MAX)?;
        self.adopt(spec)?;
        store.set_meta(meta::DEFINITIONS, &serde_json::to_string(spec)?)?;
        store.set_meta(meta::SWEEP, "")?;
        self.catch_up(SLICE)
    }

    /// Looks at up to `limit` people again; `false` when there is no one left to look at.
    fn sweep(&self, limit: u32) -> Result<bool> {
        let store = self.store()?;
        let Some(after) = store.meta(meta::SWEEP)? else {
            return Ok(false);
        };
        let people = store.people_after(&after, limit)?;
        for id in &people {
            self.decide(id, vec![Input::Tick])?;
        }
        match people.last() {
            Some(last) => store.set_meta(meta::SWEEP, last)?,
            None => store.forget_meta(meta::SWEEP)?,
        }
        Ok(!people.is_empty())
    }

    /// Fires up to `limit` timers that are due.
    fn fire(&self, limit: u32) -> Result<u64> {
        let people = self.store()?.due_people(self.now(), limit)?;
        for id in &people {
            self.decide(id, vec![Input::Tick])?;
        }
        Ok(people.len() as u64)
    }

    /// Does what time and new definitions ask for, for up to so many people.
    fn catch_up(&self, people: u32) -> Result<()> {
        for _ in 0..people.div_ceil(SLICE) {
            let swept = self.sweep(SLICE)?;
            let fired = self.fire(SLICE)?;
            if !swept && fired == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The sends among these that are still to be made: the policies are asked once more.
    fn claim(&self, effects: &[String]) -> Result<Vec<Claimed>> {
        let store = self.store()?;
        let now = real_ms();
        let mut claims = self.claims.borrow_mut();
        claims.retain(|_, until| *until > now);
        let mut claimed = Vec::new();
        for effect in effects {
            // A consumer that is slow has it in hand: its message came to a second one.
            if claims.contains_key(effect) {
                continue;
            }
            // What was cancelled or has been settled is not in the outbox any more.
            if let Some((person, send)) = store.send(effect)?
                && let Some(send) = self.claim_one(person, send)?
            {
                claims.insert(effect.clone(), now.saturating_add(CLAIM_MS));
                claimed.push(send);
            }
        }
        Ok(claimed)
    }

    fn claim_one(&self, id: String, send: Send) -> Result<Option<Claimed>> {
        if hooks::is_told(&send) {
            return self.claim_told(id, send);
        }
        let (store, definitions, now) = (self.store()?, self.definitions(), self.now());
        let mut person = store.person(&id)?.unwrap_or_else(|| Person::new(&id));
        if person.definitions != definitions.version {
            // What these definitions say of the message is said when the person meets them.
            self.decide(&id, vec![Input::Tick])?;
            person = store.person(&id)?.unwrap_or(person);
        }
        self.learn_zone(&person, None);
        let zones = self.atlas.borrow();
        let claim = check(&definitions, zones.zones(), &person, &send.effect, now);
        drop(zones);
        let effect = send.effect.clone();
        let ruling = match claim {
            Claim::Gone => {
                store.remove_send(&effect)?;
                return Ok(None);
            }
            Claim::Held => {
                store.hold_send(&effect, RELEASED)?;
                return Ok(None);
            }
            Claim::Ruled(ruling) => ruling,
        };
        match ruling {
            Ruling::Send => {
                let devices = store.devices(&id)?;
                return self.in_hand(id, send, devices).map(Some);
            }
            Ruling::Later { at, .. } => store.hold_send(&effect, at)?,
            Ruling::Skip { .. } => store.remove_send(&effect)?,
        }
        let delivery = Delivery::Ruled(ruling);
        self.decide(&id, vec![Input::Settled { effect, delivery }])?;
        Ok(None)
    }

    /// What a consumer is given of a send that it may make.
    fn in_hand(&self, person: String, send: Send, devices: Vec<Device>) -> Result<Claimed> {
        let (failures, failing_since) = self.store()?.failures(&send.effect)?;
        let shut = receiver(&send.outgoing)
            .and_then(|name| self.breakers.borrow_mut().refuse(&name, real_ms()));
        Ok(Claimed {
            failures,
            failing_since,
            shut,
            effect: send.effect,
            series: send.series,
            step: send.step,
            variant: send.variant,
            at: send.at,
            outgoing: send.outgoing,
            devices,
            person,
        })
    }

    /// Takes out everything of a person, and of the visitors whom they were. A second time finds
    /// nothing.
    fn erase(&self, id: &str) -> Result<Erased> {
        let (store, now) = (self.store()?, self.now());
        let mut ids = store.visitors_of(id)?;
        let mut erased = Erased {
            visitors: ids.len() as u64,
            ..Erased::default()
        };
        ids.push(id.to_owned());
        for id in &ids {
            store.erase(id, now, &mut erased)?;
        }
        Ok(erased)
    }

    /// Takes what was heard of a mail; of one that was never sent from here, nothing.
    fn hear_of_mail(&self, heard: Heard) -> Result<()> {
        let Some(person) = self.store()?.person_of_effect(&heard.effect)? else {
            return Ok(());
        };
        let input = Input::Heard {
            effect: heard.effect,
            feedback: heard.feedback,
            address: heard.address,
            at: self.now(),
        };
        self.decide(&person, vec![input])
    }

    /// Ends the claims of these sends: some are settled, the others wait for another attempt.
    fn take_reports(&self, reports: Reports) -> Result<()> {
        let store = self.store()?;
        for send in reports.put_off {
            if let Some(failed) = send.failed
                && let Some(name) = self.receiver_of(&send.effect)?
            {
                let (reason, pause_ms) = (failed.reason, failed.pause_ms);
                let mut breakers = self.breakers.borrow_mut();
                breakers.failed(name, reason, pause_ms, real_ms());
            }
            if let Some(until) = send.until {
                store.put_off(&send.effect, real_ms(), until)?;
            }
            self.claims.borrow_mut().remove(&send.effect);
        }
        self.settle(reports.settled)
    }

    /// Whom a send in the outbox is handed to.
    fn receiver_of(&self, effect: &str) -> Result<Option<String>> {
        let send = self.store()?.send(effect)?;
        Ok(send.and_then(|(_, send)| receiver(&send.outgoing)))
    }

    /// Takes receipts: the outbox row goes, and the person's run and the report know.
    fn settle(&self, receipts: Vec<Settled>) -> Result<()> {
        let store = self.store()?;
        for receipt in receipts {
            let told = store.send(&receipt.effect)?;
            let told = told.filter(|(_, send)| hooks::is_told(send));
            let is_told = told.is_some();
            // What was told to programs is in no ledger: nobody reacts to it.
            let person = match told {
                Some((person, _)) => Some(person),
                None => store.person_of_effect(&receipt.effect)?,
            };
            let Some(person) = person else {
                continue;
            };
            for endpoint in &receipt.gone {
                store.remove_device(&person, endpoint)?;
            }
            if receipt.delivery == Delivery::Sent
                && let Some(name) = self.receiver_of(&receipt.effect)?
            {
                self.breakers.borrow_mut().worked(&name);
            }
            self.keep_dead_letter(&person, &receipt)?;
            store.remove_send(&receipt.effect)?;
            self.claims.borrow_mut().remove(&receipt.effect);
            if is_told {
                continue;
            }
            let (effect, delivery) = (receipt.effect, receipt.delivery);
            self.decide(&person, vec![Input::Settled { effect, delivery }])?;
        }
        Ok(())
    }
}
