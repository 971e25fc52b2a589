//! What fuzzing begins with, and what it ever found, goes through its target in every test run.

use std::fs;

use rekindle_fuzz::{TARGETS, files, root, seeds};

#[test]
fn every_seed_passes() {
    let seeds = seeds().unwrap();
    for (name, run) in TARGETS {
        let seeds = seeds.get(name).unwrap();
        assert!(seeds.len() > 10, "{name}: {} seeds", seeds.len());
        for seed in seeds {
            run(seed);
        }
    }
}

#[test]
fn what_was_found_stays_mended() {
    for (name, run) in TARGETS {
        for file in files(&root().join("tests/fuzz/corpus").join(name)).unwrap() {
            run(&fs::read(&file).unwrap());
        }
    }
}
