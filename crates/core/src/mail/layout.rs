//! Blocks as HTML that mail programs show alike, and as plain text beside it. Says nothing of its own.
//!
//! Tables hold what Outlook must not lose, because it draws with Word
//! (<https://www.caniemail.com/features/css-max-width/>): the width of the whole and of columns stands in
//! tables that only it sees (<https://webdesign.tutsplus.com/tutorials/html-email-using-ghost-tables--cms-32551>).
//! Everything else needs no more than style attributes; the sheet in the head adds the phone and the dark,
//! for those programs that read it (<https://www.caniemail.com/features/html-style/>,
//! <https://www.caniemail.com/features/css-at-media-prefers-color-scheme/>).

use super::{
    Block, Fill, HTML_BYTES_MAX,
    address::{Address, is_web},
    inline, markdown,
    paper::{Paper, WIDTH, middle},
    theme::{ink_on, lighter},
};
use crate::liquid::{RenderError, Sink, escape_html};

// LIMIT: the longest that any list of mails shows
// (https://www.litmus.com/blog/the-ultimate-guide-to-preview-text-support).
const PREHEADER_LETTERS: usize = 150;

const TABLE: &str = "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"";

/// Writes blocks to both parts.
pub(super) fn blocks(
    paper: &mut Paper<'_>,
    blocks: &[Block],
    fill: Fill<'_>,
) -> Result<(), RenderError> {
    for block in blocks {
        self::block(paper, block, fill)?;
        if paper.html.len() > HTML_BYTES_MAX {
            return Err(RenderError::TooMuchOutput);
        }
    }
    Ok(())
}

fn block(paper: &mut Paper<'_>, block: &Block, fill: Fill<'_>) -> Result<(), RenderError> {
    match block {
        Block::Heading {
            text,
            level,
            centred,
        } => {
            heading(paper, &fill(text, Sink::Markdown)?, *level, *centred);
        }
        Block::Text { text, centred } => {
            markdown::write(paper, &fill(text, Sink::Markdown)?, *centred);
        }
        Block::Image {
            src,
            alt,
            link,
            width,
            centred,
        } => {
            let alt = fill(alt, Sink::Plain)?;
            let link = link
                .as_ref()
                .map(|link| link.fill(fill))
                .transpose()?
                .flatten();
            if let Some(src) = src.fill(fill)?.filter(|src| is_web(src)) {
                image(paper, &src, &alt, link.as_deref(), *width, *centred);
            }
        }
        Block::Button {
            label,
            url,
            centred,
        } => {
            let label = fill(label, Sink::Plain)?;
            // A button that leads nowhere is none.
            if let Some(url) = url.fill(fill)? {
                button(paper, &label, &url, *centred);
            }
        }
        Block::Divider => divider(paper),
        Block::Spacer(height) => {
            let height = height.to_string();
            paper.tag(&[
                "<div style=\"height:",
                &height,
                "px;line-height:",
                &height,
                "px;font-size:1px;mso-line-height-rule:exactly\">&nbsp;</div>",
            ]);
        }
        Block::Columns(columns) => self::columns(paper, columns, fill)?,
        Block::Social(links) => {
            let mut filled = Vec::new();
            for (label, url) in links {
                filled.push((fill(label, Sink::Plain)?, url));
            }
            social(paper, &filled, fill)?;
        }
    }
    Ok(())
}

pub(super) fn heading(paper: &mut Paper<'_>, words: &str, level: u8, centred: bool) {
    let (tag, size) = match level {
        1 => ("h1", "26"),
        2 => ("h2", "21"),
        _ => ("h3", "18"),
    };
    paper.apart();
    paper.tag(&[
        "<",
        tag,
        " style=\"margin:0 0 16px;font-size:",
        size,
        "px;line-height:1.25",
        middle(centred),
        "\">",
    ]);
    inline::write(paper, words.trim());
    paper.tag(&["</", tag, ">"]);
}

fn image(
    paper: &mut Paper<'_>,
    src: &str,
    alt: &str,
    link: Option<&str>,
    width: Option<u32>,
    centred: bool,
) {
    paper.tag(&["<p style=\"margin:0 0 16px", middle(centred), "\">"]);
    if let Some(link) = link {
        paper.link(link);
    }
    picture(
        paper,
        src,
        alt,
        Some(width.unwrap_or(paper.width).min(paper.width)),
    );
    if link.is_some() {
        paper.tag(&["</a>"]);
    }
    paper.tag(&["</p>"]);
    // Decoration says nothing, unless it leads somewhere.
    if !alt.is_empty() || link.is_some() {
        paper.apart();
        let from = paper.text.len();
        paper.text.push_str(alt);
        if let Some(link) = link {
            paper.leads(from, link);
        }
    }
}

