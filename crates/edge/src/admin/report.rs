//! `GET /series/{id}/report`: what the shards counted, added up. The arithmetic is core's.

use rekindle_core::{
    report::{Count, Report},
    series::SeriesSpec,
};

use super::{definitions::find_series, json};
use crate::{context::Context, problem::Answer, shard::messages::Counter};

pub(super) async fn report(context: &Context, id: &str) -> Answer {
    let series = find_series(context, id).await?;
    let counters: Vec<Vec<Counter>> = context.every_shard("report", &id).await?;
    let counts: Vec<Count> = counters
        .into_iter()
        .flatten()
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
