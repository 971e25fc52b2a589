//! Ends runs, and takes back what has not been sent.
//! Lets no one in.

use super::{Looked, Machine};
use crate::series::{
    effect::{Effect, Metric, effect_id},
    person::{ExitReason, Outcome, Run, RunState},
};

impl Machine<'_> {
    /// Ends the runs whose exit condition has come true.
    pub(super) fn exits(&mut self, Looked { id, published, .. }: Looked<'_>) {
        for number in 0..self.runs(id).len() {
            if let Some(reason) = self.exit_of(id, number, published.current) {
                self.leave(id, number, reason);
            }
        }
    }

    /// Why a run ends now, if it does.
    fn exit_of(&self, id: &str, number: usize, current: u32) -> Option<ExitReason> {
        let run = Run::that_may_exit(self.runs(id), number, self.now)?;
        let series = self.definitions.series(id, run.version)?;
        let mut exit = series.exit.iter();
        if exit.any(|exit| exit.eval(&self.person.facts_since(run, self.zone), self.now)) {
            return Some(ExitReason::ExitCondition);
        }
        let matches = || {
            if run.version == current {
                self.person.audiences.contains_key(id)
            } else {
                self.matches(series)
            }
        };
        let has_left = series.exit_when_left && run.is_open() && !matches();
        has_left.then_some(ExitReason::LeftAudience)
    }

    pub(super) fn leave(&mut self, id: &str, number: usize, reason: ExitReason) {
        let at = self.now;
        let runs = self.person.runs.get_mut(id);
        let Some(run) = runs.and_then(|runs| runs.get_mut(number)) else {
            return;
        };
        run.state = RunState::Exited { at, reason };
        let (version, entry, held_out) = (run.version, run.entry, run.held_out);
        for record in &mut run.steps {
            let effect = || effect_id(&self.person.id, id, entry, &record.step);
            match record.outcome {
                Outcome::Queued | Outcome::Delayed { .. } => {
                    let effect = effect();
                    // It may have left a moment ago: its room is not given back.
                    self.person.policy.sent.left(&effect, at);
                    // An in-app message that is held back stands in no outbox.
                    let step = self.definitions.recorded(id, record);
                    if step.is_none_or(|step| step.in_app().is_none()) {
                        self.effects.push(Effect::Cancel { effect });
                    }
                    record.outcome = Outcome::Cancelled;
                }
                Outcome::Live { .. } => record.outcome = Outcome::Cancelled,
                Outcome::Passed
                | Outcome::Took(_)
                | Outcome::Sent
                | Outcome::Undelivered(_)
                | Outcome::Cancelled
                | Outcome::Skipped(_) => {}
            }
        }
        let metric = match (reason, held_out) {
            (ExitReason::ExitCondition, false) => Metric::ReEngaged,
            (ExitReason::ExitCondition, true) => Metric::HeldOutReEngaged,
            (_, true) => return,
            (ExitReason::LeftAudience, false) => Metric::LeftAudience,
            (ExitReason::ExitStep, false) => Metric::LeftByStep,
            (ExitReason::StepGone, false) => Metric::StepGone,
        };
        self.count(id, version, None, metric);
        if metric == Metric::ReEngaged {
            let records = self.runs(id).get(number).map_or(0, |run| run.steps.len());
            for place in 0..records {
                self.count_variant(id, number, place, metric);
            }
        }
    }
}
