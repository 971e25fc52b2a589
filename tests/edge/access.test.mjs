// Who may do what: tokens with roles, sessions of browsers, and the log of who did it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

let runtime;
before(async () => {
  runtime = await startRuntime();
});
after(() => runtime.stop());

const as = (token) => async (method, path, body, headers = {}) => {
  const answer = await fetch(`${runtime.url}/api/v1${path}`, {
    method,
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
};
const admin = (...words) => as("dev")(...words);
const token = async (name, role) => (await admin("POST", "/tokens", { name, role })).body;
const rule = { rule: "vip is true" };

test("the token of the deployment is the first admin", async () => {
  assert.deepEqual((await admin("GET", "/me")).body, { name: "first admin", role: "admin", csrf: null, via: "token" });
});

test("each role may what the ones before it may, and is told which it lacks", async () => {
  const expected = {
    viewer: { "GET /segments": 200, "PUT /segments/a": 403, "GET /tokens": 403, "PUT /settings": 403, "GET /audit": 403 },
    editor: { "GET /segments": 200, "PUT /segments/a": 200, "GET /tokens": 403, "PUT /settings": 403, "GET /audit": 403 },
    admin: { "GET /segments": 200, "PUT /segments/a": 200, "GET /tokens": 200, "PUT /settings": 200, "GET /audit": 200 },
  };
  const bodies = { "PUT /segments/a": rule, "PUT /settings": {} };
  for (const [role, answers] of Object.entries(expected)) {
    const { token: secret } = await token(`the ${role}`, role);
    assert.deepEqual((await as(secret)("GET", "/me")).body, { name: `the ${role}`, role, csrf: null, via: "token" });
    for (const [request, status] of Object.entries(answers)) {
      const [method, path] = request.split(" ");
      const answer = await as(secret)(method, path, bodies[request]);
      assert.equal(answer.status, status, `${role}: ${request}`);
      if (status === 403) assert.match(answer.body.detail, /needs the role `(editor|admin)`/);
    }
  }
});

test("a token is shown once, and lets no one in once it is taken back", async () => {
  const made = await token("for a while", "viewer");
  assert.match(made.token, /^rkt_[\w-]{43}$/);
  const listed = await admin("GET", "/tokens");
  assert.ok(!JSON.stringify(listed.body).includes(made.token));
  assert.equal(listed.body.items.find(({ id }) => id === made.id).name, "for a while");
  assert.equal((await as(made.token)("GET", "/segments")).status, 200);
  assert.equal((await admin("DELETE", `/tokens/${made.id}`)).status, 204);
  assert.equal((await as(made.token)("GET", "/segments")).status, 401);
  assert.equal((await admin("DELETE", `/tokens/${made.id}`)).status, 404);
});

test("a token without a name, with a name that is taken or with an unknown role is refused", async () => {
  await token("taken", "viewer");
  for (const [body, status] of [
    [{ name: " ", role: "viewer" }, 400],
    [{ name: "x".repeat(65), role: "viewer" }, 400],
    [{ name: "taken", role: "viewer" }, 409],
    [{ name: "king", role: "king" }, 400],
  ]) {
    assert.equal((await admin("POST", "/tokens", body)).status, status, JSON.stringify(body));
  }
  assert.equal((await admin("POST", "/tokens", { name: "x".repeat(64), role: "viewer" })).status, 201);
});

test("a session has a cookie that scripts cannot read, and its writes need a second proof", async () => {
  const { token: secret, id } = await token("browser", "editor");
  assert.equal((await as()("POST", "/session", { token: "wrong" })).status, 401);
  const begun = await as()("POST", "/session", { token: secret });
  const set = begun.headers.get("set-cookie");
  assert.match(set, /HttpOnly; SameSite=Strict$/, "a local address has no TLS");
  const cookie = set.split(";")[0];
  assert.ok(!cookie.includes(secret));
  const me = await as()("GET", "/me", undefined, { cookie });
  assert.deepEqual(me.body, { name: "browser", role: "editor", csrf: begun.body.csrf, via: "session" });

  const put = (headers) => as()("PUT", "/segments/b", rule, { cookie, ...headers });
  assert.equal((await put({})).status, 403);
  assert.equal((await put({ "x-csrf-token": "guessed" })).status, 403);
  assert.equal((await put({ "x-csrf-token": begun.body.csrf })).status, 200);

  assert.equal((await as()("DELETE", "/session", undefined, { cookie })).status, 204);
  assert.equal((await as()("GET", "/me", undefined, { cookie })).status, 401);

  const again = (await as()("POST", "/session", { token: secret })).headers.get("set-cookie").split(";")[0];
  await admin("DELETE", `/tokens/${id}`);
  assert.equal((await as()("GET", "/me", undefined, { cookie: again })).status, 401, "it ends with its token");
});

test("the console runs its own scripts only, in no frame of another site, and nobody keeps it", async () => {
  const page = await fetch(`${runtime.url}/console/settings`);
  const policy = page.headers.get("content-security-policy").split("; ");
  for (const rule of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]) assert.ok(policy.includes(rule), rule);
  assert.deepEqual(["x-content-type-options", "referrer-policy", "cache-control"].map((name) => page.headers.get(name)), ["nosniff", "no-referrer", "no-store"]);
  const nonce = (text) => /nonce-([\w-]+)/.exec(text)[1];
  const again = await fetch(`${runtime.url}/console/`);
  assert.notEqual(nonce(policy.join()), nonce(again.headers.get("content-security-policy")), "a nonce is used once");
});

test("the first admin can sign in as well", async () => {
  const { headers, body } = await as()("POST", "/session", { token: "dev" });
  assert.equal(body.role, "admin");
  const cookie = headers.get("set-cookie").split(";")[0];
  assert.equal((await as()("GET", "/audit", undefined, { cookie })).status, 200);
});

test("the log says who did what, newest first, in pages", async () => {
  const { token: secret } = await token("Ada", "editor");
  await as(secret)("PUT", "/segments/logged", { rule: "plan is \"a\"" });
  await as(secret)("PUT", "/segments/logged", { rule: "plan is \"b\"" });
  await admin("DELETE", "/segments/logged");
  const { items, next } = (await admin("GET", "/audit?limit=2")).body;
  const told = ({ by, role, action, kind, id, before, after }) =>
    [by, role, action, kind, id, before?.rule?.attribute?.is, after?.rule?.attribute?.is];
  assert.deepEqual(items.map(told), [
    ["first admin", "admin", "delete", "segment", "logged", "b", undefined],
    ["Ada", "editor", "put", "segment", "logged", "a", "b"],
  ]);
  const rest = (await admin("GET", `/audit?limit=2&cursor=${next}`)).body.items;
  assert.deepEqual(rest.map(told), [
    ["Ada", "editor", "put", "segment", "logged", undefined, "a"],
    ["first admin", "admin", "add", "token", rest[1].id, undefined, undefined],
  ]);
  assert.deepEqual(rest[1].after, { name: "Ada", role: "editor" });
});

test("the description has every route, and every request in the documentation", async () => {
  const answer = await fetch(`${runtime.url}/api/openapi.json`);
  assert.equal(answer.headers.get("content-type"), "application/json");
  assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  const { openapi, paths } = await answer.json();
  assert.equal(openapi, "3.1.0");
  const described = Object.entries(paths).flatMap(([path, { parameters: _, ...methods }]) =>
    Object.entries(methods).map(([method, { security }]) => [method, path, security]),
  );
  // A parameter is any one segment, whatever it is called.
  const plain = (method, path) => `${method.toLowerCase()} ${path.replace(/\{[^}]*\}/g, "{}")}`;
  const known = new Set(described.map(([method, path]) => plain(method, path.replace("/api/v1", ""))));
  const text = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");
  const documented = new Set();
  // A row names requests, each a method and a path; a path alone goes on from the one before it.
  for (const [, cell] of text.matchAll(/^\| (`(?:GET|POST|PUT|DELETE) .*?) \|/gm)) {
    let last = "";
    for (const [, method, path] of cell.matchAll(/`(?:(GET|POST|PUT|DELETE) )?(\/[^`?]*)[^`]*`/g)) {
      const [verb, base] = last.split(" ");
      last = method || path.startsWith("/v1/") ? `${method ?? verb} ${path}` : `${verb} ${base.slice(0, base.lastIndexOf("/"))}${path}`;
      documented.add(plain(...last.split(" ")));
    }
  }
  assert.ok(documented.size > 40);
  const missing = [...documented].filter((request) => !known.has(request));
  assert.deepEqual(missing, [], "documented, and not described");
  const unwritten = [...known].filter((request) => !documented.has(request) && !/ \/dev\/| \/v1\//.test(request));
  assert.deepEqual(unwritten, [], "described, and not documented");
  const isGuarded = ([, path, security]) => path.startsWith("/api/v1") && security?.length !== 0;
  for (const [method, path] of described.filter(isGuarded)) {
    const answer = await fetch(runtime.url + path.replace(/\{[^}]*\}/g, "none"), { method });
    assert.equal(answer.status, 401, `${method} ${path}`);
  }
});
