// What must happen on the page before a message: each trigger, all of several, anew on each page; and
// messages that take turns.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../edge/harness.mjs";
import { painted, shown } from "./browser.mjs";
import { openShop } from "./shop.mjs";

let shop;
before(async () => {
  shop = await openShop();
});
after(() => shop?.close());

const message = (trigger, more = {}) => ({ effect: "a".repeat(32), title: "Hello", body: "There", drawing: { shape: "slide_out" }, trigger, ...more });
const TALL = { head: "<style>main{min-height:3000px}#end{position:absolute;top:2500px}</style><script>addEventListener('DOMContentLoaded',()=>document.querySelector('main').insertAdjacentHTML('beforeend','<p id=end>The end</p>'))</script>" };

/** A page on which the script that watches is there and has been asked. */
async function open(messages, options = {}) {
  const opened = await shop.open(messages, { page: TALL, ...options });
  const { page, begin } = opened;
  const script = page.waitForResponse(/\/sdk\/nudges-/);
  await begin();
  await script;
  await page.waitForFunction(() => localStorage.getItem("rekindle:wk_dev:inbox") !== null);
  await painted(page);
  return opened;
}
const title = (page) => shown(page).locator(".title");
const isThere = async (page) => {
  await painted(page);
  return (await shown(page).count()) === 1;
};

const TRIGGERS = [
  ["scroll", { scroll: 50 }, (page) => page.mouse.wheel(0, 600), (page) => page.mouse.wheel(0, 1_500)],
  ["visible", { visible: "#end" }, (page) => page.mouse.wheel(0, 600), (page) => page.mouse.wheel(0, 3_000)],
  ["exit intent", { exit: true }, (page) => page.mouse.move(400, 100), (page) => page.evaluate(() => document.body.dispatchEvent(new MouseEvent("mouseout", { bubbles: true, clientY: -3 })))],
  [
    "event",
    { event: { name: "Viewed", where: [{ property: "total", over: 100 }, { property: "plan", is: "pro" }] } },
    (page) =>
      page.evaluate(() => {
        rekindle.track("Viewed", { total: 100, plan: "pro" });
        rekindle.track("Viewed", { total: 101, plan: "free" });
        rekindle.track("Viewed", {});
        rekindle.track("Other", { total: 101, plan: "pro" });
      }),
    (page) => page.evaluate(() => rekindle.track("Viewed", { total: 101, plan: "pro" })),
  ],
  [
    "address",
    { url: "/page-*/pricing*" },
    (page) => page.evaluate(() => history.pushState({}, "", `${location.pathname}/about`)),
    (page) => page.evaluate(() => history.pushState({}, "", location.pathname.replace("about", "Pricing/pro?a=b"))),
  ],
  [
    "all of several",
    { url: "*/page-*", scroll: 50, event: { name: "Viewed", where: [] } },
    (page) => page.evaluate(() => rekindle.track("Viewed", {})),
    (page) => page.mouse.wheel(0, 1_500),
  ],
];
for (const [name, trigger, before, then] of TRIGGERS) {
  test(`${name}: not before, and then at once`, async () => {
    const { context, page } = await open(message(trigger));
    await page.mouse.move(300, 300);
    await before(page);
    assert.equal(await isThere(page), false);
    await then(page);
    await title(page).waitFor();
    await context.close();
  });
}

test("a delay is counted from when the page began", async () => {
  const { context, page } = await open(message({ delay: 2_500 }));
  await title(page).waitFor();
  const ms = await page.evaluate(() => performance.now());
  assert.ok(ms >= 2_500, `${ms} ms`);
  await context.close();
});

test("one who does something is not idle", async () => {
  const { context, page } = await open(message({ idle: 1_500 }));
  await page.evaluate(() => {
    window.moved = 0;
    const end = performance.now() + 2_000;
    const move = () => {
      dispatchEvent(new PointerEvent("pointermove"));
      window.moved = performance.now();
      if (window.moved < end) requestAnimationFrame(move);
    };
    move();
  });
  await title(page).waitFor();
  const quiet = await page.evaluate(() => performance.now() - window.moved);
  assert.ok(quiet >= 1_400, `${quiet} ms after the last move`);
  await context.close();
});

test("an event before the script is there counts, one of another page does not", async () => {
  const trigger = { event: { name: "Viewed", where: [] } };
  const { context, page, begin } = await shop.open(message(trigger), { page: TALL });
  await page.evaluate(() => rekindle.track("Viewed", {}));
  await begin();
  await title(page).waitFor();
  await context.close();

  const other = await open(message({ ...trigger, url: "*/next" }));
  await other.page.evaluate(() => {
    rekindle.track("Viewed", {});
    history.pushState({}, "", `${location.pathname}/next`);
  });
  assert.equal(await isThere(other.page), false);
  await other.page.evaluate(() => rekindle.track("Viewed", {}));
  await title(other.page).waitFor();
  await other.context.close();
});

test("a selector that is none is told to the developer, and holds up nobody", async () => {
  const warnings = [];
  const other = message(undefined, { effect: "b".repeat(32), title: "Other" });
  const { context, page, begin } = await shop.open([message({ visible: "#[" }), other], { page: TALL });
  page.on("console", (line) => warnings.push(line.text()));
  await begin();
  await title(page).waitFor();
  assert.equal(await title(page).textContent(), "Other");
  await shown(page).locator(".close").click();
  await until(() => warnings.some((text) => text.includes("waits for is not understood")), "the warning");
  await context.close();
});

test("one at a time: the next waits for its turn and for the gap, also on the next page", async () => {
  const scroll = message({ scroll: 10 });
  const other = message(undefined, { effect: "b".repeat(32), title: "First" });
  const { context, page, begin } = await open([scroll, other], { boot: { messageGapMs: 3_000 } });
  assert.equal(await title(page).textContent(), "First");
  await page.mouse.move(300, 300);
  await page.mouse.wheel(0, 1_500);
  assert.equal(await title(page).textContent(), "First");
  await shown(page).locator(".close").click();
  await until(async () => (await shown(page).count()) === 0, "it to go");
  const closed = Date.now();
  await page.reload();
  await begin();
  await page.mouse.wheel(0, 1_500);
  await title(page).waitFor();
  assert.equal(await title(page).textContent(), "Hello");
  assert.ok(Date.now() - closed >= 2_900, `${Date.now() - closed} ms`);
  await context.close();
});

test("what comes every so often comes back although it was dismissed, until it is clicked", async () => {
  const again = message(undefined, { repeat: { every: 2_000 }, drawing: { shape: "slide_out", buttons: [{ label: "Go", call: "go" }] } });
  const { context, page } = await open(again);
  await title(page).waitFor();
  const first = Date.now();
  await shown(page).locator(".close").click();
  await until(async () => (await shown(page).count()) === 0, "it to go");
  await title(page).waitFor();
  assert.ok(Date.now() - first >= 1_800, `${Date.now() - first} ms`);
  await shown(page).getByRole("button", { name: "Go" }).click();
  await until(async () => (await shown(page).count()) === 0, "it to go");
  assert.match(await page.evaluate(() => localStorage.getItem("rekindle:wk_dev:seen")), /c/);
  await context.close();
});
