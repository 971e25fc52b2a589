//! Whom a person lets write to them: kinds of messages, unsubscribes, addresses that are shut.
//! Knows nothing of series, nor of time but which choice came later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Reason;
use crate::series::Channel;

// LIMIT: more kinds of messages than any page of preferences can show.
/// How many subscription types a workspace may have.
pub const TYPES_MAX: usize = 50;

// LIMIT: four times what a workspace has, because types come and go; the oldest is forgotten first.
/// How many choices of one person are kept.
pub const CHOICES_MAX: usize = 4 * TYPES_MAX;

// LIMIT: more addresses than one person goes through; the oldest is forgotten first.
/// How many addresses of one person may be suppressed.
pub const SUPPRESSED_MAX: usize = 20;

/// A kind of message that people can take or leave, such as a newsletter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubscriptionType {
    /// Its id, by which series name it.
    pub id: String,
    /// What people read where they choose.
    pub name: String,
    /// The channels that it covers.
    pub channels: Vec<Channel>,
    /// What holds for those who have not chosen.
    #[serde(default)]
    pub default: Initially,
}

/// What holds for a person who has not chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initially {
    /// They get it until they leave it.
    #[default]
    On,
    /// They get it only once they have asked for it.
    Off,
}

/// What a person chose, for each type and for everything. Of two choices the later one holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscriptions {
    everything: Option<Choice>,
    types: BTreeMap<String, Choice>,
}

/// One choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Choice {
    /// When it was made, Unix ms.
    pub at: i64,
    /// Whether they want it.
    pub subscribed: bool,
}

/// What everything is: what comes to people outside the app. A message inside it comes to no one
/// who has not come first; types that cover it can be left one by one.
pub(super) fn is_of_everything(channel: Channel) -> bool {
    match channel {
        Channel::Email | Channel::Push => true,
        Channel::InApp | Channel::Webhook => false,
    }
}

impl Subscriptions {
    /// Notes a choice for everything.
    pub fn choose_everything(&mut self, choice: Choice) {
        if self.everything.is_none_or(|known| known.at <= choice.at) {
            self.everything = Some(choice);
        }
    }

    /// Notes a choice for the type with this id.
    pub fn choose(&mut self, id: &str, choice: Choice) {
        if self.types.get(id).is_none_or(|known| known.at <= choice.at) {
            self.types.insert(id.to_owned(), choice);
        }
        if self.types.len() > CHOICES_MAX {
            let oldest = self.types.iter().min_by_key(|(_, choice)| **choice);
            if let Some(id) = oldest.map(|(id, _)| id.clone()) {
                self.types.remove(&id);
            }
        }
    }

    /// What was chosen for a type.
    #[must_use]
    pub fn choice(&self, id: &str) -> Option<Choice> {
        self.types.get(id).copied()
    }

    /// What was chosen for everything.
    #[must_use]
    pub fn everything(&self) -> Option<Choice> {
        self.everything
    }

    /// Why a message of this type must not go through this channel, if so.
    ///
    /// A choice for a type overrides an earlier one for everything, and the other way about.
    #[must_use]
    pub fn refuse(&self, of: Option<&SubscriptionType>, channel: Channel) -> Option<Reason> {
        let everything = self.everything.filter(|_| is_of_everything(channel));
        let of = of.filter(|of| of.channels.contains(&channel));
        let own = of.and_then(|of| self.choice(&of.id));
        let general_holds = match (everything, own) {
            (Some(everything), Some(own)) => everything.at > own.at,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if general_holds && everything.is_some_and(|choice| !choice.subscribed) {
            return Some(Reason::Unsubscribed);
        }
        match (own, of.map(|of| of.default)) {
            (Some(own), _) if !own.subscribed && !general_holds => {
                Some(Reason::UnsubscribedFromType)
            }
            (None, Some(Initially::Off)) => Some(Reason::NotSubscribed),
            (Some(_) | None, _) => None,
        }
    }
}

/// Addresses of a person that must not be written to, whatever they chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressions(Vec<Suppressed>);

/// One address that is shut, or a whole channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The channel.
    pub channel: Channel,
    /// The address within it, compared without regard to case; `None` for every address.
    pub address: Option<String>,
    /// Why.
    pub cause: Cause,
    /// Since when, Unix ms.
    pub at: i64,
}

