//! `cargo xtask bench [ARGS]`: the benchmarks of the core, natively and in wasm beside the libraries
//! that others use. Arguments go to the native ones.

use anyhow::{Result, bail};

use crate::{files, processes, say, tools};

pub(crate) fn run(args: &[String]) -> Result<()> {
    if !files::at("crates/core/benches").is_dir() {
        bail!("crates/core has no benches yet");
    }
    let mut cargo = processes::cargo();
    cargo.args(["bench", "--package", "rekindle-core", "--benches"]);
    if !args.is_empty() {
        cargo.arg("--").args(args);
    }
    processes::run(&mut cargo)?;
    in_wasm()
}

/// Rules in wasm under Node, against peers in JavaScript.
fn in_wasm() -> Result<()> {
    tools::node_modules()?;
    tools::wasm_target()?;
    let peers = files::at("tests/bench");
    if !peers.join("node_modules").is_dir() {
        // They are measured against, and nothing else needs them.
        let mut npm = processes::npm_bin("npm");
        npm.args(["ci", "--no-audit", "--no-fund"])
            .current_dir(&peers);
        if processes::run(&mut npm).is_err() {
            say::note(
                "left out: rules in wasm, for want of the packages that they are held against",
            );
            return Ok(());
        }
    }
    let mut cargo = processes::cargo();
    cargo
        .args(["build", "--quiet", "--profile", "bench", "--lib"])
        .args(["--package", "rekindle-parity"])
        .args(["--target", "wasm32-unknown-unknown"]);
    processes::run(&mut cargo)?;
    let module = "wasm32-unknown-unknown/release/rekindle_parity.wasm";
    processes::run(
        processes::npm_bin("node")
            .arg(peers.join("rules.mjs"))
            .arg(files::target().join(module)),
    )
}
