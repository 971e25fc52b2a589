// A customer's own page, of another origin than the edge's, for tests that look at messages: what is in
// ann's inbox is what the test says.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { startRuntime } from "../edge/harness.mjs";
import { html, launch } from "./browser.mjs";
import { inbox, personKey } from "./inbox.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DESKTOP = { width: 1280, height: 720 };

/** The edge, a browser, and a customer's server: every page is put there by its test. */
export async function openShop() {
  const [edge, browser, server] = await Promise.all([startRuntime(), launch(), serve()]);

  /** A page with these messages in the person's inbox once `begin` is called. */
  async function open(messages, { viewport = DESKTOP, colorScheme = "light", page: words, policy, boot = {}, ...more } = {}) {
    const context = await browser.newContext({ viewport, colorScheme, ...more });
    const page = await context.newPage();
    const answer = (route, body) => {
      const headers = {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "x-rekindle-now",
        "x-rekindle-now": String(Date.now()),
      };
      return route.fulfill(body === undefined ? { headers, status: 204 } : { headers, body });
    };
    // The messages are ann's: the visitor that the page begins with must not see them first.
    let items = [];
    await context.route("**/v1/boot*", (route) => {
      const asked = new URL(route.request().url()).searchParams.get("p");
      return answer(route, asked === personKey("ann") && items.length > 0 ? inbox(items) : undefined);
    });
    await context.route("**/v1/batch*", (route) => {
      const { batch } = JSON.parse(route.request().postData());
      if (items.length === 0 || !batch.some(({ userId }) => userId === "ann")) return answer(route);
      const held = !route.request().url().endsWith("inbox=0000000000000000");
      return answer(route, held ? "" : inbox(items));
    });
    const policies = policy ? { "content-security-policy": policy } : {};
    const path = `/page-${server.pages.size}`;
    server.pages.set(path, { body: html(edge.url, words), headers: policies });
    if (process.env.REKINDLE_TEST_LOG) page.on("console", (message) => console.log(message.text()));
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
    });
    await page.goto(server.url + path);
    const begin = () => {
      items = [messages].flat();
      return page.evaluate((more) => rekindle.boot({ user_id: "ann", ...more }), boot);
    };
    const empty = () => {
      items = [];
    };
    return { context, page, begin, empty };
  }

  async function close() {
    await browser.close();
    server.close();
    await edge.stop();
  }
  return { edge, server, open, close };
}

async function serve() {
  const server = createServer((request, response) => {
    const { body, headers } = server.pages.get(request.url) ?? { body: "" };
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", ...headers });
    response.end(body);
  });
  server.pages = new Map();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  server.url = `http://localhost:${server.address().port}`;
  return server;
}

/** What axe finds wrong with the message on the page. */
export async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run("rekindle-message"));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

/** What has focus: the class of a part of the message, or the id or name of a part of the page. */
export const focused = (page) =>
  page.evaluate(() => {
    const host = document.activeElement;
    const inside = host?.shadowRoot?.activeElement;
    return inside ? inside.className || inside.value : host?.id || host?.tagName.toLowerCase();
  });
