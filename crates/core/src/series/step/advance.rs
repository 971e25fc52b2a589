//! Moves runs on: waits, branches, splits, attributes; and lets messages fire, one after another.
//! Says nothing itself: `message` does.

use super::{Looked, Machine, enter::waiting};
use crate::{
    rule::{Attribute, Change},
    series::{
        chance::take_way,
        definition::{Action, MET, NO, Path, Series, Set, Step, TIMED_OUT, Wait, YES},
        effect::{Metric, way_id},
        person::{ATTRIBUTES_MAX, ExitReason, Outcome, Run, RunState, SkipReason, TIMEZONE},
        policy::{priority::Contender, timing},
    },
    value::Value,
};

/// The attribute that is a list of tags.
const TAGS: &str = "tags";

// LIMIT: more tags than any list of them can show; a step that would add one more adds none.
/// How many tags a person may have.
pub(crate) const TAGS_MAX: usize = 500;

/// A step that is due.
pub(super) struct Due<'a> {
    pub(super) id: &'a str,
    pub(super) number: usize,
    pub(super) version: u32,
    pub(super) series: &'a Series,
    pub(super) step: &'a Step,
    /// When it fell due, Unix ms.
    pub(super) at: i64,
    /// Since when its message is held back, if it is.
    pub(super) held_since: Option<i64>,
}

impl<'a> Machine<'a> {
    /// Moves on every run that can move; whether attributes were set on the way, so that others are
    /// concerned.
    ///
    /// Messages that are due at the same instant fire in the order of their priority: the first
    /// takes the room that a cap leaves.
    pub(super) fn advance(&mut self) -> bool {
        let mut has_set = false;
        self.each_series(Self::revive);
        loop {
            let mut first: Option<(Contender<'a>, Due<'a>)> = None;
            self.find_series();
            let series = std::mem::take(&mut self.series);
            for Looked { id, published, .. } in series.iter() {
                for number in 0..self.runs(id).len() {
                    if published.paused && !self.is_held_out_run(id, number) {
                        continue;
                    }
                    while let Some(due) = self.due(id, number) {
                        if due.step.message().is_none() {
                            has_set |= self.pass(&due);
                            continue;
                        }
                        let contender = due.contender();
                        if first.as_ref().is_none_or(|(other, _)| contender < *other) {
                            first = Some((contender, due));
                        }
                        break;
                    }
                }
            }
            self.series = series;
            match first {
                Some((_, due)) => self.say(&due),
                None => return has_set,
            }
        }
    }

    fn is_held_out_run(&self, id: &str, number: usize) -> bool {
        self.runs(id).get(number).is_some_and(Run::is_held_out)
    }

