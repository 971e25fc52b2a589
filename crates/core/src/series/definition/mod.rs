//! What is run: rules with segments in place, templates parsed, steps linked.
//! Compiled once per version; nothing in it can be wrong any more.

use std::collections::{BTreeMap, BTreeSet};

mod index;

pub(super) use index::{Index, NOWHERE, Places};

use super::{
    inbox::bundle,
    problems::Finding,
    spec::{
        AudienceSpec, DefinitionsSpec, Entry, LayoutSpec, PositionSpec, Reentry, SeriesSpec,
        StepKind, StepSpec,
    },
};
use crate::{
    liquid::{self, Template},
    rule::{Program, Rule, Segments},
    time::format_span,
    window::DAY_MS,
    wire::{Bundle, Layout, Position},
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

/// How long an in-app message stays live where its step does not say.
const LIVE_FOR_MS: i64 = 30 * DAY_MS;

/// All that is published, ready to run.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// The version that it was compiled from.
    pub version: u64,
    /// The rules of the segments, resolved, by id.
    pub segments: BTreeMap<String, Program>,
    /// The published series, by id.
    pub series: BTreeMap<String, Published>,
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
}

/// One version of a series.
#[derive(Clone, Debug)]
pub struct Series {
    /// Whom it is for.
    pub audience: Program,
    /// Who of them enters.
    pub entry: Entry,
    /// Whether one may enter again.
    pub reentry: Reentry,
    /// When one leaves.
    pub exit: Option<Program>,
    /// The steps; the first is where one begins.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its id within the series.
    pub id: String,
    /// Milliseconds after the previous step.
    pub delay_ms: i64,
    /// Whom of those who come this far it is for.
    pub when: Option<Program>,
    /// The place of the next step in the series; `None` ends it.
    pub next: Option<usize>,
    /// What it says.
    pub message: Message,
}

/// What a step says, and through which channel.
#[derive(Clone, Debug)]
pub enum Message {
    /// A mail.
    Email(Email),
    /// A message inside the app.
    InApp(InApp),
    /// A push notification.
    Push(Push),
}

/// A mail.
#[derive(Clone, Debug)]
pub struct Email {
    /// The subject line.
    pub subject: Template,
    /// The text, Markdown.
    pub body: Template,
}

/// A message inside the app.
#[derive(Clone, Debug)]
pub struct InApp {
    /// Its shape.
    pub layout: Layout,
    /// The headline.
    pub title: Template,
    /// The text.
    pub body: Template,
    /// The label and the address of the button.
    pub cta: Option<(Template, String)>,
    /// How long it stays live, milliseconds.
    pub live_for_ms: i64,
}

/// A push notification.
#[derive(Clone, Debug)]
pub struct Push {
    /// The headline.
    pub title: Template,
    /// The text.
    pub body: Template,
    /// Where a click leads.
    pub url: Option<String>,
}

impl Definitions {
    /// Compiles what the workspace pushed.
    ///
    /// # Errors
    /// Everything that cannot be run; the workspace checks the same before it publishes.
    pub fn compile(spec: &DefinitionsSpec) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let unresolved: Segments = spec
            .segments
            .iter()
            .map(|(id, s)| (id.clone(), s.rule.0.clone()))
            .collect();
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
            let mut versions = BTreeMap::new();
            for (version, spec) in &live.versions {
                match Series::compile(spec, &unresolved) {
                    Ok(compiled) => {
                        versions.insert(*version, compiled);
                    }
                    Err(mut more) => findings.append(&mut more),
                }
            }
            let published = Published {
                current: live.current,
                paused: live.paused,
                versions,
            };
            series.insert(id.clone(), published);
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let bundle = bundle(&series);
        let mut definitions = Self {
            version: spec.version,
            segments,
            series,
            bundle,
            index: Index::default(),
        };
        definitions.index = Index::new(&definitions);
        Ok(definitions)
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
}

impl Published {
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
        let mut resolve = |step: Option<&str>, rule: &Rule| match rule.resolve(segments) {
            Ok(rule) => rule.compile(),
            Err(problem) => {
                findings.push(Finding::error(step, "rule", problem.message));
                Rule::Any(Vec::new()).compile()
            }
        };
        let audience = match &spec.audience {
            AudienceSpec::Segment(id) => resolve(None, &Rule::Segment(id.clone())),
            AudienceSpec::Rule(rule) => resolve(None, &rule.0),
        };
        let exit = spec.exit.as_ref().map(|rule| resolve(None, &rule.0));
        let targeting: Vec<Option<Program>> = spec
            .steps
            .iter()
            .map(|step| {
                step.when
                    .as_ref()
                    .map(|rule| resolve(Some(&step.id), &rule.0))
            })
            .collect();
        findings.extend(too_soon(spec.reentry));
        let next = link(&spec.steps, &mut findings);
        let mut steps = Vec::new();
        for ((step, when), next) in spec.steps.iter().zip(targeting).zip(next) {
            let mut reader = StepReader {
                step,
                findings: &mut findings,
            };
            let message = reader.message();
            let delay_ms = step.delay.0;
            steps.extend(message.map(|message| Step {
                id: step.id.clone(),
                delay_ms,
                when,
                next,
                message,
            }));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Self {
            audience,
            entry: spec.entry,
            reentry: spec.reentry,
            exit,
            steps,
        })
    }

    /// The step with this id, and its place.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<(usize, &Step)> {
        self.steps
            .iter()
            .enumerate()
            .find(|(_, step)| step.id == id)
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