/// Why an address is shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Mail to it came back for good.
    Bounce,
    /// Its owner called a mail spam.
    Complaint,
    /// Someone of the workspace shut it.
    Manual,
}

impl Cause {
    fn reason(self) -> Reason {
        match self {
            Self::Bounce => Reason::Bounced,
            Self::Complaint => Reason::Complained,
            Self::Manual => Reason::Suppressed,
        }
    }
}

impl Suppressed {
    /// Whether it shuts exactly this.
    fn is_for(&self, channel: Channel, address: Option<&str>) -> bool {
        self.channel == channel
            && match (&self.address, address) {
                (Some(shut), Some(address)) => shut.eq_ignore_ascii_case(address),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            }
    }
}

impl Suppressions {
    /// Shuts an address; `false` where it is shut already: it keeps its first cause.
    pub fn shut(&mut self, suppressed: Suppressed) -> bool {
        let (channel, address) = (suppressed.channel, suppressed.address.as_deref());
        if self.0.iter().any(|known| known.is_for(channel, address)) {
            return false;
        }
        self.0.push(suppressed);
        let too_many = self.0.len().saturating_sub(SUPPRESSED_MAX);
        self.0.drain(..too_many);
        true
    }

    /// Opens what was shut for this address, or for the whole channel.
    pub fn open(&mut self, channel: Channel, address: Option<&str>) {
        self.0.retain(|known| !known.is_for(channel, address));
    }

    /// Everything that is shut, in the order in which it was.
    pub fn iter(&self) -> impl Iterator<Item = &Suppressed> {
        self.0.iter()
    }

