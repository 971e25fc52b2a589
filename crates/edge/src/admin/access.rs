//! Who asks, by token, by Cloudflare Access or by session, and whether they may: `routes` says which role a request needs.
//!
//! A route that does not stand in that table does not exist: what was forgotten there is refused.

use serde::Deserialize;
use serde_json::json as object;
use sha2::{Digest, Sha256};
use worker::{Method, Request, Response, Url};

use super::{
    body, json, list,
    routes::{self, Route},
};
use crate::{
    access::{self, Admitted},
    auth, bindings,
    context::{Context, parameter},
    problem::{Answer, Problem},
    workspace::{
        SESSION_MS,
        messages::{
            AuditEntry, AuditPage, By, Change, Changed, Credential, NewSession, NewToken, Role,
            TokenView,
        },
    },
};

/// Who asks, and what their browser must repeat when it changes something.
pub(super) struct Asker {
    pub(super) by: By,
    csrf: Option<String>,
    /// How they came: `token`, `session` or `access`.
    via: &'static str,
}

/// What a session's cookie is called.
const COOKIE: &str = "rekindle_session";

// LIMIT: a name is read in the audit log, in one line.
const NAME_LETTERS_MAX: usize = 64;

/// Lets a request in whose sender may make it.
pub(super) async fn admit(context: &Context, request: &Request, path: &[&str]) -> Answer<Asker> {
    let asker = asker(context, request).await?;
    let method = request.method();
    let Some(Route { role, .. }) = routes::find(&method, path) else {
        let (method, path) = (method.as_ref(), path.join("/"));
        return Err(Problem::not_found(format!("no {method} /api/v1/{path}")).into());
    };
    if asker.by.role < *role {
        let (own, needed) = (asker.by.role.word(), role.word());
        return Err(Problem::forbidden(format!(
            "this needs the role `{needed}`, and `{}` has `{own}`: ask an admin for a token",
            asker.by.name
        ))
        .into());
    }
    let repeated = || auth::header(request, "x-csrf-token").unwrap_or_default();
    match &asker.csrf {
        Some(csrf) if method != Method::Get && !auth::same(csrf, &repeated()) => {
            Err(Problem::forbidden(
                "a write with a session's cookie needs the header `X-CSRF-Token`: send the `csrf` \
                 of `GET /api/v1/me`",
            )
            .into())
        }
        Some(_) | None => Ok(asker),
    }
}

async fn asker(context: &Context, request: &Request) -> Answer<Asker> {
    let first = bindings::text(&context.env, bindings::ADMIN_TOKEN);
    if let Some(token) = auth::bearer(request) {
        if first
            .as_deref()
            .is_some_and(|first| auth::same(first, &token))
        {
            return Ok(Asker {
                by: By::first(),
                csrf: None,
                via: "token",
            });
        }
        let credential = Credential::Token(auth::digest(&token));
        return match context.workspace("who", &credential).await? {
            Some(by) => Ok(Asker {
                by,
                csrf: None,
                via: "token",
            }),
            None => Err(unknown_token(first.is_some())),
        };
    }
    if let Some(Admitted { by, is_person }) = access::admitted(&context.env, request).await? {
        // A browser sends the cookie of Access with what other sites make it send as well.
        let csrf = is_person.then(|| access_csrf(context, &by)).transpose()?;
        let via = "access";
        return Ok(Asker { by, csrf, via });
    }
    let Some(secret) = auth::cookie(request, COOKIE) else {
        return Err(Problem::unauthorized(
            "send the header `Authorization: Bearer TOKEN`, or sign in by `POST /api/v1/session`",
        )
        .into());
    };
    let credential = Credential::Session {
        session: auth::digest(&secret),
        first: first.as_deref().map(auth::digest),
    };
    match context.workspace("who", &credential).await? {
        Some(by) => Ok(Asker {
            by,
            csrf: Some(csrf(&secret)),
            via: "session",
        }),
        None => Err(Problem::unauthorized("this session is over: sign in again").into()),
    }
}

fn unknown_token(is_first_set: bool) -> crate::problem::Failure {
    if is_first_set {
        return Problem::unauthorized("unknown token: it was taken back, or cut short").into();
    }
    let name = bindings::ADMIN_TOKEN;
    Problem::forbidden(format!(
        "no admin token is set: `npx wrangler secret put {name}`"
    ))
    .into()
}

/// What a page that has the cookie must repeat: another site makes a browser send the cookie, but
/// cannot read this.
fn csrf(secret: &str) -> String {
    let digest = Sha256::new().chain_update("csrf\0").chain_update(secret);
    auth::base64url(&digest.finalize())
}

