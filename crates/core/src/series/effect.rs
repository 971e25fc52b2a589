//! What comes out of [`step`](super::step()): effects to be performed, and their ids.
//! Performs nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    definition::Message,
    spec::{MailProvider, Method},
};
use crate::hash::{halves_of_effect, mix64_of, person_key, push_hex64};

/// Something to be performed. Every effect has a stable id or is safe to repeat.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Hand this to the outbox, once per id.
    Send(Send),
    /// Take this out of the outbox unless it has left.
    Cancel {
        /// The id of the effect.
        effect: String,
    },
    /// A pause is over: a send that waits may leave from this instant on, and is claimed again then.
    Release {
        /// The id of the effect.
        effect: String,
        /// Unix ms.
        at: i64,
    },
    /// A message is live in the app under this id: reactions to it will come.
    Live {
        /// The id of the effect.
        effect: String,
    },
    /// The person came into a segment, or left it.
    Membership {
        /// The id of the segment.
        segment: String,
        /// Since when they are in it; `None` when they left.
        since: Option<i64>,
    },
    /// One more in the report.
    Count {
        /// The id of the series.
        series: String,
        /// The version.
        version: u32,
        /// The id of the step, for what is counted per step; of a way, [`way_id`].
        step: Option<String>,
        /// The variant of the message that this is counted for, and not for the step once more.
        variant: Option<String>,
        /// What is counted.
        metric: Metric,
    },
    /// Publish this inbox: the bytes of [`wire::Inbox`], or nothing when it is empty.
    Inbox(Option<Vec<u8>>),
}

/// A message that leaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Send {
    /// The id of the effect.
    pub effect: String,
    /// The id of the series.
    pub series: String,
    /// The version.
    pub version: u32,
    /// The id of the step.
    pub step: String,
    /// The variant of the message, where it is tested.
    #[serde(default)]
    pub variant: Option<String>,
    /// When it was decided, Unix ms.
    pub at: i64,
    /// What leaves.
    pub outgoing: Outgoing,
}

/// What leaves, filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub enum Outgoing {
    /// A mail.
    Email {
        /// The address.
        to: String,
        /// The subject line.
        subject: String,
        /// What the list of mails shows after the subject; it stands in the HTML part.
        #[serde(default)]
        preheader: String,
        /// The HTML part, a whole document. Whoever sends it puts the link by which one leaves in its
        /// place: [`place_unsubscribe`](crate::mail::place_unsubscribe).
        html: String,
        /// The plain part.
        text: String,
        /// Who takes it, if not whom the deployment chose.
        #[serde(default)]
        provider: Option<MailProvider>,
    },
    /// A push notification, to every device that the person has at the time of sending.
    Push {
        /// The headline.
        title: String,
        /// The text.
        body: String,
        /// Where a click leads.
        url: Option<String>,
        /// The address of a picture.
        #[serde(default)]
        image: Option<String>,
        /// Buttons: what each says, and where it leads.
        #[serde(default)]
        actions: Vec<(String, String)>,
    },
    /// A request to a program; signed by whoever sends it.
    Webhook {
        /// The method.
        method: Method,
        /// Where it goes.
        url: String,
        /// What it carries besides, by name.
        headers: BTreeMap<String, String>,
        /// What it carries.
        body: String,
    },
}

impl Outgoing {
    /// The channel that it goes through.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Email { .. } => Channel::Email,
            Self::Push { .. } => Channel::Push,
            Self::Webhook { .. } => Channel::Webhook,
        }
    }
}

/// The channel of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Mail.
    Email,
    /// Inside the app.
    InApp,
    /// Push notification.
    Push,
    /// A request to a program, not to the person.
    Webhook,
}

impl Message {
    /// The channel that it goes through.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Email(_) => Channel::Email,
            Self::InApp(_) => Channel::InApp,
            Self::Push(_) => Channel::Push,
            Self::Webhook(_) => Channel::Webhook,
        }
    }
}

