//! The public side: events in, inboxes and bundles out. Segment's HTTP API, and the browser's.
//! Decides nothing about people: it authenticates, reads and hands on to the shards.

mod body;
mod gate;
pub(crate) mod import;
mod item;

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use rekindle_core::hash::{fnv64, hex64, key_of_effect, person_key};
use serde_json::{json, value::RawValue};
use worker::{Headers, Request, Response, ResponseBuilder};

use self::item::{Read, read_item};
use crate::{
    auth::{self, Sender},
    bindings::{bundle_key, is_uuid, open_inbox_key, proven_inbox_key, shard_number},
    context::{Context, parameter},
    json::read_text,
    problem::{Answer, Problem},
    shard::messages::{HeldInbox, Ingest, Ingested, Item, ItemKind, Refused},
};

// LIMIT: Segment's: 500 KB a batch.
const BATCH_BYTES_MAX: usize = 500 * 1024;
// LIMIT: bounds the work of one request; 500 KB of the smallest items are fewer.
const BATCH_ITEMS_MAX: usize = 5_000;

/// The call that a path means: its name, or the first letter of it, as the libraries for browsers and
/// phones have it; a batch, which has two names. `None` for a path that is no call.
fn call(path: &str) -> Option<&'static str> {
    Some(match path {
        "track" | "t" => "track",
        "identify" | "i" => "identify",
        "page" | "p" => "page",
        "screen" | "s" => "screen",
        "group" | "g" => "group",
        "alias" | "a" => "alias",
        "batch" | "b" | "import" => "batch",
        _ => return None,
    })
}

/// `POST /v1/{call}`.
pub(crate) async fn store(context: &Context, request: &mut Request, path: &str) -> Answer {
    let call = call(path).ok_or_else(|| {
        Problem::not_found(format!(
            "no call `{path}`: send track, identify, page, screen, group, alias or batch"
        ))
    })?;
    gate::refuse_bots(context, request)?;
    let text = body::text(body::read(request, BATCH_BYTES_MAX).await?);
    let fields: BTreeMap<String, &RawValue> = serde_json::from_str(&text)
        .map_err(|error| Problem::bad_request(format!("the body is not a JSON object: {error}")))?;
    let field = |name: &str| fields.get(name).map(|raw| raw.get());
    let word = |name: &str| field(name).and_then(|raw| read_text::<String>(raw).ok());

    let key = auth::basic_user(request)
        .or_else(|| word("writeKey"))
        .or_else(|| parameter(request, "key"));
    let sender = auth::sender(&context.env, key.as_deref())?;
    gate::limit(context, request, key.as_deref().unwrap_or_default(), sender).await?;

    let is_batch = call == "batch";
    let items: Vec<&RawValue> = match field("batch") {
        Some(batch) if is_batch => serde_json::from_str(batch)
            .map_err(|_| Problem::bad_request("`batch` is not a list: send {\"batch\":[…]}"))?,
        None if is_batch => {
            return Err(Problem::bad_request("`batch` is missing: send {\"batch\":[…]}").into());
        }
        _ => vec![serde_json::from_str(&text)?],
    };
    if items.len() > BATCH_ITEMS_MAX {
        let count = items.len();
        return Err(Problem::too_large(format!(
            "{count} items are more than {BATCH_ITEMS_MAX}: send smaller batches"
        ))
        .into());
    }
    let sent_at = field("sentAt").and_then(|raw| read_text(raw).ok());
    let reader = Reader {
        context,
        sender,
        proof: word("proof"),
        call: (!is_batch).then_some(call),
        sent_at: sent_at.as_ref().and_then(item::instant),
        now: context.now().await?,
        imported: false,
    };
    let mut accepted = Vec::new();
    let mut refused = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match reader.read(item.get(), index) {
            Ok(mut read) => accepted.append(&mut read),
            Err(message) => refused.push(Refused { index, message }),
        }
    }
    let browser = parameter(request, "inbox");
    let held = browser
        .as_deref()
        .map(|hash| u64::from_str_radix(hash, 16).unwrap_or(0));
    let mut answer = hand_on(context, accepted, held).await?;
    refused.append(&mut answer.refused);
    refused.sort_by_key(|refused| refused.index);
    if let Some(first) = refused.first()
        && refused.len() == items.len()
    {
        return Err(Problem::bad_request(first.message.clone())
            .with(json!(refused))
            .into());
    }
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
    proof: Option<String>,
    call: Option<&'static str>,
    sent_at: Option<i64>,
    now: i64,
    /// Whether it is told afterwards, and lets no one into a series.
    imported: bool,
}

impl Reader<'_> {
    fn read(&self, text: &str, index: usize) -> Result<Vec<Item>, String> {
        let is_trusted = self.sender == Sender::Trusted;
        let Read {
            mut items,
            user,
            proof,
        } = read_item(text, self.call, self.sent_at, is_trusted)?;
        if let Some(user) = user {
            let proof = proof.as_deref().or(self.proof.as_deref());
            auth::vouch(&self.context.env, self.sender, &user, proof, self.now)?;
        }
        // Any other id can be guessed, and might be a known person's.
        let guessable =
            |item: &Item| !item.known && !item.person.is_empty() && !is_uuid(&item.person);
        if !is_trusted && items.iter().any(guessable) {
            return Err(
                "the id of a visitor is not a UUID: a page may not use any other".to_owned(),
            );
        }
        let is_group = |item: &Item| matches!(item.kind, ItemKind::Group { .. });
        if !is_trusted && items.iter().any(is_group) {
            // It would change what is known of others.
            return Err(
                "a page may not speak for a company: send `group` from a server, with the secret key"
                    .to_owned(),
            );
        }
        for item in &mut items {
            item.index = index;
            item.imported = self.imported;
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
            ItemKind::Group { company, .. } => person_key(company),
            ItemKind::Event { .. }
            | ItemKind::Identify { .. }
            | ItemKind::Subscribe(_)
            | ItemKind::Unsubscribe { .. }
            | ItemKind::Inherit { .. }
            | ItemKind::Join { .. }
            | ItemKind::Alias { .. }
            | ItemKind::Company { .. } => person_key(&item.person),
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
        refused: Vec::new(),
    };
    for (number, answer) in answers {
        all.now = answer.now;
        all.refused.extend(answer.refused);
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
        "authorization, content-encoding, content-type, x-rekindle-person, x-rekindle-proof",
    )?;
    headers.set("access-control-max-age", "86400")?;
    Ok(ResponseBuilder::new()
        .with_status(204)
        .with_headers(headers)
        .empty())
}
