//! Reads the tags: conditions, loops, assignments and counters.
//! What each does is in [`super::eval`].

use super::{
    Problem,
    ast::{Arm, Branch, Expr, Loop, Node, Offset, Place},
    constant::constant,
    expression::{Words, plain_name},
    markup::Token,
    parser::{Body, Parser, Tag},
};

type Read<T> = Result<T, Problem>;

impl<'a> Parser<'a> {
    /// `if` and `unless`. What follows a first `else` but the end is read and dropped.
    pub(super) fn conditional(&mut self, tag: Tag<'a>, body: &mut Body) {
        let end = if tag.name == "if" {
            "endif"
        } else {
            "endunless"
        };
        let read = self.words(tag).condition();
        let mut condition = self.kept(read);
        let mut negated = tag.name == "unless";
        let mut branches = Vec::new();
        let mut otherwise = None;
        let mut dropping = false;
        let mut blank = true;
        loop {
            let (inner, next) = self.inner(&["elsif", "else", end], tag);
            if !dropping {
                blank &= inner.blank;
                match condition.take() {
                    Some(condition) => branches.push((condition, negated, inner)),
                    None => otherwise = Some(inner),
                }
            }
            negated = false;
            match next {
                Some(next) if next.name == "elsif" => {
                    dropping = otherwise.is_some();
                    let read = self.words(next).condition();
                    // A problem makes this an `else`, of a template that is not returned.
                    condition = self.kept(read).filter(|_| !dropping);
                }
                Some(next) if next.name == "else" => dropping = otherwise.is_some(),
                Some(_) | None => break,
            }
        }
        let branches = branches
            .into_iter()
            .map(|(condition, negated, inner)| Branch {
                condition,
                negated,
                body: inner.into_nodes(blank),
            })
            .collect();
        let otherwise = otherwise.map_or_else(Vec::new, |inner| inner.into_nodes(blank));
        let node = Node::If {
            branches,
            otherwise,
        };
        body.push(node, blank);
    }

    /// `case`. What stands before the first `when` is dropped.
    pub(super) fn case(&mut self, tag: Tag<'a>, body: &mut Body) {
        const ENDS: &[&str] = &["when", "else", "endcase"];
        let read = self.subject(tag);
        let subject = self.kept(read).unwrap_or(Expr::Nil);
        let (_, mut next) = self.inner(ENDS, tag);
        let mut arms = Vec::new();
        while let Some(arm) = next.filter(|next| next.name != "endcase") {
            let values = if arm.name == "when" {
                let read = self.when_values(arm);
                self.kept(read).unwrap_or_default()
            } else {
                let read = self
                    .words(arm)
                    .finish("the `else` of a `case` takes nothing");
                self.kept(read);
                Vec::new()
            };
            let (inner, after) = self.inner(ENDS, tag);
            arms.push((values, inner));
            next = after;
        }
        let blank = arms.iter().all(|(_, inner)| inner.blank);
        let arms = arms
            .into_iter()
            .map(|(values, inner)| Arm {
                values,
                body: inner.into_nodes(blank),
            })
            .collect();
        body.push(Node::Case { subject, arms }, blank);
    }

    fn subject(&self, tag: Tag<'a>) -> Read<Expr> {
        let mut words = self.words(tag);
        let subject = words.expr()?;
        words.finish("`case` takes one value")?;
        Ok(subject)
    }

    fn when_values(&self, tag: Tag<'a>) -> Read<Vec<Expr>> {
        let mut words = self.words(tag);
        let mut values = vec![words.operand()?];
        while words.take_sign(',') || words.take_name("or") {
            values.push(words.operand()?);
        }
        words.finish("put `or` or a comma between the values of a `when`")?;
        Ok(values)
    }

    /// `for` and `tablerow`.
    pub(super) fn each(&mut self, tag: Tag<'a>, body: &mut Body) {
        let is_table = tag.name == "tablerow";
        let read = self.loop_head(tag);
        let head = self.kept(read);
        let (inner, next) = if is_table {
            self.inner(&["endtablerow"], tag)
        } else {
            self.inner(&["else", "endfor"], tag)
        };
        let otherwise = if next.is_some_and(|next| next.name == "else") {
            Some(self.inner(&["endfor"], tag).0)
        } else {
            None
        };
        let Some(mut head) = head else {
            return;
        };
        let blank =
            !is_table && inner.blank && otherwise.as_ref().is_none_or(|otherwise| otherwise.blank);
        head.body = inner.into_nodes(blank);
        head.otherwise = otherwise.map_or_else(Vec::new, |inner| inner.into_nodes(blank));
        let node = if is_table {
            Node::TableRow(Box::new(head))
        } else {
            Node::For(Box::new(head))
        };
        body.push(node, blank);
    }

    fn loop_head(&self, tag: Tag<'a>) -> Read<Loop> {
        let mut words = self.words(tag);
        let at = self.lines.place(words.at());
        let variable = words.target("the name of the loop's variable")?;
        if !words.take_name("in") {
            return Err(words.expected("`in`"));
        }
        let over_at = words.at();
        let over = words.expr()?;
        let over_text = self.source.get(over_at..words.last_end());
        let name = format!("{variable}-{}", closed_up(over_text.unwrap_or_default()));
        let mut head = Loop {
            at,
            variable,
            name,
            over,
            reversed: false,
            limit: None,
            offset: None,
            columns: None,
            body: Vec::new(),
            otherwise: Vec::new(),
        };
        let is_table = tag.name == "tablerow";
        head.reversed = !is_table && words.take_name("reversed");
        while words.peek().is_some() {
            if !words.take_sign(',') {
                loop_option(&mut words, &mut head, is_table)?;
            }
        }
        Ok(head)
    }

