// The borders: who may ask, what a wrong request is told, how lists are paged, how edits meet.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

let runtime;
before(async () => {
  runtime = await startRuntime();
});
after(() => runtime.stop());

const refused = async (promise) => {
  const error = await promise.then(() => assert.fail("it was accepted"), (error) => error);
  return { status: error.status, ...error.body };
};
const put = (id, rule, headers) => runtime.api("PUT", `/api/v1/segments/${id}`, { rule }, headers);

test("without the admin token nothing is told", async () => {
  for (const authorization of ["", "Bearer wrong", "Basic ZGV2Og=="]) {
    const answer = await fetch(`${runtime.url}/api/v1/segments`, { headers: { authorization } });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
  }
});

test("without the write key nothing is stored", async () => {
  const answer = await fetch(`${runtime.url}/v1/track`, {
    method: "POST",
    body: JSON.stringify({ userId: "x", event: "X" }),
  });
  assert.equal(answer.status, 401);
  const other = await runtime.ingest({ writeKey: "wk_other", batch: [{ type: "track", userId: "x", event: "X" }] });
  assert.equal(other.status, 401);
});

test("Segment's clients authenticate with the write key as user name", async () => {
  const answer = await fetch(`${runtime.url}/v1/track`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("wk_dev:")}` },
    body: JSON.stringify({ userId: "basic", event: "X", messageId: "1" }),
  });
  assert.equal(answer.status, 200);
  assert.equal((await runtime.api("GET", "/api/v1/people/basic/events")).items.length, 1);
});

test("the good items of a batch are kept, and the bad ones are named", async () => {
  const answer = await runtime.ingest([
    { type: "track", userId: "mixed", event: "Good", messageId: "1" },
    { type: "track", userId: "mixed" },
    { type: "track", event: "No one" },
    { type: "dance", userId: "mixed" },
    { type: "track", userId: "mixed", event: "When", timestamp: "yesterday" },
    { type: "track", userId: "mixed", event: "Big", properties: { text: "x".repeat(33_000) } },
  ]);
  assert.equal(answer.status, 200);
  const { rejected } = await answer.json();
  assert.deepEqual(rejected.map(({ index }) => index), [1, 2, 3, 4, 5]);
  assert.match(rejected[0].message, /`event` is missing/);
  assert.match(rejected[1].message, /`userId` and `anonymousId` are missing/);
  assert.match(rejected[2].message, /unknown type `dance`/);
  assert.match(rejected[3].message, /RFC 3339/);
  const { items } = await runtime.api("GET", "/api/v1/people/mixed/events");
  assert.deepEqual(items.map(({ name }) => name), ["Good"]);
});

test("a body that is not JSON, or too large, is refused with the mend", async () => {
  const send = (body) => fetch(`${runtime.url}/v1/batch?key=wk_dev`, { method: "POST", body });
  assert.equal((await send("{")).status, 400);
  assert.equal((await send("x".repeat(500 * 1024 + 1))).status, 413);
});

test("an event of the future is taken as of now, and its repeat changes nothing", async () => {
  const { now } = await runtime.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" });
  const event = { type: "track", userId: "early", event: "E", messageId: "1", timestamp: "2030-01-01T00:00:00Z" };
  await runtime.ingest([event]);
  await runtime.ingest([event]);
  const { items } = await runtime.api("GET", "/api/v1/people/early/events");
  assert.deepEqual(items.map(({ at }) => at), [now]);
});

test("context.active = false leaves last seen alone", async () => {
  await runtime.ingest([
    { type: "track", userId: "quiet", event: "E", messageId: "1", timestamp: 1_000_000 },
    { type: "track", userId: "quiet", event: "Billed", messageId: "2", context: { active: false } },
  ]);
  assert.equal((await runtime.api("GET", "/api/v1/people/quiet")).last_seen, 1_000_000);
});

test("a rule with mistakes is refused, and told where", async () => {
  const problem = await refused(put("typo", "plan iz \"pro\""));
  assert.equal(problem.status, 400);
  assert.match(problem.detail, /at character 6: expected a comparison \(did you mean `is`\?\)/);
  const unknown = await refused(put("lost", 'in segment "nowhere"'));
  assert.match(unknown.detail, /unknown segment `nowhere`/);
});

test("a segment that is used cannot be taken away; a circle is refused with its path", async () => {
  await put("base", "plan is \"pro\"");
  await put("top", 'in segment "base"');
  const used = await refused(runtime.api("DELETE", "/api/v1/segments/base"));
  assert.equal(used.status, 409);
  assert.match(used.detail, /in use/);
  assert.match((await refused(put("base", 'in segment "top"'))).detail, /base > top|top > base/);
  await runtime.api("DELETE", "/api/v1/segments/top");
  await runtime.api("DELETE", "/api/v1/segments/base");
  assert.equal((await refused(runtime.api("GET", "/api/v1/segments/base"))).status, 404);
});

test("an edit on top of someone else's is not lost silently", async () => {
  const { revision } = await put("shared", "plan is \"a\"");
  await put("shared", "plan is \"b\"", { "if-match": `"${revision}"` });
  const stale = await refused(put("shared", "plan is \"c\"", { "if-match": `"${revision}"` }));
  assert.equal(stale.status, 409);
  assert.equal((await runtime.api("GET", "/api/v1/segments/shared")).rule, 'plan is "b"');
});

test("people of a segment come in pages, all of them once", async () => {
  await put("paged", "paged is true");
  const people = Array.from({ length: 25 }, (_, n) => `page-${String(n).padStart(2, "0")}`);
  await runtime.ingest(people.map((userId) => ({ type: "identify", userId, messageId: userId, traits: { paged: true } })));
  const found = [];
  let cursor = "";
  do {
    const page = await runtime.api("GET", `/api/v1/segments/paged/people?limit=10${cursor && `&cursor=${cursor}`}`);
    assert.ok(page.items.length <= 10);
    found.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor);
  assert.deepEqual(found, people);
});

test("a series with errors is kept as a draft and not published", async () => {
  await runtime.api("PUT", "/api/v1/series/broken", {
    name: "Broken",
    audience: { segment: "nowhere" },
    steps: [
      { id: "a", kind: "email", subject: "{{ oops", body: "b" },
      { id: "a", kind: "push", title: "t", body: "b", url: "/relative" },
    ],
  });
  const problem = await refused(runtime.api("POST", "/api/v1/series/broken/publish"));
  assert.equal(problem.status, 400);
  const codes = problem.problems.map(({ code }) => code).sort();
  assert.deepEqual(codes, ["double_id", "link", "rule", "template"]);
});

test("pausing holds people where they are, resuming sends what is due", async () => {
  await runtime.api("PUT", "/api/v1/series/paused", {
    name: "Paused",
    audience: { rule: "vip is true" },
    exit: 'performed "Left"',
    steps: [{ id: "hello", kind: "email", delay: "1h", subject: "s", body: "b" }],
  });
  await runtime.api("POST", "/api/v1/series/paused/publish");
  await runtime.ingest([{ type: "identify", userId: "vip", traits: { vip: true, email: "vip@example.com" } }]);
  await runtime.api("POST", "/api/v1/series/paused/pause");
  await runtime.api("POST", "/api/v1/dev/clock", { advance: "2h" });
  const mails = async () => (await runtime.api("GET", "/api/v1/mailbox")).items.filter((m) => m.series === "paused");
  assert.equal((await mails()).length, 0);
  await runtime.api("POST", "/api/v1/series/paused/resume");
  await runtime.api("POST", "/api/v1/dev/clock", { advance: "1ms" });
  assert.equal((await mails()).length, 1);
});

test("one click takes a person out of all mails, and only a link of ours does", async () => {
  await runtime.api("PUT", "/api/v1/series/list", {
    name: "List",
    audience: { rule: "listed is true" },
    exit: 'performed "Left"',
    steps: [
      { id: "one", kind: "email", subject: "s", body: "b" },
      { id: "two", kind: "email", delay: "1d", subject: "s", body: "b" },
    ],
  });
  await runtime.api("POST", "/api/v1/series/list/publish");
  await runtime.ingest([{ type: "identify", userId: "listed", traits: { listed: true, email: "l@example.com" } }]);
  await runtime.api("POST", "/api/v1/dev/clock", { advance: "1ms" });
  const mails = async () => (await runtime.api("GET", "/api/v1/mailbox")).items.filter((m) => m.series === "list");
  const [{ headers }] = await mails();
  assert.equal(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
  const link = headers["List-Unsubscribe"].slice(1, -1);
  const forged = link.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  assert.equal((await fetch(forged, { method: "POST" })).status, 404);
  assert.equal((await fetch(link)).status, 200, "a scanner that follows the link changes nothing");
  assert.equal((await runtime.api("GET", "/api/v1/people/listed")).attributes.unsubscribed, undefined);
  assert.equal((await fetch(link, { method: "POST" })).status, 200);
  await runtime.api("POST", "/api/v1/dev/clock", { advance: "2d" });
  assert.equal((await mails()).length, 1);
});
