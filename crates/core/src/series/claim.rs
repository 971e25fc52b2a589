//! Asks the policies once more about a message that is about to be sent.
//! Changes nothing: what it answers comes back as [`Delivery`](super::Delivery).

use super::{
    definition::{Definitions, Message, Series},
    effect::{Channel, Sought},
    person::{Outcome, Person},
    policy::{Asking, Ruling},
};
use crate::zone::{Zone, Zones};

/// Whether the message behind an effect id may leave at `now`; `None` where there is nothing to
/// send any more: it has left, was taken back, or was never known.
///
/// Whoever claims a send asks this first. On [`Ruling::Send`] it is sent, and [`Delivery::Sent`] is
/// reported; any other answer is reported as [`Delivery::Ruled`], and a later instant is when to
/// claim it again.
///
/// [`Delivery::Sent`]: super::Delivery::Sent
/// [`Delivery::Ruled`]: super::Delivery::Ruled
#[must_use]
pub fn check(
    definitions: &Definitions,
    zones: &Zones,
    person: &Person,
    effect: &str,
    now: i64,
) -> Option<Ruling> {
    let sought = Sought::new(effect, &person.id);
    let (id, record) = person.each_run().find_map(|(id, run)| {
        let is_it = |step: &str| sought.is_of(id, run.entry, step);
        let record = run.steps.iter().find(|record| is_it(&record.step))?;
        Some((id, record))
    })?;
    match record.outcome {
        Outcome::Queued | Outcome::Delayed { .. } => {}
        Outcome::Passed
        | Outcome::Took(_)
        | Outcome::Sent
        | Outcome::Undelivered(_)
        | Outcome::Live { .. }
        | Outcome::Cancelled
        | Outcome::Skipped(_) => return None,
    }
    let series = definitions.series(id, record.version)?;
    let message = definitions.recorded(id, record)?.message()?;
    let asked = Asked {
        effect,
        since: record.at,
        decided: true,
        expires: None,
    };
    let zone = definitions.zone(person, zones);
    Some(definitions.ruling(series, message, person, zone, &asked, now))
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
