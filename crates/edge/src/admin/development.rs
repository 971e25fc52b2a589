//! Development only: the clock, read and moved.

use serde::Deserialize;
use serde_json::json as object;
use worker::{Delay, Request};

use super::{body, json};
use crate::{
    bindings::shards,
    clock::{Clock, real_ms},
    context::Context,
    problem::{Answer, Problem},
    shard::messages::Advanced,
};
use rekindle_core::time::{format_instant, parse_instant, parse_span};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    /// How far to go on: `25h`, `1d2h30m5s1ms`.
    advance: Option<String>,
    /// Where to go: RFC 3339 or Unix ms. Back is possible; what was done stays done.
    now: Option<serde_json::Value>,
    /// Let it run with real time from where it is, or stand still.
    run: Option<bool>,
}

async fn known(context: &Context) -> Answer<Option<Clock>> {
    Ok(context.workspace("clock", &()).await?)
}

fn shown(clock: Option<Clock>, fired: Option<u64>) -> Answer {
    let now = clock.unwrap_or_default().now();
    json(&object!({
        "now": now,
        "at": format_instant(now),
        "set": clock.is_some(),
        "running": !matches!(clock, Some(Clock::Standing(_))),
        "fired": fired,
    }))
}

/// `GET /dev/clock`.
pub(super) async fn clock(context: &Context) -> Answer {
    shown(known(context).await?, None)
}

/// `POST /dev/clock`: answers when every timer on the way has fired and nothing is on its way out.
pub(super) async fn move_clock(context: &Context, request: &mut Request) -> Answer {
    let order: Move = body(request).await?;
    let now = known(context).await?.unwrap_or_default().now();
    let target = match (&order.advance, &order.now) {
        (Some(span), None) => now.saturating_add(parse_span(span).map_err(Problem::bad_request)?),
        (None, Some(instant)) => instant
            .as_i64()
            .or_else(|| instant.as_str().and_then(parse_instant))
            .ok_or_else(|| Problem::bad_request("`now` is not RFC 3339 or Unix milliseconds"))?,
        (None, None) if order.run.is_some() => now,
        _ => {
            return Err(Problem::bad_request(
                "send one of {\"advance\":\"25h\"}, {\"now\":\"2026-11-23T00:00:00Z\"}, {\"run\":true}",
            )
            .into());
        }
    };
    let mut fired = 0;
    if target < now {
        let clock = Clock::Standing(target);
        let _: Vec<()> = context.every_shard("clock", &clock).await?;
    } else {
        // Where it goes is written down first: after a crash on the way, moving it by nothing brings
        // every shard there.
        let () = context
            .workspace("set_clock", &Clock::Standing(target))
            .await?;
        fired = advance(context, target).await?;
    }
    let clock = match order.run {
        Some(true) => Clock::Offset(target.saturating_sub(real_ms())),
        Some(false) | None => Clock::Standing(target),
    };
    if order.run == Some(true) {
        let _: Vec<()> = context.every_shard("clock", &clock).await?;
    }
    let () = context.workspace("set_clock", &clock).await?;
    Context::hear_clock(clock);
    shown(Some(clock), Some(fired))
}

/// Every shard goes on by itself; one that has something to send waits until it is sent.
async fn advance(context: &Context, target: i64) -> Answer<u64> {
    const PAUSE_MS: u64 = 5;
    let mut fired = 0;
    let mut open: Vec<u64> = (0..shards(&context.env)).collect();
    while !open.is_empty() {
        let asked = open.iter().map(async |number| {
            let advanced: Advanced = context.shard(*number, "advance", &target).await?;
            Ok::<_, worker::Error>((*number, advanced))
        });
        let answers = futures_util::future::try_join_all(asked).await?;
        fired += answers
            .iter()
            .map(|(_, advanced)| advanced.fired)
            .sum::<u64>();
        open = answers
            .into_iter()
            .filter(|(_, a)| !a.done)
            .map(|(number, _)| number)
            .collect();
        if !open.is_empty() {
            Delay::from(std::time::Duration::from_millis(PAUSE_MS)).await;
        }
    }
    Ok(fired)
}