    pub(super) fn capture(&mut self, tag: Tag<'a>, body: &mut Body) {
        let read = self.capture_name(tag);
        let name = self.kept(read);
        let (inner, _) = self.inner(&["endcapture"], tag);
        if let Some(name) = name {
            let body_nodes = inner.nodes;
            let node = Node::Capture {
                name,
                body: body_nodes,
            };
            body.push(node, true);
        }
    }

    fn capture_name(&self, tag: Tag<'a>) -> Read<String> {
        let mut words = self.words(tag);
        let name = match words.peek() {
            Some(Token::Text(name)) if !name.is_empty() => {
                words.take();
                name.to_owned()
            }
            _ => words.target("the name to capture into")?,
        };
        words.finish("`capture` takes one name")?;
        Ok(name)
    }

    pub(super) fn assign(&mut self, tag: Tag<'a>, body: &mut Body) {
        let read = self.assignment(tag);
        if let Some((name, mut pipe)) = self.kept(read) {
            self.take_raw(&mut pipe, tag.name_at, false);
            body.push(Node::Assign { name, pipe }, true);
        }
    }

    fn assignment(&self, tag: Tag<'a>) -> Read<(String, super::ast::Pipe)> {
        let mut words = self.words(tag);
        let at = words.at();
        let name = words.target("the name to assign to")?;
        if name.ends_with('?') {
            let message = format!("can't assign to `{name}`: leave out the `?`");
            return Err(self.lines.problem(at, message));
        }
        if !words.take_sign('=') {
            return Err(words.expected("`=`"));
        }
        if words.peek().is_none() {
            return Err(words.expected("a value after `=`"));
        }
        Ok((name, words.pipe()?))
    }

    pub(super) fn counter(&mut self, tag: Tag<'a>, body: &mut Body) {
        let mut words = self.words(tag);
        let read = words
            .target("the name of the counter")
            .and_then(|name| words.finish("a counter takes one name").map(|()| name));
        if let Some(name) = self.kept(read) {
            let node = if tag.name == "increment" {
                Node::Increment(name)
            } else {
                Node::Decrement(name)
            };
            body.push(node, false);
        }
    }

    pub(super) fn cycle(&mut self, tag: Tag<'a>, body: &mut Body) {
        let read = self.cycle_items(tag);
        if let Some((name, items)) = self.kept(read) {
            let key = match name {
                Some(_) => String::new(),
                None => self.cycle_key(tag, &items),
            };
            body.push(Node::Cycle { name, key, items }, false);
        }
    }

    /// Cycles without a name are told apart by what they cycle through, or, if that are not only values
    /// that are written out, by where they stand.
    fn cycle_key(&self, tag: Tag<'a>, items: &[Expr]) -> String {
        let mut key = String::new();
        for item in items {
            let Some(value) = constant(item) else {
                let Place { line, column } = self.lines.place(tag.name_at);
                return format!("{line}:{column}");
            };
            value.inspect(&mut key);
            key.push(',');
        }
        key
    }

    fn cycle_items(&self, tag: Tag<'a>) -> Read<(Option<Expr>, Vec<Expr>)> {
        let mut words = self.words(tag);
        let mut first = words.expr()?;
        let mut name = None;
        if words.take_sign(':') {
            name = Some(first);
            first = words.expr()?;
        }
        let mut items = vec![first];
        while words.take_sign(',') {
            // A comma at the end is forgiven.
            if words.peek().is_some() {
                items.push(words.expr()?);
            }
        }
        words.finish("put commas between the items of a `cycle`")?;
        // What is nothing as it is written is no item.
        items.retain(|item| *item != Expr::Nil);
        Ok((name, items))
    }
}

/// Source without the white space between its words.
fn closed_up(source: &str) -> String {
    let mut quote = None;
    let is_kept = |c: &char| {
        match (quote, *c) {
            (None, '"' | '\'') => quote = Some(*c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        quote.is_some() || !c.is_whitespace()
    };
    source.chars().filter(is_kept).collect()
}

/// One option of a loop: `reversed`, `limit: 3`.
fn loop_option(words: &mut Words<'_, '_>, head: &mut Loop, is_table: bool) -> Read<()> {
    let what = if is_table {
        "`limit`, `offset` or `cols`"
    } else {
        "`limit` or `offset` (`reversed` stands before them)"
    };
    let Some(Token::Name(option)) = words.peek() else {
        return Err(words.expected(what));
    };
    match option {
        "limit" | "offset" => {}
        // Shopify's loops over rows have a `range` too, which does nothing.
        "cols" | "range" if is_table => {}
        _ => return Err(words.expected(what)),
    }
    words.take();
    if !words.take_sign(':') {
        return Err(words.expected("`:`"));
    }
    let value = words.expr()?;
    match option {
        "limit" => head.limit = Some(value),
        "cols" => head.columns = Some(value),
        "range" => {}
        _ if !is_table && plain_name(&value) == Some("continue") => {
            head.offset = Some(Offset::Continue);
        }
        _ => head.offset = Some(Offset::At(value)),
    }
    Ok(())
}
