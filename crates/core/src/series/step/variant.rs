//! Gives people variants of a message that is tested, and counts what came of each variant.
//! Chance is drawn in `chance`; what a variant says is in the definition.
//!
//! A person counts for a variant once: in the first of their runs in which the message was theirs.
//! Later runs give them the same variant and count for the step alone, so that the people of a
//! variant are people, each with one answer.

use super::{Machine, advance::Due};
use crate::series::{
    chance::take_variant,
    effect::{Effect, Metric},
    person::{Outcome, Reactions, Run, StepRecord},
};

impl Machine<'_> {
    /// The variant of a message that a person gets, if it is tested.
    pub(super) fn give(&mut self, due: &Due<'_>) -> Option<String> {
        let test = due.step.test()?;
        take_variant(test, due.id, &due.step.id, self.person).map(str::to_owned)
    }

    /// Notes what came of a step, of a message with the variant that was given; the place of the
    /// record in its run.
    pub(super) fn record_given(
        &mut self,
        due: &Due<'_>,
        outcome: Outcome,
        variant: Option<String>,
    ) -> usize {
        let at = self.now;
        let Some(run) = self.run_mut(due.id, due.number) else {
            return 0;
        };
        let place = run.steps.len();
        run.steps.push(StepRecord {
            step: due.step.id.clone(),
            version: due.version,
            at,
            outcome,
            variant,
            reactions: Reactions::default(),
            converted: None,
        });
        self.count_variant(due.id, due.number, place, Metric::Assigned);
        place
    }

    /// Counts what came of a message, for its step and for its variant.
    pub(super) fn count_record(&mut self, id: &str, number: usize, place: usize, metric: Metric) {
        let record = self
            .runs(id)
            .get(number)
            .and_then(|run| run.steps.get(place));
        let Some((step, version)) = record.map(|record| (record.step.clone(), record.version))
        else {
            return;
        };
        self.count(id, version, Some(&step), metric);
        self.count_variant(id, number, place, metric);
    }

    /// Counts for a variant alone.
    pub(super) fn count_variant(&mut self, id: &str, number: usize, place: usize, metric: Metric) {
        let counted = counted(self.runs(id), number, place);
        self.effects.extend(counted.map(|record| Effect::Count {
            series: id.to_owned(),
            version: record.version,
            step: Some(record.step.clone()),
            variant: record.variant.clone(),
            metric,
        }));
    }
}

/// The record of a message that counts for its variant, if it does.
fn counted(runs: &[Run], number: usize, place: usize) -> Option<&StepRecord> {
    let record = runs.get(number)?.steps.get(place)?;
    let is_tested = |other: &StepRecord| other.step == record.step && other.variant.is_some();
    let mut earlier = runs.iter().take(number).flat_map(|run| &run.steps);
    (is_tested(record) && !earlier.any(is_tested)).then_some(record)
}
