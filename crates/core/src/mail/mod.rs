//! The contents of mails: text, blocks or HTML in, `{subject, preheader, html, text}` for one person out.
//! Sends nothing, adds no header and no unsubscribe link of its own accord ([`place_unsubscribe`] is for
//! whoever knows the link); what a mail program makes of it is in `docs/email.md`.
//!
//! Whatever is filled in arrives escaped for where it stands: in text for Markdown, in addresses
//! percent-encoded, in HTML as entities. Everything that is written here is escaped once more for HTML,
//! so that no value becomes a tag, an attribute or a link.

mod address;
mod block;
mod check;
mod inline;
mod layout;
mod markdown;
mod paper;
mod read;
mod strip;
mod theme;
mod unsubscribe;

#[cfg(test)]
mod tests;

pub use block::{Block, Content, Email};
pub use theme::{Font, Theme};
pub use unsubscribe::{UNSUBSCRIBE, UNSUBSCRIBE_URL, place_unsubscribe};

pub(crate) use check::warnings;
pub(crate) use read::{SOURCE_BYTES_MAX, Source, content};

use crate::liquid::{RenderError, Sink, Template};

// LIMIT: Gmail cuts a message off after about 102 KB and hides the rest behind a link
// (https://shkspr.mobi/blog/2019/05/102kb-ought-to-be-enough-for-any-email/).
/// More bytes of HTML than this are warned about.
pub const HTML_BYTES_GOOD: usize = 102_400;

// LIMIT: what one template may make, and far more than a mail program shows.
/// How many bytes of HTML a mail may have.
pub(crate) const HTML_BYTES_MAX: usize = 256 * 1024;

/// A mail for one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// The subject line.
    pub subject: String,
    /// What the list of mails shows after the subject; empty where nothing is said.
    pub preheader: String,
    /// The HTML part, a whole document.
    pub html: String,
    /// The plain part.
    pub text: String,
}

/// Fills in a template for a sink.
pub(crate) type Fill<'a> = &'a dyn Fn(&Template, Sink) -> Result<String, RenderError>;

impl Email {
    /// The mail as one person gets it.
    ///
    /// # Errors
    /// When a template passes a limit, or the whole does.
    pub(crate) fn compose(&self, theme: &Theme, fill: Fill<'_>) -> Result<Mail, RenderError> {
        let subject = fill(&self.subject, Sink::Subject)?;
        let preheader = match &self.preheader {
            Some(template) => fill(template, Sink::Subject)?,
            None => String::new(),
        };
        let (html, text) = match &self.content {
            Content::Html(template) => {
                let html = layout::with_preheader(fill(template, Sink::Html)?, &preheader);
                let text = strip::text(&html);
                (html, text)
            }
            Content::Markdown(template) => {
                let mut paper = paper::Paper::new(theme);
                markdown::write(&mut paper, &fill(template, Sink::Markdown)?, false);
                layout::page(paper, &subject, &preheader)
            }
            Content::Blocks(blocks) => {
                let mut paper = paper::Paper::new(theme);
                layout::blocks(&mut paper, blocks, fill)?;
                layout::page(paper, &subject, &preheader)
            }
        };
        if html.len() > HTML_BYTES_MAX {
            return Err(RenderError::TooMuchOutput);
        }
        Ok(Mail {
            subject,
            preheader,
            html,
            text,
        })
    }
}
