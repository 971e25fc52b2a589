// Companies: what one is told of it, each of its people has as attributes, wherever they live.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime, until } from "./harness.mjs";

let runtime;
before(async () => {
  runtime = await startRuntime();
  await runtime.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" });
});
after(() => runtime.stop());

const send = async (...items) => {
  const answer = await runtime.ingest(items);
  assert.deepEqual([answer.status, await answer.json()], [200, { success: true, rejected: [] }]);
};
let sent = 0;
const group = (userId, groupId, traits = {}, day = 20) => {
  sent += 1;
  return { type: "group", userId, groupId, traits, messageId: `${sent}`, timestamp: `2026-11-${day}T00:00:00Z` };
};
const company = async (id) => {
  const { attributes } = await runtime.api("GET", `/api/v1/people/${id}`);
  const own = Object.entries(attributes).filter(([name, value]) => name.startsWith("company.") && value !== null);
  return Object.fromEntries(own.map(([name, value]) => [name.slice("company.".length), value]));
};
const becomes = (id, expected) =>
  until(async () => assert.deepEqual(await company(id), expected) ?? true, `${id} to hear of ${JSON.stringify(expected)}`);

test("a rule asks for the company, and each of its people hears of a change", async () => {
  const people = Array.from({ length: 40 }, (_, n) => `acme-${String(n).padStart(2, "0")}`);
  await runtime.api("PUT", "/api/v1/segments/pro", { rule: 'company.plan is "pro"' });
  await send(...people.map((id) => group(id, "acme")), group(people[0], "acme", { plan: "free", seats: 5 }, 21));
  for (const id of people) await becomes(id, { id: "acme", plan: "free", seats: 5 });
  const members = async () => (await runtime.api("GET", "/api/v1/segments/pro/people?limit=100")).items.map(({ id }) => id);
  assert.deepEqual(await members(), []);
  await send(group(people[1], "acme", { plan: "pro", seats: null }, 22));
  for (const id of people) await becomes(id, { id: "acme", plan: "pro" });
  assert.deepEqual(await members(), people);
});

test("of two values the one with the later timestamp stays", async () => {
  await send(group("ann", "late", { plan: "new" }, 22), group("ann", "late", { plan: "old", city: "Bern" }, 21));
  await becomes("ann", { id: "late", plan: "new", city: "Bern" });
});

test("who changes the company has the attributes of the new one, and of no other", async () => {
  await send(group("bo", "first", { plan: "pro", city: "Rome" }, 10));
  await becomes("bo", { id: "first", plan: "pro", city: "Rome" });
  await send(group("bo", "second", { plan: "team" }, 12));
  await becomes("bo", { id: "second", plan: "team" });
  // What the first is told now is none of theirs, nor that they joined it before.
  await send(group("cy", "first", { plan: "free" }, 13), group("bo", "first", {}, 11));
  await becomes("cy", { id: "first", plan: "free", city: "Rome" });
  assert.deepEqual(await company("bo"), { id: "second", plan: "team" });
  await send(group("bo", "first", {}, 14));
  await becomes("bo", { id: "first", plan: "free", city: "Rome" });
});

test("a template shows the company", async () => {
  await send(
    group("di", "shown", { name: "Shown & Sons", plan: "pro" }),
    { type: "identify", userId: "di", traits: { email: "di@example.com", welcome: true } },
  );
  await becomes("di", { id: "shown", name: "Shown & Sons", plan: "pro" });
  const step = { id: "mail", kind: "email", subject: "{{ company.name }}", body: "{{ company.plan | upcase }} {{ company.none | default: 'x' }}" };
  const { subject, text } = await runtime.api("POST", "/api/v1/preview", { step, person: "di" });
  assert.deepEqual([subject, text.split("\n")[0]], ["Shown & Sons", "PRO x"]);
});

test("a visitor's company becomes the person's, and is told to them from then on", async () => {
  const visitor = crypto.randomUUID();
  await send({ ...group(undefined, "visited", { plan: "a" }), anonymousId: visitor });
  await send({ type: "identify", userId: "eva", anonymousId: visitor, messageId: "eva" });
  await becomes("eva", { id: "visited", plan: "a" });
  await send(group("fay", "visited", { plan: "b" }, 22));
  await becomes("fay", { id: "visited", plan: "b" });
  await becomes("eva", { id: "visited", plan: "b" });
});

test("a kill right after the acknowledgement leaves no one uninformed", async () => {
  const people = Array.from({ length: 300 }, (_, n) => `killed-${n}`);
  await send(...people.map((id) => group(id, "killed", { plan: "a" })));
  const cut = send(group(people[0], "killed", { plan: "b" }, 22)).catch(() => {});
  await runtime.kill9();
  await cut;
  await runtime.restart();
  await send(group(people[0], "killed", { plan: "b" }, 22));
  for (const id of people) await becomes(id, { id: "killed", plan: "b" });
});

test("a company may be as large as its bound, and no larger", async () => {
  const attribute = (name, bytes) => group("gus", "large", { [name]: "x".repeat(bytes) });
  await send(attribute("a", 16_000), attribute("b", 16_000));
  const answer = await runtime.ingest([attribute("c", 16_000)]);
  assert.equal(answer.status, 400);
  assert.match((await answer.json()).detail, /more than 32768 bytes of traits: set some of them to null/);
});
