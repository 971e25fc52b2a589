//! One person: what is known of them, which messages they got, and everything for an export.

use rekindle_core::{
    hash::{fnv64, hex64},
    series::{Definitions, Outcome, Person, Run, StepRecord, effect_id, policy::Settings},
    value::Value,
};
use worker::Result;

use crate::shard::{
    LOOK_MAX, Shard,
    messages::{DeviceView, Enrollment, Membership, MessageView, PersonView, SubscriptionsView},
};

impl Shard {
    pub(super) fn view(&self, id: &str) -> Result<Option<PersonView>> {
        self.catch_up(LOOK_MAX)?;
        let store = self.store()?;
        let Some(person) = store.person(id)? else {
            return Ok(None);
        };
        let devices = store.devices_since(id)?;
        let device = |(endpoint, since): (String, Option<i64>)| DeviceView {
            id: hex64(fnv64(endpoint.as_bytes())),
            kind: "web_push".to_owned(),
            since,
        };
        Ok(Some(PersonView {
            segments: self.segments_of(&person),
            subscriptions: subscriptions(&person, &self.definitions().settings),
            id: person.id,
            attributes: person
                .attributes
                .into_iter()
                .map(|(name, attribute)| (name, attribute.value))
                .collect(),
            first_seen: person.first_seen,
            last_seen: person.last_seen,
            enrollments: person
                .runs
                .into_iter()
                .flat_map(|(series, runs)| {
                    runs.into_iter().map(move |run| Enrollment {
                        series: series.clone(),
                        run,
                    })
                })
                .collect(),
            devices: devices.into_iter().map(device).collect(),
            due: person.due,
        }))
    }

    /// The segments that a person is in, with when each would end if nothing else happened.
    fn segments_of(&self, person: &Person) -> Vec<Membership> {
        let (definitions, now) = (self.definitions(), self.now());
        self.learn_zone(person, None);
        let atlas = self.atlas.borrow();
        let facts = person.facts(definitions.zone(person, atlas.zones()));
        let membership = |(id, since): (&String, &i64)| Membership {
            id: id.clone(),
            since: *since,
            flips_at: definitions
                .segments
                .get(id)
                .and_then(|rule| rule.next_flip(&facts, now)),
        };
        person.segments.iter().map(membership).collect()
    }

    /// The messages that a person got or was to get, newest first: of the runs that are kept.
    pub(super) fn messages(&self, id: &str) -> Result<Option<Vec<MessageView>>> {
        self.catch_up(LOOK_MAX)?;
        let Some(person) = self.store()?.person(id)? else {
            return Ok(None);
        };
        let (definitions, now) = (self.definitions(), self.now());
        let records = person
            .each_run()
            .flat_map(|(series, run)| run.steps.iter().map(move |record| (series, run, record)));
        let mut messages: Vec<MessageView> = records
            .filter_map(|(series, run, record)| {
                message(&definitions, &person.id, series, run, record, now)
            })
            .collect();
        messages.sort_by(|one, other| (other.at, &other.effect).cmp(&(one.at, &one.effect)));
        Ok(Some(messages))
    }
}

fn message(
    definitions: &Definitions,
    person: &str,
    series: &str,
    run: &Run,
    record: &StepRecord,
    now: i64,
) -> Option<MessageView> {
    let version = definitions.series(series, record.version)?;
    let (_, step) = version.step(&record.step)?;
    let (state, reason) = state(&record.outcome, now)?;
    Some(MessageView {
        effect: effect_id(person, series, run.entry, &record.step),
        series: series.to_owned(),
        step: record.step.clone(),
        variant: None,
        channel: step.message()?.channel(),
        state: state.to_owned(),
        reason,
        at: record.at,
        shown_at: record.reactions.shown,
        opened_at: record.reactions.opened,
        clicked_at: record.reactions.clicked,
    })
}

/// What became of a message, in a word, and why; nothing for a step that says nothing.
fn state(outcome: &Outcome, now: i64) -> Option<(&'static str, Option<String>)> {
    Some(match outcome {
        Outcome::Passed | Outcome::Took(_) => return None,
        Outcome::Queued => ("queued", None),
        Outcome::Delayed { reason, .. } => ("delayed", Some(reason.word().to_owned())),
        Outcome::Sent => ("sent", None),
        Outcome::Undelivered(why) => ("undelivered", Some(why.clone())),
        Outcome::Live { until } if *until <= now => ("ended", None),
        Outcome::Live { .. } => ("live", None),
        Outcome::Cancelled => ("cancelled", None),
        Outcome::Skipped(why) => ("skipped", Some(why.word().to_owned())),
    })
}

/// What a person lets write to them: as it holds now, whatever it follows from.
pub(in crate::shard) fn subscriptions(person: &Person, settings: &Settings) -> SubscriptionsView {
    let chosen = &person.policy.subscriptions;
    let everything = chosen.everything();
    let left = person.value("unsubscribed") == Some(&Value::Bool(true));
    let types = settings.subscription_types.iter().map(|of| {
        let mut channels = of.channels.iter();
        let is_open = !left && channels.any(|channel| chosen.refuse(Some(of), *channel).is_none());
        (of.id.clone(), is_open)
    });
    SubscriptionsView {
        all: !left && everything.is_none_or(|choice| choice.subscribed),
        types: types.collect(),
    }
}
