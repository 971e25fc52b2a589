//! What the edge hands to a browser: the person's inbox and the bundle of shared contents.
//! Holds no rule and no attribute of the person beyond what a message shows or a residual needs.

use serde::{Deserialize, Serialize};

use crate::residual::Residual;

/// The in-app messages that are live for one person, ready to serve.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inbox {
    /// The bundle that holds the shared contents named here; 0 when none is needed.
    pub bundle: u64,
    /// Live messages, the most urgent first.
    pub items: Vec<InboxItem>,
}

/// One in-app message for one person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InboxItem {
    /// The id of the effect that this message is: reported back with `shown`, `clicked`, `dismissed`.
    pub effect: String,
    /// From this instant on (Unix ms) it may be shown.
    pub live_from: i64,
    /// From this instant on (Unix ms) it may no longer be shown.
    pub live_until: Option<i64>,
    /// What is left of its targeting for the browser to decide.
    pub when: Residual,
    /// What to show.
    pub content: Content,
}

/// Where the contents of a message are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// The same for everyone: in the bundle, under this hash.
    Shared(u64),
    /// Personalised at the edge.
    Own(InApp),
}

/// Contents shared by many inboxes; immutable, kept under its version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bundle {
    /// The hash of the contents.
    pub version: u64,
    /// Contents by the hash of each.
    pub contents: Vec<(u64, InApp)>,
}

/// An in-app message, as plain text: templates are filled in before it travels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InApp {
    /// Its shape on the page.
    pub layout: Layout,
    /// The headline; may be empty.
    pub title: String,
    /// The text; line breaks are kept.
    pub body: String,
    /// The button, if there is one.
    pub cta: Option<Cta>,
}

/// The button of an in-app message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cta {
    /// What the button says.
    pub label: String,
    /// Where it leads: an absolute `http` or `https` address.
    pub url: String,
}

/// The shape of an in-app message. New shapes come last, so that what is kept can still be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    /// A bar at an edge of the page, there until it is clicked or dismissed.
    Banner(Position),
    /// A dialog over the page, shown once.
    Modal,
    /// Everything else, drawn by a script that browsers load when such a message is live.
    Nudge(Nudge),
}

/// What there is to a message beyond a headline, a text and a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudge {
    /// How often it is shown.
    pub repeat: Repeat,
    /// What must happen on the page before, as JSON; empty for nothing.
    pub trigger: String,
    /// What is drawn besides the headline and the text, as JSON.
    pub drawing: String,
}

/// How often a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Repeat {
    /// Once.
    Once,
    /// Until it is clicked or dismissed.
    UntilClosed,
    /// Again after so many milliseconds, although it was dismissed; until it is clicked.
    Every(i64),
}

/// The edge of the page that a banner keeps to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Position {
    /// Above the page.
    #[default]
    Top,
    /// Below the page.
    Bottom,
}
