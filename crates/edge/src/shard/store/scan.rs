//! People and what they did, read in slices: for lists, previews and samples. Writes nothing.

use rekindle_core::{
    series::{Input, Person},
    wire,
};
use worker::{Result, SqlStorageValue as Sql};

use super::{Row, Store, text};
use crate::json::read_text;

fn person(bytes: Option<Vec<u8>>) -> Result<Person> {
    wire::decode(&bytes.unwrap_or_default())
        .map_err(|why| format!("a person's state is unreadable: {why:?}").into())
}

impl Store {
    /// The people after an id, in the order of ids.
    pub(in crate::shard) fn people_page(&self, after: &str, limit: u32) -> Result<Vec<Person>> {
        let states = self.rows(
            "SELECT state FROM people WHERE id > ? ORDER BY id LIMIT ?",
            vec![text(after), Sql::Integer(i64::from(limit))],
            Row::bytes,
        )?;
        states.into_iter().map(person).collect()
    }

    /// The people of a segment after an id, in the order of ids.
    pub(in crate::shard) fn members_page(
        &self,
        segment: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Person>> {
        let states = self.rows(
            "SELECT state FROM memberships JOIN people ON people.id = memberships.person \
             WHERE segment = ? AND person > ? ORDER BY person LIMIT ?",
            vec![text(segment), text(after), Sql::Integer(i64::from(limit))],
            Row::bytes,
        )?;
        states.into_iter().map(person).collect()
    }

    /// The properties of the newest occurrences of an event of one person.
    pub(in crate::shard) fn newest_properties(
        &self,
        person: &str,
        event: &str,
        limit: u32,
    ) -> Result<Vec<String>> {
        self.rows(
            "SELECT properties FROM events WHERE person = ? AND name = ? ORDER BY at DESC LIMIT ?",
            vec![text(person), text(event), Sql::Integer(i64::from(limit))],
            Row::text,
        )
    }

    /// The stored events of a person, oldest first.
    pub(in crate::shard) fn life(&self, person: &str) -> Result<Vec<Input>> {
        self.rows(
            "SELECT id, name, at, properties, active FROM events WHERE person = ? ORDER BY at, id",
            vec![text(person)],
            |row| Input::Event {
                id: row.text(),
                name: row.text(),
                at: row.number(),
                properties: read_text(&row.text()).unwrap_or_default(),
                active: row.number() != 0,
            },
        )
    }

    /// How many people there are, how many devices, and how many messages wait to leave.
    pub(in crate::shard) fn totals(&self, now: i64) -> Result<[u64; 3]> {
        let count = |query: &str, bindings: Vec<Sql>| {
            let count = self.one(query, bindings, Row::number)?;
            Ok::<_, worker::Error>(count.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
        };
        Ok([
            count("SELECT count(*) FROM people", vec![])?,
            count("SELECT count(*) FROM devices", vec![])?,
            count(
                "SELECT count(*) FROM outbox WHERE not_before <= ?",
                vec![Sql::Integer(now)],
            )?,
        ])
    }

    /// How many people are in each segment.
    pub(in crate::shard) fn segment_counts(&self) -> Result<Vec<(String, i64)>> {
        self.rows(
            "SELECT segment, count(*) FROM memberships GROUP BY segment",
            vec![],
            |row| (row.text(), row.number()),
        )
    }

    /// By how many each segment grew on each day from one on.
    pub(in crate::shard) fn segment_growth(&self, from: i64) -> Result<Vec<(String, i64, i64)>> {
        self.rows(
            "SELECT segment, day, net FROM growth WHERE day >= ?",
            vec![Sql::Integer(from)],
            |row| (row.text(), row.number(), row.number()),
        )
    }
}
