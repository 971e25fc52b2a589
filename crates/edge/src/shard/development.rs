//! The clock that can be moved. Timers fire in order on the way, each at its own instant.

use worker::Result;

use super::{SLICE, Shard, messages::Advanced, meta};
use crate::clock::Clock;

impl Shard {
    /// Sets the clock without firing anything on the way; everyone is looked at again.
    pub(super) fn set_clock(&self, clock: Clock) -> Result<()> {
        self.keep_clock(clock)?;
        let store = self.store()?;
        store.forget_meta(meta::TARGET)?;
        store.set_meta(meta::SWEEP, "")?;
        self.catch_up(u32::MAX)
    }

    fn keep_clock(&self, clock: Clock) -> Result<()> {
        self.clock.set(clock);
        self.store()?
            .set_meta(meta::CLOCK, &serde_json::to_string(&clock)?)
    }

    /// Goes on towards an instant until something has to leave the shard first.
    pub(super) fn advance(&self, target: i64) -> Result<Advanced> {
        let store = self.store()?;
        store.set_meta(meta::TARGET, &target.to_string())?;
        let mut fired = 0;
        loop {
            while self.sweep(SLICE)? {}
            fired += self.fire(SLICE)?;
            let held = store.next_held(self.now())?;
            let due = store.next_due()?.into_iter().chain(held).min();
            if due.is_some_and(|due| due <= self.now()) {
                continue;
            }
            if store.has_sends(self.now())? || store.next_take_up()?.is_some() {
                return Ok(Advanced { fired, done: false });
            }
            match due.filter(|due| *due <= target) {
                Some(due) => self.keep_clock(Clock::Standing(due))?,
                None => break,
            }
        }
        if self.now() < target {
            self.keep_clock(Clock::Standing(target))?;
        }
        store.forget_meta(meta::TARGET)?;
        Ok(Advanced { fired, done: true })
    }

    /// After a crash on the way: goes on to where the clock was to go.
    pub(super) fn go_on(&self) -> Result<()> {
        let target = self.store()?.meta(meta::TARGET)?;
        if let Some(target) = target.and_then(|target| target.parse().ok()) {
            self.advance(target)?;
        }
        Ok(())
    }
}
