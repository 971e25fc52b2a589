//! Runs the contract, tests/cases, natively. The same files run in wasm and over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use rekindle_core::world::{Mismatch, ResidualCase, Story};
use serde::de::DeserializeOwned;

fn files(directory: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/cases")
        .join(directory);
    let mut files: Vec<PathBuf> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    files
}

fn run_all<T: DeserializeOwned>(directory: &str, least: usize, run: fn(&T) -> Vec<Mismatch>) {
    let files = files(directory);
    assert!(
        files.len() >= least,
        "{directory:?} has {} cases",
        files.len()
    );
    let mut failed = String::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy();
        let case: T = serde_json::from_str(&fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        for mismatch in run(&case) {
            let _ = writeln!(failed, "{name}: {mismatch}");
        }
    }
    assert!(failed.is_empty(), "\n{failed}");
}

#[test]
fn every_story_comes_out_as_told() {
    run_all("stories", 20, Story::run);
}

#[test]
fn every_residual_answers_like_the_whole_rule() {
    run_all("residuals", 6, ResidualCase::run);
}
