//! What a replay comes to: volumes per day and step, the busiest day, the most for one person.
//! Counts what was decided; it knows nothing of what people would have done about it.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::timeline::{Moment, Samples, What, Word};
use crate::{
    time::{format_date, parse_instant},
    window::DAY_MS,
};

/// What every forecast says of itself.
pub const REACTIONS: &str = "Volumes only: nobody's reaction to a message is invented. People do \
    what they did when it was recorded, so opens, clicks and goals that a message would have \
    brought about are not in here, and neither are exits that it would have caused.";

/// A day in UTC, counted from 1970-01-01; written `2026-11-23`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&format_date(self.0.saturating_mul(DAY_MS)))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at = parse_instant(&text);
        at.map(Self::of)
            .ok_or_else(|| de::Error::custom(format!("`{text}` is no date such as 2026-11-23")))
    }
}

/// How often what would have happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volumes {
    /// Times that a person came to match the audience.
    pub matched: u64,
    /// Times that a person entered.
    pub entered: u64,
    /// Times that a person was held out.
    pub held_out: u64,
    /// Messages that would have been sent, or gone live in the app.
    pub would_send: u64,
    /// Messages that would have been held back for a while; they are counted again where they end.
    pub delayed: u64,
    /// Messages that would not, by reason.
    pub skipped: BTreeMap<Word, u64>,
    /// Times that someone took a way of a branch, a split or a wait, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub took: BTreeMap<Word, u64>,
    /// Runs that came to their end.
    pub finished: u64,
    /// Runs that were left early, by reason.
    pub exits: BTreeMap<Word, u64>,
}

impl Volumes {
    fn note(&mut self, what: &What) {
        let count = |counts: &mut BTreeMap<Word, u64>, word: &Word| {
            *counts.entry(word.clone()).or_default() += 1;
        };
        match what {
            What::Matched => self.matched += 1,
            What::Entered => self.entered += 1,
            What::HeldOut => self.held_out += 1,
            What::WouldSend => self.would_send += 1,
            What::Delayed => self.delayed += 1,
            What::Skipped(reason) => count(&mut self.skipped, reason),
            What::Took(way) => count(&mut self.took, way),
            What::Finished => self.finished += 1,
            What::Exited(reason) => count(&mut self.exits, reason),
        }
    }

    fn add(&mut self, other: &Self) {
        self.matched += other.matched;
        self.entered += other.entered;
        self.held_out += other.held_out;
        self.would_send += other.would_send;
        self.finished += other.finished;
        self.delayed += other.delayed;
        for (sum, more) in [
            (&mut self.skipped, &other.skipped),
            (&mut self.took, &other.took),
            (&mut self.exits, &other.exits),
        ] {
            for (word, count) in more {
                *sum.entry(word.clone()).or_default() += count;
            }
        }
    }
}

/// One step of the draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepForecast {
    /// Its id.
    pub id: String,
    /// All days together.
    pub total: Volumes,
    /// Each day on which something happened.
    pub days: BTreeMap<Day, Volumes>,
}

/// The day on which the most would have been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Busiest {
    /// Which day; the first of equals.
    pub day: Day,
    /// How many messages.
    pub would_send: u64,
}

/// The person who would have got the most messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Most {
    /// Their id; the first in the order of ids among equals.
    pub person: String,
    /// How many messages.
    pub messages: u64,
}

/// What would have happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// What the numbers cannot say.
    pub note: Cow<'static, str>,
    /// The first instant, Unix ms.
    pub from: i64,
    /// The end: the first instant that is not replayed, Unix ms.
    pub to: i64,
    /// How many people were replayed.
    pub people: u64,
    /// How many of their events and attribute changes.
    pub inputs: u64,
    /// All steps and days together.
    pub total: Volumes,
    /// The steps, in order.
    pub steps: Vec<StepForecast>,
    /// Each day on which something happened.
    pub days: BTreeMap<Day, Volumes>,
    /// The busiest day.
    pub busiest: Option<Busiest>,
    /// The most that one person would have got.
    pub most: Option<Most>,
    /// Some people, chosen by a hash of their ids, with what would have happened to them.
    #[serde(flatten)]
    pub samples: Samples,
}

impl Forecast {
    pub(super) fn new(from: i64, to: i64, steps: impl IntoIterator<Item = String>) -> Self {
        let steps = steps.into_iter().map(|id| StepForecast {
            id,
            total: Volumes::default(),
            days: BTreeMap::new(),
        });
        Self {
            note: REACTIONS.into(),
            from,
            to,
            people: 0,
            inputs: 0,
            total: Volumes::default(),
            steps: steps.collect(),
            days: BTreeMap::new(),
            busiest: None,
            most: None,
            samples: Samples::default(),
        }
    }

    /// Adds one person, with all that would have happened to them.
    pub(super) fn add_person(&mut self, id: &str, moments: &[Moment]) {
        self.people += 1;
        let mut messages = 0;
        for moment in moments {
            let day = Day::of(moment.at);
            self.total.note(&moment.what);
            self.days.entry(day).or_default().note(&moment.what);
            let step = moment.step.as_deref();
            if let Some(step) = self.steps.iter_mut().find(|known| Some(&*known.id) == step) {
                step.total.note(&moment.what);
                step.days.entry(day).or_default().note(&moment.what);
            }
            messages += u64::from(moment.what == What::WouldSend);
        }
        self.offer_most(id, messages);
        self.samples.offer(id, moments);
    }

    /// Adds what was forecast for other people over the same time with the same draft.
    pub fn merge(&mut self, other: &Self) {
        self.people += other.people;
        self.inputs += other.inputs;
        self.total.add(&other.total);
        add_days(&mut self.days, &other.days);
        for step in &other.steps {
            if let Some(known) = self.steps.iter_mut().find(|known| known.id == step.id) {
                known.total.add(&step.total);
                add_days(&mut known.days, &step.days);
            }
        }
        if let Some(most) = &other.most {
            self.offer_most(&most.person, most.messages);
        }
        self.samples.merge(&other.samples);
        self.find_busiest();
    }

    /// Finds the busiest day: once, when all people are in.
    pub(super) fn find_busiest(&mut self) {
        let days = self.days.iter().filter(|(_, day)| day.would_send > 0);
        // Of equals `max_by_key` takes the last: from the end on that is the first day.
        self.busiest = days
            .rev()
            .max_by_key(|(_, day)| day.would_send)
            .map(|(day, volumes)| Busiest {
                day: *day,
                would_send: volumes.would_send,
            });
    }

    fn offer_most(&mut self, person: &str, messages: u64) {
        let is_more = self.most.as_ref().is_none_or(|most| {
            messages > most.messages || (messages == most.messages && *person < *most.person)
        });
        if messages > 0 && is_more {
            self.most = Some(Most {
                person: person.to_owned(),
                messages,
            });
        }
    }
}

impl Day {
    pub(super) fn of(instant: i64) -> Self {
        Self(instant.div_euclid(DAY_MS))
    }
}

fn add_days(sum: &mut BTreeMap<Day, Volumes>, more: &BTreeMap<Day, Volumes>) {
    for (day, volumes) in more {
        sum.entry(*day).or_default().add(volumes);
    }
}
