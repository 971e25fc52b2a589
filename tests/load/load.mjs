// What the Worker that ships can take, on the real runtime, beside a minimal one in JavaScript that writes
// the same rows (minimal/). Both run at once and are asked in turns, so that a busy machine is unfair to
// both; CPU is what the runtime's process used, which noise moves less than time.
//
// `cargo xtask load [--seconds 4] [--people 0] [--json]`; `--people N` also publishes to N people of one shard
// while events go on coming in. Prints a table; measures and does not judge, but for what is not noise.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Agent, request as ask } from "node:http";
import { parseArgs } from "node:util";

import { startRuntime, until } from "../edge/harness.mjs";

const { values: wished } = parseArgs({
  options: { seconds: { type: "string", default: "4" }, people: { type: "string", default: "0" }, json: { type: "boolean", default: false } },
});
const SECONDS = Number(wished.seconds);
const PEOPLE = Number(wished.people);
assert.ok(SECONDS > 0 && SECONDS <= 600, "--seconds is between 0 and 600");
assert.ok(Number.isInteger(PEOPLE) && PEOPLE >= 0 && PEOPLE <= 1_000_000, "--people is between 0 and 1000000");

const ROUNDS = 3;
const CONNECTIONS = 8;
const KNOWN = 2_000;
const SECRET = "sk_server";
const ADMIN = "a-long-admin-token";
const vars = { REKINDLE_WRITE_KEY: "wk_public", REKINDLE_SECRET_KEY: SECRET, REKINDLE_ADMIN_TOKEN: ADMIN, REKINDLE_IDENTITY_SECRET: "identity" };
const NAMES = ["Page Viewed", "Logged In", "Searched", "Report Opened", "Used Feature X", "Purchased", "Settings Changed", "Invited"];
const AT_RISK = 'last_seen > 30 days ago and subscription_status is "active" and total_spend > 100 and not performed "Used Feature X" in last 60 days';
const BOTH = { authorization: `Basic ${Buffer.from(`${SECRET}:`).toString("base64")}` };

let messages = 0;
const event = (person) => ({
  type: "track",
  userId: `person-${person % KNOWN}`,
  event: NAMES[messages % NAMES.length],
  messageId: `m${++messages}`,
  properties: { plan: "pro", amount: messages % 100 },
});
const batchOf = (people) => () => ({ method: "POST", path: "/v1/batch", headers: BOTH, body: JSON.stringify({ batch: people().map(event) }) });
const somebody = () => messages * 7919;

/** What is asked again and again, and how many events each request brings. */
const SCENARIOS = [
  { name: "1 event", events: 1, ask: batchOf(() => [somebody()]) },
  { name: "100 events, 1 person", events: 100, ask: batchOf(() => Array(100).fill(somebody())) },
  { name: "100 events, 100 people", events: 100, ask: batchOf(() => Array.from({ length: 100 }, (_, n) => somebody() + n)) },
  { name: "page load", events: 0, alone: true, ask: () => ({ method: "GET", path: "/v1/boot?key=wk_public&p=00000000000000ab" }) },
];

/** Asks one request; gives how long it took, and what the Worker says that it cost. */
function send(agent, port, { method, path, headers, body }) {
  const begun = performance.now();
  return new Promise((done, fail) => {
    const call = ask({ agent, port, host: "127.0.0.1", method, path, headers: { ...headers, "content-length": Buffer.byteLength(body ?? "") } }, (answer) => {
      const text = [];
      answer.on("data", (part) => text.push(part)).on("end", () => {
        if (answer.statusCode >= 300) return fail(new Error(`${path}: ${answer.statusCode} ${Buffer.concat(text)}`));
        const [kv = 0, objects = 0, rows = 0] = [...(answer.headers["server-timing"] ?? "").matchAll(/desc="(\d+)"/g)].map(([, count]) => Number(count));
        done({ ms: performance.now() - begun, kv, objects, rows });
      });
    });
    call.on("error", fail).end(body);
  });
}

/** The CPU seconds that the runtime has used: proc(5), fields utime and stime of `stat`. */
async function cpu(runtime) {
  const TICKS = 100;
  const stats = await Promise.all((await runtime.workerd()).map((pid) => readFile(`/proc/${pid}/stat`, "utf8")));
  return stats.reduce((sum, stat) => {
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) / TICKS;
  }, 0);
}

