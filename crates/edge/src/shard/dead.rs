//! Messages that were given up, and another try at them. Another try goes the way that the first one
//! went: through the outbox, the queue and the policies.

use rekindle_core::series::{Claim, Delivery, Input, Outgoing, check};
use worker::Result;

use super::{Shard, hooks, messages::Settled};

impl Shard {
    /// Keeps what was given up, and forgets what has left after all. A push that no device was there
    /// to take is not kept: another try would find none either.
    pub(super) fn keep_dead_letter(&self, person: &str, receipt: &Settled) -> Result<()> {
        let store = self.store()?;
        match &receipt.delivery {
            Delivery::Sent => store.remove_dead_letter(&receipt.effect),
            Delivery::Undelivered(reason) => {
                let Some((_, send)) = store.send(&receipt.effect)? else {
                    return Ok(());
                };
                let is_push = matches!(send.outgoing, Outgoing::Push { .. });
                if is_push && store.devices(person)?.is_empty() {
                    return Ok(());
                }
                store.add_dead_letter(person, &send, reason, self.now())
            }
            Delivery::Ruled(_) => Ok(()),
        }
    }

    /// Tries again what was given up; `None` where there is no such letter, `false` where it is of no
    /// use any more: the person has left the series since.
    pub(super) fn replay(&self, effect: &str) -> Result<Option<bool>> {
        let store = self.store()?;
        let Some((id, send)) = store.dead_letter(effect)? else {
            return Ok(None);
        };
        if hooks::is_told(&send) {
            store.replay_dead_letter(effect)?;
            store.add_send(&id, &send)?;
            return Ok(Some(true));
        }
        let replayed = Input::Replayed {
            effect: effect.to_owned(),
        };
        self.decide(&id, vec![replayed])?;
        let atlas = self.atlas.borrow();
        let (definitions, now) = (self.definitions(), self.now());
        let person = store.person(&id)?;
        let is_gone = person.as_ref().is_none_or(|person| {
            check(&definitions, atlas.zones(), person, effect, now) == Claim::Gone
        });
        if is_gone {
            store.remove_dead_letter(effect)?;
            return Ok(Some(false));
        }
        store.replay_dead_letter(effect)?;
        store.add_send(&id, &send)?;
        Ok(Some(true))
    }
}
