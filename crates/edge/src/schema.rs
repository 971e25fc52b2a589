//! Brings the tables of an object forward when it wakes, one version after the other.
//!
//! Safe to run twice: a wake is one transaction, and the version is written with the statements that make
//! it. What a newer Rekindle wrote is refused, never guessed at.

use worker::{Result, SqlStorage, SqlStorageValue as Sql};

/// The key of the version in the `meta` table; an object from before it was kept has none.
const VERSION: &str = "schema";

/// Runs the statements of the versions that this object has not seen.
pub(crate) fn migrate(sql: &SqlStorage, versions: &[&[&str]]) -> Result<()> {
    sql.exec(
        "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
        None,
    )?;
    let known = versions.len();
    let seen = version(sql)?;
    if seen == known {
        return Ok(());
    }
    let Some(missing) = versions.get(seen..) else {
        return Err(format!(
            "the tables are of a newer Rekindle (version {seen}; this one knows {known}): deploy that one again"
        )
        .into());
    };
    for statement in missing.iter().copied().flatten() {
        sql.exec(statement, None)?;
    }
    sql.exec(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        vec![
            Sql::String(VERSION.to_owned()),
            Sql::String(known.to_string()),
        ],
    )?;
    Ok(())
}

fn version(sql: &SqlStorage) -> Result<usize> {
    let query = "SELECT value FROM meta WHERE key = ?";
    let bindings = vec![Sql::String(VERSION.to_owned())];
    let rows: Vec<Vec<Sql>> = sql.exec(query, bindings)?.raw().collect::<Result<_>>()?;
    Ok(match rows.first().and_then(|row| row.first()) {
        Some(Sql::String(text)) => text.parse().unwrap_or(0),
        _ => 0,
    })
}
