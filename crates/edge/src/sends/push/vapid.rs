//! Who sends a push: RFC 8292. A push service takes pushes only from the holder of the key that
//! the browser subscribed with, so the key is made once, and the workspace keeps it for good.

use std::{cell::RefCell, rc::Rc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use worker::{Env, Result, Url};

use crate::sends::subtle::{Jwk, Signer};
use crate::{bindings, context::Context};

// LIMIT: RFC 8292, section 2: push services refuse tokens that live longer than a day.
const TOKEN_LIFE_S: i64 = 12 * 60 * 60;

/// The key of this workspace.
pub(super) struct Vapid {
    /// Its public half: an uncompressed point, base64url.
    pub(super) public: String,
    signer: Signer,
}

thread_local! {
    /// The key never changes: an isolate asks for it once.
    static KEPT: RefCell<Option<Rc<Vapid>>> = const { RefCell::new(None) };
}

impl Vapid {
    /// The key of the workspace, made on first use.
    pub(super) async fn of(context: &Context) -> Result<Rc<Self>> {
        if let Some(kept) = KEPT.with_borrow(Clone::clone) {
            return Ok(kept);
        }
        let jwk = kept_or_new(context).await?;
        let public = jwk
            .public()
            .ok_or("the key of web push is not one of P-256")?;
        let public = URL_SAFE_NO_PAD.encode(public);
        let vapid = Rc::new(Self {
            public,
            signer: Signer::read(&jwk).await?,
        });
        KEPT.set(Some(Rc::clone(&vapid)));
        Ok(vapid)
    }

    /// The `Authorization` of a push to this address; `now` is the real time, Unix ms: push
    /// services do not live in ours.
    pub(super) async fn authorization(&self, env: &Env, to: &Url, now: i64) -> Result<String> {
        let claims = claims(to, &subject(env), now);
        let header = json!({ "typ": "JWT", "alg": "ES256" });
        let part = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.signer.sign(signed.as_bytes()).await?);
        Ok(format!("vapid t={signed}.{signature}, k={}", self.public))
    }
}

/// Two isolates may offer a key at the same time: what the workspace answers is what counts.
async fn kept_or_new(context: &Context) -> Result<Jwk> {
    if let Some(kept) = context
        .workspace::<_, Option<Jwk>>("vapid", &None::<Jwk>)
        .await?
    {
        return Ok(kept);
    }
    let offered = Jwk::generate().await?;
    let kept: Option<Jwk> = context.workspace("vapid", &Some(offered)).await?;
    kept.ok_or_else(|| "the workspace keeps no key of web push".into())
}

fn claims(to: &Url, subject: &str, now: i64) -> serde_json::Value {
    json!({
        "aud": to.origin().ascii_serialization(),
        "exp": now.div_euclid(1_000) + TOKEN_LIFE_S,
        "sub": subject,
    })
}

/// Whom a push service may write to when something is wrong.
fn subject(env: &Env) -> String {
    let from = bindings::text(env, bindings::MAIL_FROM);
    let contact = from
        .as_deref()
        .and_then(mailto)
        .or_else(|| bindings::text(env, bindings::ORIGIN));
    // Some push services refuse a token that names no one.
    contact.unwrap_or_else(|| "mailto:rekindle@localhost".to_owned())
}

/// `Name <a@b.example>` or `a@b.example`.
fn mailto(from: &str) -> Option<String> {
    let address = from.rsplit_once('<').map_or(from, |(_, rest)| rest);
    let address = address.trim().trim_end_matches('>');
    address.contains('@').then(|| format!("mailto:{address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_is_the_origin_and_the_token_lives_half_a_day() {
        let to = Url::parse("https://push.example.com/send/secret?token=1").unwrap();
        let claims = claims(&to, "mailto:a@b.example", 1_000_999);
        let expected = json!({ "aud": "https://push.example.com", "exp": 1_000 + 43_200, "sub": "mailto:a@b.example" });
        assert_eq!(claims, expected);
    }

    #[test]
    fn the_contact_is_the_address_that_mails_come_from() {
        assert_eq!(
            mailto("Shop <hello@shop.example>").as_deref(),
            Some("mailto:hello@shop.example")
        );
        assert_eq!(
            mailto("hello@shop.example").as_deref(),
            Some("mailto:hello@shop.example")
        );
        assert_eq!(mailto("Shop"), None);
    }
}
