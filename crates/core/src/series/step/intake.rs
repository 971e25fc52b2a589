//! Takes an input into what is known of a person, and says who is concerned by what it changed.
//! Decides nothing that follows from it.

use super::{Concerned, Machine};
use crate::{
    history::{Added, Occurrence},
    rule::Attribute,
    series::{
        effect::{Channel, Metric, effect_id},
        input::{Delivery, Input},
        person::{ATTRIBUTES_MAX, Identified, Outcome, Reaction, TIMEZONE},
    },
};

/// A record behind an effect id: the series, the run's place among its runs, the record's in the run.
type Found = (String, usize, usize);

impl<'a> Machine<'a> {
    pub(super) fn intake(&mut self, input: Input) -> Concerned<'a> {
        match input {
            Input::Tick => Concerned::default(),
            Input::Event {
                id,
                name,
                at,
                active,
                properties: _,
            } => self.event(&name, Occurrence::new(at, &id), active),
            Input::Identify(identified) => self.identify(identified),
            Input::Reaction {
                effect,
                reaction,
                at,
            } => self.concerns_run(|machine| machine.react(&effect, reaction, at)),
            Input::Settled { effect, delivery } => {
                self.concerns_run(|machine| machine.settle(&effect, &delivery))
            }
        }
    }

    fn event(&mut self, name: &str, occurrence: Occurrence, active: bool) -> Concerned<'a> {
        let index = &self.definitions.index;
        let mut concerned = Concerned::default();
        let added = self.person.history.add(name, occurrence);
        if added == Added::Repeat {
            return concerned;
        }
        concerned.event = index.event(name);
        // One event name too many is still a sign of life.
        if active {
            let (person, at) = (&mut *self.person, occurrence.at);
            person.first_seen = Some(person.first_seen.map_or(at, |first| first.min(at)));
            person.last_seen = person.last_seen.max(Some(at));
            concerned.activity = index.activity();
        }
        concerned
    }

    /// The last write by timestamp wins; of two with the same, the one that comes later.
    fn identify(&mut self, identified: Identified) -> Concerned<'a> {
        let mut concerned = Concerned::default();
        let at = identified.at;
        for (name, value) in identified.attributes {
            let attributes = &mut self.person.attributes;
            let known = attributes.get(&name);
            let is_newer = match known {
                Some(attribute) => attribute.at <= at,
                None => attributes.len() < ATTRIBUTES_MAX,
            };
            if is_newer {
                if known.is_none_or(|attribute| attribute.value != value) {
                    concerned
                        .others
                        .add(self.definitions.index.attribute(&name));
                    // Another zone moves every hour and every weekday.
                    concerned.all |= name == TIMEZONE;
                }
                attributes.insert(name, Attribute { value, at });
            }
        }
        concerned
    }

    /// What happened to a run concerns its series.
    fn concerns_run(&mut self, note: impl FnOnce(&mut Self) -> Option<String>) -> Concerned<'a> {
        let mut concerned = Concerned::default();
        if let Some(place) = note(self).and_then(|series| self.definitions.place_of(&series)) {
            concerned.others.insert(place);
        }
        concerned
    }

    /// The series, the place of the run and that of its record behind an effect id.
    fn find(&self, effect: &str) -> Option<Found> {
        self.person.runs.iter().find_map(|(series, runs)| {
            runs.iter().enumerate().find_map(|(place, run)| {
                let record = run.steps.iter().position(|record| {
                    effect_id(&self.person.id, series, run.entry, &record.step) == effect
                })?;
                Some((series.clone(), place, record))
            })
        })
    }

    fn react(&mut self, effect: &str, reaction: Reaction, at: i64) -> Option<String> {
        let (series, place, record) = self.find(effect)?;
        let run = self.person.runs.get_mut(&series)?.get_mut(place)?;
        let version = run.version;
        let record = run.steps.get_mut(record)?;
        // No one can react to what never reached them.
        if matches!(record.outcome, Outcome::Skipped(_)) || !record.reactions.note(reaction, at) {
            return None;
        }
        let metric = match reaction {
            Reaction::Shown => Metric::Shown,
            Reaction::Opened | Reaction::Received => Metric::Opened,
            Reaction::Clicked => Metric::Clicked,
            Reaction::Dismissed => Metric::Dismissed,
        };
        let step = record.step.clone();
        self.count(&series, version, Some(&step), metric);
        Some(series)
    }

    fn settle(&mut self, effect: &str, delivery: &Delivery) -> Option<String> {
        let (series, place, record) = self.find(effect)?;
        let run = self.person.runs.get_mut(&series)?.get_mut(place)?;
        let version = run.version;
        let record = run.steps.get_mut(record)?;
        // What is live in the app was counted when it went live, and has no receipt.
        let leaves = self
            .definitions
            .series(&series, version)
            .and_then(|series| series.step(&record.step))
            .is_none_or(|(_, step)| step.message.channel() != Channel::InApp);
        // A receipt may come for what was cancelled a moment too late: it was sent all the same.
        if !leaves || !matches!(record.outcome, Outcome::Queued | Outcome::Cancelled) {
            return None;
        }
        let (outcome, metric) = match delivery {
            Delivery::Sent => (Outcome::Sent, Metric::Sent),
            Delivery::Undelivered(why) => (Outcome::Undelivered(why.clone()), Metric::Undelivered),
        };
        record.outcome = outcome;
        let step = record.step.clone();
        self.count(&series, version, Some(&step), metric);
        Some(series)
    }
}
