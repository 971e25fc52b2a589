//! Reads what a mail says from how it is written: every field, and everything that is wrong, each with
//! its place. Looks at no value of a person.

use std::collections::BTreeMap;

use super::{
    address::{self, Address},
    block::{Block, Content},
    inline, strip,
};
use crate::{
    liquid::{self, Template},
    rule::unknown,
    value::{Value, whole},
};

// LIMIT: more than anyone reads; those within columns count too.
/// How many blocks a mail may have.
pub(crate) const BLOCKS_MAX: usize = 100;

// LIMIT: some screens of text; longer ones are several blocks.
/// How many bytes a text of a block may have.
pub(crate) const TEXT_BYTES_MAX: usize = 16 * 1024;

// LIMIT: what one rendering may make is no shorter.
/// How many bytes the HTML of a mail may be written with, and the MJML it was made from.
pub(crate) const SOURCE_BYTES_MAX: usize = 256 * 1024;

// LIMIT: the widest place that a picture has; the most room that is not a mistake.
const WIDTH_MAX: u32 = 600;
const HEIGHT_MAX: u32 = 200;

// LIMIT: what fits one line of a phone.
const LINKS_MAX: usize = 8;

/// How a mail is written: one of these.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Source<'a> {
    pub(crate) body: Option<&'a str>,
    pub(crate) blocks: Option<&'a Value>,
    pub(crate) html: Option<&'a str>,
}

/// Who is told what is wrong: a code and a sentence.
pub(crate) type Report<'a> = &'a mut dyn FnMut(&'static str, String);

/// Reads what a mail says; nothing where something in it cannot be sent.
pub(crate) fn content(source: Source<'_>, report: Report<'_>) -> Option<Content> {
    let written = [
        ("body", source.body.is_some()),
        ("blocks", source.blocks.is_some()),
        ("html", source.html.is_some()),
    ];
    let mut names = written
        .iter()
        .filter(|(_, is_there)| *is_there)
        .map(|(name, _)| *name);
    match (names.next(), names.next()) {
        (None, _) => {
            report(
                "missing",
                "`body` is missing: write the text, or `blocks`, or `html`".to_owned(),
            );
            None
        }
        (Some(one), Some(other)) => {
            report(
                "content",
                format!("a mail has `{one}` or `{other}`: remove one of them"),
            );
            None
        }
        (Some(_), None) => {
            let mut reader = Reader {
                report,
                count: 0,
                is_whole: true,
            };
            let content = reader.content(source);
            content.filter(|_| reader.is_whole)
        }
    }
}

struct Reader<'a> {
    report: Report<'a>,
    count: usize,
    /// Whether nothing is wrong so far.
    is_whole: bool,
}

impl Reader<'_> {
    fn wrong(&mut self, code: &'static str, message: String) {
        self.is_whole = false;
        (self.report)(code, message);
    }

    fn content(&mut self, source: Source<'_>) -> Option<Content> {
        if let Some(body) = source.body {
            self.script_in(inline::targets(body), "body");
            return self.template("body", body).map(Content::Markdown);
        }
        if let Some(html) = source.html {
            if html.len() > SOURCE_BYTES_MAX {
                self.wrong(
                    "too_long",
                    format!("`html` is longer than {SOURCE_BYTES_MAX} bytes: shorten it"),
                );
            }
            self.script_in(html_targets(html), "html");
            return self.template("html", html).map(Content::Html);
        }
        let blocks = self.blocks("blocks", source.blocks?, false);
        if self.count > BLOCKS_MAX {
            let count = self.count;
            self.wrong(
                "too_many",
                format!("{count} `blocks` are more than {BLOCKS_MAX}: use fewer"),
            );
        }
        Some(Content::Blocks(blocks))
    }

    fn template(&mut self, name: &str, source: &str) -> Option<Template> {
        let parsed = liquid::parse(source);
        parsed
            .map_err(|problems| {
                for problem in problems {
                    self.wrong("template", format!("`{name}`, {problem}"));
                }
            })
            .ok()
    }

    /// Says which addresses would be run.
    fn script_in(&mut self, targets: impl Iterator<Item = String>, name: &str) {
        for target in targets.filter(|target| address::is_script(target)) {
            let target: String = target.chars().take(40).collect();
            self.wrong(
                "link",
                format!("`{name}` has a link to `{target}`: write a whole address that begins with https://"),
            );
        }
    }

    fn blocks(&mut self, place: &str, value: &Value, within: bool) -> Vec<Block> {
        let Value::List(items) = value else {
            self.wrong(
                "blocks",
                format!("`{place}` is a list of blocks: write `[…]`"),
            );
            return Vec::new();
        };
        if items.is_empty() && !within {
            self.wrong("missing", format!("`{place}` is empty: add a block"));
        }
        let mut blocks = Vec::new();
        for (number, item) in items.iter().enumerate() {
            self.count += 1;
            // Those past the bound are counted and not read.
            if self.count > BLOCKS_MAX {
                continue;
            }
            let place = format!("{place}[{number}]");
            let Value::Map(fields) = item else {
                self.wrong(
                    "block",
                    format!("`{place}` is no block: write `{{\"kind\": …}}`"),
                );
                continue;
            };
            blocks.extend(
                Written {
                    reader: self,
                    place,
                    fields,
                }
                .block(within),
            );
        }
        blocks
    }
}

