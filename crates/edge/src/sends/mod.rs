//! The consumer of the queue of sends: claims, sends, reports back.
//!
//! At least once on both sides. Safe to run twice: what has been settled, cancelled or claimed by
//! another consumer cannot be claimed, and a provider is given the effect's id. A send that fails
//! is put off alone; the others of its batch are settled.

mod http;
pub(crate) mod mail;
mod mailbox;
pub(crate) mod push;
mod retry;
mod subtle;
pub(crate) mod webhook;

use std::collections::BTreeMap;

use futures_util::StreamExt;
use rekindle_core::{
    hash::key_of_effect,
    series::{Delivery, Outgoing},
};
use serde_json::{Value as Json, json};
use worker::{Env, MessageBatch, MessageExt, Method, Result};

pub(crate) use self::subtle::{verify_rsa, verify_rsa_jwk};

use self::retry::Trouble;
use crate::{
    bindings::shard_number,
    clock::real_ms,
    context::Context,
    log,
    shard::messages::{CLAIM_MS, Claimed, Failed, PutOff, Queued, Reports, Settled},
};

// LIMIT: a Worker may have six connections open; a provider that hangs holds up its own lane only.
const AT_ONCE: usize = 6;

// LIMIT: no attempt takes longer; providers answer in a second or two, the slowest mail servers
// look at a message for some ten.
const ATTEMPT_MS_MAX: i64 = 30_000;

// An attempt must have ended when its claim does: who claims next would send it a second time.
const START_MS_MAX: i64 = CLAIM_MS - ATTEMPT_MS_MAX - 5_000;

/// What a provider made of a send.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// It has it. Final.
    Taken,
    /// Nothing is to be gained by trying again; the reason is for people. Final.
    Refused(String),
    /// It may take it another time: after so long (ms), if it said when.
    Later {
        trouble: Trouble,
        reason: String,
        after_ms: Option<i64>,
    },
}

impl Outcome {
    fn later(trouble: Trouble, reason: String) -> Self {
        Self::Later {
            trouble,
            reason,
            after_ms: None,
        }
    }
}

/// An attempt at a send.
struct Attempt {
    outcome: Outcome,
    /// Devices that are gone for good.
    gone: Vec<String>,
    /// What is kept of it when it is settled: the box, and the content.
    copy: (&'static str, Json),
    /// Whether a copy is kept of what was taken as well.
    keep_taken: bool,
}

/// Takes a batch: one claim and one report for each shard that it names.
pub(crate) async fn consume(env: Env, batch: &MessageBatch<Queued>) -> Result<()> {
    let context = Context::new(env);
    let mut by_shard: BTreeMap<u64, Vec<worker::Message<Queued>>> = BTreeMap::new();
    for message in batch.messages()? {
        match key_of_effect(&message.body().effect) {
            Some(key) => by_shard
                .entry(shard_number(&context.env, key))
                .or_default()
                .push(message),
            // Nothing of ours: it would come back for ever.
            None => message.ack(),
        }
    }
    for (number, messages) in by_shard {
        let outcome = consume_for_shard(&context, number, &messages).await;
        if let Err(error) = &outcome {
            let of = json!({ "shard": number, "error": error.to_string() });
            log::error("sends_tried_again", of);
        }
        for message in &messages {
            if outcome.is_ok() {
                message.ack();
            } else {
                message.retry();
            }
        }
    }
    Ok(())
}

async fn consume_for_shard(
    context: &Context,
    number: u64,
    messages: &[worker::Message<Queued>],
) -> Result<()> {
    // LIMIT: a shard that a deployment has just replaced is there again at the next call; what it is
    // not told would be sent once more. It may be told twice: that changes nothing.
    const TRIES: usize = 3;
    let effects: Vec<&str> = messages
        .iter()
        .map(|message| message.body().effect.as_str())
        .collect();
    let begun = real_ms();
    let claimed: Vec<Claimed> = context.shard(number, "claim", &effects).await?;
    let mut attempts = futures_util::stream::iter(&claimed)
        .map(async |send| {
            let is_late = real_ms().saturating_sub(begun) > START_MS_MAX;
            if is_late {
                return (send, None);
            }
            (send, Some(attempt(context, send).await))
        })
        .buffer_unordered(AT_ONCE);
    let mut reports = Reports::default();
    while let Some((send, attempt)) = attempts.next().await {
        match attempt {
            Some(attempt) => report(context, send, attempt, &mut reports).await,
            // It is queued again when its lease ends.
            None => reports.put_off.push(PutOff {
                effect: send.effect.clone(),
                until: None,
                failed: None,
            }),
        }
    }
    for _ in 1..TRIES {
        match context.shard(number, "settle", &reports).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                let of = json!({ "shard": number, "error": error.to_string() });
                log::warn("shard_told_again", of);
            }
        }
    }
    context.shard(number, "settle", &reports).await
}

/// Hands one send to its provider.
async fn attempt(context: &Context, send: &Claimed) -> Attempt {
    if let Some(reason) = &send.shut {
        return Attempt {
            outcome: Outcome::later(Trouble::Outage, reason.clone()),
            gone: Vec::new(),
            copy: copy(send),
            keep_taken: false,
        };
    }
    match &send.outgoing {
        Outgoing::Email {
            to,
            subject,
            html,
            text,
            provider,
            ..
        } => {
            let words = mail::Words {
                to,
                subject,
                html,
                text,
            };
            mail::attempt(context, send, &words, *provider).await
        }
        Outgoing::Push { .. } => push::attempt(context, send).await,
        Outgoing::Webhook {
            method,
            url,
            headers,
            body,
        } => {
            let call = webhook::Call {
                method: *method,
                url,
                headers,
                body,
            };
            webhook::attempt(context, send, &call).await
        }
    }
}

