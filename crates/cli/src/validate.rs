//! `rekindle validate`: every problem of every file, as the workspace would find them.
//! Does not know which attributes and events the data has, and so does not warn of unknown ones.

use std::{
    io::{Result, Write},
    path::{Path, PathBuf},
};

use rekindle_core::{
    rule::{Names, Rule, Segments},
    series::{Severity, policy::Settings, problems},
};

use crate::{Outcome, definitions::Definitions};

/// What needs the data, which is not at hand here.
const NEEDS_DATA: [&str; 2] = ["unknown_name", "unknown_attribute"];

pub(crate) fn run(paths: &[PathBuf], out: &mut dyn Write) -> Result<Outcome> {
    let (mut errors, mut warnings, mut files) = (0, 0, 0);
    for (definitions, only) in gathered(paths) {
        let found = check(&definitions, only.as_deref());
        files += match &only {
            Some(_) => 1,
            None => definitions.segments.len() + definitions.series.len(),
        };
        for (severity, line) in found {
            match severity {
                Severity::Error => errors += 1,
                Severity::Warning => warnings += 1,
            }
            writeln!(out, "{line}")?;
        }
    }
    writeln!(
        out,
        "{files} definitions, {errors} errors, {warnings} warnings"
    )?;
    Ok(if errors == 0 {
        Outcome::Fine
    } else {
        Outcome::Wrong
    })
}

/// The definitions that each path names; for a file also those around it, which it may refer to.
fn gathered(paths: &[PathBuf]) -> Vec<(Definitions, Option<PathBuf>)> {
    paths
        .iter()
        .map(|path| {
            if path.is_dir() {
                return (Definitions::below(path), None);
            }
            let around = path
                .parent()
                .and_then(Path::parent)
                .unwrap_or(Path::new(""));
            let around = if around.as_os_str().is_empty() {
                Path::new(".")
            } else {
                around
            };
            let mut definitions = Definitions::below(around);
            let known = definitions.segments.values().map(|segment| &segment.path);
            let known = known.chain(definitions.series.values().map(|series| &series.path));
            let is_known = known.into_iter().any(|known| same_file(known, path));
            if !is_known
                && !definitions
                    .problems
                    .iter()
                    .any(|problem| names(problem, path))
            {
                definitions.add(path);
            }
            (definitions, Some(path.clone()))
        })
        .collect()
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

/// Whether a problem is about this file.
fn names(problem: &str, path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    problem
        .split(": ")
        .next()
        .is_some_and(|file| file.ends_with(&name))
}

fn check(definitions: &Definitions, only: Option<&Path>) -> Vec<(Severity, String)> {
    let concerns = |path: &Path| only.is_none_or(|only| same_file(only, path));
    let segments: Segments = definitions
        .segments
        .iter()
        .map(|(id, segment)| (id.clone(), segment.spec.rule.0.clone()))
        .collect();
    let unread = definitions
        .problems
        .iter()
        .filter(|problem| only.is_none_or(|only| names(problem, only)));
    let mut found: Vec<(Severity, String)> = unread
        .map(|problem| (Severity::Error, problem.clone()))
        .collect();
    for (id, segment) in definitions
        .segments
        .iter()
        .filter(|(_, segment)| concerns(&segment.path))
    {
        if let Err(problem) = Rule::Segment(id.clone()).resolve(&segments) {
            found.push((
                Severity::Error,
                format!("{}: {problem}", segment.path.display()),
            ));
        }
    }
    for series in definitions
        .series
        .values()
        .filter(|series| concerns(&series.path))
    {
        for finding in problems(
            &series.spec,
            &segments,
            &Settings::default(),
            &Names::default(),
        ) {
            if NEEDS_DATA.contains(&finding.code) {
                continue;
            }
            let step = finding
                .step
                .map(|step| format!("step `{step}`: "))
                .unwrap_or_default();
            let word = match finding.severity {
                Severity::Error => "",
                Severity::Warning => "warning: ",
            };
            let line = format!("{}: {word}{step}{}", series.path.display(), finding.message);
            found.push((finding.severity, line));
        }
    }
    found
}
