//! `/u/{effect}/{tag}`: what a person lets write to them, by the link in any mail. The tag proves that
//! the link is ours. A GET only shows, because scanners follow links; a POST changes: one click of a
//! mail program (RFC 8058), or the form of the page. It works without scripts.

use rekindle_core::hash::key_of_effect;
use worker::{Headers, Request, Response, url::form_urlencoded};

use crate::{
    auth,
    bindings::{self, shard_number},
    context::Context,
    html::push_escaped,
    problem::{Answer, Problem},
    shard::messages::{Prefer, Preferences},
};

// LIMIT: a form names fifty types at most.
const FORM_BYTES_MAX: usize = 20_000;

const STYLE: &str = "\
:root{color-scheme:light dark;--accent:#2f5bd7}\
body{margin:0;padding:2rem 1rem;font:1rem/1.5 system-ui,sans-serif}\
main{max-width:34rem;margin:0 auto}\
h1{font-size:1.5rem;line-height:1.2}\
fieldset{border:1px solid #8886;border-radius:.5rem;padding:1rem;margin:1.5rem 0}\
label{display:flex;gap:.75rem;align-items:center;min-height:2.75rem}\
input{width:1.25rem;height:1.25rem;accent-color:var(--accent)}\
button{font:inherit;min-height:2.75rem;padding:.5rem 1.25rem;margin:0 .5rem .5rem 0;border-radius:.5rem;\
border:1px solid currentColor;background:none;color:inherit;cursor:pointer}\
button.main{background:CanvasText;border-color:CanvasText;color:Canvas}\
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}\
[role=status]{border-left:4px solid var(--accent);padding:.5rem 1rem;margin:0 0 1rem}";

fn number(context: &Context, effect: &str, tag: &str) -> Answer<u64> {
    let is_ours = auth::signed(&context.env, "unsubscribe", effect, tag);
    let key = key_of_effect(effect).filter(|_| is_ours);
    let number = key.map(|key| shard_number(&context.env, key));
    number.ok_or_else(|| {
        Problem::not_found("this link was not made here, or it was cut short").into()
    })
}

/// Shows, and changes nothing.
pub(crate) async fn show(context: &Context, effect: &str, tag: &str) -> Answer {
    let number = number(context, effect, tag)?;
    let preferences = context.shard(number, "preferences", &effect).await?;
    page(context, &preferences, "")
}

/// Changes. A second time changes nothing.
pub(crate) async fn change(
    context: &Context,
    request: &mut Request,
    effect: &str,
    tag: &str,
) -> Answer {
    let number = number(context, effect, tag)?;
    let form = request.text().await?;
    if form.len() > FORM_BYTES_MAX {
        return Err(Problem::bad_request("this form is too long").into());
    }
    let (mut asked, mut types) = (String::new(), Vec::new());
    for (name, value) in form_urlencoded::parse(form.as_bytes()) {
        match name.as_ref() {
            "do" => asked = value.into_owned(),
            "type" => types.push(value.into_owned()),
            _ => {}
        }
    }
    let prefer = Prefer {
        effect: effect.to_owned(),
        wanted: match asked.as_str() {
            "save" => Some(types),
            _ => None,
        },
        everything: !asked.is_empty(),
    };
    let preferences = context.shard(number, "prefer", &prefer).await?;
    let done = match asked.as_str() {
        "save" => "Saved. From now on you get what is ticked here.",
        _ => "You are unsubscribed.",
    };
    page(context, &preferences, done)
}

fn page(context: &Context, preferences: &Preferences, done: &str) -> Answer {
    let nonce = auth::random_secret()?;
    let mut html = String::from("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.extend([
        "<title>Your subscriptions</title><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"robots\" content=\"noindex\"><style nonce=\"",
        &nonce,
        "\">",
        STYLE,
    ]);
    if let Some(color) = accent(context) {
        html.extend([":root{--accent:", &color, "}"]);
    }
    html.push_str("</style></head><body><main><h1>Your subscriptions</h1>");
    if !done.is_empty() {
        html.extend(["<p role=\"status\">", done, "</p>"]);
    }
    push_form(&mut html, preferences);
    html.push_str("</main></body></html>");
    let policy = [
        "default-src 'none'; style-src 'nonce-",
        &nonce,
        "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ]
    .concat();
    let headers = Headers::new();
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", policy.as_str()),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ] {
        headers.set(name, value)?;
    }
    Ok(Response::ok(html)?.with_headers(headers))
}

fn push_form(html: &mut String, Preferences { types, everything }: &Preferences) {
    html.push_str("<form method=\"post\">");
    if !everything {
        html.push_str("<p>You get nothing from us at the moment.</p>");
    }
    if !types.is_empty() {
        html.push_str("<fieldset><legend>What we may send you</legend>");
        for of in types {
            html.push_str("<label><input type=\"checkbox\" name=\"type\" value=\"");
            push_escaped(html, &of.id);
            html.push_str(if of.subscribed { "\" checked>" } else { "\">" });
            push_escaped(html, &of.name);
            html.push_str("</label>");
        }
        html.push_str("</fieldset>");
    }
    let save = match (types.is_empty(), everything) {
        (false, _) => "Save",
        (true, false) => "Subscribe again",
        (true, true) => "",
    };
    if !save.is_empty() {
        html.extend([
            "<button class=\"main\" name=\"do\" value=\"save\">",
            save,
            "</button>",
        ]);
    }
    if *everything {
        html.push_str("<button name=\"do\" value=\"leave\">Unsubscribe from everything</button>");
    }
    html.push_str("</form>");
}

/// The company's own colour, if it is one.
fn accent(context: &Context) -> Option<String> {
    let color = bindings::text(&context.env, bindings::BRAND_COLOR)?;
    let digits = color.strip_prefix('#')?;
    let is_color =
        matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_color.then_some(color)
}
