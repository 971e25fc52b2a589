//! What only messages inside the app have: their shape, buttons, questions, and when they come up.
//! Nothing is checked here: `definition` does.

use serde::{Deserialize, Serialize};

use super::{Span, is_default};
use crate::value::Value;

/// The shape of an in-app message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayoutSpec {
    /// A bar at an edge of the page, or in a place of the page's own.
    #[default]
    Banner,
    /// A dialog over the page.
    Modal,
    /// A card at the lower end of the page.
    SlideOut,
    /// A card that points at a part of the page.
    Tooltip,
    /// A card that asks something.
    Survey,
}

/// Where a banner is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionSpec {
    /// Above the page.
    #[default]
    Top,
    /// Below the page.
    Bottom,
    /// In the part of the page that `target` names.
    Inline,
}

/// A button that leads to an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CtaSpec {
    /// What it says, Liquid.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// A button that does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ButtonSpec {
    /// What it says, Liquid.
    pub label: String,
    /// What it does.
    pub action: ButtonAction,
}

/// What a button does. All but `dismiss` count as a click.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonAction {
    /// Leads to this address.
    Open(String),
    /// Records that the person performed this event.
    Track(String),
    /// Calls the function of the page that is known by this name.
    Call(String),
    /// Closes the message.
    Dismiss,
}

/// A question, and what becomes of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveySpec {
    /// How it is answered.
    pub ask: Ask,
    /// The event that the answer is recorded as; `Survey Answered` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// NPS: what 0 stands for, Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// NPS: what 10 stands for, Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// What the button says that sends the answer, Liquid; `Send` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<String>,
}

/// How a question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// With a number from 0 to 10.
    Nps,
    /// With one of these.
    Choice(Vec<String>),
    /// In words.
    Text,
}

/// How often a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatSpec {
    /// Once.
    Once,
    /// On every page, until it is clicked or dismissed.
    UntilClosed,
    /// Again after so long, although it was dismissed; until it is clicked.
    Every(Span),
}

/// What must come true on the page before a message is shown: everything that is named.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerSpec {
    /// A pattern of the page's address, in which `*` stands for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What the person does on the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<TriggerEventSpec>,
    /// How long they have been on the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Span>,
    /// How much of a hundred they have scrolled down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scroll: Option<u32>,
    /// Whether the pointer leaves the page at its top.
    #[serde(default, skip_serializing_if = "is_default")]
    pub exit_intent: bool,
    /// A selector of a part of the page that comes into view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<String>,
    /// How long they have done nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Span>,
}

/// An event that brings a message up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriggerEventSpec {
    /// Its name.
    pub name: String,
    /// What its properties must be.
    #[serde(default, rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<PropertyTestSpec>,
}

/// A question about a property: one of the comparisons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertyTestSpec {
    /// Its name.
    pub property: String,
    /// It is this: text, a number or a boolean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Value>,
    /// It is anything but this, or absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_not: Option<Value>,
    /// It is a number above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<f64>,
    /// It is a number below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<f64>,
    /// It is text that contains this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
}
