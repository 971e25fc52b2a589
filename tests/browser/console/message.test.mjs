// The editor of messages in Chromium, on the real runtime: what is written, how it will look, and an A/B
// test of a subject from its first click to the winner.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { until } from "../../edge/harness.mjs";
import { LOOKS, close, look, startConsole } from "./console.mjs";

const PEOPLE = 2_000;
const BATCH = 100;
const STEPS = [
  { id: "mail", kind: "email", subject: "Hello {{ first_name }}", body: "Come **back**.\n\n<script>parent.hacked = 1</script>" },
  { id: "bar", kind: "in_app", title: 'Welcome back, {{ first_name | default: "you" }}', body: "Look.", cta: { label: "Show me", url: "https://example.com" } },
  { id: "ping", kind: "push", title: "It is time", body: "Your report is ready.", url: "https://example.com" },
  { id: "crm", kind: "webhook", url: "https://crm.example.com/leads", body: '{"id": "{{ id }}"}' },
];

let c;
before(async () => {
  c = await startConsole();
  await c.send([{ type: "identify", userId: "ada", traits: { email: "ada@example.com", first_name: "<b>Ada</b>" } }]);
  await c.api("PUT", "/series/letters", { name: "Letters", audience: "letters is true", exit: 'performed "Left"', steps: STEPS });
});
after(() => c?.stop());

const editor = (page, name) => page.getByRole("dialog").getByRole("textbox", { name, exact: true });
const openStep = (id, series = "letters") => c.open(`/series/${series}?tab=flow&step=${id}`);
const saved = (page) => page.getByRole("dialog").getByRole("status").getByText("Saved", { exact: true }).waitFor();
const draft = async (id) => (await c.api("GET", `/series/${id}`)).draft;

/** Puts text into an editor that may still be taking the place of a plain field. */
async function write(page, name, text) {
  await page.locator(".cm-content").first().waitFor();
  await until(async () => {
    await editor(page, name).fill(text);
    return (await editor(page, name).textContent()).trim() === text;
  }, `“${name}” to keep its text`);
}

test("a mail is shown as somebody will read it, and a missing fallback is mended with one click", async () => {
  const page = await openStep("mail");
  const mail = page.frameLocator('iframe[title="The mail"]');
  await mail.getByText("<script>").waitFor();
  await page.getByText("has no fallback").waitFor();
  await page.getByRole("button", { name: "Add one" }).click();
  await until(async () => /default: "there"/.test((await draft("letters")).steps[0].subject), "the fallback to be kept");
  await page.getByText("Hello there", { exact: true }).waitFor();

  await page.getByLabel("Show it as this person sees it").fill("ada@example.com");
  // A name is text, whatever it holds.
  await page.getByText("Hello <b>Ada</b>", { exact: true }).waitFor();
  await page.getByText("Plain text", { exact: true }).click();
  await page.locator("pre").getByText("Come **back**.").waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);

  await write(page, "Subject", "Hello {{ first_name");
  await page.getByRole("alert").getByText(/column/).first().waitFor();
  await write(page, "Subject", "Hello");
  await saved(page);
  assert.deepEqual(page.problems.filter((problem) => !problem.startsWith("Failed to load")), []);
  await close(page);
});

test("names that the data has are completed between braces", async () => {
  const page = await openStep("mail");
  await write(page, "Subject", "Hello");
  await editor(page, "Subject").press("End");
  await page.keyboard.type(" {{ first");
  await page.getByRole("option", { name: "first_name", exact: true }).waitFor();
  // What has only just appeared is not taken yet, so that nobody takes it by accident.
  await until(async () => {
    await page.keyboard.press("Enter");
    return /first_name/.test(await editor(page, "Subject").textContent());
  }, "the name to be completed");
  await close(page);
});

