// What a released version of Rekindle left behind is taken over by this one: people, runs on their way,
// messages that were given up, tokens, the audit log. One state is kept for every version, in tests/data/states.
//
// Before a release: `REKINDLE_RECORD=0.2.0 node --test tests/edge/upgrade.test.mjs` lives the same life in
// what is built and keeps where it ended. A state that was kept is never made anew.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";

import { startRuntime, until } from "./harness.mjs";

const STATES = new URL("../data/states/", import.meta.url).pathname;
const START = "2026-11-23T00:00:00Z";
const RECORDED = process.env.REKINDLE_RECORD;
// One shard, or a state would be sixteen times as large; the port is part of an address that it keeps.
const options = { vars: { REKINDLE_SHARDS: "1" } };
const PORT = 19_321;

async function withReceiver(status, run) {
  const taken = new Set();
  const server = createServer((request, response) => {
    taken.add(request.headers["webhook-id"]);
    request.resume().on("end", () => response.writeHead(status).end());
  });
  await new Promise((done) => server.listen(PORT, "127.0.0.1", done));
  try {
    await run(taken);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

/** What an upgrade must not lose. */
async function live(runtime) {
  const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
  await api("POST", "/dev/clock", { now: START });
  await api("PUT", "/segments/big", { name: "Big", rule: 'total_spend > 100 and performed "Bought" at least 2 times' });
  await api("PUT", "/series/back", {
    name: "Back",
    audience: { segment: "big" },
    exit: 'performed "Came"',
    steps: [
      { id: "hook", kind: "webhook", url: `http://127.0.0.1:${PORT}/`, body: "{}" },
      { id: "mail", kind: "email", delay: "1d", subject: "Hello {{ first_name }}", body: "b" },
      { id: "nudge", kind: "in_app", delay: "1d", title: "t", body: "b" },
    ],
  });
  await api("POST", "/series/back/publish");
  await api("POST", "/tokens", { name: "colleague", role: "viewer" });
  await api("PUT", "/settings", { cap: { messages: 9, per: "7d" } });
  const person = (userId, first_name) => [
    { type: "identify", userId, messageId: `${userId}-i`, traits: { first_name, total_spend: 150, email: `${userId}@example.com` } },
    ...[1, 2].map((n) => ({ type: "track", userId, event: "Bought", messageId: `${userId}-${n}`, properties: { n } })),
  ];
  await withReceiver(404, async () => {
    await runtime.ingest([...person("ada", "Ada"), ...person("bob", "Bob"), { type: "track", anonymousId: "11111111-2222-4333-8444-555555555555", event: "Looked", messageId: "v" }]);
    await until(async () => (await api("GET", "/dead-letters")).items.length === 2, "what nobody takes");
  });
}

/** That nothing was lost, and that it goes on. */
async function goOn(runtime) {
  const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
  assert.equal((await api("GET", "/status")).people, 3);
  assert.equal((await api("GET", "/people/ada")).attributes.first_name, "Ada");
  assert.equal((await api("GET", "/people/ada/events")).items.length, 2);
  assert.deepEqual((await api("GET", "/segments/big/people")).items.map(({ id }) => id), ["ada", "bob"]);
  assert.deepEqual((await api("GET", "/tokens")).items.map(({ name, role }) => [name, role]), [["colleague", "viewer"]]);
  assert.deepEqual((await api("GET", "/settings")).cap, { messages: 9, per: "7d" });
  assert.ok((await api("GET", "/audit")).items.some(({ action, id }) => action === "publish" && id === "back"));
  assert.equal((await api("GET", "/series/back/report")).entered, 2);

  const letters = (await api("GET", "/dead-letters")).items;
  assert.deepEqual(letters.map(({ person }) => person).sort(), ["ada", "bob"]);
  await withReceiver(204, async (taken) => {
    for (const { effect } of letters) await api("POST", `/dead-letters/${effect}/replay`);
    const sent = async () => (await api("GET", "/series/back/report")).steps[0].sent;
    await until(async () => (await sent()) === 2, "the letters to leave");
    assert.deepEqual([...taken].sort(), letters.map(({ effect }) => effect).sort());
  });

  // The same events once more change nothing; an event that one waits for does.
  await runtime.ingest([{ type: "track", userId: "ada", event: "Bought", messageId: "ada-1", properties: { n: 1 } }, { type: "track", userId: "bob", event: "Came", messageId: "c" }]);
  assert.equal((await api("GET", "/people/ada/events")).items.length, 2);
  await api("POST", "/dev/clock", { advance: "25h" });
  const mails = await until(async () => {
    const { items } = await api("GET", "/mailbox");
    return items.length > 0 && items;
  }, "the mail of the run that was under way");
  assert.deepEqual(mails.map(({ to, subject }) => [to, subject]), [["ada@example.com", "Hello Ada"]]);
  await api("POST", "/dev/clock", { advance: "1d" });
  const report = await api("GET", "/series/back/report");
  assert.deepEqual([report.entered, report.re_engaged, report.steps.map(({ id, sent }) => [id, sent])], [2, 1, [["hook", 2], ["mail", 1], ["nudge", 1]]]);
  // What is new is written beside what was there.
  await api("PUT", "/segments/all", { name: "All", rule: "first_name has any value" });
  assert.equal((await api("GET", "/segments/all/count")).count, 2);
}

const inTemporary = async (run) => {
  const folder = await mkdtemp(join(tmpdir(), "rekindle-state-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function keep(folder, name) {
  const files = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path.slice(folder.length + 1)] = (await readFile(path)).toString("base64");
  }
  await mkdir(STATES, { recursive: true });
  await writeFile(join(STATES, name), gzipSync(JSON.stringify(files), { level: 9 }), { flag: "wx" });
}

async function unfold(name, folder) {
  const files = JSON.parse(gunzipSync(await readFile(join(STATES, name))));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), Buffer.from(content, "base64"));
  }
}

if (RECORDED) {
  test(`the state of ${RECORDED} is kept`, () =>
    inTemporary(async (state) => {
      const runtime = await startRuntime({ ...options, state });
      await live(runtime);
      await runtime.stop();
      await keep(state, `${RECORDED}.json.gz`);
    }));
}

for (const name of (await readdir(STATES)).filter((name) => /^\d/.test(name))) {
  test(`what ${name.replace(".json.gz", "")} left behind is taken over, and goes on`, () =>
    inTemporary(async (state) => {
      await unfold(name, state);
      const runtime = await startRuntime({ ...options, state });
      try {
        await goOn(runtime);
        await runtime.kill9();
        await runtime.restart();
        assert.equal((await runtime.api("GET", "/api/v1/series/back/report")).entered, 2, "and once more after a power cut");
      } finally {
        await runtime.stop();
      }
    }));
}

test("what a newer version left behind is refused, and not touched", () =>
  inTemporary(async (state) => {
    await unfold("newer.json.gz", state);
    const runtime = await startRuntime({ ...options, state });
    try {
      await assert.rejects(runtime.api("GET", "/api/v1/status"), { status: 500 });
      await assert.rejects(runtime.api("GET", "/api/v1/segments"), { status: 500 });
    } finally {
      await runtime.stop();
    }
  }));
