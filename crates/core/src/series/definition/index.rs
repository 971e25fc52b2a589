//! Who is concerned: what each segment and series depends on while nothing of it is due.
//! Evaluates nothing: it names those that must be evaluated again.

use super::{Action, Definitions, Gate, Published, Series, Step, Wait};
use crate::{
    liquid::Template,
    rule::{Change, Program},
    series::policy::SendAt,
};

/// What each place depends on: segments in the order of their ids, then series in that of theirs.
#[derive(Clone, Debug, Default)]
pub(in crate::series) struct Index {
    places: Vec<Change>,
    all: Change,
    asked: Asked,
    calm_ms: i64,
}

/// Everything that is ever asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::series) struct Asked {
    facts: Change,
    hours: bool,
}

impl Asked {
    fn new(definitions: &Definitions) -> Self {
        let rules = definitions.rules().map(Program::depends);
        let published = definitions.series.values();
        let series = || {
            published
                .clone()
                .flat_map(|published| published.versions.values())
        };
        let streams = definitions.streams.events().map(Change::event);
        let asks_for_hours = |series: &Series| series.policies.send_at == Some(SendAt::UsualHour);
        Self {
            facts: rules
                .chain(series().map(of_entry))
                .chain(streams)
                .fold(Change::NOTHING, Change::and),
            hours: series().any(asks_for_hours),
        }
    }

    /// Whether some rule or series looks at what a change is about.
    pub(in crate::series) fn meets(self, change: Change) -> bool {
        self.facts.meets(change)
    }

    /// Whether some message is sent at the hour at which a person is usually there.
    pub(in crate::series) fn hours(self) -> bool {
        self.hours
    }
}

impl Index {
    pub(super) fn new(definitions: &Definitions) -> Self {
        let segments = definitions.segments.values().map(Program::depends);
        let series = definitions.series.values().map(of_published);
        let places: Vec<Change> = segments.chain(series).collect();
        Self {
            all: places
                .iter()
                .fold(Change::NOTHING, |all, one| all.and(*one)),
            places,
            asked: Asked::new(definitions),
            calm_ms: calm_ms(definitions),
        }
    }

    /// For how long after an activity (ms) another one moves no one who matches no audience.
    pub(in crate::series) fn calm_ms(&self) -> i64 {
        self.calm_ms
    }

    /// The same where nobody is watched.
    pub(super) fn only_asked(&self) -> Self {
        Self {
            asked: self.asked,
            ..Self::default()
        }
    }

    /// Everything that is ever asked for.
    pub(in crate::series) fn asked(&self) -> Asked {
        self.asked
    }

    /// Whether a change concerns anyone.
    pub(in crate::series) fn concerns_anyone(&self, change: Change) -> bool {
        self.all.meets(change)
    }

    /// Whether a change concerns the segment or series at this place.
    pub(in crate::series) fn concerns(&self, place: usize, change: Change) -> bool {
        self.places
            .get(place)
            .is_some_and(|depends| depends.meets(change))
    }
}

/// That someone came into a segment, or left it: all that a series for its people asks of it.
pub(in crate::series) fn membership(segment: &str) -> Change {
    // No attribute begins like this: names are typed.
    Change::attribute(&["\0segment ", segment].concat())
}

fn calm_ms(definitions: &Definitions) -> i64 {
    let versions = definitions
        .series
        .values()
        .flat_map(|published| published.versions.values());
    if versions
        .clone()
        .any(|series| series.in_run.meets(Change::SEEN))
    {
        return 0;
    }
    let audiences = versions.map(|series| &series.audience);
    let watched = definitions.segments.values().chain(audiences);
    watched.map(Program::calm_ms).min().unwrap_or(i64::MAX)
}

fn of_published(published: &Published) -> Change {
    let versions = published.versions.values().map(of_series);
    versions.fold(Change::NOTHING, Change::and)
}

impl Series {
    /// What a run through it depends on.
    pub(in crate::series) fn depends_in_run(&self) -> Change {
        self.in_run
    }

    /// Whether it, or a message in it, is for something.
    pub(in crate::series) fn has_goals(&self) -> bool {
        self.has_goals
    }

    /// Notes what a run through it depends on.
    pub(super) fn index_run(mut self) -> Self {
        let of_messages = || self.steps.iter().any(|step| step.goal().is_some());
        self.has_goals = self.goal.is_some() || of_messages();
        let goal = self.goal.as_ref().map(|goal| &goal.rule);
        let rules = self.exit.iter().chain(goal).map(Program::depends);
        let audience = self.exit_when_left.then(|| of_audience(&self));
        let steps = self.steps.iter().map(of_step);
        self.in_run = rules
            .chain(audience)
            .chain(steps)
            .fold(Change::NOTHING, Change::and);
        self
    }
}

fn of_audience(series: &Series) -> Change {
    match &series.segment {
        Some(segment) => membership(segment),
        None => series.audience.depends(),
    }
}

fn of_series(series: &Series) -> Change {
    of_entry(series).and(of_audience(series)).and(series.in_run)
}

fn of_entry(series: &Series) -> Change {
    match &series.entry {
        Gate::Event { name, .. } => Change::event(name),
        Gate::Match { .. } => Change::NOTHING,
    }
}

/// What a step depends on while a run is at it or after it; what it asks for when it fires is asked
/// then.
fn of_step(step: &Step) -> Change {
    match &step.action {
        Action::Message { goal, .. } => {
            let goal = goal.as_ref().map(|goal| goal.rule.depends());
            let goal = goal.unwrap_or_default();
            // What is live is shown anew where its targeting or its text changes.
            if step.in_app().is_some() {
                let when = step.when.as_ref().map(Program::depends).unwrap_or_default();
                let texts = step.templates().into_iter().map(of_template);
                return texts.fold(goal.and(when), Change::and);
            }
            goal
        }
        Action::Wait(Wait::Rule { test, .. }) => test.depends(),
        Action::Wait(Wait::For(_) | Wait::Until { .. })
        | Action::Branch { .. }
        | Action::Split(_)
        | Action::Set(_)
        | Action::Exit => Change::NOTHING,
    }
}

fn of_template(template: &Template) -> Change {
    let names = template
        .variables()
        .into_iter()
        .filter_map(|variable| variable.path.into_iter().next());
    names.fold(Change::NOTHING, |all, name| {
        all.and(Change::attribute(&name))
    })
}
