// Settings in Chromium: what is saved is what the API has, a stale write is told and not made, a token
// is shown once, and the role says what is offered.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { LOOKS, close, look, signIn, startConsole } from "./console.mjs";

let our;
before(async () => {
  our = await startConsole();
});
after(() => our?.stop());

const card = (page, name) => page.locator("section").filter({ has: page.getByRole("heading", { name, exact: true }) });

test("whoever is not signed in sees the way in and nothing else", async () => {
  const page = await our.open("/settings?tab=tokens", { token: null });
  await page.getByLabel("Access token").waitFor();
  assert.equal(await page.getByRole("navigation").count(), 0);
  assert.equal(await page.getByRole("heading", { name: "Settings" }).count(), 0);
  await signIn(page, "wrong");
  await page.getByRole("alert").getByText("not known").waitFor();
  await close(page);
});

test("quiet hours and the cap are saved, and bounds are said before anything is sent", async () => {
  const page = await our.open("/settings?tab=timing");
  const section = card(page, "Quiet hours and cap");
  await section.getByLabel("Time zone").fill("Mars/Olympus");
  await section.getByLabel("Quiet hours").check();
  await section.getByLabel("Friday").check();
  await section.getByLabel("Frequency cap").check();
  await section.getByLabel("Messages").fill("101");
  await section.getByRole("button", { name: "Save" }).click();
  await section.getByText("100 at most").waitFor();
  await section.getByText("a name of the tz database").waitFor();
  assert.equal((await our.api("GET", "/settings")).cap, undefined);

  await section.getByLabel("Time zone").fill("Europe/Berlin");
  await section.getByLabel("Messages").fill("2");
  await section.getByLabel("In any").fill("3d");
  await section.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").first().waitFor();
  const { timezone, quiet_hours, cap } = await our.api("GET", "/settings");
  assert.deepEqual(
    { timezone, quiet_hours, cap },
    { timezone: "Europe/Berlin", quiet_hours: { from: "21:00", to: "08:00", days: ["friday"] }, cap: { messages: 2, per: "3d" } },
  );
  assert.deepEqual(page.problems, []);
  await close(page);
});

test("what is typed survives a reload", async () => {
  const page = await our.open("/settings?tab=measuring");
  const field = page.getByLabel("Percent of people");
  await field.fill("7");
  await page.getByText("Not saved yet").waitFor();
  await page.reload();
  await page.getByText("Not saved yet").waitFor();
  assert.equal(await field.inputValue(), "7");
  await page.getByRole("button", { name: "Discard" }).click();
  assert.equal(await field.inputValue(), "0");
  await close(page);
});

test("a write on old settings is told with both sides, and made only when one says so", async () => {
  const page = await our.open("/settings?tab=measuring");
  const field = page.getByLabel("Percent of people");
  await field.fill("7");
  const { revision, ...settings } = await our.api("GET", "/settings");
  await our.api("PUT", "/settings", { ...settings, holdout_percent: 3 });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody else changed the settings meanwhile").waitFor();
  const line = page.getByRole("listitem").filter({ hasText: "holdout_percent" });
  assert.match(await line.innerText(), /3[\s\S]*7/);
  assert.equal((await our.api("GET", "/settings")).holdout_percent, 3, "nothing was overwritten");

  await page.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByText("Settings saved").first().waitFor();
  assert.equal((await our.api("GET", "/settings")).holdout_percent, 7);
  assert.deepEqual((await our.api("GET", "/settings")).cap, settings.cap, "the rest stays");
  await close(page);
});

test("the look of mails is set, and a colour that is none is not", async () => {
  const page = await our.open("/settings?tab=mails");
  await page.getByLabel("Colour of buttons and links").fill("red");
  await page.getByLabel("Below every mail").fill("Example\n1 Street");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("a colour such as #2457d6").waitFor();
  await page.getByLabel("Colour of buttons and links").fill("#ffcc00");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved.").first().waitFor();
  assert.deepEqual((await our.api("GET", "/settings")).mail, { accent: "#ffcc00", footer: "Example\n1 Street" });
  await close(page);
});

test("subscription types come and go", async () => {
  const page = await our.open("/settings?tab=types");
  await page.getByRole("button", { name: "Add a type" }).click();
  await page.getByLabel("Name").fill("Tips and tricks");
  await page.getByLabel("Id", { exact: true }).fill("Tips!");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("up to 64 of a-z").waitFor();
  await page.getByLabel("Id", { exact: true }).fill("tips");
  await page.getByLabel("Push").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").first().waitFor();
  assert.deepEqual((await our.api("GET", "/settings")).subscription_types, [{ id: "tips", name: "Tips and tricks", channels: ["email", "push"], default: "on" }]);
  await close(page);
});

