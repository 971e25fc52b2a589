//! Who is concerned: what each segment and series depends on while nothing of it is due.
//! Evaluates nothing: it names those that must be evaluated again.

use std::collections::BTreeSet;

use super::{Action, Definitions, Published, Series, Step, Wait};
use crate::{
    liquid::Template,
    named::Hashed,
    rule::{Change, Program, Source},
    series::policy::SendAt,
};

/// What each place depends on: segments in the order of their ids, then series in that of theirs.
#[derive(Clone, Debug, Default)]
pub(in crate::series) struct Index {
    places: Vec<Change>,
    all: Change,
    shown: Change,
    asked: Asked,
    calm_ms: i64,
}

/// What is ever asked for of what people do.
#[derive(Clone, Debug, Default)]
pub(in crate::series) struct Asked {
    /// INVARIANT: the names of events, each with its hash, in the order of [`by_length`].
    events: Box<[(Box<str>, u64)]>,
    /// The [`outline`] of each.
    outlines: u64,
    messages: bool,
    hours: bool,
}

/// Names in an order in which most are told apart without reading them.
fn by_length(name: &str) -> (usize, &str) {
    (name.len(), name)
}

/// A bit by the length of a name and how it begins: most names are told from the others by it.
fn outline(name: &str) -> u64 {
    let first = name.as_bytes().first().copied().unwrap_or_default();
    1 << ((name.len() + 7 * usize::from(first)) % 64)
}

impl Asked {
    fn new(definitions: &Definitions) -> Self {
        let sources = || definitions.rules().flat_map(Program::sources);
        let entries = versions(definitions).filter_map(|series| series.entry.event());
        let events = sources().filter_map(Source::event).chain(entries);
        let events = events.chain(definitions.streams.events()).map(by_length);
        let events: BTreeSet<(usize, &str)> = events.collect();
        let asks_for_hours = |series: &Series| series.policies.send_at == Some(SendAt::UsualHour);
        Self {
            outlines: events
                .iter()
                .fold(0, |bits, (_, name)| bits | outline(name)),
            events: events
                .into_iter()
                .map(|(_, name)| (name.into(), Hashed::from(name).hash))
                .collect(),
            messages: sources().any(Source::is_message),
            hours: versions(definitions).any(asks_for_hours),
        }
    }

    /// The event of this name, if some rule or series looks at it.
    #[inline]
    pub(in crate::series) fn event<'a>(&self, name: &'a str) -> Option<Hashed<'a>> {
        let is_like_one = self.outlines & outline(name) != 0;
        is_like_one.then(|| self.find(name)).flatten()
    }

    fn find<'a>(&self, name: &'a str) -> Option<Hashed<'a>> {
        let key = by_length(name);
        let found = self
            .events
            .binary_search_by_key(&key, |(known, _)| by_length(known));
        let (_, hash) = self.events.get(found.ok()?)?;
        Some(Hashed { name, hash: *hash })
    }

    /// Whether some rule looks at what people do with messages.
    pub(in crate::series) fn messages(&self) -> bool {
        self.messages
    }

    /// Whether some message is sent at the hour at which a person is usually there.
    pub(in crate::series) fn hours(&self) -> bool {
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
            shown: versions(definitions).fold(Change::NOTHING, |all, one| all.and(one.shown)),
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
            asked: self.asked.clone(),
            calm_ms: i64::MAX,
            ..Self::default()
        }
    }

    /// Everything that is ever asked for.
    pub(in crate::series) fn asked(&self) -> &Asked {
        &self.asked
    }

    /// Whether a change concerns anyone.
    pub(in crate::series) fn concerns_anyone(&self, change: Change) -> bool {
        self.all.meets(change)
    }

    /// Whether what is live in the app must be shown anew: its targeting or its text may change.
    pub(in crate::series) fn shows(&self, change: Change) -> bool {
        self.shown.meets(change)
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
    Change::membership(segment)
}

fn versions(definitions: &Definitions) -> impl Iterator<Item = &Series> {
    let published = definitions.series.values();
    published.flat_map(|published| published.versions.values())
}

fn calm_ms(definitions: &Definitions) -> i64 {
    if versions(definitions).any(|series| series.in_run.meets(Change::SEEN)) {
        return 0;
    }
    let audiences = versions(definitions).map(|series| &series.audience);
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
        let shown = self.steps.iter().map(of_shown);
        self.shown = shown.fold(Change::NOTHING, Change::and);
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
    let event = series.entry.event();
    event.map_or(Change::NOTHING, Change::event)
}

/// What a step depends on while a run is at it or after it; what it asks for when it fires is asked
/// then.
fn of_step(step: &Step) -> Change {
    match &step.action {
        Action::Message { goal, .. } => {
            let goal = goal.as_ref().map(|goal| goal.rule.depends());
            goal.unwrap_or_default()
        }
        Action::Wait(Wait::Rule { test, .. }) => test.depends(),
        Action::Wait(Wait::For(_) | Wait::Until { .. })
        | Action::Branch { .. }
        | Action::Split(_)
        | Action::Set(_)
        | Action::Exit => Change::NOTHING,
    }
}

/// What a step's message depends on while it is live in the app.
fn of_shown(step: &Step) -> Change {
    if step.in_app().is_none() {
        return Change::NOTHING;
    }
    let when = step.when.as_ref().map(Program::depends).unwrap_or_default();
    let texts = step.templates().into_iter().map(of_template);
    texts.fold(when, Change::and)
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
