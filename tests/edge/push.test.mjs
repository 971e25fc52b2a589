// Web push: a program on this machine is the push service, and this test is the browser. It checks
// what arrives with node:crypto alone, and shares no code with the edge.
import assert from "node:assert/strict";
import { createECDH, createPublicKey, verify } from "node:crypto";
import { after, before, test } from "node:test";

import { WRITE_KEY, startRuntime } from "./harness.mjs";
import { decrypt, startPushService, subscription } from "./push-service.mjs";

const START = "2026-11-23T00:00:00Z";
const DAY_S = 24 * 60 * 60;
const CLICK = "https://shop.example/sale";

let runtime;
let service;
before(async () => {
  [runtime, service] = await Promise.all([startRuntime(), startPushService()]);
  await runtime.api("POST", "/api/v1/dev/clock", { now: START });
});
after(() => Promise.all([runtime.stop(), service.stop()]));

const fromBase64 = (text) => Buffer.from(text, "base64url");

/** A browser's subscription at a path of the push service. */
const subscribe = (path, origin = service.origin) => ({ path, ...subscription(origin + path) });

/** RFC 8292: throws unless the header is signed with the key; gives the claims. */
function checkVapid(authorization, publicKey) {
  const [, token, k] = /^vapid t=([\w-]+\.[\w-]+\.[\w-]+), k=([\w-]+)$/.exec(authorization);
  assert.equal(k, publicKey);
  const point = fromBase64(publicKey);
  const half = (from) => point.subarray(from, from + 32).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: half(1), y: half(33) };
  const [header, claims, signature] = token.split(".");
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  assert.ok(verify("sha256", Buffer.from(`${header}.${claims}`), key, fromBase64(signature)), "signed");
  assert.deepEqual(JSON.parse(fromBase64(header)), { typ: "JWT", alg: "ES256" });
  return JSON.parse(fromBase64(claims));
}

const pushKey = async () => (await fetch(`${runtime.url}/v1/push-key`)).text();

/** One with these devices, who has just done what the series of the same name waits for. */
async function person(id, devices, traits = {}) {
  const answer = await runtime.ingest([
    { type: "identify", userId: id, messageId: `${id}-i`, traits: { name: "Ada", ...traits } },
    ...devices.map(({ endpoint, keys }, n) => ({
      type: "subscribe", userId: id, messageId: `${id}-s${n}`, endpoint, keys,
    })),
    { type: "track", event: `Left ${id}`, userId: id, messageId: `${id}-t` },
  ]);
  assert.equal(answer.status, 200, await answer.text());
}

/** Publishes a series of one push an hour after the event, and lets the hour pass. */
async function push(id, step = {}) {
  await runtime.api("PUT", `/api/v1/segments/${id}`, { name: id, rule: `performed "Left ${id}"` });
  await runtime.api("PUT", `/api/v1/series/${id}`, {
    name: id,
    audience: { segment: id },
    exit: 'performed "Bought"',
    steps: [
      { id: "nudge", kind: "push", delay: "1h", title: "Hi {{ name }}", body: "10 % — nur für dich 🎁", url: CLICK, ...step },
    ],
  });
  await runtime.api("POST", `/api/v1/series/${id}/publish`);
  return runtime.api("POST", "/api/v1/dev/clock", { advance: "1h" });
}

const devicesOf = async (id) => (await runtime.api("GET", `/api/v1/people/${id}`)).devices.length;

/** What was decided for a person: the kept pushes, and the report's counts of the one step. */
async function decided(id) {
  const { items } = await runtime.api("GET", "/api/v1/pushes?limit=100");
  const [{ sent, undelivered }] = (await runtime.api("GET", `/api/v1/series/${id}/report`)).steps;
  return { kept: items.filter((push) => push.person === id), sent, undelivered };
}

async function assertUndelivered(id, reason) {
  const { kept, sent, undelivered } = await decided(id);
  assert.equal(kept.length, 1);
  assert.match(kept[0].outcome, reason);
  assert.deepEqual({ sent, undelivered }, { sent: 0, undelivered: 1 });
}

test("the independent decryption opens the example of RFC 8291", () => {
  const pair = createECDH("prime256v1");
  pair.setPrivateKey("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", "base64url");
  const message = fromBase64(
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz" +
      "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
  );
  const { text } = decrypt({ pair, auth: fromBase64("BTBZMqHH6r4Tts7J_aSIgg") }, message);
  assert.equal(text, "When I grow up, I want to be a watermelon");
});

