//! `cargo xtask bench [ARGS]`: what the core costs, held against its bounds.
//!
//! Times come from the benches of core and, in wasm beside the libraries that others use, from Node;
//! instructions are counted by valgrind. Arguments go to the native benches: what they leave out is
//! left out of the table.

mod table;

use std::{collections::BTreeMap, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{files, processes, say, tools, wasm};
use table::Figures;

const INSTALL_LIMIT: Duration = Duration::from_mins(10);

pub(crate) fn run(args: &[String]) -> Result<()> {
    let mut figures = Figures::default();
    natively(args, &mut figures)?;
    in_wasm(&mut figures)?;
    instructions(&mut figures)?;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    say::line(format!("\nat a load of {load}"));
    table::print(&figures);
    Ok(())
}

fn natively(args: &[String], figures: &mut Figures) -> Result<()> {
    let mut cargo = processes::cargo();
    cargo.args(["bench", "--package", "rekindle-core", "--benches"]);
    if !args.is_empty() {
        cargo.arg("--").args(args);
    }
    let printed = processes::output(&mut cargo)?;
    say::line(&printed);
    figures.times.extend(table::medians(&printed));
    Ok(())
}

/// Rules in wasm under Node, against peers in JavaScript.
fn in_wasm(figures: &mut Figures) -> Result<()> {
    tools::node_modules()?;
    tools::wasm_target()?;
    let peers = files::at("tests/bench");
    if !peers.join("node_modules").is_dir() {
        // They are measured against, and nothing else needs them.
        let mut npm = Command::new("npm");
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
        .args(["--package", "rekindle-bench"])
        .args(["--target", "wasm32-unknown-unknown"]);
    processes::run(&mut cargo)?;
    let module = files::target().join("wasm32-unknown-unknown/release/rekindle_bench.wasm");
    let optimised = module.with_extension("opt.wasm");
    wasm::optimise(&module, &optimised, "-O3")?;
    let mut node = processes::npm_bin("node");
    let printed = processes::output(node.arg(peers.join("rules.mjs")).arg(optimised))?;
    let times: BTreeMap<String, f64> = serde_json::from_str(&printed)?;
    for (name, ns) in &times {
        say::line(format!("{name:<26} {ns:>8.1} ns a person"));
    }
    figures.times.extend(times);
    Ok(())
}

/// The same work in instructions, where valgrind is.
fn instructions(figures: &mut Figures) -> Result<()> {
    if processes::on_path("valgrind").is_none() {
        say::note("left out: instructions, for want of valgrind (apt-get install valgrind)");
        return Ok(());
    }
    let Some(runner) = runner()? else {
        say::note("left out: instructions, for want of gungraun-runner");
        return Ok(());
    };
    let mut cargo = processes::cargo();
    cargo
        .args(["bench", "--quiet", "--package", "rekindle-bench"])
        .args(["--bench", "instructions", "--", "--output-format=json"])
        // Functions are found by their names.
        .env("CARGO_PROFILE_BENCH_STRIP", "none")
        .env("GUNGRAUN_RUNNER", runner);
    for line in processes::output(&mut cargo)?.lines() {
        let one: Value = serde_json::from_str(line)?;
        let name = one.get("function_name").and_then(Value::as_str);
        let count = one.pointer("/profiles/0/data/total/metrics/Ir/values/new");
        let count = count.and_then(Value::as_u64).filter(|count| *count > 0);
        let (name, count) = name.zip(count).context("gungraun counted nothing")?;
        figures.instructions.insert(name.to_owned(), count);
    }
    Ok(())
}

/// The runner of the version that Cargo.lock names, which must be that of the library.
fn runner() -> Result<Option<PathBuf>> {
    let lock = String::from_utf8(files::read(&files::at("Cargo.lock"))?)?;
    let (_, package) = lock
        .split_once("name = \"gungraun-runner\"\nversion = \"")
        .context("Cargo.lock names no gungraun-runner")?;
    let version = package.split('"').next().unwrap_or_default();
    let root = files::target().join("tools/gungraun").join(version);
    let runner = root.join("bin/gungraun-runner");
    if runner.is_file() {
        return Ok(Some(runner));
    }
    say::note(format!("installing gungraun-runner {version}"));
    let mut cargo = processes::cargo();
    cargo
        .args([
            "install",
            "--quiet",
            "gungraun-runner",
            "--version",
            version,
        ])
        .arg("--root")
        .arg(&root)
        .arg("--target-dir")
        .arg(files::target().join("tools"));
    let is_installed = processes::run_within(&mut cargo, INSTALL_LIMIT)?;
    Ok(is_installed.then_some(runner))
}
