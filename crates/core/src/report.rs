//! The report of a series: from what shards counted to what a marketer reads.
//! Every number comes with the words for how it is computed.

use std::collections::BTreeMap;

use serde::Serialize;

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
    /// The id of the step; empty for what is counted per series.
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
    /// Came to the end.
    pub finished: u64,
}

/// What is counted per step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepFigures {
    /// The id of the step.
    pub id: String,
    /// Its kind; `null` for a step that the draft does not have any more.
    pub kind: Option<StepKind>,
    /// See [`DEFINITIONS`] for this and the rest.
    pub sent: u64,
    /// Not delivered.
    pub undelivered: u64,
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
}

/// How every number of a report is computed.
pub const DEFINITIONS: [(&str, &str); 13] = [
    ("matched", "times that a person came to match the audience"),
    ("entered", "times that a person entered the series"),
    ("enrollment_rate", "entered / matched"),
    (
        "re_engaged",
        "runs that ended because the exit condition came true, up to 30 days after the last step",
    ),
    ("re_engagement_rate", "re_engaged / entered"),
    ("finished", "runs in which the last step fired"),
    (
        "sent",
        "email, push: taken by the provider; in_app: went live in the person's inbox",
    ),
    (
        "undelivered",
        "refused for good by the provider, or there was no device to take it",
    ),
    (
        "skipped",
        "passed over: not targeted, no address, unsubscribed",
    ),
    (
        "shown",
        "in_app: was on the person's screen, counted once a run",
    ),
    (
        "opened",
        "email: opened; push: reached a device; counted once a run",
    ),
    (
        "clicked",
        "the link or button was followed, counted once a run",
    ),
    ("dismissed", "in_app: was sent away, counted once a run"),
];

impl Report {
    /// Adds up what shards counted for a series.
    #[must_use]
    pub fn new(spec: &SeriesSpec, counts: &[Count]) -> Self {
        let mut report = Self {
            name: spec.name.clone(),
            total: Figures::default(),
            steps: spec
                .steps
                .iter()
                .map(|step| StepFigures {
                    id: step.id.clone(),
                    kind: Some(step.kind),
                    ..StepFigures::default()
                })
                .collect(),
            versions: BTreeMap::new(),
            days: BTreeMap::new(),
            definitions: DEFINITIONS.into_iter().collect(),
        };
        for count in counts {
            if count.step.is_empty() {
                let day = format_date(count.day.saturating_mul(DAY_MS));
                report.total.add(count);
                report.versions.entry(count.version).or_default().add(count);
                report.days.entry(day).or_default().add(count);
            } else {
                report.step(&count.step).add(count);
            }
        }
        report
    }

    fn step(&mut self, id: &str) -> &mut StepFigures {
        let place = self
            .steps
            .iter()
            .position(|step| step.id == id)
            .unwrap_or_else(|| {
                self.steps.push(StepFigures {
                    id: id.to_owned(),
                    ..StepFigures::default()
                });
                self.steps.len() - 1
            });
        #[expect(clippy::indexing_slicing, reason = "the place was just found or made")]
        &mut self.steps[place]
    }
}

fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Figures {
    fn add(&mut self, count: &Count) {
        let figure = match count.metric {
            Metric::Matched => &mut self.matched,
            Metric::Entered => &mut self.entered,
            Metric::ReEngaged => &mut self.re_engaged,
            Metric::Finished => &mut self.finished,
            Metric::Sent
            | Metric::Undelivered
            | Metric::Skipped
            | Metric::Shown
            | Metric::Opened
            | Metric::Clicked
            | Metric::Dismissed => return,
        };
        *figure += count.count;
        self.enrollment_rate = rate(self.entered, self.matched);
        self.re_engagement_rate = rate(self.re_engaged, self.entered);
    }
}

impl StepFigures {
    fn add(&mut self, count: &Count) {
        let figure = match count.metric {
            Metric::Sent => &mut self.sent,
            Metric::Undelivered => &mut self.undelivered,
            Metric::Skipped => &mut self.skipped,
            Metric::Shown => &mut self.shown,
            Metric::Opened => &mut self.opened,
            Metric::Clicked => &mut self.clicked,
            Metric::Dismissed => &mut self.dismissed,
            Metric::Matched | Metric::Entered | Metric::ReEngaged | Metric::Finished => return,
        };
        *figure += count.count;
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
            .map(|step| (step.id.as_str(), step.sent))
            .collect();
        assert_eq!(sent, [("a", 2), ("gone", 3)]);
    }
}
