//! What a shard tells the admin API: counts, people, events, explanations, names.
//! Before an answer it catches up with the time, and with a publication as far as one may wait for it.

mod behind;
mod find;
mod person;
mod replay;
mod sample;

pub(super) use self::person::subscriptions;

use std::collections::BTreeMap;

use rekindle_core::{
    series::{InFlight, Person, in_flight, overdue},
    window::DAY_MS,
};
use worker::{Response, Result};

use super::{
    LOOK_MAX, SLICE, Shard,
    messages::{
        Backlog, Counted, Counter, EventView, Explain, Figure, Member, NamesSeen, PageOf,
        ShardStatus, Sizes, Waiting,
    },
    meta, read, reply,
    store::NameKind,
};

impl Shard {
    /// Answers a question that changes nothing.
    pub(super) fn tell(&self, question: &str, body: &[u8]) -> Result<Response> {
        match question {
            "in_flight" => reply(&self.in_flight(&read::<String>(body)?)?),
            "overdue" => reply(&self.overdue(&read::<String>(body)?)?),
            "count" => reply(&self.count(&read::<String>(body)?)?),
            "members" => reply(&self.members(&read(body)?)?),
            "person" => reply(&self.view(&read::<String>(body)?)?),
            "events" => reply(&self.events(&read(body)?)?),
            "explain" => reply(&self.explain(&read(body)?)?),
            "report" => reply(&self.counters(&read::<String>(body)?)?),
            "names" => reply(&self.seen()?),
            "messages" => reply(&self.messages(&read::<String>(body)?)?),
            "figures" => reply(&self.figures(read(body)?)?),
            "behind" => reply(&self.behind(&read(body)?)?),
            "backtest" => reply(&self.replay_slice(&read(body)?)?),
            "render" => reply(&self.render(&read(body)?)?),
            "status" => reply(&self.status()?),
            "backlog" => reply(&self.backlog()?),
            "dead_letters" => reply(&self.store()?.dead_letters(read(body)?)?),
            "data" => reply(&self.data()?),
            "values" => reply(&self.values(&read(body)?)?),
            "find" => reply(&self.find(&read(body)?)?),
            "sizes" => reply(&self.sizes(read(body)?)?),
            unknown => Response::error(format!("a shard has no operation `{unknown}`"), 404),
        }
    }

    fn members(&self, page: &PageOf) -> Result<Vec<Member>> {
        self.catch_up(LOOK_MAX)?;
        self.store()?.members(&page.of, &page.after, page.limit)
    }

    fn counters(&self, series: &str) -> Result<Vec<Counter>> {
        self.catch_up(LOOK_MAX)?;
        self.store()?.counters(series)
    }

    fn count(&self, segment: &str) -> Result<Counted> {
        self.catch_up(LOOK_MAX)?;
        Ok(Counted {
            count: self.store()?.count_members(segment)?,
            as_of: self.now(),
        })
    }

    fn status(&self) -> Result<ShardStatus> {
        let store = self.store()?;
        let [people, devices] = store.totals()?;
        Ok(ShardStatus {
            people,
            devices,
            first_event_at: self.instant(meta::FIRST_EVENT)?,
            backlog: self.backlog()?,
        })
    }

    fn backlog(&self) -> Result<Backlog> {
        let mut backlog = self.store()?.backlog(self.now())?;
        backlog.last_event_at = self.heard.get().or(self.instant(meta::LAST_EVENT)?);
        Ok(backlog)
    }

    fn instant(&self, key: &str) -> Result<Option<i64>> {
        Ok(self.store()?.meta(key)?.and_then(|at| at.parse().ok()))
    }

    fn figures(&self, days: (i64, i64)) -> Result<Vec<Figure>> {
        self.catch_up(LOOK_MAX)?;
        self.store()?.figures(days)
    }

    /// How large the segments are, and how they grew for some days.
    fn sizes(&self, days: i64) -> Result<Sizes> {
        self.catch_up(LOOK_MAX)?;
        let (store, now) = (self.store()?, self.now());
        let from = now.div_euclid(DAY_MS).saturating_sub(days);
        Ok(Sizes {
            as_of: now,
            counts: store.segment_counts()?,
            growth: store.segment_growth(from)?,
        })
    }

    fn events(&self, page: &PageOf) -> Result<Vec<EventView>> {
        let before = page
            .after
            .split_once('/')
            .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
        self.store()?.events(&page.of, before, page.limit)
    }

    fn explain(&self, question: &Explain) -> Result<serde_json::Value> {
        self.catch_up(LOOK_MAX)?;
        let Some(person) = self.store()?.person(&question.person)? else {
            return Ok(serde_json::Value::Null);
        };
        let (definitions, now) = (self.definitions(), self.now());
        self.learn_zone(&person, None);
        let atlas = self.atlas.borrow();
        let facts = person.facts(definitions.zone(&person, atlas.zones()));
        let segment = question.segment.as_ref().map(|id| {
            let rule = definitions.segments.get(id);
            serde_json::json!({
                "id": id,
                "since": person.segments.get(id),
                "explanation": rule.map(|rule| rule.explain(&facts, now)),
            })
        });
        let series = question.series.as_ref().map(|id| {
            let explanation = definitions.explain(id, self.atlas.borrow().zones(), &person, now);
            serde_json::json!({ "id": id, "explanation": explanation })
        });
        Ok(serde_json::json!({
            "person": person.id, "now": now, "segment": segment, "series": series,
        }))
    }

    /// How many wait where in a series.
    fn in_flight(&self, series: &str) -> Result<Vec<Waiting>> {
        self.catch_up(LOOK_MAX)?;
        let mut counts = BTreeMap::new();
        self.each_person(|person| {
            for place in in_flight(person, series) {
                *counts.entry(place).or_default() += 1;
            }
        })?;
        let waiting = counts.into_iter().map(|(place, people)| Waiting {
            version: place.version,
            step: place.step,
            people,
            since: None,
        });
        Ok(waiting.collect())
    }

    /// What a paused series owes: how many would have moved on from where, and since when.
    fn overdue(&self, series: &str) -> Result<Vec<Waiting>> {
        self.catch_up(LOOK_MAX)?;
        let (definitions, now) = (self.definitions(), self.now());
        let mut owed: BTreeMap<InFlight, (u64, i64)> = BTreeMap::new();
        self.each_person(|person| {
            for (place, due) in overdue(&definitions, person, series, now) {
                let (people, since) = owed.entry(place).or_insert((0, due));
                *people += 1;
                *since = due.min(*since);
            }
        })?;
        let waiting = owed.into_iter().map(|(place, (people, since))| Waiting {
            version: place.version,
            step: place.step,
            people,
            since: Some(since),
        });
        Ok(waiting.collect())
    }

    fn each_person(&self, mut look: impl FnMut(&Person)) -> Result<()> {
        let store = self.store()?;
        let mut after = String::new();
        loop {
            let people = store.people_after(&after, SLICE)?;
            let Some(last) = people.last() else {
                return Ok(());
            };
            after.clone_from(last);
            for id in &people {
                store.person(id)?.iter().for_each(&mut look);
            }
        }
    }

    fn seen(&self) -> Result<NamesSeen> {
        let store = self.store()?;
        Ok(NamesSeen {
            attributes: store.names(NameKind::Attribute)?.into_iter().collect(),
            events: store.names(NameKind::Event)?.into_iter().collect(),
        })
    }
}
