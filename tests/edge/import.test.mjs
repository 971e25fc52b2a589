// Import and export: what happened elsewhere comes in without starting anything, and everything goes out.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

import { ADMIN_TOKEN, startRuntime, until } from "./harness.mjs";

const PART_BYTES = 2 * 1024 * 1024;

let runtime;
before(async () => {
  runtime = await startRuntime();
  await runtime.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" });
  await runtime.api("PUT", "/api/v1/segments/pros", { rule: 'plan is "pro"' });
  for (const [id, entry] of [["welcome", { audience: { segment: "pros" } }], ["thanks", { entry: { event: { name: "Ordered" } } }]]) {
    const steps = [{ id: "mail", kind: "email", subject: "Hello", body: "Hello" }];
    await runtime.api("PUT", `/api/v1/series/${id}`, { name: id, exit: 'performed "Left"', ...entry, steps });
    await runtime.api("POST", `/api/v1/series/${id}/publish`);
  }
});
after(() => runtime.stop());

const post = (body, type, query = "", more = {}) =>
  fetch(`${runtime.url}/api/v1/import?${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": type, ...more },
    body,
  });
const stored = async (answer) => {
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};
const jsonl = async (items, query) => stored(await post(items.map((item) => JSON.stringify(item)).join("\n"), "application/x-ndjson", query));
const csv = async (text, query) => stored(await post(text, "text/csv", query));
const person = (id) => runtime.api("GET", `/api/v1/people/${id}`);
const events = async (id) => (await runtime.api("GET", `/api/v1/people/${id}/events?limit=100`)).items;
const entered = async (id) => (await person(id)).enrollments.map(({ series }) => series);
const is = { pro: (userId) => ({ type: "identify", userId, traits: { plan: "pro" }, timestamp: "2026-11-22T00:00:00Z" }) };
const ordered = (userId, more) => ({ type: "track", userId, event: "Ordered", timestamp: "2026-11-22T12:00:00Z", ...more });

test("segments know of an import, and no series starts, unless it is asked for", async () => {
  assert.deepEqual(await jsonl([is.pro("quiet"), ordered("quiet")], "name=quiet"), { stored: 2, refused: [] });
  const quiet = await person("quiet");
  assert.deepEqual(quiet.segments.map(({ id }) => id), ["pros"]);
  assert.deepEqual(await entered("quiet"), []);
  // Later definitions let them in nowhere, a live event does.
  await runtime.api("PUT", "/api/v1/segments/others", { rule: 'plan is "team"' });
  await runtime.ingest([{ type: "track", userId: "quiet", event: "Ordered" }]);
  assert.deepEqual(await entered("quiet"), ["thanks"]);
  await jsonl([is.pro("loud"), ordered("loud")], "name=loud&series=start");
  assert.deepEqual((await entered("loud")).sort(), ["thanks", "welcome"]);
});

test("a visitor who is joined by an import enters nothing either", async () => {
  const visitor = crypto.randomUUID();
  const traits = { plan: "pro" };
  await jsonl([
    { type: "identify", anonymousId: visitor, traits, timestamp: "2026-11-21T00:00:00Z" },
    { type: "alias", previousId: visitor, userId: "joined", timestamp: "2026-11-22T00:00:00Z" },
  ], "name=joined");
  await until(async () => (await person("joined")).attributes.plan === "pro", "the person");
  assert.deepEqual(await entered("joined"), []);
});

test("refused lines are told by their number, and the good ones beside them are kept", async () => {
  const text = [
    JSON.stringify(ordered("lines")),
    "",
    "{",
    JSON.stringify({ type: "track", userId: "lines", event: "Ordered" }),
    JSON.stringify({ ...ordered("lines"), properties: 5 }),
    JSON.stringify({ type: "alias", previousId: "quiet", userId: "lines" }),
    JSON.stringify(ordered("lines")),
  ].join("\n");
  const { stored: count, refused } = await stored(await post(text, "application/x-ndjson", "name=f&line=101"));
  assert.equal(count, 2);
  assert.deepEqual(refused.map(({ line }) => line), [103, 104, 105, 106]);
  for (const [n, expected] of [/cannot be read/, /`timestamp` is missing: say when/, /`properties` is not an object/, /never merged/].entries()) {
    assert.match(refused[n].message, expected);
  }
  assert.deepEqual((await events("lines")).map(({ id }) => id).sort(), ["f-101", "f-107"]);
});

test("a part that is sent again changes nothing", async () => {
  const items = [ordered("again"), ordered("again"), ordered("again", { messageId: "own" })];
  for (let n = 0; n < 2; n += 1) await jsonl(items, "name=again&line=10");
  assert.deepEqual((await events("again")).map(({ id }) => id).sort(), ["again-10", "again-11", "own"]);
});

test("CSV of people and of events", async () => {
  const people = 'user_id,email,name,plan\r\ncsv-1,a@example.com,"Smith, ""Bo""\nJr.",pro\r\n\r\ncsv-2,,Ada\r\ncsv-3,c@example.com,,free\r\n';
  const first = await csv(people, "name=p&line=2");
  assert.deepEqual([first.stored, first.refused.map(({ line }) => line)], [2, [5]]);
  assert.match(first.refused[0].message, /3 cells for 4 columns/);
  const { attributes } = await person("csv-1");
  assert.deepEqual(attributes, { email: "a@example.com", name: 'Smith, "Bo"\nJr.', plan: "pro" });
  assert.deepEqual((await person("csv-3")).attributes, { email: "c@example.com", plan: "free" });

  const done = "userId,event,timestamp,total\ncsv-1,Ordered,2026-11-01,12.5\ncsv-1,Ordered,,3\ncsv-1,Ordered,yesterday,3\n";
  const second = await csv(done, "name=e&line=2");
  assert.deepEqual([second.stored, second.refused.map(({ line }) => line)], [1, [3, 4]]);
  const [{ at, properties }] = await events("csv-1");
  assert.deepEqual([at, properties], [Date.parse("2026-11-01T00:00:00Z"), { total: "12.5" }]);
  // Cells are text, which rules compare as the number that it says.
  await runtime.api("PUT", "/api/v1/segments/large", { rule: 'performed "Ordered" where total > 12' });
  assert.equal((await runtime.api("GET", "/api/v1/segments/large/count")).count, 1);

  for (const [text, why] of [["email\na@example.com\n", /no column is named `userId`/], ["", /name the columns/]]) {
    const answer = await post(text, "text/csv");
    assert.equal(answer.status, 400);
    assert.match((await answer.json()).detail, why);
  }
});

test("what spreadsheets make of CSV is read: their mark, semicolons, columns that are left out", async () => {
  const { stored: count, refused } = await csv('\ufeffuserId;"first; name";;plan\nsheet-1;Ada;secret;pro\n', "name=s&line=2");
  assert.deepEqual([count, refused], [1, []]);
  assert.deepEqual((await person("sheet-1")).attributes, { "first; name": "Ada", plan: "pro" });
  assert.deepEqual(await csv("userId\tplan\nsheet-2\tfree, for now\n", "name=t&line=2"), { stored: 1, refused: [] });
  assert.deepEqual((await person("sheet-2")).attributes, { plan: "free, for now" });
  assert.deepEqual(await stored(await post(`\ufeff${JSON.stringify(is.pro("sheet-3"))}`, "application/x-ndjson")), { stored: 1, refused: [] });
});

test("a part may be as large as its bound, and no larger; it may be compressed", async () => {
  const line = `${JSON.stringify(ordered("large", { messageId: "1" }))}\n`;
  const part = (bytes) => line.repeat(20) + " ".repeat(bytes - 20 * line.length);
  assert.equal((await post(part(PART_BYTES), "application/x-ndjson")).status, 200);
  assert.equal((await post(part(PART_BYTES + 1), "application/x-ndjson")).status, 413);
  assert.equal((await post(gzipSync(part(PART_BYTES)), "application/x-ndjson", "", { "content-encoding": "gzip" })).status, 200);
  assert.equal((await post("x", "text/html")).status, 415);
  assert.equal((await post("{}", "text/csv", "series=maybe")).status, 400);
});

test("who may not, may not", async () => {
  const { token } = await runtime.api("POST", "/api/v1/tokens", { name: "e", role: "editor" });
  for (const [method, path] of [["POST", "import"], ["GET", "export"]]) {
    const answer = await fetch(`${runtime.url}/api/v1/${path}`, { method, headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 403);
  }
});

test("everything goes out, and comes in again elsewhere as it was, into any number of shards", async () => {
  const many = Array.from({ length: 2_500 }, (_, n) => ordered("many", { messageId: `m${n}`, properties: { n } }));
  for (let from = 0; from < many.length; from += 500) await jsonl(many.slice(from, from + 500));
  await runtime.ingest([
    { type: "group", userId: "many", groupId: "acme", traits: { plan: "pro" }, timestamp: "2026-11-20T00:00:00Z" },
    { type: "track", userId: "many", event: "Billed", messageId: "b", context: { active: false } },
  ]);
  const whole = async (from) => {
    const answer = await fetch(`${from.url}/api/v1/export`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    assert.equal(answer.headers.get("content-type"), "application/x-ndjson");
    const lines = (await answer.text()).trimEnd().split("\n");
    assert.equal(lines.pop(), '{"type":"end"}');
    return lines;
  };
  await until(async () => (await person("many")).attributes["company.plan"], "the company");
  const lines = await whole(runtime);
  const other = await startRuntime({ vars: { REKINDLE_SHARDS: "5" } });
  try {
    await other.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" });
    for (let from = 0; from < lines.length; from += 2_000) {
      const answer = await fetch(`${other.url}/api/v1/import`, {
        method: "POST",
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/x-ndjson" },
        body: lines.slice(from, from + 2_000).join("\n"),
      });
      assert.deepEqual((await answer.json()).refused, []);
    }
    await until(async () => (await whole(other)).length === lines.length, "all of it");
    assert.deepEqual((await whole(other)).sort(), lines.sort());
    const told = async (from, id) => {
      const { attributes, first_seen: first, last_seen: last } = await from.api("GET", `/api/v1/people/${id}`);
      return { attributes, first, last };
    };
    for (const id of ["many", "quiet", "csv-1", "joined"]) assert.deepEqual(await told(other, id), await told(runtime, id), id);
  } finally {
    await other.stop();
  }
});

test("the audit log says who imported and exported how many lines: one entry for a file in parts", async () => {
  const newest = async () => (await runtime.api("GET", "/api/v1/audit?limit=1")).items[0];
  const told = ({ by, action, kind, id, after }) => [by, action, kind, id, after];
  await jsonl([is.pro("noted"), {}], "name=noted");
  await jsonl([ordered("noted")], "name=noted&line=3");
  assert.deepEqual(told(await newest()), ["first admin", "import", "file", "noted", { stored: 2, refused: 1 }]);
  await jsonl([ordered("noted")], "name=noted&line=4&series=start");
  assert.deepEqual((await newest()).after, { stored: 1, refused: 0, series: "start" }, "to start series is another deed");
  await jsonl([ordered("noted")], "name=other&line=4&series=start");
  assert.equal((await newest()).id, "other");

  const lines = async () => {
    const answer = await fetch(`${runtime.url}/api/v1/export`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    return (await answer.text()).trimEnd().split("\n").length - 1;
  };
  assert.deepEqual(told(await newest()), ["first admin", "import", "file", "other", { stored: 1, refused: 0, series: "start" }]);
  const count = await lines();
  assert.deepEqual(told(await newest()), ["first admin", "export", "workspace", "workspace", { lines: count }]);
  const later = await runtime.api("POST", "/api/v1/dev/clock", { advance: "1d" });
  assert.equal(await lines(), count);
  const again = await newest();
  assert.deepEqual([again.at, again.after], [later.now, { lines: count }], "another day is another entry");
});
