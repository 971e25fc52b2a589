//! `cargo xtask build`: the Worker into dist/worker (dist/dev/worker with `--dev`), everything that
//! browsers load into dist/assets.

use std::fs::File;
use std::time::Instant;

use anyhow::Result;

use crate::{files, say, settings, tools, web, worker};

/// What the Worker is built for. The browser's part is always the one that ships.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Optimised, without development routes.
    Release,
    /// Quickly compiled, with development routes and the clock that can be moved.
    Dev,
}

/// A half of the build, for those who work on it alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The Worker and the assets.
    Whole,
    /// The Worker alone.
    Worker,
    /// The assets alone.
    Web,
}

/// Builds everything, one build at a time.
pub(crate) fn run(kind: Kind) -> Result<()> {
    run_part(kind, Part::Whole)
}

/// Builds a part.
pub(crate) fn run_part(kind: Kind, part: Part) -> Result<()> {
    let begun = Instant::now();
    let dist = files::at("dist");
    std::fs::create_dir_all(&dist)?;
    let lock = File::create(dist.join(".lock"))?;
    lock.lock()?;
    tools::node_modules()?;
    tools::wasm_target()?;
    if part != Part::Web {
        worker::build(kind)?;
        if kind == Kind::Dev {
            settings::write_local("http://127.0.0.1:8787")?;
        }
    }
    if part != Part::Worker {
        web::build()?;
    }
    say::note(format!("built in {:.1} s", begun.elapsed().as_secs_f64()));
    Ok(())
}
