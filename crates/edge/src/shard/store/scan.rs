//! People and what they did, read in slices: for lists, previews and samples. Writes nothing.

use rekindle_core::{
    series::{Input, Person},
    wire,
};
use worker::{Result, SqlStorageValue as Sql};

use super::{Row, Store, text};
use crate::{json::read_text, shard::messages::Backlog};

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

    /// How many people there are, and how many devices.
    pub(in crate::shard) fn totals(&self) -> Result<[u64; 2]> {
        Ok([
            self.number("SELECT count(*) FROM people", vec![])?,
            self.number("SELECT count(*) FROM devices", vec![])?,
        ])
    }

    /// What is still to do at this instant. Reads what waits, and none of the people.
    pub(in crate::shard) fn backlog(&self, now: i64) -> Result<Backlog> {
        let oldest = |query: &str| {
            let found = self.one(query, vec![Sql::Integer(now)], Row::maybe_number)?;
            Ok::<_, worker::Error>(found.flatten())
        };
        let count = |query: &str| self.number(query, vec![Sql::Integer(now)]);
        Ok(Backlog {
            waiting: count("SELECT count(*) FROM outbox WHERE not_before <= ?")?,
            oldest_waiting_at: oldest(
                "SELECT min(json_extract(send, '$.at')) FROM outbox WHERE not_before <= ?",
            )?,
            put_off: self.number(
                "SELECT count(*) FROM put_off WHERE until IS NOT NULL",
                vec![],
            )?,
            dead_letters: self.number(
                "SELECT count(*) FROM dead_letters WHERE replayed = 0",
                vec![],
            )?,
            overdue_timers: count("SELECT count(*) FROM people WHERE due <= ?")?,
            oldest_timer_at: oldest("SELECT min(due) FROM people WHERE due <= ?")?,
            stored_bytes: self.sql.database_size() as u64,
            last_event_at: None,
        })
    }

    fn number(&self, query: &str, bindings: Vec<Sql>) -> Result<u64> {
        let number = self.one(query, bindings, Row::number)?;
        Ok(number
            .and_then(|number| u64::try_from(number).ok())
            .unwrap_or(0))
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
