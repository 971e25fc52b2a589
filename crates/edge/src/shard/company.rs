//! Companies: what is known of one, who is of it, and what its people are told of it.
//!
//! A company lives in the shard that its id falls to. Each change is noted there with those who have yet
//! to hear of it, and carried to the shards of its people afterwards, where it becomes attributes:
//! `company.id`, and `company.` before the name of each of its own.
//!
//! Safe to run twice: what is carried is all that is known of the company at that time, in order, and
//! who has heard of it is forgotten only after they have.

use std::collections::BTreeMap;

use rekindle_core::{hash::person_key, rule::Attribute, series::Identified, value::Value};
use worker::Result;

use super::{
    Shard,
    join::carried,
    messages::{Ingest, Ingested, Item, ItemKind},
    store::NameKind,
};
use crate::bindings::{ask, shard, shard_number};

// LIMIT: a company travels whole to each of its people.
const COMPANY_BYTES_MAX: usize = 32 * 1024;
// LIMIT: what one round carries; the rest follows in the next.
const MEMBERS_AT_ONCE: u32 = 200;

const PREFIX: &str = "company.";
const ID: &str = "company.id";

impl Shard {
    /// Takes in attributes of a company and one of its people, or says why not. Of two values the one
    /// with the later timestamp stays.
    pub(super) fn note_company(
        &self,
        company: &str,
        traits: &BTreeMap<String, Value>,
        item: &Item,
        at: i64,
    ) -> Result<Option<String>> {
        let store = self.store()?;
        let before = store.company(company)?;
        let mut known = before.clone().unwrap_or_default();
        for (name, value) in traits {
            let is_older = |known: &Attribute| known.at > at;
            if !known.get(name).is_some_and(is_older) {
                let value = value.clone();
                known.insert(name.clone(), Attribute { value, at });
            }
        }
        let written = serde_json::to_string(&known)?;
        if written.len() > COMPANY_BYTES_MAX {
            return Ok(Some(format!(
                "the company would have more than {COMPANY_BYTES_MAX} bytes of traits: set some of them to null"
            )));
        }
        if before.as_ref().map(values) != Some(values(&known)) {
            store.set_company(company, &written)?;
            store.company_changed(company, item.imported)?;
        }
        store.add_member(company, item, at)?;
        Ok(None)
    }

    /// What a person learns of their company: nothing where they are of another since later.
    pub(super) fn of_company(
        &self,
        id: &str,
        company: &str,
        joined: i64,
        traits: &BTreeMap<String, Value>,
    ) -> Result<Option<Identified>> {
        let known = self.store()?.person(id)?.map(|person| person.attributes);
        let known = known.unwrap_or_default();
        let own = Value::from(company);
        let is_of_another = |current: &Attribute| current.value != own && current.at > joined;
        if known.get(ID).is_some_and(is_of_another) {
            return Ok(None);
        }
        let known: Vec<_> = known
            .iter()
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let at = known.iter().map(|(_, attribute)| attribute.at);
        let at = at.max().unwrap_or(joined).max(joined);
        // What only the company before had is known no longer.
        let gone = known.iter().map(|(name, _)| ((*name).clone(), Value::Null));
        let mut attributes: BTreeMap<String, Value> = gone.collect();
        for (name, value) in traits {
            attributes.insert([PREFIX, name].concat(), value.clone());
        }
        attributes.insert(ID.to_owned(), own);
        for name in attributes.keys() {
            self.note_name(NameKind::Attribute, name)?;
        }
        Ok(Some(Identified { at, attributes }))
    }

    /// Carries what is new of companies to the shards of their people.
    pub(super) async fn tell_members(&self) -> Result<()> {
        let store = self.store()?;
        loop {
            let members = store.pending_members(MEMBERS_AT_ONCE)?;
            if members.is_empty() {
                return Ok(());
            }
            let mut by_shard: BTreeMap<u64, Vec<Item>> = BTreeMap::new();
            let mut here = 0;
            for member in &members {
                here = shard_number(&self.env, person_key(&member.company));
                let kind = ItemKind::Company {
                    company: member.company.clone(),
                    joined: member.joined,
                    traits: values(&store.company(&member.company)?.unwrap_or_default()),
                };
                let item = Item {
                    known: member.known,
                    imported: member.imported,
                    ..carried(&member.person, String::new(), None, kind)
                };
                let there = shard_number(&self.env, person_key(&member.person));
                by_shard.entry(there).or_default().push(item);
            }
            for (there, items) in by_shard {
                let ingest = Ingest { items, inbox: None };
                if there == here {
                    self.ingest(ingest)?;
                } else {
                    let _: Ingested = ask(&shard(&self.env, there)?, "ingest", &ingest).await?;
                }
            }
            for member in &members {
                store.told_member(member)?;
            }
        }
    }
}

fn values(traits: &BTreeMap<String, Attribute>) -> BTreeMap<String, Value> {
    let value = |(name, attribute): (&String, &Attribute)| (name.clone(), attribute.value.clone());
    traits.iter().map(value).collect()
}
