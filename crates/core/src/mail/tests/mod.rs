//! What text and blocks become, what is refused, and that no value becomes more than text.

mod markdown;
mod problems;
mod safety;
mod strip;

use std::collections::BTreeMap;

use super::{Content, Email, Mail, Source, Theme, UNSUBSCRIBE_URL, content, place_unsubscribe};
use crate::{
    liquid::{self, Limits, RenderError, render_within},
    value::Value,
};

fn value(json: &str) -> Value {
    serde_json::from_str(json).expect("a value")
}

fn email(content: Content, preheader: Option<&str>) -> Email {
    Email {
        subject: liquid::parse("Hi {{ v }}").expect("a template"),
        preheader: preheader.map(|source| liquid::parse(source).expect("a template")),
        content,
        provider: None,
    }
}

fn composed(email: &Email, theme: &Theme, v: &str) -> Result<Mail, RenderError> {
    let scope = BTreeMap::from([("v".to_owned(), Value::from(v))]);
    email.compose(theme, &|template, sink| {
        render_within(template, &scope, sink, &Limits::default(), None)
    })
}

fn blocks_of(json: &str) -> Content {
    let blocks = value(json);
    let source = Source {
        blocks: Some(&blocks),
        ..Source::default()
    };
    content(source, &mut |_, message| panic!("{message}")).expect("blocks")
}

#[test]
fn addresses_are_whole_or_left_out() {
    let json = r#"[
        {"kind": "button", "label": "Go", "url": "{{ v }}"},
        {"kind": "image", "src": "{{ v }}", "alt": "Cat", "link": "https://x.example/?q={{ v }}"}]"#;
    let email = email(blocks_of(json), None);
    for (v, expected) in [
        (
            "https://y.example/a b",
            "Go (https://y.example/a%20b)\n\nCat (https://x.example/?q=https%3A%2F%2Fy.example%2Fa%20b)\n",
        ),
        // A picture is on the web, or not there.
        ("mailto:x@example.com", "Go (mailto:x@example.com)\n"),
        ("", ""),
        ("/a", ""),
        ("javascript:alert(1)", ""),
        (" \u{1}javascript:alert(1)", ""),
        ("https://", ""),
    ] {
        let mail = composed(&email, &Theme::default(), v).expect("a mail");
        assert_eq!(mail.text.trim(), expected.trim(), "{v:?}");
        assert!(!mail.html.contains("\"javascript"), "{v:?}");
    }
}

#[test]
fn a_preheader_is_first_in_the_body_and_in_no_text() {
    let html = "<html><head><title>t</title></head><body class=\"a\"><p>Hi</p></body></html>";
    for content in [
        Content::Markdown(liquid::parse("Hi").expect("a template")),
        blocks_of(r#"[{"kind": "text", "text": "Hi"}]"#),
        Content::Html(liquid::parse(html).expect("a template")),
        Content::Html(liquid::parse("<p>Hi</p>").expect("a template")),
    ] {
        let without =
            composed(&email(content.clone(), None), &Theme::default(), "").expect("a mail");
        assert!(!without.html.contains("display:none"));
        let mail = composed(
            &email(content, Some("Look, {{ v }}")),
            &Theme::default(),
            "<b>",
        )
        .expect("a mail");
        assert_eq!(mail.preheader, "Look, <b>");
        assert_eq!(mail.text, "Hi");
        let body = mail.html.split("<body").last().unwrap_or_default();
        let first = body.find("Look, &lt;b&gt;\u{34f}").expect("the preheader");
        assert!(first < body.find("Hi").expect("the text"), "{}", mail.html);
    }
    // What is long is not filled up.
    let long = email(
        Content::Html(liquid::parse("<p>Hi</p>").expect("a template")),
        Some("{{ v }}"),
    );
    let mail = composed(&long, &Theme::default(), &"x".repeat(150)).expect("a mail");
    assert!(!mail.html.contains('\u{34f}'));
}

#[test]
fn the_link_by_which_one_leaves_stands_where_it_is_asked_for_or_last() {
    let link = Some("https://edge.example/u/1/2");
    let asked = format!("<p><a href=\"{UNSUBSCRIBE_URL}\">Leave</a></p>");
    for (html, text, link, in_html, in_text) in [
        (
            "<html><BODY>a</BODY></html>",
            "a",
            link,
            "2\" style=\"color:inherit\">Unsubscribe</a></p></BODY></html>",
            "a\n\n--\nUnsubscribe: https://edge.example/u/1/2\n",
        ),
        (
            "<p>a</p>",
            "<a",
            link,
            "Unsubscribe</a></p>",
            "<a\n\n--\nUnsubscribe: https://edge.example/u/1/2\n",
        ),
        (
            &asked,
            UNSUBSCRIBE_URL,
            link,
            "<p><a href=\"https://edge.example/u/1/2\">Leave</a></p>",
            "https://edge.example/u/1/2",
        ),
        (&asked, "a", None, "<p><a href=\"#\">Leave</a></p>", "a"),
    ] {
        let (mut own_html, mut own_text) = (html.to_owned(), text.to_owned());
        place_unsubscribe(&mut own_html, &mut own_text, link);
        assert!(own_html.ends_with(in_html), "{own_html}");
        assert_eq!(own_text, in_text);
    }
}
