//! `cargo xtask simulate-cost`: what a deployment costs a month on Cloudflare, from what was measured.
//!
//! Prices are the platform's, in US dollars, as its pages of November 2026 give them. What one event, page
//! load or message uses was measured by `cargo xtask load` and by tests/edge/cost.test.mjs. It asks nobody;
//! docs/scale.md says what is left out.

use anyhow::{Context, Result, bail};

use crate::{Options, say};

const DAYS: f64 = 30.0;
const SECONDS: f64 = DAYS * 86_400.0;
const MILLION: f64 = 1e6;
/// The Workers Paid plan, a month.
const PLAN: f64 = 5.0;
/// What an object is billed for while it is active: 128 MB.
const OBJECT_GB: f64 = 0.128;

/// What one of each uses, in the units of the price list.
mod measured {
    /// An event is a row; a request adds its person and their timer, once for all their events.
    pub(super) const ROWS_PER_EVENT: f64 = 1.0;
    pub(super) const ROWS_PER_PERSON_AND_REQUEST: f64 = 2.0;
    /// The effect in the ledger, the outbox (put and taken), the person, counters of two metrics.
    pub(super) const ROWS_PER_MESSAGE: f64 = 6.0;
    /// One write when a nudge goes live and one when it is gone.
    pub(super) const KV_WRITES_PER_NUDGE: f64 = 2.0;
    /// Written, read and deleted.
    pub(super) const QUEUE_OPERATIONS_PER_MESSAGE: f64 = 3.0;
    /// The queue's consumer claims, and tells what came of it.
    pub(super) const OBJECT_CALLS_PER_MESSAGE: f64 = 2.0;
    /// Of the Worker and its objects together, for a request of one event, and for each event more.
    pub(super) const CPU_MS_PER_REQUEST: f64 = 0.6;
    pub(super) const CPU_MS_PER_FURTHER_EVENT: f64 = 0.03;
    /// For how long an object is at work on a request.
    pub(super) const OBJECT_MS_PER_CALL: f64 = 1.0;
    /// On disk, with what finds it.
    pub(super) const BYTES_PER_EVENT: f64 = 200.0;
    pub(super) const BYTES_PER_PERSON: f64 = 2_000.0;
}

/// What happens in a month.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Traffic {
    people: f64,
    /// A person, a month.
    events: f64,
    page_loads: f64,
    mails: f64,
    nudges: f64,
    /// Events that a request brings, all of one person.
    batch: f64,
    /// Months that events are kept.
    months_kept: f64,
    shards: f64,
}

impl Traffic {
    pub(crate) fn wished(options: &mut Options) -> Result<Self> {
        let mut number = |name: &str, usual: f64, least: f64, most: f64| -> Result<f64> {
            let Some(text) = options.value(name)? else {
                return Ok(usual);
            };
            let number: f64 = text
                .parse()
                .with_context(|| format!("{name}: `{text}` is no number"))?;
            if !(least..=most).contains(&number) {
                bail!("{name} is from {least} to {most}");
            }
            Ok(number)
        };
        Ok(Self {
            people: number("--people", MILLION, 1.0, 1e9)?,
            events: number("--events", 50.0, 0.0, 1e5)?,
            page_loads: number("--page-loads", 20.0, 0.0, 1e5)?,
            mails: number("--mails", 2.0, 0.0, 1e3)?,
            nudges: number("--nudges", 0.5, 0.0, 1e3)?,
            batch: number("--batch", 5.0, 1.0, 100.0)?,
            months_kept: number("--months", 13.0, 1.0, 120.0)?,
            shards: number("--shards", 16.0, 1.0, 1_024.0)?,
        })
    }
}

/// A line of the bill: how much of what, how much of it is in the plan, and what a million more costs.
struct Line {
    what: &'static str,
    used: f64,
    included: f64,
    per_million: f64,
    /// What the free plan gives a day.
    free_a_day: Option<f64>,
}

impl Line {
    fn dollars(&self) -> f64 {
        (self.used - self.included).max(0.0) / MILLION * self.per_million
    }
}

