//! Backtest: recorded lives replayed through a draft under a virtual clock, before anything is sent.
//! Sends nothing, and invents no one's reaction: it is the very code that decides in production.
//!
//! People are replayed one after the other, so that memory does not grow with their number; the
//! forecasts of several shards are merged into one.

mod comparison;
mod forecast;
mod timeline;

pub use comparison::{Comparison, Line};
pub use forecast::{Busiest, Day, Forecast, Most, REACTIONS, StepForecast, Volumes};
pub use timeline::{MOMENTS_MAX, Moment, SAMPLES_MAX, Sample, Samples, What, Word};

use std::{borrow::Borrow, collections::BTreeMap};

use crate::{
    history::EVENT_NAMES_MAX,
    series::{
        Definitions, DefinitionsSpec, Delivery, Effect, Finding, Input, Keeps, LiveSeries, Metric,
        Outcome, Person, SegmentSpec, SeriesSpec, SkipReason, policy::Settings, rehearse,
    },
    window::DAY_MS,
    zone::Zones,
};

// LIMIT: a forecast has a row a day; ten years are more than anyone reads, and than data goes back.
/// The longest time that is replayed, in days.
pub const DAYS_MAX: i64 = 3_660;

// INVARIANT: each timer lies after the one before it; past this many between two inputs a
// definition that wakes for ever would be caught.
const TIMERS_MAX: u32 = 100_000;

/// Whether the time from one instant to another (Unix ms) can be replayed.
///
/// # Errors
/// When there is no time between them, or more than [`DAYS_MAX`] days.
pub fn check_span(from: i64, to: i64) -> Result<(), String> {
    if to <= from {
        return Err("the end of a backtest lies after its beginning: swap the two".to_owned());
    }
    if to.saturating_sub(from) > DAYS_MAX * DAY_MS {
        return Err(format!(
            "a backtest goes over at most {DAYS_MAX} days: begin later or end earlier"
        ));
    }
    Ok(())
}

/// A draft that is being replayed.
#[derive(Debug)]
pub struct Backtest<'a> {
    draft: &'a Draft,
    zones: &'a Zones,
    from: i64,
    to: i64,
    forecast: Forecast,
    effects: Vec<Effect>,
    moments: Vec<Moment>,
}

/// A series as if it were published alone, with the segments around it.
#[derive(Clone, Debug)]
pub struct Draft {
    id: String,
    /// Before the replay begins: facts are taken in and nothing is decided.
    before: Definitions,
    /// From its beginning on.
    during: Definitions,
}

impl Draft {
    /// Compiles a draft, with the policies that it would run under.
    ///
    /// # Errors
    /// Everything in it that could not be published.
    pub fn new(
        id: &str,
        series: SeriesSpec,
        segments: BTreeMap<String, SegmentSpec>,
        settings: Settings,
    ) -> Result<Self, Vec<Finding>> {
        let live = LiveSeries {
            current: 1,
            versions: BTreeMap::from([(1, series)]),
            ..LiveSeries::default()
        };
        let spec = DefinitionsSpec {
            version: 1,
            settings,
            segments,
            series: BTreeMap::from([(id.to_owned(), live)]),
        };
        let during = Definitions::compile(&spec)?;
        Ok(Self {
            id: id.to_owned(),
            before: during.only_facts(),
            during,
        })
    }

    fn steps(&self) -> impl Iterator<Item = String> {
        let series = self.during.series(&self.id, 1);
        series
            .into_iter()
            .flat_map(|series| series.steps.iter().map(|step| step.id.clone()))
    }
}

impl<'a> Backtest<'a> {
    /// Begins a replay of what was recorded from one instant on and before another (Unix ms).
    ///
    /// # Errors
    /// When there is no time between them, or more than [`DAYS_MAX`] days.
    pub fn new(draft: &'a Draft, zones: &'a Zones, from: i64, to: i64) -> Result<Self, String> {
        check_span(from, to)?;
        Ok(Self {
            draft,
            zones,
            from,
            to,
            forecast: Forecast::new(from, to, draft.steps()),
            effects: Vec::new(),
            moments: Vec::new(),
        })
    }

    /// Replays one person: all that was recorded of them, oldest first, from before the beginning
    /// as well. Reactions and receipts among it are left out: they were to other messages.
    pub fn person(&mut self, id: &str, recorded: impl IntoIterator<Item: Borrow<Input>>) {
        let recorded = recorded.into_iter();
        let few = |most| most <= EVENT_NAMES_MAX;
        let mut life = Life {
            person: Person::new(id),
            keeps: if recorded.size_hint().1.is_some_and(few) {
                Keeps::AskedOfFew
            } else {
                Keeps::Asked
            },
        };
        let mut published = false;
        let mut now = i64::MIN;
        for input in recorded {
            let input = input.borrow();
            let Some(at) = input.at() else { continue };
            if let Input::Event { active: false, .. } | Input::Imported(_) = input {
                // It may be no sign of life, and is kept whether anyone asks or not.
                life.keeps = Keeps::Asked;
            }
            if at >= self.to {
                break;
            }
            // What was recorded late is taken at the time that has been reached.
            now = now.max(at);
            self.forecast.inputs += 1;
            if now < self.from {
                let draft = self.draft;
                self.step(&draft.before, &mut life, input, now);
                self.effects.clear();
                continue;
            }
            if !published {
                published = true;
                self.take(&mut life, &Input::Tick, self.from);
            }
            self.wait(&mut life, now.saturating_add(1));
            self.take(&mut life, input, now);
        }
        if !published && now < self.from {
            self.take(&mut life, &Input::Tick, self.from);
        }
        self.wait(&mut life, self.to);
        self.forecast.add_person(id, &self.moments);
        self.moments.clear();
    }