test("a message in the app is drawn by the SDK itself", async () => {
  const page = await openStep("bar");
  const app = page.frameLocator('iframe[title="The message in your app"]');
  await app.locator("rekindle-message").getByText("Welcome back, you", { exact: true }).waitFor();
  await page.getByText("Modal", { exact: true }).click();
  await app.locator("rekindle-message dialog").waitFor();
  await until(async () => (await draft("letters")).steps[1].layout === "modal", "the layout to be kept");
  await close(page);
});

test("a test of the subject is made by clicking, run through by two thousand people, and decided", async () => {
  await c.api("PUT", "/series/trial", {
    name: "Trial",
    audience: "crowd is true",
    exit: 'performed "Came Back"',
    steps: [{ id: "mail", kind: "email", subject: "We miss you", body: "Come back." }],
  });
  const page = await openStep("mail", "trial");
  await page.getByRole("button", { name: "Duplicate for an A/B test" }).click();
  await page.getByRole("tab", { name: /^B/ }).waitFor();
  await page.getByText("Variant B is the same as the control.").waitFor();
  await write(page, "Subject", "Still there?");
  await page.getByRole("tab", { name: "B subject" }).waitFor();
  await write(page, "Text", "Something else.");
  await page.getByText("Variant B changes more than one thing.").waitFor();
  await write(page, "Text", "Come back.");
  await page.getByRole("tab", { name: "B subject", exact: true }).waitFor();
  await page.getByLabel("Decided by").selectOption("re_engaged");
  await saved(page);
  const { test: made } = (await draft("trial")).steps[0];
  assert.deepEqual(made, { metric: "re_engaged", weight: 50, variants: [{ name: "b", weight: 50, changes: { subject: "Still there?" } }] });
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Review and publish" }).click();
  await page.getByRole("button", { name: "Publish version 1" }).click();
  await page.getByText("Version 1 is live and the draft is the same.").waitFor();

  const crowd = Array.from({ length: PEOPLE }, (_, number) => `p${number}`);
  const inBatches = async (items) => {
    for (let from = 0; from < items.length; from += BATCH) await c.send(items.slice(from, from + BATCH));
  };
  await inBatches(crowd.map((userId) => ({ type: "identify", userId, traits: { crowd: true, email: `${userId}@example.com` } })));
  await c.advance("1h");
  const sent = new Map();
  let cursor;
  do {
    const mails = await c.api("GET", `/mailbox?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
    for (const mail of mails.items) if (mail.series === "trial") sent.set(mail.person, mail);
    cursor = mails.next;
  } while (cursor);
  assert.equal(sent.size, PEOPLE);
  assert.ok([...sent.values()].every(({ subject, variant }) => subject === (variant === "b" ? "Still there?" : "We miss you")));
  // One in ten comes back for the old subject, one in five for the new one.
  const back = crowd.filter((person, number) => number % (sent.get(person).variant === "b" ? 5 : 10) === 0);
  await inBatches(back.map((userId) => ({ type: "track", userId, event: "Came Back" })));

  await page.goto(`${c.edge.url}/console/reports/trial`);
  await page.getByText(/b is ahead of a/i).first().waitFor();
  await page.getByRole("button", { name: /Apply/ }).first().click();
  await page.getByRole("alertdialog").getByRole("button", { name: /Apply|Publish/ }).click();
  await until(async () => (await c.api("GET", "/series/trial")).version === 2, "the winner to be published");
  const [step] = (await draft("trial")).steps;
  assert.equal(step.subject, "Still there?");
  assert.equal(step.test, undefined);
  await close(page);
});

for (const { name, options } of LOOKS) {
  test(`every message is fit to be written, ${name}`, async () => {
    for (const { id, kind } of STEPS) {
      const page = await c.open(`/series/letters?tab=flow&step=${id}`, options);
      await page.locator(".cm-content").first().waitFor();
      await page.getByRole("button", { name: "Send a test" }).waitFor();
      await look(page, `message-${kind}-${name}`);
      await close(page);
    }
  });
}
