// The page behind the link in every mail, in a browser without JavaScript: what a person gets, what they
// leave, and what is counted of it. Every state is looked at with axe, in both schemes, on a phone as well.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime } from "../edge/harness.mjs";
import { START, addressOf, anHourLater } from "../edge/mail-services.mjs";
import { SCREENSHOTS, launch } from "./browser.mjs";
import { SCHEMES, SIZES, violations } from "./console/console.mjs";

let runtime;
let browser;
before(async () => {
  [runtime, browser] = await Promise.all([startRuntime({ vars: { REKINDLE_BRAND_COLOR: "#8a2be2" } }), launch()]);
  await runtime.api("POST", "/api/v1/dev/clock", { now: START });
  await runtime.api("PUT", "/api/v1/settings", {
    subscription_types: [
      { id: "news", name: "News & <offers>", channels: ["email"] },
      { id: "tips", name: "Tips", channels: ["email"] },
      { id: "beta", name: "Beta", channels: ["email"], default: "off" },
    ],
  });
});
after(() => Promise.all([browser?.close(), runtime?.stop()]));

/** Sends someone a mail; gives the link in it. */
async function link(id, step = {}) {
  await runtime.ingest([
    { type: "identify", userId: id, messageId: `${id}-i`, traits: { email: addressOf(id), [`is_${id}`]: true } },
  ]);
  await runtime.api("PUT", `/api/v1/series/${id}`, {
    name: id,
    audience: { rule: `is_${id} is true` },
    exit: 'performed "Bought"',
    steps: [{ id: "mail", kind: "email", subject: "s", body: "b" }],
    ...step,
  });
  await runtime.api("POST", `/api/v1/series/${id}/publish`);
  await anHourLater(runtime);
  const { items } = await runtime.api("GET", "/api/v1/mailbox?limit=100");
  return items.find(({ person }) => person === id).headers["List-Unsubscribe"].slice(1, -1);
}

async function open(url, options = {}) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("console", (message) => page.problems.push(message.text()));
  await page.goto(url);
  return page;
}

const ticks = async (page) =>
  Object.fromEntries(await Promise.all((await page.getByRole("checkbox").all()).map(async (box) => [await box.inputValue(), await box.isChecked()])));
const state = async (id) => (await runtime.api("GET", `/api/v1/people/${id}`)).subscriptions;
const unsubscribed = async (id) => (await runtime.api("GET", `/api/v1/series/${id}/report`)).steps[0].unsubscribed;

test("shows what the person gets, and changes only what they change", async () => {
  const page = await open(await link("ada", { policies: { subscription: "news" } }));
  assert.equal(await page.getByRole("heading").textContent(), "Your subscriptions");
  assert.deepEqual(await ticks(page), { news: true, tips: true, beta: false });
  assert.ok(await page.getByLabel("News & <offers>").isVisible(), "a name is text");
  assert.deepEqual((await state("ada")).types, { news: true, tips: true, beta: false }, "looking changes nothing");

  await page.getByLabel("Tips").uncheck();
  await page.getByLabel("Beta").check();
  await page.getByRole("button", { name: "Save" }).click();
  assert.match(await page.getByRole("status").textContent(), /^Saved/);
  assert.deepEqual(await ticks(page), { news: true, tips: false, beta: true });
  assert.deepEqual(await state("ada"), { all: true, types: { news: true, tips: false, beta: true } });
  assert.equal(await unsubscribed("ada"), 0, "not what the mail belongs to");

  await page.getByLabel("News").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  assert.equal(await unsubscribed("ada"), 1);
  await page.getByRole("button", { name: "Save" }).click();
  assert.equal(await unsubscribed("ada"), 1, "once");
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("lets a person leave everything, and come back", async () => {
  const page = await open(await link("bob"));
  await page.getByRole("button", { name: "Unsubscribe from everything" }).click();
  assert.match(await page.getByRole("status").textContent(), /unsubscribed/);
  assert.equal((await state("bob")).all, false);
  assert.equal(await unsubscribed("bob"), 1);
  assert.deepEqual(await ticks(page), { news: false, tips: false, beta: false });
  await page.getByLabel("Tips").check();
  await page.getByRole("button", { name: "Save" }).click();
  assert.deepEqual(await state("bob"), { all: true, types: { news: false, tips: true, beta: false } });
  for (const box of await page.getByRole("checkbox").all()) await box.uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  assert.equal((await state("bob")).all, false, "nothing ticked is nothing at all");
  await page.context().close();
});

test("takes one click of a mail program, without asking", async () => {
  const news = await link("cleo", { policies: { subscription: "news" } });
  const body = "List-Unsubscribe=One-Click";
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  for (let time = 0; time < 2; time += 1) assert.equal((await fetch(news, { method: "POST", body, headers })).status, 200);
  assert.deepEqual(await state("cleo"), { all: true, types: { news: false, tips: true, beta: false } });
  assert.equal(await unsubscribed("cleo"), 1);
  const all = await link("dora");
  assert.equal((await fetch(all, { method: "POST", body, headers })).status, 200);
  assert.equal((await state("dora")).all, false);
});

test("is the person's alone: no other link, no script, no frame", async () => {
  const url = await link("eve");
  for (const other of [url.slice(0, -1), `${url.slice(0, -1)}${url.endsWith("0") ? "1" : "0"}`]) {
    for (const method of ["GET", "POST"]) assert.equal((await fetch(other, { method })).status, 404);
  }
  const answer = await fetch(url);
  const policy = answer.headers.get("content-security-policy");
  assert.match(policy, /^default-src 'none'; style-src 'nonce-[\w-]+'; form-action 'self'; frame-ancestors 'none'/);
  assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
  assert.ok(!(await answer.text()).includes("eve@"), "the page says nothing of whom it is for");
});

test("is fit to use on every screen, by keyboard, in the company's colour", async () => {
  const url = await link("finn");
  for (const colorScheme of SCHEMES) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const page = await open(url, { colorScheme, viewport, javaScriptEnabled: true });
      assert.deepEqual(await violations(page), [], `${colorScheme} ${size}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim()), "#8a2be2");
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement.value), "news");
      await page.screenshot({ path: `${SCREENSHOTS}preferences-${colorScheme}-${size}.png`, fullPage: true });
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
  }
});
