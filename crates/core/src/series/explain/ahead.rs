//! Walks a run forward: through delays, waits, quiet hours and chance, up to what is not certain.
//! Changes nothing; assumes that nothing else happens on the way.

use serde::Serialize;

use super::Explainer;
use crate::{
    rule::Program,
    series::{
        chance::way,
        claim::Asked,
        definition::{Action, Series, Step, Wait},
        effect::effect_id,
        person::{Run, RunState},
        policy::{Reason, Ruling, timing},
    },
};

/// Something that lies ahead of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ahead {
    /// The id of the step.
    pub step: String,
    /// When it fires, Unix ms; for a wait, when it is over at the latest.
    pub at: i64,
    /// The policy that puts it off until then, or passes it over.
    pub held_back: Option<Reason>,
    /// Whether it will be passed over.
    pub skipped: bool,
    /// The rule that it depends on, as text. Where a way depends on it, nothing after it is certain.
    pub depends_on: Option<String>,
    /// What the rule answers at that instant if nothing else happens.
    pub holds: Option<bool>,
    /// The way that chance takes.
    pub way: Option<String>,
}

/// Where the walk is: at a step from an instant on.
struct Place<'a> {
    step: &'a Step,
    at: i64,
    /// Whether its wait has begun: then `at` is when it is over.
    is_holding: bool,
    /// Since when its message is held back.
    since: Option<i64>,
}

impl Explainer<'_> {
    pub(super) fn ahead(&self, run: &Run) -> Vec<Ahead> {
        let mut found = Vec::new();
        let Some(series) = self.definitions.series(self.id, run.version) else {
            return found;
        };
        let mut place = start(series, run, self.now);
        // The steps lead in no circle: the walk ends.
        while let Some(now) = place {
            let (ahead, next) = self.walk(series, run, &now);
            found.push(ahead);
            place = next;
        }
        found
    }

    /// One step further; no next place where the way ends or is not certain.
    fn walk<'s>(
        &self,
        series: &'s Series,
        run: &Run,
        place: &Place<'s>,
    ) -> (Ahead, Option<Place<'s>>) {
        let Place { step, at, .. } = *place;
        let mut ahead = Ahead {
            step: step.id.clone(),
            at,
            held_back: None,
            skipped: false,
            depends_on: None,
            holds: None,
            way: None,
        };
        let mut depends = |rule: &Program, holds: bool| {
            ahead.depends_on = Some(rule.rule().to_string());
            ahead.holds = Some(holds);
        };
        let facts = self.person.facts(self.zone);
        if let Some(when) = step.when.as_ref().filter(|_| !place.is_holding) {
            let holds = when.eval(&facts, at);
            depends(when, holds);
            ahead.skipped = !holds;
            // For a message the way is the same; for others, it is not certain.
            if step.message().is_none() {
                return (ahead, None);
            }
        }
        let next = match &step.action {
            Action::Message { .. } => {
                if !ahead.skipped {
                    self.policies(series, run, place, &mut ahead);
                }
                let is_held_up = step.in_app().is_none() && !ahead.skipped;
                follow(series, step.next, if is_held_up { ahead.at } else { at })
            }
            Action::Wait(wait) => {
                ahead.at = match (wait, place.is_holding) {
                    (_, true) => at,
                    (Wait::For(span), false) => at.saturating_add(*span),
                    (Wait::Until { time, days }, false) => {
                        timing::next(at, *time, *days, self.zone)
                    }
                    (Wait::Rule { timeout_ms, .. }, false) => at.saturating_add(*timeout_ms),
                };
                match wait {
                    Wait::Rule { test, .. } => {
                        let facts = self.person.facts_since(run, self.zone);
                        let holds = test.eval(&facts, ahead.at);
                        depends(test, holds);
                        None
                    }
                    Wait::For(_) | Wait::Until { .. } => follow(series, step.next, ahead.at),
                }
            }
            Action::Branch { test, .. } => {
                let holds = test.eval(&facts, at);
                depends(test, holds);
                None
            }
            Action::Split(paths) => match way(paths, self.id, &step.id, self.person) {
                Some(path) => {
                    ahead.way = Some(path.name.clone());
                    follow(series, path.next.filter(|_| !path.holdout), at)
                }
                None => follow(series, step.next, at),
            },
            Action::Set(_) => follow(series, step.next, at),
            Action::Exit => None,
        };
        (ahead, next)
    }

    /// What the policies will say, as far as is known now.
    fn policies(&self, series: &Series, run: &Run, place: &Place<'_>, ahead: &mut Ahead) {
        let Some(message) = place.step.message() else {
            return;
        };
        let effect = effect_id(&self.person.id, self.id, run.entry, &place.step.id);
        let live_for = place.step.in_app().map(|in_app| in_app.live_for_ms);
        let asked = Asked {
            effect: &effect,
            since: place.since.unwrap_or(place.at),
            decided: false,
            expires: live_for.map(|span| place.at.saturating_add(span)),
        };
        let (definitions, person, zone) = (self.definitions, self.person, self.zone);
        match definitions.ruling(series, message, person, zone, &asked, place.at) {
            Ruling::Send => {}
            Ruling::Later { at, reason } => {
                ahead.at = at;
                ahead.held_back = Some(reason);
            }
            Ruling::Skip { reason } => {
                ahead.skipped = true;
                ahead.held_back = Some(reason);
            }
        }
    }
}

/// Where a run is; what is overdue, as in a pause, is taken as of now.
fn start<'s>(series: &'s Series, run: &Run, now: i64) -> Option<Place<'s>> {
    let (_, step) = series.step(run.step()?)?;
    Some(Place {
        step,
        at: run.due()?.max(now),
        is_holding: matches!(run.state, RunState::Holding { .. }),
        since: run.held_since(),
    })
}

fn follow(series: &Series, next: Option<usize>, from: i64) -> Option<Place<'_>> {
    let step = series.steps.get(next?)?;
    Some(Place {
        step,
        at: from.saturating_add(step.delay_ms),
        is_holding: false,
        since: None,
    })
}
