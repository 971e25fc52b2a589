// The contract, tests/cases/stories, over HTTP against the real runtime: each story in a workspace
// of its own, told by the same words that run natively and in wasm.
import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { WRITE_KEY, startRuntime, until } from "./harness.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const stories = join(here, "../cases/stories");
const wasm = join(here, "../../dist/wasm/console");
const { initSync, decode_inbox, effect_id, person_key } = await import(join(wasm, "rekindle_console.js"));
initSync({ module: readFileSync(join(wasm, "rekindle_console_bg.wasm")) });

// Long enough for a queue on a busy machine, short enough to be told of a mismatch.
const SETTLE_LIMIT_MS = 10_000;
const ENTRIES_MAX = 5;

/** `1d2h30m5s1ms` in milliseconds. */
function span(text = "0ms") {
  const units = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
  return [...text.matchAll(/(\d+)(ms|[wdhms])/g)].reduce((sum, [, n, unit]) => sum + n * units[unit], 0);
}

/** A push service that takes everything. */
async function pushService() {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(201).end());
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** A story that is being told to a runtime. */
class Teller {
  constructor(runtime, story, push) {
    Object.assign(this, { runtime, story, push, now: Date.parse(story.start), events: 0 });
    this.drafts = structuredClone(story.series ?? {});
    this.subscribed = new Set();
  }

  async begin() {
    await this.runtime.api("POST", "/api/v1/dev/clock", { now: this.story.start });
    if (this.story.settings) await this.settings(this.story.settings);
    for (const [id, rule] of Object.entries(this.story.segments ?? {})) await this.segment({ id, rule });
  }

  segment({ id, rule }) {
    return this.runtime.api("PUT", `/api/v1/segments/${id}`, { name: id, rule });
  }

  async send(item) {
    const answer = await this.runtime.ingest([{ messageId: `message-${++this.events}`, ...item }]);
    assert.ok(answer.ok, `${answer.status} ${await answer.text()}`);
  }

  at(ago) {
    return new Date(this.now - span(ago)).toISOString();
  }

  async identify({ person, traits, ago }) {
    await this.send({ type: "identify", userId: person, traits, timestamp: this.at(ago) });
    await this.subscribe(person);
  }

  async track({ person, event, properties, ago, id, active = true }) {
    await this.send({
      type: "track",
      userId: person,
      event,
      properties,
      timestamp: this.at(ago),
      context: { active },
      ...(id ? { messageId: `${person}-${id}` } : {}),
    });
    await this.subscribe(person);
  }

  /** Stories know no devices: everyone has one. */
  async subscribe(person) {
    if (this.subscribed.has(person)) return;
    this.subscribed.add(person);
    const keys = createECDH("prime256v1");
    keys.generateKeys();
    await this.send({
      type: "subscribe",
      userId: person,
      timestamp: this.at(),
      endpoint: `${this.push.url}/${person}`,
      keys: { p256dh: keys.getPublicKey("base64url"), auth: randomBytes(16).toString("base64url") },
    });
  }

  edit({ series, spec }) {
    this.drafts[series] = spec;
  }

  settings(settings) {
    return this.runtime.api("PUT", "/api/v1/settings", settings);
  }

  /** An id, or with what becomes of those who are under way. */
  async publish(act) {
    const { series: id, ...how } = typeof act === "string" ? { series: act } : act;
    await this.runtime.api("PUT", `/api/v1/series/${id}`, this.drafts[id]);
    await this.runtime.api("POST", `/api/v1/series/${id}/publish`, how);
  }

  pause(id) {
    return this.runtime.api("POST", `/api/v1/series/${id}/pause`);
  }

  /** An id, or with what becomes of what fell due meanwhile. */
  resume(act) {
    const { series: id, ...how } = typeof act === "string" ? { series: act } : act;
    return this.runtime.api("POST", `/api/v1/series/${id}/resume`, how);
  }

  async advance(by) {
    await this.runtime.api("POST", "/api/v1/dev/clock", { advance: by });
    this.now += span(by);
  }

  async react({ person, step, kind }) {
    const live = (await this.items(person)).map((item) => item.effect);
    const ids = this.effects(person).filter(([, name]) => name === step).map(([id]) => id);
    const effect = ids.find((id) => live.includes(id)) ?? ids[0];
    await this.send({ type: "reaction", effect, kind, timestamp: this.at() });
  }

  /** Every id that a step may have for a person, with the step's name. */
  effects(person) {
    const found = [];
    for (let entry = 1; entry <= ENTRIES_MAX; entry++) {
      for (const [series, spec] of Object.entries(this.drafts)) {
        for (const { id } of spec.steps) found.push([effect_id(person, series, entry, id), id]);
      }
    }
    return found;
  }

