//! Asks once more about a message that is about to be sent: the series, and the policies.
//! Changes nothing: what policies answer comes back as [`Delivery`](super::Delivery).

use super::{
    definition::{Definitions, Message, Published, Series},
    effect::{Channel, Sought},
    person::{Person, StepRecord},
    policy::{Asking, Ruling},
};
use crate::zone::{Zone, Zones};

/// What becomes of a send that is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// There is nothing to send any more: it has left, was taken back, or was never known.
    Gone,
    /// Its series stands still: it is held until [`Effect::Release`] says when to claim it again, or
    /// [`Effect::Cancel`] takes it back.
    ///
    /// [`Effect::Release`]: super::Effect::Release
    /// [`Effect::Cancel`]: super::Effect::Cancel
    Held,
    /// What the policies say. On [`Ruling::Send`] it is sent, and [`Delivery::Sent`] is reported; any
    /// other answer is reported as [`Delivery::Ruled`], and a later instant is when to claim it again.
    ///
    /// [`Delivery::Sent`]: super::Delivery::Sent
    /// [`Delivery::Ruled`]: super::Delivery::Ruled
    Ruled(Ruling),
}

/// Whether the message behind an effect id may leave at `now`.
///
/// Whoever claims a send asks this first, of a person who has met these definitions: a pause that is
/// over says what becomes of the message when they do.
#[must_use]
pub fn check(
    definitions: &Definitions,
    zones: &Zones,
    person: &Person,
    effect: &str,
    now: i64,
) -> Claim {
    let found = waiting(definitions, person, effect);
    let Some((published, series, record, message)) = found else {
        return Claim::Gone;
    };
    if published.paused {
        return Claim::Held;
    }
    let asked = Asked {
        effect,
        since: record.at,
        decided: true,
        expires: None,
    };
    let zone = definitions.zone(person, zones);
    Claim::Ruled(definitions.ruling(series, message, person, zone, &asked, now))
}

/// The message behind an effect id that waits to be sent.
fn waiting<'a>(
    definitions: &'a Definitions,
    person: &'a Person,
    effect: &str,
) -> Option<(&'a Published, &'a Series, &'a StepRecord, &'a Message)> {
    let sought = Sought::new(effect, &person.id);
    let (id, record) = person.each_run().find_map(|(id, run)| {
        let is_it = |step: &str| sought.is_of(id, run.entry, step);
        let record = run.steps.iter().find(|record| is_it(&record.step))?;
        Some((id, record))
    })?;
    let published = definitions.series.get(id)?;
    let series = published.versions.get(&record.version)?;
    let message = published.recorded(record)?.message()?;
    let is_waiting = record.outcome.waits_until(record.at).is_some();
    is_waiting.then_some((published, series, record, message))
}

/// What the policies are asked about a message.
pub(super) struct Asked<'a> {
    /// The id of its effect.
    pub(super) effect: &'a str,
    /// Since when it waits, Unix ms.
    pub(super) since: i64,
    /// Whether it was let through before, and is about to be sent.
    pub(super) decided: bool,
    /// From when on it is of no use any more, Unix ms.
    pub(super) expires: Option<i64>,
}

impl Definitions {
    /// What the policies say of a message. None concerns what a program gets.
    pub(super) fn ruling(
        &self,
        series: &Series,
        message: &Message,
        person: &Person,
        zone: &Zone,
        asked: &Asked<'_>,
        now: i64,
    ) -> Ruling {
        let channel = message.channel();
        if channel == Channel::Webhook {
            return Ruling::Send;
        }
        let asking = Asking {
            effect: asked.effect,
            channel,
            address: message.address(person),
            since: asked.since,
            decided: asked.decided,
            expires: asked.expires,
        };
        let recipient = person.recipient(zone);
        self.settings
            .rule(&series.policies, &recipient, &asking, now)
    }
}
