// The development clock: it stands, is moved, runs with real time, and says what it cannot do.
// With it running, a timer is the platform's own alarm, as in production.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime, until } from "./harness.mjs";

const LATE_MS_MAX = 1_000;

let runtime;
before(async () => {
  runtime = await startRuntime();
});
after(() => runtime.stop());

const clock = () => runtime.api("GET", "/api/v1/dev/clock");
const move = (order) => runtime.api("POST", "/api/v1/dev/clock", order);

test("it runs until it is set, and stands from then on", async () => {
  assert.deepEqual(await clock().then(({ set, running }) => [set, running]), [false, true]);
  assert.equal((await move({ now: "2026-11-23T00:00:00Z" })).now, Date.parse("2026-11-23T00:00:00Z"));
  assert.equal((await move({ advance: "1d2h30m5s1ms" })).at, "2026-11-24T02:30:05.001Z");
  assert.equal((await move({ now: Date.parse("2026-11-23T00:00:00Z") })).fired, 0, "back fires nothing");
  assert.deepEqual(await clock().then(({ at, running }) => [at, running]), ["2026-11-23T00:00:00Z", false]);
  await runtime.restart();
  assert.equal((await clock()).at, "2026-11-23T00:00:00Z", "a new start leaves it where it is");
});

test("an order that makes no sense is refused with the mend", async () => {
  for (const order of [{}, { advance: "soon" }, { now: "today" }, { advance: "1d", now: 0 }, { forward: "1d" }]) {
    const error = await move(order).then(() => assert.fail(JSON.stringify(order)), (error) => error);
    assert.equal(error.status, 400, JSON.stringify(order));
    assert.ok(error.body.detail.length > 10);
  }
});

test("with the clock running, a delay ends in real time and less than a second late", async () => {
  await runtime.api("PUT", "/api/v1/series/soon", {
    name: "Soon",
    audience: "here is true",
    exit: 'performed "Left"',
    steps: [{ id: "mail", kind: "email", delay: "2s", subject: "s", body: "b" }],
  });
  await runtime.api("POST", "/api/v1/series/soon/publish");
  assert.equal((await move({ run: true })).running, true);
  await runtime.ingest([{ type: "identify", userId: "now", traits: { here: true, email: "now@example.com" } }]);
  const { enrollments } = await runtime.api("GET", "/api/v1/people/now");
  const due = enrollments[0].state.waiting.due;
  const [mail] = await until(async () => {
    const { items } = await runtime.api("GET", "/api/v1/mailbox");
    return items.length > 0 && items;
  }, "the mail");
  assert.equal(due - enrollments[0].entered_at, 2_000);
  const late = mail.at - due;
  console.log(`the alarm was ${late} ms late`);
  assert.ok(late >= 0 && late < LATE_MS_MAX, `${late} ms`);
});
