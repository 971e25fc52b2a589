//! Fills in what a message says, from what is known of the person and of the event.
//! Decides nothing about sending it.

use std::collections::BTreeMap;

use super::{Keeps, Machine, advance::Due};
use crate::{
    liquid::{Fact, Limits, RenderError, Scope, Sink, Template, render_within},
    mail::{Email, Mail, Theme, UNSUBSCRIBE, UNSUBSCRIBE_URL},
    series::{
        definition::Message,
        effect::Outgoing,
        person::{Person, SkipReason},
    },
    value::Value,
};

/// What templates ask for: the person's attributes, their id, and the event that let them in.
pub struct Known<'a> {
    /// Whose attributes.
    pub person: &'a Person,
    /// The properties of the event.
    pub event: &'a BTreeMap<String, Value>,
}

/// The names that are no attributes.
pub(in crate::series) const ID: &str = "id";
/// See [`ID`].
pub(in crate::series) const EVENT: &str = "event";

impl Scope for Known<'_> {
    fn get(&self, name: &str) -> Option<Fact> {
        if name == EVENT && !self.event.is_empty() {
            return Some(Value::Map(self.event.clone()).into());
        }
        match self.person.value(name) {
            Some(value) => Some(value.clone().into()),
            None if name == ID => Some(Value::Text(self.person.id.clone()).into()),
            None => self.person.group(name).map(Fact::from),
        }
    }
}

/// What templates of a mail ask for besides: the link by which one leaves.
struct InMail<'a>(&'a Known<'a>);

impl Scope for InMail<'_> {
    fn get(&self, name: &str) -> Option<Fact> {
        if name == UNSUBSCRIBE {
            return Some(Value::from(UNSUBSCRIBE_URL).into());
        }
        self.0.get(name)
    }
}

impl Known<'_> {
    fn fill(&self, template: &Template, sink: Sink, now: i64) -> Result<String, SkipReason> {
        let limits = Limits::default();
        // What is nothing but text is the same in every sink.
        let text = template.as_text();
        if let Some(text) = text.filter(|text| text.len() <= limits.output_bytes) {
            return Ok(text.to_owned());
        }
        render_within(template, self, sink, &limits, Some(now)).map_err(|_| SkipReason::Template)
    }

    /// A mail to them, whether they have an address or not.
    pub(in crate::series) fn mail(
        &self,
        email: &Email,
        theme: &Theme,
        now: i64,
    ) -> Result<Mail, RenderError> {
        email.compose(theme, &|template, sink| {
            render_within(template, &InMail(self), sink, &Limits::default(), Some(now))
        })
    }

    /// Whether a mail could leave: each of its templates is filled in, and nothing is laid out that
    /// nobody reads. Only a mail that grows too long by what it is filled with is taken for one that
    /// leaves.
    fn rehearsed(&self, email: &Email, now: i64) -> Result<Outgoing, SkipReason> {
        if self.person.email().is_none() {
            return Err(SkipReason::NoEmail);
        }
        for template in email.templates() {
            if template.as_text().is_none() {
                let limits = Limits::default();
                render_within(template, &InMail(self), Sink::Plain, &limits, Some(now))
                    .map_err(|_| SkipReason::Template)?;
            }
        }
        Ok(Outgoing::Email {
            to: String::new(),
            subject: String::new(),
            preheader: String::new(),
            html: String::new(),
            text: String::new(),
            provider: email.provider,
        })
    }
}

impl Machine<'_> {
    /// What `due` is for.
    fn known<'a>(&'a self, due: &Due<'_>) -> Known<'a> {
        static NOTHING: BTreeMap<String, Value> = BTreeMap::new();
        let run = self.runs(due.id).get(due.number);
        Known {
            person: self.person,
            event: run.map_or(&NOTHING, |run| &run.event),
        }
    }

    pub(super) fn fill(
        &self,
        due: &Due<'_>,
        template: &Template,
        sink: Sink,
    ) -> Result<String, SkipReason> {
        self.known(due).fill(template, sink, self.now)
    }

    pub(super) fn outgoing(
        &self,
        due: &Due<'_>,
        message: &Message,
    ) -> Result<Outgoing, SkipReason> {
        let known = self.known(due);
        if let Message::Email(email) = message
            && self.keeps != Keeps::Everything
        {
            return known.rehearsed(email, self.now);
        }
        render(message, &known, &self.definitions.settings.mail, self.now)
    }
}

/// What leaves of a message, filled in; a mail looks as `theme` says.
///
/// # Errors
/// Why nothing can leave: there is no address, a template is too much, or it is shown in the app.
pub fn render(
    message: &Message,
    known: &Known<'_>,
    theme: &Theme,
    now: i64,
) -> Result<Outgoing, SkipReason> {
    if matches!(message, Message::Email(_)) && known.person.email().is_none() {
        return Err(SkipReason::NoEmail);
    }
    message.fill(known, theme, now)
}

impl Message {
    /// What it says to somebody; a mail to somebody without an address goes to nobody.
    pub(in crate::series) fn fill(
        &self,
        known: &Known<'_>,
        theme: &Theme,
        now: i64,
    ) -> Result<Outgoing, SkipReason> {
        let fill = |template: &Template, sink: Sink| known.fill(template, sink, now);
        match self {
            Self::Email(email) => {
                let mail = known
                    .mail(email, theme, now)
                    .map_err(|_| SkipReason::Template)?;
                Ok(Outgoing::Email {
                    to: known.person.email().unwrap_or_default().to_owned(),
                    subject: mail.subject,
                    preheader: mail.preheader,
                    html: mail.html,
                    text: mail.text,
                    provider: email.provider,
                })
            }
            Self::Push(push) => {
                let mut actions = Vec::new();
                for (label, url) in &push.actions {
                    actions.push((fill(label, Sink::Plain)?, url.clone()));
                }
                Ok(Outgoing::Push {
                    title: fill(&push.title, Sink::Plain)?,
                    body: fill(&push.body, Sink::Plain)?,
                    url: push.url.clone(),
                    image: push.image.clone(),
                    actions,
                })
            }
            Self::Webhook(webhook) => {
                let mut headers = BTreeMap::new();
                for (name, value) in &webhook.headers {
                    // A line of its own, as a subject is.
                    headers.insert(name.clone(), fill(value, Sink::Subject)?);
                }
                Ok(Outgoing::Webhook {
                    method: webhook.method,
                    url: webhook.url.clone(),
                    headers,
                    body: fill(&webhook.body, Sink::Plain)?,
                })
            }
            Self::InApp(_) => Err(SkipReason::NotTargeted),
        }
    }

    /// The address that it goes to, where its channel has one.
    pub(in crate::series) fn address<'a>(&self, person: &'a Person) -> Option<&'a str> {
        match self {
            Self::Email(_) => person.email(),
            Self::InApp(_) | Self::Push(_) | Self::Webhook(_) => None,
        }
    }
}
