//! What must be so at a point of a story, and how it is held against a workspace.
//! Changes nothing in it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Teller;
use crate::{
    residual::{Local, PageField},
    series::{Metric, Outgoing, effect_id, way_id},
    wire::InboxItem,
    world::Arrived,
};

/// What must be so at a point of a story; what is not named may be anything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    /// The people of each segment, sorted.
    #[serde(default)]
    segments: BTreeMap<String, Vec<String>>,
    /// All mails, newest first.
    mailbox: Option<Vec<ExpectedMail>>,
    /// All push notifications, newest first.
    pushes: Option<Vec<ExpectedPush>>,
    /// The steps that are live in each person's inbox, newest first.
    #[serde(default)]
    inbox: BTreeMap<String, Vec<String>>,
    /// The steps that each person's browser would show now, without having seen anything itself.
    #[serde(default)]
    shows: BTreeMap<String, Vec<String>>,
    /// Numbers of each series.
    #[serde(default)]
    report: BTreeMap<String, ExpectedReport>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedMail {
    to: String,
    subject: Option<String>,
    /// A part of its plain text.
    text: Option<String>,
    series: Option<String>,
    step: Option<String>,
    /// The variant, where the message is tested.
    variant: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedPush {
    /// The id of the person.
    person: String,
    title: Option<String>,
    series: Option<String>,
    step: Option<String>,
}

/// Numbers of a report.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedReport {
    matched: Option<u64>,
    entered: Option<u64>,
    re_engaged: Option<u64>,
    left_audience: Option<u64>,
    left_by_step: Option<u64>,
    step_gone: Option<u64>,
    finished: Option<u64>,
    moved: Option<u64>,
    converted: Option<u64>,
    #[serde(default)]
    steps: BTreeMap<String, ExpectedStep>,
}

/// Numbers of a step.
#[derive(Clone, Debug, Deserialize)]
struct ExpectedStep {
    /// How many took each of its ways.
    #[serde(default)]
    ways: BTreeMap<String, ExpectedWay>,
    /// What is counted of each of its variants.
    #[serde(default)]
    variants: BTreeMap<String, BTreeMap<Metric, u64>>,
    #[serde(flatten)]
    numbers: BTreeMap<Metric, u64>,
}

/// Numbers of a way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedWay {
    took: Option<u64>,
    converted: Option<u64>,
}

impl Teller {
    pub(super) fn expect(&mut self, expect: &Expect) {
        for (segment, people) in &expect.segments {
            let found: Vec<String> = self.world.members(segment).map(str::to_owned).collect();
            self.equal(&format!("people in `{segment}`"), people, &found);
        }
        if let Some(mails) = &expect.mailbox {
            let found: Vec<String> = self.world.mailbox().map(shown).collect();
            let same = mails.len() == found.len()
                && self
                    .world
                    .mailbox()
                    .zip(mails)
                    .all(|(mail, expected)| expected.fits(mail));
            if !same {
                self.differs(format!("mailbox: expected {mails:?}, found {found:?}"));
            }
        }
        if let Some(pushes) = &expect.pushes {
            let found: Vec<String> = self.world.pushes().map(shown).collect();
            let same = pushes.len() == found.len()
                && self
                    .world
                    .pushes()
                    .zip(pushes)
                    .all(|(push, expected)| expected.fits(push));
            if !same {
                self.differs(format!("pushes: expected {pushes:?}, found {found:?}"));
            }
        }
        for (person, steps) in &expect.inbox {
            let found = self.steps_in_inbox(person, |_| true);
            self.equal(&format!("inbox of `{person}`"), steps, &found);
        }
        for (person, steps) in &expect.shows {
            let now = self.world.now();
            let found = self.steps_in_inbox(person, |item| item.when.eval(&Nowhere, now));
            self.equal(&format!("shown to `{person}`"), steps, &found);
        }
        for (series, report) in &expect.report {
            self.expect_report(series, report);
        }
    }