test("the key is one, made on first use, readable by any page, and kept", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(`${runtime.url}/v1/push-key`)));
  const keys = new Set(await Promise.all(answers.map((answer) => answer.text())));
  assert.equal(keys.size, 1);
  const [key] = keys;
  assert.equal(fromBase64(key).length, 65);
  assert.equal(fromBase64(key)[0], 4);
  assert.equal(fromBase64(key).toString("base64url"), key);
  const { headers } = answers[0];
  assert.equal(headers.get("access-control-allow-origin"), "*");
  assert.match(headers.get("content-type"), /^text\/plain/);
  assert.match(headers.get("cache-control"), /^public, max-age=\d+$/);
  await runtime.restart();
  assert.equal(await pushKey(), key);
});

test("a push arrives encrypted, signed and once", async () => {
  const device = subscribe("/ada");
  await person("ada", [device]);
  await push("ada");

  const pushes = service.to("/ada");
  assert.equal(pushes.length, 1);
  const [{ method, headers, body }] = pushes;
  assert.equal(method, "POST");
  assert.equal(headers["content-encoding"], "aes128gcm");
  assert.equal(headers.ttl, String(DAY_S));
  assert.equal(headers.urgency, "normal");
  assert.match(headers.topic, /^[\w-]{1,32}$/);

  const claims = checkVapid(headers.authorization, await pushKey());
  assert.equal(claims.aud, service.origin);
  const life = claims.exp - Date.now() / 1_000;
  assert.ok(life > 0 && life <= DAY_S, `${life} s`);
  assert.match(claims.sub, /^(mailto:|https?:)/);

  const { kept, sent } = await decided("ada");
  assert.equal(sent, 1);
  assert.equal(kept.length, 1);
  const [{ effect, to, title, outcome }] = kept;
  assert.deepEqual({ to, title, outcome }, { to: device.endpoint, title: "Hi Ada", outcome: "sent" });
  assert.ok(!headers.topic.includes(effect), "the effect's id is the device's to know");

  const { text, record } = decrypt(device, body);
  assert.deepEqual(JSON.parse(text), {
    title: "Hi Ada",
    body: "10 % — nur für dich 🎁",
    url: CLICK,
    image: null,
    actions: [],
    effect,
    api: runtime.url,
    key: WRITE_KEY,
  });
  assert.equal(record % 128, 0, "the length says little");
  assert.ok(!body.includes("Ada"));

  const reaction = { type: "reaction", effect, kind: "clicked", messageId: `${effect}-clicked` };
  assert.equal((await runtime.ingest([reaction])).status, 200);
  const report = await runtime.api("GET", "/api/v1/series/ada/report");
  assert.equal(report.steps[0].clicked, 1);
});

test("a picture and buttons travel along", async () => {
  const device = subscribe("/buttons");
  await person("buttons", [device]);
  const image = "https://shop.example/garden.jpg";
  await push("buttons", { image, actions: [{ label: "Yes, {{ name }}", url: `${CLICK}?yes` }, { label: "No", url: `${CLICK}?no` }] });
  const [{ body }] = service.to("/buttons");
  const { image: shown, actions } = JSON.parse(decrypt(device, body).text);
  assert.equal(shown, image);
  assert.deepEqual(actions, [{ label: "Yes, Ada", url: `${CLICK}?yes` }, { label: "No", url: `${CLICK}?no` }]);
});

test("every device gets it under keys of its own", async () => {
  const devices = [subscribe("/two/phone"), subscribe("/two/desk")];
  await person("two", devices);
  await push("two");
  const [phone, desk] = devices.map(({ path }) => service.to(path));
  assert.deepEqual([phone.length, desk.length], [1, 1]);
  const texts = devices.map((device) => decrypt(device, service.to(device.path)[0].body).text);
  assert.equal(texts[0], texts[1]);
  assert.notDeepEqual(phone[0].body.subarray(0, 86), desk[0].body.subarray(0, 86), "salt and key");
  assert.equal((await decided("two")).sent, 1);
});

test("a device that is gone is forgotten, the other one stays", async () => {
  const [gone, here] = [subscribe("/gone/old"), subscribe("/gone/new")];
  service.answer(gone.path, 410);
  await person("gone", [gone, here]);
  assert.equal(await devicesOf("gone"), 2);
  await push("gone");
  assert.equal(await devicesOf("gone"), 1);
  assert.equal((await decided("gone")).sent, 1);
});

