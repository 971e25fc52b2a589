//! Cuts a template into text, outputs and tags; raw, comment and doc blocks are dealt with here.
//! Does not look inside an output or a tag: that is the work of [`super::markup`].

use std::cell::Cell;

use super::{
    Problem,
    ast::Place,
    letters::{trim_end, trim_start},
};

// LIMIT: nobody mends more in one go.
pub(super) const PROBLEMS_MAX: usize = 100;

/// A piece of a template. Offsets are bytes into the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunk<'a> {
    Text(&'a str),
    /// The text of a `raw` block: unlike other text, it is output even if it is white space.
    Raw(&'a str),
    Output {
        markup: &'a str,
        at: usize,
    },
    Tag {
        name: &'a str,
        name_at: usize,
        markup: &'a str,
        at: usize,
    },
}

/// Where each line starts.
pub(super) struct Lines<'a> {
    source: &'a str,
    starts: Vec<usize>,
    /// The offset last asked about and its place: places are asked for in order, and a template may
    /// be one very long line.
    last: Cell<(usize, Place)>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let mut starts = vec![0];
        starts.extend(source.match_indices('\n').map(|(at, _)| at + 1));
        let last = Cell::new((0, Place { line: 1, column: 1 }));
        Self {
            source,
            starts,
            last,
        }
    }

    /// The line and column of an offset.
    pub(super) fn place(&self, at: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let (known, known_place) = self.last.get();
        let (from, column) = if known_place.line == line && known <= at {
            (known, known_place.column)
        } else {
            (start, 1)
        };
        let before = self.source.get(from..at).unwrap_or_default();
        let ahead = u32::try_from(before.chars().count()).unwrap_or(u32::MAX);
        let place = Place {
            line,
            column: column.saturating_add(ahead),
        };
        self.last.set((at, place));
        place
    }

    pub(super) fn problem(&self, at: usize, message: impl Into<String>) -> Problem {
        Problem::new(self.place(at), message)
    }
}

/// A tag or output as it was found.
struct Found<'a> {
    output: bool,
    /// Without the marks at both ends.
    inside: &'a str,
    inside_at: usize,
    start: usize,
    end: usize,
    trims_before: bool,
    trims_after: bool,
}

/// A tag that is nothing but a name.
struct Bare {
    start: usize,
    end: usize,
    trims_after: bool,
}

struct Lexer<'a, 'l> {
    source: &'a str,
    lines: &'l Lines<'a>,
    at: usize,
    trim_next: bool,
    chunks: Vec<Chunk<'a>>,
    problems: &'l mut Vec<Problem>,
    /// Ends that were looked for in vain, of outputs and of tags: there is none further on either.
    missing: [bool; 2],
}

/// Cuts a whole template.
pub(super) fn cut<'a>(
    source: &'a str,
    lines: &Lines<'a>,
    problems: &mut Vec<Problem>,
) -> Vec<Chunk<'a>> {
    let mut lexer = Lexer {
        source,
        lines,
        at: 0,
        trim_next: false,
        chunks: Vec::new(),
        problems,
        missing: [false; 2],
    };
    while lexer.piece() {}
    lexer.chunks
}

