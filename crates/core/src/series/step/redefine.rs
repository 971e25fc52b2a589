//! Meets definitions that are new to a person: baselines, new versions, pauses that are over.
//! Decides nothing that the definitions do not say.

use super::{Concerned, Machine};
use crate::rule::Change;
use crate::series::{
    definition::Published,
    effect::{Effect, Metric, effect_id},
    person::{ExitReason, Outcome, RunState, SkipReason},
    spec::{Overdue, Pause},
};

impl Machine<'_> {
    pub(super) fn redefine(&mut self) {
        let definitions = self.definitions;
        let watched = definitions.segments.len() + definitions.series.len();
        self.person.flips = vec![None; watched];
        self.concerned = Concerned::by(Change::EVERYTHING);
        definitions.streams.retain(&mut self.person.history);
        self.check_churn();
        self.zone = definitions.zone(self.person, self.zones);
        // One of whom nothing is known yet does not "match already": this input makes them.
        if !self.person.is_blank() {
            // Those who match already when a series is published must be told from those who come to.
            self.memberships();
            self.baselines();
        }
        for (id, published) in &definitions.series {
            for number in 0..self.runs(id).len() {
                for pause in &published.pauses {
                    self.resume(id, number, *pause);
                }
                self.migrate(id, number, published);
            }
        }
        self.person.definitions = definitions.version;
    }

    /// Carries out what was said of a pause, once.
    fn resume(&mut self, id: &str, number: usize, pause: Pause) {
        let Some(run) = self.run_mut(id, number) else {
            return;
        };
        if pause.until <= run.resumed.max(run.entered_at) {
            return;
        }
        run.resumed = pause.until;
        match pause.overdue {
            Overdue::Send => {}
            Overdue::Skip => run.skips_before = Some(pause.until),
            Overdue::Shift => run.shift(pause.length()),
        }
        for place in 0..run.steps.len() {
            self.resume_message(id, number, place, pause);
        }
    }

    /// Says what becomes of a message that was decided before a pause and has not left.
    fn resume_message(
        &mut self,
        id: &str,
        number: usize,
        place: usize,
        pause: Pause,
    ) -> Option<()> {
        let definitions = self.definitions;
        let run = self.person.runs.get_mut(id)?.get_mut(number)?;
        let record = run.steps.get_mut(place)?;
        let until = record.outcome.waits_until(record.at)?;
        let is_sent = definitions.recorded(id, record)?.in_app().is_none();
        let effect = effect_id(&self.person.id, id, run.entry, &record.step);
        if pause.overdue == Overdue::Skip && until < pause.until {
            record.outcome = Outcome::Skipped(SkipReason::Paused);
            // It may have left at an attempt that no one heard of.
            self.person.policy.sent.left(&effect, self.now);
            self.count_record(id, number, place, Metric::Skipped);
            let taken_back = is_sent.then_some(Effect::Cancel { effect });
            self.effects.extend(taken_back);
            return Some(());
        }
        let mut at = until;
        if pause.overdue == Overdue::Shift {
            at = until.saturating_add(pause.length());
            if let Outcome::Delayed { until, .. } = &mut record.outcome {
                *until = at;
            }
        }
        let released = is_sent.then_some(Effect::Release { effect, at });
        self.effects.extend(released);
        Some(())
    }

    /// Moves a run on to the current version, if that was said of its own.
    fn migrate(&mut self, id: &str, number: usize, published: &Published) {
        let Some(run) = self.runs(id).get(number) else {
            return;
        };
        if !run.is_open() || !published.moves.contains(&run.version) {
            return;
        }
        let Some(to) = published.newest() else {
            return;
        };
        let from = published.versions.get(&run.version);
        let counterpart = match (run.step(), from) {
            // Held out: there is no step to look for.
            (None, _) => None,
            (Some(step), None) => to.step(step).map(|(_, step)| step),
            (Some(step), Some(from)) => from.counterpart(step, to),
        };
        let (is_at_a_step, current) = (run.step().is_some(), published.current);
        let state = counterpart.map(|step| match &run.state {
            state if run.step() == Some(&step.id) => state.clone(),
            // What was waited for there is not waited for here; the time is kept.
            _ => RunState::Waiting {
                step: step.id.clone(),
                due: run.due().unwrap_or(self.now),
            },
        });
        if is_at_a_step && state.is_none() {
            self.leave(id, number, ExitReason::StepGone);
            return;
        }
        if let Some(run) = self.run_mut(id, number) {
            run.version = current;
            run.state = state.unwrap_or_else(|| run.state.clone());
            self.count(id, current, None, Metric::Moved);
        }
    }
}
