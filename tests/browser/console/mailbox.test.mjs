// The mailbox in Chromium: what left, as those who got it see it, and what could not leave.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { until } from "../../edge/harness.mjs";
import { startPushService, subscription } from "../../edge/push-service.mjs";
import { LOOKS, close, look, startConsole } from "./console.mjs";

let our;
let receiver;
let service;
let refuses = true;
let received = 0;
before(async () => {
  [our, service] = await Promise.all([startConsole(), startPushService()]);
  receiver = createServer((request, answer) => {
    received += 1;
    request.resume().on("end", () => answer.writeHead(refuses ? 404 : 200).end());
  });
  await new Promise((done) => receiver.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${receiver.address().port}/leads`;
  await our.api("PUT", "/series/hello", {
    name: "Hello",
    audience: "vip is true",
    exit: 'performed "Left"',
    steps: [
      { id: "mail", kind: "email", subject: "Hi {{ first_name }}", body: "Come **back**.\n\n<script>parent.hacked = 1</script>" },
      { id: "crm", kind: "webhook", method: "POST", url, body: '{"lead":"{{ id }}"}' },
    ],
  });
  await our.api("POST", "/series/hello/publish");
  await our.send([
    { type: "identify", userId: "ada", traits: { vip: true, email: "ada@example.com", first_name: "<b>Ada</b>" } },
    { type: "identify", userId: "bob", traits: { vip: true, email: "bob@example.com", first_name: "Bob" } },
  ]);
  await our.advance("1h");
});
after(() => Promise.all([our?.stop(), service?.stop(), receiver?.close()]));

test("a mail is shown as it was sent, and what others wrote in it stays text", async () => {
  const page = await our.open("/mailbox");
  await page.getByRole("list", { name: "Mails" }).getByText("Hi <b>Ada</b>").click();
  await page.getByRole("article").getByText("ada@example.com", { exact: true }).waitFor();
  const frame = page.getByTitle("Mail: Hi <b>Ada</b>");
  assert.equal(await frame.getAttribute("sandbox"), "", "the sandbox gives no right");
  await page.frameLocator("iframe").getByText("<script>").waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);

  await page.getByText("Plain text", { exact: true }).click();
  assert.match(await page.getByRole("region", { name: "Plain text" }).innerText(), /Come/);
  await page.getByText("Headers", { exact: true }).click();
  await page.getByText("List-Unsubscribe", { exact: true }).waitFor();
  await close(page);
});

test("an address names the mail, and what the list is narrowed to", async () => {
  const page = await our.open("/mailbox?series=hello&step=mail&person=bob");
  await page.getByRole("article").getByRole("heading", { name: "Hi Bob" }).waitFor();
  assert.equal(await page.getByRole("list", { name: "Mails" }).getByRole("link").count(), 1);
  await page.getByRole("button", { name: "Not only person bob" }).click();
  await page.getByRole("list", { name: "Mails" }).getByText("Hi <b>Ada</b>").click();
  await page.waitForURL(/item=/);
  const address = page.url();
  assert.doesNotMatch(address, /person=/);
  await page.goto("about:blank");
  await page.goto(address);
  await page.getByRole("article").getByRole("heading", { name: "Hi <b>Ada</b>" }).waitFor();
  await close(page);
});

test("the tabs go by the keyboard, and empty ones say what would be there", async () => {
  const page = await our.open("/mailbox");
  await page.getByRole("tab", { name: "Mail", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText("No push has left yet").waitFor();
  assert.match(page.url(), /tab=push/);
  await close(page);
});

test("a message that was given up says why, and goes when it is tried again", async () => {
  const page = await our.open("/mailbox?tab=dead");
  const row = page.getByRole("row", { name: /ada/ });
  await row.getByText(/404/).waitFor();
  refuses = false;
  const before = received;
  await row.getByRole("button", { name: /Try again/ }).click();
  await page.getByText("Queued again for ada").first().waitFor();
  await until(() => received > before, "the request to be made again");
  await until(async () => (await our.api("GET", "/dead-letters")).items.length === 1, "one dead letter less");
  await page.reload();
  await page.getByRole("row", { name: /bob/ }).waitFor();
  assert.equal(await row.count(), 0);
  await close(page);
});

test("a viewer sees dead letters, and no button that they may not press", async () => {
  const { token } = await our.api("POST", "/tokens", { name: "Vera", role: "viewer" });
  const page = await our.open("/mailbox?tab=dead", { token });
  await page.getByRole("row", { name: /bob/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: /Try again/ }).count(), 0);
  await close(page);
});

test("a request is shown with what was asked and what came back", async () => {
  const page = await our.open("/mailbox?tab=requests");
  const requests = page.getByRole("list", { name: "Requests" });
  await requests.getByRole("link", { name: /ada/ }).click();
  await page.getByRole("article").getByText("200: sent", { exact: true }).waitFor();
  assert.match(await page.getByRole("region", { name: "Body" }).innerText(), /"lead": "ada"/);
  await close(page);
});

test("a push is shown as a phone shows it", async () => {
  const { endpoint, keys } = subscription(`${service.origin}/cleo`);
  await our.api("PUT", "/series/place", {
    name: "Your place",
    audience: "reports >= 3",
    exit: 'performed "Left"',
    steps: [{ id: "ping", kind: "push", title: "We kept your place", body: "Three new reports are waiting for you, {{ first_name }}." }],
  });
  await our.api("POST", "/series/place/publish");
  await our.send([
    { type: "identify", userId: "cleo", traits: { reports: 3, first_name: "Cleo" } },
    { type: "subscribe", userId: "cleo", endpoint, keys },
  ]);
  await our.advance("1h");
  assert.equal(service.to("/cleo").length, 1);
  const page = await our.open("/mailbox?tab=push");
  await page.getByRole("list", { name: "Pushes" }).getByText("We kept your place").click();
  const phone = page.getByRole("img", { name: /As a phone shows it/ });
  await phone.getByText("Three new reports are waiting for you, Cleo.").waitFor();
  await close(page);
});

for (const { name, options } of LOOKS) {
  test(`the mailbox is fit to use, ${name}`, async () => {
    const page = await our.open("/mailbox", options);
    await page.getByRole("list", { name: "Mails" }).waitFor();
    await look(page, `mailbox-${name}`);
    await page.getByText("Hi Bob").first().click();
    await page.getByRole("article").getByRole("heading", { name: "Hi Bob" }).waitFor();
    await look(page, `mailbox-mail-${name}`);
    await page.goto(`${our.edge.url}/console/mailbox?tab=push`);
    await page.getByRole("list", { name: "Pushes" }).getByText("We kept your place").click();
    await page.getByRole("img", { name: /As a phone shows it/ }).waitFor();
    await look(page, `mailbox-push-${name}`);
    await page.goto(`${our.edge.url}/console/mailbox?tab=dead`);
    await page.getByRole("row", { name: /bob/ }).waitFor();
    await look(page, `mailbox-dead-${name}`);
    await close(page);
  });
}
