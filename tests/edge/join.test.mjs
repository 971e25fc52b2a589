// An anonymous visitor turns out to be a person: what they did becomes the person's, once.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cp, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
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

test("an alias joins a visitor to a person, and a company's own server may name any visitor", async () => {
  for (const visitor of [randomUUID(), "device-7"]) {
    await send(looked(visitor, 1), { type: "alias", previousId: visitor, userId: "gil", messageId: `${visitor}-alias` });
    await until(() => gone(visitor), `${visitor} to be gone`);
  }
  assert.deepEqual((await events("gil")).length, 2);
});

test("two people are never merged: an alias that asks for it is refused with the reason", async () => {
  await send(
    { type: "track", event: "Looked", userId: "hal", messageId: "hal-1" },
    { type: "track", event: "Looked", userId: "mallory", messageId: "mallory-1" },
  );
  const alias = (previousId, userId) => ({ type: "alias", previousId, userId });
  const beside = looked("ivy", 1);
  const answer = await runtime.ingest([alias("hal", "mallory"), beside, alias("mallory", "hal")]);
  assert.equal(answer.status, 200);
  const { rejected } = await answer.json();
  assert.deepEqual(rejected.map(({ index }) => index), [0, 2]);
  assert.match(rejected[0].message, /`hal` is a person of their own, and two people are never merged/);
  assert.equal((await events("ivy")).length, 1);
  const alone = await runtime.ingest([alias("hal", "mallory")]);
  assert.equal(alone.status, 400);
  assert.match((await alone.json()).detail, /never merged/);
  for (const person of ["hal", "mallory"]) assert.equal((await events(person)).length, 1);
});

test("who laid claim to an id before the app named it gets nothing of what follows", async () => {
  const id = randomUUID();
  await send({ type: "alias", previousId: id, userId: "mallory", messageId: `${id}-claim` });
  await send({ type: "identify", userId: id, messageId: `${id}-2`, traits: { secret: "s" } });
  // What a page says of a visitor of this id would let the history move, were the claim still there.
  await send(looked(id, 1));
  await send(looked("zoe", 1));
  assert.equal((await person(id)).attributes.secret, "s");
  assert.deepEqual((await events(id)).map((event) => event.id), [`${id}-1`]);
  assert.equal((await person("mallory")).attributes.secret, undefined);
});

/** How many events each person has on the disk, of a runtime that was killed. */
async function onDisk() {
  const copy = await mkdtemp(join(tmpdir(), "rekindle-killed-"));
  await cp(runtime.state, copy, { recursive: true });
  const counts = new Map();
  for (const file of await readdir(copy, { recursive: true })) {
    if (!file.endsWith(".sqlite")) continue;
    const database = new DatabaseSync(join(copy, file));
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'events'").all();
    const rows = tables.length ? database.prepare("SELECT person, count(*) AS n FROM events GROUP BY person").all() : [];
    for (const { person, n } of rows) counts.set(person, n);
    database.close();
  }
  await rm(copy, { recursive: true });
  return counts;
}

/** Whether the disk was seen to be written to this often. */
function written(times) {
  const seen = new Set();
  let first;
  return async () => {
    for (const file of await readdir(runtime.state, { recursive: true })) {
      if (file.endsWith("-wal")) seen.add(`${file} ${(await stat(join(runtime.state, file))).mtimeMs}`);
    }
    first ??= seen.size;
    return seen.size >= first + times;
  };
}

test("a kill half way through a long history moves the rest, and nothing twice", async () => {
  // A rule counts to a thousand.
  const names = ["Read", "Heard", "Seen", "Felt", "Said"];
  const each = names.length * 1_000;
  const rule = names.map((name) => `performed "${name}" exactly 1000 times`).join(" and ");
  await runtime.api("PUT", "/api/v1/segments/all-of-it", { rule });
  const people = [];
  let halfWay = false;
  while (!halfWay) {
    assert.ok(people.length < 10, "one of the kills hits the middle");
    const [into, visitor] = [`long-${people.length.toString().padStart(2, "0")}`, randomUUID()];
    for (const [k, event] of names.entries()) {
      await send(...Array.from({ length: 1_000 }, (_, n) => looked(visitor, k * 1_000 + n, { event })));
    }
    people.push({ into, visitor });
    const cut = send(identify(into, visitor)).catch(() => {});
    await until(written(people.length), "some rounds to be on the disk");
    await runtime.kill9();
    await cut;
    const counts = await onDisk();
    halfWay = counts.get(into) > 0 && counts.get(into) < each && counts.get(visitor) > 0;
    await runtime.restart();
  }
  // What was not acknowledged is sent again, as a browser does.
  await send(...people.map(({ into, visitor }) => identify(into, visitor)));
  for (const { into, visitor } of people) {
    await until(() => gone(visitor), `${into} to be whole`, 60_000);
    const stored = (await runtime.api("GET", `/api/v1/people/${into}/export`)).events.map(({ id }) => id);
    assert.deepEqual([stored.length, new Set(stored).size], [each, each]);
  }
  const { items } = await runtime.api("GET", "/api/v1/segments/all-of-it/people?limit=100");
  assert.deepEqual(items.map(({ id }) => id), people.map(({ into }) => into), "each event is counted once");
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
