// A/B tests over HTTP: a subject is tested on hundreds of people, who open and click as told, and the
// verdict is read; and a test of two equal messages, of which none may be ahead.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

const START = "2026-11-23T00:00:00Z";
const PEOPLE = 600;
const BATCH = 200;
const PAGE = 100;

let runtime;
before(async () => {
  runtime = await startRuntime();
  await api("POST", "/dev/clock", { now: START });
});
after(() => runtime.stop());

const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);

async function store(items) {
  for (let from = 0; from < items.length; from += BATCH) {
    const answer = await runtime.ingest(items.slice(from, from + BATCH));
    assert.equal(answer.status, 200, await answer.text());
  }
}

/** Everything that was mailed in a series. */
async function mails(series) {
  const found = [];
  let cursor = "";
  do {
    const { items, next } = await api("GET", `/mailbox?limit=${PAGE}${cursor}`);
    found.push(...items.filter((mail) => mail.series === series));
    cursor = next && `&cursor=${next}`;
  } while (cursor);
  return found;
}

/** Publishes a series of one tested mail for those with this plan, and mails it to `PEOPLE` of them. */
async function run(id, changes, metric = "clicked") {
  await api("PUT", `/series/${id}`, {
    name: id,
    audience: `plan is "${id}"`,
    exit: 'performed "Done"',
    steps: [
      {
        id: "mail", kind: "email", delay: "1h", subject: "Come back", body: "Hello.",
        test: { metric, weight: 50, variants: [{ name: "b", weight: 50, changes }] },
      },
    ],
  });
  await api("POST", `/series/${id}/publish`);
  const people = Array.from({ length: PEOPLE }, (_, n) => `${id}-${n}`);
  await store(
    people.map((userId) => ({
      type: "identify", userId, messageId: userId, traits: { plan: id, email: `${userId}@example.com` },
    })),
  );
  await api("POST", "/dev/clock", { advance: "1h" });
  const sent = await mails(id);
  assert.equal(sent.length, PEOPLE);
  return { a: sent.filter((mail) => mail.variant === "a"), b: sent.filter((mail) => mail.variant === "b") };
}

/** One in so many opens and clicks a mail. */
async function react(mails, oneIn) {
  const who = mails.toSorted((x, y) => (x.person < y.person ? -1 : 1)).filter((_, place) => place % oneIn === 0);
  const kinds = ["opened", "clicked"];
  const reactions = who.flatMap(({ effect }) =>
    kinds.map((kind) => ({ type: "reaction", effect, kind, messageId: `${effect}-${kind}` })),
  );
  await store(reactions);
  return who;
}

const experiment = async (id, query = "") => {
  const { items, next } = await api("GET", `/series/${id}/experiments${query}`);
  assert.equal(next, null);
  assert.equal(items.length, 1);
  return items[0];
};

test("a subject is tested: the better one is sent as written, and told to be ahead", async () => {
  const { a, b } = await run("subject", { subject: "Come back, {{ plan }}" });
  assert.ok(a.every((mail) => mail.subject === "Come back"));
  assert.ok(b.every((mail) => mail.subject === "Come back, subject"));
  const clicks = { a: await react(a, 10), b: await react(b, 3) };
  const found = await experiment("subject");
  assert.deepEqual(
    [found.step, found.metric, found.method, found.from_version, found.control, found.changed, found.warning],
    ["mail", "clicked", "sequential", 1, "a", ["subject"], null],
  );
  for (const [place, [name, all]] of Object.entries({ a, b }).entries()) {
    const clicked = clicks[name].length;
    assert.deepEqual(found.variants[place], {
      name, weight: 50, people: all.length, sent: all.length, opened: clicked, clicked,
      converted: 0, re_engaged: 0, rate: clicked / all.length,
    });
  }
  assert.equal(found.sample_ratio.mismatch, false);
  assert.ok(found.sample_ratio.p > 0.001);
  const [compared] = found.comparisons;
  assert.equal(compared.verdict, "ahead");
  assert.ok(compared.low > 0 && compared.low < compared.difference && compared.difference < compared.high);
  assert.equal(found.leader, "b");
  assert.match(found.words, /^b is ahead of a: 33\.\d % against 10\.\d %; the difference lies between/);
  assert.ok(found.plan.people > PEOPLE && found.plan.days > 0, JSON.stringify(found.plan));

  const { steps } = await api("GET", "/series/subject/report");
  assert.deepEqual([steps[0].sent, steps[0].variants.b.clicked], [PEOPLE, clicks.b.length]);

  const person = b[0].person;
  const { series } = await api("GET", `/people/${person}/explain?series=subject`);
  const { name, kept, seed, hashed } = series.explanation.run.steps[0].variant;
  assert.deepEqual([name, kept, seed, hashed], ["b", true, "subject/mail", person]);
});

test("other questions to the same test: another metric, other methods", async () => {
  const bayesian = await experiment("subject", "?method=bayesian&metric=opened");
  assert.deepEqual([bayesian.method, bayesian.metric], ["bayesian", "opened"]);
  assert.ok(bayesian.comparisons[0].beats_control > 0.999);
  const once = await experiment("subject", "?method=once");
  assert.equal(once.comparisons[0].verdict, "too_early");
  const converted = await experiment("subject", "?metric=converted");
  assert.equal(converted.leader, null);
  for (const query of ["?metric=money", "?method=guess"]) {
    await assert.rejects(experiment("subject", query), { status: 400 });
  }
  await assert.rejects(experiment("none"), { status: 404 });
});

test("of two equal messages none is ahead", async () => {
  const { a, b } = await run("equal", {}, "re_engaged");
  // A sixth of them click, and a sixth come back, whatever they were given.
  for (const mails of [a, b]) await react(mails, 6);
  const back = [...a, ...b].filter(({ person }) => Number(person.split("-")[1]) % 6 === 0);
  await store(back.map(({ person }) => ({ type: "track", userId: person, event: "Done", messageId: `${person}-d` })));
  for (const query of ["", "?metric=clicked", "?metric=opened&method=bayesian"]) {
    const found = await experiment("equal", query);
    assert.equal(found.comparisons[0].verdict, "undecided", found.words);
    assert.equal(found.leader, null);
    assert.match(found.words, /No difference between b and a can be told yet/);
    assert.match(found.warning, /says the same as the control/);
    assert.deepEqual(found.changed, []);
  }
  const found = await experiment("equal");
  const total = found.variants.reduce((sum, variant) => sum + variant.re_engaged, 0);
  assert.equal(total, PEOPLE / 6);
});
