// Real data: 6,919 purchases go in over HTTP, and four counts must equal what SQLite says of the
// same file; also when the purchases arrive shuffled, and every one of them twice.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

const NOW = "1998-07-01T00:00:00Z";
const DAY_MS = 86_400_000;
const BATCH = 500;

const purchases = readFileSync(new URL("../data/cdnow_sample.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line, row) => {
    const [master, , date, , dollars] = line.trim().split(/\s+/);
    const day = date.replace(/(\d{4})(\d\d)(\d\d)/, "$1-$2-$3T00:00:00Z");
    return { row, person: `cdnow-${master}`, at: Date.parse(day), dollars: Number(dollars) };
  });

const spend = new Map();
for (const { person, dollars } of purchases) spend.set(person, (spend.get(person) ?? 0) + dollars);

const segments = {
  quiet: 'not performed "Purchased" in last 180 days',
  spender: "total_spend > 100",
  both: 'not performed "Purchased" in last 180 days and total_spend > 100',
  loyal: 'performed "Purchased" at least 3 times in last 365 days',
};

/** The same four counts, from SQL over the file alone. */
function expected() {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE purchases (person TEXT, at INTEGER, dollars REAL)");
  const insert = db.prepare("INSERT INTO purchases VALUES (?, ?, ?)");
  for (const { person, at, dollars } of purchases) insert.run(person, at, dollars);
  const one = (sql) => db.prepare(sql).get().n;
  const now = Date.parse(NOW);
  const quiet = `max(at) < ${now - 180 * DAY_MS}`;
  const people = "SELECT count(*) AS n FROM (SELECT person FROM purchases GROUP BY person HAVING";
  return {
    quiet: one(`${people} ${quiet})`),
    spender: one(`${people} sum(dollars) > 100)`),
    both: one(`${people} ${quiet} AND sum(dollars) > 100)`),
    loyal: one(`${people} sum(at >= ${now - 365 * DAY_MS}) >= 3)`),
  };
}

function messages() {
  const events = purchases.map(({ row, person, at, dollars }) => ({
    type: "track",
    event: "Purchased",
    userId: person,
    messageId: `cdnow-${row}`,
    timestamp: new Date(at).toISOString(),
    properties: { dollars },
  }));
  const people = [...spend].map(([person, total]) => ({
    type: "identify",
    userId: person,
    messageId: `spend-${person}`,
    traits: { total_spend: total },
  }));
  return [...events, ...people];
}

/** Fisher and Yates, with a generator that always gives the same. */
function shuffled(items) {
  let seed = 20261123;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [items[last], items[other]] = [items[other], items[last]];
  }
  return items;
}

async function load(runtime, items) {
  for (let start = 0; start < items.length; start += BATCH) {
    const answer = await runtime.ingest(items.slice(start, start + BATCH));
    assert.equal(answer.status, 200, await answer.text());
  }
}

async function counts(runtime) {
  const found = {};
  for (const id of Object.keys(segments)) {
    found[id] = (await runtime.api("GET", `/api/v1/segments/${id}/count`)).count;
  }
  return found;
}

let runtime;
before(async () => {
  runtime = await startRuntime();
});
after(() => runtime.stop());

test("counts over the purchases equal those of SQLite", async () => {
  await runtime.api("POST", "/api/v1/dev/clock", { now: NOW });
  for (const [id, rule] of Object.entries(segments)) {
    await runtime.api("PUT", `/api/v1/segments/${id}`, { rule });
  }
  await load(runtime, messages());
  const want = expected();
  assert.ok(Object.values(want).every((count) => count > 0), "the data tells the segments apart");
  assert.deepEqual(await counts(runtime), want);
});

test("the same purchases again, shuffled and twice, change nothing", async () => {
  const before = await counts(runtime);
  await load(runtime, shuffled([...messages(), ...messages()]));
  assert.deepEqual(await counts(runtime), before);
});

test("shuffled and twice from the start, with segments made and the clock set afterwards", async () => {
  const other = await startRuntime();
  try {
    await load(other, shuffled([...messages(), ...messages()]));
    for (const [id, rule] of Object.entries(segments)) {
      await other.api("PUT", `/api/v1/segments/${id}`, { rule });
    }
    await other.api("POST", "/api/v1/dev/clock", { now: NOW });
    assert.deepEqual(await counts(other), expected());
  } finally {
    await other.stop();
  }
});
