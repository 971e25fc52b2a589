//! A step, ready to run: when it fires, for whom, what it does and where it leads.
//! Does nothing itself.

use std::collections::BTreeMap;

use super::{Goal, InApp};
use crate::{
    experiment::Ranges,
    liquid::Template,
    mail::Email,
    rule::Program,
    series::{
        policy::{TimeOfDay, Weekdays},
        spec::{CONTROL, Method, TestMetric},
    },
    value::Value,
};

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
    /// What it does.
    pub action: Action,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Says something.
    Message {
        /// What, and through which channel.
        message: Message,
        /// What for.
        goal: Option<Goal>,
        /// What is tried instead.
        test: Option<Box<Test>>,
    },
    /// Lets time pass.
    Wait(Wait),
    /// Asks, and takes one of two ways.
    Branch {
        /// What is asked.
        test: Program,
        /// Where it leads if it holds.
        yes: Option<usize>,
        /// Where it leads if it does not.
        no: Option<usize>,
    },
    /// Takes a way by chance.
    Split(Vec<Path>),
    /// Sets attributes and tags.
    Set(Set),
    /// Ends the run, and takes back what has not been sent.
    Exit,
}

/// An A/B test of a message, which is itself the control.
#[derive(Clone, Debug)]
pub struct Test {
    /// What decides.
    pub metric: TestMetric,
    /// What is tried instead, by name.
    pub variants: Vec<(String, Message)>,
    /// Which buckets fall to the control, which to each variant.
    pub ranges: Ranges,
}

/// How a wait ends.
#[derive(Clone, Debug)]
pub enum Wait {
    /// After this long, milliseconds.
    For(i64),
    /// At a time on the person's wall.
    Until {
        /// The time of day.
        time: TimeOfDay,
        /// The days of the week.
        days: Weekdays,
    },
    /// When a rule holds, or after a timeout.
    Rule {
        /// What must hold; looks at events since entry.
        test: Box<Program>,
        /// How long at most, milliseconds.
        timeout_ms: i64,
        /// Where it leads if it came true.
        met: Option<usize>,
        /// Where it leads after the timeout.
        timed_out: Option<usize>,
    },
}

/// One way of a split.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its name.
    pub name: String,
    /// Where it ends on the line from 0 to 1 that chance picks from.
    pub end: f64,
    /// Where it leads.
    pub next: Option<usize>,
    /// Whether those on it get nothing from here on.
    pub holdout: bool,
}

/// Attributes and tags to be set.
#[derive(Clone, Debug, Default)]
pub struct Set {
    /// Attributes that are the same for everyone; null removes.
    pub values: BTreeMap<String, Value>,
    /// Attributes that are made from what is known of the person.
    pub texts: BTreeMap<String, Template>,
    /// What the list `tags` gets.
    pub add_tags: Vec<String>,
    /// What the list `tags` loses.
    pub remove_tags: Vec<String>,
}

/// What a step says, and through which channel.
#[derive(Clone, Debug)]
pub enum Message {
    /// A mail.
    Email(Email),
    /// A message inside the app.
    InApp(Box<InApp>),
    /// A push notification.
    Push(Push),
    /// A request to a program.
    Webhook(Webhook),
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
    /// The address of a picture.
    pub image: Option<String>,
    /// The labels and the addresses of buttons.
    pub actions: Vec<(Template, String)>,
}

/// A request to a program.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The method.
    pub method: Method,
    /// Where it goes.
    pub url: String,
    /// What it carries besides, by name.
    pub headers: BTreeMap<String, Template>,
    /// What it carries.
    pub body: Template,
}

impl Step {
    /// The places of the steps that it can lead to; the end is none. With the name of the way,
    /// empty where there is only one.
    pub fn leads(&self) -> impl Iterator<Item = (&str, Option<usize>)> {
        let passed_over = self.when.is_some().then_some(("", self.next));
        let ways = match &self.action {
            Action::Message { .. }
            | Action::Wait(Wait::For(_) | Wait::Until { .. })
            | Action::Set(_) => vec![("", self.next)],
            Action::Wait(Wait::Rule { met, timed_out, .. }) => {
                vec![(MET, *met), (TIMED_OUT, *timed_out)]
            }
            Action::Branch { yes, no, .. } => vec![(YES, *yes), (NO, *no)],
            Action::Split(paths) => {
                let goes_on = paths.iter().filter(|path| !path.holdout);
                goes_on
                    .map(|path| (path.name.as_str(), path.next))
                    .collect()
            }
            Action::Exit => Vec::new(),
        };
        ways.into_iter().chain(passed_over)
    }

    /// How long it takes at most, milliseconds, its delay included.
    pub(super) fn takes_ms(&self) -> i64 {
        let waits_ms = match &self.action {
            Action::Wait(Wait::For(span)) => *span,
            // On one day of the week, and a day that a zone leaves out.
            Action::Wait(Wait::Until { .. }) => 8 * crate::window::DAY_MS,
            Action::Wait(Wait::Rule { timeout_ms, .. }) => *timeout_ms,
            Action::Message { .. }
            | Action::Branch { .. }
            | Action::Split(_)
            | Action::Set(_)
            | Action::Exit => 0,
        };
        self.delay_ms.saturating_add(waits_ms)
    }

