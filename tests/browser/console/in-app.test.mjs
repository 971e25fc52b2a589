// The editor of messages in the app, by clicking only, on the real runtime: every layout is drawn by the SDK
// as it is written, and what is kept is what was meant.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { until } from "../../edge/harness.mjs";
import { LOOKS, close, look, startConsole } from "./console.mjs";

const BAR = { id: "bar", kind: "in_app", title: "Welcome back", body: "Look.", cta: { label: "Show me", url: "https://example.com" } };

let c;
before(async () => {
  c = await startConsole();
});
after(() => c?.stop());

/** A page on which the message of a new series is open. */
async function open(id, options) {
  await c.api("PUT", `/series/${id}`, { name: id, audience: "everyone", exit: 'performed "Left"', steps: [BAR] });
  const page = await c.open(`/series/${id}?tab=flow&step=bar`, options);
  return { page, sheet: page.getByRole("dialog"), app: page.frameLocator('iframe[title="The message in your app"]').locator("rekindle-message") };
}

/** Waits until the step that is kept has these fields, and no other but its id, kind, delay and texts. */
async function keeps(id, expected) {
  let step;
  await until(
    async () => {
      const { id: _, kind: __, title: ___, body: ____, delay: _____, ...rest } = (await c.api("GET", `/series/${id}`)).draft.steps[0];
      step = rest;
      return JSON.stringify(sorted(rest)) === JSON.stringify(sorted(expected));
    },
    `${JSON.stringify(expected)} to be kept`,
  ).catch((error) => assert.deepEqual(step, expected, error.message));
}
const sorted = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort().map(([name, inner]) => [name, sorted(inner)])) : Array.isArray(value) ? value.map(sorted) : value;

test("every layout is chosen by a click and drawn by the SDK itself", async () => {
  const { page, sheet, app } = await open("layouts");
  const { cta } = BAR;
  await app.locator(".banner.top").waitFor();
  await sheet.getByText("Slide-out", { exact: true }).click();
  await app.locator(".card.corner").waitFor();
  await keeps("layouts", { cta, layout: "slide_out" });
  await sheet.getByText("Tooltip", { exact: true }).click();
  await sheet.getByLabel("Points at").fill("#reports");
  await app.locator(".card.tip").waitFor();
  await keeps("layouts", { cta, layout: "tooltip", target: "#reports" });
  await sheet.getByText("Banner", { exact: true }).click();
  await sheet.getByText("In the page", { exact: true }).click();
  await sheet.getByLabel("Stands in").fill("#news");
  await app.locator(".banner.inline").waitFor();
  await keeps("layouts", { cta, position: "inline", target: "#news" });
  await sheet.getByText("Survey", { exact: true }).click();
  await app.locator(".scale").waitFor();
  await sheet.getByLabel("0 stands for", { exact: true }).fill("Never");
  await app.getByText("Never", { exact: true }).waitFor();
  await keeps("layouts", { layout: "survey", survey: { ask: "nps", low: "Never" } });
  await sheet.getByText("One of several", { exact: true }).click();
  await sheet.getByLabel("Answers").fill("Red\nGreen\nBlue");
  await sheet.getByLabel("Recorded as the event").fill("Colour Chosen");
  await app.getByRole("radio", { name: "Blue" }).waitFor();
  await keeps("layouts", { layout: "survey", survey: { ask: { choice: ["Red", "Green", "Blue"] }, event: "Colour Chosen" } });
  await close(page);
});

test("two buttons are given what they do, and one that leads somewhere is written in short", async () => {
  const { page, sheet, app } = await open("buttons");
  await sheet.getByRole("button", { name: "Add a button" }).click();
  const second = sheet.getByRole("group", { name: "Button 2" });
  await second.getByLabel("Words").fill("Later");
  await second.getByLabel("What it does").selectOption("dismiss");
  await app.getByRole("button", { name: "Later" }).waitFor();
  await keeps("buttons", { buttons: [{ label: "Show me", action: { open: "https://example.com" } }, { label: "Later", action: "dismiss" }] });
  assert.equal(await sheet.getByRole("button", { name: "Add a button" }).count(), 0);
  await second.getByLabel("What it does").selectOption("call");
  await second.getByLabel("Name of the function").fill("startTour");
  await keeps("buttons", { buttons: [{ label: "Show me", action: { open: "https://example.com" } }, { label: "Later", action: { call: "startTour" } }] });
  await second.getByRole("button", { name: "Remove button 2" }).click();
  await keeps("buttons", { cta: BAR.cta });
  await close(page);
});

test("when it comes up, how often, and what is wrong with it", async () => {
  const { page, sheet } = await open("when");
  const { cta } = BAR;
  await sheet.getByText("When it comes up", { exact: true }).click();
  await sheet.getByLabel("The address is").fill("/reports*");
  await sheet.getByLabel("They do", { exact: true }).fill("Viewed");
  await sheet.getByRole("button", { name: "Ask about a property" }).click();
  const filter = sheet.getByRole("group", { name: "Property 1" });
  await filter.getByLabel("Property", { exact: true }).fill("rows");
  await filter.getByLabel("How it is compared").selectOption("over");
  await filter.getByLabel("With what").fill("100");
  await sheet.getByLabel("They have scrolled down").fill("50");
  await sheet.getByLabel("How often").selectOption("every");
  const trigger = { url: "/reports*", event: { name: "Viewed", where: [{ property: "rows", over: 100 }] }, scroll: 50 };
  await keeps("when", { cta, trigger, repeat: { every: "1d" } });
  await sheet.getByLabel("They have scrolled down").fill("101");
  await page.getByText("write a number from 1 to 100").first().waitFor();
  await close(page);
});

for (const { name, options } of LOOKS) {
  test(`the editor is fit to be used, ${name}`, async () => {
    const { page, sheet, app } = await open(`look-${name}`, options);
    await app.locator(".banner").waitFor();
    await sheet.getByRole("button", { name: "Add a button" }).click();
    await sheet.getByText("When it comes up", { exact: true }).click();
    await sheet.getByLabel("They do", { exact: true }).fill("Viewed");
    await sheet.getByRole("button", { name: "Ask about a property" }).click();
    await look(page, `in-app-${name}`);
    await close(page);
  });
}
