//! Escaping: makes a person's text harmless for the place it is written to.
//! Does not sanitise HTML and does not judge links: it only keeps data from becoming markup.

use serde::{Deserialize, Serialize};

/// Where the rendered text goes, and so how each output is escaped. Literal text is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sink {
    /// Plain text: nothing is escaped.
    Plain,
    /// HTML text: `&`, `<`, `>`, `"` and `'` become entities.
    Html,
    /// A quoted attribute of HTML: as [`Sink::Html`].
    Attribute,
    /// Part of a URL: everything but letters, digits and `-._~` is percent-encoded.
    Url,
    /// A header of an email: line ends and other control characters become spaces.
    Subject,
    /// Markdown: punctuation with a meaning gets a backslash, white space becomes one space.
    Markdown,
}

impl Sink {
    /// Appends `text` to `out`, escaped.
    pub(super) fn write(self, out: &mut String, text: &str) {
        match self {
            Self::Plain => out.push_str(text),
            Self::Html | Self::Attribute => escape_html(out, text),
            Self::Url => percent_encode(out, text, b"-._~"),
            Self::Subject => out.extend(text.chars().map(|c| if breaks(c) { ' ' } else { c })),
            Self::Markdown => escape_markdown(out, text),
        }
    }

    /// Whether text that the `escape` filter made is right for it as it stands.
    pub(super) fn takes_html(self) -> bool {
        match self {
            Self::Html | Self::Attribute => true,
            Self::Plain | Self::Url | Self::Subject | Self::Markdown => false,
        }
    }
}

/// Appends `text` with the five characters of HTML as entities.
pub(crate) fn escape_html(out: &mut String, text: &str) {
    for c in text.chars() {
        match entity(c) {
            Some(entity) => out.push_str(entity),
            None => out.push(c),
        }
    }
}

/// The entity of a character that has a meaning in HTML.
pub(super) fn entity(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&#39;",
        _ => return None,
    })
}

/// Appends `text` percent-encoded, but for ASCII letters, digits and `kept`.
pub(crate) fn percent_encode(out: &mut String, text: &str, kept: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                out.push(digit.to_ascii_uppercase());
            }
        }
    }
}

/// Whether a character ends a line or controls the terminal or the header.
fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

fn escape_markdown(out: &mut String, text: &str) {
    // Runs of white space become one space: a line break would start a heading or a list, four
    // spaces a block of code, two before the end a line break.
    let mut spaced = false;
    for c in text.chars() {
        if breaks(c) || c == ' ' {
            if !spaced {
                out.push(' ');
            }
            spaced = true;
            continue;
        }
        spaced = false;
        // Everything but `%`, `,`, `;`, `?`, `/`, `'` and `"`, which mean nothing by themselves; `:`,
        // `.` and `@` are what turns bare text into a link.
        if c.is_ascii_punctuation() && !matches!(c, '%' | ',' | ';' | '?' | '/' | '\'' | '"') {
            out.push('\\');
        }
        out.push(c);
    }
}
