// Reports in Chromium: numbers are those of the API, they lead to the people behind them, the file has
// them, an address says everything; a test's verdict, and what applying the winner does.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { SCREENSHOTS } from "../browser.mjs";
import { LOOKS, close, look, startConsole } from "./console.mjs";

const PEOPLE = 40;
const POSTMARK = "hook:word";
const series = {
  name: "Win back",
  audience: { rule: "plan is \"pro\"" },
  exit: 'performed "Logged In"',
  goal: { rule: 'performed "Purchased"', within: "14d" },
  holdout_percent: 20,
  steps: [
    { id: "miss-you", kind: "email", delay: "1d", subject: "We miss you, {{ first_name }}", body: "Come [back](https://example.com/)." },
    { id: "nudge", kind: "in_app", delay: "2d", title: "Welcome back", body: "Look what is new." },
  ],
};

let our;
let report;
before(async () => {
  our = await startConsole({ vars: { REKINDLE_POSTMARK_HOOK: POSTMARK } });
  await our.api("PUT", "/series/win-back", series);
  await our.api("POST", "/series/win-back/publish");
  await our.api("PUT", "/series/quiet", { ...series, name: "Quiet one", audience: { rule: 'plan is "none"' } });
  await our.api("POST", "/series/quiet/publish");
  await our.api("POST", "/series/quiet/pause");
  await our.api("PUT", "/series/thought", { ...series, name: "Only a thought" });
  const people = Array.from({ length: PEOPLE }, (_, number) => `p${number}`);
  await our.send(people.map((userId) => ({ type: "identify", userId, traits: { plan: "pro", email: `${userId}@example.com`, first_name: userId } })));
  await our.send(people.map((userId) => ({ type: "track", userId, event: "Signed Up" })));
  await our.advance("1d1h");
  // Some open their mail; some of those come back.
  const { items: mails } = await our.api("GET", "/mailbox?limit=100");
  const openers = mails.slice(0, 12);
  await our.send(openers.flatMap(({ effect }, place) => [
    { type: "reaction", effect, kind: "opened" },
    ...(place < 7 ? [{ type: "reaction", effect, kind: "clicked" }] : []),
  ]));
  // One comes back, one is called spam, by one somebody unsubscribes.
  const [bounced, spam, unwanted] = mails.slice(12);
  for (const [mail, Type] of [[bounced, "HardBounce"], [spam, "SpamComplaint"]]) await hear(mail, Type);
  const link = /<(.*)>/.exec(new Headers(unwanted.headers).get("list-unsubscribe"))[1];
  assert.equal((await fetch(link, { method: "POST", body: "List-Unsubscribe=One-Click" })).status, 200);
  await our.send(openers.slice(0, 5).map(({ person }) => ({ type: "track", userId: person, event: "Logged In" })));
  await our.advance("40d");
  report = await our.api("GET", "/series/win-back/report");
  assert.ok(report.entered > 20 && report.holdout.held_out > 0 && report.re_engaged === 5, "the story went as it should");
});
after(() => our?.stop());

/** What Postmark tells of a mail. */
async function hear({ effect, to }, Type) {
  const body = JSON.stringify({ RecordType: Type === "SpamComplaint" ? Type : "Bounce", Type, Email: to, Inactive: true, Metadata: { effect } });
  const authorization = `Basic ${Buffer.from(POSTMARK).toString("base64")}`;
  assert.equal((await fetch(`${our.edge.url}/hooks/postmark`, { method: "POST", body, headers: { authorization } })).status, 200);
}

const figure = (page, name) => page.locator("dl div").filter({ has: page.getByText(name, { exact: true }) }).locator("dd");
const whole = (value) => new Intl.NumberFormat("en").format(value);
const percent = (value) => new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 }).format(value);

