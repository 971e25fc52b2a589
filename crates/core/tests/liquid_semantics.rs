//! The semantics of Shopify's Liquid (Ruby, 5.x), tag by tag and filter by filter, as tables of
//! source and text. The conformance suite in `golden_liquid.rs` is somebody else's; this is our own
//! reading of the reference, <https://shopify.github.io/liquid/>, and of Ruby where it is silent.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use rekindle_core::{
    liquid::{Limits, Sink, parse, render_within},
    value::Value,
};

const DATA: &str = r#"{
    "name": "Ann", "n": 5, "f": 2.5, "yes": true, "no": false, "gone": null, "note": "", "white": " \n",
    "list": ["a", "b", "c"], "nums": [3, 1, 2], "nested": [1, [2, [3]]], "none": [], "mixed": [1, "1", null, true],
    "map": {"k": "v", "n": 1, "size": 9}, "page": {"tags": ["x", "y"], "meta": {"deep": {"er": "!"}}}, "key": "k",
    "rows": [{"t": "b", "p": 2, "ok": true}, {"t": "A", "p": 1.5, "ok": false}, {"t": "c", "p": 3}],
    "html": "<b>&</b>", "lines": "a\r\nb\nc\rd", "spaces": " \t a  b \u000b\n"
}"#;

/// Renders with the clock at noon on 2026-11-23 UTC, a Monday.
fn run(source: &str) -> Result<String, String> {
    let scope: BTreeMap<String, Value> = serde_json::from_str(DATA).unwrap();
    let template = parse(source).map_err(|problems| problems.first().unwrap().to_string())?;
    let now = Some(1_795_435_200_000);
    render_within(&template, &scope, Sink::Plain, &Limits::default(), now)
        .map_err(|error| error.to_string())
}

fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(source, expected)| {
            let answered = run(source);
            (answered.as_deref() != Ok(*expected))
                .then(|| format!("{source}\n  expected {expected:?}\n  answered {answered:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each is an error, of parsing or of rendering, with these words in it.
fn check_errors(cases: &[(&str, &str)]) {
    for (source, words) in cases {
        let error = run(source).err().unwrap_or_default();
        assert!(error.contains(words), "{source}: {error}");
        assert!(error.starts_with("line "), "{source}: {error}");
    }
}

#[test]
fn paths() {
    check(&[
        ("{{ page.meta.deep.er }}{{ page['meta'].deep['er'] }}", "!!"),
        ("{{ map[key] }}{{ map[page.tags[0]] }}{{ [key] }}", "v"),
        (
            "{{ list[0] }}{{ list[-1] }}{{ list[-3] }}{{ list[-4] }}{{ list[3] }}",
            "aca",
        ),
        ("{{ list['0'] }}{{ list[1.5] }}", ""),
        (
            "{{ list.size }}{{ list.first }}{{ list.last }}{{ none.first }}{{ none.size }}",
            "3ac0",
        ),
        (
            "{{ map.size }}{{ map['size'] }}{{ page.size }}{{ page['size'] }}",
            "992",
        ),
        (
            "{{ name.size }}{{ name.first }}{{ name[0] }}{{ n.size }}",
            "3A8",
        ),
        ("{{ gone.a.b[0].c }}{{ nobody['x'] }}{{ name.nobody }}", ""),
        ("{{ nested[1][1][0] }}{{ nested.last.first }}", "32"),
        ("{{ page.tags }}{{ none }}{{ nested }}", "xy123"),
        (
            "{{ yes }}{{ no }}{{ gone }}{{ nil }}{{ empty }}{{ blank }}",
            "truefalse",
        ),
        ("{{ name? }}{{ a-b }}{{ _x1 }}", ""),
    ]);
}

#[test]
fn literals_and_numbers() {
    check(&[
        (
            "{{ 1 }} {{ -1 }} {{ 1.50 }} {{ -0.0 }} {{ 0.1 }} {{ 100.0 }}",
            "1 -1 1.5 -0.0 0.1 100.0",
        ),
        (
            "{{ 'it\"s' }}{{ \"it's\" }}{{ '' }}{{ \"\\n\" }}",
            "it\"sit's\\n",
        ),
        (
            "{{ 9223372036854775807 }} {{ -9223372036854775808 }}",
            "9223372036854775807 -9223372036854775808",
        ),
        (
            "{{ 1000000000000000.0 }} {{ 10000000000000000.0 }} {{ 0.0001 }} {{ 0.00001 }}",
            "1.0e+15 1.0e+16 0.0001 1.0e-05",
        ),
        (
            "{{ 3.141592653589793 }} {{ 2.857142857142857 }}",
            "3.141592653589793 2.857142857142857",
        ),
        (
            "{{ (1..4) }} {{ (n..7) | join }} {{ (3..1) | size }} {{ ('2'..'3') | join }}",
            "1..4 5 6 7 0 2 3",
        ),
    ]);
}

#[test]
fn truth_and_comparison() {
    let truths = [
        ("yes", true),
        ("no", false),
        ("gone", false),
        ("nobody", false),
        ("0", true),
        ("''", true),
        ("note", true),
        ("none", true),
        ("'false'", true),
        ("empty", true),
        ("nil", false),
        ("n == 5", true),
        ("n == 5.0", true),
        ("n == '5'", false),
        ("n != '5'", true),
        ("n <> 5", false),
        ("n > 4.9", true),
        ("n >= 5", true),
        ("n < 5", false),
        ("n <= 5", true),
        ("f > 2", true),
        ("'a' < 'b'", true),
        ("'B' < 'a'", true),
        ("'a' == 'A'", false),
        ("'' == note", true),
        ("gone > 1", false),
        ("gone < 1", false),
        ("1 > gone", false),
        ("gone == nil", true),
        ("gone == false", false),
        ("nobody == gone", true),
        ("no == nil", false),
        ("yes == 'true'", false),
        ("yes > no", false),
        ("list > 1", false),
        ("map < map", false),
        ("list == list", true),
        ("none == empty", true),
        ("note == empty", true),
        ("gone == empty", false),
        ("map == empty", false),
        ("empty == none", true),
        ("n == empty", false),
        ("white == empty", false),
        ("white == blank", true),
        ("gone == blank", true),
        ("no == blank", true),
        ("none == blank", true),
        ("name == blank", false),
        ("0 == blank", false),
        ("note != blank", false),
        ("name contains 'nn'", true),
        ("name contains 'N'", false),
        ("list contains 'b'", true),
        ("list contains 'bb'", false),
        ("nums contains 2", true),
        ("nums contains '2'", false),
        ("map contains 'k'", true),
        ("map contains 'v'", false),
        ("gone contains 'a'", false),
        ("name contains gone", false),
        ("'false' contains no", false),
        ("'a5' contains n", true),
        ("n contains 5", false),
        ("mixed contains nil", false),
        ("(1..3) contains 2", true),
        // From the right, without precedence.
        ("true or false and false", true),
        ("false and false or true", false),
        ("true and false or true", true),
        ("false or true and false", false),
        ("no and nobody.x or yes", false),
        ("(1..3) == (1..3)", true),
        ("1 == 1.0", true),
        ("-1 < 0", true),
        ("'10' < '9'", true),
    ];
    for (condition, expected) in truths {
        let source = format!("{{% if {condition} %}}y{{% else %}}n{{% endif %}}");
        let unless = format!("{{% unless {condition} %}}n{{% else %}}y{{% endunless %}}");
        let expected = if expected { "y" } else { "n" };
        check(&[(source.as_str(), expected), (unless.as_str(), expected)]);
    }
    check_errors(&[
        (
            "{% if name > 1 %}{% endif %}",
            "can't compare text with a number",
        ),
        (
            "{% if 1 < '2' %}{% endif %}",
            "can't compare a number with text",
        ),
    ]);
}

#[test]
fn conditions_and_cases() {
    check(&[
        (
            "{% if no %}1{% elsif gone %}2{% elsif yes %}3{% else %}4{% endif %}",
            "3",
        ),
        (
            "{% unless no %}1{% endunless %}{% unless yes %}2{% elsif yes %}3{% endunless %}",
            "13",
        ),
        ("{% if yes %}a{% else %}b{% else %}c{% endif %}", "a"),
        ("{% if no %}a{% else %}b{% elsif yes %}c{% endif %}", "b"),
        (
            "{% case n %}{% when 4, 5 %}x{% when 6 or 7 %}y{% endcase %}",
            "x",
        ),
        (
            "{% case n %}{% when 1 %}{% when '5' %}x{% else %}y{% endcase %}",
            "y",
        ),
        (
            "{% case name %} text {% when 'Bo' or 'Ann' %}x{% else %}y{% endcase %}",
            "x",
        ),
        (
            "{% case gone %}{% when nil %}x{% else %}y{% endcase %}",
            "x",
        ),
        ("{% case none %}{% when empty %}x{% endcase %}", "x"),
        ("{% case n %}{% when f, n %}x{% endcase %}", "x"),
        ("{% case n %}{% else %}y{% endcase %}", "y"),
    ]);
    check_errors(&[
        (
            "{% case n %}{% when 1 and 2 %}{% endcase %}",
            "`or` or a comma",
        ),
        ("{% if %}{% endif %}", "expected a value"),
        ("{% if a == %}{% endif %}", "expected a value"),
        ("{% if a = b %}{% endif %}", "compare with `==`"),
    ]);
}

#[test]
fn loops() {
    check(&[
        (
            "{% for i in (1..3) %}{{ i }}{% endfor %}{% for i in (2.5..5) %}{{ i }}{% endfor %}",
            "1232345",
        ),
        ("{% for i in list reversed %}{{ i }}{% endfor %}", "cba"),
        (
            "{% for i in (1 .. n) limit: 1 %}{{ forloop.name }}{% endfor %}",
            "i-(1..n)",
        ),
        (
            "{% for i in page[ 'a b' ] %}{% else %}none{% endfor %}",
            "none",
        ),
        (
            "{% for i in (1..9) limit: 2 offset: 3 %}{{ i }}{% endfor %}",
            "45",
        ),
        (
            "{% for i in (1..5) reversed limit: 2 offset: 1 %}{{ i }}{% endfor %}",
            "32",
        ),
        (
            "{% for i in (1..6) limit: 2 %}{{ i }}{% endfor %},{% for i in (1..6) limit: 2 offset: continue %}{{ i }}{% endfor %},\
          {% for i in (1..6) offset: continue %}{{ i }}{% endfor %}",
            "12,34,56",
        ),
        (
            "{% for i in list limit: 1 %}{% endfor %}{% for j in list offset: continue %}{{ j }}{% endfor %}",
            "abc",
        ),
        (
            "{% for i in list limit: 0 %}x{% else %}y{% endfor %}{% for i in list offset: 3 %}x{% else %}z{% endfor %}",
            "yz",
        ),
        (
            "{% for i in (1..4) offset: -1 limit: 3 %}{{ i }}{% endfor %}{% for i in list limit: -1 %}x{% endfor %}",
            "12",
        ),
        (
            "{% for i in gone %}x{% else %}-{% endfor %}{% for i in n %}x{% else %}-{% endfor %}{% for i in '' %}x{% else %}-{% endfor %}",
            "---",
        ),
        (
            "{% for c in name %}[{{ c }}]{% endfor %}{% for c in name offset: 2 %}[{{ c }}]{% endfor %}",
            "[Ann][Ann]",
        ),
        (
            "{% for p in page.meta %}{{ p[0] }}={{ p[1].er }}{{ p.size }}{% endfor %}",
            "deep=!2",
        ),
        (
            "{% for i in list %}{{ forloop.index }}{{ forloop.index0 }}{{ forloop.rindex }}{{ forloop.rindex0 }}{{ forloop.first }}{{ forloop.last }}{{ forloop.length }} {% endfor %}",
            "1032truefalse3 2121falsefalse3 3210falsetrue3 ",
        ),
        (
            "{% for i in (1..2) %}{{ forloop.name }}{% break %}{% endfor %}",
            "i-(1..2)",
        ),
        (
            "{% for i in (1..2) %}{% for j in (1..1) %}{{ forloop.parentloop.index }}{{ forloop.parentloop.parentloop.index }}{% endfor %}{% endfor %}{{ forloop.index }}",
            "12",
        ),
        (
            "{% for i in (1..9) %}{% if i == 3 %}{% continue %}{% elsif i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}",
            "124",
        ),
        (
            "{% for i in (1..2) %}{% for j in (1..3) %}{% if j == 2 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}",
            "11 21 ",
        ),
        ("a{% break %}b", "a"),
        (
            "{% assign i = 'out' %}{% for i in (1..1) %}{{ i }}{% endfor %}{{ i }}",
            "1out",
        ),
        (
            "{% for i in (1..2) %}{% assign last = i %}{% endfor %}{{ last }}",
            "2",
        ),
        (
            "{% for i in list, limit: 1, offset: 1 %}{{ i }}{% endfor %}",
            "b",
        ),
        ("{% for i in list limit: '2' %}{{ i }}{% endfor %}", "ab"),
        ("{% for i in list %}  {% endfor %}|", "|"),
    ]);
    check_errors(&[
        (
            "{% for i in list limit: 1.5 %}{% endfor %}",
            "whole numbers",
        ),
        (
            "{% for i in list sorted %}{% endfor %}",
            "`reversed` stands before",
        ),
        ("{% for in list %}{% endfor %}", "expected `in`"),
    ]);
}

#[test]
fn tables() {
    check(&[
        (
            "{% tablerow i in (1..3) cols: 2 %}{{ i }}{% endtablerow %}",
            "<tr class=\"row1\">\n<td class=\"col1\">1</td><td class=\"col2\">2</td></tr>\n<tr class=\"row2\"><td class=\"col1\">3</td></tr>\n",
        ),
        (
            "{% tablerow i in (1..4) cols: 1 limit: 1 offset: 2 %}{{ i }}{% endtablerow %}",
            "<tr class=\"row1\">\n<td class=\"col1\">3</td></tr>\n",
        ),
        (
            "{% tablerow i in none %}{% endtablerow %}",
            "<tr class=\"row1\">\n</tr>\n",
        ),
        ("{% tablerow i in gone %}x{% endtablerow %}", ""),
        (
            "{% tablerow i in (1..2) cols: 2 %}{{ tablerowloop.col }}{{ tablerowloop.col0 }}{{ tablerowloop.row }}{{ tablerowloop.col_first }}{{ tablerowloop.col_last }}{{ tablerowloop.rindex }}{% endtablerow %}",
            "<tr class=\"row1\">\n<td class=\"col1\">101truefalse2</td><td class=\"col2\">211falsetrue1</td></tr>\n",
        ),
    ]);
}

#[test]
fn assigning_capturing_and_counting() {
    check(&[
        (
            "{% assign a = 1 | plus: 2 %}{% assign b = list %}{{ a }}{{ b[1] }}",
            "3b",
        ),
        ("{% assign a='x'%}{{a}}{% assign a = nil %}{{ a }}", "x"),
        ("{% assign map = 'gone' %}{{ map.k }}{{ map }}", "gone"),
        (
            "{% capture c %} {{ name }} {% endcapture %}[{{ c }}]{% capture 'd' %}x{% endcapture %}{{ d }}",
            "[ Ann ]x",
        ),
        (
            "{% increment c %}{% increment c %}{{ c }}{% decrement c %}",
            "0121",
        ),
        (
            "{% decrement c %}{% decrement c %}{% increment c %}",
            "-1-2-2",
        ),
        ("{% assign c = 9 %}{% increment c %}{{ c }}", "09"),
        (
            "{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}",
            "aba",
        ),
        (
            "{% cycle 'g': 1, 2 %}{% cycle 'h': 1, 2 %}{% cycle 'g': 1, 2 %}",
            "112",
        ),
        (
            "{% cycle 'g': 1, 2, 3 %}{% cycle 'g': 1, 2, 3 %}[{% cycle 'g': 1, 2 %}]{% cycle 'g': 1, 2 %}",
            "12[]1",
        ),
        ("{% cycle name: n, f %}{% cycle name: n, f %}", "52.5"),
        (
            "{% for i in nums %}{% ifchanged %}{{ i | at_least: 2 }}{% endifchanged %}{% endfor %}",
            "32",
        ),
        (
            "{% echo name | upcase %}{% liquid\n assign x = 2\n for i in (1..x)\n echo i\n endfor\n if no\n echo 'n'\n else\n echo 'y'\n endif %}",
            "ANN12y",
        ),
        (
            "{% liquid\n\n# note\n comment\n echo 1\n endcomment\n echo 2 %}",
            "2",
        ),
    ]);
}

#[test]
fn comments_raw_and_white_space() {
    check(&[
        (
            "a{% comment %}{% comment %}x{% endcomment %}{% if %}{{ {% endcomment %}b",
            "ab",
        ),
        ("{% # one\n # two %}{%- # three -%} x", "x"),
        (
            "{% raw %}{{ x }}{% if %}{% endraw %}{%raw%} {%- a -%} {%endraw%}",
            "{{ x }}{% if %} {%- a -%} ",
        ),
        ("{% doc %} {{ {% if %} @param x {% enddoc %}y", "y"),
        (
            " \n{{- 1 -}}\n {{ 2 }} {%- if yes -%} 3 {%- endif %} ",
            "123 ",
        ),
        ("{%- assign a = 1 -%} {{- a -}} ", "1"),
        ("a {%- comment -%} b {%- endcomment -%} c", "ac"),
        (
            "{% if yes %} \n {% endif %}|{% if yes %} {{ '' }} {% endif %}|",
            "|  |",
        ),
        ("{ {a} } {% raw %}{%{% endraw %}", "{ {a} } {%"),
    ]);
}

#[test]
fn text_filters() {
    check(&[
        (
            "{{ 'a' | append: 1 | prepend: nil | append: 2.0 }}",
            "a12.0",
        ),
        (
            "{{ 'hELLO wORLD' | capitalize }} {{ 'ÀÉ' | downcase }} {{ 'straße' | upcase }} {{ gone | upcase }}",
            "Hello world àé STRASSE ",
        ),
        (
            "[{{ spaces | strip }}][{{ spaces | lstrip }}][{{ ' a ' | rstrip }}]",
            "[a  b][a  b \u{b}\n][ a]",
        ),
        (
            "{{ 'aaa' | replace: 'a', 'b' }}{{ 'aaa' | replace_first: 'a', 'b' }}{{ 'aaa' | replace_last: 'a', 'b' }}",
            "bbbbaaaab",
        ),
        (
            "{{ 'abc' | replace: '', '-' }} {{ 'abc' | replace: 'b' }} {{ 'abc' | replace_first: '', '-' }}",
            "-a-b-c- ac -abc",
        ),
        (
            "{{ 'a1b1' | remove: 1 }}{{ 'a1b1' | remove_first: 1 }}{{ 'a1b1' | remove_last: 1 }}",
            "abab1a1b",
        ),
        (
            "{{ 'abcdef' | slice: 2 }}{{ 'abcdef' | slice: 2, 3 }}{{ 'abcdef' | slice: -3, 2 }}[{{ 'abc' | slice: 9, 2 }}{{ 'abc' | slice: -9, 2 }}{{ 'abc' | slice: 1, -1 }}]",
            "ccdede[]",
        ),
        (
            "{{ list | slice: 1, 5 | join }} {{ list | slice: -2 | join }} {{ 12345 | slice: 1, 2 }}",
            "b c b 23",
        ),
        (
            "{{ 'abcdefghij' | truncate: 5 }} {{ 'abcdefghij' | truncate: 5, '' }} {{ 'abc' | truncate: 3 }} {{ 'abcd' | truncate: 2 }} {{ 'añb' | truncate: 2, '…' }}",
            "ab... abcde abc ... a…",
        ),
        (
            "{{ 'a b c' | truncatewords: 2 }} {{ 'a  b c' | truncatewords: 3 }} {{ 'a b' | truncatewords: 0 }} {{ 'a b c' | truncatewords: 1, '--' }}",
            "a b... a  b c a... a--",
        ),
        (
            "{{ 'a,b,,c,,' | split: ',' | join: '|' }} {{ ' a  b ' | split: ' ' | join: '|' }} {{ 'abc' | split: '' | join: '|' }} {{ '' | split: ',' | size }} {{ gone | split: 'x' | size }}",
            "a|b||c a|b a|b|c 0 0",
        ),
        (
            "{{ 'añb' | size }} {{ gone | size }} {{ list | size }} {{ map | size }}",
            "3 0 3 3",
        ),
        ("{{ lines | strip_newlines }}", "abc\rd"),
        ("{{ lines | newline_to_br }}", "a<br />\nb<br />\nc\rd"),
        (
            "{{ gone | default: 'd' }}{{ no | default: 'd' }}{{ note | default: 'd' }}{{ none | default: 'd' }}{{ 0 | default: 'd' }}{{ white | default: 'd' | size }}",
            "dddd02",
        ),
        (
            "{{ no | default: 'd', allow_false: true }}{{ gone | default: 'd', allow_false: true }}{{ gone | default }}",
            "falsed",
        ),
    ]);
    check_errors(&[
        ("{{ 'abc' | slice: 'x' }}", "needs a whole number"),
        ("{{ 'abc' | truncate: 'x' }}", "needs a whole number"),
        ("{{ 'abc' | slice }}", "takes 1 to 2 arguments"),
    ]);
}

#[test]
fn number_filters() {
    check(&[
        (
            "{{ 1 | plus: 1 }} {{ 1 | plus: 1.0 }} {{ '1' | plus: '2.5' }} {{ gone | plus: 1 }} {{ 'x' | plus: 1 }} {{ list | plus: 1 }}",
            "2 2.0 3.5 1 1 1",
        ),
        (
            "{{ 0.1 | plus: 0.2 }} {{ 10.1 | minus: 2.2 }} {{ 1.1 | times: 1.1 }} {{ 0.1 | times: 3 }} {{ 1.005 | times: 1000 }}",
            "0.3 7.9 1.21 0.3 1005.0",
        ),
        (
            "{{ 5 | divided_by: 3 }} {{ -5 | divided_by: 3 }} {{ 5 | divided_by: 3.0 }} {{ 20 | divided_by: 7.0 }} {{ 5.0 | divided_by: 2 }}",
            "1 -2 1.6666666666666667 2.857142857142857 2.5",
        ),
        (
            "{{ 5 | modulo: 3 }} {{ -5 | modulo: 3 }} {{ 5 | modulo: -3 }} {{ 5.5 | modulo: 2 }} {{ -5.5 | modulo: 2 }} {{ 1.2 | modulo: 0.5 }}",
            "2 1 -1 1.5 0.5 0.2",
        ),
        (
            "{{ -1 | abs }} {{ '-1.5' | abs }} {{ 'x' | abs }}",
            "1 1.5 0",
        ),
        (
            "{{ 1.2 | ceil }} {{ -1.2 | ceil }} {{ '1.2' | ceil }} {{ 1.8 | floor }} {{ -1.2 | floor }} {{ 3 | floor }}",
            "2 -1 2 1 -2 3",
        ),
        (
            "{{ 1.5 | round }} {{ 2.5 | round }} {{ -1.5 | round }} {{ 1.005 | round: 2 }} {{ 2.675 | round: 2 }} {{ 3 | round: 2 }} {{ 1.2 | round: 5 }}",
            "2 3 -2 1.01 2.68 3 1.2",
        ),
        (
            "{{ 1234 | round: -2 }} {{ 1250 | round: -2 }} {{ -1250 | round: -2 }} {{ 5 | round: -3 }}",
            "1200 1300 -1300 0",
        ),
        (
            "{{ 4 | at_least: 5 }} {{ 4 | at_most: 3.5 }} {{ '4' | at_least: '3' }} {{ gone | at_most: 1 }}",
            "5 3.5 4 0",
        ),
        (
            "{{ 9223372036854775807 | plus: 1 }} {{ 4611686018427387904 | times: 4 }}",
            "9.223372036854776e+18 1.844674407370955e+19",
        ),
        (
            "{{ ' 12 ' | plus: 0 }} {{ '12abc' | plus: 0 }} {{ '1.5abc' | plus: 0 }} {{ '+3' | plus: 0 }} {{ '-' | plus: 0 }}",
            "12 12 1 3 0",
        ),
    ]);
    check_errors(&[
        ("{{ 1 | divided_by: 0 }}", "can't divide by 0"),
        ("{{ 1 | modulo: 0 }}", "can't divide by 0"),
        ("{{ 1 | divided_by: 'x' }}", "can't divide by 0"),
    ]);
}

#[test]
fn list_filters() {
    check(&[
        (
            "{{ list | join }} {{ list | join: ', ' }} {{ list | join: nil }} {{ nested | join: '-' }} {{ name | join: '-' }} {{ gone | join }}",
            "a b c a, b, c abc 1-2-3 Ann ",
        ),
        (
            "{{ list | first }}{{ list | last }}{{ gone | first }}{{ (1..3) | last }}{{ 'abc' | first }}",
            "ac3a",
        ),
        (
            "{{ list | reverse | join }} {{ (1..3) | reverse | join }} {{ 'abc' | reverse }}",
            "c b a 3 2 1 abc",
        ),
        (
            "{{ list | concat: nums | join }} {{ none | concat: list | size }} {{ list | concat: nested | size }} {{ nested | concat: list | size }}",
            "a b c 3 1 2 3 5 6",
        ),
        (
            "{{ rows | map: 't' | join }} {{ rows | map: 'ok' | compact | join }} {{ map | map: 'k' }}",
            "b A c true false v",
        ),
        (
            "{{ nums | sort | join }} {{ list | sort | join }} {{ rows | sort: 'p' | map: 't' | join }} {{ rows | sort: 't' | map: 't' | join }}",
            "1 2 3 a b c A b c A b c",
        ),
        (
            "{{ rows | sort_natural: 't' | map: 't' | join }} {{ 'b,A,c,B' | split: ',' | sort_natural | join }} {{ 'b,A' | split: ',' | sort | join }}",
            "A b c A b B c A b",
        ),
        (
            "{{ nums | sum }} {{ rows | sum: 'p' }} {{ '1,2.5,x' | split: ',' | sum }} {{ none | sum }} {{ nested | sum }} {{ rows | sum: 'zz' }}",
            "6 6.5 3.5 0 6 0",
        ),
        (
            "{{ rows | where: 'ok' | map: 't' }} {{ rows | where: 'ok', false | map: 't' }} {{ rows | where: 'p', 3 | map: 't' }} {{ rows | where: 'zz' | size }}",
            "b A c 0",
        ),
        (
            "{{ rows | reject: 'ok' | map: 't' }} {{ rows | reject: 't', 'A' | map: 't' }}",
            "Ac bc",
        ),
        (
            "{% assign r = rows | find: 'p', 3 %}{{ r.t }} {{ rows | find_index: 'p', 3 }} {{ rows | has: 'ok', false }} {{ rows | has: 't', 'zz' }} {{ rows | find: 'zz', 1 }}{{ rows | find_index: 'zz', 1 }}",
            "c 2 true false ",
        ),
        (
            "{{ 'a,b,a' | split: ',' | uniq | join }} {{ mixed | uniq | size }} {{ rows | uniq: 'zz' | size }}",
            "a b 4 1",
        ),
        (
            "{{ mixed | compact | size }} {{ rows | compact: 'ok' | size }} {{ list | size }}",
            "3 2 3",
        ),
    ]);
    check_errors(&[
        ("{{ list | concat: 'x' }}", "needs a list"),
        ("{{ mixed | sort }}", "the items must be alike"),
        ("{{ nums | map: 'x' }}", "needs a list of objects"),
    ]);
}

#[test]
fn filters_for_html_urls_and_base_64() {
    check(&[
        (
            "{{ html | escape }} {{ html | h }} {{ \"'\" | escape }}{{ gone | escape }}",
            "&lt;b&gt;&amp;&lt;/b&gt; &lt;b&gt;&amp;&lt;/b&gt; &#39;",
        ),
        (
            "{{ '&lt;<&amp;&' | escape_once }} {{ '&#39;&#x27;&a1;' | escape_once }}",
            "&lt;&lt;&amp;&amp; &#39;&amp;#x27;&amp;a1;",
        ),
        (
            "{{ html | strip_html }}{{ '<script>x</script>a<!-- b -->c<style>d</style>' | strip_html }}{{ 'a<b' | strip_html }}{{ '<scr<!-- x -->ipt>d' | strip_html }}{{ 'a<i\nx>b' | strip_html }}",
            "&aca<bdab",
        ),
        (
            "{{ 'a b&c=ü/~*' | url_encode }} {{ 'a+b%26%C3%BC%' | url_decode }}",
            "a+b%26c%3D%C3%BC%2F~%2A a b&ü%",
        ),
        (
            "{{ 'one two?>' | base64_encode }} {{ 'b25lIHR3bz8+' | base64_decode }}",
            "b25lIHR3bz8+ one two?>",
        ),
        (
            "{{ 'one two?>' | base64_url_safe_encode }} {{ 'b25lIHR3bz8-' | base64_url_safe_decode }}",
            "b25lIHR3bz8- one two?>",
        ),
    ]);
    check_errors(&[
        ("{{ '%ff' | url_decode }}", "not UTF-8"),
        ("{{ '?' | base64_decode }}", "base 64"),
    ]);
}

#[test]
fn dates() {
    let at = |pattern: &str| {
        run(&format!(
            "{{{{ '2024-03-05T07:08:09.012Z' | date: '{pattern}' }}}}"
        ))
    };
    for (pattern, expected) in [
        (
            "%a %A %^a %b %B %h %^B",
            "Tue Tuesday TUE Mar March Mar MARCH",
        ),
        ("%d %-d %e %_d %j %-j %m %-m", "05 5  5  5 065 65 03 3"),
        (
            "%y %Y %C %G %g %V %U %W %u %w",
            "24 2024 20 2024 24 10 09 10 2 2",
        ),
        (
            "%H %-H %k %I %-I %l %M %S %L %N %3N %6N %p %P %#p",
            "07 7  7 07 7  7 08 09 012 012000000 012 012000 AM am am",
        ),
        ("%s %z %:z %Z", "1709622489 +0000 +00:00 UTC"),
        (
            "%c|%D|%F|%x|%X|%r|%R|%T|%v",
            "Tue Mar  5 07:08:09 2024|03/05/24|2024-03-05|03/05/24|07:08:09|07:08:09 AM|07:08|07:08:09| 5-MAR-2024",
        ),
        (
            "%%|%n|%t|%Q|%10A|%-10A|%05d|%_5m|%Ey|%Od",
            "%|\n|\t|%Q|   Tuesday|Tuesday|00005|    3|24|05",
        ),
        ("", "2024-03-05T07:08:09.012Z"),
    ] {
        assert_eq!(at(pattern).as_deref(), Ok(expected), "{pattern}");
    }
    check(&[
        (
            "{{ 'now' | date: '%F %T' }} {{ 'TODAY' | date: '%a' }}",
            "2026-11-23 12:00:00 Mon",
        ),
        (
            "{{ 1152098955 | date: '%F' }} {{ '1152098955' | date: '%F' }} {{ 0 | date: '%s' }} {{ -1 | date: '%s' }}",
            "2006-07-05 2006-07-05 0 -1",
        ),
        (
            "{{ 'March 14, 2016' | date: '%F' }} {{ '14 Mar 2016 10:30 PM' | date: '%F %H:%M' }} {{ '2016/03/14' | date: '%d' }} {{ 'Mon, 14 Mar 2016 10:30:00 +0200' | date: '%R %z' }}",
            "2016-03-14 2016-03-14 22:30 14 10:30 +0200",
        ),
        (
            "{{ 'hello' | date: '%F' }} {{ gone | date: '%F' }}{{ '2016-02-30' | date: '%F' }} {{ '0005-01-02' | date: '%Y' }}",
            "hello 2016-03-01 0005",
        ),
    ]);
}

#[test]
fn what_is_not_there_is_said_with_what_is_near() {
    check_errors(&[
        ("{{ a | upcas }}", "did you mean `upcase`?"),
        ("{{ a | truncate_words }}", "did you mean `truncatewords`?"),
        ("{% esle %}", "did you mean"),
        ("{% iff a %}{% endif %}", "did you mean `if`?"),
        ("{% include 'x' %}", "not supported"),
        ("{% render 'x' %}", "not supported"),
        ("{{ a | money }}", "unknown filter `money`"),
    ]);
}

#[test]
fn a_mark_that_is_not_closed_hides_no_other_problem() {
    let problems = parse("{{ a {{ b | nope }} {% if c {% fro %} {{ d").unwrap_err();
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let expected = [
        "line 1, column 1: output is not closed: add `}}`",
        "line 1, column 13: unknown filter `nope`: remove it, or see the list of filters",
        "line 1, column 21: tag is not closed: add `%}`",
        "line 1, column 32: unknown tag `fro` (did you mean `for`?)",
        "line 1, column 39: output is not closed: add `}}`",
    ];
    assert_eq!(shown, expected);
}
