//! Keeps who is in which segment and audience, and when each can change by itself.
//! Lets no one in or out of a series.

use super::Machine;
use crate::series::{
    definition::{Published, Series},
    effect::{Effect, Metric},
    person::{Run, RunState},
    spec::{Entry, Reentry},
};

impl Machine<'_> {
    pub(super) fn memberships(&mut self) {
        let definitions = self.definitions;
        for (place, (id, rule)) in definitions.segments.iter().enumerate() {
            if !self.is_concerned(place) {
                continue;
            }
            let holds = rule.eval(&self.person.facts(self.zones), self.now);
            if holds != self.person.segments.contains_key(id) {
                self.member(id.clone(), holds);
            }
        }
        if self.concerned.all {
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
        let since = holds.then_some(self.now);
        match since {
            Some(since) => self.person.segments.insert(segment.clone(), since),
            None => self.person.segments.remove(&segment),
        };
        self.effects.push(Effect::Membership { segment, since });
    }

    /// Keeps who matches which audience. `baseline`: before the input, with new definitions.
    pub(super) fn audiences(&mut self, baseline: bool) {
        let definitions = self.definitions;
        if self.concerned.all {
            let audiences = &mut self.person.audiences;
            audiences.retain(|id, _| definitions.series.contains_key(id));
        }
        for (place, (id, published)) in definitions.places() {
            if !self.is_concerned(place) {
                continue;
            }
            let Some(series) = published.newest() else {
                continue;
            };
            if baseline && series.entry == Entry::ExistingAndFuture {
                continue;
            }
            let facts = self.person.facts(self.zones);
            if !series.audience.eval(&facts, self.now) {
                self.person.audiences.remove(id);
            } else if !self.person.audiences.contains_key(id) {
                // Those who were there before a series for newcomers are marked as too early.
                let since = if baseline { i64::MIN } else { self.now };
                self.person.audiences.insert(id.clone(), since);
                if !baseline {
                    self.count(id, published.current, None, Metric::Matched);
                }
            }
        }
    }

    /// Notes when each segment and series that was looked at can change by the passing of time.
    pub(super) fn keep_watch(&mut self) {
        let definitions = self.definitions;
        for (place, rule) in definitions.segments.values().enumerate() {
            if self.is_concerned(place) {
                let flip = rule.next_flip(&self.person.facts(self.zones), self.now);
                self.set_flip(place, flip);
            }
        }
        for (place, (id, _)) in definitions.places() {
            if self.is_concerned(place) {
                let flip = self.series_flip(id);
                self.set_flip(place, flip);
            }
        }
        self.person.due = self.person.flips.iter().copied().flatten().min();
    }

    fn set_flip(&mut self, place: usize, flip: Option<i64>) {
        if let Some(slot) = self.person.flips.get_mut(place) {
            *slot = flip;
        }
    }

    fn series_flip(&self, id: &str) -> Option<i64> {
        let published = self.definitions.series.get(id)?;
        let runs = self.person.runs.get(id).map_or(&[][..], Vec::as_slice);
        let moves = (0..runs.len()).filter_map(|number| self.run_flip(published, runs, number));
        let enters = published.newest().and_then(|series| {
            let facts = self.person.facts(self.zones);
            let matches = series.audience.next_flip(&facts, self.now);
            let may_enter = self.entry_flip(id, series, published.paused);
            earliest(matches, may_enter)
        });
        moves.chain(enters).min()
    }

    /// When a run moves on.
    fn run_flip(&self, published: &Published, runs: &[Run], number: usize) -> Option<i64> {
        let run = runs.get(number)?;
        let exit = Run::that_may_exit(runs, number, self.now)
            .and_then(|run| published.versions.get(&run.version)?.exit.as_ref())
            .and_then(|exit| exit.next_flip(&self.person.facts_since(run, self.zones), self.now));
        let due = match &run.state {
            RunState::Waiting { due, .. } if !published.paused => Some(*due),
            RunState::Waiting { .. } | RunState::Finished { .. } | RunState::Exited { .. } => None,
        };
        earliest(exit, due)
    }

    /// When one who matches and is not in may enter.
    fn entry_flip(&self, id: &str, series: &Series, paused: bool) -> Option<i64> {
        if !self.person.audiences.contains_key(id) {
            return None;
        }
        let latest = self.person.runs.get(id).and_then(|runs| runs.last());
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
        exit.next_flip(&self.person.facts_on_entry(self.zones), self.now)
    }
}

fn earliest(left: Option<i64>, right: Option<i64>) -> Option<i64> {
    left.into_iter().chain(right).min()
}
