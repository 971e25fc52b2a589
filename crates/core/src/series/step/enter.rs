//! Lets people into series.
//! Moves no one on from there.

use super::Machine;
use crate::series::{
    definition::{RUNS_MAX, Series, Step},
    effect::Metric,
    person::{Run, RunState},
    spec::Reentry,
};

impl Machine<'_> {
    pub(super) fn enter(&mut self) {
        let definitions = self.definitions;
        for (place, (id, published)) in definitions.places() {
            if !self.is_concerned(place) || published.paused {
                continue;
            }
            let Some(series) = published.newest() else {
                continue;
            };
            // Those who matched before a series for newcomers do not enter it.
            let matches = self
                .person
                .audiences
                .get(id)
                .is_some_and(|since| *since != i64::MIN);
            if !matches || !self.may_enter(id, series) || self.is_held_off(series) {
                continue;
            }
            if let Some(first) = series.steps.first() {
                self.begin(id, published.current, first);
            }
        }
    }

    fn may_enter(&self, id: &str, series: &Series) -> bool {
        let Some(run) = self.person.runs.get(id).and_then(|runs| runs.last()) else {
            return true;
        };
        match (series.reentry, run.left_at()) {
            (Reentry::Never, _) | (Reentry::After(_), None) => false,
            (Reentry::After(span), Some(left)) => self.now >= left.saturating_add(span.0),
        }
    }

    /// Nobody enters while the exit condition holds.
    fn is_held_off(&self, series: &Series) -> bool {
        let facts = self.person.facts_on_entry(self.zones);
        let mut exit = series.exit.iter();
        exit.any(|exit| exit.eval(&facts, self.now))
    }

    fn begin(&mut self, id: &str, version: u32, first: &Step) {
        let state = self.waiting(first);
        let before = self.person.history.ids_from(self.now);
        let runs = self.person.runs.entry(id.to_owned()).or_default();
        let entry = runs.last().map_or(0, |run| run.entry) + 1;
        if runs.len() >= RUNS_MAX {
            runs.remove(0);
        }
        runs.push(Run {
            entry,
            version,
            entered_at: self.now,
            before,
            state,
            steps: Vec::new(),
        });
        self.count(id, version, None, Metric::Entered);
    }

    pub(super) fn waiting(&self, step: &Step) -> RunState {
        RunState::Waiting {
            step: step.id.clone(),
            due: self.now.saturating_add(step.delay_ms),
        }
    }
}
