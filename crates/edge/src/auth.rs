//! Who asks, and for whom they may speak. Secrets are compared in constant time.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, Mac};
use rekindle_core::hash::hex64;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use worker::{Env, Request};

use crate::{
    bindings, json,
    problem::{Answer, Problem},
};

/// What a sender of events may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// Speaks for anyone: the company's server, or a page in development.
    Trusted,
    /// A page: speaks for whom it has a proof, else for anonymous visitors.
    Page,
}

/// Whether two texts are equal, in a time that depends on their lengths only.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left
            .bytes()
            .zip(right.bytes())
            .fold(0, |difference, (l, r)| difference | (l ^ r))
            == 0
}

pub(crate) fn header(request: &Request, name: &str) -> Option<String> {
    request.headers().get(name).ok().flatten()
}

/// The token of Bearer authentication: RFC 6750, section 2.1.
pub(crate) fn bearer(request: &Request) -> Option<String> {
    header(request, "authorization")
        .and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned))
}

/// The value of a cookie.
pub(crate) fn cookie(request: &Request, name: &str) -> Option<String> {
    let cookies = header(request, "cookie")?;
    let mut pairs = cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
        .filter(|value| !value.is_empty())
}

/// Bytes as text that fits addresses and headers.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a secret: its SHA-256. A secret of 32 random bytes needs no slower one.
pub(crate) fn digest(secret: &str) -> String {
    base64url(&Sha256::digest(secret))
}

fn random<const BYTES: usize>() -> worker::Result<[u8; BYTES]> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| format!("no random bytes: {error}"))?;
    Ok(bytes)
}

/// A secret that no one guesses.
pub(crate) fn random_secret() -> worker::Result<String> {
    random::<32>().map(|bytes| base64url(&bytes))
}

/// An id that no other has.
pub(crate) fn random_id() -> worker::Result<String> {
    random::<8>().map(|bytes| hex64(u64::from_be_bytes(bytes)))
}

/// Name and password of Basic authentication (RFC 7617), a colon between them.
pub(crate) fn basic(request: &Request) -> Option<String> {
    let authorization = header(request, "authorization")?;
    let (scheme, encoded) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()
}

/// The user name alone: where Segment's clients put the write key.
pub(crate) fn basic_user(request: &Request) -> Option<String> {
    let mut user = basic(request)?;
    user.truncate(user.find(':').unwrap_or(user.len()));
    Some(user).filter(|user| !user.is_empty())
}

/// HMAC-SHA256. It takes keys of any length: there is no other outcome.
pub(crate) fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

/// What Standard Webhooks signs with a secret (`whsec_`, base64), in base64; `None` when the secret is
/// none.
pub(crate) fn standard_tag(secret: &str, message: &str) -> Option<String> {
    let key = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = STANDARD.decode(key).ok().filter(|key| !key.is_empty())?;
    Some(STANDARD.encode(hmac(&key, message.as_bytes())))
}

/// Who sends events with this key.
pub(crate) fn sender(env: &Env, key: Option<&str>) -> Answer<Sender> {
    let Some(key) = key else {
        return Err(Problem::unauthorized(
            "no write key: send it as the user name of Basic authentication, or as `writeKey` in the body",
        )
        .into());
    };
    let is = |name: &str| bindings::text(env, name).is_some_and(|secret| same(&secret, key));
    if is(bindings::SECRET_KEY) {
        return Ok(Sender::Trusted);
    }
    if is(bindings::WRITE_KEY) {
        return Ok(if bindings::believes_pages(env) {
            Sender::Trusted
        } else {
            Sender::Page
        });
    }
    Err(
        Problem::unauthorized("unknown write key: copy the one that the deployment was given")
            .into(),
    )
}