test("without a device left nothing is delivered, and the report says so", async () => {
  const gone = subscribe("/last");
  service.answer(gone.path, 404);
  await person("last", [gone]);
  await push("last");
  assert.equal(await devicesOf("last"), 0);
  await assertUndelivered("last", /^undelivered: no device takes push notifications$/);

  await person("never", []);
  await push("never");
  await assertUndelivered("never", /^undelivered: no device takes push notifications$/);
  assert.equal((await decided("never")).kept[0].to, null);
});

test("a push service that is busy is asked again, and the report counts once", async () => {
  const device = subscribe("/busy");
  service.answer(device.path, 503, 429);
  await person("busy", [device]);
  await push("busy");
  const pushes = service.to("/busy");
  assert.equal(pushes.length, 3);
  assert.equal(new Set(pushes.map(({ headers }) => headers.topic)).size, 1, "one replaces the other");
  assert.equal(new Set(pushes.map(({ body }) => decrypt(device, body).text)).size, 1);
  const { kept, sent, undelivered } = await decided("busy");
  assert.deepEqual({ kept: kept.length, sent, undelivered }, { kept: 1, sent: 1, undelivered: 0 });
});

test("a connection that breaks is made again", async () => {
  service.answer("/cut", "cut");
  await person("cut", [subscribe("/cut")]);
  await push("cut");
  assert.equal(service.to("/cut").length, 2);
  assert.equal((await decided("cut")).sent, 1);
});

test("one that hangs holds no one up for long when another device took it", async () => {
  const [stuck, prompt] = [subscribe("/hang"), subscribe("/prompt")];
  service.answer(stuck.path, "hang");
  await person("hang", [stuck, prompt]);
  const begun = Date.now();
  await push("hang");
  assert.ok(Date.now() - begun < 15_000);
  assert.deepEqual([service.to("/hang").length, service.to("/prompt").length], [1, 1]);
  assert.equal((await decided("hang")).sent, 1);
});

test("what a push service refuses is not tried again, and redirects are not followed", async () => {
  for (const [id, status, reason] of [
    ["long", 413, /shorten its text/],
    ["denied", 403, /answered 403/],
    ["moved", 307, /answered 307/],
  ]) {
    service.answer(`/${id}`, status);
    await person(id, [subscribe(`/${id}`)]);
    await push(id);
    assert.equal(service.to(`/${id}`).length, 1, id);
    await assertUndelivered(id, reason);
    assert.equal(await devicesOf(id), 1);
  }
  assert.equal(service.to("/elsewhere").length, 0);
});

test("the longest text that fits arrives, one more byte does not", async () => {
  const step = { title: "Hi", body: "{{ essay }}" };
  const frame = { title: "Hi", body: "", url: CLICK, image: null, actions: [], effect: "0".repeat(32), api: runtime.url, key: WRITE_KEY };
  const room = 3_993 - JSON.stringify(frame).length;
  const device = subscribe("/fits");
  await person("fits", [device], { essay: "x".repeat(room) });
  await push("fits", step);
  const [{ body }] = service.to("/fits");
  assert.equal(body.length, 4_096);
  assert.equal(JSON.parse(decrypt(device, body).text).body.length, room);

  await person("over", [subscribe("/over")], { essay: "x".repeat(room + 1) });
  await push("over", step);
  assert.equal(service.to("/over").length, 0);
  await assertUndelivered("over", /has 3994 bytes, and a push at most 3993/);
});

test("keys that nothing can be encrypted for are forgotten", async () => {
  const offCurve = subscribe("/off-curve");
  offCurve.keys.p256dh = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString("base64url");
  const shortSecret = subscribe("/short-secret");
  shortSecret.keys.auth = "AAAA";
  await person("broken", [offCurve, shortSecret]);
  await push("broken");
  assert.equal(service.to("/off-curve").length + service.to("/short-secret").length, 0);
  assert.equal(await devicesOf("broken"), 0);
  await assertUndelivered("broken", /no device/);
});

test("an endpoint that leads inside a network is never asked, and forgotten", async () => {
  await person("inside", [subscribe("/x", "https://169.254.169.254"), subscribe("/x", "https://db.internal")]);
  await push("inside");
  assert.equal(await devicesOf("inside"), 0);
  await assertUndelivered("inside", /no device/);
});
