//! Plain text from HTML, and the tags of a document one by one. Reads what authors and their tools write;
//! a document that is not well formed gives text all the same. Not a sanitiser.

/// A part of a document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// What stands between tags, with its entities.
    Text(&'a str),
    /// A tag with what stands behind its name.
    Tag {
        name: &'a str,
        is_end: bool,
        rest: &'a str,
    },
}

/// The tags and texts of a document; comments, what only Outlook reads among them, are left out.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// What is open whose contents are no HTML.
    raw: Option<&'static str>,
}

/// Elements whose contents are not read as HTML.
const RAW: [&str; 4] = ["style", "script", "title", "textarea"];

impl<'a> Tokens<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self {
            rest: html,
            raw: None,
        }
    }

    fn text(&mut self, end: usize) -> Option<Token<'a>> {
        let (text, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(Token::Text(text))
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if let Some(name) = self.raw.take()
                && let end = end_of(self.rest, name)
                && end > 0
            {
                return self.text(end);
            }
            let Some(inner) = self.rest.strip_prefix('<') else {
                return self.text(self.rest.find('<').unwrap_or(self.rest.len()));
            };
            if let Some(comment) = inner.strip_prefix("!--") {
                self.rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
                continue;
            }
            if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c)) {
                // A sign that opens nothing.
                let end = inner.find('<').map_or(self.rest.len(), |at| at + 1);
                return self.text(end);
            }
            let end = tag_end(inner);
            let tag = inner.get(..end).unwrap_or_default();
            self.rest = inner.get(end + 1..).unwrap_or_default();
            let is_end = tag.starts_with('/');
            let tag = tag.trim_start_matches('/');
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ':';
            let (name, rest) = tag
                .split_at_checked(tag.find(|c| !is_name(c)).unwrap_or(tag.len()))
                .unwrap_or((tag, ""));
            self.raw = RAW
                .into_iter()
                .find(|raw| !is_end && name.eq_ignore_ascii_case(raw));
            return Some(Token::Tag { name, is_end, rest });
        }
    }
}

/// Where a tag ends: at the first `>` that is not quoted.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// Where what is no HTML ends.
fn end_of(text: &str, name: &str) -> usize {
    let ends = text.match_indices("</").find(|(at, _)| {
        let tag = text.get(at + 2..at + 2 + name.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name))
    });
    ends.map_or(text.len(), |(at, _)| at)
}

/// The value of an attribute, as it is written; `None` where the tag has none of this name.
pub(super) fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=' || c == '/')
            .unwrap_or(rest.len());
        let (found, after) = rest.split_at_checked(end.max(rest.chars().next()?.len_utf8()))?;
        let (value, next) = match after.trim_start().strip_prefix('=') {
            Some(value) => value_of(value.trim_start()),
            None => ("", after),
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = next;
    }
}

