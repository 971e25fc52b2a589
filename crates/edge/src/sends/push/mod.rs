//! Web push.
use crate::{context::Context, problem::Answer, shard::messages::Claimed};
use rekindle_core::series::Delivery;
use worker::{Response, Result};
pub(crate) async fn public_key(_context: &Context) -> Answer {
    Ok(Response::ok("")?)
}
pub(super) async fn deliver(
    context: &Context,
    send: &Claimed,
    title: &str,
    body: &str,
    url: Option<&str>,
) -> Result<(Delivery, Vec<String>)> {
    super::mailbox::keep(
        &context.env,
        "push",
        send,
        &serde_json::json!({"title":title,"body":body,"url":url}),
    )
    .await?;
    Ok((Delivery::Undelivered("no device".into()), vec![]))
}
