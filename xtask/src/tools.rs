//! Looks for the tools that a build needs and installs those that are missing.
//!
//! Anything from outside has a time limit and, when it fails, says what to do by hand.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{files, processes, say};

const WASM: &str = "wasm32-unknown-unknown";
const RUSTUP_LIMIT: Duration = Duration::from_mins(2);
const NPM_LIMIT: Duration = Duration::from_mins(10);

/// The Wasm target of the toolchain in use.
pub(crate) fn wasm_target() -> Result<()> {
    let lib = processes::output(rustc().args(["--print", "target-libdir", "--target", WASM]))?;
    if PathBuf::from(lib).is_dir() {
        return Ok(());
    }
    say::note(format!("adding the Rust target {WASM}"));
    if processes::run_within(
        Command::new("rustup")
            .args(["target", "add", WASM])
            .current_dir(files::root()),
        RUSTUP_LIMIT,
    )? {
        return Ok(());
    }
    bail!("can't add the Rust target {WASM}; with a network, run: rustup target add {WASM}")
}

/// The standard library's source, for the smallest browser modules; false when it is not to be
/// had, which costs a quarter in size and nothing else.
pub(crate) fn rust_src() -> Result<bool> {
    let sysroot = processes::output(rustc().args(["--print", "sysroot"]))?;
    let source = PathBuf::from(sysroot).join("lib/rustlib/src/rust/library/std/Cargo.toml");
    if source.is_file() {
        return Ok(true);
    }
    say::note("adding the Rust component rust-src");
    Ok(processes::on_path("rustup").is_some()
        && processes::run_within(
            Command::new("rustup")
                .args(["component", "add", "rust-src"])
                .current_dir(files::root()),
            RUSTUP_LIMIT,
        )?)
}

/// What package-lock.json names, in `node_modules`.
pub(crate) fn node_modules() -> Result<()> {
    let changed = |path: &str| files::at(path).metadata().and_then(|meta| meta.modified());
    let wanted = changed("package-lock.json").context("package-lock.json is missing")?;
    let node = files::at("node_modules/.bin/node");
    if changed("node_modules/.package-lock.json").is_ok_and(|have| have >= wanted) && node.is_file()
    {
        return Ok(());
    }
    if processes::on_path("npm").is_none() {
        bail!("npm is missing; install Node 20 or newer");
    }
    say::note("installing the JavaScript tools (npm ci)");
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"])
        .current_dir(files::root());
    if !processes::run_within(&mut npm, NPM_LIMIT)? {
        bail!("`npm ci` failed; it needs a network the first time");
    }
    if !node.is_file() {
        bail!("npm did not run the install script of the package `node`; allow it and try again");
    }
    Ok(())
}

fn rustc() -> Command {
    let mut command = Command::new("rustc");
    command.current_dir(files::root());
    command
}