    /// The step at which a run can move on now. Ends what has nowhere to move.
    fn due(&mut self, id: &'a str, number: usize) -> Option<Due<'a>> {
        let run = self.runs(id).get(number)?;
        let (version, at) = (run.version, run.due()?);
        let definitions = self.definitions;
        let series = definitions.series(id, version);
        if let RunState::HeldOut { until } = run.state {
            if until <= self.now
                && let Some(run) = self.run_mut(id, number)
            {
                run.state = RunState::Finished { at: until };
            }
            return None;
        }
        let Some((series, step)) =
            series.and_then(|series| Some((series, series.step(run.step()?)?.1)))
        else {
            if at <= self.now {
                self.leave(id, number, ExitReason::StepGone);
            }
            return None;
        };
        let due = Due {
            id,
            number,
            version,
            series,
            step,
            at,
            held_since: run.held_since(),
        };
        let is_met = matches!(run.state, RunState::Holding { .. }) && self.is_met(&due);
        (at <= self.now || is_met).then_some(due)
    }

    /// Whether the rule that a run waits for holds.
    fn is_met(&self, due: &Due<'_>) -> bool {
        let Some(test) = due.step.waits_for() else {
            return false;
        };
        let run = self.runs(due.id).get(due.number);
        run.is_some_and(|run| test.eval(&self.person.facts_since(run, self.zone), self.now))
    }

    /// Moves a run past a step that says nothing; whether attributes were set.
    fn pass(&mut self, due: &Due<'a>) -> bool {
        let Due { step, .. } = *due;
        let run = self.runs(due.id).get(due.number);
        let is_holding = run.is_some_and(|run| matches!(run.state, RunState::Holding { .. }));
        if !is_holding && !self.is_targeted(step) {
            self.record(due, Outcome::Skipped(SkipReason::NotTargeted));
            self.count(due.id, due.version, Some(&step.id), Metric::Skipped);
            self.go(due, step.next);
            return false;
        }
        match &step.action {
            Action::Wait(wait) if !is_holding => {
                let until = self.until(wait, self.base(due));
                self.set_state(
                    due,
                    RunState::Holding {
                        step: step.id.clone(),
                        until,
                    },
                );
            }
            Action::Wait(Wait::For(_) | Wait::Until { .. }) => {
                self.record(due, Outcome::Passed);
                self.go(due, step.next);
            }
            Action::Wait(Wait::Rule { met, timed_out, .. }) => {
                let (way, next) = if self.is_met(due) {
                    (MET, *met)
                } else {
                    (TIMED_OUT, *timed_out)
                };
                self.take(due, way, next);
            }
            Action::Branch { test, yes, no } => {
                let holds = test.eval(&self.person.facts(self.zone), self.now);
                let (way, next) = if holds { (YES, *yes) } else { (NO, *no) };
                self.take(due, way, next);
            }
            Action::Split(paths) => self.split(due, paths),
            Action::Set(set) => {
                self.record(due, Outcome::Passed);
                self.go(due, step.next);
                return self.set(due, set);
            }
            Action::Exit => {
                self.record(due, Outcome::Passed);
                self.leave(due.id, due.number, ExitReason::ExitStep);
            }
            // Messages fire in their order, one at a time.
            Action::Message { .. } => self.go(due, step.next),
        }
        false
    }

    /// Whether a step is for them.
    pub(super) fn is_targeted(&self, step: &Step) -> bool {
        let mut when = step.when.iter();
        when.all(|when| when.eval(&self.person.facts(self.zone), self.now))
    }

    /// From when on what comes after a step counts: now; or when it fell due, where a pause is
    /// passed over.
    pub(super) fn base(&self, due: &Due<'_>) -> i64 {
        if self.is_passed_over(due) {
            due.at
        } else {
            self.now
        }
    }

    /// Whether a step fell due in a pause whose messages are passed over.
    pub(super) fn is_passed_over(&self, due: &Due<'_>) -> bool {
        let run = self.runs(due.id).get(due.number);
        run.and_then(|run| run.skips_before)
            .is_some_and(|before| due.at < before)
    }

    fn until(&self, wait: &Wait, from: i64) -> i64 {
        match wait {
            Wait::For(span) => from.saturating_add(*span),
            Wait::Until { time, days } => timing::next(from, *time, *days, self.zone),
            Wait::Rule { timeout_ms, .. } => from.saturating_add(*timeout_ms),
        }
    }

    fn set_state(&mut self, due: &Due<'_>, state: RunState) {
        if let Some(run) = self.run_mut(due.id, due.number) {
            run.state = state;
        }
    }

    pub(super) fn record(&mut self, due: &Due<'_>, outcome: Outcome) {
        self.record_given(due, outcome, None);
    }

    /// Lets a run wait for the next step, or finish.
    pub(super) fn go(&mut self, due: &Due<'_>, next: Option<usize>) {
        let next = next.and_then(|place| due.series.steps.get(place));
        let state = match next {
            Some(next) => waiting(next, self.base(due)),
            None => RunState::Finished { at: self.now },
        };
        self.set_state(due, state);
        if next.is_none() {
            self.count(due.id, due.version, None, Metric::Finished);
        }
    }

    fn take(&mut self, due: &Due<'_>, way: &str, next: Option<usize>) {
        self.took(due, way);
        self.go(due, next);
    }

    fn took(&mut self, due: &Due<'_>, way: &str) {
        self.record(due, Outcome::Took(way.to_owned()));
        let way = way_id(&due.step.id, way);
        self.count(due.id, due.version, Some(&way), Metric::Took);
    }

    fn split(&mut self, due: &Due<'_>, paths: &[Path]) {
        let path = take_way(paths, due.id, &due.step.id, self.person);
        let Some(path) = path else {
            self.go(due, due.step.next);
            return;
        };
        if !path.holdout {
            self.take(due, &path.name, path.next);
            return;
        }
        self.took(due, &path.name);
        let rest = due
            .series
            .steps
            .iter()
            .position(|step| step.id == due.step.id);
        let rest = rest.map_or(0, |place| due.series.longest_from(place));
        let until = self.now.saturating_add(rest);
        self.set_state(due, RunState::HeldOut { until });
    }

    /// Sets attributes and tags as of now; whether any is another than before.
    fn set(&mut self, due: &Due<'_>, set: &Set) -> bool {
        let texts = set.texts.iter().filter_map(|(name, template)| {
            let text = self.fill(due, template, crate::liquid::Sink::Plain).ok()?;
            Some((name.as_str(), Value::Text(text)))
        });
        let texts: Vec<(&str, Value)> = texts.collect();
        let tags = self.tags(set);
        let mut has_set = false;
        for (name, value) in &set.values {
            has_set |= self.set_attribute(name, value);
        }
        for (name, value) in &texts {
            has_set |= self.set_attribute(name, value);
        }
        if let Some(tags) = &tags {
            has_set |= self.set_attribute(TAGS, tags);
        }
        has_set
    }

    fn tags(&self, set: &Set) -> Option<Value> {
        if set.add_tags.is_empty() && set.remove_tags.is_empty() {
            return None;
        }
        let mut tags = match self.person.value(TAGS) {
            Some(Value::List(tags)) => tags.clone(),
            _ => Vec::new(),
        };
        let is_removed = |tag: &Value| {
            set.remove_tags
                .iter()
                .any(|name| *tag == name.as_str().into())
        };
        tags.retain(|tag| !is_removed(tag));
        for tag in &set.add_tags {
            let tag = Value::from(tag.as_str());
            if !tags.contains(&tag) && tags.len() < TAGS_MAX {
                tags.push(tag);
            }
        }
        Some(Value::List(tags))
    }

    /// Sets an attribute as of now; whether it is another than before.
    pub(super) fn set_attribute(&mut self, name: &str, value: &Value) -> bool {
        let at = self.now;
        self.set_attribute_at(name, value, at)
    }

    /// Sets an attribute as of an instant, unless it was set for a later one; whether it is another
    /// than before.
    pub(super) fn set_attribute_at(&mut self, name: &str, value: &Value, at: i64) -> bool {
        let attributes = &mut self.person.attributes;
        if let Some(known) = attributes.get_mut(name) {
            if known.at > at {
                return false;
            }
            known.at = at;
            if known.value == *value {
                return false;
            }
            known.value = value.clone();
        } else if attributes.len() < ATTRIBUTES_MAX {
            let value = value.clone();
            attributes.insert(name.to_owned(), Attribute { value, at });
        } else {
            return false;
        }
        let mut change = Change::attribute(name);
        if name == TIMEZONE {
            change = change.and(Change::ZONE);
        }
        self.followed = self.followed.and(change);
        true
    }
}

impl<'a> Due<'a> {
    fn contender(&self) -> Contender<'a> {
        Contender {
            priority: self.series.policies.priority,
            since: self.held_since.unwrap_or(self.at),
            series: self.id,
            step: &self.step.id,
        }
    }
}
