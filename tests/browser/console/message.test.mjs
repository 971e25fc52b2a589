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
  {
    id: "shop",
    kind: "email",
    subject: "New for you",
    preheader: "Three things, chosen for you",
    blocks: [
      { kind: "heading", text: "Hello" },
      { kind: "text", text: "It has been **a while**. [See what is new](https://example.com/new)." },
      { kind: "button", label: "Show me", url: "https://example.com/new" },
      { kind: "columns", columns: [[{ kind: "text", text: "On the left" }], [{ kind: "text", text: "On the right" }]] },
    ],
  },
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
  await page.locator("pre").getByText("Come back.").waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);

  await write(page, "Subject", "Hello {{ first_name");
  await page.getByRole("alert").getByText(/column/).first().waitFor();
  await write(page, "Subject", "Hello");
  await saved(page);
  assert.deepEqual(page.problems.filter((problem) => !problem.startsWith("Failed to load")), []);
  await close(page);
});

/** The step of the series of letters with this id, as it is kept. */
const kept = async (id) => (await draft("letters")).steps.find((step) => step.id === id);
const kinds = async () => ((await kept("shop")).blocks ?? []).map(({ kind }) => kind);
const styleOf = (frame, selector, name) => frame.locator(selector).first().evaluate((element, asked) => getComputedStyle(element)[asked], name);

test("blocks are added, moved and edited by keyboard alone", async () => {
  const page = await openStep("shop");
  const before = await kinds();
  const blocks = page.getByRole("list", { name: "Blocks: The mail" });
  await blocks.getByRole("button", { name: "Move: Heading, 1 of 4" }).focus();
  await page.keyboard.press("ArrowDown");
  await blocks.getByRole("button", { name: "Move: Heading, 2 of 4" }).and(page.locator(":focus")).waitFor();
  await page.getByRole("status").getByText("Heading is now 2 of 4.").waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await until(async () => JSON.stringify(await kinds()) === JSON.stringify(before), "the heading to be the first again");
  await page.getByRole("button", { name: "Add a block" }).last().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Image" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Address of the picture").fill("https://example.com/map.png");
  await page.getByLabel("What it shows").fill("The new map");
  await page.getByLabel("A click leads to").fill("nowhere");
  await page.getByText("`blocks[4].link` is `nowhere`").first().waitFor();
  await page.getByLabel("A click leads to").fill("https://example.com/map");
  await page.frameLocator('iframe[title="The mail"]').getByAltText("The new map").waitFor({ state: "attached" });
  await saved(page);
  const image = { kind: "image", src: "https://example.com/map.png", alt: "The new map", link: "https://example.com/map" };
  assert.deepEqual((await kept("shop")).blocks.at(-1), image);
  await page.getByRole("button", { name: "Duplicate: Image, 5 of 5" }).press("Enter");
  await page.getByRole("button", { name: "Delete: Image, 6 of 6" }).press("Enter");
  await page.getByRole("button", { name: "Delete: Image, 5 of 5" }).press("Enter");
  await until(async () => JSON.stringify(await kinds()) === JSON.stringify(before), "the image to be gone");
  await close(page);
});

test("a block is dragged to its place, and taken back by undo", async () => {
  const page = await openStep("shop");
  const before = await kinds();
  const handle = (name) => page.getByRole("button", { name: new RegExp(`^Move: ${name}`) }).first();
  await handle("Button").dragTo(handle("Heading"));
  await until(async () => (await kinds())[0] === "button", "the button to be the first");
  await page.getByRole("button", { name: "Done" }).click();
  await page.keyboard.press("Control+z");
  await until(async () => JSON.stringify(await kinds()) === JSON.stringify(before), "the order to be as before");
  await close(page);
});

