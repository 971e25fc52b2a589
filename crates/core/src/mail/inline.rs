//! The marks within text: `**bold**`, `*italic*`, `~~struck~~`, `` `code` ``, `[words](address)`,
//! `![picture](address)`, `<https://address>`. Knows no HTML: whatever is no mark is text.
//!
//! A small part of `CommonMark` 0.31: marks embrace words, `\` before punctuation takes its meaning, and a
//! line break is one. What a person's values contain arrives with backslashes and so means nothing.

use super::{address, layout, paper::Paper};

// LIMIT: marks within marks that anyone can tell apart.
const DEPTH_MAX: u32 = 8;

// LIMIT: the words of a link fit a screen, and mail programs follow no longer addresses. It also bounds
// what is looked through for a bracket that never closes.
const LABEL_BYTES_MAX: usize = 1_000;
const ADDRESS_BYTES_MAX: usize = 2_048;

/// The marks with what they are in HTML, the longer ones first.
const MARKS: [(&str, &str); 5] = [
    ("**", "strong"),
    ("__", "strong"),
    ("~~", "s"),
    ("*", "em"),
    ("_", "em"),
];

/// Writes text with its marks to both parts.
pub(super) fn write(paper: &mut Paper<'_>, source: &str) {
    Line {
        paper,
        in_link: false,
    }
    .write(source, 0);
}

struct Line<'a, 'b> {
    paper: &'a mut Paper<'b>,
    /// No link stands within a link.
    in_link: bool,
}

impl Line<'_, '_> {
    fn write(&mut self, source: &str, depth: u32) {
        let mut rest = source;
        let mut before = ' ';
        // Marks that nothing closes from here on: they are not looked for again.
        let mut open = [false; MARKS.len()];
        while let Some(c) = rest.chars().next() {
            if let Some(after) = self.mark(rest, before, depth, &mut open) {
                before = last(rest, after);
                rest = after;
                continue;
            }
            let plain = rest.strip_prefix('\\').and_then(|after| {
                let escaped = after.chars().next()?;
                escaped.is_ascii_punctuation().then_some((escaped, after))
            });
            let (c, from) = plain.unwrap_or((c, rest));
            match c {
                '\n' => {
                    self.paper.tag(&["<br>"]);
                    self.paper.text.push('\n');
                }
                c => self.paper.words(c.encode_utf8(&mut [0; 4])),
            }
            before = c;
            rest = from.get(c.len_utf8()..).unwrap_or_default();
        }
    }

    /// Writes the mark that the text begins with, if there is one; what comes after it.
    fn mark<'t>(
        &mut self,
        rest: &'t str,
        before: char,
        depth: u32,
        open: &mut [bool; MARKS.len()],
    ) -> Option<&'t str> {
        match rest.as_bytes().first()? {
            b'`' => self.code(rest),
            b'[' => self.link(rest, depth),
            b'!' => self.image(rest),
            b'<' => self.bare(rest),
            b'*' | b'_' | b'~' if depth < DEPTH_MAX => self.embrace(rest, before, depth, open),
            _ => None,
        }
    }

    fn embrace<'t>(
        &mut self,
        rest: &'t str,
        before: char,
        depth: u32,
        open: &mut [bool; MARKS.len()],
    ) -> Option<&'t str> {
        for ((mark, tag), open) in MARKS.into_iter().zip(open) {
            let Some(after) = rest.strip_prefix(mark).filter(|_| !*open) else {
                continue;
            };
            // An underscore within a word is a part of it.
            let is_within = mark.starts_with('_') && before.is_alphanumeric();
            if is_within || after.starts_with(char::is_whitespace) {
                continue;
            }
            let Some(end) = closing(after, mark) else {
                *open = true;
                continue;
            };
            let (inner, rest) = after.split_at_checked(end)?;
            self.paper.tag(&["<", tag, ">"]);
            self.write(inner, depth + 1);
            self.paper.tag(&["</", tag, ">"]);
            return rest.get(mark.len()..);
        }
        None
    }

    fn code<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let (code, rest) = rest.strip_prefix('`')?.split_once('`')?;
        if code.is_empty() || code.len() > LABEL_BYTES_MAX {
            return None;
        }
        self.paper.tag(&["<code>"]);
        self.paper.words(code);
        self.paper.tag(&["</code>"]);
        Some(rest)
    }

    /// `[words](address)`; where the address is none, the words stay.
    fn link<'t>(&mut self, rest: &'t str, depth: u32) -> Option<&'t str> {
        if self.in_link || depth >= DEPTH_MAX {
            return None;
        }
        let (label, address, rest) = linked(rest)?;
        let address = address::whole(&address);
        let from = self.paper.text.len();
        if let Some(address) = &address {
            self.paper.link(address);
        }
        self.in_link = true;
        self.write(label, depth + 1);
        self.in_link = false;
        if let Some(address) = &address {
            self.paper.tag(&["</a>"]);
            self.paper.leads(from, address);
        }
        Some(rest)
    }

    /// `![what it shows](address)`; where the address is none, what it shows stays.
    fn image<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let (alt, address, rest) = linked(rest.strip_prefix('!')?)?;
        let alt = unescaped(alt);
        match address::whole(&address).filter(|address| address::is_web(address)) {
            Some(address) => {
                layout::picture(self.paper, &address, &alt, None);
                self.paper.text.push_str(&alt);
            }
            None => self.paper.words(&alt),
        }
        Some(rest)
    }

    /// `<https://address>`.
    fn bare<'t>(&mut self, rest: &'t str) -> Option<&'t str> {
        let window = floor(rest.strip_prefix('<')?, ADDRESS_BYTES_MAX);
        let (inner, _) = window.split_once('>')?;
        let is_one = !self.in_link && !inner.contains(char::is_whitespace);
        let address = address::whole(inner).filter(|_| is_one)?;
        self.paper.link(&address);
        self.paper.words(inner);
        self.paper.tag(&["</a>"]);
        rest.get(inner.len() + 2..)
    }
}

