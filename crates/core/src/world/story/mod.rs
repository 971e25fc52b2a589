//! Stories in JSON: the contract of what Rekindle does, run natively, in wasm and over HTTP.
//! This runs them in a [`World`]; tests/edge/cases.test.mjs runs the same over HTTP.

mod expect;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use expect::Expect;

use super::World;
use crate::{
    rule::AnySpelling,
    series::{
        Finding, Identified, Input, Migration, Overdue, Reaction, SegmentSpec, SeriesSpec, Span,
        effect_id, policy::Settings,
    },
    time::parse_instant,
    value::Value,
    zone::{Zone, Zones},
};

const MINUTE_MS: i64 = 60_000;

/// A story: what there is, what happens, and what is expected at which point of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// What it shows, in a sentence.
    pub about: String,
    /// When it begins, RFC 3339.
    start: String,
    /// Zones by name, as the tz database has them for the time of the story; where the platform
    /// has the database, it answers.
    #[serde(default)]
    zones: BTreeMap<String, Vec<ZoneChange>>,
    /// The policies of the workspace.
    settings: Option<Settings>,
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

/// A change of a zone's wall clock.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneChange {
    /// When, RFC 3339.
    from: String,
    /// How far the wall clock is ahead of UTC from then on, minutes.
    ahead_minutes: i64,
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
        /// What comes with the event.
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
    Publish(Publish),
    /// A series stands still.
    Pause(String),
    /// A series runs again.
    Resume(Resume),
    /// The policies of the workspace are changed.
    Settings(Box<Settings>),
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

/// What is published: its id, or with what becomes of those who are under way.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Publish {
    Id(String),
    With {
        series: String,
        #[serde(default)]
        in_flight: Migration,
    },
}

/// What runs again: its id, or with what becomes of what fell due meanwhile.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Resume {
    Id(String),
    With {
        series: String,
        #[serde(default)]
        overdue: Overdue,
    },
}

fn yes() -> bool {
    true
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
        match zones(&self.zones) {
            Ok(zones) => teller.world.set_zones(zones),
            Err(message) => teller.differs(message),
        }
        if let Some(settings) = &self.settings {
            let result = teller.world.set_settings(settings.clone());
            teller.defined(result);
        }
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

/// The tables of the zones of a story.
fn zones(changes: &BTreeMap<String, Vec<ZoneChange>>) -> Result<Zones, String> {
    let mut zones = Zones::new();
    for (name, changes) in changes {
        let mut table = Vec::new();
        for change in changes {
            let from = parse_instant(&change.from)
                .ok_or_else(|| format!("`{}` is not an instant", change.from))?;
            table.push((from, change.ahead_minutes * MINUTE_MS));
        }
        zones.insert(name.clone(), Zone::try_from(table)?);
    }
    Ok(zones)
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
            Act::Publish(publish) => {
                let (id, in_flight) = match publish {
                    Publish::Id(id) => (id, Migration::default()),
                    Publish::With { series, in_flight } => (series, *in_flight),
                };
                match self.drafts.get(id).cloned() {
                    Some(spec) => {
                        let result = self.world.publish(id, spec, in_flight);
                        self.defined(result);
                    }
                    None => self.differs(format!("the story has no series `{id}`")),
                }
            }
            Act::Pause(id) => {
                let result = self.world.pause(id);
                self.defined(result);
            }
            Act::Resume(resume) => {
                let (id, overdue) = match resume {
                    Resume::Id(id) => (id, Overdue::default()),
                    Resume::With { series, overdue } => (series, *overdue),
                };
                let result = self.world.resume(id, overdue);
                self.defined(result);
            }
            Act::Settings(settings) => {
                let result = self.world.set_settings((**settings).clone());
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
}
