// An anonymous visitor turns out to be a person: what they did becomes the person's, once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { startRuntime, until } from "./harness.mjs";

let runtime;
before(async () => {
  runtime = await startRuntime();
  await runtime.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" });
  await runtime.api("PUT", "/api/v1/segments/lookers", { rule: 'performed "Looked"' });
});
after(() => runtime.stop());

const send = async (...items) => {
  const answer = await runtime.ingest(items);
  assert.equal(answer.status, 200);
  assert.deepEqual((await answer.json()).rejected, []);
};
const looked = (anonymousId, n, more = {}) => ({ type: "track", event: "Looked", anonymousId, messageId: `${anonymousId}-${n}`, ...more });
const identify = (userId, anonymousId, n = 0) => ({ type: "identify", userId, anonymousId, messageId: `${anonymousId}-id-${n}` });
const events = async (id) => (await runtime.api("GET", `/api/v1/people/${id}/events?limit=100`)).items;
const person = (id) => runtime.api("GET", `/api/v1/people/${id}`);
const gone = (id) => person(id).then(() => false, (error) => error.status === 404);
const members = async () => (await runtime.api("GET", "/api/v1/segments/lookers/people?limit=100")).items.map(({ id }) => id);

test("history and attributes join the person, and the visitor is counted no more", async () => {
  const visitor = randomUUID();
  await send(
    looked(visitor, 1, { timestamp: "2026-11-20T00:00:00Z", properties: { page: "plans" } }),
    looked(visitor, 2, { timestamp: "2026-11-21T00:00:00Z" }),
    { type: "identify", anonymousId: visitor, messageId: `${visitor}-a`, traits: { source: "ad" } },
  );
  assert.deepEqual(await members(), [visitor]);
  await send(identify("ada", visitor));
  await until(() => gone(visitor), "the visitor to be gone");
  const found = await events("ada");
  assert.deepEqual(found.map(({ id }) => id), [`${visitor}-2`, `${visitor}-1`]);
  assert.deepEqual(found[1].properties, { page: "plans" });
  const ada = await person("ada");
  assert.equal(ada.attributes.source, "ad");
  assert.equal(ada.first_seen, Date.parse("2026-11-20T00:00:00Z"));
  assert.deepEqual(await members(), ["ada"]);
});

test("identified again, and what another tab still sends as the visitor, ends up there once", async () => {
  const visitor = randomUUID();
  await send(looked(visitor, 1));
  await send(identify("bob", visitor, 1), identify("bob", visitor, 2));
  await send(looked(visitor, 1), looked(visitor, 2));
  await until(async () => (await events("bob")).length === 2 && (await gone(visitor)), "both events, once");
});

test("someone whom the app has named is never joined to another", async () => {
  const named = randomUUID();
  await send({ type: "track", event: "Looked", userId: named, messageId: `${named}-1` });
  await send(identify("eve", named), identify("eve", "victim"));
  await send({ type: "track", event: "Looked", userId: "eve", messageId: "eve-1" });
  assert.equal((await events("eve")).length, 1);
  assert.equal((await events(named)).length, 1);
});

test("a kill right after the acknowledgement loses nothing and doubles nothing", async () => {
  const visitors = Array.from({ length: 30 }, () => randomUUID());
  await send(...visitors.flatMap((visitor) => [1, 2, 3].map((n) => looked(visitor, n))));
  await send(...visitors.slice(0, 10).map((visitor, n) => identify(`joined-${n}`, visitor)));
  const cut = send(...visitors.slice(10).map((visitor, n) => identify(`joined-${n + 10}`, visitor))).catch(() => {});
  await runtime.kill9();
  await cut;
  await runtime.restart();
  // The browsers whose call was cut off send it again.
  const again = visitors.map((visitor, n) => identify(`joined-${n}`, visitor));
  await until(() => send(...again).then(() => true), "the second try to be acknowledged");
  for (const [n, visitor] of visitors.entries()) {
    await until(() => gone(visitor), `visitor ${n} to be gone`);
    assert.equal((await events(`joined-${n}`)).length, 3);
  }
});
