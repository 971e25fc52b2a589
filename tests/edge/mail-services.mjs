// The other side of mail, for tests: a program on this machine that answers as a provider's API
// does, and what every mail test does to a person. It shares no code with the edge.
import assert from "node:assert/strict";
import { createServer } from "node:http";

export const START = "2026-11-23T00:00:00Z";
export const FROM = "Blüte & Co. <hello@shop.example>";

/**
 * A provider's API. Answers each address as told, one answer after the other, then with `usual`.
 * An answer is `{ status, headers, json }`, `"cut"` (the connection breaks), `"hang"` (there is
 * none) or `"half"` (it breaks off in the middle of the body).
 *
 * @param {(body: any) => string} addressOf whom a request is for
 * @param {{ status: number, json: object } | (() => object)} usual
 */
export async function startApi(addressOf, usual) {
  const requests = [];
  const answers = new Map();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url: path, headers } = request;
    const text = Buffer.concat(chunks).toString();
    const body = JSON.parse(text);
    const to = addressOf(body);
    requests.push({ to, method, path, headers, text, body, at: Date.now() });
    const answer = answers.get(to)?.shift() ?? (typeof usual === "function" ? usual() : usual);
    if (answer === "cut") return request.socket.destroy();
    if (answer === "hang") return;
    if (answer === "half") {
      response.writeHead(200, { "content-type": "application/json", "content-length": 100 });
      response.write('{"id"');
      return setTimeout(() => request.socket.destroy(), 50);
    }
    const { status, headers: told, json } = answer;
    response.writeHead(status, { "content-type": "application/json", ...told }).end(JSON.stringify(json));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    answer: (to, ...told) => answers.set(to, told),
    to: (address) => requests.filter((request) => request.to === address),
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

export const addressOf = (id) => `${id}@example.com`;

/** Publishes a series of one mail an hour after `Left {id}`, which this person has just done. */
export async function arrange(runtime, id, step = {}, traits = {}) {
  const answer = await runtime.ingest([
    { type: "identify", userId: id, messageId: `${id}-i`, traits: { email: addressOf(id), name: "Ada", ...traits } },
    { type: "track", event: `Left ${id}`, userId: id, messageId: `${id}-t` },
  ]);
  assert.equal(answer.status, 200, await answer.text());
  await runtime.api("PUT", `/api/v1/series/${id}`, {
    name: id,
    audience: { rule: `performed "Left ${id}"` },
    exit: 'performed "Bought"',
    steps: [
      {
        id: "mail",
        kind: "email",
        delay: "1h",
        subject: "{{ name }}: 10 % — nur für dich 🎁",
        body: "Hallo {{ name }},\n\n[zum Laden](https://shop.example/sale?a=1&b=2)\n\n.\n\nTschüß",
        ...step,
      },
    ],
  });
  await runtime.api("POST", `/api/v1/series/${id}/publish`);
}

/** Lets the hour pass; comes back when everything has left. */
export const anHourLater = (runtime) => runtime.api("POST", "/api/v1/dev/clock", { advance: "1h" });

export async function mail(runtime, id, step, traits) {
  await arrange(runtime, id, step, traits);
  await anHourLater(runtime);
}

/** The report's counts of the one step, and what the mailbox kept. */
export async function decided(runtime, id) {
  const [{ sent, undelivered }] = (await runtime.api("GET", `/api/v1/series/${id}/report`)).steps;
  const { items } = await runtime.api("GET", "/api/v1/mailbox?limit=100");
  const kept = items.filter((item) => item.person === id);
  return { sent, undelivered, kept };
}

export async function assertSent(runtime, id) {
  const { sent, undelivered, kept } = await decided(runtime, id);
  assert.deepEqual({ sent, undelivered }, { sent: 1, undelivered: 0 }, JSON.stringify(kept));
  assert.equal(kept.length, 0, "what a provider took is not kept here");
}

export async function assertUndelivered(runtime, id, reason) {
  const { sent, undelivered, kept } = await decided(runtime, id);
  assert.deepEqual({ sent, undelivered }, { sent: 0, undelivered: 1 });
  assert.equal(kept.length, 1);
  assert.match(kept[0].outcome, reason);
}
