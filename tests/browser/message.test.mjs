// What a message looks like and how it is used: strict content security policy, keyboard, focus,
// screen readers, light and dark, small phones, right to left. Screenshots go to target/screenshots.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../edge/harness.mjs";
import { SCREENSHOTS, reactions, painted, shown, watch } from "./browser.mjs";
import { barriers, focused, openShop } from "./shop.mjs";

const DESKTOP = { width: 1280, height: 720 };
const PHONE = { width: 360, height: 640 };
const EFFECT = "0123456789abcdef0123456789abcdef";
const CTA = { label: "Show me", url: "https://example.com/new" };
const BANNER = { effect: EFFECT, layout: "top", title: "Welcome back!", body: "Check out our new forecasts", cta: CTA };
const MODAL = {
  ...BANNER,
  layout: "modal",
  title: "Your report has grown a forecast",
  body: "See what the next weeks may bring.\nIt takes a minute, and it is part of your plan.",
};

let shop;
let open;
before(async () => {
  shop = await openShop();
  open = shop.open;
});
after(() => shop?.close());

for (const message of [BANNER, MODAL]) {
  test(`a ${message.layout} needs nothing of a strict content security policy but wasm and the edge`, async () => {
    const policy = `default-src 'none'; script-src 'wasm-unsafe-eval' ${shop.edge.url}; connect-src ${shop.edge.url}`;
    const { context, page, begin } = await open(message, { policy });
    await begin();
    await shown(page).locator(".title").waitFor();
    const { background, violations } = await page.evaluate(() => {
      const card = document.querySelector("rekindle-message").shadowRoot.querySelector(".banner, .card");
      return { background: getComputedStyle(card).backgroundColor, violations: window.violations };
    });
    assert.equal(background, "rgb(255, 255, 255)");
    assert.deepEqual(violations, []);
    await context.close();
  });
}

test("a banner takes no focus, is announced, is reached by Tab, and Escape gives focus back", async () => {
  const { context, page, begin } = await open(BANNER);
  const seen = watch(page);
  await page.locator("#opener").focus();
  await begin();
  const bar = shown(page).getByRole("region", { name: "Message" });
  await bar.waitFor();
  assert.equal(await focused(page), "opener");
  await until(
    async () => (await shown(page).getByRole("status").textContent())?.startsWith("Welcome back!"),
    "the announcement",
  );
  assert.deepEqual(await barriers(page), []);
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "cta");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "close");
  await page.keyboard.press("Escape");
  await until(async () => (await shown(page).count()) === 0, "the banner to go");
  assert.equal(await focused(page), "opener");
  await until(() => seen.items.some((item) => item.kind === "dismissed"), "`dismissed` to be reported");
  await context.close();
});

test("a modal keeps focus, closes on Escape, and gives focus back", async () => {
  const { context, page, begin } = await open(MODAL);
  const seen = watch(page);
  await page.locator("#opener").focus();
  await begin();
  const dialog = shown(page).getByRole("dialog", { name: MODAL.title });
  await dialog.waitFor();
  assert.equal(await focused(page), "card");
  assert.deepEqual(await barriers(page), []);
  const visited = [];
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press("Tab");
    visited.push(await focused(page));
  }
  assert.deepEqual(visited, ["cta", "close", "cta", "close"]);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await focused(page), "close");
  await page.keyboard.press("Escape");
  await until(async () => (await shown(page).count()) === 0, "the modal to go");
  assert.equal(await focused(page), "opener");
  await until(() => seen.items.some((item) => item.kind === "dismissed"), "`dismissed` to be reported");
  // Once is enough, also on the next page.
  const asked = seen.requests.length;
  await page.reload();
  await begin();
  await until(() => seen.requests.slice(asked).includes("GET /v1/boot"), "the inbox to be asked for");
  await painted(page);
  assert.equal(await shown(page).count(), 0);
  assert.deepEqual(reactions(seen), ["shown", "dismissed"]);
  await context.close();
});

