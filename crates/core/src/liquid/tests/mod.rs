//! Liquid as templates see it: one `check` per feature. The fine points of Shopify's semantics are
//! in the conformance suite, `tests/golden_liquid.rs`.

mod date;
mod limits;
mod partial;
mod problems;
mod properties;
mod sinks;

use std::collections::BTreeMap;

use super::{Facts, Limits, RenderError, Scope, Sink, Template, parse, render, render_within};
use crate::value::Value;

fn scope(json: &str) -> BTreeMap<String, Value> {
    serde_json::from_str(json).unwrap()
}

fn parsed(source: &str) -> Template {
    parse(source).unwrap_or_else(|problems| panic!("{source}: {problems:?}"))
}

/// Renders as plain text.
fn check(source: &str, data: &str, expected: &str) {
    let rendered = render(&parsed(source), &scope(data), Sink::Plain);
    assert_eq!(rendered.as_deref(), Ok(expected), "{source}");
}

#[test]
fn json_is_written_with_its_order() {
    let source = "{{ x | json }}";
    let facts = r#"{"x": {"b": [1, 1.0, -2.5, null, true], "a": "é \"\\\n<&\u0001", "c": {}}}"#;
    let facts: Facts = serde_json::from_str(facts).unwrap();
    let shown = |sink| render(&parsed(source), &facts, sink).unwrap();
    let expected = r#"{"b":[1,1.0,-2.5,null,true],"a":"é \"\\\n\u003c\u0026\u0001","c":{}}"#;
    assert_eq!(shown(Sink::Plain), expected);
    assert_eq!(shown(Sink::Html), expected.replace('"', "&quot;"));
    check("{{ (1..3) | json }}{{ nil | json }}", "{}", "[1,2,3]null");
    check("{{ 1.0 | divided_by: 0 | json }}", "{}", "null");
    check("{{ 'a' | json }}{{ blank | json }}", "{}", "\"a\"\"\"");
    // What comes from a person is in the order of the names.
    check(source, r#"{"x": {"b": 1, "a": 2.0}}"#, r#"{"a":2,"b":1}"#);
}

const PERSON: &str = r#"{
    "first_name": "Ann", "plan": "pro", "spend": 120, "rate": 2.5, "tags": ["a", "b", "c"],
    "company": {"name": "Acme", "seats": 5}, "gone": null, "vip": true, "note": "",
    "orders": [{"id": 1, "total": 10, "paid": true}, {"id": 2, "total": 30, "paid": false}]
}"#;

