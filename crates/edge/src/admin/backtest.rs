//! `POST /series/{id}/backtest`: a draft replayed over what is stored, before anything is sent.
//! Every shard replays slices of its people; what they forecast is added up by core.

use std::collections::BTreeMap;

use rekindle_core::{
    backtest::{Draft, Forecast},
    rule::AnySpelling,
    series::{Finding, SegmentSpec, SeriesSpec, policy::Settings},
    time::parse_instant,
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Value as Json;
use worker::Request;

use super::{body, definitions::find_series, json};
use crate::{
    bindings::shards,
    context::Context,
    json::{read_text, read_tree, tree},
    problem::{Answer, Problem},
    shard::messages::{Replay, Replayed},
    workspace::messages::{Refusal, SegmentView, SettingsView},
};

// LIMIT: how many slices of each shard one request replays; the caller goes on with what it got.
const ROUNDS_MAX: u32 = 4;

/// What every answer says of the attributes in it.
const ASSUMES: &str = "Attributes are taken as they are now, from when the first was heard of a \
    person: earlier values are not kept.";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    from: Json,
    to: Json,
    /// The series' own draft where it is absent.
    draft: Option<SeriesSpec>,
    against: Option<SeriesSpec>,
    /// The answer that this goes on from.
    so_far: Option<SoFar>,
}

#[derive(Deserialize)]
struct SoFar {
    forecast: Forecast,
    against: Option<Forecast>,
    /// The answer comes back as it was, with what it says of itself.
    #[expect(
        dead_code,
        reason = "what comes with an answer is taken, and not looked at"
    )]
    assumes: Option<IgnoredAny>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Told {
    forecast: Option<Forecast>,
    against: Option<Forecast>,
    assumes: &'static str,
    next: Option<String>,
}

fn instant(name: &str, value: &Json) -> Answer<i64> {
    let read = value
        .as_i64()
        .or_else(|| value.as_str().and_then(parse_instant));
    let unread = || {
        Problem::bad_request(format!(
            "`{name}` is not RFC 3339 or Unix milliseconds: {value}"
        ))
    };
    Ok(read.ok_or_else(unread)?)
}

fn findings(found: Vec<Finding>) -> Answer<Problem> {
    let refusals: Vec<Refusal> = found.into_iter().map(Refusal::from).collect();
    let detail = refusals
        .first()
        .map_or("", |refusal| refusal.message.as_str());
    Ok(Problem::bad_request(detail.to_owned()).with(tree(&refusals)?))
}

pub(super) async fn backtest(context: &Context, request: &mut Request, id: &str) -> Answer {
    let question: Question = body(request).await?;
    let mut drafts = match question.draft {
        Some(draft) => vec![draft],
        None => vec![find_series(context, id).await?.draft],
    };
    drafts.extend(question.against);
    let mut replay = Replay {
        series: id.to_owned(),
        drafts,
        segments: segments(context).await?,
        settings: settings(context).await?,
        from: instant("from", &question.from)?,
        // What has not come yet is not stored.
        to: instant("to", &question.to)?.min(context.now().await?),
        after: String::new(),
    };
    check(&replay)?;
    let count = usize::try_from(shards(&context.env)).unwrap_or(0);
    let (mut forecasts, mut places) = match question.so_far {
        None => (Vec::new(), vec![Some(String::new()); count]),
        Some(so_far) => go_on(so_far, &mut replay, count)?,
    };
    for _ in 0..ROUNDS_MAX {
        let mut questions = Vec::new();
        for (number, place) in (0..).zip(&places) {
            if let Some(after) = place {
                replay.after.clone_from(after);
                questions.push((number, serde_json::to_string(&replay)?));
            }
        }
        for (number, text) in context.ask_shards("backtest", questions).await? {
            let replayed: Replayed = read_text(&text)?;
            let place = usize::try_from(number)
                .ok()
                .and_then(|number| places.get_mut(number));
            if let Some(place) = place {
                *place = replayed.reached;
            }
            merge(&mut forecasts, replayed.forecasts);
        }
        if places.iter().all(Option::is_none) {
            break;
        }
    }
    let is_open = places.iter().any(Option::is_some);
    let next = is_open
        .then(|| serde_json::to_string(&places))
        .transpose()?;
    let mut forecasts = forecasts.into_iter();
    json(&Told {
        forecast: forecasts.next(),
        against: forecasts.next(),
        assumes: ASSUMES,
        next,
    })
}

/// What can be told before anyone is replayed: whether the drafts could be published, and the time.
fn check(replay: &Replay) -> Answer<()> {
    for draft in &replay.drafts {
        let (segments, settings) = (replay.segments.clone(), replay.settings.clone());
        if let Err(found) = Draft::new(&replay.series, draft.clone(), segments, settings) {
            return Err(findings(found)?.into());
        }
    }
    rekindle_core::backtest::check_span(replay.from, replay.to).map_err(Problem::bad_request)?;
    Ok(())
}

/// Takes up what an earlier answer left: over the very time that it was about.
fn go_on(
    so_far: SoFar,
    replay: &mut Replay,
    count: usize,
) -> Answer<(Vec<Forecast>, Vec<Option<String>>)> {
    let places = so_far.next.as_deref().map(read_text);
    let places: Vec<Option<String>> = places.and_then(Result::ok).unwrap_or_default();
    let forecasts: Vec<Forecast> = [so_far.forecast]
        .into_iter()
        .chain(so_far.against)
        .collect();
    if places.len() != count || forecasts.len() != replay.drafts.len() {
        return Err(Problem::bad_request(
            "`so_far` is not the answer to this question: send the answer whose `next` was not null",
        )
        .into());
    }
    if let Some(forecast) = forecasts.first() {
        (replay.from, replay.to) = (forecast.from, forecast.to);
    }
    Ok((forecasts, places))
}

fn merge(sums: &mut Vec<Forecast>, more: Vec<Forecast>) {
    if sums.is_empty() {
        *sums = more;
        return;
    }
    for (sum, more) in sums.iter_mut().zip(&more) {
        sum.merge(more);
    }
}

async fn segments(context: &Context) -> Answer<BTreeMap<String, SegmentSpec>> {
    let views: Vec<SegmentView> = context.workspace("segments", &()).await?;
    let spec = |view: SegmentView| {
        let rule = AnySpelling(read_tree(&view.tree)?);
        let name = Some(view.name);
        Ok((view.id, SegmentSpec { name, rule }))
    };
    views.into_iter().map(spec).collect()
}

async fn settings(context: &Context) -> Answer<Settings> {
    let view: SettingsView = context.workspace("settings", &()).await?;
    Ok(view.settings)
}
