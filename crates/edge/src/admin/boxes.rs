//! What left, newest first: the mailbox, and its sisters for pushes and requests.

use serde_json::Value as Json;
use worker::Request;

use super::{limit, list};
use crate::{
    bindings,
    context::{Context, parameter},
    problem::Answer,
};

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
        items.extend(kv.get(&key.name).json::<Json>().await?);
    }
    let next = page.cursor.filter(|_| !page.list_complete);
    list(&items, next.as_deref())
}