  /** The live messages of a person's inbox. */
  async items(person) {
    const answer = await fetch(`${this.runtime.url}/v1/boot?key=${WRITE_KEY}&p=${person_key(person)}`);
    if (answer.status === 204) return [];
    assert.equal(answer.status, 200);
    const { items } = decode_inbox(new Uint8Array(await answer.arrayBuffer()), this.now);
    return items.filter((item) => item.live_until === null || this.now < item.live_until);
  }

  async steps(person, shown) {
    const names = new Map(this.effects(person));
    const items = await this.items(person);
    return items.filter((item) => !shown || item.shows).map((item) => names.get(item.effect));
  }

  /** What there is of what a story expects, in the same shape. */
  async found({ segments = {}, mailbox, pushes, inbox = {}, shows = {}, report = {} }) {
    const found = {};
    const api = (path) => this.runtime.api("GET", path);
    const each = async (object, of) =>
      Object.fromEntries(await Promise.all(Object.keys(object).map(async (key) => [key, await of(key, object[key])])));
    found.segments = await each(segments, async (id) =>
      (await api(`/api/v1/segments/${id}/people`)).items.map((person) => person.id ?? person),
    );
    if (mailbox) {
      const { items } = await api("/api/v1/mailbox");
      found.mailbox = untied(items, mailbox).map((item, place) => alike(mailbox[place], { ...item }));
    }
    if (pushes) {
      const { items } = await api("/api/v1/pushes");
      found.pushes = untied(items, pushes).map((item, place) => alike(pushes[place], item));
    }
    found.inbox = await each(inbox, (person) => this.steps(person, false));
    found.shows = await each(shows, (person) => this.steps(person, true));
    found.report = await each(report, async (id, numbers) => {
      const all = await api(`/api/v1/series/${id}/report`);
      const steps = new Map(all.steps.map((step) => [step.id, step]));
      const found = alike(numbers, all);
      if (numbers.steps) {
        found.steps = Object.fromEntries(
          Object.entries(numbers.steps).map(([id, expected]) => [id, numbersOf(expected, steps.get(id) ?? {})]),
        );
      }
      return found;
    });
    return found;
  }

  async expect(expected) {
    const wanted = { segments: {}, inbox: {}, shows: {}, report: {}, ...expected };
    let found;
    await until(
      async () => {
        found = await this.found(expected);
        return same(found, wanted);
      },
      "what is expected",
      SETTLE_LIMIT_MS,
    ).catch(() => assert.deepEqual(found, wanted));
  }
}

/** What left at the same instant has no order: it is taken in that of what is expected. */
function untied(items, expected) {
  const rest = [...items];
  const ordered = [];
  while (rest.length > 0) {
    const wanted = expected[ordered.length];
    const tied = rest.filter(({ at }) => at === rest[0].at);
    const next = tied.find((item) => wanted && same(alike(wanted, item), wanted)) ?? rest[0];
    ordered.push(...rest.splice(rest.indexOf(next), 1));
  }
  return ordered;
}

/** Of `found` the fields that are expected; all of it where nothing is. A part of a text will do. */
function alike(expected, found) {
  if (expected === undefined) return found;
  return Object.fromEntries(
    Object.keys(expected).map((key) => {
      const partly = key === "text" && String(found.text).includes(expected.text);
      return [key, partly ? expected.text : found[key]];
    }),
  );
}

/** Of a step's numbers those that are expected; its ways and variants by name. */
function numbersOf(expected, found) {
  const numbers = alike(expected, found);
  for (const parts of ["ways", "variants"].filter((parts) => expected[parts])) {
    const part = ([name, wanted]) => [name, alike(wanted, found[parts]?.[name] ?? {})];
    numbers[parts] = Object.fromEntries(Object.entries(expected[parts]).map(part));
  }
  return numbers;
}

function same(found, wanted) {
  try {
    assert.deepEqual(found, wanted);
    return true;
  } catch {
    return false;
  }
}

describe("the contract over HTTP", { concurrency: 2 }, () => {
  let push;
  before(async () => {
    push = await pushService();
  });
  after(() => push.stop());

  for (const file of readdirSync(stories).sort()) {
    const only = process.env.CASE;
    if (only && !file.includes(only)) continue;
    const story = JSON.parse(readFileSync(join(stories, file), "utf8"));
    test(file.replace(/\.json$/, "").replaceAll("_", " "), async () => {
      const runtime = await startRuntime();
      try {
        const teller = new Teller(runtime, story, push);
        await teller.begin();
        for (const [place, act] of story.story.entries()) {
          const [[name, value]] = Object.entries(act);
          try {
            await teller[name](value);
          } catch (error) {
            throw new Error(`story[${place}] ${JSON.stringify(act).slice(0, 120)}\n${error.message}`, { cause: error });
          }
        }
      } finally {
        await runtime.stop();
      }
    });
  }
});
