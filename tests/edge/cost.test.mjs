// What a page load and an event cost: the edge says so itself, in `Server-Timing`.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

let runtime;
before(async () => {
  runtime = await startRuntime();
});
after(() => runtime.stop());

const cost = (answer) => answer.headers.get("server-timing");
const boot = () => fetch(`${runtime.url}/v1/boot?key=wk_dev&p=00000000000000ab`);

test("a page load costs one read of KV and no Durable Object", async () => {
  // The first request of an isolate asks for the development clock, which production has none of.
  await boot();
  const answer = await boot();
  assert.equal(answer.status, 204);
  assert.equal(cost(answer), 'kv;desc="1", do;desc="0", rows;desc="0"');
  assert.match(answer.headers.get("x-rekindle-now"), /^\d+$/);
});

test("a batch for one person costs one call of one Durable Object", async () => {
  const answer = await runtime.ingest([
    { type: "track", event: "A", userId: "ada", messageId: "1" },
    { type: "track", event: "B", userId: "ada", messageId: "2" },
  ]);
  assert.match(cost(answer), /^kv;desc="0", do;desc="1"/);
});

test("an ordinary event writes at most three rows", async () => {
  await runtime.api("PUT", "/api/v1/segments/away", { rule: "last_seen > 30 days ago" });
  const item = (n) => ({ type: "track", event: "A", userId: "eve", messageId: `${n}` });
  await runtime.ingest([item(0)]);
  const rows = async (...items) =>
    Number(/rows;desc="(\d+)"/.exec(cost(await runtime.ingest(items)))[1]);
  await runtime.api("POST", "/api/v1/dev/clock", { advance: "1h" });
  // The event and the person; and the person's timer, which moves with every sign of life.
  const ordinary = await rows(item(1));
  console.log(`an ordinary event writes ${ordinary} rows`);
  assert.ok(ordinary >= 2 && ordinary <= 3, `${ordinary} rows`);
  assert.equal(await rows(item(1)), 0, "a repeat writes none");
  const batch = Array.from({ length: 100 }, (_, n) => item(n + 2));
  assert.ok((await rows(...batch)) <= 102, "a hundred events of one person write that person once");
});
