// Mail servers for tests: Nodemailer's, which is a real one, and one that follows a script, for
// what no sound server does. And what a receiver does with a signature: RFC 6376 from its text.
import assert from "node:assert/strict";
import { createHash, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

import { SMTPServer } from "smtp-server";

const pem = (name) => fileURLToPath(new URL(`../data/tls/localhost.${name}.pem`, import.meta.url));
/** What the runtime has to trust (`NODE_EXTRA_CA_CERTS`) so that it believes these servers. */
export const CERTIFICATE = pem("cert");

const listen = (server) =>
  new Promise((done) => {
    const listening = server.listen(0, "127.0.0.1", () => done((listening ?? server).address().port));
  });

/**
 * A mail server with TLS. It refuses as told: `refuse(address, "RCPT", "450 try later")`, once for
 * each time that it is told; a phase is `MAIL`, `RCPT` or `DATA`.
 */
export async function startMailServer({ user, password, ...options }) {
  const mails = [];
  const logins = [];
  const refusals = new Map();
  const verdict = (address, phase) => {
    const told = refusals.get(`${phase} ${address}`)?.shift();
    if (told === undefined) return undefined;
    const [, code, words] = /^(\d{3}) (.*)$/.exec(told);
    return Object.assign(new Error(words), { responseCode: Number(code) });
  };
  const server = new SMTPServer({
    key: readFileSync(pem("key")),
    cert: readFileSync(CERTIFICATE),
    ...options,
    onAuth: (auth, session, done) => {
      logins.push({ method: auth.method, secure: session.secure });
      const known = auth.username === user && auth.password === password;
      done(known ? null : Object.assign(new Error("who are you"), { responseCode: 535 }), { user });
    },
    onRcptTo: ({ address }, session, done) => done(verdict(address, "RCPT")),
    onData: (stream, { envelope, secure, hostNameAppearsAs }, done) => {
      const chunks = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        const refused = verdict(to[0], "DATA");
        if (!refused) mails.push({ from: envelope.mailFrom, to, secure, hello: hostNameAppearsAs, raw: Buffer.concat(chunks) });
        done(refused);
      });
    },
  });
  server.on("error", () => {});
  const port = await new Promise((done) => {
    server.listen(0, "127.0.0.1", () => done(server.server.address().port));
  });
  return {
    port,
    mails,
    logins,
    to: (address) => mails.filter((mail) => mail.to.includes(address)),
    refuse: (address, phase, ...told) => refusals.set(`${phase} ${address}`, told),
    stop: () => new Promise((done) => server.close(done)),
  };
}

/**
 * A server that follows a script for each connection: `script(line, say, socket)` is called with
 * `null` at the start and with each line after it.
 */
export async function startScripted() {
  const scripts = [];
  const sockets = new Set();
  const world = { connections: 0, lines: [] };
  const server = createServer((socket) => {
    world.connections += 1;
    sockets.add(socket);
    const script = scripts.shift();
    const say = (text) => socket.write(`${text}\r\n`);
    let left = "";
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      left += chunk;
      for (let end = left.indexOf("\r\n"); end >= 0; end = left.indexOf("\r\n")) {
        const line = left.slice(0, end);
        left = left.slice(end + 2);
        world.lines.push(line);
        script(line, say, socket);
      }
    });
    script(null, say, socket);
  });
  const port = await listen(server);
  return Object.assign(world, {
    port,
    /** One script for each of the next connections. */
    follow: (...told) => {
      world.connections = 0;
      world.lines.length = 0;
      scripts.push(...told);
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(done));
    },
  });
}

/** Verifies the DKIM signature of a message with a public key; gives its tags. */
export function verifyDkim(raw, publicKey) {
  const text = raw.toString("latin1");
  const end = text.indexOf("\r\n\r\n");
  const fields = text.slice(0, end).split(/\r\n(?![ \t])/).map((field) => {
    const colon = field.indexOf(":");
    return { name: field.slice(0, colon).trim().toLowerCase(), value: field.slice(colon + 1) };
  });
  const relaxed = ({ name, value }) => `${name}:${value.replace(/\r\n/g, "").replace(/[ \t]+/g, " ").trim()}`;
  const signature = fields.find(({ name }) => name === "dkim-signature");
  const tags = Object.fromEntries(
    signature.value.split(";").map((tag) => {
      const [, name, value] = /^\s*(\w+)\s*=([^]*)$/.exec(tag);
      return [name, value.replace(/\s+/g, "")];
    }),
  );
  const body = text.slice(end + 4).replace(/[ \t]+(?=\r\n)/g, "").replace(/[ \t]+/g, " ").replace(/(\r\n)*$/, "\r\n");
  assert.equal(tags.bh, createHash("sha256").update(body, "latin1").digest("base64"), "the body is what was signed");
  const left = fields.filter((field) => field !== signature);
  const signed = tags.h.split(":").flatMap((name) => {
    const place = left.findLastIndex((field) => field.name === name.toLowerCase());
    return place < 0 ? [] : left.splice(place, 1).map(relaxed);
  });
  const unsigned = { name: signature.name, value: signature.value.replace(/(;\s*b=)[^;]*/, "$1") };
  const hashed = Buffer.from([...signed, relaxed(unsigned)].join("\r\n"), "latin1");
  const b = Buffer.from(tags.b, "base64");
  const valid =
    tags.a === "ed25519-sha256"
      ? verify(null, createHash("sha256").update(hashed).digest(), publicKey, b)
      : verify("sha256", hashed, publicKey, b);
  assert.ok(valid, "the signature holds");
  return tags;
}
