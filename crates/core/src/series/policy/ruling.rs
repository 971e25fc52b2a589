//! Whether a message may leave now, later or not at all, and why: all policies in one order.
//! Decides nothing on its own: each policy answers for itself.

use serde::{Deserialize, Serialize};

use super::{
    cap::{self, SentLog},
    quiet,
    settings::{Overrides, SendAt, Settings, WhenBlocked},
    subscription::{self, Subscriptions, Suppressions},
    timing::{self, Activity},
    wall::Weekdays,
};
use crate::{series::Channel, window::DAY_MS, zone::Zone};

// LIMIT: what is said a week late is better not said, and no message may wait for ever.
/// How long a message may wait for its policies, in milliseconds; then it is skipped.
pub const WAIT_MS_MAX: i64 = 7 * DAY_MS;

/// What policies remember of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// When messages left for them.
    pub sent: SentLog,
    /// What they want.
    pub subscriptions: Subscriptions,
    /// Where they must not be written to.
    pub suppressions: Suppressions,
    /// When they are usually there.
    pub activity: Activity,
}

/// Whom a message is for.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// Their id.
    pub id: &'a str,
    /// Whether their attribute `unsubscribed` is true: they left everything.
    pub unsubscribed: bool,
    /// The clock on their wall (see [`timing::zone`]).
    pub zone: &'a Zone,
    /// What is remembered of them.
    pub state: &'a State,
}

/// A message that asks to leave.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The id of its effect, under which it stands in the log of what was sent.
    pub effect: &'a str,
    /// Its channel.
    pub channel: Channel,
    /// The address within the channel, where it has one.
    pub address: Option<&'a str>,
    /// Since when it waits, Unix ms: when its step first fired.
    pub since: i64,
    /// Whether it was let through before, and is about to be sent: its time of day has come.
    pub decided: bool,
    /// From when on it is of no use any more, Unix ms, if it says so itself.
    pub expires: Option<i64>,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ruling {
    /// It may leave now.
    Send,
    /// It may leave at an instant that lies ahead, as far as is known now: ask again then.
    Later {
        /// Unix ms, after now and within [`WAIT_MS_MAX`] of when it began to wait.
        at: i64,
        /// What holds it back first.
        reason: Reason,
    },
    /// It does not leave.
    Skip {
        /// Why.
        reason: Reason,
    },
}

/// Why a message waits or was skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Mail to the address came back for good.
    Bounced,
    /// The owner of the address called a mail spam.
    Complained,
    /// The address was shut by hand.
    Suppressed,
    /// They left everything.
    Unsubscribed,
    /// They left this type of message.
    UnsubscribedFromType,
    /// They have not asked for this type of message, which one must.
    NotSubscribed,
    /// They are among those who get nothing.
    Holdout,
    /// It leaves at a time of day.
    SendAt,
    /// It leaves at the hour at which they are usually there.
    UsualHour,
    /// The clock on their wall shows quiet hours.
    QuietHours,
    /// They got as many messages as the cap allows.
    Cap,
    /// It came too late to be of use.
    Expired,
}

impl Reason {
    /// The word that it is written as.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
            Self::Unsubscribed => "unsubscribed",
            Self::UnsubscribedFromType => "unsubscribed_from_type",
            Self::NotSubscribed => "not_subscribed",
            Self::Holdout => "holdout",
            Self::SendAt => "send_at",
            Self::UsualHour => "usual_hour",
            Self::QuietHours => "quiet_hours",
            Self::Cap => "cap",
            Self::Expired => "expired",
        }
    }

    /// The reason in a sentence for people.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Bounced => "mail to this address came back for good",
            Self::Complained => "the owner of this address called a mail spam",
            Self::Suppressed => "this address was shut by hand",
            Self::Unsubscribed => "they unsubscribed from everything",
            Self::UnsubscribedFromType => "they unsubscribed from this type of message",
            Self::NotSubscribed => "they have not asked for this type of message",
            Self::Holdout => "they are in the holdout, which gets no messages",
            Self::SendAt => "the series sends at a time of day, which comes later",
            Self::UsualHour => "the hour at which they are usually there comes later",
            Self::QuietHours => "it is quiet hours where they are",
            Self::Cap => "they got as many messages as the frequency cap allows",
            Self::Expired => "it came too late to be of use",
        }
    }
}

