//! Stories in JSON: the contract of what Rekindle does, run natively, in wasm and over HTTP.
//! This runs them in a [`World`]; tests/edge/cases.test.mjs runs the same over HTTP.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Arrived, World};
use crate::{
    residual::{Local, PageField},
    rule::AnySpelling,
    series::{
        Finding, Identified, Input, Metric, Outgoing, Reaction, SegmentSpec, SeriesSpec, Span,
        effect_id,
    },
    time::parse_instant,
    value::Value,
    wire::InboxItem,
};

/// A story: what there is, what happens, and what is expected at which point of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it shows, in a sentence.
    pub about: String,
    /// When it begins, RFC 3339.
    start: String,
    /// Segments that are there from the beginning, by id.
    #[serde(default)]
    segments: BTreeMap<String, AnySpelling>,
    /// Series that can be published, by id.
    #[serde(default)]
    series: BTreeMap<String, SeriesSpec>,
    /// What happens.
    #[serde(rename = "story")]
    acts: Vec<Act>,
}

/// One thing that happens, or that is expected.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Act {
    /// Attributes are set.
    Identify {
        person: String,
        traits: BTreeMap<String, Value>,
        /// How long ago, for a message that arrives late.
        #[serde(default)]
        ago: Span,
    },
    /// The person does something.
    Track {
        person: String,
        event: String,
        #[serde(default)]
        ago: Span,
        /// The id of the event, to tell it twice.
        id: Option<String>,
        /// Whether it shows that they were there.
        #[serde(default = "yes")]
        active: bool,
        /// Kept with the event; no rule looks at them yet.
        #[serde(default)]
        properties: BTreeMap<String, Value>,
    },
    /// The draft of a series is changed; people notice when it is published.
    Edit {
        series: String,
        spec: Box<SeriesSpec>,
    },
    /// A segment is created or changed.
    Segment { id: String, rule: AnySpelling },
    /// A series is published.
    Publish(String),
    /// A series stands still.
    Pause(String),
    /// A series runs again.
    Resume(String),
    /// Time passes.
    Advance(Span),
    /// The person does something with a message.
    React {
        person: String,
        step: String,
        kind: Reaction,
    },
    /// What must be so now.
    Expect(Box<Expect>),
}

fn yes() -> bool {
    true
}

/// What must be so at a point of a story; what is not named may be anything.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
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

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedReport {
    matched: Option<u64>,
    entered: Option<u64>,
    re_engaged: Option<u64>,
    finished: Option<u64>,
    #[serde(default)]
    steps: BTreeMap<String, BTreeMap<Metric, u64>>,
}

/// Something that is not as a story expects it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mismatch {
    /// Which part of the story, from 0.
    pub place: usize,
    /// What is different.
    pub message: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "story[{}]: {}", self.place, self.message)
    }
}

impl Story {
    /// Runs it; an empty list means that everything was as expected.
    #[must_use]
    pub fn run(&self) -> Vec<Mismatch> {
        let Some(start) = parse_instant(&self.start) else {
            let message = format!("`{}` is not an instant", self.start);
            return vec![Mismatch { place: 0, message }];
        };
        let mut teller = Teller {
            world: World::new(start),
            drafts: self.series.clone(),
            events: 0,
            mismatches: Vec::new(),
            place: 0,
        };
        for (id, rule) in &self.segments {
            teller.segment(id, rule);
        }
        for (place, act) in self.acts.iter().enumerate() {
            teller.place = place;
            teller.act(act);
        }
        teller.mismatches
    }
}

/// A story that is being told.
struct Teller {
    world: World,
    drafts: BTreeMap<String, SeriesSpec>,
    events: u64,
    mismatches: Vec<Mismatch>,
    place: usize,
}

impl Teller {
    fn differs(&mut self, message: String) {
        self.mismatches.push(Mismatch {
            place: self.place,
            message,
        });
    }

    fn defined(&mut self, result: Result<(), Vec<Finding>>) {
        for finding in result.err().unwrap_or_default() {
            self.differs(finding.message);
        }
    }

    fn segment(&mut self, id: &str, rule: &AnySpelling) {
        let segment = SegmentSpec {
            name: None,
            rule: rule.clone(),
        };
        let result = self.world.put_segment(id, segment);
        self.defined(result);
    }

    fn act(&mut self, act: &Act) {
        let now = self.world.now();
        match act {
            Act::Identify {
                person,
                traits,
                ago,
            } => {
                let identified = Identified {
                    at: now - ago.0,
                    attributes: traits.clone(),
                };
                self.world.input(person, Input::Identify(identified));
            }
            Act::Track {
                person,
                event,
                ago,
                id,
                active,
                properties,
            } => {
                self.events += 1;
                let id = id
                    .clone()
                    .unwrap_or_else(|| format!("event-{}", self.events));
                let (name, at) = (event.clone(), now - ago.0);
                self.world.input(
                    person,
                    Input::Event {
                        id,
                        name,
                        at,
                        active: *active,
                        properties: properties.clone(),
                    },
                );
            }
            Act::Edit { series, spec } => {
                self.drafts.insert(series.clone(), (**spec).clone());
            }
            Act::Segment { id, rule } => self.segment(id, rule),
            Act::Publish(id) => match self.drafts.get(id).cloned() {
                Some(spec) => {
                    let result = self.world.publish(id, spec);
                    self.defined(result);
                }
                None => self.differs(format!("the story has no series `{id}`")),
            },
            Act::Pause(id) => {
                let result = self.world.pause(id, true);
                self.defined(result);
            }
            Act::Resume(id) => {
                let result = self.world.pause(id, false);
                self.defined(result);
            }
            Act::Advance(span) => self.world.advance_to(now + span.0),
            Act::React { person, step, kind } => match self.effect(person, step) {
                Some(effect) => {
                    let input = Input::Reaction {
                        effect,
                        reaction: *kind,
                        at: now,
                    };
                    self.world.input(person, input);
                }
                None => self.differs(format!("`{person}` never came to the step `{step}`")),
            },
            Act::Expect(expect) => self.expect(expect),
        }
    }

    /// The id of what a step did to a person, in their latest run that has it.
    fn effect(&self, person: &str, step: &str) -> Option<String> {
        self.world
            .person(person)?
            .each_run()
            .find_map(|(series, run)| {
                run.steps
                    .iter()
                    .any(|record| record.step == step)
                    .then(|| effect_id(person, series, run.entry, step))
            })
    }

    fn expect(&mut self, expect: &Expect) {
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
            (Metric::Finished, report.finished),
        ];
        let numbers = per_series
            .into_iter()
            .filter_map(|(metric, expected)| Some((None, metric, expected?)))
            .chain(report.steps.iter().flat_map(|(step, numbers)| {
                numbers
                    .iter()
                    .map(move |(metric, n)| (Some(step.as_str()), *metric, *n))
            }));
        for (step, metric, expected) in numbers {
            let found = self.world.count(series, step, metric);
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
