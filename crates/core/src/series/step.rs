//! The one function that decides: state and input in, state and effects out.
//! Performs nothing. The same call with the same arguments gives the same bytes, anywhere.

use super::{
    definition::{Definitions, Message, Series, Step},
    effect::{Channel, Effect, Metric, Outgoing, Send, effect_id},
    inbox::inbox,
    input::{Delivery, Input},
    person::{
        ATTRIBUTES_MAX, ExitReason, Identified, Outcome, Person, Reaction, Reactions, Run,
        RunState, SkipReason, StepRecord,
    },
    spec::{Entry, Reentry},
};
use crate::{
    hash::fnv64,
    history::{Added, Occurrence},
    liquid::{Limits, Scope, Sink, Template, render_within},
    rule::Attribute,
    value::Value,
    wire,
    zone::Zones,
};

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The new state.
    pub person: Person,
    /// What is to be performed, in order.
    pub effects: Vec<Effect>,
    /// When to come back with [`Input::Tick`] if nothing else happens, Unix ms.
    pub due: Option<i64>,
}

/// Decides what follows from an input.
#[must_use]
pub fn step(
    definitions: &Definitions,
    zones: &Zones,
    person: Person,
    input: Input,
    now: i64,
) -> Decision {
    let mut machine = Machine {
        definitions,
        zones,
        person,
        now,
        effects: Vec::new(),
    };
    let redefined = machine.person.definitions != definitions.version;
    // One of whom nothing is known yet does not "match already": this input makes them.
    if redefined && !machine.person.is_blank() {
        // Those who match already when a series is published must be told from those who come to.
        machine.memberships();
        machine.audiences(true);
    }
    machine.person.definitions = definitions.version;
    machine.apply(input);
    // Also after an input that changed nothing: a repeat may come when a timer is due.
    machine.memberships();
    machine.exits();
    machine.audiences(false);
    machine.enter();
    machine.advance();
    machine.publish_inbox();
    let due = wake(definitions, zones, &machine.person, now);
    Decision {
        person: machine.person,
        effects: machine.effects,
        due,
    }
}

struct Machine<'a> {
    definitions: &'a Definitions,
    zones: &'a Zones,
    person: Person,
    now: i64,
    effects: Vec<Effect>,
}

