//! A simulated workspace from a seed: random definitions, random lives, and everything that goes
//! wrong in between. Not told as stories: whatever happens, the laws in `laws` must hold.
//!
//! A *town* is some people under definitions that change, in a shard that crashes before and after
//! it commits, with a queue and a provider that lose, repeat and delay. Each town has a seed:
//!
//! - `REKINDLE_SEED=n` begins with town n (1 if absent); a failure names its town.
//! - `REKINDLE_SIMULATION_SECONDS=n` goes from town to town for so long (5 if absent). Where there is
//!   a minute, it begins with a city of 10,000 people.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and this one runs for a given time and says its seed"
)]

mod chance;
mod etiquette;
mod laws;
mod life;
mod plan;
mod queue;
mod shard;
mod town;

use std::{
    env,
    panic::catch_unwind,
    time::{Duration, Instant},
};

use town::{CITY, Size, TOWN, Tally, Town};

/// Every so many towns, one is lived through twice: its every byte must come out the same.
const TWICE_EVERY: u64 = 8;

/// How much time there must be for a city.
const CITY_AFTER: Duration = Duration::from_mins(1);

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().unwrap())
}

#[test]
fn whatever_happens_the_laws_hold() {
    let first = number("REKINDLE_SEED", 1);
    let time = Duration::from_secs(number("REKINDLE_SIMULATION_SECONDS", 5));
    let begun = Instant::now();
    let mut seed = first;
    let mut tally = Tally::default();
    if time >= CITY_AFTER {
        let (_, city) = live(first, CITY);
        println!("city {first}: {city:?} in {:?}", begun.elapsed());
        assert_something_happened(&city);
    }
    while seed == first || begun.elapsed() < time {
        let (digest, lived) = live(seed, TOWN);
        if seed.is_multiple_of(TWICE_EVERY) {
            assert_eq!(
                live(seed, TOWN).0,
                digest,
                "REKINDLE_SEED={seed} differs from itself"
            );
        }
        tally.add(&lived);
        seed += 1;
    }
    println!("towns {first} to {}: {tally:?}", seed - 1);
    assert_something_happened(&tally);
}

fn live(seed: u64, size: Size) -> (u64, Tally) {
    let lived = catch_unwind(|| Town::live(seed, size));
    lived.unwrap_or_else(|_| panic!("REKINDLE_SEED={seed} shows it again"))
}

/// A simulation in which nothing happens finds nothing.
fn assert_something_happened(tally: &Tally) {
    assert!(
        tally.accepted > 0 && tally.cancelled > 0 && tally.crashes > 0,
        "{tally:?}"
    );
}
