//! The Cloudflare Worker: it answers requests and owns the Durable Objects.
//!
//! It decides nothing itself: decisions are `rekindle-core`'s.

use worker::{
    Context, DurableObject, Env, MessageBatch, Request, Response, Result, State, durable_object,
    event,
};

/// Answers one HTTP request.
#[event(fetch)]
async fn fetch(req: Request, env: Env, _ctx: Context) -> Result<Response> {
    match req.path().as_str() {
        "/health" => Response::from_json(&serde_json::json!({ "ok": true })),
        "/v1/count" => {
            let shard = env.durable_object("SHARD")?.get_by_name("0")?;
            shard.fetch_with_str("http://shard/count").await
        }
        _ => Response::error("not found", 404),
    }
}

/// Takes a batch of sends.
#[event(queue)]
async fn queue(batch: MessageBatch<serde_json::Value>, _env: Env, _ctx: Context) -> Result<()> {
    batch.ack_all();
    Ok(())
}

/// Holds the truth about a share of the people.
#[durable_object]
pub struct Shard {
    state: State,
}

impl DurableObject for Shard {
    fn new(state: State, _env: Env) -> Self {
        Self { state }
    }

    async fn fetch(&self, _req: Request) -> Result<Response> {
        let sql = self.state.storage().sql();
        sql.exec("CREATE TABLE IF NOT EXISTS hits (at INTEGER)", None)?;
        sql.exec("INSERT INTO hits VALUES (1)", None)?;
        let rows: Vec<serde_json::Value> = sql
            .exec("SELECT count(*) AS n FROM hits", None)?
            .to_array()?;
        Response::from_json(&rows)
    }
}

/// Holds the definitions.
#[durable_object]
pub struct Workspace {
    _state: State,
}

impl DurableObject for Workspace {
    fn new(state: State, _env: Env) -> Self {
        Self { _state: state }
    }

    async fn fetch(&self, _req: Request) -> Result<Response> {
        Response::ok("")
    }
}
