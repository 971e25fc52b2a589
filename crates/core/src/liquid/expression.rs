//! Reads the inside of an output or a tag: values, filters and conditions.
//! Stops at the first problem of its markup; the parser goes on with the next tag.

use super::{
    Problem,
    ast::{Call, Comparison, Condition, Expr, Filter, Joint, Operator, Path, Pipe, Segment},
    constant::constant,
    lexer::Lines,
    markup::{Token, Word, show, words},
    number::Number,
};
use crate::nearest::nearest;

// LIMIT: values within brackets within brackets; nobody writes more than three.
const NESTING_MAX: u32 = 16;

/// A cursor over the words of one output or tag.
pub(super) struct Words<'a, 'l> {
    after: std::vec::IntoIter<Word<'a>>,
    next: Option<Word<'a>>,
    end: usize,
    last_end: usize,
    lines: &'l Lines<'a>,
    depth: u32,
}

type Read<T> = Result<T, Problem>;

impl<'a, 'l> Words<'a, 'l> {
    pub(super) fn new(markup: &'a str, at: usize, lines: &'l Lines<'a>) -> Self {
        let mut words = words(markup, at).into_iter();
        let next = words.next();
        Self {
            after: words,
            next,
            end: at + markup.trim_end().len(),
            last_end: at,
            lines,
            depth: 0,
        }
    }

