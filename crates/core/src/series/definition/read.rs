//! Reads steps field by field: what is missing, has no place in its kind or leads nowhere is noted.
//! Looks at one step at a time; circles are for `graph`.

use std::collections::BTreeMap;

use super::{Goal, Message, Path, Push, Rules, STEPS_MAX, Set, Step, Wait, Webhook, step::Action};
use crate::{
    liquid::{self, Template},
    mail::{self, Email, SOURCE_BYTES_MAX, Source},
    rule::{AnySpelling, Program, Segments},
    series::{
        policy::{TimeOfDay, Weekdays},
        problems::Finding,
        spec::{Method, PathSpec, Span, StepKind, StepSpec, UntilSpec},
    },
    value::Value,
    window::DAY_MS,
};

/// What a path names that leads nowhere.
const END: &str = "end";

/// How long an in-app message stays live where its step does not say.
pub(super) const LIVE_FOR_MS: i64 = 30 * DAY_MS;

// LIMIT: more ways than a report can compare.
/// How many ways a split may have.
pub(crate) const PATHS_MAX: usize = 10;

// LIMIT: no browser shows more with a push; in the app, a third choice is a page of its own.
/// How many buttons a push or a message in the app may have.
pub(crate) const ACTIONS_MAX: usize = 2;

// LIMIT: more than any API asks for.
/// How many headers a request may have.
pub(crate) const HEADERS_MAX: usize = 20;

// LIMIT: what fits on one form; a person has 500 attributes at most.
/// How many attributes, and how many tags, one step may set.
pub(crate) const SET_MAX: usize = 50;

/// Reads all steps; those that cannot be run are left out, and said why.
pub(super) fn steps(
    specs: &[StepSpec],
    segments: &Segments,
    findings: &mut Vec<Finding>,
) -> Vec<Step> {
    let count = specs.len();
    if count == 0 {
        let message = "the series has no steps: add one".to_owned();
        findings.push(Finding::error(None, "no_steps", message));
    }
    if count > STEPS_MAX {
        let message = format!("{count} steps are more than {STEPS_MAX}: split the series");
        findings.push(Finding::error(None, "too_many_steps", message));
    }
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, step) in specs.iter().enumerate() {
        let id = step.id.as_str();
        if places.insert(id, place).is_some() {
            let message = format!("two steps have the id `{id}`: rename one");
            findings.push(Finding::error(Some(id), "double_id", message));
        }
        if id == END {
            let message = "no step may have the id `end`, which ends a path: rename it".to_owned();
            findings.push(Finding::error(Some(id), "reserved_id", message));
        }
    }
    let before = findings.len();
    let mut steps = Vec::new();
    for (place, step) in specs.iter().enumerate() {
        let mut reader = Reader {
            step,
            following: (place + 1 < count).then_some(place + 1),
            places: &places,
            segments,
            findings,
        };
        steps.extend(reader.read());
    }
    // Places are right only where no step is left out.
    if findings.len() > before {
        Vec::new()
    } else {
        steps
    }
}

/// Reads what a step says, by itself: rules and paths are not looked at.
pub(in crate::series) fn message(step: &StepSpec) -> Result<Message, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut reader = Reader {
        step,
        following: None,
        places: &BTreeMap::new(),
        segments: &Segments::default(),
        findings: &mut findings,
    };
    let message = reader.message();
    if message.is_none() && findings.is_empty() {
        let message = format!("a step of kind `{}` says nothing", step.kind.name());
        findings.push(Finding::error(Some(&step.id), "no_message", message));
    }
    match message {
        Some(message) if findings.is_empty() => Ok(message),
        _ => Err(findings),
    }
}

