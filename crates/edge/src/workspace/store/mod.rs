//! The tables of the workspace: every statement of SQL is in this folder, and nothing else is.
//! Here: definitions. Beside it: tokens, sessions and the audit log.

mod access;

use std::collections::BTreeMap;

use rekindle_core::series::{
    DefinitionsSpec, LiveSeries, Migration, Overdue, Pause, SegmentSpec, SeriesSpec,
    policy::Settings,
};
use serde::{Serialize, de::DeserializeOwned};
use worker::{Result, SqlStorage, SqlStorageValue as Sql};

pub(super) use access::Deed;

use super::messages::{SeriesState, VersionView};
use crate::{json::read_text, schema::migrate};

/// The tables, version by version, as those of a shard.
const SCHEMA: [&[&str]; 1] = [&V1];

const V1: [&str; 9] = [
    "CREATE TABLE IF NOT EXISTS segments (id TEXT PRIMARY KEY, spec TEXT NOT NULL, revision INTEGER NOT NULL) \
     WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS series (id TEXT PRIMARY KEY, draft TEXT NOT NULL, revision INTEGER NOT NULL, \
     state TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS versions (series TEXT, version INTEGER, spec TEXT NOT NULL, at INTEGER NOT NULL, \
     PRIMARY KEY (series, version)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS migrations (series TEXT, version INTEGER, choice TEXT NOT NULL, \
     PRIMARY KEY (series, version)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS pauses (series TEXT, start INTEGER, until INTEGER, overdue TEXT, \
     PRIMARY KEY (series, start)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS publishers (series TEXT, version INTEGER, by TEXT NOT NULL, \
     PRIMARY KEY (series, version)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS audit_log (at INTEGER, by TEXT, role TEXT, action TEXT, kind TEXT, id TEXT, \
     before TEXT, after TEXT)",
    "CREATE TABLE IF NOT EXISTS tokens (id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, \
     digest TEXT UNIQUE, created INTEGER NOT NULL, by TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS sessions (session TEXT PRIMARY KEY, token TEXT NOT NULL, until INTEGER NOT NULL) \
     WITHOUT ROWID",
];

/// The key of the policies in the `meta` table.
const SETTINGS: &str = "settings";

pub(super) struct Store {
    sql: SqlStorage,
}

/// A series as it is kept.
pub(super) struct SeriesRow {
    pub(super) draft: SeriesSpec,
    pub(super) revision: u64,
    pub(super) state: SeriesState,
}

fn text(value: &str) -> Sql {
    Sql::String(value.to_owned())
}

fn column(row: &[Sql], place: usize) -> Option<&str> {
    match row.get(place) {
        Some(Sql::String(text)) => Some(text),
        _ => None,
    }
}

fn number(row: &[Sql], place: usize) -> i64 {
    match row.get(place) {
        Some(Sql::Integer(number)) => *number,
        Some(Sql::Float(number)) => rekindle_core::value::whole(*number).unwrap_or(0),
        _ => 0,
    }
}

fn revision(row: &[Sql], place: usize) -> u64 {
    u64::try_from(number(row, place)).unwrap_or(0)
}

fn json<T: DeserializeOwned>(row: &[Sql], place: usize) -> Result<T> {
    Ok(read_text(column(row, place).unwrap_or("null"))?)
}

