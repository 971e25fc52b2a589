//! `POST /preview`: what a message would say to somebody, composed as it is composed for sending.

use std::collections::BTreeMap;

use rekindle_core::{
    rule::Attribute,
    series::{Outgoing, Person, Said, StepSpec, preview as said},
    value::Value,
    wire,
};
use serde::Deserialize;
use serde_json::{Value as Json, json as object};
use worker::Request;

use super::{body, json};
use crate::{
    bindings,
    context::Context,
    json::{read_tree, tree},
    problem::{Answer, Problem},
    sends::{self, mail},
    workspace::messages::SettingsView,
};

/// What stands in a mail for the id of an effect: its links lead nowhere.
const EFFECT: &str = "preview";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    step: StepSpec,
    /// For whom; for somebody of whom nothing is known where it is absent.
    #[serde(default)]
    person: Option<String>,
}

pub(super) async fn preview(context: &Context, request: &mut Request) -> Answer {
    let question: Question = body(request).await?;
    let now = context.now().await?;
    let person = match &question.person {
        Some(id) => somebody(context, id, now).await?,
        None => Person::new(""),
    };
    let SettingsView { settings, .. } = context.workspace("settings", &()).await?;
    let said = said(&question.step, &person, &settings.mail, now).map_err(|findings| {
        let problem = Problem::bad_request("the message cannot be filled in yet");
        match tree(&findings) {
            Ok(findings) => problem.with(findings),
            Err(_) => problem,
        }
    })?;
    json(&shown(context, &said, now))
}

async fn somebody(context: &Context, id: &str, now: i64) -> Answer<Person> {
    let answer = context.shard_of_person(id, "person", &id).await?;
    let Some(known) = bindings::answer::<Option<Json>>(answer).await? else {
        return Err(Problem::not_found(format!("no person `{id}`")).into());
    };
    let attributes: BTreeMap<String, Value> = match known.get("attributes") {
        Some(attributes) => read_tree(attributes)?,
        None => BTreeMap::new(),
    };
    let mut person = Person::new(id);
    person.attributes = attributes
        .into_iter()
        .map(|(name, value)| (name, Attribute { value, at: now }))
        .collect();
    Ok(person)
}

fn shown(context: &Context, said: &Said, now: i64) -> Json {
    match said {
        Said::InApp(wire::InApp {
            layout,
            title,
            body,
            cta,
        }) => {
            let cta = cta
                .as_ref()
                .map(|cta| object!({ "label": cta.label, "url": cta.url }));
            let drawing = match layout {
                wire::Layout::Banner(_) | wire::Layout::Modal => None,
                wire::Layout::Nudge(nudge) => Some(&nudge.drawing),
            };
            object!({ "title": title, "body": body, "cta": cta, "drawing": drawing })
        }
        Said::Outgoing(Outgoing::Email {
            to,
            subject,
            preheader,
            html,
            text,
            ..
        }) => {
            let mut mail = mail::preview(&context.env, EFFECT, now, [to, subject, html, text]);
            if let Some(fields) = mail.as_object_mut() {
                fields.insert("preheader".to_owned(), preheader.as_str().into());
            }
            mail
        }
        Said::Outgoing(outgoing) => sends::content(outgoing),
    }
}
