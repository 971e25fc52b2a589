// Mail over SMTP: against a mail server that others wrote, with real TLS, and against one that does
// what no sound server does. Messages are read with a parser of others, signatures with node:crypto.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { simpleParser } from "mailparser";

import { startRuntime } from "./harness.mjs";
import { CERTIFICATE, startMailServer, startScripted, verifyDkim } from "./mail-server.mjs";
import {
  FROM, START, addressOf, anHourLater, arrange, assertSent, assertUndelivered, mail,
} from "./mail-services.mjs";

const LOGIN = { user: "hello@shop.example", password: "p@ss:w/rd" };
const USERINFO = [LOGIN.user, LOGIN.password].map(encodeURIComponent).join(":");

const privateKey = ({ privateKey: key }) => key.export({ type: "pkcs8", format: "pem" });

/** A runtime that hands its mails to this server, which it trusts unless told otherwise. */
async function startWith(url, vars = {}, trust = true) {
  if (trust) process.env.NODE_EXTRA_CA_CERTS = CERTIFICATE;
  else delete process.env.NODE_EXTRA_CA_CERTS;
  const runtime = await startRuntime({
    vars: { REKINDLE_MAIL_PROVIDER: "smtp", REKINDLE_SMTP_URL: url, REKINDLE_MAIL_FROM: FROM, ...vars },
  });
  await runtime.api("POST", "/api/v1/dev/clock", { now: START });
  return runtime;
}

describe("TLS from the first byte, AUTH PLAIN, an RSA signature", () => {
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let server;
  let runtime;
  before(async () => {
    server = await startMailServer({ secure: true, ...LOGIN });
    runtime = await startWith(`smtps://${USERINFO}@localhost:${server.port}`, {
      REKINDLE_DKIM_SELECTOR: "s1",
      REKINDLE_DKIM_KEY: privateKey(keys),
    });
  });
  after(() => Promise.all([runtime?.stop(), server?.stop()]));

  test("the mail arrives as it was written, signed", async () => {
    await mail(runtime, "ada");
    const [{ from, secure, hello, raw }, ...more] = server.to(addressOf("ada"));
    assert.equal(more.length, 0);
    assert.deepEqual(server.logins.at(-1), { method: "PLAIN", secure: true });
    assert.deepEqual([from.address, secure, hello], ["hello@shop.example", true, "shop.example"]);

    const parsed = await simpleParser(raw);
    assert.equal(parsed.subject, "Ada: 10 % — nur für dich 🎁");
    assert.deepEqual(parsed.from.value, [{ name: "Blüte & Co.", address: "hello@shop.example" }]);
    assert.deepEqual(parsed.to.value, [{ name: "", address: addressOf("ada") }]);
    assert.equal(parsed.date.toISOString(), "2026-11-23T01:00:00.000Z");
    assert.match(parsed.messageId, /^<[0-9a-f]{32}@shop\.example>$/);
    assert.match(parsed.text, /^Hallo Ada,[^]*\n\.\n[^]*Tschüß[^]*Unsubscribe: http/, "a dot alone on its line stays");
    assert.match(parsed.html, /<p[^>]*>Tschüß<\/p>/);

    const tags = verifyDkim(raw, keys.publicKey);
    assert.deepEqual([tags.a, tags.c, tags.d, tags.s], ["rsa-sha256", "relaxed/relaxed", "shop.example", "s1"]);
    const signed = tags.h.split(":");
    for (const name of ["from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post"]) {
      assert.ok(signed.includes(name), name);
    }
    const forged = Buffer.from(raw.toString("latin1").replace("Hallo Ada", "Hallo Eve"), "latin1");
    assert.throws(() => verifyDkim(forged, keys.publicKey), /the body is what was signed/);
    const second = Buffer.concat([Buffer.from("Subject: another\r\n"), raw]);
    assert.throws(() => verifyDkim(second, keys.publicKey), /the signature holds/);
    await assertSent(runtime, "ada");
  });

  test("long texts, long lines and other scripts come through", async () => {
    const essay = `${"wörter und ".repeat(3_000)}\n${"x".repeat(5_000)}\n.leading dot`;
    const title = "日本語の件名 ".repeat(30).trim();
    await mail(runtime, "long", { subject: title, body: essay });
    const [{ raw }] = server.to(addressOf("long"));
    const lines = raw.toString("latin1").split("\r\n");
    assert.ok(lines.every((line) => line.length <= 998), "RFC 5322, section 2.1.1");
    const parsed = await simpleParser(raw);
    assert.equal(parsed.subject, title);
    assert.ok(parsed.text.includes("x".repeat(5_000)));
    assert.ok(parsed.text.includes("\n.leading dot"));
    verifyDkim(raw, keys.publicKey);
  });

  test("4xx is asked again, 5xx is final, and each mail is judged alone", async () => {
    server.refuse(addressOf("greylisted"), "RCPT", "450 4.7.1 greylisted", "451 4.7.1 greylisted");
    server.refuse(addressOf("unknown"), "RCPT", "550 5.1.1 no such user here");
    server.refuse(addressOf("spam"), "DATA", "554 5.7.1 this looks like spam");
    for (const id of ["greylisted", "unknown", "spam", "fine"]) await arrange(runtime, id);
    await anHourLater(runtime);
    for (const id of ["greylisted", "fine"]) {
      assert.equal(server.to(addressOf(id)).length, 1, id);
      await assertSent(runtime, id);
    }
    await assertUndelivered(runtime, "unknown", /^undelivered: localhost answered 550 .*no such user here$/);
    await assertUndelivered(runtime, "spam", /^undelivered: localhost answered 554 .*this looks like spam$/);
  });

  test("addresses with a plus and in other scripts", async () => {
    await arrange(runtime, "plus", {}, { email: "ada+news@example.com" });
    await mail(runtime, "script", {}, { email: "用户@例子.example" });
    assert.equal(server.to("ada+news@example.com").length, 1);
    // The server shows domains as people write them; on the wire they are ASCII.
    const [{ raw }] = server.to("用户@例子.example");
    assert.match(raw.toString(), /^To: <?用户@xn--fsqu00a\.example>?\r$/m);
    verifyDkim(raw, keys.publicKey);
    await assertSent(runtime, "script");
  });
});

