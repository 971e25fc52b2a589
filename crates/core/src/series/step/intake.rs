//! Takes an input into what is known of a person, and says who is concerned by what it changed.
//! Decides nothing that follows from it.

use super::{Concerned, Happened, Keeps, Machine};
use crate::{
    experiment::Sticky,
    history::{Added, Engagement, Occurrence},
    rule::Change,
    series::{
        definition::{Message, RUNS_MAX, Step},
        effect::{Channel, Metric, Sought, way_id},
        input::{Delivery, Feedback, Input},
        person::{Identified, Outcome, Reaction, RunState, StepRecord},
        policy::subscription::{Cause, Suppressed},
    },
};

/// The series of a run to which something happened, if that can move anyone, and what it changed
/// besides.
type Noted = (Option<String>, Change);

/// A quarter of an hour.
const QUARTER_MS: i64 = 15 * 60 * 1_000;

/// A record behind an effect id: the series, the run's place among its runs, the record's in the run.
type Found = (String, usize, usize);

impl<'a> Machine<'a> {
    pub(super) fn intake(&mut self, input: &'a Input) -> Concerned {
        match input {
            Input::Tick => Concerned::default(),
            Input::Event {
                id,
                name,
                at,
                active,
                properties,
            } => {
                let happened = Happened {
                    id,
                    name,
                    at: *at,
                    properties,
                };
                self.event(happened, *active)
            }
            Input::Identify(identified) => self.identify(identified),
            Input::Reaction {
                effect,
                reaction,
                at,
            } => self.concerns_run(|machine| machine.react(effect, *reaction, *at)),
            Input::Settled { effect, delivery } => {
                self.concerns_run(|machine| machine.settle(effect, delivery))
            }
            Input::Replayed { effect } => self.concerns_run(|machine| machine.replay(effect)),
            // What policies remember is asked when a message is due; no one is looked at again.
            Input::Chose {
                subscription,
                choice,
            } => {
                let subscriptions = &mut self.person.policy.subscriptions;
                match subscription {
                    Some(id) => subscriptions.choose(id, *choice),
                    None => subscriptions.choose_everything(*choice),
                }
                Concerned::default()
            }
            Input::Joined { visitor, since } => self.join(visitor, *since),
            Input::Imported(input) => {
                let concerned = self.intake(input);
                self.is_imported = true;
                self.happened = None;
                concerned
            }
            Input::Suppressed(suppressed) => {
                self.person.policy.suppressions.shut(suppressed.clone());
                Concerned::default()
            }
            Input::Heard {
                effect,
                feedback,
                address,
                at,
            } => {
                let is_new = self.shut(feedback, address.as_deref(), *at);
                self.concerns_run(|machine| machine.hear(effect, feedback, is_new))
            }
            Input::Opened { channel, address } => {
                let suppressions = &mut self.person.policy.suppressions;
                suppressions.open(*channel, address.as_deref());
                Concerned::default()
            }
        }
    }

    /// Who was a visitor first goes on as the visitor did; who was known first stays as they were,
    /// and takes over what only the visitor was given.
    fn join(&mut self, visitor: &Sticky, since: Option<i64>) -> Concerned {
        let person = &mut *self.person;
        let own = person.sticky.take();
        let was_visitor_first = person
            .known_since()
            .is_none_or(|known| since.is_some_and(|since| since <= known));
        person.sticky = Some(match own {
            Some(own) if was_visitor_first => Sticky::join(Some(visitor.clone()), own),
            None if was_visitor_first => visitor.clone(),
            own => {
                let own = own.or_else(|| Some(Sticky::new(&person.id)));
                Sticky::join(own, visitor.clone())
            }
        });
        Concerned::by(Change::EVERYTHING)
    }

    fn event(&mut self, happened: Happened<'a>, active: bool) -> Concerned {
        let Happened {
            id,
            name,
            at,
            properties,
        } = happened;
        let asked = self.definitions.index.asked().event(name);
        let history = &mut self.person.history;
        let is_left_out = asked.is_none()
            && active
            && match self.keeps {
                Keeps::Everything => false,
                // One of whom occurrences are kept may repeat them.
                Keeps::Asked => history.add_name(name.into()),
                // Of them nothing else is kept.
                Keeps::AskedOfFew => true,
            };
        if is_left_out {
            self.seen(at);
            self.happened = Some(happened);
            return Concerned::by(Change::SEEN);
        }
        let name = asked.unwrap_or_else(|| name.into());
        let (streams, occurrence) = (&self.definitions.streams, Occurrence::new(at, id));
        let (added, mut change) = streams.note_hashed(history, name, properties, occurrence);
        if added == Added::Repeat {
            return Concerned::default();
        }
        // One event name too many is still a sign of life.
        if active {
            self.seen(at);
            change = change.and(Change::SEEN);
        }
        self.happened = Some(happened);
        Concerned::by(change)
    }

