//! What is refused, what is warned of, and how much there may be.

use super::{
    super::{
        Content, Source, Theme, content,
        read::{BLOCKS_MAX, SOURCE_BYTES_MAX, TEXT_BYTES_MAX},
        warnings,
    },
    composed, email, value,
};
use crate::liquid;

/// Blocks, and how each thing that is wrong with them begins.
const WRONG: &[(&str, &[&str])] = &[
    (r#"[{"kind": "text", "text": "Hi"}]"#, &[]),
    ("[]", &["missing: `blocks` is empty: add a block"]),
    ("{}", &["blocks: `blocks` is a list of blocks: write `[…]`"]),
    (
        "[5]",
        &["block: `blocks[0]` is no block: write `{\"kind\": …}`"],
    ),
    (
        r#"[{"text": "x"}]"#,
        &["missing: `blocks[0].kind` is missing: say which kind of block it is"],
    ),
    (
        r#"[{"kind": "divider"}, {"kind": "buton"}]"#,
        &[
            "unknown_block: `blocks[1].kind` is an unknown kind of block `buton` (did you mean `button`?)",
        ],
    ),
    (
        r#"[{"kind": "text"}]"#,
        &["missing: `blocks[0].text` is missing: write the words"],
    ),
    (
        r#"[{"kind": "text", "text": 5}]"#,
        &["text: `blocks[0].text` is text: put it in quotes"],
    ),
    (
        r#"[{"kind": "divider", "text": "x"}]"#,
        &["field: `blocks[0].text` has no place in a block of kind `divider`: remove it"],
    ),
    (
        r#"[{"kind": "text", "text": "{{ x"}]"#,
        &["template: `blocks[0].text`, line 1, column 1: "],
    ),
    (
        r#"[{"kind": "button", "label": "Go", "url": "/go"}]"#,
        &["link: `blocks[0].url` is `/go`: write a whole address that begins with https://"],
    ),
    (
        r#"[{"kind": "button", "label": "Go", "url": "JavaScript:alert(1)"}]"#,
        &["link: `blocks[0].url` is `JavaScript:alert(1)`"],
    ),
    (
        r#"[{"kind": "button", "label": "Go", "url": "{{ event.url }}"}]"#,
        &[],
    ),
    (
        r#"[{"kind": "button"}]"#,
        &["missing: `blocks[0].label`", "missing: `blocks[0].url`"],
    ),
    (
        r#"[{"kind": "image", "src": "mailto:x@example.com", "alt": "", "width": 601, "link": "x"}]"#,
        &[
            "link: `blocks[0].src`",
            "number: `blocks[0].width` is a whole number from 1 to 600: write one",
            "link: `blocks[0].link`",
        ],
    ),
    (
        r#"[{"kind": "heading", "text": "x", "level": 0, "align": "right"}]"#,
        &[
            "align: `blocks[0].align` is `start` or `center`: write one of them",
            "number: `blocks[0].level`",
        ],
    ),
    (
        r#"[{"kind": "columns", "columns": [[{"kind": "text"}], [{"kind": "columns", "columns": [[], []]}]]}]"#,
        &[
            "missing: `blocks[0].columns[0][0].text`",
            "block: `blocks[0].columns[1][0].kind` is `columns` within a column",
        ],
    ),
    (
        r#"[{"kind": "columns", "columns": [[]]}]"#,
        &["columns: `blocks[0].columns` are two lists"],
    ),
    (
        r#"[{"kind": "social", "links": [{"label": "X"}, {"label": "Y", "url": "y"}]}, {"kind": "spacer", "height": 1.5}]"#,
        &[
            "missing: `blocks[0].links[0].url`",
            "link: `blocks[0].links[1].url`",
            "number: `blocks[1].height`",
        ],
    ),
    (
        r#"[{"kind": "text", "text": "[x](java\tscript:alert(1))"}]"#,
        &["link: `blocks[0].text` has a link to `java\tscript:alert(1)`"],
    ),
];

/// What is refused, and what is warned of, as `code: message`.
fn problems_of(source: Source<'_>) -> (Vec<String>, Vec<String>) {
    let (mut errors, mut warned) = (Vec::new(), Vec::new());
    let content = content(source, &mut |code, message| {
        errors.push(format!("{code}: {message}"));
    });
    assert_eq!(content.is_none(), !errors.is_empty(), "{errors:?}");
    warnings(source, &mut |code, message| {
        warned.push(format!("{code}: {message}"));
    });
    (errors, warned)
}

#[test]
fn what_is_wrong_with_blocks_is_named_with_its_place() {
    for (json, expected) in WRONG {
        let blocks = value(json);
        let (found, _) = problems_of(Source {
            blocks: Some(&blocks),
            ..Source::default()
        });
        assert_eq!(found.len(), expected.len(), "{json}: {found:?}");
        for (found, start) in found.iter().zip(*expected) {
            assert!(
                found.starts_with(start),
                "{json}: {found:?} is not {start:?}"
            );
        }
    }
}

#[test]
fn a_mail_says_one_thing_and_runs_nothing() {
    let block = value(r#"[{"kind": "divider"}]"#);
    let (body, html) = (Some("x"), Some("<p>x</p>"));
    for (source, codes) in [
        (Source::default(), &["missing"][..]),
        (
            Source {
                body,
                html,
                blocks: None,
            },
            &["content"],
        ),
        (
            Source {
                body: None,
                html,
                blocks: Some(&block),
            },
            &["content"],
        ),
        (
            Source {
                html,
                ..Source::default()
            },
            &[],
        ),
        (
            Source {
                html: Some("<a href='&#106;avascript:x'>x</a><img src=vbscript:x alt>"),
                ..Source::default()
            },
            &["link", "link"],
        ),
        (
            Source {
                html: Some("<a title='>' href=\"data:text/html,x\">"),
                ..Source::default()
            },
            &["link"],
        ),
        (
            Source {
                body: Some("[x](javascript:x) ![y](data:text/html,x)"),
                ..Source::default()
            },
            &["link", "link"],
        ),
        (
            Source {
                html: Some("<p>{{ x"),
                ..Source::default()
            },
            &["template"],
        ),
    ] {
        let (found, _) = problems_of(source);
        let found: Vec<&str> = found
            .iter()
            .filter_map(|one| one.split(':').next())
            .collect();
        assert_eq!(found, codes, "{source:?}");
    }
}

#[test]
fn what_was_probably_not_meant_is_warned_of() {
    let blocks = value(
        r#"[{"kind": "image", "src": "https://x.example/a.png"},
            {"kind": "image", "src": "https://x.example/a.png", "alt": ""},
            {"kind": "columns", "columns": [[{"kind": "text", "text": "[a](b) [c](https://d.example)"}], []]}]"#,
    );
    let (errors, warned) = problems_of(Source {
        blocks: Some(&blocks),
        ..Source::default()
    });
    assert_eq!(errors, [""; 0]);
    assert_eq!(
        warned,
        [
            "alt: `blocks[0].alt` is missing: say what the picture shows, or write `\"\"` for decoration",
            "link: a link of `blocks[2].columns[0][0].text` leads to `b`: write a whole address that begins with https://",
        ]
    );
    let html = "<style>a > b { background: url(x) }</style><img src=https://x.example/a.png><IMG SRC=\"https://x.example\" alt>\
                <a href=\"{{ x }}\">x</a><a href=/y>y</a><a href=#z>z</a>";
    let (_, warned) = problems_of(Source {
        html: Some(html),
        ..Source::default()
    });
    assert_eq!(warned.len(), 2, "{warned:?}");
    assert!(
        warned[0].starts_with("link: a link of `html` leads to `/y`"),
        "{warned:?}"
    );
    assert!(
        warned[1].starts_with("alt: 1 of the pictures"),
        "{warned:?}"
    );
}

#[test]
fn lengths_have_bounds() {
    let blocks = |count: usize| {
        value(&format!(
            "[{}]",
            vec![r#"{"kind": "divider"}"#; count].join(",")
        ))
    };
    let columns = |count: usize| {
        let column = vec![r#"{"kind": "divider"}"#; count].join(",");
        value(&format!(
            r#"[{{"kind": "columns", "columns": [[{column}], []]}}]"#
        ))
    };
    let text = |bytes: usize| {
        value(&format!(
            r#"[{{"kind": "text", "text": "{}"}}]"#,
            "x".repeat(bytes)
        ))
    };
    let links = |count: usize| {
        let link = r#"{"label": "x", "url": "https://x.example"}"#;
        value(&format!(
            r#"[{{"kind": "social", "links": [{}]}}]"#,
            vec![link; count].join(",")
        ))
    };
    for (blocks, fits) in [
        (blocks(BLOCKS_MAX), true),
        (blocks(BLOCKS_MAX + 1), false),
        (columns(BLOCKS_MAX - 1), true),
        (columns(BLOCKS_MAX), false),
        (text(TEXT_BYTES_MAX), true),
        (text(TEXT_BYTES_MAX + 1), false),
        (links(8), true),
        (links(9), false),
    ] {
        let (errors, _) = problems_of(Source {
            blocks: Some(&blocks),
            ..Source::default()
        });
        assert_eq!(errors.is_empty(), fits, "{errors:?}");
    }
    for (bytes, fits) in [(SOURCE_BYTES_MAX, true), (SOURCE_BYTES_MAX + 1, false)] {
        let html = "x".repeat(bytes);
        let (errors, _) = problems_of(Source {
            html: Some(&html),
            ..Source::default()
        });
        assert_eq!(errors.is_empty(), fits, "{errors:?}");
        let email = email(
            Content::Html(liquid::parse(&html).expect("a template")),
            None,
        );
        assert_eq!(composed(&email, &Theme::default(), "").is_ok(), fits);
    }
}
