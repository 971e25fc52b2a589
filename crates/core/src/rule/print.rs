//! Rule to text: the one-line spelling that people read, which `text` reads back to the same tree.
//! Does not translate or explain.

use std::fmt::{self, Display, Formatter};

use super::{AttributeTest, EventTest, Literal, OccurrenceTest, PageRule, Rule, Test, Which};
use crate::{
    residual::{PageField, PageTest},
    time::{format_date, format_instant, span_in_words},
    window::{Age, Count, DAY_MS, Window},
};

/// Words that an attribute's name can only be written as in back-quotes.
pub(super) const RESERVED: [&str; 13] = [
    "and",
    "or",
    "not",
    "performed",
    "first",
    "last",
    "in",
    "everyone",
    "no",
    "true",
    "false",
    "page",
    "all",
];

impl Display for Rule {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) if parts.is_empty() => out.write_str("everyone"),
            Self::Any(parts) if parts.is_empty() => out.write_str("no one"),
            Self::All(parts) => join(out, parts, " and "),
            Self::Any(parts) => join(out, parts, " or "),
            // `not performed` is a predicate of its own, so its negation needs the parentheses.
            Self::Not(part) => match **part {
                Self::Attribute(_) | Self::Page(_) | Self::Segment(_) | Self::Not(_) => {
                    write!(out, "not {part}")
                }
                Self::All(_) | Self::Any(_) | Self::Event(_) | Self::Occurrence(_) => {
                    write!(out, "not ({part})")
                }
            },
            Self::Attribute(test) => test.fmt(out),
            Self::Event(test) => test.fmt(out),
            Self::Occurrence(test) => test.fmt(out),
            Self::Page(test) => test.fmt(out),
            Self::Segment(id) => write!(out, "in segment {}", Quoted(id)),
        }
    }
}

fn join(out: &mut Formatter<'_>, parts: &[Rule], between: &str) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            out.write_str(between)?;
        }
        let whole = matches!(part, Rule::All(parts) | Rule::Any(parts) if !parts.is_empty());
        if whole {
            write!(out, "({part})")?;
        } else {
            write!(out, "{part}")?;
        }
    }
    Ok(())
}

/// Text in double quotes, with a backslash before what would end it.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str("\"")?;
        for character in self.0.chars() {
            match character {
                '"' | '\\' => write!(out, "\\{character}")?,
                '\n' => out.write_str("\\n")?,
                '\t' => out.write_str("\\t")?,
                other => write!(out, "{other}")?,
            }
        }
        out.write_str("\"")
    }
}

impl Display for Literal {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(truth) => write!(out, "{truth}"),
            Self::Number(number) => write!(out, "{number}"),
            Self::Text(text) => Quoted(text).fmt(out),
        }
    }
}

/// Items between parentheses.
struct Items<'a, T>(&'a [T]);

impl<T: Display> Display for Items<'_, T> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str("(")?;
        for (place, item) in self.0.iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            write!(out, "{comma}{item}")?;
        }
        out.write_str(")")
    }
}

/// An instant: a date alone where it is midnight in UTC.
struct Date(i64);

impl Display for Date {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let midnight = self.0.rem_euclid(DAY_MS) == 0;
        out.write_str(&if midnight {
            format_date(self.0)
        } else {
            format_instant(self.0)
        })
    }
}

pub(super) fn is_plain_name(name: &str) -> bool {
    let mut characters = name.chars();
    let starts = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    starts
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.')
        && !RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name))
}

impl Display for AttributeTest {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        if is_plain_name(&self.name) {
            out.write_str(&self.name)?;
        } else {
            write!(
                out,
                "`{}`",
                self.name.replace('\\', "\\\\").replace('`', "\\`")
            )?;
        }
        out.write_str(" ")?;
        self.test.fmt(out)
    }
}

