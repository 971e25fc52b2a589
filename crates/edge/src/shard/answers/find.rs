//! People by a rule, a segment or a text, in the order of their ids; and how many a rule holds for.
//! A call looks at a bounded number of them and says how far it came.

use std::collections::BTreeMap;

use rekindle_core::{
    rule::{Program, Streams},
    series::Person,
    value::Value,
};
use serde_json::{Value as Json, json};
use worker::Result;

use crate::shard::{
    LOOK_MAX, Shard,
    messages::{Find, Found},
};

/// How many people are held in memory at once.
const AT_ONCE: u32 = 250;

struct Asked {
    program: Option<Program>,
    streams: Streams,
    text: Option<String>,
}

impl Shard {
    pub(super) fn find(&self, find: &Find) -> Result<Found> {
        let asked = Asked {
            streams: Streams::of(&find.rule).map_err(|problem| problem.message)?,
            program: find.rule.as_ref().map(rekindle_core::rule::Rule::compile),
            text: find.text.as_ref().map(|text| text.to_lowercase()),
        };
        if find.segment.is_some() {
            self.catch_up(LOOK_MAX)?;
        }
        let mut found = Found {
            as_of: self.now(),
            ..Found::default()
        };
        let mut after = find.after.clone();
        while found.looked_at < find.look {
            let limit = AT_ONCE.min(find.look - found.looked_at);
            let people = self.slice(find, &after, limit)?;
            let is_end = people.len() < limit as usize;
            for mut person in people {
                found.looked_at += 1;
                after.clone_from(&person.id);
                if !self.fits(&asked, &mut person)? {
                    continue;
                }
                found.matched += 1;
                if found.people.len() < find.limit as usize {
                    found.people.push(row(&person));
                }
                if find.until_full && found.people.len() == find.limit as usize {
                    found.reached = Some(after);
                    return Ok(found);
                }
            }
            if is_end {
                return Ok(found);
            }
        }
        found.reached = Some(after);
        Ok(found)
    }

    fn slice(&self, find: &Find, after: &str, limit: u32) -> Result<Vec<Person>> {
        let store = self.store()?;
        match &find.segment {
            Some(segment) => store.members_page(segment, after, limit),
            None => store.people_page(after, limit),
        }
    }

    fn fits(&self, asked: &Asked, person: &mut Person) -> Result<bool> {
        if let Some(text) = &asked.text
            && !is_named(person, text)
        {
            return Ok(false);
        }
        let Some(program) = &asked.program else {
            return Ok(true);
        };
        self.fill_missing(&asked.streams, person)?;
        self.learn_zone(person, None);
        let atlas = self.atlas.borrow();
        let definitions = self.definitions();
        let facts = person.facts(definitions.zone(person, atlas.zones()));
        Ok(program.eval(&facts, self.now()))
    }
}

/// Whether the id, the address or a name has this text, which is in small letters.
fn is_named(person: &Person, text: &str) -> bool {
    let named = ["email", "name", "first_name", "last_name"];
    let values = named.iter().filter_map(|name| match person.value(name) {
        Some(Value::Text(value)) => Some(value.as_str()),
        _ => None,
    });
    std::iter::once(person.id.as_str())
        .chain(values)
        .any(|value| value.to_lowercase().contains(text))
}

fn row(person: &Person) -> Json {
    let values = person.attributes.iter();
    let attributes: BTreeMap<&String, &Value> = values
        .map(|(name, attribute)| (name, &attribute.value))
        .collect();
    let segments: Vec<&String> = person.segments.keys().collect();
    json!({
        "id": person.id,
        "first_seen": person.first_seen,
        "last_seen": person.last_seen,
        "attributes": attributes,
        "segments": segments,
    })
}
