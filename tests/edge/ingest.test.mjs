// What other languages' libraries send, as their sources have it, and what no library sends: each thing
// that is wrong is named with its mend, and the good items beside it are kept.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deflateSync, gzipSync } from "node:zlib";

import { startRuntime, WRITE_KEY } from "./harness.mjs";

const MESSAGE_BYTES = 32 * 1024;
const BATCH_BYTES = 500 * 1024;
const BATCH_ITEMS = 5_000;
const NAME_BYTES = 255;
const DEPTH = 64;

let runtime;
before(async () => {
  runtime = await startRuntime();
});
after(() => runtime.stop());

const basic = (user, scheme = "Basic") => ({ authorization: `${scheme} ${btoa(`${user}:`)}` });
const post = (path, body, headers = basic(WRITE_KEY)) =>
  fetch(runtime.url + path, {
    method: "POST",
    headers,
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
const events = async (id) => (await runtime.api("GET", `/api/v1/people/${id}/events?limit=100`)).items;
const track = (userId, more = {}) => ({ type: "track", userId, event: "E", ...more });

/** Sends items, of which those at these places are refused; gives why. */
async function refusals(items, places) {
  const answer = await post("/v1/batch", { batch: items });
  assert.equal(answer.status, 200);
  const { rejected } = await answer.json();
  assert.deepEqual(rejected.map(({ index }) => index), places);
  return rejected.map(({ message }) => message);
}

test("the requests of other languages' libraries are understood, each by its own clock", async (t) => {
  const key = basic(WRITE_KEY);
  const gzip = { "content-encoding": "gzip" };
  // Their clocks are months off, and the event happened a day before it was sent.
  const [at, sentAt] = ["2026-01-02T03:04:05.678", "2026-01-03T03:04:05.678"];
  const item = (zone, more) => track("", { messageId: "1", timestamp: `${at}${zone}`, ...more });
  const context = { library: { name: "a library", version: "1" } };
  const shapes = {
    "analytics-python": ["/v1/batch", { batch: [item("901+00:00", { context, integrations: {}, anonymousId: null })], sentAt: `${sentAt}901+00:00`, writeKey: WRITE_KEY }],
    "analytics-python, gzip": ["/v1/batch", { batch: [item("901+00:00")], sentAt: `${sentAt}901+00:00`, writeKey: WRITE_KEY }, gzip],
    "analytics-ruby": ["/v1/import", { sentAt: `${sentAt}Z`, batch: [item("Z")] }, key],
    "analytics-go": ["/v1/batch", { messageId: "b", sentAt: `${sentAt}901234Z`, batch: [item("901234Z")], context }, key],
    "analytics-java": ["/v1/import/", { batch: [item("Z", { channel: "server" })], sentAt: `${sentAt}Z`, sequence: 1, context }, key],
    "analytics-php": ["/v1/batch", { batch: [item("+00:00")], sentAt: `${sentAt}+00:00` }, basic(WRITE_KEY, "basic")],
    "analytics-kotlin": ["/v1/b", { batch: [item("Z")], sentAt: `${sentAt}Z`, writeKey: WRITE_KEY }, gzip],
    "analytics.js": ["/v1/t", { ...item("Z"), sentAt: `${sentAt}Z`, writeKey: WRITE_KEY }, { "content-type": "text/plain" }],
    "one call, deflated": ["/v1/track/", { ...item("Z"), sentAt: `${sentAt}Z` }, { ...key, "content-encoding": "deflate" }],
    "no user name, but a key in the body": ["/v1/track", { ...item("Z"), sentAt: `${sentAt}Z`, writeKey: WRITE_KEY }, basic("")],
  };
  const packed = { gzip: gzipSync, deflate: deflateSync };
  for (const [name, [path, body, headers = {}]] of Object.entries(shapes)) {
    await t.test(name, async () => {
      const person = crypto.randomUUID();
      const text = JSON.stringify(body).replace('"userId":""', `"userId":"${person}"`);
      const pack = packed[headers["content-encoding"]];
      const answer = await post(path, pack ? pack(text) : text, headers);
      assert.deepEqual([answer.status, await answer.json()], [200, { success: true, rejected: [] }]);
      const [event] = await events(person);
      assert.ok(Math.abs(Date.now() - 86_400_000 - event.at) < 60_000, new Date(event.at).toISOString());
    });
  }
});

test("a call has a path by its name and by its first letter, with a slash behind it or not", async () => {
  const calls = { track: { event: "E" }, identify: {}, page: {}, screen: {}, group: { groupId: "g" }, alias: { previousId: crypto.randomUUID() } };
  for (const [call, fields] of Object.entries(calls)) {
    for (const path of [`/v1/${call}`, `/v1/${call[0]}`, `/v1/${call}/`]) {
      assert.equal((await post(path, { userId: "paths", ...fields })).status, 200, path);
    }
  }
  assert.equal((await post("/v1/dance", { userId: "paths" })).status, 404);
});

test("an error has the fields that Segment's libraries ask for", async () => {
  const answer = await post("/v1/track", { userId: "x" });
  const problem = await answer.json();
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  assert.deepEqual([answer.status, problem.code, problem.message], [400, "bad-request", problem.detail]);
});

test("wrong types are told one by one, and the good ones beside them are kept", async () => {
  const wrong = [
    [7, /not an object/],
    [null, /not an object/],
    [[track("x")], /not an object/],
    [track({ id: 1 }), /`userId` is not text/],
    [track("x", { event: 5 }), /`event` is not text/],
    [track("x", { event: "" }), /`event` is empty/],
    [track("x", { properties: "none" }), /`properties` is not an object/],
    [track("x", { messageId: [] }), /`messageId` is not text/],
    [track("x", { timestamp: true }), /RFC 3339/],
    [{ type: "identify", userId: "x", traits: [] }, /`traits` is not an object/],
    [{ type: 5, userId: "x" }, /`type` is not text/],
    [{ type: "group", userId: "x" }, /`groupId` is missing/],
    [{ type: "alias", userId: "x" }, /`previousId` is missing/],
    [{ type: "alias", previousId: "x" }, /`userId` is missing/],
    [{ type: "alias", userId: "x", previousId: "x" }, /are the same/],
  ];
  const items = wrong.flatMap(([item], n) => [item, track("types", { messageId: `${n}` })]);
  const messages = await refusals(items, wrong.map((_, n) => 2 * n));
  for (const [n, [item, expected]] of wrong.entries()) assert.match(messages[n], expected, JSON.stringify(item));
  assert.equal((await events("types")).length, wrong.length);
});

test("names: up to their bound, and without what no one can see", async () => {
  const names = { userId: "u", messageId: "m", event: "e" };
  for (const field of Object.keys(names)) {
    const named = (text) => ({ ...track("names", { messageId: `names-${field}` }), [field]: text });
    const fits = "ä".repeat(Math.floor(NAME_BYTES / 2)) + "x";
    const messages = await refusals([named(fits), named(`${fits}x`), named("a\u0000b"), named("a\nb")], [1, 2, 3]);
    assert.match(messages[0], new RegExp(`\`${field}\` is longer than ${NAME_BYTES} bytes`));
    for (const message of messages.slice(1)) assert.match(message, new RegExp(`\`${field}\` has a control character`));
  }
});

test("a message may be as large as its bound, and no larger", async () => {
  const sized = (messageId, bytes) => {
    const item = track("large", { messageId, properties: { text: "" } });
    item.properties.text = "x".repeat(bytes - JSON.stringify(item).length);
    return item;
  };
  const [message] = await refusals([sized("1", MESSAGE_BYTES), sized("2", MESSAGE_BYTES + 1), track("large", { messageId: "3" })], [1]);
  assert.match(message, /32769 bytes are more than the 32768/);
  assert.deepEqual((await events("large")).map(({ id }) => id).sort(), ["1", "3"]);
});

test("a message may be as deep as its bound, and what lies deeper does not spoil the batch", async () => {
  // The message itself and its properties are two levels.
  const lists = (levels) => "[".repeat(levels - 2) + "]".repeat(levels - 2);
  const deep = (id, levels) =>
    `{"type":"track","userId":"deep","event":"E","messageId":"${id}","properties":{"nested":${lists(levels)}}}`;
  const answer = await post("/v1/batch", `{"batch":[${[deep(1, DEPTH), deep(2, DEPTH + 1), deep(3, 10_000), deep(4, 3)]}]}`);
  assert.equal(answer.status, 200);
  const { rejected } = await answer.json();
  assert.deepEqual(rejected.map(({ index }) => index), [1, 2]);
  assert.match(rejected[0].message, /nests 65 levels deep, more than 64: send it flatter/);
  assert.equal((await post("/v1/track", deep(5, 200_000))).status, 400);
  const stored = await events("deep");
  assert.deepEqual(stored.map(({ id }) => id).sort(), ["1", "4"]);
  assert.equal(JSON.stringify(stored.find(({ id }) => id === "1").properties.nested), lists(DEPTH));
});

test("bytes that are not UTF-8 spoil the message that they stand in, and no other", async () => {
  const bytes = Buffer.from(JSON.stringify({ batch: [track("utf8", { messageId: "1", properties: { text: "ä€😀\uFFFD" } }), track("utf8", { messageId: "2", properties: { text: "#" } })] }));
  bytes[bytes.lastIndexOf("#")] = 0xff;
  const answer = await post("/v1/batch", new Uint8Array(bytes));
  assert.equal(answer.status, 200);
  const { rejected } = await answer.json();
  assert.deepEqual(rejected.map(({ index }) => index), [1]);
  assert.match(rejected[0].message, /not UTF-8: send text as UTF-8/);
  assert.deepEqual((await events("utf8")).map(({ id, properties }) => [id, properties.text]), [["1", "ä€😀\uFFFD"]]);
  // Half a character, written in JSON's own way.
  const half = `{"batch":[${JSON.stringify(track("utf8", { messageId: "3" }))},{"type":"track","userId":"utf8","event":"\\ud800"}]}`;
  assert.match((await (await post("/v1/batch", half)).json()).rejected[0].message, /cannot be read/);
});

test("a batch may be as large as its bound, and no larger, also when it is inflated", async () => {
  const batch = (bytes) => {
    const body = { batch: [track("batched", { messageId: "1" })], padding: "" };
    body.padding = "x".repeat(bytes - JSON.stringify(body).length);
    return JSON.stringify(body);
  };
  const gzip = { ...basic(WRITE_KEY), "content-encoding": "gzip" };
  assert.equal((await post("/v1/batch", batch(BATCH_BYTES))).status, 200);
  assert.equal((await post("/v1/batch", batch(BATCH_BYTES + 1))).status, 413);
  assert.equal((await post("/v1/batch", gzipSync(batch(BATCH_BYTES)), gzip)).status, 200);
  assert.equal((await post("/v1/batch", gzipSync(batch(BATCH_BYTES + 1)), gzip)).status, 413);
  // A bomb: a few hundred kilobytes that would become 512 MB. What is beyond the bound is never made.
  const bomb = gzipSync(new Uint8Array(512 * 1024 * 1024), { level: 9 });
  const answer = await post("/v1/batch", bomb, gzip);
  assert.equal(answer.status, 413);
  assert.match((await answer.json()).detail, /more than 512000 bytes: send smaller batches/);
  assert.equal((await runtime.ingest([track("batched", { messageId: "2" })])).status, 200, "it goes on");
});

test("a batch may have as many items as its bound, and no more", async () => {
  const items = (count) => ({ batch: Array.from({ length: count }, () => ({ type: "x" })) });
  const answer = await post("/v1/batch", items(BATCH_ITEMS));
  assert.equal((await answer.json()).problems.length, BATCH_ITEMS);
  assert.equal((await post("/v1/batch", items(BATCH_ITEMS + 1))).status, 413);
  assert.equal((await post("/v1/batch", { batch: [] })).status, 200);
});

test("a body that is not what its headers say is refused with the mend", async () => {
  const send = async (body, encoding) => {
    const answer = await post("/v1/batch", body, { ...basic(WRITE_KEY), ...(encoding && { "content-encoding": encoding }) });
    return [answer.status, (await answer.json()).detail];
  };
  const whole = gzipSync(JSON.stringify({ batch: [track("cut")] }));
  for (const [body, encoding, status, detail] of [
    ["{", undefined, 400, /not a JSON object/],
    ["[]", undefined, 400, /not a JSON object/],
    ["", undefined, 400, /not a JSON object/],
    ['{"batch":{}}', undefined, 400, /`batch` is not a list/],
    ["{}", undefined, 400, /`batch` is missing/],
    ["{}", "gzip", 400, /not whole gzip/],
    [whole.subarray(0, whole.length - 12), "gzip", 400, /not whole gzip/],
    ["{}", "br", 415, /send gzip, deflate, or the body as it is/],
  ]) {
    const [answered, told] = await send(body, encoding);
    assert.equal(answered, status, `${body} as ${encoding}: ${told}`);
    assert.match(told, detail);
  }
});