fn value_of(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// What the document says, in plain text: a line for each part, links as `label (address)`.
pub(super) fn text(html: &str) -> String {
    let mut plain = Plain::default();
    // What is not shown, by the name of its tag, and how many of that name are open within.
    let mut unseen: Option<(&str, u32)> = None;
    for token in Tokens::new(html) {
        if let Some((hidden, depth)) = &mut unseen {
            if let Token::Tag { name, is_end, .. } = token
                && name.eq_ignore_ascii_case(hidden)
            {
                *depth = if is_end { *depth - 1 } else { *depth + 1 };
                if *depth == 0 {
                    unseen = None;
                }
            }
            continue;
        }
        match token {
            Token::Text(text) => plain.words(&decoded(text)),
            Token::Tag {
                name,
                is_end: false,
                rest,
            } if is_unseen(name, rest) => {
                unseen = Some((name, 1));
            }
            Token::Tag { name, is_end, rest } => {
                let mut name = name.to_owned();
                name.make_ascii_lowercase();
                plain.tag(&name, is_end, rest);
            }
        }
    }
    plain.out.truncate(plain.out.trim_end().len());
    plain.out
}

fn is_unseen(name: &str, attributes: &str) -> bool {
    const SINGLE: [&str; 3] = ["img", "br", "hr"];
    let is = |other: &&str| name.eq_ignore_ascii_case(other);
    if ["head", "style", "script", "title"].iter().any(is) {
        return true;
    }
    let style = attribute(attributes, "style").unwrap_or_default();
    let style: String = style.split_whitespace().collect();
    !SINGLE.iter().any(is) && style.contains("display:none")
}

#[derive(Default)]
struct Plain {
    out: String,
    /// White space that came since the last word.
    spaced: bool,
    /// Line breaks that are due before the next word.
    breaks: usize,
    /// What stands before the next word.
    mark: &'static str,
    /// The open link: where it leads, and where its words begin.
    link: Option<(String, usize)>,
}

impl Plain {
    fn words(&mut self, text: &str) {
        for c in text.chars() {
            // Joiners and spaces of no width fill preheaders up.
            if matches!(
                c,
                '\u{34f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}'
            ) {
                continue;
            }
            if c.is_whitespace() {
                self.spaced = true;
                continue;
            }
            self.begin();
            self.out.push(c);
        }
    }

    /// Puts what is due before a word.
    fn begin(&mut self) {
        if !self.out.is_empty() && self.breaks > 0 {
            for _ in 0..self.breaks {
                self.out.push('\n');
            }
        } else if self.spaced && !self.out.is_empty() && !self.out.ends_with(['\n', ' ']) {
            self.out.push(' ');
        }
        self.out.push_str(std::mem::take(&mut self.mark));
        (self.breaks, self.spaced) = (0, false);
    }

    fn tag(&mut self, name: &str, is_end: bool, rest: &str) {
        match name {
            "br" => self.breaks = (self.breaks + 1).min(2),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" => {
                self.breaks = 2;
            }
            "div" | "table" | "tr" | "td" | "th" | "section" | "center" => {
                self.breaks = self.breaks.max(1);
            }
            "li" => {
                self.breaks = self.breaks.max(1);
                self.mark = if is_end { "" } else { "- " };
            }
            "hr" => {
                self.breaks = 2;
                self.words("---");
                self.breaks = 2;
            }
            "img" => {
                let alt = decoded(attribute(rest, "alt").unwrap_or_default());
                self.words(&alt);
            }
            "a" if is_end => self.leads(),
            "a" => {
                let address = decoded(attribute(rest, "href").unwrap_or_default());
                self.link = Some((address, self.out.len()));
            }
            _ => {}
        }
    }

    /// Says where a link leads, if its words do not say so themselves.
    fn leads(&mut self) {
        let Some((address, from)) = self.link.take() else {
            return;
        };
        let label = self.out.get(from..).unwrap_or_default().trim();
        let says_it = address.strip_prefix("mailto:").unwrap_or(&address) == label;
        if says_it || !super::address::is_whole(&address) {
            return;
        }
        if label.is_empty() {
            self.words(&address);
        } else {
            for piece in [" (", &address, ")"] {
                self.out.push_str(piece);
            }
        }
    }
}

/// Text with its entities as the characters that they stand for; those that mails use.
pub(super) fn decoded(text: &str) -> String {
    // LIMIT: the longest of those known here.
    const ENTITY_BYTES_MAX: usize = 10;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after
            .split_once(';')
            .filter(|(name, _)| name.len() <= ENTITY_BYTES_MAX)
            .and_then(|(name, next)| Some((character(name)?, next)));
        if let Some((c, next)) = entity {
            out.push(c);
            rest = next;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn character(entity: &str) -> Option<char> {
    if let Some(number) = entity.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "zwnj" => '\u{200c}',
        "zwj" => '\u{200d}',
        "shy" => '\u{ad}',
        "middot" => '·',
        "bull" => '•',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "euro" => '€',
        _ => return None,
    })
}
