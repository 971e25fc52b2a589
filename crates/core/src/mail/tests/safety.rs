//! No value becomes more than text, whatever it holds.

use proptest::prelude::*;

use super::{
    super::{
        Content, Theme, address, markdown,
        paper::Paper,
        strip::{self, Token, Tokens, attribute},
    },
    blocks_of, composed, email,
};
use crate::liquid;

/// Every tag of a document with the names of its attributes, and the values of those that lead somewhere.
fn skeleton(html: &str) -> (Vec<String>, Vec<String>) {
    let (mut tags, mut addresses) = (Vec::new(), Vec::new());
    for token in Tokens::new(html) {
        let Token::Tag { name, rest, .. } = token else {
            continue;
        };
        // Written by us: every value is quoted, and no quote stands within one.
        let names: Vec<&str> = rest.split('"').step_by(2).map(str::trim).collect();
        tags.push(format!("{name} {}", names.join(" ")));
        for name in ["href", "src"] {
            addresses.extend(attribute(rest, name).map(strip::decoded));
        }
    }
    (tags, addresses)
}

const EVERYWHERE: &str = r#"[
    {"kind": "heading", "text": "a{{ v }}b"},
    {"kind": "text", "text": "a{{ v }}b **c{{ v }}d** [e{{ v }}f](https://x.example/{{ v }}) `g{{ v }}h`\n- i{{ v }}j\n\n> k{{ v }}l\n\n# m{{ v }}n"},
    {"kind": "image", "src": "https://x.example/{{ v }}", "alt": "a{{ v }}b", "link": "https://x.example/?{{ v }}", "width": 90},
    {"kind": "button", "label": "a{{ v }}b", "url": "mailto:a{{ v }}"},
    {"kind": "columns", "columns": [[{"kind": "text", "text": "a{{ v }}b"}], [{"kind": "divider"}]]},
    {"kind": "spacer"},
    {"kind": "social", "links": [{"label": "a{{ v }}b", "url": "https://x.example/{{ v }}"}]}]"#;

const DOCUMENT: &str =
    r#"<p title="a{{ v }}b"><a href="https://x.example/{{ v | url_encode }}">a{{ v }}b</a></p>"#;

/// Text with all that means something to HTML, Markdown or an address.
fn hostile() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "<",
        ">",
        "\"",
        "'",
        "&",
        "`",
        "*",
        "_",
        "[",
        "]",
        "(",
        ")",
        "!",
        "\\",
        "/",
        "#",
        "-",
        "\n",
        " ",
        "\t",
        "=",
        "<script>",
        "</td>",
        "--",
        "]]>",
        "<!--",
        "-->",
        "javascript:",
        "https://",
        "onerror=",
        "x",
        "{{",
        "%}",
        "\u{0}",
        "\u{2028}",
        "é",
        "1.",
        "+",
        "](",
        "\" onload=\"",
        "&quot;",
        "&#34;",
        "%22",
        "<![endif]-->",
        "~~",
    ]);
    prop::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn no_value_becomes_a_tag_an_attribute_or_a_link(v in hostile()) {
        for content in [blocks_of(EVERYWHERE), Content::Html(liquid::parse(DOCUMENT).expect("a template"))] {
            let email = email(content, Some("p{{ v }}q"));
            let theme = Theme { footer: format!("f{}", v.replace('\n', " ")), name: v.clone(), logo: "https://x.example/l".to_owned(), ..Theme::default() };
            let harmless = Theme { footer: "x".to_owned(), name: "x".to_owned(), ..theme.clone() };
            let mail = composed(&email, &theme, &v).expect("a mail");
            let plain = composed(&email, &harmless, "x").expect("a mail");
            let (tags, addresses) = skeleton(&mail.html);
            let (expected, known) = skeleton(&plain.html);
            prop_assert_eq!(tags, expected, "{:?}", v);
            prop_assert_eq!(addresses.len(), known.len());
            for (address, known) in addresses.iter().zip(&known) {
                prop_assert!(address::is_whole(address), "{}", address);
                prop_assert_eq!(address.split(':').next(), known.split(':').next());
                let host = |address: &str| address.split('/').nth(2).map(str::to_owned);
                prop_assert_eq!(host(address), host(known));
            }
        }
    }

    #[test]
    fn whatever_is_written_is_closed_and_of_known_tags(source in "[*_~`\\[\\]()!<>\\\\#>\\-+ 0-9a-c.:/\n]{0,60}") {
        let theme = Theme::default();
        let mut paper = Paper::new(&theme);
        markdown::write(&mut paper, &source, false);
        let mut open = Vec::new();
        for token in Tokens::new(&paper.html) {
            match token {
                Token::Tag { name: "br" | "img", .. } | Token::Text(_) => {}
                Token::Tag { name, is_end: false, .. } => open.push(name),
                Token::Tag { name, .. } => prop_assert_eq!(open.pop(), Some(name)),
            }
        }
        prop_assert!(open.is_empty());
    }
}
