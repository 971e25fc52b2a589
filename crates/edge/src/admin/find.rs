//! People found: the list with its filters, and the preview of a rule.
//! Shards look at slices; this puts them together in the order of ids.

use rekindle_core::rule::{AnySpelling, Asked, Names, Problem as Fault, Rule, Segments, read};
use serde::Deserialize;
use serde_json::{Value as Json, json as object};
use worker::Request;

use super::{body, json, limit, people::check_segment};
use crate::{
    bindings::shards,
    context::{Context, parameter},
    json::{read_text, read_tree, tree},
    problem::{Answer, Problem},
    shard::messages::{Find, Found, NamesSeen},
    workspace::messages::SegmentView,
};

// LIMIT: what a shard looks at for one page, so that a rule that few pass answers at once; of 16
// shards it is 16,000 people. The caller goes on from `next`.
const LOOK_A_PAGE: u32 = 1_000;

// LIMIT: what a shard counts in one call of a preview, between which it serves others.
const LOOK_A_COUNT: u32 = 2_000;

// LIMIT: how many rounds a preview asks for; of 16 shards it is 640,000 people.
const ROUNDS_MAX: u32 = 20;

// LIMIT: some faces to a number, not a list.
const FACES: usize = 10;

async fn segments(context: &Context) -> Answer<Segments> {
    let views: Vec<SegmentView> = context.workspace("segments", &()).await?;
    let rule = |view: SegmentView| Ok((view.id, read_tree(&view.tree)?));
    views.into_iter().map(rule).collect()
}

fn unreadable(faults: &[Fault]) -> Problem {
    let detail = faults.first().map(ToString::to_string).unwrap_or_default();
    let problems: Vec<Json> = faults.iter().map(|fault| problem("error", fault)).collect();
    Problem::bad_request(detail).with(Json::Array(problems))
}

fn problem(severity: &str, fault: &Fault) -> Json {
    object!({
        "severity": severity, "at": fault.at, "path": fault.path, "message": fault.message,
    })
}

/// `GET /people?rule=…|segment=…&q=…`, by id.
pub(super) async fn list(context: &Context, request: &Request) -> Answer {
    let limit = limit(request)?;
    let rule = match parameter(request, "rule") {
        None => None,
        Some(text) => {
            let written = read(&text).map_err(|faults| unreadable(&faults))?;
            let resolved = written.rule.resolve(&segments(context).await?);
            Some(resolved.map_err(|fault| unreadable(&[fault]))?)
        }
    };
    let segment = parameter(request, "segment");
    if let Some(id) = &segment {
        check_segment(context, id).await?;
    }
    let find = Find {
        rule,
        segment,
        text: parameter(request, "q"),
        after: parameter(request, "cursor").unwrap_or_default(),
        limit: limit.saturating_add(1),
        look: LOOK_A_PAGE,
        until_full: true,
    };
    let found: Vec<Found> = context.every_shard("find", &find).await?;
    let looked_at: u64 = found.iter().map(|found| u64::from(found.looked_at)).sum();
    let slices = found.into_iter().map(|found| Slice {
        items: found.people,
        reached: found.reached,
    });
    let (people, next) = page(slices.collect(), limit as usize, id_of);
    json(&object!({ "items": people, "next": next, "looked_at": looked_at }))
}

fn id_of(person: &Json) -> &str {
    person.get("id").and_then(Json::as_str).unwrap_or_default()
}

/// What one shard found, in the order of ids, and how far it came; nothing once it came to the end.
pub(super) struct Slice<T> {
    pub(super) items: Vec<T>,
    pub(super) reached: Option<String>,
}

/// The first items of all shards in the order of ids, and where to go on. Beyond the nearest place
/// that a shard has reached, another may still have someone.
pub(super) fn page<T>(
    slices: Vec<Slice<T>>,
    limit: usize,
    id: fn(&T) -> &str,
) -> (Vec<T>, Option<String>) {
    let reached = slices.iter().filter_map(|slice| slice.reached.as_ref());
    let horizon = reached.min().cloned();
    let mut items: Vec<T> = slices.into_iter().flat_map(|slice| slice.items).collect();
    items.retain(|item| {
        horizon
            .as_ref()
            .is_none_or(|horizon| id(item) <= horizon.as_str())
    });
    items.sort_by(|one, other| id(one).cmp(id(other)));
    if items.len() > limit {
        items.truncate(limit);
        let next = items.last().map(|last| id(last).to_owned());
        return (items, next);
    }
    (items, horizon)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    rule: Json,
}

/// A rule as it was read, with all that is wrong with it.
struct Reading {
    rule: Option<Rule>,
    problems: Vec<Json>,
}

