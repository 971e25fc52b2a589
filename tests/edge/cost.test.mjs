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
  assert.equal(cost(answer), 'kv;desc="1", do;desc="0"');
  assert.match(answer.headers.get("x-rekindle-now"), /^\d+$/);
});

test("a batch for one person costs one call of one Durable Object", async () => {
  const answer = await runtime.ingest([
    { type: "track", event: "A", userId: "ada", messageId: "1" },
    { type: "track", event: "B", userId: "ada", messageId: "2" },
  ]);
  assert.equal(cost(answer), 'kv;desc="0", do;desc="1"');
});
