//! The consumer of the queue of sends: claims, sends, reports back.
//!
//! At least once on both sides. Safe to run twice: what has been settled or cancelled cannot be
//! claimed, and a provider is given the effect's id, under which it keeps one copy.

pub(crate) mod mail;
mod mailbox;
pub(crate) mod push;
mod request;
pub(crate) mod webhook;

use std::collections::BTreeMap;

use futures_util::StreamExt;
use rekindle_core::{
    hash::key_of_effect,
    series::{Delivery, Outgoing},
};
use worker::{Env, MessageBatch, MessageExt, Result};

use crate::{
    bindings::shard_number,
    context::Context,
    shard::messages::{Claimed, Queued, Settled},
};

// LIMIT: a Worker may have six connections open; a provider that hangs holds up its own lane only.
const AT_ONCE: usize = 6;

/// Takes a batch: one claim and one receipt for each shard that it names.
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
            worker::console_error!("sends of shard {number} are tried again: {error}");
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
    let effects: Vec<&str> = messages
        .iter()
        .map(|message| message.body().effect.as_str())
        .collect();
    let claimed: Vec<Claimed> = context.shard(number, "claim", &effects).await?;
    let mut outcomes = futures_util::stream::iter(&claimed)
        .map(|send| deliver(context, send))
        .buffer_unordered(AT_ONCE);
    let mut receipts = Vec::new();
    let mut failed = None;
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Ok(receipt) => receipts.push(receipt),
            // The others' receipts must reach the shard first.
            Err(error) => failed = Some(error),
        }
    }
    let () = context.shard(number, "settle", &receipts).await?;
    failed.map_or(Ok(()), Err)
}

/// Hands one send to its provider. An error means that it is to be tried again.
pub(crate) async fn deliver(context: &Context, send: &Claimed) -> Result<Settled> {
    let (delivery, gone) = match &send.outgoing {
        Outgoing::Email {
            to,
            subject,
            html,
            text,
            ..
        } => {
            let mail = mail::compose(&context.env, &send.effect, send.at, to, subject, html, text);
            mailbox::keep(&context.env, "mail", send, &mail).await?;
            (Delivery::Sent, Vec::new())
        }
        Outgoing::Push { title, body, url } => {
            push::deliver(context, send, title, body, url.as_deref()).await?
        }
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
            (webhook::deliver(context, send, &call).await?, Vec::new())
        }
    };
    Ok(Settled {
        effect: send.effect.clone(),
        delivery,
        gone,
    })
}
