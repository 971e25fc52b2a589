//! People: who is in a segment, what is known of one, what they did, and why they got what they got.

use futures_util::future::try_join_all;
use serde_json::json as object;
use worker::Request;

use super::{json, limit, list};
use crate::{
    bindings::shards,
    context::{Context, parameter},
    problem::{Answer, Problem},
    shard::messages::{Counted, EventView, Explain, Member, PageOf, PersonView},
    workspace::messages::SegmentView,
};

pub(super) async fn check_segment(context: &Context, id: &str) -> Answer<()> {
    match context
        .workspace::<_, Option<SegmentView>>("segment", &id)
        .await?
    {
        Some(_) => Ok(()),
        None => Err(Problem::not_found(format!("no segment `{id}`")).into()),
    }
}

/// `GET /segments/{id}/count`: exact at the instant `as_of`.
pub(super) async fn count(context: &Context, id: &str) -> Answer {
    check_segment(context, id).await?;
    let counts: Vec<Counted> = context.every_shard("count", &id).await?;
    let count: u64 = counts.iter().map(|counted| counted.count).sum();
    let as_of = counts.iter().map(|counted| counted.as_of).max();
    json(&object!({ "count": count, "as_of": as_of }))
}

/// `GET /segments/{id}/people`, in the order of their ids.
pub(super) async fn members(context: &Context, request: &Request, id: &str) -> Answer {
    check_segment(context, id).await?;
    let limit = limit(request)?;
    let page = PageOf {
        of: id.to_owned(),
        after: parameter(request, "cursor").unwrap_or_default(),
        limit: limit.saturating_add(1),
    };
    let asked = (0..shards(&context.env))
        .map(|number| context.shard::<_, Vec<Member>>(number, "members", &page));
    let mut members: Vec<Member> = try_join_all(asked).await?.into_iter().flatten().collect();
    members.sort_by(|a, b| a.id.cmp(&b.id));
    let more = members.len() > limit as usize;
    members.truncate(limit as usize);
    let next = members
        .last()
        .filter(|_| more)
        .map(|member| member.id.clone());
    list(&members, next.as_deref())
}

/// `GET /people/{id}`.
pub(super) async fn person(context: &Context, id: &str) -> Answer {
    let person: Option<PersonView> = context
        .shard_of_person(id, "person", &id)
        .await?
        .json()
        .await?;
    match person {
        Some(person) => json(&person),
        None => Err(Problem::not_found(format!("no person `{id}`")).into()),
    }
}

/// `GET /people/{id}/events`, newest first.
pub(super) async fn events(context: &Context, request: &Request, id: &str) -> Answer {
    let limit = limit(request)?;
    let page = PageOf {
        of: id.to_owned(),
        after: parameter(request, "cursor").unwrap_or_default(),
        limit: limit.saturating_add(1),
    };
    let mut events: Vec<EventView> = context
        .shard_of_person(id, "events", &page)
        .await?
        .json()
        .await?;
    let more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let next = events
        .last()
        .filter(|_| more)
        .map(|event| format!("{}/{}", event.at, event.id));
    list(&events, next.as_deref())
}

/// `GET /people/{id}/explain?segment=…|series=…`.
pub(super) async fn explain(context: &Context, request: &Request, id: &str) -> Answer {
    let question = Explain {
        person: id.to_owned(),
        segment: parameter(request, "segment"),
        series: parameter(request, "series"),
    };
    if question.segment.is_none() && question.series.is_none() {
        return Err(
            Problem::bad_request("name what to explain: `?segment=ID` or `?series=ID`").into(),
        );
    }
    let mut response = context.shard_of_person(id, "explain", &question).await?;
    match response.json::<Option<serde_json::Value>>().await? {
        Some(explanation) => json(&explanation),
        None => Err(Problem::not_found(format!("no person `{id}`")).into()),
    }
}
