//! The words of an output or a tag: names, literals, operators and signs.
//! Knows nothing of what they mean together.

use super::number::{self, Number};

/// A word or sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    Text(&'a str),
    Number(Number),
    /// `== != <> < > <= >=`.
    Compare(&'a str),
    /// One of `. : , | [ ] ( ) =`.
    Sign(char),
    /// `..`.
    Dots,
    /// A text without its closing quote.
    Unclosed(char),
    /// Anything else.
    Stray(char),
}

/// A token and where it starts, in bytes from the start of the source.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Word<'a> {
    pub(super) token: Token<'a>,
    pub(super) at: usize,
    pub(super) end: usize,
}

/// Splits markup that starts at offset `at`.
pub(super) fn words(markup: &str, at: usize) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut from = 0;
    while let Some(rest) = markup.get(from..) {
        let skipped = rest.len() - rest.trim_start().len();
        from += skipped;
        let Some(rest) = rest.get(skipped..).filter(|rest| !rest.is_empty()) else {
            break;
        };
        let (token, len) = next(rest);
        words.push(Word {
            token,
            at: at + from,
            end: at + from + len,
        });
        from += len;
    }
    words
}

/// The first token of `text`, which is not empty, and its length.
fn next(text: &str) -> (Token<'_>, usize) {
    for sign in ["==", "!=", "<>", "<=", ">=", "<", ">"] {
        if text.starts_with(sign) {
            return (Token::Compare(sign_in(text, sign.len())), sign.len());
        }
    }
    if text.starts_with("..") {
        return (Token::Dots, 2);
    }
    let first = text.chars().next().unwrap_or(' ');
    match first {
        '\'' | '"' => match text.get(1..).and_then(|body| body.find(first)) {
            Some(len) => {
                let body = text.get(1..=len).unwrap_or_default();
                (Token::Text(body), len + 2)
            }
            None => (Token::Unclosed(first), text.len()),
        },
        '.' | ':' | ',' | '|' | '[' | ']' | '(' | ')' | '=' => (Token::Sign(first), 1),
        _ if starts_name(first) => {
            let len = text.find(|c| !continues_name(c)).unwrap_or(text.len());
            let question = text.get(len..).is_some_and(|rest| rest.starts_with('?'));
            let len = len + usize::from(question);
            (Token::Name(text.get(..len).unwrap_or_default()), len)
        }
        _ => number_or_stray(text, first),
    }
}

fn sign_in(text: &str, len: usize) -> &str {
    text.get(..len).unwrap_or_default()
}

fn number_or_stray(text: &str, first: char) -> (Token<'_>, usize) {
    let negative = first == '-';
    let digits = text.get(usize::from(negative)..).unwrap_or_default();
    let whole_len = digits.bytes().take_while(u8::is_ascii_digit).count();
    if whole_len == 0 {
        return (Token::Stray(first), first.len_utf8());
    }
    let whole = digits.get(..whole_len).unwrap_or_default();
    let sign_len = usize::from(negative);
    let fraction = digits
        .get(whole_len..)
        .and_then(|rest| rest.strip_prefix('.'));
    let fraction_len = fraction.map_or(0, |fraction| {
        fraction.bytes().take_while(u8::is_ascii_digit).count()
    });
    if fraction_len == 0 {
        return (
            Token::Number(number::int(negative, whole)),
            sign_len + whole_len,
        );
    }
    let fraction = fraction
        .and_then(|text| text.get(..fraction_len))
        .unwrap_or_default();
    let number = Number::Float(number::decimal(negative, whole, fraction));
    (
        Token::Number(number),
        sign_len + whole_len + 1 + fraction_len,
    )
}

fn starts_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && c.is_alphabetic())
}

fn continues_name(c: char) -> bool {
    starts_name(c) || c.is_ascii_digit() || c == '-'
}

/// How a token is shown in a message.
pub(super) fn show(token: Token<'_>) -> String {
    match token {
        Token::Name(text) | Token::Compare(text) => format!("`{text}`"),
        Token::Text(text) => format!("`\"{text}\"`"),
        Token::Number(number) => format!("`{}`", number.print()),
        Token::Sign(c) | Token::Stray(c) => format!("`{c}`"),
        Token::Dots => "`..`".to_owned(),
        Token::Unclosed(quote) => format!("text without its closing `{quote}`"),
    }
}