describe("STARTTLS, AUTH LOGIN, an Ed25519 signature", () => {
  const keys = generateKeyPairSync("ed25519");
  let server;
  let runtime;
  before(async () => {
    server = await startMailServer({ ...LOGIN, authMethods: ["LOGIN"] });
    runtime = await startWith(`smtp://${USERINFO}@localhost:${server.port}`, {
      REKINDLE_DKIM_SELECTOR: "ed",
      REKINDLE_DKIM_KEY: privateKey(keys),
    });
  });
  after(() => Promise.all([runtime?.stop(), server?.stop()]));

  test("the password and the mail travel under TLS only", async () => {
    await mail(runtime, "ada");
    const [{ secure, raw }] = server.to(addressOf("ada"));
    assert.deepEqual(server.logins, [{ method: "LOGIN", secure: true }]);
    assert.equal(secure, true);
    const tags = verifyDkim(raw, keys.publicKey);
    assert.deepEqual([tags.a, tags.s], ["ed25519-sha256", "ed"]);
    await assertSent(runtime, "ada");
  });
});

describe("servers that must not get a mail", () => {
  let server;
  before(async () => {
    server = await startMailServer({ ...LOGIN });
  });
  after(() => server?.stop());

  async function never(url, id, reason, trust) {
    const runtime = await startWith(url, {}, trust);
    try {
      await mail(runtime, id);
      await assertUndelivered(runtime, id, reason);
      assert.equal(server.mails.length, 0);
    } finally {
      await runtime.stop();
    }
  }

  test("one that does not believe the password: the account is to blame, and it says so", () =>
    never(`smtp://eve:wrong@localhost:${server.port}`, "eve", /localhost: 535 .*\(tried \d+ times\)$/));

  test("one whose certificate nobody vouches for never sees the password", async () => {
    const before = server.logins.length;
    await never(`smtp://${USERINFO}@localhost:${server.port}`, "unvouched", /localhost broke off/, false);
    assert.equal(server.logins.length, before);
  });

  test("one that offers no STARTTLS, though it should", async () => {
    const plain = await startMailServer({ ...LOGIN, disabledCommands: ["STARTTLS"] });
    try {
      await never(`smtp://${USERINFO}@localhost:${plain.port}`, "stripped", /it offers no STARTTLS/);
      assert.equal(plain.mails.length + plain.logins.length, 0);
    } finally {
      await plain.stop();
    }
  });
});

describe("servers that break off", () => {
  const sound = (line, say) => {
    if (line === null) say("220-mx.example\r\n220 ready");
    else if (line.startsWith("EHLO")) say("250-mx.example\r\n250 8BITMIME");
    else if (line.startsWith("MAIL")) say("250 ok");
    else if (line.startsWith("RCPT")) say("251 will forward");
    else if (line === "DATA") say("354 go on");
    else if (line === ".") say("250 2.0.0 taken");
    else if (line === "QUIT") say("221 bye");
  };
  const breaking = (when, how) => (line, say, socket) => (line === when ? how(say, socket) : sound(line, say));
  let server;
  let runtime;
  before(async () => {
    server = await startScripted();
    runtime = await startWith(`smtp://localhost:${server.port}?tls=off`);
  });
  after(() => Promise.all([runtime?.stop(), server?.stop()]));

  for (const [id, how, script] of [
    ["closes", "at once", (line, say, socket) => socket.destroy()],
    ["busy", "with 421", (line, say, socket) => socket.end("421 4.3.2 too busy\r\n")],
    ["halves", "in the middle of a reply", breaking("DATA", (say, socket) => socket.end("35"))],
    ["forgets", "after the last dot, half-closed", breaking(".", (say, socket) => socket.end())],
    ["silent", "never: it says nothing", () => {}],
    ["other", "and is no mail server", (line, say) => line === null && say("HTTP/1.1 400 Bad Request")],
  ]) {
    test(`${how}: it is asked again`, async () => {
      server.follow(script, sound);
      await mail(runtime, id);
      assert.equal(server.connections, 2);
      await assertSent(runtime, id);
    });
  }

  test("what was sent twice bears the same Message-ID", async () => {
    server.follow(breaking(".", (say, socket) => socket.destroy()), sound);
    await mail(runtime, "twice");
    const ids = server.lines.filter((line) => line.startsWith("Message-ID:"));
    assert.equal(ids.length, 2);
    assert.equal(new Set(ids).size, 1);
  });

  test("a letter beyond ASCII in the address needs a server that says SMTPUTF8", async () => {
    server.follow(sound);
    await mail(runtime, "script", {}, { email: "用户@example.com" });
    await assertUndelivered(runtime, "script", /SMTPUTF8/);
  });
});
