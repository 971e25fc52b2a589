// How an operator sees that the edge falls behind: the status and the metrics, while a receiver is down.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { freePort, startRuntime, until } from "./harness.mjs";

let runtime;
let receiver;
let answer = 503;
const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);

before(async () => {
  const port = await freePort();
  receiver = createServer((request, response) => request.resume().on("end", () => response.writeHead(answer).end()));
  await new Promise((done) => receiver.listen(port, "127.0.0.1", done));
  runtime = await startRuntime({ vars: { REKINDLE_SHARDS: "3" } });
  await api("POST", "/dev/clock", { now: "2026-11-23T00:00:00Z" });
  await api("PUT", "/series/call", {
    name: "Call",
    audience: "vip is true",
    steps: [{ id: "call", kind: "webhook", url: `http://127.0.0.1:${port}/`, body: "{}" }],
  });
  await api("POST", "/series/call/publish");
});
after(async () => {
  await runtime?.stop();
  receiver.close();
});

/** The samples of the text form, by name and labels; fails where a line is none. */
async function metrics() {
  const response = await fetch(`${runtime.url}/api/v1/metrics`, { headers: { authorization: "Bearer dev" } });
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const samples = new Map();
  const typed = new Set();
  for (const line of (await response.text()).trimEnd().split("\n")) {
    if (line.startsWith("# TYPE ")) typed.add(line.split(" ")[2]);
    if (line.startsWith("#")) continue;
    const [, name, labels = "", value] = /^(\w+)(\{.*\})? (-?[\d.e+]+)$/.exec(line) ?? assert.fail(line);
    assert.ok(typed.has(name), `${name} has a type before its samples`);
    samples.set(name + labels, Number(value));
  }
  return { samples, sum: (name) => [...samples].filter(([of]) => of.startsWith(`${name}{shard=`)).reduce((sum, [, value]) => sum + value, 0) };
}

test("every shard tells of itself, without a word about people", async () => {
  const { samples, sum } = await metrics();
  for (const name of ["rekindle_sends_waiting", "rekindle_sends_put_off", "rekindle_dead_letters", "rekindle_timers_overdue", "rekindle_oldest_send_age_seconds", "rekindle_oldest_timer_lateness_seconds"]) {
    for (const shard of [0, 1, 2]) assert.equal(samples.get(`${name}{shard="${shard}"}`), 0, name);
  }
  assert.ok(sum("rekindle_storage_bytes") > 3 * 4_096);
  assert.equal(samples.get('rekindle_mail_ok{provider="mailbox"}'), 1);
  const { version } = await (await fetch(`${runtime.url}/health`)).json();
  assert.equal(samples.get(`rekindle_build_info{version="${version}"}`), 1);
  assert.equal((await fetch(`${runtime.url}/api/v1/metrics`)).status, 401, "and not to everyone");
});

test("what fails is put off, then a dead letter, and both are counted; once it is sent again neither is", async () => {
  await runtime.ingest([{ type: "identify", userId: "ada", messageId: "1", traits: { vip: true } }]);
  await until(async () => (await metrics()).sum("rekindle_sends_put_off") === 1, "the first failure");
  const { backlog } = await api("GET", "/status");
  assert.deepEqual([backlog.put_off, backlog.dead_letters], [1, 0]);
  answer = 404;
  await until(async () => (await metrics()).sum("rekindle_dead_letters") === 1, "the letter", 30_000);
  const { samples, sum } = await metrics();
  assert.equal(sum("rekindle_sends_put_off"), 0);
  assert.ok([...samples].every(([name]) => !name.includes("ada")));
  answer = 204;
  const [{ effect }] = (await api("GET", "/dead-letters")).items;
  await api("POST", `/dead-letters/${effect}/replay`);
  await until(async () => (await metrics()).sum("rekindle_dead_letters") === 0, "the letter to leave");
  assert.equal((await api("GET", "/status")).backlog.dead_letters, 0);
});
