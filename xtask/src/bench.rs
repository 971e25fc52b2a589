//! `cargo xtask bench [ARGS]`: the benchmarks of the core, natively. Arguments go to them.

use anyhow::{Result, bail};

use crate::{files, processes};

pub(crate) fn run(args: &[String]) -> Result<()> {
    if !files::at("crates/core/benches").is_dir() {
        bail!("crates/core has no benches yet");
    }
    let mut cargo = processes::cargo();
    cargo.args(["bench", "--package", "rekindle-core", "--benches"]);
    if !args.is_empty() {
        cargo.arg("--").args(args);
    }
    processes::run(&mut cargo)
}
