//! What left, newest first: the mailbox, and its sisters for pushes and requests.

use rekindle_core::hash::key_of_effect;
use serde_json::Value as Json;
use worker::{KvStore, Request, ResponseBuilder};

use super::{limit, list};
use crate::{
    bindings,
    context::{Context, parameter},
    json::read_text,
    problem::{Answer, Problem},
};

/// Where what left is kept: mails, pushes, requests.
const BOXES: [&str; 3] = ["mail", "push", "webhook"];

// LIMIT: a box has a thousand keys a page, and a request may ask KV a thousand times.
const PAGES_MAX: usize = 100;

/// The keys of what left for people, in all boxes, by the hashes of their ids; and whether every
/// key was looked at. An effect begins with the hash of its person's id.
pub(super) async fn keys_of(context: &Context, people: &[u64]) -> Answer<(Vec<String>, bool)> {
    let kv = context.env.kv(bindings::KV)?;
    let (mut keys, mut is_complete) = (Vec::new(), true);
    for name in BOXES {
        let mut cursor = None;
        for page in 0..=PAGES_MAX {
            if page == PAGES_MAX {
                is_complete = false;
                break;
            }
            let mut listing = kv.list().prefix(format!("{name}/"));
            if let Some(cursor) = cursor {
                listing = listing.cursor(cursor);
            }
            let listed = listing.execute().await?;
            let names = listed.keys.into_iter().map(|key| key.name);
            keys.extend(names.filter(|key| {
                let effect = key.rsplit('/').next().and_then(key_of_effect);
                effect.is_some_and(|person| people.contains(&person))
            }));
            cursor = listed.cursor.filter(|_| !listed.list_complete);
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok((keys, is_complete))
}

/// Takes what left out of its box, a mail as it goes over the wire included.
pub(super) async fn remove(context: &Context, key: &str) -> Answer<()> {
    let kv = context.env.kv(bindings::KV)?;
    kv.delete(key).await?;
    if key.starts_with("mail/")
        && let Some(effect) = key.rsplit('/').next()
    {
        kv.delete(&bindings::raw_key(effect)).await?;
    }
    Ok(())
}

/// A page of a box; its cursor is KV's own.
pub(super) async fn list_box(context: &Context, request: &Request, name: &str) -> Answer {
    let kv = context.env.kv(bindings::KV)?;
    let mut listing = kv
        .list()
        .prefix(format!("{name}/"))
        .limit(u64::from(limit(request)?));
    if let Some(cursor) = parameter(request, "cursor") {
        listing = listing.cursor(cursor);
    }
    let page = listing.execute().await?;
    let mut items: Vec<Json> = Vec::new();
    for key in &page.keys {
        items.extend(kept(&kv, &key.name).await?);
    }
    let next = page.cursor.filter(|_| !page.list_complete);
    list(&items, next.as_deref())
}

/// What is kept under a key.
pub(super) async fn kept(kv: &KvStore, key: &str) -> Answer<Option<Json>> {
    let text = kv.get(key).text().await?;
    Ok(text.as_deref().map(read_text).transpose()?)
}

/// A mail of the embedded mailbox as it would go over the wire (RFC 5322).
pub(super) async fn raw(context: &Context, effect: &str) -> Answer {
    let kept = context.kv_bytes(&bindings::raw_key(effect)).await?;
    let Some(message) = kept else {
        return Err(Problem::not_found(
            "the mailbox has no such mail: `GET /api/v1/mailbox` lists what it has",
        )
        .into());
    };
    Ok(ResponseBuilder::new()
        .with_header("content-type", "message/rfc822")?
        .fixed(message))
}
