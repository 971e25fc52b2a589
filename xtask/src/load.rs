//! `cargo xtask load`: what the Worker that ships can take on this machine, beside a minimal one.
//!
//! It builds, and hands over to tests/load/load.mjs, which measures.

use anyhow::Result;

use crate::{
    build::{self, Kind, Part},
    files, processes, tools,
};

pub(crate) fn run(args: &[String]) -> Result<()> {
    tools::node_modules()?;
    build::run_part(Kind::Release, Part::Whole)?;
    let mut node = processes::npm_bin("node");
    processes::run(node.arg(files::at("tests/load/load.mjs")).args(args))
}
