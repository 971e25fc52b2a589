// Who sends too much is told when to send again, and Segment's library does; programs in pages are not kept.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Analytics } from "@segment/analytics-node";

import { startRuntime, WRITE_KEY } from "./harness.mjs";

const CRAWLER = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
const PAGE = { origin: "https://shop.example.com" };

async function running(options, run) {
  const runtime = await startRuntime(options);
  try {
    await run(runtime);
  } finally {
    await runtime.stop();
  }
}

const track = (messageId) => ({ type: "track", userId: "x", event: "E", messageId });

for (const [binding, whose] of [["RATE_KEY", "key"], ["RATE_ADDRESS", "address"]]) {
  test(`one ${whose} may send so much, and is told when to send the rest`, () =>
    running({ limits: { [binding]: 4 } }, async (runtime) => {
      const answers = [];
      // A period may end in between, and then the next one meanwhile.
      for (let n = 0; n < 13; n += 1) answers.push(await runtime.ingest([track(`${n}`)]));
      const refused = answers.filter(({ status }) => status === 429);
      assert.ok(refused.length >= 1 && answers.length - refused.length >= 4, `${refused.length} refused`);
      assert.equal(refused[0].headers.get("retry-after"), "10");
      assert.equal(refused[0].headers.get("access-control-allow-origin"), "*");
      assert.match((await refused[0].json()).detail, new RegExp(`this ${whose} sends more .* send it again`));
      const { items } = await runtime.api("GET", "/api/v1/people/x/events?limit=100");
      assert.equal(items.length, answers.length - refused.length);
    }));
}

test("Segment's library waits and loses nothing", () =>
  running({ limits: { RATE_KEY: 3 } }, async (runtime) => {
    const analytics = new Analytics({ host: runtime.url, writeKey: WRITE_KEY, flushAt: 1 });
    const errors = [];
    let refused = 0;
    analytics.on("error", (error) => errors.push(error));
    analytics.on("http_response", ({ status }) => (refused += status === 429 ? 1 : 0));
    for (let n = 0; n < 7; n += 1) analytics.track({ userId: "x", event: "E" });
    await analytics.closeAndFlush();
    assert.ok(refused > 0);
    assert.deepEqual(errors, []);
    assert.equal((await runtime.api("GET", "/api/v1/people/x/events?limit=100")).items.length, 7);
  }));

test("what a program does in a page is refused, and kept where that is wanted", async () => {
  const statuses = async (runtime) => {
    const send = async (headers) => (await runtime.ingest([track("1")], headers)).status;
    return [
      await send({ ...PAGE, "user-agent": CRAWLER }),
      await send({ ...PAGE, "user-agent": PERSON }),
      // A server may call itself what it likes.
      await send({ "user-agent": CRAWLER }),
    ];
  };
  await running({ vars: { REKINDLE_BOTS: "refuse" } }, async (runtime) => {
    assert.deepEqual(await statuses(runtime), [403, 200, 200]);
    const answer = await runtime.ingest([track("1")], { ...PAGE, "user-agent": CRAWLER });
    assert.match((await answer.json()).detail, /a program and not a person/);
  });
  await running({ vars: { REKINDLE_BOTS: "keep" } }, async (runtime) => {
    assert.deepEqual(await statuses(runtime), [200, 200, 200]);
  });
});
