//! Writes the JavaScript that a compiled Wasm module needs, with wasm-bindgen's own generator.
//!
//! `bindgen worker|web IN.wasm OUT_DIR NAME`. It knows nothing of Rekindle.

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [kind, input, out_dir, name] = args.as_slice() else {
        bail!("usage: bindgen worker|web IN.wasm OUT_DIR NAME");
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .out_name(name)
        .keep_debug(false)
        .remove_producers_section(true);
    match kind.as_str() {
        // After a trap the Worker's shim makes a new instance instead of answering 500 for ever.
        "worker" => bindgen
            .module(true)?
            .typescript(false)
            .reset_state_function(true)
            .force_enable_abort_handler(true),
        "web" => bindgen.web(true)?.omit_default_module_path(true),
        other => bail!("unknown kind `{other}`: `worker` or `web`"),
    };
    bindgen
        .generate(out_dir)
        .with_context(|| format!("wasm-bindgen could not read `{input}`"))
}
