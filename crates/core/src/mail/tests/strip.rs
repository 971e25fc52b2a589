//! Plain text from HTML, and its tags.

use super::super::strip::{self, attribute};

#[test]
fn html_is_stripped_to_what_it_says() {
    for (html, text) in [
        ("", ""),
        ("a <b>b</b>\n c", "a b c"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br/><br>c", "a\nb\n\nc"),
        ("<ul><li>a</li><li>b</li></ul>c", "- a\n- b\n\nc"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        (
            "<a href=\"https://x.example/?a=1&amp;b=2\">Go</a>!",
            "Go (https://x.example/?a=1&b=2)!",
        ),
        (
            "<a href='https://x.example'>https://x.example</a> <a href=mailto:a@b.c>a@b.c</a> <a href=#x>y</a>",
            "https://x.example a@b.c y",
        ),
        (
            "<a href=\"https://x.example\"><img src=x alt=\"A &quot;cat&quot;\"></a>",
            "A \"cat\" (https://x.example)",
        ),
        (
            "<a href=\"https://x.example\"><img src=x alt></a>",
            "https://x.example",
        ),
        ("<!-- x --><!--[if mso]><p>no</p><![endif]-->a", "a"),
        (
            "<head><title>t</title><style>p > a {}</style></head>a<script>if (a < b) x('</p>')</script>",
            "a",
        ),
        (
            "<div style=\"display: none\">no <div>no</div> no</div>a",
            "a",
        ),
        (
            "<div title=\"a > b\">1 < 2 &lt; 3 &#60; 4 &#x3c; 5 & 6 &nope; &nbsp;7</div>",
            "1 < 2 < 3 < 4 < 5 & 6 &nope; 7",
        ),
        ("a&zwnj;&#847;&nbsp;&shy;b<hr>c", "a b\n\n---\n\nc"),
        ("<p>unclosed <b", "unclosed"),
        ("<style>never closed", ""),
        ("<", "<"),
    ] {
        assert_eq!(strip::text(html), text, "{html}");
    }
}

#[test]
fn attributes_are_found_however_they_are_written() {
    for (tag, name, expected) in [
        (" a=1 b='2' c=\"3\" d", "c", Some("3")),
        (" a=1 b='2' c=\"3\" d", "D", Some("")),
        (" a = \"1\" b", "a", Some("1")),
        (" data-a=1 a=2", "a", Some("2")),
        (" a=\"b='c'\"", "b", None),
        ("/", "a", None),
        (" =\"x\" a=1", "a", Some("1")),
        (" a=\"open", "a", Some("open")),
    ] {
        assert_eq!(attribute(tag, name), expected, "{tag}");
    }
}
