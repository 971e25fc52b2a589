// What happens, told to programs: a receiver on this machine hears of segments, runs and messages, each once,
// through failures and a power cut. And what is older than it is kept is forgotten.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { startRuntime, until } from "./harness.mjs";

const START = "2026-11-23T00:00:00Z";
let runtime;
let server;
let url;
let status = 204;
const heard = new Map();
const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);

before(async () => {
  server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    if (status === 204) {
      const id = request.headers["webhook-id"];
      assert.match(request.headers["webhook-signature"], /^v1,/);
      heard.set(id, [...(heard.get(id) ?? []), JSON.parse(Buffer.concat(chunks))]);
    }
    response.writeHead(status).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${server.address().port}/`;
  runtime = await startRuntime();
  await api("POST", "/dev/clock", { now: START });
});
after(async () => {
  await runtime?.stop();
  server.closeAllConnections();
  server.close();
});

/** What was told of a person, each request once, in words. */
const toldOf = (person) =>
  [...heard.values()].map(([told]) => told).filter(({ data }) => data.person === person)
    .map(({ type, data: { segment, series, step } }) => [type, segment ?? series, step].filter(Boolean).join(" ")).sort();

const EVENTS = ["segment.entered", "segment.left", "series.entered", "series.re_engaged", "message.sent", "message.opened"];

test("a program hears of what it asked for, and of nothing else", async () => {
  await api("PUT", "/settings", { webhooks: [{ id: "crm", url, events: EVENTS }, { id: "other", url: `${url}other`, events: ["message.bounced"] }] });
  await api("PUT", "/segments/vip", { name: "VIP", rule: "vip is true" });
  await api("PUT", "/series/hello", {
    name: "Hello", audience: { segment: "vip" }, exit: 'performed "Came"',
    steps: [{ id: "mail", kind: "email", subject: "s", body: "b" }, { id: "later", kind: "email", delay: "9d", subject: "s", body: "b" }],
  });
  await api("POST", "/series/hello/publish");
  await runtime.ingest([{ type: "identify", userId: "ada", messageId: "1", traits: { vip: true, email: "ada@example.com" } }]);
  await until(() => toldOf("ada").length === 3, "three things");
  assert.deepEqual(toldOf("ada"), ["message.sent hello mail", "segment.entered vip", "series.entered hello"]);
  const [told] = [...heard.values()].flat().filter(({ type }) => type === "message.sent");
  assert.deepEqual(told, { type: "message.sent", timestamp: "2026-11-23T00:00:00Z", data: { person: "ada", series: "hello", version: 1, step: "mail" } });
  await runtime.ingest([{ type: "track", userId: "ada", event: "Came", messageId: "2" }, { type: "identify", userId: "ada", messageId: "3", traits: { vip: false } }]);
  await until(() => toldOf("ada").length === 5, "two more");
  assert.deepEqual(toldOf("ada").filter((word) => /left|re_/.test(word)), ["segment.left vip", "series.re_engaged hello"]);
});

test("while it fails nothing is lost, after a power cut neither, and each is told under one id", async () => {
  status = 503;
  await runtime.ingest(["bob", "cyd"].map((userId) => ({ type: "identify", userId, messageId: userId, traits: { vip: true, email: `${userId}@example.com` } })));
  await until(async () => (await api("GET", "/status")).backlog.put_off >= 4, "what is put off");
  await runtime.kill9();
  await runtime.restart();
  status = 204;
  await until(() => toldOf("bob").length === 3 && toldOf("cyd").length === 3, "all of it", 60_000);
  for (const [id, told] of heard) assert.match(id, /^[0-9a-f]{32}$/, JSON.stringify(told));
  assert.equal(new Set([...heard.values()].map(([{ type, timestamp, data }]) => JSON.stringify([type, timestamp, data]))).size, heard.size, "nothing under two ids");
});

test("what it refuses is a dead letter that can be sent again; a webhook that is taken away is not asked any more", async () => {
  status = 404;
  await runtime.ingest([{ type: "identify", userId: "dan", messageId: "d", traits: { vip: true } }]);
  const letters = await until(async () => {
    const { items } = await api("GET", "/dead-letters");
    return items.length === 2 && items;
  }, "the letters");
  assert.deepEqual(letters.map(({ person, series, step, channel }) => [person, series, step, channel]), Array(2).fill(["dan", "", "crm", "webhook"]));
  status = 204;
  assert.equal((await api("POST", `/dead-letters/${letters[0].effect}/replay`)).replayed, true);
  await until(() => toldOf("dan").length === 1, "the one that was sent again");
  await api("PUT", "/settings", {});
  await api("POST", `/dead-letters/${letters[1].effect}/replay`);
  await runtime.ingest([{ type: "identify", userId: "eve", messageId: "e", traits: { vip: true } }]);
  await until(async () => (await api("GET", "/status")).waiting === 0, "nothing to wait");
  assert.deepEqual([toldOf("dan").length, toldOf("eve").length], [1, 0]);
});

test("events are forgotten when they are older than they are kept, each by its name, and counts stay", async () => {
  const events = (person) => api("GET", `/people/${person}/events`).then(({ items }) => items.map(({ name }) => name).sort());
  const { now } = await api("GET", "/dev/clock");
  const at = (days) => new Date(now - days * 86_400_000).toISOString();
  const track = (userId, event, days) => ({ type: "track", userId, event, timestamp: at(days), messageId: `${userId}${event}${days}` });
  await runtime.ingest(["old", "older"].flatMap((who) => [track(who, "Looked", 40), track(who, "Looked", 5), track(who, "Bought", 40), track(who, "Other", 400)]));
  await api("PUT", "/settings", { retention: { Looked: "30d", "*": "365d" } });
  await api("POST", "/dev/clock", { advance: "1s" });
  for (const who of ["old", "older"]) {
    await until(async () => (await events(who)).length === 2, "what is too old to go");
    assert.deepEqual(await events(who), ["Bought", "Looked"]);
  }
  await api("PUT", "/segments/often", { name: "Often", rule: 'performed "Looked" at least 2 times' });
  assert.equal((await api("GET", "/segments/often/count")).count, 2, "what was counted stays");
  // A day goes by: what has become too old since goes as well, also after a power cut.
  await runtime.kill9();
  await runtime.restart();
  await api("POST", "/dev/clock", { advance: "26d" });
  for (const who of ["old", "older"]) {
    await until(async () => (await events(who)).length === 1, "the next of it");
    assert.deepEqual(await events(who), ["Bought"]);
  }
});
