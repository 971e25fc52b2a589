//! The Durable Object that holds the definitions: segments, series as drafts and as immutable
//! published versions, the audit log, the keys of web push.
//!
//! Endpoints: `POST http://object/{operation}` with the JSON of [`messages`]; callers are the admin
//! routes. Tables: [`store`].
//!
//! Safe to run twice: a change names the revision that it is based on; a push of definitions
//! carries a version that a shard takes once; what was not pushed to every shard is pushed again by
//! the alarm until it is.

pub(crate) mod messages;
mod store;

use std::{cell::OnceCell, collections::BTreeMap};

use futures_util::future::try_join_all;
use rekindle_core::{
    rule::{Names, Segments},
    series::{
        Definitions, Overdue, SegmentSpec, Series, SeriesSpec, Severity, policy::Settings, problems,
    },
    wire,
};
use serde::{Serialize, de::DeserializeOwned};
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

use self::{
    messages::{
        Change, Changed, Flight, Refusal, SegmentView, SeriesState, SeriesView, SettingsView, Turn,
    },
    store::{SeriesRow, Store},
};
use crate::{
    bindings::{self, ask, shard, shards},
    clock::Clock,
    shard::messages::{NamesSeen, Waiting},
};

/// Keys of the `meta` table.
mod meta {
    /// The version of the definitions.
    pub(super) const VERSION: &str = "version";
    /// The version that every shard has.
    pub(super) const PUSHED: &str = "pushed";
    /// How many shards there are: fixed by the first push.
    pub(super) const SHARDS: &str = "shards";
    /// Development: how the time is told.
    pub(super) const CLOCK: &str = "clock";
    /// The keys of web push.
    pub(super) const VAPID: &str = "vapid";
}

/// How soon a push that failed is tried again.
const AGAIN_MS: i64 = 2_000;

/// The definitions of one company.
#[durable_object]
pub struct Workspace {
    state: State,
    env: Env,
    store: OnceCell<Store>,
}