#[test]
fn variables_and_paths() {
    check("Hi {{ first_name }}!", PERSON, "Hi Ann!");
    check(
        "[{{ nobody }}{{ nobody.name }}{{ gone.name[2] }}]",
        PERSON,
        "[]",
    );
    check(
        "{{ company.name }} {{ company['seats'] }}",
        PERSON,
        "Acme 5",
    );
    check("{{ tags[0] }}{{ tags[-1] }}{{ tags[9] }}", PERSON, "ac");
    check(
        "{{ tags.first }}{{ tags.last }}{{ tags.size }}",
        PERSON,
        "ac3",
    );
    check("{{ first_name.size }}", PERSON, "3");
    check(
        "{{ [plan] }}",
        r#"{"plan": "pro", "pro": "found"}"#,
        "found",
    );
    check("{{ größe }}", r#"{"größe": "XL"}"#, "XL");
    check(
        "{{ spend }} {{ rate }} {{ vip }} {{ tags }}",
        PERSON,
        "120 2.5 true abc",
    );
    check("{{ company }}", PERSON, r#"{"name"=>"Acme", "seats"=>5}"#);
    check("{{ }}{{-}}", PERSON, "");
}

#[test]
fn default_steps_in_for_what_is_missing() {
    check("{{ nobody | default: 'there' }}", PERSON, "there");
    check("{{ note | default: 'there' }}", PERSON, "there");
    check("{{ first_name | default: 'there' }}", PERSON, "Ann");
    check("{{ gone | default: plan | upcase }}", PERSON, "PRO");
    check(
        "{{ false | default: 'x', allow_false: true }}",
        PERSON,
        "false",
    );
}

#[test]
fn whitespace_control() {
    check("a {{- 1 -}} b", PERSON, "a1b");
    check(
        "a\n{%- if vip -%}\n yes \n{%- endif -%}\nb",
        PERSON,
        "ayesb",
    );
    check(
        "a {% if vip %}  {% assign x = 1 %}\n{% endif %} b",
        PERSON,
        "a  b",
    );
    check("a {%- comment -%} x {%- endcomment -%} b", PERSON, "ab");
}

#[test]
fn conditions() {
    check("{% if vip %}y{% else %}n{% endif %}", PERSON, "y");
    check("{% if nobody %}y{% else %}n{% endif %}", PERSON, "n");
    check(
        "{% if note %}empty text is true{% endif %}",
        PERSON,
        "empty text is true",
    );
    check("{% if note == blank %}y{% endif %}", PERSON, "y");
    check(
        "{% if note == empty and gone != empty %}y{% endif %}",
        PERSON,
        "y",
    );
    check(
        "{% if spend > 100 and plan == 'pro' %}y{% endif %}",
        PERSON,
        "y",
    );
    check(
        "{% if spend < 100 or plan contains 'r' %}y{% endif %}",
        PERSON,
        "y",
    );
    check("{% if tags contains 'b' %}y{% endif %}", PERSON, "y");
    check("{% if company contains 'seats' %}y{% endif %}", PERSON, "y");
    check(
        "{% if false and false or true %}y{% else %}n{% endif %}",
        PERSON,
        "n",
    );
    check(
        "{% if nobody > 1 %}y{% elsif spend >= 120 %}z{% endif %}",
        PERSON,
        "z",
    );
    check("{% unless vip %}n{% else %}y{% endunless %}", PERSON, "y");
    check("{% if rate <> 2.5 %}n{% endif %}", PERSON, "");
}

#[test]
fn case_tries_each_when() {
    let source =
        "{% case plan %}{% when 'free' %}f{% when 'pro', 'team' %}p{% else %}o{% endcase %}";
    check(source, PERSON, "p");
    check(source, r#"{"plan": "team"}"#, "p");
    check(source, r#"{"plan": "free"}"#, "f");
    check(source, "{}", "o");
    check(
        "{% case spend %}{% when 1 or 120 %}y{% endcase %}",
        PERSON,
        "y",
    );
}

#[test]
fn for_loops() {
    check(
        "{% for t in tags %}{{ t }}{% unless forloop.last %}, {% endunless %}{% endfor %}",
        PERSON,
        "a, b, c",
    );
    check(
        "{% for t in tags limit: 1 offset: 1 %}{{ t }}{% endfor %}",
        PERSON,
        "b",
    );
    check(
        "{% for t in tags reversed %}{{ t }}{% endfor %}",
        PERSON,
        "cba",
    );
    check(
        "{% for t in nobody %}x{% else %}none{% endfor %}",
        PERSON,
        "none",
    );
    check(
        "{% for i in (1..4) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}{% endfor %}",
        PERSON,
        "13",
    );
    check(
        "{% for t in tags limit: 2 %}{{ t }}{% endfor %}-{% for t in tags offset: continue %}{{ t }}{% endfor %}",
        PERSON,
        "ab-c",
    );
    check(
        "{% for pair in company %}{{ pair[0] }}={{ pair[1] }} {% endfor %}",
        PERSON,
        "name=Acme seats=5 ",
    );
    check(
        "{% for i in (1..2) %}{% for j in (1..2) %}{{ forloop.parentloop.index }}{{ forloop.index0 }}{{ forloop.rindex }} {% endfor %}{% endfor %}",
        PERSON,
        "102 111 202 211 ",
    );
    check(
        "{% for o in orders %}{{ o.total }} {% endfor %}{{ o }}",
        PERSON,
        "10 30 ",
    );
}

#[test]
fn tables() {
    check(
        "{% tablerow t in tags cols: 2 %}{{ t }}{{ tablerowloop.col }}{% endtablerow %}",
        PERSON,
        "<tr class=\"row1\">\n<td class=\"col1\">a1</td><td class=\"col2\">b2</td></tr>\n\
         <tr class=\"row2\"><td class=\"col1\">c1</td></tr>\n",
    );
    check(
        "{% tablerow t in tags cols: 0 limit: 1 %}{{ t }}{% endtablerow %}",
        PERSON,
        "<tr class=\"row1\">\n<td class=\"col1\">a</td></tr>\n",
    );
}

#[test]
fn assigning_and_counting() {
    check(
        "{% assign x = plan | upcase %}{{ x }}{{ plan }}",
        PERSON,
        "PROpro",
    );
    check(
        "{% capture x %}{{ plan }}!{% endcapture %}{{ x | upcase }}",
        PERSON,
        "PRO!",
    );
    check(
        "{% increment n %}{% increment n %}{{ n }}{% decrement m %}",
        PERSON,
        "012-1",
    );
    check(
        "{% for i in (1..3) %}{% cycle 'odd', 'even' %} {% endfor %}",
        PERSON,
        "odd even odd ",
    );
    check(
        "{% cycle 'g': 1, 2 %}{% cycle 'g': 1, 2 %}{% cycle 1, 2 %}",
        PERSON,
        "121",
    );
    check(
        "{% for i in (1..4) %}{% ifchanged %}{{ i | divided_by: 2 }}{% endifchanged %}{% endfor %}",
        PERSON,
        "012",
    );
}

#[test]
fn comments_raw_and_liquid() {
    check(
        "a{% comment %}{% if %}{{ x }}{% endcomment %}b{% # note %}c",
        PERSON,
        "abc",
    );
    check("{% raw %}{{ plan }}{% endraw %}", PERSON, "{{ plan }}");
    check("{% doc %}{% if %}{% enddoc %}x", PERSON, "x");
    check(
        "{% liquid\n if vip\n  echo plan | upcase\n endif\n # note\n assign x = 1\n%}{{ x }}",
        PERSON,
        "PRO1",
    );
    check("{% echo plan %}", PERSON, "pro");
}

#[test]
fn filters_on_text() {
    check("{{ 'a b' | append: 'c' | prepend: '>' }}", PERSON, ">a bc");
    check("{{ 'hELLO wORLD' | capitalize }}", PERSON, "Hello world");
    check(
        "{{ 'élan' | capitalize }} {{ 'É' | downcase }} {{ 'ß' | upcase }}",
        PERSON,
        "Élan é SS",
    );
    check(
        "{{ 'aXbX' | replace: 'X', '-' }} {{ 'aXbX' | remove: 'X' }}",
        PERSON,
        "a-b- ab",
    );
    check(
        "{{ 'aXbX' | replace_first: 'X', '-' }} {{ 'aXbX' | replace_last: 'X', '-' }}",
        PERSON,
        "a-bX aXb-",
    );
    check(
        "{{ 'aXbX' | remove_first: 'X' }} {{ 'aXbX' | remove_last: 'X' }}",
        PERSON,
        "abX aXb",
    );
    check(
        "[{{ ' a ' | strip }}|{{ ' a ' | lstrip }}|{{ ' a ' | rstrip }}]",
        PERSON,
        "[a|a | a]",
    );
    check(
        "{{ 'Ground control' | truncate: 9 }} {{ 'a b c' | truncatewords: 2 }}",
        PERSON,
        "Ground... a b...",
    );
    check(
        "{{ 'añb' | slice: 1 }} {{ 'hello' | slice: -3, 2 }}",
        PERSON,
        "ñ ll",
    );
    check("{{ 'a,b' | split: ',' | join: '+' }}", PERSON, "a+b");
    check(
        "{{ '<b>x</b><script>y</script>' | strip_html }}",
        PERSON,
        "x",
    );
    check("{{ '<b' | strip_html }}", PERSON, "<b");
    check(
        "{{ 'a b&c' | url_encode }} {{ 'a+b%26' | url_decode }}",
        PERSON,
        "a+b%26c a b&",
    );
    check(
        "{{ 'Ann?' | base64_encode }} {{ 'QW5uPw==' | base64_decode }}",
        PERSON,
        "QW5uPw== Ann?",
    );
    check(
        "{{ '??>' | base64_url_safe_encode }} {{ 'Pz8-' | base64_url_safe_decode }}",
        PERSON,
        "Pz8- ??>",
    );
    check(
        "{{ '<&amp;' | escape }} {{ '<&amp;' | escape_once }}",
        PERSON,
        "&lt;&amp;amp; &lt;&amp;",
    );
    check(
        "{{ x | strip_newlines }}{{ x | newline_to_br }}",
        r#"{"x": "a\nb"}"#,
        "aba<br />\nb",
    );
}

#[test]
fn filters_on_numbers() {
    check(
        "{{ 5 | divided_by: 2 }} {{ 5.0 | divided_by: 2 }} {{ -7 | divided_by: 2 }}",
        PERSON,
        "2 2.5 -4",
    );
    check(
        "{{ 7 | modulo: 3 }} {{ -7 | modulo: 3 }} {{ 5.5 | modulo: 2 }}",
        PERSON,
        "1 2 1.5",
    );
    check(
        "{{ 10.1 | plus: 2.2 }} {{ 1 | minus: 3 }} {{ '3' | times: 2 }}",
        PERSON,
        "12.3 -2 6",
    );
    check(
        "{{ 4.5 | round }} {{ 4.2 | ceil }} {{ -4.2 | floor }} {{ -3 | abs }}",
        PERSON,
        "5 5 -5 3",
    );
    check(
        "{{ 1.2345 | round: 2 }} {{ 567 | round: -2 }}",
        PERSON,
        "1.23 600",
    );
    check("{{ 5 | at_least: 7 }} {{ 5 | at_most: 3 }}", PERSON, "7 3");
    check(
        "{{ 9223372036854775807 | plus: 1 }}",
        PERSON,
        "9.223372036854776e+18",
    );
}

#[test]
fn filters_on_lists() {
    check(
        "{{ orders | map: 'total' | join: ',' }} {{ orders | sum: 'total' }}",
        PERSON,
        "10,30 40",
    );
    check(
        "{{ orders | where: 'paid' | map: 'id' }}{{ orders | reject: 'paid' | map: 'id' }}",
        PERSON,
        "12",
    );
    check("{{ orders | where: 'total', 30 | map: 'id' }}", PERSON, "2");
    check(
        "{% assign o = orders | find: 'id', 2 %}{{ o.total }} {{ orders | find_index: 'id', 2 }} {{ orders | has: 'id', 3 }}",
        PERSON,
        "30 1 false",
    );
    check(
        "{{ 'b,C,a' | split: ',' | sort }} {{ 'b,C,a' | split: ',' | sort_natural }}",
        PERSON,
        "Cab abC",
    );
    check(
        "{{ tags | concat: tags | uniq }} {{ tags | reverse }} {{ tags | slice: 1, 2 }}",
        PERSON,
        "abc cba bc",
    );
    check(
        "{{ tags | first }}{{ tags | last }}{{ tags | size }}{{ nobody | compact | size }}",
        PERSON,
        "ac30",
    );
    check(
        "{{ (1..3) | join: '+' }} {{ (3..1) | size }} {{ (1..3) }}",
        PERSON,
        "1+2+3 0 1..3",
    );
}

#[test]
fn a_template_travels_by_postcard() {
    let source = "Hi {{ first_name | default: 'you' }}{% for i in (1..2) %}{{ i }}{% endfor %}";
    let template = parsed(source);
    let bytes = postcard::to_allocvec(&template).unwrap();
    let back: Template = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(back, template);
    assert!(bytes.len() < source.len(), "{} bytes", bytes.len());
}

#[test]
fn plain_text_is_recognised() {
    assert_eq!(parsed("").as_text(), Some(""));
    assert_eq!(
        parsed("Hi {% comment %}x{% endcomment %}you").as_text(),
        Some("Hi you")
    );
    assert_eq!(parsed("Hi {{ x }}").as_text(), None);
}

fn variables_of(source: &str) -> String {
    let show = |v: super::Variable| {
        let mark = if v.has_default { "?" } else { "" };
        format!("{}{mark}@{}:{}", v.path.join("."), v.line, v.column)
    };
    let shown: Vec<String> = parsed(source).variables().into_iter().map(show).collect();
    shown.join(" ")
}

#[test]
fn variables_are_listed_with_their_places() {
    assert_eq!(
        variables_of("Hi {{ name }},\n{{ a.b['c'] | default: d }}"),
        "name@1:7 a.b.c?@2:4 d@2:24"
    );
    assert_eq!(
        variables_of("{% if x > y %}{{ z }}{% endif %}"),
        "x?@1:7 y?@1:11 z@1:18"
    );
    assert_eq!(
        variables_of("{% for i in list %}{{ i }}{{ forloop.index }}{% endfor %}{{ i }}"),
        "list?@1:13 i@1:61"
    );
    assert_eq!(
        variables_of("{{ a }}{% assign a = b %}{{ a }}"),
        "a@1:4 b@1:22"
    );
    assert_eq!(variables_of("{{ list[i].name }}"), "i@1:9 list@1:4");
}
