// What mails say, on the real runtime: the same in a preview, in a test and as they are sent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

let runtime;
const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
const refusal = (promise) => promise.then(() => assert.fail("it was accepted"), ({ status, body }) => ({ status, ...body }));
const BLOCKS = [
  { kind: "heading", text: "Hi {{ first_name }}" },
  { kind: "button", label: "Show me", url: "https://x.example/?n={{ first_name }}" },
];
const mail = (content) => ({ id: "mail", kind: "email", subject: "News", ...content });

before(async () => {
  runtime = await startRuntime();
  await api("POST", "/dev/clock", { now: "2026-11-23T09:00:00Z" });
  await runtime.ingest([
    { type: "identify", userId: "ada", messageId: "i", traits: { first_name: "<b>Ada</b>", email: "ada@example.com" } },
  ]);
});
after(() => runtime?.stop());

test("a preview has both parts and the preheader, in each way of writing", async () => {
  for (const { content, html, text } of [
    { content: { body: "Come **back**, {{ first_name }}." }, html: "Come <strong>back</strong>, &lt;b&gt;Ada&lt;/b&gt;.", text: "Come back, <b>Ada</b>." },
    { content: { blocks: BLOCKS }, html: 'href="https://x.example/?n=%3Cb%3EAda%3C%2Fb%3E"', text: "Show me (https://x.example/?n=%3Cb%3EAda%3C%2Fb%3E)" },
    { content: { html: "<body><p>Hi {{ first_name }}</p></body>", mjml: "<mjml></mjml>" }, html: "<p>Hi &lt;b&gt;Ada&lt;/b&gt;</p>", text: "Hi <b>Ada</b>" },
  ]) {
    const shown = await api("POST", "/preview", { person: "ada", step: mail({ ...content, preheader: "For {{ first_name }}" }) });
    assert.ok(shown.html.includes(html), shown.html);
    assert.ok(shown.text.includes(text), shown.text);
    assert.equal(shown.preheader, "For <b>Ada</b>");
    assert.ok(shown.html.includes("For &lt;b&gt;Ada"), "the preheader stands in the mail");
    assert.ok(!shown.html.includes("mjml"));
  }
});

test("what is wrong with a mail is said with its place, in a preview and before it is published", async () => {
  const step = mail({ blocks: [{ kind: "button", label: "Go", url: "javascript:alert(1)" }, { kind: "imge" }] });
  const { status, problems } = await refusal(api("POST", "/preview", { step }));
  assert.equal(status, 400);
  assert.deepEqual(problems.map(({ code }) => code), ["link", "unknown_block"]);
  assert.match(problems[1].message, /`blocks\[1\]\.kind`.*did you mean `image`/);
  const steps = [{ ...step, blocks: step.blocks.slice(0, 1) }];
  await api("PUT", "/series/wrong", { name: "Wrong", audience: "everyone", steps });
  assert.equal((await refusal(api("POST", "/series/wrong/publish"))).status, 400);
});

test("what is sent looks as the settings say, and ends with a way out", async () => {
  const settings = { mail: { accent: "#ffcc00", footer: "X & Y\n1 Street", lang: "de" } };
  await api("PUT", "/settings", settings);
  assert.deepEqual((await api("GET", "/settings")).mail, settings.mail);
  assert.match((await refusal(api("PUT", "/settings", { mail: { accent: "red" } }))).detail, /mail\.accent/);
  await api("PUT", "/series/news", {
    name: "News",
    audience: 'first_name has any value',
    exit: 'performed "Left"',
    steps: [mail({ blocks: BLOCKS, preheader: "Look" }), { ...mail({ blocks: [{ kind: "text", text: "[Leave]({{ unsubscribe_url }})" }] }), id: "own" }],
  });
  await api("POST", "/series/news/publish");
  await api("POST", "/dev/clock", { advance: "1h" });
  const { items } = await api("GET", "/mailbox");
  const [first, own] = ["mail", "own"].map((step) => items.find((one) => one.step === step));
  assert.ok(first.html.startsWith('<!doctype html><html lang="de"'), first.html);
  assert.ok(first.html.includes("#ffcc00") && first.html.includes("X &amp; Y<br>1 Street"));
  assert.match(first.text, /Show me \(https:\/\/x\.example\/.*X & Y\n1 Street\n\n--\nUnsubscribe: http.*\/u\//s);
  assert.match(first.html, /\/u\/[^"]+" style="color:inherit">Unsubscribe<\/a><\/p>(<img [^>]+>)?<\/body>/);
  // Who asks for the link has it once, where it was asked for.
  assert.equal(own.html.match(/\/u\//g).length, 1);
  assert.ok(!own.html.includes("unsubscribe.invalid") && !own.text.includes("unsubscribe.invalid"));
  assert.match(own.text, /Leave \(http.*\/u\/[^)]+\)/);
});
