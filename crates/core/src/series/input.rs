//! What goes into [`step`](super::step()): something that happened to a person.
//! Carries instants and ids as they came; nothing here has been believed yet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    effect::Channel,
    person::{Identified, Reaction},
    policy::{
        Ruling,
        subscription::{Choice, Suppressed},
    },
};
use crate::{experiment::Sticky, value::Value};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The person did something.
    Event {
        /// The id of the event; a second one with the same id and instant changes nothing.
        id: String,
        /// Its name.
        name: String,
        /// When, Unix ms.
        at: i64,
        /// Whether it shows that the person was there; an import or a server's job does not.
        active: bool,
        /// What came with it.
        properties: BTreeMap<String, Value>,
    },
    /// Attributes were set.
    Identify(Identified),
    /// The person did something with a message.
    Reaction {
        /// The id of the effect that the message is.
        effect: String,
        /// What they did.
        reaction: Reaction,
        /// When, Unix ms.
        at: i64,
    },
    /// The consumer of the queue reports.
    Settled {
        /// The id of the effect.
        effect: String,
        /// What came of it.
        delivery: Delivery,
    },
    /// Someone asks for another try at a message that was given up.
    Replayed {
        /// The id of the effect.
        effect: String,
    },
    /// The person chose what may be written to them.
    Chose {
        /// The id of the subscription type; everything where it is absent.
        subscription: Option<String>,
        /// What they chose.
        choice: Choice,
    },
    /// An address must not be written to.
    Suppressed(Suppressed),
    /// What is heard of a mail after its provider has taken it.
    Heard {
        /// The id of the effect.
        effect: String,
        /// What is heard.
        feedback: Feedback,
        /// The address that it went to; the person's own where it is absent.
        address: Option<String>,
        /// When, Unix ms.
        at: i64,
    },
    /// An address may be written to again.
    Opened {
        /// The channel.
        channel: Channel,
        /// The address within it; the whole channel where it is absent.
        address: Option<String>,
    },
    /// A visitor turned out to be this person: what chance gave them stays theirs.
    Joined {
        /// What chance gave the visitor.
        visitor: Sticky,
        /// When the first was heard of the visitor, Unix ms.
        since: Option<i64>,
    },
    /// The same, told afterwards by a file: it is kept, and segments know of it, but it lets no one into
    /// a series.
    Imported(Box<Self>),
    /// Time has passed, or the definitions have changed.
    Tick,
}

impl Input {
    /// When it happened by its own account, for what people do and learn of themselves.
    #[must_use]
    pub fn at(&self) -> Option<i64> {
        match self {
            Self::Event { at, .. } | Self::Identify(Identified { at, .. }) => Some(*at),
            Self::Imported(input) => input.at(),
            Self::Reaction { .. }
            | Self::Settled { .. }
            | Self::Replayed { .. }
            | Self::Chose { .. }
            | Self::Suppressed(_)
            | Self::Heard { .. }
            | Self::Opened { .. }
            | Self::Joined { .. }
            | Self::Tick => None,
        }
    }
}

/// What is heard of a mail after its provider has taken it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// It came back for good, for this reason: nothing is sent to the address any more.
    Bounced(String),
    /// Its owner called it spam: nothing is sent to the address any more.
    Complained,
    /// The person left by a link in it. What they left is [`Input::Chose`]'s to say.
    Unsubscribed,
}

/// What came of a send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The provider took it.
    Sent,
    /// It could not be sent, and will not be tried again; the reason is for people.
    Undelivered(String),
    /// A policy said no just before it was sent: later, or not at all.
    Ruled(Ruling),
}
