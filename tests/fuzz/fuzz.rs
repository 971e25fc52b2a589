//! libFuzzer's entry: the target is named by `REKINDLE_FUZZ_TARGET`. With `REKINDLE_FUZZ_SEEDS` it writes where
//! the fuzzers begin into that folder, a folder for each target, and ends. Built by `cargo xtask fuzz`.
#![no_main]

use std::{env, fs, io, path::Path, process, sync::OnceLock};

use libfuzzer_sys::fuzz_target;
use rekindle_fuzz::{TARGETS, Target};

static TARGET: OnceLock<Option<Target>> = OnceLock::new();

fuzz_target!(
    init: if let Some(folder) = env::var_os("REKINDLE_FUZZ_SEEDS") {
        process::exit(i32::from(write_seeds(Path::new(&folder)).is_err()));
    },
    |bytes: &[u8]| {
        let target = TARGET.get_or_init(|| {
            let name = env::var("REKINDLE_FUZZ_TARGET").unwrap_or_default();
            TARGETS.into_iter().find(|(known, _)| *known == name)
        });
        let Some((_, run)) = target else {
            process::exit(2);
        };
        run(bytes);
    }
);

fn write_seeds(folder: &Path) -> io::Result<()> {
    for (target, seeds) in rekindle_fuzz::seeds()? {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        for (index, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{index:04}")), seed)?;
        }
    }
    Ok(())
}
