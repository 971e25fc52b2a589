//! Properties of rules over generated trees, people and times.
//! Examples that people can read are in `rules.rs`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{NOW, Somebody};
use proptest::{collection::vec, prelude::*};
use rekindle_core::{
    history::Engagement,
    residual::{Local, PageField, PageTest, Residual},
    rule::{
        AnySpelling, AttributeTest, ClockTest, EventTest, FilteredEvent, Literal, MessageTest,
        OccurrenceTest, PageRule, Rule, SequenceTest, ShareTest, Test, Weekday, Which, parse,
    },
    time::Date,
    value::Value,
    window::{Age, Count, Window},
    zone::Zone,
};

/// Text with everything that quoting must survive.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z_. $]{1,8}",
        "\\PC{0,6}",
        prop::sample::select(vec![
            "\"", "\\", "`", "\n", "\t", "\\n", "and", "not", "is", "in", "ß"
        ])
        .prop_map(str::to_owned),
    ]
}

fn name() -> impl Strategy<Value = String> {
    text().prop_filter("names are not empty", |name| !name.is_empty())
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-1_000_i32..1_000).prop_map(f64::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()),
    ]
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<bool>().prop_map(Literal::Bool),
        number().prop_map(Literal::Number),
        text().prop_map(Literal::Text),
    ]
}

fn span() -> impl Strategy<Value = i64> {
    prop_oneof![
        0..100_i64,
        (0..40_000_i64).prop_map(|n| n * 60_000),
        Just(36_525 * 86_400_000_i64)
    ]
}

fn date() -> impl Strategy<Value = Date> {
    let instant = prop_oneof![
        -62_167_219_200_000..=253_402_300_799_999_i64,
        (0..30_000_i64).prop_map(|day| day * 86_400_000),
    ];
    (instant, any::<bool>()).prop_map(|(ms, is_local)| {
        if is_local {
            Date::Local(ms)
        } else {
            Date::Exact(ms)
        }
    })
}

fn ordered<T: PartialOrd + Copy>((a, b): (T, T)) -> (T, T) {
    if a <= b { (a, b) } else { (b, a) }
}

fn count() -> impl Strategy<Value = Count> {
    let n = || prop_oneof![0..4_u32, 0..=1_000_u32];
    prop_oneof![
        n().prop_map(Count::AtLeast),
        n().prop_map(Count::AtMost),
        n().prop_map(Count::Exactly),
        (n(), n()).prop_map(|pair| {
            let (least, most) = ordered(pair);
            Count::Between(least, most)
        }),
    ]
}

fn window(
    span: BoxedStrategy<i64>,
    date: BoxedStrategy<Date>,
) -> impl Strategy<Value = Window<Date>> {
    prop_oneof![
        Just(Window::Ever),
        span.prop_map(Window::Last),
        date.clone().prop_map(Window::Before),
        date.clone().prop_map(Window::Since),
        (date.clone(), date).prop_filter_map("not empty", |(a, b)| {
            (a.ms() < b.ms()).then_some(Window::Between(a, b))
        }),
    ]
}

fn age(span: BoxedStrategy<i64>) -> impl Strategy<Value = Age> {
    (any::<bool>(), span).prop_map(|(more, span)| {
        if more {
            Age::MoreThanAgo(span)
        } else {
            Age::LessThanAgo(span)
        }
    })
}

fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        literal().prop_map(Test::Is),
        literal().prop_map(Test::IsNot),
        vec(literal(), 1..4).prop_map(Test::IsAnyOf),
        vec(literal(), 1..4).prop_map(Test::IsNoneOf),
        text().prop_map(Test::Contains),
        text().prop_map(Test::DoesNotContain),
        text().prop_map(Test::StartsWith),
        text().prop_map(Test::EndsWith),
        number().prop_map(Test::LessThan),
        number().prop_map(Test::AtMost),
        number().prop_map(Test::GreaterThan),
        number().prop_map(Test::AtLeast),
        (number(), number()).prop_map(|pair| {
            let (least, most) = ordered(pair);
            Test::Between(least, most)
        }),
        literal().prop_map(Test::Includes),
        literal().prop_map(Test::DoesNotInclude),
        Just(Test::IsEmpty),
        Just(Test::HasAnyValue),
        Just(Test::IsUnknown),
        date().prop_map(Test::Before),
        date().prop_map(Test::After),
        date().prop_map(Test::On),
        span().prop_map(Test::MoreThanAgo),
        span().prop_map(Test::LessThanAgo),
        span().prop_map(Test::ExactlyAgo),
        span().prop_map(Test::WithinNext),
        Just(Test::IsToday),
        (0..=365_u32).prop_map(Test::AnniversaryWithin),
    ]
}

