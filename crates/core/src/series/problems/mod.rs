//! What is wrong with a series before anyone enters it: errors that stop a publish, warnings that
//! a marketer should read. Looks at the definition and the names in the data, never at people.

mod reach;
mod weekly;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    definition::{Action, Gate, Message, Series, Step, in_order, reachable},
    person::Person,
    policy::Settings,
    spec::{SeriesSpec, StepKind, StepSpec, TestMetric, TestSpec},
    step::{EVENT, ID, Known},
};
use crate::{
    experiment::warning,
    liquid::Template,
    mail::{self, HTML_BYTES_GOOD, Theme, UNSUBSCRIBE},
    rule::{Asked, Names, Program, Rule, Segments, is_known_attribute, unknown},
    time::span_in_words,
};

pub use weekly::MANY_A_WEEK;

/// What a rule asks of the browser: texts are filled in before they get there.
const PAGE: &str = "page";

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot be published.
    Error,
    /// It can, and will probably not do what was meant.
    Warning,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// The id of the step; `null` for the series as a whole.
    pub step: Option<String>,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people: what is wrong and how to mend it.
    pub message: String,
}

impl Finding {
    pub(super) fn error(step: Option<&str>, code: &'static str, message: String) -> Self {
        Self {
            severity: Severity::Error,
            step: step.map(str::to_owned),
            code,
            message,
        }
    }

    pub(super) fn warning(step: Option<&str>, code: &'static str, message: String) -> Self {
        Self {
            severity: Severity::Warning,
            step: step.map(str::to_owned),
            code,
            message,
        }
    }
}

/// Everything that is wrong with a series, errors first.
#[must_use]
pub fn problems(
    spec: &SeriesSpec,
    segments: &Segments,
    settings: &Settings,
    names: &Names,
) -> Vec<Finding> {
    let unknown_types = spec.policies.problems(settings);
    let series = match Series::compile(spec, segments) {
        Ok(series) => series,
        Err(findings) => return [findings, unknown_types].concat(),
    };
    let mut review = Review {
        spec,
        series: &series,
        theme: &settings.mail,
        names: names.clone(),
        findings: unknown_types,
    };
    review.names.attributes.extend(review.set_names());
    review.rules();
    review.exit();
    review.steps();
    review.mails();
    review.tests();
    review.week();
    review.findings
}

struct Review<'a> {
    spec: &'a SeriesSpec,
    series: &'a Series,
    /// How mails look.
    theme: &'a Theme,
    /// The names in the data, and those that the series sets itself.
    names: Names,
    findings: Vec<Finding>,
}

