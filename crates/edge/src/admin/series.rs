//! Beyond the draft: figures of all series, versions that were published, archive and deletion; and
//! who is behind a number of a report.

use std::collections::BTreeMap;

use rekindle_core::{
    report::DEFINITIONS,
    series::{Metric, Number},
    window::DAY_MS,
};
use serde_json::{Value as Json, json as object};
use worker::{Request, Response};

use super::{
    definitions::{find_series, outcome},
    find::{Slice, page},
    json, limit, list,
    report::days,
};
use crate::{
    context::{Context, parameter},
    json::read_tree,
    problem::{Answer, Problem},
    shard::messages::{Behind, Figure, FoundBehind},
    workspace::messages::{By, Change, SeriesView, VersionView},
};

/// `GET /series/figures?from=…&to=…`: the numbers of every series that a list shows, in one question
/// to each shard.
pub(super) async fn figures(context: &Context, request: &Request) -> Answer {
    let days = days(request)?;
    let series: Vec<SeriesView> = context.workspace("all_series", &()).await?;
    let mut sums: BTreeMap<(String, Metric, bool), u64> = BTreeMap::new();
    for figure in context
        .every_shard::<_, Vec<Figure>>("figures", &(days.start(), days.end()))
        .await?
        .into_iter()
        .flatten()
    {
        let key = (figure.series, figure.metric, figure.of_step);
        *sums.entry(key).or_default() += figure.count;
    }
    let figures: BTreeMap<String, Json> = series
        .into_iter()
        .map(|series| {
            let sum = |metric, of_step| {
                let key = (series.id.clone(), metric, of_step);
                sums.get(&key).copied().unwrap_or(0)
            };
            let figures = figures_of(sum);
            (series.id, figures)
        })
        .collect();
    let definitions: BTreeMap<_, _> = DEFINITIONS.into_iter().collect();
    json(
        &object!({ "as_of": context.now().await?, "figures": figures, "definitions": definitions }),
    )
}

fn figures_of(sum: impl Fn(Metric, bool) -> u64) -> Json {
    let rate = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let runs = |metric| sum(metric, false);
    let [matched, entered, re_engaged, converted] = [
        Metric::Matched,
        Metric::Entered,
        Metric::ReEngaged,
        Metric::Converted,
    ]
    .map(runs);
    let churn_rate = |churned, stayed| {
        let churned = runs(churned);
        rate(churned, churned + runs(stayed))
    };
    object!({
        "matched": matched,
        "entered": entered,
        "enrollment_rate": rate(entered, matched),
        "sent": sum(Metric::Sent, true),
        "opened": sum(Metric::Opened, true),
        "clicked": sum(Metric::Clicked, true),
        "re_engaged": re_engaged,
        "re_engagement_rate": rate(re_engaged, entered),
        "converted": converted,
        "churn_rate": churn_rate(Metric::Churned30, Metric::Stayed30),
        "held_out_churn_rate": churn_rate(Metric::HeldOutChurned30, Metric::HeldOutStayed30),
    })
}

/// `GET /series/{id}/versions`, newest first.
pub(super) async fn versions(context: &Context, id: &str) -> Answer {
    let versions: Option<Vec<VersionView>> = context.workspace("versions", &id).await?;
    match versions {
        Some(versions) => list(&versions, None),
        None => Err(Problem::not_found(format!("no series `{id}`")).into()),
    }
}

/// `GET /series/{id}/versions/{n}`.
pub(super) async fn version(context: &Context, id: &str, number: &str) -> Answer {
    let none = || Problem::not_found(format!("no version `{number}` of a series `{id}`"));
    let wanted: u32 = number.parse().map_err(|_| none())?;
    let found: Option<(Json, Json)> = context.workspace("version", &(id, wanted)).await?;
    let (mut version, spec) = found.ok_or_else(none)?;
    if let Some(version) = version.as_object_mut() {
        version.insert("spec".to_owned(), spec);
    }
    json(&version)
}

/// `DELETE /series/{id}`: a draft that was never published.
pub(super) async fn delete(context: &Context, id: &str, by: &By) -> Answer {
    let change = Change::of(id, by, ());
    outcome::<()>(
        context.workspace("delete_series", &change).await?,
        "series",
        id,
    )?;
    Ok(Response::empty()?.with_status(204))
}

// LIMIT: what a shard looks at for one page; of 16 shards it is 32,000 people. The caller goes on
// from `next`.
const LOOK_A_PAGE: u32 = 2_000;

/// `GET /series/{id}/report/people?metric=…&step=…&variant=…&version=…&from=…&to=…`: who is behind a
/// number, by id.
pub(super) async fn behind(context: &Context, request: &Request, id: &str) -> Answer {
    find_series(context, id).await?;
    let limit = limit(request)?;
    let word = parameter(request, "metric").unwrap_or_default();
    let metric: Metric = read_tree(&word.clone().into()).map_err(|_| {
        Problem::bad_request(format!(
            "`metric={word}` is no number of a report: name one such as `entered` or `sent`"
        ))
    })?;
    let version = parameter(request, "version").map(|text| {
        let none = || Problem::bad_request(format!("`version={text}` is no number"));
        text.parse::<u32>().map_err(|_| none())
    });
    let days = days(request)?;
    let question = Behind {
        series: id.to_owned(),
        metric,
        step: parameter(request, "step"),
        variant: parameter(request, "variant"),
        version: version.transpose()?,
        within: (days.start() * DAY_MS, (days.end() + 1) * DAY_MS),
        after: parameter(request, "cursor").unwrap_or_default(),
        limit: limit.saturating_add(1),
        look: LOOK_A_PAGE,
    };
    let number = Number {
        series: id,
        metric,
        step: question.step.as_deref(),
        variant: question.variant.as_deref(),
        version: question.version,
        within: question.within,
    };
    if !number.is_kept() {
        let at = if number.step.is_some() {
            "at a step"
        } else {
            "without a step"
        };
        return Err(Problem::bad_request(format!(
            "who is behind `{word}` {at} is not kept: docs/api.md lists what can be opened"
        ))
        .into());
    }
    let found: Vec<FoundBehind> = context.every_shard("behind", &question).await?;
    let looked_at: u64 = found.iter().map(|found| u64::from(found.looked_at)).sum();
    let slices = found.into_iter().map(|found| Slice {
        items: found.people,
        reached: found.reached,
    });
    let (people, next) = page(slices.collect(), limit as usize, |person| {
        person.id.as_str()
    });
    json(&object!({ "items": people, "next": next, "looked_at": looked_at }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_rates_only_where_there_is_something_to_divide_by() {
        let none = figures_of(|_, _| 0);
        assert_eq!(none["enrollment_rate"], Json::Null);
        let some = figures_of(|metric, of_step| match (metric, of_step) {
            (Metric::Matched, false) => 8,
            (Metric::Entered, false) => 4,
            (Metric::ReEngaged, false) => 1,
            (Metric::Converted, false) => 2,
            (Metric::Converted, true) => 9,
            (Metric::Sent, true) => 5,
            (Metric::Churned30 | Metric::HeldOutStayed30, false) => 1,
            (Metric::Stayed30, false) => 3,
            _ => 0,
        });
        assert_eq!(some["enrollment_rate"], 0.5);
        assert_eq!(some["re_engagement_rate"], 0.25);
        assert_eq!(
            (&some["churn_rate"], &some["held_out_churn_rate"]),
            (&0.25.into(), &0.0.into())
        );
        assert_eq!((&some["sent"], &some["converted"]), (&5.into(), &2.into()));
    }
}
