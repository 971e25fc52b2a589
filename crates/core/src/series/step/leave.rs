//! Ends runs, and takes back what has not been sent.
//! Lets no one in.

use super::Machine;
use crate::series::{
    effect::{Effect, Metric, effect_id},
    person::{ExitReason, Outcome, Run, RunState},
};

impl Machine<'_> {
    /// Ends the runs whose exit condition has come true.
    pub(super) fn exits(&mut self) {
        let definitions = self.definitions;
        for (place, (id, _)) in definitions.places() {
            if !self.is_concerned(place) {
                continue;
            }
            for number in 0..self.runs_of(id) {
                if self.has_exited(id, number) {
                    self.leave(id, number, ExitReason::ExitCondition);
                }
            }
        }
    }

    /// How many runs through a series are kept.
    pub(super) fn runs_of(&self, id: &str) -> usize {
        self.person.runs.get(id).map_or(0, Vec::len)
    }

    fn has_exited(&self, id: &str, number: usize) -> bool {
        let runs = self.person.runs.get(id).map_or(&[][..], Vec::as_slice);
        let Some(run) = Run::that_may_exit(runs, number, self.now) else {
            return false;
        };
        let series = self.definitions.series(id, run.version);
        series
            .and_then(|series| series.exit.as_ref())
            .is_some_and(|exit| exit.eval(&self.person.facts_since(run, self.zones), self.now))
    }

    pub(super) fn leave(&mut self, id: &str, number: usize, reason: ExitReason) {
        let at = self.now;
        let runs = self.person.runs.get_mut(id);
        let Some(run) = runs.and_then(|runs| runs.get_mut(number)) else {
            return;
        };
        run.state = RunState::Exited { at, reason };
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
}
