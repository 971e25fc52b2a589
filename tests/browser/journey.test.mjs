// One person's whole way, in Chromium against the demo app and the real edge: tracked, slipping
// away because time passes, mailed, nudged by a decision made in the page, re-engaged, and counted.
// Another never comes back: a push reaches the real service worker, and its report the edge.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startRuntime, until } from "../edge/harness.mjs";
import { decrypt, startPushService, subscription } from "../edge/push-service.mjs";
import { SCREENSHOTS, launch, shown, watch } from "./browser.mjs";

const START = "2026-11-23T09:00:00Z";
const WITHIN_MS = 100;
const DAY_MS = 86_400_000;
const series = {
  name: "High-Value At-Risk Re-engagement",
  audience: { segment: "high-value-at-risk" },
  exit: 'performed "Used Feature X"',
  steps: [
    {
      id: "miss-you",
      kind: "email",
      delay: "1d",
      subject: 'We\'ve missed you, {{ first_name | default: "there" }}! Here\'s what\'s new.',
      body: "Hello {{ first_name }}, your reports can look ahead now.",
    },
    {
      id: "welcome-back",
      kind: "in_app",
      delay: "3d",
      when: 'performed "Logged In" in last 24 hours',
      layout: "banner",
      title: "Welcome back!",
      body: "Check out our new {{ feature_name | default: \"forecast\" }}",
      cta: { label: "Show me", url: "https://example.com/new" },
    },
    {
      id: "reminder",
      kind: "push",
      delay: "5d",
      when: 'not performed "Logged In" in last 9 days',
      title: "Quick reminder",
      body: "Your weekly report is ready.",
    },
  ],
};

let edge;
let browser;
let service;
before(async () => {
  [edge, browser, service] = await Promise.all([startRuntime(), launch(), startPushService()]);
  await edge.api("POST", "/api/v1/dev/clock", { now: START });
  await edge.api("PUT", "/api/v1/segments/high-value-at-risk", {
    name: "High-Value At-Risk Subscribers",
    rule:
      'last_seen > 30 days ago and subscription_status is "active" and total_spend > 100 ' +
      'and not performed "Used Feature X" in last 60 days',
  });
  await edge.api("PUT", "/api/v1/series/win-back", series);
  await edge.api("POST", "/api/v1/series/win-back/publish");
});
after(async () => {
  await browser?.close();
  await Promise.all([edge?.stop(), service?.stop()]);
});

const advance = (span) => edge.api("POST", "/api/v1/dev/clock", { advance: span });
const count = async () => (await edge.api("GET", "/api/v1/segments/high-value-at-risk/count")).count;
const events = async (id) => (await edge.api("GET", `/api/v1/people/${id}/events`)).items.map(({ name }) => name);

/** Waits until the page has nothing left to send. */
const acknowledged = (page) =>
  until(
    () => page.evaluate(() => !Object.keys(localStorage).some((key) => key.startsWith("rekindle:wk_dev:q:"))),
    "everything to be acknowledged",
  );

/** Signs in at the demo's door, in a browser of their own, and leaves once the edge knows of it. */
async function visit(id, firstName) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  await page.goto(`${edge.url}/demo/`);
  await page.fill("#user-id", id);
  await page.fill("#first-name", firstName);
  await page.click("#sign-in button[type=submit]");
  await page.waitForURL("**/demo/report*");
  await until(async () => {
    const names = await events(id);
    return names.includes("Logged In") && names.includes("Viewed Report");
  }, "the visit to be stored");
  await acknowledged(page);
  // What only the company's own servers know.
  const traits = { email: `${id}@example.com`, total_spend: 250, subscription_status: "active" };
  await edge.ingest([{ type: "identify", userId: id, messageId: `${id}-billing`, traits }]);
  return { context, page };
}

