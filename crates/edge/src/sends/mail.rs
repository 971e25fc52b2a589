//! A mail from its parts: HTML from Markdown, headers from the effect.
//! Values of the person arrive escaped for Markdown; HTML written in a body is shown as text.

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, html::push_html};
use rekindle_core::time::format_mail_date;
use serde_json::{Value as Json, json};
use worker::Env;

use crate::{auth, bindings};

const FROM_DEFAULT: &str = "Rekindle <hello@localhost>";

/// The parts and headers of a mail.
pub(crate) fn compose(
    env: &Env,
    effect: &str,
    at: i64,
    to: &str,
    subject: &str,
    text: &str,
    markdown: &str,
) -> Json {
    let from = bindings::text(env, bindings::MAIL_FROM).unwrap_or_else(|| FROM_DEFAULT.to_owned());
    let domain = from
        .rsplit_once('@')
        .map_or("localhost", |(_, domain)| domain.trim_end_matches('>'));
    let mut headers = BTreeMap::from([
        ("From", from.clone()),
        ("To", to.to_owned()),
        ("Subject", subject.to_owned()),
        ("Date", format_mail_date(at)),
        ("Message-ID", format!("<{effect}@{domain}>")),
    ]);
    let mut text = text.to_owned();
    let mut html = to_html(markdown);
    if let Some(link) = unsubscribe_link(env, effect) {
        // RFC 8058: one click, by POST, without a question in between.
        headers.insert("List-Unsubscribe", format!("<{link}>"));
        headers.insert(
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        );
        text = format!("{text}\n\n--\nUnsubscribe: {link}\n");
        html = format!(
            "{html}<p style=\"margin-top:32px;font-size:13px\"><a href=\"{link}\" style=\"color:inherit\">\
             Unsubscribe</a></p>"
        );
    }
    json!({ "to": to, "subject": subject, "text": text, "html": page(&html), "headers": headers })
}

/// Where a person unsubscribes: signed, without their id in it.
fn unsubscribe_link(env: &Env, effect: &str) -> Option<String> {
    let origin = bindings::text(env, bindings::ORIGIN)?;
    let tag = auth::sign(env, "unsubscribe", effect)?;
    Some(format!("{origin}/u/{effect}/{tag}"))
}

fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let events = Parser::new_ext(markdown, options).map(|event| {
        if let Event::Html(html) | Event::InlineHtml(html) = event {
            Event::Text(html)
        } else {
            event
        }
    });
    let mut html = String::new();
    push_html(&mut html, events);
    html
}

/// The frame that a mail's text stands in: readable width, light and dark.
fn page(content: &str) -> String {
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"></head>\
         <body style=\"margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif\">\
         <div style=\"max-width:560px;margin:0 auto\">{content}</div></body></html>"
    )
}
