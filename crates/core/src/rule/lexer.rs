//! Text to tokens: words, names in back-quotes, text in double quotes, numbers, dates, signs.
//! Knows no grammar: which word may stand where is `text`'s business.

use super::{Problem, text::PROBLEMS_MAX};
use crate::time::{Date, parse_date};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A keyword, or the plain name of an attribute.
    Word(String),
    /// A name in back-quotes.
    Name(String),
    /// Text in double quotes.
    Text(String),
    Number(f64),
    Date(Date),
    Sign(&'static str),
}

impl Kind {
    /// As a message shows it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Name(name) => format!("the name `{name}`"),
            Self::Text(text) => format!("the text `{text}`"),
            Self::Number(number) => format!("the number `{number}`"),
            Self::Date(_) => "a date".to_owned(),
            Self::Sign(sign) => format!("`{sign}`"),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: usize,
    pub(super) end: usize,
}

/// Cuts a text into tokens; or every character that has no place in one.
pub(super) fn lex(source: &str) -> Result<Vec<Token>, Vec<Problem>> {
    let characters: Vec<char> = source.chars().collect();
    let mut tokens = Vec::new();
    let mut problems = Vec::new();
    let mut at = 0;
    while let Some(first) = characters.get(at).copied() {
        let start = at;
        let rest = characters.get(at..).unwrap_or_default();
        let run = |belongs: &dyn Fn(char) -> bool| rest.iter().take_while(|c| belongs(**c)).count();
        let kind = if first.is_whitespace() {
            at += 1;
            continue;
        } else if first == '"' || first == '`' {
            let (text, length) = quoted(rest, first);
            at += length;
            match (text, first) {
                (Some(text), '"') => Ok(Kind::Text(text)),
                (Some(name), _) if name.is_empty() => {
                    Err("a name is empty between ` and `".to_owned())
                }
                (Some(name), _) => Ok(Kind::Name(name)),
                (None, _) => Err(format!("the closing {first} is missing")),
            }
        } else if let Some(sign) = ["<=", ">=", "!=", "<", ">", "=", "(", ")", ",", "%"]
            .into_iter()
            .find(|sign| sign.chars().eq(rest.iter().copied().take(sign.len())))
        {
            at += sign.len();
            Ok(Kind::Sign(sign))
        } else if first.is_ascii_digit() || first == '-' || first == '.' {
            let length = run(&|c| c.is_ascii_alphanumeric() || "-+.:".contains(c));
            at += length;
            number_or_date(&rest.iter().take(length).collect::<String>())
        } else if first.is_alphabetic() || first == '_' || first == '$' {
            let length = run(&|c| c.is_alphanumeric() || c == '_' || c == '.' || c == '$');
            at += length;
            Ok(Kind::Word(rest.iter().take(length).collect()))
        } else {
            at += 1;
            Err(format!(
                "`{first}` has no meaning here: put text between double quotes"
            ))
        };
        match kind {
            Ok(kind) => tokens.push(Token {
                kind,
                at: start,
                end: at,
            }),
            Err(message) => problems.push(Problem::at(start, message)),
        }
    }
    if problems.is_empty() {
        Ok(tokens)
    } else {
        problems.truncate(PROBLEMS_MAX);
        Err(problems)
    }
}

/// The text up to the closing quote, if there is one, and how many characters were read.
fn quoted(characters: &[char], quote: char) -> (Option<String>, usize) {
    let mut text = String::new();
    let mut escaped = false;
    for (place, character) in characters.iter().copied().enumerate().skip(1) {
        match character {
            _ if escaped => {
                text.push(match character {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                });
                escaped = false;
            }
            '\\' => escaped = true,
            _ if character == quote => return (Some(text), place + 1),
            other => text.push(other),
        }
    }
    (None, characters.len())
}

fn number_or_date(text: &str) -> Result<Kind, String> {
    if let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite()) {
        return Ok(Kind::Number(number));
    }
    parse_date(text).map(Kind::Date).ok_or_else(|| {
        format!(
            "`{text}` is neither a number nor a date such as `2026-11-23` or `2026-11-23T09:00:00Z`"
        )
    })
}
