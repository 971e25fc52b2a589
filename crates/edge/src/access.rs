//! Cloudflare Access in front of the deployment: whom it let in, by the token that it signs for each
//! request. Nothing of the request is believed but what that signature covers.
//!
//! Source: Cloudflare One, "Validate JWTs",
//! <https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/>; RFC 7519.

use std::cell::RefCell;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value as Json;
use worker::{Env, Request};

use crate::{
    auth::header,
    bindings,
    clock::real_ms,
    json,
    problem::{Answer, Problem},
    sends::{fetch_text, verify_rsa_jwk},
    workspace::messages::{By, Role},
};

/// Where the token stands in a request.
const TOKEN: &str = "cf-access-jwt-assertion";

// LIMIT: Access changes its keys every six weeks and keeps the old ones for one more.
const KEYS_MS: i64 = 60 * 60 * 1_000;

// LIMIT: a token of an unknown key may be of a new one, or nonsense: nonsense asks for no more than this.
const UNKNOWN_KEY_MS: i64 = if cfg!(feature = "dev") { 0 } else { 60_000 };

// LIMIT: Access hands out some two kilobytes.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

thread_local! {
    /// The keys of the team, and when they were asked for.
    static KEYS: RefCell<(i64, Vec<Key>)> = const { RefCell::new((i64::MIN, Vec::new())) };
}

#[derive(Clone, Deserialize)]
struct Key {
    kid: String,
    n: String,
    e: String,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    /// One, or a list.
    aud: Json,
    iss: String,
    exp: i64,
    #[serde(default)]
    nbf: i64,
    email: Option<String>,
    /// Of a service token, which programs use: its client id.
    common_name: Option<String>,
}

/// Whom Access let in.
pub(crate) struct Admitted {
    pub(crate) by: By,
    /// Whether it is a person, whose browser also sends what other sites make it send.
    pub(crate) is_person: bool,
}

/// Whom Access vouches for; `None` where it stands in front of nothing, or was passed by.
pub(crate) async fn admitted(env: &Env, request: &Request) -> Answer<Option<Admitted>> {
    let team = bindings::text(env, bindings::ACCESS_TEAM);
    let audience = bindings::text(env, bindings::ACCESS_AUDIENCE);
    let (Some(team), Some(audience)) = (team, audience) else {
        return Ok(None);
    };
    let Some(token) = header(request, TOKEN) else {
        return Ok(None);
    };
    let team = team.trim_end_matches('/');
    let claims = proven(team, &token).await?.filter(|claims| {
        let now = real_ms() / 1_000;
        claims.iss == team
            && claims.exp > now
            && claims.nbf <= now
            && is_for(&claims.aud, &audience)
    });
    let Some(claims) = claims else {
        return Err(Problem::unauthorized(format!(
            "the token of Cloudflare Access does not count here: sign in again; if that does not help, {} must be \
             the address of the team and {} the audience tag of this application",
            bindings::ACCESS_TEAM,
            bindings::ACCESS_AUDIENCE
        ))
        .into());
    };
    let is_person = claims.email.is_some();
    let name = claims.email.or(claims.common_name).unwrap_or_default();
    if name.is_empty() {
        return Err(Problem::unauthorized("the token of Cloudflare Access names no one").into());
    }
    let roles = bindings::text(env, bindings::ACCESS_ROLES);
    match role(roles.as_deref(), &name) {
        Some(role) => Ok(Some(Admitted {
            by: By { name, role },
            is_person,
        })),
        None => Err(Problem::forbidden(format!(
            "`{name}` has no role here: add it to {}",
            bindings::ACCESS_ROLES
        ))
        .into()),
    }
}