    fn seen(&mut self, at: i64) {
        let person = &mut *self.person;
        // Offsets are whole quarters of an hour: within one, the hour of the day is the same.
        let quarter = |at: i64| at.div_euclid(QUARTER_MS);
        let is_another = |last| quarter(last) != quarter(at);
        let asked = self.definitions.index.asked();
        let counts_hours = self.keeps == Keeps::Everything || asked.hours();
        if counts_hours && person.last_seen.is_none_or(is_another) {
            let zone = self.definitions.zone(person, self.zones);
            person.policy.activity.note(at, self.now, zone);
        }
        person.first_seen = Some(person.first_seen.map_or(at, |first| first.min(at)));
        person.last_seen = person.last_seen.max(Some(at));
    }

    /// The last write by timestamp wins; of two with the same, the one that comes later.
    fn identify(&mut self, identified: &Identified) -> Concerned {
        for (name, value) in &identified.attributes {
            self.set_attribute_at(name, value, identified.at);
        }
        Concerned::by(std::mem::take(&mut self.followed))
    }

    /// What happened to a run concerns its series, and whoever asks what came of the message.
    fn concerns_run(&mut self, note: impl FnOnce(&mut Self) -> Option<Noted>) -> Concerned {
        let Some((series, change)) = note(self) else {
            return Concerned::default();
        };
        Concerned {
            change,
            place: series.and_then(|series| self.definitions.place_of(&series)),
        }
    }

    /// Keeps what the person did with a message for rules that ask for it.
    pub(super) fn engaged(
        &mut self,
        engagement: Engagement,
        series: &str,
        step: &str,
        at: i64,
    ) -> Change {
        if self.keeps != Keeps::Everything && !self.definitions.index.asked().messages() {
            return Change::NOTHING;
        }
        let message = way_id(series, step);
        let occurrence = Occurrence::new(at, &message);
        let history = &mut self.person.history;
        match history.note_engagement(engagement, &message, occurrence) {
            Added::New => Change::engagement(engagement, &message),
            Added::Repeat | Added::TooManyNames => Change::NOTHING,
        }
    }

    /// The series, the place of the run and that of its record behind an effect id.
    fn find(&self, effect: &str) -> Option<Found> {
        let sought = Sought::new(effect, &self.person.id);
        // What is heard of was mostly done a moment ago.
        self.person.runs.iter().find_map(|(series, runs)| {
            runs.iter().enumerate().rev().find_map(|(place, run)| {
                let is_it = |record: &StepRecord| sought.is_of(series, run.entry, &record.step);
                let record = run.steps.iter().rposition(is_it)?;
                Some((series.clone(), place, record))
            })
        })
    }

    /// Shuts the address that a mail came back from; whether it was open.
    fn shut(&mut self, feedback: &Feedback, address: Option<&str>, at: i64) -> bool {
        let cause = match feedback {
            Feedback::Bounced(_) => Cause::Bounce,
            Feedback::Complained => Cause::Complaint,
            Feedback::Unsubscribed => return true,
        };
        let Some(address) = address.or(self.person.email()).map(str::to_owned) else {
            return false;
        };
        self.person.policy.suppressions.shut(Suppressed {
            channel: Channel::Email,
            address: Some(address),
            cause,
            at,
        })
    }

    /// Counts what is heard of a mail: that it came back, once for each; a complaint, once for the
    /// address.
    fn hear(&mut self, effect: &str, feedback: &Feedback, is_new: bool) -> Option<Noted> {
        let (series, number, place) = self.find(effect)?;
        let run = self.person.runs.get_mut(&series)?.get_mut(number)?;
        let record = run.steps.get_mut(place)?;
        let metric = match feedback {
            Feedback::Bounced(why) if record.outcome == Outcome::Sent => {
                record.outcome = Outcome::Undelivered(why.clone());
                Metric::Bounced
            }
            Feedback::Complained if is_new => Metric::Complained,
            Feedback::Unsubscribed => Metric::Unsubscribed,
            Feedback::Bounced(_) | Feedback::Complained => return None,
        };
        self.count_record(&series, number, place, metric);
        Some((None, Change::NOTHING))
    }