/// The same for whom Cloudflare Access let in: there is no secret of a session that it could be made of.
fn access_csrf(context: &Context, by: &By) -> Answer<String> {
    auth::sign(&context.env, "csrf", &by.name).ok_or_else(|| {
        let name = bindings::LINK_SECRET;
        Problem::forbidden(format!(
            "the console behind Cloudflare Access needs {name}: `npx wrangler secret put {name}`"
        ))
        .into()
    })
}

/// `GET /me`.
pub(super) fn me(asker: &Asker) -> Answer {
    json(
        &object!({ "name": asker.by.name, "role": asker.by.role, "csrf": asker.csrf, "via": asker.via }),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    token: String,
}

/// `POST /session`: a cookie for a token.
pub(super) async fn sign_in(context: &Context, request: &mut Request) -> Answer {
    let SignIn { token } = body(request).await?;
    let first = bindings::text(&context.env, bindings::ADMIN_TOKEN);
    let digest = auth::digest(&token);
    let by = if first
        .as_deref()
        .is_some_and(|first| auth::same(first, &token))
    {
        By::first()
    } else {
        let credential = Credential::Token(digest.clone());
        let by: Option<By> = context.workspace("who", &credential).await?;
        by.ok_or_else(|| unknown_token(first.is_some()))?
    };
    let secret = auth::random_secret()?;
    let session = NewSession {
        session: auth::digest(&secret),
        token: digest,
    };
    let () = context.workspace("begin_session", &session).await?;
    let answer =
        object!({ "name": by.name, "role": by.role, "csrf": csrf(&secret), "via": "session" });
    with_cookie(json(&answer)?, request, &secret, SESSION_MS / 1_000)
}

/// `DELETE /session`. Without one it changes nothing.
pub(super) async fn sign_out(context: &Context, request: &Request) -> Answer {
    if let Some(secret) = auth::cookie(request, COOKIE) {
        let () = context
            .workspace("end_session", &auth::digest(&secret))
            .await?;
    }
    with_cookie(Response::empty()?.with_status(204), request, "", 0)
}

fn with_cookie(response: Response, request: &Request, secret: &str, age_s: i64) -> Answer {
    // A browser keeps no `Secure` cookie of a local address without TLS.
    let secure = if request.url().is_ok_and(|url| is_local(&url)) {
        ""
    } else {
        "; Secure"
    };
    let cookie =
        format!("{COOKIE}={secret}; Path=/api; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}");
    response.headers().set("set-cookie", &cookie)?;
    Ok(response)
}

fn is_local(url: &Url) -> bool {
    let is_ours = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    url.scheme() == "http" && url.host_str().is_some_and(is_ours)
}

/// `GET /tokens`.
pub(super) async fn tokens(context: &Context) -> Answer {
    let tokens: Vec<TokenView> = context.workspace("tokens", &()).await?;
    list(&tokens, None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    name: String,
    role: Role,
}

/// `POST /tokens`: the token is shown this once.
pub(super) async fn add_token(context: &Context, request: &mut Request, by: &By) -> Answer {
    let Wanted { name, role } = body(request).await?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_LETTERS_MAX {
        return Err(Problem::bad_request(format!(
            "a token needs a `name` of 1 to {NAME_LETTERS_MAX} letters, by which the audit log tells it"
        ))
        .into());
    }
    let token = format!("rkt_{}", auth::random_secret()?);
    let digest = auth::digest(&token);
    let change = Change::of("", by, NewToken { name, role, digest });
    let changed: Changed<TokenView> = context.workspace("add_token", &change).await?;
    let view = super::definitions::outcome(changed, "token", "")?;
    let answer = object!({ "id": view.id, "name": view.name, "role": view.role, "token": token });
    Ok(json(&answer)?.with_status(201))
}

/// `DELETE /tokens/{id}`: whoever has it, and every session of it, is out at once.
pub(super) async fn remove_token(context: &Context, id: &str, by: &By) -> Answer {
    let change = Change::of(id, by, ());
    let changed = context.workspace("remove_token", &change).await?;
    super::definitions::outcome::<()>(changed, "token", id)?;
    Ok(Response::empty()?.with_status(204))
}

/// `GET /audit`, newest first.
pub(super) async fn audit(context: &Context, request: &Request) -> Answer {
    let limit = super::limit(request)?;
    let page = AuditPage {
        before: parameter(request, "cursor").and_then(|cursor| cursor.parse().ok()),
        limit: limit.saturating_add(1),
    };
    let mut entries: Vec<AuditEntry> = context.workspace("audit", &page).await?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let last = entries.last().filter(|_| more);
    let next = last.and_then(|entry| entry.number).map(|n| n.to_string());
    for entry in &mut entries {
        entry.number = None;
    }
    list(&entries, next.as_deref())
}
