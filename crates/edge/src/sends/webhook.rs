//! Requests to programs: signed, so that whoever gets one knows that it came from here.
//!
//! Safe to run twice: the effect's id travels along, by which a receiver tells a second attempt.
//! Source: Standard Webhooks 1.0.0, <https://www.standardwebhooks.com>.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use rekindle_core::series::Method;
use worker::{Request, Result};

use super::{Attempt, Outcome, Trouble, http};
use crate::{auth::hmac, bindings, clock::real_ms, context::Context, shard::messages::Claimed};

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
pub(super) async fn attempt(context: &Context, send: &Claimed, call: &Call<'_>) -> Attempt {
    let (outcome, status) = match request(context, send, call) {
        Ok(request) => {
            let answer = http::answer(request, ANSWER_MS_MAX, false).await;
            let status = answer.as_ref().map(|answer| answer.status);
            (verdict(answer), status)
        }
        Err(error) => {
            let reason = ["no request can be made of it: ", &error.to_string()].concat();
            (Outcome::Refused(reason), None)
        }
    };
    let (name, mut copy) = super::copy(send);
    super::put(&mut copy, "status", status.into());
    Attempt {
        outcome,
        gone: Vec::new(),
        copy: (name, copy),
        // What programs are told is too much to keep, and stands in the reports.
        keep_taken: !send.series.is_empty(),
    }
}

fn verdict(answer: Option<http::Answer>) -> Outcome {
    let Some(answer) = answer else {
        let reason = "the receiver did not answer".to_owned();
        return Outcome::later(Trouble::Outage, reason);
    };
    if (200..=299).contains(&answer.status) {
        return Outcome::Taken;
    }
    let reason = ["the receiver answered ", &answer.status.to_string()].concat();
    match http::trouble(answer.status) {
        Some(trouble) => Outcome::Later {
            trouble,
            reason,
            after_ms: answer.after_ms,
        },
        None => Outcome::Refused(reason),
    }
}

fn request(context: &Context, send: &Claimed, call: &Call<'_>) -> Result<Request> {
    let at = (real_ms() / 1_000).to_string();
    let secret = bindings::text(&context.env, bindings::LINK_SECRET);
    let signature = secret.map(|secret| signature(&key(&secret), &send.effect, &at, call.body));
    let mut headers = vec![("content-type", "application/json")];
    let own = call.headers.iter();
    headers.extend(own.map(|(name, value)| (name.as_str(), value.as_str())));
    headers.extend([
        ("webhook-id", send.effect.as_str()),
        ("webhook-timestamp", &at),
    ]);
    if let Some(signature) = &signature {
        headers.push(("webhook-signature", signature));
    }
    let has_body = !matches!(call.method, Method::Get | Method::Delete);
    let body = has_body.then(|| call.body.into());
    http::request(method(call.method), call.url, &headers, body)
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

/// What receivers are given to check signatures with: made from the secret that stays here.
pub(crate) fn key(secret: &str) -> Vec<u8> {
    hmac(secret.as_bytes(), b"webhook")
}

fn signature(key: &[u8], id: &str, at: &str, body: &str) -> String {
    let message = [id, ".", at, ".", body].concat();
    let tag = STANDARD.encode(hmac(key, message.as_bytes()));
    ["v1,", &tag].concat()
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
