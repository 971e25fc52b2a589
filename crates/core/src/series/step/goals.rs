//! Notes what came of runs and messages: goals that were reached, people who stayed away.
//! Moves no one.

use super::{Keeps, Looked, Machine};
use crate::series::{
    definition::{Action, Goal, Published, Step},
    effect::{Metric, way_id},
    person::{Run, StepRecord},
};
use crate::{history::View, rule::Facts, window::DAY_MS};

/// After how many days of absence since entry someone counts as churned.
const CHURN_DAYS: [i64; 3] = [30, 60, 90];

/// What is counted after each of them: for one who stayed away or was seen, in a run or held out.
const CHURN_METRICS: [[Metric; 4]; 3] = [
    [
        Metric::Churned30,
        Metric::Stayed30,
        Metric::HeldOutChurned30,
        Metric::HeldOutStayed30,
    ],
    [
        Metric::Churned60,
        Metric::Stayed60,
        Metric::HeldOutChurned60,
        Metric::HeldOutStayed60,
    ],
    [
        Metric::Churned90,
        Metric::Stayed90,
        Metric::HeldOutChurned90,
        Metric::HeldOutStayed90,
    ],
];

impl Machine<'_> {
    /// Notes the goals that have come true.
    pub(super) fn goals(&mut self, Looked { id, published, .. }: Looked<'_>) {
        if !published.has_goals() {
            return;
        }
        for number in 0..self.runs(id).len() {
            let version = self.runs(id).get(number).map_or(0, |run| run.version);
            let Some(series) = published.versions.get(&version) else {
                continue;
            };
            if let Some(goal) = &series.goal {
                self.goal(id, number, goal);
            }
            self.goals_of_messages(id, published, number);
        }
    }

    fn goal(&mut self, id: &str, number: usize, goal: &Goal) {
        let Some(run) = self.runs(id).get(number) else {
            return;
        };
        let has_come = run.may_convert(goal, self.now)
            && Run::is_latest(self.runs(id), number)
            && goal
                .rule
                .eval(&self.person.facts_since(run, self.zone), self.now);
        if !has_come {
            return;
        }
        let (at, version, held_out) = (self.reached_at(run.entered_at), run.version, run.held_out);
        // The ways that led here share in it.
        let ways: Vec<String> = run
            .steps
            .iter()
            .filter_map(|record| Some(way_id(&record.step, record.outcome.way()?)))
            .collect();
        let tested: Vec<usize> = self.without_goals_of_their_own(id, run);
        if let Some(run) = self.run_mut(id, number) {
            run.converted = Some(at);
        }
        if held_out {
            self.count(id, version, None, Metric::HeldOutConverted);
            return;
        }
        self.count(id, version, None, Metric::Converted);
        for way in ways {
            self.count(id, version, Some(&way), Metric::Converted);
        }
        for place in tested {
            self.count_variant(id, number, place, Metric::Converted);
        }
    }

    /// The places of the messages of a run for which the goal of the series stands in.
    fn without_goals_of_their_own(&self, id: &str, run: &Run) -> Vec<usize> {
        let has_own = |record| {
            let step = self.definitions.recorded(id, record);
            step.is_some_and(|step| step.goal().is_some())
        };
        let places = run.steps.iter().enumerate();
        let without = places.filter(|(_, record)| !has_own(record));
        without.map(|(place, _)| place).collect()
    }

    fn goals_of_messages(&mut self, id: &str, published: &Published, number: usize) {
        let records = self.runs(id).get(number).map_or(0, |run| run.steps.len());
        for place in 0..records {
            let run = self.runs(id).get(number);
            let Some(record) = run.and_then(|run| run.steps.get(place)) else {
                continue;
            };
            let Some(goal) = published.recorded(record).and_then(Step::goal) else {
                continue;
            };
            let has_come = record.may_convert(goal, self.now)
                && goal.rule.eval(&self.facts_from(record.at), self.now);
            if !has_come {
                continue;
            }
            let at = self.reached_at(record.at);
            let run = self.run_mut(id, number);
            if let Some(record) = run.and_then(|run| run.steps.get_mut(place)) {
                record.converted = Some(at);
            }
            self.count_record(id, number, place, Metric::Converted);
        }
    }

    /// When what has just come true did: at the event that arrives, or now.
    fn reached_at(&self, since: i64) -> i64 {
        let happened = self.happened.as_ref().map(|happened| happened.at);
        happened
            .filter(|at| (since..=self.now).contains(at))
            .unwrap_or(self.now)
    }

    /// What a rule sees of them from an instant on.
    pub(super) fn facts_from(&self, at: i64) -> Facts<'_> {
        Facts {
            history: View::since(&self.person.history, at, &[]),
            ..self.person.facts(self.zone)
        }
    }

    /// Counts those who stayed away since they entered, at the instants at which that is known.
    ///
    /// Asked before an input is taken in: one that comes after such an instant is no sign of life
    /// before it.
    pub(super) fn check_churn(&mut self) {
        if !self.counts_absence() {
            return;
        }
        let definitions = self.definitions;
        for id in definitions.series.keys() {
            for number in 0..self.runs(id).len() {
                while self.check_run(id, number) {}
            }
        }
    }

    /// Whether anyone asks who stayed away: where nothing is sent, they stay away from nothing.
    pub(super) fn counts_absence(&self) -> bool {
        self.keeps == Keeps::Everything
    }

    fn check_run(&mut self, id: &str, number: usize) -> bool {
        let (now, last_seen) = (self.now, self.person.last_seen);
        let Some(run) = self.run_mut(id, number) else {
            return false;
        };
        if run.checked_at().is_none_or(|at| at > now) {
            return false;
        }
        let Some(metrics) = CHURN_METRICS.get(usize::from(run.checks)) else {
            return false;
        };
        let [churned, stayed, held_out_churned, held_out_stayed] = *metrics;
        let was_seen = last_seen.is_some_and(|seen| seen > run.entered_at);
        let metric = match (was_seen, run.held_out) {
            (false, false) => churned,
            (true, false) => stayed,
            (false, true) => held_out_churned,
            (true, true) => held_out_stayed,
        };
        run.checks += 1;
        let version = run.version;
        self.count(id, version, None, metric);
        true
    }
}

impl Run {
    /// Whether the goal of the series can still be reached in it.
    pub(super) fn may_convert(&self, goal: &Goal, now: i64) -> bool {
        self.converted.is_none() && now <= self.entered_at.saturating_add(goal.within_ms)
    }

    /// When it is next looked whether the person has been seen since they entered.
    pub(super) fn checked_at(&self) -> Option<i64> {
        let days = CHURN_DAYS.get(usize::from(self.checks))?;
        Some(self.entered_at.saturating_add(days * DAY_MS))
    }
}

impl StepRecord {
    /// Whether the goal of the message can still be reached.
    pub(super) fn may_convert(&self, goal: &Goal, now: i64) -> bool {
        self.converted.is_none()
            && self.outcome.has_reached()
            && now <= self.at.saturating_add(goal.within_ms)
    }
}

impl Step {
    /// What its message is for.
    pub(in crate::series) fn goal(&self) -> Option<&Goal> {
        match &self.action {
            Action::Message { goal, .. } => goal.as_ref(),
            Action::Wait(_)
            | Action::Branch { .. }
            | Action::Split(_)
            | Action::Set(_)
            | Action::Exit => None,
        }
    }
}
