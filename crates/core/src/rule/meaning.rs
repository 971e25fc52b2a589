//! What a condition says about one thing, as a set of numbers: how often, how old, how much.
//! Says only what is certain: a condition that it does not understand means nothing to it.

use super::{
    AttributeTest, ClockTest, FIRST_SEEN, LAST_SEEN, Literal, OccurrenceTest, Rule, Test, Weekday,
    Which,
    spans::{Cut, Spans},
};
use crate::{
    time::Date,
    window::{Age, Count, DAY_MS, Window},
};

/// What a condition is about.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Subject {
    /// How often something happened within a window; the text names what.
    Count(String, Window<Date>),
    /// The number that an attribute is; off the line is what is no number.
    Number(String),
    /// Now minus the instant that an attribute is, ms.
    Age(String),
    /// The instant that an attribute is, ms; on a wall clock or exact.
    Date(String, bool),
    /// Whether an attribute is missing (0) or there (1).
    Known(String),
    /// Where the person stands in a draw, in percent.
    Share(String),
    Weekday,
    Hour,
}

impl Subject {
    /// Every value that there can be.
    pub(super) fn universe(&self) -> Spans {
        let below = |end: f64| Spans::between(Cut::before(0.0), Cut::before(end));
        match self {
            Self::Count(..) => Spans::from(Cut::before(0.0)),
            Self::Number(_) | Self::Age(_) | Self::Date(..) => Spans::everything(),
            Self::Known(_) => below(2.0),
            Self::Share(_) => below(100.0),
            Self::Weekday => below(7.0),
            Self::Hour => below(24.0),
        }
    }

    /// The attribute whose value it is.
    pub(super) fn attribute(&self) -> Option<&str> {
        match self {
            Self::Number(name) | Self::Age(name) | Self::Date(name, _) => Some(name),
            Self::Count(..) | Self::Known(_) | Self::Share(_) | Self::Weekday | Self::Hour => None,
        }
    }
}

/// What must be the case for a condition to hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    pub(super) parts: Vec<(Subject, Spans)>,
    /// Whether that is all that must be the case.
    pub(super) is_whole: bool,
}

impl Meaning {
    fn whole(subject: Subject, spans: Spans) -> Self {
        Self {
            parts: vec![(subject, spans)],
            is_whole: true,
        }
    }

    fn necessary(subject: Subject, spans: Spans) -> Self {
        Self {
            is_whole: false,
            ..Self::whole(subject, spans)
        }
    }

    fn and(mut self, other: Self) -> Self {
        self.parts.extend(other.parts);
        self.is_whole &= other.is_whole;
        self
    }

    /// What it says of one thing, if it says no more and no less.
    pub(super) fn only(&self) -> Option<&(Subject, Spans)> {
        match self.parts.as_slice() {
            [only] if self.is_whole => Some(only),
            _ => None,
        }
    }

    /// What must be the case for the condition, or for its opposite, to hold.
    pub(super) fn of(rule: &Rule, negated: bool) -> Self {
        let meaning = rule.meaning();
        if !negated {
            return meaning;
        }
        match meaning.only() {
            Some((subject, spans)) => Self::whole(subject.clone(), spans.not()),
            None => Self::default(),
        }
    }
}

fn number(number: f64) -> Spans {
    Spans::between(Cut::before(number), Cut::after(number))
}

/// Off the line and nothing else.
fn off() -> Spans {
    Spans::everything().and(&Spans::from(Cut::before(f64::NEG_INFINITY)).not())
}

fn count(count: Count) -> Spans {
    let at_least = |n: u32| Spans::from(Cut::before(f64::from(n)));
    let at_most = |n: u32| at_least(n.saturating_add(1)).not();
    let spans = match count {
        Count::AtLeast(n) => at_least(n),
        Count::AtMost(n) => at_most(n),
        Count::Exactly(n) => at_least(n).and(&at_most(n)),
        Count::Between(least, most) => at_least(least).and(&at_most(most)),
    };
    spans.and(&Spans::from(Cut::before(0.0)))
}

fn age(age: Age) -> Spans {
    match age {
        Age::MoreThanAgo(span) => Spans::from(Cut::after(span as f64)),
        Age::LessThanAgo(span) => Spans::until(Cut::before(span as f64)),
    }
}

/// An event with its filters, as text.
fn event(name: &str, filters: &[AttributeTest]) -> String {
    let filters: Vec<String> = filters.iter().map(ToString::to_string).collect();
    format!("{name}\n{}", filters.join("\n"))
}

