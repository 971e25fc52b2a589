//! Everything that is kept of one person, taken out at once, and events that are too old to be kept.
//! Counts of reports stay: they name no one.

use rekindle_core::series::{
    Span,
    policy::retention::{ALL_OTHERS, Retention},
};
use worker::{Result, SqlStorageValue as Sql};

use super::{Row, Store, text};
use crate::shard::messages::Erased;

impl Store {
    /// Takes out the events, of the people after one id up to another, that are older than they are kept.
    /// One pass over their events, however many names have a span of their own.
    pub(in crate::shard) fn forget_events(
        &self,
        [after, last]: [&str; 2],
        retention: &Retention,
        now: i64,
    ) -> Result<()> {
        let before = |Span(kept): &Span| now.saturating_sub(*kept);
        let others = retention.get(ALL_OTHERS).map(before);
        let named: serde_json::Map<String, serde_json::Value> = retention
            .iter()
            .filter(|(event, _)| *event != ALL_OTHERS)
            .map(|(event, kept)| (event.clone(), before(kept).into()))
            .collect();
        self.run(
            "DELETE FROM events WHERE person > ?1 AND person <= ?2 \
             AND at < coalesce((SELECT value FROM json_each(?3) WHERE key = events.name), ?4)",
            vec![
                text(after),
                text(last),
                text(&serde_json::Value::Object(named).to_string()),
                others.map_or(Sql::Null, Sql::Integer),
            ],
        )?;
        Ok(())
    }

    /// The visitors that a person was before they were known.
    pub(in crate::shard) fn visitors_of(&self, person: &str) -> Result<Vec<String>> {
        let query = "SELECT anonymous FROM joins WHERE person = ?";
        self.rows(query, vec![text(person)], Row::text)
    }

    /// Takes out everything of a person, and counts what that was. The inbox is taken down by the
    /// same list that puts it up.
    pub(in crate::shard) fn erase(
        &self,
        person: &str,
        now: i64,
        erased: &mut Erased,
    ) -> Result<()> {
        let segments = self.rows(
            "SELECT segment FROM memberships WHERE person = ?",
            vec![text(person)],
            Row::text,
        )?;
        for segment in &segments {
            self.set_membership(segment, person, None, now)?;
        }
        erased.memberships += segments.len() as u64;
        let was_known = self.person(person)?.is_some();
        for (table, column, count) in [
            ("people", "id", &mut erased.people),
            ("events", "person", &mut erased.events),
            ("ledger", "person", &mut erased.messages),
            ("outbox", "person", &mut erased.sends),
            ("devices", "person", &mut erased.devices),
        ] {
            *count += self.erase_from(table, column, person)?;
        }
        // What is taken up again is in the outbox as well.
        erased.sends += self.erase_from("put_off", "until IS NOT NULL AND person", person)?;
        for (table, column) in [
            ("company_members", "person"),
            ("imported_joins", "anonymous"),
            ("joins", "anonymous"),
            ("joins", "person"),
            ("put_off", "person"),
            ("dead_letters", "person"),
            ("device_dates", "person"),
            ("known", "person"),
        ] {
            self.erase_from(table, column, person)?;
        }
        if was_known {
            self.set_inbox(person, None)?;
            erased.ids.push(person.to_owned());
        }
        Ok(())
    }

    fn erase_from(&self, table: &str, column: &str, person: &str) -> Result<u64> {
        let bindings: Vec<Sql> = vec![text(person)];
        let query = format!("SELECT count(*) FROM {table} WHERE {column} = ?");
        let count = self.one(&query, bindings.clone(), Row::number)?;
        self.run(&format!("DELETE FROM {table} WHERE {column} = ?"), bindings)?;
        Ok(count
            .and_then(|count| u64::try_from(count).ok())
            .unwrap_or(0))
    }
}
