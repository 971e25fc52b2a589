//! The queue of sends and the provider behind it, both as bad as they may be: at least once, in any
//! order, late; receipts get lost. The provider keeps one copy under an effect's id.

use std::collections::BTreeMap;

use rekindle_core::series::Delivery;

use crate::chance::Chance;

const SECOND: i64 = 1_000;

/// What is on its way between shard, queue and provider.
#[derive(Default)]
pub(crate) struct Queue {
    /// Effects to be sent, each with the instant from which it is delivered.
    sends: Vec<(i64, String)>,
    /// Receipts on their way back to the shard.
    receipts: Vec<(i64, String, Delivery)>,
    /// What the provider took, and when it first did.
    accepted: BTreeMap<String, i64>,
}

impl Queue {
    /// Takes a send, once, twice or not at all.
    pub(crate) fn push(&mut self, chance: &mut Chance, effect: &str, now: i64, calm: bool) {
        let times = match chance.below(20) {
            0 if !calm => 0,
            1 if !calm => 2,
            _ => 1,
        };
        for _ in 0..times {
            self.sends
                .push((now + delay(chance, calm), effect.to_owned()));
        }
    }

    /// Takes back what could not be handled, to be delivered again.
    pub(crate) fn again(&mut self, effect: String, now: i64) {
        self.sends.push((now + 30 * SECOND, effect));
    }

    /// A message whose time has come, any of them.
    pub(crate) fn pop(&mut self, chance: &mut Chance, now: i64) -> Option<String> {
        let place = ready(chance, &self.sends, |(at, _)| *at <= now)?;
        Some(self.sends.swap_remove(place).1)
    }

    /// The provider is handed a message; `true` the first time.
    pub(crate) fn accept(&mut self, effect: &str, now: i64) -> bool {
        let is_new = !self.accepted.contains_key(effect);
        self.accepted.entry(effect.to_owned()).or_insert(now);
        is_new
    }

    pub(crate) fn has_accepted(&self, effect: &str) -> bool {
        self.accepted.contains_key(effect)
    }

    pub(crate) fn accepted(&self) -> &BTreeMap<String, i64> {
        &self.accepted
    }

    /// Sends a receipt back: at once, late, twice or never.
    pub(crate) fn report(
        &mut self,
        chance: &mut Chance,
        effect: &str,
        delivery: &Delivery,
        now: i64,
        calm: bool,
    ) {
        let times = match chance.below(10) {
            0 if !calm => 0,
            1 if !calm => 2,
            _ => 1,
        };
        for _ in 0..times {
            let at = now + delay(chance, calm);
            self.receipts
                .push((at, effect.to_owned(), delivery.clone()));
        }
    }

    /// A receipt that reaches the shard now.
    pub(crate) fn receipt(&mut self, chance: &mut Chance, now: i64) -> Option<(String, Delivery)> {
        let place = ready(chance, &self.receipts, |(at, ..)| *at <= now)?;
        let (_, effect, delivery) = self.receipts.swap_remove(place);
        Some((effect, delivery))
    }

    /// A receipt that could not be handled comes again.
    pub(crate) fn receipt_again(&mut self, effect: String, delivery: Delivery, now: i64) {
        self.receipts.push((now + SECOND, effect, delivery));
    }
}

/// The first place from any one on whose time has come.
fn ready<T>(chance: &mut Chance, all: &[T], is_ready: impl Fn(&T) -> bool) -> Option<usize> {
    let start = chance.below(all.len());
    let mut places = (start..all.len()).chain(0..start);
    places.find(|place| is_ready(&all[*place]))
}

fn delay(chance: &mut Chance, calm: bool) -> i64 {
    match chance.below(10) {
        0 if !calm => chance.between(0, 100 * 3_600 * SECOND),
        1..=4 if !calm => chance.between(0, 5 * SECOND),
        _ => 0,
    }
}
