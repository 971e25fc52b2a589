//! Requests to programs: signed, so that whoever gets one knows that it came from here.
//!
//! Safe to run twice: the effect's id travels along, by which a receiver tells a second attempt.
//! Source: Standard Webhooks 1.0.0, <https://www.standardwebhooks.com>.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use rekindle_core::series::{Delivery, Method};
use serde_json::json;
use sha2::Sha256;
use worker::{Headers, Request, RequestInit, RequestRedirect, Result};

use super::{
    mailbox,
    request::{answer, may_be_taken_later, outcome},
};
use crate::{bindings, clock::real_ms, context::Context, shard::messages::Claimed};

// LIMIT: a receiver that needs longer takes the request in and works on it afterwards.
const ANSWER_MS_MAX: u64 = 15_000;

/// What a step asks for.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    pub(super) url: &'a str,
    pub(super) headers: &'a BTreeMap<String, String>,
    pub(super) body: &'a str,
}

/// Makes the request.
///
/// # Errors
/// When trying again may help: no answer in time, 408, 429, or the receiver's own failure.
pub(super) async fn deliver(
    context: &Context,
    send: &Claimed,
    call: &Call<'_>,
) -> Result<Delivery> {
    let Some(status) = answer(request(context, send, call)?, ANSWER_MS_MAX).await else {
        return Err("the receiver did not answer".into());
    };
    let answered = format!("the receiver answered {status}");
    let delivery = match status {
        200..=299 => Delivery::Sent,
        _ if may_be_taken_later(status) => return Err(answered.into()),
        _ => Delivery::Undelivered(answered),
    };
    let kept = json!({
        "method": call.method,
        "url": call.url,
        "headers": call.headers,
        "body": call.body,
        "status": status,
        "outcome": outcome(&delivery),
    });
    mailbox::keep(&context.env, "webhook", send, &kept).await?;
    Ok(delivery)
}

fn request(context: &Context, send: &Claimed, call: &Call<'_>) -> Result<Request> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    for (name, value) in call.headers {
        headers.set(name, value)?;
    }
    let at = (real_ms() / 1_000).to_string();
    headers.set("webhook-id", &send.effect)?;
    headers.set("webhook-timestamp", &at)?;
    if let Some(secret) = bindings::text(&context.env, bindings::LINK_SECRET) {
        let signature = signature(&key(&secret), &send.effect, &at, call.body);
        headers.set("webhook-signature", &signature)?;
    }
    let mut init = RequestInit::new();
    init.with_method(method(call.method))
        .with_headers(headers)
        // Where a redirect leads was not looked at.
        .with_redirect(RequestRedirect::Manual);
    if !matches!(call.method, Method::Get | Method::Delete) {
        init.with_body(Some(call.body.into()));
    }
    Request::new_with_init(call.url, &init)
}

fn method(method: Method) -> worker::Method {
    match method {
        Method::Post => worker::Method::Post,
        Method::Put => worker::Method::Put,
        Method::Patch => worker::Method::Patch,
        Method::Get => worker::Method::Get,
        Method::Delete => worker::Method::Delete,
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return Vec::new();
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

/// What receivers are given to check signatures with: made from the secret that stays here.
pub(crate) fn key(secret: &str) -> Vec<u8> {
    hmac(secret.as_bytes(), &[b"webhook"])
}

fn signature(key: &[u8], id: &str, at: &str, body: &str) -> String {
    let parts = [id, ".", at, ".", body].map(str::as_bytes);
    format!("v1,{}", STANDARD.encode(hmac(key, &parts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_of_the_specification() {
        // The example of the specification's reference libraries.
        let key = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = "{\"test\": 2432232314}";
        assert_eq!(
            signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