/// The last character of `rest` before `after`.
fn last(rest: &str, after: &str) -> char {
    let taken = rest.get(..rest.len() - after.len()).unwrap_or_default();
    taken.chars().next_back().unwrap_or(' ')
}

/// Where a mark is closed: behind a word, at the end of a run of its character. A single mark is not
/// closed by a double one.
fn closing(text: &str, mark: &str) -> Option<usize> {
    let one = mark.chars().next()?;
    let mut chars = text.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            before = chars.next().map_or(' ', |(_, escaped)| escaped);
            continue;
        }
        if c != one {
            before = c;
            continue;
        }
        let mut run = 1;
        while chars.next_if(|(_, next)| *next == one).is_some() {
            run += 1;
        }
        let fits = if mark.len() == 1 { run != 2 } else { run >= 2 };
        let after = chars.peek().map_or(' ', |(_, next)| *next);
        let is_within = one == '_' && after.is_alphanumeric();
        if fits && !before.is_whitespace() && !is_within {
            return Some(at + run - mark.len());
        }
        before = one;
    }
    None
}

/// The words, the address and the rest of `[words](address "title")rest`.
fn linked(text: &str) -> Option<(&str, String, &str)> {
    let text = text.strip_prefix('[')?;
    let end = enclosed(floor(text, LABEL_BYTES_MAX), '[', ']')?;
    let (label, rest) = text.split_at_checked(end)?;
    let rest = rest.strip_prefix("](")?;
    let end = enclosed(floor(rest, ADDRESS_BYTES_MAX), '(', ')')?;
    let (target, rest) = rest.split_at_checked(end)?;
    let target = target.split(" \"").next().unwrap_or_default().trim();
    let target = target.strip_prefix('<').unwrap_or(target);
    let target = target.strip_suffix('>').unwrap_or(target);
    Some((label, unescaped(target), rest.get(1..)?))
}

/// Where what was opened before `text` is closed; pairs within it belong to it.
fn enclosed(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_u32;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == open {
            depth += 1;
        } else if c == close {
            match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some(at),
            }
        }
    }
    None
}

/// Text without the backslashes that take the meaning of punctuation.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = chars.next_if(|next| c == '\\' && next.is_ascii_punctuation());
        out.push(escaped.unwrap_or(c));
    }
    out
}

/// The start of a text, of so many bytes at most.
fn floor(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

/// Where the links and pictures of a text lead, as they are written.
pub(super) fn targets(source: &str) -> impl Iterator<Item = String> + '_ {
    source
        .match_indices('[')
        .filter_map(|(at, _)| linked(source.get(at..)?).map(|(_, target, _)| target))
}
