//! Who is behind a number of a report: told from the runs that are kept of each person, so that a
//! number costs no row of its own.
//!
//! What only the counter knows cannot be told: that someone matched and did not enter, moved, or
//! stayed away.

use super::{
    effect::Metric,
    person::{ExitReason, Outcome, Person, Run, RunState, StepRecord},
};

/// A number of a report.
#[derive(Clone, Copy, Debug)]
pub struct Number<'a> {
    /// The id of the series.
    pub series: &'a str,
    /// What is counted.
    pub metric: Metric,
    /// The id of the step, or of a way ([`way_id`](super::way_id)), for what is counted there; of
    /// what is counted of messages, absent for any of them.
    pub step: Option<&'a str>,
    /// The variant of the message of the step; any where it is absent.
    pub variant: Option<&'a str>,
    /// The version; any where it is absent. A run that moved is told under the one that it is on.
    pub version: Option<u32>,
    /// Only what happened from the first of these instants to before the second, Unix ms.
    pub within: (i64, i64),
}

/// What a run or a record says of a number: when, if at all.
enum Told {
    /// By runs of those who were held out, or of the others.
    Runs(bool, fn(&Run) -> Option<i64>),
    /// By what became of a step.
    Record(fn(&StepRecord) -> Option<i64>),
    /// By the runs in which the step showed the variant.
    Variant(fn(&Run) -> Option<i64>),
    /// By the way that a run took, and by the run.
    Way(fn(&Run, &StepRecord) -> Option<i64>),
}

fn left(run: &Run, wanted: ExitReason) -> Option<i64> {
    if let RunState::Exited { at, reason } = run.state {
        return (reason == wanted).then_some(at);
    }
    None
}

fn finished(run: &Run) -> Option<i64> {
    if let RunState::Finished { at } = run.state {
        return Some(at);
    }
    None
}

fn when(record: &StepRecord, holds: bool) -> Option<i64> {
    holds.then_some(record.at)
}

