//! What is run: rules with segments in place, templates parsed, steps linked.
//! Compiled once per version; nothing in it can be wrong any more.

mod graph;
mod index;
mod nudge;
mod read;
mod step;
mod test;

use std::collections::BTreeMap;

pub(super) use graph::{in_order, reachable};
pub(super) use index::{Index, membership};
pub use nudge::{Answers, InApp, Shape, Survey};
pub(super) use read::message;
pub use step::{Action, Message, Path, Push, Set, Step, Test, Wait, Webhook};
pub(super) use step::{MET, NO, TIMED_OUT, YES};

use super::{
    inbox::bundle,
    person::{Person, StepRecord},
    policy::{Overrides, Settings},
    problems::Finding,
    spec::{
        AudienceSpec, DefinitionsSpec, Each, Entry, GoalSpec, LiveSeries, Migration, Pause,
        Reentry, SegmentSpec, SeriesSpec,
    },
};
use crate::{
    rule::{Change, Program, Rule, Segments, Streams},
    time::format_span,
    window::DAY_MS,
    wire::Bundle,
    zone::{Zone, Zones},
};

// LIMIT: what one canvas can show; Intercom stops at the same number of blocks.
/// How many steps a series may have.
pub(crate) const STEPS_MAX: usize = 250;

// LIMIT: one who comes to the end and still matches enters again: sooner than this, a series of
// steps without delays would never stop sending.
/// How soon after leaving one may enter again, at the earliest.
pub(crate) const REENTRY_MS_MIN: i64 = 60 * 60 * 1_000;

// LIMIT: what a person's state carries of one series; receipts and goals of the latest runs matter.
/// How many runs through one series are kept of a person.
pub(crate) const RUNS_MAX: usize = 16;

// LIMIT: a comparison is sharpest between halves; a larger holdout is a series switched off.
/// The largest share of those who would enter that may be held out, in percent.
pub(crate) const HOLDOUT_PERCENT_MAX: u32 = 50;

/// Within which time a goal counts where it does not say.
const GOAL_MS: i64 = 30 * DAY_MS;

/// All that is published, ready to run.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// The version that it was compiled from.
    pub version: u64,
    /// The policies of the workspace.
    pub settings: Settings,
    /// The rules of the segments, resolved, by id.
    pub segments: BTreeMap<String, Program>,
    /// The published series, by id.
    pub series: BTreeMap<String, Published>,
    /// The events that rules filter by their properties.
    pub streams: Streams,
    /// The contents of in-app messages that are the same for everyone.
    pub bundle: Bundle,
    /// Who is concerned by what.
    pub(super) index: Index,
}

/// A published series with all its versions.
#[derive(Clone, Debug)]
pub struct Published {
    /// The version that people enter.
    pub current: u32,
    /// Whether it stands still.
    pub paused: bool,
    /// The versions.
    pub versions: BTreeMap<u32, Series>,
    /// The versions from which people move on to the current one.
    pub(super) moves: Vec<u32>,
    /// The pauses that are over, in order.
    pub(super) pauses: Vec<Pause>,
}

/// One version of a series.
#[derive(Clone, Debug)]
pub struct Series {
    /// Whom it is for.
    pub audience: Program,
    /// The id of the segment that its audience is, if it is one.
    pub(super) segment: Option<String>,
    /// Who of them enters, and when.
    pub entry: Gate,
    /// Whether one may enter again.
    pub reentry: Reentry,
    /// When one leaves.
    pub exit: Option<Program>,
    /// Whether one also leaves who does not match the audience any more.
    pub exit_when_left: bool,
    /// What it is for.
    pub goal: Option<Goal>,
    /// How many of a hundred are held out.
    pub holdout_percent: u32,
    /// What it does differently from the policies of the workspace.
    pub policies: Overrides,
    /// The steps; the first is where one begins.
    pub steps: Vec<Step>,
    /// How long the longest way through it takes, milliseconds.
    pub(super) longest_ms: Vec<i64>,
    /// What a run through it depends on.
    in_run: Change,
    /// What its messages in the app depend on, once they are live.
    shown: Change,
    has_goals: bool,
}

/// Who enters, and when.
#[derive(Clone, Debug)]
pub enum Gate {
    /// Those who match.
    Match {
        /// Those included who matched before it was published.
        existing: bool,
    },
    /// Those who perform an event.
    Event {
        /// Its name.
        name: String,
        /// What its properties must be, read as attributes.
        filter: Option<Box<Program>>,
        /// What there may be one run of at a time.
        each: Each,
    },
}

impl Gate {
    /// The event that lets people in.
    pub(super) fn event(&self) -> Option<&str> {
        match self {
            Self::Event { name, .. } => Some(name),
            Self::Match { .. } => None,
        }
    }
}

/// What a series or a message is for.
#[derive(Clone, Debug)]
pub struct Goal {
    /// What must come true.
    pub rule: Program,
    /// Within which time, milliseconds.
    pub within_ms: i64,
}

