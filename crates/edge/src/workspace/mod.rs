//! The Durable Object that holds the definitions: segments, series as drafts and as immutable
//! published versions, the audit log, the keys of web push.
//!
//! Endpoints: `POST http://object/{operation}` with the JSON of [`messages`]; callers are the admin
//! routes. Tables: [`store`].
//!
//! Safe to run twice: a change names the revision that it is based on; a push of definitions
//! carries a version that a shard takes once; what was not pushed to every shard is pushed again by
//! the alarm until it is.

mod access;
pub(crate) mod messages;
mod segments;
mod series;
mod store;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use rekindle_core::{
    rule::{Names, Segments},
    series::{Definitions, policy::Settings},
    wire,
};
use serde::{Serialize, de::DeserializeOwned};
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

pub(crate) use access::SESSION_MS;

use self::{
    messages::{Change, Changed, Refusal, SettingsView},
    store::Store,
};
use crate::{
    bindings::{self, ask, shard, shards},
    clock::Clock,
    shard::messages::NamesSeen,
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
    /// The provider that took a mail for trying last, and when.
    pub(super) const MAIL_VERIFIED: &str = "mail_verified";
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
            "segments_in_use" => reply(&self.segments_in_use()?),
            "segment" => reply(&self.segment(&read::<String>(&body)?)?),
            "put_segment" => reply(&self.put_segment(read(&body)?).await?),
            "delete_segment" => reply(&self.delete_segment(read(&body)?).await?),
            "all_series" => reply(&self.all_series()?),
            "specs" => {
                let versions = self.store()?.versions(&read::<String>(&body)?)?;
                reply(&versions.into_iter().collect::<BTreeMap<_, _>>())
            }
            "series" => reply(&self.series(&read::<String>(&body)?)?),
            "put_series" => reply(&self.put_series(read(&body)?)?),
            "delete_series" => reply(&self.delete_series(&read(&body)?)?),
            "versions" => reply(&self.versions(&read::<String>(&body)?)?),
            "version" => reply(&self.version(read(&body)?)?),
            "turn" => reply(&self.turn(read(&body)?).await?),
            "settings" => reply(&self.settings()?),
            "put_settings" => reply(&self.put_settings(read(&body)?).await?),
            "in_flight" => reply(&self.in_flight(&read::<String>(&body)?).await?),
            "overdue" => reply(&self.overdue(&read::<String>(&body)?).await?),
            "problems" => reply(&self.problems(&read::<String>(&body)?).await?),
            "who" => reply(&self.who(&read(&body)?)?),
            "begin_session" => reply(&self.begin_session(&read(&body)?)?),
            "end_session" => reply(&self.store()?.end_session(&read::<String>(&body)?)?),
            "tokens" => reply(&self.store()?.tokens()?),
            "add_token" => reply(&self.add_token(&read(&body)?)?),
            "remove_token" => reply(&self.remove_token(&read(&body)?)?),
            "note" => reply(&self.note_change(&read(&body)?)?),
            "tally" => reply(&self.tally(&read(&body)?)?),
            "audit" => reply(&self.audit_log(&read(&body)?)?),
            "vapid" => reply(&self.vapid(read(&body)?)?),
            "verify_mail" => {
                let verified = read::<(String, i64)>(&body)?;
                reply(&self.store()?.set_meta(meta::MAIL_VERIFIED, &verified)?)
            }
            "mail_verified" => reply(&self.store()?.meta::<(String, i64)>(meta::MAIL_VERIFIED)?),
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
    Ok(crate::json::read(body)?)
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
            let [before, after] = [&old, &settings].map(serde_json::to_string);
            let sides = [Some(before?), Some(after?)];
            self.note(&change.by, "put", "settings", &change.id, sides)?;
            self.changed().await?;
        }
        Ok(Changed::Done(self.settings()?))
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
