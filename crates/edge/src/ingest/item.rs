//! One message of Segment's HTTP API (or of the browser's own three) to items for a shard.
//! Reads strictly and says what is wrong; it knows nothing of keys or shards.
//! Source: Segment, "HTTP Tracking API Source" and "Spec: Common Fields".

use std::collections::BTreeMap;

use rekindle_core::{
    series::Reaction,
    time::{Date, parse_date},
    value::Value,
};
use serde_json::Value as Json;

use super::body::BROKEN;
use crate::{
    bindings::is_uuid,
    json::{read_text, read_tree},
    shard::messages::{Device, Item, ItemKind},
};

// LIMIT: Segment's: 32 KB a message.
const ITEM_BYTES_MAX: usize = 32 * 1024;
// LIMIT: ids and names beyond this are mistakes, and keys have to stay short.
const NAME_BYTES_MAX: usize = 255;
// LIMIT: what reads JSON here gives up at 128; a message is put into others on its way.
const DEPTH_MAX: usize = 64;
// LIMIT: the years 1 to 9999, which RFC 3339 can write and JavaScript can tell exactly.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

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
    /// The proof that it carries itself.
    pub(super) proof: Option<String>,
}

/// An instant: RFC 3339, in UTC where it has no offset, or Unix milliseconds.
pub(super) fn instant(json: &Json) -> Option<i64> {
    let told = || match parse_date(json.as_str()?)? {
        Date::Exact(instant) | Date::Local(instant) => Some(instant),
    };
    json.as_i64()
        .or_else(told)
        .filter(|instant| INSTANTS.contains(instant))
}

/// Refuses a name that is too long, or that holds what no one can see.
fn checked(field: &str, text: String) -> Result<String, String> {
    if text.len() > NAME_BYTES_MAX {
        return Err(format!(
            "`{field}` is longer than {NAME_BYTES_MAX} bytes: send a shorter one"
        ));
    }
    if text.contains(|character: char| character.is_ascii_control()) {
        return Err(format!("`{field}` has a control character: leave it out"));
    }
    Ok(text)
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
    checked(field, text).map(Some)
}

fn needed_id(json: &Json, field: &str) -> Result<String, String> {
    id(json, field)?.ok_or_else(|| format!("`{field}` is missing: send the id as text"))
}

fn required(json: &Json, field: &str) -> Result<String, String> {
    match json.get(field) {
        Some(Json::String(text)) if text.is_empty() => {
            Err(format!("`{field}` is empty: send some text"))
        }
        Some(Json::String(text)) => checked(field, text.clone()),
        Some(_) => Err(format!("`{field}` is not text: send it as text")),
        None => Err(format!("`{field}` is missing: send it as text")),
    }
}

fn values(json: &Json, field: &str) -> Result<BTreeMap<String, Value>, String> {
    match json.get(field) {
        None | Some(Json::Null) => Ok(BTreeMap::new()),
        Some(object @ Json::Object(_)) => {
            read_tree(object).map_err(|error| format!("`{field}` cannot be read: {error}"))
        }
        Some(_) => Err(format!(
            "`{field}` is not an object: send {{\"name\": value}}"
        )),
    }
}

/// How deep lists and objects stand in each other in JSON text.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut is_text, mut is_escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// One message as a tree, if its bounds are kept.
fn parsed(text: &str) -> Result<Json, String> {
    let length = text.len();
    if length > ITEM_BYTES_MAX {
        return Err(format!(
            "{length} bytes are more than the {ITEM_BYTES_MAX} that a message may have: send less with it"
        ));
    }
    if text.contains(BROKEN) {
        return Err("it holds bytes that are not UTF-8: send text as UTF-8".to_owned());
    }
    let deepest = depth(text);
    if deepest > DEPTH_MAX {
        return Err(format!(
            "it nests {deepest} levels deep, more than {DEPTH_MAX}: send it flatter"
        ));
    }
    let json: Json = read_text(text).map_err(|error| format!("it cannot be read: {error}"))?;
    if json.is_object() {
        Ok(json)
    } else {
        Err("it is not an object: send {\"type\": \"track\", …}".to_owned())
    }
}

