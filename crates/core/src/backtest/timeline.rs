//! What would have happened to one person, moment by moment, and some people to look at.
//! Chooses them by a hash of their ids: the same people, in whatever order they are replayed.

use serde::Serialize;

use crate::{
    hash::mix64,
    series::{ExitReason, SkipReason},
};

// LIMIT: as many as a marketer looks through.
/// How many people a forecast shows.
pub const SAMPLES_MAX: usize = 20;

// LIMIT: a person who enters again and again for years; the counts go on.
/// How many moments of one of them it shows.
pub const MOMENTS_MAX: usize = 200;

/// What would have happened at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// They came to match the audience.
    Matched,
    /// They entered.
    Entered,
    /// They were held out: they match, and get nothing.
    HeldOut,
    /// The message of the step would have been sent, or gone live in the app.
    WouldSend,
    /// The message would not have been sent; why.
    Skipped(SkipReason),
    /// They came to the end.
    Finished,
    /// They left early; why.
    Exited(ExitReason),
}

/// Something that would have happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// When, Unix ms.
    pub at: i64,
    /// What.
    pub what: What,
    /// The id of the step, for what happens at one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// A person, with what would have happened to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sample {
    #[serde(skip)]
    order: u64,
    /// Their id.
    pub person: String,
    /// The first [`MOMENTS_MAX`] moments, in order.
    pub timeline: Vec<Moment>,
}

/// The people with the smallest hashes among those to whom something would have happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Samples {
    samples: Vec<Sample>,
}

impl Samples {
    /// The people, in the order of their hashes.
    #[must_use]
    pub fn people(&self) -> &[Sample] {
        &self.samples
    }

    pub(super) fn offer(&mut self, person: &str, moments: &[Moment]) {
        let order = mix64(person.as_bytes());
        let place = self.samples.partition_point(|known| known.order < order);
        if place < SAMPLES_MAX && !moments.is_empty() {
            let timeline = moments.iter().take(MOMENTS_MAX).cloned().collect();
            let person = person.to_owned();
            self.insert(Sample {
                order,
                person,
                timeline,
            });
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for sample in &other.samples {
            self.insert(sample.clone());
        }
    }

    fn insert(&mut self, sample: Sample) {
        let place = self
            .samples
            .partition_point(|known| known.order < sample.order);
        self.samples.insert(place, sample);
        self.samples.truncate(SAMPLES_MAX);
    }
}
