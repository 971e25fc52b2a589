// Segments and people in Chromium: a segment built by clicking asks what its text would, nothing is lost
// or written over on the way, and of a person one learns what happened and why.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { until } from "../../edge/harness.mjs";
import { LOOKS, START, close, look, startConsole } from "./console.mjs";

const DAY_MS = 86_400_000;
const AT_RISK =
  'last_seen > 30 days ago and subscription_status is "active" and total_spend > 100 and not performed "Used Feature X" in last 60 days';

let our;
before(async () => {
  our = await startConsole();
  const now = Date.parse(START);
  const lives = [];
  for (let n = 0; n < 70; n += 1) {
    const userId = `p-${String(n).padStart(2, "0")}`;
    const traits = {
      first_name: `Person ${n}`,
      email: `${userId}@example.com`,
      plan: ["free", "pro", "team"][n % 3],
      subscription_status: n % 4 === 0 ? "cancelled" : "active",
      total_spend: n * 5,
    };
    lives.push({ type: "identify", userId, traits });
    lives.push({ type: "track", userId, event: "Logged In", timestamp: now - n * DAY_MS });
    // Some used it within 60 days, some before that.
    if (n % 5 === 0) lives.push({ type: "track", userId, event: "Used Feature X", properties: { feature: "Forecast" }, timestamp: now - (n + 5) * DAY_MS });
  }
  await our.send(lives);
  await our.api("PUT", "/segments/lapsed", { name: "Lapsed", rule: "last_seen > 60 days ago" });
  await our.api("PUT", "/segments/pros", { name: "Pros", rule: 'plan is "pro"' });
  await our.api("PUT", "/series/win-back", {
    name: "Win back",
    audience: { segment: "lapsed" },
    exit: 'performed "Logged In"',
    steps: [
      { id: "miss-you", kind: "email", delay: "1h", subject: "Hi {{ first_name }}", body: "Come back." },
      { id: "later", kind: "email", delay: "3d", when: 'plan is "pro"', subject: "Still there?", body: "x" },
    ],
  });
  await our.api("POST", "/series/win-back/publish");
  await our.advance("2h");
});
after(() => our?.stop());

const filters = (page) => page.getByRole("group", { name: "Filters" });
/** Adds a filter on what is searched for; the keyboard is in it afterwards. */
async function add(page, text) {
  await filters(page).getByRole("button", { name: "Add filter", exact: true }).click();
  await page.getByPlaceholder("Search attributes").fill(text);
  await page.locator("[cmdk-item][data-selected=true]").filter({ hasText: new RegExp(`^${text}`, "i") }).click();
}
const count = async (id) => (await our.api("GET", `/segments/${id}/count`)).count;
const rows = (page) => page.getByRole("listitem").locator("[data-row]");

test("high-value people at risk are built by clicking, and counted as the API counts them", async () => {
  const page = await our.open("/segments");
  await page.getByRole("link", { name: "New Segment" }).click();
  await page.getByLabel("Name").fill("High-Value, At-Risk Subscribers");

  await add(page, "last seen");
  assert.equal(await page.getByLabel("How last_seen is compared").inputValue(), "more_than_ago");
  await add(page, "subscription status");
  const status = page.getByLabel("Value of subscription_status");
  await until(async () => (await page.locator(`datalist[id="${await status.getAttribute("list")}"] option`).count()) === 2, "what the data has to choose from");
  await status.fill("active");
  await add(page, "total spend");
  await page.getByLabel("Value of total_spend").fill("100");
  await add(page, "Used Feature X");
  await page.getByLabel("What was done with Used Feature X").selectOption({ label: "has not performed" });
  await page.getByLabel("When", { exact: true }).selectOption({ label: "in the last" });
  await page.getByLabel("In the last", { exact: true }).fill("60");

  assert.equal(await page.getByLabel("As text", { exact: true }).inputValue(), AT_RISK);
  assert.match(await page.getByLabel("In words").innerText(), /^Last seen more than 30 days ago and subscription status is “active” and total spend is over 100 and has not performed “Used Feature X” in the last 60 days\.$/);
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.waitForURL("**/segments/high-value-at-risk-subscribers");

  const { rule } = await our.api("GET", "/segments/high-value-at-risk-subscribers");
  assert.equal(rule, AT_RISK);
  const people = await count("high-value-at-risk-subscribers");
  assert.ok(people > 5, `${people} people`);
  const shown = page.getByRole("complementary", { name: "Who that is" });
  await shown.getByText(`${people} people`).waitFor();
  assert.equal(await shown.getByRole("list", { name: "Some of them" }).getByRole("listitem").count(), 10);
  await page.goto(`${our.edge.url}/console/segments`);
  const row = page.getByRole("row", { name: /High-Value, At-Risk/ });
  await row.getByRole("link", { name: String(people), exact: true }).click();
  await page.waitForURL("**/people?segment=high-value-at-risk-subscribers");
  assert.deepEqual(page.problems, []);
  await close(page);
});

