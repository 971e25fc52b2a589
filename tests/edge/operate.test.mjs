// Before and behind the sending: a draft replayed over what is stored, a test to oneself, how the
// workspace is, and messages that were given up.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { freePort, startRuntime } from "./harness.mjs";

const DAY_MS = 86_400_000;
let runtime;
let now;
let receiver;
let receiverPort;
// What the receiver answers, however often it is asked: a queue delivers at least once.
let answer = 200;
const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
const advance = (span) => api("POST", "/dev/clock", { advance: span });
const refusal = (promise) => promise.then(() => assert.fail("it was accepted"), ({ status, body }) => ({ status, ...body }));

before(async () => {
  receiverPort = await freePort();
  receiver = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(answer).end());
  });
  await new Promise((done) => receiver.listen(receiverPort, "127.0.0.1", done));
  runtime = await startRuntime();
  ({ now } = await api("POST", "/dev/clock", { now: "2026-11-23T00:00:00Z" }));
});
after(async () => {
  await runtime.stop();
  receiver.close();
});

test("an empty workspace says what is missing", async () => {
  const { people, shards, first_event_at, last_event_at, channels, attention } = await api("GET", "/status");
  assert.deepEqual({ people, first_event_at, last_event_at }, { people: 0, first_event_at: null, last_event_at: null });
  assert.ok(shards > 0);
  assert.deepEqual(channels.email, { provider: "mailbox", verified_at: null });
  assert.deepEqual(attention.map(({ code }) => code), ["no_events"]);
});

test("a draft is replayed over what is stored, alone and against another", async () => {
  const draft = {
    name: "Lapsed",
    audience: "last_seen > 10 days ago",
    exit: 'performed "Came"',
    steps: [
      { id: "mail", kind: "email", subject: "s", body: "b" },
      { id: "again", kind: "email", delay: "5d", subject: "s", body: "b" },
    ],
  };
  await api("PUT", "/series/lapsed", draft);
  const people = Array.from({ length: 40 }, (_, n) => `life-${n}`);
  const items = people.flatMap((userId, n) => [
    { type: "identify", userId, messageId: `i${n}`, traits: { email: `${userId}@example.com` } },
    { type: "track", userId, event: "Came", messageId: `a${n}`, timestamp: now - 40 * DAY_MS },
    // Every second one comes back between the first mail and the second.
    ...(n % 2 ? [{ type: "track", userId, event: "Came", messageId: `b${n}`, timestamp: now - 28 * DAY_MS }] : []),
  ]);
  await runtime.ingest(items);
  const span = { from: "2026-10-01T00:00:00Z", to: now };
  const one = await api("POST", "/series/lapsed/backtest", span);
  assert.equal(one.next, null);
  assert.equal(one.against, null);
  assert.match(one.assumes, /as they are now/);
  const { people: replayed, total, steps, days, samples } = one.forecast;
  assert.equal(replayed, 40);
  // Twenty fall silent once; twenty come back, leave, and enter no second time.
  assert.deepEqual([total.entered, total.would_send, total.exits], [40, 60, { exit_condition: 20 }]);
  assert.deepEqual(steps.map(({ id, total }) => [id, total.would_send]), [["mail", 40], ["again", 20]]);
  assert.equal(days["2026-10-24"].would_send, 40);
  assert.ok(samples.length > 0);

  const shorter = { ...draft, steps: draft.steps.slice(0, 1) };
  const both = await api("POST", "/series/lapsed/backtest", { ...span, against: shorter });
  assert.deepEqual(both.forecast, one.forecast);
  assert.equal(both.against.total.would_send, 40);
  assert.equal((await api("GET", "/mailbox")).items.length, 0, "nothing is sent");
});

test("a long backtest goes on from the answer before", async () => {
  // All in one shard: more than a request replays of it.
  const single = await startRuntime({ vars: { REKINDLE_SHARDS: "1" } });
  try {
    const instant = "2026-11-23T00:00:00Z";
    const { now: end } = await single.api("POST", "/api/v1/dev/clock", { now: instant });
    const person = (n) => ({
      type: "identify", userId: `many-${n}`, messageId: `m${n}`, timestamp: end - DAY_MS, traits: { many: true },
    });
    await single.ingest(Array.from({ length: 2_500 }, (_, n) => person(n)));
    const question = {
      from: end - 2 * DAY_MS,
      to: end + DAY_MS,
      draft: { name: "Many", audience: "many is true", steps: [{ id: "a", kind: "wait", for: "1h" }] },
    };
    const ask = (so_far) => single.api("POST", "/api/v1/series/any/backtest", { ...question, so_far });
    const part = await ask();
    assert.equal(part.forecast.people, 2_000);
    const whole = await ask(part);
    assert.deepEqual([whole.forecast.people, whole.forecast.total.finished, whole.next], [2_500, 2_500, null]);
    assert.equal(whole.forecast.to, end, "what has not come yet is not replayed");
    assert.equal((await refusal(ask({ ...part, next: "[]" }))).status, 400);
  } finally {
    await single.stop();
  }
});

