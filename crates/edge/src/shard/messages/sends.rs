//! What is said about sends that were decided: who performs them, what came of them, and what was heard
//! of them later.

use rekindle_core::series::{Delivery, Feedback, Outgoing};
use serde::{Deserialize, Serialize};

use super::Device;

// LIMIT: while a claim lasts, in real time, no other consumer gets the same send. It ends by
// itself: who claimed it may have died.
pub(crate) const CLAIM_MS: i64 = 60_000;

/// A send that the consumer may perform now.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claimed {
    pub(crate) effect: String,
    pub(crate) person: String,
    pub(crate) series: String,
    pub(crate) step: String,
    /// The variant of the message, where it is tested.
    pub(crate) variant: Option<String>,
    pub(crate) at: i64,
    pub(crate) outgoing: Outgoing,
    /// The devices of the person, for a push.
    pub(crate) devices: Vec<Device>,
    /// How many attempts have failed.
    pub(crate) failures: i64,
    /// The real instant of the first of them, Unix ms.
    pub(crate) failing_since: Option<i64>,
    /// Why whoever takes it is left alone now: it is put off without an attempt.
    pub(crate) shut: Option<String>,
}

/// What came of sends that were claimed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Reports {
    pub(crate) settled: Vec<Settled>,
    pub(crate) put_off: Vec<PutOff>,
}

/// A send that is to be tried again.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PutOff {
    pub(crate) effect: String,
    /// It failed: not before this instant of real time, Unix ms. `None`: there was no time to try it.
    pub(crate) until: Option<i64>,
    /// What whoever should have taken it did; nothing where they were not asked.
    pub(crate) failed: Option<Failed>,
}

/// How whoever should have taken a send failed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub(crate) reason: String,
    /// For how long they asked to be left alone, ms.
    pub(crate) pause_ms: Option<i64>,
}

/// What came of a send for good.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Settled {
    pub(crate) effect: String,
    pub(crate) delivery: Delivery,
    /// Endpoints that are gone for good.
    pub(crate) gone: Vec<String>,
}

/// What a person lets write to them, for the page on which they choose.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Preferences {
    pub(crate) types: Vec<Preference>,
    /// Whether they have not left everything.
    pub(crate) everything: bool,
}

/// A type that a person may take or leave.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Preference {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) subscribed: bool,
}

/// A person chooses.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Prefer {
    pub(crate) effect: String,
    /// The types that they want; they leave where it is absent.
    pub(crate) wanted: Option<Vec<String>>,
    /// Whether they leave everything, and not only what the message belongs to.
    pub(crate) everything: bool,
}

/// What was heard of a mail after its provider had taken it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Heard {
    pub(crate) effect: String,
    /// The address that it went to, if the provider says so.
    pub(crate) address: Option<String>,
    pub(crate) feedback: Feedback,
}

/// The body of a message in the queue of sends: no personal data, only where to ask.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Queued {
    /// The id of the effect: it tells the shard.
    pub(crate) effect: String,
}
