//! The admin API under `/api/v1`: JSON, tokens with roles ([`access`]), lists with a cursor, problems by RFC 9457.
//! Thin: it reads the request, asks the workspace or the shards, and shapes the answer.

mod access;
mod backtest;
mod boxes;
mod data;
mod definitions;
#[cfg(feature = "dev")]
mod development;
mod export;
mod find;
mod metrics;
mod operate;
mod people;
mod preview;
mod report;
mod routes;
mod segments;
mod series;

use serde::{Serialize, de::DeserializeOwned};
use worker::{Method, Request, Response};

use crate::{
    context::{Context, parameter},
    problem::{Answer, Problem},
};

/// Answers a request to `/api/v1/{path}`.
pub(crate) async fn answer(context: &Context, request: &mut Request, path: &[&str]) -> Answer {
    match (request.method(), path) {
        (Method::Post, ["session"]) => return access::sign_in(context, request).await,
        (Method::Delete, ["session"]) => return access::sign_out(context, request).await,
        _ => {}
    }
    let asker = access::admit(context, request, path).await?;
    let by = &asker.by;
    let method = request.method();
    match (&method, path) {
        (Method::Get, ["me"]) => access::me(&asker),
        (Method::Get, ["tokens"]) => access::tokens(context).await,
        (Method::Post, ["tokens"]) => access::add_token(context, request, by).await,
        (Method::Delete, ["tokens", id]) => access::remove_token(context, id, by).await,
        (Method::Get, ["audit"]) => access::audit(context, request).await,

        (Method::Get, ["data"]) => data::data(context).await,
        (Method::Get, ["data", "values"]) => data::values(context, request).await,

        (Method::Get, ["segments", "counts"]) => segments::counts(context).await,
        (Method::Post, ["segments", "preview"]) => find::preview(context, request).await,
        (Method::Get, ["segments"]) => definitions::segments(context).await,
        (Method::Get, ["segments", id]) => definitions::segment(context, id).await,
        (Method::Put, ["segments", id]) => definitions::put_segment(context, request, id, by).await,
        (Method::Delete, ["segments", id]) => definitions::delete_segment(context, id, by).await,
        (Method::Get, ["segments", id, "count"]) => people::count(context, id).await,
        (Method::Get, ["segments", id, "people"]) => people::members(context, request, id).await,

        (Method::Get, ["series"]) => definitions::all_series(context).await,
        (Method::Get, ["series", "figures"]) => series::figures(context, request).await,
        (Method::Get, ["series", id]) => definitions::series(context, id).await,
        (Method::Put, ["series", id]) => definitions::put_series(context, request, id, by).await,
        (
            Method::Post,
            [
                "series",
                id,
                turn @ ("publish" | "pause" | "resume" | "archive" | "unarchive"),
            ],
        ) => definitions::turn(context, request, id, turn, by).await,
        (Method::Get, ["series", id, "in-flight"]) => definitions::in_flight(context, id).await,
        (Method::Get, ["series", id, "overdue"]) => definitions::overdue(context, id).await,
        (Method::Get, ["series", id, "problems"]) => definitions::problems(context, id).await,
        (Method::Get, ["series", id, "experiments"]) => {
            report::experiments(context, request, id).await
        }

        (Method::Post, ["preview"]) => preview::preview(context, request).await,
        (Method::Get, ["series", id, "report"]) => report::report(context, request, id).await,

        (Method::Get, ["series", id, "report", "people"]) => {
            series::behind(context, request, id).await
        }
        (Method::Get, ["series", id, "versions"]) => series::versions(context, id).await,
        (Method::Get, ["series", id, "versions", number]) => {
            series::version(context, id, number).await
        }
        (Method::Delete, ["series", id]) => series::delete(context, id, by).await,

        (Method::Post, ["series", id, "backtest"]) => {
            backtest::backtest(context, request, id).await
        }
        (Method::Post, ["series", id, "test"]) => operate::test(context, request, id, by).await,

        (Method::Get, ["status"]) => operate::status(context).await,
        (Method::Get, ["metrics"]) => metrics::metrics(context).await,
        (Method::Get, ["dead-letters"]) => operate::dead_letters(context, request).await,
        (Method::Post, ["dead-letters", effect, "replay"]) => {
            operate::replay(context, effect, by).await
        }

        (Method::Get, ["settings"]) => definitions::settings(context).await,
        (Method::Put, ["settings"]) => definitions::put_settings(context, request, by).await,

        (Method::Post, ["import"]) => crate::ingest::import::import(context, request, by).await,
        (Method::Get, ["export"]) => export::export(context, by),
        (Method::Get, ["people"]) => find::list(context, request).await,
        (Method::Get, ["people", id]) => people::person(context, id).await,
        (Method::Delete, ["people", id]) => people::erase(context, id, by).await,
        (Method::Get, ["people", id, "messages"]) => people::messages(context, request, id).await,
        (Method::Get, ["people", id, "export"]) => people::export(context, id).await,
        (Method::Get, ["people", id, "events"]) => people::events(context, request, id).await,
        (Method::Get, ["people", id, "explain"]) => people::explain(context, request, id).await,

        (Method::Get, ["mailbox"]) => boxes::list_box(context, request, "mail").await,
        (Method::Get, ["mailbox", effect, "raw"]) => boxes::raw(context, effect).await,
        (Method::Get, ["pushes"]) => boxes::list_box(context, request, "push").await,
        (Method::Get, ["webhooks"]) => boxes::list_box(context, request, "webhook").await,

        #[cfg(feature = "dev")]
        (Method::Get, ["dev", "clock"]) => development::clock(context).await,
        #[cfg(feature = "dev")]
        (Method::Post, ["dev", "clock"]) => development::move_clock(context, request).await,

        _ => Err(
            Problem::not_found(format!("no {} /api/v1/{}", method.as_ref(), path.join("/"))).into(),
        ),
    }
}