test("a click beside a modal closes it, and a message that left the inbox leaves the screen", async () => {
  const { context, page, begin } = await open(MODAL);
  await begin();
  await shown(page).getByRole("dialog").waitFor();
  await page.mouse.click(10, 10);
  await until(async () => (await shown(page).count()) === 0, "the modal to go");
  await context.close();

  const other = await open(MODAL);
  await other.page.locator("#opener").focus();
  await other.begin();
  await shown(other.page).getByRole("dialog").waitFor();
  other.empty();
  await other.page.evaluate(() => rekindle.track("Used Feature X", {}));
  await until(async () => (await shown(other.page).count()) === 0, "the modal to go");
  assert.equal(await focused(other.page), "opener");
  await other.context.close();
});

test("an address that is not of the web is no link, and text is never markup", async () => {
  const evil = { ...BANNER, title: "<img src=x onerror=alert(1)>", cta: { label: "Go", url: "javascript:alert(1)" } };
  const { context, page, begin } = await open(evil);
  await begin();
  assert.equal(await shown(page).locator(".title").textContent(), evil.title);
  assert.equal(await shown(page).locator("a, img").count(), 0);
  await context.close();
});

test("a banner waits for its event and for its time", async () => {
  const later = { ...BANNER, performed: "Logged In", from: Date.now() + 3_000 };
  const { context, page, begin } = await open(later);
  await begin();
  await until(
    () => page.evaluate(() => localStorage.getItem("rekindle:wk_dev:inbox") !== null),
    "the inbox",
  );
  const early = await page.evaluate((from) => {
    rekindle.track("Logged In", {});
    return document.querySelector("rekindle-message") !== null && Date.now() < from;
  }, later.from);
  assert.equal(early, false);
  await shown(page).locator(".banner").waitFor({ timeout: 6_000 });
  assert.ok(Date.now() >= later.from);
  await context.close();
});

const ARABIC = {
  title: "مرحبًا بعودتك!",
  body: "اكتشف ميزة التوقعات الجديدة لدينا",
  cta: { label: "أرني", url: CTA.url },
};
const LONG = {
  title: "Donaudampfschifffahrtsgesellschaftskapitänsmütze wieder lieferbar",
  body: "A body that goes on for a while, to see that words wrap, the button keeps its place and nothing is cut off at the edge of a small phone.",
};

describe("looks right", { concurrency: 4 }, () => {
  for (const [layout, base] of [["top", BANNER], ["bottom", { ...BANNER, layout: "bottom" }], ["modal", MODAL]]) {
    for (const colorScheme of ["light", "dark"]) {
      for (const [size, viewport] of [["desktop", DESKTOP], ["phone", PHONE]]) {
        const looks = [["", base, {}]];
        if (colorScheme === "light") looks.push(["-rtl", { ...base, ...ARABIC }, { lang: "ar", dir: "rtl" }], ["-long", { ...base, ...LONG }, {}]);
        for (const [kind, message, words] of looks) {
          const name = `${layout}${kind}-${colorScheme}-${size}`;
          test(name, async () => {
            const { context, page, begin } = await open(message, { viewport, colorScheme, page: words, reducedMotion: "reduce" });
            await begin();
            const card = shown(page).locator(".banner, .card");
            await card.waitFor();
            await page.screenshot({ path: `${SCREENSHOTS}${name}.png` });
            const box = await card.boundingBox();
            assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, `within the width: ${JSON.stringify(box)}`);
            assert.ok(box.y >= 0 && box.y + box.height <= viewport.height, `within the height: ${JSON.stringify(box)}`);
            const close = await shown(page).locator(".close").boundingBox();
            assert.ok(close.width >= 40 && close.height >= 40, "a thumb can hit the button");
            assert.equal(close.x > box.x + box.width / 2, words.dir !== "rtl", "the button is at the end");
            const clipped = await page.evaluate(() => {
              const root = document.querySelector("rekindle-message").shadowRoot;
              return [...root.querySelectorAll(".title, .body, .cta")].filter((part) => part.scrollWidth > part.clientWidth + 1).length;
            });
            assert.equal(clipped, 0);
            assert.deepEqual(await barriers(page), []);
            await context.close();
          });
        }
      }
    }
  }
});
