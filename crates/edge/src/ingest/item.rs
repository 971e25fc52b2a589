//! One message of Segment's HTTP API (or of the browser's own three) to items for a shard.
//! Reads strictly and says what is wrong; it knows nothing of keys or shards.
//! Source: Segment, "HTTP Tracking API Source" and "Spec: Common Fields".

use std::collections::BTreeMap;

use rekindle_core::{series::Reaction, time::parse_instant, value::Value};
use serde_json::Value as Json;

use crate::{
    bindings::is_uuid,
    json::read_tree,
    shard::messages::{Device, Item, ItemKind},
};

// LIMIT: Segment's: 32 KB a message.
const ITEM_BYTES_MAX: usize = 32 * 1024;
// LIMIT: ids and names beyond this are mistakes, and keys have to stay short.
const NAME_BYTES_MAX: usize = 255;

/// What a page view is called in a person's history.
const PAGE_VIEWED: &str = "Page Viewed";
/// What a screen view is called in a person's history.
const SCREEN_VIEWED: &str = "Screen Viewed";

/// What a message comes to.
pub(super) struct Read {
    /// What is to be stored.
    pub(super) items: Vec<Item>,
    /// The person that it names as known, which a page must prove.
    pub(super) user: Option<String>,
}

/// An instant: RFC 3339 or Unix milliseconds.
pub(super) fn instant(json: &Json) -> Option<i64> {
    json.as_i64()
        .or_else(|| json.as_str().and_then(parse_instant))
}

/// A field that holds an id: text, or a number written as one.
fn id(json: &Json, field: &str) -> Result<Option<String>, String> {
    let text = match json.get(field) {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::String(text)) if text.trim().is_empty() => return Ok(None),
        Some(Json::String(text)) => text.clone(),
        Some(Json::Number(number)) => number.to_string(),
        Some(_) => return Err(format!("`{field}` is not text: send the id as text")),
    };
    if text.len() > NAME_BYTES_MAX {
        return Err(format!("`{field}` is longer than {NAME_BYTES_MAX} bytes"));
    }
    Ok(Some(text))
}

fn required(json: &Json, field: &str) -> Result<String, String> {
    match json.get(field) {
        Some(Json::String(text)) if text.is_empty() => Err(format!("`{field}` is empty")),
        Some(Json::String(text)) if text.len() > NAME_BYTES_MAX => {
            Err(format!("`{field}` is longer than {NAME_BYTES_MAX} bytes"))
        }
        Some(Json::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("`{field}` is not text")),
        None => Err(format!("`{field}` is missing")),
    }
}

fn values(json: &Json, field: &str) -> Result<BTreeMap<String, Value>, String> {
    match json.get(field) {
        None | Some(Json::Null) => Ok(BTreeMap::new()),
        Some(object @ Json::Object(_)) => {
            read_tree(object).map_err(|error| format!("`{field}` cannot be read: {error}"))
        }
        Some(_) => Err(format!("`{field}` is not an object")),
    }
}

/// Reads one message; `kind` is given where the address says it.
pub(super) fn read_item(
    json: &Json,
    kind: Option<&str>,
    sent_at: Option<i64>,
) -> Result<Read, String> {
    let length = json.to_string().len();
    if length > ITEM_BYTES_MAX {
        return Err(format!(
            "{length} bytes are more than the {ITEM_BYTES_MAX} that a message may have"
        ));
    }
    let named = match kind {
        Some(kind) => kind.to_owned(),
        None => required(json, "type")?,
    };
    let user = id(json, "userId")?;
    let anonymous = id(json, "anonymousId")?;
    let message = id(json, "messageId")?;
    let at = match json.get("timestamp") {
        None | Some(Json::Null) => None,
        Some(timestamp) => Some(instant(timestamp).ok_or_else(|| {
            format!("`timestamp` is {timestamp}: write RFC 3339, such as `2026-11-23T09:00:00Z`, or Unix milliseconds")
        })?),
    };
    let kind = read_kind(json, &named)?;
    let is_reaction = matches!(kind, ItemKind::Reaction { .. });
    let person = match (&user, &anonymous) {
        (Some(user), _) => user.clone(),
        (None, Some(anonymous)) => anonymous.clone(),
        // The effect of a reaction names the person.
        (None, None) if is_reaction => String::new(),
        (None, None) => {
            return Err("`userId` and `anonymousId` are missing: send one of them".to_owned());
        }
    };
    let id = message.unwrap_or_else(fresh_id);
    let mut items = Vec::new();
    if let (ItemKind::Identify { .. }, Some(user), Some(anonymous)) = (&kind, &user, anonymous) {
        // Only an id that no one can guess may hand its history over.
        if is_uuid(&anonymous) && anonymous != *user {
            items.push(Item {
                person: anonymous,
                id: id.clone(),
                at,
                sent_at,
                known: false,
                kind: ItemKind::Join { into: user.clone() },
            });
        }
    }
    items.push(Item {
        person,
        id,
        at,
        sent_at,
        known: user.is_some(),
        kind,
    });
    Ok(Read { items, user })
}

