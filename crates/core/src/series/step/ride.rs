//! Tells the inputs that move no one: one event more of someone who is there all the time.
//! Decides nothing; where it is not sure, it leaves that to the decision.

use super::{Concerned, Machine};
use crate::{
    rule::{Change, Program, Sign},
    series::{
        definition::{Gate, Published, Series},
        person::{Outcome, REENGAGEMENT_MS, Run, RunState},
        spec::Reentry,
    },
};

/// The first and the newest activity before an input.
pub(super) type SeenBefore = (Option<i64>, Option<i64>);

impl Machine<'_> {
    /// Whether the input only was an event, and no segment, audience or run cares. What is waited
    /// for then stays as it is, or comes later: see [`Program::rides_out`].
    pub(super) fn rides_out(&self, (first, last): SeenBefore) -> bool {
        let Some(sign) = self.sign(last).filter(|_| first == self.person.first_seen) else {
            return false;
        };
        if self.is_calm(sign) {
            return true;
        }
        let definitions = self.definitions;
        let mut segments = definitions.segments.values().enumerate();
        segments.all(|(place, rule)| !self.is_touched(place) || self.is_ridden_out(rule, sign))
            && definitions.places().all(|(place, (id, published))| {
                !self.is_touched(place) || self.series_rides_out(id, published, sign)
            })
    }

    /// The event that the input was, if it was nothing else.
    fn sign(&self, last: Option<i64>) -> Option<Sign> {
        let Concerned { change, place } = self.concerned;
        let happened = self.happened.as_ref()?;
        let seen = last.zip(self.person.last_seen);
        (place.is_none() && !self.is_new() && happened.at <= self.now).then_some(Sign {
            change,
            seen: seen.filter(|_| change.meets(Change::SEEN)),
        })
    }

    /// Whether it only showed that they are there, as they just were.
    fn is_calm(&self, Sign { change, seen }: Sign) -> bool {
        let (index, person) = (&self.definitions.index, &self.person);
        let is_soon = |(before, after): (i64, i64)| {
            before <= after && self.now.saturating_sub(before) < index.calm_ms()
        };
        person.audiences.is_empty()
            && seen.is_some_and(is_soon)
            && !index.concerns_anyone(change.without(Change::SEEN))
    }

    fn is_touched(&self, place: usize) -> bool {
        self.definitions
            .index
            .concerns(place, self.concerned.change)
    }

    fn is_ridden_out(&self, rule: &Program, sign: Sign) -> bool {
        rule.rides_out(sign, &self.person.facts(self.zone), self.now)
    }

    fn series_rides_out(&self, id: &str, published: &Published, sign: Sign) -> bool {
        let audience_stays = published.newest().is_none_or(|series| {
            // Who is in a segment has been looked at.
            let matches_on = series.segment.is_some() || self.is_ridden_out(&series.audience, sign);
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
        if !self.person.audiences.contains_key(id) {
            return false;
        }
        let latest = self.person.latest_run(id).map(Run::left_at);
        match (series.reentry, latest) {
            (_, None) | (Reentry::After(_), Some(Some(_))) => true,
            (Reentry::Never, Some(_)) | (Reentry::After(_), Some(None)) => false,
        }
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
