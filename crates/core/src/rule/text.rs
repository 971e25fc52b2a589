//! Text to rule: a recursive-descent parser that goes on after a mistake.
//! Groups and words are here, conditions in `predicate`. Grammar: docs/rules.md.

use super::{
    Asked, DEPTH_MAX, Literal, Names, Problem, Rule,
    bounds::{too_deep, too_long},
    lexer::{Kind, Token, lex},
};
use crate::nearest::nearest;
use crate::time::{Date, SPAN_MS_MAX, parse_date, unit_ms};

// LIMIT: far longer than what `PREDICATES_MAX` readable conditions need.
/// How many bytes the text of a rule may have.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;

// LIMIT: more than these at once help no one.
pub(super) const PROBLEMS_MAX: usize = 20;

/// A rule with the places of its conditions in the text that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The rule.
    pub rule: Rule,
    /// Where each condition begins, from left to right: characters from the start, from 0.
    places: Vec<usize>,
}

impl Written {
    /// Everything about it that can't be meant, each with its place in the text.
    #[must_use]
    pub fn problems(&self, names: &Names, asked: Asked) -> Vec<Problem> {
        let mut problems = self.rule.problems(names, asked);
        for problem in &mut problems {
            let path = problem.path.as_deref().unwrap_or_default();
            problem.at = self.places.get(self.rule.place_of(path)).copied();
        }
        problems
    }
}

/// Reads the one-line spelling of a rule.
///
/// # Errors
/// Every problem of the text, each with its place.
pub fn parse(source: &str) -> Result<Rule, Vec<Problem>> {
    read(source).map(|written| written.rule)
}

/// Reads the one-line spelling of a rule, and keeps the places of its conditions.
///
/// # Errors
/// Every problem of the text, each with its place.
pub fn read(source: &str) -> Result<Written, Vec<Problem>> {
    if source.len() > TEXT_BYTES_MAX {
        return Err(vec![Problem::new(too_long())]);
    }
    let mut parser = Parser {
        tokens: lex(source)?,
        next: 0,
        problems: Vec::new(),
        places: Vec::new(),
    };
    let rule = parser.whole();
    let Parser {
        mut problems,
        places,
        ..
    } = parser;
    if problems.is_empty() {
        problems = rule.faults(&places);
    }
    problems.truncate(PROBLEMS_MAX);
    if problems.is_empty() {
        Ok(Written { rule, places })
    } else {
        Err(problems)
    }
}

/// Units of time as they are suggested.
pub(super) const UNITS: [&str; 5] = ["days", "hours", "minutes", "weeks", "seconds"];

pub(super) struct Parser {
    pub(super) tokens: Vec<Token>,
    pub(super) next: usize,
    problems: Vec<Problem>,
    places: Vec<usize>,
}

/// A predicate could not be read; the problem is noted already.
pub(super) struct Noted;

pub(super) type Read<T> = Result<T, Noted>;

