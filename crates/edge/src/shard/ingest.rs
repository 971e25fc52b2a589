//! Items in: each person's in one go, stored and decided in the same transaction.

use std::collections::BTreeMap;

use rekindle_core::series::{Identified, Input};
use worker::Result;

use super::{
    NAMES_MAX, Shard,
    messages::{HeldInbox, Ingest, Ingested, Item, ItemKind, Refused},
    meta,
    store::NameKind,
};
use crate::clock::Clock;

impl Shard {
    /// Stores items, each person's in one go, and decides what follows.
    pub(super) fn ingest(&self, ingest: Ingest) -> Result<Ingested> {
        let store = self.store()?;
        let before = store.written();
        let mut people: BTreeMap<String, Vec<Item>> = BTreeMap::new();
        let mut refused = Vec::new();
        for mut item in ingest.items {
            if let ItemKind::Reaction { effect, .. } = &item.kind {
                // A reaction to what was never sent from here is dropped: it changes nothing.
                let Some(person) = store.person_of_effect(effect)? else {
                    continue;
                };
                item.person = person;
            }
            if let ItemKind::Group { company, traits } = &item.kind {
                let at = self.instant_of(&item, self.now());
                let why = self.note_company(company, traits, &item, at)?;
                let index = item.index;
                refused.extend(why.map(|message| Refused { index, message }));
                continue;
            }
            people.entry(item.person.clone()).or_default().push(item);
        }
        for (id, items) in people {
            self.ingest_person(&id, items, &mut refused)?;
        }
        let inbox = match ingest.inbox {
            None => HeldInbox::Current,
            Some((person, held)) => self.newer_inbox(&person, held)?,
        };
        Ok(Ingested {
            now: self.now(),
            rows: store.written() - before,
            inbox,
            refused,
        })
    }

    fn ingest_person(&self, id: &str, items: Vec<Item>, refused: &mut Vec<Refused>) -> Result<()> {
        let store = self.store()?;
        let now = self.now();
        let known = items.iter().any(|item| item.known);
        let mut inputs = Vec::new();
        let told = |item: &Item, input: Input| {
            if item.imported {
                Input::Imported(Box::new(input))
            } else {
                input
            }
        };
        for item in items {
            let at = self.instant_of(&item, now);
            match &item.kind {
                ItemKind::Event {
                    name,
                    properties,
                    active,
                } => {
                    let written = serde_json::to_string(properties)?;
                    if store.add_event(&item, name, at, &written, *active)? {
                        self.hear(now)?;
                        self.note_name(NameKind::Event, name)?;
                        let event = Input::Event {
                            id: item.id.clone(),
                            name: name.clone(),
                            at,
                            active: *active,
                            properties: properties.clone(),
                        };
                        inputs.push(told(&item, event));
                    }
                }
                ItemKind::Identify { attributes } => {
                    for name in attributes.keys() {
                        self.note_name(NameKind::Attribute, name)?;
                    }
                    let attributes = attributes.clone();
                    inputs.push(told(&item, Input::Identify(Identified { at, attributes })));
                }
                ItemKind::Reaction { effect, reaction } => {
                    inputs.push(Input::Reaction {
                        effect: effect.clone(),
                        reaction: *reaction,
                        at,
                    });
                }
                ItemKind::Subscribe(device) => store.add_device(id, device, now)?,
                ItemKind::Unsubscribe { endpoint } => store.remove_device(id, endpoint)?,
                ItemKind::Inherit { visitor, since } => {
                    inputs.push(Input::Joined {
                        visitor: visitor.clone(),
                        since: *since,
                    });
                }
                // Taken before: it is the company's.
                ItemKind::Group { .. } => {}
                ItemKind::Company {
                    company,
                    joined,
                    traits,
                } => {
                    let identified = self.of_company(id, company, *joined, traits)?;
                    inputs.extend(identified.map(|it| told(&item, Input::Identify(it))));
                }
                ItemKind::Join { into } => {
                    self.note_join(id, into, item.imported)?;
                }
                ItemKind::Alias { into } => {
                    let index = item.index;
                    let why = self.note_join(id, into, item.imported)?;
                    refused.extend(why.map(|message| Refused { index, message }));
                }
            }
        }
        if known {
            store.set_known(id)?;
        } else if !inputs.is_empty() {
            self.renew_join(id)?;
        }
        self.decide(id, inputs)
    }

    /// When an item happened by our clock: Segment's correction for a sender whose clock is off.
    /// Nothing has happened in the future.
    fn instant_of(&self, item: &Item, now: i64) -> i64 {
        let at = match (item.at, item.sent_at) {
            (None, _) => now,
            (Some(at), Some(sent)) if self.clock.get() == Clock::Real => {
                now.saturating_sub(sent.saturating_sub(at))
            }
            // A clock that was moved says nothing about the sender's.
            (Some(at), _) => at,
        };
        at.min(now)
    }

    /// An event came in. What is told of a shard that was asleep since is right to six hours: a row
    /// for every event would be dearer than the event.
    fn hear(&self, now: i64) -> Result<()> {
        const FRESH_MS: i64 = 6 * 60 * 60 * 1_000;
        let store = self.store()?;
        if self.heard.get().is_none() {
            let kept = store.meta(meta::LAST_EVENT)?;
            if kept.is_none() {
                store.set_meta(meta::FIRST_EVENT, &now.to_string())?;
            }
            self.heard_kept.set(kept.and_then(|at| at.parse().ok()));
        }
        self.heard.set(Some(now));
        let is_old = |kept: i64| now.saturating_sub(kept).abs() > FRESH_MS;
        if self.heard_kept.get().is_none_or(is_old) {
            store.set_meta(meta::LAST_EVENT, &now.to_string())?;
            self.heard_kept.set(Some(now));
        }
        Ok(())
    }

    pub(super) fn note_name(&self, kind: NameKind, name: &str) -> Result<()> {
        let known = (kind, name.to_owned());
        let mut names = self.names.borrow_mut();
        if names.len() < NAMES_MAX && !names.contains(&known) {
            self.store()?.add_name(kind, name)?;
            names.insert(known);
        }
        Ok(())
    }
}
