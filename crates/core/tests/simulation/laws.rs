//! What must hold, whatever happens. Stated over what is seen from outside (effects, claims, what
//! the provider took) and over the state of a person before and after a decision.
//!
//! Nothing here asks the code that decides: rules are evaluated in full where it keeps instants.

use std::collections::{BTreeMap, BTreeSet};

use rekindle_core::{
    series::{
        Channel, Definitions, DefinitionsSpec, Effect, ExitReason, Gate, Outcome, Outgoing,
        Overdue, Person, Run, RunState, Send, SkipReason, StepRecord, effect_id,
    },
    zone::Zones,
};

use crate::etiquette::{Etiquette, Leaving};

/// Where and when a decision was taken.
pub(crate) struct Moment<'a> {
    pub(crate) definitions: &'a Definitions,
    pub(crate) zones: &'a Zones,
    pub(crate) now: i64,
    /// How much later to look whether a flip was missed.
    pub(crate) later: i64,
}

/// What was seen so far.
#[derive(Default)]
pub(crate) struct Laws {
    pub(crate) etiquette: Etiquette,
    /// Every send that was decided, and when.
    decided: BTreeMap<String, i64>,
    cancelled: BTreeSet<String>,
    /// Those that a policy stopped just before they left.
    skipped: BTreeSet<String>,
}

impl Laws {
    pub(crate) fn decided_sends(&self) -> &BTreeMap<String, i64> {
        &self.decided
    }

    pub(crate) fn cancelled(&self) -> &BTreeSet<String> {
        &self.cancelled
    }

    pub(crate) fn came_to_an_end(&self, effect: &str) -> bool {
        self.cancelled.contains(effect) || self.skipped.contains(effect)
    }

    pub(crate) fn skipped(&mut self, effect: &str) {
        self.skipped.insert(effect.to_owned());
    }

    /// A decision was committed.
    pub(crate) fn decided(
        &mut self,
        moment: &Moment<'_>,
        before: &Person,
        after: &Person,
        effects: &[Effect],
        due: Option<i64>,
    ) {
        for effect in effects {
            match effect {
                Effect::Send(send) => {
                    let id = send.effect.clone();
                    assert!(
                        self.decided.insert(id, moment.now).is_none(),
                        "sent twice: {send:?}"
                    );
                }
                Effect::Cancel { effect } => {
                    assert!(
                        self.decided.contains_key(effect),
                        "cancels what was not sent"
                    );
                    let (_, run, record) = run_of(after, effect).unwrap();
                    let is_passed_over = record.outcome == Outcome::Skipped(SkipReason::Paused);
                    assert!(
                        is_left(run) || is_passed_over,
                        "cancelled, but the run goes on: {run:?}"
                    );
                    self.cancelled.insert(effect.clone());
                }
                Effect::Release { effect, .. } => {
                    let is_there =
                        self.decided.contains_key(effect) && !self.cancelled.contains(effect);
                    assert!(is_there, "released, but not waiting: {effect}");
                }
                Effect::Live { effect } => self.went_live(moment, after, effect),
                Effect::Membership { .. } | Effect::Count { .. } | Effect::Inbox(_) => {}
            }
        }
        let sends = effects.iter().filter_map(|effect| match effect {
            Effect::Send(send) => Some(send),
            Effect::Cancel { .. }
            | Effect::Release { .. }
            | Effect::Live { .. }
            | Effect::Membership { .. }
            | Effect::Count { .. }
            | Effect::Inbox(_) => None,
        });
        let sent: Vec<&Send> = sends
            .filter(|send| channel(send) != Channel::Webhook)
            .collect();
        self.etiquette.in_order(before, after, &sent, moment.now);
        for (series, runs) in &before.runs {
            for run in runs {
                let same = |other: &&Run| other.entry == run.entry;
                match after
                    .runs
                    .get(series)
                    .and_then(|runs| runs.iter().find(same))
                {
                    Some(next) => moves(run, next),
                    None => assert!(is_over(run), "a run was forgotten under way: {run:?}"),
                }
            }
        }
        self.outboxes_agree(after);
        rests(moment, after, due);
    }