/// Where each step leads; notes ids that are double, unknown or lead in a circle.
fn link(steps: &[StepSpec], findings: &mut Vec<Finding>) -> Vec<Option<usize>> {
    if steps.is_empty() {
        findings.push(Finding::error(
            None,
            "no_steps",
            "the series has no steps: add one".to_owned(),
        ));
    }
    if steps.len() > STEPS_MAX {
        let message = format!(
            "{} steps are more than {STEPS_MAX}: split the series",
            steps.len()
        );
        findings.push(Finding::error(None, "too_many_steps", message));
    }
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        if places.insert(&step.id, place).is_some() {
            let message = format!("two steps have the id `{}`: rename one", step.id);
            findings.push(Finding::error(Some(&step.id), "double_id", message));
        }
    }
    let mut next = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let following = (place + 1 < steps.len()).then_some(place + 1);
        next.push(match &step.next {
            None => following,
            Some(id) => {
                let found = places.get(id.as_str()).copied();
                if found.is_none() {
                    let message = format!("`next` names the step `{id}`, which does not exist");
                    findings.push(Finding::error(Some(&step.id), "unknown_next", message));
                }
                found
            }
        });
    }
    let mut seen = BTreeSet::new();
    let mut at = (!steps.is_empty()).then_some(0);
    while let Some(place) = at {
        if !seen.insert(place) {
            let id = steps.get(place).map_or("", |step| step.id.as_str());
            let message = format!("the steps lead in a circle back to `{id}`: end it or lead on");
            findings.push(Finding::error(Some(id), "circle", message));
            break;
        }
        at = next.get(place).copied().flatten();
    }
    next
}

/// Reads the fields of one step, noting what is missing or has no place in its kind.
struct StepReader<'a> {
    step: &'a StepSpec,
    findings: &'a mut Vec<Finding>,
}

impl StepReader<'_> {
    fn error(&mut self, code: &'static str, message: String) {
        self.findings
            .push(Finding::error(Some(&self.step.id), code, message));
    }

    fn message(&mut self) -> Option<Message> {
        let step = self.step;
        let kind = match step.kind {
            StepKind::Email => "email",
            StepKind::InApp => "in_app",
            StepKind::Push => "push",
        };
        let (email, in_app, push) = (
            step.kind == StepKind::Email,
            step.kind == StepKind::InApp,
            step.kind == StepKind::Push,
        );
        for (name, present, belongs) in [
            ("subject", step.subject.is_some(), email),
            ("title", step.title.is_some(), in_app || push),
            ("layout", step.layout.is_some(), in_app),
            ("position", step.position.is_some(), in_app),
            ("cta", step.cta.is_some(), in_app),
            ("live_for", step.live_for.is_some(), in_app),
            ("url", step.url.is_some(), push),
        ] {
            if present && !belongs {
                self.error(
                    "field",
                    format!("`{name}` has no place in a step of kind `{kind}`: remove it"),
                );
            }
        }
        match step.kind {
            StepKind::Email => {
                let subject = self.template("subject", step.subject.as_deref());
                let body = self.template("body", step.body.as_deref());
                Some(Message::Email(Email {
                    subject: subject?,
                    body: body?,
                }))
            }
            StepKind::InApp => {
                let title = self.template("title", Some(step.title.as_deref().unwrap_or_default()));
                let body = self.template("body", step.body.as_deref());
                let position = match step.position.unwrap_or_default() {
                    PositionSpec::Top => Position::Top,
                    PositionSpec::Bottom => Position::Bottom,
                };
                let layout = match step.layout.unwrap_or_default() {
                    LayoutSpec::Banner => Layout::Banner(position),
                    LayoutSpec::Modal => Layout::Modal,
                };
                let cta = match &step.cta {
                    Some(cta) => {
                        let url = self.link("cta.url", Some(&cta.url));
                        self.template("cta.label", Some(&cta.label)).zip(url)
                    }
                    None => None,
                };
                let live_for_ms = step.live_for.map_or(LIVE_FOR_MS, |span| span.0);
                Some(Message::InApp(InApp {
                    layout,
                    title: title?,
                    body: body?,
                    cta,
                    live_for_ms,
                }))
            }
            StepKind::Push => {
                let title = self.template("title", step.title.as_deref());
                let body = self.template("body", step.body.as_deref());
                let url = self.link("url", step.url.as_deref());
                Some(Message::Push(Push {
                    title: title?,
                    body: body?,
                    url,
                }))
            }
        }
    }

    fn template(&mut self, name: &str, source: Option<&str>) -> Option<Template> {
        let Some(source) = source else {
            self.error("missing", format!("`{name}` is missing"));
            return None;
        };
        match liquid::parse(source) {
            Ok(template) => Some(template),
            Err(problems) => {
                for problem in problems {
                    let (line, column) = (problem.line, problem.column);
                    let message = format!(
                        "`{name}`, line {line}, column {column}: {}",
                        problem.message
                    );
                    self.error("template", message);
                }
                None
            }
        }
    }

    fn link(&mut self, name: &str, url: Option<&str>) -> Option<String> {
        let url = url?;
        if url.starts_with("https://") || url.starts_with("http://") {
            return Some(url.to_owned());
        }
        self.error(
            "link",
            format!("`{name}` is `{url}`: write a whole address that begins with https://"),
        );
        None
    }
}
