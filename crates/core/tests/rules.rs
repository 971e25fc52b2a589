//! Rules as tables: what holds for whom, what is refused and in which words.
//! Properties over generated rules are in `properties.rs`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use common::{NOW, Somebody};
use rekindle_core::rule::{
    AnySpelling, DEPTH_MAX, Fact, Names, PREDICATES_MAX, RESOLVED_PREDICATES_MAX, Rule, Segments,
    TEXT_BYTES_MAX, parse,
};
use rekindle_core::window::DAY_MS;
use serde_json::json;

/// The rule of a text that is known to be right.
fn rule(text: &str) -> Rule {
    parse(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

const fn days(n: i64) -> i64 {
    n * DAY_MS
}

#[track_caller]
fn check(text: &str, person: &Somebody, expected: bool) {
    assert_eq!(
        rule(text).compile().eval(&person.facts(), NOW),
        expected,
        "{text}\n{person:#?}"
    );
}

/// One rule, several values of the attribute `x`, one answer for each.
#[track_caller]
fn check_values(text: &str, cells: &[(serde_json::Value, bool)]) {
    for (value, expected) in cells {
        let person = Somebody::nobody().with(json!({ "x": value }));
        assert_eq!(
            rule(text).compile().eval(&person.facts(), NOW),
            *expected,
            "{text} for {value}"
        );
    }
}

#[test]
fn text_is_compared_without_regard_to_case() {
    check_values(
        "x is \"Pro\"",
        &[
            (json!("pro"), true),
            (json!("PRO"), true),
            (json!("prot"), false),
        ],
    );
    check_values("x is \"ÉTÉ\"", &[(json!("été"), true)]);
    check_values(
        "x is not \"pro\"",
        &[(json!("PRO"), false), (json!("free"), true)],
    );
    check_values(
        "x is any of (\"a\", \"b\")",
        &[
            (json!("B"), true),
            (json!("c"), false),
            (json!(["a"]), false),
        ],
    );
    check_values(
        "x is none of (\"a\", \"b\")",
        &[(json!("b"), false), (json!("c"), true)],
    );
    check_values(
        "x is not any of (\"a\", \"b\")",
        &[(json!("b"), false), (json!("c"), true)],
    );
    check_values(
        "x contains \"oo\"",
        &[
            (json!("FOOD"), true),
            (json!("f"), false),
            (json!(5), false),
        ],
    );
    check_values(
        "x does not contain \"oo\"",
        &[(json!("FOOD"), false), (json!("f"), true)],
    );
    check_values(
        "x starts with \"fo\"",
        &[(json!("Food"), true), (json!("afo"), false)],
    );
    check_values(
        "x ends with \"od\"",
        &[(json!("FOOD"), true), (json!("odd"), false)],
    );
}

#[test]
fn numbers_are_compared_by_value_also_when_they_came_as_text() {
    check_values(
        "x = 5",
        &[
            (json!(5), true),
            (json!(5.0), true),
            (json!("5"), true),
            (json!("five"), false),
        ],
    );
    check_values(
        "x != 5",
        &[(json!(5), false), (json!(4), true), (json!("five"), true)],
    );
    check_values(
        "x < 5",
        &[(json!(4.9), true), (json!(5), false), (json!(true), false)],
    );
    check_values("x <= 5", &[(json!(5), true), (json!(5.1), false)]);
    check_values(
        "x > 5",
        &[
            (json!(5), false),
            (json!("5.5"), true),
            (json!("NaN"), false),
            (json!("inf"), false),
        ],
    );
    check_values("x >= 5", &[(json!(5), true), (json!(-5), false)]);
    check_values(
        "x between 2 and 3",
        &[(json!(2), true), (json!(3), true), (json!(3.1), false)],
    );
    check_values("x > -1.5", &[(json!(-1), true), (json!(-2), false)]);
}

#[test]
fn truth_is_compared_also_when_it_came_as_text() {
    check_values(
        "x is true",
        &[
            (json!(true), true),
            (json!("TRUE"), true),
            (json!(1), false),
        ],
    );
    check_values(
        "x is not true",
        &[(json!(false), true), (json!(true), false)],
    );
    check_values("x is \"true\"", &[(json!(true), true)]);
}

#[test]
fn lists_are_asked_for_items() {
    check_values(
        "x includes \"a\"",
        &[
            (json!(["A", 1]), true),
            (json!([]), false),
            (json!("a"), false),
        ],
    );
    check_values("x includes 1", &[(json!(["a", 1]), true)]);
    check_values(
        "x does not include \"a\"",
        &[
            (json!(["a"]), false),
            (json!(["b"]), true),
            (json!("a"), true),
        ],
    );
    check_values(
        "x is empty",
        &[
            (json!([]), true),
            (json!(""), true),
            (json!(["a"]), false),
            (json!(0), false),
        ],
    );
}

#[test]
fn dates_are_read_from_text_seconds_and_milliseconds() {
    let at = "2026-11-20T00:00:00Z";
    let (ms, s) = (1_795_132_800_000_i64, 1_795_132_800_i64);
    for value in [json!(at), json!(ms), json!(s)] {
        for (text, expected) in [
            ("x before 2026-11-21", true),
            ("x before 2026-11-20", false),
            ("x after 2026-11-20", true),
            ("x after 2026-11-20T00:00:00.001Z", false),
            ("x on 2026-11-20", true),
            ("x on 2026-11-19", false),
            ("x on 2026-11-21", false),
            ("x more than 3 days ago", true),
            ("x less than 4 days ago", true),
            ("x exactly 3 days ago", true),
            ("x exactly 2 days ago", false),
            ("x within next 3 days", false),
        ] {
            check_values(text, &[(value.clone(), expected)]);
        }
    }
    check_values(
        "x within next 2 days",
        &[
            (json!("2026-11-25T12:00:00Z"), true),
            (json!("2026-11-25T12:00:00.001Z"), false),
        ],
    );
    check_values(
        "x before 2026-11-21",
        &[(json!("soon"), false), (json!(true), false)],
    );
}

/// `>`, `<` and "in the last" at the boundary and a millisecond to either side.
#[test]
fn ages_are_exact_to_the_millisecond() {
    for (over, more, less, within) in [
        (-1, false, true, true),
        (0, false, false, true),
        (1, true, false, false),
    ] {
        let person = Somebody::nobody().did("E", days(30) + over);
        check("last_seen > 30 days ago", &person, more);
        check("last_seen < 30 days ago", &person, less);
        check("first_seen > 30 days ago", &person, more);
        check("last performed \"E\" > 30 days ago", &person, more);
        check("first performed \"E\" less than 30 days ago", &person, less);
        check("performed \"E\" in the last 30 days", &person, within);
        check("not performed \"E\" in last 30 days", &person, !within);
    }
}

#[test]
fn counts_are_taken_within_their_window() {
    let person = Somebody::nobody()
        .did("E", days(1))
        .did("E", days(2))
        .did("E", days(40));
    for (text, expected) in [
        ("performed \"E\"", true),
        ("performed \"F\"", false),
        ("not performed \"F\"", true),
        ("performed \"E\" at least 3 times", true),
        ("performed \"E\" at least 4 times", false),
        ("performed \"E\" at least 3 times in last 30 days", false),
        ("performed \"E\" exactly 2 times in last 30 days", true),
        ("performed \"E\" at most 1 time in last 1 day", true),
        ("performed \"E\" at most 0 times in last 1 day", false),
        ("performed \"E\" between 2 and 3 times", true),
        ("performed \"E\" between 4 and 5 times", false),
        ("not performed \"E\" at least 3 times", false),
        ("not performed \"E\" at least 3 times in last 30 days", true),
        ("performed \"E\" before 2026-10-15", true),
        ("performed \"E\" exactly 2 times since 2026-11-01", true),
        (
            "performed \"E\" exactly 1 time from 2026-10-01 to 2026-11-01",
            true,
        ),
        ("first performed \"E\" > 30 days ago", true),
        ("last performed \"E\" > 30 days ago", false),
        ("last performed \"E\" < 25 hours ago", true),
    ] {
        check(text, &person, expected);
    }
}

#[test]
fn a_count_up_to_the_limit_is_exact() {
    let person = |times: i64| (0..times).fold(Somebody::nobody(), |person, n| person.did("E", n));
    for (times, at_most, exactly, at_least) in [
        (999, true, false, false),
        (1_000, true, true, true),
        (1_001, false, false, true),
    ] {
        for window in ["", " in last 30 days", " since 2026-11-01"] {
            let person = person(times);
            check(
                &format!("performed \"E\" at most 1000 times{window}"),
                &person,
                at_most,
            );
            check(
                &format!("performed \"E\" exactly 1000 times{window}"),
                &person,
                exactly,
            );
            check(
                &format!("performed \"E\" at least 1000 times{window}"),
                &person,
                at_least,
            );
        }
    }
}

#[test]
fn groups_combine_and_bind_in_the_usual_order() {
    let person = Somebody::nobody().with(json!({ "a": 1 }));
    for (text, expected) in [
        ("everyone", true),
        ("no one", false),
        ("a = 1 or b = 1 and b = 2", true),
        ("(a = 1 or b = 1) and b = 2", false),
        ("not a = 1 or a = 1", true),
        ("not (a = 1 or a = 1)", false),
        ("not not a = 1", true),
        ("NOT b = 1 AND a = 1", true),
    ] {
        check(text, &person, expected);
    }
}

macro_rules! missing {
    ($($test:ident: $text:literal => $expected:literal;)*) => {
        mod missing {
            use super::*;
            $(#[test] fn $test() {
                check($text, &Somebody::nobody(), $expected);
                // A null stands for nothing.
                check($text, &Somebody::nobody().with(json!({ "x": null })), $expected);
            })*
        }
    };
}

// The table of docs/rules.md, a test for each cell.
missing! {
    is: "x is \"a\"" => false;
    is_not: "x is not \"a\"" => true;
    is_number: "x = 1" => false;
    is_not_number: "x != 1" => true;
    is_true: "x is true" => false;
    is_false: "x is false" => false;
    is_not_true: "x is not true" => true;
    is_any_of: "x is any of (\"a\")" => false;
    is_none_of: "x is none of (\"a\")" => true;
    contains: "x contains \"a\"" => false;
    does_not_contain: "x does not contain \"a\"" => true;
    starts_with: "x starts with \"a\"" => false;
    ends_with: "x ends with \"a\"" => false;
    less_than: "x < 1" => false;
    at_most: "x <= 1" => false;
    greater_than: "x > 1" => false;
    at_least: "x >= 1" => false;
    between: "x between 0 and 1" => false;
    includes: "x includes \"a\"" => false;
    does_not_include: "x does not include \"a\"" => true;
    is_empty: "x is empty" => false;
    has_any_value: "x has any value" => false;
    is_unknown: "x is unknown" => true;
    before: "x before 2026-11-23" => false;
    after: "x after 2026-11-23" => false;
    on: "x on 2026-11-23" => false;
    more_than_ago: "x > 1 day ago" => false;
    less_than_ago: "x < 1 day ago" => false;
    exactly_ago: "x exactly 1 day ago" => false;
    within_next: "x within next 1 day" => false;
    is_today: "x is today" => false;
    anniversary_today: "x has anniversary today" => false;
    anniversary_within: "x has anniversary within next 365 days" => false;
    is_matching_case: "x is \"a\" matching case" => false;
    is_not_matching_case: "x is not \"a\" matching case" => true;
    last_seen_more_than_ago: "last_seen > 1 day ago" => false;
    last_seen_less_than_ago: "last_seen < 1 day ago" => false;
    last_seen_is_unknown: "last_seen is unknown" => true;
    first_seen_has_any_value: "first_seen has any value" => false;
    performed: "performed \"x\"" => false;
    not_performed: "not performed \"x\"" => true;
    performed_at_least: "performed \"x\" at least 1 time" => false;
    performed_at_least_0: "performed \"x\" at least 0 times" => true;
    performed_at_most: "performed \"x\" at most 1 time" => true;
    performed_exactly_0: "performed \"x\" exactly 0 times" => true;
    first_performed: "first performed \"x\" > 1 day ago" => false;
    last_performed: "last performed \"x\" < 1 day ago" => false;
    performed_filtered: "performed \"x\" where y is unknown" => false;
    not_performed_filtered: "not performed \"x\" where y is unknown" => true;
    first_performed_filtered: "first performed \"x\" where y is unknown < 1 day ago" => false;
    then: "performed \"x\" then performed \"y\" within 1 day" => false;
    then_not: "performed \"x\" then not performed \"y\" within 1 day" => false;
    received: "received message \"a/b\"" => false;
    shown: "shown message \"a/b\"" => false;
    opened: "opened message \"a/b\"" => false;
    clicked: "clicked message \"a/b\"" => false;
    dismissed: "dismissed message \"a/b\"" => false;
    not_opened: "not opened message \"a/b\"" => true;
    page: "page url contains \"a\"" => false;
    unresolved_segment: "in segment \"x\"" => false;
}

#[test]
fn the_flips_of_every_timed_predicate() {
    let person = Somebody::nobody()
        .did("E", days(2))
        .did("E", days(1))
        .with(json!({ "trial_ends": NOW + days(3) }));
    for (text, flips) in [
        ("everyone", None),
        ("last_seen > 1 day ago", Some(1)),
        ("last_seen < 2 days ago", Some(days(1))),
        ("not last_seen < 2 days ago", Some(days(1))),
        ("performed \"E\" in last 1 day", Some(1)),
        ("performed \"E\" in last 3 days", Some(days(2) + 1)),
        (
            "performed \"E\" at least 2 times in last 3 days",
            Some(days(1) + 1),
        ),
        (
            "performed \"E\" at most 1 time in last 3 days",
            Some(days(1) + 1),
        ),
        (
            "performed \"E\" exactly 1 time in last 3 days",
            Some(days(1) + 1),
        ),
        ("performed \"E\" before 2027-01-01", None),
        ("last performed \"E\" > 5 days ago", Some(days(4) + 1)),
        ("first performed \"E\" > 5 days ago", Some(days(3) + 1)),
        ("trial_ends within next 1 day", Some(days(2))),
        ("trial_ends within next 3 days", Some(days(3) + 1)),
        ("trial_ends exactly 1 day ago", Some(days(4))),
        ("page path is \"/\"", None),
        // The first change of a part does not change the whole.
        (
            "last_seen > 2 days ago and last_seen > 3 days ago",
            Some(days(2) + 1),
        ),
        ("last_seen < 2 days ago or everyone", None),
    ] {
        let found = rule(text)
            .compile()
            .next_flip(&person.facts(), NOW)
            .map(|at| at - NOW);
        assert_eq!(found, flips, "{text}");
    }
}

/// The text with `^` under the place, and the words of the problem.
#[track_caller]
fn check_problems(text: &str, expected: &[(usize, &str)]) {
    let problems = parse(text).unwrap_err();
    let found: Vec<(usize, &str)> = problems
        .iter()
        .map(|p| (p.at.unwrap_or(usize::MAX), p.message.as_str()))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn mistakes_are_told_with_place_expectation_and_suggestion() {
    check_problems(
        "",
        &[(
            0,
            "expected a condition, such as `plan is \"pro\"` or `performed \"Purchased\"`, found the end",
        )],
    );
    check_problems(
        "plan",
        &[(
            4,
            "expected a comparison, such as `is`, `>`, `contains` or `has any value`, found the end",
        )],
    );
    check_problems(
        "plan contians \"a\"",
        &[(
            5,
            "expected a comparison (did you mean `contains`?), found `contians`",
        )],
    );
    check_problems(
        "performd \"A\"",
        &[(
            0,
            "expected a condition (did you mean `performed`?), found `performd`",
        )],
    );
    check_problems(
        "last_seen > 30 dayz ago",
        &[(
            15,
            "expected a unit of time (did you mean `days`?), found `dayz`",
        )],
    );
    check_problems(
        "last_seen > 30 days",
        &[(19, "expected `ago`, found the end")],
    );
    check_problems(
        "last_seen >= 30 days ago",
        &[(
            13,
            "expected a number (how long ago is compared with `>` or `<`), found the number `30`",
        )],
    );
    check_problems(
        "x > 1.5 days ago",
        &[(
            4,
            "expected a whole number of units, up to 100 years, found the number `1.5`",
        )],
    );
    check_problems(
        "x > 36526 days ago",
        &[(
            4,
            "expected a whole number of units, up to 100 years, found the number `36526`",
        )],
    );
    check_problems(
        "plan is pro",
        &[(
            8,
            "expected a value: text in double quotes, a number, `true` or `false`, found `pro`",
        )],
    );
    check_problems("plan is \"pro", &[(8, "the closing \" is missing")]);
    check_problems("`plan is 1", &[(0, "the closing ` is missing")]);
    check_problems("`` is 1", &[(0, "a name is empty between ` and `")]);
    check_problems(
        "plan is ‘pro’",
        &[
            (8, "`‘` has no meaning here: put text between double quotes"),
            (
                12,
                "`’` has no meaning here: put text between double quotes",
            ),
        ],
    );
    check_problems(
        "x before 2026-13-01",
        &[(
            9,
            "`2026-13-01` is neither a number nor a date such as `2026-11-23` or `2026-11-23T09:00:00Z`",
        )],
    );
    check_problems(
        "x before 5",
        &[(
            9,
            "expected a date such as `2026-11-23` or `2026-11-23T09:00:00Z`, found the number `5`",
        )],
    );
    check_problems(
        "x between 3 and 2",
        &[(
            16,
            "expected a number that is not smaller than the first one, found the number `2`",
        )],
    );
    check_problems(
        "performed \"E\" between 3 and 2 times",
        &[(
            28,
            "expected a number that is not smaller than the first one, found the number `2`",
        )],
    );
    check_problems(
        "performed \"E\" from 2026-01-02 to 2026-01-02",
        &[(33, "expected a date after the first one, found a date")],
    );
    check_problems(
        "performed \"E\" at least 1.5 times",
        &[(
            23,
            "expected a whole number of times up to 1000, found the number `1.5`",
        )],
    );
    check_problems(
        "performed \"E\" at least 2",
        &[(24, "expected `times`, found the end")],
    );
    check_problems("performed \"\"", &[(0, "the name of an event is empty")]);
    check_problems(
        "page colour is \"red\"",
        &[(
            5,
            "expected `url`, `path`, `title` or `referrer`, found `colour`",
        )],
    );
    check_problems(
        "a = 1 b = 2",
        &[(6, "expected `and`, `or` or the end, found `b`")],
    );
    check_problems(
        "(a = 1",
        &[(6, "expected `and`, `or` or `)`, found the end")],
    );
    check_problems(
        "a is any of \"b\"",
        &[(12, "expected `(` and the values, found the text `b`")],
    );
    // Places are counted in characters, not in bytes.
    check_problems(
        "x is \"é\" nd y = 1",
        &[(9, "expected `and`, `or` or the end, found `nd`")],
    );
}

#[test]
fn several_mistakes_are_told_at_once() {
    check_problems(
        "plan is and (total_spend > or city contains \"B\" \"C\") and x is any of (\"a\" \"b\") and y >",
        &[
            (
                8,
                "expected a value: text in double quotes, a number, `true` or `false`, found `and`",
            ),
            (27, "expected a number, found `or`"),
            (48, "expected `and`, `or` or `)`, found the text `C`"),
            (74, "expected `,` or `)`, found the text `b`"),
            (86, "expected a number, found the end"),
        ],
    );
    check_problems(
        "a = 1) and b = ) and c",
        &[
            (5, "expected `and`, `or` or the end, found `)`"),
            (
                15,
                "expected a value: text in double quotes, a number, `true` or `false`, found `)`",
            ),
            (15, "expected `and`, `or` or the end, found `)`"),
            (
                22,
                "expected a comparison, such as `is`, `>`, `contains` or `has any value`, found the end",
            ),
        ],
    );
    let many = vec!["x ~ 1"; 30].join(" and ");
    assert_eq!(parse(&many).unwrap_err().len(), 20);
}

#[test]
fn depth_is_bounded_in_both_spellings() {
    let nots = |n: usize| "not ".repeat(n) + "a = 1";
    assert_eq!(rule(&nots(DEPTH_MAX)).depth(), DEPTH_MAX);
    let problems = parse(&nots(DEPTH_MAX + 1)).unwrap_err();
    assert_eq!(
        problems[0].message,
        "groups are nested deeper than 16: use a segment for a part"
    );
    // Parentheses alone make no group, but are bounded all the same.
    assert!(
        parse(&format!(
            "{}a = 1{}",
            "(".repeat(DEPTH_MAX),
            ")".repeat(DEPTH_MAX)
        ))
        .is_ok()
    );
    assert!(parse(&"(".repeat(10_000)).is_err());
    assert!(parse(&"not ".repeat(8_000)).is_err());
    let json = |n: usize| {
        let leaf = json!({ "attribute": { "name": "a", "is": 1 } });
        let deep = (0..n).fold(leaf, |inner, _| json!({ "not": inner }));
        serde_json::from_value::<AnySpelling>(deep)
    };
    assert!(json(DEPTH_MAX).is_ok());
    let message = json(DEPTH_MAX + 1).unwrap_err().to_string();
    assert!(message.contains("nested deeper"), "{message}");
}

#[test]
fn the_number_of_predicates_is_bounded() {
    let text = |n: usize| vec!["a = 1"; n].join(" and ");
    assert!(parse(&text(PREDICATES_MAX)).is_ok());
    let message = parse(&text(PREDICATES_MAX + 1)).unwrap_err()[0]
        .message
        .clone();
    assert_eq!(
        message,
        "257 conditions are more than 256: use a segment for a part"
    );
}

#[test]
fn the_number_of_times_is_bounded() {
    assert!(parse("performed \"E\" at least 1000 times").is_ok());
    assert!(parse("performed \"E\" at least 1001 times").is_err());
    let json = json!({ "event": { "name": "E", "count": { "at_least": 1_001 } } });
    let message = serde_json::from_value::<AnySpelling>(json)
        .unwrap_err()
        .to_string();
    assert_eq!(message, "1001 times is more than the 1000 that are counted");
}

#[test]
fn the_length_is_bounded_in_both_spellings() {
    let text = |bytes: usize| format!("a is \"{}\"", "x".repeat(bytes - 7));
    assert!(parse(&text(TEXT_BYTES_MAX)).is_ok());
    assert!(parse(&text(TEXT_BYTES_MAX + 1)).is_err());
    let json = |bytes: usize| {
        let leaf = json!({ "attribute": { "name": "a", "is": "x".repeat(bytes - 7) } });
        serde_json::from_value::<AnySpelling>(leaf)
    };
    assert!(json(TEXT_BYTES_MAX).is_ok());
    assert!(json(TEXT_BYTES_MAX + 1).is_err());
}

#[test]
fn segments_within_segments_are_bounded_in_depth_and_in_size() {
    let chain: Segments = (0..=16)
        .map(|n| {
            (
                format!("s{n}"),
                if n == 0 {
                    rule("a = 1")
                } else {
                    Rule::Segment(format!("s{}", n - 1))
                },
            )
        })
        .collect();
    assert!(Rule::Segment("s15".to_owned()).resolve(&chain).is_ok());
    let message = Rule::Segment("s16".to_owned())
        .resolve(&chain)
        .unwrap_err()
        .message;
    assert!(
        message.starts_with("more than 16 segments stand within one another"),
        "{message}"
    );

    let doubling: Segments = (0..=12)
        .map(|n| {
            let inner = format!("in segment \"s{}\"", n - 1);
            (
                format!("s{n}"),
                rule(&if n == 0 {
                    "a = 1".to_owned()
                } else {
                    format!("{inner} and {inner}")
                }),
            )
        })
        .collect();
    assert_eq!(RESOLVED_PREDICATES_MAX, 4_096);
    assert!(Rule::Segment("s12".to_owned()).resolve(&doubling).is_ok());
    let past = rule("in segment \"s12\" and a = 1");
    assert!(past.resolve(&doubling).is_err());
}

#[test]
fn json_is_read_strictly() {
    for (json, expected) in [
        (
            json!({ "attribute": { "name": "a", "is": 1, "is_not": 2 } }),
            "`is_not` is a second comparison",
        ),
        (
            json!({ "attribute": { "name": "a", "equals": 1 } }),
            "unknown variant `equals`",
        ),
        (
            json!({ "attribute": { "name": "a" } }),
            "a comparison is missing",
        ),
        (json!({ "attribute": { "is": 1 } }), "missing field `name`"),
        (
            json!({ "attribute": { "name": "", "is": 1 } }),
            "the name of an attribute is empty",
        ),
        (
            json!({ "event": { "name": "E", "count": { "at_least": 1 }, "windw": "ever" } }),
            "unknown field `windw`",
        ),
        (
            json!({ "attribute": { "name": "a", "is_any_of": [] } }),
            "nothing to choose from",
        ),
        (
            json!({ "attribute": { "name": "a", "more_than_ago": -1 } }),
            "not between 0 and 100 years",
        ),
        (
            json!({ "attribute": { "name": "a", "before": i64::MAX } }),
            "outside of the years 0 to 9999",
        ),
        (
            json!({ "attribute": { "name": "a", "between": [2, 1] } }),
            "write the smaller one first",
        ),
        (
            json!({ "event": { "name": "E", "count": { "between": [2, 1] } } }),
            "write the smaller one first",
        ),
        (
            json!({ "event": { "name": "E", "count": { "at_least": 1 }, "window": { "between": [5, 5] } } }),
            "ends before it begins",
        ),
        (json!({ "some": [] }), "unknown variant `some`"),
        (json!("plan is"), "at character 8: expected a value"),
        (json!(5), "a rule as text"),
    ] {
        let message = serde_json::from_value::<AnySpelling>(json.clone())
            .unwrap_err()
            .to_string();
        assert!(message.contains(expected), "{json}: {message}");
    }
}

#[test]
fn both_spellings_of_the_flattened_tests_agree() {
    for (text, json) in [
        (
            "a is \"b\"",
            json!({ "attribute": { "name": "a", "is": "b" } }),
        ),
        ("a = 5", json!({ "attribute": { "name": "a", "is": 5.0 } })),
        (
            "a is true",
            json!({ "attribute": { "name": "a", "is": true } }),
        ),
        (
            "a is empty",
            json!({ "attribute": { "name": "a", "is_empty": null } }),
        ),
        (
            "a is unknown",
            json!({ "attribute": { "name": "a", "is_unknown": null } }),
        ),
        (
            "a between 1 and 2.5",
            json!({ "attribute": { "name": "a", "between": [1.0, 2.5] } }),
        ),
        (
            "a > 1 day ago",
            json!({ "attribute": { "name": "a", "more_than_ago": 86_400_000 } }),
        ),
        (
            "a is any of (1, \"b\", false)",
            json!({ "attribute": { "name": "a", "is_any_of": [1.0, "b", false] } }),
        ),
    ] {
        assert_eq!(serde_json::to_value(rule(text)).unwrap(), json, "{text}");
        assert_eq!(
            serde_json::from_value::<AnySpelling>(json).unwrap().0,
            rule(text),
            "{text}"
        );
    }
    // Groups of one are written out in neither spelling.
    let nested = json!({ "all": [{ "any": [{ "segment": "s" }] }] });
    assert_eq!(
        serde_json::from_value::<AnySpelling>(nested).unwrap().0,
        rule("in segment \"s\"")
    );
}

#[test]
fn an_explanation_has_the_fact_behind_each_part() {
    let person = Somebody::nobody()
        .did("E", days(2))
        .with(json!({ "plan": "pro" }));
    let tree =
        rule("plan is \"pro\" and not performed \"E\" in last 3 days and last_seen > 1 day ago")
            .compile()
            .explain(&person.facts(), NOW);
    assert!(!tree.holds);
    assert_eq!(tree.flips_at, Some(NOW + days(1) + 1));
    let facts: Vec<_> = tree
        .parts
        .iter()
        .map(|part| (part.holds, part.fact.clone().unwrap()))
        .collect();
    assert_eq!(
        facts,
        [
            (true, Fact::Attribute("pro".into())),
            (
                false,
                Fact::Performed {
                    count: 1,
                    last: Some(NOW - days(2))
                }
            ),
            (true, Fact::Instant(Some(NOW - days(2)))),
        ]
    );
}

#[test]
fn unknown_names_are_told_with_the_nearest_known_one() {
    let names = Names {
        attributes: ["plan".to_owned()].into(),
        events: ["Purchased".to_owned()].into(),
    };
    let messages: Vec<String> = rule("plam is 1 and last_seen > 1 day ago and performed \"Purchasd\" and last performed \"X\" < 1 day ago")
        .unknown_names(&names)
        .into_iter()
        .map(|problem| problem.message)
        .collect();
    assert_eq!(
        messages,
        [
            "unknown attribute `plam` (did you mean `plan`?)",
            "unknown event `Purchasd` (did you mean `Purchased`?)",
            "unknown event `X`",
        ]
    );
}
