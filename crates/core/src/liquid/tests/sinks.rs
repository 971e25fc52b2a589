//! Every sink against hostile input, and what is exempt from escaping.

use super::*;

const HOSTILE: &str =
    r#"{"x": "<a href=\"j\" t='k'>&amp;\r\nBcc: evil@x.test [l](http://e.test)\n# h"}"#;

fn check_sink(source: &str, sink: Sink, data: &str, expected: &str) {
    let rendered = render(&parsed(source), &scope(data), sink);
    assert_eq!(rendered.as_deref(), Ok(expected), "{source} {sink:?}");
}

#[test]
fn each_sink_disarms_hostile_text() {
    let check = |sink, expected| check_sink("<{{ x }}>", sink, HOSTILE, expected);
    check(
        Sink::Plain,
        "<<a href=\"j\" t='k'>&amp;\r\nBcc: evil@x.test [l](http://e.test)\n# h>",
    );
    let html = "<&lt;a href=&quot;j&quot; t=&#39;k&#39;&gt;&amp;amp;\r\nBcc: evil@x.test \
                [l](http://e.test)\n# h>";
    check(Sink::Html, html);
    check(Sink::Attribute, html);
    check(
        Sink::Url,
        "<%3Ca%20href%3D%22j%22%20t%3D%27k%27%3E%26amp%3B%0D%0ABcc%3A%20evil%40x.test%20%5Bl%5D\
         %28http%3A%2F%2Fe.test%29%0A%23%20h>",
    );
    check(
        Sink::Subject,
        "<<a href=\"j\" t='k'>&amp;  Bcc: evil@x.test [l](http://e.test) # h>",
    );
    check(
        Sink::Markdown,
        r#"<\<a href\="j" t\='k'\>\&amp; Bcc\: evil\@x\.test \[l\]\(http\://e\.test\) \# h>"#,
    );
}

#[test]
fn line_ends_of_all_kinds_stay_out_of_a_subject() {
    let data = r#"{"x": "a\u0000b\u000bc\u0085d\u2028e\u2029f\u007fg"}"#;
    check_sink("{{ x }}", Sink::Subject, data, "a b c d e f g");
    check_sink("{{ x }}", Sink::Markdown, data, "a b c d e f g");
}

#[test]
fn url_keeps_only_the_unreserved() {
    check_sink(
        "{{ 'aZ09-._~' }}{{ x }}",
        Sink::Url,
        r#"{"x": "é/+"}"#,
        "aZ09-._~%C3%A9%2F%2B",
    );
}

#[test]
fn raw_is_not_escaped_and_stands_last() {
    check_sink("{{ x | raw }}", Sink::Html, r#"{"x": "<b>"}"#, "<b>");
    check_sink(
        "{{ x | upcase | raw }}{% echo x | raw %}",
        Sink::Html,
        r#"{"x": "<b>"}"#,
        "<B><b>",
    );
    let problems = parse("{{ x | raw | upcase }}{% assign y = x | raw %}").unwrap_err();
    assert_eq!(problems.len(), 2);
    assert_eq!(
        problems[0].message,
        "`raw` must be the last filter of an output"
    );
}

#[test]
fn escaped_text_is_not_escaped_twice() {
    let data = r#"{"x": "<&amp;"}"#;
    check_sink("{{ x | escape }}", Sink::Html, data, "&lt;&amp;amp;");
    check_sink("{{ x | escape_once }}", Sink::Html, data, "&lt;&amp;");
    check_sink(
        "{% assign y = x | escape %}{{ y }}",
        Sink::Attribute,
        data,
        "&lt;&amp;amp;",
    );
    // What a filter makes of it is text again.
    check_sink(
        "{{ x | escape_once | append: '>' }}",
        Sink::Html,
        data,
        "&amp;lt;&amp;amp;&gt;",
    );
    // Elsewhere it is text like any other.
    check_sink("{{ '<' | escape }}", Sink::Markdown, data, r"\&lt;");
}

#[test]
fn line_breaks_made_by_a_filter_are_seen_as_such() {
    let data = r#"{"x": "<a>\nb"}"#;
    check_sink(
        "{{ x | newline_to_br }}",
        Sink::Html,
        data,
        "&lt;a&gt;<br />\nb",
    );
    check_sink(
        "{{ x | escape | newline_to_br }}",
        Sink::Html,
        data,
        "&lt;a&gt;<br />\nb",
    );
    check_sink("{{ x | newline_to_br }}", Sink::Plain, data, "<a><br />\nb");
}

#[test]
fn captured_text_is_escaped_once() {
    let source =
        "{% capture y %}<b>{{ x }}</b>{% endcapture %}{{ y }}|{{ y | strip }}|{{ y | upcase }}";
    let expected = "<b>&lt;&amp;</b>|<b>&lt;&amp;</b>|&lt;B&gt;&lt;&amp;&lt;/B&gt;";
    check_sink(source, Sink::Html, r#"{"x": "<&"}"#, expected);
}

#[test]
fn captured_text_compares_as_what_it_says() {
    let source = "{% capture y %}{{ x }}{% endcapture %}{% if y == 'R&D' %}same{% endif %}";
    check_sink(source, Sink::Html, r#"{"x": "R&D"}"#, "same");
}

#[test]
fn every_way_to_print_is_escaped() {
    let data = r#"{"x": "<", "l": ["<"], "m": {"<": "<"}}"#;
    check_sink(
        "{{ x }}{% echo x %}{% cycle x %}{{ l }}{{ l | join }}",
        Sink::Html,
        data,
        "&lt;&lt;&lt;&lt;&lt;",
    );
    check_sink(
        "{{ m }}",
        Sink::Html,
        data,
        "{&quot;&lt;&quot;=&gt;&quot;&lt;&quot;}",
    );
    check_sink(
        "{% for p in m %}{{ p[0] }}{% endfor %}{% ifchanged %}{{ x }}{% endifchanged %}",
        Sink::Html,
        data,
        "&lt;&lt;",
    );
    check_sink(
        "{% tablerow p in l %}{{ p }}{% endtablerow %}",
        Sink::Html,
        data,
        "<tr class=\"row1\">\n<td class=\"col1\">&lt;</td></tr>\n",
    );
    check_sink(
        "{% for i in l %}{{ forloop.name }}{% endfor %}",
        Sink::Html,
        r#"{"l": [1]}"#,
        "i-l",
    );
}