    /// The next token, without moving.
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.next.map(|word| word.token)
    }

    /// Where the next token starts.
    pub(super) fn at(&self) -> usize {
        self.next.map_or(self.end, |word| word.at)
    }

    /// Where the last token that was taken ended.
    pub(super) fn last_end(&self) -> usize {
        self.last_end
    }

    /// Takes the next token.
    pub(super) fn take(&mut self) -> Option<Token<'a>> {
        let word = self.next?;
        self.last_end = word.end;
        self.next = self.after.next();
        Some(word.token)
    }

    /// Takes the next token if it is this sign.
    pub(super) fn take_sign(&mut self, sign: char) -> bool {
        let found = self.peek() == Some(Token::Sign(sign));
        if found {
            self.take();
        }
        found
    }

    /// Takes the next token if it is this name.
    pub(super) fn take_name(&mut self, name: &str) -> bool {
        let found = self.peek() == Some(Token::Name(name));
        if found {
            self.take();
        }
        found
    }

    /// A problem at the next token, which is named.
    pub(super) fn expected(&self, what: &str) -> Problem {
        let found = match self.peek() {
            Some(token) => format!("found {}", show(token)),
            None => "found the end".to_owned(),
        };
        self.lines
            .problem(self.at(), format!("expected {what}, {found}"))
    }

    /// Makes sure that nothing is left.
    pub(super) fn finish(&self, mend: &str) -> Read<()> {
        match self.peek() {
            None => Ok(()),
            Some(token) => {
                let message = format!("unexpected {}: {mend}", show(token));
                Err(self.lines.problem(self.at(), message))
            }
        }
    }

    /// A name to assign to.
    pub(super) fn target(&mut self, what: &str) -> Read<String> {
        match self.peek() {
            Some(Token::Name(name)) => {
                self.take();
                Ok(name.to_owned())
            }
            _ => Err(self.expected(what)),
        }
    }

    /// A value and its filters, up to the end. Nothing at all is a value too.
    pub(super) fn pipe(&mut self) -> Read<Pipe> {
        let at = self.lines.place(self.at());
        let value = match self.peek() {
            None => Expr::Nil,
            Some(_) => self.expr()?,
        };
        let mut calls = Vec::new();
        while self.take_sign('|') {
            calls.push(self.call()?);
        }
        self.finish("filters go after `|`, their arguments after `:` and between commas")?;
        Ok(Pipe { at, value, calls })
    }

    fn call(&mut self) -> Read<Call> {
        let at = self.at();
        let Some(Token::Name(name)) = self.peek() else {
            return Err(self.expected("the name of a filter after `|`"));
        };
        self.take();
        // Ruby programmers know `escape` as `h`.
        let name = if name == "h" { "escape" } else { name };
        let found = Filter::ALL.iter().find(|(known, _)| *known == name);
        let Some((_, filter)) = found.copied() else {
            let known = Filter::ALL.iter().map(|(known, _)| *known);
            let message = match nearest(name, known) {
                Some(near) => format!("unknown filter `{name}` (did you mean `{near}`?)"),
                None => format!("unknown filter `{name}`: remove it, or see the list of filters"),
            };
            return Err(self.lines.problem(at, message));
        };
        let mut call = Call {
            filter,
            arguments: Vec::new(),
            allow_false: None,
        };
        if self.take_sign(':') {
            loop {
                self.argument(&mut call)?;
                if !self.take_sign(',') {
                    break;
                }
            }
        }
        let (fewest, most) = filter.arity();
        let count = call.arguments.len();
        if count < fewest || count > most {
            let wanted = match (fewest, most) {
                (0, 0) => "no argument".to_owned(),
                (1, 1) => "one argument".to_owned(),
                _ if fewest == most => format!("{fewest} arguments"),
                _ => format!("{fewest} to {most} arguments"),
            };
            let message = format!("filter `{name}` takes {wanted}, not {count}");
            return Err(self.lines.problem(at, message));
        }
        Ok(call)
    }

    fn argument(&mut self, call: &mut Call) -> Read<()> {
        let at = self.at();
        let value = self.expr()?;
        if !self.take_sign(':') {
            call.arguments.push(value);
            return Ok(());
        }
        let name = plain_name(&value).unwrap_or_default();
        if call.filter != Filter::Default || name != "allow_false" {
            let filter = call.filter.name();
            let message = format!("filter `{filter}` takes no argument named `{name}`: remove it");
            return Err(self.lines.problem(at, message));
        }
        call.allow_false = Some(self.expr()?);
        Ok(())
    }

    /// A value without filters.
    pub(super) fn expr(&mut self) -> Read<Expr> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            let message =
                format!("brackets are nested more than {NESTING_MAX} deep: assign a part first");
            return Err(self.lines.problem(self.at(), message));
        }
        let expr = self.expr_within();
        self.depth -= 1;
        expr
    }

    fn expr_within(&mut self) -> Read<Expr> {
        let at = self.at();
        match self.peek() {
            Some(Token::Text(text)) => {
                self.take();
                Ok(Expr::Text(text.to_owned()))
            }
            Some(Token::Number(number)) => {
                self.take();
                Ok(match number {
                    Number::Int(int) => Expr::Int(int),
                    Number::Float(float) => Expr::Float(float),
                })
            }
            Some(Token::Sign('(')) => {
                self.take();
                self.range()
            }
            Some(Token::Sign('[')) => {
                self.take();
                let index = self.index()?;
                self.path(at, Segment::Index(index))
            }
            Some(Token::Name(name)) => {
                self.take();
                let alone = !matches!(self.peek(), Some(Token::Sign('.' | '[')));
                match name {
                    "nil" | "null" if alone => Ok(Expr::Nil),
                    "true" if alone => Ok(Expr::Bool(true)),
                    "false" if alone => Ok(Expr::Bool(false)),
                    // They are questions only beside a comparison.
                    "blank" | "empty" if alone => Ok(Expr::Text(String::new())),
                    _ => self.path(at, Segment::Name(name.to_owned())),
                }
            }
            Some(
                Token::Compare(_)
                | Token::Sign(_)
                | Token::Dots
                | Token::Unclosed(_)
                | Token::Stray(_),
            )
            | None => Err(self.expected("a value")),
        }
    }

    fn path(&mut self, at: usize, root: Segment) -> Read<Expr> {
        let mut rest = Vec::new();
        loop {
            if self.take_sign('.') {
                match self.peek() {
                    Some(Token::Name(name)) => {
                        self.take();
                        rest.push(Segment::Name(name.to_owned()));
                    }
                    _ => return Err(self.expected("a name after `.` (an index goes in `[]`)")),
                }
            } else if self.take_sign('[') {
                rest.push(Segment::Index(self.index()?));
            } else {
                break;
            }
        }
        let at = self.lines.place(at);
        let root = Box::new(root);
        Ok(Expr::Path(Path { at, root, rest }))
    }

    fn index(&mut self) -> Read<Expr> {
        let index = self.expr()?;
        if self.take_sign(']') {
            Ok(index)
        } else {
            Err(self.expected("`]`"))
        }
    }

    fn range(&mut self) -> Read<Expr> {
        let at = self.at();
        let from = self.expr()?;
        if self.peek() != Some(Token::Dots) {
            return Err(self.expected("`..` (round brackets hold a range: `(1..5)`)"));
        }
        self.take();
        let to = self.expr()?;
        if !self.take_sign(')') {
            return Err(self.expected("`)`"));
        }
        // Ends that are written out may be anything like a number; those of variables may not.
        let ends = match (constant(&from), constant(&to)) {
            (Some(from), Some(to)) => {
                let (Some(from), Some(to)) = (from.leading_int(), to.leading_int()) else {
                    let message = "a range goes from one whole number to another: `(1..5)`";
                    return Err(self.lines.problem(at, message));
                };
                (Expr::Int(from), Expr::Int(to))
            }
            (Some(_), None) | (None, _) => (from, to),
        };
        Ok(Expr::Range(Box::new(ends)))
    }

    /// Comparisons joined by `and` and `or`, up to the end.
    pub(super) fn condition(&mut self) -> Read<Condition> {
        let at = self.lines.place(self.at());
        let first = self.comparison()?;
        let mut rest = Vec::new();
        loop {
            let joint = if self.take_name("and") {
                Joint::And
            } else if self.take_name("or") {
                Joint::Or
            } else {
                break;
            };
            rest.push((joint, self.comparison()?));
        }
        self.finish("a condition is made of values, comparisons, `and` and `or`")?;
        Ok(Condition { at, first, rest })
    }

    /// A value that is compared: `blank` and `empty` are questions there.
    pub(super) fn operand(&mut self) -> Read<Expr> {
        let question = match self.peek() {
            Some(Token::Name("blank")) => Expr::Blank,
            Some(Token::Name("empty")) => Expr::Empty,
            _ => return self.expr(),
        };
        let value = self.expr()?;
        let is_alone = matches!(value, Expr::Text(_));
        Ok(if is_alone { question } else { value })
    }

    fn comparison(&mut self) -> Read<Comparison> {
        let left = self.operand()?;
        let operator = match self.peek() {
            Some(Token::Compare(sign)) => match sign {
                "==" => Operator::Is,
                "!=" | "<>" => Operator::IsNot,
                "<" => Operator::Less,
                ">" => Operator::More,
                "<=" => Operator::AtMost,
                _ => Operator::AtLeast,
            },
            Some(Token::Name("contains")) => Operator::Contains,
            Some(Token::Sign('=')) => {
                let message = "unexpected `=`: compare with `==`";
                return Err(self.lines.problem(self.at(), message));
            }
            _ => return Ok(Comparison { left, test: None }),
        };
        self.take();
        let right = self.operand()?;
        let test = Some((operator, right));
        Ok(Comparison { left, test })
    }
}

/// The name that a value is, if it is nothing but a name.
pub(super) fn plain_name(value: &Expr) -> Option<&str> {
    if let Expr::Path(path) = value
        && path.rest.is_empty()
        && let Segment::Name(name) = &*path.root
    {
        return Some(name);
    }
    None
}
