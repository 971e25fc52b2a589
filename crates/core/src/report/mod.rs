//! The report of a series: from what shards counted to what a marketer reads.
//! Every number comes with the words for how it is computed.

mod definitions;
mod experiments;

use std::collections::BTreeMap;

use serde::Serialize;

pub use definitions::DEFINITIONS;
pub use experiments::{Compared, Experiment, Look, Planned, Ratio, Reckoning, VariantFigures};

use crate::{
    series::{Metric, SeriesSpec, StepKind},
    time::format_date,
    window::DAY_MS,
};

/// One number that a shard kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The version of the series.
    pub version: u32,
    /// The id of the step, or of a way or a variant of it; empty for what is counted per series.
    pub step: String,
    /// What was counted.
    pub metric: Metric,
    /// The day in UTC, counted from 1970-01-01.
    pub day: i64,
    /// How often.
    pub count: u64,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The name of the series.
    pub name: String,
    /// All versions together.
    #[serde(flatten)]
    pub total: Figures,
    /// Those who were held out, all versions together.
    pub holdout: Holdout,
    /// The steps, in order; those of earlier versions last.
    pub steps: Vec<StepFigures>,
    /// Each version by itself.
    pub versions: BTreeMap<u32, Figures>,
    /// Each day by itself, `2026-11-23` in UTC.
    pub days: BTreeMap<String, Figures>,
    /// How every number is computed.
    pub definitions: BTreeMap<&'static str, &'static str>,
}

/// What is counted per series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// See [`DEFINITIONS`] for this and the rest.
    pub matched: u64,
    /// Entered.
    pub entered: u64,
    /// Entered by matched; `null` when no one matched.
    pub enrollment_rate: Option<f64>,
    /// Left by the exit condition.
    pub re_engaged: u64,
    /// Re-engaged by entered; `null` when no one entered.
    pub re_engagement_rate: Option<f64>,
    /// Left with the audience.
    pub left_audience: u64,
    /// Left by a step.
    pub left_by_step: u64,
    /// Left because a new version had no place for them.
    pub step_gone: u64,
    /// Came to the end.
    pub finished: u64,
    /// Came from an earlier version.
    pub moved: u64,
    /// Reached the goal.
    pub converted: u64,
    /// Converted by entered; `null` when no one entered.
    pub conversion_rate: Option<f64>,
    /// Who stayed away after entry.
    pub churn: Churn,
}

/// What is counted of those who were held out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Holdout {
    /// See [`DEFINITIONS`] for this and the rest.
    pub held_out: u64,
    /// The exit condition came true.
    pub re_engaged: u64,
    /// Re-engaged by held out; `null` when no one was.
    pub re_engagement_rate: Option<f64>,
    /// Reached the goal.
    pub converted: u64,
    /// Converted by held out; `null` when no one was.
    pub conversion_rate: Option<f64>,
    /// Who stayed away.
    pub churn: Churn,
}

/// Who stayed away, within so many days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Churn {
    /// Within 30 days.
    pub days_30: Away,
    /// Within 60 days.
    pub days_60: Away,
    /// Within 90 days.
    pub days_90: Away,
}

/// How many stayed away and how many came, of those of whom it is known by now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Away {
    /// Were not seen.
    pub churned: u64,
    /// Were seen.
    pub stayed: u64,
    /// Churned by both; `null` when it is known of no one.
    pub churn_rate: Option<f64>,
}

/// What is counted per step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StepFigures {
    /// The id of the step.
    pub id: String,
    /// Its kind; `null` for a step that the draft does not have any more.
    pub kind: Option<StepKind>,
    /// All versions together.
    #[serde(flatten)]
    pub total: StepCounts,
    /// Each version by itself.
    pub versions: BTreeMap<u32, StepCounts>,
}

