//! The conditions of a rule, from text. Comparisons are in `comparison`, groups in `text`.
//! Does not know whether a name exists.

use super::{
    AttributeTest, ClockTest, EventTest, FilteredEvent, MessageTest, OccurrenceTest, PageRule,
    Rule, SequenceTest, ShareTest, Weekday, Which,
    bounds::FILTERS_MAX,
    lexer::Kind,
    text::{Parser, Read},
};
use crate::{
    history::Engagement,
    nearest::nearest,
    residual::{PageField, PageTest},
    time::Date,
    window::{Age, Count, Window},
};

/// How often and when.
type Counted = (Count, Window<Date>);

impl Parser {
    /// Whether `not` belongs to the condition that begins here, as in `not performed`.
    pub(super) fn is_negated_predicate(&self) -> bool {
        self.is_word_at(1, "performed")
            || (self.is_word_at(2, "message")
                && Engagement::ALL
                    .iter()
                    .any(|one| self.is_word_at(1, one.word())))
    }

    pub(super) fn predicate(&mut self) -> Read<Rule> {
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
        for engagement in Engagement::ALL {
            let word = engagement.word();
            if self.words(&format!("not {word} message")) {
                return self.message(engagement, false);
            }
            if self.words(&format!("{word} message")) {
                return self.message(engagement, true);
            }
        }
        if self.words("random share") {
            return self.share();
        }
        if self.words("local weekday") {
            return self.weekday();
        }
        if self.words("local hour") {
            return self.hour();
        }
        if self.words("page") {
            return self.page();
        }
        Ok(Rule::Attribute(self.attribute()?))
    }

    fn attribute(&mut self) -> Read<AttributeTest> {
        let name = match self.peek().map(|token| &token.kind) {
            Some(Kind::Word(name) | Kind::Name(name)) => name.clone(),
            _ => {
                return self
                    .note("a condition, such as `plan is \"pro\"` or `performed \"Purchased\"`");
            }
        };
        if let Some(word) = self.misspelt(&name) {
            return self.note(&format!("a condition (did you mean `{word}`?)"));
        }
        self.next += 1;
        let test = self.test()?;
        Ok(AttributeTest {
            name,
            test,
            match_case: self.words("matching case"),
        })
    }