test("a token is made with the keyboard, shown once, lets in with its role, and is out when it is revoked", async () => {
  const page = await our.open("/settings?tab=tokens");
  await page.getByRole("button", { name: "New token" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name").fill("Vera");
  await page.keyboard.press("Enter");
  const secret = page.getByLabel("The new token");
  await secret.waitFor();
  const token = await secret.innerText();
  assert.match(token, /^rkt_/);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.getByRole("row", { name: /Vera/ }).waitFor();
  assert.equal(await page.getByText(token).count(), 0);

  const viewer = await our.open("/settings?tab=timing", { token });
  await viewer.getByText("Admins change this.").waitFor();
  assert.match(await card(viewer, "Quiet hours and cap").innerText(), /Europe\/Berlin[\s\S]*21:00 to 08:00, friday[\s\S]*2 messages in 3d/);
  for (const [tab, words] of [["types", "Tips and tricks"], ["measuring", "7 % of people"], ["timing", "Europe/Berlin"]]) {
    await viewer.goto(`${our.edge.url}/console/settings?tab=${tab}`);
    await viewer.getByText(words).waitFor();
    assert.equal(await viewer.locator("main").locator("input, select, textarea, form").count(), 0, tab);
    assert.equal(await viewer.getByRole("button", { name: /Save|Add|Remove|New/ }).count(), 0, tab);
  }
  assert.equal(await viewer.getByRole("link", { name: "Tokens and roles" }).count(), 0);
  assert.equal(await viewer.getByRole("link", { name: "Audit log" }).count(), 0);

  await page.getByRole("button", { name: "Revoke Vera" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Vera is out").first().waitFor();
  await viewer.reload();
  await viewer.getByLabel("Access token").waitFor();
  await close(viewer);
  await close(page);
});

test("the audit log says who changed what, before and after", async () => {
  const page = await our.open("/settings?tab=audit");
  const log = page.getByRole("list", { name: "Audit log" });
  const entry = log.getByRole("listitem").filter({ hasText: "settings" }).filter({ hasText: "holdout_percent" }).first();
  await entry.locator("summary").click();
  assert.match(await entry.innerText(), /holdout_percent[\s\S]*3[\s\S]*7/);
  assert.ok((await log.getByText("token", { exact: false }).count()) > 0);
  await close(page);
});

test("a snippet can be copied, in every language there is a proof", async () => {
  const page = await our.open("/settings?tab=install", { permissions: ["clipboard-read", "clipboard-write"] });
  const tag = page.getByRole("region", { name: "HTML" });
  await tag.waitFor();
  assert.match(await tag.innerText(), new RegExp(`src="${our.edge.url}/sdk/snippet.js" data-key="wk_dev"`));
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.getByText("Copied").first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await tag.textContent());
  for (const language of ["Node", "Ruby", "Python", "PHP"]) {
    await page.getByText(language, { exact: true }).click();
    assert.match(await page.getByRole("region", { name: `On your server, in ${language}` }).innerText(), /sha256/i);
  }
  await close(page);
});

test("the first event is waited for, and its arrival is told without a reload", async () => {
  const page = await our.open("/settings?tab=install");
  await page.getByText("Waiting for the first event.").waitFor();
  await our.send([{ type: "track", userId: "ada", event: "Logged In" }]);
  await page.getByText("First event received").waitFor();
  await close(page);
});

test("a test mail of a series leaves at once, and a refusal is said", async () => {
  await our.api("PUT", "/series/hello", { name: "Hello", audience: "vip is true", steps: [{ id: "mail", kind: "email", subject: "Hi {{ first_name }}", body: "Come back." }] });
  await our.send([{ type: "identify", userId: "ada", traits: { email: "ada@example.com", first_name: "Ada" } }]);
  const page = await our.open("/settings?tab=channels");
  await card(page, "Mail").getByRole("button", { name: "Send a test" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Filled in for").fill("nobody");
  await dialog.getByRole("button", { name: "Send it" }).click();
  await dialog.getByText("no person `nobody`").waitFor();
  await dialog.getByLabel("Filled in for").fill("ada");
  await dialog.getByLabel("To").fill("me@example.com");
  await dialog.getByRole("button", { name: "Send it" }).click();
  await dialog.getByText("Sent.", { exact: true }).waitFor();
  const [mail] = (await our.api("GET", "/mailbox")).items;
  assert.deepEqual([mail.subject, mail.to], ["Hi Ada", "me@example.com"]);
  await close(page);
});

for (const { name, options } of LOOKS) {
  test(`settings are fit to use, ${name}`, async () => {
    const page = await our.open("/settings", options);
    for (const [tab, heading] of [
      ["install", "1. Add it to your pages"],
      ["channels", "Mail"],
      ["mails", "Look of mails"],
      ["types", "Subscription types"],
      ["timing", "Quiet hours and cap"],
      ["measuring", "What churn means here"],
      ["tokens", "Roles"],
      ["audit", "Audit log"],
      ["data", "Import"],
    ]) {
      await page.goto(`${our.edge.url}/console/settings?tab=${tab}`);
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
      await page.waitForLoadState("networkidle");
      await look(page, `settings-${tab}-${name}`);
    }
    await close(page);
  });
}
