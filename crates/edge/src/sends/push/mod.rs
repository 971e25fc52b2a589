//! Web push: one notification to each device of a person.
//!
//! Safe to run twice: a push that is sent again replaces the first, on the push service by its
//! topic and on the device by the effect in its payload. Knows nothing of why a push is sent.

mod encrypt;
mod endpoint;
mod vapid;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use worker::{Method, ResponseBuilder, Result, Url, js_sys::Uint8Array};

use self::{
    encrypt::{PAYLOAD_BYTES_MAX, Receiver, encrypt},
    endpoint::address,
    vapid::Vapid,
};
use super::{Attempt, Outcome, Trouble, http};
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
pub(super) async fn attempt(context: &Context, send: &Claimed) -> Attempt {
    let mut payload = super::content(&send.outgoing);
    let origin = bindings::text(&context.env, bindings::ORIGIN);
    let key = bindings::text(&context.env, bindings::WRITE_KEY);
    for (name, value) in [
        ("effect", Some(send.effect.clone())),
        ("api", origin),
        ("key", key),
    ] {
        super::put(&mut payload, name, value.into());
    }
    let pushed = push_to_all(context, send, payload.to_string().as_bytes()).await;
    let (outcome, gone) = verdict(pushed);
    Attempt {
        outcome,
        gone,
        copy: super::copy(send),
        keep_taken: true,
    }
}

/// An endpoint as it may be shown: who knows the whole of it can push to the device.
pub(super) fn shown(endpoint: &str) -> String {
    if cfg!(feature = "dev") {
        return endpoint.to_owned();
    }
    Url::parse(endpoint).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization())
}

/// What became of a push to one device.
#[derive(Debug, PartialEq)]
enum Pushed {
    /// Final, or to be tried again.
    Came(Outcome),
    /// Nothing can be sent there, now or later. Final, and the device is forgotten.
    Gone(String),
}

/// What became of a push to all devices of a person, and the devices that are gone.
///
/// One device that took it is enough: trying again for the others would push to that one twice.
fn verdict(pushed: Vec<Pushed>) -> (Outcome, Vec<String>) {
    let mut came = Outcome::Refused(NO_DEVICE.to_owned());
    let mut gone = Vec::new();
    for one in pushed {
        match one {
            Pushed::Gone(endpoint) => gone.push(endpoint),
            Pushed::Came(outcome) if weight(&outcome) >= weight(&came) => came = outcome,
            Pushed::Came(_) => {}
        }
    }
    (came, gone)
}

/// Which of several outcomes counts: the largest.
fn weight(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Refused(_) => 0,
        Outcome::Later { .. } => 1,
        Outcome::Taken => 2,
    }
}

/// What a push service's answer means: RFC 8030, sections 5 and 7.3.
fn read(answer: Option<&http::Answer>, endpoint: &str) -> Pushed {
    let Some(answer) = answer else {
        let reason = "the push service could not be reached".to_owned();
        return Pushed::Came(Outcome::later(Trouble::Outage, reason));
    };
    let reason = || ["the push service answered ", &answer.status.to_string()].concat();
    Pushed::Came(match answer.status {
        200..=299 => Outcome::Taken,
        404 | 410 => return Pushed::Gone(endpoint.to_owned()),
        413 => Outcome::Refused(
            "the push service finds the notification too long: shorten its text".to_owned(),
        ),
        status => match http::trouble(status) {
            Some(trouble) => Outcome::Later {
                trouble,
                reason: reason(),
                after_ms: answer.after_ms,
            },
            None => Outcome::Refused(reason()),
        },
    })
}

async fn push_to_all(context: &Context, send: &Claimed, payload: &[u8]) -> Vec<Pushed> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        let length = payload.len();
        return vec![Pushed::Came(Outcome::Refused(format!(
            "the notification has {length} bytes, and a push at most {PAYLOAD_BYTES_MAX}: shorten its text"
        )))];
    }
    let pushed = send.devices.iter().map(async |device| {
        let pushed = push(context, &send.effect, device, payload).await;
        pushed.unwrap_or_else(|error| {
            let reason = ["the push could not be made: ", &error.to_string()].concat();
            Pushed::Came(Outcome::later(Trouble::Outage, reason))
        })
    });
    join_all(pushed).await
}

async fn push(context: &Context, effect: &str, device: &Device, payload: &[u8]) -> Result<Pushed> {
    let gone = || Pushed::Gone(device.endpoint.clone());
    let Some(to) = address(&device.endpoint) else {
        return Ok(gone());
    };
    let Some(receiver) = Receiver::read(device).await? else {
        return Ok(gone());
    };
    let vapid = Vapid::of(context).await?;
    let authorization = vapid.authorization(&context.env, &to, real_ms()).await?;
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-encoding", "aes128gcm"),
        ("content-type", "application/octet-stream"),
        ("ttl", &TTL_S.to_string()),
        ("urgency", "normal"),
        ("topic", &topic(effect)),
    ];
    let body = encrypt(&receiver, payload).await?;
    let body = Uint8Array::from(body.as_slice()).into();
    let request = http::request(Method::Post, to.as_str(), &headers, Some(body))?;
    let answer = http::answer(request, ANSWER_MS_MAX, false).await;
    Ok(read(answer.as_ref(), &device.endpoint))
}

/// The same for every attempt, so that a second one replaces the first while it waits. A digest:
/// the effect's id lets its holder report what became of the message, and is the device's to know.
fn topic(effect: &str) -> String {
    const TOPIC_BYTES: usize = 24;
    let digest = Sha256::digest(effect);
    let start: Vec<u8> = digest.iter().copied().take(TOPIC_BYTES).collect();
    URL_SAFE_NO_PAD.encode(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_device_that_took_it_is_enough() {
        let gone = || Pushed::Gone("g".to_owned());
        let busy = || Outcome::later(Trouble::Outage, "busy".to_owned());
        let refusal = |reason: &str| Outcome::Refused(reason.to_owned());
        let refused = || Pushed::Came(refusal("refused"));
        let (later, taken) = (|| Pushed::Came(busy()), || Pushed::Came(Outcome::Taken));
        let forgotten = || vec!["g".to_owned()];
        for (pushed, expected) in [
            (vec![], (refusal(NO_DEVICE), vec![])),
            (vec![taken()], (Outcome::Taken, vec![])),
            (
                vec![later(), taken(), gone()],
                (Outcome::Taken, forgotten()),
            ),
            (vec![gone()], (refusal(NO_DEVICE), forgotten())),
            (vec![gone(), refused()], (refusal("refused"), forgotten())),
            (vec![refused(), later(), gone()], (busy(), forgotten())),
            (vec![later(), refused()], (busy(), vec![])),
        ] {
            assert_eq!(verdict(pushed), expected);
        }
    }

    #[test]
    fn answers_of_push_services() {
        let is = |status| {
            let answer = http::Answer {
                status,
                ..http::Answer::default()
            };
            read(Some(&answer), "e")
        };
        for status in [200, 201, 202, 204] {
            assert_eq!(is(status), Pushed::Came(Outcome::Taken), "{status}");
        }
        for status in [404, 410] {
            assert_eq!(is(status), Pushed::Gone("e".to_owned()), "{status}");
        }
        for status in [301, 400, 401, 403, 413] {
            let found = is(status);
            assert!(
                matches!(found, Pushed::Came(Outcome::Refused(_))),
                "{status}"
            );
        }
        for status in [429, 500, 502, 503, 599] {
            let found = is(status);
            assert!(
                matches!(found, Pushed::Came(Outcome::Later { .. })),
                "{status}"
            );
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
