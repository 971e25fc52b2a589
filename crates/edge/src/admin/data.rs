//! What the data has: names of attributes and events, and values to choose from.
//! From a sample of people, and it says of how many.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json as object};
use worker::Request;

use super::json;
use crate::{
    context::{Context, parameter},
    json::read_text,
    problem::{Answer, Problem},
    shard::messages::{DataSeen, Tally, ValuesOf},
};

// LIMIT: what a list to choose from can show.
const VALUES_MAX: usize = 50;
/// The same, of each property of an event.
const PROPERTY_VALUES_MAX: usize = 20;

/// `GET /data`.
pub(super) async fn data(context: &Context) -> Answer {
    let mut all = DataSeen::default();
    for seen in context.every_shard::<_, DataSeen>("data", &()).await? {
        all.looked_at += seen.looked_at;
        for (name, attribute) in seen.attributes {
            let of = all.attributes.entry(name).or_default();
            of.people += attribute.people;
            of.kinds.extend(attribute.kinds);
        }
        for (name, people) in seen.events {
            *all.events.entry(name).or_default() += people;
        }
    }
    let attributes: Vec<Json> = all
        .attributes
        .into_iter()
        .map(|(name, of)| object!({ "name": name, "kinds": of.kinds, "people": of.people }))
        .collect();
    let events: Vec<Json> = all
        .events
        .into_iter()
        .map(|(name, people)| object!({ "name": name, "people": people }))
        .collect();
    json(&object!({ "attributes": attributes, "events": events, "looked_at": all.looked_at }))
}

/// `GET /data/values?attribute=…|event=…`.
pub(super) async fn values(context: &Context, request: &Request) -> Answer {
    let of = match (parameter(request, "attribute"), parameter(request, "event")) {
        (Some(name), None) => ValuesOf::Attribute(name),
        (None, Some(name)) => ValuesOf::Event(name),
        _ => {
            return Err(Problem::bad_request(
                "name whose values: `?attribute=NAME` or `?event=NAME`",
            )
            .into());
        }
    };
    let mut all = Tally::default();
    for tallied in context.every_shard::<_, Tally>("values", &of).await? {
        all.looked_at += tallied.looked_at;
        for (name, counts) in tallied.values {
            let known = all.values.entry(name).or_default();
            for (value, count) in counts {
                *known.entry(value).or_default() += count;
            }
        }
    }
    let looked_at = all.looked_at;
    match of {
        ValuesOf::Attribute(name) => {
            let counts = all.values.remove(&name).unwrap_or_default();
            let values: Vec<Json> = most_frequent(counts, VALUES_MAX)
                .map(|(value, people)| object!({ "value": value, "people": people }))
                .collect();
            json(&object!({ "values": values, "looked_at": looked_at }))
        }
        ValuesOf::Event(_) => {
            let properties: Vec<Json> = all
                .values
                .into_iter()
                .map(|(name, counts)| {
                    let values = most_frequent(counts, PROPERTY_VALUES_MAX);
                    let values: Vec<Json> = values.map(|(value, _)| value).collect();
                    object!({ "name": name, "values": values })
                })
                .collect();
            json(&object!({ "properties": properties, "looked_at": looked_at }))
        }
    }
}

/// The values that were seen the most, in the order of their text among equals.
fn most_frequent(counts: BTreeMap<String, u64>, limit: usize) -> impl Iterator<Item = (Json, u64)> {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let value = |(text, count): (String, u64)| Some((read_text(&text).ok()?, count));
    counts.into_iter().take(limit).filter_map(value)
}
