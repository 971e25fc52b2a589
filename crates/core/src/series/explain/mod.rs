//! Why someone is, or is not, where they are in a series, and what happens to them next.
//! Phrases nothing for the page: the console does, from this tree.

mod ahead;

pub use ahead::Ahead;

use serde::Serialize;

use super::{
    chance::{test_id, variant},
    definition::{Definitions, Step},
    effect::{Channel, effect_id},
    person::{IMPORTED, Outcome, Person, Reactions, Run, RunState, StepRecord},
};
use crate::{
    experiment::hash,
    rule::Explanation,
    zone::{Zone, Zones},
};

/// A person and a series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SeriesExplanation {
    /// Whether the series stands still.
    pub paused: bool,
    /// Whether and why they match the audience now.
    pub audience: Explanation,
    /// Since when they match, Unix ms.
    pub matches_since: Option<i64>,
    /// Their latest run; `null` when they never entered.
    pub run: Option<RunExplanation>,
    /// Their other runs that are under way, the latest first.
    pub others: Vec<RunExplanation>,
}

/// A person's run through one version of a series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunExplanation {
    /// 1 for the first time that they entered.
    pub entry: u32,
    /// The version that they are on.
    pub version: u32,
    /// When they entered, Unix ms.
    pub entered_at: i64,
    /// Whether chance holds them out.
    pub held_out: bool,
    /// When they reached the goal, Unix ms.
    pub converted: Option<i64>,
    /// Where they are.
    pub state: RunState,
    /// Whether and why the exit condition holds, looking at events since entry.
    pub exit: Option<Explanation>,
    /// The ids of the steps that have fired, in the order in which they did.
    pub path: Vec<String>,
    /// Every step of the version, with what became of it.
    pub steps: Vec<StepExplanation>,
    /// What happens next if nothing else does, as far as that is certain.
    pub ahead: Vec<Ahead>,
}

/// One step for one person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepExplanation {
    /// The id of the step.
    pub step: String,
    /// Its channel, if it says something.
    pub channel: Option<Channel>,
    /// The id of the effect that it has or would have.
    pub effect: String,
    /// The variant of the message that they get, and why, where it is tested.
    pub variant: Option<VariantExplanation>,
    /// When it fired, Unix ms.
    pub fired_at: Option<i64>,
    /// When it will fire if nothing else happens, Unix ms.
    pub due: Option<i64>,
    /// What came of it: what was decided when it fired, and why it was passed over or delayed.
    pub outcome: Option<Outcome>,
    /// What the person did with it.
    pub reactions: Option<Reactions>,
    /// When its own goal was reached, Unix ms.
    pub converted: Option<i64>,
    /// Whether and why its targeting holds now.
    pub when: Option<Explanation>,
}

/// Why someone gets a variant: the hash of `hashed` with `seed` falls to it, unless they were given
/// it before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VariantExplanation {
    /// Its name.
    pub name: String,
    /// Whether it was given to them before, by the weights of that time, and is kept.
    pub kept: bool,
    /// What their id is hashed with.
    pub seed: String,
    /// The first id that they were known by.
    pub hashed: String,
    /// Where the hash falls, from 0 to below 1.
    pub place: f64,
}

impl Definitions {
    /// Explains a series for a person at `now`; `None` when it was never published.
    #[must_use]
    pub fn explain(
        &self,
        id: &str,
        zones: &Zones,
        person: &Person,
        now: i64,
    ) -> Option<SeriesExplanation> {
        let published = self.series.get(id)?;
        let current = published.versions.get(&published.current)?;
        let explainer = Explainer {
            definitions: self,
            zone: self.zone(person, zones),
            id,
            person,
            now,
        };
        let runs = person.runs.get(id).map_or(&[][..], Vec::as_slice);
        let (latest, earlier) = match runs.split_last() {
            Some((latest, earlier)) => (Some(latest), earlier),
            None => (None, &[][..]),
        };
        let others = earlier.iter().rev().filter(|run| run.is_open());
        Some(SeriesExplanation {
            paused: published.paused,
            audience: current.audience.explain(&person.facts(explainer.zone), now),
            matches_since: person
                .audiences
                .get(id)
                .copied()
                .filter(|since| *since > IMPORTED),
            run: latest.and_then(|run| explainer.run(run)),
            others: others.filter_map(|run| explainer.run(run)).collect(),
        })
    }
}

/// A person and a series at an instant.
struct Explainer<'a> {
    definitions: &'a Definitions,
    zone: &'a Zone,
    id: &'a str,
    person: &'a Person,
    now: i64,
}

impl Explainer<'_> {
    fn run(&self, run: &Run) -> Option<RunExplanation> {
        let series = self.definitions.series(self.id, run.version)?;
        let ahead = self.ahead(run);
        let exit = series.exit.as_ref();
        Some(RunExplanation {
            entry: run.entry,
            version: run.version,
            entered_at: run.entered_at,
            held_out: run.held_out,
            converted: run.converted,
            state: run.state.clone(),
            exit: exit.map(|exit| exit.explain(&self.person.facts_since(run, self.zone), self.now)),
            path: run.steps.iter().map(|record| record.step.clone()).collect(),
            steps: series
                .steps
                .iter()
                .map(|step| self.step(run, step, &ahead))
                .collect(),
            ahead,
        })
    }

    fn variant(&self, record: Option<&StepRecord>, step: &Step) -> Option<VariantExplanation> {
        let (drawn, kept) = variant(step.test()?, self.id, &step.id, self.person)?;
        // Another version may have had other variants; one who was passed over was given none.
        let name = match record {
            Some(record) => record.variant.as_deref()?,
            None => drawn,
        };
        let (seed, hashed) = (test_id(self.id, &step.id), self.person.bucketing_id());
        Some(VariantExplanation {
            name: name.to_owned(),
            kept,
            place: hash(&seed, hashed),
            hashed: hashed.to_owned(),
            seed,
        })
    }

    fn step(&self, run: &Run, step: &Step, ahead: &[Ahead]) -> StepExplanation {
        let record = run.steps.iter().find(|record| record.step == step.id);
        let when = step.when.as_ref();
        StepExplanation {
            step: step.id.clone(),
            channel: step.message().map(super::Message::channel),
            effect: effect_id(&self.person.id, self.id, run.entry, &step.id),
            variant: self.variant(record, step),
            fired_at: record.map(|record| record.at),
            due: ahead
                .iter()
                .find(|ahead| ahead.step == step.id)
                .map(|ahead| ahead.at),
            outcome: record.map(|record| record.outcome.clone()),
            reactions: record.map(|record| record.reactions),
            converted: record.and_then(|record| record.converted),
            when: when.map(|when| when.explain(&self.person.facts(self.zone), self.now)),
        }
    }
}