impl<'a> Lexer<'a, '_> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    /// Cuts one tag or output and the text before it; false at the end.
    fn piece(&mut self) -> bool {
        let Some(found) = self.find(false) else {
            let rest = self.rest();
            self.text(rest, false);
            return false;
        };
        let before = self.source.get(self.at..found.start).unwrap_or_default();
        self.text(before, found.trims_before);
        self.at = found.end;
        self.trim_next = found.trims_after;
        if found.output {
            self.chunks.push(Chunk::Output {
                markup: found.inside,
                at: found.inside_at,
            });
            return true;
        }
        let tag = tag(found.inside, found.inside_at);
        let Chunk::Tag { name, markup, .. } = tag else {
            return true;
        };
        match name {
            "raw" => self.raw(found.start, markup),
            "comment" => self.comment(found.start),
            "doc" => self.doc(found.start, markup),
            "#" => self.remark(found.start, markup),
            _ => self.chunks.push(tag),
        }
        true
    }

    fn text(&mut self, text: &'a str, trims_end: bool) {
        let text = if self.trim_next {
            trim_start(text)
        } else {
            text
        };
        let text = if trims_end { trim_end(text) } else { text };
        if !text.is_empty() {
            self.chunks.push(Chunk::Text(text));
        }
    }

    /// The next tag, or the next tag or output, without moving. One without an end is a problem, and
    /// the search goes on with the next.
    fn find(&mut self, tags_only: bool) -> Option<Found<'a>> {
        let rest = self.rest();
        let mut from = 0;
        let (start, output, len) = loop {
            let brace = from + rest.get(from..)?.find('{')?;
            let output = match rest.as_bytes().get(brace + 1) {
                Some(b'%') => false,
                Some(b'{') if !tags_only => true,
                _ => {
                    from = brace + 1;
                    continue;
                }
            };
            from = brace + 2;
            let body = rest.get(from..)?;
            let [of_output, of_tag] = &mut self.missing;
            let missing = if output { of_output } else { of_tag };
            if *missing {
                continue;
            }
            match end_of(body, output) {
                End::At(len) => break (self.at + brace, output, len),
                End::Opens => {}
                End::Missing => *missing = true,
            }
            self.unended(self.at + brace, output);
        };
        let body = self.source.get(start + 2..)?;
        let inside = body.get(..len)?;
        let (inside, trims_before) = match inside.strip_prefix('-') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        let inside_at = start + 2 + usize::from(trims_before);
        let (inside, trims_after) = match inside.strip_suffix('-') {
            Some(inside) => (inside, true),
            None => (inside, false),
        };
        Some(Found {
            output,
            inside,
            inside_at,
            start,
            end: start + 2 + len + 2,
            trims_before,
            // `{%-%}` trims on both sides.
            trims_after: trims_after || (trims_before && len == 1),
        })
    }

    fn unended(&mut self, start: usize, output: bool) {
        let message = if output {
            "output is not closed: add `}}`"
        } else {
            "tag is not closed: add `%}`"
        };
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(self.lines.problem(start, message));
        }
    }

    /// The first tag after here that is nothing but `name`.
    fn bare(&self, name: &str) -> Option<Bare> {
        let rest = self.rest();
        rest.match_indices("{%").find_map(|(at, open)| {
            let inside = rest.get(at + open.len()..)?;
            let inside = inside.strip_prefix('-').unwrap_or(inside);
            let after = inside.trim_start().strip_prefix(name)?.trim_start();
            let (after, trims_after) = match after.strip_prefix('-') {
                Some(after) => (after, true),
                None => (after, false),
            };
            let after = after.strip_prefix("%}")?;
            Some(Bare {
                start: self.at + at,
                end: self.source.len() - after.len(),
                trims_after,
            })
        })
    }

    fn raw(&mut self, opened: usize, markup: &str) {
        if !markup.trim().is_empty() {
            let message = "`raw` takes nothing after its name: put the text into the block";
            self.problems.push(self.lines.problem(opened, message));
        }
        let body_at = self.at;
        let Some(end) = self.bare("endraw") else {
            self.unclosed(opened, "raw");
            return;
        };
        let body = self.source.get(body_at..end.start).unwrap_or_default();
        if !body.is_empty() {
            self.chunks.push(Chunk::Raw(body));
        }
        self.at = end.end;
        self.trim_next = end.trims_after;
    }

    fn doc(&mut self, opened: usize, markup: &str) {
        if !markup.trim().is_empty() {
            let message = "`doc` takes nothing after its name: put the text into the block";
            self.problems.push(self.lines.problem(opened, message));
        }
        let body_at = self.at;
        let Some(end) = self.bare("enddoc") else {
            self.unclosed(opened, "doc");
            return;
        };
        self.at = body_at;
        if let Some(inner) = self.bare("doc")
            && inner.start < end.start
        {
            let message = "`doc` can't hold another `doc`: close the first with `{% enddoc %}`";
            self.problems.push(self.lines.problem(inner.start, message));
        }
        // Nothing, but not white space either.
        self.chunks.push(Chunk::Raw(""));
        self.at = end.end;
        self.trim_next = end.trims_after;
    }

    /// Skips a comment, which may hold comments and raw blocks.
    fn comment(&mut self, opened: usize) {
        let before = self.problems.len();
        let mut depth = 1_u32;
        let mut has_endraw = true;
        while let Some(found) = self.find(true) {
            self.at = found.end;
            match name_of(found.inside) {
                "comment" => depth += 1,
                "endcomment" => depth -= 1,
                "raw" => {
                    // Looked for once in vain is enough: there is none further on either.
                    match has_endraw.then(|| self.bare("endraw")).flatten() {
                        Some(end) => self.at = end.end,
                        None => has_endraw = false,
                    }
                }
                _ => {}
            }
            if depth == 0 {
                self.trim_next = found.trims_after;
                return;
            }
        }
        self.problems.truncate(before);
        self.unclosed(opened, "comment");
    }

    /// An inline comment: every line starts with `#`.
    fn remark(&mut self, opened: usize, markup: &str) {
        for line in markup.lines().skip(1) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                let message = "every line of a `#` comment must start with `#`";
                self.problems.push(self.lines.problem(opened, message));
                return;
            }
        }
    }

    fn unclosed(&mut self, opened: usize, name: &str) {
        let message = format!("`{name}` is not closed: add `{{% end{name} %}}`");
        self.problems.push(self.lines.problem(opened, message));
        self.at = self.source.len();
    }
}