impl Display for Test {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(Literal::Number(number)) => write!(out, "= {number}"),
            Self::IsNot(Literal::Number(number)) => write!(out, "!= {number}"),
            Self::Is(literal) => write!(out, "is {literal}"),
            Self::IsNot(literal) => write!(out, "is not {literal}"),
            Self::IsAnyOf(literals) => write!(out, "is any of {}", Items(literals)),
            Self::IsNoneOf(literals) => write!(out, "is none of {}", Items(literals)),
            Self::Contains(part) => write!(out, "contains {}", Quoted(part)),
            Self::DoesNotContain(part) => write!(out, "does not contain {}", Quoted(part)),
            Self::StartsWith(part) => write!(out, "starts with {}", Quoted(part)),
            Self::EndsWith(part) => write!(out, "ends with {}", Quoted(part)),
            Self::LessThan(bound) => write!(out, "< {bound}"),
            Self::AtMost(bound) => write!(out, "<= {bound}"),
            Self::GreaterThan(bound) => write!(out, "> {bound}"),
            Self::AtLeast(bound) => write!(out, ">= {bound}"),
            Self::Between(least, most) => write!(out, "between {least} and {most}"),
            Self::Includes(literal) => write!(out, "includes {literal}"),
            Self::DoesNotInclude(literal) => write!(out, "does not include {literal}"),
            Self::IsEmpty => out.write_str("is empty"),
            Self::HasAnyValue => out.write_str("has any value"),
            Self::IsUnknown => out.write_str("is unknown"),
            Self::Before(instant) => write!(out, "before {}", Date(*instant)),
            Self::After(instant) => write!(out, "after {}", Date(*instant)),
            Self::On(day) => write!(out, "on {}", Date(*day)),
            Self::MoreThanAgo(span) => write!(out, "> {} ago", span_in_words(*span)),
            Self::LessThanAgo(span) => write!(out, "< {} ago", span_in_words(*span)),
            Self::ExactlyAgo(span) => write!(out, "exactly {} ago", span_in_words(*span)),
            Self::WithinNext(span) => write!(out, "within next {}", span_in_words(*span)),
        }
    }
}

impl Display for EventTest {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let name = Quoted(&self.name);
        match self.count {
            Count::AtLeast(1) => write!(out, "performed {name}")?,
            Count::AtMost(0) => write!(out, "not performed {name}")?,
            Count::AtLeast(n) => write!(out, "performed {name} at least {n} times")?,
            Count::AtMost(n) => write!(out, "performed {name} at most {n} times")?,
            Count::Exactly(n) => write!(out, "performed {name} exactly {n} times")?,
            Count::Between(least, most) => {
                write!(out, "performed {name} between {least} and {most} times")?;
            }
        }
        match self.window {
            Window::Ever => Ok(()),
            Window::Last(span) => write!(out, " in last {}", span_in_words(span)),
            Window::Before(end) => write!(out, " before {}", Date(end)),
            Window::Since(start) => write!(out, " since {}", Date(start)),
            Window::Between(start, end) => {
                write!(out, " from {} to {}", Date(start), Date(end))
            }
        }
    }
}

impl Display for OccurrenceTest {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let which = match self.which {
            Which::First => "first",
            Which::Last => "last",
        };
        let (sign, span) = match self.age {
            Age::MoreThanAgo(span) => (">", span),
            Age::LessThanAgo(span) => ("<", span),
        };
        write!(
            out,
            "{which} performed {} {sign} {} ago",
            Quoted(&self.name),
            span_in_words(span)
        )
    }
}

impl PageField {
    /// The word that stands for it in text.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Path => "path",
            Self::Title => "title",
            Self::Referrer => "referrer",
        }
    }
}

impl Display for PageRule {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "page {} ", self.field.word())?;
        match &self.test {
            PageTest::IsAnyOf(choices) => {
                if let [only] = choices.as_slice() {
                    return write!(out, "is {}", Quoted(only));
                }
                let quoted: Vec<Quoted<'_>> = choices.iter().map(|c| Quoted(c)).collect();
                write!(out, "is any of {}", Items(&quoted))
            }
            PageTest::Contains(part) => write!(out, "contains {}", Quoted(part)),
            PageTest::StartsWith(part) => write!(out, "starts with {}", Quoted(part)),
            PageTest::EndsWith(part) => write!(out, "ends with {}", Quoted(part)),
        }
    }
}