    /// Every record that waits for a receipt is of a send that was decided; and a run that was left
    /// has taken everything back.
    fn outboxes_agree(&self, person: &Person) {
        for (series, run, record) in records(person) {
            let is_queued = matches!(record.outcome, Outcome::Queued);
            if is_queued {
                assert!(!run.held_out, "sent to one who is held out: {run:?}");
                let effect = effect_id(&person.id, series, run.entry, &record.step);
                assert!(
                    self.decided.contains_key(&effect),
                    "queued, not sent: {record:?}"
                );
            }
            let is_there = matches!(
                record.outcome,
                Outcome::Live { .. } | Outcome::Delayed { .. }
            );
            assert!(
                !(is_left(run) && (is_queued || is_there)),
                "there after the exit: {run:?}"
            );
        }
    }

    fn went_live(&mut self, moment: &Moment<'_>, person: &Person, effect: &str) {
        let (series, run, _) = run_of(person, effect).unwrap();
        assert!(!run.held_out, "live for one who is held out: {run:?}");
        let leaving = Leaving {
            person,
            series,
            version: run.version,
            channel: Channel::InApp,
            now: moment.now,
        };
        self.etiquette.may_leave(&leaving, moment.zones);
        self.etiquette.reaches(&leaving);
    }

    /// A send is handed to the provider at this instant.
    pub(crate) fn claimed(
        &self,
        (spec, zones): (&DefinitionsSpec, &Zones),
        person: &Person,
        send: &Send,
        now: i64,
    ) {
        let found = run_of(person, &send.effect);
        let (_, run, record) = found.unwrap_or_else(|| panic!("sent for no run: {send:?}"));
        assert!(!is_left(run), "sent after the exit: {send:?} {run:?}");
        assert!(
            !self.cancelled.contains(&send.effect),
            "sent though cancelled: {send:?}"
        );
        let is_waiting = matches!(record.outcome, Outcome::Queued | Outcome::Delayed { .. });
        assert!(is_waiting, "sent though settled: {record:?}");
        let live = &spec.series[&send.series];
        assert!(!live.paused, "sent while the series stands still: {send:?}");
        // What a policy put off past the pause did not fall due in it.
        let mut skipped = live
            .pauses
            .iter()
            .filter(|pause| pause.overdue == Overdue::Skip);
        let is_passed_over =
            record.outcome == Outcome::Queued && skipped.any(|pause| send.at < pause.until);
        assert!(
            !is_passed_over,
            "sent though a pause passed it over: {send:?}"
        );
        self.etiquette.may_leave(&leaving(person, send, now), zones);
    }

    /// The provider took a message for the first time.
    pub(crate) fn reached(&mut self, person: &Person, send: &Send, now: i64) {
        self.etiquette.reaches(&leaving(person, send, now));
    }
}

fn channel(send: &Send) -> Channel {
    match &send.outgoing {
        Outgoing::Email { .. } => Channel::Email,
        Outgoing::Push { .. } => Channel::Push,
        Outgoing::Webhook { .. } => Channel::Webhook,
    }
}

fn leaving<'a>(person: &'a Person, send: &'a Send, now: i64) -> Leaving<'a> {
    Leaving {
        person,
        series: &send.series,
        version: send.version,
        channel: channel(send),
        now,
    }
}

fn is_left(run: &Run) -> bool {
    matches!(run.state, RunState::Exited { .. })
}

fn is_over(run: &Run) -> bool {
    match run.state {
        RunState::Waiting { .. }
        | RunState::Holding { .. }
        | RunState::Held { .. }
        | RunState::HeldOut { .. } => false,
        RunState::Finished { .. } | RunState::Exited { .. } => true,
    }
}

/// Every record of a person, with its run and the id of its series.
fn records(person: &Person) -> impl Iterator<Item = (&String, &Run, &StepRecord)> {
    person.runs.iter().flat_map(|(series, runs)| {
        let runs = runs.iter();
        runs.flat_map(move |run| run.steps.iter().map(move |record| (series, run, record)))
    })
}

pub(crate) type Found<'a> = (&'a String, &'a Run, &'a StepRecord);

