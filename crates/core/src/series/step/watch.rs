//! Keeps who is in which segment and audience, and when each can change by itself.
//! Lets no one in or out of a series.

use super::{Looked, Machine};
use crate::series::{
    definition::{Gate, Published, Series, membership},
    effect::{Effect, Metric},
    person::{IMPORTED, Outcome, Run, RunState, StepRecord},
    spec::Reentry,
};

impl Machine<'_> {
    /// Keeps who is in which segment.
    pub(super) fn memberships(&mut self) {
        let definitions = self.definitions;
        for (place, (id, rule)) in definitions.segments.iter().enumerate() {
            if !self.is_concerned(place, |sign| self.is_ridden_out(rule, sign)) {
                continue;
            }
            self.look();
            // Where attributes are set later, there is another round.
            let (holds, until) = rule.hold(&self.person.facts(self.zone), self.now);
            self.set_flip(place, until);
            if holds != self.person.segments.contains_key(id) {
                self.member(id.clone(), holds);
            }
        }
        if self.is_new() {
            let is_gone = |id: &&String| !definitions.segments.contains_key(*id);
            let gone: Vec<String> = self
                .person
                .segments
                .keys()
                .filter(is_gone)
                .cloned()
                .collect();
            for segment in gone {
                self.member(segment, false);
            }
        }
    }

    fn member(&mut self, segment: String, holds: bool) {
        self.followed = self.followed.and(membership(&segment));
        let since = holds.then_some(self.now);
        match since {
            Some(since) => self.person.segments.insert(segment.clone(), since),
            None => self.person.segments.remove(&segment),
        };
        self.effects.push(Effect::Membership { segment, since });
    }

    /// Notes who matches a series for newcomers already, before the input, with new definitions.
    pub(super) fn baselines(&mut self) {
        let definitions = self.definitions;
        for (id, published) in &definitions.series {
            let newest = published.newest();
            let newest = newest.filter(|series| series.is_for_newcomers());
            if newest.is_some_and(|series| self.matches(series)) {
                // Those who were there before are marked as too early.
                let audiences = &mut self.person.audiences;
                audiences.entry(id.clone()).or_insert(i64::MIN);
            } else if newest.is_some() || self.person.audiences.get(id) == Some(&i64::MIN) {
                // They do not match, or none is too early any more.
                self.person.audiences.remove(id);
            }
        }
    }

    /// Keeps who matches which audience.
    pub(super) fn audiences(&mut self) {
        let definitions = self.definitions;
        if self.is_new() {
            let audiences = &mut self.person.audiences;
            audiences.retain(|id, _| definitions.series.contains_key(id));
        }
        self.each_series(Self::audience);
    }

    fn audience(&mut self, Looked { id, published, .. }: Looked<'_>) {
        let Some(series) = published.newest() else {
            return;
        };
        if !self.matches(series) {
            self.person.audiences.remove(id);
        } else if !self.person.audiences.contains_key(id) {
            let enters = matches!(series.entry, Gate::Match { .. });
            let keeps_out = enters && self.is_imported;
            let since = if keeps_out { IMPORTED } else { self.now };
            self.person.audiences.insert(id.to_owned(), since);
            if enters && !keeps_out {
                self.count(id, published.current, None, Metric::Matched);
            }
        }
    }

    /// Whether the person matches the audience. Who is in a segment has been decided before.
    pub(super) fn matches(&self, series: &Series) -> bool {
        match &series.segment {
            Some(segment) => self.person.segments.contains_key(segment),
            None => series
                .audience
                .eval(&self.person.facts(self.zone), self.now),
        }
    }

    /// Notes when each series that was looked at can change by the passing of time.
    pub(super) fn keep_watch(&mut self) {
        self.find_series();
        self.each_series(|machine, looked| {
            let flip = machine.series_flip(looked.id, looked.published);
            machine.set_flip(looked.place, flip);
        });
        self.person.due = self.person.flips.iter().copied().flatten().min();
    }

    pub(super) fn set_flip(&mut self, place: usize, flip: Option<i64>) {
        if let Some(slot) = self.person.flips.get_mut(place) {
            *slot = flip;
        }
    }

    fn series_flip(&self, id: &str, published: &Published) -> Option<i64> {
        let runs = self.runs(id);
        let moves = (0..runs.len()).filter_map(|number| self.run_flip(published, runs, number));
        let enters = published.newest().and_then(|series| {
            // Who is in a segment is watched there.
            let own = series.segment.is_none().then_some(&series.audience);
            let facts = self.person.facts(self.zone);
            let matches = own.and_then(|audience| audience.hold(&facts, self.now).1);
            earliest([matches, self.entry_flip(id, series, published.paused)])
        });
        moves.chain(enters).min()
    }

    /// When a run moves on.
    fn run_flip(&self, published: &Published, runs: &[Run], number: usize) -> Option<i64> {
        let run = runs.get(number)?;
        let moves = run.due().filter(|_| !published.paused || run.is_held_out());
        let series = published.versions.get(&run.version);
        let rules = series.and_then(|series| {
            let ends = Run::that_may_exit(runs, number, self.now)
                .and_then(|run| self.exit_flip(published, series, run));
            let goals = self.goal_flip(published, series, runs, number);
            let met = run
                .step()
                .filter(|_| matches!(run.state, RunState::Holding { .. }) && !published.paused)
                .and_then(|step| series.step(step)?.1.waits_for())
                .and_then(|rule| {
                    rule.hold(&self.person.facts_since(run, self.zone), self.now)
                        .1
                });
            earliest([ends, goals, met])
        });
        let delayed = || {
            run.steps
                .iter()
                .filter_map(|record| live_flip(published, record))
        };
        let delayed = delayed().min().filter(|_| !published.paused);
        let checked = run.checked_at().filter(|_| self.counts_absence());
        earliest([moves, rules, delayed, checked])
    }

    fn exit_flip(&self, published: &Published, series: &Series, run: &Run) -> Option<i64> {
        let facts = self.person.facts_since(run, self.zone);
        let exit = series.exit.as_ref();
        let exit = exit.and_then(|exit| exit.hold(&facts, self.now).1);
        // The audience of the version that people enter is watched in any case.
        let is_own = series.exit_when_left
            && series.segment.is_none()
            && run.is_open()
            && run.version != published.current;
        let facts = self.person.facts(self.zone);
        let left = is_own.then(|| series.audience.hold(&facts, self.now).1);
        earliest([exit, left.flatten()])
    }

    fn goal_flip(
        &self,
        published: &Published,
        series: &Series,
        runs: &[Run],
        number: usize,
    ) -> Option<i64> {
        let run = runs.get(number).filter(|_| published.has_goals())?;
        let own = series
            .goal
            .as_ref()
            .filter(|goal| run.may_convert(goal, self.now) && Run::is_latest(runs, number))
            .and_then(|goal| {
                let facts = self.person.facts_since(run, self.zone);
                let flip = goal.rule.hold(&facts, self.now).1?;
                (flip <= run.entered_at.saturating_add(goal.within_ms)).then_some(flip)
            });
        let of_messages = run.steps.iter().filter_map(|record| {
            let goal = published.recorded(record)?.goal()?;
            if !record.may_convert(goal, self.now) {
                return None;
            }
            let flip = goal.rule.hold(&self.facts_from(record.at), self.now).1?;
            (flip <= record.at.saturating_add(goal.within_ms)).then_some(flip)
        });
        of_messages.chain(own).min()
    }

    /// When one who matches and is not in may enter.
    fn entry_flip(&self, id: &str, series: &Series, paused: bool) -> Option<i64> {
        if matches!(series.entry, Gate::Event { .. }) || !self.person.audiences.contains_key(id) {
            return None;
        }
        let latest = self.person.latest_run(id);
        let at = match (series.reentry, latest.map(Run::left_at)) {
            (_, None) => self.now,
            (Reentry::After(span), Some(Some(left))) => left.saturating_add(span.0),
            (Reentry::After(_) | Reentry::Never, Some(_)) => return None,
        };
        if at > self.now {
            return Some(at);
        }
        // Who may enter and has not is held off by the exit condition: wait for it to end.
        let exit = series.exit.as_ref().filter(|_| !paused)?;
        exit.hold(&self.person.facts_on_entry(self.zone), self.now)
            .1
    }
}

impl Series {
    /// Whether those who matched before it was published stay outside.
    fn is_for_newcomers(&self) -> bool {
        matches!(self.entry, Gate::Match { existing: false })
    }
}

/// When an in-app message that is held back is asked for again.
fn live_flip(published: &Published, record: &StepRecord) -> Option<i64> {
    let Outcome::Delayed { until, .. } = record.outcome else {
        return None;
    };
    published.recorded(record)?.in_app().map(|_| until)
}

/// The earliest of these instants.
fn earliest<const N: usize>(instants: [Option<i64>; N]) -> Option<i64> {
    let earlier = |one: Option<i64>, other: Option<i64>| match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    instants.into_iter().fold(None, earlier)
}