impl Rule {
    /// What must be the case for it to hold; nothing for a group.
    fn meaning(&self) -> Meaning {
        let once = |what, window| {
            Meaning::necessary(Subject::Count(what, window), count(Count::AtLeast(1)))
        };
        match self {
            Self::Attribute(test) => test.meaning(),
            Self::Event(test) => Meaning::whole(
                Subject::Count(event(&test.name, &test.filters), test.window),
                count(test.count),
            ),
            Self::Occurrence(test) => test.meaning(),
            Self::Sequence(test) => {
                let first = once(event(&test.first.name, &test.first.filters), test.window);
                match (test.happened, test.window) {
                    (true, _) => {
                        let then = event(&test.then.name, &test.then.filters);
                        first.and(once(then, Window::Ever))
                    }
                    // The time for it has never passed while `first` still counts.
                    (false, Window::Last(span)) if span <= test.within => {
                        Meaning::whole(Subject::Weekday, Spans::everything().not())
                    }
                    (false, _) => first,
                }
            }
            Self::Message(test) => {
                let what = format!("{} message {}", test.engagement.word(), test.name);
                Meaning::whole(Subject::Count(what, test.window), count(test.count))
            }
            Self::Share(share) => Meaning::whole(
                Subject::Share(share.salt.clone()),
                Spans::between(Cut::before(share.from), Cut::before(share.below)),
            ),
            Self::Clock(ClockTest::Weekday(days)) => {
                let places = Weekday::ALL.iter().zip([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
                let days = places
                    .filter(|(day, _)| days.contains(day))
                    .map(|(_, place)| (Cut::before(place), Cut::before(place + 1.0)));
                Meaning::whole(Subject::Weekday, Spans::all_of(days))
            }
            Self::Clock(ClockTest::Hour(from, to)) => {
                let (from, to) = (f64::from(*from), f64::from(*to));
                let spans = if from < to {
                    Spans::between(Cut::before(from), Cut::before(to))
                } else {
                    Spans::all_of([
                        (Cut::before(0.0), Cut::before(to)),
                        (Cut::before(from), Cut::before(24.0)),
                    ])
                };
                Meaning::whole(Subject::Hour, spans)
            }
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Page(_) | Self::Segment(_) => {
                Meaning::default()
            }
        }
    }
}

impl OccurrenceTest {
    fn meaning(&self) -> Meaning {
        let what = |window| Subject::Count(event(&self.name, &self.filters), window);
        let ever = || Meaning::necessary(what(Window::Ever), count(Count::AtLeast(1)));
        match (self.which, self.age) {
            (Which::First, _) => ever(),
            (Which::Last, Age::LessThanAgo(span)) => {
                let window = what(Window::Last(span.saturating_sub(1)));
                let once = count(Count::AtLeast(1));
                Meaning::whole(
                    window,
                    if span > 0 {
                        once
                    } else {
                        once.and(&once.not())
                    },
                )
            }
            (Which::Last, Age::MoreThanAgo(span)) => {
                let none = count(Count::AtMost(0));
                ever().and(Meaning::necessary(what(Window::Last(span)), none))
            }
        }
    }
}

impl AttributeTest {
    fn meaning(&self) -> Meaning {
        let name = || self.name.clone();
        let known = |place: f64| {
            let spans = Spans::between(Cut::before(place), Cut::before(place + 1.0));
            (Subject::Known(name()), spans)
        };
        let numeric = |spans| Meaning::whole(Subject::Number(name()), spans);
        let aged = |spans| Meaning::whole(Subject::Age(name()), spans);
        let there = || {
            let (subject, spans) = known(1.0);
            Meaning::necessary(subject, spans)
        };
        match &self.test {
            Test::LessThan(bound) => numeric(Spans::until(Cut::before(*bound))),
            Test::AtMost(bound) => numeric(Spans::until(Cut::after(*bound))),
            Test::GreaterThan(bound) => numeric(Spans::from(Cut::after(*bound))),
            Test::AtLeast(bound) => numeric(Spans::from(Cut::before(*bound))),
            Test::Between(least, most) => {
                numeric(Spans::between(Cut::before(*least), Cut::after(*most)))
            }
            Test::Is(literal) => equal(name(), std::slice::from_ref(literal)),
            Test::IsAnyOf(literals) => equal(name(), literals),
            Test::IsNot(Literal::Number(bound)) => numeric(number(*bound).not()),
            Test::HasAnyValue => Meaning::whole(known(1.0).0, known(1.0).1),
            Test::IsUnknown => Meaning::whole(known(0.0).0, known(0.0).1),
            Test::MoreThanAgo(span) => aged(age(Age::MoreThanAgo(*span))),
            Test::LessThanAgo(span) => aged(age(Age::LessThanAgo(*span))),
            Test::ExactlyAgo(span) => {
                let (start, end) = (*span as f64, span.saturating_add(DAY_MS) as f64);
                aged(Spans::between(Cut::before(start), Cut::before(end)))
            }
            Test::WithinNext(span) => aged(Spans::between(
                Cut::before(-(*span as f64)),
                Cut::after(0.0),
            )),
            Test::Before(date) => self.dated(*date, |at| Spans::until(Cut::before(at))),
            Test::After(date) => self.dated(*date, |at| Spans::from(Cut::before(at))),
            Test::On(date @ Date::Local(_)) => self.dated(*date, |at| {
                let midnight = (at / DAY_MS as f64).floor() * DAY_MS as f64;
                Spans::between(Cut::before(midnight), Cut::before(midnight + DAY_MS as f64))
            }),
            Test::On(Date::Exact(_))
            | Test::IsToday
            | Test::AnniversaryWithin(_)
            | Test::Contains(_)
            | Test::StartsWith(_)
            | Test::EndsWith(_)
            | Test::Includes(_)
            | Test::IsEmpty => there(),
            Test::IsNot(_)
            | Test::IsNoneOf(_)
            | Test::DoesNotContain(_)
            | Test::DoesNotInclude(_) => Meaning::default(),
        }
    }

    fn dated(&self, date: Date, spans: impl Fn(f64) -> Spans) -> Meaning {
        let is_local = matches!(date, Date::Local(_));
        let subject = Subject::Date(self.name.clone(), is_local);
        Meaning::whole(subject, spans(date.ms() as f64))
    }

    /// Whether it is about one of the instants that Rekindle keeps.
    pub(super) fn is_of_activity(&self) -> bool {
        [FIRST_SEEN, LAST_SEEN].contains(&self.name.as_str())
    }
}

/// An attribute that equals one of some values: the numbers that it may be.
fn equal(name: String, literals: &[Literal]) -> Meaning {
    let spans = literals.iter().map(|literal| match literal {
        Literal::Number(bound) => number(*bound),
        Literal::Bool(_) => off(),
        Literal::Text(text) => match text.trim().parse::<f64>() {
            Ok(bound) if bound.is_finite() => number(bound),
            Ok(_) | Err(_) => off(),
        },
    });
    let spans = spans.fold(Spans::everything().not(), |all, one| all.or(&one));
    let is_whole = literals
        .iter()
        .all(|literal| matches!(literal, Literal::Number(_)));
    let known = Spans::between(Cut::before(1.0), Cut::before(2.0));
    let there = Meaning::necessary(Subject::Known(name.clone()), known);
    let numbers = Meaning {
        is_whole,
        ..Meaning::whole(Subject::Number(name), spans)
    };
    if is_whole {
        numbers
    } else {
        numbers.and(there)
    }
}

/// Whether everything that happened in one window happened in the other as well.
pub(super) fn is_within(narrow: Window<Date>, wide: Window<Date>) -> bool {
    let no_later = |one: Date, other: Date| match (one, other) {
        (Date::Exact(one), Date::Exact(other)) | (Date::Local(one), Date::Local(other)) => {
            one <= other
        }
        (Date::Exact(_), Date::Local(_)) | (Date::Local(_), Date::Exact(_)) => false,
    };
    match (narrow, wide) {
        (_, Window::Ever) => true,
        (Window::Last(one), Window::Last(other)) => one <= other,
        (Window::Before(end) | Window::Between(_, end), Window::Before(wide)) => {
            no_later(end, wide)
        }
        (Window::Since(start) | Window::Between(start, _), Window::Since(wide)) => {
            no_later(wide, start)
        }
        (Window::Between(start, end), Window::Between(wide_start, wide_end)) => {
            no_later(wide_start, start) && no_later(end, wide_end)
        }
        (
            Window::Ever
            | Window::Last(_)
            | Window::Before(_)
            | Window::Since(_)
            | Window::Between(..),
            Window::Last(_) | Window::Before(_) | Window::Since(_) | Window::Between(..),
        ) => false,
    }
}