/// The fields that each kind may have, besides `kind`.
const KINDS: [(&str, &[&str]); 8] = [
    ("heading", &["text", "level", "align"]),
    ("text", &["text", "align"]),
    ("image", &["src", "alt", "link", "width", "align"]),
    ("button", &["label", "url", "align"]),
    ("divider", &[]),
    ("spacer", &["height"]),
    ("columns", &["columns"]),
    ("social", &["links"]),
];

struct Written<'a, 'b> {
    reader: &'a mut Reader<'b>,
    place: String,
    fields: &'a BTreeMap<String, Value>,
}

impl<'a> Written<'a, '_> {
    fn wrong(&mut self, code: &'static str, name: &str, message: &str) {
        let place = &self.place;
        self.reader
            .wrong(code, format!("`{place}.{name}` {message}"));
    }

    fn block(mut self, within: bool) -> Option<Block> {
        let Some(Value::Text(kind)) = self.fields.get("kind") else {
            self.wrong(
                "missing",
                "kind",
                "is missing: say which kind of block it is",
            );
            return None;
        };
        let names = KINDS.iter().map(|(name, _)| *name);
        let Some((_, known)) = KINDS.iter().find(|(name, _)| name == kind) else {
            let message = format!("is an {}", unknown("kind of block", kind, names));
            self.wrong("unknown_block", "kind", &message);
            return None;
        };
        for name in self.fields.keys() {
            if name != "kind" && !known.contains(&name.as_str()) {
                self.wrong(
                    "field",
                    name,
                    &format!("has no place in a block of kind `{kind}`: remove it"),
                );
            }
        }
        let centred = known.contains(&"align") && self.centred();
        match kind.as_str() {
            "heading" => {
                let level = self.number("level", 1, 3).unwrap_or(1);
                Some(Block::Heading {
                    text: self.text("text", "write the words")?,
                    level: u8::try_from(level).unwrap_or(1),
                    centred,
                })
            }
            "text" => Some(Block::Text {
                text: self.text("text", "write the words")?,
                centred,
            }),
            "image" => {
                let src = self.address("src", true);
                let alt = self.given("alt").unwrap_or_default();
                let alt = self.template("alt", alt);
                let width = self.number("width", 1, WIDTH_MAX);
                let link = self
                    .fields
                    .contains_key("link")
                    .then(|| self.address("link", false));
                Some(Block::Image {
                    src: src?,
                    alt: alt?,
                    link: link.flatten(),
                    width,
                    centred,
                })
            }
            "button" => {
                let label = self.text("label", "write what the button says");
                let url = self.address("url", false);
                Some(Block::Button {
                    label: label?,
                    url: url?,
                    centred,
                })
            }
            "divider" => Some(Block::Divider),
            "spacer" => Some(Block::Spacer(
                self.number("height", 1, HEIGHT_MAX).unwrap_or(24),
            )),
            "columns" => self.columns(within),
            _ => self.social(),
        }
    }

    /// The text of a field, where it has one.
    fn given(&mut self, name: &str) -> Option<&'a str> {
        let text = match self.fields.get(name)? {
            Value::Text(text) => text,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Map(_) => {
                self.wrong("text", name, "is text: put it in quotes");
                return None;
            }
        };
        if text.len() > TEXT_BYTES_MAX {
            self.wrong(
                "too_long",
                name,
                &format!("is longer than {TEXT_BYTES_MAX} bytes: split it"),
            );
            return None;
        }
        Some(text)
    }

    /// A template that has to be there.
    fn text(&mut self, name: &str, mend: &str) -> Option<Template> {
        if !self.fields.contains_key(name) {
            self.wrong("missing", name, &format!("is missing: {mend}"));
        }
        let source = self.given(name)?;
        self.template(name, source)
    }

    fn template(&mut self, name: &str, source: &str) -> Option<Template> {
        let place = format!("{}.{name}", self.place);
        self.reader.script_in(inline::targets(source), &place);
        self.reader.template(&place, source)
    }

    /// An address that has to be there.
    fn address(&mut self, name: &str, is_picture: bool) -> Option<Address> {
        let template = self.text(name, "write a whole address that begins with https://")?;
        let source = self.given(name)?.trim();
        let is_right = if is_picture {
            address::is_web
        } else {
            address::is_whole
        };
        if !address::is_filled_in(source) && !is_right(source) {
            let message = format!("is `{source}`: write a whole address that begins with https://");
            self.wrong("link", name, &message);
        }
        Some(Address::new(source, template))
    }

    fn number(&mut self, name: &str, least: u32, most: u32) -> Option<u32> {
        let number = match self.fields.get(name)? {
            Value::Number(number) => whole(*number).and_then(|number| u32::try_from(number).ok()),
            Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => None,
        };
        let number = number.filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.wrong(
                "number",
                name,
                &format!("is a whole number from {least} to {most}: write one"),
            );
        }
        number
    }

    fn centred(&mut self) -> bool {
        let align = self.given("align").unwrap_or("start");
        if align != "start" && align != "center" {
            self.wrong(
                "align",
                "align",
                "is `start` or `center`: write one of them",
            );
        }
        align == "center"
    }

    fn columns(&mut self, within: bool) -> Option<Block> {
        if within {
            self.wrong(
                "block",
                "kind",
                "is `columns` within a column: put it outside",
            );
            return None;
        }
        let Some(Value::List(columns)) = self.fields.get("columns") else {
            self.wrong(
                "missing",
                "columns",
                "is missing: write two lists of blocks",
            );
            return None;
        };
        let [first, second] = columns.as_slice() else {
            self.wrong("columns", "columns", "are two lists of blocks: write two");
            return None;
        };
        let place = &self.place;
        let places = [format!("{place}.columns[0]"), format!("{place}.columns[1]")];
        let [at_first, at_second] = &places;
        Some(Block::Columns([
            self.reader.blocks(at_first, first, true),
            self.reader.blocks(at_second, second, true),
        ]))
    }

    fn social(&mut self) -> Option<Block> {
        let Some(Value::List(links)) = self.fields.get("links") else {
            self.wrong(
                "missing",
                "links",
                "is missing: write a list of `label` and `url`",
            );
            return None;
        };
        if links.len() > LINKS_MAX {
            self.wrong(
                "too_many",
                "links",
                &format!("are more than {LINKS_MAX}: use fewer"),
            );
        }
        let mut read = Vec::new();
        for (number, link) in links.iter().take(LINKS_MAX).enumerate() {
            let place = format!("{}.links[{number}]", self.place);
            let Value::Map(fields) = link else {
                self.wrong("block", "links", "are pairs of `label` and `url`");
                continue;
            };
            let mut link = Written {
                reader: self.reader,
                place,
                fields,
            };
            let label = link.text("label", "write where it leads");
            let url = link.address("url", false);
            read.extend(label.zip(url));
        }
        Some(Block::Social(read))
    }
}

/// Where the links, pictures and forms of a document lead.
pub(super) fn html_targets(html: &str) -> impl Iterator<Item = String> + '_ {
    const NAMES: [&str; 4] = ["href", "src", "action", "background"];
    strip::Tokens::new(html).flat_map(|token| {
        let rest = match token {
            strip::Token::Tag { rest, .. } => rest,
            strip::Token::Text(_) => "",
        };
        let values = NAMES
            .into_iter()
            .filter_map(move |name| strip::attribute(rest, name));
        values.map(strip::decoded)
    })
}
