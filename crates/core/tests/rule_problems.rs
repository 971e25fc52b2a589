//! What can't be meant in a rule, in which words and at which place; and what is left alone.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use rekindle_core::rule::{Asked, Names, Problem, read};

fn names() -> Names {
    let set = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    Names {
        attributes: set(&["plan", "seats", "vip", "tags", "trial_ends"]),
        events: set(&["A", "B"]),
    }
}

/// Whether it is about what a browser does not see at once.
fn is_late(problem: &Problem) -> bool {
    problem.message.contains("at once what happens")
}

fn problems(text: &str, asked: Asked) -> Vec<Problem> {
    read(text)
        .unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
        .problems(&names(), asked)
}

/// Each problem: its place in the text, its path in the tree, the start of its words.
#[track_caller]
fn check(text: &str, asked: Asked, expected: &[(usize, &[usize], &str)]) {
    let found = problems(text, asked);
    assert_eq!(found.len(), expected.len(), "{text}: {found:#?}");
    for (problem, (at, path, words)) in found.iter().zip(expected) {
        assert_eq!(problem.at, Some(*at), "{text}: {problem:?}");
        assert_eq!(problem.path.as_deref(), Some(*path), "{text}: {problem:?}");
        assert!(problem.message.starts_with(words), "{text}: {problem:?}");
    }
}

#[test]
fn names_that_the_data_does_not_have() {
    check(
        "plam is \"pro\" or (vip is true and performed \"A\" then performed \"C\" within 1 day)",
        Asked::AtTheEdge,
        &[
            (0, &[0], "unknown attribute `plam` (did you mean `plan`?)"),
            (34, &[1, 1], "unknown event `C` (did you mean `A`?)"),
        ],
    );
    check(
        "emall has any value and last_seen > 1 day ago and sessions > 3",
        Asked::AtTheEdge,
        &[(0, &[0], "unknown attribute `emall` (did you mean `email`?)")],
    );
}

#[test]
fn conditions_that_contradict_each_other() {
    for text in [
        "seats > 5 and seats < 5",
        "seats > 5 and seats = 5",
        "seats between 1 and 2 and seats between 3 and 4",
        "seats != 5 and seats between 5 and 5",
        "plan is \"pro\" and seats > 1 and plan is \"free\"",
        "plan is \"pro\" and plan is not \"PRO\"",
        "plan is any of (\"pro\", \"team\") and plan starts with \"x\"",
        "plan is \"pro\" and plan > 5",
        "plan is \"pro\" and plan is unknown",
        "seats > 5 and seats is unknown",
        "plan contains \"a\" and not plan contains \"a\"",
        "vip is true and vip is false",
        "tags includes \"a\" and not (tags includes \"a\")",
        "last_seen > 30 days ago and last_seen < 30 days ago",
        "last_seen > 30 days ago and last_seen is unknown",
        "trial_ends within next 3 days and trial_ends > 1 day ago",
        "trial_ends before 2026-01-01 and trial_ends after 2026-01-01",
        "trial_ends on 2026-01-01 and trial_ends on 2026-01-02",
        "performed \"A\" and not performed \"A\"",
        "performed \"A\" at least 3 times and performed \"A\" at most 2 times",
        "performed \"A\" in last 7 days and not performed \"A\" in last 30 days",
        "performed \"A\" at least 5 times in last 7 days and performed \"A\" at most 4 times",
        "not performed \"A\" since 2026-01-01 and performed \"A\" since 2026-02-01",
        "last performed \"A\" < 3 days ago and last performed \"A\" > 5 days ago",
        "last performed \"A\" > 5 days ago and performed \"A\" in last 5 days",
        "first performed \"A\" > 5 days ago and not performed \"A\"",
        "performed \"A\" then not performed \"B\" within 1 hour and not performed \"A\"",
        "performed \"A\" then performed \"B\" within 1 hour and not performed \"B\"",
        "opened message \"s/a\" and not opened message \"s/a\"",
        "random share \"x\" below 10 % and random share \"x\" from 10 to 20 %",
        "local weekday is monday and local weekday is any of (tuesday, sunday)",
        "local hour from 22 to 6 and local hour from 6 to 22",
        "in segment \"a\" and not in segment \"a\"",
        "page path is \"/a\" and page path is \"/b\"",
        "page path is \"/a\" and not page path starts with \"/\"",
        "seats > 5 and (vip is true and seats < 5)",
    ] {
        let mut found = problems(text, Asked::InTheBrowser);
        found.retain(|problem| !is_late(problem));
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
        let message = &found[0].message;
        let is_told = message.contains("no one passes both") || message.contains("no value of");
        assert!(is_told, "{text}: {message}");
    }
    check(
        "vip is true and (seats > 5 and plan is \"a\" and seats < 3)",
        Asked::AtTheEdge,
        &[(
            47,
            &[1, 2],
            "`seats < 3` contradicts `seats > 5`: no one passes both",
        )],
    );
}

