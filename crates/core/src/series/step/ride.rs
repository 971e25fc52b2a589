//! Tells the inputs that move no one: one event more of someone who is there all the time.
//! Decides nothing; where it is not sure, it leaves that to the decision.

use super::{Concerned, Machine};
use crate::{
    rule::{Change, Program, Sign},
    series::{
        definition::{Definitions, Published, Series},
        input::Input,
        person::{Person, REENGAGEMENT_MS, Run, RunState},
        spec::Reentry,
    },
};

/// Takes in an event of which nothing is kept, from someone who was there a moment ago and of whom
/// no series knows: whether it was one. What [`super::step`] would find out at more length.
pub(super) fn glance(
    definitions: &Definitions,
    person: &mut Person,
    input: &Input,
    now: i64,
) -> bool {
    let Input::Event {
        name,
        at,
        active: true,
        ..
    } = input
    else {
        return false;
    };
    let (Some(first), Some(last)) = (person.first_seen, person.last_seen) else {
        return false;
    };
    let index = &definitions.index;
    let is_one = now.saturating_sub(last) < index.calm_ms()
        && person.due.is_none_or(|due| due > now)
        && person.audiences.is_empty()
        && person.definitions == definitions.version
        && person.looked_at <= now
        && first <= *at
        && *at <= now
        && !index.asked().hours()
        && index.asked().event(name).is_none();
    if is_one {
        person.last_seen = Some(last.max(*at));
    }
    is_one
}

/// The first and the newest activity before an input.
pub(super) type SeenBefore = (Option<i64>, Option<i64>);

impl Machine<'_> {
    /// The event that the input was, if it was nothing else.
    ///
    /// Where no segment, audience or run cares, it is ridden out: what is waited for stays as it is,
    /// or comes later, see [`Program::rides_out`].
    pub(super) fn sign(&self, (first, last): SeenBefore) -> Option<Sign> {
        let Concerned { change, place } = self.concerned;
        let happened = self.happened.as_ref()?;
        let seen = last.zip(self.person.last_seen);
        let is_event = place.is_none() && !self.is_new() && happened.at <= self.now;
        (is_event && first == self.person.first_seen).then_some(Sign {
            change,
            seen: seen.filter(|_| change.meets(Change::SEEN)),
        })
    }

    /// Whether the input only showed that they are there, as they just were.
    pub(super) fn is_calm(&self) -> bool {
        let (index, person) = (&self.definitions.index, &self.person);
        let is_soon = |(before, after): (i64, i64)| {
            before <= after && self.now.saturating_sub(before) < index.calm_ms()
        };
        self.sign.is_some_and(|Sign { change, seen }| {
            person.audiences.is_empty()
                && seen.is_some_and(is_soon)
                && !index.concerns_anyone(change.without(Change::SEEN))
        })
    }

    pub(super) fn is_ridden_out(&self, rule: &Program, sign: Sign) -> bool {
        rule.rides_out(sign, &self.person.facts(self.zone), self.now)
    }

    /// Whether a series rides out an event that its segment rides out.
    pub(super) fn series_rides_out(&self, id: &str, published: &Published, sign: Sign) -> bool {
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
                    !series.depends_in_run().meets(sign.change)
                        || run.is_over(series, Run::is_latest(runs, number), self.now)
                })
            })
    }

    /// Whether the event of this input may let them in.
    fn is_let_in(&self, series: &Series) -> bool {
        let event = series.entry.event();
        event.is_some_and(|name| {
            let happened = self.happened.as_ref();
            happened.is_some_and(|happened| happened.name == name)
        })
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
    /// Whether nothing that happens can move it any more.
    fn is_over(&self, series: &Series, is_latest: bool, now: i64) -> bool {
        let has_ended = match self.state {
            RunState::Waiting { .. }
            | RunState::Holding { .. }
            | RunState::Held { .. }
            | RunState::HeldOut { .. } => false,
            RunState::Finished { at } => !is_latest || now > at.saturating_add(REENGAGEMENT_MS),
            RunState::Exited { .. } => true,
        };
        has_ended && !series.has_goals()
    }
}
