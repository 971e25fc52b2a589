// Home in Chromium: the set-up ticks itself, figures are those of the API, what wants a look is named.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { LOOKS, close, look, startConsole } from "./console.mjs";

let our;
before(async () => {
  our = await startConsole();
});
after(() => our?.stop());

const figure = (page, name) => page.locator("dl div").filter({ has: page.getByText(name, { exact: true }) }).locator("dd");
const steps = (page) => page.getByRole("list", { name: "Set up" }).getByRole("listitem");
const done = async (page) => (await steps(page).allInnerTexts()).map((text) => /\(done\)/.test(text));
const spec = { name: "Win back", audience: "plan is \"pro\"", exit: 'performed "Logged In"', steps: [{ id: "mail", kind: "email", subject: "Hi", body: "Come back." }] };

test("an empty workspace says how to begin", async () => {
  const page = await our.open("/");
  await steps(page).first().waitFor();
  assert.deepEqual(await done(page), [false, false, false, false]);
  await page.getByRole("link", { name: "Install" }).click();
  await page.waitForURL(/settings\?tab=install/);
  await page.getByText("Waiting for the first event.").waitFor();
  await close(page);
});

test("each step ticks itself, and the set-up goes when it is done", async () => {
  const page = await our.open("/");
  await our.send([{ type: "track", userId: "ada", event: "Signed Up" }]);
  await page.reload();
  await steps(page).filter({ hasText: "First event received (done)" }).waitFor();
  await our.api("PUT", "/segments/pros", { name: "Pros", rule: 'plan is "pro"' });
  await page.reload();
  await steps(page).filter({ hasText: "First segment (done)" }).waitFor();
  await our.api("PUT", "/series/win-back", spec);
  await page.reload();
  await steps(page).filter({ hasText: "First series published (to do)" }).waitFor();
  await our.api("POST", "/series/win-back/publish");
  await page.reload();
  await page.getByRole("row", { name: /Win back/ }).waitFor();
  assert.equal(await steps(page).count(), 0);
  await close(page);
});

test("figures are those of today, and of the series", async () => {
  await our.send(["ada", "bob", "eve"].map((userId) => ({ type: "identify", userId, traits: { plan: "pro", email: `${userId}@example.com` } })));
  await our.send([{ type: "track", userId: "bob", event: "Signed Up" }]);
  await our.advance("3d");
  await our.send([{ type: "track", userId: "ada", event: "Logged In" }]);
  const page = await our.open("/");
  const { figures } = await our.api("GET", "/series/figures");
  const { people } = await our.api("GET", "/status");
  await figure(page, "Re-engaged today").getByText("1", { exact: true }).waitFor();
  const shown = async (name) => Number(await figure(page, name).innerText());
  assert.equal(await shown("People"), people);
  assert.equal(await shown("Active today"), (await our.api("POST", "/segments/preview", { rule: "last_seen < 1 day ago" })).count);
  assert.equal(await shown("Active today"), 1);
  assert.equal(await shown("Active this week"), 2);
  assert.equal(await shown("Sent today"), 0, "the mails left three days ago");
  const row = await page.getByRole("row", { name: /Win back/ }).innerText();
  assert.match(row, new RegExp(`${figures["win-back"].entered}\\s+[\\d.]+%\\s+${figures["win-back"].sent}\\s+${figures["win-back"].re_engaged}\\s`));
  assert.deepEqual(page.problems, []);
  await close(page);
});

test("a draft that nobody gets, and a series without a way out, want a look", async () => {
  const page = await our.open("/");
  await page.getByText("Nothing. What fails").waitFor();
  await our.api("PUT", "/series/win-back", { ...spec, name: "Win them back", exit: undefined });
  await page.reload();
  const attention = page.getByRole("list", { name: "Needs a look" });
  await attention.getByText("Win them back has no exit").waitFor();
  await attention.getByText("Win them back has changes that are not published.").waitFor();
  await attention.getByRole("link", { name: "Review" }).click();
  await page.waitForURL(/series\/win-back/);
  await close(page);
});

test("a part that cannot be had does not take the page down", async () => {
  const page = await our.open("/reports");
  const json = { type: "urn:rekindle:not-found", status: 404, title: "there is no such thing", detail: "none here" };
  const none = { status: 404, contentType: "application/problem+json", body: JSON.stringify(json) };
  for (const part of ["status", "dead-letters*"]) await page.route(`**/api/v1/${part}`, (route) => route.fulfill(none));
  await page.goto(`${our.edge.url}/console/`);
  await page.getByText("Not everything could be looked at").waitFor();
  await page.getByRole("row", { name: /Win them back/ }).waitFor();
  await close(page);
});

test("every part of the kit is fit to use, in development", async () => {
  for (const { name, options } of LOOKS) {
    const page = await our.open("/kit", options);
    await page.getByRole("heading", { name: "What stands above" }).waitFor();
    await page.locator("canvas").nth(1).waitFor();
    await page.getByRole("status", { name: "Loading" }).first().waitFor();
    await look(page, `kit-${name}`);
    await close(page);
  }
});

for (const { name, options } of LOOKS) {
  test(`home is fit to use, ${name}`, async () => {
    const page = await our.open("/", options);
    await page.getByRole("row", { name: /Win them back/ }).waitFor();
    await page.waitForLoadState("networkidle");
    await look(page, `home-${name}`);
    await page.route("**/api/v1/segments", (route) => route.fulfill({ json: { items: [], next: null } }));
    await page.route("**/api/v1/series", (route) => route.fulfill({ json: { items: [], next: null } }));
    await page.goto(`${our.edge.url}/console/`);
    await steps(page).first().waitFor();
    await page.waitForLoadState("networkidle");
    await look(page, `home-empty-${name}`);
    await close(page);
  });
}