/** Asks for so many seconds, each connection as soon as it is answered. */
async function round(runtime, scenario, seconds) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const answers = [];
  const before = await cpu(runtime);
  const begun = performance.now();
  const asking = async () => {
    while (performance.now() - begun < seconds * 1000) answers.push(await send(agent, runtime.port, scenario.ask()));
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, asking));
  const took = (performance.now() - begun) / 1000;
  const used = (await cpu(runtime)) - before;
  agent.destroy();
  const sum = (part) => answers.reduce((total, answer) => total + answer[part], 0);
  const { length } = answers;
  return {
    eventsPerSecond: (length * scenario.events) / took,
    requestsPerSecond: length / took,
    cpuMs: (used * 1000) / length,
    ...percentiles(answers),
    rowsPerEvent: scenario.events && sum("rows") / (length * scenario.events),
    kvPerRequest: sum("kv") / length,
    objectsPerRequest: sum("objects") / length,
  };
}

function percentiles(answers) {
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return { p50: at(0.5), p99: at(0.99) };
}

/** The round in the middle by its CPU. */
const middle = (rounds) => rounds.sort((a, b) => a.cpuMs - b.cpuMs)[Math.floor(rounds.length / 2)];

const admin = async (runtime, method, path, body, type = "application/json") => {
  const answer = await fetch(`${runtime.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN}`, ...(body === undefined ? {} : { "content-type": type }) },
    body: typeof body === "object" ? JSON.stringify(body) : body,
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
};

/** A workspace as they are: the seed segment, three of the ready-made ones and a series. */
async function setUp(runtime) {
  const rules = { "at-risk": AT_RISK, lapsed: "last_seen > 90 days ago", active: "last_seen < 30 days ago", new: "first_seen < 7 days ago" };
  for (const [id, rule] of Object.entries(rules)) await admin(runtime, "PUT", `/segments/${id}`, { name: id, rule });
  const steps = [{ id: "mail", kind: "email", delay: "1d", subject: "Hello {{ first_name | default: 'there' }}", body: "Come back." }];
  await admin(runtime, "PUT", "/series/win-back", { name: "Win-back", audience: { segment: "at-risk" }, exit: 'performed "Used Feature X"', steps });
  await admin(runtime, "POST", "/series/win-back/publish");
}

/** Everyone has been here before: an ordinary event is not somebody's first. */
async function meet(runtime) {
  const agent = new Agent({ keepAlive: true });
  for (let from = 0; from < KNOWN; from += 100) {
    for (let time = 0; time < 2; time++) {
      const batch = Array.from({ length: 100 }, (_, n) => event(from + n));
      await send(agent, runtime.port, { method: "POST", path: "/v1/batch", headers: BOTH, body: JSON.stringify({ batch }) });
    }
  }
  agent.destroy();
}

const limits = { RATE_KEY: 1e9, RATE_ADDRESS: 1e9 };
const shipped = (more = {}) => startRuntime({ settings: "wrangler.toml", vars: { ...vars, ...more }, limits });