impl Reading {
    fn of(draft: Json, names: &Names) -> Self {
        let errors = |faults: &[Fault]| Self {
            rule: None,
            problems: faults.iter().map(|fault| problem("error", fault)).collect(),
        };
        let (rule, faults) = if let Json::String(text) = draft {
            match read(&text) {
                Ok(written) => {
                    let faults = written.problems(names, Asked::AtTheEdge);
                    (written.rule, faults)
                }
                Err(faults) => return errors(&faults),
            }
        } else {
            match read_tree::<AnySpelling>(&draft) {
                Ok(AnySpelling(rule)) => {
                    let faults = rule.problems(names, Asked::AtTheEdge);
                    (rule, faults)
                }
                Err(error) => {
                    let problem =
                        object!({ "severity": "error", "at": null, "message": error.to_string() });
                    return Self {
                        rule: None,
                        problems: vec![problem],
                    };
                }
            }
        };
        Self {
            rule: Some(rule),
            problems: faults
                .iter()
                .map(|fault| problem("warning", fault))
                .collect(),
        }
    }
}

/// `POST /segments/preview`: how many a rule would hold for now, some of them, and what is wrong
/// with it.
pub(super) async fn preview(context: &Context, request: &mut Request) -> Answer {
    let Draft { rule } = body(request).await?;
    let given = rule.as_str().map(str::to_owned);
    let mut names = Names::default();
    for seen in context.every_shard::<_, NamesSeen>("names", &()).await? {
        names.attributes.extend(seen.attributes);
        names.events.extend(seen.events);
    }
    let mut reading = Reading::of(rule, &names);
    let text = reading.rule.as_ref().map(ToString::to_string).or(given);
    let tree = tree(&reading.rule)?;
    let resolved = match &reading.rule {
        None => None,
        Some(rule) => match rule.resolve(&segments(context).await?) {
            Ok(resolved) => Some(resolved),
            Err(fault) => {
                reading.problems.push(problem("error", &fault));
                None
            }
        },
    };
    let counted = match resolved {
        Some(rule) => Some(count(context, rule).await?),
        None => None,
    };
    let people: Vec<Json> = counted.iter().flat_map(faces).collect();
    let of = |value: fn(&Counted) -> Json| counted.as_ref().map(value);
    json(&object!({
        "text": text,
        "json": tree,
        "count": of(|counted| counted.matched.into()),
        "looked_at": of(|counted| counted.looked_at.into()),
        "exact": of(|counted| counted.is_exact.into()),
        "as_of": of(|counted| counted.as_of.into()),
        "people": people,
        "problems": reading.problems,
    }))
}

#[derive(Default)]
struct Counted {
    matched: u64,
    looked_at: u64,
    as_of: i64,
    people: Vec<Json>,
    /// Whether everyone was looked at.
    is_exact: bool,
}

fn faces(counted: &Counted) -> impl Iterator<Item = Json> + '_ {
    let face = |person: &Json| {
        object!({
            "id": person.get("id"),
            "attributes": person.get("attributes"),
            "last_seen": person.get("last_seen"),
        })
    };
    counted.people.iter().take(FACES).map(face)
}

/// Lets every shard count, slice by slice.
async fn count(context: &Context, rule: Rule) -> Answer<Counted> {
    let mut counted = Counted::default();
    let mut open: Vec<(u64, String)> = (0..shards(&context.env))
        .map(|number| (number, String::new()))
        .collect();
    for _ in 0..ROUNDS_MAX {
        let mut questions = Vec::new();
        for (number, after) in &open {
            let find = Find {
                rule: Some(rule.clone()),
                after: after.clone(),
                limit: u32::try_from(FACES).unwrap_or(0),
                look: LOOK_A_COUNT,
                ..Find::default()
            };
            questions.push((*number, serde_json::to_string(&find)?));
        }
        let answers = context.ask_shards("find", questions).await?;
        open.clear();
        for (number, text) in answers {
            let found: Found = read_text(&text)?;
            counted.matched += found.matched;
            counted.looked_at += u64::from(found.looked_at);
            counted.as_of = counted.as_of.max(found.as_of);
            counted.people.extend(found.people);
            open.extend(found.reached.map(|reached| (number, reached)));
        }
        if open.is_empty() {
            counted.is_exact = true;
            break;
        }
    }
    counted
        .people
        .sort_by(|one, other| id_of(one).cmp(id_of(other)));
    Ok(counted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(ids: &[&str], reached: Option<&str>) -> Slice<String> {
        Slice {
            items: ids.iter().map(|id| (*id).to_owned()).collect(),
            reached: reached.map(str::to_owned),
        }
    }

    #[test]
    fn a_page_stops_where_another_shard_may_still_have_someone() {
        for (shards, limit, expected, next) in [
            (
                vec![found(&["b", "d"], None), found(&["a"], None)],
                5,
                "a b d",
                None,
            ),
            (
                vec![found(&["b", "d"], None), found(&["a"], None)],
                2,
                "a b",
                Some("b"),
            ),
            (
                vec![found(&["b", "d"], None), found(&["a"], Some("c"))],
                5,
                "a b",
                Some("c"),
            ),
            (
                vec![found(&["x"], Some("x")), found(&[], Some("c"))],
                5,
                "",
                Some("c"),
            ),
            (vec![found(&[], None)], 5, "", None),
        ] {
            let (ids, told) = page(shards, limit, String::as_str);
            assert_eq!((ids.join(" ").as_str(), told.as_deref()), (expected, next));
        }
    }
}
