// What ships: the release build, with wrangler.toml as it stands. Nothing of development is in it,
// and no one is believed without a proof.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, test } from "node:test";

import { startRuntime } from "../edge/harness.mjs";

const secrets = {
  REKINDLE_WRITE_KEY: "wk_public",
  REKINDLE_SECRET_KEY: "sk_server",
  REKINDLE_ADMIN_TOKEN: "a-long-admin-token",
  REKINDLE_IDENTITY_SECRET: "identity",
};

let runtime;
before(async () => {
  runtime = await startRuntime({ settings: "wrangler.toml", vars: secrets });
});
after(() => runtime.stop());

const admin = (path, token = secrets.REKINDLE_ADMIN_TOKEN, init = {}) =>
  fetch(`${runtime.url}/api/v1${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });
const batch = (writeKey, item, proof) =>
  fetch(`${runtime.url}/v1/batch`, {
    method: "POST",
    body: JSON.stringify({ writeKey, proof, batch: [{ type: "track", event: "E", ...item }] }),
  });
const hmac = (text, encoding) => createHmac("sha256", secrets.REKINDLE_IDENTITY_SECRET).update(text).digest(encoding);

function jwt(claims, header = { alg: "HS256", typ: "JWT" }) {
  const encode = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${hmac(signed, "base64url")}`;
}

test("it says that it is not for development", async () => {
  const health = await (await fetch(`${runtime.url}/health`)).json();
  assert.deepEqual([health.ok, health.development], [true, false]);
});

test("the keys and the clock of development are unknown", async () => {
  assert.equal((await admin("/segments", "dev")).status, 401);
  assert.equal((await batch("wk_dev", { anonymousId: "x" })).status, 401);
  assert.equal((await admin("/dev/clock")).status, 404);
  assert.equal((await admin("/dev/clock", undefined, { method: "POST", body: '{"advance":"1d"}' })).status, 404);
  assert.equal((await fetch(`${runtime.url}/dev/clock`)).status, 404);
});

test("the document of the API is a file, and names what is of development only", async () => {
  const answer = await fetch(`${runtime.url}/api/openapi.json`);
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "application/json"]);
  for (const [path, methods] of Object.entries((await answer.json()).paths)) {
    if (!methods.get?.["x-role"] || path.includes("{")) continue;
    const { status } = await admin(path.slice("/api/v1".length));
    const isThere = status !== 404;
    assert.equal(isThere, methods.get["x-development"] === undefined, path);
  }
  assert.equal((await fetch(`${runtime.url}/api/none`)).status, 404);
});

test("a page may not name a user without a proof, and may with one", async () => {
  const user = { userId: "42", messageId: "1" };
  const inAnHour = Math.floor(Date.now() / 1000) + 3_600;
  const refused = [
    undefined,
    "nonsense",
    hmac("43", "hex"),
    jwt({ user_id: "43", exp: inAnHour }),
    jwt({ user_id: "42", exp: 1 }),
    jwt({ user_id: "42" }, { alg: "none" }),
    `${jwt({ user_id: "42" }).slice(0, -2)}xx`,
  ];
  for (const proof of refused) {
    const answer = await batch(secrets.REKINDLE_WRITE_KEY, user, proof);
    assert.equal(answer.status, 400, `${proof} was believed`);
    assert.match((await answer.json()).detail, /proof/);
  }
  assert.equal((await admin("/people/42")).status, 404, "nothing was stored");
  for (const proof of [hmac("42", "hex"), jwt({ user_id: "42", exp: inAnHour }), jwt({ sub: "42" })]) {
    assert.equal((await batch(secrets.REKINDLE_WRITE_KEY, user, proof)).status, 200);
  }
  assert.equal((await admin("/people/42")).status, 200);
});

test("a known id does not pass as an anonymous one", async () => {
  const answer = await batch(secrets.REKINDLE_WRITE_KEY, { anonymousId: "42" });
  assert.equal(answer.status, 400);
  assert.match((await answer.json()).detail, /not a UUID/);
  // A reaction names its person by the effect; a `userId` beside it is believed no more than elsewhere.
  const reaction = { type: "reaction", kind: "shown", effect: "0".repeat(32), userId: "42" };
  assert.equal((await batch(secrets.REKINDLE_WRITE_KEY, reaction)).status, 400);
});

test("anonymous visitors need none, and the company's servers speak for anyone", async () => {
  assert.equal((await batch(secrets.REKINDLE_WRITE_KEY, { anonymousId: crypto.randomUUID() })).status, 200);
  assert.equal((await batch(secrets.REKINDLE_SECRET_KEY, { userId: "7" })).status, 200);
});

test("the inbox of a known person is read with a proof only", async () => {
  const put = (path, body) => admin(path, undefined, { method: "PUT", body: JSON.stringify(body) });
  const series = {
    name: "Nudge",
    audience: { rule: 'performed "E"' },
    steps: [{ id: "nudge", kind: "in_app", title: "Hello", body: "there" }],
  };
  assert.equal((await put("/series/nudge", series)).status, 200);
  assert.equal((await admin("/series/nudge/publish", undefined, { method: "POST" })).status, 200);
  assert.equal((await batch(secrets.REKINDLE_SECRET_KEY, { userId: "nina" })).status, 200);
  const { series: explained } = await (await admin("/people/nina/explain?series=nudge")).json();
  // An effect's id begins with the key of its person.
  const key = explained.explanation.run.steps[0].effect.slice(0, 16);

  const boot = (headers) =>
    fetch(`${runtime.url}/v1/boot?key=${secrets.REKINDLE_WRITE_KEY}&p=${key}`, { headers });
  const named = (proof, person = "nina") => boot({ "x-rekindle-person": person, "x-rekindle-proof": proof });
  assert.equal((await boot({})).status, 204, "nothing without a proof");
  assert.equal((await named("nonsense")).status, 401);
  assert.equal((await named(hmac("42", "hex"))).status, 401);
  assert.equal((await named(hmac("42", "hex"), "42")).status, 400, "the key of another");
  const answer = await named(hmac("nina", "hex"));
  assert.equal(answer.status, 200);
  assert.ok((await answer.arrayBuffer()).byteLength > 0);
});

test("a sender whose clock is off is corrected by when it says that it sent", async () => {
  const now = Date.now();
  const day = 86_400_000;
  const answer = await fetch(`${runtime.url}/v1/batch`, {
    method: "POST",
    body: JSON.stringify({
      writeKey: secrets.REKINDLE_SECRET_KEY,
      sentAt: new Date(now - 10 * day).toISOString(),
      batch: [{ type: "track", event: "E", userId: "slow", timestamp: new Date(now - 11 * day).toISOString() }],
    }),
  });
  assert.equal(answer.status, 200);
  const { items } = await (await admin("/people/slow/events")).json();
  assert.ok(Math.abs(items[0].at - (now - day)) < 60_000, new Date(items[0].at).toISOString());
});
