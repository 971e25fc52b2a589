// What providers tell of mails after they have taken them: by each one's own way of proving who they
// are, made here with node:crypto and openssl from their documents. It shares no code with the edge.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac, randomBytes, sign } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { startRuntime } from "./harness.mjs";
import { START, addressOf, anHourLater, arrange, decided, mail } from "./mail-services.mjs";

const KEY = randomBytes(24);
const RESEND_SECRET = `whsec_${KEY.toString("base64")}`;
const POSTMARK = "hook:p@ss:word";
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:mails";

let runtime;
before(async () => {
  runtime = await startRuntime({
    vars: { REKINDLE_RESEND_HOOK: RESEND_SECRET, REKINDLE_POSTMARK_HOOK: POSTMARK, REKINDLE_SES_TOPIC: TOPIC },
  });
  await runtime.api("POST", "/api/v1/dev/clock", { now: START });
});
after(() => runtime?.stop());

const post = (provider, body, headers = {}) =>
  fetch(`${runtime.url}/hooks/${provider}`, { method: "POST", body, headers });

/** Sends a mail to someone; gives the effect that it is. */
async function sent(id) {
  await mail(runtime, id);
  const { kept: [{ effect }] } = await decided(runtime, id);
  return effect;
}

async function counts(id) {
  const [{ sent, delivered, bounced, complained }] = (await runtime.api("GET", `/api/v1/series/${id}/report`)).steps;
  assert.equal(delivered, sent - bounced);
  return { sent, bounced, complained };
}

/** What became of the next mail to the same person, and the one before. */
async function next(id) {
  await runtime.api("PUT", `/api/v1/series/${id}-next`, {
    name: "next",
    audience: { rule: `performed "Left ${id}"` },
    exit: 'performed "Bought"',
    steps: [{ id: "mail", kind: "email", subject: "s", body: "b" }],
  });
  await runtime.api("POST", `/api/v1/series/${id}-next/publish`);
  await anHourLater(runtime);
  const { items } = await runtime.api("GET", `/api/v1/people/${id}/messages`);
  return Object.fromEntries(items.map(({ series, state, reason }) => [series, [state, reason]]));
}

describe("Resend", () => {
  const told = (type, effect, to, data = {}) => JSON.stringify({
    type,
    created_at: "2026-11-22T23:41:12.126Z",
    data: {
      email_id: "56761188-7520-42d8-8898-ff6fc54ce618", from: "Shop <hello@shop.example>", to: [to], subject: "s",
      tags: { effect }, ...data,
    },
  });
  const bounce = (type) => ({ bounce: { message: "The recipient's mailbox does not exist.", subType: "General", type } });

  function signed(body, { key = KEY, at = Date.now(), id = "msg_1" } = {}) {
    const timestamp = String(Math.floor(at / 1_000));
    const tag = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    return { "svix-id": id, "svix-timestamp": timestamp, "svix-signature": `v1,${randomBytes(32).toString("base64")} v1,${tag}` };
  }

  test("tells of a bounce: it is counted once, and nothing is sent to the address any more", async () => {
    const effect = await sent("bounced");
    const body = told("email.bounced", effect, addressOf("bounced"), bounce("Permanent"));
    for (const id of ["msg_1", "msg_1", "msg_2"]) assert.equal((await post("resend", body, signed(body, { id }))).status, 200);
    assert.deepEqual(await counts("bounced"), { sent: 1, bounced: 1, complained: 0 });
    assert.deepEqual(await next("bounced"), {
      bounced: ["undelivered", "it came back: The recipient's mailbox does not exist."],
      "bounced-next": ["skipped", "bounced"],
    });
  });

  test("tells of a complaint, with the tags as a list", async () => {
    const effect = await sent("complained");
    const body = told("email.complained", "", addressOf("complained"), { tags: [{ name: "effect", value: effect }] });
    for (let time = 0; time < 2; time += 1) assert.equal((await post("resend", body, signed(body))).status, 200);
    assert.deepEqual(await counts("complained"), { sent: 1, bounced: 0, complained: 1 });
    assert.deepEqual((await next("complained"))["complained-next"], ["skipped", "complained"]);
  });

  test("is not believed without its signature, or too late", async () => {
    const effect = await sent("forged");
    const body = told("email.bounced", effect, addressOf("forged"), bounce("Permanent"));
    const other = body.replace("Permanent", "permanent");
    const MINUTE_MS = 60_000;
    for (const headers of [
      {},
      signed(body, { key: randomBytes(24) }),
      signed(other),
      { ...signed(body), "svix-id": "msg_9" },
      { ...signed(body), "svix-timestamp": String(Math.floor(Date.now() / 1_000) + 1) },
      signed(body, { at: Date.now() - 6 * MINUTE_MS }),
      signed(body, { at: Date.now() + 6 * MINUTE_MS }),
    ]) {
      assert.equal((await post("resend", body, headers)).status, 401, JSON.stringify(headers));
    }
    assert.deepEqual(await counts("forged"), { sent: 1, bounced: 0, complained: 0 });
  });

  test("tells of other things, of other mails, and of what will be tried again: nothing follows", async () => {
    const effect = await sent("other");
    for (const body of [
      told("email.delivered", effect, addressOf("other")),
      told("email.bounced", effect, addressOf("other"), bounce("Transient")),
      told("email.bounced", "f".repeat(32), addressOf("other"), bounce("Permanent")),
      told("email.bounced", "", addressOf("other"), bounce("Permanent")),
    ]) {
      assert.equal((await post("resend", body, signed(body))).status, 200);
    }
    assert.deepEqual(await counts("other"), { sent: 1, bounced: 0, complained: 0 });
    const [, state] = Object.values(await next("other"));
    assert.deepEqual(state, ["sent", null]);
  });
});

