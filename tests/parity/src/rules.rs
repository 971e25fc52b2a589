//! Rules of every kind, in normal form: they read back as they print.
//! What they ask is about the people of `life`.

use rekindle_core::{
    history::Engagement,
    residual::{PageField, PageTest},
    rule::{
        AttributeTest, ClockTest, EventTest, FilteredEvent, Literal, MessageTest, OccurrenceTest,
        PageRule, Rule, SequenceTest, ShareTest, Test, Weekday, Which,
    },
    time::Date,
    window::{Age, Count, DAY_MS, Window},
};

use crate::{
    life::{EVENTS, HOUR_MS, MESSAGE, NAMES, NOW, TEXTS},
    random::Random,
};

/// A rule with one to five conditions.
pub(crate) fn rule(random: &mut Random) -> Rule {
    tree(random, 2)
}

fn tree(random: &mut Random, depth: u32) -> Rule {
    let parts = |random: &mut Random| {
        let count = 2 + random.below(2);
        (0..count).map(|_| tree(random, depth - 1)).collect()
    };
    match if depth == 0 { 9 } else { random.below(9) } {
        0 | 1 => Rule::All(parts(random)),
        2 | 3 => Rule::Any(parts(random)),
        4 => Rule::Not(Box::new(tree(random, depth - 1))),
        _ => leaf(random),
    }
}

fn leaf(random: &mut Random) -> Rule {
    match random.below(16) {
        0..=2 => Rule::Attribute(attribute(random)),
        3..=5 => {
            let FilteredEvent { name, filters } = event(random);
            Rule::Event(EventTest {
                name,
                filters,
                count: count(random),
                window: window(random),
            })
        }
        6 => {
            let FilteredEvent { name, filters } = event(random);
            let which = if random.chance() {
                Which::First
            } else {
                Which::Last
            };
            let age = age(random);
            Rule::Occurrence(OccurrenceTest {
                name,
                filters,
                which,
                age,
            })
        }
        7 => Rule::Sequence(SequenceTest {
            first: event(random),
            then: event(random),
            happened: random.chance(),
            within: span(random),
            window: window(random),
        }),
        8 => Rule::Message(MessageTest {
            name: MESSAGE.to_owned(),
            engagement: if random.chance() {
                Engagement::Opened
            } else {
                Engagement::Clicked
            },
            count: count(random),
            window: window(random),
        }),
        9 => {
            let from = f64::from(random.below(50));
            Rule::Share(ShareTest {
                salt: random.pick(&TEXTS).to_owned(),
                from,
                below: from + 0.1 + f64::from(random.below(49)),
            })
        }
        10..=13 => Rule::Clock(clock(random)),
        14 => Rule::Segment("anyone".to_owned()),
        _ => {
            let part = random.pick(&["/", "/pricing", "PRICING"]).to_owned();
            let test = match random.below(4) {
                0 => PageTest::IsAnyOf(vec![part]),
                1 => PageTest::Contains(part),
                2 => PageTest::StartsWith(part),
                _ => PageTest::EndsWith(part),
            };
            let field = if random.chance() {
                PageField::Path
            } else {
                PageField::Url
            };
            Rule::Page(PageRule { field, test })
        }
    }
}

fn clock(random: &mut Random) -> ClockTest {
    if random.chance() {
        let mut days = Weekday::ALL.to_vec();
        days.retain(|_| random.below(3) == 0);
        if days.is_empty() {
            days.push(Weekday::Monday);
        }
        return ClockTest::Weekday(days);
    }
    let from = u8::try_from(random.below(24)).unwrap_or_default();
    ClockTest::Hour(
        from,
        if from <= 12 {
            from + 7
        } else {
            24 - from.min(23)
        },
    )
}

fn event(random: &mut Random) -> FilteredEvent {
    let mut filters = Vec::new();
    if random.below(3) == 0 {
        let mut filter = attribute(random);
        "n".clone_into(&mut filter.name);
        if timed(&filter.test) {
            filter.test = Test::IsUnknown;
        }
        filters.push(filter);
    }
    FilteredEvent {
        name: random.pick(&EVENTS).to_owned(),
        filters,
    }
}