pub(crate) fn run_of<'a>(person: &'a Person, effect: &str) -> Option<Found<'a>> {
    let is_it = |(series, run, record): &Found<'_>| {
        effect_id(&person.id, series, run.entry, &record.step) == effect
    };
    records(person).find(is_it)
}

/// A run moves as the table says, and what is final stays.
fn moves(before: &Run, after: &Run) {
    use Outcome::{Cancelled, Delayed, Live, Passed, Queued, Sent, Took, Undelivered};

    let allowed = match (&before.state, &after.state) {
        (
            RunState::HeldOut { .. },
            RunState::Waiting { .. } | RunState::Holding { .. } | RunState::Held { .. },
        ) => false,
        (RunState::Finished { at }, RunState::Finished { at: still }) => at == still,
        (RunState::Finished { .. }, RunState::Exited { reason, .. }) => {
            *reason == ExitReason::ExitCondition
        }
        (RunState::Finished { .. } | RunState::Exited { .. }, next) => before.state == *next,
        (_, _) => true,
    };
    assert!(allowed, "{before:?} became {after:?}");
    assert!(before.entered_at == after.entered_at && before.version <= after.version);
    assert!(
        before.steps.len() <= after.steps.len(),
        "a step is forgotten: {before:?}"
    );
    let grew = before.steps.len() < after.steps.len();
    assert!(
        !(grew && is_over(before)),
        "a step fired after the end: {before:?} {after:?}"
    );
    for (old, new) in before.steps.iter().zip(&after.steps) {
        assert!(old.step == new.step && old.at == new.at);
        let allowed = match (&old.outcome, &new.outcome) {
            (Queued, Live { .. } | Passed | Took(_))
            | (Delayed { .. }, Queued | Passed | Took(_)) => false,
            (Queued | Delayed { .. }, _)
            | (Live { .. }, Cancelled)
            | (Undelivered(_), Queued)
            | (Cancelled, Sent | Undelivered(_)) => true,
            (old, new) => old == new,
        };
        assert!(allowed, "{old:?} became {new:?}");
    }
}

/// After a decision nothing is left to do at that instant, nor before the timer.
fn rests(moment: &Moment<'_>, person: &Person, due: Option<i64>) {
    let now = moment.now;
    assert!(
        due.is_none_or(|due| due > now),
        "the timer does not lie ahead: {due:?}, now {now}"
    );
    holds_at(moment, person, now);
    // Nobody looks again before the timer: what holds now holds until then.
    let later = now + moment.later;
    holds_at(moment, person, due.map_or(later, |due| later.min(due - 1)));
}

fn holds_at(moment: &Moment<'_>, person: &Person, at: i64) {
    let Moment {
        definitions, now, ..
    } = *moment;
    let zone = definitions.zone(person, moment.zones);
    for (id, rule) in &definitions.segments {
        let holds = rule.eval(&person.facts(zone), at);
        assert_eq!(
            holds,
            person.segments.contains_key(id),
            "segment {id} {}ms after",
            at - now
        );
    }
    for (id, runs) in &person.runs {
        let Some(published) = definitions.series.get(id) else {
            continue;
        };
        for run in runs.iter().filter(|run| !is_over(run)) {
            let is_due = run.due().is_some_and(|due| due <= at);
            assert!(
                published.paused || !is_due,
                "a step is overdue: {run:?} at {at}"
            );
            let series = published.versions.get(&run.version);
            let exits = series
                .and_then(|series| series.exit.as_ref())
                .is_some_and(|exit| exit.eval(&person.facts_since(run, zone), at));
            assert!(
                !exits,
                "the exit of {id} holds {}ms after, the run goes on: {run:?}",
                at - now
            );
        }
    }
    for (id, published) in &definitions.series {
        let Some(series) = published.versions.get(&published.current) else {
            continue;
        };
        if matches!(series.entry, Gate::Event { .. }) {
            continue;
        }
        let matches = series.audience.eval(&person.facts(zone), at);
        assert_eq!(
            matches,
            person.audiences.contains_key(id),
            "audience of {id}"
        );
    }
}
