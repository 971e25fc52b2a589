//! How often experiments err when people look every day: thousands of them, of which the truth is
//! known. Drawn by a generator with a fixed seed, so that every run is the same.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use rekindle_core::experiment::{
    Baseline, Effect, Interval, Method, Metric, Plan, Question, Sample,
};

const LOOKS: u64 = 28;

/// `SplitMix64` (Steele, Lea, Flood, OOPSLA 2014).
struct Draws(u64);

impl Draws {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn one_of(&mut self, values: &[f64]) -> f64 {
        let place = self.bits() % values.len() as u64;
        values[usize::try_from(place).unwrap()]
    }
}

/// What the people of a variant do who arrive on one day.
struct Day {
    metric: Metric,
    people: u64,
    /// P(at most n of them convert), for n from 0.
    at_most: Vec<f64>,
    /// What those who convert bring in, each as probable as the next.
    values: Vec<f64>,
}

impl Day {
    fn of_conversions(people: u64, rate: f64) -> Self {
        let mut chance = (1.0 - rate).powf(people as f64);
        let mut at_most = vec![chance];
        for n in 1..=people {
            chance *= (people + 1 - n) as f64 / n as f64 * rate / (1.0 - rate);
            at_most.push(at_most.last().unwrap() + chance);
        }
        Self {
            metric: Metric::Conversion,
            people,
            at_most,
            values: vec![1.0],
        }
    }

    /// Most of those who pay pay little and some a lot: e to the power of 3 + 1.2 z, where z is
    /// nearly normal, the sum of twelve even draws.
    fn of_revenue(people: u64, rate: f64) -> Self {
        let mut draws = Draws(7);
        let mut normal = || (0..12).map(|_| draws.share()).sum::<f64>() - 6.0;
        Self {
            metric: Metric::Revenue,
            values: (0..1_000).map(|_| (3.0 + 1.2 * normal()).exp()).collect(),
            ..Self::of_conversions(people, rate)
        }
    }

    fn draw(&self, draws: &mut Draws) -> Sample {
        let chance = draws.share();
        let converted = self.at_most.partition_point(|at_most| *at_most <= chance);
        let mut sample = Sample::default();
        for _ in 0..converted {
            sample.add(draws.one_of(&self.values));
        }
        sample.people = self.people;
        sample
    }
}

/// One experiment that is looked at every day: hands each look the day, what it shows, and the sums.
fn run(
    control: &Day,
    variant: &Day,
    days: u64,
    draws: &mut Draws,
    mut look: impl FnMut(u64, &Effect, [Sample; 2]),
) {
    let mut samples = [Sample::default(); 2];
    for day in 1..=days {
        samples[0] += control.draw(draws);
        samples[1] += variant.draw(draws);
        let [a, b] = samples;
        let effect = Effect::of(control.metric, Method::default(), &a, &b, 1);
        look(day, &effect, samples);
    }
}

/// What a test that is meant for one look would say.
fn is_significant_at_one_look(difference: f64, [a, b]: [Sample; 2]) -> bool {
    let error = (a.variance() / a.people as f64 + b.variance() / b.people as f64).sqrt();
    difference.abs() > 1.959_964 * error
}

/// Of 10,000 experiments without any difference, how many claim one at some look: by the sequential
/// interval, and by a z test that is looked at as often.
fn false_claims(control: &Day, variant: &Day) -> (u32, u32) {
    let mut draws = Draws(2026);
    let (mut sequential, mut at_one_look) = (0, 0);
    for _ in 0..10_000 {
        let mut claims = (false, false);
        run(control, variant, LOOKS, &mut draws, |_, effect, samples| {
            let Effect { difference, .. } = effect;
            claims.0 |= !difference.interval.is_none_or(Interval::contains_zero);
            claims.1 |= is_significant_at_one_look(difference.value, samples);
        });
        sequential += u32::from(claims.0);
        at_one_look += u32::from(claims.1);
    }
    (sequential, at_one_look)
}

/// Of the sequential ones fewer than 5 % are wrong; of the others far more, so this can fail.
fn check(control: &Day, variant: &Day) {
    let (sequential, at_one_look) = false_claims(control, variant);
    assert!(sequential < 500, "{sequential} of 10000");
    assert!(at_one_look > 1_000, "{at_one_look} of 10000");
}

#[test]
fn conversions_without_a_difference_are_seldom_claimed() {
    let day = Day::of_conversions(100, 0.05);
    check(&day, &day);
}

#[test]
fn rare_conversions_in_unequal_shares_are_seldom_claimed() {
    check(
        &Day::of_conversions(900, 0.001),
        &Day::of_conversions(100, 0.001),
    );
}

#[test]
fn skewed_revenue_without_a_difference_is_seldom_claimed() {
    let day = Day::of_revenue(100, 0.05);
    check(&day, &day);
}

#[test]
fn skewed_revenue_in_unequal_shares_is_seldom_claimed() {
    check(&Day::of_revenue(450, 0.05), &Day::of_revenue(50, 0.05));
}

/// 20 % more of 5 %: the plan's days find it with its power, its typical days in about half of the
/// experiments, and the interval holds the truth at every look in more than 95 %.
#[test]
fn a_true_difference_is_found_when_the_plan_says() {
    const EXPERIMENTS: u32 = 1_000;
    let (rate, lift, power, people_per_day) = (0.05, 0.2, 0.8, 1_000);
    let plan = Plan::of(&Question {
        baseline: Baseline::Conversion { rate },
        lift,
        power,
        variants: 2,
        people_per_day,
        method: Method::default(),
    });
    let plan = plan.unwrap();
    let control = Day::of_conversions(people_per_day / 2, rate);
    let variant = Day::of_conversions(people_per_day / 2, rate * (1.0 + lift));
    let truth = rate * lift;
    let mut draws = Draws(2026);
    let (mut found, mut found_early, mut missed) = (0, 0, 0);
    for _ in 0..EXPERIMENTS {
        let mut found_on = u64::MAX;
        let mut held = true;
        run(
            &control,
            &variant,
            plan.days,
            &mut draws,
            |day, effect, _| {
                let interval = effect.difference.interval.unwrap();
                held &= interval.low <= truth && truth <= interval.high;
                if interval.low > 0.0 {
                    found_on = found_on.min(day);
                }
            },
        );
        found += u32::from(found_on <= plan.days);
        found_early += u32::from(found_on <= plan.typical_days);
        missed += u32::from(!held);
    }
    let share = |count: u32| f64::from(count) / f64::from(EXPERIMENTS);
    assert!((power..power + 0.1).contains(&share(found)), "{found}");
    assert!((0.45..0.65).contains(&share(found_early)), "{found_early}");
    assert!(share(missed) < 0.05, "{missed}");
}
