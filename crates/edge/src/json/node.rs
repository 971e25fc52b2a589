//! JSON text as a tree (RFC 8259).

use std::borrow::Cow;

use serde_json::Value as Json;

use super::Error;

/// LIMIT: deeper JSON is refused. Nothing that is meant nests half as deep, and each level takes stack.
const MAX_DEPTH: usize = 128;

/// A value, which borrows the text where it can.
#[derive(Debug, PartialEq)]
pub(crate) enum Node<'a> {
    /// A field that is not there. Text has none of these.
    Missing,
    Null,
    Bool(bool),
    /// A whole number from 0.
    Natural(u64),
    /// A whole number below 0.
    Negative(i64),
    /// Any other number.
    Float(f64),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    /// In the order in which they were written.
    Object(Vec<Field<'a>>),
}

/// A key and its value.
pub(super) type Field<'a> = (Cow<'a, str>, Node<'a>);

impl<'a> Node<'a> {
    /// Reads JSON text.
    ///
    /// # Errors
    /// When it is not JSON, or nested deeper than 128; with line and column.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Error> {
        let mut parser = Parser { text, at: 0 };
        let node = parser.value(MAX_DEPTH);
        let found = node.and_then(|node| match parser.peek() {
            None => Ok(node),
            Some(_) => Err("characters after the end"),
        });
        found.map_err(|what| parser.error(what))
    }

    /// The same tree, borrowed.
    pub(crate) fn of(tree: &'a Json) -> Self {
        match tree {
            Json::Null => Self::Null,
            Json::Bool(truth) => Self::Bool(*truth),
            Json::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(natural), _) => Self::Natural(natural),
                (None, Some(negative)) => Self::Negative(negative),
                (None, None) => Self::Float(number.as_f64().unwrap_or_default()),
            },
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            Json::Array(items) => Self::List(items.iter().map(Node::of).collect()),
            Json::Object(fields) => {
                let field = |(key, value): (&'a String, &'a Json)| {
                    (Cow::Borrowed(key.as_str()), Node::of(value))
                };
                Self::Object(fields.iter().map(field).collect())
            }
        }
    }
}

type Parsed<T> = Result<T, &'static str>;

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.rest().bytes();
        let blank = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        self.at += rest.take_while(blank).count();
        self.rest().bytes().next()
    }

    fn takes(&mut self, wanted: u8) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    fn value(&mut self, depth: usize) -> Parsed<Node<'a>> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err("nested deeper than 128");
        };
        match self.peek() {
            Some(b'"') => self.text().map(Node::Text),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.word(),
            None => Err("expected a value, found the end"),
        }
    }

    fn word(&mut self) -> Parsed<Node<'a>> {
        for (word, node) in [
            ("null", Node::Null),
            ("true", Node::Bool(true)),
            ("false", Node::Bool(false)),
        ] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                return Ok(node);
            }
        }
        Err("expected a value")
    }

    fn object(&mut self, depth: usize) -> Parsed<Node<'a>> {
        let mut fields = Vec::new();
        self.at += 1;
        if !self.takes(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    return Err("expected a key in quotes");
                }
                let key = self.text()?;
                if !self.takes(b':') {
                    return Err("expected `:` after a key");
                }
                fields.push((key, self.value(depth)?));
                if self.takes(b'}') {
                    break;
                }
                if !self.takes(b',') {
                    return Err("expected `,` or `}`");
                }
            }
        }
        Ok(Node::Object(fields))
    }

    fn list(&mut self, depth: usize) -> Parsed<Node<'a>> {
        let mut items = Vec::new();
        self.at += 1;
        if !self.takes(b']') {
            loop {
                items.push(self.value(depth)?);
                if self.takes(b']') {
                    break;
                }
                if !self.takes(b',') {
                    return Err("expected `,` or `]`");
                }
            }
        }
        Ok(Node::List(items))
    }

    fn number(&mut self) -> Parsed<Node<'a>> {
        let rest = self.rest();
        let is_of_number =
            |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.bytes().take_while(is_of_number).count();
        let written = rest.get(..length).unwrap_or_default();
        let digits = written.strip_prefix('-').unwrap_or(written);
        if !is_number(digits) {
            return Err("expected a number such as 12 or -0.5e3");
        }
        self.at += length;
        let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_whole && written != "-0" {
            if let Ok(natural) = written.parse() {
                return Ok(Node::Natural(natural));
            }
            if let Ok(negative) = written.parse() {
                return Ok(Node::Negative(negative));
            }
        }
        match written.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Node::Float(number)),
            _ => Err("a number out of range"),
        }
    }

    /// What stands between quotes.
    fn text(&mut self) -> Parsed<Cow<'a, str>> {
        self.at += 1;
        let mut made = String::new();
        loop {
            let rest = self.rest();
            let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let length = rest.bytes().take_while(plain).count();
            let part = rest.get(..length).unwrap_or_default();
            self.at += length;
            match rest.as_bytes().get(length) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(if made.is_empty() {
                        Cow::Borrowed(part)
                    } else {
                        Cow::Owned(made + part)
                    });
                }
                Some(b'\\') => {
                    made.push_str(part);
                    self.at += 1;
                    made.push(self.escaped()?);
                }
                Some(_) => return Err("a control character in text; write it as \\u00XX"),
                None => return Err("text without its closing quote"),
            }
        }
    }

    /// The character that is written behind a backslash.
    fn escaped(&mut self) -> Parsed<char> {
        let byte = self.rest().bytes().next();
        self.at += 1;
        Ok(match byte {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.unit()?;
                // Characters outside of the basic plane come as two surrogates.
                let mut units = vec![first];
                if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
                    self.at += 2;
                    units.push(self.unit()?);
                }
                let mut read = char::decode_utf16(units);
                match (read.next(), read.next()) {
                    (Some(Ok(character)), None) => character,
                    _ => return Err("half of a surrogate pair"),
                }
            }
            _ => return Err("an unknown escape"),
        })
    }

    fn unit(&mut self) -> Parsed<u16> {
        let digits = self.rest().get(..4).unwrap_or_default();
        if digits.len() < 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("expected four hexadecimal digits after \\u");
        }
        self.at += 4;
        u16::from_str_radix(digits, 16).map_err(|_| "expected four hexadecimal digits after \\u")
    }

    fn error(&self, what: &str) -> Error {
        let read = self.text.get(..self.at).unwrap_or(self.text);
        let line = read.matches('\n').count() + 1;
        let column = read.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Error::of(format_args!("{what} at line {line} column {column}"))
    }
}

/// Whether this is a number without its sign: no needless zero in front, digits on both sides of a
/// point and behind an exponent.
fn is_number(written: &str) -> bool {
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = match written.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (written, None),
    };
    let (whole, part) = match mantissa.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (mantissa, None),
    };
    are_digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && part.is_none_or(are_digits)
        && exponent.is_none_or(|power| are_digits(power.strip_prefix(['+', '-']).unwrap_or(power)))
}