/// How the inside of an output or a tag ends.
enum End {
    /// After so many bytes.
    At(usize),
    /// Another one opens before it.
    Opens,
    Missing,
}

/// Finds the end. A mark that opens another is text only in quotes, and in a tag if it is `{{`.
fn end_of(body: &str, output: bool) -> End {
    let end = if output { b'}' } else { b'%' };
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in body.bytes().enumerate() {
        match (before, byte, quote) {
            (_, b'}', _) if before == end => return End::At(at - 1),
            (b'{', b'%', None) => return End::Opens,
            (b'{', b'{', None) if output => return End::Opens,
            (_, b'\'' | b'"', None) => quote = Some(byte),
            (_, _, Some(open)) if open == byte => quote = None,
            _ => {}
        }
        before = byte;
    }
    End::Missing
}

/// The name at the start of a tag; `#` for an inline comment.
fn name_of(inside: &str) -> &str {
    let inside = inside.trim_start();
    if inside.starts_with('#') {
        return "#";
    }
    let len = inside
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(inside.len());
    inside.get(..len).unwrap_or_default()
}

/// A tag from what stands between its marks.
fn tag(inside: &str, at: usize) -> Chunk<'_> {
    let name = name_of(inside);
    let name_at = inside.len() - inside.trim_start().len();
    let markup_at = name_at + name.len();
    Chunk::Tag {
        name,
        name_at: at + name_at,
        markup: inside.get(markup_at..).unwrap_or_default(),
        at: at + markup_at,
    }
}

/// Cuts the lines of a `liquid` tag: each is a tag, but for comments.
pub(super) fn cut_lines<'a>(
    markup: &'a str,
    at: usize,
    lines: &Lines<'_>,
    problems: &mut Vec<Problem>,
) -> Vec<Chunk<'a>> {
    let mut chunks = Vec::new();
    let mut comment: Option<(usize, u32)> = None;
    let mut start = 0;
    for line in markup.split_inclusive('\n') {
        let line_at = at + start;
        start += line.len();
        let trimmed = line.trim();
        let line_at = line_at + (line.len() - line.trim_start().len());
        let name = name_of(trimmed);
        match (&mut comment, name) {
            (None, "comment") => comment = Some((line_at, 1)),
            (Some((_, depth)), "comment") => *depth += 1,
            (Some((_, 1)), "endcomment") => comment = None,
            (Some((_, depth)), "endcomment") => *depth -= 1,
            (None, "raw" | "doc") => {
                let message =
                    format!("`{name}` can't stand in a `liquid` tag: use `{{% {name} %}}`");
                problems.push(lines.problem(line_at, message));
            }
            (None, _) if !trimmed.is_empty() && name != "#" => chunks.push(tag(trimmed, line_at)),
            _ => {}
        }
    }
    if let Some((opened, _)) = comment {
        let message = "`comment` is not closed: add a line `endcomment`";
        problems.push(lines.problem(opened, message));
    }
    chunks
}