fn timed(test: &Test) -> bool {
    matches!(
        test,
        Test::MoreThanAgo(_)
            | Test::LessThanAgo(_)
            | Test::ExactlyAgo(_)
            | Test::WithinNext(_)
            | Test::IsToday
            | Test::AnniversaryWithin(_)
    )
}

fn attribute(random: &mut Random) -> AttributeTest {
    let test = test(random);
    let is_dated = timed(&test) || matches!(test, Test::Before(_) | Test::After(_) | Test::On(_));
    let name = match random.below(4) {
        0 if is_dated => "last_seen",
        1 if is_dated => "first_seen",
        _ => random.pick(&NAMES),
    };
    AttributeTest {
        name: name.to_owned(),
        match_case: matches!(test, Test::Contains(_) | Test::StartsWith(_)) && random.chance(),
        test,
    }
}

fn test(random: &mut Random) -> Test {
    let number = f64::from(random.below(12)) / 2.0 - 1.0;
    let text = random.pick(&TEXTS).to_owned();
    match random.below(25) {
        0 => Test::Is(literal(random)),
        1 => Test::IsNot(literal(random)),
        2 => Test::IsAnyOf(vec![literal(random), literal(random)]),
        3 => Test::IsNoneOf(vec![literal(random), literal(random)]),
        4 => Test::Contains(text),
        5 => Test::DoesNotContain(text),
        6 => Test::StartsWith(text),
        7 => Test::EndsWith(text),
        8 => Test::LessThan(number),
        9 => Test::AtMost(number),
        10 => Test::GreaterThan(number),
        11 => Test::AtLeast(number),
        12 => Test::Between(number, number + 2.0),
        13 => Test::Includes(literal(random)),
        14 => Test::DoesNotInclude(literal(random)),
        15 => Test::IsEmpty,
        16 => Test::HasAnyValue,
        17 => Test::IsUnknown,
        18 => Test::Before(date(random)),
        19 => Test::After(date(random)),
        20 => Test::On(date(random)),
        21 => match age(random) {
            Age::MoreThanAgo(span) => Test::MoreThanAgo(span),
            Age::LessThanAgo(span) => Test::LessThanAgo(span),
        },
        22 => Test::ExactlyAgo(span(random)),
        23 => Test::WithinNext(span(random)),
        _ if random.chance() => Test::IsToday,
        _ => Test::AnniversaryWithin(random.below(366)),
    }
}

fn literal(random: &mut Random) -> Literal {
    match random.below(4) {
        0 => Literal::Bool(random.chance()),
        1 => Literal::Number(f64::from(random.below(20)) / 2.0 - 2.0),
        _ => Literal::Text(random.pick(&TEXTS).to_owned()),
    }
}

fn span(random: &mut Random) -> i64 {
    match random.below(3) {
        0 => random.between(0, 30) * DAY_MS,
        1 => random.between(0, 100) * HOUR_MS,
        _ => random.between(0, 10 * DAY_MS),
    }
}

fn date(random: &mut Random) -> Date {
    let day = (NOW / DAY_MS + random.between(-40, 10)) * DAY_MS;
    match random.below(3) {
        0 => Date::Local(day),
        1 => Date::Local(day + random.between(0, DAY_MS - 1)),
        _ => Date::Exact(day + random.between(0, DAY_MS - 1)),
    }
}

fn age(random: &mut Random) -> Age {
    let span = span(random);
    if random.chance() {
        Age::MoreThanAgo(span)
    } else {
        Age::LessThanAgo(span)
    }
}

fn count(random: &mut Random) -> Count {
    let n = random.below(4);
    match random.below(4) {
        0 => Count::AtLeast(n),
        1 => Count::AtMost(n),
        2 => Count::Exactly(n),
        _ => Count::Between(n, n + random.below(3)),
    }
}

fn window(random: &mut Random) -> Window<Date> {
    match random.below(6) {
        0 => Window::Ever,
        1 => Window::Before(date(random)),
        2 => Window::Since(date(random)),
        3 => {
            let start = NOW - random.between(1, 30) * DAY_MS;
            Window::Between(Date::Exact(start), Date::Local(start + span(random) + 1))
        }
        _ => Window::Last(span(random)),
    }
}
