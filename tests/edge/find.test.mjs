// Finding people, previewing rules, and what the data has to choose from.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

const DAY_MS = 86_400_000;
let runtime;
let now;
before(async () => {
  runtime = await startRuntime();
  ({ now } = await runtime.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" }));
  const plans = ["free", "pro", "team"];
  const people = Array.from({ length: 60 }, (_, n) => ({
    type: "identify",
    userId: `p-${String(n).padStart(2, "0")}`,
    messageId: `i${n}`,
    traits: { plan: plans[n % 3], seats: n, email: `Person${n}@example.com`, since: "2026-01-02", tags: ["a", `t${n % 2}`] },
  }));
  const events = people.slice(0, 30).map(({ userId }, n) => ({
    type: "track", userId, event: "Bought", messageId: `e${n}`, properties: { item: n % 2 ? "hat" : "shoe", cents: 5 },
    timestamp: now - n * DAY_MS,
  }));
  await runtime.ingest([...people, ...events]);
});
after(() => runtime.stop());

const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
const preview = (rule) => api("POST", "/segments/preview", { rule });
const query = (words) => `?${new URLSearchParams(words)}`;

async function all(words) {
  const found = [];
  let cursor;
  do {
    const page = await api("GET", `/people${query({ ...words, ...(cursor ? { cursor } : {}) })}`);
    found.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return found;
}

test("the data says which names, kinds and values it has, and of how many people", async () => {
  const { attributes, events, looked_at } = await api("GET", "/data");
  assert.equal(looked_at, 60);
  assert.deepEqual(attributes, [
    { name: "email", kinds: ["text"], people: 60 },
    { name: "plan", kinds: ["text"], people: 60 },
    { name: "seats", kinds: ["number"], people: 60 },
    { name: "since", kinds: ["date"], people: 60 },
    { name: "tags", kinds: ["list"], people: 60 },
  ]);
  assert.deepEqual(events, [{ name: "Bought", people: 30 }]);

  const values = async (words) => api("GET", `/data/values${query(words)}`);
  assert.deepEqual((await values({ attribute: "plan" })).values.map(({ value, people }) => [value, people]), [
    ["free", 20], ["pro", 20], ["team", 20],
  ]);
  assert.deepEqual((await values({ attribute: "tags" })).values[0], { value: "a", people: 60 });
  assert.equal((await values({ attribute: "seats" })).values.length, 50, "no more than 50");
  assert.deepEqual((await values({ event: "Bought" })).properties, [
    { name: "cents", values: [5] },
    { name: "item", values: ["hat", "shoe"] },
  ]);
  await assert.rejects(values({}), { status: 400 });
});

test("people are listed by id, each once, with all their attributes", async () => {
  const people = await all({ limit: 25 });
  assert.deepEqual(people.map(({ id }) => id), Array.from({ length: 60 }, (_, n) => `p-${String(n).padStart(2, "0")}`));
  const [first] = people;
  assert.equal(first.last_seen, now);
  assert.deepEqual(first.attributes.tags, ["a", "t0"]);
  assert.deepEqual(first.segments, []);
});

test("people are found by a rule, a segment, a text, or all of them", async () => {
  await api("PUT", "/segments/pros", { rule: 'plan is "pro"' });
  assert.equal((await all({ rule: 'plan is "pro"', limit: 7 })).length, 20);
  assert.equal((await all({ segment: "pros", limit: 7 })).length, 20);
  assert.deepEqual((await all({ segment: "pros", rule: "seats < 5" })).map(({ id }) => id), ["p-01", "p-04"]);
  assert.deepEqual((await all({ q: "pERSON5@" })).map(({ id }) => id), ["p-05"]);
  assert.deepEqual((await all({ q: "P-0", segment: "pros" })).map(({ id }) => id), ["p-01", "p-04", "p-07"]);
  assert.deepEqual((await all({ segment: "pros", q: "p-01" }))[0].segments, ["pros"]);
  assert.equal((await all({ rule: 'in segment "pros" and performed "Bought" where item is "hat" in last 9 days' })).length, 2);
});

test("a list by what cannot be read is refused with the place", async () => {
  for (const [words, status, detail] of [
    [{ rule: "plan iz 5" }, 400, /character 6/],
    [{ rule: 'in segment "nowhere"' }, 400, /unknown segment/],
    [{ segment: "nowhere" }, 404, /no segment/],
    [{ limit: 101 }, 400, /1 to 100/],
  ]) {
    const error = await api("GET", `/people${query(words)}`).catch((caught) => caught);
    assert.equal(error.status, status, JSON.stringify(words));
    assert.match(error.body.detail, detail);
  }
});

test("a preview counts exactly, shows some, and says what is wrong", async () => {
  const pros = await preview('plan IS "pro" and seats > 9');
  assert.equal(pros.text, 'plan is "pro" and seats > 9');
  assert.deepEqual(pros.json.all[1], { attribute: { name: "seats", greater_than: 9 } });
  assert.deepEqual([pros.count, pros.exact, pros.looked_at], [17, true, 60]);
  assert.equal(pros.people.length, 10);
  assert.equal(pros.people[0].attributes.plan, "pro");
  assert.deepEqual(pros.problems, []);
  assert.equal((await preview(pros.json)).count, 17);
  // What no definition has asked for before is counted from the stored events.
  assert.equal((await preview('performed "Bought" where item is "hat" in last 9 days')).count, 5);

  const odd = await preview('plam is "pro" and seats > 9 and seats < 3');
  assert.equal(odd.count, 0);
  assert.deepEqual(odd.problems.map(({ severity, at }) => [severity, at]), [["warning", 0], ["warning", 32]]);
  assert.match(odd.problems[0].message, /did you mean `plan`/);

  const broken = await preview("plan iz 5");
  assert.deepEqual([broken.text, broken.json, broken.count, broken.people], ["plan iz 5", null, null, []]);
  assert.deepEqual(broken.problems.map(({ severity, at }) => [severity, at]), [["error", 5]]);
  const lost = await preview('in segment "nowhere"');
  assert.deepEqual([lost.count, lost.problems[0].severity], [null, "error"]);
});

test("the sizes of segments come with their trend, and a segment says what uses it", async () => {
  await api("PUT", "/segments/big", { rule: "seats >= 50" });
  await api("PUT", "/segments/bigger", { rule: 'in segment "big" or vip is true' });
  await api("PUT", "/series/for-big", {
    name: "For the big",
    audience: "everyone",
    exit: 'in segment "big"',
    steps: [{ id: "a", kind: "wait", for: "1d" }],
  });
  await api("POST", "/dev/clock", { advance: "1d" });
  const set = (userId, seats, messageId) => ({ type: "identify", userId, messageId, traits: { seats } });
  await runtime.ingest([set("p-00", 99, "s1"), set("p-01", 99, "s2"), set("p-59", 1, "s3")]);
  await api("POST", "/dev/clock", { advance: "1d" });
  const { counts, trend } = await api("GET", "/segments/counts");
  assert.equal(counts.big, 11);
  assert.equal(trend.big.length, 30);
  assert.deepEqual(trend.big.slice(-4), [0, 10, 11, 11]);
  const { used_by } = await api("GET", "/segments/big");
  assert.deepEqual(used_by, [
    { kind: "segment", id: "bigger", name: "bigger" },
    { kind: "series", id: "for-big", name: "For the big" },
  ]);
  const { items } = await api("GET", "/segments");
  assert.deepEqual(items.find(({ id }) => id === "big").used_by, used_by, "and so the list says");
  await assert.rejects(api("PUT", "/segments/counts", { rule: "everyone" }), { status: 400 });
});

test("many people are paged through, a bounded number at a time", async () => {
  // A call looks at a bounded number, and nobody is lost on the way.
  const many = Array.from({ length: 20_000 }, (_, n) => ({
    type: "identify", userId: `z-${n}`, messageId: `z${n}`, context: { active: false }, traits: { rare: n % 5_000 === 7 },
  }));
  for (let at = 0; at < many.length; at += 2_000) {
    assert.equal((await runtime.ingest(many.slice(at, at + 2_000))).status, 200);
  }
  const begin = performance.now();
  const page = await api("GET", "/people?limit=50");
  const listed = performance.now();
  const rare = await api("GET", `/people${query({ rule: "rare is true" })}`);
  const looked = performance.now();
  console.log(`a page of 20,060: ${Math.round(listed - begin)} ms; a rare rule over ${rare.looked_at}: ${Math.round(looked - listed)} ms`);
  assert.equal(page.items.length, 50);
  assert.ok(rare.looked_at <= 16_000 && rare.next, `${rare.looked_at} looked at`);
  assert.equal((await all({ rule: "rare is true" })).length, 4);
  assert.equal((await preview("rare is true")).count, 4);
});
