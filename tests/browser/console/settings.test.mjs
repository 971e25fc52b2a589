// Settings in Chromium: what is saved is what the API has, a stale write is told and not made, a token
// is shown once, and the role says what is offered.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { LOOKS, close, look, signIn, startConsole } from "./console.mjs";

const KEYS = { REKINDLE_IDENTITY_SECRET: "the-new-secret", REKINDLE_IDENTITY_SECRET_PREVIOUS: "the-old-secret" };

let our;
before(async () => {
  our = await startConsole({ vars: KEYS });
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

test("a program to be told is written down, and what it is told chosen", async () => {
  const page = await our.open("/settings?tab=webhooks");
  await page.getByRole("button", { name: "Add a webhook" }).click();
  await page.getByLabel("Id", { exact: true }).fill("crm");
  await page.getByLabel("Address").fill("crm.example.com");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("a whole address that begins with https://").waitFor();
  await page.getByText("choose what it is told").waitFor();
  await page.getByLabel("Address").fill("https://crm.example.com/in");
  for (const event of ["message.opened", "segment.left"]) await page.getByLabel(event).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").first().waitFor();
  assert.deepEqual((await our.api("GET", "/settings")).webhooks, [{ id: "crm", url: "https://crm.example.com/in", events: ["message.opened", "segment.left"] }]);
  await close(page);
});

test("events get a span after which they are forgotten", async () => {
  const page = await our.open("/settings?tab=retention");
  for (const [place, event, span] of [[0, "*", "395d"], [1, "Page Viewed", "12h"]]) {
    await page.getByRole("button", { name: "Add a span" }).click();
    await page.getByLabel("Event", { exact: true }).nth(place).fill(event);
    await page.getByLabel("Kept for").nth(place).fill(span);
  }
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("a span such as 90d, a day at least").waitFor();
  await page.getByLabel("Kept for").nth(1).fill("90d");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Settings saved").first().waitFor();
  assert.deepEqual((await our.api("GET", "/settings")).retention, { "*": "395d", "Page Viewed": "90d" });
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
  for (const [tab, words] of [["types", "Tips and tricks"], ["measuring", "7 % of people"], ["timing", "Europe/Berlin"], ["data", "Admins import and export files here."]]) {
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

test("which secrets are in use is told by their fingerprints, with the way to change them, to every role", async () => {
  const { token } = await our.api("POST", "/tokens", { name: "looks", role: "viewer" });
  const page = await our.open("/settings?tab=identity", { token });
  const section = card(page, "Proofs of identity");
  for (const secret of Object.values(KEYS)) {
    await section.getByText(createHash("sha256").update(secret).digest("hex").slice(0, 8)).waitFor();
    assert.ok(!(await page.content()).includes(secret), "the secret itself is nowhere");
  }
  await section.getByText("believed", { exact: true }).waitFor();
  await page.getByText("The secret is being changed.").waitFor();
  await page.getByRole("region", { name: "Delete the old secret" }).waitFor();
  await close(page);
});

const csv = (text, name = "customers.csv") => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
const choose = (page, file) => page.locator("input[type=file]").setInputFiles(file);
const downloaded = async (page, button) => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
};
/** As a spreadsheet in Germany writes it, with two lines that are wrong. */
const CUSTOMERS = 'Kundennr;Vorname;plan;Notiz\n1001;Jürgen;pro;"ruft; gern an"\n;Nobody;pro;\n1003;Zoë;free;ok\n1004;Bo\n';

test("a file is looked at before it is sent: what each column becomes is chosen, and what is refused can be mended", async () => {
  await our.api("PUT", "/series/quiet", { name: "Quiet", audience: 'plan is "pro"', exit: 'performed "Left"', steps: [{ id: "mail", kind: "email", subject: "Hi", body: "Hi" }] });
  await our.api("POST", "/series/quiet/publish");
  const page = await our.open("/settings?tab=data");
  await choose(page, csv(CUSTOMERS));
  const send = page.getByRole("button", { name: "Import customers.csv" });
  await page.getByText("Choose the column that has the ids of people").waitFor();
  assert.ok(await send.isDisabled());
  await page.getByLabel("Kundennr becomes").selectOption("Person’s id");
  await page.getByLabel("Vorname is called").fill("plan");
  await page.getByText("“Vorname” and “plan” both become “plan”").waitFor();
  assert.ok(await send.isDisabled());
  await page.getByLabel("Vorname is called").fill("first_name");
  await page.getByLabel("Notiz becomes").selectOption("Left out");
  await page.getByText("Jürgen · Nobody · Zoë").waitFor();
  assert.equal(await page.getByLabel("Series may start").isChecked(), false);
  await assert.rejects(our.api("GET", "/people/1001"), { status: 404 }, "nothing is sent before");

  await send.click();
  await page.getByText("Done: 2 stored, 2 refused.").waitFor();
  const table = page.getByRole("region", { name: "Refused lines" });
  assert.match(await table.getByRole("row").nth(1).innerText(), /^3\s+.*userId/);
  assert.match(await table.getByRole("row").nth(2).innerText(), /^5\s+2 cells for 4 columns: put text/);
  const { attributes, enrollments } = await our.api("GET", "/people/1001");
  assert.deepEqual([attributes, enrollments], [{ first_name: "Jürgen", plan: "pro" }, []]);

  const listed = await downloaded(page, "This table (CSV)");
  assert.equal(listed.name, "customers-refused.csv");
  assert.match(listed.text, /^\ufeffline,what to mend\r\n3,.*\r\n5,.*\r\n$/);
  const lines = await downloaded(page, "The lines, to mend");
  assert.deepEqual([lines.name, lines.text], ["customers-to-mend.csv", "userId;first_name;plan;\n;Nobody;pro;\n1004;Bo\n"]);

  // What was mended comes in by itself; a column without a name is left out from the start.
  await page.getByRole("button", { name: "Import another file" }).click();
  await choose(page, csv(lines.text.replace("\n;", "\n1002;").replace("1004;Bo", "1004;Bo;team;"), lines.name));
  await page.getByLabel("Series may start").check();
  await page.getByRole("button", { name: "Import customers-to-mend.csv" }).click();
  await page.getByText("Everything was stored.").waitFor();
  const mended = await our.api("GET", "/people/1002");
  assert.deepEqual([mended.attributes.first_name, mended.enrollments.length], ["Nobody", 1], "series start where it was asked for");

  await page.goto(`${our.edge.url}/console/settings?tab=audit`);
  await page.getByText("imported 2 lines of a file; series could start").waitFor();
  await page.getByText("imported 2 lines of a file, 2 were refused").waitFor();
  assert.deepEqual(page.problems, []);
  await close(page);
});

test("lines of JSON are dropped, and what cannot be imported as it is says what to do", async () => {
  const page = await our.open("/settings?tab=data");
  for (const [file, mend] of [
    [csv(""), /The file is empty/],
    [csv("id,plan\n"), /nothing below it/],
    [{ ...csv("PK\u0003\u0004"), name: "people.xlsx" }, /save the sheet as “CSV UTF-8”/],
    [{ ...csv('[{"type":"identify"}]'), name: "people.json" }, /each message on a line of its own/],
    [csv(`id,plan\n1,"${"x".repeat(70_000)}\n`), /Line 2 has more than 64 KB: shorten it, or close its double quote/],
  ]) {
    await choose(page, file);
    await page.getByRole("alert").getByText(mend).waitFor();
  }
  await choose(page, { name: "umlauts.csv", mimeType: "text/csv", buffer: Buffer.from("id,name\n1,J\u00fcrgen\n", "latin1") });
  await page.getByText("This file is not UTF-8.").waitFor();
  await page.getByText("Jürgen").waitFor();
  await page.getByRole("button", { name: "Choose another" }).click();

  const dropped = await page.evaluateHandle(() => {
    const items = [{ type: "identify", userId: "dropped", traits: { plan: "free" } }, { type: "track", userId: "dropped", event: "Ordered", timestamp: "2026-11-01" }];
    const transfer = new DataTransfer();
    transfer.items.add(new File([items.map((item) => JSON.stringify(item)).join("\n")], "people.jsonl"));
    return transfer;
  });
  await page.getByText("or drop it here").dispatchEvent("drop", { dataTransfer: dropped });
  const first = page.getByRole("region", { name: "First lines" });
  assert.match(await first.innerText(), /person\s+dropped\s+plan: free[\s\S]*event Ordered\s+dropped/);
  await page.getByRole("button", { name: "Import people.jsonl" }).click();
  await page.getByText("Everything was stored.").waitFor();
  assert.equal((await our.api("GET", "/people/dropped/events")).items.length, 1);
  await close(page);
});

test("a hundred thousand lines do not freeze the page; it can be stopped, loaded again and gone on with, and each counts once", async () => {
  const [people, each] = [500, 200];
  const line = (n) => `many-${n % people},Ordered,2026-11-${String(1 + (n % 20)).padStart(2, "0")}T09:00:00Z,${n}\n`;
  const wrong = "many-0,Ordered,yesterday,0\n";
  const text = `userId,event,timestamp,total\n${wrong}${Array.from({ length: people * each }, (_, n) => line(n)).join("")}`;
  // From the disk, as people have it: what a test hands over by itself is decoded in the page.
  const folder = await mkdtemp(join(tmpdir(), "rekindle-import-"));
  const file = join(folder, "orders.csv");
  await writeFile(file, text);
  const page = await our.open("/settings?tab=data");
  const watch = () => page.evaluate(() => {
    window.longest = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (window.longest = Math.max(window.longest, duration)))).observe({ type: "longtask" });
  });
  await watch();
  await choose(page, file);
  await page.getByRole("button", { name: "Import orders.csv" }).click();
  await page.getByText("2", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("It stopped at line").waitFor();
  const longest = [await page.evaluate(() => window.longest)];
  const offset = await page.getByRole("progressbar").evaluate(({ value }) => value);
  assert.ok(offset > 0 && offset < text.length, `it stopped on the way, at ${offset}`);

  await page.reload();
  await page.getByText("To go on from there, choose orders.csv once more").waitFor();
  assert.match(await page.getByRole("region", { name: "Refused lines" }).innerText(), /\b2\b[\s\S]*timestamp/, "what was refused is still there");
  await choose(page, csv("userId,plan\n1,pro\n", "other.csv"));
  await page.getByText("other.csv is another file").waitFor();
  await watch();
  await choose(page, file);
  await page.getByRole("button", { name: "Go on" }).click();
  // It goes on while another place is looked at.
  await page.getByRole("link", { name: "Channels" }).click();
  await page.getByRole("heading", { name: "Mail", exact: true }).waitFor();
  await page.getByRole("link", { name: "Import and export" }).click();
  await page.getByText("Done: 100,000 stored, 1 refused.").waitFor({ timeout: 120_000 });
  longest.push(await page.evaluate(() => window.longest));
  console.log(`longest task ${Math.max(...longest)} ms`);
  assert.ok(Math.max(...longest) < 500, `the page was busy for ${longest} ms`);

  const count = async (id) => {
    let [found, cursor] = [0, ""];
    do {
      const { items, next } = await our.api("GET", `/people/${id}/events?limit=100${cursor && `&cursor=${cursor}`}`);
      [found, cursor] = [found + items.length, next];
    } while (cursor);
    return found;
  };
  for (const id of ["many-0", "many-250", "many-499"]) assert.equal(await count(id), each, id);
  assert.deepEqual(page.problems, []);
  await rm(folder, { recursive: true });
  await close(page);
});

test("everything is exported into a file, and the audit log says so", async () => {
  const page = await our.open("/settings?tab=data");
  const { name, text } = await downloaded(page, "Export everything");
  assert.match(name, /^rekindle-\d{4}-\d{2}-\d{2}\.jsonl$/);
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(lines.length > 100_000 && lines.every(({ type }) => type !== "end"));
  assert.ok(lines.some(({ type, userId, traits }) => type === "identify" && userId === "1001" && traits.first_name === "Jürgen"));
  await page.getByText("The file is among your downloads").waitFor();
  await page.goto(`${our.edge.url}/console/settings?tab=audit`);
  await page.getByText(`exported everything: ${lines.length.toLocaleString("en")} lines`).waitFor();
  await close(page);
});

for (const { name, options } of LOOKS) {
  test(`settings are fit to use, ${name}`, async () => {
    const page = await our.open("/settings", options);
    for (const [tab, heading] of [
      ["install", "1. Add it to your pages"],
      ["identity", "Proofs of identity"],
      ["channels", "Mail"],
      ["mails", "Look of mails"],
      ["types", "Subscription types"],
      ["timing", "Quiet hours and cap"],
      ["measuring", "What churn means here"],
      ["webhooks", "Webhooks"],
      ["retention", "How long events are kept"],
      ["tokens", "Roles"],
      ["audit", "Audit log"],
      ["data", "Import"],
    ]) {
      await page.goto(`${our.edge.url}/console/settings?tab=${tab}`);
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
      await page.waitForLoadState("networkidle");
      await look(page, `settings-${tab}-${name}`);
    }
    await choose(page, csv(CUSTOMERS));
    await page.getByLabel("Kundennr becomes").selectOption("Person’s id");
    await look(page, `settings-import-plan-${name}`);
    await page.getByRole("button", { name: "Import customers.csv" }).click();
    await page.getByText("Done: 2 stored, 2 refused.").waitFor();
    await look(page, `settings-import-refused-${name}`);
    await close(page);
  });
}
