//! People: who is in a segment, what is known of one, what they did, and why they got what they got.

use rekindle_core::hash::{hex64, person_key};
use serde_json::{Value as Json, json as object};
use worker::Request;

use super::{boxes, json, limit, list};
use crate::{
    bindings,
    context::{Context, parameter},
    problem::{Answer, Problem},
    shard::messages::{Counted, Erased, Explain, Member, PageOf},
    workspace::messages::{By, SegmentView},
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
    let found: Vec<Vec<Member>> = context.every_shard("members", &page).await?;
    let mut members: Vec<Member> = found.into_iter().flatten().collect();
    members.sort_by(|a, b| a.id.cmp(&b.id));
    let more = members.len() > limit as usize;
    members.truncate(limit as usize);
    let next = members
        .last()
        .filter(|_| more)
        .map(|member| member.id.clone());
    list(&members, next.as_deref())
}

/// What their shard tells of a person.
async fn known(context: &Context, id: &str, question: &str) -> Answer<Json> {
    let response = context.shard_of_person(id, question, &id).await?;
    let told: Option<Json> = bindings::answer(response).await?;
    told.ok_or_else(|| Problem::not_found(format!("no person `{id}`")).into())
}

/// `GET /people/{id}`.
pub(super) async fn person(context: &Context, id: &str) -> Answer {
    json(&known(context, id, "person").await?)
}

/// `GET /people/{id}/messages`, newest first.
pub(super) async fn messages(context: &Context, request: &Request, id: &str) -> Answer {
    let limit = limit(request)? as usize;
    let Json::Array(mut messages) = known(context, id, "messages").await? else {
        return list::<Json>(&[], None);
    };
    if let Some(cursor) = parameter(request, "cursor") {
        let is_it = |message: &Json| text(message, "effect") == cursor;
        let place = messages.iter().position(is_it);
        messages.drain(..place.map_or(0, |place| place + 1));
    }
    let more = messages.len() > limit;
    messages.truncate(limit);
    let last = messages.last().filter(|_| more);
    list(&messages, last.map(|message| text(message, "effect")))
}

fn text<'a>(object: &'a Json, field: &str) -> &'a str {
    object.get(field).and_then(Json::as_str).unwrap_or_default()
}

// LIMIT: what one answer holds; the rest is read from `/people/{id}/events`.
const EXPORT_EVENTS_MAX: u32 = 20_000;

/// `GET /people/{id}/export`: everything that is kept of a person.
pub(super) async fn export(context: &Context, id: &str) -> Answer {
    let person = known(context, id, "person").await?;
    let page = PageOf {
        of: id.to_owned(),
        after: String::new(),
        limit: EXPORT_EVENTS_MAX,
    };
    let response = context.shard_of_person(id, "events", &page).await?;
    let events: Vec<Json> = bindings::answer(response).await?;
    let kv = context.env.kv(bindings::KV)?;
    let (keys, is_whole) = boxes::keys_of(context, &[person_key(id)]).await?;
    let mut sent = Vec::new();
    for key in &keys {
        sent.extend(boxes::kept(&kv, key).await?);
    }
    let is_complete = is_whole && events.len() < EXPORT_EVENTS_MAX as usize;
    let answer = json(&object!({
        "exported_at": context.now().await?,
        "complete": is_complete,
        "person": person,
        "messages": known(context, id, "messages").await?,
        "events": events,
        "sent": sent,
    }))?;
    let disposition = format!(
        "attachment; filename=\"person-{}.json\"",
        hex64(person_key(id))
    );
    answer.headers().set("content-disposition", &disposition)?;
    Ok(answer)
}

/// `DELETE /people/{id}`: everything that is kept of a person goes, and of the visitors whom they
/// were. A second time finds nothing. The log keeps the hash of the id, by which whoever knows the
/// id can tell that it was done.
pub(super) async fn erase(context: &Context, id: &str, by: &By) -> Answer {
    let mut all = Erased::default();
    for erased in context.every_shard::<_, Erased>("erase", &id).await? {
        all.ids.extend(erased.ids);
        all.people += erased.people;
        all.events += erased.events;
        all.memberships += erased.memberships;
        all.messages += erased.messages;
        all.sends += erased.sends;
        all.devices += erased.devices;
        all.visitors += erased.visitors;
    }
    let ids = all.ids.iter().map(String::as_str).chain([id]);
    let keys: Vec<u64> = ids.map(person_key).collect();
    let (sent, is_complete) = boxes::keys_of(context, &keys).await?;
    for key in &sent {
        boxes::remove(context, key).await?;
    }
    let receipt = object!({
        "person": hex64(person_key(id)),
        "at": context.now().await?,
        "complete": is_complete,
        "removed": {
            "people": all.people, "events": all.events, "memberships": all.memberships,
            "messages": all.messages, "unsent": all.sends, "devices": all.devices,
            "visitors": all.visitors, "sent": sent.len(),
        },
    });
    let hash = hex64(person_key(id));
    let deed = ("erase", "person", hash.as_str());
    context.note("note", by, deed, receipt.clone()).await?;
    json(&receipt)
}

/// `GET /people/{id}/events`, newest first.
pub(super) async fn events(context: &Context, request: &Request, id: &str) -> Answer {
    let limit = limit(request)?;
    let page = PageOf {
        of: id.to_owned(),
        after: parameter(request, "cursor").unwrap_or_default(),
        limit: limit.saturating_add(1),
    };
    let response = context.shard_of_person(id, "events", &page).await?;
    let mut events: Vec<Json> = bindings::answer(response).await?;
    let more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let next = events.last().filter(|_| more).map(|event| {
        format!(
            "{}/{}",
            event.get("at").unwrap_or(&Json::Null),
            text(event, "id")
        )
    });
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
    let response = context.shard_of_person(id, "explain", &question).await?;
    match bindings::answer::<Option<Json>>(response).await? {
        Some(explanation) => json(&explanation),
        None => Err(Problem::not_found(format!("no person `{id}`")).into()),
    }
}
