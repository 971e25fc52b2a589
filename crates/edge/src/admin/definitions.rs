//! Segments and series: read, write, publish. The workspace decides; this shapes its answers.

use rekindle_core::series::{Migration, Overdue, SegmentSpec, SeriesSpec, policy::Settings};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use worker::{Request, Response};

use super::{body, list, optional_body};
use crate::{
    context::Context,
    json::tree,
    problem::{Answer, Problem},
    shard::messages::Waiting,
    workspace::messages::{
        By, Change, Changed, Flight, Refusal, SegmentView, SeriesView, SettingsView, Turn,
    },
};

// LIMIT: ids stand in addresses and keys.
const ID_BYTES_MAX: usize = 64;

fn check_id(id: &str) -> Answer<()> {
    let valid = !id.is_empty()
        && id.len() <= ID_BYTES_MAX
        && id.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)
        });
    if TAKEN.contains(&id) {
        let detail = format!("`{id}` is a part of the API: choose another id");
        return Err(Problem::bad_request(detail).into());
    }
    if valid {
        return Ok(());
    }
    Err(Problem::bad_request(format!(
        "`{id}` is no id: use up to {ID_BYTES_MAX} of a-z, 0-9, `-` and `_`"
    ))
    .into())
}

/// Ids that stand for something else in an address.
const TAKEN: [&str; 3] = ["counts", "preview", "figures"];

/// The revision that the caller's change is based on.
fn if_match(request: &Request) -> Answer<Option<u64>> {
    let header = request
        .headers()
        .get("if-match")?
        .filter(|value| value != "*");
    header
        .map(|value| {
            value.trim_matches('"').parse().map_err(|_| {
                Problem::bad_request(
                    "`If-Match` is not a revision: send the ETag that you were given",
                )
                .into()
            })
        })
        .transpose()
}

/// What a request with a body would change.
async fn change<T: DeserializeOwned>(
    request: &mut Request,
    id: &str,
    by: &By,
) -> Answer<Change<T>> {
    Ok(Change {
        id: id.to_owned(),
        by: by.clone(),
        if_match: if_match(request)?,
        content: body(request).await?,
    })
}

fn tagged<T: Serialize>(answer: &T, revision: u64) -> Answer {
    let response = Response::from_json(answer)?;
    response.headers().set("etag", &format!("\"{revision}\""))?;
    Ok(response)
}

/// The answer to a change, or why it was not made.
pub(super) fn outcome<T: DeserializeOwned>(changed: Changed<T>, what: &str, id: &str) -> Answer<T> {
    match changed {
        Changed::Done(done) => Ok(done),
        Changed::NotFound => Err(Problem::not_found(format!("no {what} `{id}`")).into()),
        Changed::Stale(revision) => Err(Problem::conflict(format!(
            "`{id}` was changed meanwhile: it is at revision {revision}; read it again, then write"
        ))
        .into()),
        Changed::Refused(refusals) => {
            let first = refusals
                .first()
                .map_or("", |refusal| refusal.message.as_str())
                .to_owned();
            let problems = tree(&refusals)?;
            let by_state = refusals
                .iter()
                .any(|refusal| ["in_use", "draft", "state"].contains(&refusal.code.as_str()));
            let problem = if by_state {
                Problem::conflict(first)
            } else {
                Problem::bad_request(first)
            };
            Err(problem.with(problems).into())
        }
    }
}

/// `GET /segments`, each with what uses it.
pub(super) async fn segments(context: &Context) -> Answer {
    let segments: Vec<SegmentView> = context.workspace("segments_in_use", &()).await?;
    list(&segments, None)
}

/// `GET /segments/{id}`.
pub(super) async fn segment(context: &Context, id: &str) -> Answer {
    match context
        .workspace::<_, Option<SegmentView>>("segment", &id)
        .await?
    {
        Some(segment) => tagged(&segment, segment.revision),
        None => Err(Problem::not_found(format!("no segment `{id}`")).into()),
    }
}

/// `PUT /segments/{id}`.
pub(super) async fn put_segment(
    context: &Context,
    request: &mut Request,
    id: &str,
    by: &By,
) -> Answer {
    check_id(id)?;
    let change = change::<SegmentSpec>(request, id, by).await?;
    let changed = context.workspace("put_segment", &change).await?;
    let segment: SegmentView = outcome(changed, "segment", id)?;
    tagged(&segment, segment.revision)
}

