//! Figures of experiments against scipy and statsmodels, and that no sentence claims more than its
//! interval shows. How often they err when people peek is in `experiment_simulation.rs`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use rekindle_core::experiment::{
    Analysis, Arm, Baseline, Effect, Interval, Method, Metric, PEOPLE_MIN, Plan, Question, Sample,
    SampleRatio, VARIANTS_MAX, Verdict,
};
use serde::Deserialize;

const VECTORS: &str = include_str!("../../../tests/data/statistics/vectors.json");
const PAGE: &str = include_str!("../../../docs/experiments.md");

#[derive(Deserialize)]
struct Vectors {
    comparisons: Vec<ComparisonCase>,
    ratios: Vec<RatioCase>,
    plans: Vec<PlanCase>,
}

#[derive(Deserialize)]
struct ComparisonCase {
    metric: Metric,
    control: Sample,
    variant: Sample,
    /// How many comparisons share the level of 5 %.
    shared_by: usize,
    sequential_5000: Intervals,
    sequential_100000: Intervals,
    once: [f64; 2],
    bayesian: Believed,
}

#[derive(Deserialize)]
struct Intervals {
    difference: [f64; 2],
    lift: Option<[f64; 2]>,
}

#[derive(Deserialize)]
struct Believed {
    beats_control: f64,
    expected_loss: f64,
    difference: [f64; 2],
}

#[derive(Deserialize)]
struct RatioCase {
    people: Vec<u64>,
    weights: Vec<f64>,
    p_value: f64,
}

#[derive(Deserialize)]
struct PlanCase {
    rate: Option<f64>,
    mean: Option<f64>,
    deviation: Option<f64>,
    lift: f64,
    alpha: f64,
    power: f64,
    per_variant: f64,
}

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).unwrap()
}

/// Equal to this many parts of what is expected, and of the scale that it is read on.
fn assert_near(found: f64, expected: f64, scale: f64, tolerance: f64, what: &str) {
    let off = (found - expected).abs() / expected.abs().max(scale);
    assert!(off < tolerance, "{what}: {found}, expected {expected}");
}

fn assert_interval(found: Option<Interval>, expected: [f64; 2], tolerance: f64, what: &str) {
    let found = found.unwrap();
    let scale = expected[1] - expected[0];
    assert_near(found.low, expected[0], scale, tolerance, what);
    assert_near(found.high, expected[1], scale, tolerance, what);
}

#[test]
fn comparisons_are_scipys() {
    let cases = vectors().comparisons;
    assert_eq!(cases.len(), 24);
    for case in cases {
        let effect = |method| {
            Effect::of(
                case.metric,
                method,
                &case.control,
                &case.variant,
                case.shared_by,
            )
        };
        let name = format!(
            "{:?} of {} and {}",
            case.metric, case.control.people, case.variant.people
        );
        for (tuning, expected) in [
            (5_000, &case.sequential_5000),
            (100_000, &case.sequential_100000),
        ] {
            let found = effect(Method::Sequential { tuning });
            assert_interval(found.difference.interval, expected.difference, 1e-10, &name);
            assert_eq!(found.lift.is_some(), expected.lift.is_some());
            if let Some((found, expected)) = found.lift.zip(expected.lift) {
                assert_interval(found.interval, expected, 1e-10, &name);
            }
        }
        let once = effect(Method::Once { planned: 100 });
        assert_interval(once.difference.interval, case.once, 1e-9, &name);

        let found = effect(Method::Bayesian);
        let (belief, expected) = (found.belief.unwrap(), case.bayesian);
        // Where no one or everyone converts, a density breaks off within the nodes of the quadrature.
        let breaks_off = case.control.variance() * case.variant.variance() == 0.0;
        let tolerance = if breaks_off { 2e-4 } else { 1e-7 };
        let interval = found.difference.interval;
        assert_interval(interval, expected.difference, tolerance, &name);
        assert_near(
            belief.beats_control,
            expected.beats_control,
            1.0,
            1e-8,
            &name,
        );
        let scale = expected.difference[1] - expected.difference[0];
        assert_near(
            belief.expected_loss,
            expected.expected_loss,
            scale,
            1e-7,
            &name,
        );
    }
}

