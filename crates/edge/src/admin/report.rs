//! `GET /series/{id}/report?from=…&to=…`: what the shards counted, added up. The arithmetic is core's.

use std::ops::RangeInclusive;

use rekindle_core::{
    report::{Count, Report},
    series::SeriesSpec,
    time::parse_instant,
    window::DAY_MS,
};
use worker::Request;

use super::{definitions::find_series, json};
use crate::{
    context::{Context, parameter},
    problem::{Answer, Problem},
    shard::messages::Counter,
};

/// The days from `?from=` to `?to=`, both included, counted from 1970-01-01 in UTC.
fn days(request: &Request) -> Answer<RangeInclusive<i64>> {
    let day = |name: &str| match parameter(request, name) {
        None => Ok(None),
        Some(text) => match parse_instant(&text).filter(|_| text.len() == "2026-11-23".len()) {
            Some(midnight) => Ok(Some(midnight.div_euclid(DAY_MS))),
            None => Err(Problem::bad_request(format!(
                "`{name}={text}` is no day: write one such as `2026-11-23`"
            ))),
        },
    };
    let (from, to) = (
        day("from")?.unwrap_or(i64::MIN),
        day("to")?.unwrap_or(i64::MAX),
    );
    if from > to {
        return Err(Problem::bad_request("`from` lies after `to`: swap the two").into());
    }
    Ok(from..=to)
}

pub(super) async fn report(context: &Context, request: &Request, id: &str) -> Answer {
    let series = find_series(context, id).await?;
    let days = days(request)?;
    let counters: Vec<Vec<Counter>> = context.every_shard("report", &id).await?;
    let counts: Vec<Count> = counters
        .into_iter()
        .flatten()
        .filter(|counter| days.contains(&counter.day))
        .map(|counter| Count {
            version: counter.version,
            step: counter.step,
            metric: counter.metric,
            day: counter.day,
            count: counter.count,
        })
        .collect();
    let spec: &SeriesSpec = &series.draft;
    let report = Report::new(spec, &counts);
    let mut answer = serde_json::to_value(&report)?;
    if let Some(object) = answer.as_object_mut() {
        object.insert("id".to_owned(), id.into());
        object.insert("state".to_owned(), serde_json::to_value(series.state)?);
        object.insert("as_of".to_owned(), context.now().await?.into());
    }
    json(&answer)
}
