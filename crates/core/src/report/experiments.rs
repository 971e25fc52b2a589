//! What the A/B tests of a series show: from what shards counted to a verdict in words.
//! Draws no one; the statistics are those of [`crate::experiment`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Count;
use crate::{
    experiment::{
        self, Analysis, Arm, Baseline, Method, Plan, Question, Sample, TUNING_DEFAULT, warning,
    },
    series::{
        CONTROL, ChangesSpec, Metric, SeriesSpec, Span, StepSpec, TestMetric, TestSpec, way_id,
    },
    value::whole,
};

/// The lift that a plan asks how many people it takes to find: 20 % more, or, where more than half
/// do it, 20 % fewer of those who do not.
const LIFT: f64 = 0.2;

/// How probable it is that such a lift is found with so many people.
const POWER: f64 = 0.8;

/// What is taken for known of a rate before anything is: as if so many people had come, of whom one
/// did it. Soon the data outweigh it.
const PEOPLE_BEFORE: u64 = 20;

/// How uncertainty is reckoned with: [`Method`] without its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reckoning {
    /// Intervals that may be looked at every day.
    #[default]
    Sequential,
    /// What to believe after the data.
    Bayesian,
    /// One look, when as many people are in as the plan asks for.
    Once,
}

/// How a test is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// What decides; the metric that the test names, where it is absent.
    pub metric: Option<TestMetric>,
    /// How uncertainty is reckoned with.
    pub method: Reckoning,
    /// The day in UTC, counted from 1970-01-01.
    pub today: i64,
}

/// What a test shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Experiment {
    /// The id of the step.
    pub step: String,
    /// What decides.
    pub metric: TestMetric,
    /// How uncertainty is reckoned with.
    pub method: Reckoning,
    /// The first version in which the message and its variants say what they say now.
    pub from_version: u32,
    /// The last version of it; `null` while the newest version has it.
    pub until_version: Option<u32>,
    /// The name of the control.
    pub control: &'static str,
    /// Every variant, the control first.
    pub variants: Vec<VariantFigures>,
    /// Whether people came in the right shares; `null` while no one has.
    pub sample_ratio: Option<Ratio>,
    /// Every variant but the control, against the control.
    pub comparisons: Vec<Compared>,
    /// The variant that is ahead of every other one; `null` if none is.
    pub leader: Option<String>,
    /// What may be said by now.
    pub words: String,
    /// How many people it takes; `null` where no number would do.
    pub plan: Option<Planned>,
    /// The fields in which variants differ from the control.
    pub changed: Vec<&'static str>,
    /// What makes the result hard to read.
    pub warning: Option<String>,
}

/// The numbers of a variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VariantFigures {
    /// Its name.
    pub name: String,
    /// Its share against the others, as it is written now.
    pub weight: f64,
    /// People who were given it, each once.
    pub people: u64,
    /// Of them: their first message was sent, or went live.
    pub sent: u64,
    /// Opened or received it.
    pub opened: u64,
    /// Clicked.
    pub clicked: u64,
    /// Reached the goal of the message, or of the series where it has none.
    pub converted: u64,
    /// Left by the exit condition.
    pub re_engaged: u64,
    /// Those who did what decides, by people; `null` of no one.
    pub rate: Option<f64>,
}

/// Whether people came in the shares that they were drawn in.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// How probable a ratio as far off is, if all is well.
    pub p: f64,
    /// Whether that is too improbable to go on.
    pub mismatch: bool,
}

/// A variant against the control.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// Its name.
    pub variant: String,
    /// Its rate less that of the control.
    pub difference: f64,
    /// Where the true difference lies, from here; `null` as long as too little is known.
    pub low: Option<f64>,
    /// To here.
    pub high: Option<f64>,
    /// Its rate by that of the control, less 1; `null` where no one of the control did it.
    pub lift: Option<f64>,
    /// By the Bayesian method: the probability that it beats the control.
    pub beats_control: Option<f64>,
    /// By the Bayesian method: what choosing it costs on average.
    pub expected_loss: Option<f64>,
    /// What may be said of it.
    pub verdict: &'static str,
    /// The same in words.
    pub words: String,
}

/// How large a test has to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Planned {
    /// People in all variants until a lift worth finding is found four times of five.
    pub people: u64,
    /// Days until so many are in, at the pace so far; `null` while there is none.
    pub days: Option<u64>,
    /// The rate of the control that this rests on.
    pub rate: f64,
    /// The lift worth finding.
    pub lift: f64,
}

/// A test through the versions in which it says the same.
struct Tested<'a> {
    step: &'a StepSpec,
    spec: &'a TestSpec,
    says: Vec<(&'a str, StepSpec)>,
    from: u32,
    until: Option<u32>,
    /// The shares that people were drawn in, by version.
    shares: BTreeMap<u32, Vec<f64>>,
}

impl Experiment {
    /// What the tests of a series show: those of its newest version in the order of the steps, then
    /// those that are over, the latest first.
    #[must_use]
    pub fn all(versions: &BTreeMap<u32, SeriesSpec>, counts: &[Count], look: Look) -> Vec<Self> {
        let mut tests = tests(versions);
        tests.sort_by_key(|tested| std::cmp::Reverse(tested.until.unwrap_or(u32::MAX)));
        let shown = tests.iter().map(|tested| tested.look(counts, look));
        shown.collect()
    }
}

