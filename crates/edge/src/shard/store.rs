//! The tables of a shard: every statement of SQL is here, and nothing else is.
//!
//! Tables are `WITHOUT ROWID`, so that an insert writes one row. An ordinary event writes two or
//! three: the event, the person, and the index of timers when the person's next one moves.

use std::cell::Cell;

use rekindle_core::{
    series::{Metric, Person, Send},
    wire,
};
use worker::{Result, SqlStorage, SqlStorageValue as Sql};

use super::messages::{Counter, Device, EventView, Item, ItemKind, Member};

/// The schema, version 1. A later version adds statements; it never changes these.
const SCHEMA: [&str; 13] = [
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, state BLOB NOT NULL, due INTEGER) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS people_by_due ON people (due) WHERE due IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS events (person TEXT, id TEXT, name TEXT NOT NULL, at INTEGER NOT NULL, \
     properties TEXT NOT NULL, active INTEGER NOT NULL, PRIMARY KEY (person, id)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS memberships (segment TEXT, person TEXT, since INTEGER NOT NULL, \
     PRIMARY KEY (segment, person)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ledger (effect TEXT PRIMARY KEY, person TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS outbox (effect TEXT PRIMARY KEY, person TEXT NOT NULL, send TEXT NOT NULL, \
     leased_until INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS inboxes (person TEXT PRIMARY KEY, bytes BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS devices (person TEXT, endpoint TEXT, p256dh TEXT NOT NULL, auth TEXT NOT NULL, \
     PRIMARY KEY (person, endpoint)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS counters (series TEXT, version INTEGER, step TEXT, metric TEXT, day INTEGER, \
     count INTEGER NOT NULL, PRIMARY KEY (series, version, step, metric, day)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS known (person TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS joins (anonymous TEXT PRIMARY KEY, person TEXT NOT NULL, pending INTEGER NOT NULL) \
     WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS joins_pending ON joins (pending) WHERE pending = 1",
];

/// The names seen in the data, kept apart because most events add none.
const NAMES: &str = "CREATE TABLE IF NOT EXISTS names (kind TEXT, name TEXT, PRIMARY KEY (kind, name)) WITHOUT ROWID";

/// The kind of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameKind {
    Attribute,
    Event,
}

impl NameKind {
    fn word(self) -> &'static str {
        match self {
            Self::Attribute => "attribute",
            Self::Event => "event",
        }
    }
}

pub(super) struct Store {
    sql: SqlStorage,
    /// Rows written since the store was opened: what the platform bills.
    written: Cell<u64>,
}

fn text(value: &str) -> Sql {
    Sql::String(value.to_owned())
}

fn optional(value: Option<i64>) -> Sql {
    value.map_or(Sql::Null, Sql::Integer)
}

/// One row, column by column.
struct Row(std::vec::IntoIter<Sql>);

impl Row {
    fn text(&mut self) -> String {
        match self.0.next() {
            Some(Sql::String(text)) => text,
            _ => String::new(),
        }
    }

    fn maybe_number(&mut self) -> Option<i64> {
        match self.0.next() {
            Some(Sql::Integer(number)) => Some(number),
            Some(Sql::Float(number)) => rekindle_core::value::whole(number),
            _ => None,
        }
    }

    fn number(&mut self) -> i64 {
        self.maybe_number().unwrap_or(0)
    }

    fn bytes(&mut self) -> Option<Vec<u8>> {
        match self.0.next() {
            Some(Sql::Blob(bytes)) => Some(bytes),
            _ => None,
        }
    }
}

impl Store {
    /// Opens the tables, making those that are missing.
    pub(super) fn open(sql: SqlStorage) -> Result<Self> {
        for statement in SCHEMA {
            sql.exec(statement, None)?;
        }
        sql.exec(NAMES, None)?;
        Ok(Self {
            sql,
            written: Cell::new(0),
        })
    }

    /// How many rows were written so far.
    pub(super) fn written(&self) -> u64 {
        self.written.get()
    }

    fn run(&self, query: &str, bindings: Vec<Sql>) -> Result<usize> {
        let written = self.sql.exec(query, bindings)?.rows_written();
        self.written.set(self.written.get() + written as u64);
        Ok(written)
    }

    fn rows<T>(&self, query: &str, bindings: Vec<Sql>, read: fn(&mut Row) -> T) -> Result<Vec<T>> {
        self.sql
            .exec(query, bindings)?
            .raw()
            .map(|row| row.map(|row| read(&mut Row(row.into_iter()))))
            .collect()
    }

    fn one<T>(
        &self,
        query: &str,
        bindings: Vec<Sql>,
        read: fn(&mut Row) -> T,
    ) -> Result<Option<T>> {
        Ok(self.rows(query, bindings, read)?.into_iter().next())
    }

    pub(super) fn meta(&self, key: &str) -> Result<Option<String>> {
        self.one(
            "SELECT value FROM meta WHERE key = ?",
            vec![text(key)],
            Row::text,
        )
    }

    pub(super) fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            vec![text(key), text(value)],
        )?;
        Ok(())
    }

    pub(super) fn forget_meta(&self, key: &str) -> Result<()> {
        self.run("DELETE FROM meta WHERE key = ?", vec![text(key)])?;
        Ok(())
    }

    /// A person's state. State written by another version of Rekindle is an error, never a loss.
    pub(super) fn person(&self, id: &str) -> Result<Option<Person>> {
        let bytes = self.one(
            "SELECT state FROM people WHERE id = ?",
            vec![text(id)],
            Row::bytes,
        )?;
        match bytes.flatten() {
            None => Ok(None),
            Some(bytes) => wire::decode(&bytes)
                .map(Some)
                .map_err(|why| format!("a person's state is unreadable: {why:?}").into()),
        }
    }

    pub(super) fn save_person(&self, person: &Person, due: Option<i64>) -> Result<()> {
        self.run(
            "INSERT INTO people (id, state, due) VALUES (?1, ?2, ?3) \
             ON CONFLICT (id) DO UPDATE SET state = ?2, due = ?3",
            vec![
                text(&person.id),
                Sql::Blob(wire::encode(person)),
                optional(due),
            ],
        )?;
        Ok(())
    }

    pub(super) fn due_of(&self, id: &str) -> Result<Option<i64>> {
        let due = self.one(
            "SELECT due FROM people WHERE id = ?",
            vec![text(id)],
            Row::maybe_number,
        )?;
        Ok(due.flatten())
    }

    /// The instant of the earliest timer.
    pub(super) fn next_due(&self) -> Result<Option<i64>> {
        self.one(
            "SELECT due FROM people WHERE due IS NOT NULL ORDER BY due LIMIT 1",
            vec![],
            Row::number,
        )
    }

    /// The people whose timers are due, in the order of their instants.
    pub(super) fn due_people(&self, now: i64, limit: u32) -> Result<Vec<String>> {
        self.rows(
            "SELECT id FROM people WHERE due <= ? ORDER BY due, id LIMIT ?",
            vec![Sql::Integer(now), Sql::Integer(i64::from(limit))],
            Row::text,
        )
    }

    pub(super) fn people_after(&self, id: &str, limit: u32) -> Result<Vec<String>> {
        self.rows(
            "SELECT id FROM people WHERE id > ? ORDER BY id LIMIT ?",
            vec![text(id), Sql::Integer(i64::from(limit))],
            Row::text,
        )
    }

    /// Stores an event; `false` when it is there already.
    pub(super) fn add_event(
        &self,
        item: &Item,
        name: &str,
        at: i64,
        properties: &str,
        active: bool,
    ) -> Result<bool> {
        let written = self.run(
            "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?)",
            vec![
                text(&item.person),
                text(&item.id),
                text(name),
                Sql::Integer(at),
                text(properties),
                Sql::Integer(i64::from(active)),
            ],
        )?;
        Ok(written > 0)
    }

    /// Events of a visitor as items for the person that they are.
    pub(super) fn events_to_carry(
        &self,
        visitor: &str,
        into: &str,
        limit: u32,
    ) -> Result<Vec<Item>> {
        let rows = self.rows(
            "SELECT id, name, at, properties, active FROM events WHERE person = ? LIMIT ?",
            vec![text(visitor), Sql::Integer(i64::from(limit))],
            |row| {
                (
                    row.text(),
                    row.text(),
                    row.number(),
                    row.text(),
                    row.number(),
                )
            },
        )?;
        rows.into_iter()
            .map(|(id, name, at, properties, active)| {
                let properties = serde_json::from_str(&properties)?;
                Ok(Item {
                    person: into.to_owned(),
                    id,
                    at: Some(at),
                    sent_at: None,
                    known: true,
                    kind: ItemKind::Event {
                        name,
                        properties,
                        active: active != 0,
                    },
                })
            })
            .collect()
    }

    pub(super) fn has_events(&self, person: &str) -> Result<bool> {
        let one = "SELECT 1 FROM events WHERE person = ? LIMIT 1";
        Ok(self.one(one, vec![text(person)], Row::number)?.is_some())
    }

    pub(super) fn remove_events(&self, person: &str, ids: &[String]) -> Result<()> {
        self.run(
            "DELETE FROM events WHERE person = ? AND id IN (SELECT value FROM json_each(?))",
            vec![text(person), text(&serde_json::to_string(ids)?)],
        )?;
        Ok(())
    }

    pub(super) fn remove_person(&self, id: &str) -> Result<()> {
        self.run("DELETE FROM people WHERE id = ?", vec![text(id)])?;
        Ok(())
    }

    /// Whether the company's app has named this person.
    pub(super) fn is_known(&self, id: &str) -> Result<bool> {
        let one = "SELECT 1 FROM known WHERE person = ?";
        Ok(self.one(one, vec![text(id)], Row::number)?.is_some())
    }

    pub(super) fn set_known(&self, id: &str) -> Result<()> {
        self.run("INSERT OR IGNORE INTO known VALUES (?)", vec![text(id)])?;
        Ok(())
    }

    /// Whom a visitor turned out to be.
    pub(super) fn join_of(&self, anonymous: &str) -> Result<Option<String>> {
        let query = "SELECT person FROM joins WHERE anonymous = ?";
        self.one(query, vec![text(anonymous)], Row::text)
    }

    pub(super) fn set_join(&self, anonymous: &str, into: &str, pending: bool) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO joins VALUES (?, ?, ?)",
            vec![
                text(anonymous),
                text(into),
                Sql::Integer(i64::from(pending)),
            ],
        )?;
        Ok(())
    }

    pub(super) fn pending_join(&self) -> Result<Option<(String, String)>> {
        self.one(
            "SELECT anonymous, person FROM joins WHERE pending = 1 LIMIT 1",
            vec![],
            |row| (row.text(), row.text()),
        )
    }

    /// Events of a person, newest first, older than a key of the form `at/id`.
    pub(super) fn events(
        &self,
        person: &str,
        before: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Vec<EventView>> {
        let (at, id) = before.unwrap_or((i64::MAX >> 11, String::new()));
        self.rows(
            "SELECT id, name, at, properties FROM events WHERE person = ?1 AND (at < ?2 OR (at = ?2 AND id < ?3)) \
             ORDER BY at DESC, id DESC LIMIT ?4",
            vec![text(person), Sql::Integer(at), text(&id), Sql::Integer(i64::from(limit))],
            |row| EventView {
                id: row.text(),
                name: row.text(),
                at: row.number(),
                properties: serde_json::from_str(&row.text()).unwrap_or_default(),
            },
        )
    }

    pub(super) fn set_membership(
        &self,
        segment: &str,
        person: &str,
        since: Option<i64>,
    ) -> Result<()> {
        match since {
            Some(since) => self.run(
                "INSERT OR REPLACE INTO memberships VALUES (?, ?, ?)",
                vec![text(segment), text(person), Sql::Integer(since)],
            ),
            None => self.run(
                "DELETE FROM memberships WHERE segment = ? AND person = ?",
                vec![text(segment), text(person)],
            ),
        }?;
        Ok(())
    }

    pub(super) fn count_members(&self, segment: &str) -> Result<u64> {
        let count = self.one(
            "SELECT count(*) FROM memberships WHERE segment = ?",
            vec![text(segment)],
            Row::number,
        )?;
        Ok(count
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(0))
    }

    pub(super) fn members(&self, segment: &str, after: &str, limit: u32) -> Result<Vec<Member>> {
        self.rows(
            "SELECT person, since FROM memberships WHERE segment = ? AND person > ? ORDER BY person LIMIT ?",
            vec![text(segment), text(after), Sql::Integer(i64::from(limit))],
            |row| Member { id: row.text(), since: row.number() },
        )
    }

    pub(super) fn add_effect(&self, effect: &str, person: &str) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO ledger VALUES (?, ?)",
            vec![text(effect), text(person)],
        )?;
        Ok(())
    }

    pub(super) fn person_of_effect(&self, effect: &str) -> Result<Option<String>> {
        self.one(
            "SELECT person FROM ledger WHERE effect = ?",
            vec![text(effect)],
            Row::text,
        )
    }

    pub(super) fn add_send(&self, person: &str, send: &Send) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, 0)",
            vec![
                text(&send.effect),
                text(person),
                text(&serde_json::to_string(send)?),
            ],
        )?;
        Ok(())
    }

    pub(super) fn remove_send(&self, effect: &str) -> Result<()> {
        self.run("DELETE FROM outbox WHERE effect = ?", vec![text(effect)])?;
        Ok(())
    }

    pub(super) fn send(&self, effect: &str) -> Result<Option<(String, Send)>> {
        let row = self.one(
            "SELECT person, send FROM outbox WHERE effect = ?",
            vec![text(effect)],
            |row| (row.text(), row.text()),
        )?;
        row.map(|(person, send)| Ok((person, serde_json::from_str(&send)?)))
            .transpose()
    }

    /// Sends that no lease protects at this real instant.
    pub(super) fn unleased_sends(&self, real_now: i64, limit: u32) -> Result<Vec<String>> {
        self.rows(
            "SELECT effect FROM outbox WHERE leased_until <= ? LIMIT ?",
            vec![Sql::Integer(real_now), Sql::Integer(i64::from(limit))],
            Row::text,
        )
    }

    pub(super) fn lease_send(&self, effect: &str, until: i64) -> Result<()> {
        self.run(
            "UPDATE outbox SET leased_until = ? WHERE effect = ?",
            vec![Sql::Integer(until), text(effect)],
        )?;
        Ok(())
    }

    /// A new incarnation cannot know what became of the messages of the one before it.
    pub(super) fn end_leases(&self) -> Result<()> {
        self.run(
            "UPDATE outbox SET leased_until = 0 WHERE leased_until > 0",
            vec![],
        )?;
        Ok(())
    }

    pub(super) fn has_sends(&self) -> Result<bool> {
        Ok(self
            .one("SELECT 1 FROM outbox LIMIT 1", vec![], Row::number)?
            .is_some())
    }

    pub(super) fn set_inbox(&self, person: &str, bytes: Option<&[u8]>) -> Result<()> {
        let bytes = bytes.map_or(Sql::Null, |bytes| Sql::Blob(bytes.to_vec()));
        self.run(
            "INSERT OR REPLACE INTO inboxes VALUES (?, ?)",
            vec![text(person), bytes],
        )?;
        Ok(())
    }

    /// Inboxes that wait to be published.
    pub(super) fn inboxes(&self, limit: u32) -> Result<Vec<(String, Option<Vec<u8>>)>> {
        self.rows(
            "SELECT person, bytes FROM inboxes LIMIT ?",
            vec![Sql::Integer(i64::from(limit))],
            |row| (row.text(), row.bytes()),
        )
    }

    /// Takes a published inbox off the list, unless a newer one has taken its place meanwhile.
    pub(super) fn inbox_published(&self, person: &str, bytes: Option<&[u8]>) -> Result<()> {
        let bytes = bytes.map_or(Sql::Null, |bytes| Sql::Blob(bytes.to_vec()));
        self.run(
            "DELETE FROM inboxes WHERE person = ? AND bytes IS ?",
            vec![text(person), bytes],
        )?;
        Ok(())
    }

    pub(super) fn count(&self, counter: &Counter, series: &str) -> Result<()> {
        let metric = metric_word(counter.metric)?;
        self.run(
            "INSERT INTO counters VALUES (?, ?, ?, ?, ?, 1) \
             ON CONFLICT (series, version, step, metric, day) DO UPDATE SET count = count + 1",
            vec![
                text(series),
                Sql::Integer(i64::from(counter.version)),
                text(&counter.step),
                text(&metric),
                Sql::Integer(counter.day),
            ],
        )?;
        Ok(())
    }

    pub(super) fn counters(&self, series: &str) -> Result<Vec<Counter>> {
        let rows = self.rows(
            "SELECT version, step, metric, day, count FROM counters WHERE series = ?",
            vec![text(series)],
            |row| {
                (
                    row.number(),
                    row.text(),
                    row.text(),
                    row.number(),
                    row.number(),
                )
            },
        )?;
        rows.into_iter()
            .map(|(version, step, metric, day, count)| {
                Ok(Counter {
                    version: u32::try_from(version).unwrap_or(0),
                    step,
                    metric: serde_json::from_value(metric.into())?,
                    day,
                    count: u64::try_from(count).unwrap_or(0),
                })
            })
            .collect()
    }

    pub(super) fn add_device(&self, person: &str, device: &Device) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO devices VALUES (?, ?, ?, ?)",
            vec![
                text(person),
                text(&device.endpoint),
                text(&device.p256dh),
                text(&device.auth),
            ],
        )?;
        Ok(())
    }

    pub(super) fn remove_device(&self, person: &str, endpoint: &str) -> Result<()> {
        self.run(
            "DELETE FROM devices WHERE person = ? AND endpoint = ?",
            vec![text(person), text(endpoint)],
        )?;
        Ok(())
    }

    pub(super) fn devices(&self, person: &str) -> Result<Vec<Device>> {
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

    pub(super) fn add_name(&self, kind: NameKind, name: &str) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO names VALUES (?, ?)",
            vec![text(kind.word()), text(name)],
        )?;
        Ok(())
    }

    pub(super) fn names(&self, kind: NameKind) -> Result<Vec<String>> {
        self.rows(
            "SELECT name FROM names WHERE kind = ?",
            vec![text(kind.word())],
            Row::text,
        )
    }
}

fn metric_word(metric: Metric) -> Result<String> {
    let word = serde_json::to_value(metric)?;
    word.as_str()
        .map(str::to_owned)
        .ok_or_else(|| "a metric is not written as a word".into())
}