impl Review<'_> {
    fn warn(&mut self, step: Option<&str>, code: &'static str, message: impl Into<String>) {
        let finding = Finding::warning(step, code, message.into());
        self.findings.push(finding);
    }

    /// The attributes that steps of the series set.
    fn set_names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for step in &self.series.steps {
            if let Action::Set(set) = &step.action {
                names.extend(set.values.keys().chain(set.texts.keys()).cloned());
                names.insert("tags".to_owned());
            }
        }
        names
    }

    /// What can't be meant in a rule, and names that the data does not have.
    fn rules(&mut self) {
        let series = self.series;
        let goal = series.goal.iter().map(|goal| &goal.rule);
        let own = [&series.audience]
            .into_iter()
            .chain(&series.exit)
            .chain(goal);
        let own = own.map(|rule| (None, rule, Asked::AtTheEdge));
        let of_steps = series.steps.iter().flat_map(|step| {
            let id = Some(step.id.as_str());
            // The browser asks the targeting of what is shown there; its goal is asked at the edge.
            let in_app = step.in_app().and(step.when.as_ref());
            let asked = move |rule: &Program| match in_app {
                Some(when) if std::ptr::eq(when, rule) => Asked::InTheBrowser,
                Some(_) | None => Asked::AtTheEdge,
            };
            step.rules().map(move |rule| (id, rule, asked(rule)))
        });
        for (step, rule, asked) in own.chain(of_steps) {
            let unknown = rule.rule().unknown_names(&self.names);
            for problem in rule.rule().problems(&self.names, asked) {
                let is_name = unknown.contains(&problem);
                let code = if is_name {
                    "unknown_name"
                } else {
                    "contradiction"
                };
                self.warn(step, code, problem.message);
            }
        }
        if let Gate::Event { name, .. } = &series.entry
            && !self.names.events.contains(name)
        {
            let message = unknown("event", name, self.names.events.iter().map(String::as_str));
            self.warn(None, "unknown_name", message);
        }
    }

    fn exit(&mut self) {
        let series = self.series;
        if series.exit.is_none() && !series.exit_when_left {
            self.warn(
                None,
                "no_exit",
                "there is no exit condition: people who come back will go on getting messages; \
                 add one, such as `performed \"Logged In\"`, or set `exit_when_left`",
            );
        }
        if series
            .exit
            .as_ref()
            .is_some_and(|exit| reach::holds_without_events(exit.rule()))
        {
            self.warn(
                None,
                "exit_at_once",
                "the exit condition holds for everyone who has just entered, because it looks at \
                 events since entry: no one will enter; ask for something that is performed",
            );
        }
        if series.exit_when_left && *series.audience.rule() == Rule::everyone() {
            self.warn(
                None,
                "no_audience_to_leave",
                "`exit_when_left` does nothing: everyone matches the audience and no one leaves \
                 it; name an `audience` or an `exit`",
            );
        }
    }

    fn steps(&mut self) {
        let series = self.series;
        let reached = reachable(&series.steps);
        let elapsed = elapsed_at_each_step(series);
        for ((step, is_reached), elapsed) in series.steps.iter().zip(reached).zip(elapsed) {
            let id = step.id.as_str();
            if !is_reached {
                let message =
                    format!("no path leads to the step `{id}`: lead one there or remove it");
                self.warn(Some(id), "unreachable", message);
                continue;
            }
            if let (Some(when), Some(exit)) = (&step.when, &series.exit) {
                let never = {
                    let rules = (when.rule(), exit.rule(), series.audience.rule());
                    reach::never_shown(step, rules, elapsed)
                };
                self.findings.extend(never);
            }
            self.templates(step);
        }
    }

    fn templates(&mut self, step: &Step) {
        let is_by_event = matches!(self.series.entry, Gate::Event { .. });
        let variables = step.templates().into_iter().flat_map(Template::variables);
        for variable in variables {
            let Some(name) = variable.path.first() else {
                continue;
            };
            let is_built_in = name == ID
                || (name == EVENT && is_by_event)
                || (name == UNSUBSCRIBE && matches!(step.message(), Some(Message::Email(_))));
            if is_built_in || is_known_attribute(name, &self.names) {
                continue;
            }
            let what = match name.as_str() {
                EVENT => "`event` is known only where an event lets people in".to_owned(),
                PAGE => "`page`, which only the browser knows,".to_owned(),
                name => {
                    let known = self.names.attributes.iter().map(String::as_str);
                    unknown("attribute", name, known)
                }
            };
            let mend = if variable.has_default {
                ""
            } else {
                ": it renders empty; add `| default: \"…\"`"
            };
            let (line, column) = (variable.line, variable.column);
            let message = format!("{what} in a template, line {line}, column {column}{mend}");
            self.warn(Some(&step.id), "unknown_attribute", message);
        }
    }

    /// Tests that could not say what mattered.
    fn tests(&mut self) {
        for step in &self.spec.steps {
            if let Some(message) = step
                .experiment
                .as_ref()
                .and_then(|test| self.never(step, test))
            {
                self.warn(Some(&step.id), "never_counted", message);
            }
            for variant in step.experiment.iter().flat_map(|test| &test.variants) {
                let (_, changed) = variant.changes.apply(step);
                if let Some(found) = warning(&changed) {
                    let message = format!("variant `{}`: {}", variant.name, found.message);
                    self.warn(Some(&step.id), found.code, message);
                }
            }
        }
    }

    /// Why nobody can do what a test is decided by, if that is so.
    fn never(&self, step: &StepSpec, test: &TestSpec) -> Option<String> {
        let (holds, mend) = match (test.metric, step.kind) {
            (TestMetric::Opened | TestMetric::Clicked, StepKind::Webhook) => (
                false,
                "nobody sees a request: decide by `converted` or `re_engaged`",
            ),
            (TestMetric::Opened, StepKind::InApp) => (
                false,
                "a message in the app is not opened: decide by `clicked`",
            ),
            (TestMetric::Opened | TestMetric::Clicked, _) => (true, ""),
            (TestMetric::Converted, _) => {
                let has_goal = step.goal.is_some() || self.spec.goal.is_some();
                (has_goal, "give the message or the series a `goal`")
            }
            (TestMetric::ReEngaged, _) => (self.spec.exit.is_some(), "give the series an `exit`"),
        };
        (!holds).then(|| format!("what decides the test can never be counted: {mend}"))
    }

    /// What mails say to those who do not see pictures, follow links or have more than a screen.
    fn mails(&mut self) {
        let nobody = Person::new("");
        let nothing = BTreeMap::new();
        let known = Known {
            person: &nobody,
            event: &nothing,
        };
        for (spec, step) in self.spec.steps.iter().zip(&self.series.steps) {
            for message in step.messages() {
                let Message::Email(email) = message else {
                    continue;
                };
                let bytes = known
                    .mail(email, self.theme, 0)
                    .map_or(0, |mail| mail.html.len());
                if bytes > HTML_BYTES_GOOD {
                    let message = format!(
                        "the mail has {bytes} bytes: Gmail cuts off what is longer than \
                         {HTML_BYTES_GOOD}; shorten it"
                    );
                    self.warn(Some(&spec.id), "large", message);
                }
            }
            if spec.kind != StepKind::Email {
                continue;
            }
            let variants = spec.experiment.iter().flat_map(|test| &test.variants);
            let variants = variants.map(|variant| variant.changes.apply(spec).0);
            for said in std::iter::once(spec.clone()).chain(variants) {
                let mut found = Vec::new();
                mail::warnings(said.mail(), &mut |code, message| {
                    found.push((code, message));
                });
                for (code, message) in found {
                    let finding = Finding::warning(Some(&spec.id), code, message);
                    // A variant that says the same is not told twice.
                    if !self.findings.contains(&finding) {
                        self.findings.push(finding);
                    }
                }
            }
        }
    }

    fn week(&mut self) {
        match weekly::most(self.series) {
            None => self.warn(
                None,
                "many_messages",
                "there is no bound to the messages that one person can get in a week: every event \
                 starts a run of its own",
            ),
            Some(most) if most > MANY_A_WEEK => {
                let message = format!(
                    "one person can get {most} messages in a week: that is more than one a day; \
                     spread them out or set a cap"
                );
                self.warn(None, "many_messages", message);
            }
            Some(_) => {}
        }
        let short = self
            .series
            .steps
            .iter()
            .filter(|step| step.in_app().is_some_and(|in_app| in_app.live_for_ms == 0));
        for id in short.map(|step| step.id.clone()).collect::<Vec<_>>() {
            let message = format!(
                "the step `{id}` is live for {}: give `live_for` a span",
                span_in_words(0)
            );
            self.warn(Some(&id), "never_live", message);
        }
    }
}

impl Series {
    /// The most messages that one person can get of it in seven days; `None` where there is no
    /// bound.
    #[must_use]
    pub fn most_in_a_week(&self) -> Option<u32> {
        weekly::most(self)
    }
}

/// Milliseconds from entry to each step at the earliest.
fn elapsed_at_each_step(series: &Series) -> Vec<i64> {
    let mut elapsed = vec![i64::MAX; series.steps.len()];
    if let Some((first, step)) = elapsed.first_mut().zip(series.steps.first()) {
        *first = step.delay_ms;
    }
    for place in in_order(&series.steps) {
        let Some((step, at)) = series.steps.get(place).zip(elapsed.get(place).copied()) else {
            continue;
        };
        for next in step.leads().filter_map(|(_, next)| next) {
            let delay = series.steps.get(next).map_or(0, |next| next.delay_ms);
            let then = at.saturating_add(step.waits_ms_min()).saturating_add(delay);
            if let Some(slot) = elapsed.get_mut(next) {
                *slot = then.min(*slot);
            }
        }
    }
    elapsed
}
