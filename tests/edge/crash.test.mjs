// Power cuts: workerd is killed with -9 in the middle of an import and in the middle of a send.
// What was acknowledged is there, once; everyone who was due gets their mail, once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime, until } from "./harness.mjs";

const PEOPLE = 600;
const EVENTS_EACH = 5;
const id = (person) => `p${String(person).padStart(4, "0")}`;

let runtime;
before(async () => {
  runtime = await startRuntime();
  await runtime.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" });
});
after(() => runtime.stop());

/** One batch a person: who they are and what they did. */
function batch(person) {
  const events = Array.from({ length: EVENTS_EACH }, (_, n) => ({
    type: "track",
    event: "Imported",
    userId: id(person),
    messageId: `${id(person)}-${n}`,
    timestamp: "2026-11-22T00:00:00Z",
  }));
  const traits = { email: `${id(person)}@example.com` };
  return [{ type: "identify", userId: id(person), messageId: `${id(person)}-i`, traits }, ...events];
}

/** Sends batches, eight at a time, until the server goes away; gives who was acknowledged. */
async function importAll(people, onAcknowledged = () => {}) {
  const left = [...people];
  const acknowledged = new Set();
  const lane = async () => {
    for (let person = left.shift(); person !== undefined; person = left.shift()) {
      try {
        const answer = await runtime.ingest(batch(person));
        if (answer.status === 200) acknowledged.add(person);
        await answer.arrayBuffer();
      } catch {
        return;
      }
      onAcknowledged(acknowledged.size);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return acknowledged;
}

async function eventsOf(person) {
  return (await runtime.api("GET", `/api/v1/people/${id(person)}/events?limit=100`)).items;
}

async function everyItem(path) {
  const items = [];
  let cursor = "";
  do {
    const page = await runtime.api("GET", `${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    items.push(...page.items);
    cursor = page.next ?? "";
  } while (cursor);
  return items;
}

test("every acknowledged event survives a kill in the middle of an import, once", async () => {
  const everyone = Array.from({ length: PEOPLE }, (_, person) => person);
  let killed;
  const acknowledged = await importAll(everyone, (count) => {
    if (count >= PEOPLE / 10) killed ??= runtime.kill9();
  });
  await killed;
  assert.ok(acknowledged.size >= PEOPLE / 10 && acknowledged.size < PEOPLE, `${acknowledged.size} acknowledged`);
  await runtime.restart();
  for (const person of acknowledged) {
    assert.equal((await eventsOf(person)).length, EVENTS_EACH, id(person));
  }
  // The sender cannot know what was stored without an acknowledgement: it sends all of it again.
  assert.equal((await importAll(everyone)).size, PEOPLE);
  for (const person of everyone) {
    assert.equal((await eventsOf(person)).length, EVENTS_EACH, id(person));
  }
});

test("a kill in the middle of a send loses no mail and doubles none", async () => {
  await runtime.api("PUT", "/api/v1/series/news", {
    name: "News",
    audience: { rule: 'performed "Imported"' },
    exit: 'performed "Unsubscribed"',
    steps: [{ id: "news", kind: "email", delay: "1h", subject: "News", body: "Hello" }],
  });
  await runtime.api("POST", "/api/v1/series/news/publish");
  const moving = runtime.api("POST", "/api/v1/dev/clock", { advance: "2h" }).catch(() => "cut off");
  await until(async () => (await everyItem("/api/v1/mailbox")).length > 0, "the first mails");
  await runtime.kill9();
  assert.equal(await moving, "cut off", "the kill came in the middle");
  await runtime.restart();

  const mails = await until(async () => {
    const mails = await everyItem("/api/v1/mailbox");
    return mails.length >= PEOPLE && mails;
  }, "every mail", 60_000);
  assert.equal(mails.length, PEOPLE);
  assert.equal(new Set(mails.map((mail) => mail.person)).size, PEOPLE, "one mail each");
  const report = await until(async () => {
    const report = await runtime.api("GET", "/api/v1/series/news/report");
    return report.steps[0].sent >= PEOPLE && report;
  }, "every receipt", 60_000);
  assert.equal(report.steps[0].sent, PEOPLE);
  assert.equal(report.entered, PEOPLE);
});
