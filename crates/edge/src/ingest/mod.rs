//! The public side: events in, inboxes and bundles out. Segment's HTTP API, and the browser's.
//! Decides nothing about people: it authenticates, reads and hands on to the shards.

mod item;

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use rekindle_core::hash::{fnv64, hex64, key_of_effect, person_key};
use serde_json::{Value as Json, json};
use worker::{Headers, Request, Response, ResponseBuilder};

use self::item::{Read, read_item};
use crate::{
    auth::{self, Sender},
    bindings::{bundle_key, is_uuid, open_inbox_key, proven_inbox_key, shard_number},
    context::{Context, parameter},
    problem::{Answer, Problem},
    shard::messages::{HeldInbox, Ingest, Ingested, Item, ItemKind},
};

// LIMIT: Segment's: 500 KB a batch.
const BATCH_BYTES_MAX: usize = 500 * 1024;
// LIMIT: bounds the work of one request; 500 KB of the smallest items are fewer.
const BATCH_ITEMS_MAX: usize = 5_000;

/// `POST /v1/{track,identify,page,screen,batch}`.
pub(crate) async fn store(context: &Context, request: &mut Request, kind: &str) -> Answer {
    let bytes = request.bytes().await?;
    if bytes.len() > BATCH_BYTES_MAX {
        return Err(Problem::too_large(format!(
            "{} bytes are more than {BATCH_BYTES_MAX}: send smaller batches",
            bytes.len()
        ))
        .into());
    }
    let body: Json = crate::json::read(&bytes)
        .map_err(|error| Problem::bad_request(format!("the body is not JSON: {error}")))?;
    let key = auth::basic_user(request)
        .or_else(|| {
            body.get("writeKey")
                .and_then(Json::as_str)
                .map(str::to_owned)
        })
        .or_else(|| parameter(request, "key"));
    let sender = auth::sender(&context.env, key.as_deref())?;

    let batched = kind == "batch";
    let items: &[Json] = match body.get("batch") {
        Some(Json::Array(items)) if batched => items,
        _ if batched => {
            return Err(Problem::bad_request("`batch` is missing: send {\"batch\":[…]}").into());
        }
        _ => std::slice::from_ref(&body),
    };
    if items.len() > BATCH_ITEMS_MAX {
        let count = items.len();
        return Err(
            Problem::too_large(format!("{count} items are more than {BATCH_ITEMS_MAX}")).into(),
        );
    }
    let sent_at = body.get("sentAt").and_then(item::instant);
    let reader = Reader {
        context,
        sender,
        proof: body.get("proof").and_then(Json::as_str),
        kind: (!batched).then_some(kind),
        sent_at,
        now: context.now().await?,
    };
    let mut accepted = Vec::new();
    let mut refused = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match reader.read(item) {
            Ok(mut read) => accepted.append(&mut read),
            Err(message) => refused.push(json!({ "index": index, "message": message })),
        }
    }
    if accepted.is_empty() && !refused.is_empty() {
        let first = refused
            .first()
            .and_then(|r| r.get("message"))
            .and_then(Json::as_str);
        let detail = first.unwrap_or_default().to_owned();
        return Err(Problem::bad_request(detail)
            .with(Json::Array(refused))
            .into());
    }
    let browser = parameter(request, "inbox");
    let held = browser
        .as_deref()
        .map(|hash| u64::from_str_radix(hash, 16).unwrap_or(0));
    let answer = hand_on(context, accepted, held).await?;
    let headers = cors(context)?;
    headers.set("x-rekindle-now", &answer.now.to_string())?;
    headers.set("x-rekindle-rejected", &refused.len().to_string())?;
    if held.is_some() {
        return Ok(inbox_answer(headers, answer.inbox)?);
    }
    let body = json!({ "success": true, "rejected": refused });
    headers.set("content-type", "application/json")?;
    Ok(ResponseBuilder::new()
        .with_headers(headers)
        .fixed(serde_json::to_vec(&body)?))
}

/// A browser that holds another inbox gets the one it should hold.
fn inbox_answer(headers: Headers, held: HeldInbox) -> worker::Result<Response> {
    headers.set("content-type", "application/octet-stream")?;
    let answer = ResponseBuilder::new().with_headers(headers);
    Ok(match held {
        HeldInbox::Current => answer.fixed(Vec::new()),
        HeldInbox::Replaced(bytes) => answer.fixed(bytes),
        HeldInbox::Emptied => answer.with_status(204).empty(),
    })
}

struct Reader<'a> {
    context: &'a Context,
    sender: Sender,
    proof: Option<&'a str>,
    kind: Option<&'a str>,
    sent_at: Option<i64>,
    now: i64,
}

impl Reader<'_> {
    fn read(&self, json: &Json) -> Result<Vec<Item>, String> {
        let Read { items, user } = read_item(json, self.kind, self.sent_at)?;
        if let Some(user) = user {
            let proof = json.get("proof").and_then(Json::as_str).or(self.proof);
            auth::vouch(&self.context.env, self.sender, &user, proof, self.now)?;
        }
        // Any other id can be guessed, and might be a known person's.
        let guessable =
            |item: &Item| !item.known && !item.person.is_empty() && !is_uuid(&item.person);
        if self.sender == Sender::Page && items.iter().any(guessable) {
            return Err("`anonymousId` is not a UUID: a page may not use any other".to_owned());
        }
        Ok(items)
    }
}

