//! Tokens and sessions, each under the digest of its secret; and the audit log.

use serde_json::Value as Json;
use worker::{Result, SqlStorageValue as Sql};

use super::{Store, column, integer, json, number, text};
use crate::workspace::messages::{AuditEntry, AuditPage, By, NewToken, Role, TokenView};

// LIMIT: a page of the log is read as a whole; a side that is longer is left out of it.
const SIDE_BYTES_MAX: usize = 32 * 1024;

fn role(row: &[Sql], place: usize) -> Role {
    match column(row, place) {
        Some("admin") => Role::Admin,
        Some("editor") => Role::Editor,
        _ => Role::Viewer,
    }
}

fn owned(row: &[Sql], place: usize) -> String {
    column(row, place).unwrap_or_default().to_owned()
}

fn by(row: &[Sql]) -> By {
    By {
        name: owned(row, 0),
        role: role(row, 1),
    }
}

/// What was done to what.
pub(in crate::workspace) struct Deed<'a> {
    pub(in crate::workspace) action: &'a str,
    pub(in crate::workspace) kind: &'a str,
    pub(in crate::workspace) id: &'a str,
}

impl Store {
    /// Whose token has this digest.
    pub(in crate::workspace) fn holder(&self, digest: &str) -> Result<Option<By>> {
        let query = "SELECT name, role FROM tokens WHERE digest = ?";
        let rows = self.rows(query, vec![text(digest)])?;
        Ok(rows.first().map(|row| by(row)))
    }

    pub(in crate::workspace) fn add_token(
        &self,
        id: &str,
        token: &NewToken,
        at: i64,
        by: &str,
    ) -> Result<()> {
        self.sql.exec(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)",
            vec![
                text(id),
                text(&token.name),
                text(token.role.word()),
                text(&token.digest),
                Sql::Integer(at),
                text(by),
            ],
        )?;
        Ok(())
    }

    pub(in crate::workspace) fn tokens(&self) -> Result<Vec<TokenView>> {
        let query = "SELECT id, name, role, created, by FROM tokens ORDER BY created, id";
        let rows = self.rows(query, vec![])?;
        let view = |row: &Vec<Sql>| TokenView {
            id: owned(row, 0),
            name: owned(row, 1),
            role: role(row, 2),
            created_at: number(row, 3),
            by: owned(row, 4),
        };
        Ok(rows.iter().map(view).collect())
    }

    /// The token and every session that began with it.
    pub(in crate::workspace) fn remove_token(&self, id: &str) -> Result<()> {
        for statement in [
            "DELETE FROM sessions WHERE token = (SELECT digest FROM tokens WHERE id = ?)",
            "DELETE FROM tokens WHERE id = ?",
        ] {
            self.sql.exec(statement, vec![text(id)])?;
        }
        Ok(())
    }

    /// Begins a session; those that are over by `now` (real time) are forgotten.
    pub(in crate::workspace) fn begin_session(
        &self,
        session: &str,
        token: &str,
        now: i64,
        until: i64,
    ) -> Result<()> {
        let over = "DELETE FROM sessions WHERE until <= ?";
        self.sql.exec(over, vec![Sql::Integer(now)])?;
        self.sql.exec(
            "INSERT INTO sessions VALUES (?, ?, ?)",
            vec![text(session), text(token), Sql::Integer(until)],
        )?;
        Ok(())
    }

    /// The digest of the token that a session began with.
    pub(in crate::workspace) fn token_of_session(
        &self,
        session: &str,
        now: i64,
    ) -> Result<Option<String>> {
        let query = "SELECT token FROM sessions WHERE session = ? AND until > ?";
        let rows = self.rows(query, vec![text(session), Sql::Integer(now)])?;
        Ok(rows.first().map(|row| owned(row, 0)))
    }

    pub(in crate::workspace) fn end_session(&self, session: &str) -> Result<()> {
        let statement = "DELETE FROM sessions WHERE session = ?";
        self.sql.exec(statement, vec![text(session)])?;
        Ok(())
    }

    /// Notes who did what; the sides are JSON.
    pub(in crate::workspace) fn audit(
        &self,
        at: i64,
        by: &By,
        deed: &Deed<'_>,
        sides: [Option<String>; 2],
    ) -> Result<()> {
        let [before, after] = sides.map(|side| side.map_or(Sql::Null, Sql::String));
        self.sql.exec(
            "INSERT INTO audit_log VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            vec![
                Sql::Integer(at),
                text(&by.name),
                text(by.role.word()),
                text(deed.action),
                text(deed.kind),
                text(deed.id),
                before,
                after,
            ],
        )?;
        Ok(())
    }

    /// What an entry says was there afterwards is this from now on.
    pub(in crate::workspace) fn grow_audit(&self, number: i64, after: &str) -> Result<()> {
        let statement = "UPDATE audit_log SET after = ? WHERE rowid = ?";
        self.sql
            .exec(statement, vec![text(after), Sql::Integer(number)])?;
        Ok(())
    }

    pub(in crate::workspace) fn audit_log(&self, page: &AuditPage) -> Result<Vec<AuditEntry>> {
        let side =
            |name: &str| format!("CASE WHEN length({name}) <= {SIDE_BYTES_MAX} THEN {name} END");
        let query = format!(
            "SELECT by, role, rowid, at, action, kind, id, {}, {} FROM audit_log \
             WHERE rowid < ? ORDER BY rowid DESC LIMIT ?",
            side("before"),
            side("after")
        );
        let before = page.before.unwrap_or(i64::MAX >> 11);
        let bindings = vec![Sql::Integer(before), integer(u64::from(page.limit))];
        let rows = self.rows(&query, bindings)?;
        let entry = |row: &Vec<Sql>| {
            let By { name, role } = by(row);
            Ok(AuditEntry {
                by: name,
                role,
                number: Some(number(row, 2)),
                at: number(row, 3),
                action: owned(row, 4),
                kind: owned(row, 5),
                id: owned(row, 6),
                before: json::<Json>(row, 7)?,
                after: json::<Json>(row, 8)?,
            })
        };
        rows.iter().map(entry).collect()
    }
}