// LIMIT: a series of 250 steps with a long mail each stays below.
const BODY_BYTES_MAX: usize = 1024 * 1024;

async fn bytes(request: &mut Request) -> Answer<Vec<u8>> {
    let bytes = request.bytes().await?;
    if bytes.len() > BODY_BYTES_MAX {
        return Err(Problem::too_large(format!("a body may have {BODY_BYTES_MAX} bytes")).into());
    }
    Ok(bytes)
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    crate::json::read_strictly(bytes)
        .map_err(|error| Problem::bad_request(error.to_string()).into())
}

/// Reads a JSON body.
async fn body<T: DeserializeOwned>(request: &mut Request) -> Answer<T> {
    read(&bytes(request).await?)
}

/// Reads a JSON body where one may be left out.
async fn optional_body<T: DeserializeOwned + Default>(request: &mut Request) -> Answer<T> {
    match bytes(request).await?.as_slice() {
        [] => Ok(T::default()),
        bytes => read(bytes),
    }
}

fn json<T: Serialize>(answer: &T) -> Answer {
    Ok(Response::from_json(answer)?)
}

#[derive(Serialize)]
struct Page<'a, T> {
    items: &'a [T],
    next: Option<&'a str>,
}

/// A page of a list.
fn list<T: Serialize>(items: &[T], next: Option<&str>) -> Answer {
    json(&Page { items, next })
}

/// How many items a page of a list may have.
fn limit(request: &Request) -> Answer<u32> {
    const LIMIT_DEFAULT: u32 = 50;
    const LIMIT_MAX: u32 = 100;
    match parameter(request, "limit") {
        None => Ok(LIMIT_DEFAULT),
        Some(text) => match text.parse() {
            Ok(limit @ 1..=LIMIT_MAX) => Ok(limit),
            _ => Err(
                Problem::bad_request(format!("`limit` is a number from 1 to {LIMIT_MAX}")).into(),
            ),
        },
    }
}
