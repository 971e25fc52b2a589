//! `cargo xtask test`: every check there is, each with its time, and an honest count at the end.
//!
//! A step that fails does not hide the later ones. A runner's own cases are counted one by one;
//! a step without cases counts as one.
//!
//! Linking what ships keeps one core busy for minutes, and runtimes and browsers often wait: what does
//! not wait for each other runs in lanes side by side, and what the others print is shown when they are
//! done.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::build::{self, Kind, Part};
use crate::{chromium, files, fuzz, processes, say, size, tools};

const WASM_PACKAGES: [&str; 3] = ["rekindle-edge", "rekindle-sdk", "rekindle-console"];

/// A step's name, what it needs before it, and what it does.
struct Step {
    name: &'static str,
    after_build: bool,
    run: fn() -> Result<Count>,
}

/// For how long towns are simulated.
const SIMULATION_SECONDS: &str = "60";
const FIRST_SEED: &str = "1";

/// LIMIT: no file of tests takes half as long beside others; one that hangs is a failure, not a wait.
const FILE_LIMIT_MS: u32 = 300_000;

/// Steps that run one after the other.
type Lane = &'static [Step];

/// First everything that is compiled, then everything that needs a runtime or a browser: a browser
/// beside a compiler would be late for what people are promised. Of each the lanes run side by side.
const STAGES: [&[Lane]; 2] = [
    &[
        &[
            step("build", false, build_all),
            step("fuzz", false, fuzz_all),
        ],
        &[
            step("format", false, format),
            step("clippy", false, clippy),
            step("native", false, native),
            step("simulation", false, simulation),
        ],
    ],
    &[
        &[step("edge", true, edge), step("browser", true, browser)],
        &[
            step("cases", true, cases),
            step("types", true, types),
            step("units", true, units),
            step("console", true, console),
            step("size", true, size_gate),
            step("deploy", true, dry_run),
            step("production", true, production),
        ],
    ],
];

const fn step(name: &'static str, after_build: bool, run: fn() -> Result<Count>) -> Step {
    Step {
        name,
        after_build,
        run,
    }
}

