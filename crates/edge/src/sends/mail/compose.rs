//! A mail from what the core wrote: both bodies with links that are counted, the picture that counts
//! opens, and the way out.

use rekindle_core::mail::{UNSUBSCRIBE_URL, place_unsubscribe};
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
    pub(in crate::sends) html: &'a str,
    pub(in crate::sends) text: &'a str,
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
    let mut html = lead_links(words.html, &|link| {
        // Who leaves is not led through a count of clicks.
        if link == UNSUBSCRIBE_URL {
            return link.to_owned();
        }
        let link = with_utm(link, about.series, about.step)
            .filter(|_| tracked.utm)
            .unwrap_or_else(|| link.to_owned());
        let led = tracked
            .clicks
            .then(|| tracking::click(env, effect, about.at, &link));
        led.flatten().unwrap_or(link)
    });
    let unsubscribe = unsubscribe_link(env, effect);
    place_unsubscribe(&mut html, &mut text, unsubscribe.as_deref());
    if let Some(picture) = tracked
        .opens
        .then(|| tracking::open(env, effect, about.at))
        .flatten()
    {
        let end = html.to_ascii_lowercase().rfind("</body>");
        let picture = [
            "<img src=\"",
            &picture,
            "\" width=\"1\" height=\"1\" alt=\"\">",
        ];
        html.insert_str(end.unwrap_or(html.len()), &picture.concat());
    }
    Mail {
        effect: effect.to_owned(),
        from,
        to,
        subject: one_line(words.subject),
        text,
        html,
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
