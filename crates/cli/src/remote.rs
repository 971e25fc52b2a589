//! `rekindle diff` and `rekindle push`: files against a workspace, over its admin API.
//! Never deletes: what the workspace has and the files have not is named and left alone.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{Read, Write},
    path::Path,
    time::Duration,
};

use rekindle_core::series::{SegmentSpec, SeriesSpec};
use serde::Serialize;
use serde_json::Value;

use crate::{Outcome, definitions::Definitions, validate};

const TIMEOUT: Duration = Duration::from_secs(30);

/// A workspace, by its address.
pub(crate) struct Workspace {
    agent: ureq::Agent,
    origin: String,
    token: String,
}

impl Workspace {
    pub(crate) fn new(origin: &str, token: &str) -> Self {
        let settings = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .build();
        Self {
            agent: settings.into(),
            origin: origin.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        }
    }

    fn get(&self, path: &str) -> Result<Value, String> {
        let request = self.agent.get(format!("{}{path}", self.origin));
        let answer = request
            .header("authorization", format!("Bearer {}", self.token))
            .call();
        read(path, answer)
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("{}{path}", self.origin);
        let request = if method == "PUT" {
            self.agent.put(url)
        } else {
            self.agent.post(url)
        };
        let request = request.header("authorization", format!("Bearer {}", self.token));
        read(path, request.send_json(body))
    }

    /// Sends a part of a file of people and events.
    pub(crate) fn import(&self, query: &str, kind: &str, part: &[u8]) -> Result<Value, String> {
        let path = format!("/api/v1/import?{query}");
        let request = self.agent.post(format!("{}{path}", self.origin));
        let request = request
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", kind);
        read("/api/v1/import", request.send(part))
    }

    /// Everyone and everything, as it comes; however long that takes.
    pub(crate) fn export(&self) -> Result<impl Read, String> {
        let path = "/api/v1/export";
        let request = self.agent.get(format!("{}{path}", self.origin));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let answer = request.config().timeout_global(None).build().call();
        let answer = answer.map_err(|error| format!("{path}: {error}"))?;
        if answer.status().is_success() {
            return Ok(answer.into_body().into_reader());
        }
        Err(read(path, Ok(answer)).err().unwrap_or_default())
    }