test("a person's way out of the app and back", async () => {
  const { context, page } = await visit("maya", "Maya");
  await page.close();

  // Time passes from the last that was seen of them, which is before the page told of it.
  const { last_seen: seenAt } = await edge.api("GET", "/api/v1/people/maya");
  await edge.api("POST", "/api/v1/dev/clock", { now: seenAt + 30 * DAY_MS });
  assert.equal(await count(), 0);
  await advance("1ms");
  assert.equal(await count(), 1);

  await advance("1d");
  const [mail, ...others] = (await edge.api("GET", "/api/v1/mailbox")).items;
  assert.deepEqual(others, []);
  assert.equal(mail.subject, "We've missed you, Maya! Here's what's new.");

  await advance("3d");
  const back = await context.newPage();
  const seen = watch(back);
  await back.goto(`${edge.url}/demo/report`);
  await until(() => seen.requests.includes("GET /v1/boot"), "the inbox to be fetched");
  await until(async () => (await events("maya")).filter((name) => name === "Page Viewed").length > 1, "the page view to be stored");
  await acknowledged(back);
  assert.equal(await shown(back).count(), 0, "not before they have logged in again");

  const before = seen.requests.length;
  const waited = await back.evaluate(
    () =>
      new Promise((done) => {
        const start = performance.now();
        const look = () => {
          const root = document.querySelector("rekindle-message")?.shadowRoot;
          if (root?.textContent.includes("Welcome back!")) done(performance.now() - start);
          else requestAnimationFrame(look);
        };
        window.rekindle.track("Logged In");
        look();
      }),
  );
  const between = seen.requests.length - before;
  assert.ok(waited < WITHIN_MS, `on the screen after ${waited} ms`);
  assert.equal(between, 0, `no request between the event and the banner: ${seen.requests.slice(before)}`);
  console.log(`banner on the screen ${waited.toFixed(1)} ms after the event`);
  await shown(back).getByText("Check out our new forecast").waitFor();
  await back.screenshot({ path: `${SCREENSHOTS}journey-banner.png` });
  await until(() => seen.items.some(({ kind }) => kind === "shown"), "the report of the banner");

  await back.goto(`${edge.url}/demo/feature`);
  await back.click("#forecast button[type=submit]");
  await until(async () => (await events("maya")).includes("Used Feature X"), "the use to be stored");
  await until(async () => (await shown(back).count()) === 0, "the banner to be taken down");
  await context.close();

  await advance("60d");
  assert.equal((await edge.api("GET", "/api/v1/mailbox")).items.length, 1);
  assert.deepEqual((await edge.api("GET", "/api/v1/pushes")).items, []);
  const report = await edge.api("GET", "/api/v1/series/win-back/report");
  const step = (id) => report.steps.find((step) => step.id === id);
  assert.deepEqual(
    [report.entered, step("miss-you").sent, step("welcome-back").shown, report.re_engaged],
    [1, 1, 1, 1],
  );
});

test("one who stays away gets a push, and the service worker reports it", async () => {
  const { context, page } = await visit("noah", "Noah");
  await context.grantPermissions(["notifications"], { origin: edge.url });
  const device = subscription(`${service.origin}/noah`);
  // No push service can be reached from here: the page is handed a subscription whose endpoint is
  // a program on this machine. Everything else is the browser's own.
  await page.evaluate((made) => {
    PushManager.prototype.subscribe = async () => ({ toJSON: () => made });
  }, { endpoint: device.endpoint, keys: device.keys });
  await page.click("#allow");
  await until(async () => (await edge.api("GET", "/api/v1/people/noah")).devices.length === 1, "the device to be known");
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
    }
  });

  await advance("45d");
  const [delivered, ...more] = service.to("/noah");
  assert.deepEqual(more, []);
  const payload = decrypt(device, delivered.body).text;
  assert.equal(JSON.parse(payload).title, "Quick reminder");

  const cdp = await context.newCDPSession(page);
  const registrations = [];
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: found }) => registrations.push(...found));
  await cdp.send("ServiceWorker.enable");
  const { registrationId } = await until(() => registrations[0], "the service worker's registration");
  await cdp.send("ServiceWorker.deliverPushMessage", { origin: edge.url, registrationId, data: payload });
  const reminder = async () =>
    (await edge.api("GET", "/api/v1/series/win-back/report")).steps.find(({ id }) => id === "reminder");
  await until(async () => (await reminder()).opened === 1, "the service worker's report");
  assert.equal((await reminder()).sent, 1);

  const image = `${edge.url}/garden.jpg`;
  const actions = [{ label: "Yes", url: `${edge.url}/yes` }, { label: "No", url: `${edge.url}/no` }];
  const data = JSON.stringify({ ...JSON.parse(payload), image, actions });
  await cdp.send("ServiceWorker.deliverPushMessage", { origin: edge.url, registrationId, data });
  const shown = () => page.evaluate(async () => {
    const { ready } = navigator.serviceWorker;
    return (await (await ready).getNotifications()).map(({ title, actions }) => ({ title, actions }));
  });
  const [{ actions: buttons }, ...others] = await until(async () => {
    const found = await shown();
    return found[0]?.actions.length === 2 && found;
  }, "the buttons");
  assert.equal(others.length, 0, "a push that is sent again replaces the first");
  assert.deepEqual(buttons.map(({ action, title }) => [action, title]), [["0", "Yes"], ["1", "No"]]);
  await context.close();
});
