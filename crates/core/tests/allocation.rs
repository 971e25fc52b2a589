//! Evaluating a rule takes no memory: counted by the allocator, for every kind of condition.

#![expect(
    clippy::unwrap_used,
    unsafe_code,
    reason = "a test fails by panicking; an allocator can only be written so"
)]

mod common;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use common::{NOW, Somebody};
use rekindle_core::{
    history::Engagement,
    rule::{Streams, Symbols, parse},
    window::DAY_MS,
    zone::Zone,
};
use serde_json::json;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is handed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations<T>(work: impl FnOnce() -> T) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    std::hint::black_box(work());
    ALLOCATIONS.with(Cell::get) - before
}

/// Every rule of the page.
fn rules() -> Vec<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/rules.md");
    let text = std::fs::read_to_string(page).unwrap();
    let blocks = text.split("```rule\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("\n```").next().unwrap().lines());
    lines.map(str::to_owned).collect()
}

#[test]
fn evaluating_and_foretelling_take_no_memory() {
    let texts = rules();
    assert!(texts.len() > 80);
    let rules: Vec<_> = texts.iter().map(|text| parse(text).unwrap()).collect();
    let person = Somebody::nobody()
        .in_zone(Zone::try_from(vec![(0, 3_600_000), (NOW + DAY_MS, 7_200_000)]).unwrap())
        .with(json!({
            "plan": "PRÖ Kelvin", "email": "ÄNA@EXAMPLE.COM", "name": "Ann", "seats": "5",
            "vip": "true", "tags": ["Beta", "VIP"], "trial_ends": "2026-11-24T09:00:00",
            "birthday": "1990-11-24", "sku": "A-7b", "total_spend": 250
        }))
        .reacted(Engagement::Opened, "win-back/miss-you", NOW)
        .did("Purchased", DAY_MS)
        .did("Viewed", DAY_MS);
    let person = rules.iter().fold(person, |person, rule| {
        let properties = json!({ "amount": 150, "plan": "pro", "value": 60, "role": "admin" });
        person.did_with(rule, "Purchased", NOW - 2 * DAY_MS, properties)
    });
    let mut symbols = Symbols::default();
    let programs: Vec<_> = rules.iter().map(|rule| symbols.compile(rule)).collect();
    let bound = symbols.bind(person.facts());
    for (program, text) in programs.iter().zip(&texts) {
        let facts = person.facts();
        let taken = allocations(|| program.eval(&facts, NOW));
        assert_eq!(taken, 0, "eval of {text}");
        assert_eq!(
            allocations(|| program.next_flip(&facts, NOW)),
            0,
            "next_flip of {text}"
        );
        assert_eq!(
            allocations(|| program.eval(&bound, NOW)),
            0,
            "bound eval of {text}"
        );
    }
    // The count is a count.
    assert!(allocations(|| symbols.bind(person.facts())) > 0);
    assert!(Streams::of(&rules).is_ok());
}
