//! The `date` filter: what it reads and what it prints.

use super::*;

fn check_date(input: &str, pattern: &str, expected: &str) {
    let data = format!(r#"{{"x": {input}}}"#);
    check(&format!("{{{{ x | date: '{pattern}' }}}}"), &data, expected);
}

#[test]
fn instants_are_read_in_many_ways() {
    let check = |input, expected| check_date(input, "%Y-%m-%d %H:%M:%S.%L %z", expected);
    check("0", "1970-01-01 00:00:00.000 +0000");
    check("1152098955", "2006-07-05 11:29:15.000 +0000");
    check("\"1152098955\"", "2006-07-05 11:29:15.000 +0000");
    check("1152098955123", "2006-07-05 11:29:15.123 +0000");
    check("-86400", "1969-12-31 00:00:00.000 +0000");
    check("\"2024-02-29\"", "2024-02-29 00:00:00.000 +0000");
    check("\"2024-02-29T23:59:58Z\"", "2024-02-29 23:59:58.000 +0000");
    check(
        "\"2024-02-29T23:59:58.5+02:00\"",
        "2024-02-29 23:59:58.500 +0200",
    );
    check(
        "\"2024-02-29 23:59 -0530\"",
        "2024-02-29 23:59:00.000 -0530",
    );
    check("\"March 14, 2016\"", "2016-03-14 00:00:00.000 +0000");
    check(
        "\"14 mar 2016 at 10:30 PM\"",
        "2016-03-14 22:30:00.000 +0000",
    );
    check(
        "\"Mon, 14 Mar 2016 12:05:00 GMT\"",
        "2016-03-14 12:05:00.000 +0000",
    );
    check("\"2016/03/14 12am\"", "2016-03-14 00:00:00.000 +0000");
    check("\"March 2016\"", "2016-03-01 00:00:00.000 +0000");
    check("\"May 1st, 2016\"", "2016-05-01 00:00:00.000 +0000");
}

#[test]
fn what_is_no_instant_stays_as_it_is() {
    for text in [
        "soon",
        "",
        "2023-02-32",
        "2024-13-01",
        "12:30",
        "03/14/2016",
        "2024-01-01 25:00",
        "99999-01-01",
        "1 2 3 2016 May",
    ] {
        check_date(&format!("\"{text}\""), "%Y", text);
    }
    check_date("null", "%Y", "");
    check_date("true", "%Y", "true");
    check_date("9007199254740991", "%Y", "9007199254740991");
    check_date("0", "", "0");
}

#[test]
fn directives() {
    let check =
        |pattern, expected| check_date("\"2016-03-04T15:06:07.089+01:00\"", pattern, expected);
    check(
        "%A %a %B %b %h %d %e %j",
        "Friday Fri March Mar Mar 04  4 064",
    );
    check(
        "%H %I %k %l %M %S %L %N %3N %p %P",
        "15 03 15  3 06 07 089 089000000 089 PM pm",
    );
    check(
        "%y %Y %C %G %g %V %U %W %u %w",
        "16 2016 20 2016 16 09 09 09 5 5",
    );
    check("%s %z %:z %Z", "1457100367 +0100 +01:00 ");
    check(
        "%F %T %D %R %r",
        "2016-03-04 15:06:07 03/04/16 15:06 03:06:07 PM",
    );
    check(
        "%c|%x|%X|%v",
        "Fri Mar  4 15:06:07 2016|03/04/16|15:06:07| 4-MAR-2016",
    );
    check("%-d %-m %_m %^a %#p %05d %%", "4 3  3 FRI pm 00004 %");
    check("%Q % %", "%Q % %");
}

#[test]
fn weeks_at_the_turn_of_the_year() {
    check_date("\"2021-01-01\"", "%G-%V %U %W", "2020-53 00 00");
    check_date("\"2018-12-31\"", "%G-%V %U %W", "2019-01 52 53");
}

#[test]
fn now_is_what_the_caller_says() {
    let template = parsed("{{ 'now' | date: '%Y' }} {{ 'today' | date: '%d' }}");
    let at = |now_ms| {
        render_within(
            &template,
            &scope("{}"),
            Sink::Plain,
            &Limits::default(),
            now_ms,
        )
    };
    assert_eq!(at(Some(0)).as_deref(), Ok("1970 01"));
    assert_eq!(at(None).as_deref(), Ok("now today"));
}
