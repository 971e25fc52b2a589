//! What can be sent and was probably not meant: links that lead nowhere, pictures that say nothing to
//! those who do not see them. What cannot be sent is for `read`.

use super::{
    address::{is_filled_in, is_whole},
    inline,
    read::{Report, Source, html_targets},
    strip::{Token, Tokens, attribute},
};
use crate::value::Value;

/// Says everything that was probably not meant.
pub(crate) fn warnings(source: Source<'_>, report: Report<'_>) {
    if let Some(body) = source.body {
        links("the mail", inline::targets(body), report);
    }
    if let Some(html) = source.html {
        // A part of the page itself is a place to go to, as far as a mail has one.
        links(
            "`html`",
            html_targets(html).filter(|target| !target.starts_with('#')),
            report,
        );
        let pictures = Tokens::new(html).filter(|token| match token {
            Token::Tag { name, rest, .. } => {
                name.eq_ignore_ascii_case("img") && attribute(rest, "alt").is_none()
            }
            Token::Text(_) => false,
        });
        let count = pictures.count();
        if count > 0 {
            let message = format!(
                "{count} of the pictures in `html` have no `alt`: say what they show, or write \
                 `alt=\"\"` for decoration"
            );
            report("alt", message);
        }
    }
    if let Some(Value::List(items)) = source.blocks {
        blocks("blocks", items, report);
    }
}

fn blocks(place: &str, items: &[Value], report: Report<'_>) {
    for (number, item) in items.iter().enumerate() {
        let Value::Map(fields) = item else {
            continue;
        };
        let place = format!("{place}[{number}]");
        let is_image = fields.get("kind") == Some(&Value::from("image"));
        if is_image && !fields.contains_key("alt") {
            let message = format!(
                "`{place}.alt` is missing: say what the picture shows, or write `\"\"` for decoration"
            );
            report("alt", message);
        }
        if let Some(Value::Text(text)) = fields.get("text") {
            links(&format!("`{place}.text`"), inline::targets(text), report);
        }
        if let Some(Value::List(columns)) = fields.get("columns") {
            for (column, items) in columns.iter().enumerate() {
                if let Value::List(items) = items {
                    blocks(&format!("{place}.columns[{column}]"), items, report);
                }
            }
        }
    }
}

fn links(whose: &str, targets: impl Iterator<Item = String>, report: Report<'_>) {
    for target in targets.filter(|target| !is_whole(target) && !is_filled_in(target)) {
        let message = format!(
            "a link of {whose} leads to `{target}`: write a whole address that begins with https://"
        );
        report("link", message);
    }
}