test("the headline and the tables say what the API says", async () => {
  const page = await our.open("/reports/win-back");
  await page.getByRole("heading", { name: "Win back" }).waitFor();
  const sent = report.steps.reduce((sum, step) => sum + step.sent, 0);
  for (const [name, value] of [
    ["Matched", whole(report.matched)],
    ["Entered", whole(report.entered)],
    ["Enrollment rate", percent(report.enrollment_rate)],
    ["Sent", whole(sent)],
    ["Delivered", whole(sent - 1)],
    ["Bounced", "1"],
    ["Complained", "1"],
    ["Unsubscribed", "1"],
    ["Opened", "12"],
    ["Clicked", "7"],
    ["Re-engaged", whole(report.re_engaged)],
    ["Re-engagement rate", percent(report.re_engagement_rate)],
    ["Churn, 30 days", percent(report.churn.days_30.churn_rate)],
    ["Held out", whole(report.holdout.held_out)],
  ])
    assert.equal(await figure(page, name).innerText(), value, name);
  const mail = report.steps.find(({ id }) => id === "miss-you");
  const row = page.getByRole("row", { name: /^miss-you/ });
  assert.match(await row.innerText(), new RegExp(`mail\\s+${mail.sent}\\s`));
  assert.deepEqual([mail.delivered, mail.bounced, mail.complained, mail.unsubscribed], [mail.sent - 1, 1, 1, 1]);
  const heads = await page.getByRole("region", { name: "Step by step" }).getByRole("columnheader").allInnerTexts();
  const cells = await row.getByRole("cell").allInnerTexts();
  const cell = (name) => cells[heads.indexOf(name)].split(/\s/)[0];
  for (const metric of ["Sent", "Delivered", "Opened", "Clicked", "Bounced", "Complained", "Unsubscribed"])
    assert.equal(cell(metric), whole(mail[metric.toLowerCase()]), metric);
  const churn = page.getByRole("row", { name: /^30 days/ });
  assert.match(await churn.innerText(), new RegExp(`of ${report.churn.days_30.churned + report.churn.days_30.stayed}\\b`));
  assert.match(await churn.innerText(), new RegExp(`of ${report.holdout.churn.days_30.churned + report.holdout.churn.days_30.stayed}\\b`));
  await page.getByText(/Within 30 days\./).waitFor();
  await close(page);
});

test("every number says how it is computed, by keyboard as well", async () => {
  const page = await our.open("/reports/win-back");
  for (const name of ["Matched", "Delivered", "Unsubscribed", "Bounced", "Complained"]) {
    const words = report.definitions[name.toLowerCase()];
    assert.ok(words, name);
    await page.locator("dt").getByText(name, { exact: true }).focus();
    await page.getByRole("tooltip").getByText(words).waitFor();
  }
  await close(page);
});

test("a number leads to the people behind it, and the address to the same place again", async () => {
  const page = await our.open("/reports/win-back");
  await page.getByRole("link", { name: "Re-engaged: 5. Show the people" }).first().click();
  const people = page.getByRole("dialog").getByRole("list", { name: "People" });
  await people.waitFor();
  const { items } = await our.api("GET", "/series/win-back/report/people?metric=re_engaged");
  assert.equal(items.length, 5);
  assert.deepEqual((await people.getByRole("link").allInnerTexts()).sort(), items.map(({ id }) => id).sort());
  assert.match(page.url(), /metric=re_engaged/);

  const other = await our.open(new URL(page.url()).pathname.replace("/console", "") + new URL(page.url()).search);
  await other.getByRole("dialog").getByRole("link", { name: items[0].id, exact: true }).click();
  await other.waitForURL(`**/console/people/${items[0].id}`);
  await close(other);
  await page.keyboard.press("Escape");
  await page.waitForURL((url) => !url.search.includes("metric"));
  await close(page);
});

async function listed(page) {
  const people = page.getByRole("dialog").getByRole("list", { name: "People" }).getByRole("link");
  await people.first().waitFor();
  return (await people.allInnerTexts()).sort();
}

test("numbers over all messages open as well, and what is only counted is no link", async () => {
  const page = await our.open("/reports/win-back");
  const mail = report.steps.find(({ id }) => id === "miss-you");
  await page.getByRole("link", { name: `Delivered, step miss-you: ${mail.delivered}. Show the people` }).click();
  await page.getByRole("dialog").getByText(report.definitions.delivered).waitFor();
  await page.getByRole("dialog").getByText("Told from the last 16 runs").waitFor();
  assert.equal((await listed(page)).length, mail.delivered);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Opened: 12. Show the people" }).first().click();
  await page.getByRole("dialog").getByText(report.definitions.opened).waitFor();
  assert.equal((await listed(page)).length, 12);
  await page.keyboard.press("Escape");
  for (const name of ["Matched", "Bounced", "Complained", "Unsubscribed"]) assert.equal(await page.getByRole("link", { name: new RegExp(`^${name}`) }).count(), 0, name);
  await close(page);
});

