//! The figures of a series, `/report` and `/experiments`: what the shards counted, added up. The
//! arithmetic is core's.

use std::{collections::BTreeMap, ops::RangeInclusive};

use rekindle_core::{
    report::{Count, Experiment, Look, Report},
    series::SeriesSpec,
    time::parse_instant,
    window::DAY_MS,
};
use serde::de::DeserializeOwned;
use worker::Request;

use super::{definitions::find_series, json, list};
use crate::{
    context::{Context, parameter},
    json::{read_tree, tree},
    problem::{Answer, Problem},
    shard::messages::Counter,
};

/// What every shard counted for a series.
async fn counts(context: &Context, id: &str) -> Answer<Vec<Count>> {
    let counters: Vec<Vec<Counter>> = context.every_shard("report", &id).await?;
    let counts = counters.into_iter().flatten().map(|counter| Count {
        version: counter.version,
        step: counter.step,
        metric: counter.metric,
        day: counter.day,
        count: counter.count,
    });
    Ok(counts.collect())
}

/// A word of the query; what is meant without it where it is absent.
fn word<T: DeserializeOwned + Default>(request: &Request, name: &str, words: &str) -> Answer<T> {
    match parameter(request, name) {
        None => Ok(T::default()),
        Some(word) => read_tree(&word.into())
            .map_err(|_| Problem::bad_request(format!("`{name}` is one of {words}")).into()),
    }
}

/// `GET /series/{id}/experiments?metric=…&method=…`.
pub(super) async fn experiments(context: &Context, request: &Request, id: &str) -> Answer {
    let metrics = "`opened`, `clicked`, `converted`, `re_engaged`";
    let look = Look {
        metric: word(request, "metric", metrics)?,
        method: word(request, "method", "`sequential`, `bayesian`, `once`")?,
        today: context.now().await?.div_euclid(DAY_MS),
    };
    find_series(context, id).await?;
    let versions: BTreeMap<u32, SeriesSpec> = context.workspace("specs", &id).await?;
    let counts = counts(context, id).await?;
    list(&Experiment::all(&versions, &counts, look), None)
}

/// Every day that is asked for where no other is; what SQLite and JavaScript both count exactly.
const EVER: RangeInclusive<i64> = i32::MIN as i64..=i32::MAX as i64;

/// The days from `?from=` to `?to=`, both included, counted from 1970-01-01 in UTC.
pub(super) fn days(request: &Request) -> Answer<RangeInclusive<i64>> {
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
        day("from")?.unwrap_or(*EVER.start()),
        day("to")?.unwrap_or(*EVER.end()),
    );
    if from > to {
        return Err(Problem::bad_request("`from` lies after `to`: swap the two").into());
    }
    Ok(from..=to)
}

/// `GET /series/{id}/report?from=…&to=…`.
pub(super) async fn report(context: &Context, request: &Request, id: &str) -> Answer {
    let series = find_series(context, id).await?;
    let days = days(request)?;
    let mut counts = counts(context, id).await?;
    counts.retain(|count| days.contains(&count.day));
    let spec: &SeriesSpec = &series.draft;
    let report = Report::new(spec, &counts);
    let mut answer = tree(&report)?;
    if let Some(object) = answer.as_object_mut() {
        object.insert("id".to_owned(), id.into());
        object.insert("state".to_owned(), tree(&series.state)?);
        object.insert("as_of".to_owned(), context.now().await?.into());
    }
    json(&answer)
}
