//! `cargo xtask size`: what a visitor and the platform have to load, against its bounds.
//!
//! It measures what the last release build left in dist/; it builds nothing.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{files, processes, say, tools};

/// LIMIT: the SDK before the first message can show: module, JavaScript and styles.
const SDK_MAX: u64 = 32_000;
/// LIMIT: what it loads besides once a message needs it: shapes, surveys, triggers.
const SDK_LAZY_MAX: u64 = 6 * 1024;
/// LIMIT: the snippet in the page's head.
const SNIPPET_MAX: u64 = 1024;
/// LIMIT: what the console loads before its first page can show: scripts and styles.
const CONSOLE_MAX: u64 = 200 * 1024;
/// LIMIT: the Worker; the platform's own bound is 3 MB on its free plan. Ours was 1 MB until messages in the app got
/// their shapes; it goes back there.
const WORKER_MAX: u64 = 1040 * 1024;

/// One line of the table.
struct Row {
    name: String,
    raw: u64,
    packed: u64,
    packing: &'static str,
    max: Option<u64>,
}

pub(crate) fn run(check: bool, as_json: bool) -> Result<()> {
    tools::node_modules()?;
    let rows = measure()?;
    if as_json {
        let rows: Vec<Value> = rows
            .iter()
            .map(|row| {
                json!({ "name": row.name, "raw": row.raw, row.packing: row.packed, "max": row.max })
            })
            .collect();
        say::line(serde_json::to_string_pretty(&rows)?);
    } else {
        table(&rows);
    }
    let over: Vec<&str> = rows
        .iter()
        .filter(|row| row.max.is_some_and(|max| row.packed > max))
        .map(|row| row.name.as_str())
        .collect();
    if check && !over.is_empty() {
        bail!("over the bound: {}", over.join(", "));
    }
    Ok(())
}

fn measure() -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    let (mut sdk, mut lazy) = (Vec::new(), Vec::new());
    let sdk_dir = files::at("dist/assets/sdk");
    if sdk_dir.is_dir() {
        for (short, path) in files::below(&sdk_dir)? {
            match short.to_string_lossy().as_ref() {
                "snippet.js" => {}
                "rekindle.js" | "rekindle_bg.wasm" => {
                    sdk.push((format!("sdk: {}", short.display()), path));
                }
                // Imported when it is needed; the hash in its name says nothing here.
                name => {
                    let short = name.split('-').next().unwrap_or(name);
                    lazy.push((format!("sdk, later: {short}"), path));
                }
            }
        }
    }
    let sdk = packed(&sdk, "brotli", None)?;
    let lazy = packed(&lazy, "brotli", None)?;
    let sums = [
        sum("sdk: at first", &sdk, SDK_MAX),
        sum("sdk, later: sum", &lazy, SDK_LAZY_MAX),
    ];
    rows.extend(sdk.into_iter().chain(lazy));
    rows.extend(sums.into_iter().flatten());

    let snippet = existing("snippet", "dist/assets/sdk/snippet.js");
    rows.extend(packed(&snippet, "brotli", Some(SNIPPET_MAX))?);

    let console = packed(&console()?, "brotli", None)?;
    rows.extend(self::sum("console: at first", &console, CONSOLE_MAX));

    let mut worker = existing("worker: index.js", "dist/worker/index.js");
    worker.extend(existing(
        "worker: index_bg.wasm",
        "dist/worker/index_bg.wasm",
    ));
    let worker = packed(&worker, "gzip", None)?;
    let sum = self::sum("worker: sum", &worker, WORKER_MAX);
    rows.extend(worker);
    rows.extend(sum);
    if rows.is_empty() {
        bail!("nothing to measure; run `cargo xtask build` first");
    }
    Ok(rows)
}

/// The scripts and styles that the console's page names itself.
fn console() -> Result<Vec<(String, PathBuf)>> {
    let page = files::at("dist/assets/console/index.html");
    if !page.is_file() {
        return Ok(Vec::new());
    }
    let html = files::read_text(&page)?;
    let assets = files::at("dist/assets");
    let named = html
        .split('"')
        .filter_map(|text| text.strip_prefix('/'))
        .filter(|path| path.starts_with("console/assets/"));
    Ok(named
        .map(|path| (path.to_owned(), assets.join(path)))
        .collect())
}

fn existing(name: &str, path: &str) -> Vec<(String, PathBuf)> {
    let path = files::at(path);
    if path.is_file() {
        vec![(name.to_owned(), path)]
    } else {
        Vec::new()
    }
}

fn packed(
    named: &[(String, PathBuf)],
    packing: &'static str,
    max: Option<u64>,
) -> Result<Vec<Row>> {
    let mut node = processes::npm_bin("node");
    node.arg(files::at("xtask/js/size.mjs"));
    node.args(named.iter().map(|(_, path)| path));
    let sizes: Vec<Value> = serde_json::from_str(&processes::output(&mut node)?)?;
    named
        .iter()
        .zip(sizes)
        .map(|((name, _), size)| {
            let number = |key: &str| {
                size.get(key)
                    .and_then(Value::as_u64)
                    .with_context(|| format!("no size of {name}"))
            };
            Ok(Row {
                name: name.clone(),
                raw: number("raw")?,
                packed: number(packing)?,
                packing,
                max,
            })
        })
        .collect()
}

fn sum(name: &str, rows: &[Row], max: u64) -> Option<Row> {
    rows.first().map(|first| Row {
        name: name.to_owned(),
        raw: rows.iter().map(|row| row.raw).sum(),
        packed: rows.iter().map(|row| row.packed).sum(),
        packing: first.packing,
        max: Some(max),
    })
}

fn table(rows: &[Row]) {
    say::line(format!(
        "{:<24} {:>10} {:>10}          {:>10}",
        "", "raw", "packed", "at most"
    ));
    for row in rows {
        let (max, verdict) = match row.max {
            None => (String::new(), ""),
            Some(max) if row.packed > max => (max.to_string(), "  OVER"),
            Some(max) => (max.to_string(), ""),
        };
        say::line(format!(
            "{:<24} {:>10} {:>10} {:<8} {:>10}{verdict}",
            row.name, row.raw, row.packed, row.packing, max
        ));
    }
}
