//! Web push: one notification to each device of a person.
//!
//! Safe to run twice: a push that is sent again replaces the first, on the push service by its
//! topic and on the device by the effect in its payload. Knows nothing of why a push is sent.

mod encrypt;
mod endpoint;
mod subtle;
mod vapid;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use rekindle_core::series::Delivery;
use serde_json::json;
use sha2::{Digest, Sha256};
use worker::{
    Headers, Method, Request, RequestInit, RequestRedirect, ResponseBuilder, Result, Url,
    js_sys::Uint8Array,
};

use self::{
    encrypt::{PAYLOAD_BYTES_MAX, Receiver, encrypt},
    endpoint::address,
    vapid::Vapid,
};
use super::{
    mailbox,
    request::{answer, may_be_taken_later, outcome},
};
use crate::{
    bindings,
    clock::real_ms,
    context::Context,
    ingest::cors,
    problem::Answer,
    shard::messages::{Claimed, Device},
};

// LIMIT: a device that was off for longer need not hear of it: the moment has passed. Push services
// take up to four weeks.
const TTL_S: i64 = 24 * 60 * 60;

// LIMIT: push services answer in well under a second. The batch waits for the slowest.
const ANSWER_MS_MAX: u64 = 5_000;

// LIMIT: in development, where the clock may stand, and with it whoever moved it.
#[cfg(feature = "dev")]
const TRIED_MS_MAX: i64 = 20_000;

const NO_DEVICE: &str = "no device takes push notifications";

/// `GET /v1/push-key`: what a browser subscribes with.
pub(crate) async fn public_key(context: &Context) -> Answer {
    let vapid = Vapid::of(context).await?;
    let headers = cors(context)?;
    headers.set("content-type", "text/plain;charset=utf-8")?;
    // It never changes, except for a developer who starts again with an empty state.
    headers.set("cache-control", "public, max-age=300")?;
    Ok(ResponseBuilder::new()
        .with_headers(headers)
        .fixed(vapid.public.clone().into_bytes()))
}

/// Sends one push to every device of the person, and tells which devices are gone for good.
///
/// # Errors
/// When no device took it and trying again may help.
pub(super) async fn deliver(
    context: &Context,
    send: &Claimed,
    title: &str,
    body: &str,
    url: Option<&str>,
) -> Result<(Delivery, Vec<String>)> {
    let payload = json!({
        "title": title,
        "body": body,
        "url": url,
        "effect": send.effect,
        "api": bindings::text(&context.env, bindings::ORIGIN),
        "key": bindings::text(&context.env, bindings::WRITE_KEY),
    });
    let outcomes = push_to_all(context, send, payload.to_string().as_bytes()).await;
    let (delivery, gone) = match verdict(outcomes) {
        Verdict::Settled(delivery, gone) => (delivery, gone),
        Verdict::Later(reason, gone) if out_of_time(context, send).await? => {
            (Delivery::Undelivered(reason), gone)
        }
        Verdict::Later(reason, _) => return Err(reason.into()),
    };
    let outcome = outcome(&delivery);
    let to = send.devices.first().map(|device| shown(&device.endpoint));
    let kept = json!({ "to": to, "title": title, "body": body, "url": url, "outcome": outcome });
    mailbox::keep(&context.env, "push", send, &kept).await?;
    Ok((delivery, gone))
}

/// An endpoint as it may be shown: who knows the whole of it can push to the device.
fn shown(endpoint: &str) -> String {
    if cfg!(feature = "dev") {
        return endpoint.to_owned();
    }
    Url::parse(endpoint).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
}

/// What became of a push to one device.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// The push service has it. Final.
    Taken,
    /// Nothing can be sent there, now or later. Final, and the device is forgotten.
    Gone(String),
    /// Nothing is to be gained by trying again. Final.
    Refused(String),
    /// It may be taken another time.
    Later(String),
}

/// What became of a push to all devices of a person.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// Final, with the devices that are gone.
    Settled(Delivery, Vec<String>),
    /// To be tried again, with the reason and the devices that are gone.
    Later(String, Vec<String>),
}

/// One device that took it is enough: trying again for the others would push to that one twice.
fn verdict(outcomes: Vec<Outcome>) -> Verdict {
    let (mut taken, mut refused, mut later) = (false, None, None);
    let mut gone = Vec::new();
    for outcome in outcomes {
        match outcome {
            Outcome::Taken => taken = true,
            Outcome::Gone(endpoint) => gone.push(endpoint),
            Outcome::Refused(reason) => refused = Some(reason),
            Outcome::Later(reason) => later = Some(reason),
        }
    }
    if taken {
        return Verdict::Settled(Delivery::Sent, gone);
    }
    if let Some(reason) = later {
        return Verdict::Later(reason, gone);
    }
    let reason = refused.unwrap_or_else(|| NO_DEVICE.to_owned());
    Verdict::Settled(Delivery::Undelivered(reason), gone)
}

/// What the status of a push service's answer means: RFC 8030, sections 5 and 7.3.
fn outcome_of(status: u16, endpoint: &str) -> Outcome {
    match status {
        200..=299 => Outcome::Taken,
        404 | 410 => Outcome::Gone(endpoint.to_owned()),
        413 => Outcome::Refused(
            "the push service finds the notification too long: shorten its text".to_owned(),
        ),
        _ if may_be_taken_later(status) => {
            Outcome::Later(format!("the push service answered {status}"))
        }
        _ => Outcome::Refused(format!("the push service answered {status}")),
    }
}

