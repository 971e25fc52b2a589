//! Rule to text: the one-line spelling that people read, which `text` reads back to the same tree.
//! Does not translate or explain.

use std::fmt::{self, Display, Formatter};

use super::{
    AttributeTest, ClockTest, EventTest, FilteredEvent, Literal, MessageTest, OccurrenceTest,
    PageRule, Rule, SequenceTest, ShareTest, Test, Which,
};
use crate::{
    residual::{PageField, PageTest},
    time::{Date, span_in_words},
    window::{Age, Count, Window},
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
                Self::Attribute(_)
                | Self::Page(_)
                | Self::Segment(_)
                | Self::Share(_)
                | Self::Clock(_)
                | Self::Not(_) => write!(out, "not {part}"),
                Self::All(_)
                | Self::Any(_)
                | Self::Event(_)
                | Self::Occurrence(_)
                | Self::Sequence(_)
                | Self::Message(_) => write!(out, "not ({part})"),
            },
            Self::Attribute(test) => test.fmt(out),
            Self::Event(test) => test.fmt(out),
            Self::Occurrence(test) => test.fmt(out),
            Self::Sequence(test) => test.fmt(out),
            Self::Message(test) => test.fmt(out),
            Self::Share(test) => test.fmt(out),
            Self::Clock(test) => test.fmt(out),
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
        let is_whole = matches!(part, Rule::All(parts) | Rule::Any(parts) if !parts.is_empty());
        // What follows `and` would be read as one more filter.
        let is_filtered = part.events().iter().any(|(_, filters)| !filters.is_empty());
        if is_whole || is_filtered {
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
        write!(out, " {}", self.test)?;
        if self.match_case {
            out.write_str(" matching case")?;
        }
        Ok(())
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
            Self::Before(instant) => write!(out, "before {instant}"),
            Self::After(instant) => write!(out, "after {instant}"),
            Self::On(day) => write!(out, "on {day}"),
            Self::MoreThanAgo(span) => write!(out, "> {} ago", span_in_words(*span)),
            Self::LessThanAgo(span) => write!(out, "< {} ago", span_in_words(*span)),
            Self::ExactlyAgo(span) => write!(out, "exactly {} ago", span_in_words(*span)),
            Self::WithinNext(span) => write!(out, "within next {}", span_in_words(*span)),
            Self::IsToday => out.write_str("is today"),
            Self::AnniversaryWithin(0) => out.write_str("has anniversary today"),
            Self::AnniversaryWithin(days) => {
                let unit = if *days == 1 { "day" } else { "days" };
                write!(out, "has anniversary within next {days} {unit}")
            }
        }
    }
}

/// What the properties of an event must pass, behind its name.
struct Filters<'a>(&'a [AttributeTest]);

impl Display for Filters<'_> {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        for (place, filter) in self.0.iter().enumerate() {
            let word = if place > 0 { "and" } else { "where" };
            write!(out, " {word} {filter}")?;
        }
        Ok(())
    }
}

/// How often and when, behind what was done.
fn counted(
    out: &mut Formatter<'_>,
    done: impl Display,
    count: Count,
    window: Window<Date>,
) -> fmt::Result {
    match count {
        Count::AtLeast(1) => write!(out, "{done}")?,
        Count::AtMost(0) => write!(out, "not {done}")?,
        Count::AtLeast(n) => write!(out, "{done} at least {n} times")?,
        Count::AtMost(n) => write!(out, "{done} at most {n} times")?,
        Count::Exactly(n) => write!(out, "{done} exactly {n} times")?,
        Count::Between(least, most) => write!(out, "{done} between {least} and {most} times")?,
    }
    windowed(out, window)
}

fn windowed(out: &mut Formatter<'_>, window: Window<Date>) -> fmt::Result {
    match window {
        Window::Ever => Ok(()),
        Window::Last(span) => write!(out, " in last {}", span_in_words(span)),
        Window::Before(end) => write!(out, " before {end}"),
        Window::Since(start) => write!(out, " since {start}"),
        Window::Between(start, end) => write!(out, " from {start} to {end}"),
    }
}

impl Display for EventTest {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (name, filters) = (Quoted(&self.name), Filters(&self.filters));
        let done = format_args!("performed {name}{filters}");
        counted(out, done, self.count, self.window)
    }
}

impl Display for MessageTest {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let done = format_args!("{} message {}", self.engagement.word(), Quoted(&self.name));
        counted(out, done, self.count, self.window)
    }
}

impl Display for FilteredEvent {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (name, filters) = (Quoted(&self.name), Filters(&self.filters));
        write!(out, "performed {name}{filters}")
    }
}

impl Display for SequenceTest {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let then = if self.happened { "then" } else { "then not" };
        let within = span_in_words(self.within);
        write!(out, "{} {then} {} within {within}", self.first, self.then)?;
        windowed(out, self.window)
    }
}

impl Display for ShareTest {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let (salt, from, below) = (Quoted(&self.salt), self.from, self.below);
        if from == 0.0 {
            write!(out, "random share {salt} below {below} %")
        } else {
            write!(out, "random share {salt} from {from} to {below} %")
        }
    }
}

impl Display for ClockTest {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weekday(days) => match days.as_slice() {
                [only] => write!(out, "local weekday is {}", only.word()),
                several => {
                    let words: Vec<&str> = several.iter().map(|day| day.word()).collect();
                    write!(out, "local weekday is any of {}", Items(&words))
                }
            },
            Self::Hour(from, to) => write!(out, "local hour from {from} to {to}"),
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
            "{which} performed {}{} {sign} {} ago",
            Quoted(&self.name),
            Filters(&self.filters),
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