/// What a message of this type is.
fn read_kind(json: &Json, named: &str) -> Result<ItemKind, String> {
    let context = json.get("context");
    let active = context.and_then(|context| context.get("active")) != Some(&Json::Bool(false));
    Ok(match named {
        "track" => ItemKind::Event {
            name: required(json, "event")?,
            properties: values(json, "properties")?,
            active,
        },
        "page" | "screen" => {
            let mut properties = values(json, "properties")?;
            if let Some(Json::String(name)) = json.get("name") {
                properties.insert("name".to_owned(), Value::Text(name.clone()));
            }
            let name = if named == "page" {
                PAGE_VIEWED
            } else {
                SCREEN_VIEWED
            };
            ItemKind::Event {
                name: name.to_owned(),
                properties,
                active,
            }
        }
        "identify" => ItemKind::Identify {
            attributes: values(json, "traits")?,
        },
        "reaction" => {
            let effect = required(json, "effect")?;
            let reaction: Reaction = json
                .get("kind")
                .and_then(|kind| read_tree(kind).ok())
                .ok_or(
                    "`kind` is not one of `shown`, `opened`, `received`, `clicked`, `dismissed`",
                )?;
            if rekindle_core::hash::key_of_effect(&effect).is_none() {
                return Err("`effect` is not the id of a message".to_owned());
            }
            ItemKind::Reaction { effect, reaction }
        }
        "subscribe" => {
            let keys = json.get("keys").unwrap_or(&Json::Null);
            ItemKind::Subscribe(Device {
                endpoint: endpoint(json)?,
                p256dh: required(keys, "p256dh")?,
                auth: required(keys, "auth")?,
            })
        }
        "unsubscribe" => ItemKind::Unsubscribe {
            endpoint: endpoint(json)?,
        },
        other => {
            return Err(format!(
                "unknown type `{other}`: send `track`, `identify`, `page`, `screen` or a `batch` of them"
            ));
        }
    })
}

// LIMIT: the addresses of push services are shorter.
const ENDPOINT_BYTES_MAX: usize = 2_048;

fn endpoint(json: &Json) -> Result<String, String> {
    let endpoint = match json.get("endpoint") {
        Some(Json::String(endpoint)) if endpoint.len() <= ENDPOINT_BYTES_MAX => endpoint.clone(),
        Some(Json::String(_)) => {
            return Err(format!(
                "`endpoint` is longer than {ENDPOINT_BYTES_MAX} bytes"
            ));
        }
        _ => return Err("`endpoint` is missing".to_owned()),
    };
    // In development a push service may be a program on the same machine.
    let local = cfg!(feature = "dev") && endpoint.starts_with("http://127.0.0.1:");
    if endpoint.starts_with("https://") || local {
        Ok(endpoint)
    } else {
        Err("`endpoint` is not an https address".to_owned())
    }
}

/// An id for a message that came without one: it cannot be told from a repeat.
fn fresh_id() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        return crate::clock::real_ms().to_string();
    }
    let half = |range: std::ops::Range<usize>| {
        bytes
            .get(range)
            .and_then(|half| half.try_into().ok())
            .map_or(0, u64::from_be_bytes)
    };
    rekindle_core::hash::hex64(half(0..8)) + &rekindle_core::hash::hex64(half(8..16))
}
