// One person: what is known of them, what they got, everything at once, and nothing any more.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime, until } from "./harness.mjs";

const DAY_MS = 86_400_000;
let runtime;
let now;
const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
const advance = (span) => api("POST", "/dev/clock", { advance: span });
const status = (promise) => promise.then(() => 200, (error) => error.status);

before(async () => {
  runtime = await startRuntime();
  ({ now } = await api("POST", "/dev/clock", { now: "2026-11-23T00:00:00Z" }));
  await api("PUT", "/settings", {
    subscription_types: [
      { id: "news", name: "News", channels: ["email"] },
      { id: "tips", name: "Tips", channels: ["email"], default: "off" },
    ],
  });
  await api("PUT", "/segments/lapsed", { rule: "last_seen > 30 days ago" });
  await api("PUT", "/segments/recent", { rule: 'performed "Bought" in last 10 days' });
  await api("PUT", "/series/hello", {
    name: "Hello",
    audience: "plan is \"pro\"",
    exit: 'performed "Left"',
    policies: { subscription: "news" },
    steps: [
      { id: "mail", kind: "email", subject: "Hi {{ first_name }}", body: "b" },
      { id: "note", kind: "in_app", delay: "1h", title: "t", body: "b", live_for: "1d" },
      { id: "ping", kind: "push", delay: "1h", title: "t", body: "b" },
      { id: "later", kind: "email", delay: "20d", subject: "s", body: "b" },
    ],
  });
  await api("POST", "/series/hello/publish");
  const anonymousId = "11111111-2222-4333-8444-555555555555";
  await runtime.ingest([
    { type: "track", anonymousId, event: "Page Viewed", messageId: "v1" },
    { type: "identify", anonymousId, userId: "ada", messageId: "i1", traits: { plan: "pro", first_name: "Ada", email: "ada@example.com" } },
    { type: "track", userId: "ada", event: "Bought", messageId: "b1" },
    { type: "identify", userId: "bob", messageId: "i2", traits: { plan: "pro", email: "bob@example.com" } },
  ]);
  await until(async () => (await api("GET", "/people/ada/events")).items.length === 2, "the visitor's history");
  await advance("2h1m");
});
after(() => runtime.stop());

test("a person shows what they let write to them, and when each segment ends", async () => {
  const ada = await api("GET", "/people/ada");
  assert.deepEqual(ada.subscriptions, { all: true, types: { news: true, tips: false } });
  assert.deepEqual(ada.devices, []);
  assert.deepEqual(ada.segments, [{ id: "recent", since: now, flips_at: now + 10 * DAY_MS + 1 }]);
});

test("one who leaves a kind of mail shows it", async () => {
  const { items } = await api("GET", "/mailbox");
  const { headers } = items.find(({ person }) => person === "bob");
  await fetch(headers["List-Unsubscribe"].slice(1, -1), { method: "POST" });
  assert.deepEqual((await api("GET", "/people/bob")).subscriptions, { all: true, types: { news: false, tips: false } });
});

test("the messages to a person come newest first, with what became of each", async () => {
  const { items } = await api("GET", "/people/ada/messages");
  assert.deepEqual(items.map(({ step, channel, state }) => [step, channel, state]), [
    ["ping", "push", "undelivered"],
    ["note", "in_app", "live"],
    ["mail", "email", "sent"],
  ]);
  assert.match(items[0].reason, /no device/);
  const [{ effect }] = items.slice(-1);
  await runtime.ingest([{ type: "track", userId: "ada", messageId: "o1", event: "Message Opened", properties: { effect } }]);
  const first = await api("GET", "/people/ada/messages?limit=2");
  const second = await api("GET", `/people/ada/messages?limit=2&cursor=${first.next}`);
  assert.deepEqual([first.items.length, second.items.length, second.next], [2, 1, null]);
  assert.equal(second.items[0].effect, effect);
  assert.equal(await status(api("GET", "/people/nobody/messages")), 404);
});

test("an export has all that is kept of a person", async () => {
  const all = await api("GET", "/people/ada/export");
  assert.equal(all.complete, true);
  assert.equal(all.person.attributes.first_name, "Ada");
  assert.ok(all.events.some(({ name }) => name === "Page Viewed"), "what the visitor did, too");
  assert.deepEqual(all.messages.map(({ step }) => step), ["ping", "note", "mail"]);
  assert.deepEqual(all.sent.filter(({ subject }) => subject).map(({ subject }) => subject), ["Hi Ada"]);
  assert.ok(!JSON.stringify(all).includes("bob"));
  assert.equal(await status(api("GET", "/people/nobody/export")), 404);
});

test("an erased person is gone from everywhere but the counts, and their receipt says so", async () => {
  const counted = async () => (await api("GET", "/series/hello/report")).entered;
  // An effect begins with the hash of its person's id.
  const key = (await api("GET", "/people/ada/messages")).items[0].effect.slice(0, 16);
  const inbox = () => fetch(`${runtime.url}/v1/boot?key=wk_dev&p=${key}`);
  const before = await counted();
  const mail = (await api("GET", "/mailbox")).items.find(({ person }) => person === "ada");
  const raw = () => fetch(`${runtime.url}/api/v1/mailbox/${mail.effect}/raw`, { headers: { authorization: "Bearer dev" } });
  assert.equal((await raw()).status, 200);
  assert.equal((await inbox()).status, 200);
  const receipt = await api("DELETE", "/people/ada");
  assert.equal(receipt.person, key);
  assert.equal(receipt.complete, true);
  const { people, memberships, messages, visitors, sent } = receipt.removed;
  assert.deepEqual({ people, memberships, messages, visitors, sent }, { people: 1, memberships: 1, messages: 3, visitors: 1, sent: 2 });

  assert.equal(await status(api("GET", "/people/ada")), 404);
  assert.deepEqual((await api("GET", "/people/ada/events")).items, []);
  assert.equal((await api("GET", "/segments/recent/count")).count, 0);
  assert.ok(!JSON.stringify(await api("GET", "/mailbox")).includes("ada@example.com"));
  assert.equal((await raw()).status, 404);
  assert.ok(!JSON.stringify(await api("GET", "/pushes")).includes('"ada"'));
  await until(async () => (await inbox()).status === 204, "the inbox to be gone");
  assert.equal(await counted(), before);
  await advance("30d");
  assert.ok(!JSON.stringify(await api("GET", "/mailbox")).includes("ada@example.com"), "nothing is sent any more");

  const again = await api("DELETE", "/people/ada");
  assert.ok(Object.values(again.removed).every((count) => count === 0), JSON.stringify(again));
  const { items } = await api("GET", "/audit?limit=2");
  assert.deepEqual(items.map(({ action, kind, id }) => [action, kind, id]), [
    ["erase", "person", key],
    ["erase", "person", key],
  ]);
  assert.ok(!JSON.stringify(items).includes("ada@"));
  assert.equal((await api("GET", "/people/bob")).id, "bob");
});
