//! Makes one ES module of the Worker's crate: the entry point that the runtime calls, the Durable
//! Object classes, and recovery after a trap.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::build::Kind;
use crate::{files, processes, settings, wasm};

const SHIM: &str = include_str!("../js/shim.js");

/// Where the module is.
pub(crate) fn directory(kind: Kind) -> PathBuf {
    match kind {
        Kind::Release => files::at("dist/worker"),
        Kind::Dev => files::at("dist/dev/worker"),
    }
}

pub(crate) fn build(kind: Kind) -> Result<()> {
    let (input, stage) = match kind {
        Kind::Release => (wasm::compile_small("rekindle-edge")?, "worker"),
        Kind::Dev => (wasm::compile_worker_dev()?, "worker-dev"),
    };
    let stage = files::target().join("stage").join(stage);
    wasm::bindgen("worker", &input, &stage, "worker")?;

    let glue = files::read_text(&stage.join("worker.js"))?;
    let mut shim = SHIM.to_owned();
    for class in settings::durable_classes()? {
        if !glue.contains(&format!("export class {class} ")) {
            bail!("wrangler.toml names the Durable Object `{class}`, but the edge has none");
        }
        writeln!(shim, "export const {class} = recovering(wasm.{class});")?;
    }
    let entry = stage.join("shim.js");
    files::write(&entry, shim)?;

    let out = directory(kind);
    let bundle = stage.join("bundle.js");
    let mut esbuild = processes::npm_bin("esbuild");
    esbuild
        .arg(&entry)
        .args(["--bundle", "--format=esm", "--target=esnext"])
        .args(["--external:./worker_bg.wasm", "--external:cloudflare:*"])
        .arg(format!("--outfile={}", bundle.display()))
        .args(["--log-level=warning", "--allow-overwrite"]);
    if kind == Kind::Release {
        esbuild.arg("--minify");
    }
    processes::run(&mut esbuild)?;

    // The runtime takes a compiled module from a plain import; `import source` is not there yet.
    let text = files::read_text(&bundle)?
        .replace("import source ", "import ")
        .replace("./worker_bg.wasm", "./index_bg.wasm");
    let made = stage.join("worker_bg.wasm");
    match kind {
        Kind::Release => wasm::optimise(&made, &out.join("index_bg.wasm"), "-Os")?,
        Kind::Dev => files::copy(&made, &out.join("index_bg.wasm"))?,
    }
    files::write(&out.join("index.js"), text)
}
