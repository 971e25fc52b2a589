//! Builds the tree of a template: blocks, their branches and their ends.
//! Goes on after a problem, so that all of them are reported at once.

use super::{
    Problem,
    ast::{Filter, Node, Pipe, Template},
    expression::Words,
    letters::is_white,
    lexer::{Chunk, Lines, PROBLEMS_MAX, cut, cut_lines},
};
use crate::nearest::nearest;

// LIMIT: a template is read by a person and sent to people: half a megabyte is more than any email
// that is not cut off.
const SOURCE_BYTES_MAX: usize = 512 * 1024;
// LIMIT: as deep as the default limit of rendering, so that what parses also renders.
const NESTING_MAX: u32 = 32;

/// The tags that open something or stand alone.
const TAGS: &[&str] = &[
    "assign",
    "break",
    "capture",
    "case",
    "comment",
    "continue",
    "cycle",
    "decrement",
    "doc",
    "echo",
    "for",
    "if",
    "ifchanged",
    "increment",
    "liquid",
    "raw",
    "tablerow",
    "unless",
];

/// Tags of Shopify and its relatives that need other files or a shop.
const UNSUPPORTED: &[&str] = &[
    "include",
    "render",
    "section",
    "sections",
    "layout",
    "block",
    "extends",
    "form",
    "paginate",
    "style",
    "javascript",
    "stylesheet",
    "schema",
    "content_for",
];

/// The nodes of a block, and whether it prints nothing but white space.
#[derive(Default)]
pub(super) struct Body {
    pub(super) nodes: Vec<Node>,
    pub(super) blank: bool,
}

impl Body {
    fn new() -> Self {
        Self {
            nodes: Vec::new(),
            blank: true,
        }
    }

    /// The white space of a block that prints nothing else is not printed.
    pub(super) fn into_nodes(mut self, drop_text: bool) -> Vec<Node> {
        if drop_text {
            self.nodes.retain(|node| !matches!(node, Node::Text(_)));
        }
        self.nodes
    }

    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.nodes.last_mut() {
            Some(Node::Text(before)) => before.push_str(text),
            _ => self.nodes.push(Node::Text(text.to_owned())),
        }
    }

    pub(super) fn push(&mut self, node: Node, blank: bool) {
        self.nodes.push(node);
        self.blank &= blank;
    }
}

/// A tag: its name, and what follows it.
#[derive(Clone, Copy)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) name_at: usize,
    pub(super) markup: &'a str,
    pub(super) at: usize,
}

pub(super) struct Parser<'a> {
    pub(super) source: &'a str,
    pub(super) lines: Lines<'a>,
    problems: Vec<Problem>,
    chunks: std::vec::IntoIter<Chunk<'a>>,
    depth: u32,
    /// Set once blocks are nested too deep: what follows would only be noise.
    stopped: bool,
}

/// Parses a whole template.
pub(super) fn parse(source: &str) -> Result<Template, Vec<Problem>> {
    let lines = Lines::new(source);
    if source.len() > SOURCE_BYTES_MAX {
        let message = format!("template is larger than {SOURCE_BYTES_MAX} bytes: shorten it");
        return Err(vec![lines.problem(0, message)]);
    }
    let mut problems = Vec::new();
    let chunks = cut(source, &lines, &mut problems).into_iter();
    let mut parser = Parser {
        source,
        lines,
        problems,
        chunks,
        depth: 0,
        stopped: false,
    };
    let (body, _) = parser.block(&[], "");
    let mut problems = parser.problems;
    if problems.is_empty() {
        return Ok(Template {
            nodes: body.nodes,
            given: Vec::new(),
        });
    }
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.truncate(PROBLEMS_MAX);
    Err(problems)
}

