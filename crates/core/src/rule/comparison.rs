//! The comparisons of an attribute, from text. The rest of the grammar is in `text`.
//! Does not know whether an attribute exists, or of what kind it is.

use super::{
    Test,
    bounds::ANNIVERSARY_DAYS_MAX,
    lexer::Kind,
    text::{Parser, Read, UNITS},
};
use crate::{nearest::nearest, time::unit_ms, window::DAY_MS};

/// What follows the words of a comparison.
type ReadTest = fn(&mut Parser) -> Read<Test>;

impl Parser {
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

    /// What follows the name of an attribute.
    pub(super) fn test(&mut self) -> Read<Test> {
        let phrases: [(&str, ReadTest); 21] = [
            ("is any of", |p| Ok(Test::IsAnyOf(p.list(Self::literal)?))),
            ("is none of", |p| Ok(Test::IsNoneOf(p.list(Self::literal)?))),
            ("is not any of", |p| {
                Ok(Test::IsNoneOf(p.list(Self::literal)?))
            }),
            ("is unknown", |_| Ok(Test::IsUnknown)),
            ("is today", |_| Ok(Test::IsToday)),
            ("has anniversary today", |_| Ok(Test::AnniversaryWithin(0))),
            ("has anniversary", Self::anniversary),
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

    /// Whole days of the calendar.
    fn anniversary(&mut self) -> Read<Test> {
        if !self.words("within next") && !self.words("within the next") {
            return self.note("`today`, or `within next` and a number of days");
        }
        let start = self.next;
        let span = self.span()?;
        let days = u32::try_from(span / DAY_MS).ok();
        if let Some(days) = days.filter(|days| span % DAY_MS == 0 && *days <= ANNIVERSARY_DAYS_MAX)
        {
            return Ok(Test::AnniversaryWithin(days));
        }
        self.next = start;
        self.note(&format!("whole days, up to {ANNIVERSARY_DAYS_MAX}"))
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
}
