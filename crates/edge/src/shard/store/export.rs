//! Everything of a shard as lines that can be imported again: one message of Segment's HTTP API each.

use std::collections::BTreeMap;

use rekindle_core::{rule::Attribute, value::Value};
use serde_json::{Value as Json, json};
use worker::{Result, SqlStorageValue as Sql};

use super::{Store, text};
use crate::{
    json::read_text,
    shard::messages::{Lines, Place},
};

// LIMIT: a page of lines is held in memory; a person's events are cut where it is full.
const PAGE_BYTES: usize = 1024 * 1024;
const ROWS_AT_ONCE: i64 = 500;

impl Store {
    /// The lines from a place on.
    pub(in crate::shard) fn export(&self, from: &Place) -> Result<Lines> {
        let (mut place, mut lines) = (from.clone(), String::new());
        while lines.len() < PAGE_BYTES {
            if !place.past_companies {
                self.export_members(&mut place, &mut lines)?;
            } else if let Some((person, after)) = place.within.take() {
                place.within = self.export_events(person, &after, &mut lines)?;
            } else if !self.export_person(&mut place, &mut lines)? {
                return Ok(Lines {
                    text: lines,
                    next: None,
                });
            }
        }
        Ok(Lines {
            text: lines,
            next: Some(place),
        })
    }

    /// What is known of the next person; `false` where there is none.
    fn export_person(&self, place: &mut Place, lines: &mut String) -> Result<bool> {
        let Some(person) = self.people_page(&place.person, 1)?.pop() else {
            return Ok(false);
        };
        let mut by_instant: BTreeMap<i64, BTreeMap<&str, &Value>> = BTreeMap::new();
        for (name, Attribute { value, at }) in &person.attributes {
            // What the lines of companies tell is not told twice.
            if !name.starts_with("company.") {
                by_instant.entry(*at).or_default().insert(name, value);
            }
        }
        let (who, id) = (self.id_of(&person.id)?, &person.id);
        for (at, traits) in by_instant {
            let message =
                json!({ "type": "identify", (who): id, "timestamp": at, "traits": traits });
            line(&message, lines);
        }
        place.within = Some((person.id.clone(), String::new()));
        place.person = person.id;
        Ok(true)
    }

    /// Some events of a person after one of them; the last of them, unless there was none.
    fn export_events(
        &self,
        person: String,
        after: &str,
        lines: &mut String,
    ) -> Result<Option<(String, String)>> {
        let events = self.rows(
            "SELECT id, name, at, properties, active FROM events WHERE person = ? AND id > ? ORDER BY id LIMIT ?",
            vec![text(&person), text(after), Sql::Integer(ROWS_AT_ONCE)],
            |row| (row.text(), row.text(), row.number(), row.text(), row.number()),
        )?;
        let who = self.id_of(&person)?;
        for (id, name, at, properties, active) in &events {
            let properties: Json = read_text(properties)?;
            let message = json!({
                "type": "track", (who): person, "messageId": id, "event": name, "timestamp": at,
                "properties": properties, "context": { "active": *active != 0 },
            });
            line(&message, lines);
        }
        Ok(events.into_iter().next_back().map(|(id, ..)| (person, id)))
    }

    /// Some of the people of companies, with the attributes of each company before its first.
    fn export_members(&self, place: &mut Place, lines: &mut String) -> Result<()> {
        let (mut last, person) = place.members.take().unwrap_or_default();
        let members = self.rows(
            "SELECT company, person, joined FROM company_members WHERE (company, person) > (?, ?) \
             ORDER BY company, person LIMIT ?",
            vec![text(&last), text(&person), Sql::Integer(ROWS_AT_ONCE)],
            |row| (row.text(), row.text(), row.number()),
        )?;
        let group = |company: &str, person: &str, at: i64, traits: Json| json!({ "type": "group", "userId": person, "groupId": company, "timestamp": at, "traits": traits });
        for (company, person, joined) in &members {
            if *company != last {
                last.clone_from(company);
                for (name, Attribute { value, at }) in self.company(company)?.unwrap_or_default() {
                    line(&group(company, person, at, json!({ name: value })), lines);
                }
            }
            line(&group(company, person, *joined, json!({})), lines);
        }
        let end = members.into_iter().next_back();
        place.members = end.map(|(company, person, _)| (company, person));
        place.past_companies = place.members.is_none();
        Ok(())
    }

    /// The name of the field that an id belongs into.
    fn id_of(&self, person: &str) -> Result<&'static str> {
        Ok(if self.is_known(person)? {
            "userId"
        } else {
            "anonymousId"
        })
    }
}

fn line(message: &Json, lines: &mut String) {
    lines.push_str(&message.to_string());
    lines.push('\n');
}