/// A picture in the HTML part; without a width it is as wide as it is, and never wider than its place.
pub(super) fn picture(paper: &mut Paper<'_>, src: &str, alt: &str, width: Option<u32>) {
    paper.tag(&["<img src=\""]);
    paper.escaped(src);
    paper.tag(&["\" alt=\""]);
    paper.escaped(alt);
    match width.map(|width| width.to_string()) {
        // Outlook reads the attribute, everyone else the style.
        Some(width) => paper.tag(&[
            "\" width=\"",
            &width,
            "\" style=\"width:100%;max-width:",
            &width,
            "px",
        ]),
        None => paper.tag(&["\" style=\"max-width:100%"]),
    }
    paper.tag(&[";height:auto;border:0;vertical-align:top\">"]);
}

/// A cell with a colour, so that it is a button without a picture; `mso-padding-alt` is Outlook's name
/// for the room within it (<https://documentation.mjml.io/#mj-button> writes the same).
fn button(paper: &mut Paper<'_>, label: &str, url: &str, centred: bool) {
    let accent = paper.theme.accent().to_owned();
    let (align, margin) = if centred {
        (" align=\"center\"", "0 auto 16px")
    } else {
        ("", "0 0 16px")
    };
    paper.apart();
    paper.tag(&[
        TABLE,
        align,
        " style=\"margin:",
        margin,
        "\"><tr><td bgcolor=\"",
        &accent,
        "\" style=\"border-radius:6px;mso-padding-alt:12px 24px\"><a href=\"",
    ]);
    paper.escaped(url);
    paper.tag(&[
        "\" style=\"display:inline-block;padding:12px 24px;mso-padding-alt:0;border-radius:6px;background:",
        &accent, ";color:", ink_on(&accent), ";font-weight:600;line-height:1.25;text-decoration:none\">",
    ]);
    let from = paper.text.len();
    paper.words(label);
    paper.leads(from, url);
    paper.tag(&["</a></td></tr></table>"]);
    // What comes after a table that stands at the side would stand beside it.
    paper.tag(&["<div style=\"clear:both;font-size:0;line-height:0\"></div>"]);
}

pub(super) fn divider(paper: &mut Paper<'_>) {
    paper.tag(&[
        TABLE,
        " width=\"100%\" style=\"margin:8px 0 24px\"><tr><td class=\"rk-line\" \
         style=\"border-top:1px solid #d5dae1;font-size:0;line-height:0\">&nbsp;</td></tr></table>",
    ]);
    paper.apart();
    paper.text.push_str("---");
}

/// Columns that stand beside each other where there is room: Outlook, which has room, is told so.
fn columns(
    paper: &mut Paper<'_>,
    columns: &[Vec<Block>; 2],
    fill: Fill<'_>,
) -> Result<(), RenderError> {
    let (near, far) = if paper.theme.is_rtl() {
        ("left", "right")
    } else {
        ("right", "left")
    };
    let cell = "<td width=\"50%\" valign=\"top\"><![endif]-->";
    paper.tag(&["<!--[if mso]>", TABLE, " width=\"100%\"><tr>", cell]);
    paper.width = WIDTH / 2 - 12;
    for (place, (column, side)) in columns.iter().zip([near, far]).enumerate() {
        if place > 0 {
            paper.tag(&["<!--[if mso]></td>", cell]);
        }
        paper.tag(&[
            "<div class=\"rk-column\" style=\"display:inline-block;box-sizing:border-box;width:100%;max-width:268px;\
             padding-",
            side, ":12px;vertical-align:top\">",
        ]);
        blocks(paper, column, fill)?;
        paper.tag(&["</div>"]);
    }
    paper.width = WIDTH;
    paper.tag(&["<!--[if mso]></td></tr></table><![endif]-->"]);
    Ok(())
}

fn social(
    paper: &mut Paper<'_>,
    links: &[(String, &Address)],
    fill: Fill<'_>,
) -> Result<(), RenderError> {
    paper.apart();
    paper.tag(&["<p style=\"margin:0 0 16px;font-size:14px;text-align:center\">"]);
    let mut is_first = true;
    for (label, url) in links {
        let Some(url) = url.fill(fill)? else {
            continue;
        };
        if !is_first {
            paper.tag(&[" &middot; "]);
            paper.text.push('\n');
        }
        is_first = false;
        paper.link(&url);
        let from = paper.text.len();
        paper.words(label);
        paper.tag(&["</a>"]);
        paper.leads(from, &url);
    }
    paper.tag(&["</p>"]);
    Ok(())
}