test("a backtest that cannot be made is refused with the reason", async () => {
  const span = { from: now - DAY_MS, to: now };
  const draft = { name: "x", audience: { segment: "nowhere" }, steps: [] };
  for (const [body, status, detail] of [
    [{ ...span, draft }, 400, /nowhere/],
    [{ from: now, to: now - 1 }, 400, /swap the two/],
    [{ from: "then", to: now }, 400, /RFC 3339/],
    [{ ...span, so_far: { forecast: null } }, 400, /./],
  ]) {
    const problem = await refusal(api("POST", "/series/lapsed/backtest", body));
    assert.equal(problem.status, status);
    assert.match(problem.detail, detail);
  }
  assert.equal((await refusal(api("POST", "/series/none/backtest", span))).status, 404);
});

test("a test is sent at once to whoever asks, and no report knows of it", async () => {
  await api("PUT", "/series/trial", {
    name: "Trial",
    audience: "nobody is true",
    steps: [
      { id: "mail", kind: "email", delay: "3d", when: "seats > 100", subject: "Hi {{ first_name }}", body: "**b**" },
      { id: "note", kind: "in_app", title: "t", body: "b" },
      { id: "ping", kind: "push", title: "t", body: "b" },
    ],
  });
  await runtime.ingest([{ type: "identify", userId: "ada", messageId: "t1", traits: { first_name: "Ada" } }]);
  const send = (words) => api("POST", "/series/trial/test", { person: "ada", step: "mail", ...words });
  const { sent, reason, mailbox_id } = await send({ to: "me@example.com" });
  assert.deepEqual([sent, reason], [true, null]);
  const { items } = await api("GET", "/mailbox");
  const mail = items.find(({ effect }) => effect === mailbox_id);
  assert.deepEqual([mail.to, mail.subject, mail.person, mail.step], ["me@example.com", "Hi Ada", "ada", "mail"]);
  const report = await api("GET", "/series/trial/report");
  assert.ok(report.steps.every((step) => step.sent === 0));
  assert.deepEqual((await api("GET", "/people/ada/messages")).items, []);

  assert.match((await refusal(send({}))).detail, /no `email`/);
  assert.match((await refusal(send({ step: "note" }))).detail, /preview/);
  assert.match((await refusal(send({ step: "gone" }))).detail, /it has mail, note, ping/);
  assert.match((await refusal(send({ step: "ping", to: "x@example.com" }))).detail, /only a mail/);
  assert.equal((await refusal(send({ person: "nobody" }))).status, 404);
  assert.match((await send({ step: "ping" })).reason, /no device/);
});

test("a message that was given up is kept, and goes its way once more when someone asks", async () => {
  const url = `http://127.0.0.1:${receiverPort}/hook`;
  await api("PUT", "/series/hook", {
    name: "Hook",
    audience: "hooked is true",
    exit: 'performed "Left"',
    steps: [{ id: "call", kind: "webhook", url, body: "{}" }],
  });
  await api("POST", "/series/hook/publish");
  answer = 404;
  await runtime.ingest(["eve", "fay"].map((userId) => (
    { type: "identify", userId, messageId: `h-${userId}`, traits: { hooked: true } }
  )));
  await advance("1m");
  const letters = async () => (await api("GET", "/dead-letters")).items;
  const given = await letters();
  assert.deepEqual(given.map(({ person, series, step, channel, attempts }) => [person, series, step, channel, attempts]).sort(), [
    ["eve", "hook", "call", "webhook", 1],
    ["fay", "hook", "call", "webhook", 1],
  ]);
  assert.match(given[0].reason, /404/);
  assert.deepEqual((await api("GET", "/status")).attention.map(({ code, href }) => [code, href]), [["dead_letters", "/console/mailbox?tab=dead"]]);

  const { effect } = given.find(({ person }) => person === "eve");
  answer = 410;
  assert.deepEqual(await api("POST", `/dead-letters/${effect}/replay`), { replayed: true });
  await advance("1m");
  const again = (await letters()).find(({ person }) => person === "eve");
  assert.equal(again.attempts, 2, "it failed once more");
  assert.match(again.reason, /410/);
  answer = 200;
  await api("POST", `/dead-letters/${effect}/replay`);
  await advance("1m");
  assert.deepEqual((await letters()).map(({ person }) => person), ["fay"]);
  assert.equal((await api("GET", "/people/eve/messages")).items[0].state, "sent");
  assert.equal((await refusal(api("POST", `/dead-letters/${effect}/replay`))).status, 404);

  // One who has left the series since is left alone.
  await runtime.ingest([{ type: "track", userId: "fay", event: "Left", messageId: "left" }]);
  const [{ effect: late }] = await letters();
  assert.equal((await refusal(api("POST", `/dead-letters/${late}/replay`))).status, 409);
  assert.deepEqual(await letters(), []);
});

test("the status counts people and tells when events came", async () => {
  const { people, first_event_at, last_event_at } = await api("GET", "/status");
  assert.equal(people, 43);
  assert.equal(first_event_at, now);
  assert.ok(last_event_at > now);
  await runtime.restart();
  assert.equal((await api("GET", "/status")).first_event_at, now);
});
