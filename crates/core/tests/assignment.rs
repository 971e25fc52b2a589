//! Assignment against GrowthBook's own vectors, and that draws are independent of each other.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use rekindle_core::experiment::{
    Holdout, Method, Namespace, Range, Ranges, Sample, Split, Sticky, hash, hash_v1,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

const VECTORS: &str = include_str!("../../../tests/data/growthbook_hash_cases.json");

type Shares = Vec<(f64, f64)>;
type HashCase = (String, String, u32, Option<f64>);
type RangeCase = (String, (usize, f64, Option<Vec<f64>>), Shares);
type ChoiceCase = (String, f64, Shares, i32);
type NamespaceCase = (String, String, (String, f64, f64), bool);
type Draw<'a> = &'a dyn Fn(&str) -> bool;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    spec_version: String,
    hash: Vec<HashCase>,
    get_bucket_range: Vec<RangeCase>,
    choose_variation: Vec<ChoiceCase>,
    in_namespace: Vec<NamespaceCase>,
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).unwrap()
}

/// A share of GrowthBook's as buckets of ours; all of the vectors lie on an edge.
fn buckets(share: f64) -> u32 {
    (0..=10_000)
        .find(|bucket| (f64::from(*bucket) / 10_000.0 - share).abs() < 1e-12)
        .unwrap()
}

fn ranges(shares: &[(f64, f64)]) -> Ranges {
    let numbered = shares.iter().enumerate();
    numbered
        .map(|(variant, (start, end))| Range {
            variant,
            start: buckets(*start),
            end: buckets(*end),
        })
        .collect()
}

#[test]
fn hashes_are_growthbooks() {
    let vectors = vectors();
    assert_eq!(
        (vectors.spec_version.as_str(), vectors.hash.len()),
        ("0.8.0", 15)
    );
    for (seed, value, version, expected) in vectors.hash {
        let found = match version {
            1 => Some(hash_v1(&seed, &value)),
            2 => Some(hash(&seed, &value)),
            _ => None,
        };
        assert_eq!(found, expected, "{seed} {value} v{version}");
    }
}

/// Computed by the same algorithm over the UTF-16 code units of JavaScript.
#[test]
fn letters_beyond_ascii_are_hashed_as_in_javascript() {
    for (value, expected) in [("Zoë", 0.838), ("名前", 0.1115), ("🦀", 0.4367)] {
        assert_eq!(hash("welcome", value).to_bits(), f64::to_bits(expected));
    }
    assert_eq!(hash("", "").to_bits(), f64::to_bits(0.2305));
}

#[test]
fn bucket_ranges_are_growthbooks() {
    let vectors = vectors();
    assert_eq!(vectors.get_bucket_range.len(), 13);
    for (name, (variants, coverage, weights), expected) in vectors.get_bucket_range {
        let found = Ranges::from_weights(variants, coverage, weights.as_deref().unwrap_or(&[]));
        assert_eq!(found, ranges(&expected), "{name}");
    }
}

#[test]
fn choices_are_growthbooks() {
    let vectors = vectors();
    assert_eq!(vectors.choose_variation.len(), 13);
    for (name, place, shares, expected) in vectors.choose_variation {
        let found = ranges(&shares).choose(place);
        assert_eq!(found, usize::try_from(expected).ok(), "{name}");
    }
}

#[test]
fn namespaces_are_growthbooks() {
    let vectors = vectors();
    assert_eq!(vectors.in_namespace.len(), 16);
    for (name, value, (id, start, end), expected) in vectors.in_namespace {
        let found = Namespace { id, start, end }.includes(&value);
        assert_eq!(found, expected, "{name}");
    }
}

/// Of 40,000 people, each cell of holdout x holdout x variant holds its share. A chi-square of 3
/// degrees of freedom for independence stays below 16.27, the 99.9 % point.
#[test]
fn holdouts_and_variants_are_independent_of_each_other() {
    const PEOPLE: u32 = 40_000;
    let holdout = |id: &str| Holdout {
        id: id.to_owned(),
        share: 0.5,
    };
    let split = |id: &str| Split::new(id, 1.0, &[("a", 1.0), ("b", 1.0)]).unwrap();
    let (workspace, win_back, welcome) = (
        holdout("workspace"),
        holdout("win-back"),
        holdout("welcome"),
    );
    // The same id as a holdout's, and ids that differ in the last letter.
    let (subject, first, second) = (split("win-back"), split("test-1"), split("test-2"));
    let a = |split: &Split, id: &str| split.draw(id) == Some("a");
    let pairs: [(&str, Draw, Draw); 5] = [
        ("workspace, series", &|id| workspace.holds(id), &|id| {
            win_back.holds(id)
        }),
        ("series, series", &|id| win_back.holds(id), &|id| {
            welcome.holds(id)
        }),
        ("workspace, variant", &|id| workspace.holds(id), &|id| {
            a(&subject, id)
        }),
        ("series, variant", &|id| win_back.holds(id), &|id| {
            a(&subject, id)
        }),
        ("variant, variant", &|id| a(&first, id), &|id| {
            a(&second, id)
        }),
    ];
    for (name, left, right) in pairs {
        let mut cells = [0_u32; 4];
        for n in 0..PEOPLE {
            let id = format!("user_{n}");
            cells[usize::from(left(&id)) * 2 + usize::from(right(&id))] += 1;
        }
        let expected = f64::from(PEOPLE) / 4.0;
        let statistic: f64 = cells
            .iter()
            .map(|cell| (f64::from(*cell) - expected).powi(2) / expected)
            .sum();
        assert!(statistic < 16.27, "{name}: {cells:?}, {statistic}");
    }
}

#[test]
fn a_larger_holdout_holds_all_of_a_smaller_one() {
    let holdout = |share: f64| Holdout {
        id: "win-back".to_owned(),
        share,
    };
    let held = |share: f64| {
        let own = holdout(share);
        let ids = (0..10_000).map(|n| format!("user_{n}"));
        ids.filter(|id| own.holds(id)).collect::<Vec<_>>()
    };
    let (small, large) = (held(0.05), held(0.1));
    assert!((400..600).contains(&small.len()), "{}", small.len());
    assert!((850..1_150).contains(&large.len()), "{}", large.len());
    assert!(small.iter().all(|id| large.contains(id)));
}

#[test]
fn what_is_stored_comes_back() {
    fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
        let bytes = postcard::to_allocvec(value).unwrap();
        assert_eq!(&postcard::from_bytes::<T>(&bytes).unwrap(), value);
        let json = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value);
    }
    let split = Split::new("subject", 0.5, &[("a", 1.0), ("b", 2.0)]).unwrap();
    let split = split.reweighted(0.7, &[1.0, 1.0]).unwrap();
    let mut person = Sticky::new("anonymous-1");
    person.assign(&split);
    check(&split);
    check(&person);
    check(&Holdout {
        id: "win-back".to_owned(),
        share: 0.05,
    });
    check(&Namespace {
        id: "mails".to_owned(),
        start: 0.1,
        end: 0.4,
    });
    check(&Method::Once { planned: 1_000 });
    check(&Method::default());
    check(&Sample::of_conversions(1_000, 50));
}
