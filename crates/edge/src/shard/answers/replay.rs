//! What would be: stored lives replayed through drafts, and a message filled in for someone.
//! Core decides both; nothing is sent and nothing is kept.

use std::collections::BTreeMap;

use rekindle_core::{
    backtest::{Backtest, Draft, Forecast},
    rule::{AnySpelling, Attribute, Rule, Segments},
    series::{
        AudienceSpec, Entry, Identified, Input, Known, Person, Reentry, Series, SeriesSpec,
        SkipReason, StepSpec, policy::Overrides, render,
    },
    value::Value,
};
use worker::Result;

use crate::shard::{
    Shard,
    messages::{Render, Rendered, Replay, Replayed},
};

// LIMIT: what one call replays, so that others are served in between: some tenths of a second.
const PEOPLE_MAX: u32 = 500;
/// The same, in events of the people who are replayed.
const INPUTS_MAX: u64 = 5_000;

impl Shard {
    pub(super) fn replay_slice(&self, replay: &Replay) -> Result<Replayed> {
        let mut drafts = Vec::new();
        for draft in &replay.drafts {
            let (segments, settings) = (replay.segments.clone(), replay.settings.clone());
            let draft = Draft::new(&replay.series, draft.clone(), segments, settings);
            drafts.push(
                draft.map_err(|findings| format!("the draft does not compile: {findings:?}"))?,
            );
        }
        let people = self.store()?.people_page(&replay.after, PEOPLE_MAX)?;
        for person in &people {
            self.learn_zone(person, None);
        }
        let atlas = self.atlas.borrow();
        let mut backtests = Vec::new();
        for draft in &drafts {
            backtests.push(Backtest::new(draft, atlas.zones(), replay.from, replay.to)?);
        }
        let mut reached = None;
        let is_end = people.len() < PEOPLE_MAX as usize;
        let (mut inputs, mut left) = (0, people.len());
        for person in people {
            let life = self.life(&person)?;
            inputs += life.len() as u64;
            for backtest in &mut backtests {
                backtest.person(&person.id, life.iter().cloned());
            }
            left -= 1;
            reached = Some(person.id);
            if inputs >= INPUTS_MAX {
                break;
            }
        }
        let forecasts: Vec<Forecast> = backtests.into_iter().map(Backtest::finish).collect();
        Ok(Replayed {
            forecasts,
            reached: reached.filter(|_| left > 0 || !is_end),
        })
    }

    /// All that is stored of a person, oldest first. Of attributes only the values that they have
    /// now are: they are taken as theirs from when the first was heard of them.
    fn life(&self, person: &Person) -> Result<Vec<Input>> {
        let mut life = self.store()?.life(&person.id)?;
        let values = person.attributes.iter();
        let attributes: BTreeMap<String, Value> = values
            .map(|(name, attribute)| (name.clone(), attribute.value.clone()))
            .collect();
        let first = life.first().and_then(Input::at);
        if let Some(at) = person.known_since().into_iter().chain(first).min() {
            life.insert(0, Input::Identify(Identified { at, attributes }));
        }
        Ok(life)
    }

    /// Fills in a step for a person, as if it fired now.
    pub(super) fn render(&self, asked: &Render) -> Result<Rendered> {
        let store = self.store()?;
        let Some(mut person) = store.person(&asked.person)? else {
            return Ok(Rendered::NoPerson);
        };
        let now = self.now();
        if let Some(to) = &asked.to {
            let value = Value::Text(to.clone());
            let email = Attribute { value, at: now };
            person.attributes.insert("email".to_owned(), email);
        }
        let series = match Series::compile(&alone(&asked.step), &Segments::new()) {
            Ok(series) => series,
            Err(findings) => {
                let messages: Vec<String> = findings.into_iter().map(|f| f.message).collect();
                return Ok(Rendered::Refused(messages.join("; ")));
            }
        };
        let nothing = BTreeMap::new();
        let run = person.latest_run(&asked.series);
        let known = Known {
            person: &person,
            event: run.map_or(&nothing, |run| &run.event),
        };
        let step = series.steps.first();
        let Some(message) = step.and_then(|step| step.message()) else {
            let step = &asked.step.id;
            return Ok(Rendered::Refused(format!(
                "the step `{step}` sends nothing"
            )));
        };
        Ok(
            match render(message, &known, &self.definitions().settings.mail, now) {
                Ok(outgoing) => Rendered::Done {
                    outgoing,
                    devices: store.devices(&asked.person)?,
                    now,
                },
                Err(SkipReason::NoEmail) => Rendered::Refused(
                    "the person has no `email`: name an address in `to`".to_owned(),
                ),
                Err(SkipReason::Template) => Rendered::Refused(
                    "a template of the step cannot be filled in within its limits: shorten it"
                        .to_owned(),
                ),
                Err(SkipReason::NotTargeted | SkipReason::Paused | SkipReason::Policy(_)) => {
                    Rendered::Refused(
                        "an in-app message is shown by the page and not sent: look at it \
                 in the preview"
                            .to_owned(),
                    )
                }
            },
        )
    }
}

/// A series of this one step, for everyone.
fn alone(step: &StepSpec) -> SeriesSpec {
    SeriesSpec {
        name: String::new(),
        audience: Some(AudienceSpec::Rule(AnySpelling(Rule::everyone()))),
        entry: Entry::default(),
        reentry: Reentry::default(),
        exit: None,
        exit_when_left: false,
        goal: None,
        holdout_percent: 0,
        policies: Overrides::default(),
        steps: vec![StepSpec {
            when: None,
            next: None,
            goal: None,
            ..step.clone()
        }],
    }
}
