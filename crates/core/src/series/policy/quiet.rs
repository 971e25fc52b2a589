//! Quiet hours: when no message may reach a person, by the clock on their wall.
//! Holds no zone and keeps no state: the same arguments give the same instant.
//!
//! The rule, for every zone and every change of the clock:
//!
//! - An instant is quiet if the wall clock then shows a time within the quiet hours. Nothing else
//!   counts: not how long they have lasted, nor how long the night is.
//! - Quiet hours belong to the day on which they begin: `21:00` to `08:00` on Fridays is Friday
//!   evening and Saturday morning. The first minute is quiet, the last is not.
//! - An end that the clock never shows, because it falls into a gap (clocks going forward), is the
//!   end of the gap. So is a beginning.
//! - An hour that is shown twice (clocks going back) is quiet both times, or open both times.
//! - A day that is left out altogether has no hours; what would have begun on it and reaches into
//!   the next day is quiet on that day, for that is what the clock shows.

use serde::{Deserialize, Serialize};

use super::{
    Weekday, is_default,
    wall::{TimeOfDay, Weekdays, day_and_time},
};
use crate::{
    series::Channel,
    window::DAY_MS,
    zone::{TRANSITIONS_MAX, Zone},
};

// LIMIT: quiet hours in a row on six days, or up to every change in a table with the hours before
// and after it; a table that asks for more is looked at again where it was left.
const ROUNDS_MAX: usize = 7 + 2 * TRANSITIONS_MAX;

/// Hours of the day in which no message may reach a person, on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Spec", into = "Spec")]
pub struct QuietHours {
    from: TimeOfDay,
    to: TimeOfDay,
    days: Weekdays,
    channels: Vec<Channel>,
}

/// Quiet hours as they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    from: TimeOfDay,
    to: TimeOfDay,
    #[serde(default, skip_serializing_if = "is_default")]
    days: Weekdays,
    #[serde(default = "disturbing", skip_serializing_if = "is_disturbing")]
    channels: Vec<Channel>,
}

/// The channels that ring: a message inside the app is seen by those only who are up and there.
fn disturbing() -> Vec<Channel> {
    vec![Channel::Email, Channel::Push]
}

fn is_disturbing(channels: &Vec<Channel>) -> bool {
    *channels == disturbing()
}

impl TryFrom<Spec> for QuietHours {
    type Error = String;

    fn try_from(spec: Spec) -> Result<Self, String> {
        let Spec {
            from,
            to,
            days,
            channels,
        } = spec;
        if from == to && days == Weekdays::EVERY {
            return Err(format!(
                "quiet hours from {from} to {to} every day leave no time to send: name another \
                 end, or the `days` that are quiet for 24 hours"
            ));
        }
        if channels.is_empty() {
            return Err("`channels` is empty: name one, or leave out the quiet hours".to_owned());
        }
        Ok(Self {
            from,
            to,
            days,
            channels,
        })
    }
}

impl From<QuietHours> for Spec {
    fn from(quiet: QuietHours) -> Self {
        Self {
            from: quiet.from,
            to: quiet.to,
            days: quiet.days,
            channels: quiet.channels,
        }
    }
}

impl QuietHours {
    /// Whether they hold messages of this channel back.
    #[must_use]
    pub fn hold(&self, channel: Channel) -> bool {
        self.channels.contains(&channel)
    }

    /// What the clock shows when the quiet hours that it shows now are over; `None` when open.
    fn end(&self, local: i64) -> Option<i64> {
        let (today, _) = day_and_time(local);
        let span = (self.to.ms() - self.from.ms()).rem_euclid(DAY_MS);
        // The same time twice is a whole day.
        let span = if span == 0 { DAY_MS } else { span };
        [today - 1, today]
            .into_iter()
            .filter(|day| self.days.contains(Weekday::of(*day)))
            .map(|day| day * DAY_MS + self.from.ms())
            .find(|begin| (*begin..begin + span).contains(&local))
            .map(|begin| begin + span)
    }
}

/// The first instant from `now` on that is not quiet; `None` when `now` is not.
#[must_use]
pub fn until(now: i64, quiet: &QuietHours, zone: &Zone) -> Option<i64> {
    let mut at = now;
    // Each round comes to an end of quiet hours or to a change of the clock, whichever is first.
    for _ in 0..ROUNDS_MAX {
        let local = zone.local(at);
        let Some(end) = quiet.end(local) else {
            break;
        };
        let opens = at + (end - local);
        at = zone
            .next_transition(at)
            .map_or(opens, |change| opens.min(change));
    }
    (at > now).then_some(at)
}

#[cfg(test)]
mod tests;
