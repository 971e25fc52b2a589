// Everything at once: events come in and are sent twice and late, the runtime is killed with -9, the program
// that takes the requests fails in its ways, the clock jumps, series are published anew and paused. When it is
// over, whatever was acknowledged is there once, whatever was decided has left once or is a dead letter, and
// what is counted is what there is.
//
// What happens when follows from a seed and from how far the work has come, not from the time of day:
// REKINDLE_SEED=N REKINDLE_CHAOS_SECONDS=600, or `cargo xtask test --chaos 600`.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { startRuntime, until } from "./harness.mjs";

const SECONDS = Number(process.env.REKINDLE_CHAOS_SECONDS ?? 20);
const SEED = Number(process.env.REKINDLE_SEED ?? 1);
const PEOPLE = 120;
const LANES = 4;
const START = "2026-11-23T00:00:00Z";
/** Longer than anything is tried again: then it has left, or it is a dead letter. */
const SETTLING_DAYS = 8;

/** By then an answer has been heard, and written down. */
const HEARD_MS = 5_000;

/** Sebastiano Vigna, SplitMix64, <https://prng.di.unimi.it/splitmix64.c>; gives a number below `most`. */
function chanceOf(seed) {
  let state = BigInt(seed);
  return (most) => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return Number((z ^ (z >> 31n)) % BigInt(most));
  };
}

const chance = chanceOf(SEED);
const oneOf = (list) => list[chance(list.length)];

