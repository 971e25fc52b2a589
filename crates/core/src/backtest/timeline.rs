//! What would have happened to one person, moment by moment, and some people to look at.
//! Chooses them by a hash of their ids: the same people, in whatever order they are replayed.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::hash::mix64;

// LIMIT: as many as a marketer looks through.
/// How many people a forecast shows.
pub const SAMPLES_MAX: usize = 20;

// LIMIT: a person who enters again and again for years; the counts go on.
/// How many moments of one of them it shows.
pub const MOMENTS_MAX: usize = 200;

/// A reason or a way, by its word.
pub type Word = Cow<'static, str>;

/// What would have happened at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The message would have been held back for a while.
    Delayed,
    /// The message would not have been sent; why.
    Skipped(Word),
    /// They took this way of a branch, a split or a wait.
    Took(Word),
    /// They came to the end.
    Finished,
    /// They left early; why.
    Exited(Word),
}

/// Something that would have happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// When, Unix ms.
    pub at: i64,
    /// What.
    pub what: What,
    /// The id of the step, for what happens at one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

/// A person, with what would have happened to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Their id.
    pub person: String,
    /// The first [`MOMENTS_MAX`] moments, in order.
    pub timeline: Vec<Moment>,
}

/// The people with the smallest hashes among those to whom something would have happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        if !moments.is_empty() && self.place(person) < SAMPLES_MAX {
            self.insert(Sample {
                person: person.to_owned(),
                timeline: moments.iter().take(MOMENTS_MAX).cloned().collect(),
            });
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for sample in &other.samples {
            self.insert(sample.clone());
        }
    }

    fn insert(&mut self, sample: Sample) {
        self.samples.insert(self.place(&sample.person), sample);
        self.samples.truncate(SAMPLES_MAX);
    }

    fn place(&self, person: &str) -> usize {
        let order = |id: &str| mix64(id.as_bytes());
        let own = order(person);
        self.samples
            .partition_point(|known| order(&known.person) < own)
    }
}