/// What reports count. Every one is counted at most once per run (and step); the report says in
/// words what each of them means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Came to match the audience, or performed the event that lets people in.
    Matched,
    /// Entered.
    Entered,
    /// Would have entered, and is held out.
    HeldOut,
    /// Left by the exit condition.
    ReEngaged,
    /// Left because they did not match the audience any more.
    LeftAudience,
    /// Left by a step that ends the run.
    LeftByStep,
    /// Left because the new version has no place for them.
    StepGone,
    /// Came to the end of the steps.
    Finished,
    /// Moved on to this version from an earlier one.
    Moved,
    /// Reached the goal of the series, of the message, or of the series after this way.
    Converted,
    /// Taken by the provider, or live in the app.
    Sent,
    /// Refused for good, or no one there to take it.
    Undelivered,
    /// Held back by a policy for a while.
    Delayed,
    /// Passed over.
    Skipped,
    /// Was given this variant of a message.
    Assigned,
    /// Took this way of a branch, a split or a wait.
    Took,
    /// Seen on the screen.
    Shown,
    /// Opened or received.
    Opened,
    /// Clicked.
    Clicked,
    /// Sent away.
    Dismissed,
    /// Came back for good, after the provider had taken it.
    Bounced,
    /// Was called spam by its owner.
    Complained,
    /// Led the person to leave what it belongs to.
    Unsubscribed,
    /// Entered, and was not seen in the 30 days after.
    #[serde(rename = "churned_30")]
    Churned30,
    /// Entered, and was not seen in the 60 days after.
    #[serde(rename = "churned_60")]
    Churned60,
    /// Entered, and was not seen in the 90 days after.
    #[serde(rename = "churned_90")]
    Churned90,
    /// Entered, and was seen in the 30 days after.
    #[serde(rename = "stayed_30")]
    Stayed30,
    /// Entered, and was seen in the 60 days after.
    #[serde(rename = "stayed_60")]
    Stayed60,
    /// Entered, and was seen in the 90 days after.
    #[serde(rename = "stayed_90")]
    Stayed90,
    /// Held out, and the exit condition came true.
    HeldOutReEngaged,
    /// Held out, and reached the goal of the series.
    HeldOutConverted,
    /// Held out, and was not seen in the 30 days after.
    #[serde(rename = "held_out_churned_30")]
    HeldOutChurned30,
    /// Held out, and was not seen in the 60 days after.
    #[serde(rename = "held_out_churned_60")]
    HeldOutChurned60,
    /// Held out, and was not seen in the 90 days after.
    #[serde(rename = "held_out_churned_90")]
    HeldOutChurned90,
    /// Held out, and was seen in the 30 days after.
    #[serde(rename = "held_out_stayed_30")]
    HeldOutStayed30,
    /// Held out, and was seen in the 60 days after.
    #[serde(rename = "held_out_stayed_60")]
    HeldOutStayed60,
    /// Held out, and was seen in the 90 days after.
    #[serde(rename = "held_out_stayed_90")]
    HeldOutStayed90,
}

/// The id under which a way or a variant is counted: the step and its name.
#[must_use]
pub fn way_id(step: &str, way: &str) -> String {
    [step, "/", way].concat()
}

/// The stable id of what a step does to a person: the same for every attempt.
#[must_use]
pub fn effect_id(person: &str, series: &str, entry: u32, step: &str) -> String {
    let mut id = String::with_capacity(32);
    push_hex64(&mut id, person_key(person));
    push_hex64(&mut id, occasion(person, series, entry, step));
    id
}

/// What tells an effect of a person from the others: the second half of its id.
fn occasion(person: &str, series: &str, entry: u32, step: &str) -> u64 {
    let mut digits = [0; 10];
    let entry = decimal(entry, &mut digits);
    mix64_of([series.as_bytes(), entry, step.as_bytes(), person.as_bytes()])
}

/// The decimal digits of a number, written at the end of as much room as the largest needs.
fn decimal(mut number: u32, digits: &mut [u8; 10]) -> &[u8] {
    let mut first = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + u8::try_from(number % 10).unwrap_or(0);
        first -= 1;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.get(first..).unwrap_or_default()
}

/// An effect id that came from outside, to be found again among what was done to a person.
#[derive(Clone, Copy)]
pub(super) struct Sought<'a> {
    person: &'a str,
    occasion: Option<u64>,
}

impl<'a> Sought<'a> {
    pub(super) fn new(effect: &str, person: &'a str) -> Self {
        let halves = halves_of_effect(effect);
        let own = halves.filter(|(key, _)| *key == person_key(person));
        Self {
            person,
            occasion: own.map(|(_, occasion)| occasion),
        }
    }

    /// Whether it is the effect of this step.
    pub(super) fn is_of(self, series: &str, entry: u32, step: &str) -> bool {
        let occasion = |sought| occasion(self.person, series, entry, step) == sought;
        self.occasion.is_some_and(occasion)
    }
}
