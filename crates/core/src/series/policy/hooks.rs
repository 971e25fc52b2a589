//! Programs of the company that are told what happens, as it happens: a CRM, a warehouse.
//! Says who wants to hear what; tells nobody.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::settings::{NAME_LETTERS_MAX, is_id};
use crate::rule::unknown;

// LIMIT: what happens to a person is told to each of them by a request of its own.
/// How many programs may be told.
pub const HOOKS_MAX: usize = 10;

// LIMIT: the longest address that programs commonly take.
const URL_BYTES_MAX: usize = 2_048;

/// All that can be told: what happens to memberships, to runs and to messages.
pub const TOLD: [&str; 20] = [
    "segment.entered",
    "segment.left",
    "series.entered",
    "series.re_engaged",
    "series.converted",
    "series.left_audience",
    "series.left_by_step",
    "series.finished",
    "message.sent",
    "message.undelivered",
    "message.delayed",
    "message.skipped",
    "message.shown",
    "message.opened",
    "message.clicked",
    "message.dismissed",
    "message.bounced",
    "message.complained",
    "message.unsubscribed",
    "message.converted",
];

/// A program that is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hook {
    /// Its id, by which dead letters name it.
    pub id: String,
    /// Where it listens.
    pub url: String,
    /// What it wants to hear.
    pub events: BTreeSet<String>,
}

pub(super) fn check_hooks(hooks: &[Hook], problem: &mut impl FnMut(String)) {
    if hooks.len() > HOOKS_MAX {
        let count = hooks.len();
        problem(format!(
            "{count} webhooks are more than {HOOKS_MAX}: let one pass on what it hears"
        ));
    }
    let mut ids = BTreeSet::new();
    for Hook { id, url, events } in hooks {
        if !is_id(id) {
            problem(format!(
                "`{id}` is no id of a webhook: write 1 to {NAME_LETTERS_MAX} of `a` to `z`, digits and `-`"
            ));
        }
        if !ids.insert(id) {
            problem(format!("two webhooks have the id `{id}`: rename one"));
        }
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        if !is_web || url.len() > URL_BYTES_MAX {
            problem(format!(
                "the webhook `{id}` has no address: write one of up to {URL_BYTES_MAX} bytes that begins with https://"
            ));
        }
        if events.is_empty() {
            problem(format!(
                "the webhook `{id}` has no `events`: name what it is told, such as `{}`",
                TOLD[0]
            ));
        }
        for event in events {
            if !TOLD.contains(&event.as_str()) {
                let unknown = unknown("event", event, TOLD);
                problem(format!("the webhook `{id}`: {unknown}"));
            }
        }
    }
}
