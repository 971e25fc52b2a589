//! `/u/{effect}/{tag}`: out of all mails, by the link in any of them. The tag proves that the link
//! is ours; a GET only asks, because scanners follow links; a POST does it (RFC 8058).

use rekindle_core::hash::key_of_effect;
use worker::{Response, ResponseBuilder};

use crate::{
    auth,
    bindings::shard_number,
    context::Context,
    problem::{Answer, Problem},
};

fn check(context: &Context, effect: &str, tag: &str) -> Answer<u64> {
    let key =
        key_of_effect(effect).filter(|_| auth::signed(&context.env, "unsubscribe", effect, tag));
    key.ok_or_else(|| Problem::not_found("this link was not made here, or it was cut short").into())
}

fn page(title: &str, content: &str) -> Answer<Response> {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         </head><body><main><h1>{title}</h1>{content}</main></body></html>"
    );
    Ok(ResponseBuilder::new()
        .with_header(
            "content-security-policy",
            "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
        )?
        .with_header("referrer-policy", "no-referrer")?
        .from_html(html)?)
}

/// Asks, and changes nothing.
pub(crate) fn ask(context: &Context, effect: &str, tag: &str) -> Answer {
    check(context, effect, tag)?;
    page(
        "Unsubscribe",
        "<p>You will get no more mails from us.</p><form method=\"post\"><button>Unsubscribe</button></form>",
    )
}

/// Does it. A second time changes nothing.
pub(crate) async fn confirm(context: &Context, effect: &str, tag: &str) -> Answer {
    let key = check(context, effect, tag)?;
    let number = shard_number(&context.env, key);
    let () = context.shard(number, "unsubscribe", &effect).await?;
    page(
        "You are unsubscribed",
        "<p>You will get no more mails from us.</p>",
    )
}
