// Cloudflare Access in front of the console: a program on this machine hands out the keys of the team, as
// Access does, and tokens are signed with them by Node.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createSign, createHmac, generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

const AUDIENCE = "a-tag-of-64-letters";
const rsa = (kid) => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" }, pem: publicKey.export({ format: "pem", type: "spki" }) };
};
const [first, second, theirs] = ["first", "second", "first"].map(rsa);
const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");

let keys = [first];
let asked = 0;
let isUp = true;
const server = createServer((request, response) => {
  asked += 1;
  if (!isUp || request.url !== "/cdn-cgi/access/certs") return response.writeHead(500).end();
  response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk), public_certs: [] }));
});
let team;
let runtime;
before(async () => {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  team = `http://127.0.0.1:${server.address().port}`;
  runtime = await startRuntime({
    vars: {
      REKINDLE_ACCESS_TEAM: team,
      REKINDLE_ACCESS_AUDIENCE: AUDIENCE,
      REKINDLE_ACCESS_ROLES: "ada@shop.example=admin, *@shop.example=editor, ci.access=viewer",
    },
  });
});
after(async () => {
  await runtime?.stop();
  server.close();
});

const now = () => Math.floor(Date.now() / 1000);
function token(claims, { key = first, head = {} } = {}) {
  const signed = `${part({ alg: "RS256", kid: key.kid, typ: "JWT", ...head })}.${part({ aud: [AUDIENCE], iss: team, iat: now(), nbf: now() - 1, exp: now() + 60, ...claims })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key.privateKey, "base64url")}`;
}
const ada = { email: "ada@shop.example" };
async function ask(method, path, { jwt, ...headers } = {}, body) {
  const answer = await fetch(`${runtime.url}/api/v1${path}`, {
    method,
    headers: { ...(jwt && { "cf-access-jwt-assertion": jwt }), ...headers },
    body: body && JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

test("whom Access lets in has the role that the deployment says, and their name in the audit log", async () => {
  for (const [claims, name, role] of [
    [ada, "ada@shop.example", "admin"],
    [{ email: "bob@shop.example", aud: AUDIENCE }, "bob@shop.example", "editor"],
    [{ common_name: "ci.access", sub: "" }, "ci.access", "viewer"],
  ]) {
    const { status, body } = await ask("GET", "/me", { jwt: token(claims) });
    assert.deepEqual([status, body.name, body.role, body.via], [200, name, role, "access"]);
  }
  const stranger = await ask("GET", "/me", { jwt: token({ email: "eve@elsewhere.example" }) });
  assert.equal(stranger.status, 403);
  assert.match(stranger.body.detail, /add it to REKINDLE_ACCESS_ROLES/);
  assert.equal(asked, 1, "the keys are asked for once");
});

test("a write needs what another site cannot read, of a person and not of a program", async () => {
  const jwt = token(ada);
  const { csrf } = (await ask("GET", "/me", { jwt })).body;
  const put = (headers) => ask("PUT", "/segments/vip", headers, { name: "VIP", rule: "vip is true" });
  assert.equal((await put({ jwt })).status, 403);
  assert.equal((await put({ jwt, "x-csrf-token": "guessed" })).status, 403);
  assert.equal((await put({ jwt: token({ email: "bob@shop.example" }), "x-csrf-token": csrf })).status, 403, "of another person");
  assert.equal((await put({ jwt, "x-csrf-token": csrf })).status, 200);
  // A new token of the same person: the page that is open goes on.
  assert.equal((await put({ jwt: token({ ...ada, exp: now() + 120 }), "x-csrf-token": csrf })).status, 200);
  const { items } = (await ask("GET", "/audit", { jwt })).body;
  assert.deepEqual([items[0].by, items[0].action, items[0].id], ["ada@shop.example", "put", "vip"]);
  assert.equal((await ask("PUT", "/segments/vip", { jwt: token({ common_name: "ci.access" }) }, {})).status, 403, "a viewer");
});

test("a token that Access did not sign for this application does not count", async () => {
  const good = token(ada);
  const [head, claims, signature] = good.split(".");
  const hmac = `${part({ alg: "HS256", kid: "first" })}.${claims}`;
  for (const [what, jwt] of [
    ["another key under the same id", token(ada, { key: theirs })],
    ["another audience", token({ ...ada, aud: ["another"] })],
    ["another team", token({ ...ada, iss: "https://evil.cloudflareaccess.com" })],
    ["over", token({ ...ada, exp: now() - 1 })],
    ["to come", token({ ...ada, nbf: now() + 600 })],
    ["no algorithm", `${part({ alg: "none", kid: "first" })}.${claims}.`],
    ["the public key as a secret", `${hmac}.${createHmac("sha256", first.pem).update(hmac).digest("base64url")}`],
    ["claims that were changed", `${head}.${part({ ...ada, aud: AUDIENCE, iss: team, exp: now() + 60 })}.${signature}`],
    ["no one", token({})],
    ["no token", "abc"],
    ["too long", `${head}.${"a".repeat(20_000)}.${signature}`],
  ]) {
    assert.equal((await ask("GET", "/me", { jwt })).status, 401, what);
  }
  assert.equal((await ask("GET", "/me", { jwt: good })).status, 200);
  assert.equal((await ask("GET", "/me")).status, 401, "passed by");
});

test("tokens of a new key count at once, and the known ones while the team cannot be reached", async () => {
  keys = [first, second];
  assert.equal((await ask("GET", "/me", { jwt: token(ada, { key: second }) })).status, 200);
  isUp = false;
  for (const key of [first, second]) assert.equal((await ask("GET", "/me", { jwt: token(ada, { key }) })).status, 200, key.kid);
  assert.equal((await ask("GET", "/me", { jwt: token(ada, { head: { kid: "third" } }) })).status, 401);
});

test("where Access is not set up its header means nothing", async () => {
  const plain = await startRuntime();
  try {
    const answer = await fetch(`${plain.url}/api/v1/me`, { headers: { "cf-access-jwt-assertion": token(ada) } });
    assert.equal(answer.status, 401);
  } finally {
    await plain.stop();
  }
});
