//! What a mail consists of, ready to be filled in. Nothing in it can be wrong any more.

use super::address::Address;
use crate::{liquid::Template, series::MailProvider};

/// A mail.
#[derive(Clone, Debug)]
pub struct Email {
    /// The subject line.
    pub subject: Template,
    /// What the list of mails shows after the subject.
    pub preheader: Option<Template>,
    /// What it says.
    pub content: Content,
    /// Who takes it, if not whom the deployment chose.
    pub provider: Option<MailProvider>,
}

/// What a mail says.
#[derive(Clone, Debug)]
pub enum Content {
    /// Text in Markdown, laid out by us.
    Markdown(Template),
    /// Blocks, laid out by us.
    Blocks(Vec<Block>),
    /// A whole document, laid out by its author.
    Html(Template),
}

/// A part of a mail, from one edge to the other.
#[derive(Clone, Debug)]
pub enum Block {
    /// A headline.
    Heading {
        /// What it says, with marks.
        text: Template,
        /// 1 to 3.
        level: u8,
        /// Whether it stands in the middle.
        centred: bool,
    },
    /// Text in Markdown.
    Text {
        /// What it says.
        text: Template,
        /// Whether it stands in the middle.
        centred: bool,
    },
    /// A picture.
    Image {
        /// Where it is.
        src: Address,
        /// What it shows; empty for decoration.
        alt: Template,
        /// Where a click on it leads.
        link: Option<Address>,
        /// Pixels; as wide as its place where it is absent.
        width: Option<u32>,
        /// Whether it stands in the middle.
        centred: bool,
    },
    /// A button.
    Button {
        /// What it says.
        label: Template,
        /// Where it leads.
        url: Address,
        /// Whether it stands in the middle.
        centred: bool,
    },
    /// A line across.
    Divider,
    /// Room, in pixels.
    Spacer(u32),
    /// Two columns, one below the other on a phone.
    Columns([Vec<Block>; 2]),
    /// Links in one line, as to a company's pages elsewhere.
    Social(Vec<(Template, Address)>),
}

impl Email {
    /// Everything in it that is filled in.
    pub(crate) fn templates(&self) -> Vec<&Template> {
        let mut found = vec![&self.subject];
        found.extend(&self.preheader);
        match &self.content {
            Content::Markdown(template) | Content::Html(template) => found.push(template),
            Content::Blocks(blocks) => of_blocks(blocks, &mut found),
        }
        found
    }
}

fn of_blocks<'a>(blocks: &'a [Block], found: &mut Vec<&'a Template>) {
    for block in blocks {
        match block {
            Block::Heading { text, .. } | Block::Text { text, .. } => found.push(text),
            Block::Image { src, alt, link, .. } => {
                found.extend([src.template(), alt]);
                found.extend(link.as_ref().map(Address::template));
            }
            Block::Button { label, url, .. } => found.extend([label, url.template()]),
            Block::Social(links) => {
                found.extend(
                    links
                        .iter()
                        .flat_map(|(label, url)| [label, url.template()]),
                );
            }
            Block::Columns(columns) => {
                for column in columns {
                    of_blocks(column, found);
                }
            }
            Block::Divider | Block::Spacer(_) => {}
        }
    }
}