test("a filter is added with the keyboard alone", async () => {
  const page = await our.open("/segments/new");
  const name = page.getByLabel("Name");
  await name.waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("placeholder")?.startsWith("Such as"));
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Tab");
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? "");
  assert.match(await focused(), /Add filter/);
  await page.keyboard.press("Enter");
  await page.getByPlaceholder("Search attributes").waitFor();
  await page.keyboard.type("plan");
  await page.locator("[cmdk-item][data-selected=true]").getByText("plan", { exact: true }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement?.tagName === "SELECT");
  await page.keyboard.press("Tab");
  await page.keyboard.type("pro");
  await page.getByLabel("In words").getByText("Plan is “pro”.").waitFor();
  // A second, turned around from its menu, and taken away: the keyboard is never lost.
  await page.getByRole("button", { name: "More for filter 1" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.getByLabel("In words").getByText("Not (plan is “pro”).").waitFor();
  await page.getByRole("button", { name: "Remove filter 1" }).focus();
  await page.keyboard.press("Enter");
  await page.getByText("Add a filter to narrow it down").waitFor();
  await until(async () => /Add filter/.test(await focused()), "the keyboard to be at Add filter");
  assert.deepEqual(page.problems, []);
  await close(page);
});

test("rows and text say the same, in groups and turned around, and what is wrong is said in place", async () => {
  const page = await our.open("/segments/new");
  const text = page.getByLabel("As text", { exact: true });
  await text.fill('plan is "pro" and not (total_spend > 5 or performed "Logged In" at least 2 times)');
  await page.getByRole("group", { name: "Group 2", exact: true }).waitFor();
  assert.equal(await rows(page).count(), 3);
  await page.getByRole("group", { name: "Group 2: match" }).getByText("all").click();
  await until(async () => (await text.inputValue()).includes("(total_spend > 5 and performed"), "the text to follow");
  await page.getByLabel("How many times", { exact: true }).fill("3");
  await until(async () => (await text.inputValue()).includes("at least 3 times"), "the text to follow");

  // A part that is typed stands as text among the rows.
  await add(page, "Write it as text");
  await page.getByLabel("Condition as text").fill('total_spend < 3 or plan is "team"');
  await until(async () => (await text.inputValue()).endsWith('and (total_spend < 3 or plan is "team")'), "the part to be taken in");

  await text.fill('plan iz "pro"');
  await page.getByLabel("What is wrong with the text").getByText("did you mean `is`?").waitFor();
  assert.equal(await rows(page).count(), 4, "the rows stand while the text cannot be read");
  await text.fill('plam is "pro"');
  await rows(page).getByText("did you mean `plan`?").waitFor();
  // A filter that is begun does not count, and does not let one save.
  await add(page, "total spend");
  await page.getByText("One filter is not filled in yet").waitFor();
  await page.getByLabel("Name").fill("Unfinished");
  await page.getByRole("button", { name: "Create segment" }).click();
  await page.getByText("Finish or remove it").waitFor();
  assert.equal((await our.api("GET", "/segments")).items.some(({ name }) => name === "Unfinished"), false);
  await close(page);
});