impl Settings {
    /// Whether a message may leave at `now`, in the order that the module's documentation states.
    ///
    /// After [`Ruling::Send`] the caller notes it in `state.sent`, before it asks for the next.
    #[must_use]
    pub fn rule(
        &self,
        overrides: &Overrides,
        to: &Recipient<'_>,
        message: &Asking<'_>,
        now: i64,
    ) -> Ruling {
        if let Some(reason) = self.refuse(overrides, to, message) {
            return Ruling::Skip { reason };
        }
        let patience = message.since.saturating_add(WAIT_MS_MAX);
        let deadline = message.expires.map_or(patience, |at| at.min(patience));
        if now > deadline {
            return Ruling::Skip {
                reason: Reason::Expired,
            };
        }
        let mut at = now;
        let mut first = None;
        // It ends: what was sent does not change meanwhile, so that room, once there, stays, and
        // the time of day comes once; only quiet hours can follow on either.
        while let Some(hold) = self.hold(overrides, to, message, (at, now)) {
            let is_blocked = matches!(hold.reason, Reason::QuietHours | Reason::Cap);
            if is_blocked && overrides.when_blocked == WhenBlocked::Skip {
                // What would block it later is looked at later.
                if at > now {
                    break;
                }
                return Ruling::Skip {
                    reason: hold.reason,
                };
            }
            let reason = *first.get_or_insert(hold.reason);
            if hold.until > deadline {
                return Ruling::Skip { reason };
            }
            at = hold.until;
        }
        first.map_or(Ruling::Send, |reason| Ruling::Later { at, reason })
    }

    /// Why it must not leave at all.
    fn refuse(
        &self,
        overrides: &Overrides,
        to: &Recipient<'_>,
        message: &Asking<'_>,
    ) -> Option<Reason> {
        let Asking {
            channel, address, ..
        } = *message;
        let left_everything = to.unsubscribed && subscription::is_of_everything(channel);
        let of = overrides
            .subscription
            .as_deref()
            .and_then(|id| self.subscription_type(id));
        to.state
            .suppressions
            .refuse(channel, address)
            .or_else(|| left_everything.then_some(Reason::Unsubscribed))
            .or_else(|| to.state.subscriptions.refuse(of, channel))
            .or_else(|| self.holds_out(to.id).then_some(Reason::Holdout))
    }

    /// What would hold it back at an instant, as far as is known now.
    fn hold(
        &self,
        overrides: &Overrides,
        to: &Recipient<'_>,
        message: &Asking<'_>,
        (at, now): (i64, i64),
    ) -> Option<Hold> {
        let timing = || {
            if message.decided {
                return None;
            }
            let since = message.since;
            let (until, reason) = match overrides.send_at? {
                SendAt::Time(time) => (
                    timing::next(since, time, Weekdays::EVERY, to.zone),
                    Reason::SendAt,
                ),
                SendAt::UsualHour => {
                    let hour = timing::usual_hour(&to.state.activity)?;
                    (timing::next_hour(since, hour, to.zone), Reason::UsualHour)
                }
            };
            (until > at).then_some(Hold { until, reason })
        };
        let quiet_hours = || {
            let quiet = self
                .quiet_hours
                .as_ref()
                .filter(|quiet| quiet.hold(message.channel) && !overrides.ignore_quiet_hours)?;
            let until = quiet::until(at, quiet, to.zone)?;
            let reason = Reason::QuietHours;
            Some(Hold { until, reason })
        };
        let cap = || {
            let cap = self
                .cap
                .as_ref()
                .filter(|_| cap::counts(message.channel) && !overrides.ignore_cap)?;
            let until = cap::room_ahead(&to.state.sent, cap, message.effect, at, now)?;
            let reason = Reason::Cap;
            Some(Hold { until, reason })
        };
        timing().or_else(quiet_hours).or_else(cap)
    }
}

/// Something that holds a message back.
struct Hold {
    until: i64,
    reason: Reason,
}

#[cfg(test)]
mod tests;