#[test]
fn sample_ratios_are_scipys() {
    let cases = vectors().ratios;
    assert_eq!(cases.len(), 7);
    for case in cases {
        let variants: Vec<(u64, f64)> = case.people.into_iter().zip(case.weights).collect();
        let found = SampleRatio::of(&variants).unwrap();
        assert_near(
            found.p_value,
            case.p_value,
            0.0,
            1e-10,
            &format!("{variants:?}"),
        );
        assert_eq!(found.mismatch, case.p_value < 0.001);
    }
}

#[test]
fn a_sample_ratio_needs_people_and_two_variants() {
    for none in [
        &[][..],
        &[(100, 1.0)],
        &[(0, 1.0), (0, 1.0)],
        &[(100, 1.0), (0, 0.0)],
        &[(100, 0.0), (100, f64::NAN)],
    ] {
        assert_eq!(SampleRatio::of(none), None, "{none:?}");
    }
    // People in a variant that no one was drawn into.
    assert!(SampleRatio::of(&[(1_000, 1.0), (1, 0.0)]).unwrap().mismatch);
}

fn question(baseline: Baseline, lift: f64) -> Question {
    Question {
        baseline,
        lift,
        power: 0.8,
        variants: 2,
        people_per_day: 1_000,
        method: Method::Bayesian,
    }
}

const RATE: Baseline = Baseline::Conversion { rate: 0.05 };

/// statsmodels counts the error in the wrong direction as well, which is worth less than 0.1 %.
#[test]
fn sample_sizes_are_statsmodels() {
    let cases = vectors().plans;
    assert_eq!(cases.len(), 20);
    for case in cases {
        let baseline = match (case.rate, case.mean, case.deviation) {
            (Some(rate), None, None) => Baseline::Conversion { rate },
            (None, Some(mean), Some(deviation)) => Baseline::Revenue { mean, deviation },
            other => panic!("{other:?}"),
        };
        let comparisons = if case.alpha < 0.05 { 2 } else { 1 };
        let plan = Plan::of(&Question {
            power: case.power,
            variants: comparisons + 1,
            ..question(baseline, case.lift)
        });
        let found = plan.unwrap().per_variant as f64;
        assert!(
            (-0.001 * found..=1.0).contains(&(found - case.per_variant.ceil())),
            "{found}, expected {}",
            case.per_variant
        );
    }
}

#[test]
fn looking_every_day_costs_people() {
    let once = Plan::of(&question(RATE, 0.2)).unwrap();
    assert_eq!(
        (once.per_variant, once.people, once.days),
        (8_155, 16_310, 17)
    );
    let daily = Plan::of(&Question {
        method: Method::default(),
        ..question(RATE, 0.2)
    });
    let daily = daily.unwrap();
    assert!((1.8..2.2).contains(&daily.inflation), "{daily:?}");
    assert!(daily.typical_days < daily.days);
    // Nowhere narrower than where it is tuned to.
    let tuned = |tuning| {
        let method = Method::Sequential { tuning };
        Plan::of(&Question {
            method,
            ..question(RATE, 0.2)
        })
        .unwrap()
        .people
    };
    assert!(tuned(daily.people) < tuned(100) && tuned(daily.people) < tuned(100 * daily.people));
}