/// Refuses a page that speaks for a person without a proof.
///
/// A proof is what Intercom's are: `user_hash`, the HMAC-SHA256 of the id in hexadecimal, or
/// `user_jwt`, an HS256 token whose `user_id` (or `sub`) is the id.
pub(crate) fn vouch(
    env: &Env,
    sender: Sender,
    user: &str,
    proof: Option<&str>,
    now: i64,
) -> Result<(), String> {
    if sender == Sender::Trusted {
        return Ok(());
    }
    let keys = identity_keys(env);
    if keys.is_empty() {
        return Err(format!(
            "a page may not name a `userId` without a proof, and {} is not set",
            bindings::IDENTITY_SECRET
        ));
    }
    let Some(proof) = proof else {
        return Err("a page may not name a `userId` without a proof: pass `user_jwt` or `user_hash` to boot".to_owned());
    };
    let proves = |(_, secret): &(_, String)| {
        if proof.contains('.') {
            valid_jwt(secret, user, proof, now)
        } else {
            unhex(proof).is_some_and(|tag| verify(secret, user.as_bytes(), &tag))
        }
    };
    if keys.iter().any(proves) {
        Ok(())
    } else {
        Err(format!(
            "the proof does not vouch for this `userId`: make it of the same id on your server, with the secret \
             that {} has; a `user_jwt` is signed with HS256, and its `exp` is to come",
            bindings::IDENTITY_SECRET
        ))
    }
}

/// The secrets by which a proof may be made, with what each is for: more than one only while they are changed.
pub(crate) fn identity_keys(env: &Env) -> Vec<(&'static str, String)> {
    [
        ("current", bindings::IDENTITY_SECRET),
        ("previous", bindings::IDENTITY_SECRET_PREVIOUS),
    ]
    .into_iter()
    .filter_map(|(used, name)| Some((used, bindings::text(env, name)?)))
    .collect()
}

/// By what people tell secrets apart without seeing them: the first 8 hexadecimal digits of the SHA-256.
pub(crate) fn fingerprint(secret: &str) -> String {
    let digest = Sha256::digest(secret);
    let digits = digest.iter().take(4).map(|byte| format!("{byte:02x}"));
    digits.collect()
}

fn verify(secret: &str, message: &[u8], tag: &[u8]) -> bool {
    Hmac::<Sha256>::new_from_slice(secret.as_bytes()).is_ok_and(|mut mac| {
        mac.update(message);
        mac.verify_slice(tag).is_ok()
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    (text.len() == 64)
        .then(|| {
            (0..32)
                .map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok())
                .collect()
        })
        .flatten()
}

#[derive(Deserialize)]
struct Claims {
    user_id: Option<String>,
    sub: Option<String>,
    exp: Option<i64>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

fn valid_jwt(secret: &str, user: &str, token: &str, now: i64) -> bool {
    let Some((signed, signature)) = token.rsplit_once('.') else {
        return false;
    };
    let Some((header, claims)) = signed.split_once('.') else {
        return false;
    };
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    // The algorithm is ours to choose: a token that names another is refused.
    let pinned = decode(header)
        .and_then(|bytes| json::read::<Header>(&bytes).ok())
        .is_some_and(|header| header.alg == "HS256");
    let tagged = decode(signature).is_some_and(|tag| verify(secret, signed.as_bytes(), &tag));
    let claims = decode(claims).and_then(|bytes| json::read::<Claims>(&bytes).ok());
    pinned
        && tagged
        && claims.is_some_and(|claims| {
            claims.exp.is_none_or(|exp| exp.saturating_mul(1_000) > now)
                && claims.user_id.or(claims.sub).as_deref() == Some(user)
        })
}

/// A tag for something that we hand out and want to know again, such as a link in a mail.
pub(crate) fn sign(env: &Env, purpose: &str, message: &str) -> Option<String> {
    let secret = bindings::text(env, bindings::LINK_SECRET)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(purpose.as_bytes());
    mac.update(b"\0");
    mac.update(message.as_bytes());
    let tag = mac.finalize().into_bytes();
    let half = |range: std::ops::Range<usize>| {
        tag.get(range)?
            .try_into()
            .ok()
            .map(u64::from_be_bytes)
            .map(hex64)
    };
    Some(half(0..8)? + &half(8..16)?)
}

/// Whether a tag is ours.
pub(crate) fn signed(env: &Env, purpose: &str, message: &str, tag: &str) -> bool {
    sign(env, purpose, message).is_some_and(|expected| same(&expected, tag))
}
