//! The tables of a shard: every statement of SQL is in this folder, and nothing else is.
//! Here: people, events, memberships, counters, names. Beside it: what leaves, and visitors.
//!
//! Tables are `WITHOUT ROWID`, so that an insert writes one row. An ordinary event writes two or
//! three: the event, the person, and the index of timers when the person's next one moves.

mod companies;
mod dead;
mod erase;
mod export;
mod leaving;
mod scan;
mod schema;
mod visitors;

use std::{cell::Cell, collections::BTreeMap};

use rekindle_core::{
    history::Occurrence,
    series::{Metric, Person},
    value::Value,
    window::DAY_MS,
    wire,
};
use worker::{Result, SqlStorage, SqlStorageValue as Sql};

use self::schema::SCHEMA;
use super::messages::{Counter, EventView, Figure, Item, Member};
use crate::{
    json::{read_text, read_tree, tree},
    schema::migrate,
};

/// The kind of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::shard) enum NameKind {
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

pub(in crate::shard) struct Store {
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
    pub(in crate::shard) fn open(sql: SqlStorage) -> Result<Self> {
        migrate(&sql, &SCHEMA)?;
        Ok(Self {
            sql,
            written: Cell::new(0),
        })
    }

    /// How many rows were written so far.
    pub(in crate::shard) fn written(&self) -> u64 {
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

    pub(in crate::shard) fn meta(&self, key: &str) -> Result<Option<String>> {
        self.one(
            "SELECT value FROM meta WHERE key = ?",
            vec![text(key)],
            Row::text,
        )
    }

    pub(in crate::shard) fn set_meta(&self, key: &str, value: &str) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            vec![text(key), text(value)],
        )?;
        Ok(())
    }

    pub(in crate::shard) fn forget_meta(&self, key: &str) -> Result<()> {
        self.run("DELETE FROM meta WHERE key = ?", vec![text(key)])?;
        Ok(())
    }

    /// A person's state. State written by another version of Rekindle is an error, never a loss.
    pub(in crate::shard) fn person(&self, id: &str) -> Result<Option<Person>> {
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

    pub(in crate::shard) fn save_person(&self, person: &Person) -> Result<()> {
        self.run(
            "INSERT INTO people (id, state, due) VALUES (?1, ?2, ?3) \
             ON CONFLICT (id) DO UPDATE SET state = ?2, due = ?3",
            vec![
                text(&person.id),
                Sql::Blob(wire::encode(person)),
                optional(person.due),
            ],
        )?;
        Ok(())
    }

    /// The instant of the earliest timer.
    pub(in crate::shard) fn next_due(&self) -> Result<Option<i64>> {
        self.one(
            "SELECT due FROM people WHERE due IS NOT NULL ORDER BY due LIMIT 1",
            vec![],
            Row::number,
        )
    }

    /// The people whose timers are due, in the order of their instants.
    pub(in crate::shard) fn due_people(&self, now: i64, limit: u32) -> Result<Vec<String>> {
        self.rows(
            "SELECT id FROM people WHERE due <= ? ORDER BY due, id LIMIT ?",
            vec![Sql::Integer(now), Sql::Integer(i64::from(limit))],
            Row::text,
        )
    }

    pub(in crate::shard) fn people_after(&self, id: &str, limit: u32) -> Result<Vec<String>> {
        self.rows(
            "SELECT id FROM people WHERE id > ? ORDER BY id LIMIT ?",
            vec![text(id), Sql::Integer(i64::from(limit))],
            Row::text,
        )
    }

    /// Stores an event; `false` when it is there already.
    pub(in crate::shard) fn add_event(
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

    /// Events of a person, newest first, older than a key of the form `at/id`.
    pub(in crate::shard) fn events(
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
                properties: read_text(&row.text()).unwrap_or_default(),
            },
        )
    }

    /// Every stored occurrence of an event, with its properties.
    pub(in crate::shard) fn occurrences(
        &self,
        person: &str,
        event: &str,
    ) -> Result<Vec<(BTreeMap<String, Value>, Occurrence)>> {
        self.rows(
            "SELECT id, at, properties FROM events WHERE person = ? AND name = ? ORDER BY at",
            vec![text(person), text(event)],
            |row| {
                let (id, at) = (row.text(), row.number());
                let properties = read_text(&row.text()).unwrap_or_default();
                (properties, Occurrence::new(at, &id))
            },
        )
    }

    /// A person came into a segment or left it: noted in the growth of the day, so that a trend
    /// costs a row when someone moves and none when nothing happens.
    pub(in crate::shard) fn set_membership(
        &self,
        segment: &str,
        person: &str,
        since: Option<i64>,
        now: i64,
    ) -> Result<()> {
        let is_member = self.one(
            "SELECT 1 FROM memberships WHERE segment = ? AND person = ?",
            vec![text(segment), text(person)],
            Row::number,
        )?;
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
        if is_member.is_some() != since.is_some() {
            let net = if since.is_some() { 1 } else { -1 };
            self.run(
                "INSERT INTO growth VALUES (?1, ?2, ?3) \
                 ON CONFLICT (segment, day) DO UPDATE SET net = net + ?3",
                vec![
                    text(segment),
                    Sql::Integer(now.div_euclid(DAY_MS)),
                    Sql::Integer(net),
                ],
            )?;
        }
        Ok(())
    }

    pub(in crate::shard) fn count_members(&self, segment: &str) -> Result<u64> {
        let count = self.one(
            "SELECT count(*) FROM memberships WHERE segment = ?",
            vec![text(segment)],
            Row::number,
        )?;
        Ok(count
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(0))
    }

    pub(in crate::shard) fn members(
        &self,
        segment: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Member>> {
        self.rows(
            "SELECT person, since FROM memberships WHERE segment = ? AND person > ? ORDER BY person LIMIT ?",
            vec![text(segment), text(after), Sql::Integer(i64::from(limit))],
            |row| Member { id: row.text(), since: row.number() },
        )
    }

    pub(in crate::shard) fn count(&self, counter: &Counter, series: &str) -> Result<()> {
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

    pub(in crate::shard) fn counters(&self, series: &str) -> Result<Vec<Counter>> {
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
                    metric: metric_of(metric)?,
                    day,
                    count: u64::try_from(count).unwrap_or(0),
                })
            })
            .collect()
    }

    /// The counters of all series from a day to another, those of ways and variants left out: they
    /// are in their steps'.
    pub(in crate::shard) fn figures(&self, (from, to): (i64, i64)) -> Result<Vec<Figure>> {
        let rows = self.rows(
            "SELECT series, metric, step <> '', sum(count) FROM counters WHERE instr(step, '/') = 0 \
             AND day BETWEEN ? AND ? GROUP BY 1, 2, 3",
            vec![Sql::Integer(from), Sql::Integer(to)],
            |row| (row.text(), row.text(), row.number(), row.number()),
        )?;
        rows.into_iter()
            .map(|(series, metric, of_step, count)| {
                Ok(Figure {
                    series,
                    metric: metric_of(metric)?,
                    of_step: of_step != 0,
                    count: u64::try_from(count).unwrap_or(0),
                })
            })
            .collect()
    }

    pub(in crate::shard) fn add_name(&self, kind: NameKind, name: &str) -> Result<()> {
        self.run(
            "INSERT OR IGNORE INTO names VALUES (?, ?)",
            vec![text(kind.word()), text(name)],
        )?;
        Ok(())
    }

    pub(in crate::shard) fn names(&self, kind: NameKind) -> Result<Vec<String>> {
        self.rows(
            "SELECT name FROM names WHERE kind = ?",
            vec![text(kind.word())],
            Row::text,
        )
    }
}

fn metric_of(word: String) -> Result<Metric> {
    Ok(read_tree(&word.into())?)
}

pub(in crate::shard) fn metric_word(metric: Metric) -> Result<String> {
    let word = tree(&metric)?;
    word.as_str()
        .map(str::to_owned)
        .ok_or_else(|| "a metric is not written as a word".into())
}
