//! What a mail is written on: its HTML and its plain part grow side by side.
//! Knows how to escape, and nothing of what is said.

use super::theme::Theme;
use crate::liquid::escape_html;

/// The two parts of a mail while it is written.
pub(super) struct Paper<'a> {
    pub(super) theme: &'a Theme,
    pub(super) html: String,
    pub(super) text: String,
    /// The room that a picture has, pixels.
    pub(super) width: u32,
}

/// The room within the edges of a mail of 600 pixels.
pub(super) const WIDTH: u32 = 536;

impl<'a> Paper<'a> {
    pub(super) fn new(theme: &'a Theme) -> Self {
        Self {
            theme,
            html: String::new(),
            text: String::new(),
            width: WIDTH,
        }
    }

    /// Writes pieces of HTML as they are.
    pub(super) fn tag(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.html.push_str(piece);
        }
    }

    /// Writes text to the HTML part, escaped.
    pub(super) fn escaped(&mut self, text: &str) {
        escape_html(&mut self.html, text);
    }

    /// Writes text to both parts.
    pub(super) fn words(&mut self, text: &str) {
        self.escaped(text);
        self.text.push_str(text);
    }

    /// Opens a link; it is closed by `</a>`.
    pub(super) fn link(&mut self, address: &str) {
        self.tag(&["<a class=\"rk-link\" href=\""]);
        self.escaped(address);
        self.tag(&["\" style=\"color:", self.theme.link(), "\">"]);
    }

    /// Says in the plain part where words that began at `from` lead, if they do not say so themselves.
    pub(super) fn leads(&mut self, from: usize, address: &str) {
        if self.text.get(from..).is_some_and(|label| label != address) {
            let space = if self.text.len() == from { "" } else { " " };
            for piece in [space, "(", address, ")"] {
                self.text.push_str(piece);
            }
        }
    }

    /// Begins a part of its own in the plain part.
    pub(super) fn apart(&mut self) {
        let end = self.text.trim_end().len();
        self.text.truncate(end);
        if end > 0 {
            self.text.push_str("\n\n");
        }
    }
}

/// What puts a part in the middle, behind its other styles.
pub(super) fn middle(centred: bool) -> &'static str {
    if centred { ";text-align:center" } else { "" }
}
