//! The embedded provider: what would leave is kept in KV and shown in the console.
//! The key is made from the effect and the instant of its decision, so that a second delivery of
//! the same effect overwrites the first with the same bytes.

use serde_json::Value as Json;
use worker::{Env, Result};

use crate::{
    bindings::{self, box_key, raw_key},
    shard::messages::Claimed,
};

/// Keeps what would leave, with who, why and when.
pub(super) async fn keep(env: &Env, name: &str, send: &Claimed, content: &Json) -> Result<()> {
    let mut kept = serde_json::json!({
        "effect": send.effect,
        "person": send.person,
        "series": send.series,
        "step": send.step,
        "variant": send.variant,
        "at": send.at,
    });
    if let (Some(kept), Some(content)) = (kept.as_object_mut(), content.as_object()) {
        kept.extend(content.clone());
    }
    let key = box_key(name, send.at, &send.effect);
    env.kv(bindings::KV)?
        .put(&key, serde_json::to_string(&kept)?)?
        .execute()
        .await?;
    Ok(())
}

/// Keeps a mail as it would go over the wire.
pub(super) async fn keep_raw(env: &Env, effect: &str, message: &[u8]) -> Result<()> {
    // LIMIT: who looks into a message on the wire does so soon.
    const KEPT_S: u64 = 30 * 24 * 60 * 60;
    let put = env.kv(bindings::KV)?.put_bytes(&raw_key(effect), message)?;
    Ok(put.expiration_ttl(KEPT_S).execute().await?)
}