fn bill(traffic: &Traffic) -> Vec<Line> {
    let Traffic { people, batch, .. } = *traffic;
    let events = people * traffic.events;
    let ingests = events / batch;
    let page_loads = people * traffic.page_loads;
    let mails = people * traffic.mails;
    let nudges = people * traffic.nudges;
    let cpu = ingests
        * (measured::CPU_MS_PER_REQUEST + (batch - 1.0) * measured::CPU_MS_PER_FURTHER_EVENT)
        + (page_loads + mails) * measured::CPU_MS_PER_REQUEST;
    let calls = ingests + mails * measured::OBJECT_CALLS_PER_MESSAGE + nudges;
    // However much there is to do, an object cannot be active for longer than always.
    let active = (calls * measured::OBJECT_MS_PER_CALL / 1_000.0).min(traffic.shards * SECONDS);
    let rows = events * measured::ROWS_PER_EVENT
        + ingests * measured::ROWS_PER_PERSON_AND_REQUEST
        + (mails + nudges) * measured::ROWS_PER_MESSAGE;
    let bytes = people * measured::BYTES_PER_PERSON
        + events * traffic.months_kept * measured::BYTES_PER_EVENT;
    let line = |what, used, included, per_million, free_a_day| Line {
        what,
        used,
        included,
        per_million,
        free_a_day,
    };
    vec![
        line(
            "Worker requests",
            ingests + page_loads + mails,
            10e6,
            0.30,
            Some(100e3),
        ),
        line("Worker CPU, ms", cpu, 30e6, 0.02, None),
        line("object requests", calls, 1e6, 0.15, Some(100e3)),
        line(
            "object duration, GB-s",
            active * OBJECT_GB,
            400e3,
            12.50,
            Some(13e3),
        ),
        line("rows written", rows, 50e6, 1.0, Some(100e3)),
        line("KV reads", page_loads, 10e6, 0.50, Some(100e3)),
        line(
            "KV writes",
            nudges * measured::KV_WRITES_PER_NUDGE,
            1e6,
            5.0,
            Some(1e3),
        ),
        line(
            "queue operations",
            mails * measured::QUEUE_OPERATIONS_PER_MESSAGE,
            1e6,
            0.40,
            Some(10e3),
        ),
        // Five GB are in the plan, a GB and month more is 20 cents; a "million" here is a million bytes.
        line("storage, bytes", bytes, 5e9, 0.0002, None),
    ]
}

pub(crate) fn run(traffic: &Traffic) {
    let lines = bill(traffic);
    let Traffic {
        people,
        events,
        page_loads,
        mails,
        nudges,
        batch,
        ..
    } = *traffic;
    say::line(format!(
        "{people} people; each, a month: {events} events ({batch} a request), {page_loads} page loads, \
         {mails} mails, {nudges} nudges\n"
    ));
    say::line(format!(
        "{:<22} {:>16} {:>16} {:>12}",
        "a month", "used", "in the plan", "dollars"
    ));
    for line in &lines {
        say::line(format!(
            "{:<22} {:>16.0} {:>16.0} {:>12.2}",
            line.what,
            line.used,
            line.included,
            line.dollars()
        ));
    }
    let sum = PLAN + lines.iter().map(Line::dollars).sum::<f64>();
    say::line(format!(
        "{:<22} {PLAN:>46.2}\n{:<22} {sum:>46.2}",
        "the plan itself", "together"
    ));
    say::line(format!(
        "\n{:.2} dollars a million events, {:.2} a million people; mails are the provider's to bill",
        sum / (people * events).max(1.0) * MILLION,
        sum / people * MILLION
    ));
    let over: Vec<String> = lines
        .iter()
        .filter(|line| line.free_a_day.is_some_and(|most| line.used / DAYS > most))
        .map(|line| line.what.to_owned())
        .collect();
    say::line(if over.is_empty() {
        "the free plan holds it, if no day is much busier than the others".to_owned()
    } else {
        format!("too much for the free plan: {}", over.join(", "))
    });
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "whole numbers of this size are exact")]
mod tests {
    use super::*;

    fn usual() -> Traffic {
        Traffic::wished(&mut Options(Vec::new())).unwrap()
    }

    fn used(traffic: &Traffic, what: &str) -> f64 {
        let lines = bill(traffic);
        lines.iter().find(|line| line.what == what).unwrap().used
    }

    #[test]
    fn a_month_of_a_million_people_adds_up() {
        // 50 M events in 10 M requests, 3 M messages with six rows each, counted by hand.
        let traffic = Traffic {
            mails: 2.5,
            ..usual()
        };
        assert_eq!(used(&traffic, "rows written"), 50e6 + 20e6 + 18e6);
        assert_eq!(used(&traffic, "Worker requests"), 10e6 + 20e6 + 2.5e6);
        assert_eq!(used(&traffic, "KV reads"), 20e6);
        assert_eq!(used(&traffic, "KV writes"), 1e6);
    }

    #[test]
    fn what_is_in_the_plan_costs_nothing_more() {
        let small = Traffic {
            people: 1_000.0,
            ..usual()
        };
        assert!(bill(&small).iter().all(|line| line.dollars() == 0.0));
        let row = |used| Line {
            what: "",
            used,
            included: 50e6,
            per_million: 1.0,
            free_a_day: None,
        };
        assert_eq!(row(50e6).dollars(), 0.0);
        assert_eq!(row(52e6).dollars(), 2.0);
    }

    #[test]
    fn objects_are_never_active_for_longer_than_always() {
        let busy = Traffic {
            people: 1e9,
            events: 1e4,
            ..usual()
        };
        assert_eq!(
            used(&busy, "object duration, GB-s"),
            16.0 * SECONDS * OBJECT_GB
        );
    }

    #[test]
    fn numbers_out_of_bounds_name_their_bounds() {
        for (text, mend) in [("0", "--batch is from 1 to 100"), ("x", "`x` is no number")] {
            let mut options = Options(vec!["--batch".to_owned(), text.to_owned()]);
            let error = Traffic::wished(&mut options).unwrap_err();
            assert!(format!("{error:#}").contains(mend), "{error:#}");
        }
    }
}