/// How many cases passed and failed.
#[derive(Clone, Copy, Default)]
struct Count {
    passed: u64,
    failed: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

const ONE: Count = Count {
    passed: 1,
    failed: 0,
};
/// A step that has nothing to run yet.
const NOTHING: Count = Count {
    passed: 0,
    failed: 0,
};

/// A step with what came of it and how long it took.
type Done = (&'static str, Count, f64);

pub(crate) fn run(only: Option<&str>) -> Result<()> {
    let all = || STAGES.into_iter().flatten().copied().flatten();
    if let Some(name) = only
        && !all().any(|step| step.name == name)
    {
        let names: Vec<&str> = all().map(|step| step.name).collect();
        bail!("unknown step `{name}`; the steps are {}", names.join(", "));
    }
    let needs_build = |name| all().any(|step| step.name == name && step.after_build);
    let is_wanted = |step: &Step| {
        only.is_none_or(|name| name == step.name || (step.name == "build" && needs_build(name)))
    };
    tools::node_modules()?;
    tools::wasm_target()?;
    let mut done: Vec<Done> = Vec::new();
    for lanes in STAGES {
        done.extend(side_by_side(lanes, is_wanted));
    }
    say::line("");
    let mut total = Count::default();
    for step in done {
        say::line(summary(step));
        total.add(step.1);
    }
    say::line(format!("{} passed, {} failed", total.passed, total.failed));
    if total.failed > 0 {
        bail!("some checks failed");
    }
    Ok(())
}

/// Power cuts, failing programs and jumping clocks, for so many seconds; CI goes through a short form.
pub(crate) fn chaos(seconds: &str) -> Result<()> {
    let seconds: u32 = seconds
        .parse()
        .with_context(|| format!("--chaos: `{seconds}` is no number of seconds"))?;
    tools::node_modules()?;
    build::run_part(Kind::Dev, Part::Worker)?;
    let mut node = processes::npm_bin("node");
    node.args(["--test", "--test-reporter=spec"])
        .arg(files::at("tests/edge/chaos.test.mjs"))
        .env("REKINDLE_CHAOS_SECONDS", seconds.to_string());
    processes::run(&mut node)
}

/// Goes along the first of these here, and along the others beside it.
fn side_by_side(lanes: &[Lane], is_wanted: impl Fn(&Step) -> bool + Copy + Send) -> Vec<Done> {
    let along = move |lane: Lane| -> Vec<Done> {
        lane.iter()
            .filter(|step| is_wanted(step))
            .map(perform)
            .collect()
    };
    let Some((first, others)) = lanes.split_first() else {
        return Vec::new();
    };
    thread::scope(|scope| {
        let beside: Vec<_> = others
            .iter()
            .map(|lane| scope.spawn(move || say::held_back(|| along(lane))))
            .collect();
        let mut done = along(first);
        for lane in beside {
            match lane.join() {
                Ok((steps, printed)) => {
                    printed.iter().for_each(say::line);
                    done.extend(steps);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    })
}

fn perform(step: &Step) -> Done {
    say::line(format!("==> {}", step.name));
    let begun = Instant::now();
    let count = (step.run)().unwrap_or_else(|error| {
        say::line(format!("error: {error:#}"));
        Count {
            passed: 0,
            failed: 1,
        }
    });
    let done = (step.name, count, begun.elapsed().as_secs_f64());
    say::line(summary(done));
    done
}

fn summary((name, count, seconds): Done) -> String {
    let Count { passed, failed } = count;
    format!("{name:<10} {seconds:>7.1} s  {passed:>6} passed  {failed:>4} failed")
}

fn format() -> Result<Count> {
    processes::run(processes::cargo().args(["fmt", "--all", "--check"]))?;
    Ok(ONE)
}

fn clippy() -> Result<Count> {
    let mut native = processes::cargo();
    native.args(["clippy", "--workspace", "--all-targets"]);
    for package in WASM_PACKAGES {
        native.args(["--exclude", package]);
    }
    processes::run(native.args(["--", "-D", "warnings"]))?;
    let mut count = ONE;
    for package in WASM_PACKAGES {
        let mut wasm = processes::cargo();
        wasm.args(["clippy", "--package", package, "--all-features"])
            .args(["--target", "wasm32-unknown-unknown"])
            .args(["--", "-D", "warnings"]);
        processes::run(&mut wasm)?;
        count.passed += 1;
    }
    // What ships is linted as it ships: without the development routes.
    let mut release = processes::cargo();
    release
        .args(["clippy", "--package", "rekindle-edge"])
        .args(["--target", "wasm32-unknown-unknown"])
        .args(["--", "-D", "warnings"]);
    processes::run(&mut release)?;
    count.passed += 1;
    Ok(count)
}

fn native() -> Result<Count> {
    runner(processes::cargo().args(["test", "--workspace", "--no-fail-fast"]))
}

/// Each target for a minute.
fn fuzz_all() -> Result<Count> {
    let outcome = fuzz::targets(None, None)?;
    Ok(Count {
        passed: outcome.held,
        failed: outcome.broken,
    })
}

/// Goes from town to town. The towns are the same every time, so that a failure is of the change
/// that was made; `REKINDLE_SEED` begins at others.
fn simulation() -> Result<Count> {
    let first = std::env::var("REKINDLE_SEED").unwrap_or_else(|_| FIRST_SEED.to_owned());
    runner(
        Command::new(compiled_test("simulation")?)
            .arg("--nocapture")
            .env("REKINDLE_SEED", first)
            .env("REKINDLE_SIMULATION_SECONDS", SIMULATION_SECONDS),
    )
}

/// A test of the workspace, compiled together with all others: for one alone cargo would choose other
/// features of its dependencies, and compile them and the core once more.
fn compiled_test(name: &str) -> Result<PathBuf> {
    let mut cargo = processes::cargo();
    cargo.args(["test", "--workspace", "--no-run", "--message-format=json"]);
    let told = processes::output(&mut cargo)?;
    told.lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.pointer("/target/name").and_then(Value::as_str) == Some(name))
        .find_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
        .with_context(|| format!("cargo compiled no test `{name}`"))
}

fn build_all() -> Result<Count> {
    build::run(Kind::Release)?;
    build::run(Kind::Dev)?;
    Ok(Count {
        passed: 2,
        failed: 0,
    })
}

/// The types of the API are made from its document anew, and everything that is typed is checked.
fn types() -> Result<Count> {
    let mut npm = Command::new("npm");
    npm.args(["run", "--silent", "api-types", "--", "--check"])
        .current_dir(files::root());
    if !processes::status(&mut npm)?.success() {
        bail!("the console's types of the API are not those of its document: `npm run api-types`");
    }
    let mut count = ONE;
    for project in ["www/sdk", "www/console", "tests"] {
        let settings = files::at(project).join("tsconfig.json");
        if settings.is_file() {
            processes::run(
                processes::npm_bin("tsc")
                    .args(["--noEmit", "--project"])
                    .arg(settings),
            )?;
            count.passed += 1;
        }
    }
    Ok(count)
}

/// What the console works out without a page to show it on.
fn units() -> Result<Count> {
    let mut vitest = processes::npm_bin("vitest");
    vitest
        .args(["run", "--root"])
        .arg(files::at("www/console"))
        .env("NO_COLOR", "1");
    runner(&mut vitest)
}

fn cases() -> Result<Count> {
    let script = files::at("tests/cases/run-wasm.mjs");
    if !script.is_file() {
        say::note("no tests/cases/run-wasm.mjs yet");
        return Ok(NOTHING);
    }
    let mut count = runner(processes::npm_bin("node").arg(script))?;
    count.add(parity()?);
    Ok(count)
}

/// Generated rules, people and instants: native code and wasm answer them alike.
fn parity() -> Result<Count> {
    let build = |more: &[&str]| {
        let mut cargo = processes::cargo();
        cargo.args([
            "build",
            "--quiet",
            "--profile",
            "bench",
            "--package",
            "rekindle-parity",
        ]);
        processes::run(cargo.args(more))
    };
    build(&["--bin", "rekindle-parity"])?;
    build(&["--lib", "--target", "wasm32-unknown-unknown"])?;
    let target = files::target();
    let mut node = processes::npm_bin("node");
    node.arg(files::at("tests/parity/run.mjs"))
        .arg(target.join("wasm32-unknown-unknown/release/rekindle_parity.wasm"))
        .arg(target.join("release/rekindle-parity"));
    runner(&mut node)
}

fn edge() -> Result<Count> {
    node_tests("tests/edge", |_| Ok(()))
}

fn browser() -> Result<Count> {
    chromium_tests("tests/browser")
}

/// The console, by clicking.
fn console() -> Result<Count> {
    chromium_tests("tests/browser/console")
}

fn chromium_tests(dir: &str) -> Result<Count> {
    node_tests(dir, |node| {
        node.env("CHROMIUM", chromium::find_or_install()?);
        Ok(())
    })
}

fn node_tests(dir: &str, prepare: impl FnOnce(&mut Command) -> Result<()>) -> Result<Count> {
    let path = files::at(dir);
    let found = if path.is_dir() {
        files::below(&path)?
    } else {
        BTreeMap::new()
    };
    let tests: Vec<PathBuf> = found
        .into_iter()
        .filter(|(short, _)| {
            short.components().count() == 1 && short.to_string_lossy().ends_with(".test.mjs")
        })
        .map(|(_, path)| path)
        .collect();
    if tests.is_empty() {
        say::note(format!("no tests in {dir} yet"));
        return Ok(NOTHING);
    }
    let mut node = processes::npm_bin("node");
    // One file after the other: each starts runtimes and browsers of its own.
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=1"])
        .arg(format!("--test-timeout={FILE_LIMIT_MS}"))
        .args(tests);
    prepare(&mut node)?;
    runner(&mut node)
}

fn size_gate() -> Result<Count> {
    size::run(true, false)?;
    Ok(ONE)
}

fn dry_run() -> Result<Count> {
    let mut wrangler = processes::wrangler();
    wrangler
        .args(["deploy", "--dry-run", "--outdir"])
        .arg(files::target().join("dry-run"));
    processes::run(&mut wrangler)?;
    Ok(ONE)
}

/// What ships, in the real runtime.
fn production() -> Result<Count> {
    node_tests("tests/production", |_| Ok(()))
}

/// Runs a test runner, shows what it prints and adds up what it says it ran.
fn runner(command: &mut Command) -> Result<Count> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't start {}", command.get_program().display()))?;
    let mut count = Count::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            say::line(&line);
            add_up(&line, &mut count);
        }
    }
    let ended_well = child.wait()?.success();
    if !ended_well && count.failed == 0 {
        // It did not compile, or it crashed.
        count.failed = 1;
    }
    Ok(count)
}

/// Understands cargo (`test result: ok. 3 passed; 0 failed; …`), Node (`ℹ pass 3`), Vitest
/// (`Tests  1 failed | 3 passed (4)`) and a plain `3 passed, 0 failed`.
fn add_up(line: &str, count: &mut Count) {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        [
            "test",
            "result:",
            _,
            passed,
            "passed;",
            failed,
            "failed;",
            ..,
        ]
        | [passed, "passed,", failed, "failed"] => {
            count.passed += passed.parse().unwrap_or(0);
            count.failed += failed.parse().unwrap_or(0);
        }
        ["Tests", failed, "failed", rest @ ..] => {
            count.failed += failed.parse().unwrap_or(0);
            if let ["|", passed, "passed", ..] = rest {
                count.passed += passed.parse().unwrap_or(0);
            }
        }
        ["Tests", passed, "passed", ..] | ["ℹ", "pass", passed] => {
            count.passed += passed.parse().unwrap_or(0);
        }
        ["ℹ", "fail" | "cancelled", failed] => count.failed += failed.parse().unwrap_or(0),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runner_is_counted() {
        let mut count = Count::default();
        for line in [
            "test result: ok. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            "ℹ pass 20",
            "ℹ fail 10",
            "ℹ cancelled 1",
            "      Tests  7 passed (7)",
            "      Tests  2 failed | 30 passed (32)",
            "100 passed, 5 failed",
            "nothing passed, I fear",
        ] {
            add_up(line, &mut count);
        }
        assert_eq!((count.passed, count.failed), (160, 19));
    }
}