async function compare() {
  const [ours, theirs] = await Promise.all([shipped(), startRuntime({ settings: "tests/load/minimal/wrangler.json" })]);
  try {
    await setUp(ours);
    for (const runtime of [ours, theirs]) await meet(runtime);
    const found = {};
    for (const scenario of SCENARIOS) {
      const runs = { ours: [], theirs: [] };
      const pairs = Object.entries({ ours, ...(scenario.alone ? {} : { theirs }) });
      for (const [, runtime] of pairs) await round(runtime, scenario, 1);
      for (let n = 0; n < ROUNDS; n++) {
        for (const [name, runtime] of pairs) runs[name].push(await round(runtime, scenario, SECONDS));
      }
      found[scenario.name] = Object.fromEntries(pairs.map(([name]) => [name, middle(runs[name])]));
    }
    return found;
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

/** Publishes to everyone of one shard while events come in, and says how long those wait meanwhile. */
async function publishTo(people) {
  const PART = 10_000;
  const runtime = await shipped({ REKINDLE_SHARDS: "1" });
  try {
    for (let from = 0; from < people; from += PART) {
      const lines = Array.from({ length: Math.min(PART, people - from) }, (_, n) => JSON.stringify({ type: "identify", userId: `p${from + n}`, traits: { plan: "pro" } }));
      await admin(runtime, "POST", "/import", lines.join("\n"), "application/x-ndjson");
    }
    const quiet = await round(runtime, SCENARIOS[0], SECONDS);
    await admin(runtime, "PUT", "/segments/pros", { name: "Pros", rule: 'plan is "pro"' });
    const steps = [{ id: "nudge", kind: "email", delay: "30d", subject: "Hello", body: "Hello" }];
    await admin(runtime, "PUT", "/series/all", { name: "All", audience: { segment: "pros" }, exit: 'performed "Left"', steps });
    await admin(runtime, "POST", "/series/all/publish");
    const begun = performance.now();
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const answers = [];
    let isDone = false;
    const asking = async () => {
      while (!isDone) answers.push(await send(agent, runtime.port, SCENARIOS[0].ask()));
    };
    const entered = async () => (await admin(runtime, "GET", "/series/all/report")).entered === people;
    await Promise.all([...Array.from({ length: CONNECTIONS }, asking), until(entered, "everyone to enter", 600_000).finally(() => (isDone = true))]);
    const took = (performance.now() - begun) / 1000;
    agent.destroy();
    return { people, seconds: took, requestsMeanwhile: answers.length, quiet: { p50: quiet.p50, p99: quiet.p99 }, meanwhile: percentiles(answers) };
  } finally {
    await runtime.stop();
  }
}

function table(found) {
  const head = ["", "", "events/s", "requests/s", "CPU ms/request", "p50 ms", "p99 ms", "rows/event", "KV/request", "objects/request"];
  const lines = Object.entries(found).flatMap(([name, sides]) =>
    Object.entries(sides).map(([side, it]) => [
      name,
      side === "ours" ? "Rekindle" : "minimal",
      it.eventsPerSecond.toFixed(0),
      it.requestsPerSecond.toFixed(0),
      it.cpuMs.toFixed(3),
      it.p50.toFixed(1),
      it.p99.toFixed(1),
      it.rowsPerEvent.toFixed(2),
      it.kvPerRequest.toFixed(2),
      it.objectsPerRequest.toFixed(2),
    ]),
  );
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column].length)));
  for (const line of [head, ...lines]) console.log(line.map((word, column) => (column < 2 ? word.padEnd(widths[column]) : word.padStart(widths[column]))).join("  ").trimEnd());
}

const found = await compare();
const published = PEOPLE > 0 ? await publishTo(PEOPLE) : undefined;
const cost = (name, side = "ours") => found[name][side].cpuMs;
const ratios = {
  "batch of 100 of one person / one event": cost("100 events, 1 person") / cost("1 event"),
  "batch of 100 of 100 people / one event": cost("100 events, 100 people") / cost("1 event"),
  ...Object.fromEntries(SCENARIOS.filter((one) => !one.alone).map(({ name }) => [`minimal / Rekindle, ${name}`, cost(name, "theirs") / cost(name)])),
};
if (wished.json) {
  console.log(JSON.stringify({ found, ratios, published }, null, 2));
} else {
  table(found);
  console.log("");
  for (const [name, ratio] of Object.entries(ratios)) console.log(`${name.padEnd(42)} ${ratio.toFixed(2)}`);
  if (published) console.log(`\npublished to ${published.people} people of one shard in ${published.seconds.toFixed(1)} s; an event meanwhile: p50 ${published.meanwhile.p50.toFixed(1)} ms, p99 ${published.meanwhile.p99.toFixed(1)} ms (before: ${published.quiet.p50.toFixed(1)} and ${published.quiet.p99.toFixed(1)})`);
}
// What is not noise is held: counts of the platform's own.
assert.ok(found["1 event"].ours.rowsPerEvent <= 3, "an event writes at most 3 rows");
assert.equal(found["1 event"].ours.kvPerRequest, 0, "an event asks nothing of KV");
assert.equal(found["page load"].ours.kvPerRequest, 1, "a page load is one read of KV");
assert.equal(found["page load"].ours.objectsPerRequest, 0, "a page load asks no object");
