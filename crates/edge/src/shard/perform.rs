//! What leaves a shard: inboxes to KV, sends to the queue, and the one alarm that wakes it.
//! Decides nothing: it performs what stands in the tables, and takes it off once that is done.

use worker::{BatchMessageBuilder, Result};

use super::{
    Shard,
    messages::{HeldInbox, Queued},
    meta,
};
use crate::{
    bindings::{self, inbox_key},
    clock::real_ms,
};
use rekindle_core::{hash::fnv64, series::inbox, wire};

// LIMIT: a message that was lost with a crash of the queue or of its consumer is sent again after
// this long in real time; a second one finds the outbox row gone and does nothing.
const LEASE_MS: i64 = 30_000;

/// How soon to come back while something waits to leave.
const AGAIN_MS: i64 = 3_000;

// LIMIT: a queue takes 100 messages at once.
const BATCH: u32 = 100;

impl Shard {
    /// Sets the alarm for the earliest thing to do, unless one at least as early is set.
    ///
    /// It wakes at least once: a wake-up that finds nothing due does nothing and sets the next.
    pub(super) async fn arm(&self) -> Result<()> {
        let store = self.store()?;
        let clock = self.clock.get();
        let next = store
            .next_due()?
            .into_iter()
            .chain(store.next_held(clock.now())?)
            .min();
        let timer = next.and_then(|due| clock.wait(due));
        let sweep = store.meta(meta::SWEEP)?.map(|_| 0);
        let leaving = (store.has_sends(clock.now())?
            || !store.inboxes(1)?.is_empty()
            || store.pending_join()?.is_some()
            || !store.pending_members(1)?.is_empty())
        .then_some(AGAIN_MS);
        let put_off = store
            .next_take_up()?
            .map(|until| until.saturating_sub(real_ms()).max(0));
        let forgetting = self.next_forgetting()?.and_then(|at| clock.wait(at));
        let waits = [timer, sweep, leaving, put_off, forgetting];
        let Some(wait) = waits.into_iter().flatten().min() else {
            return Ok(());
        };
        let instant = real_ms().saturating_add(wait);
        if self
            .armed
            .get()
            .is_some_and(|armed| armed <= instant && armed > real_ms())
        {
            return Ok(());
        }
        self.armed.set(Some(instant));
        self.state.storage().set_alarm(wait).await
    }

    /// Publishes inboxes and hands sends to the queue.
    pub(super) async fn perform(&self) -> Result<()> {
        self.carry_over().await?;
        self.publish_inboxes().await?;
        self.queue_sends().await
    }

    async fn publish_inboxes(&self) -> Result<()> {
        let store = self.store()?;
        loop {
            let waiting = store.inboxes(BATCH)?;
            if waiting.is_empty() {
                return Ok(());
            }
            let kv = self.env.kv(bindings::KV)?;
            for (person, bytes) in waiting {
                let key = inbox_key(&self.env, &person);
                match &bytes {
                    Some(bytes) => kv.put_bytes(&key, bytes)?.execute().await?,
                    None => kv.delete(&key).await?,
                }
                store.inbox_published(&person, bytes.as_deref())?;
            }
        }
    }

    async fn queue_sends(&self) -> Result<()> {
        let store = self.store()?;
        store.take_up(real_ms())?;
        loop {
            let now = real_ms();
            let effects = store.unleased_sends(now, self.now(), BATCH)?;
            if effects.is_empty() {
                return Ok(());
            }
            // The lease comes first: an await between asking and leasing would queue them twice.
            for effect in &effects {
                store.lease_send(effect, now.saturating_add(LEASE_MS))?;
            }
            let queue = self.env.queue(bindings::SENDS)?;
            let messages: Vec<Queued> = effects
                .into_iter()
                .map(|effect| Queued { effect })
                .collect();
            queue
                .send_batch(BatchMessageBuilder::new().messages(messages).build())
                .await?;
        }
    }

    /// The inbox of a person if it is another than the one with this hash.
    pub(super) fn newer_inbox(&self, person: &str, held: u64) -> Result<HeldInbox> {
        let inbox = match self.store()?.person(person)? {
            Some(person) => inbox(
                &self.definitions(),
                self.atlas.borrow().zones(),
                &person,
                self.now(),
            ),
            None => wire::Inbox::default(),
        };
        if inbox.items.is_empty() {
            return Ok(if held == 0 {
                HeldInbox::Current
            } else {
                HeldInbox::Emptied
            });
        }
        let bytes = wire::encode(&inbox);
        Ok(if fnv64(&bytes) == held {
            HeldInbox::Current
        } else {
            HeldInbox::Replaced(bytes)
        })
    }
}