test("a draft outlives a reload, leaving asks first, and a rule in an address begins one", async () => {
  const page = await our.open(`/segments/new?rule=${encodeURIComponent("total_spend >= 300")}`);
  await page.getByLabel("Value of total_spend").waitFor();
  assert.equal(await page.getByLabel("Value of total_spend").inputValue(), "300");
  await page.goto(`${our.edge.url}/console/segments/pros`);
  await page.getByLabel("Value of plan").fill("team");
  await page.getByText("Not saved").waitFor();
  await page.reload();
  await page.getByText("Your changes from before are here").waitFor();
  assert.equal(await page.getByLabel("Value of plan").inputValue(), "team");
  await page.getByRole("navigation").getByRole("link", { name: "People" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stay" }).click();
  await page.getByRole("button", { name: "Discard changes" }).click();
  await until(async () => (await page.getByLabel("Value of plan").inputValue()) === "pro", "what was saved");
  await page.getByRole("navigation").getByRole("link", { name: "People" }).click();
  await page.waitForURL("**/people");
  await close(page);
});

test("what somebody else wrote meanwhile is shown, and never written over unseen", async () => {
  await our.api("PUT", "/segments/shared", { name: "Shared", rule: "total_spend > 10" });
  const page = await our.open("/segments/shared");
  await page.getByLabel("Value of total_spend").fill("20");
  await our.api("PUT", "/segments/shared", { name: "Shared", rule: "total_spend > 99" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Somebody else changed this segment").waitFor();
  await page.getByText("Total spend is over 99").waitFor();
  assert.equal((await our.api("GET", "/segments/shared")).rule, "total_spend > 99");
  await page.getByRole("button", { name: "Keep mine" }).click();
  await page.getByText("“Shared” is saved.").first().waitFor();
  assert.equal((await our.api("GET", "/segments/shared")).rule, "total_spend > 20");
  await close(page);
});

test("a segment is deleted with a way back; one in use says by what", async () => {
  await our.api("PUT", "/segments/spare", { name: "Spare", rule: "vip is true" });
  const page = await our.open("/segments");
  const remove = async (name) => {
    await page.getByRole("button", { name: `More for ${name}`, exact: true }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
  };
  await remove("Lapsed");
  await page.getByRole("dialog").getByRole("link", { name: "Win back" }).waitFor();
  await page.keyboard.press("Escape");
  await remove("Spare");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete segment" }).click();
  await page.getByRole("row", { name: /Spare/ }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("“Spare” is back.").first().waitFor();
  await page.getByRole("row", { name: /Spare/ }).waitFor();
  assert.equal((await our.api("GET", "/segments/spare")).rule, "vip is true");
  await close(page);
});

test("ready-made segments are one click away", async () => {
  const page = await our.open("/segments");
  await page.getByRole("button", { name: "Add New Users", exact: true }).click();
  await page.getByRole("row", { name: /New Users/ }).waitFor();
  assert.equal((await our.api("GET", "/segments/new-users")).rule, "first_seen < 7 days ago");
  await page.getByRole("button", { name: "Add New Users", exact: true }).waitFor({ state: "detached" });
  await close(page);
});

test("people are found by letters, segment and rule, paged, and exported as they are listed", async () => {
  const page = await our.open("/people");
  const table = page.getByRole("region", { name: "People" });
  const length = () => table.getByRole("row").count();
  await until(async () => (await length()) === 51, "a page of 50");
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByText("70 people, all of them").waitFor();

  await page.getByLabel("Search people").fill("P-0");
  await page.waitForURL("**q=P-0*");
  await page.getByText("10 people, all of them").waitFor();
  await page.getByLabel("Segment", { exact: true }).selectOption({ label: "Pros" });
  await page.getByText("3 people, all of them").waitFor();

  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await add(page, "total spend");
  await page.getByLabel("Value of total_spend").fill("10");
  await page.getByRole("button", { name: "Show people" }).click();
  await page.getByText("2 people, all of them").waitFor();
  await page.getByText("Total spend is over 10").waitFor();

  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("plan", { exact: true }).check();
  await page.getByRole("button", { name: "Done" }).click();
  await table.getByRole("columnheader", { name: "plan" }).waitFor();
  await page.reload();
  await table.getByRole("columnheader", { name: "plan" }).waitFor();
  await page.getByText("2 people, all of them").waitFor();

  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export" }).click();
  await page.getByRole("menuitem", { name: /The 2 shown/ }).click();
  const lines = (await readFile(await (await downloading).path(), "utf8")).trim().split("\r\n");
  assert.equal(lines[0], "id,email,last_seen,first_seen,segments,plan");
  assert.deepEqual(lines.slice(1).map((line) => line.split(",").slice(0, 2)), [["p-04", "p-04@example.com"], ["p-07", "p-07@example.com"]]);
  assert.match(lines[1], /,pro$/);
  assert.deepEqual(page.problems, []);
  await close(page);
});

test("of a person one learns what happened, the path they took, and what keeps them from what", async () => {
  const page = await our.open("/people/p-65");
  await page.getByRole("heading", { name: "Person 65" }).waitFor();
  const panel = page.getByRole("tabpanel");
  await panel.getByText("Logged In").waitFor();
  await panel.getByText("feature: Forecast").waitFor();
  await panel.getByText(/Entered Win back/).waitFor();
  await page.getByRole("complementary", { name: "What is known" }).getByRole("link", { name: "Lapsed" }).waitFor();

  await page.getByRole("tab", { name: "Series (1)" }).click();
  const path = panel.getByRole("list", { name: "The path taken" });
  await path.getByText("miss-you").waitFor();
  assert.match(await path.innerText(), /Entered[\s\S]*miss-you\s+Sent/);

  await page.goto(`${our.edge.url}/console/people/p-40?tab=why`);
  const blamed = panel.locator("[data-blamed]");
  await blamed.getByText("Last seen more than 60 days ago").waitFor();
  assert.equal(await blamed.count(), 1);
  assert.match(await blamed.innerText(), /Was last month \(.*\)\. May change in 19 days[\s\S]*in the way/);
  await panel.getByLabel("About").selectOption({ label: "Pros" });
  await panel.getByText("They are in it.").waitFor();
  assert.equal(await blamed.count(), 0);
  await panel.getByText("Is “pro”", { exact: true }).waitFor();
  assert.deepEqual(page.problems, []);
  await close(page);
});

test("a test goes out at once, to whoever is named", async () => {
  const page = await our.open("/people/p-12");
  await page.getByRole("button", { name: "Send a test" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Message").selectOption({ label: "Hi {{ first_name }} (email)" });
  await dialog.getByLabel("To").fill("me@example.com");
  await dialog.getByRole("button", { name: "Send it" }).click();
  await dialog.getByText("Sent.", { exact: true }).waitFor();
  const mail = await until(async () => (await our.api("GET", "/mailbox")).items.find(({ to }) => to === "me@example.com"), "the mail");
  assert.match(mail.subject, /Hi Person 12/);
  assert.deepEqual(page.problems, []);
  await close(page);
});

test("a person is exported, and erased once their id is typed", async () => {
  const page = await our.open("/people/p-69");
  await page.getByRole("button", { name: "More for this person" }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export everything" }).click();
  const all = JSON.parse(await readFile(await (await downloading).path(), "utf8"));
  assert.equal(all.person.attributes.email, "p-69@example.com");

  await page.getByRole("button", { name: "More for this person" }).click();
  await page.getByRole("menuitem", { name: "Erase" }).click();
  const dialog = page.getByRole("alertdialog");
  const erase = dialog.getByRole("button", { name: "Erase for good" });
  assert.equal(await erase.isDisabled(), true);
  await dialog.getByLabel(/Type their id/).fill("p-6");
  assert.equal(await erase.isDisabled(), true);
  await dialog.getByLabel(/Type their id/).fill("p-69");
  await erase.click();
  await page.getByRole("dialog").getByText("people").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Done" }).click();
  await page.waitForURL("**/people");
  await assert.rejects(our.api("GET", "/people/p-69"), { status: 404 });
  await close(page);
});

test("a viewer is offered nothing that they may not do", async () => {
  const { token } = await our.api("POST", "/tokens", { name: "Vera", role: "viewer" });
  const page = await our.open("/segments/pros", { token });
  await page.getByLabel("In words").getByText("Plan is “pro”.").waitFor();
  for (const name of ["Save", "Delete segment", "Add filter"]) assert.equal(await page.getByRole("button", { name }).count(), 0, name);
  await page.goto(`${our.edge.url}/console/segments`);
  await page.getByRole("row", { name: /Pros/ }).waitFor();
  assert.equal(await page.getByRole("link", { name: "New Segment" }).count(), 0);
  await page.goto(`${our.edge.url}/console/people/p-01`);
  await page.getByRole("heading", { name: "Person 1" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Send a test" }).count(), 0);
  await page.getByRole("button", { name: "More for this person" }).click();
  await page.getByRole("menuitem", { name: "Export everything" }).waitFor();
  assert.equal(await page.getByRole("menuitem", { name: "Erase" }).count(), 0);
  await close(page);
});

for (const { name, options } of LOOKS) {
  test(`every page is fit to use, ${name}`, async () => {
    const page = await our.open("/segments", options);
    await page.getByRole("img", { name: /Lapsed: / }).waitFor();
    await look(page, `segments-${name}`);

    await page.goto(`${our.edge.url}/console/segments/new?rule=${encodeURIComponent(`${AT_RISK} and (plan is any of ("pro", "team") or (performed "Used Feature X" where feature is "Forecast") or not in segment "lapsed")`)}`);
    await page.getByText(/\d+ people/).first().waitFor();
    await look(page, `segment-${name}`);
    await filters(page).getByRole("button", { name: "Add filter", exact: true }).click();
    await page.getByPlaceholder("Search attributes").fill("plan");
    await page.getByRole("option", { name: /^plan/ }).waitFor();
    await look(page, `segment-picker-${name}`);

    await page.goto(`${our.edge.url}/console/people?segment=pros`);
    await page.getByText(/all of them/).waitFor();
    await look(page, `people-${name}`);
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("dialog").getByText("everyone", { exact: true }).waitFor();
    await page.getByRole("dialog").getByText(/\d+ people/).waitFor();
    await look(page, `people-filter-${name}`);

    await page.goto(`${our.edge.url}/console/people/p-12`);
    await page.getByRole("button", { name: "Send a test" }).click();
    await page.getByRole("dialog").getByLabel("To").waitFor();
    await look(page, `person-test-${name}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More for this person" }).click();
    await page.getByRole("menuitem", { name: "Erase" }).click();
    await page.getByRole("alertdialog").getByLabel(/Type their id/).waitFor();
    await look(page, `person-erase-${name}`);

    for (const [tab, words] of [["timeline", "Logged In"], ["series", "miss-you"], ["why", "Audience"]]) {
      await page.goto(`${our.edge.url}/console/people/p-65?tab=${tab}`);
      await page.getByRole("tabpanel").getByText(words).first().waitFor();
      await look(page, `person-${tab}-${name}`);
    }
    await close(page);
  });
}
