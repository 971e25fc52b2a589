//! Text to rule: the lexer and a recursive-descent parser that goes on after a mistake.
//! Knows the grammar only; whether a name exists is `resolve`'s business. Grammar: docs/rules.md.

use std::fmt;

use serde::Serialize;

use super::{
    AttributeTest, DEPTH_MAX, EventTest, Literal, OccurrenceTest, PageRule, Rule, Test, Which,
    bounds::{too_deep, too_long},
    resolve::nearest,
};
use crate::{
    residual::{PageField, PageTest},
    time::{SPAN_MS_MAX, parse_instant, unit_ms},
    window::{Age, Count, Window},
};

// LIMIT: far longer than what `PREDICATES_MAX` readable conditions need.
/// How many bytes the text of a rule may have.
pub const TEXT_BYTES_MAX: usize = 32 * 1024;

// LIMIT: more than these at once help no one.
const PROBLEMS_MAX: usize = 20;

/// What is wrong with a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Where: characters from the start of the text, from 0; absent for what has no place in text.
    pub at: Option<usize>,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some(at) => write!(out, "at character {}: {}", at + 1, self.message),
            None => out.write_str(&self.message),
        }
    }
}

/// Reads the one-line spelling of a rule.
///
/// # Errors
/// Every problem of the text, each with its place.
pub fn parse(source: &str) -> Result<Rule, Vec<Problem>> {
    if source.len() > TEXT_BYTES_MAX {
        return Err(vec![Problem {
            at: None,
            message: too_long(),
        }]);
    }
    let mut parser = Parser {
        tokens: lex(source)?,
        next: 0,
        problems: Vec::new(),
    };
    let rule = parser.whole();
    if parser.problems.is_empty() {
        let faults = rule.faults();
        parser.problems.extend(
            faults
                .into_iter()
                .map(|message| Problem { at: None, message }),
        );
    }
    if parser.problems.is_empty() {
        return Ok(rule);
    }
    parser.problems.truncate(PROBLEMS_MAX);
    Err(parser.problems)
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// A keyword, or the plain name of an attribute.
    Word(String),
    /// A name in back-quotes.
    Name(String),
    /// Text in double quotes.
    Text(String),
    Number(f64),
    Date(i64),
    Sign(&'static str),
}

impl Kind {
    fn shown(&self) -> String {
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
struct Token {
    kind: Kind,
    at: usize,
    end: usize,
}

fn lex(source: &str) -> Result<Vec<Token>, Vec<Problem>> {
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
        } else if let Some(sign) = ["<=", ">=", "!=", "<", ">", "=", "(", ")", ","]
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
            Err(message) => problems.push(Problem {
                at: Some(start),
                message,
            }),
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
    parse_instant(text).map(Kind::Date).ok_or_else(|| {
        format!(
            "`{text}` is neither a number nor a date such as `2026-11-23` or `2026-11-23T09:00:00Z`"
        )
    })
}

/// Units of time as they are suggested.
const UNITS: [&str; 5] = ["days", "hours", "minutes", "weeks", "seconds"];

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    problems: Vec<Problem>,
}

/// A predicate could not be read; the problem is noted already.
struct Noted;

type Read<T> = Result<T, Noted>;

/// What follows the words of a comparison.
type ReadTest = fn(&mut Parser) -> Read<Test>;

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(
            self.tokens.get(self.next + ahead),
            Some(Token { kind: Kind::Word(found), .. }) if found.eq_ignore_ascii_case(word)
        )
    }

    /// Takes all of these words, or none of them.
    fn words(&mut self, words: &str) -> bool {
        let all = words
            .split(' ')
            .enumerate()
            .all(|(ahead, word)| self.is_word_at(ahead, word));
        if all {
            self.next += words.split(' ').count();
        }
        all
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found =
            matches!(self.peek(), Some(Token { kind: Kind::Sign(found), .. }) if *found == sign);
        if found {
            self.next += 1;
        }
        found
    }

    fn note<T>(&mut self, expected: &str) -> Read<T> {
        let (at, found) = match self.peek() {
            Some(token) => (token.at, token.kind.shown()),
            None => (
                self.tokens.last().map_or(0, |token| token.end),
                "the end".to_owned(),
            ),
        };
        self.problems.push(Problem {
            at: Some(at),
            message: format!("expected {expected}, found {found}"),
        });
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
            self.problems.push(Problem {
                at: self.peek().map(|token| token.at),
                message: too_deep(),
            });
            self.next = self.tokens.len();
            return Rule::everyone();
        }
        if self.is_word_at(0, "not") && !self.is_word_at(1, "performed") {
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
        if let Ok(rule) = self.predicate() {
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

    fn predicate(&mut self) -> Read<Rule> {
        if self.words("everyone") {
            return Ok(Rule::All(Vec::new()));
        }
        if self.words("no one") {
            return Ok(Rule::Any(Vec::new()));
        }
        if self.words("in segment") {
            return Ok(Rule::Segment(
                self.text("the segment's id in double quotes")?,
            ));
        }
        if self.words("not performed") {
            return self.event(false);
        }
        if self.words("performed") {
            return self.event(true);
        }
        for (word, which) in [
            ("first performed", Which::First),
            ("last performed", Which::Last),
        ] {
            if self.words(word) {
                return self.occurrence(which);
            }
        }
        if self.words("page") {
            return self.page();
        }
        let name = match self.peek().map(|token| &token.kind) {
            Some(Kind::Word(name) | Kind::Name(name)) => name.clone(),
            _ => {
                return self
                    .note("a condition, such as `plan is \"pro\"` or `performed \"Purchased\"`");
            }
        };
        self.next += 1;
        // `performd "Purchased"`: no comparison begins with text.
        if matches!(self.peek().map(|token| &token.kind), Some(Kind::Text(_)))
            && nearest(&name, ["performed"]).is_some()
        {
            self.next -= 1;
            return self.note("a condition (did you mean `performed`?)");
        }
        Ok(Rule::Attribute(AttributeTest {
            name,
            test: self.test()?,
        }))
    }

    fn text(&mut self, expected: &str) -> Read<String> {
        match self.peek().map(|token| &token.kind) {
            Some(Kind::Text(text)) => {
                let text = text.clone();
                self.next += 1;
                Ok(text)
            }
            _ => self.note(expected),
        }
    }

    fn number(&mut self) -> Read<f64> {
        match self.peek().map(|token| &token.kind) {
            Some(Kind::Number(number)) => {
                let number = *number;
                self.next += 1;
                Ok(number)
            }
            _ => self.note("a number"),
        }
    }

    /// A whole number of times, up to what a count may be compared with.
    fn times(&mut self) -> Read<u32> {
        let whole = match self.peek().map(|token| &token.kind) {
            Some(Kind::Number(number)) => crate::value::whole(*number),
            _ => None,
        };
        match whole
            .and_then(|n| u32::try_from(n).ok())
            .filter(|n| *n <= Count::THRESHOLD_MAX)
        {
            Some(times) => {
                self.next += 1;
                Ok(times)
            }
            None => self.note(&format!(
                "a whole number of times up to {}",
                Count::THRESHOLD_MAX
            )),
        }
    }

    fn span(&mut self) -> Read<i64> {
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

    fn date(&mut self) -> Read<i64> {
        let date = match self.peek().map(|token| &token.kind) {
            Some(Kind::Date(instant)) => Some(*instant),
            Some(Kind::Text(text)) => parse_instant(text),
            _ => None,
        };
        match date {
            Some(instant) => {
                self.next += 1;
                Ok(instant)
            }
            None => self.note("a date such as `2026-11-23` or `2026-11-23T09:00:00Z`"),
        }
    }

    fn literal(&mut self) -> Read<Literal> {
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

    fn list<T>(&mut self, item: fn(&mut Self) -> Read<T>) -> Read<Vec<T>> {
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

    fn event(&mut self, performed: bool) -> Read<Rule> {
        let name = self.text("the event's name in double quotes")?;
        let count = self.count()?;
        let event = |count, window| {
            Rule::Event(EventTest {
                name,
                count,
                window,
            })
        };
        Ok(match (performed, count) {
            (true, count) => event(count.unwrap_or(Count::AtLeast(1)), self.window()?),
            (false, None) => event(Count::AtMost(0), self.window()?),
            (false, Some(count)) => Rule::Not(Box::new(event(count, self.window()?))),
        })
    }

    fn count(&mut self) -> Read<Option<Count>> {
        let count = if self.words("at least") {
            Count::AtLeast(self.times()?)
        } else if self.words("at most") {
            Count::AtMost(self.times()?)
        } else if self.words("exactly") {
            Count::Exactly(self.times()?)
        } else if self.words("between") {
            let least = self.times()?;
            if !self.words("and") {
                return self.note("`and` and the larger number");
            }
            let most = self.times()?;
            Count::Between(least, self.not_below(least, most)?)
        } else {
            return Ok(None);
        };
        if self.words("times") || self.words("time") {
            Ok(Some(count))
        } else {
            self.note("`times`")
        }
    }

    fn window(&mut self) -> Read<Window> {
        Ok(if self.words("in the last") || self.words("in last") {
            Window::Last(self.span()?)
        } else if self.words("before") {
            Window::Before(self.date()?)
        } else if self.words("since") {
            Window::Since(self.date()?)
        } else if self.words("from") {
            let start = self.date()?;
            if !self.words("to") {
                return self.note("`to` and a date");
            }
            let end = self.date()?;
            if end <= start {
                self.next -= 1;
                return self.note("a date after the first one");
            }
            Window::Between(start, end)
        } else {
            Window::Ever
        })
    }

    /// The larger bound of two, which has just been taken.
    fn not_below<T: PartialOrd + Copy>(&mut self, least: T, most: T) -> Read<T> {
        if least <= most {
            return Ok(most);
        }
        self.next -= 1;
        self.note("a number that is not smaller than the first one")
    }

    fn ago(&mut self) -> Read<i64> {
        let span = self.span()?;
        if self.words("ago") {
            Ok(span)
        } else {
            self.note("`ago`")
        }
    }

    fn occurrence(&mut self, which: Which) -> Read<Rule> {
        let name = self.text("the event's name in double quotes")?;
        let age = if self.sign(">") || self.words("more than") {
            Age::MoreThanAgo(self.ago()?)
        } else if self.sign("<") || self.words("less than") {
            Age::LessThanAgo(self.ago()?)
        } else {
            return self.note("`>` or `<` and a span such as `30 days ago`");
        };
        Ok(Rule::Occurrence(OccurrenceTest { name, which, age }))
    }

    fn page(&mut self) -> Read<Rule> {
        let fields = [
            PageField::Url,
            PageField::Path,
            PageField::Title,
            PageField::Referrer,
        ];
        let Some(field) = fields.into_iter().find(|field| self.words(field.word())) else {
            return self.note("`url`, `path`, `title` or `referrer`");
        };
        let value = |parser: &mut Self| parser.text("text in double quotes");
        let test = if self.words("is any of") {
            PageTest::IsAnyOf(self.list(|parser| parser.text("text in double quotes"))?)
        } else if self.words("is") {
            PageTest::IsAnyOf(vec![value(self)?])
        } else if self.words("contains") {
            PageTest::Contains(value(self)?)
        } else if self.words("starts with") {
            PageTest::StartsWith(value(self)?)
        } else if self.words("ends with") {
            PageTest::EndsWith(value(self)?)
        } else {
            return self.note("`is`, `contains`, `starts with` or `ends with`");
        };
        Ok(Rule::Page(PageRule { field, test }))
    }

    /// A number, or a span with `ago`, after a sign of comparison.
    fn number_or_ago(
        &mut self,
        number: fn(f64) -> Test,
        ago: Option<fn(i64) -> Test>,
    ) -> Read<Test> {
        let unit_follows = match self.tokens.get(self.next + 1).map(|token| &token.kind) {
            Some(Kind::Word(word)) => {
                unit_ms(word).is_some()
                    || nearest(word, UNITS).is_some()
                    || self.is_word_at(2, "ago")
            }
            _ => false,
        };
        match (unit_follows, ago) {
            (true, Some(ago)) => Ok(ago(self.ago()?)),
            (true, None) => self.note("a number (how long ago is compared with `>` or `<`)"),
            (false, _) => Ok(number(self.number()?)),
        }
    }

    fn test(&mut self) -> Read<Test> {
        let phrases: [(&str, ReadTest); 18] = [
            ("is any of", |p| Ok(Test::IsAnyOf(p.list(Self::literal)?))),
            ("is none of", |p| Ok(Test::IsNoneOf(p.list(Self::literal)?))),
            ("is not any of", |p| {
                Ok(Test::IsNoneOf(p.list(Self::literal)?))
            }),
            ("is unknown", |_| Ok(Test::IsUnknown)),
            ("is empty", |_| Ok(Test::IsEmpty)),
            ("is not", |p| Ok(Test::IsNot(p.literal()?))),
            ("is", |p| Ok(Test::Is(p.literal()?))),
            ("has any value", |_| Ok(Test::HasAnyValue)),
            ("contains", |p| {
                Ok(Test::Contains(p.text("text in double quotes")?))
            }),
            ("does not contain", |p| {
                Ok(Test::DoesNotContain(p.text("text in double quotes")?))
            }),
            ("starts with", |p| {
                Ok(Test::StartsWith(p.text("text in double quotes")?))
            }),
            ("ends with", |p| {
                Ok(Test::EndsWith(p.text("text in double quotes")?))
            }),
            ("includes", |p| Ok(Test::Includes(p.literal()?))),
            ("does not include", |p| {
                Ok(Test::DoesNotInclude(p.literal()?))
            }),
            ("before", |p| Ok(Test::Before(p.date()?))),
            ("after", |p| Ok(Test::After(p.date()?))),
            ("on", |p| Ok(Test::On(p.date()?))),
            ("exactly", |p| Ok(Test::ExactlyAgo(p.ago()?))),
        ];
        for (words, read) in phrases {
            if self.words(words) {
                return read(self);
            }
        }
        if self.words("more than") {
            return Ok(Test::MoreThanAgo(self.ago()?));
        }
        if self.words("less than") {
            return Ok(Test::LessThanAgo(self.ago()?));
        }
        if self.words("within next") || self.words("within the next") {
            return Ok(Test::WithinNext(self.span()?));
        }
        if self.words("between") {
            let least = self.number()?;
            if !self.words("and") {
                return self.note("`and` and the larger number");
            }
            let most = self.number()?;
            return Ok(Test::Between(least, self.not_below(least, most)?));
        }
        self.signed()
    }

    fn signed(&mut self) -> Read<Test> {
        if self.sign(">") {
            return self.number_or_ago(Test::GreaterThan, Some(Test::MoreThanAgo));
        }
        if self.sign("<") {
            return self.number_or_ago(Test::LessThan, Some(Test::LessThanAgo));
        }
        if self.sign(">=") {
            return self.number_or_ago(Test::AtLeast, None);
        }
        if self.sign("<=") {
            return self.number_or_ago(Test::AtMost, None);
        }
        if self.sign("=") {
            return Ok(Test::Is(self.literal()?));
        }
        if self.sign("!=") {
            return Ok(Test::IsNot(self.literal()?));
        }
        match self.suggestion() {
            Some(word) => self.note(&format!("a comparison (did you mean `{word}`?)")),
            None => self.note("a comparison, such as `is`, `>`, `contains` or `has any value`"),
        }
    }

    /// The comparison whose first word is nearest to the word that stands here.
    fn suggestion(&self) -> Option<&'static str> {
        self.near(&[
            "is", "has", "contains", "does", "starts", "ends", "includes", "before", "after",
            "between", "exactly", "within",
        ])
    }

    /// The word of these that is nearest to the one that stands here.
    fn near(&self, words: &[&'static str]) -> Option<&'static str> {
        match &self.peek()?.kind {
            Kind::Word(word) => nearest(word, words.iter().copied()),
            Kind::Name(_) | Kind::Text(_) | Kind::Number(_) | Kind::Date(_) | Kind::Sign(_) => None,
        }
    }
}