/// What a token claims, if a key of the team signed it.
async fn proven(team: &str, token: &str) -> worker::Result<Option<Claims>> {
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let parts = (token.len() <= TOKEN_BYTES_MAX)
        .then(|| token.rsplit_once('.'))
        .flatten();
    let Some((signed, signature)) = parts else {
        return Ok(None);
    };
    let Some((head, claims)) = signed.split_once('.') else {
        return Ok(None);
    };
    // The algorithm is ours to choose: a token that names another is refused.
    let head = decode(head)
        .and_then(|bytes| json::read::<Header>(&bytes).ok())
        .filter(|head| head.alg == "RS256");
    let (Some(head), Some(signature)) = (head, decode(signature)) else {
        return Ok(None);
    };
    let Some(key) = key(team, &head.kid).await else {
        return Ok(None);
    };
    let is_theirs = verify_rsa_jwk(&key.n, &key.e, &signature, signed.as_bytes()).await?;
    let claims = decode(claims).filter(|_| is_theirs);
    Ok(claims.and_then(|bytes| json::read(&bytes).ok()))
}

/// The key of this id, from the team's own address; those that are known serve while it cannot be reached.
async fn key(team: &str, id: &str) -> Option<Key> {
    let find = || KEYS.with_borrow(|(_, keys)| keys.iter().find(|key| key.kid == id).cloned());
    let known = find();
    let asked = KEYS.with_borrow(|(asked, _)| *asked);
    let good_for = if known.is_some() {
        KEYS_MS
    } else {
        UNKNOWN_KEY_MS
    };
    let now = real_ms();
    if now.saturating_sub(asked) < good_for {
        return known;
    }
    // Requests beside this one ask as well, rather than be refused meanwhile.
    let told = fetch_text(&format!("{team}/cdn-cgi/access/certs")).await;
    KEYS.with_borrow_mut(|(asked, keys)| {
        *asked = now;
        if let Some(told) = told.and_then(|text| json::read_text::<Keys>(&text).ok()) {
            *keys = told.keys;
        }
    });
    find()
}

fn is_for(aud: &Json, audience: &str) -> bool {
    match aud {
        Json::String(one) => one == audience,
        Json::Array(all) => all.iter().any(|one| one == audience),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => false,
    }
}

/// The role of someone by `who=role, …`, where `*@shop.example` is everyone of a domain and `*` everyone;
/// the first that fits counts. Where nothing is said, everyone may look.
fn role(roles: Option<&str>, name: &str) -> Option<Role> {
    let Some(roles) = roles else {
        return Some(Role::Viewer);
    };
    let fits = |who: &str| match who.strip_prefix('*') {
        Some(end) => name
            .get(name.len().saturating_sub(end.len())..)
            .is_some_and(|tail| tail.eq_ignore_ascii_case(end)),
        None => who.eq_ignore_ascii_case(name),
    };
    let entries = roles.split(',').filter_map(|entry| entry.split_once('='));
    let mut fitting = entries.filter(|(who, _)| fits(who.trim()));
    let (_, word) = fitting.next()?;
    [Role::Viewer, Role::Editor, Role::Admin]
        .into_iter()
        .find(|role| role.word() == word.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_entry_that_fits_says_the_role() {
        let roles = Some("ada@shop.example=admin, *@shop.example = editor,ci.access=viewer");
        for (name, expected) in [
            ("ada@shop.example", Some(Role::Admin)),
            ("Ada@Shop.Example", Some(Role::Admin)),
            ("bob@shop.example", Some(Role::Editor)),
            ("ci.access", Some(Role::Viewer)),
            ("eve@evil-shop.example", None),
            ("eve@shop.example.evil.example", None),
            ("é", None),
            ("", None),
        ] {
            assert_eq!(role(roles, name), expected, "{name}");
        }
        assert_eq!(role(None, "anyone"), Some(Role::Viewer));
        assert_eq!(role(Some("*=editor"), "anyone"), Some(Role::Editor));
        assert_eq!(
            role(Some("*=owner"), "anyone"),
            None,
            "a role that is none lets in no one"
        );
    }

    #[test]
    fn a_token_is_for_one_audience_or_several() {
        assert!(is_for(&serde_json::json!("a"), "a"));
        assert!(is_for(&serde_json::json!(["b", "a"]), "a"));
        for aud in [
            serde_json::json!(["b"]),
            serde_json::json!(null),
            serde_json::json!("ab"),
        ] {
            assert!(!is_for(&aud, "a"), "{aud}");
        }
    }
}