/// The numbers of a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StepCounts {
    /// See [`DEFINITIONS`] for this and the rest.
    pub sent: u64,
    /// Sent, and not heard to have come back.
    pub delivered: u64,
    /// Refused, or no one there to take it.
    pub undelivered: u64,
    /// Held back.
    pub delayed: u64,
    /// Passed over.
    pub skipped: u64,
    /// Seen on the screen.
    pub shown: u64,
    /// Opened or received.
    pub opened: u64,
    /// Clicked.
    pub clicked: u64,
    /// Sent away.
    pub dismissed: u64,
    /// Came back.
    pub bounced: u64,
    /// Called spam.
    pub complained: u64,
    /// Left by a link in it.
    pub unsubscribed: u64,
    /// Reached the goal of the message.
    pub converted: u64,
    /// Converted by sent; `null` when nothing was sent.
    pub conversion_rate: Option<f64>,
    /// The ways that lead from a branch, a split or a wait, by name.
    pub ways: BTreeMap<String, Way>,
    /// The variants of a message that is tested, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variants: BTreeMap<String, Variant>,
}

/// The numbers of a variant: of the people who were given it, the first time that they were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Variant {
    /// See [`DEFINITIONS`] for this and the rest.
    pub assigned: u64,
    /// Sent.
    pub sent: u64,
    /// Not delivered.
    pub undelivered: u64,
    /// Held back.
    pub delayed: u64,
    /// Passed over.
    pub skipped: u64,
    /// Seen on the screen.
    pub shown: u64,
    /// Opened or received.
    pub opened: u64,
    /// Clicked.
    pub clicked: u64,
    /// Sent away.
    pub dismissed: u64,
    /// Came back.
    pub bounced: u64,
    /// Called spam.
    pub complained: u64,
    /// Left by a link in it.
    pub unsubscribed: u64,
    /// Reached the goal of the message, or of the series where it has none.
    pub converted: u64,
    /// Left by the exit condition.
    pub re_engaged: u64,
}

/// The numbers of a way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Way {
    /// Runs that took it.
    pub took: u64,
    /// Runs that took it and reached the goal of the series afterwards.
    pub converted: u64,
    /// Converted by took; `null` when no one took it.
    pub conversion_rate: Option<f64>,
}

/// What was counted of one thing: a series, a version, a day, a step, a way.
#[derive(Clone, Debug, Default)]
struct Counts(BTreeMap<Metric, u64>);

impl Counts {
    fn add(&mut self, count: &Count) {
        *self.0.entry(count.metric).or_default() += count.count;
    }

    fn get(&self, metric: Metric) -> u64 {
        self.0.get(&metric).copied().unwrap_or_default()
    }
}

/// What was counted of a step, and of its parts by name: ways or variants.
#[derive(Clone, Debug, Default)]
struct OfStep {
    counts: Counts,
    parts: BTreeMap<String, Counts>,
}

impl OfStep {
    fn add(&mut self, part: Option<&str>, count: &Count) {
        match part {
            Some(part) => self.parts.entry(part.to_owned()).or_default().add(count),
            None => self.counts.add(count),
        }
    }
}

impl Report {
    /// Adds up what shards counted for a series.
    #[must_use]
    pub fn new(spec: &SeriesSpec, counts: &[Count]) -> Self {
        let mut total = Counts::default();
        let mut versions: BTreeMap<u32, Counts> = BTreeMap::new();
        let mut days: BTreeMap<String, Counts> = BTreeMap::new();
        let mut steps: BTreeMap<&str, (OfStep, BTreeMap<u32, OfStep>)> = BTreeMap::new();
        let is_step = |id: &str| spec.steps.iter().any(|step| step.id == id);
        for count in counts {
            if count.step.is_empty() {
                let day = format_date(count.day.saturating_mul(DAY_MS));
                total.add(count);
                versions.entry(count.version).or_default().add(count);
                days.entry(day).or_default().add(count);
                continue;
            }
            let (id, part) = match count.step.rsplit_once('/') {
                Some((id, part)) if !is_step(&count.step) => (id, Some(part)),
                Some(_) | None => (count.step.as_str(), None),
            };
            let (total, versions) = steps.entry(id).or_default();
            total.add(part, count);
            versions.entry(count.version).or_default().add(part, count);
        }
        let mut of_draft = Vec::new();
        for step in &spec.steps {
            let counted = steps.remove(step.id.as_str()).unwrap_or_default();
            of_draft.push(StepFigures::new(&step.id, Some(step.kind), &counted));
        }
        let gone = steps
            .iter()
            .map(|(id, counted)| StepFigures::new(id, None, counted));
        Self {
            name: spec.name.clone(),
            total: Figures::from(&total),
            holdout: Holdout::from(&total),
            steps: of_draft.into_iter().chain(gone).collect(),
            versions: versions
                .iter()
                .map(|(version, counts)| (*version, counts.into()))
                .collect(),
            days: days
                .iter()
                .map(|(day, counts)| (day.clone(), counts.into()))
                .collect(),
            definitions: DEFINITIONS.into_iter().collect(),
        }
    }
}

fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl From<&Counts> for Figures {
    fn from(counts: &Counts) -> Self {
        use Metric::{Churned30, Churned60, Churned90, Stayed30, Stayed60, Stayed90};
        let [matched, entered, re_engaged, converted] = [
            Metric::Matched,
            Metric::Entered,
            Metric::ReEngaged,
            Metric::Converted,
        ]
        .map(|metric| counts.get(metric));
        Self {
            matched,
            entered,
            enrollment_rate: rate(entered, matched),
            re_engaged,
            re_engagement_rate: rate(re_engaged, entered),
            left_audience: counts.get(Metric::LeftAudience),
            left_by_step: counts.get(Metric::LeftByStep),
            step_gone: counts.get(Metric::StepGone),
            finished: counts.get(Metric::Finished),
            moved: counts.get(Metric::Moved),
            converted,
            conversion_rate: rate(converted, entered),
            churn: Churn {
                days_30: Away::new(counts, Churned30, Stayed30),
                days_60: Away::new(counts, Churned60, Stayed60),
                days_90: Away::new(counts, Churned90, Stayed90),
            },
        }
    }
}

impl From<&Counts> for Holdout {
    fn from(counts: &Counts) -> Self {
        use Metric::{
            HeldOutChurned30, HeldOutChurned60, HeldOutChurned90, HeldOutStayed30, HeldOutStayed60,
            HeldOutStayed90,
        };
        let [held_out, re_engaged, converted] = [
            Metric::HeldOut,
            Metric::HeldOutReEngaged,
            Metric::HeldOutConverted,
        ]
        .map(|metric| counts.get(metric));
        Self {
            held_out,
            re_engaged,
            re_engagement_rate: rate(re_engaged, held_out),
            converted,
            conversion_rate: rate(converted, held_out),
            churn: Churn {
                days_30: Away::new(counts, HeldOutChurned30, HeldOutStayed30),
                days_60: Away::new(counts, HeldOutChurned60, HeldOutStayed60),
                days_90: Away::new(counts, HeldOutChurned90, HeldOutStayed90),
            },
        }
    }
}

impl Away {
    fn new(counts: &Counts, churned: Metric, stayed: Metric) -> Self {
        let (churned, stayed) = (counts.get(churned), counts.get(stayed));
        Self {
            churned,
            stayed,
            churn_rate: rate(churned, churned + stayed),
        }
    }
}

impl StepFigures {
    fn new(
        id: &str,
        kind: Option<StepKind>,
        (total, versions): &(OfStep, BTreeMap<u32, OfStep>),
    ) -> Self {
        Self {
            id: id.to_owned(),
            kind,
            total: StepCounts::new(kind, total),
            versions: versions
                .iter()
                .map(|(version, counted)| (*version, StepCounts::new(kind, counted)))
                .collect(),
        }
    }
}

