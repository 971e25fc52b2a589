// The other side of web push, for tests: a push service on this machine, and a browser's keys. It
// opens what arrives with node:crypto alone, from RFC 8291, and shares no code with the edge.
import assert from "node:assert/strict";
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";

/** Takes pushes, and answers each path as told, one after the other, then with 201. */
export async function startPushService() {
  const pushes = [];
  const answers = new Map();
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url: path, headers } = request;
    pushes.push({ method, path, headers, body: Buffer.concat(chunks) });
    const answer = answers.get(path)?.shift() ?? 201;
    if (answer === "cut") request.socket.destroy();
    else if (answer !== "hang") response.writeHead(answer, { location: "/elsewhere" }).end();
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    /** Statuses, `"cut"` (the connection breaks) or `"hang"` (no answer). */
    answer: (path, ...told) => answers.set(path, told),
    to: (path) => pushes.filter((push) => push.path === path),
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** What a browser makes when it subscribes. */
export function subscription(endpoint) {
  const pair = createECDH("prime256v1");
  const p256dh = pair.generateKeys("base64url");
  const auth = randomBytes(16);
  return { pair, auth, endpoint, keys: { p256dh, auth: auth.toString("base64url") } };
}

/** The browser's side of RFC 8291 and RFC 8188: gives the payload and how much it was filled up. */
export function decrypt({ pair, auth }, body) {
  const salt = body.subarray(0, 16);
  const recordSize = body.readUInt32BE(16);
  const theirs = body.subarray(21, 21 + body.readUInt8(20));
  const sealed = body.subarray(21 + theirs.length);
  assert.equal(theirs.length, 65);
  assert.ok(sealed.length <= recordSize, "one record");
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), pair.getPublicKey(), theirs]);
  const material = Buffer.from(hkdfSync("sha256", pair.computeSecret(theirs), auth, info, 32));
  const derive = (what, length) =>
    Buffer.from(hkdfSync("sha256", material, salt, Buffer.from(`Content-Encoding: ${what}\0`), length));
  const cipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
  cipher.setAuthTag(sealed.subarray(-16));
  const record = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  const end = record.findLastIndex((byte) => byte !== 0);
  assert.equal(record[end], 2, "the delimiter of the last record");
  return { text: record.subarray(0, end).toString(), record: record.length };
}