test("a mail is shown on a phone and in the dark, as its own styles have it, and nothing in it runs", async () => {
  const page = await openStep("shop");
  const mail = page.frameLocator('iframe[title="The mail"]');
  await mail.getByRole("link", { name: "Show me" }).waitFor();
  await page.getByRole("dialog").getByText("Three things, chosen for you").last().waitFor();
  const light = await styleOf(mail, ".rk-card", "backgroundColor");
  assert.equal(light, "rgb(255, 255, 255)");
  await page.getByText("Dark", { exact: true }).click();
  await until(async () => (await styleOf(mail, ".rk-card", "backgroundColor")) === "rgb(29, 32, 37)", "the dark");
  await page.getByText("Phone", { exact: true }).click();
  await until(async () => (await styleOf(mail, ".rk-column", "paddingRight")) === "0px", "columns below each other");
  const [first, second] = await Promise.all(["On the left", "On the right"].map((words) => mail.getByText(words).boundingBox()));
  assert.ok(second.y > first.y + first.height, "one column is below the other");
  await page.getByText("Desktop", { exact: true }).click();
  await page.getByText("Plain text", { exact: true }).click();
  await page.locator("pre").getByText("Show me (https://example.com/new)").waitFor();
  assert.equal(await page.locator('iframe[title="The mail"]').count(), 0);
  await close(page);
});

test("MJML is made into HTML in the browser, and its slips are named with their line", async () => {
  const page = await openStep("mail");
  await page.getByText("MJML", { exact: true }).click();
  await until(async () => /<mj-text>[^]*Come <strong>back/.test((await kept("mail")).mjml ?? "") && ((await kept("mail")).html ?? "").includes("<!doctype html>"), "the mail to be made");
  await write(page, "MJML", "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ first_name | default: \"you\" }}</mj-text></mj-column></mj-section></mj-body></mjml>");
  await page.frameLocator('iframe[title="The mail"]').getByText("Hi you").waitFor();
  await write(page, "MJML", "<mjml><mj-body><mj-sectoin></mj-sectoin></mj-body></mjml>");
  await page.getByRole("alert").getByText("Line 1, column 16: there is no <mj-sectoin>").waitFor();
  await write(page, "MJML", "<mjml><mj-body></mjml>");
  await page.getByRole("alert").getByText(/Line 1, column 16: <\/mjml> closes <mj-body>/).waitFor();
  await page.getByText("The mail is as it was before this slip.").waitFor();
  await page.getByText("HTML", { exact: true }).click();
  await write(page, "HTML", '<body><p style="color: rgb(1, 2, 3)">Own</p><script>parent.hacked = 1</script><img src="x:" onerror="parent.hacked = 1"></body>');
  const mail = page.frameLocator('iframe[title="The mail"]');
  await mail.getByText("Own").waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  await page.getByText("Plain", { exact: true }).click();
  await until(async () => (await kept("mail")).body?.startsWith("Come **back**"), "the text to be as it was");
  assert.equal((await kept("mail")).html, undefined);
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
    for (const { id, kind, blocks } of STEPS) {
      const page = await c.open(`/series/letters?tab=flow&step=${id}`, options);
      await page.locator(".cm-content").first().waitFor();
      await page.getByRole("button", { name: "Send a test" }).waitFor();
      if (blocks) await page.getByRole("button", { name: /^Button/ }).click();
      await look(page, `message-${blocks ? "blocks" : kind}-${name}`);
      await close(page);
    }
  });
}

for (const { name, options } of LOOKS) {
  test(`a mail in the dark, and one in MJML, are fit to be written, ${name}`, async () => {
    const page = await c.open("/series/letters?tab=flow&step=shop", options);
    await page.frameLocator('iframe[title="The mail"]').getByRole("link", { name: "Show me" }).waitFor();
    await page.getByText("Dark", { exact: true }).click();
    await page.frameLocator('iframe[title="The mail"]').getByRole("link", { name: "Show me" }).waitFor();
    await page.getByRole("button", { name: "Send a test" }).scrollIntoViewIfNeeded();
    await look(page, `message-dark-${name}`);
    await page.getByText("MJML", { exact: true }).click();
    await page.getByRole("textbox", { name: "MJML" }).getByText("mj-section").first().waitFor();
    await page.frameLocator('iframe[title="The mail"]').getByRole("heading", { name: "Hello" }).waitFor();
    await page.getByText("This mail has no dark styles of its own").waitFor();
    await look(page, `message-mjml-${name}`);
    await page.getByText("Blocks", { exact: true }).click();
    await saved(page);
    await close(page);
  });
}
