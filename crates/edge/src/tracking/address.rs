//! The addresses that lead back here from a mail. They hold the effect, the instant at which
//! the mail was decided, and for a link where it leads, all signed: there is no redirect to anywhere
//! else, and nothing of the person in them but what the link itself has.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rekindle_core::hash::hex64;
use worker::{Env, Url};

use crate::{auth, bindings};

// LIMIT: some mail clients cut addresses off after about 2,000 bytes; base64 makes them longer by a
// third. A longer link is left as it is, and its clicks are not counted.
const LINK_BYTES_MAX: usize = 1_400;

/// What a signed address says.
pub(super) struct Signed {
    /// When the mail was decided, Unix ms.
    pub(super) at: i64,
}

/// Where a link leads by way of us; `None` when it is not to be counted.
pub(crate) fn click(env: &Env, effect: &str, at: i64, to: &str) -> Option<String> {
    let to = web_address(to)?;
    let link = URL_SAFE_NO_PAD.encode(to.as_str());
    let origin = bindings::text(env, bindings::ORIGIN)?;
    let tag = tag(env, "click", &[effect, &link], at)?;
    Some([&origin, "/c/", effect, "/", &link, "/", &tag].concat())
}

/// Where the picture of a mail is.
pub(crate) fn open(env: &Env, effect: &str, at: i64) -> Option<String> {
    let origin = bindings::text(env, bindings::ORIGIN)?;
    let tag = tag(env, "open", &[effect], at)?;
    Some([&origin, "/o/", effect, "/", &tag].concat())
}

/// Where a link leads, if we made it.
pub(super) fn signed_click(
    env: &Env,
    effect: &str,
    link: &str,
    tag: &str,
) -> Option<(Url, Signed)> {
    let signed = signed(env, "click", &[effect, link], tag)?;
    let to = String::from_utf8(URL_SAFE_NO_PAD.decode(link).ok()?).ok()?;
    Some((web_address(&to)?, signed))
}

/// Whether we made the address of a picture.
pub(super) fn signed_open(env: &Env, effect: &str, tag: &str) -> Option<Signed> {
    signed(env, "open", &[effect], tag)
}

fn web_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (text.len() <= LINK_BYTES_MAX && matches!(url.scheme(), "http" | "https")).then_some(url)
}

/// The instant in hexadecimal, a dash, the signature.
fn tag(env: &Env, purpose: &str, parts: &[&str], at: i64) -> Option<String> {
    let at = hex64(at.cast_unsigned());
    let mac = auth::sign(env, purpose, &message(&at, parts))?;
    Some([&at, "-", &mac].concat())
}

fn message(at: &str, parts: &[&str]) -> String {
    [at, "\0", &parts.join("\0")].concat()
}

fn signed(env: &Env, purpose: &str, parts: &[&str], tag: &str) -> Option<Signed> {
    let (at, mac) = tag.split_once('-')?;
    auth::signed(env, purpose, &message(at, parts), mac).then_some(())?;
    let at = u64::from_str_radix(at, 16).ok()?.cast_signed();
    Some(Signed { at })
}