async fn push_to_all(context: &Context, send: &Claimed, payload: &[u8]) -> Vec<Outcome> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        let length = payload.len();
        return vec![Outcome::Refused(format!(
            "the notification has {length} bytes, and a push at most {PAYLOAD_BYTES_MAX}: shorten its text"
        ))];
    }
    let pushed = send.devices.iter().map(async |device| {
        push(context, &send.effect, device, payload)
            .await
            .unwrap_or_else(|error| Outcome::Later(format!("the push could not be made: {error}")))
    });
    join_all(pushed).await
}

async fn push(context: &Context, effect: &str, device: &Device, payload: &[u8]) -> Result<Outcome> {
    let gone = || Outcome::Gone(device.endpoint.clone());
    let Some(to) = address(&device.endpoint) else {
        return Ok(gone());
    };
    let Some(receiver) = Receiver::read(device).await? else {
        return Ok(gone());
    };
    let vapid = Vapid::of(context).await?;
    let headers = Headers::new();
    headers.set(
        "authorization",
        &vapid.authorization(&context.env, &to, real_ms()).await?,
    )?;
    headers.set("content-encoding", "aes128gcm")?;
    headers.set("content-type", "application/octet-stream")?;
    headers.set("ttl", &TTL_S.to_string())?;
    headers.set("urgency", "normal")?;
    headers.set("topic", &topic(effect))?;
    let body = encrypt(&receiver, payload).await?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post)
        .with_headers(headers)
        // Where a redirect leads was not looked at.
        .with_redirect(RequestRedirect::Manual)
        .with_body(Some(Uint8Array::from(body.as_slice()).into()));
    let request = Request::new_with_init(to.as_str(), &init)?;
    Ok(match answer(request, ANSWER_MS_MAX).await {
        Some(status) => outcome_of(status, &device.endpoint),
        None => Outcome::Later("the push service could not be reached".to_owned()),
    })
}

/// The same for every attempt, so that a second one replaces the first while it waits. A digest:
/// the effect's id lets its holder report what became of the message, and is the device's to know.
fn topic(effect: &str) -> String {
    const TOPIC_BYTES: usize = 24;
    let digest = Sha256::digest(effect);
    let start: Vec<u8> = digest.iter().copied().take(TOPIC_BYTES).collect();
    URL_SAFE_NO_PAD.encode(start)
}

/// Whether it has been tried for long enough.
#[cfg(not(feature = "dev"))]
async fn out_of_time(context: &Context, send: &Claimed) -> Result<bool> {
    Ok(context.now().await?.saturating_sub(send.at) > TTL_S * 1_000)
}

/// Whether it has been tried for long enough, in real time.
#[cfg(feature = "dev")]
async fn out_of_time(_context: &Context, send: &Claimed) -> Result<bool> {
    use std::{cell::RefCell, collections::BTreeMap};
    thread_local! {
        /// Since when this isolate has tried which effect.
        static TRIED: RefCell<BTreeMap<String, i64>> = const { RefCell::new(BTreeMap::new()) };
    }
    let now = real_ms();
    let since = TRIED.with_borrow_mut(|tried| *tried.entry(send.effect.clone()).or_insert(now));
    std::future::ready(Ok(now.saturating_sub(since) > TRIED_MS_MAX)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn undelivered(reason: &str) -> Delivery {
        Delivery::Undelivered(reason.to_owned())
    }

    #[test]
    fn one_device_that_took_it_is_enough() {
        let (gone, refused, later) = (
            || Outcome::Gone("g".to_owned()),
            || Outcome::Refused("refused".to_owned()),
            || Outcome::Later("busy".to_owned()),
        );
        let forgotten = || vec!["g".to_owned()];
        for (outcomes, expected) in [
            (vec![], Verdict::Settled(undelivered(NO_DEVICE), vec![])),
            (
                vec![Outcome::Taken],
                Verdict::Settled(Delivery::Sent, vec![]),
            ),
            (
                vec![later(), Outcome::Taken, gone()],
                Verdict::Settled(Delivery::Sent, forgotten()),
            ),
            (
                vec![gone()],
                Verdict::Settled(undelivered(NO_DEVICE), forgotten()),
            ),
            (
                vec![gone(), refused()],
                Verdict::Settled(undelivered("refused"), forgotten()),
            ),
            (
                vec![refused(), later(), gone()],
                Verdict::Later("busy".to_owned(), forgotten()),
            ),
        ] {
            assert_eq!(verdict(outcomes), expected);
        }
    }

    #[test]
    fn answers_of_push_services() {
        let is = |status| outcome_of(status, "e");
        for status in [200, 201, 202, 204] {
            assert_eq!(is(status), Outcome::Taken, "{status}");
        }
        for status in [404, 410] {
            assert_eq!(is(status), Outcome::Gone("e".to_owned()), "{status}");
        }
        for status in [301, 400, 401, 403, 413] {
            assert!(matches!(is(status), Outcome::Refused(_)), "{status}");
        }
        for status in [429, 500, 502, 503, 599] {
            assert!(matches!(is(status), Outcome::Later(_)), "{status}");
        }
    }

    #[test]
    fn a_topic_is_as_long_as_push_services_take() {
        let topic = topic("0123456789abcdef0123456789abcdef");
        assert_eq!(topic.len(), 32);
        assert!(
            topic
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        );
    }
}
