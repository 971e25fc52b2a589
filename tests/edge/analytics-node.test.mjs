// Segment's own library for Node.js, as it is published, pointed here by its one setting `host`. The
// server is killed with -9 again and again meanwhile: every event that the library reports as delivered
// is there, once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Analytics } from "@segment/analytics-node";

import { startRuntime, until, WRITE_KEY } from "./harness.mjs";

const PEOPLE = 60;
const EVENTS_EACH = 50;
// After how many acknowledged batches the server is killed, each time.
const KILLS = [20, 80];

let runtime;
before(async () => {
  runtime = await startRuntime();
});
after(() => runtime.stop());

const everyEvent = async (id) => (await runtime.api("GET", `/api/v1/people/${id}/events?limit=100`)).items;

/** A library that tells what became of every message: by its id, `null` when it was delivered. */
function library(options = {}) {
  const analytics = new Analytics({ host: runtime.url, writeKey: WRITE_KEY, flushInterval: 20, ...options });
  const outcomes = new Map();
  const reported = (error, ctx) => {
    const id = ctx.event.messageId;
    assert.ok(!outcomes.has(id), `${id} is reported once`);
    outcomes.set(id, error ?? null);
  };
  return { analytics, outcomes, reported };
}

test("thousands of events through kills and restarts are each there once", async () => {
  const { analytics, outcomes, reported } = library({ flushAt: 20, maxRetries: 50 });
  let acknowledged = 0;
  let refused = 0;
  analytics.on("http_response", ({ status }) => (status === 200 ? (acknowledged += 1) : (refused += 1)));
  for (let n = 0; n < EVENTS_EACH; n += 1) {
    for (let person = 0; person < PEOPLE; person += 1) {
      analytics.track({ userId: `p${person}`, event: "Counted", properties: { n } }, reported);
    }
  }
  for (const enough of KILLS) {
    await until(() => acknowledged >= enough, `${enough} acknowledged batches`, 60_000);
    await runtime.kill9();
    await runtime.restart();
  }
  await analytics.closeAndFlush();

  assert.equal(outcomes.size, PEOPLE * EVENTS_EACH);
  assert.deepEqual([...outcomes.values()].filter(Boolean), [], "the library gave nothing up");
  assert.equal(refused, 0, "no batch was refused");
  const stored = [];
  for (let person = 0; person < PEOPLE; person += 1) {
    const events = await everyEvent(`p${person}`);
    const numbers = events.map(({ properties }) => properties.n).sort((a, b) => a - b);
    assert.deepEqual(numbers, Array.from({ length: EVENTS_EACH }, (_, n) => n), `p${person}`);
    stored.push(...events.map(({ id }) => id));
  }
  assert.deepEqual(stored.sort(), [...outcomes.keys()].sort());
  // What rules count is what is stored.
  await runtime.api("PUT", "/api/v1/segments/counted", { rule: `performed "Counted" exactly ${EVENTS_EACH} times` });
  assert.equal((await runtime.api("GET", "/api/v1/segments/counted/count")).count, PEOPLE);
});

test("every call of the library is understood", async () => {
  const { analytics, outcomes, reported } = library();
  const anonymousId = crypto.randomUUID();
  analytics.track({ anonymousId, event: "Looked" }, reported);
  analytics.identify({ userId: "ada", anonymousId, traits: { plan: "pro", address: { city: "London" } } }, reported);
  analytics.page({ userId: "ada", category: "Docs", name: "Start", properties: { url: "https://example.com/" } }, reported);
  analytics.screen({ userId: "ada", name: "Home" }, reported);
  analytics.group({ userId: "ada", groupId: "acme", traits: { name: "Acme" } }, reported);
  const phone = crypto.randomUUID();
  analytics.track({ anonymousId: phone, event: "Installed" }, reported);
  await analytics.flush();
  analytics.alias({ userId: "ada", previousId: phone }, reported);
  await analytics.closeAndFlush();

  assert.deepEqual([...outcomes.values()], Array.from({ length: 7 }, () => null));
  await until(async () => (await everyEvent("ada")).length === 4, "the history of both visitors");
  const events = await everyEvent("ada");
  assert.deepEqual(events.map(({ name }) => name).sort(), ["Installed", "Looked", "Page Viewed", "Screen Viewed"]);
  const viewed = events.find(({ name }) => name === "Page Viewed");
  assert.deepEqual(viewed.properties, { category: "Docs", name: "Start", url: "https://example.com/" });
  const { attributes } = await until(async () => {
    const ada = await runtime.api("GET", "/api/v1/people/ada");
    return ada.attributes["company.name"] && ada;
  }, "the company");
  assert.deepEqual(
    [attributes.plan, attributes.address.city, attributes["company.id"], attributes["company.name"]],
    ["pro", "London", "acme", "Acme"],
  );
});

test("what is refused is reported as failed, and not tried again", async () => {
  const { analytics, outcomes, reported } = library({ writeKey: "wk_other" });
  let answers = 0;
  analytics.on("http_response", () => (answers += 1));
  // The library tells its failures as events as well; one that no one listens to is thrown.
  analytics.on("error", () => {});
  analytics.track({ userId: "nobody", event: "Lost" }, reported);
  await analytics.closeAndFlush();
  assert.match([...outcomes.values()][0].message, /401/);
  assert.equal(answers, 1);
  await assert.rejects(runtime.api("GET", "/api/v1/people/nobody"), { status: 404 });
});
