//! Lets people into series, or holds them out.
//! Moves no one on from there.

use std::collections::BTreeMap;

use super::{Happened, Looked, Machine};
use crate::{
    hash::mix64,
    rule::{Attribute, Facts, Program},
    series::{
        chance::is_held_out,
        definition::{Gate, RUNS_MAX, Series, Step},
        effect::Metric,
        person::{IMPORTED, Run, RunState},
        spec::{Each, Reentry},
    },
    value::Value,
    window::DAY_MS,
};

// LIMIT: an import of old events must not start what was meant for the day on which they happened.
/// How old an event may be (ms) to let someone in.
const EVENT_AGE_MS_MAX: i64 = DAY_MS;

// LIMIT: what a run carries of its event; more is not needed to write a message about it.
/// How many bytes of an event's properties are kept for templates.
pub(crate) const EVENT_BYTES_MAX: usize = 4_096;

/// What sets one entry apart from others.
#[derive(Default)]
struct Ticket {
    key: u64,
    event: BTreeMap<String, Value>,
}

impl Machine<'_> {
    pub(super) fn enter(&mut self) {
        self.each_series(Self::let_in);
        // An event lets someone in once, however many rounds a decision takes.
        self.happened = None;
    }

    fn let_in(&mut self, Looked { id, published, .. }: Looked<'_>) {
        let Some(series) = published.newest().filter(|_| !published.paused) else {
            return;
        };
        let ticket = match &series.entry {
            Gate::Match { .. } => Some(Ticket::default()),
            Gate::Event { name, filter, each } => {
                self.ticket(id, published.current, name, filter.as_deref(), each)
            }
        };
        // Those who matched before a series for newcomers do not enter it, nor those who came to match
        // by an import.
        let matches = |since: &i64| *since > IMPORTED;
        if !self.person.audiences.get(id).is_some_and(matches) {
            return;
        }
        let Some(ticket) = ticket.filter(|ticket| self.may_enter(id, series, ticket.key)) else {
            return;
        };
        if !self.is_held_off(series) {
            self.begin(id, published.current, series, ticket);
        }
    }

    /// The ticket that the event of this input gives to a series, if it does.
    fn ticket(
        &mut self,
        id: &str,
        version: u32,
        name: &str,
        filter: Option<&Program>,
        each: &Each,
    ) -> Option<Ticket> {
        let happened = self
            .happened
            .as_ref()
            .filter(|happened| happened.name == name)?;
        let is_recent = happened.at >= self.now.saturating_sub(EVENT_AGE_MS_MAX);
        if !is_recent || !filter.is_none_or(|filter| self.passes(happened, filter)) {
            return None;
        }
        let key = match each {
            Each::Person => 0,
            Each::Event => mix64(happened.id.as_bytes()),
            Each::Property(name) => {
                let value = happened.properties.get(name).unwrap_or(&Value::Null);
                mix64(&crate::wire::encode(value))
            }
        };
        let ticket = Ticket {
            key,
            event: kept(happened.properties),
        };
        if self.person.audiences.contains_key(id) {
            self.count(id, version, None, Metric::Matched);
        }
        Some(ticket)
    }

    fn passes(&self, happened: &Happened<'_>, filter: &Program) -> bool {
        let attribute = |(name, value): (&String, &Value)| {
            let at = happened.at;
            let value = value.clone();
            (name.clone(), Attribute { value, at })
        };
        let attributes = happened.properties.iter().map(attribute).collect();
        let facts = Facts {
            attributes: &attributes,
            ..self.person.facts_on_entry(self.zone)
        };
        filter.eval(&facts, self.now)
    }

    fn may_enter(&self, id: &str, series: &Series, key: u64) -> bool {
        let runs = self.runs(id);
        if runs.len() >= RUNS_MAX && !runs.iter().any(Run::may_be_forgotten) {
            return false;
        }
        let Some(run) = runs.iter().rev().find(|run| run.key == key) else {
            return true;
        };
        match (series.reentry, run.left_at()) {
            (Reentry::Never, _) | (Reentry::After(_), None) => false,
            (Reentry::After(span), Some(left)) => self.now >= left.saturating_add(span.0),
        }
    }

    /// Nobody enters while the exit condition holds.
    fn is_held_off(&self, series: &Series) -> bool {
        let facts = self.person.facts_on_entry(self.zone);
        let mut exit = series.exit.iter();
        exit.any(|exit| exit.eval(&facts, self.now))
    }

    fn begin(&mut self, id: &str, version: u32, series: &Series, ticket: Ticket) {
        let Some(first) = series.steps.first() else {
            return;
        };
        let held_out = self.is_held_out(id, series);
        let state = if held_out {
            let until = self.now.saturating_add(series.longest_from(0));
            RunState::HeldOut { until }
        } else {
            waiting(first, self.now)
        };
        let before = self.person.history.ids_from(self.now);
        let runs = self.person.runs.entry(id.to_owned()).or_default();
        let entry = runs.last().map_or(0, |run| run.entry) + 1;
        if runs.len() >= RUNS_MAX
            && let Some(oldest) = runs.iter().position(Run::may_be_forgotten)
        {
            runs.remove(oldest);
        }
        runs.push(Run {
            entry,
            version,
            entered_at: self.now,
            before,
            key: ticket.key,
            event: ticket.event,
            held_out,
            state,
            steps: Vec::new(),
            converted: None,
            resumed: self.now,
            skips_before: None,
            checks: 0,
        });
        let metric = if held_out {
            Metric::HeldOut
        } else {
            Metric::Entered
        };
        self.count(id, version, None, metric);
    }

    /// Whether chance holds them out: of every series, or of this one.
    fn is_held_out(&self, id: &str, series: &Series) -> bool {
        let settings = &self.definitions.settings;
        settings.holds_out(self.person.bucketing_id())
            || is_held_out(id, series.holdout_percent, self.person)
    }
}

/// The state of one who waits for a step from `at` on.
pub(super) fn waiting(step: &Step, at: i64) -> RunState {
    RunState::Waiting {
        step: step.id.clone(),
        due: at.saturating_add(step.delay_ms),
    }
}

/// The properties that a run carries: in the order of their names, as many as there is room for.
fn kept(properties: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let mut room = EVENT_BYTES_MAX;
    let mut fits = |(name, value): &(&String, &Value)| {
        let bytes = name.len() + crate::wire::encode(*value).len();
        let fits = bytes <= room;
        room = room.saturating_sub(if fits { bytes } else { 0 });
        fits
    };
    let kept = properties.iter().filter(|property| fits(property));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}
