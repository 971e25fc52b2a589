//! `GET /export`: everything of everyone, one message a line, so that it can be imported again.

use futures_util::stream;
use serde_json::json;
use worker::{Headers, ResponseBuilder};

use crate::{
    bindings,
    context::Context,
    problem::Answer,
    shard::messages::{Lines, Place},
    workspace::messages::By,
};

/// Streams the shards one after the other, a page of each at a time. A stream that breaks off did not
/// tell everything: the last line of a whole one is `{"type":"end"}`.
/// Before a page leaves, the audit log counts it.
pub(super) fn export(context: &Context, by: &By) -> Answer {
    let (env, by) = (context.env.clone(), by.clone());
    let start = Some((0, Place::default()));
    let pages = stream::try_unfold(start, move |at| {
        let (context, by) = (Context::new(env.clone()), by.clone());
        async move {
            let Some((number, place)) = at else {
                return Ok::<_, worker::Error>(None);
            };
            if number == bindings::shards(&context.env) {
                return Ok(Some((b"{\"type\":\"end\"}\n".to_vec(), None)));
            }
            let lines: Lines = context.shard(number, "export", &place).await?;
            let after = json!({ "lines": lines.text.lines().count() });
            let deed = ("export", "workspace", "workspace");
            context.note("tally", &by, deed, after).await?;
            let next = match lines.next {
                Some(place) => (number, place),
                None => (number + 1, Place::default()),
            };
            Ok(Some((lines.text.into_bytes(), Some(next))))
        }
    });
    let headers = Headers::new();
    headers.set("content-type", "application/x-ndjson")?;
    headers.set(
        "content-disposition",
        "attachment; filename=\"export.jsonl\"",
    )?;
    Ok(ResponseBuilder::new()
        .with_headers(headers)
        .from_stream(pages)?)
}