fn page() -> impl Strategy<Value = Rule> {
    let field = prop::sample::select(vec![
        PageField::Url,
        PageField::Path,
        PageField::Title,
        PageField::Referrer,
    ]);
    let test = prop_oneof![
        vec(text(), 1..3).prop_map(PageTest::IsAnyOf),
        text().prop_map(PageTest::Contains),
        text().prop_map(PageTest::StartsWith),
        text().prop_map(PageTest::EndsWith),
    ];
    (field, test).prop_map(|(field, test)| Rule::Page(PageRule { field, test }))
}

fn attribute() -> impl Strategy<Value = AttributeTest> {
    (name(), test(), any::<bool>()).prop_map(|(name, test, match_case)| {
        let is_of_text = matches!(
            test,
            Test::Is(Literal::Text(_)) | Test::Contains(_) | Test::EndsWith(_)
        );
        AttributeTest {
            name,
            test,
            match_case: match_case && is_of_text,
        }
    })
}

fn filters() -> impl Strategy<Value = Vec<AttributeTest>> {
    let timeless = attribute().prop_filter("asked once", |filter| {
        !matches!(
            filter.test,
            Test::MoreThanAgo(_)
                | Test::LessThanAgo(_)
                | Test::ExactlyAgo(_)
                | Test::WithinNext(_)
                | Test::IsToday
                | Test::AnniversaryWithin(_)
        )
    });
    prop_oneof![2 => Just(Vec::new()), 1 => vec(timeless, 1..4)]
}

fn filtered() -> impl Strategy<Value = FilteredEvent> {
    (name(), filters()).prop_map(|(name, filters)| FilteredEvent { name, filters })
}

fn message() -> impl Strategy<Value = Rule> {
    let engagement = prop::sample::select(Engagement::ALL.to_vec());
    let windows = window(span().boxed(), date().boxed());
    (("[a-z \"]{1,5}", name()), engagement, count(), windows).prop_map(
        |((series, step), engagement, count, window)| {
            let name = format!("{series}/{step}");
            Rule::Message(MessageTest {
                name,
                engagement,
                count,
                window,
            })
        },
    )
}

fn sequence() -> impl Strategy<Value = Rule> {
    let windows = window(span().boxed(), date().boxed());
    (filtered(), filtered(), any::<bool>(), span(), windows).prop_map(
        |(first, then, happened, within, window)| {
            Rule::Sequence(SequenceTest {
                first,
                then,
                happened,
                within,
                window,
            })
        },
    )
}

fn share() -> impl Strategy<Value = Rule> {
    let percent = || prop_oneof![(0..=100_i32).prop_map(f64::from), 0.0..100.0];
    (text(), percent(), percent()).prop_filter_map("not empty", |(salt, one, other)| {
        let (from, below) = ordered((one, other));
        (from < below).then_some(Rule::Share(ShareTest { salt, from, below }))
    })
}

fn clock() -> impl Strategy<Value = Rule> {
    prop_oneof![
        vec(prop::sample::select(Weekday::ALL.to_vec()), 1..8).prop_map(ClockTest::Weekday),
        (0..24_u8, 1..=24_u8).prop_filter_map("not empty", |(from, to)| {
            (from != to).then_some(ClockTest::Hour(from, to))
        }),
    ]
    .prop_map(Rule::Clock)
}

fn leaf() -> impl Strategy<Value = Rule> {
    let which = prop::sample::select(vec![Which::First, Which::Last]);
    prop_oneof![
        4 => attribute().prop_map(Rule::Attribute),
        3 => (filtered(), count(), window(span().boxed(), date().boxed()))
            .prop_map(|(FilteredEvent { name, filters }, count, window)| {
                Rule::Event(EventTest { name, filters, count, window })
            }),
        1 => (filtered(), which, age(span().boxed()))
            .prop_map(|(FilteredEvent { name, filters }, which, age)| {
                Rule::Occurrence(OccurrenceTest { name, filters, which, age })
            }),
        1 => sequence(),
        1 => message(),
        1 => share(),
        1 => clock(),
        1 => page(),
        1 => name().prop_map(Rule::Segment),
    ]
}