/// Reads one step.
pub(super) struct Reader<'a> {
    pub(super) step: &'a StepSpec,
    pub(super) following: Option<usize>,
    pub(super) places: &'a BTreeMap<&'a str, usize>,
    pub(super) segments: &'a Segments,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    pub(super) fn error(&mut self, code: &'static str, message: String) {
        self.findings
            .push(Finding::error(Some(&self.step.id), code, message));
    }

    pub(super) fn missing(&mut self, name: &str, mend: &str) {
        self.error("missing", format!("`{name}` is missing: {mend}"));
    }

    fn read(&mut self) -> Option<Step> {
        let step = self.step;
        self.out_of_place();
        let next = self.lead("next", step.next.as_deref(), self.following);
        let when = step.when.as_ref().map(|rule| self.rule(rule));
        let action = match step.kind {
            StepKind::Email | StepKind::InApp | StepKind::Push | StepKind::Webhook => self.says(),
            StepKind::Wait => self.wait(next).map(Action::Wait),
            StepKind::Branch => self.branch(next),
            StepKind::Split => self.split(next),
            StepKind::Set => Some(self.set()),
            StepKind::Exit => Some(Action::Exit),
        };
        Some(Step {
            id: step.id.clone(),
            delay_ms: step.delay.0,
            when,
            next,
            action: action?,
        })
    }

    /// Notes the fields that have no place in the step's kind.
    pub(super) fn out_of_place(&mut self) {
        use StepKind::{Branch, Email, InApp, Push, Set, Split, Wait, Webhook};
        let step = self.step;
        let kinds: [(&str, bool, &[StepKind]); 37] = [
            ("subject", step.subject.is_some(), &[Email]),
            ("provider", step.provider.is_some(), &[Email]),
            ("preheader", step.preheader.is_some(), &[Email]),
            ("blocks", step.blocks.is_some(), &[Email]),
            ("html", step.html.is_some(), &[Email]),
            ("mjml", step.mjml.is_some(), &[Email]),
            ("title", step.title.is_some(), &[InApp, Push]),
            ("body", step.body.is_some(), &[Email, InApp, Push, Webhook]),
            ("layout", step.layout.is_some(), &[InApp]),
            ("position", step.position.is_some(), &[InApp]),
            ("cta", step.cta.is_some(), &[InApp]),
            ("target", step.target.is_some(), &[InApp]),
            ("alt", step.alt.is_some(), &[InApp]),
            ("buttons", step.buttons.is_some(), &[InApp]),
            ("survey", step.survey.is_some(), &[InApp]),
            ("trigger", step.trigger.is_some(), &[InApp]),
            ("repeat", step.repeat.is_some(), &[InApp]),
            ("live_for", step.live_for.is_some(), &[InApp]),
            ("url", step.url.is_some(), &[Push, Webhook]),
            ("image", step.image.is_some(), &[InApp, Push]),
            ("actions", !step.actions.is_empty(), &[Push]),
            ("method", step.method.is_some(), &[Webhook]),
            ("headers", !step.headers.is_empty(), &[Webhook]),
            ("goal", step.goal.is_some(), &[Email, InApp, Push]),
            (
                "test",
                step.experiment.is_some(),
                &[Email, InApp, Push, Webhook],
            ),
            ("for", step.lasts.is_some(), &[Wait]),
            ("until", step.until.is_some(), &[Wait]),
            ("timeout", step.timeout.is_some(), &[Wait]),
            ("met", step.met.is_some(), &[Wait]),
            ("timed_out", step.timed_out.is_some(), &[Wait]),
            ("if", step.test.is_some(), &[Branch]),
            ("yes", step.yes.is_some(), &[Branch]),
            ("no", step.no.is_some(), &[Branch]),
            ("paths", !step.paths.is_empty(), &[Split]),
            ("attributes", !step.attributes.is_empty(), &[Set]),
            ("add_tags", !step.add_tags.is_empty(), &[Set]),
            ("remove_tags", !step.remove_tags.is_empty(), &[Set]),
        ];
        for (name, is_there, belongs) in kinds {
            if is_there && !belongs.contains(&step.kind) {
                let kind = step.kind.name();
                let message =
                    format!("`{name}` has no place in a step of kind `{kind}`: remove it");
                self.error("field", message);
            }
        }
    }

    /// Where a path leads: to a named step, to the end, or where it leads by default.
    fn lead(&mut self, name: &str, to: Option<&str>, default: Option<usize>) -> Option<usize> {
        match to {
            None => default,
            Some(END) => None,
            Some(id) => {
                let place = self.places.get(id).copied();
                if place.is_none() {
                    let message = format!(
                        "`{name}` names the step `{id}`, which does not exist: name one of the \
                         steps, or `end`"
                    );
                    self.error("unknown_next", message);
                }
                place
            }
        }
    }

    fn rules(&mut self) -> Rules<'_> {
        Rules {
            segments: self.segments,
            findings: self.findings,
        }
    }

    fn rule(&mut self, rule: &AnySpelling) -> Program {
        let id = self.step.id.as_str();
        self.rules().resolve(Some(id), &rule.0)
    }

    fn goal(&mut self) -> Option<Goal> {
        let step = self.step;
        let goal = step.goal.as_ref()?;
        Some(self.rules().goal(Some(&step.id), goal))
    }

    fn says(&mut self) -> Option<Action> {
        let message = self.message();
        let goal = self.goal();
        let test = self.step.experiment.as_ref();
        let test = test.map(|test| self.test(test));
        Some(Action::Message {
            message: message?,
            goal,
            test: test.flatten().map(Box::new),
        })
    }

    /// What the step says, if it says something.
    pub(super) fn message(&mut self) -> Option<Message> {
        match self.step.kind {
            StepKind::Email => self.email().map(Message::Email),
            StepKind::InApp => self.in_app().map(Box::new).map(Message::InApp),
            StepKind::Push => self.push().map(Message::Push),
            StepKind::Webhook => self.webhook().map(Message::Webhook),
            StepKind::Wait
            | StepKind::Branch
            | StepKind::Split
            | StepKind::Set
            | StepKind::Exit => None,
        }
    }

    fn email(&mut self) -> Option<Email> {
        let step = self.step;
        let subject = self.template("subject", step.subject.as_deref());
        let preheader = step.preheader.as_deref();
        let preheader = preheader.map(|source| self.template("preheader", Some(source)));
        let source = step.mjml.as_deref().unwrap_or_default();
        if source.len() > SOURCE_BYTES_MAX {
            self.error(
                "too_long",
                format!("`mjml` is longer than {SOURCE_BYTES_MAX} bytes: shorten it"),
            );
        }
        if step.mjml.is_some() && step.html.is_none() {
            self.missing("html", "write what was made from `mjml`, or remove `mjml`");
        }
        let content = mail::content(step.mail(), &mut |code, message| self.error(code, message));
        Some(Email {
            subject: subject?,
            preheader: preheader.flatten(),
            content: content?,
            provider: step.provider,
        })
    }

    fn push(&mut self) -> Option<Push> {
        let step = self.step;
        let title = self.template("title", step.title.as_deref());
        let body = self.template("body", step.body.as_deref());
        let url = self.link("url", step.url.as_deref());
        let image = self.link("image", step.image.as_deref());
        self.at_most("actions", step.actions.len(), ACTIONS_MAX);
        let mut actions = Vec::new();
        for action in &step.actions {
            let url = self.link("actions.url", Some(&action.url));
            let label = self.template("actions.label", Some(&action.label));
            actions.extend(label.zip(url));
        }
        Some(Push {
            title: title?,
            body: body?,
            url,
            image,
            actions,
        })
    }

    fn webhook(&mut self) -> Option<Webhook> {
        let step = self.step;
        if step.url.is_none() {
            self.missing("url", "name the address that takes the request");
        }
        let url = self.link("url", step.url.as_deref());
        let method = step.method.unwrap_or_default();
        let takes_body = match method {
            Method::Post | Method::Put | Method::Patch => true,
            Method::Get | Method::Delete => false,
        };
        if step.body.is_some() && !takes_body {
            let message = "a `GET` or `DELETE` takes no `body`: remove it or use `POST`";
            self.error("field", message.to_owned());
        }
        self.at_most("headers", step.headers.len(), HEADERS_MAX);
        let body = self.template("body", Some(step.body.as_deref().unwrap_or_default()));
        let mut headers = BTreeMap::new();
        for (name, value) in &step.headers {
            let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
            if name.is_empty() || !name.bytes().all(is_token) {
                let message = format!(
                    "`{name}` is no name of a header: write letters, digits and `-`, such as \
                     `X-Workspace`"
                );
                self.error("header", message);
            }
            let template = self.template(&format!("headers.{name}"), Some(value));
            headers.extend(template.map(|template| (name.clone(), template)));
        }
        Some(Webhook {
            method,
            url: url?,
            headers,
            body: body?,
        })
    }

    fn wait(&mut self, next: Option<usize>) -> Option<Wait> {
        const MEND: &str = "say how long with `for`, or what for with `until`";
        let step = self.step;
        let is_for_rule = step
            .until
            .as_ref()
            .is_some_and(|until| until.rule.is_some());
        if !is_for_rule {
            for (name, is_there) in [
                ("timeout", step.timeout.is_some()),
                ("met", step.met.is_some()),
                ("timed_out", step.timed_out.is_some()),
            ] {
                if is_there {
                    let message = format!("`{name}` belongs to `until` with a `rule`: remove it");
                    self.error("field", message);
                }
            }
        }
        match (step.lasts, &step.until) {
            (None, None) => {
                self.missing("for", MEND);
                None
            }
            (Some(_), Some(_)) => {
                self.error(
                    "field",
                    format!("`for` and `until` do not go together: {MEND}"),
                );
                None
            }
            (Some(span), None) => Some(Wait::For(span.0)),
            (None, Some(until)) => self.until(until, next),
        }
    }

    fn until(&mut self, until: &UntilSpec, next: Option<usize>) -> Option<Wait> {
        const MEND: &str = "name a `time`, `days`, both, or a `rule`";
        let step = self.step;
        match (until.time, until.days, &until.rule) {
            (None, None, None) => {
                self.missing("until", MEND);
                None
            }
            (time, days, None) => Some(Wait::Until {
                time: time.unwrap_or_else(|| TimeOfDay::full_hour(0)),
                days: days.unwrap_or(Weekdays::EVERY),
            }),
            (None, None, Some(rule)) => {
                if step.timeout.is_none() {
                    self.missing("timeout", "say how long to wait for the rule at most");
                }
                let test = Box::new(self.rule(rule));
                let met = self.lead("met", step.met.as_deref(), next);
                let timed_out = self.lead("timed_out", step.timed_out.as_deref(), next);
                let Span(timeout_ms) = step.timeout?;
                Some(Wait::Rule {
                    test,
                    timeout_ms,
                    met,
                    timed_out,
                })
            }
            (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                self.error("field", format!("`until` is for one thing: {MEND}"));
                None
            }
        }
    }

    fn branch(&mut self, next: Option<usize>) -> Option<Action> {
        let step = self.step;
        let yes = self.lead("yes", step.yes.as_deref(), next);
        let no = self.lead("no", step.no.as_deref(), next);
        let Some(test) = &step.test else {
            self.missing("if", "name the rule that is asked");
            return None;
        };
        let test = self.rule(test);
        Some(Action::Branch { test, yes, no })
    }

    fn split(&mut self, next: Option<usize>) -> Option<Action> {
        let specs = &self.step.paths;
        if specs.len() < 2 {
            self.missing("paths", "give a split two ways or more");
        }
        self.at_most("paths", specs.len(), PATHS_MAX);
        let weights: Vec<f64> = specs.iter().map(|path| path.weight).collect();
        let total = self.total("paths", &weights)?;
        let mut paths: Vec<Path> = Vec::new();
        let mut sum = 0.0;
        for PathSpec {
            name,
            weight,
            next: to,
            holdout,
        } in specs
        {
            if paths.iter().any(|path| path.name == *name) {
                let message = format!("two `paths` have the name `{name}`: rename one");
                self.error("double_path", message);
            }
            if *holdout && to.is_some() {
                let message =
                    format!("the path `{name}` is held out and leads nowhere: remove its `next`");
                self.error("field", message);
            }
            sum += weight;
            paths.push(Path {
                name: name.clone(),
                end: sum / total,
                next: self.lead("paths.next", to.as_deref(), next),
                holdout: *holdout,
            });
        }
        Some(Action::Split(paths))
    }

    /// The sum of weights that can be shares.
    pub(super) fn total(&mut self, name: &str, weights: &[f64]) -> Option<f64> {
        let total: f64 = weights.iter().sum();
        let are_weights = weights.iter().all(|weight| *weight >= 0.0);
        if are_weights && total > 0.0 && total.is_finite() {
            return Some(total);
        }
        let message = format!("the weights of `{name}` are 0 or more, and one is more than 0");
        self.error("weights", message);
        None
    }

    fn set(&mut self) -> Action {
        let step = self.step;
        if step.attributes.is_empty() && step.add_tags.is_empty() && step.remove_tags.is_empty() {
            self.missing(
                "attributes",
                "name what is set, or `add_tags` or `remove_tags`",
            );
        }
        for (name, count) in [
            ("attributes", step.attributes.len()),
            ("add_tags", step.add_tags.len()),
            ("remove_tags", step.remove_tags.len()),
        ] {
            self.at_most(name, count, SET_MAX);
        }
        let mut set = Set {
            add_tags: step.add_tags.clone(),
            remove_tags: step.remove_tags.clone(),
            ..Set::default()
        };
        for (name, value) in &step.attributes {
            let source = match value {
                Value::Text(source) => Some(source),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::List(_)
                | Value::Map(_) => None,
            };
            let Some(source) = source else {
                set.values.insert(name.clone(), value.clone());
                continue;
            };
            let template = self.template(&format!("attributes.{name}"), Some(source));
            set.texts
                .extend(template.map(|template| (name.clone(), template)));
        }
        Action::Set(set)
    }

    pub(super) fn at_most(&mut self, name: &str, count: usize, most: usize) {
        if count > most {
            let message = format!("{count} in `{name}` are more than {most}: use fewer");
            self.error("too_many", message);
        }
    }

    pub(super) fn template(&mut self, name: &str, source: Option<&str>) -> Option<Template> {
        let Some(source) = source else {
            self.missing(name, "write the text");
            return None;
        };
        liquid::parse(source)
            .map_err(|problems| {
                for problem in problems {
                    self.error("template", format!("`{name}`, {problem}"));
                }
            })
            .ok()
    }

    pub(super) fn link(&mut self, name: &str, url: Option<&str>) -> Option<String> {
        let url = url?;
        if url.starts_with("https://") || url.starts_with("http://") {
            return Some(url.to_owned());
        }
        let message =
            format!("`{name}` is `{url}`: write a whole address that begins with https://");
        self.error("link", message);
        None
    }
}

impl StepSpec {
    /// What a mail says, as it is written.
    pub(in crate::series) fn mail(&self) -> Source<'_> {
        Source {
            body: self.body.as_deref(),
            blocks: self.blocks.as_ref(),
            html: self.html.as_deref(),
        }
    }
}
