//! Fills in what a message says, from what is known of the person and of the event.
//! Decides nothing about sending it.

use std::collections::BTreeMap;

use super::{Machine, advance::Due};
use crate::{
    liquid::{Limits, Scope, Sink, Template, render_within},
    series::{
        definition::Message,
        effect::Outgoing,
        person::{Person, SkipReason},
    },
    value::Value,
};

/// What templates ask for: the person's attributes, their id, and the event that let them in.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Of whom.
    pub person: &'a Person,
    /// The properties of the event.
    pub event: &'a BTreeMap<String, Value>,
}

/// The names that are no attributes.
pub(in crate::series) const ID: &str = "id";
/// See [`ID`].
pub(in crate::series) const EVENT: &str = "event";

impl Scope for Known<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        if name == EVENT && !self.event.is_empty() {
            return Some(Value::Map(self.event.clone()));
        }
        match self.person.value(name) {
            Some(value) => Some(value.clone()),
            None if name == ID => Some(Value::Text(self.person.id.clone())),
            None => None,
        }
    }
}

impl Machine<'_> {
    pub(super) fn fill(
        &self,
        due: &Due<'_>,
        template: &Template,
        sink: Sink,
    ) -> Result<String, SkipReason> {
        filled(template, &self.known(due, &BTreeMap::new()), sink, self.now)
    }

    fn known<'a>(&'a self, due: &Due<'_>, nothing: &'a BTreeMap<String, Value>) -> Known<'a> {
        let run = self.runs(due.id).get(due.number);
        Known {
            person: self.person,
            event: run.map_or(nothing, |run| &run.event),
        }
    }

    pub(super) fn outgoing(
        &self,
        due: &Due<'_>,
        message: &Message,
    ) -> Result<Outgoing, SkipReason> {
        render(message, &self.known(due, &BTreeMap::new()), self.now)
    }
}

fn filled(
    template: &Template,
    known: &Known<'_>,
    sink: Sink,
    now: i64,
) -> Result<String, SkipReason> {
    render_within(template, known, sink, &Limits::default(), Some(now))
        .map_err(|_| SkipReason::Template)
}

/// What leaves of a message, filled in.
///
/// # Errors
/// Why nothing can leave: there is no address, a template is too much, or it is shown in the app.
pub fn render(message: &Message, known: &Known<'_>, now: i64) -> Result<Outgoing, SkipReason> {
    let fill = |template: &Template, sink: Sink| filled(template, known, sink, now);
    match message {
        Message::Email(email) => Ok(Outgoing::Email {
            to: known.person.email().ok_or(SkipReason::NoEmail)?.to_owned(),
            subject: fill(&email.subject, Sink::Subject)?,
            text: fill(&email.body, Sink::Plain)?,
            markdown: fill(&email.body, Sink::Markdown)?,
        }),
        Message::Push(push) => Ok(Outgoing::Push {
            title: fill(&push.title, Sink::Plain)?,
            body: fill(&push.body, Sink::Plain)?,
            url: push.url.clone(),
        }),
        Message::Webhook(webhook) => {
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
        Message::InApp(_) => Err(SkipReason::NotTargeted),
    }
}

impl Message {
    /// The address that it goes to, where its channel has one.
    pub(in crate::series) fn address<'a>(&self, person: &'a Person) -> Option<&'a str> {
        match self {
            Self::Email(_) => person.email(),
            Self::InApp(_) | Self::Push(_) | Self::Webhook(_) => None,
        }
    }
}
