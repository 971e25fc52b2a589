// The console in Chromium: signed out one sees nothing, signed in one sees what the API says.
// Every place in light and dark, at phone and desktop width, is checked with axe and photographed.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";

import { ADMIN_TOKEN, startRuntime } from "../edge/harness.mjs";
import { SCREENSHOTS, launch } from "./browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };

let edge;
let browser;
before(async () => {
  [edge, browser] = await Promise.all([startRuntime(), launch()]);
  await edge.api("POST", "/api/v1/dev/clock", { now: "2026-11-23T00:00:00Z" });
  await edge.api("PUT", "/api/v1/segments/vips", { name: "Very important", rule: "vip is true" });
  await edge.api("PUT", "/api/v1/series/hello", {
    name: "Hello",
    audience: { segment: "vips" },
    steps: [{ id: "mail", kind: "email", subject: "Hi {{ first_name }}", body: "<script>parent.hacked = 1</script>" }],
  });
  await edge.api("POST", "/api/v1/series/hello/publish");
  const traits = { vip: true, email: "ada@example.com", first_name: "<b>Ada</b>" };
  await edge.ingest([{ type: "identify", userId: "ada", messageId: "1", traits }]);
  await edge.api("POST", "/api/v1/dev/clock", { advance: "1h" });
});
after(async () => {
  await browser?.close();
  await edge?.stop();
});

async function open(options = {}) {
  const context = await browser.newContext({ viewport: SIZES.desktop, ...options });
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && page.problems.push(message.text()));
  await page.goto(`${edge.url}/console/`);
  return page;
}

async function signIn(page, token = ADMIN_TOKEN) {
  await page.getByLabel("Admin token").fill(token);
  await page.keyboard.press("Enter");
}

/** axe runs in a frame of the page's own world: the policy of the page forbids scripts in text. */
async function violations(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const { result } = await session.send("Runtime.evaluate", {
    expression: "axe.run(document, { iframes: false }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes[0].html)))",
    awaitPromise: true,
  });
  return JSON.parse(result.value);
}

test("without the right token nothing is shown", async () => {
  const page = await open();
  await signIn(page, "wrong");
  await page.getByRole("alert").getByText("not known").waitFor();
  assert.equal(await page.getByRole("navigation").count(), 0);
  await page.context().close();
});

test("segments, series and the mailbox say what the API says, with the keyboard alone", async () => {
  const page = await open();
  await signIn(page);
  const row = page.getByRole("row", { name: /Very important/ });
  await row.waitFor();
  assert.match(await row.innerText(), /vip is true[\s\S]*1$/);

  await page.getByLabel("Try a rule").fill("plan iz 3");
  await page.getByText("did you mean `is`?").waitFor();
  await page.getByLabel("Try a rule").fill("vip is true and plan is \"pro\"");
  await page.getByText("Reads as").waitFor();

  await page.getByRole("link", { name: "Series" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Hello" }).waitFor();
  assert.match(await page.getByRole("row", { name: /^mail/ }).innerText(), /email\s+1/);
  await page.getByText("1 finding").waitFor();

  await page.getByRole("link", { name: "Mailbox" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Hi <b>Ada</b>", { exact: true }).click();
  const mail = page.frameLocator("iframe");
  await mail.getByText("<script>").waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);

  await page.getByRole("button", { name: "+ 1h" }).click();
  await page.getByText(/The clock stands at/).waitFor();
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`every place is fit to use, ${colorScheme}, ${size}`, async () => {
      const page = await open({ colorScheme, viewport });
      const look = async (place) => {
        assert.deepEqual(await violations(page), [], place);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${place} is ${wide} px too wide`);
        await page.screenshot({ path: `${SCREENSHOTS}console-${place}-${colorScheme}-${size}.png`, fullPage: true });
      };
      await page.getByLabel("Admin token").waitFor();
      await look("sign-in");
      await signIn(page);
      await page.getByText("Reads as").waitFor();
      await look("segments");
      await page.getByRole("link", { name: "Series" }).click();
      await page.getByRole("heading", { name: "Hello" }).waitFor();
      await look("series");
      await page.getByRole("link", { name: "Mailbox" }).click();
      await page.getByText("Hi <b>Ada</b>", { exact: true }).click();
      await look("mailbox");
      await page.context().close();
    });
  }
}
