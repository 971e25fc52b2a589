// The life of a series beyond its draft: versions, archive, deletion; and its numbers, over some
// days and with the people behind them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

let runtime;
let now;
const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
const advance = (span) => api("POST", "/dev/clock", { advance: span });
const refusal = (promise) => promise.then(() => assert.fail("it was accepted"), ({ status, body }) => ({ status, ...body }));
const spec = (subject) => ({
  name: "Hello",
  audience: "plan is \"pro\"",
  exit: 'performed "Left"',
  goal: { rule: 'performed "Bought"' },
  steps: [
    { id: "mail", kind: "email", subject, body: "b" },
    { id: "ask", kind: "branch", if: "seats > 1", yes: "note", no: "end" },
    { id: "note", kind: "in_app", title: "t", body: "b", live_for: "5d" },
  ],
});
const join = (userId, seats) => ({
  type: "identify", userId, messageId: `i-${userId}`, traits: { plan: "pro", seats, email: `${userId}@example.com` },
});
const did = (userId, event, properties) => ({ type: "track", userId, event, properties, messageId: `${userId}-${event}` });

before(async () => {
  runtime = await startRuntime();
  ({ now } = await api("POST", "/dev/clock", { now: "2026-11-23T00:00:00Z" }));
  await api("PUT", "/series/hello", spec("one"));
  await api("POST", "/series/hello/publish");
  await runtime.ingest([join("ada", 1), join("bob", 2)]);
  await advance("1d");
  await api("PUT", "/series/hello", spec("two"));
  await api("POST", "/series/hello/publish");
  await runtime.ingest([join("cyd", 3), did("bob", "Bought"), did("bob", "Left")]);
  await advance("1h");
});
after(() => runtime.stop());

test("every version can be read, with when and by whom it was published", async () => {
  const { items } = await api("GET", "/series/hello/versions");
  assert.deepEqual(items, [
    { version: 2, published_at: now + 86_400_000, by: "first admin" },
    { version: 1, published_at: now, by: "first admin" },
  ]);
  const { version, by, spec: first } = await api("GET", "/series/hello/versions/1");
  assert.deepEqual([version, by, first.steps[0].subject], [1, "first admin", "one"]);
  for (const path of ["/series/hello/versions/3", "/series/hello/versions/x", "/series/none/versions"]) {
    assert.equal((await refusal(api("GET", path))).status, 404, path);
  }
});

test("the figures of all series come in one answer", async () => {
  await api("PUT", "/series/idle", spec("idle"));
  const { figures, definitions } = await api("GET", "/series/figures");
  assert.deepEqual(figures.hello, {
    matched: 3, entered: 3, enrollment_rate: 1, sent: 5, opened: 0, clicked: 0,
    re_engaged: 1, re_engagement_rate: 1 / 3, converted: 1, churn_rate: null, held_out_churn_rate: null,
  });
  assert.deepEqual(figures.idle.enrollment_rate, null);
  assert.equal(definitions.enrollment_rate, "entered / matched");
  const day = (await api("GET", "/series/figures?from=2026-11-24&to=2026-11-24")).figures.hello;
  const { entered, re_engaged, steps } = await api("GET", "/series/hello/report?from=2026-11-24&to=2026-11-24");
  assert.deepEqual([day.entered, day.re_engaged, day.sent], [entered, re_engaged, steps.reduce((sum, { sent }) => sum + sent, 0)]);
  assert.equal(day.entered, 1);
  assert.equal((await refusal(api("GET", "/series/figures?from=yesterday"))).status, 400);
});

test("a report covers the days that are asked for, both included", async () => {
  const entered = async (query) => (await api("GET", `/series/hello/report${query}`)).entered;
  assert.equal(await entered(""), 3);
  assert.equal(await entered("?from=2026-11-24"), 1);
  assert.equal(await entered("?to=2026-11-23"), 2);
  assert.equal(await entered("?from=2026-11-23&to=2026-11-24"), 3);
  assert.equal(await entered("?from=2026-11-25&to=2026-11-30"), 0);
  assert.equal((await refusal(entered("?from=yesterday"))).status, 400);
  assert.equal((await refusal(entered("?from=2026-11-24&to=2026-11-23"))).status, 400);
});

test("a number opens to the people behind it", async () => {
  const behind = async (query) => (await api("GET", `/series/hello/report/people?${query}`)).items.map(({ id }) => id);
  assert.deepEqual(await behind("metric=entered"), ["ada", "bob", "cyd"]);
  assert.deepEqual(await behind("metric=entered&version=2"), ["cyd"]);
  assert.deepEqual(await behind("metric=sent&step=mail"), ["ada", "bob", "cyd"]);
  assert.deepEqual(await behind("metric=took&step=ask/yes"), ["bob", "cyd"]);
  assert.deepEqual(await behind("metric=re_engaged"), ["bob"]);
  assert.deepEqual(await behind("metric=converted"), ["bob"]);
  assert.deepEqual(await behind("metric=finished"), ["ada", "cyd"]);
  assert.deepEqual(await behind("metric=sent"), ["ada", "bob", "cyd"], "at any step");
  assert.deepEqual(await behind("metric=entered&to=2026-11-23"), ["ada", "bob"]);
  assert.deepEqual(await behind("metric=entered&from=2026-11-24&to=2026-11-24"), ["cyd"]);
  assert.deepEqual(await behind("metric=re_engaged&to=2026-11-23"), []);
  const [first] = (await api("GET", "/series/hello/report/people?metric=entered")).items;
  assert.deepEqual(first, { id: "ada", at: now, times: 1 });
  const page = await api("GET", "/series/hello/report/people?metric=entered&limit=2");
  const rest = await api("GET", `/series/hello/report/people?metric=entered&limit=2&cursor=${page.next}`);
  assert.deepEqual([page.items.length, rest.items.map(({ id }) => id), rest.next], [2, ["cyd"], null]);
  for (const query of ["metric=matched", "metric=took", "metric=bounced&step=mail", "metric=entered&step=mail", "metric=entered&from=then", "metric=x", "", "metric=sent&step=mail&version=v"]) {
    assert.equal((await refusal(behind(query))).status, 400, query);
  }
});

test("an archived series stands still, is not written, and comes back paused", async () => {
  assert.equal((await api("POST", "/series/hello/archive")).state, "archived");
  await runtime.ingest([join("dan", 1)]);
  await advance("1h");
  assert.equal((await api("GET", "/series/hello/report")).entered, 3);
  for (const request of [["PUT", "", spec("three")], ["POST", "/publish"], ["POST", "/pause"], ["POST", "/resume"]]) {
    const [method, path, body] = request;
    const { status, detail } = await refusal(api(method, `/series/hello${path}`, body));
    assert.equal(status, 409, path);
    assert.match(detail, /unarchive it first/);
  }
  assert.equal((await api("POST", "/series/hello/unarchive")).state, "paused");
  assert.equal((await api("POST", "/series/hello/unarchive")).state, "paused", "a second time changes nothing");
  await api("POST", "/series/hello/resume");
  await advance("1h");
  assert.equal((await api("GET", "/series/hello/report")).entered, 4);
});

test("only what was never published can be deleted", async () => {
  assert.equal((await refusal(api("DELETE", "/series/hello"))).status, 409);
  await api("PUT", "/series/draft", spec("draft"));
  await api("POST", "/series/draft/archive");
  assert.equal((await api("POST", "/series/draft/unarchive")).state, "draft");
  await api("DELETE", "/series/draft");
  assert.equal((await refusal(api("GET", "/series/draft"))).status, 404);
  assert.equal((await refusal(api("DELETE", "/series/draft"))).status, 404);
});