describe("Postmark", () => {
  const told = (effect, email, fields) => JSON.stringify({
    RecordType: "Bounce", MessageStream: "broadcast", ID: 42, Type: "HardBounce", TypeCode: 1, Name: "Hard bounce",
    MessageID: "883953f4-6105-42a2-a16a-77a8eac79483", Description: "The server was unable to deliver your message.",
    Details: "smtp;550", Email: email, From: "hello@shop.example", BouncedAt: "2026-11-23T01:28:10Z", Inactive: true,
    CanActivate: true, Subject: "s", Metadata: { effect }, ...fields,
  });
  const basic = (text) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });

  test("tells with the name and the password that it was given, and no one else does", async () => {
    const effect = await sent("hard");
    const body = told(effect, addressOf("hard"));
    for (const headers of [{}, basic("hook:wrong"), basic(`${POSTMARK}x`), { authorization: `Bearer ${POSTMARK}` }]) {
      assert.equal((await post("postmark", body, headers)).status, 401);
    }
    assert.equal((await counts("hard")).bounced, 0);
    const soft = told(effect, addressOf("hard"), { Type: "SoftBounce", Inactive: false });
    for (const text of [soft, body, body]) assert.equal((await post("postmark", text, basic(POSTMARK))).status, 200);
    assert.deepEqual(await counts("hard"), { sent: 1, bounced: 1, complained: 0 });
    const spam = await sent("spam");
    await post("postmark", told(spam, addressOf("spam"), { RecordType: "SpamComplaint", Type: "SpamComplaint" }), basic(POSTMARK));
    assert.equal((await counts("spam")).complained, 1);
  });
});

describe("Amazon SES, by SNS", () => {
  let folder;
  let amazon;
  let key;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rekindle-sns-"));
    const [pem, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name));
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", pem, "-out", cert, "-subj", "/CN=sns.amazonaws.com"], { stdio: "ignore" });
    key = await readFile(pem);
    const certificate = await readFile(cert);
    const asked = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.end(certificate);
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const origin = `http://127.0.0.1:${server.address().port}`;
    amazon = { asked, origin, stop: () => new Promise((done) => server.close(done)) };
  });
  after(async () => {
    await amazon?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function message(fields) {
    const told = {
      Type: "Notification", MessageId: "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", TopicArn: TOPIC,
      Timestamp: new Date().toISOString(), SignatureVersion: "2", SigningCertURL: `${amazon.origin}/x.pem`, ...fields,
    };
    const names = told.Type === "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    const text = names.filter((name) => told[name] !== undefined).map((name) => `${name}\n${told[name]}\n`).join("");
    return { Signature: sign("sha256", Buffer.from(text), key).toString("base64"), ...told };
  }
  const event = (effect, email, fields) => JSON.stringify({
    eventType: "Bounce",
    bounce: {
      bounceType: "Permanent", bounceSubType: "General",
      bouncedRecipients: [{ emailAddress: email, action: "failed", status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 user unknown" }],
    },
    mail: { messageId: "EXAMPLE7", tags: { effect: [effect] } },
    ...fields,
  });
  const tell = async (told) => (await post("ses", JSON.stringify(told), { "content-type": "text/plain; charset=UTF-8" })).status;

  test("confirms the subscription by the address in the message", async () => {
    const told = message({
      Type: "SubscriptionConfirmation", Message: "You have chosen to subscribe", Token: "t", SubscribeURL: `${amazon.origin}/confirm?Token=t`,
    });
    assert.equal(await tell(told), 200);
    assert.ok(amazon.asked.includes("/confirm?Token=t"));
  });

  test("tells of bounces and complaints, signed with the key of its certificate", async () => {
    const effect = await sent("ses-bounce");
    const told = message({ Subject: "Amazon SES Email Event Notification", Message: event(effect, addressOf("ses-bounce")) });
    assert.equal(await tell(told), 200);
    assert.equal(await tell(told), 200);
    assert.deepEqual(await counts("ses-bounce"), { sent: 1, bounced: 1, complained: 0 });
    assert.match((await next("ses-bounce"))["ses-bounce"][1], /550 5\.1\.1 user unknown/);
    const spam = await sent("ses-spam");
    const complaint = { eventType: "Complaint", complaint: { complainedRecipients: [{ emailAddress: addressOf("ses-spam") }] } };
    assert.equal(await tell(message({ Message: event(spam, addressOf("ses-spam"), complaint) })), 200);
    assert.equal((await counts("ses-spam")).complained, 1);
  });

  test("is not believed with another key, topic, text, certificate or time", async () => {
    const effect = await sent("ses-forged");
    const told = message({ Message: event(effect, addressOf("ses-forged")) });
    const HOUR_MS = 3_600_000;
    for (const forged of [
      { ...told, Signature: randomBytes(256).toString("base64") },
      { ...told, Message: event(effect, "other@example.com") },
      { ...told, SignatureVersion: "1" },
      { ...told, SigningCertURL: "https://evil.example/x.pem" },
      message({ Message: event(effect, addressOf("ses-forged")), TopicArn: `${TOPIC}-of-another` }),
      message({ Message: event(effect, addressOf("ses-forged")), Timestamp: new Date(Date.now() - 2 * HOUR_MS).toISOString() }),
    ]) {
      assert.equal(await tell(forged), 401, JSON.stringify(forged));
    }
    assert.equal(await tell({}), 401);
    assert.equal((await post("ses", "no JSON")).status, 400);
    assert.deepEqual(await counts("ses-forged"), { sent: 1, bounced: 0, complained: 0 });
  });
});

test("there is no hook of another provider", async () => {
  assert.equal((await post("pigeon", "{}")).status, 404);
  assert.equal((await fetch(`${runtime.url}/hooks/resend`)).status, 404);
});