/// What the step and its variants say, by name; when and to whom is no part of it.
fn says<'a>(step: &StepSpec, spec: &'a TestSpec) -> Vec<(&'a str, StepSpec)> {
    let control = ChangesSpec::default();
    let variants = spec.variants.iter();
    let all = variants.map(|variant| (variant.name.as_str(), &variant.changes));
    let said = |changes: &ChangesSpec| StepSpec {
        delay: Span::default(),
        when: None,
        next: None,
        ..changes.apply(step).0
    };
    std::iter::once((CONTROL, &control))
        .chain(all)
        .map(|(name, changes)| (name, said(changes)))
        .collect()
}

fn tests(versions: &BTreeMap<u32, SeriesSpec>) -> Vec<Tested<'_>> {
    let mut found: Vec<Tested<'_>> = Vec::new();
    let mut before = 0;
    for (version, series) in versions {
        let mut here = Vec::new();
        for step in &series.steps {
            let Some(spec) = &step.experiment else {
                continue;
            };
            let says = says(step, spec);
            let same = |old: &Tested<'_>| {
                old.until.is_none() && old.step.id == step.id && old.says == says
            };
            let mut tested = match found.iter().position(same) {
                Some(place) => found.remove(place),
                None => Tested {
                    step,
                    spec,
                    says,
                    from: *version,
                    until: None,
                    shares: BTreeMap::new(),
                },
            };
            (tested.step, tested.spec) = (step, spec);
            tested.shares.insert(*version, shares(spec));
            here.push(tested);
        }
        for old in found.iter_mut().filter(|old| old.until.is_none()) {
            old.until = Some(before);
        }
        found.append(&mut here);
        before = *version;
    }
    found
}

fn weights(spec: &TestSpec) -> impl Iterator<Item = f64> {
    let variants = spec.variants.iter().map(|variant| variant.weight);
    std::iter::once(spec.weight).chain(variants)
}

fn shares(spec: &TestSpec) -> Vec<f64> {
    let total: f64 = weights(spec).sum();
    weights(spec).map(|weight| weight / total).collect()
}