impl Definitions {
    /// Compiles what the workspace pushed.
    ///
    /// # Errors
    /// Everything that cannot be run; the workspace checks the same before it publishes.
    pub fn compile(spec: &DefinitionsSpec) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let unresolved = rules_of(&spec.segments);
        let mut segments = BTreeMap::new();
        for (id, rule) in &unresolved {
            match rule.resolve(&unresolved) {
                Ok(rule) => {
                    segments.insert(id.clone(), rule.compile());
                }
                Err(problem) => findings.push(Finding::error(None, "segment", problem.message)),
            }
        }
        let mut series = BTreeMap::new();
        for (id, live) in &spec.series {
            match Published::compile(live, &unresolved) {
                Ok(published) => {
                    series.insert(id.clone(), published);
                }
                Err(mut more) => findings.append(&mut more),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut definitions = Self {
            streams: Streams::default(),
            version: spec.version,
            settings: spec.settings.clone(),
            segments,
            bundle: bundle(&series),
            series,
            index: Index::default(),
        };
        let streams = Streams::of(definitions.rules().map(Program::rule));
        definitions.streams =
            streams.map_err(|problem| vec![Finding::error(None, "streams", problem.message)])?;
        definitions.index = Index::new(&definitions);
        Ok(definitions)
    }

    /// Every rule in them.
    fn rules(&self) -> impl Iterator<Item = &Program> {
        let versions = self
            .series
            .values()
            .flat_map(|published| published.versions.values());
        self.segments
            .values()
            .chain(versions.flat_map(Series::rules))
    }

    /// What takes in the same facts, and decides nothing.
    #[must_use]
    pub fn only_facts(&self) -> Self {
        Self {
            streams: self.streams.clone(),
            index: self.index.only_asked(),
            ..Self::default()
        }
    }

    /// The zone that a person's wall clock keeps, as far as the tables know.
    #[must_use]
    pub fn zone<'a>(&self, person: &Person, zones: &'a Zones) -> &'a Zone {
        person.zone(self.settings.timezone.as_deref(), zones)
    }

    /// The series by id, each with its place among all that is watched.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, (&String, &Published))> {
        (self.segments.len()..).zip(&self.series)
    }

    /// The place of a series among all that is watched.
    pub(super) fn place_of(&self, id: &str) -> Option<usize> {
        self.places()
            .find_map(|(place, (found, _))| (found == id).then_some(place))
    }

    /// One version of a series.
    #[must_use]
    pub fn series(&self, id: &str, version: u32) -> Option<&Series> {
        self.series.get(id)?.versions.get(&version)
    }

    /// The step that a record is of.
    pub(super) fn recorded(&self, id: &str, record: &StepRecord) -> Option<&Step> {
        self.series.get(id)?.recorded(record)
    }

    /// The version of a series that a record is of.
    pub(super) fn recorded_in(&self, id: &str, record: &StepRecord) -> Option<&Series> {
        self.series.get(id)?.versions.get(&record.version)
    }
}

/// The rules of segments as they are written.
fn rules_of(segments: &BTreeMap<String, SegmentSpec>) -> Segments {
    let rule = |(id, segment): (&String, &SegmentSpec)| (id.clone(), segment.rule.0.clone());
    segments.iter().map(rule).collect()
}

impl Published {
    /// The step that a record is of, in the version that it fired under.
    pub(super) fn recorded(&self, record: &StepRecord) -> Option<&Step> {
        let series = self.versions.get(&record.version)?;
        series.step(&record.step).map(|(_, step)| step)
    }

