// The journey over HTTP and with the clock alone: into the segment because time passes, mailed,
// a message in the inbox, out of the series by re-engaging, and a report that counts all of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime } from "./harness.mjs";

const HOUR_MS = 3_600_000;
const series = {
  name: "High-Value At-Risk Re-engagement",
  audience: { segment: "high-value-at-risk" },
  exit: 'performed "Used Feature X"',
  steps: [
    {
      id: "miss-you",
      kind: "email",
      delay: "1d",
      subject: "We've missed you, {{ first_name | default: \"there\" }}! Here's what's new.",
      body: "Hello {{ first_name }},\n\n**Feature X** is [here](https://example.com/x).",
    },
    {
      id: "welcome-back",
      kind: "in_app",
      delay: "3d",
      when: 'performed "Logged In" in last 24 hours',
      layout: "banner",
      title: "Welcome back!",
      body: "Check out our new {{ feature_name }}",
      cta: { label: "Show me", url: "https://example.com/new" },
    },
    {
      id: "reminder",
      kind: "push",
      delay: "5d",
      when: 'not performed "Logged In" in last 9 days',
      title: "Quick reminder",
      body: "We are here.",
    },
  ],
};

let runtime;
let now;
before(async () => {
  runtime = await startRuntime();
  ({ now } = await runtime.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" }));
});
after(() => runtime.stop());

const api = (method, path, body) => runtime.api(method, `/api/v1${path}`, body);
const advance = (span) => api("POST", "/dev/clock", { advance: span });
const count = async () => (await api("GET", "/segments/high-value-at-risk/count")).count;

let messages = 0;
async function did(person, event, at) {
  const messageId = `m${++messages}`;
  const answer = await runtime.ingest([{ type: "track", userId: person, event, messageId, timestamp: at }]);
  assert.equal(answer.status, 200);
}

async function is(person, traits) {
  const answer = await runtime.ingest([{ type: "identify", userId: person, messageId: `m${++messages}`, traits }]);
  assert.equal(answer.status, 200);
}

test("a segment and a series are defined, and their problems are named", async () => {
  await api("PUT", "/segments/high-value-at-risk", {
    name: "High-Value At-Risk Subscribers",
    rule:
      'last_seen > 30 days ago and subscription_status is "active" and total_spend > 100 ' +
      'and not performed "Used Feature X" in last 60 days',
  });
  await api("PUT", "/series/win-back", series);
  await api("PUT", "/series/self-defeating", { ...series, exit: 'performed "Logged In"' });
  await api("PUT", "/series/endless", { ...series, exit: undefined });
  const codes = async (id) =>
    (await api("GET", `/series/${id}/problems`)).items.map(({ code, step }) => `${code} ${step ?? ""}`.trim());
  assert.ok((await codes("self-defeating")).includes("never_shown welcome-back"));
  assert.ok((await codes("endless")).includes("no_exit"));
  assert.ok((await codes("win-back")).includes("unknown_attribute welcome-back"));
  await api("POST", "/series/win-back/publish");
});

test("time alone moves a person into the segment, to the millisecond", async () => {
  const traits = { total_spend: 250, subscription_status: "active", first_name: "Ada" };
  for (const person of ["ada", "bob"]) {
    await is(person, { ...traits, email: `${person}@example.com` });
    await did(person, "Logged In", now - (29 * 24 + 23) * HOUR_MS);
  }
  assert.equal(await count(), 0);
  await advance("1h");
  assert.equal(await count(), 0);
  const { fired } = await advance("1ms");
  assert.equal(fired, 2);
  assert.equal(await count(), 2);
});

test("a day later there is one mail for each, personalised, in two parts", async () => {
  await advance("23h59m59s999ms");
  assert.equal((await api("GET", "/mailbox")).items.length, 0);
  await advance("1ms");
  const { items } = await api("GET", "/mailbox");
  const mail = items.find(({ person }) => person === "ada");
  assert.equal(items.length, 2);
  assert.equal(mail.to, "ada@example.com");
  assert.equal(mail.subject, "We've missed you, Ada! Here's what's new.");
  assert.match(mail.html, /<strong>Feature X<\/strong> is <a [^>]*href="http[^"]+\/c\/[^"]+"[^>]*>here<\/a>/);
  assert.match(mail.text, /^Hello Ada,/);
  assert.equal(`${mail.series}/${mail.step}`, "win-back/miss-you");
  assert.ok(mail.headers["Message-ID"].startsWith(`<${mail.effect}@`));
});

test("back and re-engaged: nothing is ever sent again, and the report says so", async () => {
  await advance("3d");
  const { enrollments } = await api("GET", "/people/ada");
  const live = enrollments[0].steps.find(({ step }) => step === "welcome-back");
  assert.ok(live.outcome.live, JSON.stringify(live));
  const { series: explained } = await api("GET", "/people/ada/explain?series=win-back");
  const effect = explained.explanation.run.steps.find(({ step }) => step === "welcome-back").effect;

  await did("ada", "Logged In");
  const shown = { type: "reaction", effect, kind: "shown" };
  // Twice, as a retry would: it counts once.
  await runtime.ingest([{ ...shown, messageId: "r1" }]);
  await runtime.ingest([{ ...shown, messageId: "r1" }]);
  await did("ada", "Used Feature X");
  await advance("60d");

  const { items: mails } = await api("GET", "/mailbox");
  assert.equal(mails.filter(({ person }) => person === "ada").length, 1);
  const { items: pushes } = await api("GET", "/pushes");
  assert.deepEqual(pushes.map(({ person, step }) => `${person}/${step}`), ["bob/reminder"]);

  const report = await api("GET", "/series/win-back/report");
  const step = (id) => report.steps.find((step) => step.id === id);
  assert.equal(report.entered, 2);
  assert.equal(report.re_engaged, 1);
  assert.equal(report.re_engagement_rate, 0.5);
  assert.equal(step("miss-you").sent, 2);
  assert.equal(step("welcome-back").shown, 1);
  assert.equal(step("reminder").undelivered, 1, "no device takes bob's");
});

test("explain names the fact that a predicate rests on, and when it flips", async () => {
  const { segment } = await api("GET", "/people/ada/explain?segment=high-value-at-risk");
  const seen = segment.explanation.parts.find(({ rule }) => rule.startsWith("last_seen"));
  assert.equal(segment.explanation.holds, false);
  assert.equal(seen.holds, true);
  const used = segment.explanation.parts.find(({ rule }) => rule.includes("Used Feature X"));
  assert.equal(used.holds, false);
  assert.equal(used.fact.performed.count, 1);
  assert.ok(used.flips_at > 0);
});
