//! The steps of a series, as they are written.
//! Which fields belong to which kind is for `definition` to check.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    super::policy::{TimeOfDay, Weekdays},
    ButtonSpec, CtaSpec, GoalSpec, LayoutSpec, PositionSpec, RepeatSpec, Span, SurveySpec,
    TestSpec, TriggerSpec, is_default,
};
use crate::{rule::AnySpelling, value::Value};

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A mail.
    Email,
    /// A message inside the app.
    InApp,
    /// A push notification.
    Push,
    /// A request to a program.
    Webhook,
    /// A while, or until something comes.
    Wait,
    /// One way for those for whom a rule holds, another for the others.
    Branch,
    /// Ways by chance.
    Split,
    /// Attributes and tags are set.
    Set,
    /// The end of the run: what has not been sent is taken back.
    Exit,
}

/// Who takes mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailProvider {
    /// The embedded one: mails are kept and shown, and leave nowhere.
    Mailbox,
    /// A mail server.
    Smtp,
    /// Resend.
    Resend,
    /// Postmark.
    Postmark,
    /// Amazon SES.
    Ses,
    /// Cloudflare Email Service.
    Cloudflare,
}

impl MailProvider {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Mailbox,
        Self::Smtp,
        Self::Resend,
        Self::Postmark,
        Self::Ses,
        Self::Cloudflare,
    ];

    /// As it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Mailbox => "mailbox",
            Self::Smtp => "smtp",
            Self::Resend => "resend",
            Self::Postmark => "postmark",
            Self::Ses => "ses",
            Self::Cloudflare => "cloudflare",
        }
    }
}

/// A step as it is written. Which fields it needs depends on its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSpec {
    /// Its id within the series.
    pub id: String,
    /// What it is.
    pub kind: StepKind,
    /// How long after the previous step, or after entry for the first.
    #[serde(default)]
    pub delay: Span,
    /// Whom of those who come this far it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<AnySpelling>,
    /// The step after it, or `end`; the following one where it is absent. Those who are passed over
    /// go there, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Email: the subject line, Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Email: what the list of mails shows after the subject, Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preheader: Option<String>,
    /// Email: what it says as blocks, in the place of `body`; read by [`mail`](crate::mail).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocks: Option<Value>,
    /// Email: what it says as a whole document, in the place of `body`; Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Email: the MJML that `html` was made from, kept to be edited again and never sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mjml: Option<String>,
    /// Email: who takes it; the deployment's own choice where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<MailProvider>,
    /// In-app, push: the headline, Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The text: Markdown for a mail, plain otherwise; Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// In-app: its shape; `banner` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<LayoutSpec>,
    /// In-app banner: `top`, `bottom` or `inline`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionSpec>,
    /// In-app: a selector of the part of the page that it stands in (inline banner) or points at (tooltip).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// In-app: a button that leads somewhere; short for one in `buttons`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cta: Option<CtaSpec>,
    /// In-app: buttons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buttons: Option<Vec<ButtonSpec>>,
    /// In-app: what is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<SurveySpec>,
    /// In-app: what must come true on the page first; nothing where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<TriggerSpec>,
    /// In-app: how often it is shown; a modal once, others until they are closed where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<RepeatSpec>,
    /// In-app: how long it stays live; 30 days where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_for: Option<Span>,
    /// Push: where a click leads. Webhook: where the request goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// In-app, push: the address of a picture; devices may show none with a push.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// In-app: what the picture shows, for those who do not see it, Liquid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// Push: buttons, where the device shows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<CtaSpec>,
    /// Webhook: `POST` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Webhook: what the request carries besides.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// A message: what it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<GoalSpec>,
    /// A message: what is tried instead.
    #[serde(default, rename = "test", skip_serializing_if = "Option::is_none")]
    pub experiment: Option<TestSpec>,
    /// Wait: how long.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub lasts: Option<Span>,
    /// Wait: for what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UntilSpec>,
    /// Wait until a rule holds: how long at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    /// Wait until a rule holds: the step after it came true, `next` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<String>,
    /// Wait until a rule holds: the step after the timeout, `next` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timed_out: Option<String>,
    /// Branch: what is asked.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub test: Option<AnySpelling>,
    /// Branch: the step if it holds, `next` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yes: Option<String>,
    /// Branch: the step if it does not, `next` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no: Option<String>,
    /// Split: the ways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<PathSpec>,
    /// Set: attributes with their values; text is Liquid, null removes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// Set: what the list `tags` gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add_tags: Vec<String>,
    /// Set: what the list `tags` loses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove_tags: Vec<String>,
}

/// What a wait is for: a time on the person's wall, a day of theirs, both, or a rule.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UntilSpec {
    /// The time of day, `09:00`; midnight where only days are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<TimeOfDay>,
    /// The days of the week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<Weekdays>,
    /// A rule; looks at events since entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<AnySpelling>,
}

/// One way of a split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PathSpec {
    /// Its name, for the report.
    pub name: String,
    /// Its share, against the others.
    pub weight: f64,
    /// Its first step; the split's `next` where it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Whether those on it get nothing from here on, to compare the others with.
    #[serde(default, skip_serializing_if = "is_default")]
    pub holdout: bool,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Takes a body.
    #[default]
    Post,
    /// Takes a body.
    Put,
    /// Takes a body.
    Patch,
    /// Takes none.
    Get,
    /// Takes none.
    Delete,
}

impl StepKind {
    /// Whether it says something.
    #[must_use]
    pub fn is_message(self) -> bool {
        match self {
            Self::Email | Self::InApp | Self::Push | Self::Webhook => true,
            Self::Wait | Self::Branch | Self::Split | Self::Set | Self::Exit => false,
        }
    }

    /// How it is written.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::InApp => "in_app",
            Self::Push => "push",
            Self::Webhook => "webhook",
            Self::Wait => "wait",
            Self::Branch => "branch",
            Self::Split => "split",
            Self::Set => "set",
            Self::Exit => "exit",
        }
    }
}
