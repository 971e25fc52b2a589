//! Fires the steps that are due, and fills in what they say.
//! Sends nothing: it adds effects.

use super::{Known, Machine};
use crate::{
    liquid::{Limits, Sink, Template, render_within},
    series::{
        definition::{Message, Step},
        effect::{Effect, Metric, Outgoing, Send, effect_id},
        person::{ExitReason, Outcome, Reactions, RunState, SkipReason, StepRecord},
    },
    value::Value,
};

impl Machine<'_> {
    /// Fires every step that is due, in the order of the series' ids.
    pub(super) fn advance(&mut self) {
        let definitions = self.definitions;
        for (place, (id, published)) in definitions.places() {
            if !self.is_concerned(place) || published.paused {
                continue;
            }
            for number in 0..self.runs_of(id) {
                while self.fire(id, number) {}
            }
        }
    }

    /// Fires the step that a run waits for; `false` when it is not due or there is none.
    fn fire(&mut self, id: &str, number: usize) -> bool {
        let run = self.person.runs.get(id).and_then(|runs| runs.get(number));
        let Some(run) = run else {
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
            self.leave(id, number, ExitReason::StepGone);
            return false;
        };
        let effect = effect_id(&self.person.id, id, entry, &step.id);
        let outcome = self.perform(id, version, step, effect);
        let next = step.next.and_then(|place| series.steps.get(place));
        let state = match next {
            Some(next) => self.waiting(next),
            None => RunState::Finished { at: self.now },
        };
        let runs = self.person.runs.get_mut(id);
        if let Some(run) = runs.and_then(|runs| runs.get_mut(number)) {
            run.state = state;
            run.steps.push(StepRecord {
                step: step.id.clone(),
                at: self.now,
                outcome,
                reactions: Reactions::default(),
            });
        }
        if next.is_none() {
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
                &Known(self.person),
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
}
