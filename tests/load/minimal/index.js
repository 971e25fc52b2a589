// What Rekindle is measured against: a Worker that takes the same requests and writes the same rows, and
// does nothing else. No rule, no series, no proof, and only the checks without which it would fall over.
import { DurableObject } from "cloudflare:workers";

const SHARDS = 16;

export default {
  async fetch(request, env) {
    const { batch } = await request.json();
    if (!request.headers.get("authorization")) return new Response(null, { status: 401 });
    const shards = new Map();
    for (const item of batch) {
      if (item.type !== "track" || typeof item.event !== "string") return new Response(null, { status: 400 });
      const shard = hash(item.userId) % SHARDS;
      if (!shards.has(shard)) shards.set(shard, []);
      shards.get(shard).push(item);
    }
    const calls = [...shards].map(([shard, items]) =>
      env.SHARD.get(env.SHARD.idFromName(String(shard))).fetch("http://shard/", { method: "POST", body: JSON.stringify(items) }),
    );
    const answers = await Promise.all((await Promise.all(calls)).map((answer) => answer.json()));
    const rows = answers.reduce((sum, answer) => sum + answer.rows, 0);
    return Response.json({ success: true }, { headers: { "server-timing": `kv;desc="0", do;desc="${shards.size}", rows;desc="${rows}"` } });
  },
};

/** FNV-1a, 32 bits: <http://www.isthe.com/chongo/tech/comp/fnv/>. */
function hash(text) {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}

export class Shard extends DurableObject {
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    for (const statement of [
      "CREATE TABLE IF NOT EXISTS people (id TEXT PRIMARY KEY, state BLOB NOT NULL, due INTEGER) WITHOUT ROWID",
      "CREATE INDEX IF NOT EXISTS people_by_due ON people (due) WHERE due IS NOT NULL",
      "CREATE TABLE IF NOT EXISTS events (person TEXT, id TEXT, name TEXT NOT NULL, at INTEGER NOT NULL, properties TEXT NOT NULL, active INTEGER NOT NULL, PRIMARY KEY (person, id)) WITHOUT ROWID",
    ]) {
      this.sql.exec(statement);
    }
  }

  async fetch(request) {
    const items = await request.json();
    let rows = 0;
    const write = (statement, ...values) => {
      rows += this.sql.exec(statement, ...values).rowsWritten;
    };
    this.ctx.storage.transactionSync(() => {
      for (const [person, own] of Map.groupBy(items, (item) => item.userId)) {
        const [row] = this.sql.exec("SELECT state FROM people WHERE id = ?", person);
        const state = row ? JSON.parse(row.state) : { first: Date.now(), counts: {} };
        for (const { messageId, event, timestamp, properties } of own) {
          const at = timestamp ? Date.parse(timestamp) : Date.now();
          write("INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, 1)", person, messageId, event, at, JSON.stringify(properties ?? {}));
          state.counts[event] = (state.counts[event] ?? 0) + 1;
          state.last = at;
        }
        write("INSERT OR REPLACE INTO people VALUES (?, ?, ?)", person, JSON.stringify(state), state.last + 30 * 86_400_000);
      }
    });
    return Response.json({ rows });
  }
}
