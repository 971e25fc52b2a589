//! The Cloudflare Worker: it answers requests, consumes the queue and owns the Durable Objects.
//!
//! It decides nothing itself: decisions are `rekindle-core`'s. Routes ask objects, objects keep
//! state and call core, and what core decides is performed by `shard::perform` and `sends`.

mod access;
mod admin;
mod auth;
mod bindings;
mod clock;
mod console;
mod context;
mod hooks;
mod html;
mod ingest;
mod json;
mod log;
mod preferences;
mod problem;
mod schema;
mod sends;
#[expect(
    missing_docs,
    reason = "the macro of a Durable Object writes methods without docs"
)]
mod shard;
mod tracking;
#[expect(
    missing_docs,
    reason = "the macro of a Durable Object writes methods without docs"
)]
mod workspace;
mod zones;

use serde_json::json;
use worker::{
    Context as WorkerContext, Env, MessageBatch, Method, Request, Response, Result, event,
};

use self::{
    context::Context,
    problem::{Answer, Failure, Problem},
    shard::messages::Queued,
};

pub use shard::Shard;
pub use workspace::Workspace;

/// Answers one HTTP request.
#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _worker: WorkerContext) -> Result<Response> {
    let context = Context::new(env);
    let path = request.path();
    let segments: Vec<String> = path
        .trim_matches('/')
        .split('/')
        .map(|segment| percent_decode(segment).unwrap_or_else(|| segment.to_owned()))
        .collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match route(&context, &mut request, &segments).await {
        Ok(response) => Ok(response),
        Err(Failure::Theirs(problem)) => {
            let response = match segments.first() {
                Some(&"v1") => problem.response_for_segment()?,
                _ => problem.response()?,
            };
            // A page must be able to read what it did wrong.
            response.headers().set("access-control-allow-origin", "*")?;
            Ok(response)
        }
        Err(Failure::Ours(error)) => {
            let of = json!({
                "method": request.method().as_ref(),
                "path": segments.first(),
                "error": error.to_string(),
            });
            log::error("request_failed", of);
            let response =
                Response::error("the server failed; the request can be sent again", 500)?;
            response
                .headers()
                .set("content-type", "text/plain; charset=utf-8")?;
            Ok(response)
        }
    }
}

async fn route(context: &Context, request: &mut Request, path: &[&str]) -> Answer {
    match (request.method(), path) {
        (Method::Get, ["health"]) => {
            let (provider, problems) = sends::mail::health(&context.env);
            Ok(Response::from_json(&json!({
                "ok": problems.is_empty(),
                "version": env!("CARGO_PKG_VERSION"),
                "development": cfg!(feature = "dev"),
                "mail": { "provider": provider, "problems": problems },
            }))?)
        }
        (Method::Options, ["v1", ..]) => ingest::preflight(context),
        (Method::Get, ["v1", "boot"]) => ingest::boot(context, request).await,
        (Method::Get, ["v1", "bundle", version]) => ingest::bundle(context, request, version).await,
        (Method::Get, ["v1", "push-key"]) => sends::push::public_key(context).await,
        (Method::Post, ["v1", call]) => ingest::store(context, request, call).await,
        (_, ["api", "v1", rest @ ..]) => admin::answer(context, request, rest).await,
        #[cfg(feature = "dev")]
        (_, ["dev", "clock"]) => admin::answer(context, request, path).await,
        (Method::Get, ["console", ..]) => console::page(context).await,
        (Method::Post, ["hooks", provider]) => hooks::take(context, request, provider).await,
        (Method::Get | Method::Head, ["c", effect, link, tag]) => {
            tracking::follow(context, request, effect, link, tag).await
        }
        (Method::Get | Method::Head, ["o", effect, tag]) => {
            tracking::picture(context, request, effect, tag).await
        }
        (Method::Get, ["u", effect, tag]) => preferences::show(context, effect, tag).await,
        (Method::Post, ["u", effect, tag]) => {
            preferences::change(context, request, effect, tag).await
        }
        _ => Err(Problem::not_found(format!(
            "no {} /{}",
            request.method().as_ref(),
            path.join("/")
        ))
        .into()),
    }
}

/// A segment of a path as it was meant.
fn percent_decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Takes a batch of sends.
#[event(queue)]
async fn queue(batch: MessageBatch<Queued>, env: Env, _worker: WorkerContext) -> Result<()> {
    sends::consume(env, &batch).await
}
