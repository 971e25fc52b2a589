//! `GET /export`: everything of everyone, one message a line, so that it can be imported again.

use futures_util::stream;
use worker::{Headers, ResponseBuilder};

use crate::{
    bindings::{self, ask},
    context::Context,
    problem::Answer,
    shard::messages::{Lines, Place},
};

/// Streams the shards one after the other, a page of each at a time. A stream that breaks off did not
/// tell everything: the last line of a whole one is `{"type":"end"}`.
pub(super) fn export(context: &Context) -> Answer {
    let env = context.env.clone();
    let start = Some((0, Place::default()));
    let pages = stream::try_unfold(start, move |at| {
        let env = env.clone();
        async move {
            let Some((number, place)) = at else {
                return Ok::<_, worker::Error>(None);
            };
            if number == bindings::shards(&env) {
                return Ok(Some((b"{\"type\":\"end\"}\n".to_vec(), None)));
            }
            let lines: Lines = ask(&bindings::shard(&env, number)?, "export", &place).await?;
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
