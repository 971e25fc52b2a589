//! Keeping it running: how the workspace is, a message sent as a test, messages that were given up.

use rekindle_core::{
    hash::{hex64, key_of_effect, person_key},
    series::{CONTROL, Channel, Outgoing, StepSpec},
};
use serde::Deserialize;
use serde_json::{Value as Json, json as object};
use worker::Request;

use super::{body, definitions::find_series, json, limit, list};
use crate::{
    auth,
    bindings::{self, shard_number, shards},
    context::{Context, parameter},
    problem::{Answer, Problem},
    sends,
    shard::messages::{Claimed, DeadLetter, Render, Rendered, ShardStatus, earliest},
    workspace::messages::By,
};

/// `GET /status`.
pub(super) async fn status(context: &Context) -> Answer {
    let mut all = ShardStatus::default();
    for one in context.every_shard::<_, ShardStatus>("status", &()).await? {
        all.people += one.people;
        all.devices += one.devices;
        all.first_event_at = earliest(all.first_event_at, one.first_event_at);
        all.backlog.add(&one.backlog);
    }
    let backlog = &all.backlog;
    let provider = sends::mail::health(&context.env).0;
    let verified: Option<(String, i64)> = context.workspace("mail_verified", &()).await?;
    let verified = verified.filter(|(of, _)| *of == provider);
    let env = &context.env;
    let keys: Vec<Json> = auth::identity_keys(env)
        .into_iter()
        .map(|(used, secret)| object!({ "use": used, "fingerprint": auth::fingerprint(&secret) }))
        .collect();
    json(&object!({
        "now": context.now().await?,
        "people": all.people,
        "shards": shards(env),
        "first_event_at": all.first_event_at,
        "last_event_at": backlog.last_event_at,
        "waiting": backlog.waiting,
        "backlog": {
            "oldest_waiting_at": backlog.oldest_waiting_at,
            "put_off": backlog.put_off,
            "dead_letters": backlog.dead_letters,
            "overdue_timers": backlog.overdue_timers,
            "oldest_timer_at": backlog.oldest_timer_at,
        },
        "stored_bytes": backlog.stored_bytes,
        "channels": {
            "email": { "provider": provider, "verified_at": verified.map(|(_, at)| at) },
            "push": { "provider": "web_push", "devices": all.devices },
        },
        "identity": { "required": !bindings::believes_pages(env), "keys": keys },
        "attention": attention(context, &all),
    }))
}

/// What someone should look at, with where.
fn attention(context: &Context, status: &ShardStatus) -> Vec<Json> {
    let mut notes: Vec<Json> = Vec::new();
    let (_, problems) = sends::mail::health(&context.env);
    notes.extend(problems.into_iter().map(|problem| {
        let message = ["no mail leaves: ", &problem].concat();
        object!({ "code": "mail_settings", "message": message })
    }));
    for (name, code, lost) in [
        (
            bindings::ORIGIN,
            "no_origin",
            "mails have no link to unsubscribe",
        ),
        (
            bindings::LINK_SECRET,
            "no_link_secret",
            "mails have no link to unsubscribe",
        ),
        (
            bindings::MAIL_FROM,
            "no_sender",
            "mails come from an address of this machine",
        ),
        (
            bindings::IDENTITY_SECRET,
            "no_identity_secret",
            "a page can name no user",
        ),
    ] {
        // In development nothing leaves, and a page is believed.
        let is_needed = !cfg!(feature = "dev")
            || (name == bindings::IDENTITY_SECRET && !bindings::believes_pages(&context.env));
        if is_needed && bindings::text(&context.env, name).is_none() {
            notes.push(object!({ "code": code, "message": format!("{name} is not set: {lost}") }));
        }
    }
    if bindings::text(&context.env, bindings::IDENTITY_SECRET_PREVIOUS).is_some() {
        let name = bindings::IDENTITY_SECRET_PREVIOUS;
        notes.push(object!({
            "code": "identity_rotation",
            "message": format!("proofs of the old secret still count: delete {name} once no server makes them"),
            "href": "/console/settings?tab=identity",
        }));
    }
    if status.first_event_at.is_none() {
        notes.push(object!({
            "code": "no_events",
            "message": "no event has come in yet: put the snippet into a page",
        }));
    }
    if status.backlog.dead_letters > 0 {
        let count = status.backlog.dead_letters;
        notes.push(object!({
            "code": "dead_letters",
            "message": format!("{count} messages were given up: look why, and try them again"),
            "href": "/console/mailbox?tab=dead",
        }));
    }
    notes
}

