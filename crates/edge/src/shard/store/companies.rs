//! Companies, the people of each, and which of them have yet to hear of a change.

use std::collections::BTreeMap;

use rekindle_core::rule::Attribute;
use worker::{Result, SqlStorageValue as Sql};

use super::{Row, Store, text};
use crate::{json::read_text, shard::messages::Item};

/// One of a company who has yet to hear of a change.
pub(in crate::shard) struct Member {
    pub(in crate::shard) company: String,
    pub(in crate::shard) person: String,
    /// When they became one, Unix ms.
    pub(in crate::shard) joined: i64,
    /// Whether the company's app gave their id.
    pub(in crate::shard) known: bool,
    pub(in crate::shard) imported: bool,
    /// How many changes they have yet to hear of: another number than was read is a newer change.
    pending: i64,
}

impl Store {
    /// What is known of a company.
    pub(in crate::shard) fn company(
        &self,
        id: &str,
    ) -> Result<Option<BTreeMap<String, Attribute>>> {
        let query = "SELECT traits FROM companies WHERE id = ?";
        let traits = self.one(query, vec![text(id)], Row::text)?;
        Ok(traits.map(|traits| read_text(&traits)).transpose()?)
    }

    pub(in crate::shard) fn set_company(&self, id: &str, traits: &str) -> Result<()> {
        let statement = "INSERT OR REPLACE INTO companies VALUES (?, ?)";
        self.run(statement, vec![text(id), text(traits)])?;
        Ok(())
    }

    /// All of its people have to hear of it.
    pub(in crate::shard) fn company_changed(&self, id: &str, imported: bool) -> Result<()> {
        self.run(
            "UPDATE company_members SET pending = coalesce(pending, 0) + 1, imported = ? WHERE company = ?",
            vec![Sql::Integer(i64::from(imported)), text(id)],
        )?;
        Ok(())
    }

    /// A person is of a company; one who is already, and since later, stays as they are.
    pub(in crate::shard) fn add_member(
        &self,
        company: &str,
        item: &Item,
        joined: i64,
    ) -> Result<()> {
        self.run(
            "INSERT INTO company_members VALUES (?1, ?2, ?3, ?4, ?5, 1) ON CONFLICT (company, person) DO UPDATE \
             SET joined = ?3, known = max(known, ?4), imported = ?5, pending = coalesce(pending, 0) + 1 \
             WHERE joined < ?3",
            vec![
                text(company),
                text(&item.person),
                Sql::Integer(joined),
                Sql::Integer(i64::from(item.known)),
                Sql::Integer(i64::from(item.imported)),
            ],
        )?;
        Ok(())
    }

    /// Those who have yet to hear of a change.
    pub(in crate::shard) fn pending_members(&self, limit: u32) -> Result<Vec<Member>> {
        self.rows(
            "SELECT company, person, joined, known, imported, pending FROM company_members \
             WHERE pending IS NOT NULL LIMIT ?",
            vec![Sql::Integer(i64::from(limit))],
            |row| Member {
                company: row.text(),
                person: row.text(),
                joined: row.number(),
                known: row.number() != 0,
                imported: row.number() != 0,
                pending: row.number(),
            },
        )
    }

    /// They have heard of it, unless there is something newer.
    pub(in crate::shard) fn told_member(&self, member: &Member) -> Result<()> {
        self.run(
            "UPDATE company_members SET pending = NULL WHERE company = ? AND person = ? AND pending = ?",
            vec![
                text(&member.company),
                text(&member.person),
                Sql::Integer(member.pending),
            ],
        )?;
        Ok(())
    }
}
