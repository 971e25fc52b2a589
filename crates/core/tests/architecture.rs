//! The shape of the repository: which crate may use which, and what every file must have.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

// LIMIT: what can be read in one sitting.
const LINES_MAX: usize = 600;

/// Files that are longer, with the length that they may not grow beyond. It may only get shorter.
const LONGER: [(&str, usize); 1] = [("crates/sdk/src/client.rs", 860)];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// The names of the crates that a package is built from, for the browser.
fn built_from(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(root())
        .args([
            "tree",
            "--offline",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .args(["--target", "wasm32-unknown-unknown", "--package", package])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_core_is_pure() {
    let crates = built_from("rekindle-core");
    for banned in [
        "js-sys",
        "web-sys",
        "wasm-bindgen",
        "worker",
        "gloo-timers",
        "getrandom",
        "rand",
        "chrono",
        "tokio",
        "futures-util",
        "serde_json",
    ] {
        assert!(
            !crates.iter().any(|name| name == banned),
            "rekindle-core is built from {banned}"
        );
    }
}

#[test]
fn arrows_point_at_the_core_only() {
    const SHELLS: [&str; 4] = [
        "rekindle-sdk",
        "rekindle-edge",
        "rekindle-console",
        "rekindle-cli",
    ];
    for shell in SHELLS {
        let crates = built_from(shell);
        assert!(
            crates.iter().any(|name| name == "rekindle-core"),
            "{shell} does without the core"
        );
        for other in SHELLS.into_iter().filter(|other| *other != shell) {
            assert!(
                !crates.iter().any(|name| name == other),
                "{shell} is built from {other}"
            );
        }
    }
}

/// Every file below a directory of the repository, what is built or fetched left out.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", "dist", ".git", ".wrangler"].contains(&name.as_str()) {
                files.extend(files_below(&path));
            }
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn short(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/")
}

#[test]
fn every_rust_file_says_what_it_is_for_and_fits_a_sitting() {
    let mut wrong = Vec::new();
    for directory in ["crates", "xtask", "tests"] {
        for path in files_below(&root().join(directory)) {
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let name = short(&path);
            if !text.starts_with("//! ") {
                wrong.push(format!("{name}: does not begin with `//!`"));
            }
            let own = text
                .split("\n#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            let lines = own.lines().count();
            let longer = LONGER.iter().find(|(file, _)| *file == name);
            let lines_max = longer.map_or(LINES_MAX, |(_, lines)| *lines);
            if lines > lines_max && !name.contains("/tests/") && !name.starts_with("tests/") {
                wrong.push(format!(
                    "{name}: {lines} lines are more than {lines_max}: split it along an idea"
                ));
            }
            // Spelt so that this file does not find itself.
            for marker in [
                concat!("TO", "DO"),
                concat!("FIX", "ME"),
                concat!("X", "XX"),
                concat!("todo", "!("),
            ] {
                if text.contains(marker) {
                    wrong.push(format!("{name}: has a {marker}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_folder_is_on_the_map() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap_or_default();
    let mut missing = Vec::new();
    for top in ["crates", "www", "tests"] {
        let mut folders: Vec<String> = files_below(&root().join(top))
            .iter()
            .filter_map(|file| {
                let name = short(file);
                let mut parts = name.split('/');
                // `crates/core`, not the folders within it: those are for its own documentation.
                let (top, folder) = (parts.next()?, parts.next()?);
                parts.next().map(|_| format!("{top}/{folder}"))
            })
            .collect();
        folders.dedup();
        missing.extend(
            folders
                .into_iter()
                .filter(|folder| !map.contains(folder.as_str())),
        );
    }
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md does not name {missing:?}"
    );
}
