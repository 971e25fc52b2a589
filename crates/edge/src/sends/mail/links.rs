//! The links of a mail's HTML, led where someone wants them to go. It reads HTML as people and our own
//! renderer write it: what it does not understand, it leaves as it is.

use worker::Url;

use crate::html::push_escaped;

/// HTML with the address of each link replaced by what `lead` makes of it.
pub(super) fn lead_links(html: &str, lead: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(html.len() * 2);
    let mut rest = html;
    while let Some(at) = rest.find("<a") {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let end = end_of_tag(tag);
        let (tag, after) = tag.split_at(end);
        match address(tag) {
            Some((start, text)) => {
                let (head, tail) = tag.split_at(start);
                out.push_str(head);
                push_escaped(&mut out, &lead(&unescaped(text)));
                out.push_str(tail.get(text.len()..).unwrap_or_default());
            }
            None => out.push_str(tag),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where a tag ends: after the first `>` that no quotes are around.
fn end_of_tag(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'>') => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

/// The value of a link's `href`, and where in the tag it begins.
fn address(tag: &str) -> Option<(usize, &str)> {
    let is_space = |char: char| char.is_ascii_whitespace();
    let mut at = "<a".len();
    // A longer name is another tag's.
    if !tag.get(at..)?.starts_with(is_space) {
        return None;
    }
    loop {
        let rest = tag.get(at..)?;
        let attribute = rest.trim_start_matches(is_space);
        let name_bytes = attribute.find(|char| is_space(char) || matches!(char, '=' | '>'))?;
        let (name, after) = attribute.split_at(name_bytes);
        at += rest.len() - after.len();
        let Some(value) = after.strip_prefix('=') else {
            if after.starts_with('>') {
                return None;
            }
            continue;
        };
        let quote = value
            .chars()
            .next()
            .filter(|char| matches!(char, '"' | '\''));
        let text = match quote {
            Some(quote) => value.get(1..)?.split(quote).next()?,
            None => value.split(|char| is_space(char) || char == '>').next()?,
        };
        let quotes = usize::from(quote.is_some());
        let start = at + 1 + quotes;
        if name.eq_ignore_ascii_case("href") && quote.is_some() {
            return Some((start, text));
        }
        at = start + text.len() + quotes;
    }
}

/// The characters that an address may have to be written with.
const ESCAPES: [(&str, &str); 5] = [
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&#38;", "&"),
    ("&amp;", "&"),
];

fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (escape, char) in ESCAPES {
        plain = plain.replace(escape, char);
    }
    plain
}

/// A link that tells the company's own statistics which mail it was in. What it says already stays.
pub(super) fn with_utm(link: &str, series: &str, step: &str) -> Option<String> {
    let mut url = Url::parse(link).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    if !is_web || url.query_pairs().any(|(name, _)| name.starts_with("utm_")) {
        return None;
    }
    url.query_pairs_mut().extend_pairs([
        ("utm_source", "rekindle"),
        ("utm_medium", "email"),
        ("utm_campaign", series),
        ("utm_content", step),
    ]);
    Some(String::from(url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_led_and_nothing_else_is() {
        let led = |html: &str| lead_links(html, &|link| format!("[{link}]"));
        for (html, expected) in [
            ("", ""),
            ("<p>a</p>", "<p>a</p>"),
            ("<a href=\"x\">a</a>", "<a href=\"[x]\">a</a>"),
            (
                "<a class='b' href='x?a=1&amp;b=2'>a</a> <a\nhref=\"y\">",
                "<a class='b' href='[x?a=1&amp;b=2]'>a</a> <a\nhref=\"[y]\">",
            ),
            (
                "<a title=\"a > b href=c\" href=\"x\">",
                "<a title=\"a > b href=c\" href=\"[x]\">",
            ),
            ("<a href=\"o&#39;k&quot;\">", "<a href=\"[o&#39;k&quot;]\">"),
            // Other tags, other attributes, what was not finished, what no quotes are around.
            ("<abbr href=\"x\">", "<abbr href=\"x\">"),
            ("<a data-href=\"x\">", "<a data-href=\"x\">"),
            ("<a href=x>", "<a href=x>"),
            ("<a href=\"x", "<a href=\"[x]"),
            (
                "<img src=\"x\"><a name=\"y\">",
                "<img src=\"x\"><a name=\"y\">",
            ),
            ("<a", "<a"),
        ] {
            assert_eq!(led(html), expected, "{html}");
        }
    }

    #[test]
    fn links_tell_which_mail_they_were_in() {
        let utm = |link: &str| with_utm(link, "win back", "mail");
        assert_eq!(
            utm("https://shop.example/?a=1").as_deref(),
            Some(
                "https://shop.example/?a=1&utm_source=rekindle&utm_medium=email\
                 &utm_campaign=win+back&utm_content=mail"
            )
        );
        for link in [
            "https://shop.example/?utm_source=x",
            "mailto:a@b.example",
            "/near",
            "",
        ] {
            assert_eq!(utm(link), None, "{link}");
        }
    }
}
