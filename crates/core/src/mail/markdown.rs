//! Text in Markdown, line by line: paragraphs, headings, lists, quotes, lines across. Marks within a
//! line are for `inline`. A line break is kept; lists do not nest; there is no HTML and no table.

use super::{
    inline,
    layout::{divider, heading},
    paper::{Paper, middle},
};

/// What a line begins.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Blank,
    Heading(u8),
    Divider,
    Bullet,
    Number,
    Quote,
    Words,
}

/// Writes text to both parts.
pub(super) fn write(paper: &mut Paper<'_>, source: &str, centred: bool) {
    let mut lines = source.lines().map(read).peekable();
    while let Some((kind, first)) = lines.next() {
        match kind {
            Kind::Blank => {}
            Kind::Heading(level) => heading(paper, first, level, centred),
            Kind::Divider => divider(paper),
            Kind::Bullet | Kind::Number => {
                let mut items = vec![first.to_owned()];
                while let Some((next, words)) = lines.peek().copied() {
                    match next {
                        next if next == kind => items.push(words.to_owned()),
                        Kind::Words => continued(&mut items, words),
                        // A blank line between items is none after the last.
                        Kind::Blank => {}
                        Kind::Heading(_)
                        | Kind::Divider
                        | Kind::Bullet
                        | Kind::Number
                        | Kind::Quote => break,
                    }
                    lines.next();
                    if next == Kind::Blank && !lines.peek().is_some_and(|(after, _)| *after == kind)
                    {
                        break;
                    }
                }
                list(paper, kind == Kind::Number, &items);
            }
            Kind::Quote | Kind::Words => {
                let mut words = first.to_owned();
                while let Some((_, more)) = lines.next_if(|(next, _)| *next == kind) {
                    words.push('\n');
                    words.push_str(more);
                }
                if kind == Kind::Quote {
                    quote(paper, &words);
                } else {
                    paragraph(paper, &words, centred);
                }
            }
        }
    }
}

fn continued(items: &mut [String], words: &str) {
    if let Some(item) = items.last_mut() {
        item.push('\n');
        item.push_str(words);
    }
}

/// What a line begins, and what it says.
fn read(line: &str) -> (Kind, &str) {
    let line = line.trim();
    let is_across = |mark: char| {
        let marks = line.chars().filter(|c| *c == mark).count();
        marks >= 3 && line.chars().all(|c| c == mark || c == ' ')
    };
    if line.is_empty() {
        return (Kind::Blank, line);
    }
    if ['-', '*', '_'].into_iter().any(is_across) {
        return (Kind::Divider, "");
    }
    if let Some(words) = line.strip_prefix('>') {
        return (Kind::Quote, words.trim_start());
    }
    let mark = line.split(' ').next().unwrap_or_default();
    let words = line.get(mark.len() + 1..).unwrap_or_default().trim_start();
    let digits = mark.trim_end_matches(['.', ')']);
    let kind = match mark {
        "#" => Kind::Heading(1),
        "##" => Kind::Heading(2),
        "###" | "####" | "#####" | "######" => Kind::Heading(3),
        "-" | "*" | "+" => Kind::Bullet,
        _ if digits.len() + 1 == mark.len()
            && (1..=9).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Kind::Number
        }
        _ => Kind::Words,
    };
    // A mark with nothing behind it is text.
    if kind == Kind::Words || words.is_empty() {
        (Kind::Words, line)
    } else {
        (kind, words)
    }
}

fn paragraph(paper: &mut Paper<'_>, words: &str, centred: bool) {
    paper.apart();
    paper.tag(&["<p style=\"margin:0 0 16px", middle(centred), "\">"]);
    inline::write(paper, words);
    paper.tag(&["</p>"]);
}

fn quote(paper: &mut Paper<'_>, words: &str) {
    let side = if paper.theme.is_rtl() {
        "right"
    } else {
        "left"
    };
    paper.apart();
    paper.tag(&[
        "<blockquote class=\"rk-line\" style=\"margin:0 0 16px;padding:0 16px;border-",
        side,
        ":3px solid #d5dae1\">",
    ]);
    let from = paper.text.len();
    inline::write(paper, words);
    paper.tag(&["</blockquote>"]);
    let quoted = paper.text.split_off(from).replace('\n', "\n> ");
    paper.text.push_str("> ");
    paper.text.push_str(&quoted);
}

fn list(paper: &mut Paper<'_>, is_numbered: bool, items: &[String]) {
    let tag = if is_numbered { "ol" } else { "ul" };
    paper.apart();
    // The same room on both sides, for either direction of writing.
    paper.tag(&["<", tag, " style=\"margin:0 0 16px;padding:0 24px\">"]);
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            paper.text.push('\n');
        }
        if is_numbered {
            paper.text.push_str(&(place + 1).to_string());
            paper.text.push_str(". ");
        } else {
            paper.text.push_str("- ");
        }
        paper.tag(&["<li style=\"margin:0 0 4px\">"]);
        inline::write(paper, item);
        paper.tag(&["</li>"]);
    }
    paper.tag(&["</", tag, ">"]);
}
