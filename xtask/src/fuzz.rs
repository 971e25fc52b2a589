//! `cargo xtask fuzz [--seconds N] [TARGET]`: libFuzzer on every parser, guided by coverage.
//!
//! Works on stable Rust: LLVM counts which edges run, and no sanitizer is needed, because the core
//! has no unsafe code. Needs a C++ compiler. Each target runs for `REKINDLE_FUZZ_SECONDS`, a minute if
//! that is not set and nothing is said. Keeps what it learns in `target/fuzz/corpus`, and what
//! breaks in `target/fuzz/found`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::{files, processes, say};

pub(crate) const TARGETS: [&str; 4] = ["rule-text", "rule-json", "liquid", "wire"];

/// How long each target runs if nothing is said: what a run of all checks can afford.
const SECONDS: u64 = 60;
// The flags of cargo-fuzz, less what needs a nightly compiler.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks --cfg fuzzing";

// LIMIT: the forms on the wire come from our own edge and nest as deep as their bytes are long; texts
// need room for a few tags.
const BYTES_MAX: [(&str, u32); 4] = [
    ("rule-text", 512),
    ("rule-json", 1_024),
    ("liquid", 512),
    ("wire", 512),
];

/// How many targets held, and how many did not.
pub(crate) struct Outcome {
    pub(crate) held: u64,
    pub(crate) broken: u64,
}

pub(crate) fn run(seconds: Option<&str>, only: Option<&str>) -> Result<()> {
    let outcome = targets(seconds, only)?;
    if outcome.broken > 0 {
        bail!("something was found: see above");
    }
    Ok(())
}

/// Fuzzes the targets, side by side.
pub(crate) fn targets(seconds: Option<&str>, only: Option<&str>) -> Result<Outcome> {
    let from_outside = std::env::var("REKINDLE_FUZZ_SECONDS").ok();
    let seconds = match seconds.or(from_outside.as_deref()) {
        Some(text) => text.parse().context("seconds are a whole number")?,
        None => SECONDS,
    };
    let mut wanted = TARGETS.to_vec();
    wanted.retain(|name| only.is_none_or(|only| only == *name));
    if wanted.is_empty() {
        let names = TARGETS.join(", ");
        bail!("unknown target; the targets are {names}");
    }
    let fuzzer = build()?;
    let seeds = folder("seeds")?;
    processes::run(Command::new(&fuzzer).env("REKINDLE_FUZZ_SEEDS", &seeds))?;
    let mut running = Vec::new();
    for name in wanted {
        let mut child = start(&fuzzer, &seeds, name, seconds)?;
        // Read from the start, or the pipe fills up and stops the fuzzer.
        let pipe = child.stderr.take().context("the fuzzer has no stderr")?;
        running.push((name, child, thread::spawn(move || report(name, pipe))));
    }
    let mut outcome = Outcome { held: 0, broken: 0 };
    for (name, mut child, reporter) in running {
        let ended_well = child.wait()?.success();
        if reporter.join().is_err() {
            bail!("{name}: what the fuzzer says can't be read");
        }
        if ended_well {
            outcome.held += 1;
        } else {
            outcome.broken += 1;
            let found = files::target().join("fuzz/found").join(name);
            say::note(format!(
                "{name}: what broke it lies in {}: mend it, and keep it in tests/fuzz/corpus/{name} \
                 under a name that says what it is",
                found.display()
            ));
        }
    }
    Ok(outcome)
}

/// Compiles the fuzzer, with counters in all that it is made of.
fn build() -> Result<PathBuf> {
    let host = host()?;
    let target = files::target().join("fuzz/build");
    let mut cargo = processes::cargo();
    cargo
        .args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "rekindle-fuzz",
        ])
        .args([
            "--bin",
            "fuzz",
            "--features",
            "libfuzzer",
            "--target",
            &host,
        ])
        // Named, so that what only builds is not counted.
        .env("RUSTFLAGS", FLAGS)
        // Fast to run, and a panic must be a crash with its message.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "3")
        .env("CARGO_PROFILE_RELEASE_STRIP", "none")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .arg("--target-dir")
        .arg(&target);
    processes::run(&mut cargo)
        .context("can't build the fuzzer; it needs a C++ compiler (Debian: `g++`)")?;
    Ok(target.join(host).join("release/fuzz"))
}

/// The machine that we run on, as rustc names it.
fn host() -> Result<String> {
    let text = processes::output(Command::new("rustc").arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .context("rustc does not say what it runs on")
}

fn folder(name: &str) -> Result<PathBuf> {
    let folder = files::target().join("fuzz").join(name);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn start(fuzzer: &Path, seeds: &Path, name: &str, seconds: u64) -> Result<Child> {
    let learnt = folder(&format!("corpus/{name}"))?;
    let found = folder(&format!("found/{name}"))?;
    let bytes_max = BYTES_MAX.iter().find(|(known, _)| *known == name);
    let bytes_max = bytes_max.map_or(512, |(_, bytes)| *bytes);
    let mut command = Command::new(fuzzer);
    command
        .env("REKINDLE_FUZZ_TARGET", name)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-max_len={bytes_max}"))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .args(["-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"])
        .arg(learnt)
        .arg(files::at("tests/fuzz/corpus").join(name))
        .arg(seeds.join(name))
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    say::line(format!("{name}: {:?}", Duration::from_secs(seconds)));
    command.spawn().context("can't start the fuzzer")
}

/// Prints what matters of what a fuzzer says: its seed, its speed, how far it got, what broke.
fn report(name: &str, pipe: impl std::io::Read) {
    let mut covered = String::new();
    let mut broke = false;
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        broke |= line.contains("panicked at") || line.starts_with("==");
        let matters = line.starts_with("INFO: Seed") || line.starts_with("stat::average_exec");
        if broke || matters {
            say::line(format!("{name}: {line}"));
        } else if line.contains("cov: ") {
            covered = line;
        }
    }
    say::line(format!("{name}: {}", covered.trim()));
}
