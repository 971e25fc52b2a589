// Requests to programs: a server on this machine takes them, and checks their signature with
// node:crypto alone, by Standard Webhooks 1.0.0. It shares no code with the edge.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { startRuntime, until } from "./harness.mjs";

const SECRET = "a secret of this test";

/** Takes requests, and answers each path as told, one after the other, then with 204. */
async function startReceiver() {
  const requests = [];
  const answers = new Map();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url: path, headers } = request;
    requests.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answers.get(path)?.shift() ?? 204, { location: "/elsewhere" }).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    answer: (path, ...statuses) => answers.set(path, statuses),
    to: (path) => requests.filter((request) => request.path === path),
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

let runtime;
let receiver;
before(async () => {
  [runtime, receiver] = await Promise.all([
    startRuntime({ vars: { REKINDLE_LINK_SECRET: SECRET } }),
    startReceiver(),
  ]);
  await api("POST", "/dev/clock", { now: "2026-11-23T00:00:00Z" });
});
after(() => Promise.all([runtime.stop(), receiver.stop()]));

const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);

/** What the specification says a receiver does: throws unless the request came from here, now. */
function verify({ headers, body }) {
  const key = createHmac("sha256", SECRET).update("webhook").digest();
  const at = headers["webhook-timestamp"];
  assert.ok(Math.abs(Date.now() / 1_000 - Number(at)) < 300, "a request of these minutes");
  const signed = createHmac("sha256", key).update(`${headers["webhook-id"]}.${at}.${body}`).digest("base64");
  assert.equal(headers["webhook-signature"], `v1,${signed}`);
}

/** Publishes a series of one request for those with this plan, and lets one person into it. */
async function call(id, step = {}) {
  await api("PUT", `/series/${id}`, {
    name: id,
    audience: `plan is "${id}"`,
    exit: 'performed "Done"',
    steps: [{ id: "crm", kind: "webhook", url: `${receiver.origin}/${id}`, ...step }],
  });
  await api("POST", `/series/${id}/publish`);
  const answer = await runtime.ingest([
    { type: "identify", userId: `of-${id}`, messageId: id, traits: { plan: id, first_name: "Zoë \"Z\"" } },
  ]);
  assert.equal(answer.status, 200);
  await api("POST", "/dev/clock", { advance: "1ms" });
}

const figures = async (id) => {
  const [{ sent, undelivered }] = (await api("GET", `/series/${id}/report`)).steps;
  return { sent, undelivered };
};

const kept = async (id) => (await api("GET", "/webhooks")).items.filter((request) => request.series === id);

test("a request carries what the step says, and a signature that the receiver can check", async () => {
  await call("lead", {
    method: "PUT",
    headers: { "X-Workspace": "{{ plan }}", "Content-Type": "application/x-www-form-urlencoded" },
    body: "id={{ id | url_encode }}&name={{ first_name | url_encode }}",
  });
  const [request, ...others] = receiver.to("/lead");
  assert.equal(others.length, 0);
  verify(request);
  assert.equal(request.method, "PUT");
  assert.equal(request.headers["x-workspace"], "lead");
  assert.equal(request.headers["content-type"], "application/x-www-form-urlencoded");
  assert.deepEqual(Object.fromEntries(new URLSearchParams(request.body)), { id: "of-lead", name: 'Zoë "Z"' });
  assert.deepEqual(await figures("lead"), { sent: 1, undelivered: 0 });

  const [listed] = await kept("lead");
  assert.deepEqual(
    [listed.person, listed.step, listed.variant, listed.method, listed.url, listed.status, listed.outcome],
    ["of-lead", "crm", null, "PUT", `${receiver.origin}/lead`, 204, "sent"],
  );
  assert.equal(listed.effect, request.headers["webhook-id"]);
  assert.equal(listed.headers["X-Workspace"], "lead");
  assert.equal(listed.body, request.body);
});

test("a receiver that is busy is asked again under the same id; one that refuses is not", async () => {
  receiver.answer("/busy", 503, 429);
  receiver.answer("/shut", 410);
  receiver.answer("/moved", 302);
  await call("busy", { body: "x" });
  const requests = await until(() => receiver.to("/busy").length >= 3 && receiver.to("/busy"), "a third attempt");
  for (const request of requests) {
    verify(request);
    assert.equal(request.headers["content-type"], "application/json");
  }
  assert.equal(new Set(requests.map(({ headers }) => headers["webhook-id"])).size, 1);
  await until(async () => (await figures("busy")).sent === 1, "the receipt");

  for (const [id, status] of [["shut", 410], ["moved", 302]]) {
    await call(id, { method: "GET" });
    assert.equal(receiver.to(`/${id}`).length, 1);
    verify(receiver.to(`/${id}`)[0]);
    assert.deepEqual(await figures(id), { sent: 0, undelivered: 1 });
    const [listed] = await kept(id);
    assert.deepEqual([listed.status, listed.outcome], [status, `undelivered: the receiver answered ${status}`]);
  }
  assert.equal(receiver.to("/elsewhere").length, 0, "where a redirect leads was not looked at");
});

test("a receiver that stays in trouble is given up, and gets the request when someone tries again", async () => {
  receiver.answer("/down", ...Array(60).fill(500));
  await call("down", { body: "x" });
  const attempts = receiver.to("/down").length;
  assert.ok(attempts > 2 && attempts < 20, `${attempts} attempts`);
  assert.deepEqual(await figures("down"), { sent: 0, undelivered: 1 });
  const { items } = await api("GET", "/dead-letters");
  const letter = items.find(({ series }) => series === "down");
  assert.match(letter.reason, /the receiver answered 500 \(tried \d+ times\)$/);
  receiver.answer("/down");
  await api("POST", `/dead-letters/${letter.effect}/replay`);
  await api("POST", "/dev/clock", { advance: "1ms" });
  assert.equal(receiver.to("/down").length, attempts + 1);
  assert.equal((await figures("down")).sent, 1);
});

test("a request that is tried again waits while its series stands still", async () => {
  receiver.answer("/still", ...Array(50).fill(503));
  const called = call("still", { body: "x" });
  await until(() => receiver.to("/still").length > 0, "the first attempt");
  await api("POST", "/series/still/pause");
  await called;
  const attempts = receiver.to("/still").length;
  const { items } = await api("GET", "/series/still/overdue");
  assert.deepEqual(items.map(({ step, people }) => [step, people]), [["crm", 1]]);
  await api("POST", "/dev/clock", { advance: "1h" });
  assert.equal(receiver.to("/still").length, attempts, "nothing leaves in the pause");

  receiver.answer("/still");
  await api("POST", "/series/still/resume");
  await api("POST", "/dev/clock", { advance: "1ms" });
  assert.equal(receiver.to("/still").length, attempts + 1);
  assert.deepEqual(await figures("still"), { sent: 1, undelivered: 0 });
  assert.deepEqual((await api("GET", "/series/still/overdue")).items, []);
});