/// Hands items to their shards; answers when every one of them is stored.
async fn hand_on(context: &Context, items: Vec<Item>, held: Option<u64>) -> Answer<Ingested> {
    let browser_person = items.last().map(|item| item.person.clone());
    let mut by_shard: BTreeMap<u64, Ingest> = BTreeMap::new();
    for item in items {
        let key = match &item.kind {
            ItemKind::Reaction { effect, .. } => key_of_effect(effect).unwrap_or(0),
            ItemKind::Event { .. }
            | ItemKind::Identify { .. }
            | ItemKind::Subscribe(_)
            | ItemKind::Unsubscribe { .. }
            | ItemKind::Inherit { .. }
            | ItemKind::Join { .. } => person_key(&item.person),
        };
        let number = shard_number(&context.env, key);
        by_shard
            .entry(number)
            .or_insert(Ingest {
                items: Vec::new(),
                inbox: None,
            })
            .items
            .push(item);
    }
    let mut home = None;
    if let (Some(person), Some(held)) = (browser_person.filter(|person| !person.is_empty()), held) {
        let number = shard_number(&context.env, person_key(&person));
        let ingest = by_shard.entry(number).or_insert(Ingest {
            items: Vec::new(),
            inbox: None,
        });
        ingest.inbox = Some((person, held));
        home = Some(number);
    }
    let asked = by_shard.iter().map(async |(number, ingest)| {
        let answer: Ingested = context.shard(*number, "ingest", ingest).await?;
        Ok::<_, worker::Error>((*number, answer))
    });
    let answers = try_join_all(asked).await?;
    let mut all = Ingested {
        now: context.now().await?,
        rows: 0,
        inbox: HeldInbox::Current,
    };
    for (number, answer) in answers {
        all.now = answer.now;
        context.add_rows(answer.rows);
        if Some(number) == home {
            all.inbox = answer.inbox;
        }
    }
    Ok(all)
}

/// `GET /v1/boot`: one read of KV, and no Durable Object.
pub(crate) async fn boot(context: &Context, request: &Request) -> Answer {
    let sender = auth::sender(&context.env, parameter(request, "key").as_deref())?;
    let person = parameter(request, "p")
        .filter(|key| key.len() == 16)
        .and_then(|key| u64::from_str_radix(&key, 16).ok())
        .ok_or_else(|| {
            Problem::bad_request("`p` is missing: the person's key, 16 hexadecimal digits")
        })?;
    let proven = sender == Sender::Page && prove_boot(context, request, person).await?;
    let key = if proven {
        proven_inbox_key(person)
    } else {
        open_inbox_key(person)
    };
    let inbox = context.kv_bytes(&key).await?;
    let headers = cors(context)?;
    headers.set("x-rekindle-now", &context.now().await?.to_string())?;
    headers.set("cache-control", "private, no-store")?;
    let inbox = inbox.map_or(HeldInbox::Emptied, HeldInbox::Replaced);
    Ok(inbox_answer(headers, inbox)?)
}

/// Whether the page has proved whose inbox it asks for. Id and proof arrive as headers, never in
/// the address. A page without them sees the inboxes of anonymous visitors only.
async fn prove_boot(context: &Context, request: &Request, person: u64) -> Answer<bool> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let Some(id) = header("x-rekindle-person") else {
        return Ok(false);
    };
    if person_key(&id) != person {
        return Err(Problem::bad_request("`p` is not the key of the person in the header").into());
    }
    let proof = header("x-rekindle-proof");
    auth::vouch(
        &context.env,
        Sender::Page,
        &id,
        proof.as_deref(),
        context.now().await?,
    )
    .map_err(Problem::unauthorized)?;
    Ok(true)
}

/// `GET /v1/bundle/{version}`: never changes under its version.
pub(crate) async fn bundle(context: &Context, request: &Request, version: &str) -> Answer {
    auth::sender(&context.env, parameter(request, "key").as_deref())?;
    let version = u64::from_str_radix(version, 16)
        .map_err(|_| Problem::bad_request("a bundle's version has 16 hexadecimal digits"))?;
    let Some(bytes) = context.kv_bytes(&bundle_key(version)).await? else {
        return Err(Problem::not_found(format!("no bundle {}", hex64(version))).into());
    };
    let headers = cors(context)?;
    headers.set("content-type", "application/octet-stream")?;
    headers.set("cache-control", "public, max-age=31536000, immutable")?;
    headers.set("etag", &format!("\"{}\"", hex64(fnv64(&bytes))))?;
    Ok(ResponseBuilder::new().with_headers(headers).fixed(bytes))
}

/// Any page may write; nothing here depends on cookies.
pub(crate) fn cors(context: &Context) -> worker::Result<Headers> {
    let headers = Headers::new();
    headers.set("access-control-allow-origin", "*")?;
    headers.set(
        "access-control-expose-headers",
        "x-rekindle-now, x-rekindle-rejected, retry-after",
    )?;
    headers.set("timing-allow-origin", "*")?;
    headers.set("server-timing", &context.cost())?;
    Ok(headers)
}

/// `OPTIONS /v1/…`.
pub(crate) fn preflight(context: &Context) -> Answer {
    let headers = cors(context)?;
    headers.set("access-control-allow-methods", "GET, POST, OPTIONS")?;
    headers.set(
        "access-control-allow-headers",
        "authorization, content-type, x-rekindle-person, x-rekindle-proof",
    )?;
    headers.set("access-control-max-age", "86400")?;
    Ok(ResponseBuilder::new()
        .with_status(204)
        .with_headers(headers)
        .empty())
}