/// Reads one message; `call` is given where the address says it.
pub(super) fn read_item(
    text: &str,
    call: Option<&str>,
    sent_at: Option<i64>,
    is_trusted: bool,
) -> Result<Read, String> {
    let json = &parsed(text)?;
    let named = match call {
        Some(call) => call.to_owned(),
        None => required(json, "type")?,
    };
    let user = id(json, "userId")?;
    let anonymous = id(json, "anonymousId")?;
    let id = id(json, "messageId")?;
    let is_unnamed = id.is_none();
    let id = id.unwrap_or_else(fresh_id);
    let at = match json.get("timestamp") {
        None | Some(Json::Null) => None,
        Some(timestamp) => Some(instant(timestamp).ok_or_else(|| {
            format!("`timestamp` is {timestamp}: write RFC 3339, such as `2026-11-23T09:00:00Z`, or Unix milliseconds")
        })?),
    };
    let sent_at = json.get("sentAt").and_then(instant).or(sent_at);
    let item = |person: String, known: bool, kind: ItemKind| Item {
        index: 0,
        is_unnamed,
        person,
        id: id.clone(),
        at,
        sent_at,
        known,
        imported: false,
        kind,
    };
    let mut items = Vec::new();
    if named == "alias" {
        let previous = needed_id(json, "previousId")?;
        let into = needed_id(json, "userId")?;
        if previous == into {
            return Err(
                "`previousId` and `userId` are the same: an alias joins two ids".to_owned(),
            );
        }
        items.push(item(previous, false, ItemKind::Alias { into }));
    } else {
        let kind = read_kind(json, &named)?;
        if let (ItemKind::Identify { .. }, Some(user), Some(visitor)) = (&kind, &user, &anonymous)
            // From a page only an id that no one can guess may hand its history over.
            && (is_trusted || is_uuid(visitor))
            && visitor != user
        {
            let into = user.clone();
            items.push(item(visitor.clone(), false, ItemKind::Join { into }));
        }
        let is_reaction = matches!(kind, ItemKind::Reaction { .. });
        let person = match user.clone().or(anonymous) {
            Some(person) => person,
            // The effect of a reaction names the person.
            None if is_reaction => String::new(),
            None => {
                return Err("`userId` and `anonymousId` are missing: send one of them".to_owned());
            }
        };
        items.push(item(person, user.is_some(), kind));
    }
    let proof = json.get("proof").and_then(Json::as_str).map(str::to_owned);
    Ok(Read { items, user, proof })
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
            for field in ["name", "category"] {
                if let Some(Json::String(text)) = json.get(field) {
                    properties.insert(field.to_owned(), Value::Text(text.clone()));
                }
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
        "group" => ItemKind::Group {
            company: needed_id(json, "groupId")?,
            traits: values(json, "traits")?,
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
                "unknown type `{other}`: send `track`, `identify`, `page`, `screen`, `group` or `alias`"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_counted_outside_of_text() {
        for (text, expected) in [
            ("1", 0),
            ("{}", 1),
            (r#"{"a":[{"b":1}],"c":[]}"#, 3),
            (r#"{"a":"[[[\"[["}"#, 1),
            (r#"{"a":"\\","b":[1]}"#, 2),
        ] {
            assert_eq!(depth(text), expected, "{text}");
        }
    }

    #[test]
    fn an_instant_without_an_offset_is_one_of_utc() {
        let at = Some(1_795_424_400_123);
        for (text, expected) in [
            (r#""2026-11-23T09:00:00.123Z""#, at),
            (r#""2026-11-23T09:00:00.123456+00:00""#, at),
            (r#""2026-11-23T10:00:00.123456789+01:00""#, at),
            (r#""2026-11-23T09:00:00.123456""#, at),
            ("1795424400123", at),
            (r#""soon""#, None),
            ("253402300799999", Some(253_402_300_799_999)),
            ("253402300800000", None),
            ("-62135596800000", Some(-62_135_596_800_000)),
            ("-62135596800001", None),
        ] {
            assert_eq!(
                instant(&serde_json::from_str(text).unwrap()),
                expected,
                "{text}"
            );
        }
    }
}