impl DurableObject for Workspace {
    fn new(state: State, env: Env) -> Self {
        Self {
            state,
            env,
            store: OnceCell::new(),
        }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        let path = request.path();
        let body = request.bytes().await?;
        match path.trim_start_matches('/') {
            "segments" => reply(&self.segments()?),
            "segment" => reply(&self.segment(&read::<String>(&body)?)?),
            "put_segment" => reply(&self.put_segment(read(&body)?).await?),
            "delete_segment" => reply(&self.delete_segment(&read::<String>(&body)?).await?),
            "all_series" => reply(&self.all_series()?),
            "specs" => {
                let versions = self.store()?.versions(&read::<String>(&body)?)?;
                reply(&versions.into_iter().collect::<BTreeMap<_, _>>())
            }
            "series" => reply(&self.series(&read::<String>(&body)?)?),
            "put_series" => reply(&self.put_series(read(&body)?)?),
            "turn" => reply(&self.turn(read(&body)?).await?),
            "settings" => reply(&self.settings()?),
            "put_settings" => reply(&self.put_settings(read(&body)?).await?),
            "in_flight" => reply(&self.in_flight(&read::<String>(&body)?).await?),
            "overdue" => reply(&self.overdue(&read::<String>(&body)?).await?),
            "problems" => reply(&self.problems(&read::<String>(&body)?).await?),
            "vapid" => reply(&self.vapid(read(&body)?)?),
            #[cfg(feature = "dev")]
            "clock" => reply(&self.store()?.meta::<Clock>(meta::CLOCK)?),
            #[cfg(feature = "dev")]
            "set_clock" => reply(
                &self
                    .store()?
                    .set_meta(meta::CLOCK, &read::<Clock>(&body)?)?,
            ),
            unknown => Response::error(format!("a workspace has no operation `{unknown}`"), 404),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.push().await?;
        Response::ok("")
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    Ok(serde_json::from_slice(body)?)
}

fn reply<T: Serialize>(answer: &T) -> Result<Response> {
    Response::from_json(answer)
}

impl Workspace {
    fn store(&self) -> Result<&Store> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let store = Store::open(self.state.storage().sql())?;
        Ok(self.store.get_or_init(|| store))
    }

    fn now(&self) -> Result<i64> {
        Ok(self
            .store()?
            .meta::<Clock>(meta::CLOCK)?
            .unwrap_or_default()
            .now())
    }

    fn segments(&self) -> Result<Vec<SegmentView>> {
        let segments = self.store()?.segments()?;
        segments
            .iter()
            .map(|(id, spec, revision)| SegmentView::new(id, spec, *revision))
            .collect()
    }

    fn segment(&self, id: &str) -> Result<Option<SegmentView>> {
        let found = self.store()?.segment(id)?;
        found
            .map(|(spec, revision)| SegmentView::new(id, &spec, revision))
            .transpose()
    }

    async fn put_segment(&self, change: Change<SegmentSpec>) -> Result<Changed<SegmentView>> {
        let store = self.store()?;
        let old = store.segment(&change.id)?;
        let revision = old.as_ref().map_or(0, |(_, revision)| *revision);
        if change.if_match.is_some_and(|expected| expected != revision) {
            return Ok(Changed::Stale(revision));
        }
        let mut definitions = store.definitions(0)?;
        definitions
            .segments
            .insert(change.id.clone(), change.content.clone());
        if let Err(findings) = Definitions::compile(&definitions) {
            return Ok(Changed::Refused(
                findings.into_iter().map(Refusal::from).collect(),
            ));
        }
        let view = SegmentView::new(&change.id, &change.content, revision + 1)?;
        if old.as_ref().map(|(spec, _)| spec) == Some(&change.content) {
            return Ok(Changed::Done(SegmentView { revision, ..view }));
        }
        store.save_segment(&change.id, &change.content, revision + 1)?;
        let before = old.map(|(spec, _)| spec.rule.0.to_string());
        let sides = [before, Some(view.rule.clone())];
        store.audit(self.now()?, "put segment", &change.id, sides)?;
        self.changed().await?;
        Ok(Changed::Done(view))
    }

    async fn delete_segment(&self, id: &str) -> Result<Changed<()>> {
        let store = self.store()?;
        let Some((spec, _)) = store.segment(id)? else {
            return Ok(Changed::NotFound);
        };
        let mut definitions = store.definitions(0)?;
        definitions.segments.remove(id);
        if let Err(findings) = Definitions::compile(&definitions) {
            let in_use = format!("the segment `{id}` is in use: take it out there first");
            let mut refusals = vec![Refusal::error("in_use", in_use)];
            refusals.extend(findings.into_iter().map(Refusal::from));
            return Ok(Changed::Refused(refusals));
        }
        store.remove_segment(id)?;
        store.audit(
            self.now()?,
            "delete segment",
            id,
            [Some(spec.rule.0.to_string()), None],
        )?;
        self.changed().await?;
        Ok(Changed::Done(()))
    }

    fn view(&self, id: &str, row: SeriesRow) -> Result<SeriesView> {
        let last = self.store()?.versions(id)?.pop();
        Ok(SeriesView {
            id: id.to_owned(),
            name: row.draft.name.clone(),
            state: row.state,
            revision: row.revision,
            version: last.as_ref().map(|(version, _)| *version),
            changed: last.is_none_or(|(_, spec)| spec != row.draft),
            draft: row.draft,
        })
    }

    fn all_series(&self) -> Result<Vec<SeriesView>> {
        let ids = self.store()?.series_ids()?;
        Ok(ids
            .iter()
            .map(|id| self.series(id))
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect())
    }

    fn series(&self, id: &str) -> Result<Option<SeriesView>> {
        self.store()?
            .series(id)?
            .map(|row| self.view(id, row))
            .transpose()
    }

    fn put_series(&self, change: Change<SeriesSpec>) -> Result<Changed<SeriesView>> {
        let store = self.store()?;
        let old = store.series(&change.id)?;
        let revision = old.as_ref().map_or(0, |row| row.revision);
        if change.if_match.is_some_and(|expected| expected != revision) {
            return Ok(Changed::Stale(revision));
        }
        let before = old
            .as_ref()
            .map(|row| serde_json::to_string(&row.draft))
            .transpose()?;
        let row = SeriesRow {
            draft: change.content,
            revision: revision + 1,
            state: old.map_or(SeriesState::Draft, |row| row.state),
        };
        store.save_series(&change.id, &row)?;
        let sides = [before, Some(serde_json::to_string(&row.draft)?)];
        store.audit(self.now()?, "put series", &change.id, sides)?;
        Ok(Changed::Done(self.view(&change.id, row)?))
    }

    async fn turn(&self, (id, turn): (String, Turn)) -> Result<Changed<SeriesView>> {
        let store = self.store()?;
        let Some(mut row) = store.series(&id)? else {
            return Ok(Changed::NotFound);
        };
        let last = store.versions(&id)?.pop();
        match turn {
            Turn::Publish(in_flight) => {
                let segments = self.rules()?;
                let errors: Vec<Refusal> = problems(
                    &row.draft,
                    &segments,
                    &store.settings()?.0,
                    &Names::default(),
                )
                .into_iter()
                .filter(|finding| finding.severity == Severity::Error)
                .map(Refusal::from)
                .collect();
                if !errors.is_empty() {
                    return Ok(Changed::Refused(errors));
                }
                // Publishing what is published already changes nothing but a pause.
                if last.as_ref().is_none_or(|(_, spec)| *spec != row.draft) {
                    let version = last.map_or(0, |(version, _)| version) + 1;
                    store.add_version(&id, version, &row.draft, self.now()?)?;
                    store.migrate(&id, &(1..version).collect::<Vec<_>>(), in_flight)?;
                }
                if row.state == SeriesState::Paused {
                    store.end_pause(&id, self.now()?, Overdue::default())?;
                }
                row.state = SeriesState::Published;
            }
            Turn::Pause | Turn::Resume(_) if last.is_none() => {
                let message = format!("the series `{id}` was never published: publish it first");
                return Ok(Changed::Refused(vec![Refusal::error("draft", message)]));
            }
            Turn::Pause => {
                if row.state == SeriesState::Published {
                    store.begin_pause(&id, self.now()?)?;
                }
                row.state = SeriesState::Paused;
            }
            Turn::Resume(overdue) => {
                store.end_pause(&id, self.now()?, overdue)?;
                row.state = SeriesState::Published;
            }
        }
        row.revision += 1;
        store.save_series(&id, &row)?;
        let action = match turn {
            Turn::Publish(_) => "publish series",
            Turn::Pause => "pause series",
            Turn::Resume(_) => "resume series",
        };
        let chosen = Some(serde_json::to_string(&turn)?);
        store.audit(self.now()?, action, &id, [None, chosen])?;
        self.changed().await?;
        Ok(Changed::Done(self.view(&id, row)?))
    }

    fn settings(&self) -> Result<SettingsView> {
        let (settings, revision) = self.store()?.settings()?;
        Ok(SettingsView { settings, revision })
    }

    async fn put_settings(&self, change: Change<Settings>) -> Result<Changed<SettingsView>> {
        let store = self.store()?;
        let (old, revision) = store.settings()?;
        if change.if_match.is_some_and(|expected| expected != revision) {
            return Ok(Changed::Stale(revision));
        }
        let mut definitions = store.definitions(0)?;
        definitions.settings = change.content;
        if let Err(findings) = Definitions::compile(&definitions) {
            return Ok(Changed::Refused(
                findings.into_iter().map(Refusal::from).collect(),
            ));
        }
        let settings = definitions.settings;
        if settings != old {
            store.save_settings(&settings, revision + 1)?;
            let sides = [&old, &settings].map(serde_json::to_string);
            let [before, after] = sides;
            store.audit(
                self.now()?,
                "put settings",
                "",
                [Some(before?), Some(after?)],
            )?;
            self.changed().await?;
        }
        Ok(Changed::Done(self.settings()?))
    }

    /// Who waits where, and where each would go on if the draft were published.
    async fn in_flight(&self, id: &str) -> Result<Option<Vec<Flight>>> {
        let Some(row) = self.store()?.series(id)? else {
            return Ok(None);
        };
        let segments = self.rules()?;
        // A draft that cannot be published yet leads nowhere.
        let draft = Series::compile(&row.draft, &segments).ok();
        let compiled = Definitions::compile(&self.store()?.definitions(0)?)
            .map_err(|findings| format!("definitions do not compile: {findings:?}"))?;
        let mut places: BTreeMap<(u32, Option<String>), u64> = BTreeMap::new();
        for waiting in self
            .every_shard::<Vec<Waiting>>("in_flight", id)
            .await?
            .into_iter()
            .flatten()
        {
            *places.entry((waiting.version, waiting.step)).or_default() += waiting.people;
        }
        let flights = places.into_iter().map(|((version, step), people)| {
            let from = compiled.series(id, version).zip(draft.as_ref());
            let moves_to = from.zip(step.as_deref()).and_then(|((from, to), step)| {
                let counterpart = from.counterpart(step, to)?;
                Some(counterpart.id.clone())
            });
            let waiting = Waiting {
                version,
                step,
                people,
                since: None,
            };
            Flight { waiting, moves_to }
        });
        Ok(Some(flights.collect()))
    }

    /// What a paused series owes.
    async fn overdue(&self, id: &str) -> Result<Option<Vec<Waiting>>> {
        if self.store()?.series(id)?.is_none() {
            return Ok(None);
        }
        let mut owed: BTreeMap<(u32, Option<String>), (u64, Option<i64>)> = BTreeMap::new();
        for waiting in self
            .every_shard::<Vec<Waiting>>("overdue", id)
            .await?
            .into_iter()
            .flatten()
        {
            let (people, since) = owed.entry((waiting.version, waiting.step)).or_default();
            *people += waiting.people;
            *since = since.iter().copied().chain(waiting.since).min();
        }
        let items = owed
            .into_iter()
            .map(|((version, step), (people, since))| Waiting {
                version,
                step,
                people,
                since,
            });
        Ok(Some(items.collect()))
    }

    async fn every_shard<T: DeserializeOwned>(&self, operation: &str, id: &str) -> Result<Vec<T>> {
        let asked = (0..shards(&self.env))
            .map(async |number| ask::<_, T>(&shard(&self.env, number)?, operation, &id).await);
        try_join_all(asked).await
    }

    fn rules(&self) -> Result<Segments> {
        let segments = self.store()?.segments()?;
        Ok(segments
            .into_iter()
            .map(|(id, spec, _)| (id, spec.rule.0))
            .collect())
    }

    /// What is wrong with the draft of a series, with the names that the data has.
    async fn problems(&self, id: &str) -> Result<Option<Vec<Refusal>>> {
        let Some(row) = self.store()?.series(id)? else {
            return Ok(None);
        };
        let segments = self.rules()?;
        let names = self.names().await?;
        let findings = problems(&row.draft, &segments, &self.store()?.settings()?.0, &names);
        Ok(Some(findings.into_iter().map(Refusal::from).collect()))
    }

    async fn names(&self) -> Result<Names> {
        let mut names = Names::default();
        let asked = (0..shards(&self.env)).map(async |number| {
            ask::<_, NamesSeen>(&shard(&self.env, number)?, "names", &()).await
        });
        for seen in try_join_all(asked).await? {
            names.attributes.extend(seen.attributes);
            names.events.extend(seen.events);
        }
        Ok(names)
    }

    /// Notes that the definitions have changed, and pushes them to every shard.
    async fn changed(&self) -> Result<()> {
        let store = self.store()?;
        let version = store.meta::<u64>(meta::VERSION)?.unwrap_or(0) + 1;
        store.set_meta(meta::VERSION, &version)?;
        // If this incarnation ends before every shard has it, the alarm goes on.
        self.state.storage().set_alarm(AGAIN_MS).await?;
        self.push().await
    }

    /// Pushes the definitions to the browsers' bundle and to every shard that may lack them.
    async fn push(&self) -> Result<()> {
        let store = self.store()?;
        let version = store.meta::<u64>(meta::VERSION)?.unwrap_or(0);
        if store.meta::<u64>(meta::PUSHED)? == Some(version) || version == 0 {
            return Ok(());
        }
        let count = shards(&self.env);
        let fixed = store.meta::<u64>(meta::SHARDS)?.unwrap_or(count);
        if fixed != count {
            return Err(format!(
                "{} is {count}, but people are spread over {fixed} shards: set it back to {fixed}",
                bindings::SHARDS_VAR
            )
            .into());
        }
        store.set_meta(meta::SHARDS, &count)?;
        let definitions = store.definitions(version)?;
        let compiled = Definitions::compile(&definitions)
            .map_err(|findings| format!("definitions do not compile: {findings:?}"))?;
        let bundle = compiled.bundle;
        if !bundle.contents.is_empty() {
            let kv = self.env.kv(bindings::KV)?;
            let key = bindings::bundle_key(bundle.version);
            kv.put_bytes(&key, &wire::encode(&bundle))?
                .execute()
                .await?;
        }
        let pushes = (0..count).map(async |number| {
            ask::<_, ()>(&shard(&self.env, number)?, "define", &definitions).await
        });
        if let Err(error) = try_join_all(pushes).await {
            self.state.storage().set_alarm(AGAIN_MS).await?;
            return Err(error);
        }
        store.set_meta(meta::PUSHED, &version)
    }

    /// The keys of web push: those that are kept, or else these, which are kept from now on.
    fn vapid(&self, offered: Option<serde_json::Value>) -> Result<Option<serde_json::Value>> {
        let store = self.store()?;
        if let Some(kept) = store.meta(meta::VAPID)? {
            return Ok(Some(kept));
        }
        if let Some(keys) = &offered {
            store.set_meta(meta::VAPID, keys)?;
        }
        Ok(offered)
    }
}