test("the people behind a number of some days are those of these days", async () => {
  const asked = "metric=re_engaged&from=2026-11-24&to=2026-11-24";
  const people = async (query) => (await our.api("GET", `/series/win-back/report/people?${query}`)).items.map(({ id }) => id).sort();
  assert.equal((await people(asked)).length, 5);
  assert.deepEqual(await people("metric=re_engaged&to=2026-11-23"), []);
  const page = await our.open(`/reports/win-back?${asked}`);
  await page.getByRole("dialog").getByText(/stands on the day on which it fired/).waitFor();
  assert.deepEqual(await listed(page), await people(asked));
  await page.goto(`${our.edge.url}/console/reports/win-back?metric=re_engaged&to=2026-11-23`);
  await page.getByRole("dialog").getByText("Nobody that is still known here").waitFor();
  await close(page);
});

test("the file has the numbers of the page", async () => {
  const page = await our.open("/reports/win-back");
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export CSV" }).click()]);
  assert.equal(file.suggestedFilename(), "report-win-back.csv");
  const rows = (await readFile(await file.path(), "utf8")).trim().split("\r\n").map((line) => line.split(","));
  assert.deepEqual(rows[0], ["of", "id", "version", "variant", "metric", "value"]);
  const value = (...start) => Number(rows.find((row) => start.every((cell, place) => row[place] === cell))?.[5]);
  assert.equal(value("series", "win-back", "", "", "entered"), report.entered);
  assert.equal(value("series", "win-back", "", "", "churned_30"), report.churn.days_30.churned);
  assert.equal(value("holdout", "win-back", "", "", "held_out"), report.holdout.held_out);
  for (const step of report.steps)
    for (const metric of ["sent", "delivered", "bounced", "complained", "unsubscribed"]) assert.equal(value("step", step.id, "", "", metric), step[metric], `${step.id} ${metric}`);
  for (const [day, figures] of Object.entries(report.days)) assert.equal(value("day", day, "", "", "entered"), figures.entered, day);
  await close(page);
});

test("a period and one to compare it with stand in the address, and the numbers are theirs", async () => {
  const page = await our.open("/reports/win-back?from=2026-11-24&to=2026-11-24");
  await page.getByRole("heading", { name: "Win back" }).waitFor();
  const of = (from, to) => our.api("GET", `/series/win-back/report?from=${from}&to=${to}`);
  const [day, before] = await Promise.all([of("2026-11-24", "2026-11-24"), of("2026-11-23", "2026-11-23")]);
  assert.notEqual(day.entered, before.entered, "two days that differ");
  assert.equal(await figure(page, "Entered").innerText(), whole(day.entered));
  await page.getByRole("button", { name: "Compare with the time before" }).click();
  await page.getByText(new RegExp(`before: ${before.entered}`)).first().waitFor();
  assert.match(page.url(), /from=2026-11-24&to=2026-11-24&against_from=2026-11-23&against_to=2026-11-23/);
  await close(page);
});

