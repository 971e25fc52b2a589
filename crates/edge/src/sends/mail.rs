//! A mail from its parts: both bodies as the core made them, headers from the effect.
//! Adds nothing to what it says but the link by which one leaves.

use std::collections::BTreeMap;

use rekindle_core::{mail::place_unsubscribe, time::format_mail_date};
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
    html: &str,
    text: &str,
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
    let (mut html, mut text) = (html.to_owned(), text.to_owned());
    let link = unsubscribe_link(env, effect);
    place_unsubscribe(&mut html, &mut text, link.as_deref());
    if let Some(link) = link {
        // RFC 8058: one click, by POST, without a question in between.
        headers.insert("List-Unsubscribe", format!("<{link}>"));
        headers.insert(
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        );
    }
    json!({ "to": to, "subject": subject, "text": text, "html": html, "headers": headers })
}

/// Where a person unsubscribes: signed, without their id in it.
fn unsubscribe_link(env: &Env, effect: &str) -> Option<String> {
    let origin = bindings::text(env, bindings::ORIGIN)?;
    let tag = auth::sign(env, "unsubscribe", effect)?;
    Some(format!("{origin}/u/{effect}/{tag}"))
}
