// Mail through the providers' HTTP APIs: what is asked of them, byte for byte as they document it,
// and what becomes of a mail for each thing that they can answer.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";

import { simpleParser } from "mailparser";

import { startRuntime, until } from "./harness.mjs";
import {
  FROM, START, addressOf, anHourLater, arrange, assertSent, assertUndelivered, decided, mail, startApi,
} from "./mail-services.mjs";

const SUBJECT = "Ada: 10 % — nur für dich 🎁";
const SHOWN_FROM = '"Blüte & Co." <hello@shop.example>';

/** A runtime with this provider, and the program that stands for it. */
function provider(addressIn, usual, vars) {
  const world = {};
  before(async () => {
    world.service = await startApi(addressIn, usual);
    world.runtime = await startRuntime({
      vars: {
        REKINDLE_MAIL_FROM: FROM,
        ...Object.fromEntries(["RESEND", "POSTMARK", "SES"].map((name) => [`REKINDLE_${name}_URL`, world.service.origin])),
        ...vars,
      },
    });
    await world.runtime.api("POST", "/api/v1/dev/clock", { now: START });
  });
  after(() => Promise.all([world.runtime?.stop(), world.service?.stop()]));
  return world;
}

describe("Resend", () => {
  const wrong = (status, name, headers) => ({ status, headers, json: { statusCode: status, name, message: `it is ${name}` } });
  const world = provider((body) => body.to[0], { status: 200, json: { id: "49a3999c" } }, {
    REKINDLE_MAIL_PROVIDER: "resend",
    REKINDLE_RESEND_KEY: "re_secret",
  });

  test("is known to work once it took a test, and not once it refused one", async () => {
    const { runtime, service } = world;
    const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
    await arrange(runtime, "tried");
    const verified = async () => (await api("GET", "/status")).channels.email.verified_at;
    const send = () => api("POST", "/series/tried/test", { person: "tried", step: "mail" });
    service.answer(addressOf("tried"), wrong(403, "invalid_api_key"));
    assert.equal((await send()).sent, false);
    assert.equal(await verified(), null);
    assert.equal((await send()).sent, true);
    assert.equal(await verified(), Date.parse(START));
  });

  test("gets the mail with the effect as idempotency key", async () => {
    const { runtime, service } = world;
    await mail(runtime, "ada");
    const [{ method, path, headers, body }, ...more] = service.to(addressOf("ada"));
    assert.equal(more.length, 0);
    assert.equal(`${method} ${path}`, "POST /emails");
    assert.equal(headers.authorization, "Bearer re_secret");
    assert.equal(headers["content-type"], "application/json");
    assert.match(headers["idempotency-key"], /^[0-9a-f]{32}$/);
    const { html, text, headers: ours, ...rest } = body;
    assert.deepEqual(rest, {
      from: SHOWN_FROM,
      to: [addressOf("ada")],
      subject: SUBJECT,
      tags: [{ name: "effect", value: headers["idempotency-key"] }],
    });
    assert.match(text, /^Hallo Ada,/);
    assert.match(html, /<p[^>]*>Hallo Ada,<\/p>/);
    assert.equal(ours["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert.match(ours["List-Unsubscribe"], /^<http:.*\/u\/[0-9a-f]{32}\/[0-9a-f]{32}>$/);
    assert.deepEqual(Object.keys(ours).length, 2);
    await assertSent(runtime, "ada");
  });

  test("is asked again after as long as it says, with the same key and the same bytes", async () => {
    const { runtime, service } = world;
    const soon = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 7_000);
    service.answer(
      addressOf("busy"),
      wrong(429, "rate_limit_exceeded", { "retry-after": "3" }),
      wrong(503, "application_error", { "retry-after": soon.toUTCString() }),
    );
    await mail(runtime, "busy");
    const [first, second, third, ...more] = service.to(addressOf("busy"));
    assert.equal(more.length, 0);
    assert.ok(second.at - first.at >= 3_000, `${second.at - first.at} ms`);
    assert.ok(third.at >= soon.getTime(), `${soon.getTime() - third.at} ms too early`);
    assert.equal(new Set([first, second, third].map(({ headers }) => headers["idempotency-key"])).size, 1);
    assert.equal(new Set([first, second, third].map(({ text }) => text)).size, 1);
    await assertSent(runtime, "busy");
  });

  test("breaks off, is silent or says half: the mail is sent again, the others beside it are not", async () => {
    const { runtime, service } = world;
    const troubled = { cut: "cut", hang: "hang", half: "half", again: wrong(409, "concurrent_idempotent_requests") };
    for (const [id, answer] of Object.entries(troubled)) {
      service.answer(addressOf(id), answer);
      await arrange(runtime, id);
    }
    await arrange(runtime, "beside");
    await anHourLater(runtime);
    for (const id of Object.keys(troubled)) {
      assert.equal(service.to(addressOf(id)).length, 2, id);
      await assertSent(runtime, id);
    }
    assert.equal(service.to(addressOf("beside")).length, 1, "a mail is tried again alone");
    await assertSent(runtime, "beside");
  });

  test("refuses for good: it is not tried again, and the reason is kept with the mail", async () => {
    const { runtime, service } = world;
    service.answer(addressOf("refused"), wrong(422, "validation_error"));
    await mail(runtime, "refused");
    assert.equal(service.to(addressOf("refused")).length, 1);
    await assertUndelivered(runtime, "refused", /^undelivered: Resend answered 422: validation_error it is validation_error$/);
    const [kept] = (await decided(runtime, "refused")).kept;
    assert.equal(kept.subject, SUBJECT);
  });

  test("is down for too long: in the end the mail is undelivered, and says why", async () => {
    const { runtime, service } = world;
    service.answer(addressOf("down"), ...Array(20).fill(wrong(503, "down")));
    await mail(runtime, "down");
    const tried = service.to(addressOf("down")).length;
    assert.ok(tried > 3 && tried < 20, `${tried} attempts`);
    await assertUndelivered(runtime, "down", /Resend answered 503: down it is down \(tried \d+ times\)$/);
    const { items } = await runtime.api("GET", "/api/v1/dead-letters");
    const letter = items.find(({ person }) => person === "down");
    assert.match(letter.reason, /answered 503/);
    service.answer(addressOf("down"));
    await runtime.api("POST", `/api/v1/dead-letters/${letter.effect}/replay`);
    await anHourLater(runtime);
    assert.equal(service.to(addressOf("down")).length, tried + 1, "someone tried it again");
    assert.equal((await decided(runtime, "down")).sent, 1);
  });

  test("is never asked about an address that cannot be one, or that smuggles a header", async () => {
    const { runtime, service } = world;
    await mail(runtime, "smuggler", {}, { email: "a@example.com\r\nBcc: victim@example.com" });
    await assertUndelivered(runtime, "smuggler", /no address of mail/);
    assert.equal(service.to("a@example.com").length, 0);
    await mail(runtime, "plus", { subject: "{{ name }}" }, { email: "ada+news@example.com", name: "A\r\nBcc: v@example.com" });
    const [{ body }] = service.to("ada+news@example.com");
    assert.match(body.subject, /^A +Bcc: v@example.com$/);
    await assertSent(runtime, "plus");
  });

  test("a power cut after it took the mail, before we know: it is asked again, and sends once", async () => {
    const { runtime, service } = world;
    service.answer(addressOf("killed"), "hang");
    await arrange(runtime, "killed");
    const moving = anHourLater(runtime).catch(() => "cut off");
    await until(() => service.to(addressOf("killed")).length === 1, "the mail to reach Resend");
    await runtime.kill9();
    assert.equal(await moving, "cut off");
    await runtime.restart();
    await until(async () => (await decided(runtime, "killed")).sent === 1, "the receipt", 60_000);
    const asked = service.to(addressOf("killed"));
    assert.equal(asked.length, 2);
    assert.equal(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size, 1, "one mail");
    assert.equal(new Set(asked.map(({ text }) => text)).size, 1, "the same key needs the same content");
    await assertSent(runtime, "killed");
  });
});

describe("Resend, and a power cut between two attempts", () => {
  const world = provider((body) => body.to[0], { status: 200, json: { id: "1" } }, {
    REKINDLE_MAIL_PROVIDER: "resend",
    REKINDLE_RESEND_KEY: "re_secret",
  });

  test("the mail that waited is sent, once", async () => {
    const { runtime, service } = world;
    service.answer(addressOf("waiting"), { status: 503, headers: { "retry-after": "4" }, json: {} });
    await arrange(runtime, "waiting");
    const moving = anHourLater(runtime).catch(() => "cut off");
    await until(() => service.to(addressOf("waiting")).length === 1, "the first attempt");
    await runtime.kill9();
    assert.equal(await moving, "cut off");
    await runtime.restart();
    await until(async () => (await decided(runtime, "waiting")).sent === 1, "the receipt", 60_000);
    assert.equal(service.to(addressOf("waiting")).length, 2);
    await assertSent(runtime, "waiting");
  });
});

describe("Resend, down for everyone", () => {
  const PEOPLE = Array.from({ length: 12 }, (_, n) => `crowd-${n}`);
  let back = Infinity;
  const world = provider(
    (body) => body.to[0],
    () => (Date.now() < back ? { status: 503, json: {} } : { status: 200, json: { id: "1" } }),
    { REKINDLE_MAIL_PROVIDER: "resend", REKINDLE_RESEND_KEY: "re_secret", REKINDLE_SHARDS: "1" },
  );

  test("it is left alone, but for one mail at a time, and gets all of them once it is back", async () => {
    const { runtime, service } = world;
    await arrange(runtime, "crowd");
    await runtime.ingest(PEOPLE.flatMap((userId) => [
      { type: "identify", userId, messageId: `${userId}-i`, traits: { email: addressOf(userId) } },
      { type: "track", event: "Left crowd", userId, messageId: `${userId}-t` },
    ]));
    const [began, OUTAGE_MS] = [Date.now(), 5_000];
    back = began + OUTAGE_MS;
    await anHourLater(runtime);
    const asked = [...PEOPLE, "crowd"].flatMap((id) => service.to(addressOf(id)));
    const failed = asked.filter(({ at }) => at < back).length;
    // Without a breaker each of them would have asked three times by then.
    assert.ok(failed >= 13 && failed <= 13 + 6, `${failed} requests while it was down`);
    assert.equal(asked.length - failed, 13);
    assert.equal((await decided(runtime, "crowd")).sent, 13);
  });
});

describe("one mail through another provider than the others", () => {
  const world = provider((body) => body.To ?? body.to[0], { status: 200, json: { ErrorCode: 0, id: "1" } }, {
    REKINDLE_MAIL_PROVIDER: "resend",
    REKINDLE_RESEND_KEY: "re_secret",
    REKINDLE_POSTMARK_KEY: "server-token",
  });

  test("its step names it; what is not set up waits and says so", async () => {
    const { runtime, service } = world;
    await arrange(runtime, "usual");
    await arrange(runtime, "named", { provider: "postmark" });
    await arrange(runtime, "kept", { provider: "mailbox" });
    await mail(runtime, "unset", { provider: "ses" });
    assert.deepEqual(["usual", "named", "kept"].map((id) => service.to(addressOf(id)).map(({ path }) => path)), [["/emails"], ["/email"], []]);
    await assertSent(runtime, "named");
    assert.equal((await decided(runtime, "kept")).kept[0].outcome, "sent");
    await assertUndelivered(runtime, "unset", /mail is not set up: REKINDLE_SES_REGION: it is not set/);
    await assert.rejects(arrange(runtime, "unknown", { provider: "pigeon" }), { status: 400 });
  });
});

describe("Postmark", () => {
  const wrong = (status, code) => ({ status, json: { ErrorCode: code, Message: `code ${code}` } });
  const world = provider((body) => body.To, { status: 200, json: { ErrorCode: 0, Message: "OK", MessageID: "b7bc2f4a" } }, {
    REKINDLE_MAIL_PROVIDER: "postmark",
    REKINDLE_POSTMARK_KEY: "server-token",
  });

  test("gets the mail on the broadcast stream with our Message-ID", async () => {
    const { runtime, service } = world;
    await mail(runtime, "ada");
    const [{ method, path, headers, body }] = service.to(addressOf("ada"));
    assert.equal(`${method} ${path}`, "POST /email");
    assert.equal(headers["x-postmark-server-token"], "server-token");
    assert.equal(headers.accept, "application/json");
    const { HtmlBody, TextBody, Headers, ...rest } = body;
    const { effect } = rest.Metadata;
    assert.match(effect, /^[0-9a-f]{32}$/);
    assert.deepEqual(rest, {
      From: SHOWN_FROM,
      To: addressOf("ada"),
      Subject: SUBJECT,
      MessageStream: "broadcast",
      Metadata: { effect },
      TrackOpens: false,
      TrackLinks: "None",
    });
    const named = Object.fromEntries(Headers.map(({ Name, Value }) => [Name, Value]));
    assert.equal(named["Message-ID"], `<${effect}@shop.example>`);
    assert.equal(named["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
    assert.match(TextBody, /^Hallo Ada,/);
    assert.match(HtmlBody, /<p[^>]*>Hallo Ada,<\/p>/);
    await assertSent(runtime, "ada");
  });

  test("says that the address bounced before, or that it is busy", async () => {
    const { runtime, service } = world;
    service.answer(addressOf("inactive"), wrong(422, 406));
    service.answer(addressOf("busy"), wrong(429, 0), wrong(500, 0));
    await arrange(runtime, "inactive");
    await mail(runtime, "busy");
    assert.equal(service.to(addressOf("inactive")).length, 1);
    await assertUndelivered(runtime, "inactive", /Postmark answered 422: 406 code 406/);
    assert.equal(service.to(addressOf("busy")).length, 3);
    await assertSent(runtime, "busy");
  });

  test("refuses the key: the mail waits until the key is right", async () => {
    const { runtime, service } = world;
    service.answer(addressOf("key"), wrong(401, 10));
    await mail(runtime, "key");
    assert.equal(service.to(addressOf("key")).length, 2);
    await assertSent(runtime, "key");
  });
});

describe("Amazon SES", () => {
  const REGION = "eu-central-1";
  const [KEY_ID, SECRET] = ["AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"];
  const wrong = (status, type, message = "m") => ({
    status, headers: { "x-amzn-errortype": type }, json: { __type: type, message },
  });
  const world = provider((body) => body.Destination.ToAddresses[0], { status: 200, json: { MessageId: "0100" } }, {
    REKINDLE_MAIL_PROVIDER: "ses",
    REKINDLE_SES_KEY: `${KEY_ID}:${SECRET}`,
    REKINDLE_SES_REGION: REGION,
  });

  /** Signature Version 4 from its documentation, with node:crypto. */
  function signature({ method, path, headers, text }, names) {
    const hmac = (key, words) => createHmac("sha256", key).update(words).digest();
    const sha = (words) => createHash("sha256").update(words).digest("hex");
    const instant = headers["x-amz-date"];
    const day = instant.slice(0, 8);
    const canonical = [
      method, path, "", ...names.map((name) => `${name}:${headers[name]}`), "", names.join(";"), sha(text),
    ].join("\n");
    const scope = `${day}/${REGION}/ses/aws4_request`;
    const signed = ["AWS4-HMAC-SHA256", instant, scope, sha(canonical)].join("\n");
    const key = [day, REGION, "ses", "aws4_request"].reduce(hmac, `AWS4${SECRET}`);
    return { scope, tag: hmac(key, signed).toString("hex") };
  }

  test("gets the whole message, signed", async () => {
    const { runtime, service } = world;
    await mail(runtime, "ada");
    const [request] = service.to(addressOf("ada"));
    const { method, path, headers, body } = request;
    assert.equal(`${method} ${path}`, "POST /v2/email/outbound-emails");
    const names = ["content-type", "host", "x-amz-date"];
    const { scope, tag } = signature(request, names);
    assert.equal(
      headers.authorization,
      `AWS4-HMAC-SHA256 Credential=${KEY_ID}/${scope}, SignedHeaders=${names.join(";")}, Signature=${tag}`,
    );
    const age = Date.now() - Date.parse(headers["x-amz-date"].replace(/(....)(..)(..T..)(..)(..Z)/, "$1-$2-$3:$4:$5"));
    assert.ok(Math.abs(age) < 60_000, `${age} ms`);
    assert.equal(body.FromEmailAddress, "hello@shop.example");

    const parsed = await simpleParser(Buffer.from(body.Content.Raw.Data, "base64"));
    assert.equal(parsed.subject, SUBJECT);
    assert.deepEqual(parsed.from.value, [{ name: "Blüte & Co.", address: "hello@shop.example" }]);
    assert.deepEqual(parsed.to.value, [{ name: "", address: addressOf("ada") }]);
    assert.equal(parsed.messageId, `<${body.EmailTags[0].Value}@shop.example>`);
    assert.match(parsed.text, /^Hallo Ada,[^]*\n\.\n[^]*Tschüß/);
    assert.match(parsed.html, /<p[^>]*>Tschüß<\/p>/);
    await assertSent(runtime, "ada");
  });

  test("rejects a mail, or is throttled", async () => {
    const { runtime, service } = world;
    service.answer(addressOf("rejected"), wrong(400, "MessageRejected", "the content is bad"));
    service.answer(addressOf("throttled"), wrong(429, "TooManyRequestsException"));
    await arrange(runtime, "rejected");
    await mail(runtime, "throttled");
    await assertUndelivered(runtime, "rejected", /Amazon SES answered 400: MessageRejected the content is bad/);
    assert.equal(service.to(addressOf("throttled")).length, 2);
    await assertSent(runtime, "throttled");
  });
});

describe("Cloudflare Email", () => {
  const wrong = (code) => ({ status: 500, json: { code, message: `it is ${code}` } });
  let service;
  let runtime;
  before(async () => {
    service = await startApi((body) => body.to, { status: 200, json: { messageId: "1" } });
    runtime = await startRuntime({
      email: service.origin,
      vars: { REKINDLE_MAIL_FROM: FROM, REKINDLE_MAIL_PROVIDER: "cloudflare" },
    });
    await runtime.api("POST", "/api/v1/dev/clock", { now: START });
  });
  after(() => Promise.all([runtime?.stop(), service?.stop()]));

  test("gets the mail through its binding", async () => {
    await mail(runtime, "ada");
    const [{ body }, ...more] = service.to(addressOf("ada"));
    assert.equal(more.length, 0);
    const { html, text, headers, ...rest } = body;
    assert.deepEqual(rest, {
      from: { name: "Blüte & Co.", email: "hello@shop.example" },
      to: addressOf("ada"),
      subject: SUBJECT,
    });
    assert.deepEqual(Object.keys(headers), ["List-Unsubscribe", "List-Unsubscribe-Post"]);
    assert.match(text, /^Hallo Ada,/);
    assert.match(html, /<p[^>]*>Hallo Ada,<\/p>/);
    await assertSent(runtime, "ada");
  });

  test("throws: the code says whether to try again", async () => {
    service.answer(addressOf("suppressed"), wrong("E_RECIPIENT_SUPPRESSED"));
    service.answer(addressOf("limited"), wrong("E_RATE_LIMIT_EXCEEDED"));
    await arrange(runtime, "suppressed");
    await mail(runtime, "limited");
    assert.equal(service.to(addressOf("suppressed")).length, 1);
    await assertUndelivered(runtime, "suppressed", /answered E_RECIPIENT_SUPPRESSED: it is E_RECIPIENT_SUPPRESSED$/);
    assert.equal(service.to(addressOf("limited")).length, 2);
    await assertSent(runtime, "limited");
  });
});

describe("a wrong setting", () => {
  test("is told by /health, with the mend, and nothing is sent elsewhere", async () => {
    const runtime = await startRuntime({ vars: { REKINDLE_MAIL_PROVIDER: "ses", REKINDLE_SES_KEY: "no-colon" } });
    try {
      const health = await (await fetch(`${runtime.url}/health`)).json();
      assert.equal(health.ok, false);
      assert.equal(health.mail.provider, "ses");
      assert.deepEqual(
        health.mail.problems.map((problem) => problem.split(":")[0]),
        ["REKINDLE_SES_REGION", "REKINDLE_SES_KEY", "REKINDLE_MAIL_FROM"],
      );
      assert.ok(!JSON.stringify(health).includes("no-colon"), "no secret is told");
    } finally {
      await runtime.stop();
    }
  });

  test("a binding that is missing is told as well", async () => {
    const runtime = await startRuntime({ vars: { REKINDLE_MAIL_PROVIDER: "cloudflare", REKINDLE_MAIL_FROM: FROM } });
    try {
      const { ok, mail: told } = await (await fetch(`${runtime.url}/health`)).json();
      assert.equal(ok, false);
      assert.match(told.problems.join(), /^there is no binding EMAIL: write `\[\[send_email\]\]`/);
    } finally {
      await runtime.stop();
    }
  });
});

describe("the mailbox", () => {
  test("keeps the very message that would be sent", async () => {
    const runtime = await startRuntime({ vars: { REKINDLE_MAIL_FROM: FROM } });
    try {
      await runtime.api("POST", "/api/v1/dev/clock", { now: START });
      await mail(runtime, "ada");
      const { kept: [kept] } = await decided(runtime, "ada");
      assert.equal(kept.outcome, "sent");
      const raw = await fetch(`${runtime.url}/api/v1/mailbox/${kept.effect}/raw`, {
        headers: { authorization: "Bearer dev" },
      });
      assert.equal(raw.headers.get("content-type"), "message/rfc822");
      const parsed = await simpleParser(Buffer.from(await raw.arrayBuffer()));
      assert.equal(parsed.subject, kept.subject);
      assert.equal(parsed.html.trimEnd(), kept.html);
      assert.equal(parsed.text.trimEnd(), kept.text.trimEnd());
      assert.equal(parsed.messageId, kept.headers["Message-ID"]);
      assert.equal(parsed.date.toISOString(), "2026-11-23T01:00:00.000Z");
      const { "list-unsubscribe": list } = Object.fromEntries(parsed.headerLines.map(({ key, line }) => [key, line]));
      assert.equal(list, `List-Unsubscribe: ${kept.headers["List-Unsubscribe"]}`);
      await assert.rejects(runtime.api("GET", `/api/v1/mailbox/${"0".repeat(32)}/raw`), { status: 404 });
    } finally {
      await runtime.stop();
    }
  });
});
