//! What text in Markdown becomes.

use super::super::{Theme, markdown, paper::Paper};

/// A text, its HTML without styles, its plain part.
const CASES: &[(&str, &str, &str)] = &[
    ("", "", ""),
    ("Hello", "<p>Hello</p>", "Hello"),
    (
        "Come **back**.",
        "<p>Come <strong>back</strong>.</p>",
        "Come back.",
    ),
    (
        "*a* _b_ __c__ ~~d~~",
        "<p><em>a</em> <em>b</em> <strong>c</strong> <s>d</s></p>",
        "a b c d",
    ),
    (
        "***both***",
        "<p><strong><em>both</em></strong></p>",
        "both",
    ),
    (
        "*a **b** c*",
        "<p><em>a <strong>b</strong> c</em></p>",
        "a b c",
    ),
    ("*a **b***", "<p><em>a <strong>b</strong></em></p>", "a b"),
    (
        "2 * 3 * 4 and a_b_c",
        "<p>2 * 3 * 4 and a_b_c</p>",
        "2 * 3 * 4 and a_b_c",
    ),
    ("**open", "<p>**open</p>", "**open"),
    (r"\*no\* \[a\](b)", "<p>*no* [a](b)</p>", "*no* [a](b)"),
    ("`a*b*` x", "<p><code>a*b*</code> x</p>", "a*b* x"),
    (
        "[Read **on**](https://x.example/a?b=1&c=2)",
        "<p><a href=\"https://x.example/a?b=1&amp;c=2\">Read <strong>on</strong></a></p>",
        "Read on (https://x.example/a?b=1&c=2)",
    ),
    (
        "[a](https://x.example/(b) \"title\")!",
        "<p><a href=\"https://x.example/(b)\">a</a>!</p>",
        "a (https://x.example/(b))!",
    ),
    (
        "[a [b] c](mailto:x@example.com)",
        "<p><a href=\"mailto:x@example.com\">a [b] c</a></p>",
        "a [b] c (mailto:x@example.com)",
    ),
    (
        "<https://x.example>",
        "<p><a href=\"https://x.example\">https://x.example</a></p>",
        "https://x.example",
    ),
    (
        "[https://x.example](https://x.example)",
        "<p><a href=\"https://x.example\">https://x.example</a></p>",
        "https://x.example",
    ),
    (
        "[a](https://x.example/ä b)",
        "<p><a href=\"https://x.example/%C3%A4%20b\">a</a></p>",
        "a (https://x.example/%C3%A4%20b)",
    ),
    // What leads nowhere stays as words.
    (
        "[a](/b) [c](javascript:alert(1)) [d]",
        "<p>a c [d]</p>",
        "a c [d]",
    ),
    (
        "[a [b](https://x.example) c](https://y.example)",
        "<p><a href=\"https://y.example\">a [b](https://x.example) c</a></p>",
        "a [b](https://x.example) c (https://y.example)",
    ),
    (
        "<b>x</b> & \"y\"",
        "<p>&lt;b&gt;x&lt;/b&gt; &amp; &quot;y&quot;</p>",
        "<b>x</b> & \"y\"",
    ),
    (
        "![A *cat*](https://x.example/c.png)",
        "<p><img src=\"https://x.example/c.png\" alt=\"A *cat*\"></p>",
        "A *cat*",
    ),
    ("![A cat](c.png)", "<p>A cat</p>", "A cat"),
    ("a\nb\r\n\r\nc", "<p>a<br>b</p><p>c</p>", "a\nb\n\nc"),
    (
        "# A\n## B\n##### C\n#D",
        "<h1>A</h1><h2>B</h2><h3>C</h3><p>#D</p>",
        "A\n\nB\n\nC\n\n#D",
    ),
    (
        "- a\n- b\n  more\n\n- c\n\nd",
        "<ul><li>a</li><li>b<br>more</li><li>c</li></ul><p>d</p>",
        "- a\n- b\nmore\n- c\n\nd",
    ),
    ("3. a\n4) b", "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
    (
        "- a\n1. b",
        "<ul><li>a</li></ul><ol><li>b</li></ol>",
        "- a\n\n1. b",
    ),
    (
        "> a\n> b\n\nc",
        "<blockquote class=\"rk-line\">a<br>b</blockquote><p>c</p>",
        "> a\n> b\n\nc",
    ),
    ("-", "<p>-</p>", "-"),
    ("1234567890. x", "<p>1234567890. x</p>", "1234567890. x"),
    (
        "Ünï **cödé** 👋",
        "<p>Ünï <strong>cödé</strong> 👋</p>",
        "Ünï cödé 👋",
    ),
    ("\\", "<p>\\</p>", "\\"),
    ("[", "<p>[</p>", "["),
    ("!", "<p>!</p>", "!"),
];

/// The inside of the HTML part and the plain part of a text in Markdown, styles left out.
fn markdown_of(source: &str) -> (String, String) {
    let theme = Theme::default();
    let mut paper = Paper::new(&theme);
    markdown::write(&mut paper, source, false);
    (unstyled(&paper.html), paper.text)
}

fn unstyled(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(" style=\"") {
        out.push_str(before);
        rest = after.split_once('"').map_or("", |(_, rest)| rest);
    }
    out.push_str(rest);
    out.replace(" class=\"rk-link\"", "")
}

#[test]
fn text_in_markdown_becomes_both_parts() {
    for (source, html, text) in CASES.iter().copied() {
        let (own_html, own_text) = markdown_of(source);
        assert_eq!(
            (own_html.as_str(), own_text.as_str()),
            (html, text),
            "{source:?}"
        );
    }
    let (html, text) = markdown_of("a\n\n---\nb");
    assert!(html.contains("<td class=\"rk-line\">"), "{html}");
    assert_eq!(text, "a\n\n---\n\nb");
}

#[test]
fn marks_have_bounds() {
    let link = |label: usize, address: usize| {
        let (label, address) = ("a".repeat(label), "b".repeat(address - 18));
        markdown_of(&format!("[{label}](https://x.example/{address})"))
            .0
            .contains("<a ")
    };
    assert!(link(999, 2_047));
    assert!(!link(1_001, 100));
    assert!(!link(10, 2_049));
    // Eight marks within each other are marks, the ninth is text.
    for (depth, text) in [(8, "x"), (9, "**x**")] {
        let marks = "**".repeat(depth);
        assert_eq!(markdown_of(&format!("{marks}x{marks}")).1, text);
    }
}