    /// Why nothing must be sent to this address, if so.
    #[must_use]
    pub fn refuse(&self, channel: Channel, address: Option<&str>) -> Option<Reason> {
        self.0
            .iter()
            .find(|known| known.is_for(channel, None) || known.is_for(channel, address))
            .map(|known| known.cause.reason())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(default: Initially) -> SubscriptionType {
        SubscriptionType {
            id: "news".to_owned(),
            name: "News".to_owned(),
            channels: vec![Channel::Email, Channel::InApp],
            default,
        }
    }

    #[test]
    fn the_later_choice_holds() {
        use Initially::{Off, On};
        use Reason::{NotSubscribed, Unsubscribed, UnsubscribedFromType};
        // The type's default, choices as (for the type?, at, subscribed), the channel, the answer.
        for (default, choices, channel, expected) in [
            (On, &[][..], Channel::Email, None),
            (Off, &[], Channel::Email, Some(NotSubscribed)),
            (Off, &[(true, 1, true)], Channel::Email, None),
            (
                On,
                &[(true, 1, false)],
                Channel::Email,
                Some(UnsubscribedFromType),
            ),
            (
                On,
                &[(true, 1, false)],
                Channel::InApp,
                Some(UnsubscribedFromType),
            ),
            // The type does not cover push.
            (Off, &[(true, 1, false)], Channel::Push, None),
            // The order of arrival does not matter.
            (
                On,
                &[(true, 2, true), (true, 1, false)],
                Channel::Email,
                None,
            ),
            (
                On,
                &[(true, 1, true), (true, 1, false)],
                Channel::Email,
                Some(UnsubscribedFromType),
            ),
            // Everything is what comes to people outside the app.
            (On, &[(false, 1, false)], Channel::Email, Some(Unsubscribed)),
            (On, &[(false, 1, false)], Channel::Push, Some(Unsubscribed)),
            (On, &[(false, 1, false)], Channel::InApp, None),
            (
                On,
                &[(false, 1, false), (false, 2, true)],
                Channel::Email,
                None,
            ),
            // A type asked for after leaving everything is wanted, and left with it again.
            (
                Off,
                &[(false, 1, false), (true, 2, true)],
                Channel::Email,
                None,
            ),
            (
                Off,
                &[(false, 1, false), (true, 2, true)],
                Channel::Push,
                Some(Unsubscribed),
            ),
            (
                On,
                &[(true, 1, true), (false, 2, false)],
                Channel::Email,
                Some(Unsubscribed),
            ),
            (
                On,
                &[(true, 1, false), (false, 2, true)],
                Channel::Email,
                None,
            ),
            // To want everything again is no consent to what must be asked for.
            (
                Off,
                &[(false, 1, true)],
                Channel::Email,
                Some(NotSubscribed),
            ),
        ] {
            let mut subscriptions = Subscriptions::default();
            for (is_type, at, subscribed) in choices.iter().copied() {
                let choice = Choice { at, subscribed };
                if is_type {
                    subscriptions.choose("news", choice);
                } else {
                    subscriptions.choose_everything(choice);
                }
            }
            let found = subscriptions.refuse(Some(&news(default)), channel);
            assert_eq!(found, expected, "{default:?} {choices:?} {channel:?}");
        }
    }

    #[test]
    fn a_message_of_no_type_asks_for_everything_only() {
        let mut subscriptions = Subscriptions::default();
        let left = Choice {
            at: 1,
            subscribed: false,
        };
        subscriptions.choose("news", left);
        assert_eq!(subscriptions.refuse(None, Channel::Email), None);
        subscriptions.choose_everything(left);
        assert_eq!(
            subscriptions.refuse(None, Channel::Email),
            Some(Reason::Unsubscribed)
        );
    }

    #[test]
    fn the_oldest_choice_is_forgotten_first() {
        let mut subscriptions = Subscriptions::default();
        for at in 0..=i64::try_from(CHOICES_MAX).unwrap() {
            let subscribed = false;
            subscriptions.choose(&at.to_string(), Choice { at, subscribed });
        }
        assert_eq!(subscriptions.choice("0"), None);
        assert!(subscriptions.choice("1").is_some());
    }

    #[test]
    fn a_shut_address_stays_shut_until_it_is_opened() {
        let shut = |address: Option<&str>, cause| Suppressed {
            channel: Channel::Email,
            address: address.map(str::to_owned),
            cause,
            at: 0,
        };
        let mut shuts = Suppressions::default();
        shuts.shut(shut(Some("Ada@Example.com"), Cause::Bounce));
        shuts.shut(shut(Some("ada@example.com"), Cause::Complaint));
        assert_eq!(shuts.iter().count(), 1);
        for (channel, address, expected) in [
            (
                Channel::Email,
                Some("ada@example.COM"),
                Some(Reason::Bounced),
            ),
            (Channel::Email, Some("bea@example.com"), None),
            (Channel::Email, None, None),
            (Channel::Push, Some("ada@example.com"), None),
        ] {
            assert_eq!(
                shuts.refuse(channel, address),
                expected,
                "{channel:?} {address:?}"
            );
        }
        shuts.open(Channel::Email, Some("ADA@example.com"));
        assert_eq!(shuts, Suppressions::default());
        // A whole channel.
        shuts.shut(shut(None, Cause::Manual));
        assert_eq!(
            shuts.refuse(Channel::Email, Some("bea@example.com")),
            Some(Reason::Suppressed)
        );
        shuts.open(Channel::Email, None);
        shuts.shut(shut(Some("c"), Cause::Complaint));
        assert_eq!(
            shuts.refuse(Channel::Email, Some("c")),
            Some(Reason::Complained)
        );
    }

    #[test]
    fn the_oldest_suppression_is_forgotten_first() {
        let mut shuts = Suppressions::default();
        for number in 0..=SUPPRESSED_MAX {
            shuts.shut(Suppressed {
                channel: Channel::Email,
                address: Some(number.to_string()),
                cause: Cause::Bounce,
                at: 0,
            });
        }
        assert_eq!(shuts.iter().count(), SUPPRESSED_MAX);
        assert_eq!(shuts.refuse(Channel::Email, Some("0")), None);
        assert_eq!(
            shuts.refuse(Channel::Email, Some("1")),
            Some(Reason::Bounced)
        );
    }
}