    fn equal(&mut self, what: &str, expected: &[String], found: &[String]) {
        if expected != found {
            self.differs(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    fn steps_in_inbox(&self, person: &str, shows: impl Fn(&InboxItem) -> bool) -> Vec<String> {
        let Some((inbox, person)) = self.world.inbox(person).zip(self.world.person(person)) else {
            return Vec::new();
        };
        let now = self.world.now();
        let step_of = |item: &InboxItem| {
            person.each_run().find_map(|(series, run)| {
                let is_it =
                    |step: &str| effect_id(&person.id, series, run.entry, step) == item.effect;
                run.steps
                    .iter()
                    .find(|record| is_it(&record.step))
                    .map(|record| record.step.clone())
            })
        };
        inbox
            .items
            .iter()
            .filter(|item| item.live_until.is_none_or(|until| now < until) && shows(item))
            .map(|item| step_of(item).unwrap_or_else(|| item.effect.clone()))
            .collect()
    }

    fn expect_report(&mut self, series: &str, report: &ExpectedReport) {
        let per_series = [
            (Metric::Matched, report.matched),
            (Metric::Entered, report.entered),
            (Metric::ReEngaged, report.re_engaged),
            (Metric::LeftAudience, report.left_audience),
            (Metric::LeftByStep, report.left_by_step),
            (Metric::StepGone, report.step_gone),
            (Metric::Finished, report.finished),
            (Metric::Moved, report.moved),
            (Metric::Converted, report.converted),
        ];
        let mut numbers: Vec<(Option<String>, Metric, u64)> = per_series
            .into_iter()
            .filter_map(|(metric, expected)| Some((None, metric, expected?)))
            .collect();
        for (step, expected) in &report.steps {
            let of_step = expected.numbers.iter();
            numbers.extend(of_step.map(|(metric, n)| (Some(step.clone()), *metric, *n)));
            for (variant, expected) in &expected.variants {
                let variant = way_id(step, variant);
                let of_variant = expected.iter();
                numbers.extend(of_variant.map(|(metric, n)| (Some(variant.clone()), *metric, *n)));
            }
            for (way, expected) in &expected.ways {
                let way = way_id(step, way);
                let both = [
                    (Metric::Took, expected.took),
                    (Metric::Converted, expected.converted),
                ];
                for (metric, n) in both {
                    numbers.extend(n.map(|n| (Some(way.clone()), metric, n)));
                }
            }
        }
        for (step, metric, expected) in numbers {
            let found = self.world.count(series, step.as_deref(), metric);
            if found != expected {
                let step = step
                    .map(|step| format!(", step `{step}`"))
                    .unwrap_or_default();
                let message =
                    format!("{metric:?} of `{series}`{step}: expected {expected}, found {found}");
                self.differs(message);
            }
        }
    }
}

fn shown(arrived: &Arrived) -> String {
    let Arrived { person, send, .. } = arrived;
    match &send.outgoing {
        Outgoing::Email {
            to, subject, text, ..
        } => {
            format!(
                "{to}: {subject:?}, {text:?} ({}, {})",
                send.series, send.step
            )
        }
        Outgoing::Push { title, .. } => {
            format!("{person}: {title:?} ({}, {})", send.series, send.step)
        }
        Outgoing::Webhook { url, .. } => {
            format!("{person}: {url} ({}, {})", send.series, send.step)
        }
    }
}

fn fits(expected: Option<&String>, found: &str) -> bool {
    expected.is_none_or(|expected| expected == found)
}

impl ExpectedMail {
    fn fits(&self, arrived: &Arrived) -> bool {
        let Outgoing::Email {
            to, subject, text, ..
        } = &arrived.send.outgoing
        else {
            return false;
        };
        self.to == *to
            && fits(self.subject.as_ref(), subject)
            && self
                .text
                .as_ref()
                .is_none_or(|part| text.contains(part.as_str()))
            && fits(self.series.as_ref(), &arrived.send.series)
            && fits(self.step.as_ref(), &arrived.send.step)
            && (self.variant.is_none() || self.variant == arrived.send.variant)
    }
}

impl ExpectedPush {
    fn fits(&self, arrived: &Arrived) -> bool {
        let Outgoing::Push { title, .. } = &arrived.send.outgoing else {
            return false;
        };
        self.person == arrived.person
            && fits(self.title.as_ref(), title)
            && fits(self.series.as_ref(), &arrived.send.series)
            && fits(self.step.as_ref(), &arrived.send.step)
    }
}

/// A browser in which nothing has happened yet.
struct Nowhere;

impl Local for Nowhere {
    fn instants(&self, _: &str) -> &[i64] {
        &[]
    }

    fn last_seen(&self) -> Option<i64> {
        None
    }

    fn page(&self, _: PageField) -> &'static str {
        ""
    }
}