    /// What would have happened.
    #[must_use]
    pub fn finish(mut self) -> Forecast {
        self.forecast.find_busiest();
        self.forecast
    }

    /// Fires the timers that are due before an instant.
    fn wait(&mut self, life: &mut Life, end: i64) {
        for _ in 0..TIMERS_MAX {
            match life.person.due {
                Some(due) if due < end => self.take(life, &Input::Tick, due),
                Some(_) | None => return,
            }
        }
    }

    fn take(&mut self, life: &mut Life, input: &Input, now: i64) {
        let draft = self.draft;
        self.step(&draft.during, life, input, now);
        // Most of what people do brings nothing about.
        if !self.effects.is_empty() {
            self.settle(life, now);
        }
    }

    /// Settles what was decided, and notes it.
    #[inline(never)]
    fn settle(&mut self, life: &mut Life, now: i64) {
        let draft = self.draft;
        // A message that leaves arrives: what a provider would say is not known.
        let mut settled = 0;
        while let Some(effect) = self.effects.get_mut(settled) {
            settled += 1;
            if let Effect::Send(send) = effect {
                let arrived = Input::Settled {
                    effect: std::mem::take(&mut send.effect),
                    delivery: Delivery::Sent,
                };
                self.step(&draft.during, life, &arrived, now);
            }
        }
        for effect in self.effects.drain(..) {
            if let Effect::Count {
                step,
                variant: None,
                metric,
                ..
            } = effect
                && let Some((what, step)) = told(&life.person, &draft.id, step, metric, now)
            {
                self.moments.push(Moment {
                    at: now,
                    what,
                    step,
                });
            }
        }
    }

    fn step(&mut self, definitions: &Definitions, life: &mut Life, input: &Input, now: i64) {
        let (zones, effects) = (self.zones, &mut self.effects);
        rehearse(
            definitions,
            zones,
            &mut life.person,
            input,
            now,
            life.keeps,
            effects,
        );
    }
}

/// A person who is being replayed.
struct Life {
    person: Person,
    keeps: Keeps,
}

/// What is told of something that was counted, and at which step; nothing of what only people's
/// reactions bring about.
fn told(
    person: &Person,
    series: &str,
    step: Option<String>,
    metric: Metric,
    now: i64,
) -> Option<(What, Option<String>)> {
    let exited = |reason| What::Exited(Word::Borrowed(reason));
    let what = match metric {
        Metric::Matched => What::Matched,
        Metric::Entered => What::Entered,
        Metric::HeldOut => What::HeldOut,
        Metric::Sent => What::WouldSend,
        Metric::Delayed => What::Delayed,
        Metric::Skipped => {
            let reason = skipped(person, series, step.as_deref()?, now)?;
            What::Skipped(reason.word().into())
        }
        Metric::Took => {
            let (step, way) = step.as_deref()?.rsplit_once('/')?;
            return Some((What::Took(way.to_owned().into()), Some(step.to_owned())));
        }
        Metric::Finished => What::Finished,
        Metric::ReEngaged => exited("exit_condition"),
        Metric::LeftAudience => exited("left_audience"),
        Metric::LeftByStep => exited("exit_step"),
        Metric::StepGone => exited("step_gone"),
        Metric::Moved
        | Metric::Converted
        | Metric::Assigned
        | Metric::Undelivered
        | Metric::Shown
        | Metric::Opened
        | Metric::Clicked
        | Metric::Dismissed
        | Metric::Bounced
        | Metric::Complained
        | Metric::Unsubscribed
        | Metric::Churned30
        | Metric::Churned60
        | Metric::Churned90
        | Metric::Stayed30
        | Metric::Stayed60
        | Metric::Stayed90
        | Metric::HeldOutReEngaged
        | Metric::HeldOutConverted
        | Metric::HeldOutChurned30
        | Metric::HeldOutChurned60
        | Metric::HeldOutChurned90
        | Metric::HeldOutStayed30
        | Metric::HeldOutStayed60
        | Metric::HeldOutStayed90 => return None,
    };
    Some((what, step))
}

/// Why a step was passed over at this instant.
fn skipped(person: &Person, series: &str, step: &str, now: i64) -> Option<SkipReason> {
    let runs = person.runs.get(series).into_iter().flatten();
    let mut records = runs.flat_map(|run| &run.steps);
    let record = records.find(|record| record.step == step && record.at == now)?;
    if let Outcome::Skipped(reason) = record.outcome {
        Some(reason)
    } else {
        None
    }
}