/** A program that takes requests and, while it is unkind, fails in the ways that programs do. */
async function startReceiver() {
  const ways = [204, 204, 204, 204, 500, 503, 429, "cut", "after"];
  const taken = new Map();
  /** Taken, and perhaps nobody was told: the answer was cut, or a power cut came with it. */
  const unheard = new Set();
  const receiver = { taken, unheard, isKind: false };
  const server = createServer(async (request, response) => {
    for await (const part of request) void part;
    const id = request.headers["webhook-id"];
    const way = receiver.isKind ? 204 : oneOf(ways);
    if (way === "after" || way === 204) taken.set(id, Date.now());
    if (way === "after" || receiver.isDying) unheard.add(id);
    if (typeof way === "string") request.socket.destroy();
    else response.writeHead(way).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  receiver.url = `http://127.0.0.1:${server.address().port}/crm`;
  receiver.stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return receiver;
}

let runtime;
let receiver;
before(async () => {
  [runtime, receiver] = await Promise.all([startRuntime({ vars: { REKINDLE_LINK_SECRET: "a secret of this test" } }), startReceiver()]);
  await api("POST", "/dev/clock", { now: START });
});
after(() => Promise.all([runtime?.stop(), receiver?.stop()]));

const api = (method, path, body, headers) => runtime.api(method, `/api/v1${path}`, body, headers);
/** Asks until it is answered: the runtime may be dying, or not there yet. */
async function insist(method, path, body) {
  const answer = await until(() => api(method, path, body).catch((error) => (error.status < 500 ? { error } : undefined)), `${method} ${path}`, 60_000);
  if (answer.error) throw answer.error;
}

async function everyItem(path) {
  const items = [];
  for (let cursor = ""; cursor !== undefined; ) {
    const page = await api("GET", `${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    items.push(...page.items);
    cursor = page.next ?? undefined;
  }
  return items;
}

const series = (delay) => ({
  name: "Win-back",
  entry: { event: { name: "Left basket" } },
  reentry: { after: "1d" },
  exit: 'performed "Bought"',
  steps: [
    { id: "mail", kind: "email", delay, subject: "Hello {{ first_name }}", body: "Your basket waits." },
    { id: "crm", kind: "webhook", delay: "1h", method: "POST", url: receiver.url, body: '{"person":"{{ id }}"}' },
    { id: "last", kind: "email", delay: "2d", subject: "Last call", body: "It goes tonight." },
  ],
});

/** What was acknowledged: the ids of the events of each person. */
const acknowledged = new Map();
const batches = [];

async function publish() {
  const delay = oneOf(["0s", "1h", "6h"]);
  await insist("PUT", "/series/win-back", series(delay));
  await insist("POST", "/series/win-back/publish");
}

function newBatch() {
  const number = batches.length;
  const person = `p${chance(PEOPLE)}`;
  const items = [{ type: "identify", userId: person, messageId: `b${number}-i`, traits: { vip: true, email: `${person}@example.com`, first_name: "Ada" } }];
  for (let n = 1 + chance(4); n > 0; n--) {
    const late = chance(4) === 0 ? { timestamp: new Date(Date.parse(START) - chance(86_400_000)).toISOString() } : {};
    const event = oneOf(["Left basket", "Left basket", "Looked", "Looked", "Bought"]);
    items.push({ type: "track", event, userId: person, messageId: `b${number}-${n}`, ...late });
  }
  batches.push(items);
  return items;
}

/** Sends a batch until it is acknowledged, as libraries do. */
async function deliver(items) {
  const answer = await until(async () => {
    const answer = await runtime.ingest(items);
    await answer.arrayBuffer();
    return answer.status === 200;
  }, "an acknowledgement", 120_000);
  assert.ok(answer);
  const person = items[0].userId;
  const ids = acknowledged.get(person) ?? new Set();
  for (const { type, messageId } of items) if (type === "track") ids.add(messageId);
  acknowledged.set(person, ids);
}

const done = {};
/** What goes wrong, each about as often as the others. */
const MISHAPS = {
  async kill() {
    // Whatever is answered from here on, and whatever was a moment ago, may not have been heard.
    receiver.isDying = true;
    for (const [effect, at] of receiver.taken) if (at > Date.now() - HEARD_MS) receiver.unheard.add(effect);
    await runtime.kill9();
    await runtime.restart();
    receiver.isDying = false;
  },
  clock: () => insist("POST", "/dev/clock", { advance: oneOf(["5m", "1h", "7h", "1d"]) }),
  again: () => Promise.all(Array.from({ length: 5 }, () => deliver(oneOf(batches)))),
  version: publish,
  pause: async () => {
    await api("POST", "/series/win-back/pause").catch(() => {});
    await api("POST", "/series/win-back/resume", { overdue: oneOf(["send", "skip", "shift"]) }).catch(() => {});
  },
};

test(`nothing is lost and nothing doubled, whatever goes wrong (seed ${SEED}, ${SECONDS} s)`, { timeout: (SECONDS + 300) * 1000 }, async () => {
  await publish();
  const deadline = Date.now() + SECONDS * 1000;
  let busy = Promise.resolve();
  let toGo = 10;
  const lane = async () => {
    while (Date.now() < deadline) {
      await deliver(newBatch());
      if (--toGo > 0) continue;
      toGo = 5 + chance(40);
      const name = oneOf(Object.keys(MISHAPS));
      done[name] = (done[name] ?? 0) + 1;
      busy = busy.then(() => MISHAPS[name]());
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  await busy;
  // At least one kill, however short the time was.
  await MISHAPS.kill();
  console.log(`${batches.length} batches, ${Object.entries(done).map(([name, count]) => `${count} ${name}`).join(", ")}`);

  receiver.isKind = true;
  await api("POST", "/series/win-back/resume", { overdue: "send" }).catch(() => {});
  for (let day = 0; day < SETTLING_DAYS; day++) {
    await insist("POST", "/dev/clock", { advance: "1d" });
    await until(async () => (await api("GET", "/status")).waiting === 0, "everything to leave", 60_000);
  }

  const [report, mails, dead] = await Promise.all([api("GET", "/series/win-back/report"), everyItem("/mailbox"), everyItem("/dead-letters")]);
  const messages = [];
  let runs = 0;
  for (const [person, ids] of acknowledged) {
    const events = await everyItem(`/people/${person}/events`);
    const stored = events.filter(({ id }) => id.startsWith("b")).map(({ id }) => id);
    assert.equal(new Set(stored).size, stored.length, `${person}: an event twice`);
    assert.deepEqual(new Set(stored), ids, `${person}: the events that were acknowledged`);
    messages.push(...(await everyItem(`/people/${person}/messages`)));
    runs += (await api("GET", `/people/${person}`)).enrollments.length;
  }
  const effects = (step, state) => new Set(messages.filter((one) => one.step === step && one.state === state).map(({ effect }) => effect));
  assert.equal(new Set(messages.map(({ effect }) => effect)).size, messages.length, "an effect twice");
  assert.deepEqual(messages.filter(({ state }) => ["queued", "delayed"].includes(state)), [], "something still waits");
  for (const step of ["mail", "last"]) {
    const found = mails.filter((mail) => mail.step === step).map(({ effect }) => effect);
    assert.equal(new Set(found).size, found.length, `${step}: a mail twice`);
    assert.deepEqual(new Set(found), effects(step, "sent"), `${step}: mails that left are those that count as sent`);
  }
  // What was taken has its receipt, and what has a receipt was taken; the rest is a dead letter.
  const letters = new Set(dead.map(({ effect }) => effect));
  for (const effect of effects("crm", "sent")) assert.ok(receiver.taken.has(effect), `${effect} was never taken`);
  assert.deepEqual(effects("crm", "undelivered"), letters, "what was not delivered is a dead letter");
  // Whoever never hears that a request was taken may take it back meanwhile; it is known all the same.
  const known = new Map(messages.map((one) => [one.effect, one.state]));
  for (const effect of receiver.taken.keys()) {
    const state = known.get(effect);
    assert.ok(state === "sent" || state === "undelivered" || (receiver.unheard.has(effect) && state), `${effect} was taken, and is ${state}`);
  }
  for (const step of report.steps) {
    assert.equal(step.sent, effects(step.id, "sent").size, `${step.id}: sent is what there is`);
    assert.equal(step.undelivered, effects(step.id, "undelivered").size, `${step.id}: undelivered is what there is`);
  }
  assert.equal(report.entered, runs, "entered is the runs that there are");
  console.log(`${acknowledged.size} people, ${runs} runs, ${messages.length} messages, ${mails.length} mails, ${receiver.taken.size} requests taken, ${dead.length} dead letters`);
});