impl StepCounts {
    fn new(kind: Option<StepKind>, OfStep { counts, parts }: &OfStep) -> Self {
        let (sent, converted) = (counts.get(Metric::Sent), counts.get(Metric::Converted));
        let bounced = counts.get(Metric::Bounced);
        Self {
            sent,
            // Of some days, what came back may have left before them.
            delivered: sent.saturating_sub(bounced),
            undelivered: counts.get(Metric::Undelivered),
            delayed: counts.get(Metric::Delayed),
            skipped: counts.get(Metric::Skipped),
            shown: counts.get(Metric::Shown),
            opened: counts.get(Metric::Opened),
            clicked: counts.get(Metric::Clicked),
            dismissed: counts.get(Metric::Dismissed),
            bounced,
            complained: counts.get(Metric::Complained),
            unsubscribed: counts.get(Metric::Unsubscribed),
            converted,
            conversion_rate: rate(converted, sent),
            ways: named(parts, |part| !is_variant(kind, part)),
            variants: named(parts, |part| is_variant(kind, part)),
        }
    }
}

/// Whether a part of a step is a variant of its message; of a step that is gone, it is one unless it
/// was taken as a way.
fn is_variant(kind: Option<StepKind>, part: &Counts) -> bool {
    kind.map_or(part.get(Metric::Took) == 0, StepKind::is_message)
}

fn named<'a, T: From<&'a Counts>>(
    parts: &'a BTreeMap<String, Counts>,
    belongs: impl Fn(&Counts) -> bool,
) -> BTreeMap<String, T> {
    let parts = parts.iter().filter(|(_, part)| belongs(part));
    parts
        .map(|(name, part)| (name.clone(), part.into()))
        .collect()
}

impl From<&Counts> for Variant {
    fn from(counts: &Counts) -> Self {
        Self {
            assigned: counts.get(Metric::Assigned),
            sent: counts.get(Metric::Sent),
            undelivered: counts.get(Metric::Undelivered),
            delayed: counts.get(Metric::Delayed),
            skipped: counts.get(Metric::Skipped),
            shown: counts.get(Metric::Shown),
            opened: counts.get(Metric::Opened),
            clicked: counts.get(Metric::Clicked),
            dismissed: counts.get(Metric::Dismissed),
            bounced: counts.get(Metric::Bounced),
            complained: counts.get(Metric::Complained),
            unsubscribed: counts.get(Metric::Unsubscribed),
            converted: counts.get(Metric::Converted),
            re_engaged: counts.get(Metric::ReEngaged),
        }
    }
}

impl From<&Counts> for Way {
    fn from(counts: &Counts) -> Self {
        let (took, converted) = (counts.get(Metric::Took), counts.get(Metric::Converted));
        Self {
            took,
            converted,
            conversion_rate: rate(converted, took),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::series::SeriesSpec;

    #[test]
    fn shards_versions_and_days_add_up() {
        let spec: SeriesSpec = serde_json::from_value(serde_json::json!({
            "name": "s", "audience": {"rule": "everyone"},
            "steps": [{"id": "a", "kind": "push", "title": "t", "body": "b"}],
        }))
        .unwrap();
        let count = |version, step: &str, metric, day, count| Count {
            version,
            step: step.to_owned(),
            metric,
            day,
            count,
        };
        let report = Report::new(
            &spec,
            &[
                count(1, "", Metric::Matched, 0, 4),
                count(1, "", Metric::Entered, 0, 1),
                count(2, "", Metric::Entered, 1, 1),
                count(1, "a", Metric::Sent, 0, 2),
                count(1, "a", Metric::Bounced, 1, 1),
                count(1, "gone", Metric::Bounced, 0, 4),
                count(1, "gone", Metric::Sent, 0, 3),
            ],
        );
        assert_eq!(
            (report.total.entered, report.total.enrollment_rate),
            (2, Some(0.5))
        );
        assert_eq!(report.total.re_engagement_rate, Some(0.0));
        assert_eq!(report.versions[&2].entered, 1);
        assert_eq!(report.days["1970-01-02"].entered, 1);
        let sent: Vec<_> = report
            .steps
            .iter()
            .map(|step| (step.id.as_str(), step.total.sent, step.total.delivered))
            .collect();
        assert_eq!(sent, [("a", 2, 1), ("gone", 3, 0)]);
    }
}
