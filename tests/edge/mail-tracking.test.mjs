// Where the links and the picture of a mail lead: on to what was written and nowhere else, counted
// once when a person was there, and not when a machine was.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { startRuntime } from "./harness.mjs";
import { START, addressOf, decided, mail } from "./mail-services.mjs";

const PERSON = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.4 Safari/605.1.15";
const SALE = "https://shop.example/sale?a=1&b=2";
const BODY = `[sale](${SALE}) [ada@shop.example](mailto:ada@shop.example) [call](tel:123)`;

const visit = (address, { agent = PERSON, ...init } = {}) =>
  fetch(address, { redirect: "manual", ...init, headers: { "user-agent": agent, ...init.headers } });

const unescaped = (html) => html.replaceAll("&amp;", "&");

/** The links of a mail, by their text, and its picture. */
function leads(html) {
  const links = [...html.matchAll(/<a [^>]*?href="([^"]+)"[^>]*>\s*([^<]+)<\/a>/g)];
  const [, picture] = /<img src="([^"]+)" width="1"/.exec(html) ?? [];
  return { links: Object.fromEntries(links.map(([, href, text]) => [text.trim(), unescaped(href)])), picture };
}

describe("the links and the picture of a mail", () => {
  let runtime;
  before(async () => {
    runtime = await startRuntime();
    await runtime.api("POST", "/api/v1/dev/clock", { now: START });
  });
  after(() => runtime.stop());

  async function sent(id, step = { body: BODY }) {
    await mail(runtime, id, step);
    const { kept: [kept] } = await decided(runtime, id);
    return { ...leads(kept.html), effect: kept.effect, kept };
  }

  async function counted(id) {
    const [{ clicked, opened }] = (await runtime.api("GET", `/api/v1/series/${id}/report`)).steps;
    return { clicked, opened };
  }

  const later = (span) => runtime.api("POST", "/api/v1/dev/clock", { advance: span });

  test("a click leads to what was written, and counts once", async () => {
    const { links, picture } = await sent("click");
    await later("1m");
    for (let time = 0; time < 2; time += 1) {
      const answer = await visit(links.sale);
      assert.equal(answer.status, 302);
      assert.equal(answer.headers.get("location"), SALE);
      assert.match(answer.headers.get("cache-control"), /no-store/);
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
      const pixel = await visit(picture);
      assert.deepEqual([pixel.status, pixel.headers.get("content-type")], [200, "image/gif"]);
      assert.match(pixel.headers.get("cache-control"), /no-store/);
      assert.equal(Buffer.from(await pixel.arrayBuffer()).subarray(0, 6).toString(), "GIF89a");
    }
    assert.deepEqual(await counted("click"), { clicked: 1, opened: 1 });
  });

  test("the addresses tell nothing of the person", async () => {
    const { links, picture } = await sent("secretive-person");
    for (const address of [links.sale, picture]) {
      assert.ok(!address.includes("secretive-person") && !address.includes(addressOf("secretive-person")));
      assert.ok(new URL(address).search === "");
    }
    const decoded = Buffer.from(new URL(links.sale).pathname.split("/")[3], "base64url").toString();
    assert.equal(decoded, SALE);
  });

  test("only web addresses lead by way of us", async () => {
    const { links } = await sent("other-links");
    assert.equal(links["ada@shop.example"], "mailto:ada@shop.example");
    assert.equal(links.call, "tel:123");
    assert.match(links.Unsubscribe, /\/u\//, "leaving is not a click");
    assert.ok(!Object.entries(links).some(([text, href]) => text !== "sale" && href.includes("/c/")));
  });

  test("what was not signed here leads nowhere", async () => {
    const one = await sent("forged");
    const other = await sent("another");
    await later("1m");
    const [, , effect, link, tag] = new URL(one.links.sale).pathname.split("/");
    const evil = Buffer.from("https://evil.example/").toString("base64url");
    const [at, mac] = tag.split("-");
    const pixelTag = new URL(one.picture).pathname.split("/")[3];
    for (const path of [
      `/c/${effect}/${evil}/${tag}`,
      `/c/${other.effect}/${link}/${tag}`,
      `/c/${effect}/${link}/${tag.slice(0, -1)}`,
      `/c/${effect}/${link}/${at}-${"0".repeat(32)}`,
      `/c/${effect}/${link}/${(parseInt(at, 16) + 1).toString(16).padStart(16, "0")}-${mac}`,
      `/c/${effect}/${link}/${pixelTag}`,
      `/c/${effect}/${link}`,
      `/c/${effect}/https%3A%2F%2Fevil.example/${tag}`,
      `/o/${other.effect}/${pixelTag}`,
      `/o/${effect}/${tag}`,
      "/o/x/y",
    ]) {
      const answer = await visit(runtime.url + path);
      assert.equal(answer.status, 404, path);
      assert.equal(answer.headers.get("location"), null, path);
    }
    assert.deepEqual(await counted("forged"), { clicked: 0, opened: 0 });
    assert.deepEqual(await counted("another"), { clicked: 0, opened: 0 });
  });

  test("machines are served and not counted; a person after them is", async () => {
    const { links, picture } = await sent("machine");
    await later("2s");
    for (const address of [links.sale, picture]) assert.ok((await visit(address)).status < 400);
    assert.deepEqual(await counted("machine"), { clicked: 0, opened: 0 }, "at once");
    await later("1m");
    for (const init of [
      { method: "HEAD" },
      { agent: "Mozilla/5.0" },
      { agent: "curl/8.5.0" },
      { agent: "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)" },
      { headers: { "sec-purpose": "prefetch;prerender" } },
    ]) {
      assert.equal((await visit(links.sale, init)).headers.get("location"), SALE);
      assert.equal((await visit(picture, init)).status, 200);
    }
    assert.deepEqual(await counted("machine"), { clicked: 0, opened: 0 });
    await visit(picture, { agent: "Mozilla/5.0 (Windows NT 5.1) Firefox/11.0 (via ggpht.com GoogleImageProxy)" });
    await visit(links.sale);
    assert.deepEqual(await counted("machine"), { clicked: 1, opened: 1 });
  });

  test("a link that is too long is left as it is", async () => {
    const long = (bytes) => `https://shop.example/${"x".repeat(bytes - 21)}`;
    const { links } = await sent("long", { body: `[fits](${long(1_400)}) [over](${long(1_401)})` });
    assert.match(links.fits, /\/c\//);
    assert.equal((await visit(links.fits)).headers.get("location"), long(1_400));
    assert.equal(links.over, long(1_401));
  });
});

describe("a deployment that counts nothing of its mails", () => {
  test("sends links as they are, with its own parameters if it wants them", async () => {
    const runtime = await startRuntime({ vars: { REKINDLE_MAIL_TRACK: "off", REKINDLE_MAIL_UTM: "on" } });
    try {
      await runtime.api("POST", "/api/v1/dev/clock", { now: START });
      await mail(runtime, "quiet", { body: `[sale](${SALE}) [own](https://shop.example/?utm_source=x) [call](tel:1)` });
      const { kept: [{ html }] } = await decided(runtime, "quiet");
      const { links, picture } = leads(html);
      assert.equal(picture, undefined);
      assert.equal(links.sale, `${SALE}&utm_source=rekindle&utm_medium=email&utm_campaign=quiet&utm_content=mail`);
      assert.equal(links.own, "https://shop.example/?utm_source=x");
      assert.equal(links.call, "tel:1");
    } finally {
      await runtime.stop();
    }
  });
});
