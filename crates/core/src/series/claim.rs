//! Asks the policies once more about a message that is about to be sent.
//! Changes nothing: what it answers comes back as [`Delivery`](super::Delivery).

use super::{
    definition::Definitions,
    effect::effect_id,
    person::{Outcome, Person},
    policy::{Asking, Ruling},
};
use crate::zone::Zones;

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
    let (id, run, record) = person.each_run().find_map(|(id, run)| {
        let is_it = |step: &str| effect_id(&person.id, id, run.entry, step) == effect;
        let record = run.steps.iter().find(|record| is_it(&record.step))?;
        Some((id, run, record))
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
    let series = definitions.series(id, run.version)?;
    let (_, step) = series.step(&record.step)?;
    let message = step.message()?;
    let asking = Asking {
        effect,
        channel: message.channel(),
        address: message.address(person),
        since: record.at,
        expires: None,
    };
    let recipient = person.recipient(definitions.zone(person, zones));
    let settings = &definitions.settings;
    Some(settings.rule(&series.policies, &recipient, &asking, now))
}