/// `GET /dead-letters`, newest first.
pub(super) async fn dead_letters(context: &Context, request: &Request) -> Answer {
    let limit = limit(request)? as usize;
    // LIMIT: a shard keeps a thousand; a page is cut from all that are newer than its end.
    let asked = 1_000_u32;
    let all = context
        .every_shard::<_, Vec<DeadLetter>>("dead_letters", &asked)
        .await?;
    let mut letters: Vec<DeadLetter> = all.into_iter().flatten().collect();
    letters.sort_by(|one, other| (other.at, &other.effect).cmp(&(one.at, &one.effect)));
    if let Some(cursor) = parameter(request, "cursor") {
        let place = letters.iter().position(|letter| letter.effect == cursor);
        letters.drain(..place.map_or(0, |place| place + 1));
    }
    let more = letters.len() > limit;
    letters.truncate(limit);
    let last = letters.last().filter(|_| more);
    list(&letters, last.map(|letter| letter.effect.as_str()))
}

/// `POST /dead-letters/{effect}/replay`: it goes the way of any other message once more.
pub(super) async fn replay(context: &Context, effect: &str, by: &By) -> Answer {
    let none = || Problem::not_found(format!("no message `{effect}` was given up"));
    let key = key_of_effect(effect).ok_or_else(none)?;
    let number = shard_number(&context.env, key);
    let replayed: Option<bool> = context.shard(number, "replay", &effect).await?;
    if !replayed.ok_or_else(none)? {
        return Err(Problem::conflict(
            "the person has left the series since: the message is of no use any more",
        )
        .into());
    }
    let deed = ("replay", "message", effect);
    context.note("note", by, deed, Json::Null).await?;
    Ok(json(&object!({ "replayed": true }))?.with_status(202))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trial {
    step: String,
    variant: Option<String>,
    person: String,
    to: Option<String>,
}

/// `POST /series/{id}/test`: a step of the draft, filled in for a person, sent at once. No report
/// counts it and no cap holds it back: it is no step of a run.
pub(super) async fn test(context: &Context, request: &mut Request, id: &str, by: &By) -> Answer {
    let Trial {
        step,
        variant,
        person,
        to,
    } = body(request).await?;
    let series = find_series(context, id).await?;
    let steps = &series.draft.steps;
    let found = steps.iter().find(|known| known.id == step).ok_or_else(|| {
        let ids: Vec<&str> = steps.iter().map(|step| step.id.as_str()).collect();
        let detail = format!("the draft has no step `{step}`; it has {}", ids.join(", "));
        Problem::bad_request(detail)
    })?;
    let asked = Render {
        person: person.clone(),
        series: id.to_owned(),
        step: shown(found, variant.as_deref())?,
        to,
    };
    let response = context.shard_of_person(&person, "render", &asked).await?;
    let (outgoing, devices, now) = match bindings::answer::<Rendered>(response).await? {
        Rendered::Done {
            outgoing,
            devices,
            now,
        } => (outgoing, devices, now),
        Rendered::NoPerson => {
            return Err(Problem::not_found(format!("no person `{person}`")).into());
        }
        Rendered::Refused(why) => return Err(Problem::bad_request(why).into()),
    };
    let channel = outgoing.channel();
    if asked.to.is_some() && channel != Channel::Email {
        return Err(Problem::bad_request("only a mail goes `to` an address: leave it out").into());
    }
    // Whose it is can be told, so that it is erased with them; no run has it.
    let effect = hex64(person_key(&person)) + &auth::random_id()?;
    let send = Claimed {
        effect: effect.clone(),
        person,
        series: id.to_owned(),
        step,
        variant,
        at: now,
        outgoing,
        devices,
        failures: 0,
        failing_since: None,
        shut: None,
    };
    let deed = ("test", "series", id);
    context
        .note("note", by, deed, object!({ "step": send.step }))
        .await?;
    let reason = sends::try_once(context, &send).await;
    let stays = match &send.outgoing {
        Outgoing::Email { provider, .. } => {
            let stays = sends::mail::stays(&context.env, *provider);
            if provider.is_none() && !stays && reason.is_none() {
                // From now on it is known that the provider of the deployment takes mails.
                let verified = (sends::mail::health(&context.env).0, now);
                let () = context.workspace("verify_mail", &verified).await?;
            }
            stays
        }
        Outgoing::Push { .. } | Outgoing::Webhook { .. } => false,
    };
    let mailbox_id = stays.then_some(&effect);
    json(&object!({ "sent": reason.is_none(), "reason": reason, "mailbox_id": mailbox_id }))
}

/// What those see who were given this variant; the step itself is the control.
fn shown(step: &StepSpec, variant: Option<&str>) -> Answer<StepSpec> {
    let named = variant.filter(|name| *name != CONTROL);
    let Some(name) = named else {
        let mut step = step.clone();
        step.experiment = None;
        return Ok(step);
    };
    let variants = step.experiment.iter().flat_map(|test| &test.variants);
    let found = variants.into_iter().find(|known| known.name == name);
    let found = found.ok_or_else(|| {
        Problem::bad_request(format!("the step `{}` has no variant `{name}`", step.id))
    })?;
    Ok(found.changes.apply(step).0)
}