impl Number<'_> {
    /// Whether it is known who is behind it.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.told().is_some()
    }

    fn told(&self) -> Option<Told> {
        use Told::{Record, Runs, Variant, Way};
        let way = self.step.is_some_and(|step| step.contains('/'));
        let told = match self.metric {
            Metric::Entered => Runs(false, |run| Some(run.entered_at)),
            Metric::HeldOut => Runs(true, |run| Some(run.entered_at)),
            Metric::ReEngaged if self.variant.is_some() => {
                Variant(|run| left(run, ExitReason::ExitCondition))
            }
            Metric::Assigned => Record(|record| when(record, record.variant.is_some())),
            Metric::ReEngaged => Runs(false, |run| left(run, ExitReason::ExitCondition)),
            Metric::HeldOutReEngaged => Runs(true, |run| left(run, ExitReason::ExitCondition)),
            Metric::LeftAudience => Runs(false, |run| left(run, ExitReason::LeftAudience)),
            Metric::LeftByStep => Runs(false, |run| left(run, ExitReason::ExitStep)),
            Metric::StepGone => Runs(false, |run| left(run, ExitReason::StepGone)),
            Metric::Finished => Runs(false, finished),
            Metric::HeldOutConverted => Runs(true, |run| run.converted),
            Metric::Converted if self.step.is_none() => Runs(false, |run| run.converted),
            Metric::Converted if way => Way(|run, _| run.converted),
            Metric::Converted => Record(|record| record.converted),
            Metric::Took => Way(|_, record| Some(record.at)),
            Metric::Sent => Record(|record| when(record, record.outcome.has_reached())),
            Metric::Undelivered => {
                Record(|record| when(record, matches!(record.outcome, Outcome::Undelivered(_))))
            }
            Metric::Delayed => {
                Record(|record| when(record, matches!(record.outcome, Outcome::Delayed { .. })))
            }
            Metric::Skipped => {
                Record(|record| when(record, matches!(record.outcome, Outcome::Skipped(_))))
            }
            Metric::Shown => Record(|record| record.reactions.shown),
            Metric::Opened => Record(|record| record.reactions.opened),
            Metric::Clicked => Record(|record| record.reactions.clicked),
            Metric::Dismissed => Record(|record| record.reactions.dismissed),
            Metric::Matched
            | Metric::Bounced
            | Metric::Complained
            | Metric::Unsubscribed
            | Metric::Moved
            | Metric::Churned30
            | Metric::Churned60
            | Metric::Churned90
            | Metric::Stayed30
            | Metric::Stayed60
            | Metric::Stayed90
            | Metric::HeldOutChurned30
            | Metric::HeldOutChurned60
            | Metric::HeldOutChurned90
            | Metric::HeldOutStayed30
            | Metric::HeldOutStayed60
            | Metric::HeldOutStayed90 => return None,
        };
        if self.variant.is_some() && !matches!(told, Record(_) | Variant(_)) {
            return None;
        }
        let is_of_step = match told {
            Runs(..) => false,
            Variant(_) | Way(_) => true,
            Record(_) => self.step.is_some() || self.variant.is_some(),
        };
        (is_of_step == self.step.is_some()).then_some(told)
    }

    /// When what it counts happened to a person, Unix ms: the last time in each run that is kept, in
    /// their order; nothing where it is not kept.
    #[must_use]
    pub fn of(&self, person: &Person) -> Vec<i64> {
        let Some(told) = self.told() else {
            return Vec::new();
        };
        let runs = person.runs.get(self.series).into_iter().flatten();
        runs.filter_map(|run| self.of_run(run, &told)).collect()
    }

    fn of_run(&self, run: &Run, told: &Told) -> Option<i64> {
        match told {
            Told::Runs(held_out, at) => {
                let is_of = run.held_out == *held_out && self.is_of(run.version);
                let at = is_of.then(|| at(run)).flatten();
                at.filter(|at| self.is_within(*at))
            }
            Told::Record(at) => self.last(run, self.step, None, at),
            Told::Variant(at) => self.last(run, self.step, None, |_| at(run)),
            Told::Way(at) => {
                let (step, way) = self.step?.rsplit_once('/')?;
                self.last(run, Some(step), Some(way), |record| at(run, record))
            }
        }
    }

    /// When it happened last at the step, or at any.
    fn last(
        &self,
        run: &Run,
        step: Option<&str>,
        way: Option<&str>,
        at: impl Fn(&StepRecord) -> Option<i64>,
    ) -> Option<i64> {
        let is_it = |record: &&StepRecord| {
            step.is_none_or(|step| record.step == step)
                && record.outcome.way() == way
                && (self.variant.is_none() || record.variant.as_deref() == self.variant)
                && self.is_of(record.version)
        };
        let records = run.steps.iter().filter(is_it);
        records
            .filter_map(at)
            .filter(|at| self.is_within(*at))
            .max()
    }

    fn is_within(&self, at: i64) -> bool {
        self.within.0 <= at && at < self.within.1
    }

    fn is_of(&self, version: u32) -> bool {
        self.version.is_none_or(|wanted| wanted == version)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::series::Reactions;

    fn record(step: &str, at: i64, outcome: &Outcome) -> StepRecord {
        let json = serde_json::json!({
            "step": step, "version": 2, "at": at, "outcome": outcome,
            "reactions": Reactions { clicked: Some(at + 1), ..Reactions::default() },
            "converted": at + 2, "variant": null,
        });
        serde_json::from_value(json).unwrap()
    }

    fn run(state: RunState, held_out: bool, steps: Vec<StepRecord>) -> Run {
        Run {
            entry: 1,
            version: 2,
            entered_at: 10,
            before: Vec::new(),
            key: 0,
            event: BTreeMap::new(),
            held_out,
            state,
            steps,
            converted: Some(90),
            resumed: 0,
            skips_before: None,
            checks: 0,
        }
    }

    #[test]
    fn a_number_is_told_from_the_runs_that_are_kept() {
        let exited = RunState::Exited {
            at: 50,
            reason: ExitReason::ExitCondition,
        };
        let steps = vec![
            record("ask", 20, &Outcome::Took("yes".to_owned())),
            record("mail", 30, &Outcome::Sent),
            record("push", 40, &Outcome::Undelivered("gone".to_owned())),
        ];
        let mut person = Person::new("ada");
        let runs = vec![
            run(exited, false, steps),
            run(RunState::Finished { at: 70 }, false, Vec::new()),
            run(RunState::HeldOut { until: 80 }, true, Vec::new()),
        ];
        person.runs.insert("s".to_owned(), runs);
        let always = Number {
            series: "s",
            metric: Metric::Entered,
            step: None,
            variant: None,
            version: None,
            within: (i64::MIN, i64::MAX),
        };
        let told = |number: Number, expected: &[i64]| {
            assert_eq!(number.of(&person), expected, "{number:?}");
        };
        let check = |metric, step, version, expected| {
            let number = Number {
                metric,
                step,
                version,
                ..always
            };
            told(number, expected);
        };
        check(Metric::Entered, None, None, &[10, 10]);
        check(Metric::Entered, None, Some(2), &[10, 10]);
        check(Metric::Entered, None, Some(1), &[]);
        check(Metric::HeldOut, None, None, &[10]);
        check(Metric::ReEngaged, None, None, &[50]);
        check(Metric::Finished, None, None, &[70]);
        check(Metric::Converted, None, None, &[90, 90]);
        check(Metric::HeldOutConverted, None, None, &[90]);
        check(Metric::Sent, Some("mail"), None, &[30]);
        check(Metric::Sent, Some("mail"), Some(1), &[]);
        check(Metric::Clicked, Some("mail"), None, &[31]);
        check(Metric::Converted, Some("mail"), None, &[32]);
        check(Metric::Undelivered, Some("push"), None, &[40]);
        check(Metric::Took, Some("ask/yes"), None, &[20]);
        check(Metric::Took, Some("ask/no"), None, &[]);
        check(Metric::Converted, Some("ask/yes"), None, &[90]);
        check(Metric::Sent, None, None, &[30]);
        check(Metric::Clicked, None, None, &[41]);
        check(Metric::Entered, Some("mail"), None, &[]);
        check(Metric::Took, None, None, &[]);
        check(Metric::Matched, None, None, &[]);
        let clicked = |within| Number {
            metric: Metric::Clicked,
            within,
            ..always
        };
        told(clicked((0, 41)), &[31]);
        told(clicked((41, 42)), &[41]);
        told(clicked((42, 99)), &[]);
        let entered = |within| Number { within, ..always };
        told(entered((10, 11)), &[10, 10]);
        told(entered((11, 99)), &[]);
    }
}
