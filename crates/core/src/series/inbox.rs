//! The inbox of a person and the bundle of shared contents: what the browser gets.
//! Decides nothing: it shows what runs say is live, with targeting reduced to what is left of it.

use std::collections::BTreeMap;

use super::{
    definition::{Definitions, InApp, Published, Step},
    effect::effect_id,
    person::{Outcome, Person, Run, StepRecord},
    step::Known,
};
use crate::{
    hash::fnv64,
    liquid::{Fact, Limits, Scope, Sink, Template, render_within},
    residual::Residual,
    wire,
    zone::Zones,
};

// LIMIT: what a page load carries; older messages give way to newer ones.
/// How many messages an inbox may hold.
pub(crate) const ITEMS_MAX: usize = 20;

/// The messages that are live for a person at `now`, newest first.
#[must_use]
pub fn inbox(definitions: &Definitions, zones: &Zones, person: &Person, now: i64) -> wire::Inbox {
    let mut items = Vec::new();
    let mut shares = false;
    for (series, run) in person.each_run() {
        for record in &run.steps {
            let Some(item) = item(definitions, zones, person, series, run, record, now) else {
                continue;
            };
            shares |= matches!(item.content, wire::Content::Shared(_));
            items.push(item);
        }
    }
    items.sort_by(|a, b| {
        b.live_from
            .cmp(&a.live_from)
            .then_with(|| a.effect.cmp(&b.effect))
    });
    items.truncate(ITEMS_MAX);
    let bundle = if shares {
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
    if until <= now || record.reactions.clicked.is_some() || record.reactions.dismissed.is_some() {
        return None;
    }
    let step = definitions.recorded(series, record)?;
    let message = step.says(record.variant.as_deref())?.in_app()?;
    if message.layout == wire::Layout::Modal && record.reactions.shown.is_some() {
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
    let is_text = |template: &Template| template.as_text().is_some();
    let cta_is_text = message.cta.as_ref().is_none_or(|(label, _)| is_text(label));
    (is_text(&message.title) && is_text(&message.body) && cta_is_text)
        .then(|| fill(message, &NoOne, 0))
        .flatten()
}

struct NoOne;

impl Scope for NoOne {
    fn get(&self, _: &str) -> Option<Fact> {
        None
    }
}

/// What a message in the app says to somebody.
pub(super) fn fill(message: &InApp, scope: &dyn Scope, now: i64) -> Option<wire::InApp> {
    let fill =
        |template| render_within(template, scope, Sink::Plain, &Limits::default(), Some(now)).ok();
    let cta = match &message.cta {
        Some((label, url)) => Some(wire::Cta {
            label: fill(label)?,
            url: url.clone(),
        }),
        None => None,
    };
    Some(wire::InApp {
        layout: message.layout,
        title: fill(&message.title)?,
        body: fill(&message.body)?,
        cta,
    })
}
