//! Cloudflare Email Service, through the binding `EMAIL`: no key, no address, and no idempotency.
//! Its terms are for transactional mail.
//! Source: <https://developers.cloudflare.com/email-service/api/send-emails/workers-api/>.

use std::pin::pin;

use js_sys::{JSON, Promise, Reflect};
use serde_json::{Map, Value as Json, json};
use wasm_bindgen::{
    JsCast,
    prelude::{JsValue, wasm_bindgen},
};
use wasm_bindgen_futures::JsFuture;
use worker::Env;

use super::{message::Mail, unreachable};
use crate::{
    bindings,
    sends::{Outcome, Trouble, http::within},
};

const NAME: &str = "Cloudflare Email";

// LIMIT: the same as for the other providers.
const ANSWER_MS_MAX: u64 = 10_000;

#[wasm_bindgen]
extern "C" {
    type Binding;
    #[wasm_bindgen(method, catch)]
    fn send(this: &Binding, message: &JsValue) -> Result<Promise, JsValue>;
}

/// The binding, if there is one.
pub(super) fn is_bound(env: &Env) -> bool {
    binding(env).is_some()
}

fn binding(env: &Env) -> Option<Binding> {
    let binding = Reflect::get(env, &bindings::EMAIL.into()).ok()?;
    binding.is_object().then(|| binding.unchecked_into())
}

pub(super) async fn send(env: &Env, mail: &Mail) -> Outcome {
    let headers: Map<String, Json> = mail
        .list_headers()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let name = mail.from.name.as_deref().unwrap_or_default();
    let message = json!({
        "from": { "name": name, "email": mail.from.email },
        "to": mail.to.email,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "headers": headers,
    });
    let asked = || {
        binding(env)?
            .send(&JSON::parse(&message.to_string()).ok()?)
            .ok()
    };
    let Some(asked) = asked() else {
        return unreachable(NAME);
    };
    match within(ANSWER_MS_MAX, pin!(JsFuture::from(asked))).await {
        Some(Ok(_)) => Outcome::Taken,
        Some(Err(error)) => read(&field(&error, "code"), &field(&error, "message")),
        None => unreachable(NAME),
    }
}

fn field(error: &JsValue, name: &str) -> String {
    let field = Reflect::get(error, &name.into()).ok();
    field
        .and_then(|field| field.as_string())
        .unwrap_or_default()
}

fn read(code: &str, message: &str) -> Outcome {
    let reason = [NAME, " answered ", code, ": ", message].concat();
    let trouble = match code {
        "E_VALIDATION_ERROR"
        | "E_FIELD_MISSING"
        | "E_CONTENT_TOO_LARGE"
        | "E_RECIPIENT_SUPPRESSED" => return Outcome::Refused(reason),
        "E_SENDER_NOT_VERIFIED"
        | "E_SENDER_DOMAIN_NOT_AVAILABLE"
        | "E_RECIPIENT_NOT_ALLOWED"
        | "E_DAILY_LIMIT_EXCEEDED" => Trouble::Account,
        "E_RATE_LIMIT_EXCEEDED" => Trouble::Limit,
        _ => Trouble::Outage,
    };
    Outcome::later(trouble, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_binding() {
        let reason = |code: &str| format!("Cloudflare Email answered {code}: m");
        for code in [
            "E_VALIDATION_ERROR",
            "E_RECIPIENT_SUPPRESSED",
            "E_CONTENT_TOO_LARGE",
        ] {
            assert_eq!(read(code, "m"), Outcome::Refused(reason(code)));
        }
        for (code, trouble) in [
            ("E_RATE_LIMIT_EXCEEDED", Trouble::Limit),
            ("E_DELIVERY_FAILED", Trouble::Outage),
            ("E_INTERNAL_SERVER_ERROR", Trouble::Outage),
            ("", Trouble::Outage),
            ("E_SENDER_NOT_VERIFIED", Trouble::Account),
            ("E_DAILY_LIMIT_EXCEEDED", Trouble::Account),
            ("E_RECIPIENT_NOT_ALLOWED", Trouble::Account),
        ] {
            assert_eq!(read(code, "m"), Outcome::later(trouble, reason(code)));
        }
    }
}
