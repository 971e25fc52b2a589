//! libFuzzer's entry: the target is named by `REKINDLE_FUZZ_TARGET`. Built by `cargo xtask fuzz`.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use rekindle_fuzz::{TARGETS, Target};

static TARGET: OnceLock<Option<Target>> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(|| {
        let name = std::env::var("REKINDLE_FUZZ_TARGET").unwrap_or_default();
        TARGETS.into_iter().find(|(known, _)| *known == name)
    });
    let Some((_, run)) = target else {
        std::process::exit(2);
    };
    run(bytes);
});