/// What leaves, for people.
pub(crate) fn content(outgoing: &Outgoing) -> Json {
    match outgoing {
        Outgoing::Email {
            to, subject, text, ..
        } => json!({ "to": to, "subject": subject, "text": text, "html": "", "headers": {} }),
        Outgoing::Push {
            title,
            body,
            url,
            image,
            actions,
        } => {
            let action = |(label, url): &(String, String)| json!({ "label": label, "url": url });
            let actions: Vec<Json> = actions.iter().map(action).collect();
            json!({ "title": title, "body": body, "url": url, "image": image, "actions": actions })
        }
        Outgoing::Webhook {
            method,
            url,
            headers,
            body,
        } => json!({ "method": method, "url": url, "headers": headers, "body": body }),
    }
}

/// What is kept of a send: the box, and the content.
fn copy(send: &Claimed) -> (&'static str, Json) {
    let mut content = content(&send.outgoing);
    let name = match &send.outgoing {
        Outgoing::Email { .. } => "mail",
        Outgoing::Push { .. } => {
            let device = send.devices.first();
            let to = device.map(|device| push::shown(&device.endpoint));
            put(&mut content, "to", to.into());
            "push"
        }
        Outgoing::Webhook { .. } => "webhook",
    };
    (name, content)
}

/// Adds a field to an object.
fn put(object: &mut Json, name: &str, value: Json) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// Adds what follows from an attempt to what the shard is told.
async fn report(context: &Context, send: &Claimed, attempt: Attempt, reports: &mut Reports) {
    let now = real_ms();
    let delivery = match attempt.outcome {
        Outcome::Taken => Delivery::Sent,
        Outcome::Refused(reason) => Delivery::Undelivered(reason),
        Outcome::Later {
            trouble,
            reason,
            after_ms,
        } => {
            let failures = send.failures.saturating_add(1);
            let trying_ms = now.saturating_sub(send.failing_since.unwrap_or(now));
            let effect = &send.effect;
            if let Some(wait) = retry::wait_ms(effect, trouble, failures, trying_ms, after_ms) {
                let of = json!({
                    "effect": effect, "channel": send.outgoing.channel(), "failures": failures,
                    "wait_ms": wait, "is_limit": trouble == Trouble::Limit,
                });
                log::warn("send_put_off", of);
                reports.put_off.push(PutOff {
                    effect: effect.clone(),
                    until: Some(now.saturating_add(wait)),
                    failed: send.shut.is_none().then(|| Failed {
                        // Who asks for patience without saying how much gets a second of it.
                        pause_ms: (trouble == Trouble::Limit).then(|| after_ms.unwrap_or(1_000)),
                        reason,
                    }),
                });
                return;
            }
            Delivery::Undelivered(format!("{reason} (tried {failures} times)"))
        }
    };
    if delivery != Delivery::Sent {
        let of = json!({ "effect": send.effect, "channel": send.outgoing.channel() });
        log::warn("send_given_up", of);
    }
    if attempt.keep_taken || delivery != Delivery::Sent {
        keep(context, send, attempt.copy, &delivery).await;
    }
    reports.settled.push(Settled {
        effect: send.effect.clone(),
        delivery,
        gone: attempt.gone,
    });
}

/// Keeps a copy with what came of it. It has left: that there is no copy is no reason to send it again.
async fn keep(
    context: &Context,
    send: &Claimed,
    (name, mut copy): (&str, Json),
    delivery: &Delivery,
) {
    let outcome = match delivery {
        Delivery::Undelivered(reason) => ["undelivered: ", reason].concat(),
        Delivery::Sent | Delivery::Ruled(_) => "sent".to_owned(),
    };
    put(&mut copy, "outcome", outcome.into());
    if let Err(error) = mailbox::keep(&context.env, name, send, &copy).await {
        let of = json!({ "effect": send.effect, "error": error.to_string() });
        log::error("copy_not_kept", of);
    }
}

/// What is at an address of a program of others; nothing where it is not there in time.
pub(crate) async fn fetch_text(url: &str) -> Option<String> {
    // LIMIT: whoever waits for this is a program, and asks again.
    const ANSWER_MS_MAX: u64 = 5_000;
    let request = http::request(Method::Get, url, &[], None).ok()?;
    let answer = http::answer(request, ANSWER_MS_MAX, true).await?;
    (answer.status == 200).then_some(answer.body)
}

/// Sends something once, at the wish of a person who waits for it; why it did not leave.
pub(crate) async fn try_once(context: &Context, send: &Claimed) -> Option<String> {
    let attempt = attempt(context, send).await;
    let delivery = match attempt.outcome {
        Outcome::Taken => Delivery::Sent,
        Outcome::Refused(reason) | Outcome::Later { reason, .. } => Delivery::Undelivered(reason),
    };
    if attempt.keep_taken {
        keep(context, send, attempt.copy, &delivery).await;
    }
    match delivery {
        Delivery::Undelivered(reason) => Some(reason),
        Delivery::Sent | Delivery::Ruled(_) => None,
    }
}
