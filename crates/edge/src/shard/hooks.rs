//! Programs that are told what happens: each thing that one asked for becomes a request in the outbox, in
//! the same transaction, and goes the way of every other send.
//!
//! Exactly once for the receiver: the request's id stands in the outbox before it leaves, and every attempt
//! bears it.

use std::collections::BTreeMap;

use rekindle_core::{
    hash::{hex64, person_key},
    series::{Method, Metric, Outgoing, Send},
    time::format_instant,
};
use serde_json::{Value as Json, json};
use worker::Result;

use super::{Shard, messages::Claimed, store::metric_word};
use crate::auth::random_id;

/// Whether a send tells a program what happened: it is of no series, and its step is the webhook's id.
pub(super) fn is_told(send: &Send) -> bool {
    send.series.is_empty()
}

impl Shard {
    /// Tells that something was counted of a run, or of a message.
    pub(super) fn tell_of(
        &self,
        person: &str,
        series: &str,
        version: u32,
        step: Option<&str>,
        metric: Metric,
    ) -> Result<()> {
        if self.definitions().settings.webhooks.is_empty() {
            return Ok(());
        }
        let mut data = json!({ "person": person, "series": series, "version": version });
        let of = match (step, data.as_object_mut()) {
            (Some(step), Some(fields)) => {
                fields.insert("step".to_owned(), step.into());
                "message"
            }
            _ => "series",
        };
        self.tell_hooks(person, [of, &metric_word(metric)?], &data)
    }

    /// Tells those who asked for it; `what` are the two words that name it.
    pub(super) fn tell_hooks(&self, person: &str, what: [&str; 2], data: &Json) -> Result<()> {
        let definitions = self.definitions();
        let hooks = &definitions.settings.webhooks;
        if hooks.is_empty() {
            return Ok(());
        }
        let (kind, at) = (what.join("."), self.now());
        let body = json!({ "type": kind, "timestamp": format_instant(at), "data": data });
        for hook in hooks.iter().filter(|hook| hook.events.contains(&kind)) {
            let send = Send {
                effect: hex64(person_key(person)) + &random_id()?,
                series: String::new(),
                version: 0,
                step: hook.id.clone(),
                variant: None,
                at,
                outgoing: Outgoing::Webhook {
                    method: Method::Post,
                    url: hook.url.clone(),
                    headers: BTreeMap::new(),
                    body: body.to_string(),
                },
            };
            self.store()?.add_send(person, &send)?;
        }
        Ok(())
    }

    /// Lets a consumer tell it, unless the webhook was taken away meanwhile.
    pub(super) fn claim_told(&self, person: String, send: Send) -> Result<Option<Claimed>> {
        let definitions = self.definitions();
        let hooks = &definitions.settings.webhooks;
        if hooks.iter().any(|hook| hook.id == send.step) {
            return self.in_hand(person, send, Vec::new()).map(Some);
        }
        self.store()?.remove_send(&send.effect)?;
        Ok(None)
    }
}