    /// How long it waits at least, milliseconds, its delay left out.
    pub(in crate::series) fn waits_ms_min(&self) -> i64 {
        match &self.action {
            Action::Wait(Wait::For(span)) if self.when.is_none() => *span,
            Action::Wait(_)
            | Action::Message { .. }
            | Action::Branch { .. }
            | Action::Split(_)
            | Action::Set(_)
            | Action::Exit => 0,
        }
    }

    /// The rule that it waits for, if it is a wait for one.
    pub(in crate::series) fn waits_for(&self) -> Option<&Program> {
        match &self.action {
            Action::Wait(Wait::Rule { test, .. }) => Some(test),
            Action::Wait(Wait::For(_) | Wait::Until { .. })
            | Action::Message { .. }
            | Action::Branch { .. }
            | Action::Split(_)
            | Action::Set(_)
            | Action::Exit => None,
        }
    }

    /// The message inside the app that it is, if it is one.
    #[must_use]
    pub fn in_app(&self) -> Option<&InApp> {
        self.message().and_then(Message::in_app)
    }

    /// What it says, if it says something.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        match &self.action {
            Action::Message { message, .. } => Some(message),
            Action::Wait(_)
            | Action::Branch { .. }
            | Action::Split(_)
            | Action::Set(_)
            | Action::Exit => None,
        }
    }

    /// The test of its message, if there is one.
    #[must_use]
    pub fn test(&self) -> Option<&Test> {
        match &self.action {
            Action::Message { test, .. } => test.as_deref(),
            Action::Wait(_)
            | Action::Branch { .. }
            | Action::Split(_)
            | Action::Set(_)
            | Action::Exit => None,
        }
    }

    /// What it says to those who were given this variant: a variant that is not there any more says
    /// what the step itself says.
    #[must_use]
    pub fn says(&self, variant: Option<&str>) -> Option<&Message> {
        let variants = self.test().into_iter().flat_map(|test| &test.variants);
        let mut own = variants.filter(|(name, _)| Some(name.as_str()) == variant);
        let own = own.next().map(|(_, message)| message);
        own.or_else(|| self.message())
    }

    /// Everything that it says, to whom ever.
    pub(in crate::series) fn messages(&self) -> impl Iterator<Item = &Message> {
        let variants = self.test().into_iter().flat_map(|test| &test.variants);
        let variants = variants.map(|(_, message)| message);
        self.message().into_iter().chain(variants)
    }

    /// The rules that it asks.
    pub(in crate::series) fn rules(&self) -> impl Iterator<Item = &Program> {
        let own = match &self.action {
            Action::Message { goal, .. } => goal.as_ref().map(|goal| &goal.rule),
            Action::Wait(Wait::Rule { test, .. }) => Some(test.as_ref()),
            Action::Branch { test, .. } => Some(test),
            Action::Wait(Wait::For(_) | Wait::Until { .. })
            | Action::Split(_)
            | Action::Set(_)
            | Action::Exit => None,
        };
        self.when.iter().chain(own)
    }

    /// Everything in it that is filled in.
    pub(in crate::series) fn templates(&self) -> Vec<&Template> {
        match &self.action {
            Action::Message { .. } => self.messages().flat_map(Message::templates).collect(),
            Action::Set(set) => set.texts.values().collect(),
            Action::Wait(_) | Action::Branch { .. } | Action::Split(_) | Action::Exit => Vec::new(),
        }
    }
}

/// The way of a wait whose rule came true.
pub(in crate::series) const MET: &str = "met";
/// The way of a wait after its timeout.
pub(in crate::series) const TIMED_OUT: &str = "timed_out";
/// The way of a branch whose rule holds.
pub(in crate::series) const YES: &str = "yes";
/// The way of a branch whose rule does not hold.
pub(in crate::series) const NO: &str = "no";

impl Test {
    /// The names of the variants, the control first.
    pub(in crate::series) fn names(&self) -> impl Iterator<Item = &str> {
        let variants = self.variants.iter().map(|(name, _)| name.as_str());
        std::iter::once(CONTROL).chain(variants)
    }
}

impl Message {
    /// What it shows in the app, if it shows something there.
    pub(in crate::series) fn in_app(&self) -> Option<&InApp> {
        match self {
            Self::InApp(in_app) => Some(in_app),
            Self::Email(_) | Self::Push(_) | Self::Webhook(_) => None,
        }
    }

    /// Everything in it that is filled in.
    pub(in crate::series) fn templates(&self) -> Vec<&Template> {
        match self {
            Self::Email(email) => email.templates(),
            Self::InApp(in_app) => in_app.templates(),
            Self::Push(push) => {
                let labels = push.actions.iter().map(|(label, _)| label);
                [&push.title, &push.body]
                    .into_iter()
                    .chain(labels)
                    .collect()
            }
            Self::Webhook(webhook) => {
                let headers = webhook.headers.values();
                headers.chain([&webhook.body]).collect()
            }
        }
    }
}
