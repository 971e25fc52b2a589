// What the browser tests share: Chromium, pages of their own, and a look at what travels.
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";

export const SCREENSHOTS = new URL("../../target/screenshots/", import.meta.url).pathname;

export async function launch() {
  await mkdir(SCREENSHOTS, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page as a customer of ours would write it: text, a link, a field, and the tag. */
export function html(edge, { head = "", lang = "en", dir = "ltr" } = {}) {
  return `<!doctype html><html lang="${lang}" dir="${dir}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>A shop</title>${head}<script src="${edge}/sdk/snippet.js" data-key="wk_dev"></script></head>
<body><main><h1>A shop</h1><p>Garden tools and seeds.</p><p><a id="before" href="#a">First</a> <button id="opener">Open</button></p></main></body></html>`;
}

/** Serves `html` at a path of the page's origin. */
export async function serve(page, url, body, headers = {}) {
  await page.route(url, (route) =>
    route.fulfill({ body, headers: { "content-type": "text/html; charset=utf-8", ...headers } }),
  );
}

/** Notes the items of every batch that leaves a page or context, and what else goes to /v1. */
export function watch(target) {
  const seen = { items: [], batches: 0, requests: [] };
  target.on("request", (request) => {
    const url = new URL(request.url());
    if (!url.pathname.startsWith("/v1/")) return;
    seen.requests.push(`${request.method()} ${url.pathname}`);
    if (url.pathname !== "/v1/batch") return;
    seen.batches += 1;
    seen.items.push(...JSON.parse(request.postData()).batch);
  });
  return seen;
}

/** What was reported of messages. A page left before the answer reports again, under the same id. */
export function reactions(seen) {
  const reports = seen.items.filter((item) => item.type === "reaction");
  return [...new Map(reports.map((item) => [item.messageId, item.kind])).values()];
}

/** What was decided before this call is on the screen after it. */
export const painted = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

export const shown = (page) => page.locator("rekindle-message");
