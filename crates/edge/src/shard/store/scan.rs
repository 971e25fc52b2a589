//! People and what they did, read in slices: for lists, previews and samples. Writes nothing.

use rekindle_core::{series::Person, wire};
use worker::{Result, SqlStorageValue as Sql};

use super::{Row, Store, text};

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
