//! What the data has: names, kinds and values, from a sample of people. Says how many it looked at.

use std::collections::BTreeMap;

use rekindle_core::{time::parse_instant, value::Value};
use worker::Result;

use crate::json::read_text;
use crate::shard::{
    Shard,
    messages::{AttributeSeen, DataSeen, Tally, ValuesOf},
    store::NameKind,
};

// LIMIT: a sample answers at once; of 16 shards it is 4,000 people.
const SAMPLE: u32 = 250;

// LIMIT: the newest occurrences of an event say what its properties are like now.
const OCCURRENCES: u32 = 5;

// LIMIT: what a list to choose from shows of one person's own list.
const ITEMS_MAX: usize = 50;

// LIMIT: longer text is not chosen from a list.
const VALUE_BYTES_MAX: usize = 200;

/// The kind of a value, in the words of the API.
fn kind(value: &Value) -> Option<&'static str> {
    match value {
        Value::Text(text) if parse_instant(text).is_some() => Some("date"),
        Value::Text(_) => Some("text"),
        Value::Number(_) => Some("number"),
        Value::Bool(_) => Some("boolean"),
        Value::List(_) => Some("list"),
        Value::Null | Value::Map(_) => None,
    }
}

/// Counts a value; a list's items one by one.
fn tally(counts: &mut BTreeMap<String, u64>, value: &Value) -> Result<()> {
    let single = std::slice::from_ref(value);
    let items = if let Value::List(items) = value {
        items.as_slice()
    } else {
        single
    };
    for item in items.iter().take(ITEMS_MAX) {
        if kind(item).is_some_and(|kind| kind != "list") {
            let written = serde_json::to_string(item)?;
            if written.len() <= VALUE_BYTES_MAX {
                *counts.entry(written).or_default() += 1;
            }
        }
    }
    Ok(())
}

impl Shard {
    pub(super) fn data(&self) -> Result<DataSeen> {
        let store = self.store()?;
        let mut seen = DataSeen::default();
        for name in store.names(NameKind::Attribute)? {
            seen.attributes.insert(name, AttributeSeen::default());
        }
        for name in store.names(NameKind::Event)? {
            seen.events.insert(name, 0);
        }
        for person in store.people_page("", SAMPLE)? {
            seen.looked_at += 1;
            for (name, attribute) in person.attributes {
                let of = seen.attributes.entry(name).or_default();
                of.people += 1;
                of.kinds.extend(kind(&attribute.value).map(str::to_owned));
            }
            for (name, _) in person.history.iter() {
                *seen.events.entry(name.to_owned()).or_default() += 1;
            }
        }
        Ok(seen)
    }

    pub(super) fn values(&self, of: &ValuesOf) -> Result<Tally> {
        let store = self.store()?;
        let mut tallied = Tally::default();
        for person in store.people_page("", SAMPLE)? {
            match of {
                ValuesOf::Attribute(name) => {
                    let counts = tallied.values.entry(name.clone()).or_default();
                    if let Some(value) = person.value(name) {
                        tally(counts, value)?;
                    }
                    tallied.looked_at += 1;
                }
                ValuesOf::Event(name) if person.history.get(name).is_some() => {
                    tallied.looked_at += 1;
                    for written in store.newest_properties(&person.id, name, OCCURRENCES)? {
                        let properties: BTreeMap<String, Value> = read_text(&written)?;
                        for (property, value) in properties {
                            tally(tallied.values.entry(property).or_default(), &value)?;
                        }
                    }
                }
                ValuesOf::Event(_) => {}
            }
        }
        Ok(tallied)
    }
}
