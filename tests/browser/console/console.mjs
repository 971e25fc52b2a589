// What the tests of the console share: the real runtime, Chromium, signing in, axe, sizes, pictures.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { hold } from "../../edge/contract.mjs";
import { ADMIN_TOKEN, startRuntime } from "../../edge/harness.mjs";
import { SCREENSHOTS, launch } from "../browser.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };
export const SCHEMES = ["light", "dark"];
const WAIT_LIMIT_MS = 15_000;
/** When every story begins. */
export const START = "2026-11-23T09:00:00Z";

/** The console on a runtime of its own, as `startRuntime` takes its options, with the clock at `START`. */
export async function startConsole(options) {
  const [edge, browser] = await Promise.all([startRuntime(options), launch()]);
  let messages = 0;
  const answers = [];
  const api = (method, path, body, headers) => edge.api(method, `/api/v1${path}`, body, headers);
  await api("POST", "/dev/clock", { now: START });
  return {
    edge,
    browser,
    api,
    advance: (span) => api("POST", "/dev/clock", { advance: span }),

    /** Items of a batch, each with an id of its own. */
    async send(items) {
      const answer = await edge.ingest(items.map((item) => ({ messageId: `m${++messages}`, ...item })));
      assert.equal(answer.status, 200);
    },

    /** A page at an address below /console; signed in, unless `token` is null. */
    async open(path = "/", { token = ADMIN_TOKEN, ...options } = {}) {
      const context = await browser.newContext({ viewport: SIZES.desktop, ...options });
      if (token !== null) {
        const answer = await context.request.post(`${edge.url}/api/v1/session`, { data: { token } });
        assert.equal(answer.status(), 200);
      }
      context.on("response", (response) => answers.push(holdAnswer(response)));
      const page = await context.newPage();
      page.setDefaultTimeout(WAIT_LIMIT_MS);
      page.problems = [];
      page.on("pageerror", (error) => page.problems.push(error.message));
      page.on("console", (message) => message.type() === "error" && page.problems.push(`${message.text()} ${message.location().url}`));
      await page.goto(`${edge.url}/console${path}`);
      return page;
    },

    async stop() {
      await Promise.all(answers);
      await browser.close();
      await edge.stop();
    },
  };
}

/** Holds what the page asked, and was told, against the document of the API; whatever is broken fails `stop`. */
async function holdAnswer(response) {
  const request = response.request();
  // A page that has been left keeps no bodies.
  const types = [response.headerValue("content-type"), request.headerValue("content-type")];
  const [text, type, sent] = await Promise.all([response.text(), ...types]).catch(() => []);
  if (text === undefined) return;
  try {
    hold({ method: request.method(), url: request.url(), body: request.postData(), type: sent?.split(";")[0] }, { status: response.status(), type: type?.split(";")[0] ?? "", text });
  } catch {
    // Told at the end, where it fails the file and not only the page.
  }
}

/** Types a token into the page that those see who are not signed in. */
export async function signIn(page, token = ADMIN_TOKEN) {
  await page.getByLabel("Access token").fill(token);
  await page.keyboard.press("Enter");
}

/** What axe finds. It runs outside the page's policy, which forbids scripts in text. */
export async function violations(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const { result } = await session.send("Runtime.evaluate", {
    expression: "axe.run(document, { iframes: false }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes[0].html)))",
    awaitPromise: true,
  });
  return JSON.parse(result.value);
}

/** A place is fit to use: axe finds nothing, nothing is wider than the window; a picture is kept. */
export async function look(page, name) {
  // What moves in is looked at when it is there.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity).map((one) => one.finished.catch(() => {}))));
  assert.deepEqual(await violations(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${name} is ${wide} px too wide`);
  await page.screenshot({ path: `${SCREENSHOTS}console-${name}.png`, fullPage: true });
}

/** Every scheme and size, with the name of its picture. */
export const LOOKS = SCHEMES.flatMap((colorScheme) =>
  Object.entries(SIZES).map(([size, viewport]) => ({ name: `${colorScheme}-${size}`, options: { colorScheme, viewport } })),
);

/** Leaves the browser nothing to remember. */
export const close = (page) => page.context().close();