impl<'a> Parser<'a> {
    pub(super) fn words<'l>(&'l self, tag: Tag<'a>) -> Words<'a, 'l> {
        Words::new(tag.markup, tag.at, &self.lines)
    }

    pub(super) fn problem(&mut self, at: usize, message: impl Into<String>) {
        let problem = self.lines.problem(at, message);
        self.report(problem);
    }

    pub(super) fn report(&mut self, problem: Problem) {
        if self.problems.len() < PROBLEMS_MAX && !self.stopped {
            self.problems.push(problem);
        }
    }

    /// What was read, or its problem on the list.
    pub(super) fn kept<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.report(problem);
                None
            }
        }
    }

    /// The body of a block up to one of `ends`, which is returned too.
    pub(super) fn block(&mut self, ends: &[&str], owner: &str) -> (Body, Option<Tag<'a>>) {
        let mut body = Body::new();
        while let Some(chunk) = self.chunks.next() {
            match chunk {
                Chunk::Text(text) => {
                    body.blank &= is_white(text);
                    body.text(text);
                }
                Chunk::Raw(text) => {
                    body.blank = false;
                    body.text(text);
                }
                Chunk::Output { markup, at } => self.output(markup, at, &mut body),
                Chunk::Tag {
                    name,
                    name_at,
                    markup,
                    at,
                } => {
                    let tag = Tag {
                        name,
                        name_at,
                        markup,
                        at,
                    };
                    if ends.contains(&name) {
                        return (body, Some(tag));
                    }
                    self.tag(tag, owner, &mut body);
                }
            }
        }
        (body, None)
    }

    /// As [`Self::block`], one level deeper.
    pub(super) fn inner(&mut self, ends: &[&str], owner: Tag<'a>) -> (Body, Option<Tag<'a>>) {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            let message = format!("blocks are nested more than {NESTING_MAX} deep: use fewer");
            self.problem(owner.name_at, message);
            self.stopped = true;
            self.chunks = Vec::new().into_iter();
        }
        let (body, end) = self.block(ends, owner.name);
        if end.is_none() {
            let name = owner.name;
            let message = format!("`{name}` is not closed: add `end{name}`");
            self.problem(owner.name_at, message);
        }
        self.depth -= 1;
        (body, end)
    }

    fn output(&mut self, markup: &'a str, at: usize, body: &mut Body) {
        let read = Words::new(markup, at, &self.lines).pipe();
        if let Some(mut pipe) = self.kept(read) {
            let raw = self.take_raw(&mut pipe, at, true);
            body.push(Node::Output { pipe, raw }, false);
        }
    }

    /// Removes the `raw` at the end of an output. Anywhere else it is a problem, so that what is
    /// not escaped can be seen where it is output.
    pub(super) fn take_raw(&mut self, pipe: &mut Pipe, at: usize, output: bool) -> bool {
        let last = pipe.calls.last().map(|call| call.filter);
        let raw = output && last == Some(Filter::Raw);
        if raw {
            pipe.calls.pop();
        }
        if pipe.calls.iter().any(|call| call.filter == Filter::Raw) {
            self.problem(at, "`raw` must be the last filter of an output");
        }
        raw
    }

    fn tag(&mut self, tag: Tag<'a>, owner: &str, body: &mut Body) {
        match tag.name {
            "if" | "unless" => self.conditional(tag, body),
            "case" => self.case(tag, body),
            "for" | "tablerow" => self.each(tag, body),
            "capture" => self.capture(tag, body),
            "assign" => self.assign(tag, body),
            "echo" => self.output(tag.markup, tag.at, body),
            "cycle" => self.cycle(tag, body),
            "increment" | "decrement" => self.counter(tag, body),
            "break" => body.push(Node::Break, true),
            "continue" => body.push(Node::Continue, true),
            "ifchanged" => {
                let (inner, _) = self.inner(&["endifchanged"], tag);
                body.push(Node::IfChanged(inner.nodes), inner.blank);
            }
            "liquid" => self.liquid(tag, body),
            name => self.misplaced(name, owner, tag.name_at),
        }
    }

    /// A tag that is unknown, or that belongs elsewhere.
    fn misplaced(&mut self, name: &str, owner: &str, at: usize) {
        let opens = name
            .strip_prefix("end")
            .filter(|opens| TAGS.contains(opens));
        let message = if name.is_empty() {
            "tag has no name: remove it, or name one after `{%`".to_owned()
        } else if UNSUPPORTED.contains(&name) {
            format!("tag `{name}` is not supported: put what it stands for into this template")
        } else if let Some(opens) = opens {
            if owner.is_empty() {
                format!("`{name}` closes nothing: open it with `{opens}`, or remove it")
            } else {
                format!("`{name}` stands where `end{owner}` is expected: close `{owner}` first")
            }
        } else if matches!(name, "else" | "elsif" | "when") {
            format!("`{name}` belongs to no block here: put it inside `if`, `case` or `for`")
        } else {
            let end = format!("end{owner}");
            let inner = ["else", "elsif", "when", end.as_str()];
            let known = TAGS.iter().copied().chain(inner);
            match nearest(name, known) {
                Some(near) => format!("unknown tag `{name}` (did you mean `{near}`?)"),
                None => format!("unknown tag `{name}`: remove it, or see the list of tags"),
            }
        };
        self.problem(at, message);
    }

    /// `liquid`: each line is a tag, and blocks that open here close here.
    fn liquid(&mut self, tag: Tag<'a>, body: &mut Body) {
        let mut problems = Vec::new();
        let chunks = cut_lines(tag.markup, tag.at, &self.lines, &mut problems);
        for problem in problems {
            self.report(problem);
        }
        let outer = std::mem::replace(&mut self.chunks, chunks.into_iter());
        self.depth += 1;
        if self.depth > NESTING_MAX {
            let message = format!("blocks are nested more than {NESTING_MAX} deep: use fewer");
            self.problem(tag.name_at, message);
            self.stopped = true;
        } else {
            let (inner, _) = self.block(&[], "");
            body.nodes.extend(inner.nodes);
            body.blank &= inner.blank;
        }
        self.depth -= 1;
        self.chunks = if self.stopped {
            Vec::new().into_iter()
        } else {
            outer
        };
    }
}
