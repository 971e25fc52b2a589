//! Policies, stated a second time: over what reached people, read from the settings as they are
//! written, with the minute that the clock on the wall shows. The code under test is not asked.

use std::collections::BTreeMap;

use rekindle_core::{
    series::{Channel, DefinitionsSpec, Person, Run, RunState, Send, policy::Reason},
    time::parse_span,
    value::Value,
    zone::{UTC, Zone, Zones},
};
use serde_json::Value as Json;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// A message at the instant at which it leaves.
pub(crate) struct Leaving<'a> {
    pub(crate) person: &'a Person,
    pub(crate) series: &'a str,
    pub(crate) version: u32,
    pub(crate) channel: Channel,
    pub(crate) now: i64,
}

/// The policies that are in force, and what reached whom.
#[derive(Default)]
pub(crate) struct Etiquette {
    settings: Json,
    /// What a version of a series does differently.
    overrides: BTreeMap<(String, u32), Json>,
    holdout: rekindle_core::series::policy::Settings,
    reached: BTreeMap<String, Vec<i64>>,
}

/// Minutes since midnight of `HH:MM`.
fn minutes(json: &Json) -> i64 {
    let (hour, minute) = json.as_str().unwrap().split_once(':').unwrap();
    hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()
}

fn names(list: &Json, name: &str) -> bool {
    list.as_array()
        .is_some_and(|list| list.iter().any(|other| other == name))
}

fn zone<'a>(person: &Person, settings: &Json, zones: &'a Zones) -> &'a Zone {
    let own = person
        .attributes
        .get("timezone")
        .map(|attribute| &attribute.value);
    let own = match own {
        Some(Value::Text(name)) => zones.get(name),
        _ => None,
    };
    let default = settings["timezone"]
        .as_str()
        .and_then(|name| zones.get(name));
    own.or(default).unwrap_or(&UTC)
}

/// Whether the wall clock shows quiet hours.
fn is_quiet(quiet: &Json, zone: &Zone, now: i64) -> bool {
    const DAYS: [&str; 7] = [
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
    ];
    let local = zone.local(now);
    let (day, minute) = (local.div_euclid(DAY), local.rem_euclid(DAY) / MINUTE);
    let begins = |day: i64| {
        let name = DAYS[usize::try_from(day.rem_euclid(7)).unwrap()];
        quiet["days"].is_null() || names(&quiet["days"], name)
    };
    let (from, to) = (minutes(&quiet["from"]), minutes(&quiet["to"]));
    if from < to {
        begins(day) && (from..to).contains(&minute)
    } else {
        begins(day) && minute >= from || begins(day - 1) && minute < to
    }
}

impl Etiquette {
    /// Other definitions are in force from now on.
    pub(crate) fn adopt(&mut self, spec: &DefinitionsSpec) {
        self.settings = serde_json::to_value(&spec.settings).unwrap();
        self.holdout = spec.settings.clone();
        for (id, live) in &spec.series {
            for (version, series) in &live.versions {
                let policy = serde_json::to_value(&series.policies).unwrap();
                self.overrides.insert((id.clone(), *version), policy);
            }
        }
    }

    fn overrides(&self, series: &str, version: u32) -> &Json {
        &self.overrides[&(series.to_owned(), version)]
    }

    /// A message may leave at this instant, as far as the person and the clock are concerned.
    pub(crate) fn may_leave(&self, leaving: &Leaving<'_>, zones: &Zones) {
        let Leaving {
            person,
            channel,
            now,
            ..
        } = *leaving;
        if channel == Channel::Webhook {
            return;
        }
        assert!(
            !self.holdout.holds_out(&person.id),
            "{} is held out",
            person.id
        );
        let shut = person.policy.suppressions.iter();
        let mut shut = shut.filter(|shut| shut.channel == channel);
        assert!(shut.next().is_none(), "{}: the address is shut", person.id);
        let unsubscribed = person.attributes.get("unsubscribed");
        if channel != Channel::InApp {
            let left = unsubscribed.is_some_and(|left| left.value == Value::Bool(true));
            assert!(!left, "{} unsubscribed", person.id);
        }
        let overrides = self.overrides(leaving.series, leaving.version);
        let quiet = &self.settings["quiet_hours"];
        let held = match (&quiet["channels"], channel) {
            (Json::Null, Channel::InApp) => false,
            (Json::Null, _) => true,
            (list, Channel::InApp) => names(list, "in_app"),
            (list, Channel::Push) => names(list, "push"),
            (list, _) => names(list, "email"),
        };
        if !quiet.is_null() && held && overrides["ignore_quiet_hours"] != true {
            let zone = zone(person, &self.settings, zones);
            assert!(
                !is_quiet(quiet, zone, now),
                "{}: quiet hours at {now}",
                person.id
            );
        }
    }

    /// A message reaches a person: with those before it, it keeps within the cap.
    pub(crate) fn reaches(&mut self, leaving: &Leaving<'_>) {
        if leaving.channel == Channel::Webhook {
            return;
        }
        let ignores = self.overrides(leaving.series, leaving.version)["ignore_cap"] == true;
        let reached = self.reached.entry(leaving.person.id.clone()).or_default();
        reached.push(leaving.now);
        let cap = &self.settings["cap"];
        if cap.is_null() || ignores {
            return;
        }
        let per = parse_span(cap["per"].as_str().unwrap()).unwrap();
        let window = leaving.now - per + 1..=leaving.now;
        let count = reached.iter().filter(|at| window.contains(*at)).count();
        let most = usize::try_from(cap["messages"].as_u64().unwrap()).unwrap();
        assert!(
            count <= most,
            "{} got {count} messages within {per}ms",
            leaving.person.id
        );
    }

    /// Of two messages that were due before, the one of lower priority did not take the room that
    /// the other one lacks.
    pub(crate) fn in_order(&self, before: &Person, after: &Person, sent: &[&Send], now: i64) {
        for (series, runs) in &after.runs {
            for run in runs {
                let RunState::Held {
                    step,
                    until,
                    reason: Reason::Cap,
                    ..
                } = &run.state
                else {
                    continue;
                };
                // A pause that has just ended may have put it off, whatever held it before.
                let is_resumed = !stood_since(before, series, run);
                if *until <= now || is_resumed || !was_due(before, series, step, now) {
                    continue;
                }
                let priority = |series: &str, version| {
                    self.overrides(series, version)["priority"]
                        .as_u64()
                        .unwrap_or(50)
                };
                let held = priority(series, run.version);
                for send in sent {
                    let other = send.series.as_str();
                    let capped = self.overrides(other, send.version)["ignore_cap"] != true;
                    if capped && was_due(before, other, &send.step, now) {
                        let lower = priority(other, send.version) < held;
                        assert!(!lower, "{send:?} went before {run:?}, which matters more");
                    }
                }
            }
        }
    }
}

/// Whether no pause of the run's series has ended since.
fn stood_since(person: &Person, series: &str, run: &Run) -> bool {
    let runs = person.runs.get(series).map_or(&[][..], Vec::as_slice);
    runs.iter()
        .any(|other| other.entry == run.entry && other.resumed == run.resumed)
}

/// Whether a run stood at this step, and it was due.
fn was_due(person: &Person, series: &str, step: &str, now: i64) -> bool {
    let runs = person.runs.get(series).map_or(&[][..], Vec::as_slice);
    let stood = |run: &Run| run.step() == Some(step) && run.due().is_some_and(|due| due <= now);
    runs.iter().any(stood)
}