    fn compile(live: &LiveSeries, segments: &Segments) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut versions = BTreeMap::new();
        for (version, spec) in &live.versions {
            match Series::compile(spec, segments) {
                Ok(compiled) => {
                    versions.insert(*version, compiled);
                }
                Err(mut more) => findings.append(&mut more),
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let moves = live
            .migrate
            .iter()
            .filter(|(from, migration)| **migration == Migration::Move && **from != live.current);
        Ok(Self {
            current: live.current,
            paused: live.paused,
            moves: moves.map(|(from, _)| *from).collect(),
            versions,
            pauses: live.pauses.clone(),
        })
    }

    /// Whether any of it is for something.
    pub(super) fn has_goals(&self) -> bool {
        self.versions.values().any(Series::has_goals)
    }

    /// The version that people enter.
    pub(super) fn newest(&self) -> Option<&Series> {
        self.versions.get(&self.current)
    }
}

impl Series {
    /// Compiles one version.
    ///
    /// # Errors
    /// Everything in it that cannot be run, all at once.
    pub fn compile(spec: &SeriesSpec, segments: &Segments) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut rules = Rules {
            segments,
            findings: &mut findings,
        };
        let audience = rules.audience(spec);
        let segment = match &spec.audience {
            Some(AudienceSpec::Segment(id)) => Some(id.clone()),
            Some(AudienceSpec::Rule(_)) | None => None,
        };
        let exit = spec.exit.as_ref().map(|rule| rules.resolve(None, &rule.0));
        let goal = spec.goal.as_ref().map(|goal| rules.goal(None, goal));
        let entry = rules.gate(&spec.entry);
        findings.extend(too_soon(spec.reentry));
        findings.extend(too_many_held_out(spec.holdout_percent));
        let steps = read::steps(&spec.steps, segments, &mut findings);
        findings.extend(graph::circle(&steps));
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Self {
            audience,
            segment,
            entry,
            reentry: spec.reentry,
            exit,
            exit_when_left: spec.exit_when_left,
            goal,
            holdout_percent: spec.holdout_percent,
            policies: spec.policies.clone(),
            longest_ms: graph::longest(&steps),
            steps,
            in_run: Change::NOTHING,
            shown: Change::NOTHING,
            has_goals: false,
        }
        .index_run())
    }

    /// Every rule in it but what it asks of the properties of the event that lets people in.
    fn rules(&self) -> impl Iterator<Item = &Program> {
        let goal = self.goal.iter().map(|goal| &goal.rule);
        let own = [&self.audience].into_iter().chain(&self.exit).chain(goal);
        own.chain(self.steps.iter().flat_map(Step::rules))
    }

    /// The step with this id, and its place.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<(usize, &Step)> {
        self.steps
            .iter()
            .enumerate()
            .find(|(_, step)| step.id == id)
    }

    /// How long the longest way from a step on takes, milliseconds.
    pub(super) fn longest_from(&self, place: usize) -> i64 {
        self.longest_ms.get(place).copied().unwrap_or_default()
    }

    /// Where those go on who are at a step of this version when they move to another one: at the
    /// step with the same id, or else at the nearest after it, by the number of steps, that both
    /// have; nowhere if there is none.
    #[must_use]
    pub fn counterpart<'a>(&self, step: &str, other: &'a Self) -> Option<&'a Step> {
        let (start, _) = self.step(step)?;
        graph::nearest_first(&self.steps, start)
            .filter_map(|place| self.steps.get(place))
            .find_map(|step| other.step(&step.id))
            .map(|(_, step)| step)
    }
}

/// Puts segments in place, noting what cannot be.
struct Rules<'a> {
    segments: &'a Segments,
    findings: &'a mut Vec<Finding>,
}

impl Rules<'_> {
    fn resolve(&mut self, step: Option<&str>, rule: &Rule) -> Program {
        let resolved = rule.resolve(self.segments).unwrap_or_else(|problem| {
            let finding = Finding::error(step, "rule", problem.message);
            self.findings.push(finding);
            Rule::Any(Vec::new())
        });
        resolved.compile()
    }

    fn audience(&mut self, spec: &SeriesSpec) -> Program {
        match (&spec.audience, &spec.entry) {
            (Some(AudienceSpec::Segment(id)), _) => self.resolve(None, &Rule::Segment(id.clone())),
            (Some(AudienceSpec::Rule(rule)), _) => self.resolve(None, &rule.0),
            (None, Entry::Event(_)) => Rule::everyone().compile(),
            (None, Entry::ExistingAndFuture | Entry::Future) => {
                let message = "`audience` is missing: name a segment or a rule, such as `everyone`";
                let finding = Finding::error(None, "no_audience", message.to_owned());
                self.findings.push(finding);
                Rule::Any(Vec::new()).compile()
            }
        }
    }

    fn gate(&mut self, entry: &Entry) -> Gate {
        match entry {
            Entry::ExistingAndFuture => Gate::Match { existing: true },
            Entry::Future => Gate::Match { existing: false },
            Entry::Event(event) => Gate::Event {
                name: event.name.clone(),
                filter: event
                    .filter
                    .as_ref()
                    .map(|rule| Box::new(self.of_properties(&rule.0))),
                each: event.each.clone(),
            },
        }
    }

    /// A rule about the properties of an event.
    fn of_properties(&mut self, rule: &Rule) -> Program {
        let mut others = 0;
        rule.each(&mut |leaf| others += u32::from(!matches!(leaf, Rule::Attribute(_))));
        if others > 0 {
            let message = "`entry.event.where` looks at the event's properties only: ask for \
                           anything else in `audience`";
            let finding = Finding::error(None, "entry_where", message.to_owned());
            self.findings.push(finding);
        }
        rule.compile()
    }

    fn goal(&mut self, step: Option<&str>, goal: &GoalSpec) -> Goal {
        Goal {
            rule: self.resolve(step, &goal.rule.0),
            within_ms: goal.within.map_or(GOAL_MS, |span| span.0),
        }
    }
}

fn too_soon(reentry: Reentry) -> Option<Finding> {
    match reentry {
        Reentry::After(span) if span.0 < REENTRY_MS_MIN => {
            let (span, least) = (format_span(span.0), format_span(REENTRY_MS_MIN));
            let message = format!("`reentry` after {span} is too soon: name at least {least}");
            Some(Finding::error(None, "reentry", message))
        }
        Reentry::After(_) | Reentry::Never => None,
    }
}

fn too_many_held_out(percent: u32) -> Option<Finding> {
    (percent > HOLDOUT_PERCENT_MAX).then(|| {
        let message = format!(
            "`holdout_percent` is {percent}: hold out {HOLDOUT_PERCENT_MAX} of a hundred at most"
        );
        Finding::error(None, "holdout", message)
    })
}
