// The SDK in a real browser against the real edge: what is recorded arrives, once, whatever
// happens to the network and the page.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startRuntime, until } from "../edge/harness.mjs";
import { html, launch, reactions, serve, painted, shown, watch } from "./browser.mjs";

let edge;
let browser;
before(async () => {
  [edge, browser] = await Promise.all([startRuntime(), launch()]);
});
after(async () => {
  await browser?.close();
  await edge?.stop();
});

async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const url = `${edge.url}/shop`;
  await serve(context, `${url}*`, html(edge.url));
  await page.goto(url);
  return { context, page, url };
}

/** How many events wait to be sent; those that wait for the core itself are not known, but some. */
const waiting = (page) =>
  page.evaluate(() =>
    localStorage.getItem("rekindle:wk_dev:anonymous") === null
      ? Infinity
      : Object.keys(localStorage).filter((key) => key.startsWith("rekindle:wk_dev:q:")).length,
  );

async function events(person, name) {
  const { items } = await edge.api("GET", `/api/v1/people/${person}/events`);
  return items.filter((event) => event.name === name);
}

const loaded = (page) => page.waitForFunction(() => window.rekindle && !window.rekindle.q);

test("events wait offline, survive a reload, and are stored once", async () => {
  const { context, page, url } = await open();
  await loaded(page);
  await context.route("**/v1/**", (route) => route.abort());
  await page.evaluate(() => {
    rekindle.boot({ user_id: "offline-olga" });
    rekindle.track("Bought", { amount: 3 });
    rekindle.track("Bought", { amount: 4 });
  });
  await until(async () => (await waiting(page)) === 3, "three events in storage");
  await page.goto(`${url}?again`);
  await loaded(page);
  assert.equal(await waiting(page), 3);
  await context.unroute("**/v1/**");
  await page.reload();
  await until(async () => (await waiting(page)) === 0, "the queue to be empty");
  const bought = await events("offline-olga", "Bought");
  assert.deepEqual(bought.map((event) => event.properties.amount).sort(), [3, 4]);
  await context.close();
});

test("an answer that got lost does not make a second event", async () => {
  const { context, page } = await open();
  await loaded(page);
  let lost = 0;
  await context.route("**/v1/batch*", async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    await route.fetch();
    return route.abort();
  });
  const seen = watch(page);
  await page.evaluate(() => {
    rekindle.boot({ user_id: "lost-liam" });
    rekindle.track("Bought", {});
  });
  await until(async () => seen.batches > 1 && (await waiting(page)) === 0, "the second attempt");
  assert.equal((await events("lost-liam", "Bought")).length, 1);
  await context.close();
});

test("the edge being unwell is waited out", async () => {
  const { context, page } = await open();
  await loaded(page);
  let failures = 0;
  await context.route("**/v1/batch*", (route) => (failures++ < 2 ? route.fulfill({ status: 503 }) : route.continue()));
  await page.evaluate(() => {
    rekindle.boot({ user_id: "patient-pia" });
    rekindle.track("Bought", {});
  });
  await until(async () => (await waiting(page)) === 0, "the queue to be empty");
  assert.equal(failures, 3);
  assert.equal((await events("patient-pia", "Bought")).length, 1);
  await context.close();
});

test("what the edge refuses for good is forgotten with a warning", async () => {
  const { context, page } = await open();
  const warnings = [];
  page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
  await loaded(page);
  await context.route("**/v1/batch*", (route) => route.fulfill({ status: 401 }));
  await page.evaluate(() => rekindle.track("Bought", {}));
  await until(async () => warnings.length > 0 && (await waiting(page)) === 0, "a warning");
  assert.match(warnings[0], /write key/);
  await context.close();
});

test("events of a page that is left arrive", async () => {
  const { context, page } = await open();
  await loaded(page);
  await page.evaluate(() => {
    rekindle.boot({ user_id: "hasty-hans" });
  });
  await until(async () => (await waiting(page)) === 0, "the sign-in to be stored");
  await page.evaluate(() => {
    rekindle.track("Left", {});
    location.assign("about:blank");
  });
  await until(async () => (await events("hasty-hans", "Left")).length === 1, "the event");
  await context.close();
});

test("several tabs do not send twice", async () => {
  const { context, page, url } = await open();
  const seen = watch(context);
  const second = await context.newPage();
  await second.goto(url);
  await Promise.all([loaded(page), loaded(second)]);
  await page.evaluate(() => rekindle.boot({ user_id: "many-mei" }));
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([page, second].map((tab) => tab.evaluate((n) => rekindle.track("Clicked", { n }), round)));
  }
  await until(async () => (await waiting(page)) === 0, "the queue to be empty");
  const ids = seen.items.map((item) => item.messageId);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(seen.items.filter((item) => item.event === "Clicked").length, 10);
  await context.close();
});

test("calls before the SDK has come are kept, and the page sees no error", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error));
  const url = `${edge.url}/early`;
  const early = `<script src="${edge.url}/early.js"></script>`;
  await context.route("**/early.js", (route) =>
    route.fulfill({
      contentType: "text/javascript",
      body: `rekindle.boot({user_id: "early-eva"}); rekindle.track("Came", {circular: 1}); rekindle.identify({first_name: "Eva"}); rekindle.on("shown", () => {}); const loop = {}; loop.loop = loop; rekindle.track("Looped", loop);`,
    }),
  );
  await serve(page, url, html(edge.url).replace("</head>", `${early}</head>`));
  await page.goto(url);
  await until(async () => (await events("early-eva", "Came")).length === 1, "the event");
  assert.equal((await events("early-eva", "Looped")).length, 1);
  const person = await edge.api("GET", "/api/v1/people/early-eva");
  assert.equal(person.attributes.first_name, "Eva");
  assert.deepEqual(errors, []);
  await context.close();
});

