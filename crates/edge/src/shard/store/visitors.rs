//! Anonymous visitors who turned out to be a person: who is whom, and what is still to move.

use worker::{Result, SqlStorageValue as Sql};

use super::{Row, Store, text};
use crate::json::read_text;
use crate::shard::messages::{Item, ItemKind};

impl Store {
    /// Events of a visitor as items for the person that they are.
    pub(in crate::shard) fn events_to_carry(
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
                let properties = read_text(&properties)?;
                Ok(Item {
                    index: 0,
                    is_unnamed: false,
                    person: into.to_owned(),
                    id,
                    at: Some(at),
                    sent_at: None,
                    known: true,
                    imported: false,
                    kind: ItemKind::Event {
                        name,
                        properties,
                        active: active != 0,
                    },
                })
            })
            .collect()
    }

    pub(in crate::shard) fn has_events(&self, person: &str) -> Result<bool> {
        let one = "SELECT 1 FROM events WHERE person = ? LIMIT 1";
        Ok(self.one(one, vec![text(person)], Row::number)?.is_some())
    }

    pub(in crate::shard) fn remove_events(&self, person: &str, ids: &[String]) -> Result<()> {
        self.run(
            "DELETE FROM events WHERE person = ? AND id IN (SELECT value FROM json_each(?))",
            vec![text(person), text(&serde_json::to_string(ids)?)],
        )?;
        Ok(())
    }

    pub(in crate::shard) fn remove_person(&self, id: &str) -> Result<()> {
        self.run("DELETE FROM people WHERE id = ?", vec![text(id)])?;
        Ok(())
    }

    /// Whether the company's app has named this person.
    pub(in crate::shard) fn is_known(&self, id: &str) -> Result<bool> {
        let one = "SELECT 1 FROM known WHERE person = ?";
        Ok(self.one(one, vec![text(id)], Row::number)?.is_some())
    }

    /// The app has named this person: whoever was said to be them as a visitor no longer is.
    pub(in crate::shard) fn set_known(&self, id: &str) -> Result<()> {
        let statement = "INSERT OR IGNORE INTO known VALUES (?)";
        if self.run(statement, vec![text(id)])? > 0 {
            self.run("DELETE FROM joins WHERE anonymous = ?", vec![text(id)])?;
        }
        Ok(())
    }

    /// Whom a visitor turned out to be.
    pub(in crate::shard) fn join_of(&self, anonymous: &str) -> Result<Option<String>> {
        let query = "SELECT person FROM joins WHERE anonymous = ?";
        self.one(query, vec![text(anonymous)], Row::text)
    }

    /// Whom a visitor turned out to be, while their history is not there yet.
    pub(in crate::shard) fn pending_join_of(&self, anonymous: &str) -> Result<Option<String>> {
        let query = "SELECT person FROM joins WHERE anonymous = ? AND pending = 1";
        self.one(query, vec![text(anonymous)], Row::text)
    }

    pub(in crate::shard) fn set_join(
        &self,
        anonymous: &str,
        into: &str,
        pending: bool,
    ) -> Result<()> {
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

    /// Keeps that a visitor was joined by an import, or no longer.
    pub(in crate::shard) fn set_imported_join(
        &self,
        anonymous: &str,
        imported: bool,
    ) -> Result<()> {
        let statement = if imported {
            "INSERT OR IGNORE INTO imported_joins VALUES (?)"
        } else {
            "DELETE FROM imported_joins WHERE anonymous = ?"
        };
        self.run(statement, vec![text(anonymous)])?;
        Ok(())
    }

    pub(in crate::shard) fn is_imported_join(&self, anonymous: &str) -> Result<bool> {
        let one = "SELECT 1 FROM imported_joins WHERE anonymous = ?";
        Ok(self.one(one, vec![text(anonymous)], Row::number)?.is_some())
    }

    pub(in crate::shard) fn pending_join(&self) -> Result<Option<(String, String)>> {
        self.one(
            "SELECT anonymous, person FROM joins WHERE pending = 1 LIMIT 1",
            vec![],
            |row| (row.text(), row.text()),
        )
    }
}
