//! `/c/{effect}/{link}/{tag}` and `/o/{effect}/{tag}`: where the links and the picture of a mail
//! lead. Nothing that was not signed here is followed or counted, and what a machine did is not
//! counted either. The reader is never kept waiting for a count that fails.

mod address;
mod machine;

use rekindle_core::{hash::key_of_effect, series::Reaction};
use serde_json::json;
use worker::{Method, Request, ResponseBuilder, Result};

pub(crate) use self::address::{click, open};
use self::{
    address::{Signed, signed_click, signed_open},
    machine::Visit,
};
use crate::{
    bindings::shard_number,
    context::Context,
    log,
    problem::{Answer, Problem},
    shard::messages::{Ingest, Ingested, Item, ItemKind},
};

/// One transparent pixel: a GIF, 1 by 1.
const PIXEL: [u8; 43] = *b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\
    \x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

/// A link of a mail: on to where it leads.
pub(crate) async fn follow(
    context: &Context,
    request: &Request,
    effect: &str,
    link: &str,
    tag: &str,
) -> Answer {
    let Some((to, signed)) = signed_click(&context.env, effect, link, tag) else {
        return Err(not_ours());
    };
    count(context, request, effect, &signed, Reaction::Clicked).await;
    Ok(unkept(ResponseBuilder::new())?
        .with_status(302)
        .with_header("location", to.as_str())?
        // The address of the link says which mail it was in.
        .with_header("referrer-policy", "no-referrer")?
        .empty())
}

/// The picture of a mail.
pub(crate) async fn picture(
    context: &Context,
    request: &Request,
    effect: &str,
    tag: &str,
) -> Answer {
    let Some(signed) = signed_open(&context.env, effect, tag) else {
        return Err(not_ours());
    };
    count(context, request, effect, &signed, Reaction::Opened).await;
    Ok(unkept(ResponseBuilder::new())?
        .with_header("content-type", "image/gif")?
        .fixed(PIXEL.to_vec()))
}

fn not_ours() -> crate::problem::Failure {
    Problem::not_found("this link was not made here, or it was cut short").into()
}

/// Asked again each time: a copy on the way would hide who opens it next.
fn unkept(builder: ResponseBuilder) -> Result<ResponseBuilder> {
    builder.with_header("cache-control", "no-store, private")
}

/// Tells the shard, unless a machine was here.
async fn count(
    context: &Context,
    request: &Request,
    effect: &str,
    signed: &Signed,
    reaction: Reaction,
) {
    let Some(key) = key_of_effect(effect) else {
        return;
    };
    let told = async {
        let now = context.now().await?;
        let header =
            |name| Ok::<_, worker::Error>(request.headers().get(name)?.unwrap_or_default());
        let visit = Visit {
            reads: request.method() == Method::Get,
            agent: &header("user-agent")?,
            purpose: &[header("sec-purpose")?, header("purpose")?, header("x-moz")?].concat(),
            age_ms: now.saturating_sub(signed.at),
        };
        if visit.is_machine() {
            return Ok(());
        }
        let item = Item {
            index: 0,
            person: String::new(),
            id: String::new(),
            is_unnamed: false,
            at: None,
            sent_at: None,
            known: false,
            imported: false,
            kind: ItemKind::Reaction {
                effect: effect.to_owned(),
                reaction,
            },
        };
        let ingest = Ingest {
            items: vec![item],
            inbox: None,
        };
        let number = shard_number(&context.env, key);
        let _: Ingested = context.shard(number, "ingest", &ingest).await?;
        Ok::<_, worker::Error>(())
    };
    if let Err(error) = told.await {
        let of = json!({ "effect": effect, "error": error.to_string() });
        log::error("reaction_not_counted", of);
    }
}
