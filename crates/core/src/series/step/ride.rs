//! Tells the inputs that move no one: a sign of life of someone who is there all the time.
//! Decides nothing; where it is not sure, it leaves that to the decision.

use super::Machine;
use crate::{
    rule::{Change, Program},
    series::{
        definition::{Gate, Published, Series},
        person::{Outcome, REENGAGEMENT_MS, Run, RunState},
        spec::Reentry,
    },
};

/// The first and the newest activity before an input.
pub(super) type SeenBefore = (Option<i64>, Option<i64>);

impl Machine<'_> {
    /// Whether the input only showed that the person is there, and no segment, audience or run
    /// cares. What is waited for then stays as it is, or comes later: see [`Program::rides_out`].
    pub(super) fn rides_out(&self, (first, last): SeenBefore) -> bool {
        let Some((before, after)) = last.zip(self.person.last_seen) else {
            return false;
        };
        let is_sign_of_life = self.concerned.change.meets(Change::SEEN)
            && self.concerned.place.is_none()
            && !self.is_new();
        if !is_sign_of_life || first != self.person.first_seen {
            return false;
        }
        let definitions = self.definitions;
        let mut segments = definitions.segments.values().enumerate();
        segments
            .all(|(place, rule)| !self.is_touched(place) || self.is_ridden_out(rule, before, after))
            && definitions.places().all(|(place, (id, published))| {
                !self.is_touched(place) || self.series_rides_out(id, published, before, after)
            })
    }

    fn is_touched(&self, place: usize) -> bool {
        self.definitions
            .index
            .concerns(place, self.concerned.change)
    }

    fn is_ridden_out(&self, rule: &Program, before: i64, after: i64) -> bool {
        let others = self.concerned.change.without(Change::SEEN);
        !rule.depends().meets(others) && rule.rides_out(before, after, self.now)
    }

    fn series_rides_out(&self, id: &str, published: &Published, before: i64, after: i64) -> bool {
        let audience_stays = published.newest().is_none_or(|series| {
            // Who is in a segment has been looked at.
            let matches_on =
                series.segment.is_some() || self.is_ridden_out(&series.audience, before, after);
            matches_on && !self.is_let_in(series) && !self.is_held_off_now(id, series)
        });
        let runs = self.runs(id);
        audience_stays
            && runs.iter().enumerate().all(|(number, run)| {
                let series = published.versions.get(&run.version);
                series.is_none_or(|series| {
                    !series.depends_in_run().meets(self.concerned.change)
                        || run.is_over(series, Run::is_latest(runs, number), self.now)
                })
            })
    }

    /// Whether the event of this input may let them in.
    fn is_let_in(&self, series: &Series) -> bool {
        match &series.entry {
            Gate::Event { name, .. } => {
                let happened = self.happened.as_ref();
                happened.is_some_and(|happened| happened.name == name)
            }
            Gate::Match { .. } => false,
        }
    }

    /// Whether only the exit condition may keep them outside, if anything does.
    fn is_held_off_now(&self, id: &str, series: &Series) -> bool {
        let latest = self.person.latest_run(id).map(Run::left_at);
        let may_enter = match (series.reentry, latest) {
            (_, None) | (Reentry::After(_), Some(Some(_))) => true,
            (Reentry::Never, Some(_)) | (Reentry::After(_), Some(None)) => false,
        };
        may_enter && self.person.audiences.contains_key(id)
    }
}

impl Run {
    /// Whether nothing that happens can move it, or be shown in it, any more.
    fn is_over(&self, series: &Series, is_latest: bool, now: i64) -> bool {
        let has_ended = match self.state {
            RunState::Waiting { .. }
            | RunState::Holding { .. }
            | RunState::Held { .. }
            | RunState::HeldOut { .. } => false,
            RunState::Finished { at } => !is_latest || now > at.saturating_add(REENGAGEMENT_MS),
            RunState::Exited { .. } => true,
        };
        let is_live =
            |outcome: &Outcome| matches!(outcome, Outcome::Live { .. } | Outcome::Delayed { .. });
        has_ended
            && !series.has_goals()
            && !self.steps.iter().any(|record| is_live(&record.outcome))
    }
}