impl Tested<'_> {
    fn look(&self, counts: &[Count], look: Look) -> Experiment {
        let metric = look.metric.unwrap_or(self.spec.metric);
        let figures = self.figures(counts, metric);
        let plan = self.plan(&figures, counts, metric, look);
        let method = match look.method {
            Reckoning::Sequential => Method::Sequential {
                tuning: TUNING_DEFAULT,
            },
            Reckoning::Bayesian => Method::Bayesian,
            Reckoning::Once => Method::Once {
                planned: plan.map_or(u64::MAX, |(per_variant, _)| per_variant),
            },
        };
        let shares = self.expected(counts);
        let arms: Vec<Arm> = figures
            .iter()
            .zip(shares)
            .map(|(figures, weight)| Arm {
                variant: figures.name.clone(),
                weight,
                sample: Sample::of_conversions(figures.people, figures.did(metric)),
            })
            .collect();
        let conversion = experiment::Metric::Conversion;
        let analysis = arms
            .split_first()
            .map(|(control, variants)| Analysis::of(conversion, method, control, variants));
        let variants = self.spec.variants.iter();
        let differing: Vec<_> = variants
            .map(|variant| variant.changes.apply(self.step).1)
            .collect();
        let mut changed = differing.concat();
        changed.sort_unstable();
        changed.dedup();
        let warned = differing.iter().find_map(|fields| warning(fields));
        let (ratio, leader, comparisons) = analysis.map_or((None, None, Vec::new()), |analysis| {
            let ratio = analysis.ratio.map(|ratio| Ratio {
                p: ratio.p_value,
                mismatch: ratio.mismatch,
            });
            let compared = analysis.comparisons.into_iter().map(Compared::from);
            (ratio, analysis.leader, compared.collect())
        });
        Experiment {
            step: self.step.id.clone(),
            metric,
            method: look.method,
            from_version: self.from,
            until_version: self.until,
            control: CONTROL,
            words: words(&figures, &comparisons, leader.as_deref()),
            variants: figures,
            sample_ratio: ratio,
            comparisons,
            leader,
            plan: plan.map(|(_, plan)| plan),
            changed,
            warning: warned.map(|finding| finding.message),
        }
    }

    /// What was counted of a variant in the versions of the test.
    fn counted<'c>(
        &self,
        counts: &'c [Count],
        name: &str,
        metric: Metric,
    ) -> impl Iterator<Item = &'c Count> {
        let (id, until) = (way_id(&self.step.id, name), self.until.unwrap_or(u32::MAX));
        let versions = self.from..=until;
        counts.iter().filter(move |count| {
            count.metric == metric && count.step == id && versions.contains(&count.version)
        })
    }

    fn figures(&self, counts: &[Count], metric: TestMetric) -> Vec<VariantFigures> {
        let names = self.says.iter().map(|(name, _)| *name);
        let figures = names.zip(weights(self.spec)).map(|(name, weight)| {
            let sum = |metric| {
                let counted = self.counted(counts, name, metric);
                counted.map(|count| count.count).sum::<u64>()
            };
            let mut figures = VariantFigures {
                name: name.to_owned(),
                weight,
                people: sum(Metric::Assigned),
                sent: sum(Metric::Sent),
                opened: sum(Metric::Opened),
                clicked: sum(Metric::Clicked),
                converted: sum(Metric::Converted),
                re_engaged: sum(Metric::ReEngaged),
                rate: None,
            };
            figures.rate = super::rate(figures.did(metric), figures.people);
            figures
        });
        figures.collect()
    }

    /// The share of people that was meant to get each variant: the mean over all who were drawn.
    fn expected(&self, counts: &[Count]) -> Vec<f64> {
        let drawn = |version: u32| {
            let names = self.says.iter();
            let all = names.flat_map(|(name, _)| self.counted(counts, name, Metric::Assigned));
            let here = all.filter(|count| count.version == version);
            here.map(|count| count.count).sum::<u64>() as f64
        };
        let mut expected = vec![0.0; self.says.len()];
        for (version, shares) in &self.shares {
            let people = drawn(*version);
            for (sum, share) in expected.iter_mut().zip(shares) {
                *sum += people * share;
            }
        }
        if expected.iter().sum::<f64>() > 0.0 {
            expected
        } else {
            shares(self.spec)
        }
    }

    /// The people that each variant needs, and the plan for all of them.
    fn plan(
        &self,
        figures: &[VariantFigures],
        counts: &[Count],
        metric: TestMetric,
        look: Look,
    ) -> Option<(u64, Planned)> {
        let control = figures.first()?;
        let did = control.did(metric).saturating_add(1);
        let rate = did as f64 / control.people.saturating_add(PEOPLE_BEFORE) as f64;
        let rate = rate.min(1.0 - 1.0 / PEOPLE_BEFORE as f64);
        let lift = LIFT * rate.min(1.0 - rate) / rate;
        let question = Question {
            baseline: Baseline::Conversion { rate },
            lift,
            power: POWER,
            variants: figures.len(),
            people_per_day: 1,
            method: match look.method {
                Reckoning::Sequential => Method::default(),
                Reckoning::Bayesian => Method::Bayesian,
                Reckoning::Once => Method::Once { planned: 0 },
            },
        };
        let per_variant = Plan::of(&question).ok()?.per_variant;
        let shares = shares(self.spec).into_iter().filter(|share| *share > 0.0);
        // The smallest variant is full last.
        let people = per_variant as f64 / shares.fold(1.0, f64::min);
        let people = u64::try_from(whole(people.ceil())?).ok()?;
        let planned = Planned {
            people,
            days: self.days(people, counts, look.today),
            rate,
            lift,
        };
        Some((per_variant, planned))
    }

    /// Days until so many people are in, at the pace since the first of them came.
    fn days(&self, people: u64, counts: &[Count], today: i64) -> Option<u64> {
        let names = self.says.iter();
        let drawn = || {
            let all = names.clone();
            all.flat_map(|(name, _)| self.counted(counts, name, Metric::Assigned))
        };
        let there: u64 = drawn().map(|count| count.count).sum();
        let first = drawn().map(|count| count.day).min()?;
        let days = u64::try_from(today.saturating_sub(first).saturating_add(1)).ok()?;
        let missing = people.saturating_sub(there);
        let is_running = self.until.is_none() && there > 0;
        is_running.then(|| missing.saturating_mul(days).div_ceil(there))
    }
}

impl VariantFigures {
    /// How many did what decides.
    fn did(&self, metric: TestMetric) -> u64 {
        match metric {
            TestMetric::Opened => self.opened,
            TestMetric::Clicked => self.clicked,
            TestMetric::Converted => self.converted,
            TestMetric::ReEngaged => self.re_engaged,
        }
    }
}

impl From<experiment::Comparison> for Compared {
    fn from(comparison: experiment::Comparison) -> Self {
        let effect = comparison.effect;
        let interval = effect.difference.interval;
        Self {
            variant: comparison.variant,
            difference: effect.difference.value,
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            lift: effect.lift.map(|lift| lift.value),
            beats_control: effect.belief.map(|belief| belief.beats_control),
            expected_loss: effect.belief.map(|belief| belief.expected_loss),
            verdict: comparison.verdict.word(),
            words: comparison.sentence,
        }
    }
}

/// What may be said of all variants.
fn words(figures: &[VariantFigures], comparisons: &[Compared], leader: Option<&str>) -> String {
    if figures.iter().all(|figures| figures.people == 0) {
        return "No one has been given a variant yet.".to_owned();
    }
    let is_told = |compared: &&Compared| {
        leader.is_none_or(|leader| leader == CONTROL || leader == compared.variant)
    };
    let told = comparisons.iter().filter(is_told);
    let words: Vec<&str> = told.map(|compared| compared.words.as_str()).collect();
    words.join(" ")
}
