//! A mail from what the series wrote: HTML from Markdown, links that are counted, and
//! the way out.
//! Values of the person arrive escaped for Markdown; HTML written in a body is shown as text.

use pulldown_cmark::{Event, Options, Parser, html::push_html};
use worker::Env;

use super::{
    address::{Address, one_line},
    links::{lead_links, with_utm},
    message::Mail,
    settings::Tracked,
};
use crate::{auth, bindings, tracking};

/// What the series wrote.
pub(in crate::sends) struct Words<'a> {
    pub(in crate::sends) to: &'a str,
    pub(in crate::sends) subject: &'a str,
    pub(in crate::sends) text: &'a str,
    pub(in crate::sends) markdown: &'a str,
}

/// Which message of which series it is.
pub(super) struct About<'a> {
    pub(super) effect: &'a str,
    pub(super) series: &'a str,
    pub(super) step: &'a str,
    /// When it was decided, Unix ms.
    pub(super) at: i64,
}

/// The mail with its parts.
pub(super) fn compose(
    env: &Env,
    from: Address,
    to: Address,
    tracked: Tracked,
    about: &About<'_>,
    words: &Words<'_>,
) -> Mail {
    let effect = about.effect;
    let mut text = words.text.to_owned();
    let mut html = lead_links(&to_html(words.markdown), &|link| {
        let link = with_utm(link, about.series, about.step)
            .filter(|_| tracked.utm)
            .unwrap_or_else(|| link.to_owned());
        let led = tracked
            .clicks
            .then(|| tracking::click(env, effect, about.at, &link));
        led.flatten().unwrap_or(link)
    });
    let unsubscribe = unsubscribe_link(env, effect);
    if let Some(link) = &unsubscribe {
        text.extend(["\n\n--\nUnsubscribe: ", link, "\n"]);
        html.extend([
            "<p style=\"margin-top:32px;font-size:13px\"><a href=\"",
            link,
            "\" style=\"color:inherit\">Unsubscribe</a></p>",
        ]);
    }
    if let Some(picture) = tracked
        .opens
        .then(|| tracking::open(env, effect, about.at))
        .flatten()
    {
        html.extend([
            "<img src=\"",
            &picture,
            "\" width=\"1\" height=\"1\" alt=\"\">",
        ]);
    }
    Mail {
        effect: effect.to_owned(),
        from,
        to,
        subject: one_line(words.subject),
        text,
        html: page(&html),
        at: about.at,
        unsubscribe,
    }
}

/// Where a person unsubscribes: signed, without their id in it.
fn unsubscribe_link(env: &Env, effect: &str) -> Option<String> {
    let origin = bindings::text(env, bindings::ORIGIN)?;
    let tag = auth::sign(env, "unsubscribe", effect)?;
    Some([&origin, "/u/", effect, "/", &tag].concat())
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
    [
        "<!doctype html><html><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"></head>\
         <body style=\"margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif\">\
         <div style=\"max-width:560px;margin:0 auto\">",
        content,
        "</div></body></html>",
    ]
    .concat()
}
