//! The inbox of a person and the bundle of shared contents: what the browser gets.
//! Decides nothing: it shows what runs say is live, with targeting reduced to what is left of it.

use std::collections::BTreeMap;

use super::{
    definition::{Definitions, InApp, Published, Step},
    drawing,
    effect::effect_id,
    person::{Outcome, Person, Run, StepRecord},
    step::Known,
};
use crate::{
    hash::fnv64,
    liquid::{Fact, Limits, Scope, Sink, render_within},
    residual::Residual,
    wire,
    zone::Zones,
};

// LIMIT: what a page load carries; older messages give way to newer ones.
/// How many messages an inbox may hold.
pub(crate) const ITEMS_MAX: usize = 20;

/// The messages that are live for a person at `now`: those of series with a higher priority first, then
/// the newest.
#[must_use]
pub fn inbox(definitions: &Definitions, zones: &Zones, person: &Person, now: i64) -> wire::Inbox {
    let mut items = Vec::new();
    for (series, run) in person.each_run() {
        for record in &run.steps {
            let Some(item) = item(definitions, zones, person, series, run, record, now) else {
                continue;
            };
            let priority = definitions
                .recorded_in(series, record)
                .map(|of| of.policies.priority);
            items.push((priority, item));
        }
    }
    items.sort_by(|(a_priority, a), (b_priority, b)| {
        b_priority
            .cmp(a_priority)
            .then_with(|| b.live_from.cmp(&a.live_from))
            .then_with(|| a.effect.cmp(&b.effect))
    });
    items.truncate(ITEMS_MAX);
    let items: Vec<wire::InboxItem> = items.into_iter().map(|(_, item)| item).collect();
    let shares = |item: &wire::InboxItem| matches!(item.content, wire::Content::Shared(_));
    let bundle = if items.iter().any(shares) {
        definitions.bundle.version
    } else {
        0
    };
    wire::Inbox { bundle, items }
}

fn item(
    definitions: &Definitions,
    zones: &Zones,
    person: &Person,
    series: &str,
    run: &Run,
    record: &StepRecord,
    now: i64,
) -> Option<wire::InboxItem> {
    let Outcome::Live { until } = record.outcome else {
        return None;
    };
    if until <= now || record.reactions.clicked.is_some() {
        return None;
    }
    let step = definitions.recorded(series, record)?;
    let message = step.says(record.variant.as_deref())?.in_app()?;
    let is_over = match message.repeat {
        wire::Repeat::Once => {
            record.reactions.shown.is_some() || record.reactions.dismissed.is_some()
        }
        wire::Repeat::UntilClosed => record.reactions.dismissed.is_some(),
        // The browser knows when it was there last.
        wire::Repeat::Every(_) => false,
    };
    if is_over {
        return None;
    }
    let known = Known {
        person,
        event: &run.event,
    };
    let content = match shared(message) {
        Some(shared) => wire::Content::Shared(hash(&shared)),
        None => wire::Content::Own(fill(message, &known, now)?),
    };
    let when = match &step.when {
        Some(rule) => rule.residual(&person.facts(definitions.zone(person, zones)), now),
        None => Residual::Always(true),
    };
    Some(wire::InboxItem {
        effect: effect_id(&person.id, series, run.entry, &record.step),
        live_from: record.at,
        live_until: Some(until),
        when,
        content,
    })
}

/// The contents of all published in-app messages that are the same for everyone.
pub(super) fn bundle(published: &BTreeMap<String, Published>) -> wire::Bundle {
    let mut contents: Vec<(u64, wire::InApp)> = published
        .values()
        .flat_map(|published| published.versions.values())
        .flat_map(|series| &series.steps)
        .flat_map(Step::messages)
        .filter_map(|message| shared(message.in_app()?))
        .map(|content| (hash(&content), content))
        .collect();
    contents.sort_by_key(|(hash, _)| *hash);
    contents.dedup_by_key(|(hash, _)| *hash);
    let version = if contents.is_empty() {
        0
    } else {
        fnv64(&wire::encode(&contents))
    };
    wire::Bundle { version, contents }
}

fn hash(content: &wire::InApp) -> u64 {
    fnv64(&wire::encode(content))
}

/// The contents, if they are the same for everyone.
fn shared(message: &InApp) -> Option<wire::InApp> {
    let templates = message.templates();
    let is_same = templates
        .iter()
        .all(|template| template.as_text().is_some());
    is_same.then(|| fill(message, &NoOne, 0)).flatten()
}

struct NoOne;

impl Scope for NoOne {
    fn get(&self, _: &str) -> Option<Fact> {
        None
    }
}

/// What a message in the app says to somebody.
pub(super) fn fill(message: &InApp, scope: &dyn Scope, now: i64) -> Option<wire::InApp> {
    let fill = |template: &_| {
        render_within(template, scope, Sink::Plain, &Limits::default(), Some(now)).ok()
    };
    drawing::told(message, &fill)
}
