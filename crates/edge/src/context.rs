//! What one request carries through the routes: the bindings, and what it has cost so far.

use std::cell::Cell;

use serde::{Serialize, de::DeserializeOwned};
use worker::{Env, Request, Response, Result};

use crate::{
    bindings::{self, ask, ask_raw, ask_text},
    clock::Clock,
    json::read_text,
    workspace::messages::{By, Change, Noted},
};

/// One request.
pub(crate) struct Context {
    pub(crate) env: Env,
    kv_reads: Cell<u32>,
    object_calls: Cell<u32>,
    rows: Cell<u64>,
}

#[cfg(feature = "dev")]
thread_local! {
    /// The development clock as this isolate last heard of it.
    static CLOCK: Cell<Option<Clock>> = const { Cell::new(None) };
}

impl Context {
    pub(crate) fn new(env: Env) -> Self {
        Self {
            env,
            kv_reads: Cell::new(0),
            object_calls: Cell::new(0),
            rows: Cell::new(0),
        }
    }

    /// Reads a value from KV.
    pub(crate) async fn kv_bytes(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.kv_reads.set(self.kv_reads.get() + 1);
        Ok(self.env.kv(bindings::KV)?.get(key).bytes().await?)
    }

    /// Asks the workspace.
    pub(crate) async fn workspace<Q: Serialize, A: DeserializeOwned>(
        &self,
        operation: &str,
        question: &Q,
    ) -> Result<A> {
        self.object_calls.set(self.object_calls.get() + 1);
        ask(&bindings::workspace(&self.env)?, operation, question).await
    }

    /// Notes in the audit log who did what (action, kind, id) outside the workspace: as an entry of its own
    /// (`note`), or with counts that add to those before it (`tally`).
    pub(crate) async fn note(
        &self,
        how: &str,
        by: &By,
        (action, kind, id): (&str, &str, &str),
        after: serde_json::Value,
    ) -> Result<()> {
        let noted = Noted {
            action: action.to_owned(),
            kind: kind.to_owned(),
            after,
        };
        self.workspace(how, &Change::of(id, by, noted)).await
    }

    /// Asks the shard of this number.
    pub(crate) async fn shard<Q: Serialize, A: DeserializeOwned>(
        &self,
        number: u64,
        operation: &str,
        question: &Q,
    ) -> Result<A> {
        self.object_calls.set(self.object_calls.get() + 1);
        ask(&bindings::shard(&self.env, number)?, operation, question).await
    }

    /// Asks the shard of a person, and passes its answer on.
    pub(crate) async fn shard_of_person<Q: Serialize>(
        &self,
        person: &str,
        operation: &str,
        question: &Q,
    ) -> Result<Response> {
        self.object_calls.set(self.object_calls.get() + 1);
        let key = rekindle_core::hash::person_key(person);
        let number = bindings::shard_number(&self.env, key);
        ask_raw(&bindings::shard(&self.env, number)?, operation, question).await
    }

    /// Asks every shard the same.
    pub(crate) async fn every_shard<Q: Serialize, A: DeserializeOwned>(
        &self,
        operation: &str,
        question: &Q,
    ) -> Result<Vec<A>> {
        let question = serde_json::to_string(question)?;
        let questions = (0..bindings::shards(&self.env)).map(|number| (number, question.clone()));
        let answers = self.ask_shards(operation, questions.collect()).await?;
        let answer = |(_, text): &(u64, String)| Ok(read_text(text)?);
        answers.iter().map(answer).collect()
    }

    /// Asks shards, each its own question, in text: one future for all types.
    pub(crate) async fn ask_shards(
        &self,
        operation: &str,
        questions: Vec<(u64, String)>,
    ) -> Result<Vec<(u64, String)>> {
        let asked = questions.into_iter().map(async |(number, question)| {
            self.object_calls.set(self.object_calls.get() + 1);
            let shard = bindings::shard(&self.env, number)?;
            Ok::<_, worker::Error>((number, ask_text(&shard, operation, question).await?))
        });
        futures_util::future::try_join_all(asked).await
    }

    /// The edge's time, Unix ms. In production it is the real one, and asks no one.
    pub(crate) async fn now(&self) -> Result<i64> {
        #[cfg(feature = "dev")]
        {
            let known = CLOCK.get();
            let clock = match known {
                Some(clock) => clock,
                None => self
                    .workspace::<_, Option<Clock>>("clock", &())
                    .await?
                    .unwrap_or_default(),
            };
            CLOCK.set(Some(clock));
            Ok(clock.now())
        }
        #[cfg(not(feature = "dev"))]
        {
            std::future::ready(Ok(Clock::Real.now())).await
        }
    }

    /// Development: this isolate hears that the clock was moved.
    #[cfg(feature = "dev")]
    pub(crate) fn hear_clock(clock: Clock) {
        CLOCK.set(Some(clock));
    }

    /// Notes rows that an object wrote for this request.
    pub(crate) fn add_rows(&self, rows: u64) {
        self.rows.set(self.rows.get() + rows);
    }

    /// What the request has cost, as a `Server-Timing` header: KV reads, calls of objects, rows
    /// that storing events wrote.
    pub(crate) fn cost(&self) -> String {
        format!(
            "kv;desc=\"{}\", do;desc=\"{}\", rows;desc=\"{}\"",
            self.kv_reads.get(),
            self.object_calls.get(),
            self.rows.get()
        )
    }
}

/// A parameter of the query; `None` when it is absent or empty.
pub(crate) fn parameter(request: &Request, name: &str) -> Option<String> {
    let url = request.url().ok()?;
    url.query_pairs()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
        .filter(|value| !value.is_empty())
}