    fn react(&mut self, effect: &str, reaction: Reaction, at: i64) -> Option<Noted> {
        let (series, number, place) = self.find(effect)?;
        let run = self.person.runs.get_mut(&series)?.get_mut(number)?;
        let record = run.steps.get_mut(place)?;
        // No one can react to what never reached them.
        let is_nothing = match record.outcome {
            Outcome::Skipped(_) | Outcome::Passed | Outcome::Took(_) => true,
            Outcome::Queued
            | Outcome::Delayed { .. }
            | Outcome::Sent
            | Outcome::Undelivered(_)
            | Outcome::Live { .. }
            | Outcome::Cancelled => false,
        };
        if is_nothing || !record.reactions.note(reaction, at) {
            return None;
        }
        let (metric, engagement) = match reaction {
            Reaction::Shown => (Metric::Shown, Engagement::Shown),
            Reaction::Opened => (Metric::Opened, Engagement::Opened),
            Reaction::Received => (Metric::Opened, Engagement::Received),
            Reaction::Clicked => (Metric::Clicked, Engagement::Clicked),
            Reaction::Dismissed => (Metric::Dismissed, Engagement::Dismissed),
        };
        let step = record.step.clone();
        self.count_record(&series, number, place, metric);
        let change = self.engaged(engagement, &series, &step, at);
        Some((Some(series), change))
    }

    /// What was given up is on its way again, unless the run was left early since: then it is of
    /// no use any more.
    fn replay(&mut self, effect: &str) -> Option<Noted> {
        let (series, number, place) = self.find(effect)?;
        let run = self.person.runs.get_mut(&series)?.get_mut(number)?;
        let has_left = matches!(run.state, RunState::Exited { .. });
        let record = run.steps.get_mut(place)?;
        if has_left || !matches!(record.outcome, Outcome::Undelivered(_)) {
            return None;
        }
        record.outcome = Outcome::Queued;
        Some((Some(series), Change::NOTHING))
    }

    fn settle(&mut self, effect: &str, delivery: &Delivery) -> Option<Noted> {
        let (series, number, place) = self.find(effect)?;
        let run = self.person.runs.get_mut(&series)?.get_mut(number)?;
        let record = run.steps.get_mut(place)?;
        let step = record.step.clone();
        // What is live in the app was counted when it went live, and has no receipt.
        let is_in_app = |message: &Message| message.channel() == Channel::InApp;
        let said = self.definitions.recorded(&series, record);
        if said.and_then(Step::message).is_some_and(is_in_app) {
            return None;
        }
        let is_waiting = matches!(record.outcome, Outcome::Queued | Outcome::Delayed { .. });
        let (outcome, metric) = match delivery {
            // A receipt may come for what was cancelled a moment too late: it was sent all the same.
            Delivery::Sent if is_waiting || record.outcome == Outcome::Cancelled => {
                (Outcome::Sent, Metric::Sent)
            }
            Delivery::Undelivered(why) if is_waiting || record.outcome == Outcome::Cancelled => {
                (Outcome::Undelivered(why.clone()), Metric::Undelivered)
            }
            Delivery::Ruled(ruling) if is_waiting => {
                let outcome = Outcome::of(*ruling).filter(|outcome| *outcome != record.outcome)?;
                let is_skipped = matches!(outcome, Outcome::Skipped(_));
                let metric = if is_skipped {
                    Metric::Skipped
                } else {
                    Metric::Delayed
                };
                (outcome, metric)
            }
            Delivery::Sent | Delivery::Undelivered(_) | Delivery::Ruled(_) => return None,
        };
        let is_repeat = metric == Metric::Delayed && record.outcome != Outcome::Queued;
        record.outcome = outcome;
        let log = &mut self.person.policy.sent;
        if metric == Metric::Undelivered {
            log.forget(effect);
        } else if metric != Metric::Delayed {
            // Also what is skipped now may have left at an earlier attempt that no one heard of.
            log.left(effect, self.now);
        }
        if !is_repeat {
            self.count_record(&series, number, place, metric);
        }
        let change = if metric == Metric::Sent {
            self.engaged(Engagement::Received, &series, &step, self.now)
        } else {
            Change::NOTHING
        };
        // That a message has left moves no one, unless it is for something, or its run may be
        // forgotten now for a new one.
        let runs = self.runs(&series).len();
        let is_moved =
            metric != Metric::Sent || said.and_then(Step::goal).is_some() || runs >= RUNS_MAX;
        Some((is_moved.then_some(series), change))
    }
}
