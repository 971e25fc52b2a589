// Proofs of identity, where a page has to have one: the secret is changed while pages are open, and whoever
// has no proof is told what to do.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";

import { startRuntime } from "./harness.mjs";

const NEW = "the-secret-that-is-in-use";
const OLD = "the-secret-before-it";
const ROTATING = { REKINDLE_IDENTITY: "required", REKINDLE_IDENTITY_SECRET: NEW, REKINDLE_IDENTITY_SECRET_PREVIOUS: OLD };
const { REKINDLE_IDENTITY_SECRET_PREVIOUS: _, ...ROTATED } = ROTATING;

const sign = (secret, text, encoding) => createHmac("sha256", secret).update(text).digest(encoding);
const hash = (secret, user) => sign(secret, user, "hex");
function jwt(secret, claims) {
  const [header, body] = [{ alg: "HS256", typ: "JWT" }, claims].map((json) => Buffer.from(JSON.stringify(json)).toString("base64url"));
  return `${header}.${body}.${sign(secret, `${header}.${body}`, "base64url")}`;
}
const fingerprint = (secret) => createHash("sha256").update(secret).digest("hex").slice(0, 8);

async function withRuntime(vars, run) {
  const runtime = await startRuntime({ vars });
  try {
    const page = (proof, items) => runtime.ingest({ ...(proof && { proof }), batch: items ?? [{ type: "track", event: "E", userId: "42" }] });
    await run({ runtime, page, status: () => runtime.api("GET", "/api/v1/status") });
  } finally {
    await runtime.stop();
  }
}

test("while the secret is changed proofs of both count, each kind, and the console is told of both", () =>
  withRuntime(ROTATING, async ({ page, status }) => {
    for (const secret of [NEW, OLD]) {
      for (const proof of [hash(secret, "42"), jwt(secret, { user_id: "42" }), jwt(secret, { sub: "42", exp: 4_000_000_000 })]) {
        assert.equal((await page(proof)).status, 200, proof);
      }
      for (const proof of [hash(secret, "43"), jwt(secret, { user_id: "43" }), jwt(secret, { user_id: "42", exp: 1 })]) {
        assert.equal((await page(proof)).status, 400, proof);
      }
    }
    assert.equal((await page(hash("a third", "42"))).status, 400);
    const { identity, attention } = await status();
    assert.deepEqual(identity, {
      required: true,
      keys: [{ use: "current", fingerprint: fingerprint(NEW) }, { use: "previous", fingerprint: fingerprint(OLD) }],
    });
    const note = attention.find(({ code }) => code === "identity_rotation");
    assert.match(note.message, /delete REKINDLE_IDENTITY_SECRET_PREVIOUS/);
    assert.ok(!JSON.stringify({ identity, attention }).includes(OLD), "no secret is told");
  }));

test("afterwards the old secret proves nothing", () =>
  withRuntime(ROTATED, async ({ page, status }) => {
    for (const proof of [hash(OLD, "42"), jwt(OLD, { user_id: "42" })]) assert.equal((await page(proof)).status, 400);
    assert.equal((await page(hash(NEW, "42"))).status, 200);
    const { identity, attention } = await status();
    assert.deepEqual(identity.keys.map(({ use }) => use), ["current"]);
    assert.ok(!attention.some(({ code }) => code === "identity_rotation"));
  }));

test("where proofs are required, a call without one is refused with the mend, and a visitor's is not", () =>
  withRuntime(ROTATED, async ({ runtime, page }) => {
    for (const [proof, mend] of [
      [undefined, /pass `user_jwt` or `user_hash` to boot/],
      [hash(NEW, "43"), /make it of the same id on your server, with the secret that REKINDLE_IDENTITY_SECRET has/],
    ]) {
      const answer = await page(proof);
      assert.equal(answer.status, 400);
      const problem = await answer.json();
      assert.match(problem.detail, mend);
      assert.deepEqual(problem.problems.map(({ index }) => index), [0]);
    }
    const visitor = { type: "track", event: "E", anonymousId: crypto.randomUUID() };
    const mixed = await page(undefined, [visitor, { type: "track", event: "E", userId: "42" }]);
    assert.deepEqual([mixed.status, mixed.headers.get("x-rekindle-rejected")], [200, "1"], "what is good beside it is kept");
    await assert.rejects(runtime.api("GET", "/api/v1/people/42"), { status: 404 });
  }));

test("where proofs are required the inbox of a known person is read with one only", () =>
  withRuntime(ROTATING, async ({ runtime, page }) => {
    const nudge = { name: "Nudge", audience: { rule: 'performed "E"' }, steps: [{ id: "nudge", kind: "in_app", title: "Hello", body: "there" }] };
    await runtime.api("PUT", "/api/v1/series/nudge", nudge);
    await runtime.api("POST", "/api/v1/series/nudge/publish");
    assert.equal((await page(hash(NEW, "42"))).status, 200);
    const { series } = await runtime.api("GET", "/api/v1/people/42/explain?series=nudge");
    // An effect's id begins with the key of its person.
    const key = series.explanation.run.steps[0].effect.slice(0, 16);
    const boot = (headers) => fetch(`${runtime.url}/v1/boot?key=wk_dev&p=${key}`, { headers });
    const named = (proof) => boot({ "x-rekindle-person": "42", "x-rekindle-proof": proof });
    assert.equal((await boot({})).status, 204, "nothing without a proof");
    assert.equal((await named(hash(NEW, "43"))).status, 401);
    for (const secret of [NEW, OLD]) assert.equal((await named(hash(secret, "42"))).status, 200);
  }));

test("where they are required and no secret is set, that is said to the page and to the console", () =>
  withRuntime({ REKINDLE_IDENTITY: "required" }, async ({ page, status }) => {
    assert.match((await (await page(hash(NEW, "42"))).json()).detail, /REKINDLE_IDENTITY_SECRET is not set/);
    const { identity, attention } = await status();
    assert.deepEqual(identity, { required: true, keys: [] });
    assert.ok(attention.some(({ code }) => code === "no_identity_secret"));
  }));

test("development believes a page unless it is told not to", () =>
  withRuntime({}, async ({ page, status }) => {
    assert.equal((await page(undefined)).status, 200);
    assert.deepEqual((await status()).identity, { required: false, keys: [] });
  }));
