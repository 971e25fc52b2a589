//! Messages that were given up: kept whole, so that someone can look at them and try again.

use rekindle_core::series::Send;
use worker::{Result, SqlStorageValue as Sql};

use super::{Store, text};
use crate::json::read_text;
use crate::shard::messages::DeadLetter;

// LIMIT: what someone looks through; the oldest of a shard is forgotten first.
const KEPT_MAX: i64 = 1_000;

impl Store {
    /// Keeps a message that was given up. One that was tried again and failed counts one attempt more.
    pub(in crate::shard) fn add_dead_letter(
        &self,
        person: &str,
        send: &Send,
        reason: &str,
        at: i64,
    ) -> Result<()> {
        self.run(
            "INSERT INTO dead_letters VALUES (?1, ?2, ?3, ?4, ?5, 1, 0) ON CONFLICT (effect) DO UPDATE \
             SET reason = ?4, at = ?5, attempts = attempts + replayed, replayed = 0",
            vec![
                text(&send.effect),
                text(person),
                text(&serde_json::to_string(send)?),
                text(reason),
                Sql::Integer(at),
            ],
        )?;
        self.run(
            "DELETE FROM dead_letters WHERE effect IN \
             (SELECT effect FROM dead_letters ORDER BY at DESC, effect DESC LIMIT -1 OFFSET ?)",
            vec![Sql::Integer(KEPT_MAX)],
        )?;
        Ok(())
    }

    /// The newest that no one is trying again.
    pub(in crate::shard) fn dead_letters(&self, limit: u32) -> Result<Vec<DeadLetter>> {
        let rows = self.rows(
            "SELECT effect, person, send, reason, at, attempts FROM dead_letters WHERE replayed = 0 \
             ORDER BY at DESC, effect DESC LIMIT ?",
            vec![Sql::Integer(i64::from(limit))],
            |row| {
                let (effect, person) = (row.text(), row.text());
                (effect, person, row.text(), row.text(), row.number(), row.number())
            },
        )?;
        rows.into_iter()
            .map(|(effect, person, send, reason, at, attempts)| {
                let send: Send = read_text(&send)?;
                Ok(DeadLetter {
                    channel: send.outgoing.channel(),
                    series: send.series,
                    step: send.step,
                    effect,
                    person,
                    reason,
                    at,
                    attempts,
                })
            })
            .collect()
    }

    /// One of them, with whose it is.
    pub(in crate::shard) fn dead_letter(&self, effect: &str) -> Result<Option<(String, Send)>> {
        let row = self.one(
            "SELECT person, send FROM dead_letters WHERE effect = ? AND replayed = 0",
            vec![text(effect)],
            |row| (row.text(), row.text()),
        )?;
        row.map(|(person, send)| Ok((person, read_text(&send)?)))
            .transpose()
    }

    /// It is on its way again.
    pub(in crate::shard) fn replay_dead_letter(&self, effect: &str) -> Result<()> {
        let statement = "UPDATE dead_letters SET replayed = 1 WHERE effect = ?";
        self.run(statement, vec![text(effect)])?;
        Ok(())
    }

    pub(in crate::shard) fn remove_dead_letter(&self, effect: &str) -> Result<()> {
        let statement = "DELETE FROM dead_letters WHERE effect = ?";
        self.run(statement, vec![text(effect)])?;
        Ok(())
    }
}
