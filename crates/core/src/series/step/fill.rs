//! Fills in what a message says, from what is known of the person and of the event.
//! Decides nothing about sending it.

use std::collections::BTreeMap;

use super::{Machine, advance::Due};
use crate::{
    liquid::{Fact, Limits, Scope, Sink, Template, render_within},
    series::{
        definition::Message,
        effect::Outgoing,
        person::{Person, SkipReason},
    },
    value::Value,
};

/// What templates ask for: the person's attributes, their id, and the event that let them in.
pub(in crate::series) struct Known<'a> {
    pub(in crate::series) person: &'a Person,
    /// The properties of the event.
    pub(in crate::series) event: &'a BTreeMap<String, Value>,
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
        let nothing = BTreeMap::new();
        let run = self.runs(due.id).get(due.number);
        let known = Known {
            person: self.person,
            event: run.map_or(&nothing, |run| &run.event),
        };
        render_within(template, &known, sink, &Limits::default(), Some(self.now))
            .map_err(|_| SkipReason::Template)
    }

    pub(super) fn outgoing(
        &self,
        due: &Due<'_>,
        message: &Message,
    ) -> Result<Outgoing, SkipReason> {
        let fill = |template: &Template, sink: Sink| self.fill(due, template, sink);
        match message {
            Message::Email(email) => Ok(Outgoing::Email {
                to: self.person.email().ok_or(SkipReason::NoEmail)?.to_owned(),
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