test("the list sorts by what is clicked, and can be shared sorted", async () => {
  const page = await our.open("/reports");
  const names = () => page.getByRole("table").getByRole("link").allInnerTexts();
  await page.getByRole("row", { name: /Win back/ }).getByText(percent(report.enrollment_rate)).waitFor();
  assert.deepEqual((await names()).map((name) => name.replace(/\s+paused/, "")), ["Win back", "Quiet one"]);
  await page.getByRole("button", { name: "Series" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/sort=Series/);
  assert.deepEqual((await names()).map((name) => name.replace(/\s+paused/, "")), ["Quiet one", "Win back"]);
  assert.equal(await page.getByRole("columnheader", { name: "Series" }).getAttribute("aria-sort"), "ascending");
  assert.equal(await page.getByText("Only a thought").count(), 0);
  await close(page);
});

test("a series that was never published says so", async () => {
  const page = await our.open("/reports/thought");
  await page.getByText("Nothing to report yet").waitFor();
  await close(page);
});

test("a number that cannot be had does not take the page down", async () => {
  const page = await our.open("/", { token: "dev" });
  await page.route("**/report/people?*", (route) => route.fulfill({ status: 500, contentType: "text/plain", body: "no" }));
  await page.goto(`${our.edge.url}/console/reports/win-back?metric=entered`);
  await page.getByRole("dialog").getByText("This could not be loaded.").waitFor({ timeout: 15_000 });
  await page.keyboard.press("Escape");
  assert.equal(await figure(page, "Entered").innerText(), whole(report.entered));
  await close(page);
});

test("a test that people decided: the page says what the API says, and applying the winner publishes it", async () => {
  const step = { id: "ask", kind: "email", subject: "Are you there?", body: "Come back.", test: { metric: "clicked", weight: 50, variants: [{ name: "b", weight: 50, changes: { subject: "Your place is kept" } }] } };
  await our.api("PUT", "/series/tested", { name: "Tested", audience: "crowd is true", exit: 'performed "Logged In"', steps: [step] });
  await our.api("POST", "/series/tested/publish");
  const crowd = Array.from({ length: 400 }, (_, number) => `c${number}`);
  await our.send(crowd.map((userId) => ({ type: "identify", userId, traits: { crowd: true, email: `${userId}@example.com` } })));
  await our.advance("1m");
  const mails = [];
  for (let cursor = ""; cursor !== null && mails.length < crowd.length; ) {
    const page = await our.api("GET", `/mailbox?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    mails.push(...page.items.filter(({ series }) => series === "tested"));
    cursor = page.next;
  }
  assert.equal(mails.length, crowd.length);
  // Those who got b click, and hardly anyone else does.
  const clicks = mails.filter(({ subject }, place) => subject === "Your place is kept" || place % 20 === 0);
  await our.send(clicks.map(({ effect }) => ({ type: "reaction", effect, kind: "clicked" })));
  const [experiment] = (await our.api("GET", "/series/tested/experiments")).items;
  assert.equal(experiment.leader, "b");

  const page = await our.open("/series/tested?tab=flow&step=ask");
  await page.getByText(/It takes [\d,]+ people in all to find .* 400 have come; at this pace the rest are there in/).waitFor();
  await page.goto(`${our.edge.url}/console/reports/tested`);
  const section = page.getByRole("region", { name: "Test of ask" });
  await section.getByText(experiment.words, { exact: true }).first().waitFor();
  for (const { name, people, clicked } of experiment.variants)
    assert.match(await section.getByRole("row", { name: new RegExp(`^${name}\\b`) }).innerText(), new RegExp(`\\s${people}\\s[\\s\\S]*\\s${clicked}\\s`), name);
  await section.getByRole("button", { name: "Apply b" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Apply b and publish" }).click();
  await page.getByText("The test is over: everyone gets b.").first().waitFor();
  const { version, changed, draft } = await our.api("GET", "/series/tested");
  assert.deepEqual([version, changed, draft.steps[0].subject, draft.steps[0].test ?? null], [2, false, "Your place is kept", null]);
  await close(page);
});

// What the draw gives cannot be told beforehand, a verdict least of all: here the answers are those of
// the API's document, and what the page makes of them is looked at.
const variant = (name, people, clicked) => ({ name, weight: 50, people, sent: people, opened: clicked * 3, clicked, converted: 0, re_engaged: 0, rate: clicked / people });
const counted = { beats_control: null, expected_loss: null };
const decided = {
  step: "miss-you",
  metric: "clicked",
  method: "sequential",
  from_version: 1,
  until_version: null,
  control: "a",
  variants: [variant("a", 5000, 400), variant("b", 5200, 562), variant("c", 5100, 410)],
  sample_ratio: { p: 0.41, mismatch: false },
  comparisons: [
    { ...counted, variant: "b", difference: 0.028, low: 0.0101, high: 0.0459, lift: 0.35, verdict: "ahead", words: "b is ahead of a: 10.8 % against 8.00 %; the difference lies between 1.01 and 4.59 percentage points." },
    { ...counted, variant: "c", difference: 0.0004, low: -0.0176, high: 0.0184, lift: 0.005, verdict: "undecided", words: "No difference between c and a can be told yet: it lies between -1.76 and 1.84 percentage points." },
  ],
  leader: "b",
  words: "b is ahead of a and of every other variant.",
  plan: { people: 8200, days: 34, rate: 0.08, lift: 0.2 },
  changed: ["subject"],
  warning: null,
};
const tested = { ...series.steps[0], test: { metric: "clicked", weight: 34, variants: [{ name: "b", weight: 33, changes: { subject: "Your place is kept" } }, { name: "c", weight: 33, changes: { subject: "Hello?" } }] } };

async function withTest(page, experiment, draft = { ...series, steps: [tested, series.steps[1]] }) {
  const writes = [];
  await page.route("**/api/v1/series/win-back/experiments*", (route) => route.fulfill({ json: { items: [experiment], next: null } }));
  const view = { id: "win-back", name: "Win back", state: "published", version: 1, revision: 7, changed: false, draft };
  await page.route("**/api/v1/series/win-back", (route) => {
    const request = route.request();
    if (request.method() === "PUT") writes.push(["PUT", request.headers()["if-match"], request.postDataJSON()]);
    return route.fulfill({ json: view });
  });
  await page.route("**/api/v1/series/win-back/publish", (route) => {
    writes.push(["publish", route.request().postDataJSON()]);
    return route.fulfill({ json: view });
  });
  return writes;
}

test("a test says its verdict in words and as a picture, and the winner is applied after a question", async () => {
  const page = await our.open("/reports");
  const writes = await withTest(page, decided);
  await page.goto(`${our.edge.url}/console/reports/win-back`);
  const section = page.getByRole("region", { name: "Test of miss-you" });
  await section.getByText("b is ahead of a and of every other variant.").waitFor();
  await section.getByRole("img", { name: /b against a, in percentage points: 2.8, between 1.0 and 4.6/ }).waitFor();
  assert.match(await section.getByRole("row", { name: /^b/ }).innerText(), /5,200[\s\S]*562[\s\S]*10\.8%/);
  await section.getByText("8,200 people in all variants together, about 34 days").waitFor();

  await section.getByRole("button", { name: "Apply b" }).click();
  const question = page.getByRole("alertdialog");
  await question.getByText("published as a new version").waitFor();
  assert.deepEqual(writes, [], "nothing happens before the answer");
  await question.getByRole("button", { name: "Apply b and publish" }).click();
  await page.getByText("The test is over: everyone gets b.").first().waitFor();
  assert.deepEqual(writes, [
    ["PUT", '"7"', { ...series, steps: [{ ...series.steps[0], subject: "Your place is kept" }, series.steps[1]] }],
    ["publish", { in_flight: "move" }],
  ]);
  await close(page);
});

test("if shares are not as drawn the result is not to be trusted, and nothing can be applied", async () => {
  const page = await our.open("/reports");
  await withTest(page, { ...decided, sample_ratio: { p: 0.00001, mismatch: true }, words: "Do not trust this result: sample ratio." });
  await page.goto(`${our.edge.url}/console/reports/win-back`);
  await page.getByText("the shares of people are not those that were drawn").waitFor();
  assert.equal(await page.getByRole("button", { name: /Apply/ }).count(), 0);
  await close(page);
});

test("a test that nobody has come to yet says so", async () => {
  const page = await our.open("/reports");
  const words = "No one has been given a variant yet.";
  await withTest(page, { ...decided, variants: decided.variants.map(({ name }) => ({ ...variant(name, 0, 0), rate: null })), sample_ratio: null, comparisons: [], leader: null, words, plan: null });
  await page.goto(`${our.edge.url}/console/reports/win-back`);
  await page.getByRole("region", { name: "Test of miss-you" }).getByText(words).waitFor();
  await close(page);
});

test("a draft without the test any more is said, and not overwritten", async () => {
  const page = await our.open("/reports");
  const writes = await withTest(page, decided, series);
  await page.goto(`${our.edge.url}/console/reports/win-back`);
  await page.getByRole("button", { name: "Apply b" }).click();
  await page.getByText("it was decided already").waitFor();
  await page.getByRole("button", { name: "Apply b and publish" }).click();
  assert.deepEqual(writes, []);
  await close(page);
});

test("a viewer reads everything and is offered nothing that changes", async () => {
  const { token } = await our.api("POST", "/tokens", { name: "Vera", role: "viewer" });
  const page = await our.open("/reports", { token });
  await withTest(page, decided);
  await page.goto(`${our.edge.url}/console/reports/win-back`);
  await page.getByText("b is ahead of a and of every other variant.").waitFor();
  assert.equal(await page.getByRole("button", { name: /Apply/ }).count(), 0);
  await close(page);
});

for (const { name, options } of LOOKS) {
  test(`reports are fit to use, ${name}`, async () => {
    const page = await our.open("/reports", options);
    await page.getByRole("link", { name: /Win back/ }).waitFor();
    await page.waitForLoadState("networkidle");
    await look(page, `reports-${name}`);
    await page.goto(`${our.edge.url}/console/reports/win-back`);
    await page.locator("canvas").waitFor();
    await page.waitForLoadState("networkidle");
    await look(page, `report-${name}`);
    await page.getByRole("region", { name: "Step by step" }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: `${SCREENSHOTS}console-report-steps-${name}.png` });
    await page.goto(`${our.edge.url}/console/reports/win-back?metric=re_engaged`);
    await page.getByRole("dialog").getByRole("list").waitFor();
    await look(page, `report-people-${name}`);
    await withTest(page, decided);
    await page.goto(`${our.edge.url}/console/reports/win-back?from=2026-11-23&to=2026-11-30&against_from=2026-11-15&against_to=2026-11-22`);
    await page.getByRole("region", { name: "Test of miss-you" }).waitFor();
    await page.locator("canvas").waitFor();
    await look(page, `report-test-${name}`);
    await close(page);
  });
}