/// `DELETE /segments/{id}`.
pub(super) async fn delete_segment(context: &Context, id: &str, by: &By) -> Answer {
    outcome::<()>(
        context
            .workspace("delete_segment", &Change::of(id, by, ()))
            .await?,
        "segment",
        id,
    )?;
    Ok(Response::empty()?.with_status(204))
}

/// `GET /series`.
pub(super) async fn all_series(context: &Context) -> Answer {
    let series: Vec<SeriesView> = context.workspace("all_series", &()).await?;
    list(&series, None)
}

/// One series, or the caller's problem.
pub(super) async fn find_series(context: &Context, id: &str) -> Answer<SeriesView> {
    let found: Option<SeriesView> = context.workspace("series", &id).await?;
    found.ok_or_else(|| Problem::not_found(format!("no series `{id}`")).into())
}

/// `GET /series/{id}`.
pub(super) async fn series(context: &Context, id: &str) -> Answer {
    let series = find_series(context, id).await?;
    tagged(&series, series.revision)
}

/// `PUT /series/{id}`: the draft.
pub(super) async fn put_series(
    context: &Context,
    request: &mut Request,
    id: &str,
    by: &By,
) -> Answer {
    check_id(id)?;
    let change = change::<SeriesSpec>(request, id, by).await?;
    let changed = context.workspace("put_series", &change).await?;
    let series: SeriesView = outcome(changed, "series", id)?;
    tagged(&series, series.revision)
}

/// What may be said with a turn; nothing has to be.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Choices {
    /// With `publish`: what becomes of those who are under way.
    in_flight: Migration,
    /// With `resume`: what becomes of what fell due meanwhile.
    overdue: Overdue,
}

/// `POST /series/{id}/{publish|pause|resume|archive|unarchive}`.
pub(super) async fn turn(
    context: &Context,
    request: &mut Request,
    id: &str,
    turn: &str,
    by: &By,
) -> Answer {
    let choices: Choices = optional_body(request).await?;
    let turn = match turn {
        "publish" => Turn::Publish(choices.in_flight),
        "pause" => Turn::Pause,
        "archive" => Turn::Archive,
        "unarchive" => Turn::Unarchive,
        _ => Turn::Resume(choices.overdue),
    };
    let change = Change::of(id, by, turn);
    let series: SeriesView = outcome(context.workspace("turn", &change).await?, "series", id)?;
    tagged(&series, series.revision)
}

/// `GET /series/{id}/in-flight`.
pub(super) async fn in_flight(context: &Context, id: &str) -> Answer {
    let found: Option<Vec<Flight>> = context.workspace("in_flight", &id).await?;
    match found {
        Some(flights) => list(&flights, None),
        None => Err(Problem::not_found(format!("no series `{id}`")).into()),
    }
}

/// `GET /series/{id}/overdue`.
pub(super) async fn overdue(context: &Context, id: &str) -> Answer {
    let found: Option<Vec<Waiting>> = context.workspace("overdue", &id).await?;
    match found {
        Some(owed) => list(&owed, None),
        None => Err(Problem::not_found(format!("no series `{id}`")).into()),
    }
}

/// `GET /settings`.
pub(super) async fn settings(context: &Context) -> Answer {
    let view: SettingsView = context.workspace("settings", &()).await?;
    tagged(&view, view.revision)
}

/// `PUT /settings`.
pub(super) async fn put_settings(context: &Context, request: &mut Request, by: &By) -> Answer {
    let change = change::<Settings>(request, "settings", by).await?;
    let changed = context.workspace("put_settings", &change).await?;
    let view: SettingsView = outcome(changed, "settings", "settings")?;
    tagged(&view, view.revision)
}

/// `GET /series/{id}/problems`.
pub(super) async fn problems(context: &Context, id: &str) -> Answer {
    let found: Option<Vec<Refusal>> = context.workspace("problems", &id).await?;
    match found {
        Some(problems) => list(&problems, None),
        None => Err(Problem::not_found(format!("no series `{id}`")).into()),
    }
}