    /// The definitions of a kind, by id, as the files would have them.
    fn all<T: Serialize + serde::de::DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<BTreeMap<String, Value>, String> {
        let answer = self.get(&format!("/api/v1/{kind}"))?;
        let items = answer
            .get("items")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut all = BTreeMap::new();
        for item in items {
            let id = item
                .get("id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            // A series is shown with its draft apart; a segment has its fields beside its figures.
            let spec = match item.get("draft") {
                Some(draft) => draft.clone(),
                None => only_fields(&item, &["name", "rule"]),
            };
            let spec: T = serde_json::from_value(spec)
                .map_err(|error| format!("{kind}/{id} of the workspace cannot be read: {error}"))?;
            all.insert(id, value_of(&spec)?);
        }
        Ok(all)
    }
}

fn only_fields(item: &Value, fields: &[&str]) -> Value {
    let kept = fields
        .iter()
        .filter_map(|field| Some(((*field).to_owned(), item.get(field)?.clone())));
    Value::Object(kept.filter(|(_, value)| !value.is_null()).collect())
}

fn value_of<T: Serialize>(spec: &T) -> Result<Value, String> {
    serde_json::to_value(spec).map_err(|error| error.to_string())
}

type Answer = Result<ureq::http::Response<ureq::Body>, ureq::Error>;

fn read(path: &str, answer: Answer) -> Result<Value, String> {
    let mut answer = answer.map_err(|error| format!("{path}: {error}"))?;
    let status = answer.status();
    let text = answer
        .body_mut()
        .read_to_string()
        .map_err(|error| format!("{path}: {error}"))?;
    let json: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    if status.is_success() {
        return Ok(json);
    }
    let detail = json
        .get("detail")
        .and_then(Value::as_str)
        .map_or(text.as_str(), |detail| detail);
    Err(format!("{path}: {status}: {}", detail.trim()))
}

/// What differs: kind, id, what the files have, what the workspace has.
struct Difference {
    kind: &'static str,
    id: String,
    ours: Option<Value>,
    theirs: Option<Value>,
}

fn differences(
    definitions: &Definitions,
    workspace: &Workspace,
) -> Result<Vec<Difference>, String> {
    let mut ours: BTreeMap<(&'static str, String), Value> = BTreeMap::new();
    for (id, segment) in &definitions.segments {
        ours.insert(("segments", id.clone()), value_of(&segment.spec)?);
    }
    for (id, series) in &definitions.series {
        ours.insert(("series", id.clone()), value_of(&series.spec)?);
    }
    let mut theirs: BTreeMap<(&'static str, String), Value> = BTreeMap::new();
    for (id, spec) in workspace.all::<SegmentSpec>("segments")? {
        theirs.insert(("segments", id), spec);
    }
    for (id, spec) in workspace.all::<SeriesSpec>("series")? {
        theirs.insert(("series", id), spec);
    }
    let mut keys: Vec<(&'static str, String)> = ours.keys().chain(theirs.keys()).cloned().collect();
    // Segments first: series refer to them.
    keys.sort();
    keys.dedup();
    let of = |key: &(&'static str, String)| Difference {
        kind: key.0,
        id: key.1.clone(),
        ours: ours.get(key).cloned(),
        theirs: theirs.get(key).cloned(),
    };
    Ok(keys
        .iter()
        .map(of)
        .filter(|one| !alike(one.ours.as_ref(), one.theirs.as_ref()))
        .collect())
}

/// The workspace gives a segment without a name its id for one.
fn alike(ours: Option<&Value>, theirs: Option<&Value>) -> bool {
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        return ours == theirs;
    };
    if ours.get("name").is_none() && ours.get("rule").is_some() {
        return ours.get("rule") == theirs.get("rule");
    }
    ours == theirs
}

fn checked(directory: &Path, out: &mut dyn Write) -> Result<Option<Definitions>, String> {
    let mut report = Vec::new();
    let paths = [directory.to_path_buf()];
    match validate::run(&paths, &mut report).map_err(|error| error.to_string())? {
        Outcome::Fine => Ok(Some(Definitions::below(directory))),
        Outcome::Wrong => {
            out.write_all(&report).map_err(|error| error.to_string())?;
            Ok(None)
        }
    }
}

pub(crate) fn diff(
    directory: &Path,
    workspace: &Workspace,
    out: &mut dyn Write,
) -> Result<Outcome, String> {
    let Some(definitions) = checked(directory, out)? else {
        return Ok(Outcome::Wrong);
    };
    let differences = differences(&definitions, workspace)?;
    let lines = differences
        .iter()
        .map(|one| match (&one.ours, &one.theirs) {
            (Some(_), None) => format!("+ {}/{}\n", one.kind, one.id),
            (None, _) => format!(
                "? {}/{} is in the workspace only, and stays\n",
                one.kind, one.id
            ),
            (Some(ours), Some(theirs)) => {
                format!("~ {}/{}\n{}", one.kind, one.id, fields("  ", ours, theirs))
            }
        });
    let text: String = if differences.is_empty() {
        "nothing differs\n".to_owned()
    } else {
        lines.collect()
    };
    out.write_all(text.as_bytes())
        .map_err(|error| error.to_string())?;
    Ok(Outcome::Fine)
}

/// The fields that differ, each as it is there and as it is here.
fn fields(indent: &str, ours: &Value, theirs: &Value) -> String {
    let (Some(ours), Some(theirs)) = (ours.as_object(), theirs.as_object()) else {
        return String::new();
    };
    let mut names: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
    names.sort();
    names.dedup();
    let mut text = String::new();
    for name in names {
        let (ours, theirs) = (ours.get(name), theirs.get(name));
        if ours == theirs {
            continue;
        }
        for (sign, value) in [("-", theirs), ("+", ours)] {
            if let Some(value) = value {
                let _ = writeln!(text, "{indent}{sign} {name}: {value}");
            }
        }
    }
    text
}

pub(crate) fn push(
    directory: &Path,
    workspace: &Workspace,
    publish: bool,
    out: &mut dyn Write,
) -> Result<Outcome, String> {
    let Some(definitions) = checked(directory, out)? else {
        return Ok(Outcome::Wrong);
    };
    let mut pushed = 0;
    for Difference { kind, id, ours, .. } in differences(&definitions, workspace)? {
        let Some(ours) = ours else { continue };
        workspace.send("PUT", &format!("/api/v1/{kind}/{id}"), &ours)?;
        pushed += 1;
        let mut done = "written";
        if publish && kind == "series" {
            workspace.send(
                "POST",
                &format!("/api/v1/series/{id}/publish"),
                &Value::Null,
            )?;
            done = "written and published";
        }
        writeln!(out, "{kind}/{id} {done}").map_err(|error| error.to_string())?;
    }
    writeln!(out, "{pushed} pushed").map_err(|error| error.to_string())?;
    Ok(Outcome::Fine)
}
