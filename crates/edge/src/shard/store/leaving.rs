//! What leaves a shard, and where it goes: the ledger of effects, the outbox, inboxes, devices.

use rekindle_core::series::Send;
use worker::{Result, SqlStorageValue as Sql};

use super::{Row, Store, text};
use crate::json::read_text;
use crate::shard::messages::Device;

impl Store {
    pub(in crate::shard) fn add_effect(&self, effect: &str, person: &str) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO ledger VALUES (?, ?)",
            vec![text(effect), text(person)],
        )?;
        Ok(())
    }

    pub(in crate::shard) fn person_of_effect(&self, effect: &str) -> Result<Option<String>> {
        self.one(
            "SELECT person FROM ledger WHERE effect = ?",
            vec![text(effect)],
            Row::text,
        )
    }

    pub(in crate::shard) fn add_send(&self, person: &str, send: &Send) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, 0, 0)",
            vec![
                text(&send.effect),
                text(person),
                text(&serde_json::to_string(send)?),
            ],
        )?;
        Ok(())
    }

    /// Takes a send off for good.
    pub(in crate::shard) fn remove_send(&self, effect: &str) -> Result<()> {
        self.run("DELETE FROM outbox WHERE effect = ?", vec![text(effect)])?;
        self.run("DELETE FROM put_off WHERE effect = ?", vec![text(effect)])?;
        Ok(())
    }

    /// Takes a send out of the outbox until this real instant: meanwhile nobody can claim it, a
    /// message about it that is still in the queue included.
    pub(in crate::shard) fn put_off(&self, effect: &str, real_now: i64, until: i64) -> Result<()> {
        self.run(
            "INSERT INTO put_off SELECT effect, person, send, ?1, 1, ?2 FROM outbox WHERE effect = ?3 \
             ON CONFLICT (effect) DO UPDATE SET until = excluded.until, failures = failures + 1",
            vec![Sql::Integer(until), Sql::Integer(real_now), text(effect)],
        )?;
        self.run("DELETE FROM outbox WHERE effect = ?", vec![text(effect)])?;
        Ok(())
    }

    /// Back into the outbox with what was put off until now. Its failures stay on record.
    pub(in crate::shard) fn take_up(&self, real_now: i64) -> Result<()> {
        for statement in [
            "INSERT OR IGNORE INTO outbox SELECT effect, person, send, 0, 0 FROM put_off WHERE until <= ?",
            "UPDATE put_off SET until = NULL WHERE until <= ?",
        ] {
            self.run(statement, vec![Sql::Integer(real_now)])?;
        }
        Ok(())
    }

    /// The real instant at which the first of those that were put off is taken up again.
    pub(in crate::shard) fn next_take_up(&self) -> Result<Option<i64>> {
        self.one(
            "SELECT until FROM put_off WHERE until IS NOT NULL ORDER BY until LIMIT 1",
            vec![],
            Row::number,
        )
    }

    /// How many attempts at a send have failed, and the real instant of the first of them.
    pub(in crate::shard) fn failures(&self, effect: &str) -> Result<(i64, Option<i64>)> {
        let query = "SELECT failures, since FROM put_off WHERE effect = ?";
        let found = self.one(query, vec![text(effect)], |row| {
            (row.number(), row.maybe_number())
        })?;
        Ok(found.unwrap_or((0, None)))
    }

    pub(in crate::shard) fn send(&self, effect: &str) -> Result<Option<(String, Send)>> {
        let row = self.one(
            "SELECT person, send FROM outbox WHERE effect = ?",
            vec![text(effect)],
            |row| (row.text(), row.text()),
        )?;
        row.map(|(person, send)| Ok((person, read_text(&send)?)))
            .transpose()
    }

    /// Sends that no lease protects at this real instant, and that no policy holds back now.
    pub(in crate::shard) fn unleased_sends(
        &self,
        real_now: i64,
        now: i64,
        limit: u32,
    ) -> Result<Vec<String>> {
        self.rows(
            "SELECT effect FROM outbox WHERE leased_until <= ? AND not_before <= ? LIMIT ?",
            vec![
                Sql::Integer(real_now),
                Sql::Integer(now),
                Sql::Integer(i64::from(limit)),
            ],
            Row::text,
        )
    }

    /// Holds a send back until an instant.
    pub(in crate::shard) fn hold_send(&self, effect: &str, until: i64) -> Result<()> {
        self.run(
            "UPDATE outbox SET leased_until = 0, not_before = ? WHERE effect = ?",
            vec![Sql::Integer(until), text(effect)],
        )?;
        Ok(())
    }

    /// Lets a send leave from an instant on; one that is in the queue stays leased.
    pub(in crate::shard) fn release_send(&self, effect: &str, at: i64) -> Result<()> {
        self.run(
            "UPDATE outbox SET not_before = ? WHERE effect = ?",
            vec![Sql::Integer(at), text(effect)],
        )?;
        Ok(())
    }

    /// When the first of those that are held back may leave.
    pub(in crate::shard) fn next_held(&self, now: i64) -> Result<Option<i64>> {
        self.one(
            "SELECT not_before FROM outbox WHERE not_before > ? ORDER BY not_before LIMIT 1",
            vec![Sql::Integer(now)],
            Row::number,
        )
    }

    pub(in crate::shard) fn lease_send(&self, effect: &str, until: i64) -> Result<()> {
        self.run(
            "UPDATE outbox SET leased_until = ? WHERE effect = ?",
            vec![Sql::Integer(until), text(effect)],
        )?;
        Ok(())
    }

    /// A new incarnation cannot know what became of the messages of the one before it.
    pub(in crate::shard) fn end_leases(&self) -> Result<()> {
        self.run(
            "UPDATE outbox SET leased_until = 0 WHERE leased_until > 0",
            vec![],
        )?;
        Ok(())
    }

    /// Whether anything waits to leave now.
    pub(in crate::shard) fn has_sends(&self, now: i64) -> Result<bool> {
        let one = self.one(
            "SELECT 1 FROM outbox WHERE not_before <= ? LIMIT 1",
            vec![Sql::Integer(now)],
            Row::number,
        )?;
        Ok(one.is_some())
    }

    pub(in crate::shard) fn set_inbox(&self, person: &str, bytes: Option<&[u8]>) -> Result<()> {
        let bytes = bytes.map_or(Sql::Null, |bytes| Sql::Blob(bytes.to_vec()));
        self.run(
            "INSERT OR REPLACE INTO inboxes VALUES (?, ?)",
            vec![text(person), bytes],
        )?;
        Ok(())
    }

    /// Inboxes that wait to be published.
    pub(in crate::shard) fn inboxes(&self, limit: u32) -> Result<Vec<(String, Option<Vec<u8>>)>> {
        self.rows(
            "SELECT person, bytes FROM inboxes LIMIT ?",
            vec![Sql::Integer(i64::from(limit))],
            |row| (row.text(), row.bytes()),
        )
    }

    /// Takes a published inbox off the list, unless a newer one has taken its place meanwhile.
    pub(in crate::shard) fn inbox_published(
        &self,
        person: &str,
        bytes: Option<&[u8]>,
    ) -> Result<()> {
        let bytes = bytes.map_or(Sql::Null, |bytes| Sql::Blob(bytes.to_vec()));
        self.run(
            "DELETE FROM inboxes WHERE person = ? AND bytes IS ?",
            vec![text(person), bytes],
        )?;
        Ok(())
    }

    pub(in crate::shard) fn add_device(
        &self,
        person: &str,
        device: &Device,
        now: i64,
    ) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?)",
            vec![
                text(person),
                text(&device.endpoint),
                text(&device.p256dh),
                text(&device.auth),
            ],
        )?;
        self.run(
            "INSERT OR IGNORE INTO device_dates VALUES (?, ?, ?)",
            vec![text(person), text(&device.endpoint), Sql::Integer(now)],
        )?;
        Ok(())
    }

    pub(in crate::shard) fn remove_device(&self, person: &str, endpoint: &str) -> Result<()> {
        for statement in [
            "DELETE FROM devices WHERE person = ? AND endpoint = ?",
            "DELETE FROM device_dates WHERE person = ? AND endpoint = ?",
        ] {
            self.run(statement, vec![text(person), text(endpoint)])?;
        }
        Ok(())
    }

    /// The addresses of a person's devices, with since when each is known.
    pub(in crate::shard) fn devices_since(
        &self,
        person: &str,
    ) -> Result<Vec<(String, Option<i64>)>> {
        self.rows(
            "SELECT endpoint, since FROM devices LEFT JOIN device_dates USING (person, endpoint) \
             WHERE person = ? LIMIT 20",
            vec![text(person)],
            |row| (row.text(), row.maybe_number()),
        )
    }

    pub(in crate::shard) fn devices(&self, person: &str) -> Result<Vec<Device>> {
        self.rows(
            "SELECT endpoint, p256dh, auth FROM devices WHERE person = ? LIMIT 20",
            vec![text(person)],
            |row| Device {
                endpoint: row.text(),
                p256dh: row.text(),
                auth: row.text(),
            },
        )
    }
}