#[test]
fn what_always_holds_or_never_does() {
    for (text, words) in [
        ("performed \"A\" at least 0 times", "always holds"),
        (
            "vip is true or performed \"A\" at least 0 times",
            "always holds",
        ),
        ("local hour from 0 to 24", "always holds"),
        ("random share \"x\" below 100 %", "always holds"),
        (
            "local weekday is any of (monday, tuesday, wednesday, thursday, friday, saturday, sunday)",
            "always holds",
        ),
        ("last performed \"A\" < 0 days ago", "never holds"),
        (
            "performed \"A\" then not performed \"B\" within 2 days in last 1 day",
            "never holds",
        ),
        (
            "vip is true and everyone",
            "`everyone` decides its group or says nothing",
        ),
        (
            "vip is true and (seats = 1 or no one)",
            "`no one` decides its group or says nothing",
        ),
        (
            "seats > 5 or seats is unknown or not seats > 5",
            "the group always holds",
        ),
        (
            "plan is \"a\" or vip is true or plan is not \"a\"",
            "the group always holds",
        ),
        (
            "plan is unknown or plan has any value",
            "the group always holds",
        ),
        (
            "performed \"A\" or not performed \"A\"",
            "the group always holds",
        ),
        (
            "performed \"A\" at most 3 times or performed \"A\" at least 4 times",
            "the group always holds",
        ),
        (
            "local hour from 22 to 6 or local hour from 6 to 22",
            "the group always holds",
        ),
        ("not (seats > 5) or seats > 4", "the group always holds"),
    ] {
        let found = problems(text, Asked::AtTheEdge);
        assert_eq!(found.len(), 1, "{text}: {found:#?}");
        assert!(found[0].message.contains(words), "{text}: {found:?}");
    }
}

#[test]
fn what_may_be_meant_is_left_alone() {
    for text in [
        "seats > 5 and seats < 6",
        "seats >= 5 and seats <= 5",
        // Text that is a number has other spellings, and one that is missing is neither.
        "plan = 5 and plan contains \"5.0\"",
        "plan is \"5\" and plan does not contain \"5\"",
        "plan is \"pro\" matching case and plan is \"Pro\"",
        "seats > 5 or seats <= 5",
        "last_seen > 30 days ago or last_seen < 40 days ago",
        "plan is not \"a\" and plan is not \"b\"",
        "performed \"A\" in last 30 days and not performed \"A\" in last 7 days",
        "performed \"A\" and performed \"A\" at most 3 times",
        "performed \"A\" where seats > 5 and not performed \"A\" in last 1 day",
        "performed \"A\" then performed \"B\" within 1 hour and not performed \"B\" in last 1 hour",
        "not (performed \"A\" then performed \"B\" within 1 hour) and performed \"A\" and performed \"B\"",
        "trial_ends before 2026-01-01T00:00:00Z and trial_ends after 2026-01-01",
        "random share \"x\" below 10 % and random share \"y\" from 10 to 20 %",
        "page path contains \"/a\" and page path contains \"/b\"",
        "page path is any of (\"/a\", \"/b\") and page path is any of (\"/b\", \"/c\")",
        "tags includes \"a\" and tags includes \"b\"",
        "plan is any of (\"a\", \"b\") and plan is any of (\"b\", \"c\")",
        "plan is \"true\" and plan is true",
        "everyone",
        "no one",
        "first_seen > 1 day ago and last_seen < 1 day ago",
    ] {
        let mut found = problems(text, Asked::InTheBrowser);
        found.retain(|problem| !is_late(problem));
        assert!(found.is_empty(), "{text}: {found:#?}");
    }
}

#[test]
fn what_cannot_be_answered_where_it_is_asked() {
    check(
        "vip is true and page path is \"/\"",
        Asked::AtTheEdge,
        &[(
            16,
            &[1],
            "`page path is \"/\"` never holds here: only the browser knows the page",
        )],
    );
    check(
        "vip is true and page path is \"/\"",
        Asked::InTheBrowser,
        &[],
    );
    for (text, is_unseen) in [
        ("performed \"A\" in last 1 day", false),
        ("performed \"A\" where x = 1", true),
        ("last performed \"A\" where x = 1 < 1 day ago", true),
        ("performed \"A\" then performed \"B\" within 1 day", false),
        (
            "performed \"A\" then not performed \"B\" where x = 1 within 1 day",
            true,
        ),
        ("first performed \"A\" > 1 day ago", true),
        ("last performed \"A\" > 1 day ago", false),
        ("opened message \"s/a\"", true),
        ("last_seen > 1 day ago", false),
        ("last_seen before 2026-01-01", true),
        ("first_seen > 1 day ago", true),
        ("trial_ends has anniversary today", false),
        ("local hour from 9 to 17", false),
        ("random share \"x\" below 10 %", false),
    ] {
        let found = problems(text, Asked::InTheBrowser);
        let told = found.iter().any(is_late);
        assert_eq!(told, is_unseen, "{text}: {found:?}");
        assert!(problems(text, Asked::AtTheEdge).is_empty(), "{text}");
    }
}
