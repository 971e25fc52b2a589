//! Lets messages fire: asks the policies, fills in, hands over to the outbox or makes them live.
//! Sends nothing: it adds effects.

use super::{Looked, Machine, advance::Due};
use crate::history::Engagement;
use crate::series::{
    claim::Asked,
    definition::Message,
    effect::{Effect, Metric, Outgoing, Send, effect_id},
    person::{Outcome, RunState, SkipReason, StepRecord},
    policy::{Ruling, cap},
};

impl Machine<'_> {
    /// Fires a step that says something. Whatever comes of it, the run has moved on.
    pub(super) fn say(&mut self, due: &Due<'_>) {
        let Some(message) = due.step.message() else {
            return;
        };
        match message {
            Message::InApp(in_app) => self.show(due, in_app.live_for_ms),
            Message::Email(_) | Message::Push(_) | Message::Webhook(_) => self.send(due),
        }
    }

    fn effect_of(&self, due: &Due<'_>) -> String {
        let run = self.runs(due.id).get(due.number);
        let entry = run.map_or(0, |run| run.entry);
        effect_id(&self.person.id, due.id, entry, &due.step.id)
    }

    /// What the policies say of a message.
    fn rule(&self, due: &Due<'_>, effect: &str, expires: Option<i64>) -> Ruling {
        let Some(message) = due.step.message() else {
            return Ruling::Send;
        };
        let asked = Asked {
            effect,
            since: due.held_since.unwrap_or(self.now),
            decided: false,
            expires,
        };
        let (definitions, person, zone) = (self.definitions, &self.person, self.zone);
        definitions.ruling(due.series, message, person, zone, &asked, self.now)
    }

    fn send(&mut self, due: &Due<'_>) {
        let mut variant = None;
        let outgoing = if self.is_passed_over(due) {
            Err(SkipReason::Paused)
        } else if self.is_targeted(due.step) {
            variant = self.give(due);
            let message = due.step.says(variant.as_deref());
            message.map_or(Err(SkipReason::NotTargeted), |message| {
                self.outgoing(due, message)
            })
        } else {
            Err(SkipReason::NotTargeted)
        };
        let effect = self.effect_of(due);
        let ruled = outgoing.map(|outgoing| (outgoing, self.rule(due, &effect, None)));
        match ruled {
            Ok((outgoing, Ruling::Send)) => {
                if due
                    .step
                    .message()
                    .is_some_and(|message| cap::counts(message.channel()))
                {
                    self.person.policy.sent.take(&effect, self.now);
                }
                self.queue(due, effect, outgoing, variant);
            }
            Ok((_, Ruling::Later { at, reason })) => {
                let step = due.step.id.clone();
                let since = due.held_since.unwrap_or(self.now);
                if due.held_since.is_none() {
                    self.count(due.id, due.version, Some(&step), Metric::Delayed);
                }
                if let Some(run) = self.run_mut(due.id, due.number) {
                    run.state = RunState::Held {
                        step,
                        since,
                        until: at,
                        reason,
                    };
                }
                return;
            }
            // Whom no variant could have reached is in none of them.
            Ok((_, Ruling::Skip { reason })) => self.skip(due, SkipReason::Policy(reason), None),
            Err(reason) => {
                let variant = variant.filter(|_| reason == SkipReason::Template);
                self.skip(due, reason, variant);
            }
        }
        self.go(due, due.step.next);
    }

    fn queue(
        &mut self,
        due: &Due<'_>,
        effect: String,
        outgoing: Outgoing,
        variant: Option<String>,
    ) {
        self.record_given(due, Outcome::Queued, variant.clone());
        self.effects.push(Effect::Send(Send {
            effect,
            series: due.id.to_owned(),
            version: due.version,
            step: due.step.id.clone(),
            variant,
            at: self.now,
            outgoing,
        }));
    }

    fn skip(&mut self, due: &Due<'_>, reason: SkipReason, variant: Option<String>) {
        let place = self.record_given(due, Outcome::Skipped(reason), variant);
        self.count_record(due.id, due.number, place, Metric::Skipped);
    }

    /// Makes an in-app message live; the browser decides about targeting: it sees what happens
    /// after this instant.
    fn show(&mut self, due: &Due<'_>, live_for_ms: i64) {
        if self.is_passed_over(due) {
            self.skip(due, SkipReason::Paused, None);
        } else {
            let until = self.now.saturating_add(live_for_ms);
            let effect = self.effect_of(due);
            let ruling = self.rule(due, &effect, Some(until));
            match ruling {
                Ruling::Send => {
                    let variant = self.give(due);
                    let place = self.record_given(due, Outcome::Live { until }, variant);
                    self.live(due.id, due.number, place, effect);
                }
                // It does not hold up what comes after it.
                Ruling::Later { at, reason } => {
                    let variant = self.give(due);
                    let outcome = Outcome::Delayed { until: at, reason };
                    let place = self.record_given(due, outcome, variant);
                    self.count_record(due.id, due.number, place, Metric::Delayed);
                }
                Ruling::Skip { reason } => self.skip(due, SkipReason::Policy(reason), None),
            }
        }
        self.go(due, due.step.next);
    }

    fn live(&mut self, id: &str, number: usize, place: usize, effect: String) {
        self.person.policy.sent.note(&effect, self.now);
        let record = self
            .runs(id)
            .get(number)
            .and_then(|run| run.steps.get(place));
        let step = record.map_or_else(String::new, |record| record.step.clone());
        let change = self.engaged(Engagement::Received, id, &step, self.now);
        self.followed = self.followed.and(change);
        self.effects.push(Effect::Live { effect });
        self.count_record(id, number, place, Metric::Sent);
    }

    /// Asks again for in-app messages that are held back and may go live by now.
    pub(super) fn revive(&mut self, Looked { id, published, .. }: Looked<'_>) {
        if published.paused {
            return;
        }
        let is_held = |record: &StepRecord| matches!(record.outcome, Outcome::Delayed { .. });
        for number in 0..self.runs(id).len() {
            let records = self.runs(id).get(number).map_or(&[][..], |run| &run.steps);
            if !records.iter().any(is_held) {
                continue;
            }
            for record in 0..records.len() {
                self.revive_record(id, number, record);
            }
        }
    }

    fn revive_record(&mut self, id: &str, number: usize, place: usize) -> Option<()> {
        let run = self.runs(id).get(number)?;
        let record = run.steps.get(place)?;
        let Outcome::Delayed { until, .. } = record.outcome else {
            return None;
        };
        let (version, since) = (record.version, record.at);
        let series = self.definitions.series(id, version)?;
        let (_, step) = series.step(&record.step)?;
        let live_for_ms = step.in_app()?.live_for_ms;
        if until > self.now {
            return None;
        }
        let due = Due {
            id,
            number,
            version,
            series,
            step,
            at: since,
            held_since: Some(since),
        };
        let effect = self.effect_of(&due);
        let ruling = self.rule(&due, &effect, Some(since.saturating_add(live_for_ms)));
        let live = Outcome::Live {
            until: self.now.saturating_add(live_for_ms),
        };
        let outcome = Outcome::of(ruling).unwrap_or(live);
        let is_skipped = matches!(outcome, Outcome::Skipped(_));
        let is_live = matches!(outcome, Outcome::Live { .. });
        self.run_mut(id, number)?.steps.get_mut(place)?.outcome = outcome;
        if is_live {
            self.live(id, number, place, effect);
        } else if is_skipped {
            self.count_record(id, number, place, Metric::Skipped);
        }
        Some(())
    }
}