/// Trees in normal form: no group has one part.
fn tree(leaf: BoxedStrategy<Rule>) -> impl Strategy<Value = Rule> {
    let leaf =
        prop_oneof![9 => leaf, 1 => Just(Rule::everyone()), 1 => Just(Rule::Any(Vec::new()))];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Rule::All),
            vec(inner.clone(), 2..4).prop_map(Rule::Any),
            inner.prop_map(|part| Rule::Not(Box::new(part))),
        ]
    })
}

/// Words that a rule may be made of, in any order.
fn soup() -> impl Strategy<Value = String> {
    let words = vec![
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        "performed",
        "first",
        "last",
        "in",
        "the",
        "segment",
        "page",
        "url",
        "\"A\"",
        "`n`",
        "plan",
        "is",
        "any",
        "of",
        "none",
        "unknown",
        "empty",
        "has",
        "value",
        "contains",
        "does",
        "between",
        "at",
        "least",
        "most",
        "times",
        "exactly",
        ">",
        "<",
        ">=",
        "=",
        "!=",
        "5",
        "-1",
        "1.5",
        "1001",
        "30 days ago",
        "99999999 days",
        "2026-11-23",
        "before",
        "since",
        "from",
        "to",
        "within",
        "next",
        "everyone",
        "no one",
        "true",
        "\"",
        "`",
        "\\",
        "é",
    ];
    vec(prop::sample::select(words), 0..40).prop_map(|words| words.join(" "))
}

// Small worlds: everything happens within some 60 ms of `NOW`, so that time can be scanned.
const SCAN_MS: i64 = 150;

fn near_span() -> BoxedStrategy<i64> {
    (0..40_i64).boxed()
}

fn near_instant() -> BoxedStrategy<i64> {
    (NOW - 60..NOW + 60).boxed()
}

fn near_date() -> BoxedStrategy<Date> {
    // On the wall clocks of `near_zone` as well.
    prop_oneof![
        3 => near_instant().prop_map(Date::Exact),
        1 => near_instant().prop_map(Date::Local),
        1 => near_instant().prop_map(|at| Date::Local(at + HALF_DAY_MS - 30)),
    ]
    .boxed()
}

const HALF_DAY_MS: i64 = 43_200_000;

/// Zones whose clocks show midnight, or are put forward or back, within the scan.
fn near_zone() -> impl Strategy<Value = Zone> {
    let midnight = HALF_DAY_MS - 30;
    let hour = 3_600_000;
    prop::sample::select(vec![
        vec![],
        vec![(0, midnight)],
        vec![(0, midnight), (NOW + 20, midnight + hour)],
        vec![(0, midnight), (NOW + 40, midnight - hour)],
        vec![
            (0, midnight - hour),
            (NOW + 10, midnight),
            (NOW + 50, midnight - hour),
        ],
    ])
    .prop_map(|table| Zone::try_from(table).unwrap())
}

fn near_filters() -> impl Strategy<Value = Vec<AttributeTest>> {
    prop_oneof![
        2 => Just(Vec::new()),
        1 => Just(vec![AttributeTest {
            name: "n".to_owned(),
            test: Test::Is(Literal::Number(1.0)),
            match_case: false,
        }]),
    ]
}

fn near_message() -> impl Strategy<Value = Rule> {
    let windows = window(near_span(), near_date());
    let engagement = prop::sample::select(vec![Engagement::Opened, Engagement::Clicked]);
    (engagement, near_count(), windows).prop_map(|(engagement, count, window)| {
        let name = "s/a".to_owned();
        Rule::Message(MessageTest {
            name,
            engagement,
            count,
            window,
        })
    })
}

fn near_clock() -> impl Strategy<Value = Rule> {
    // 2026-11-23 was a Monday.
    let days = vec![Weekday::Sunday, Weekday::Monday, Weekday::Tuesday];
    let day = prop::sample::select(days).prop_map(|day| ClockTest::Weekday(vec![day]));
    let hour = prop::sample::select(vec![(12, 13), (0, 1), (23, 24), (22, 2), (1, 5)]);
    let hour = hour.prop_map(|(from, to)| ClockTest::Hour(from, to));
    prop_oneof![day, hour].prop_map(Rule::Clock)
}