#[test]
fn all_that_is_wrong_with_a_question_is_said_at_once() {
    let revenue = |mean, deviation| Baseline::Revenue { mean, deviation };
    let asked = question(RATE, 0.2);
    let cases: [(Question, &[&str]); 9] = [
        (asked, &[]),
        (question(RATE, 1e-6), &["lift"]),
        (question(RATE, 20.0), &["lift"]),
        (question(RATE, f64::NAN), &["lift"]),
        (
            question(Baseline::Conversion { rate: 1.0 }, -0.1),
            &["rate"],
        ),
        (question(revenue(10.0, 30.0), -0.1), &[]),
        (
            question(revenue(0.0, f64::INFINITY), f64::NAN),
            &["mean", "deviation", "lift"],
        ),
        (
            Question {
                variants: VARIANTS_MAX,
                power: 0.999,
                ..asked
            },
            &[],
        ),
        (
            Question {
                variants: VARIANTS_MAX + 1,
                power: 1.0,
                people_per_day: 0,
                ..question(RATE, 0.0)
            },
            &["lift", "power", "variants", "people_per_day"],
        ),
    ];
    for (question, codes) in cases {
        let found = Plan::of(&question).err().unwrap_or_default();
        let found: Vec<&str> = found.iter().map(|finding| finding.code).collect();
        assert_eq!(found, codes, "{question:?}");
    }
}

fn arm(variant: &str, people: u64, converted: u64) -> Arm {
    Arm {
        variant: variant.to_owned(),
        weight: 1.0,
        sample: Sample::of_conversions(people, converted),
    }
}

fn conversions(method: Method, control: (u64, u64), variant: (u64, u64)) -> Analysis {
    Analysis::of(
        Metric::Conversion,
        method,
        &arm("A", control.0, control.1),
        &[arm("B", variant.0, variant.1)],
    )
}

#[test]
fn verdicts_in_words() {
    let daily = Method::default();
    let cases = [
        (
            daily,
            (5_000, 400),
            (5_000, 540),
            "B is ahead of A: 10.8 % against 8.00 %; the difference lies between 1.01 and 4.59 percentage points.",
        ),
        (
            daily,
            (5_000, 540),
            (5_000, 400),
            "B is behind A: 8.00 % against 10.8 %; the difference lies between -4.59 and -1.01 percentage points.",
        ),
        (
            daily,
            (1_000, 50),
            (1_000, 65),
            "No difference between B and A can be told yet: it lies between -1.76 and 4.76 percentage points.",
        ),
        (
            daily,
            (1_000, 0),
            (1_000, 0),
            "No difference between B and A can be told yet: all values are the same.",
        ),
        (
            daily,
            (PEOPLE_MIN - 1, 0),
            (PEOPLE_MIN, 100),
            "Too early to tell B from A: the smaller has 99 of 100 people.",
        ),
        (
            Method::Once { planned: 5_001 },
            (5_000, 400),
            (5_001, 540),
            "Too early to tell B from A: the smaller has 5000 of 5001 people.",
        ),
        (
            daily,
            (6_000, 400),
            (5_000, 800),
            "Do not trust this result: sample ratio. 5000 people in B and 6000 in A are not the shares that they were drawn in (p < 0.001). Look for what loses people of one variant, and start anew.",
        ),
    ];
    for (method, control, variant, expected) in cases {
        let found = conversions(method, control, variant);
        assert_eq!(found.comparisons[0].sentence, expected);
    }
    let mut revenue = [arm("A", 0, 0), arm("B", 0, 0)];
    for n in 0..PEOPLE_MIN {
        revenue[0]
            .sample
            .add(f64::from(u8::try_from(n % 10).unwrap()));
        revenue[1]
            .sample
            .add(f64::from(u8::try_from(n % 20).unwrap()));
    }
    let [control, variant] = revenue;
    let found = Analysis::of(Metric::Revenue, daily, &control, &[variant]);
    assert_eq!(
        found.comparisons[0].sentence,
        "B is ahead of A: 9.50 a person against 4.50 a person; the difference lies between 1.69 and 8.31 a person."
    );
}

