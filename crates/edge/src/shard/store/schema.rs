//! The tables of a shard, version by version: [`migrate`](crate::schema::migrate) runs those that a shard
//! has not seen yet. A version that was released is never changed; a change is a version of its own.

/// All of them, the first first.
pub(super) const SCHEMA: [&[&str]; 1] = [&V1];

const V1: [&str; 22] = [
    "CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, state BLOB NOT NULL, due INTEGER) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS people_by_due ON people (due) WHERE due IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS events (person TEXT, id TEXT, name TEXT NOT NULL, at INTEGER NOT NULL, \
     properties TEXT NOT NULL, active INTEGER NOT NULL, PRIMARY KEY (person, id)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS memberships (segment TEXT, person TEXT, since INTEGER NOT NULL, \
     PRIMARY KEY (segment, person)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS growth (segment TEXT, day INTEGER, net INTEGER NOT NULL, \
     PRIMARY KEY (segment, day)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS ledger (effect TEXT PRIMARY KEY, person TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS outbox (effect TEXT PRIMARY KEY, person TEXT NOT NULL, send TEXT NOT NULL, \
     leased_until INTEGER NOT NULL, not_before INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS put_off (effect TEXT PRIMARY KEY, person TEXT NOT NULL, send TEXT NOT NULL, \
     until INTEGER, failures INTEGER NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS put_off_by_until ON put_off (until) WHERE until IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS dead_letters (effect TEXT PRIMARY KEY, person TEXT NOT NULL, send TEXT NOT NULL, \
     reason TEXT NOT NULL, at INTEGER NOT NULL, attempts INTEGER NOT NULL, replayed INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS inboxes (person TEXT PRIMARY KEY, bytes BLOB) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS devices (person TEXT, endpoint TEXT, p256dh TEXT NOT NULL, auth TEXT NOT NULL, \
     PRIMARY KEY (person, endpoint)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS device_dates (person TEXT, endpoint TEXT, since INTEGER NOT NULL, \
     PRIMARY KEY (person, endpoint)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS counters (series TEXT, version INTEGER, step TEXT, metric TEXT, day INTEGER, \
     count INTEGER NOT NULL, PRIMARY KEY (series, version, step, metric, day)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS known (person TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS joins (anonymous TEXT PRIMARY KEY, person TEXT NOT NULL, pending INTEGER NOT NULL) \
     WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS joins_pending ON joins (pending) WHERE pending = 1",
    "CREATE TABLE IF NOT EXISTS imported_joins (anonymous TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS companies (id TEXT PRIMARY KEY, traits TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS company_members (company TEXT, person TEXT, joined INTEGER NOT NULL, \
     known INTEGER NOT NULL, imported INTEGER NOT NULL, pending INTEGER, PRIMARY KEY (company, person)) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS company_members_pending ON company_members (pending) WHERE pending IS NOT NULL",
    "CREATE TABLE IF NOT EXISTS names (kind TEXT, name TEXT, PRIMARY KEY (kind, name)) WITHOUT ROWID",
];