fn near_share() -> impl Strategy<Value = Rule> {
    "[a-d]".prop_map(|salt| {
        Rule::Share(ShareTest {
            salt,
            from: 0.0,
            below: 50.0,
        })
    })
}

fn near_count() -> impl Strategy<Value = Count> {
    prop_oneof![
        (0..4_u32).prop_map(Count::AtLeast),
        (0..4_u32).prop_map(Count::AtMost),
        (0..4_u32).prop_map(Count::Exactly),
        (0..3_u32, 0..2_u32).prop_map(|(least, more)| Count::Between(least, least + more)),
    ]
}

fn near_test() -> impl Strategy<Value = Test> {
    prop_oneof![
        near_span().prop_map(Test::MoreThanAgo),
        near_span().prop_map(Test::LessThanAgo),
        near_span().prop_map(Test::ExactlyAgo),
        near_span().prop_map(Test::WithinNext),
        Just(Test::IsToday),
        (0..3_u32).prop_map(Test::AnniversaryWithin),
        near_date().prop_map(Test::Before),
        near_date().prop_map(Test::After),
        near_date().prop_map(Test::On),
        Just(Test::HasAnyValue),
        Just(Test::IsUnknown),
        Just(Test::IsNot(Literal::Number(1.0))),
    ]
}

fn near_event() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["A", "B"]).prop_map(str::to_owned)
}

fn near_sequence() -> impl Strategy<Value = Rule> {
    let event = || {
        (near_event(), near_filters()).prop_map(|(name, filters)| FilteredEvent { name, filters })
    };
    let windows = window(near_span(), near_date());
    (event(), event(), any::<bool>(), near_span(), windows).prop_map(
        |(first, then, happened, within, window)| {
            Rule::Sequence(SequenceTest {
                first,
                then,
                happened,
                within,
                window,
            })
        },
    )
}

fn near_leaf(which: Vec<Which>) -> BoxedStrategy<Rule> {
    let attribute = |name: &'static str| {
        near_test().prop_map(move |test| {
            Rule::Attribute(AttributeTest {
                name: name.to_owned(),
                test,
                match_case: false,
            })
        })
    };
    let seen = prop_oneof![
        near_span().prop_map(Test::MoreThanAgo),
        near_span().prop_map(Test::LessThanAgo),
        near_span().prop_map(Test::ExactlyAgo),
        Just(Test::HasAnyValue),
        Just(Test::IsUnknown),
    ]
    .prop_map(|test| {
        Rule::Attribute(AttributeTest {
            name: "last_seen".to_owned(),
            test,
            match_case: false,
        })
    });
    prop_oneof![
        2 => attribute("x"),
        2 => seen,
        4 => (near_event(), near_filters(), near_count(), window(near_span(), near_date()))
            .prop_map(|(name, filters, count, window)| {
                Rule::Event(EventTest { name, filters, count, window })
            }),
        2 => (near_event(), near_filters(), prop::sample::select(which), age(near_span()))
            .prop_map(|(name, filters, which, age)| {
                Rule::Occurrence(OccurrenceTest { name, filters, which, age })
            }),
        1 => near_message(),
        1 => near_clock(),
        1 => near_share(),
        3 => near_sequence(),
    ]
    .boxed()
}

/// What happened to someone; a rule decides what is kept of it.
#[derive(Clone, Debug)]
struct Life {
    /// The name of an event, how long ago it was, and the number among its properties.
    events: Vec<(String, i64, u8)>,
    reactions: Vec<(Engagement, i64)>,
    x: Option<i64>,
    zone: Zone,
}

impl Life {
    fn person(&self, rule: &Rule) -> Somebody {
        let person = Somebody::nobody()
            .watched_for(rule)
            .in_zone(self.zone.clone());
        let person = self.events.iter().fold(person, |person, (event, ago, n)| {
            person.did_as(event, NOW - ago, serde_json::json!({ "n": n }))
        });
        let person = self
            .reactions
            .iter()
            .fold(person, |person, (engagement, ago)| {
                person.reacted(*engagement, "s/a", NOW - ago)
            });
        match self.x {
            Some(x) => person.with(serde_json::json!({ "x": x })),
            None => person,
        }
    }
}

