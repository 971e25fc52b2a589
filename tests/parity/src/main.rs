//! Prints the digest of each block, as native code comes to it; `run.mjs` compares.
//! Takes no arguments.

#![expect(clippy::print_stdout, reason = "it is what it is for")]

use rekindle_parity::{BLOCKS, digest_of};

fn main() {
    for block in 0..BLOCKS {
        println!("{:016x}", digest_of(block));
    }
}
