//! An anonymous visitor turns out to be a person: what they did moves there, across shards, once.
//!
//! Safe to run twice: events keep their ids, so the person's shard stores each once; what has moved
//! is forgotten here only after that shard has it. A crash in between moves it again.

use std::collections::BTreeMap;

use rekindle_core::{
    experiment::Sticky,
    hash::person_key,
    series::{Outcome, Person, effect_id},
    value::Value,
};
use worker::Result;

use super::{
    Shard,
    messages::{Ingest, Ingested, Item, ItemKind},
};
use crate::bindings::{ask, shard, shard_number};

// LIMIT: what one request to the person's shard carries; the rest follows in the next.
const EVENTS_AT_ONCE: u32 = 500;

impl Shard {
    /// Notes that a visitor is a person, or says why that cannot be. Someone whom the app has named is
    /// never joined to another, and a visitor whose history is on its way to one not to a second.
    pub(super) fn note_join(
        &self,
        anonymous: &str,
        into: &str,
        imported: bool,
    ) -> Result<Option<String>> {
        let store = self.store()?;
        if store.is_known(anonymous)? {
            return Ok(Some(format!(
                "`{anonymous}` is a person of their own, and two people are never merged: an alias joins a visitor, \
                 who was never a `userId`, to a person"
            )));
        }
        if let Some(other) = store.pending_join_of(anonymous)?
            && other != into
        {
            return Ok(Some(format!(
                "`{anonymous}` is being joined to another person: a visitor is joined to one"
            )));
        }
        store.set_join(anonymous, into, true)?;
        store.set_imported_join(anonymous, imported)?;
        Ok(None)
    }

    /// What a visitor goes on to do under their old id has to move, too.
    pub(super) fn renew_join(&self, anonymous: &str) -> Result<()> {
        let store = self.store()?;
        match store.join_of(anonymous)? {
            Some(into) => store.set_join(anonymous, &into, true),
            None => Ok(()),
        }
    }

    /// Moves what waits to be moved, one after the other.
    ///
    /// While a move waits for another shard, that shard may move something here, and so on in a
    /// circle: a shard that is moving already takes what comes and leaves its own to whoever began.
    pub(super) async fn carry_over(&self) -> Result<()> {
        if self.carrying.replace(true) {
            return Ok(());
        }
        let carried = self.carry_all().await;
        self.carrying.set(false);
        carried
    }

    async fn carry_all(&self) -> Result<()> {
        while let Some((anonymous, into)) = self.store()?.pending_join()? {
            self.carry(&anonymous, &into).await?;
        }
        self.tell_members().await
    }

    async fn carry(&self, anonymous: &str, into: &str) -> Result<()> {
        let store = self.store()?;
        let visitor = store.person(anonymous)?;
        let mut items = store.events_to_carry(anonymous, into, EVENTS_AT_ONCE)?;
        let events: Vec<String> = items.iter().map(|item| item.id.clone()).collect();
        if let Some(visitor) = &visitor {
            items.insert(0, chance_to_carry(visitor, into));
            items.extend(attributes_to_carry(visitor, into));
        }
        for device in store.devices(anonymous)? {
            let id = device.endpoint.clone();
            items.push(carried(into, id, None, ItemKind::Subscribe(device)));
        }
        let imported = store.is_imported_join(anonymous)?;
        for item in &mut items {
            item.imported = imported;
        }
        let ingest = Ingest { items, inbox: None };
        let here = shard_number(&self.env, person_key(anonymous));
        let there = shard_number(&self.env, person_key(into));
        if here == there {
            self.ingest(ingest)?;
        } else {
            let _: Ingested = ask(&shard(&self.env, there)?, "ingest", &ingest).await?;
        }
        // The app may have named the visitor meanwhile: then all of it stays theirs.
        if store.pending_join_of(anonymous)?.as_deref() != Some(into) {
            return Ok(());
        }
        // They have arrived. What came in here meanwhile is moved by the next round.
        store.remove_events(anonymous, &events)?;
        if store.person(anonymous)? == visitor && !store.has_events(anonymous)? {
            self.forget_visitor(anonymous, visitor.as_ref())?;
            store.set_join(anonymous, into, false)?;
            store.set_imported_join(anonymous, false)?;
        }
        Ok(())
    }

    /// The visitor is no one of their own any more: not counted, not sent anything.
    fn forget_visitor(&self, anonymous: &str, visitor: Option<&Person>) -> Result<()> {
        let store = self.store()?;
        let Some(visitor) = visitor else {
            return Ok(());
        };
        for segment in visitor.segments.keys() {
            store.set_membership(segment, anonymous, None, self.now())?;
        }
        let runs = visitor
            .runs
            .iter()
            .flat_map(|(series, runs)| runs.iter().map(move |run| (series, run)));
        for (series, run) in runs {
            let queued = run
                .steps
                .iter()
                .filter(|record| record.outcome == Outcome::Queued);
            for record in queued {
                store.remove_send(&effect_id(anonymous, series, run.entry, &record.step))?;
            }
        }
        if visitor.inbox != 0 {
            store.set_inbox(anonymous, None)?;
        }
        for device in store.devices(anonymous)? {
            store.remove_device(anonymous, &device.endpoint)?;
        }
        store.remove_person(anonymous)
    }
}

pub(super) fn carried(person: &str, id: String, at: Option<i64>, kind: ItemKind) -> Item {
    Item {
        index: 0,
        is_unnamed: false,
        person: person.to_owned(),
        id,
        at,
        sent_at: None,
        known: true,
        imported: false,
        kind,
    }
}

/// What chance gave the visitor: it decides before anything else that is carried.
fn chance_to_carry(visitor: &Person, into: &str) -> Item {
    let sticky = visitor.sticky.clone();
    let kind = ItemKind::Inherit {
        visitor: sticky.unwrap_or_else(|| Sticky::new(&visitor.id)),
        since: visitor.known_since(),
    };
    carried(into, String::new(), None, kind)
}

/// The visitor's attributes, as the messages that set them: the later one wins over the person's.
fn attributes_to_carry(visitor: &Person, into: &str) -> Vec<Item> {
    let mut by_instant: BTreeMap<i64, BTreeMap<String, Value>> = BTreeMap::new();
    for (name, attribute) in &visitor.attributes {
        by_instant
            .entry(attribute.at)
            .or_default()
            .insert(name.clone(), attribute.value.clone());
    }
    by_instant
        .into_iter()
        .map(|(at, attributes)| {
            carried(
                into,
                String::new(),
                Some(at),
                ItemKind::Identify { attributes },
            )
        })
        .collect()
}