fn life() -> impl Strategy<Value = Life> {
    let x = prop_oneof![
        3 => near_instant(),
        // A year ago, and two.
        1 => near_instant().prop_map(|at| at - 365 * 86_400_000),
        1 => near_instant().prop_map(|at| at - 730 * 86_400_000),
    ];
    let reaction = prop::sample::select(vec![Engagement::Opened, Engagement::Clicked]);
    (
        vec((near_event(), 0..60_i64, 0..2_u8), 0..8),
        vec((reaction, 0..60_i64), 0..4),
        proptest::option::of(x),
        near_zone(),
    )
        .prop_map(|(events, reactions, x, zone)| Life {
            events,
            reactions,
            x,
            zone,
        })
}

/// A browser: what happened there, and the page.
#[derive(Clone, Debug, Default)]
struct Browser {
    a: Vec<i64>,
    b: Vec<i64>,
    page: String,
}

impl Local for Browser {
    fn instants(&self, event: &str) -> &[i64] {
        match event {
            "A" => &self.a,
            "B" => &self.b,
            _ => &[],
        }
    }

    fn last_seen(&self) -> Option<i64> {
        self.a.iter().chain(&self.b).copied().max()
    }

    fn page(&self, _: PageField) -> &str {
        &self.page
    }
}

fn browser() -> impl Strategy<Value = Browser> {
    (
        // What the edge knows was before.
        vec(1..60_i64, 0..4),
        vec(1..60_i64, 0..4),
        prop::sample::select(vec!["/a", "/b"]),
    )
        .prop_map(|(a, b, page)| {
            let at = |after: Vec<i64>| after.into_iter().map(|after| NOW + after).collect();
            Browser {
                a: at(a),
                b: at(b),
                page: page.to_owned(),
            }
        })
}

/// The rule with the answers to its page conditions in their place.
fn on_page(rule: &Rule, page: &str) -> Rule {
    let each = |parts: &[Rule]| parts.iter().map(|part| on_page(part, page)).collect();
    match rule {
        Rule::All(parts) => Rule::All(each(parts)),
        Rule::Any(parts) => Rule::Any(each(parts)),
        Rule::Not(part) => Rule::Not(Box::new(on_page(part, page))),
        Rule::Page(condition) if condition.test.holds(page) => Rule::everyone(),
        Rule::Page(_) => Rule::Any(Vec::new()),
        leaf @ (Rule::Attribute(_)
        | Rule::Event(_)
        | Rule::Occurrence(_)
        | Rule::Sequence(_)
        | Rule::Message(_)
        | Rule::Share(_)
        | Rule::Clock(_)
        | Rule::Segment(_)) => leaf.clone(),
    }
}

