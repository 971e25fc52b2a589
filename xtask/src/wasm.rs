//! Compiles a crate to Wasm, writes its JavaScript and shrinks it.
//!
//! It knows how each kind of module is compiled, not what is in it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{files, processes, say, tools};

const TARGET: &str = "wasm32-unknown-unknown";

/// The features that rustc uses for this target, spelt out: a newer binaryen must not put in an
/// encoding that workerd or a browser does not know.
const FEATURES: [&str; 7] = [
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-reference-types",
    "--enable-exception-handling",
];

/// The Worker with the development routes, compiled for a short wait.
pub(crate) fn compile_worker_dev() -> Result<PathBuf> {
    let target = files::target();
    let mut cargo = processes::cargo();
    cargo
        .args(["build", "--package", "rekindle-edge", "--lib"])
        .args(["--features", "dev", "--profile", "edge-dev"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(&target);
    for setting in [
        "inherits='dev'",
        "opt-level=1",
        "debug=false",
        "panic='abort'",
    ] {
        cargo.args(["--config", &format!("profile.edge-dev.{setting}")]);
    }
    processes::run(&mut cargo)?;
    Ok(module(&target, "edge-dev", "rekindle_edge"))
}

/// A module that ships, as small as it gets: the standard library is compiled with it and a panic is
/// a bare trap. Without the library's source the plain build does, a third larger.
pub(crate) fn compile_small(package: &str) -> Result<PathBuf> {
    // A directory of its own, so that these flags don't evict the other builds.
    let target = files::target().join("small");
    let mut cargo = processes::cargo();
    cargo
        .args(["build", "--package", package, "--lib", "--release"])
        .args(["--target", TARGET, "--target-dir"])
        .arg(&target);
    if tools::rust_src()? {
        cargo
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort")
            .args(["-Zbuild-std=std", "-Zbuild-std-features=optimize_for_size"]);
    } else {
        say::note("no rust-src: the modules are larger than they ship");
    }
    processes::run(&mut cargo)?;
    Ok(module(&target, "release", &package.replace('-', "_")))
}

fn module(target: &Path, profile: &str, name: &str) -> PathBuf {
    target
        .join(TARGET)
        .join(profile)
        .join(name)
        .with_extension("wasm")
}

/// Writes `NAME.js` and `NAME_bg.wasm` into a directory. `kind` is `worker` or `web`.
pub(crate) fn bindgen(kind: &str, input: &Path, out_dir: &Path, name: &str) -> Result<()> {
    let words = [kind, name].map(str::to_owned);
    let js = out_dir.join(name).with_extension("js");
    let out = out_dir.join(format!("{name}_bg.wasm"));
    if !js.is_file() {
        let _ = std::fs::remove_file(&out);
    }
    files::once_per_content(&out, &[input], &words, || {
        let mut cargo = processes::cargo();
        // Its own directory and some optimisation: it is compiled once and runs for every build.
        cargo
            .args(["run", "--quiet", "--package", "xtask", "--bin", "bindgen"])
            .args(["--features", "bindgen", "--target-dir"])
            .arg(files::target().join("tools"))
            .args(["--config", "profile.dev.opt-level=1"])
            .args(["--config", "profile.dev.debug=false", "--", kind])
            .arg(input)
            .arg(out_dir)
            .arg(name);
        processes::run(&mut cargo)
    })
}

/// Shrinks a module with binaryen. `goal` is `-Os`, or `-Oz` for size at any price.
pub(crate) fn optimise(input: &Path, output: &Path, goal: &str) -> Result<()> {
    let mut words: Vec<String> = FEATURES.map(str::to_owned).to_vec();
    words.push(goal.to_owned());
    words.push("--strip-producers".to_owned());
    files::once_per_content(output, &[input], &words, || {
        let fresh = output.with_extension("opt.wasm");
        if let Some(dir) = output.parent() {
            std::fs::create_dir_all(dir)?;
        }
        processes::run(
            processes::npm_bin("wasm-opt")
                .args(&words)
                .arg(input)
                .arg("-o")
                .arg(&fresh),
        )?;
        std::fs::rename(&fresh, output)?;
        Ok(())
    })
}