#[test]
fn the_page_shows_verdicts_as_they_are() {
    let shown = PAGE.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let is_verdict = cells.len() == 3 && line.starts_with("| `");
        is_verdict.then(|| cells[2].trim_end_matches(" |"))
    });
    let daily = |control, variant| {
        let found = conversions(Method::default(), control, variant);
        found.comparisons[0].sentence.clone()
    };
    let expected = [
        daily((6_000, 400), (5_000, 800)),
        daily((99, 0), (100, 100)),
        daily((1_000, 50), (1_000, 65)),
        daily((5_000, 400), (5_000, 540)),
        daily((5_000, 540), (5_000, 400)),
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn the_leader_is_ahead_of_everyone() {
    // Conversions of A (the control), B and C of 10,000 people each; who leads.
    let cases = [
        (500, 800, 500, Some("B")),
        (500, 800, 780, None),
        (500, 900, 600, Some("B")),
        (800, 500, 510, Some("A")),
        (800, 500, 790, None),
        (500, 500, 500, None),
    ];
    for (a, b, c, expected) in cases {
        let others = [arm("B", 10_000, b), arm("C", 10_000, c)];
        let found = Analysis::of(
            Metric::Conversion,
            Method::default(),
            &arm("A", 10_000, a),
            &others,
        );
        assert_eq!(found.leader.as_deref(), expected, "{a} {b} {c}");
    }
}

#[test]
fn every_number_says_how_it_is_computed() {
    let found = conversions(Method::Bayesian, (5_000, 400), (5_000, 540));
    let names: Vec<&str> = found.definitions.keys().copied().collect();
    assert_eq!(
        names,
        [
            "belief", "effect", "figures", "interval", "leader", "ratio", "verdict"
        ]
    );
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!(json["comparisons"][0]["verdict"]["is"], "ahead");
    assert!(json["comparisons"][0]["difference"]["interval"]["low"].is_number());
}

fn methods() -> impl Strategy<Value = Method> {
    prop_oneof![
        (1_u64..100_000).prop_map(|tuning| Method::Sequential { tuning }),
        (0_u64..2_000).prop_map(|planned| Method::Once { planned }),
        Just(Method::Bayesian),
    ]
}

/// Few or many people, of whom few, many or all convert.
fn counts() -> impl Strategy<Value = (u64, u64)> {
    (
        prop_oneof![0_u64..300, 0_u64..30_000],
        0.0..=1.0_f64,
        1..4_i32,
    )
        .prop_map(|(people, share, power)| {
            let share = share.powi(power);
            let converted = (0..people).filter(|n| (*n as f64) < share * people as f64);
            (people, converted.count() as u64)
        })
}

proptest! {
    #[test]
    fn no_sentence_claims_more_than_its_interval(
        method in methods(),
        control in counts(),
        variant in counts(),
        same_people in any::<bool>(),
        metric in prop::sample::select(vec![Metric::Conversion, Metric::Revenue]),
    ) {
        let variant = if same_people { (control.0, variant.1.min(control.0)) } else { variant };
        let found = Analysis::of(
            metric,
            method,
            &arm("A", control.0, control.1),
            &[arm("B", variant.0, variant.1)],
        );
        let own = &found.comparisons[0];
        let interval = own.effect.difference.interval;
        let says = |words: &str| own.sentence.contains(words);
        let claims = says("ahead") || says("behind");
        let mismatch = found.ratio.is_some_and(|ratio| ratio.mismatch);
        let is_few = control.0.min(variant.0) < PEOPLE_MIN;

        prop_assert_eq!(claims, found.leader.is_some());
        prop_assert_eq!(says("Do not trust"), mismatch);
        if claims {
            prop_assert!(!mismatch && !is_few);
            let interval = interval.unwrap();
            prop_assert!(!interval.contains_zero());
            prop_assert_eq!(says("ahead"), interval.low > 0.0);
            prop_assert_eq!(says("behind"), interval.high < 0.0);
            prop_assert_eq!(own.verdict == Verdict::Ahead, says("ahead"));
        } else if !mismatch && !is_few {
            prop_assert!(interval.is_none_or(Interval::contains_zero));
        }
        if let Some(interval) = interval {
            prop_assert!(interval.low <= interval.high);
            prop_assert!(interval.low.is_finite() && interval.high.is_finite());
        }
        if let Some(belief) = own.effect.belief {
            prop_assert!((-1e-9..=1.0 + 1e-9).contains(&belief.beats_control));
            prop_assert!(belief.expected_loss > -1e-9);
        }
    }
}