fn near_page() -> BoxedStrategy<Rule> {
    prop::sample::select(vec!["/a", "/b"])
        .prop_map(|path| {
            let test = PageTest::IsAnyOf(vec![path.to_owned()]);
            Rule::Page(PageRule {
                field: PageField::Path,
                test,
            })
        })
        .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_rule_is_read_back(rule in tree(leaf().boxed())) {
        let text = rule.to_string();
        prop_assert_eq!(parse(&text), Ok(rule), "{}", text);
    }

    #[test]
    fn a_rule_in_json_is_read_back(rule in tree(leaf().boxed())) {
        let json = serde_json::to_string(&rule).unwrap();
        prop_assert_eq!(serde_json::from_str::<AnySpelling>(&json).unwrap().0, rule.clone(), "{}", json);
        let value = serde_json::to_value(&rule).unwrap();
        prop_assert_eq!(serde_json::from_value::<AnySpelling>(value).unwrap().0, rule);
    }

    #[test]
    fn what_can_be_read_prints_in_one_way_only(text in soup()) {
        if let Ok(rule) = parse(&text) {
            let canonical = rule.to_string();
            let again = parse(&canonical).unwrap();
            prop_assert_eq!(&again, &rule, "{} => {}", text, canonical);
            prop_assert_eq!(again.to_string(), canonical);
        }
    }

    #[test]
    fn mistakes_have_a_place_within_the_text(text in soup()) {
        for problem in parse(&text).err().unwrap_or_default() {
            prop_assert!(problem.at.is_none_or(|at| at <= text.chars().count()), "{:?}", problem);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), json in "[\\[\\]{}:,\"a-z0-9.]{0,40}") {
        let _ = parse(&text);
        let _ = serde_json::from_str::<AnySpelling>(&json);
    }

    #[test]
    fn the_next_flip_is_found_by_a_scan_of_time(
        rule in tree(near_leaf(vec![Which::First, Which::Last])),
        life in life(),
        // Sometimes the clock has been set back and events lie ahead.
        back in prop_oneof![3 => Just(0), 1 => 0..30_i64],
    ) {
        let person = life.person(&rule);
        let now = NOW - back;
        let facts = person.facts();
        let program = rule.compile();
        let before = program.eval(&facts, now);
        let scanned = (now + 1..now + SCAN_MS).find(|at| program.eval(&facts, *at) != before);
        let found = program.next_flip(&facts, now);
        match found {
            Some(at) if at < now + SCAN_MS => prop_assert_eq!(Some(at), scanned, "{}", rule),
            // A day later, for "exactly" and "on".
            Some(at) if program.eval(&facts, at) != before => {
                prop_assert_eq!(scanned, None, "{}", rule);
                prop_assert_eq!(program.eval(&facts, at - 1), before);
            }
            // What comes and goes every day and is never true gives up looking years ahead.
            Some(at) => prop_assert!(at > now + 730 * HALF_DAY_MS, "{}", rule),
            None => prop_assert_eq!(scanned, None, "{}", rule),
        }
    }

    #[test]
    fn a_residual_gives_what_the_whole_rule_gives(
        rule in tree(prop_oneof![6 => near_leaf(vec![Which::Last]), 1 => near_page()].boxed()),
        life in life(),
        browser in browser(),
        later in 0..130_i64,
    ) {
        let person = life.person(&rule);
        let residual = rule.compile().residual(&person.facts(), NOW);
        let now = NOW + later;
        let mut local = browser.clone();
        local.a.retain(|at| *at <= now);
        local.b.retain(|at| *at <= now);
        let added = local.a.iter().fold(person, |person, at| person.did_at("A", *at));
        let added = local.b.iter().fold(added, |person, at| person.did_at("B", *at));
        let whole = on_page(&rule, &local.page).compile().eval(&added.facts(), now);
        prop_assert_eq!(residual.eval(&local, now), whole, "{} => {:?}", rule, residual);
        // It travels.
        let bytes = rekindle_core::wire::encode(&residual);
        prop_assert_eq!(rekindle_core::wire::decode::<Residual>(&bytes), Ok(residual));
    }

    #[test]
    fn a_residual_holds_still_until_its_next_change(
        rule in tree(near_leaf(vec![Which::First, Which::Last])),
        life in life(),
        browser in browser(),
    ) {
        let person = life.person(&rule);
        let residual = rule.compile().residual(&person.facts(), NOW);
        let before = residual.eval(&browser, NOW);
        let change = residual.next_change(&browser, NOW).unwrap_or(i64::MAX);
        prop_assert!(change > NOW);
        for at in NOW..change.min(NOW + SCAN_MS) {
            prop_assert_eq!(residual.eval(&browser, at), before, "{} at +{}", rule, at - NOW);
        }
    }

    #[test]
    fn an_explanation_agrees_with_the_answer(
        rule in tree(near_leaf(vec![Which::First, Which::Last])),
        life in life(),
    ) {
        let person = life.person(&rule);
        let facts = person.facts();
        let program = rule.compile();
        let explanation = program.explain(&facts, NOW);
        prop_assert_eq!(explanation.holds, program.eval(&facts, NOW));
        prop_assert_eq!(explanation.flips_at, program.next_flip(&facts, NOW));
    }

    #[test]
    fn a_value_travels_in_both_formats(number in number(), text in text()) {
        let value = Value::List(vec![Value::Null, true.into(), number.into(), text.as_str().into()]);
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Value>(&json).unwrap(), &value);
        let bytes = rekindle_core::wire::encode(&value);
        prop_assert_eq!(rekindle_core::wire::decode::<Value>(&bytes), Ok(value));
    }
}