fn integer(value: u64) -> Sql {
    Sql::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

impl Store {
    pub(super) fn open(sql: SqlStorage) -> Result<Self> {
        migrate(&sql, &SCHEMA)?;
        Ok(Self { sql })
    }

    fn rows(&self, query: &str, bindings: Vec<Sql>) -> Result<Vec<Vec<Sql>>> {
        self.sql.exec(query, bindings)?.raw().collect()
    }

    pub(super) fn meta<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        match self
            .rows("SELECT value FROM meta WHERE key = ?", vec![text(key)])?
            .first()
        {
            Some(row) => json(row, 0).map(Some),
            None => Ok(None),
        }
    }

    pub(super) fn set_meta<T: Serialize>(&self, key: &str, value: &T) -> Result<()> {
        let value = serde_json::to_string(value)?;
        self.sql.exec(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            vec![text(key), text(&value)],
        )?;
        Ok(())
    }

    pub(super) fn segment(&self, id: &str) -> Result<Option<(SegmentSpec, u64)>> {
        let rows = self.rows(
            "SELECT spec, revision FROM segments WHERE id = ?",
            vec![text(id)],
        )?;
        rows.first()
            .map(|row| Ok((json(row, 0)?, revision(row, 1))))
            .transpose()
    }

    pub(super) fn segments(&self) -> Result<Vec<(String, SegmentSpec, u64)>> {
        self.rows(
            "SELECT id, spec, revision FROM segments ORDER BY id",
            vec![],
        )?
        .iter()
        .map(|row| {
            Ok((
                column(row, 0).unwrap_or_default().to_owned(),
                json(row, 1)?,
                revision(row, 2),
            ))
        })
        .collect()
    }

    pub(super) fn save_segment(&self, id: &str, spec: &SegmentSpec, revision: u64) -> Result<()> {
        self.sql.exec(
            "INSERT OR REPLACE INTO segments VALUES (?, ?, ?)",
            vec![
                text(id),
                text(&serde_json::to_string(spec)?),
                integer(revision),
            ],
        )?;
        Ok(())
    }

    pub(super) fn remove_segment(&self, id: &str) -> Result<()> {
        self.sql
            .exec("DELETE FROM segments WHERE id = ?", vec![text(id)])?;
        Ok(())
    }

    pub(super) fn series(&self, id: &str) -> Result<Option<SeriesRow>> {
        let rows = self.rows(
            "SELECT draft, revision, state FROM series WHERE id = ?",
            vec![text(id)],
        )?;
        rows.first()
            .map(|row| {
                Ok(SeriesRow {
                    draft: json(row, 0)?,
                    revision: revision(row, 1),
                    state: json(row, 2)?,
                })
            })
            .transpose()
    }

    pub(super) fn series_ids(&self) -> Result<Vec<String>> {
        let rows = self.rows("SELECT id FROM series ORDER BY id", vec![])?;
        Ok(rows
            .iter()
            .filter_map(|row| column(row, 0).map(str::to_owned))
            .collect())
    }

    pub(super) fn save_series(&self, id: &str, row: &SeriesRow) -> Result<()> {
        self.sql.exec(
            "INSERT OR REPLACE INTO series VALUES (?, ?, ?, ?)",
            vec![
                text(id),
                text(&serde_json::to_string(&row.draft)?),
                integer(row.revision),
                text(&serde_json::to_string(&row.state)?),
            ],
        )?;
        Ok(())
    }

    pub(super) fn versions(&self, id: &str) -> Result<Vec<(u32, SeriesSpec)>> {
        self.rows(
            "SELECT version, spec FROM versions WHERE series = ? ORDER BY version",
            vec![text(id)],
        )?
        .iter()
        .map(|row| Ok((u32::try_from(number(row, 0)).unwrap_or(0), json(row, 1)?)))
        .collect()
    }

    pub(super) fn add_version(
        &self,
        id: &str,
        version: u32,
        spec: &SeriesSpec,
        (at, by): (i64, &str),
    ) -> Result<()> {
        self.sql.exec(
            "INSERT INTO versions VALUES (?, ?, ?, ?)",
            vec![
                text(id),
                Sql::Integer(i64::from(version)),
                text(&serde_json::to_string(spec)?),
                Sql::Integer(at),
            ],
        )?;
        self.sql.exec(
            "INSERT INTO publishers VALUES (?, ?, ?)",
            vec![text(id), Sql::Integer(i64::from(version)), text(by)],
        )?;
        Ok(())
    }

    /// When each version was published and by whom, newest first.
    pub(super) fn published(&self, id: &str) -> Result<Vec<VersionView>> {
        let rows = self.rows(
            "SELECT version, at, by FROM versions LEFT JOIN publishers USING (series, version) \
             WHERE series = ? ORDER BY version DESC",
            vec![text(id)],
        )?;
        let view = |row: &Vec<Sql>| VersionView {
            version: u32::try_from(number(row, 0)).unwrap_or(0),
            published_at: number(row, 1),
            by: column(row, 2).map(str::to_owned),
        };
        Ok(rows.iter().map(view).collect())
    }

    pub(super) fn remove_series(&self, id: &str) -> Result<()> {
        self.sql
            .exec("DELETE FROM series WHERE id = ?", vec![text(id)])?;
        Ok(())
    }

    /// What becomes of those who are under way on these versions.
    pub(super) fn migrate(&self, id: &str, versions: &[u32], choice: Migration) -> Result<()> {
        for version in versions {
            self.sql.exec(
                "INSERT OR REPLACE INTO migrations VALUES (?, ?, ?)",
                vec![
                    text(id),
                    Sql::Integer(i64::from(*version)),
                    text(&serde_json::to_string(&choice)?),
                ],
            )?;
        }
        Ok(())
    }

    fn migrations(&self, id: &str) -> Result<BTreeMap<u32, Migration>> {
        self.rows(
            "SELECT version, choice FROM migrations WHERE series = ?",
            vec![text(id)],
        )?
        .iter()
        .map(|row| Ok((u32::try_from(number(row, 0)).unwrap_or(0), json(row, 1)?)))
        .collect()
    }

    /// A series stands still from now on.
    pub(super) fn begin_pause(&self, id: &str, at: i64) -> Result<()> {
        self.sql.exec(
            "INSERT OR IGNORE INTO pauses VALUES (?, ?, NULL, NULL)",
            vec![text(id), Sql::Integer(at)],
        )?;
        Ok(())
    }

    /// It runs again, and this becomes of what fell due meanwhile.
    pub(super) fn end_pause(&self, id: &str, at: i64, overdue: Overdue) -> Result<()> {
        self.sql.exec(
            "UPDATE pauses SET until = ?, overdue = ? WHERE series = ? AND until IS NULL",
            vec![
                Sql::Integer(at),
                text(&serde_json::to_string(&overdue)?),
                text(id),
            ],
        )?;
        Ok(())
    }

    fn pauses(&self, id: &str) -> Result<Vec<Pause>> {
        self.rows(
            "SELECT start, until, overdue FROM pauses WHERE series = ? AND until IS NOT NULL ORDER BY start",
            vec![text(id)],
        )?
        .iter()
        .map(|row| {
            Ok(Pause {
                from: number(row, 0),
                until: number(row, 1),
                overdue: json(row, 2)?,
            })
        })
        .collect()
    }

    /// The policies of the workspace, with their revision.
    pub(super) fn settings(&self) -> Result<(Settings, u64)> {
        Ok(self.meta(SETTINGS)?.unwrap_or_default())
    }

    pub(super) fn save_settings(&self, settings: &Settings, revision: u64) -> Result<()> {
        self.set_meta(SETTINGS, &(settings, revision))
    }

    /// Everything that shards need to know, under a version.
    pub(super) fn definitions(&self, version: u64) -> Result<DefinitionsSpec> {
        let mut definitions = DefinitionsSpec {
            version,
            settings: self.settings()?.0,
            ..DefinitionsSpec::default()
        };
        for (id, spec, _) in self.segments()? {
            definitions.segments.insert(id, spec);
        }
        for id in self.series_ids()? {
            let versions = self.versions(&id)?;
            let (Some(row), Some((current, _))) = (self.series(&id)?, versions.last()) else {
                continue;
            };
            let live = LiveSeries {
                current: *current,
                paused: row.state != SeriesState::Published,
                versions: versions
                    .into_iter()
                    .map(|(number, spec)| (number, spec.to_run()))
                    .collect(),
                migrate: self.migrations(&id)?,
                pauses: self.pauses(&id)?,
            };
            definitions.series.insert(id, live);
        }
        Ok(definitions)
    }
}