    /// The word that was meant where a name is followed by what follows no name.
    fn misspelt(&self, name: &str) -> Option<&'static str> {
        let follows = |word| self.is_word_at(1, word);
        let is_text = self
            .tokens
            .get(self.next + 1)
            .is_some_and(|token| matches!(token.kind, Kind::Text(_)));
        if is_text {
            // `performd "Purchased"`: no comparison begins with text.
            return nearest(name, ["performed"]);
        }
        if follows("message") {
            return nearest(name, Engagement::ALL.map(Engagement::word));
        }
        if follows("performed") {
            return nearest(name, ["first", "last", "not"]);
        }
        if follows("weekday") || follows("hour") {
            return nearest(name, ["local"]);
        }
        if follows("share") {
            return nearest(name, ["random"]);
        }
        None
    }

    /// The name of an event and what its properties must pass.
    fn filtered_event(&mut self) -> Read<FilteredEvent> {
        let name = self.text("the event's name in double quotes")?;
        let mut filters = Vec::new();
        if self.words("where") {
            filters.push(self.attribute()?);
            while filters.len() <= FILTERS_MAX && self.is_filter_next() {
                self.next += 1;
                filters.push(self.attribute()?);
            }
        }
        Ok(FilteredEvent { name, filters })
    }

    /// Whether `and` is followed by a comparison of an attribute, which is one more filter.
    fn is_filter_next(&self) -> bool {
        const STARTS: [&str; 10] = [
            "not",
            "performed",
            "first",
            "last",
            "page",
            "everyone",
            "no",
            "in",
            "random",
            "local",
        ];
        let named = matches!(
            self.tokens.get(self.next + 1).map(|token| &token.kind),
            Some(Kind::Word(_) | Kind::Name(_))
        );
        self.is_word_at(0, "and")
            && named
            && !self.is_word_at(2, "message")
            && !STARTS.iter().any(|word| self.is_word_at(1, word))
    }

    fn event(&mut self, performed: bool) -> Read<Rule> {
        let event = self.filtered_event()?;
        if self.is_word_at(0, "then") {
            if performed {
                return self.sequence(event);
            }
            return self.note("no `then` (put the sequence in parentheses: `not (… then …)`)");
        }
        self.counted(performed, |(count, window)| {
            Rule::Event(EventTest {
                name: event.name,
                filters: event.filters,
                count,
                window,
            })
        })
    }

    fn message(&mut self, engagement: Engagement, did: bool) -> Read<Rule> {
        let name = self.text("the series and its step, such as \"win-back/miss-you\"")?;
        self.counted(did, |(count, window)| {
            Rule::Message(MessageTest {
                name,
                engagement,
                count,
                window,
            })
        })
    }

    /// How often and when; `did` is false behind `not`.
    fn counted(&mut self, did: bool, make: impl FnOnce(Counted) -> Rule) -> Read<Rule> {
        let count = self.count()?;
        let window = self.window()?;
        Ok(match (did, count) {
            (true, count) => make((count.unwrap_or(Count::AtLeast(1)), window)),
            (false, None) => make((Count::AtMost(0), window)),
            (false, Some(count)) => Rule::Not(Box::new(make((count, window)))),
        })
    }

    fn sequence(&mut self, first: FilteredEvent) -> Read<Rule> {
        self.next += 1;
        let happened = !self.words("not");
        if !self.words("performed") {
            return self.note("`performed` and the event that follows");
        }
        let then = self.filtered_event()?;
        if !self.words("within") {
            return self.note("`within` and a span such as `1 hour`");
        }
        Ok(Rule::Sequence(SequenceTest {
            first,
            then,
            happened,
            within: self.span()?,
            window: self.window()?,
        }))
    }

    fn share(&mut self) -> Read<Rule> {
        let salt = self.text("a name for the draw in double quotes")?;
        let mut from = 0.0;
        if self.words("from") {
            from = self.number()?;
            if !self.words("to") {
                return self.note("`to` and the larger number");
            }
        } else if !self.words("below") {
            return self.note("`below` and a number, such as `below 10 %`");
        }
        let below = self.number()?;
        if !self.sign("%") && !self.words("percent") {
            return self.note("`%`");
        }
        Ok(Rule::Share(ShareTest { salt, from, below }))
    }

    fn weekday(&mut self) -> Read<Rule> {
        let days = if self.words("is any of") {
            self.list(Self::day)?
        } else if self.words("is") {
            vec![self.day()?]
        } else {
            return self.note("`is` or `is any of`");
        };
        Ok(Rule::Clock(ClockTest::Weekday(days)))
    }

    fn day(&mut self) -> Read<Weekday> {
        if let Some(day) = Weekday::ALL.into_iter().find(|day| self.words(day.word())) {
            return Ok(day);
        }
        match self.near(&Weekday::ALL.map(Weekday::word)) {
            Some(day) => self.note(&format!("a day of the week (did you mean `{day}`?)")),
            None => self.note("a day of the week, such as `monday`"),
        }
    }

    fn hour(&mut self) -> Read<Rule> {
        if !self.words("from") {
            return self.note("`from` and an hour from 0 to 23");
        }
        let from = self.hour_of_day()?;
        if !self.words("to") {
            return self.note("`to` and an hour from 1 to 24");
        }
        Ok(Rule::Clock(ClockTest::Hour(from, self.hour_of_day()?)))
    }

    fn hour_of_day(&mut self) -> Read<u8> {
        let hour = match self.peek().map(|token| &token.kind) {
            Some(Kind::Number(number)) => crate::value::whole(*number),
            _ => None,
        };
        match hour
            .and_then(|hour| u8::try_from(hour).ok())
            .filter(|hour| *hour <= 24)
        {
            Some(hour) => {
                self.next += 1;
                Ok(hour)
            }
            None => self.note("an hour from 0 to 24"),
        }
    }

    fn occurrence(&mut self, which: Which) -> Read<Rule> {
        let FilteredEvent { name, filters } = self.filtered_event()?;
        let age = if self.sign(">") || self.words("more than") {
            Age::MoreThanAgo(self.ago()?)
        } else if self.sign("<") || self.words("less than") {
            Age::LessThanAgo(self.ago()?)
        } else {
            return self.note("`>` or `<` and a span such as `30 days ago`");
        };
        Ok(Rule::Occurrence(OccurrenceTest {
            name,
            filters,
            which,
            age,
        }))
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

    fn window(&mut self) -> Read<Window<Date>> {
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
            if end.ms() <= start.ms() {
                self.next -= 1;
                return self.note("a date after the first one");
            }
            Window::Between(start, end)
        } else {
            Window::Ever
        })
    }

    /// The larger bound of two, which has just been taken.
    pub(super) fn not_below<T: PartialOrd + Copy>(&mut self, least: T, most: T) -> Read<T> {
        if least <= most {
            return Ok(most);
        }
        self.next -= 1;
        self.note("a number that is not smaller than the first one")
    }

    pub(super) fn ago(&mut self) -> Read<i64> {
        let span = self.span()?;
        if self.words("ago") {
            Ok(span)
        } else {
            self.note("`ago`")
        }
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
}