impl Machine<'_> {
    fn count(&mut self, series: &str, version: u32, step: Option<&str>, metric: Metric) {
        self.effects.push(Effect::Count {
            series: series.to_owned(),
            version,
            step: step.map(str::to_owned),
            metric,
        });
    }

    /// Takes the input into the facts.
    fn apply(&mut self, input: Input) {
        match input {
            Input::Tick => {}
            Input::Event {
                id,
                name,
                at,
                active,
                properties: _,
            } => {
                let added = self.person.history.add(&name, Occurrence::new(at, &id));
                // One event name too many is still a sign of life.
                if added != Added::Repeat && active {
                    let person = &mut self.person;
                    person.first_seen = Some(person.first_seen.map_or(at, |first| first.min(at)));
                    person.last_seen = person.last_seen.max(Some(at));
                }
            }
            Input::Identify(identified) => self.identify(identified),
            Input::Reaction {
                effect,
                reaction,
                at,
            } => {
                self.react(&effect, reaction, at);
            }
            Input::Settled { effect, delivery } => {
                self.settle(&effect, &delivery);
            }
        }
    }

    /// The last write by timestamp wins; of two with the same, the one that comes later.
    fn identify(&mut self, identified: Identified) {
        let attributes = &mut self.person.attributes;
        for (name, value) in identified.attributes {
            let is_newer = match attributes.get(&name) {
                Some(attribute) => attribute.at <= identified.at,
                None => attributes.len() < ATTRIBUTES_MAX,
            };
            if is_newer {
                let at = identified.at;
                attributes.insert(name, Attribute { value, at });
            }
        }
    }

    /// The run, the place of its record and the step's id behind an effect id.
    fn find(&self, effect: &str) -> Option<(String, usize)> {
        self.person.runs.iter().find_map(|(series, run)| {
            let place = run.steps.iter().position(|record| {
                effect_id(&self.person.id, series, run.entry, &record.step) == effect
            })?;
            Some((series.clone(), place))
        })
    }

    fn react(&mut self, effect: &str, reaction: Reaction, at: i64) {
        let Some((series, place)) = self.find(effect) else {
            return;
        };
        let Some(run) = self.person.runs.get_mut(&series) else {
            return;
        };
        let version = run.version;
        let Some(record) = run.steps.get_mut(place) else {
            return;
        };
        // No one can react to what never reached them.
        if matches!(record.outcome, Outcome::Skipped(_)) || !record.reactions.note(reaction, at) {
            return;
        }
        let metric = match reaction {
            Reaction::Shown => Metric::Shown,
            Reaction::Opened | Reaction::Received => Metric::Opened,
            Reaction::Clicked => Metric::Clicked,
            Reaction::Dismissed => Metric::Dismissed,
        };
        let step = record.step.clone();
        self.count(&series, version, Some(&step), metric);
    }

    fn settle(&mut self, effect: &str, delivery: &Delivery) {
        let Some((series, place)) = self.find(effect) else {
            return;
        };
        let Some(run) = self.person.runs.get_mut(&series) else {
            return;
        };
        let version = run.version;
        let Some(record) = run.steps.get_mut(place) else {
            return;
        };
        // What is live in the app was counted when it went live, and has no receipt.
        let leaves = self
            .definitions
            .series(&series, version)
            .and_then(|series| series.step(&record.step))
            .is_none_or(|(_, step)| step.message.channel() != Channel::InApp);
        // A receipt may come for what was cancelled a moment too late: it was sent all the same.
        if !leaves || !matches!(record.outcome, Outcome::Queued | Outcome::Cancelled) {
            return;
        }
        let (outcome, metric) = match delivery {
            Delivery::Sent => (Outcome::Sent, Metric::Sent),
            Delivery::Undelivered(why) => (Outcome::Undelivered(why.clone()), Metric::Undelivered),
        };
        record.outcome = outcome;
        let step = record.step.clone();
        self.count(&series, version, Some(&step), metric);
    }

    fn memberships(&mut self) {
        for (id, rule) in &self.definitions.segments {
            let holds = rule.eval(&self.person.facts(self.zones), self.now);
            if holds == self.person.segments.contains_key(id) {
                continue;
            }
            let since = holds.then_some(self.now);
            match since {
                Some(since) => self.person.segments.insert(id.clone(), since),
                None => self.person.segments.remove(id),
            };
            self.effects.push(Effect::Membership {
                segment: id.clone(),
                since,
            });
        }
        let gone: Vec<String> = self
            .person
            .segments
            .keys()
            .filter(|id| !self.definitions.segments.contains_key(*id))
            .cloned()
            .collect();
        for segment in gone {
            self.person.segments.remove(&segment);
            self.effects.push(Effect::Membership {
                segment,
                since: None,
            });
        }
    }

    /// Ends the runs whose exit condition has come true, and takes back what has not been sent.
    fn exits(&mut self) {
        let ids: Vec<String> = self.person.runs.keys().cloned().collect();
        for id in ids {
            let Some(run) = self
                .person
                .runs
                .get(&id)
                .filter(|run| run.may_exit(self.now))
            else {
                continue;
            };
            let Some(series) = self.definitions.series(&id, run.version) else {
                continue;
            };
            let exits = series
                .exit
                .as_ref()
                .is_some_and(|exit| exit.eval(&self.person.facts_since(run, self.zones), self.now));
            if exits {
                self.leave(&id, ExitReason::ExitCondition);
            }
        }
    }

    fn leave(&mut self, id: &str, reason: ExitReason) {
        let Some(run) = self.person.runs.get_mut(id) else {
            return;
        };
        run.state = RunState::Exited {
            at: self.now,
            reason,
        };
        let (version, entry) = (run.version, run.entry);
        for record in &mut run.steps {
            match record.outcome {
                Outcome::Queued => {
                    let effect = effect_id(&self.person.id, id, entry, &record.step);
                    self.effects.push(Effect::Cancel { effect });
                    record.outcome = Outcome::Cancelled;
                }
                Outcome::Live { .. } => record.outcome = Outcome::Cancelled,
                Outcome::Sent
                | Outcome::Undelivered(_)
                | Outcome::Cancelled
                | Outcome::Skipped(_) => {}
            }
        }
        match reason {
            ExitReason::ExitCondition => self.count(id, version, None, Metric::ReEngaged),
            ExitReason::StepGone => {}
        }
    }

    /// Keeps who matches which audience. `baseline`: before the input, with new definitions.
    fn audiences(&mut self, baseline: bool) {
        self.person
            .audiences
            .retain(|id, _| self.definitions.series.contains_key(id));
        for (id, published) in &self.definitions.series {
            let Some(series) = published.versions.get(&published.current) else {
                continue;
            };
            if baseline && series.entry == Entry::ExistingAndFuture {
                continue;
            }
            let matches = series
                .audience
                .eval(&self.person.facts(self.zones), self.now);
            if !matches {
                self.person.audiences.remove(id);
            } else if !self.person.audiences.contains_key(id) {
                // Those who were there before a series for newcomers are marked as too early.
                let since = if baseline { i64::MIN } else { self.now };
                self.person.audiences.insert(id.clone(), since);
                if !baseline {
                    self.count(id, published.current, None, Metric::Matched);
                }
            }
        }
    }

    fn enter(&mut self) {
        for (id, published) in &self.definitions.series {
            let Some(series) = published.versions.get(&published.current) else {
                continue;
            };
            let too_early = match self.person.audiences.get(id) {
                None => continue,
                Some(since) => *since == i64::MIN,
            };
            if published.paused || too_early || !self.may_enter(id, series) {
                continue;
            }
            let held_off = series
                .exit
                .as_ref()
                .is_some_and(|exit| exit.eval(&self.person.facts_on_entry(self.zones), self.now));
            if held_off {
                continue;
            }
            let entry = self.person.runs.get(id).map_or(0, |run| run.entry) + 1;
            let before = self.person.history.ids_from(self.now);
            let Some(first) = series.steps.first() else {
                continue;
            };
            let run = Run {
                entry,
                version: published.current,
                entered_at: self.now,
                before,
                state: self.waiting(first),
                steps: Vec::new(),
            };
            self.person.runs.insert(id.clone(), run);
            self.count(id, published.current, None, Metric::Entered);
        }
    }

    fn may_enter(&self, id: &str, series: &Series) -> bool {
        let Some(run) = self.person.runs.get(id) else {
            return true;
        };
        match (series.reentry, run.left_at()) {
            (Reentry::Never, _) | (Reentry::After(_), None) => false,
            (Reentry::After(span), Some(left)) => self.now >= left.saturating_add(span.0),
        }
    }

    fn waiting(&self, step: &Step) -> RunState {
        RunState::Waiting {
            step: step.id.clone(),
            due: self.now.saturating_add(step.delay_ms),
        }
    }

    /// Fires every step that is due, in the order of the series' ids.
    fn advance(&mut self) {
        let ids: Vec<String> = self.person.runs.keys().cloned().collect();
        for id in ids {
            if self
                .definitions
                .series
                .get(&id)
                .is_none_or(|published| published.paused)
            {
                continue;
            }
            while self.fire(&id) {}
        }
    }

    /// Fires the step that a run waits for; `false` when it is not due or there is none.
    fn fire(&mut self, id: &str) -> bool {
        let Some(run) = self.person.runs.get(id) else {
            return false;
        };
        let RunState::Waiting { step, due } = &run.state else {
            return false;
        };
        if *due > self.now {
            return false;
        }
        let (version, entry) = (run.version, run.entry);
        let series = self.definitions.series(id, version);
        let Some((series, (_, step))) =
            series.and_then(|series| Some((series, series.step(step)?)))
        else {
            self.leave(id, ExitReason::StepGone);
            return false;
        };
        let effect = effect_id(&self.person.id, id, entry, &step.id);
        let outcome = self.perform(id, version, step, effect);
        let next = step.next.and_then(|place| series.steps.get(place));
        let state = match next {
            Some(next) => self.waiting(next),
            None => RunState::Finished { at: self.now },
        };
        let finished = next.is_none();
        if let Some(run) = self.person.runs.get_mut(id) {
            run.state = state;
            run.steps.push(StepRecord {
                step: step.id.clone(),
                at: self.now,
                outcome,
                reactions: Reactions::default(),
            });
        }
        if finished {
            self.count(id, version, None, Metric::Finished);
        }
        true
    }

    fn perform(&mut self, id: &str, version: u32, step: &Step, effect: String) -> Outcome {
        let outgoing = match &step.message {
            // The browser decides about targeting: it sees what happens after this instant.
            Message::InApp(message) => {
                self.effects.push(Effect::Live { effect });
                self.count(id, version, Some(&step.id), Metric::Sent);
                return Outcome::Live {
                    until: self.now.saturating_add(message.live_for_ms),
                };
            }
            Message::Email(_) | Message::Push(_) => {
                let targeted = step
                    .when
                    .as_ref()
                    .is_none_or(|when| when.eval(&self.person.facts(self.zones), self.now));
                if targeted {
                    self.outgoing(&step.message)
                } else {
                    Err(SkipReason::NotTargeted)
                }
            }
        };
        match outgoing {
            Ok(outgoing) => {
                self.effects.push(Effect::Send(Send {
                    effect,
                    series: id.to_owned(),
                    version,
                    step: step.id.clone(),
                    at: self.now,
                    outgoing,
                }));
                Outcome::Queued
            }
            Err(reason) => {
                self.count(id, version, Some(&step.id), Metric::Skipped);
                Outcome::Skipped(reason)
            }
        }
    }

    fn outgoing(&self, message: &Message) -> Result<Outgoing, SkipReason> {
        let fill = |template: &Template, sink: Sink| {
            render_within(
                template,
                &Known(&self.person),
                sink,
                &Limits::default(),
                Some(self.now),
            )
            .map_err(|_| SkipReason::Template)
        };
        match message {
            Message::Email(email) => {
                let attribute = |name: &str| {
                    self.person
                        .attributes
                        .get(name)
                        .map(|attribute| &attribute.value)
                };
                let to = match attribute("email") {
                    Some(Value::Text(address)) if address.contains('@') => address.clone(),
                    _ => return Err(SkipReason::NoEmail),
                };
                if attribute("unsubscribed") == Some(&Value::Bool(true)) {
                    return Err(SkipReason::Unsubscribed);
                }
                Ok(Outgoing::Email {
                    to,
                    subject: fill(&email.subject, Sink::Subject)?,
                    text: fill(&email.body, Sink::Plain)?,
                    markdown: fill(&email.body, Sink::Markdown)?,
                })
            }
            Message::Push(push) => Ok(Outgoing::Push {
                title: fill(&push.title, Sink::Plain)?,
                body: fill(&push.body, Sink::Plain)?,
                url: push.url.clone(),
            }),
            Message::InApp(_) => Err(SkipReason::NotTargeted),
        }
    }

    /// Publishes the inbox if it is not the one that was published last.
    fn publish_inbox(&mut self) {
        let inbox = inbox(self.definitions, self.zones, &self.person, self.now);
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

/// The earliest instant at which something can change by the passing of time alone.
fn wake(definitions: &Definitions, zones: &Zones, person: &Person, now: i64) -> Option<i64> {
    let facts = person.facts(zones);
    let segments = definitions
        .segments
        .values()
        .map(|rule| rule.next_flip(&facts, now));
    let audiences = definitions.series.iter().map(|(id, published)| {
        let series = published.versions.get(&published.current)?;
        let may_enter_at = match (series.reentry, person.runs.get(id).map(Run::left_at)) {
            (_, None) => Some(now),
            (Reentry::After(span), Some(Some(left))) => Some(left.saturating_add(span.0)),
            (Reentry::After(_) | Reentry::Never, _) => None,
        };
        let may_enter_at = may_enter_at.filter(|_| person.audiences.contains_key(id));
        // Who may enter and has not is held off by the exit condition: wait for it to end.
        let held_off = may_enter_at
            .filter(|at| *at <= now && !published.paused)
            .and_then(|_| {
                series
                    .exit
                    .as_ref()?
                    .next_flip(&person.facts_on_entry(zones), now)
            });
        let again = earliest(may_enter_at.filter(|at| *at > now), held_off);
        earliest(series.audience.next_flip(&facts, now), again)
    });
    let runs = person.runs.iter().map(|(id, run)| {
        let published = definitions.series.get(id)?;
        let exit = published
            .versions
            .get(&run.version)
            .and_then(|series| series.exit.as_ref())
            .filter(|_| run.may_exit(now))
            .and_then(|exit| exit.next_flip(&person.facts_since(run, zones), now));
        let due = match &run.state {
            RunState::Waiting { due, .. } if !published.paused => Some(*due),
            RunState::Waiting { .. } | RunState::Finished { .. } | RunState::Exited { .. } => None,
        };
        earliest(exit, due)
    });
    segments.chain(audiences).chain(runs).flatten().min()
}

fn earliest(left: Option<i64>, right: Option<i64>) -> Option<i64> {
    left.into_iter().chain(right).min()
}