test("without localStorage everything still works, for this page", async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  const page = await context.newPage();
  await serve(page, `${edge.url}/private`, html(edge.url));
  await page.goto(`${edge.url}/private`);
  await page.evaluate(() => {
    rekindle.boot({ user_id: "private-paul" });
    rekindle.track("Came", {});
  });
  await until(async () => (await events("private-paul", "Came")).length === 1, "the event");
  await context.close();
});

test("nothing is kept or sent against consent, and refusing erases what was", async () => {
  const { context, page } = await open();
  const seen = watch(page);
  await loaded(page);
  await page.evaluate(() => {
    rekindle.consent(false);
    rekindle.track("Came", {});
  });
  const kept = () => page.evaluate(() => Object.keys(localStorage).join());
  // The calls were made; they are carried out once the core is there.
  const refused = () => until(async () => (await kept()) === "rekindle:wk_dev:consent", "the refusal, and nothing else");
  await refused();
  await page.reload();
  await loaded(page);
  await page.evaluate(() => rekindle.track("Came again", {}));
  await refused();
  await page.evaluate(() => {
    rekindle.consent(true);
    rekindle.track("Agreed", {});
  });
  await until(() => seen.items.length > 0, "the event after consent");
  assert.deepEqual(seen.items.map(({ event }) => event), ["Agreed"]);
  await context.close();
});

test("Intercom's calls work as they are", async () => {
  const { context, page } = await open();
  await loaded(page);
  await page.evaluate(() => {
    Intercom("boot", { app_id: "wk_dev", user_id: "moved-mo", first_name: "Mo" });
    Intercom("trackEvent", "Came", { from: "elsewhere" });
    Intercom("update", { plan: "team" });
  });
  await until(async () => (await events("moved-mo", "Came")).length === 1, "the event");
  const { attributes } = await edge.api("GET", "/api/v1/people/moved-mo");
  assert.deepEqual([attributes.first_name, attributes.plan], ["Mo", "team"]);
  await context.close();
});

test("a series shows its banner at once, keeps it, hears the click, and ends it on exit", async () => {
  const { context, page, url } = await open();
  const series = {
    name: "Welcome back",
    audience: { rule: 'plan is "gold"' },
    exit: 'performed "Used Feature X"',
    steps: [
      {
        id: "welcome-back",
        kind: "in_app",
        when: 'performed "Logged In" in last 24 hours',
        layout: "banner",
        title: "Welcome back, {{ first_name }}!",
        body: "Check out what is new",
        cta: { label: "Show me", url: "https://example.com/new" },
      },
    ],
  };
  await edge.api("PUT", "/api/v1/series/welcome", series);
  await edge.api("POST", "/api/v1/series/welcome/publish");
  await loaded(page);
  await page.evaluate(() => {
    rekindle.boot({ user_id: "back-bo", traits: { first_name: "Bo", plan: "gold" } });
  });
  // The inbox comes with an answer; until then events bring it up to date.
  await until(async () => {
    await page.evaluate(() => rekindle.page());
    return page.evaluate(() => localStorage.getItem("rekindle:wk_dev:inbox") !== null);
  }, "the inbox");
  assert.equal(await shown(page).count(), 0);

  const seen = watch(page);
  const took = await page.evaluate(() => {
    const start = performance.now();
    rekindle.track("Logged In", {});
    const bar = document.querySelector("rekindle-message")?.shadowRoot.querySelector(".banner");
    return bar && bar.getBoundingClientRect().height > 0 ? performance.now() - start : undefined;
  });
  assert.ok(took < 100, `${took} ms`);
  assert.deepEqual(seen.requests, []);
  console.log(`banner laid out ${took.toFixed(1)} ms after track`);
  assert.equal(await shown(page).locator(".title").textContent(), "Welcome back, Bo!");

  await until(() => reactions(seen).includes("shown"), "`shown` to be reported");
  await page.goto(`${url}?next`);
  await shown(page).locator(".banner").waitFor();
  await context.route("https://example.com/**", (route) => route.fulfill({ body: "new" }));
  await shown(page).locator("a").click();
  await page.waitForURL("https://example.com/new");
  await until(() => reactions(seen).includes("clicked"), "`clicked` to be reported");
  assert.deepEqual(reactions(seen), ["shown", "clicked"]);
  const asked = seen.requests.length;
  await page.goto(`${url}?later`);
  await until(() => seen.requests.slice(asked).includes("GET /v1/boot"), "the inbox to be asked for");
  await painted(page);
  assert.equal(await shown(page).count(), 0);

  // Another person, who leaves by the exit condition while the banner stands.
  await page.evaluate(() => {
    rekindle.reset();
    rekindle.boot({ user_id: "exit-eli", traits: { first_name: "Eli", plan: "gold" } });
  });
  await until(async () => {
    await page.evaluate(() => rekindle.track("Logged In", {}));
    return (await shown(page).count()) === 1;
  }, "the banner");
  await page.evaluate(() => rekindle.track("Used Feature X", {}));
  await until(async () => (await shown(page).count()) === 0, "the banner to go");
  await context.close();
});
