//! The console's one page, handed out for every address below `/console`: which of its places that is,
//! the page finds out itself.

use worker::{Headers, Response};

use crate::{auth, bindings, context::Context, problem::Answer};

/// What stands in the page where its nonce belongs.
const PLACEHOLDER: &str = "__NONCE__";

/// Some libraries of the page write styles while it runs; a nonce, made for each page handed out,
/// lets in theirs and no one else's.
pub(crate) async fn page(context: &Context) -> Answer {
    let assets = context.env.assets(bindings::ASSETS)?;
    let mut file = assets.fetch("https://assets/console/", None).await?;
    let nonce = auth::random_secret()?;
    let html = file.text().await?.replace(PLACEHOLDER, &nonce);
    let headers = Headers::new();
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", &policy(&nonce)),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        headers.set(name, value)?;
    }
    Ok(Response::ok(html)?.with_headers(headers))
}

/// Pictures may come from anywhere, because those of a mail do.
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; font-src 'self'; connect-src 'self'; img-src 'self' data: https:; \
         frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