/// The whole document around what was written, and its plain part.
pub(super) fn page(paper: Paper<'_>, subject: &str, preheader: &str) -> (String, String) {
    let Paper {
        theme,
        html: content,
        mut text,
        ..
    } = paper;
    let mut page = Paper::new(theme);
    let dir = if theme.is_rtl() { "rtl" } else { "ltr" };
    let start = if theme.is_rtl() { "right" } else { "left" };
    page.tag(&[
        "<!doctype html><html lang=\"",
        theme.lang(),
        "\" dir=\"",
        dir,
        "\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"supported-color-schemes\" content=\"light dark\"><title>",
    ]);
    page.escaped(subject);
    page.tag(&[
        "</title><style>:root{color-scheme:light dark}\
         @media (max-width:599px){.rk-card{padding:24px 16px!important}\
         .rk-column{max-width:100%!important;padding:0!important}}\
         @media (prefers-color-scheme:dark){.rk-page{background:#121417!important}\
         .rk-card{background:#1d2025!important;color:#e6e9ed!important}\
         .rk-line{border-color:#3d434b!important}.rk-soft{color:#a6adb7!important}.rk-link{color:",
        &lighter(theme.accent()),
        "!important}}</style></head><body class=\"rk-page\" style=\"margin:0;padding:0;background:#f2f4f7\">",
    ]);
    page.html.push_str(&hidden(preheader));
    page.tag(&[
        TABLE, " width=\"100%\"><tr><td align=\"center\" style=\"padding:24px 8px\"><!--[if mso]>", TABLE,
        " width=\"600\"><tr><td><![endif]-->", TABLE,
        " width=\"100%\" style=\"max-width:600px\"><tr><td class=\"rk-card\" style=\"padding:32px;border-radius:8px;\
         background:#ffffff;color:#1f2328;font:16px/1.5 ",
        theme.font.stack(), ";text-align:", start, "\">",
    ]);
    if !theme.logo.is_empty() {
        page.tag(&["<p style=\"margin:0 0 24px\"><img src=\""]);
        page.escaped(&theme.logo);
        page.tag(&["\" alt=\""]);
        page.escaped(&theme.name);
        page.tag(&[
            "\" height=\"40\" style=\"height:40px;width:auto;max-width:100%;border:0\"></p>",
        ]);
    }
    page.html.push_str(&content);
    page.tag(&["</td></tr></table>"]);
    if !theme.footer.is_empty() {
        page.tag(&[
            "<p class=\"rk-soft\" style=\"margin:0;padding:16px;text-align:center;color:#5c6570;font:13px/1.5 ",
            theme.font.stack(), "\">",
        ]);
        for (place, line) in theme.footer.lines().enumerate() {
            if place > 0 {
                page.tag(&["<br>"]);
            }
            page.escaped(line);
        }
        page.tag(&["</p>"]);
        for piece in ["\n\n", theme.footer.as_str()] {
            text.push_str(piece);
        }
    }
    page.tag(&["<!--[if mso]></td></tr></table><![endif]--></td></tr></table></body></html>"]);
    (page.html, text)
}

/// The preheader: first in the body, where lists of mails look, and seen there only. What fills it up
/// keeps the text behind it out of the list
/// (<https://emailmarkup.org/en/blog/2025/how-email-clients-improve-preview-text>).
fn hidden(preheader: &str) -> String {
    let mut out = String::new();
    if preheader.is_empty() {
        return out;
    }
    out.push_str("<div style=\"display:none;max-height:0;overflow:hidden;mso-hide:all\">");
    escape_html(&mut out, preheader);
    let room = PREHEADER_LETTERS.saturating_sub(preheader.chars().count());
    for _ in 0..room {
        // A joiner that is not seen, one that joins nothing, a space that does not break.
        out.push_str("\u{34f}\u{200c}\u{a0}");
    }
    out.push_str("</div>");
    out
}

/// A document of the author's own with the preheader in it.
pub(super) fn with_preheader(mut html: String, preheader: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let tag = lower
        .find("<body")
        .and_then(|at| Some((at, lower.get(at..)?.find('>')?)));
    let body = tag.map_or(0, |(at, length)| at + length + 1);
    html.insert_str(body, &hidden(preheader));
    html
}
