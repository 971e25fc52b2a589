//! "Why did they (not) get this?": a person's way through a series, with what would come next.
//! Invents nothing: it says what the state holds and what the rules answer now.

use serde::Serialize;

use super::{
    definition::Definitions,
    effect::{Channel, effect_id},
    person::{Outcome, Person, Reactions, RunState},
};
use crate::{rule::Explanation, zone::Zones};

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
    /// Where they are.
    pub state: RunState,
    /// Whether and why the exit condition holds, looking at events since entry.
    pub exit: Option<Explanation>,
    /// Every step of the version, with what became of it.
    pub steps: Vec<StepExplanation>,
}

/// One step for one person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepExplanation {
    /// The id of the step.
    pub step: String,
    /// Its channel.
    pub channel: Channel,
    /// The id of the effect that it has or would have.
    pub effect: String,
    /// When it fired, Unix ms.
    pub fired_at: Option<i64>,
    /// When it will fire if nothing else happens, Unix ms.
    pub due: Option<i64>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// What the person did with it.
    pub reactions: Option<Reactions>,
    /// Whether and why its targeting holds now.
    pub when: Option<Explanation>,
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
        Some(SeriesExplanation {
            paused: published.paused,
            audience: current.audience.explain(&person.facts(zones), now),
            matches_since: person
                .audiences
                .get(id)
                .copied()
                .filter(|since| *since != i64::MIN),
            run: self.explain_run(id, zones, person, now),
        })
    }

    fn explain_run(
        &self,
        id: &str,
        zones: &Zones,
        person: &Person,
        now: i64,
    ) -> Option<RunExplanation> {
        let run = person.latest_run(id)?;
        let series = self.series(id, run.version)?;
        let mut upcoming = match &run.state {
            RunState::Waiting { step, due } => Some((step.as_str(), *due)),
            RunState::Finished { .. } | RunState::Exited { .. } => None,
        };
        let steps = series
            .steps
            .iter()
            .map(|step| {
                let record = run.steps.iter().find(|record| record.step == step.id);
                let due = upcoming
                    .filter(|(id, _)| *id == step.id)
                    .map(|(_, due)| due);
                if let Some(due) = due {
                    // The step after this one counts its delay from here.
                    upcoming = step
                        .next
                        .and_then(|place| series.steps.get(place))
                        .map(|next| (next.id.as_str(), due.saturating_add(next.delay_ms)));
                }
                StepExplanation {
                    step: step.id.clone(),
                    channel: step.message.channel(),
                    effect: effect_id(&person.id, id, run.entry, &step.id),
                    fired_at: record.map(|record| record.at),
                    due,
                    outcome: record.map(|record| record.outcome.clone()),
                    reactions: record.map(|record| record.reactions),
                    when: step
                        .when
                        .as_ref()
                        .map(|when| when.explain(&person.facts(zones), now)),
                }
            })
            .collect();
        Some(RunExplanation {
            entry: run.entry,
            version: run.version,
            entered_at: run.entered_at,
            state: run.state.clone(),
            exit: series
                .exit
                .as_ref()
                .map(|exit| exit.explain(&person.facts_since(run, zones), now)),
            steps,
        })
    }
}
