//! Makes what browsers load: the SDK, the console, the demo, the service worker, the document of the API.
//!
//! A part whose sources are not there is left out with a note; a part that fails is an error.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{files, processes, say, wasm};

/// Oldest JavaScript that we write: every browser of the last four years.
const ES: &str = "--target=es2022";

pub(crate) fn build() -> Result<()> {
    let mut assets = Assets::new();
    sdk(&mut assets)?;
    console(&mut assets)?;
    assets.copy_tree(&files::at("www/demo"), "demo", |path| {
        // It runs in Node, before anyone looks at the demo.
        path != Path::new("seed.mjs")
    })?;
    for (input, output) in [
        ("www/api/openapi.json", "api/openapi.json"),
        ("www/_headers", "_headers"),
    ] {
        assets.add(&files::at(input), Path::new(output))?;
    }
    assets.remove_the_rest()
}

fn sdk(assets: &mut Assets) -> Result<()> {
    module(assets, "rekindle-sdk", "sdk", "sdk/rekindle_bg.wasm")?;
    let source = files::at("www/sdk/src");
    if source.join("index.ts").is_file() {
        javascript(assets, &source)?;
    } else {
        say::note(format!(
            "left out: the SDK, for want of {}",
            source.display()
        ));
    }
    for (input, output, words) in [
        ("snippet.js", "sdk/snippet.js", &["--format=iife"][..]),
        (
            "service-worker.js",
            "rekindle-sw.js",
            &["--bundle", "--format=iife"][..],
        ),
    ] {
        let input = source.join(input);
        if !input.is_file() {
            say::note(format!(
                "left out: {output}, for want of {}",
                input.display()
            ));
            continue;
        }
        let stage = stage(output);
        esbuild(&input, words, &format!("--outfile={}", stage.display()))?;
        assets.add(&stage, Path::new(output))?;
    }
    Ok(())
}

/// The SDK's JavaScript, and apart from it what is fetched when it is needed, named by its content. Two
/// bundles, and not one that is split: that would put what both share into a third file.
fn javascript(assets: &mut Assets, source: &Path) -> Result<()> {
    let bundle = ["--bundle", "--format=esm"];
    let later = stage("sdk-later");
    if later.is_dir() {
        // What an earlier build made has another name.
        std::fs::remove_dir_all(&later)?;
    }
    let words = [&bundle[..], &["--entry-names=[name]-[hash]"]].concat();
    let output = format!("--outdir={}", later.display());
    esbuild(&source.join("nudge/nudges.ts"), &words, &output)?;
    let made = files::below(&later)?;
    let name = made.keys().next().context("no nudges were made")?;
    assets.copy_tree(&later, "sdk", |_| true)?;
    let define = format!("--define:NUDGES=\"{}\"", name.display());
    let words = [&bundle[..], &[define.as_str()]].concat();
    let stage = stage("sdk/rekindle.js");
    let output = format!("--outfile={}", stage.display());
    esbuild(&source.join("index.ts"), &words, &output)?;
    assets.add(&stage, Path::new("sdk/rekindle.js"))
}

fn esbuild(input: &Path, words: &[&str], output: &str) -> Result<()> {
    processes::run(
        processes::npm_bin("esbuild")
            .arg(input)
            .args(words)
            .args(["--minify", ES, "--charset=utf8", "--legal-comments=none"])
            .args(["--log-level=warning", "--allow-overwrite"])
            .arg(output),
    )
}

/// Vite gives every file but the page itself a name by its content, the module of the core among them.
fn console(assets: &mut Assets) -> Result<()> {
    let compiled = wasm::compile_small("rekindle-console")?;
    let plain = stage("console-wasm");
    wasm::bindgen("web", &compiled, &plain, "rekindle_console")?;
    let core = files::at("dist/wasm/console");
    files::copy(
        &plain.join("rekindle_console.js"),
        &core.join("rekindle_console.js"),
    )?;
    wasm::optimise(
        &plain.join("rekindle_console_bg.wasm"),
        &core.join("rekindle_console_bg.wasm"),
        "-Oz",
    )?;
    let stage = stage("console-app");
    let source = files::at("www/console");
    processes::run(
        processes::npm_bin("vite")
            .args(["build", "--logLevel", "warn", "--config"])
            .arg(source.join("vite.config.ts"))
            .arg("--outDir")
            .arg(&stage),
    )?;
    assets.copy_tree(&stage, "console", |_| true)
}

/// Compiles a crate for the browser. The bundles import its JavaScript from dist/wasm and load
/// the module itself, shrunk, from the assets.
fn module(assets: &mut Assets, package: &str, short: &str, output: &str) -> Result<()> {
    let compiled = wasm::compile_small(package)?;
    let out_dir = files::at("dist/wasm").join(short);
    let name = package.replace('-', "_");
    wasm::bindgen("web", &compiled, &out_dir, &name)?;
    let path = Path::new(output);
    wasm::optimise(
        &out_dir.join(format!("{name}_bg.wasm")),
        &assets.directory.join(path),
        "-Oz",
    )?;
    assets.keep(path);
    Ok(())
}

fn stage(name: &str) -> PathBuf {
    files::target().join("stage/assets").join(name)
}

/// dist/assets, and which of its files this build made.
struct Assets {
    directory: PathBuf,
    made: BTreeSet<PathBuf>,
}

impl Assets {
    fn new() -> Self {
        Self {
            directory: files::at("dist/assets"),
            made: BTreeSet::new(),
        }
    }

    fn keep(&mut self, path: &Path) {
        self.made.insert(path.to_path_buf());
    }

    fn add(&mut self, from: &Path, path: &Path) -> Result<()> {
        self.keep(path);
        files::copy(from, &self.directory.join(path))
    }

    fn copy_tree(
        &mut self,
        from: &Path,
        below: &str,
        wanted: impl Fn(&Path) -> bool,
    ) -> Result<()> {
        if !from.is_dir() {
            say::note(format!(
                "left out: {below}/, for want of {}",
                from.display()
            ));
            return Ok(());
        }
        for (short, path) in files::below(from)? {
            if wanted(&short) {
                self.add(&path, &Path::new(below).join(short))?;
            }
        }
        Ok(())
    }

    /// What an earlier build made and this one did not would be deployed with the rest.
    fn remove_the_rest(&self) -> Result<()> {
        for (short, path) in files::below(&self.directory)? {
            if !self.made.contains(&short) {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}