impl Parser {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    pub(super) fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(
            self.tokens.get(self.next + ahead),
            Some(Token { kind: Kind::Word(found), .. }) if found.eq_ignore_ascii_case(word)
        )
    }

    /// Takes all of these words, or none of them.
    pub(super) fn words(&mut self, words: &str) -> bool {
        let all = words
            .split(' ')
            .enumerate()
            .all(|(ahead, word)| self.is_word_at(ahead, word));
        if all {
            self.next += words.split(' ').count();
        }
        all
    }

    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Token { kind: Kind::Sign(found), .. }) if *found == sign);
        if found {
            self.next += 1;
        }
        found
    }

    pub(super) fn note<T>(&mut self, expected: &str) -> Read<T> {
        let (at, found) = match self.peek() {
            Some(token) => (token.at, token.kind.shown()),
            None => (
                self.tokens.last().map_or(0, |token| token.end),
                "the end".to_owned(),
            ),
        };
        let message = format!("expected {expected}, found {found}");
        self.problems.push(Problem::at(at, message));
        Err(Noted)
    }

    /// Everything up to the end, whatever stands in between.
    fn whole(&mut self) -> Rule {
        let rule = self.any(0);
        while self.peek().is_some() {
            let _: Read<()> = self.note("`and`, `or` or the end");
            self.next += 1;
            self.recover(self.next);
            if self.words("and") || self.words("or") {
                self.any(0);
            }
        }
        rule
    }

    fn any(&mut self, depth: usize) -> Rule {
        self.joined(depth, "or", Self::all, Rule::Any)
    }

    fn all(&mut self, depth: usize) -> Rule {
        self.joined(depth, "and", Self::unary, Rule::All)
    }

    fn joined(
        &mut self,
        depth: usize,
        word: &str,
        part: fn(&mut Self, usize) -> Rule,
        make: fn(Vec<Rule>) -> Rule,
    ) -> Rule {
        let first = part(self, depth);
        if !self.is_word_at(0, word) {
            return first;
        }
        let mut parts = vec![first];
        while self.words(word) {
            parts.push(part(self, depth));
        }
        make(parts)
    }

    fn unary(&mut self, depth: usize) -> Rule {
        // The parser recurses once more than the tree is deep.
        if depth > DEPTH_MAX + 1 {
            let at = self.peek().map(|token| token.at);
            self.problems.push(Problem {
                at,
                ..Problem::new(too_deep())
            });
            self.next = self.tokens.len();
            return Rule::everyone();
        }
        if self.is_word_at(0, "not") && !self.is_negated_predicate() {
            self.next += 1;
            return Rule::Not(Box::new(self.unary(depth + 1)));
        }
        if self.sign("(") {
            let inner = self.any(depth + 1);
            if !self.sign(")") {
                let _: Read<()> = self.note("`and`, `or` or `)`");
                self.recover(self.next);
                self.sign(")");
            }
            return inner;
        }
        let start = self.next;
        let at = self.peek().map(|token| token.at);
        if let Ok(rule) = self.predicate() {
            // `everyone` and `no one` are groups.
            if !matches!(rule, Rule::All(_) | Rule::Any(_)) {
                self.places.extend(at);
            }
            return rule;
        }
        self.recover(start);
        Rule::everyone()
    }

    /// Skips to where the next condition may begin, so that its mistakes are found as well.
    ///
    /// `start` is where the condition that failed began: a list that it opened is skipped whole.
    fn recover(&mut self, start: usize) {
        let read = self.tokens.get(start..self.next).unwrap_or_default();
        let is = |token: &Token, sign| token.kind == Kind::Sign(sign);
        let mut open = read.iter().filter(|token| is(token, "(")).count();
        while let Some(token) = self.peek() {
            if is(token, "(") {
                open += 1;
            } else if is(token, ")") && open > 0 {
                open -= 1;
            } else if open == 0
                && (is(token, ")") || self.is_word_at(0, "and") || self.is_word_at(0, "or"))
            {
                return;
            }
            self.next += 1;
        }
    }

    pub(super) fn text(&mut self, expected: &str) -> Read<String> {
        match self.peek().map(|token| &token.kind) {
            Some(Kind::Text(text)) => {
                let text = text.clone();
                self.next += 1;
                Ok(text)
            }
            _ => self.note(expected),
        }
    }

    pub(super) fn number(&mut self) -> Read<f64> {
        match self.peek().map(|token| &token.kind) {
            Some(Kind::Number(number)) => {
                let number = *number;
                self.next += 1;
                Ok(number)
            }
            _ => self.note("a number"),
        }
    }

    pub(super) fn span(&mut self) -> Read<i64> {
        let start = self.next;
        let number = self.number()?;
        let unit = match self.peek().map(|token| &token.kind) {
            Some(Kind::Word(word)) => unit_ms(word),
            _ => None,
        };
        let Some(unit) = unit else {
            return match self.near(&UNITS) {
                Some(unit) => self.note(&format!("a unit of time (did you mean `{unit}`?)")),
                None => self.note("a unit of time, such as `days` or `hours`"),
            };
        };
        self.next += 1;
        let ms = crate::value::whole(number).and_then(|number| number.checked_mul(unit));
        if let Some(ms) = ms.filter(|ms| (0..=SPAN_MS_MAX).contains(ms)) {
            return Ok(ms);
        }
        self.next = start;
        self.note("a whole number of units, up to 100 years")
    }

    pub(super) fn date(&mut self) -> Read<Date> {
        let date = match self.peek().map(|token| &token.kind) {
            Some(Kind::Date(date)) => Some(*date),
            Some(Kind::Text(text)) => parse_date(text),
            _ => None,
        };
        match date {
            Some(date) => {
                self.next += 1;
                Ok(date)
            }
            None => self.note("a date such as `2026-11-23` or `2026-11-23T09:00:00Z`"),
        }
    }

    pub(super) fn literal(&mut self) -> Read<Literal> {
        let literal = match self.peek().map(|token| &token.kind) {
            Some(Kind::Text(text)) => Some(Literal::Text(text.clone())),
            Some(Kind::Number(number)) => Some(Literal::Number(*number)),
            Some(Kind::Word(word)) if word.eq_ignore_ascii_case("true") => {
                Some(Literal::Bool(true))
            }
            Some(Kind::Word(word)) if word.eq_ignore_ascii_case("false") => {
                Some(Literal::Bool(false))
            }
            _ => None,
        };
        match literal {
            Some(literal) => {
                self.next += 1;
                Ok(literal)
            }
            None => self.note("a value: text in double quotes, a number, `true` or `false`"),
        }
    }

    pub(super) fn list<T>(&mut self, item: fn(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        if !self.sign("(") {
            return self.note("`(` and the values");
        }
        let mut items = vec![item(self)?];
        while self.sign(",") {
            items.push(item(self)?);
        }
        if self.sign(")") {
            Ok(items)
        } else {
            self.note("`,` or `)`")
        }
    }

    /// The word of these that is nearest to the one that stands here.
    pub(super) fn near(&self, words: &[&'static str]) -> Option<&'static str> {
        match &self.peek()?.kind {
            Kind::Word(word) => nearest(word, words.iter().copied()),
            Kind::Name(_) | Kind::Text(_) | Kind::Number(_) | Kind::Date(_) | Kind::Sign(_) => None,
        }
    }
}
