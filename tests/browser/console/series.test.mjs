// Outbound > Series in Chromium, on the real runtime: a series built by clicking, drafts that nobody
// overwrites, versions, pauses, and what each role may do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { until } from "../../edge/harness.mjs";
import { LOOKS, close, look, startConsole } from "./console.mjs";

const AT_RISK = "last_seen > 30 days ago and total_spend > 100";
const WIN_BACK = {
  name: "Win back",
  audience: { segment: "high-value-at-risk" },
  exit: 'performed "Purchased"',
  goal: { rule: 'performed "Purchased"', within: "14d" },
  steps: [
    { id: "miss-you", kind: "email", delay: "1d", subject: 'We miss you, {{ first_name | default: "there" }}', body: "Come **back**." },
    { id: "pro", kind: "branch", if: 'plan is "pro" and not in segment "high-value-at-risk"', yes: "ping", no: "while" },
    { id: "ping", kind: "push", title: "Still here", body: "When you are.", when: "push_enabled is true" },
    { id: "while", kind: "wait", until: { rule: 'performed "Purchased"' }, timeout: "3d", met: "end", timed_out: "test" },
    { id: "test", kind: "split", paths: [{ name: "a", weight: 45, next: "bar" }, { name: "b", weight: 45, next: "end" }, { name: "nothing", weight: 10, holdout: true }] },
    { id: "bar", kind: "in_app", title: "Welcome back", body: "Look what is new.", delay: "2d" },
  ],
};

let c;
before(async () => {
  c = await startConsole();
  await c.api("PUT", "/segments/high-value-at-risk", { name: "High-value at risk", rule: AT_RISK });
});
after(() => c?.stop());

const draftOf = async (id) => (await c.api("GET", `/series/${id}`)).draft;
const saved = (page) => page.getByRole("status").getByText("Saved", { exact: true }).waitFor();
const tab = (page, name) => page.getByRole("tab", { name }).click();
const asList = (page) => page.getByText("List", { exact: true }).click();
const done = (page) => page.getByRole("button", { name: "Done" }).click();
/** What the page complained of, but for answers that are shown in it. */
const complaints = (page) => page.problems.filter((problem) => !problem.startsWith("Failed to load resource"));

async function add(page, where, kind) {
  await page.getByRole("button", { name: `Add a step ${where}`, exact: true }).click();
  await page.getByRole("menuitem", { name: kind, exact: true }).click();
}

/** Fills a field and holds on until it keeps what it got: an editor may still be taking its place. */
async function fill(page, name, text) {
  const field = page.getByRole("dialog").getByRole("textbox", { name, exact: true });
  await until(async () => {
    await field.fill(text);
    return (await field.evaluate((element) => element.value ?? element.textContent)).trim() === text;
  }, `“${name}” to keep its text`);
}

/** The text of a rule. Where it stands as rows, text is asked for first. */
async function ruleField(page, label) {
  const [text, asText] = [page.getByRole("textbox", { name: label, exact: true }), page.getByRole("button", { name: `Write ${label} as text` })];
  await text.or(asText).first().waitFor();
  if (await asText.isVisible()) await asText.click();
  await text.waitFor();
  return text;
}

async function delay(page, days) {
  await page.getByLabel("Comes after: how many").fill(String(days));
}

test("a series is built by clicking, warned about and published", async () => {
  const page = await c.open("/series");
  await page.getByRole("button", { name: "New series" }).first().click();
  await page.getByRole("button", { name: /Start from scratch/ }).click();

  await page.getByRole("button", { name: "Rename the series" }).click();
  await page.getByLabel("Name of the series").fill("High-Value At-Risk Re-engagement");
  await page.keyboard.press("Enter");
  await page.getByLabel("Segment", { exact: true }).selectOption("high-value-at-risk");
  await (await ruleField(page, "Exit condition")).fill('performed "Logged In"');

  await tab(page, "Flow");
  await add(page, "as the first", "Email");
  await fill(page, "Subject", 'We miss you, {{ first_name | default: "there" }}');
  await fill(page, "Text", "Your reports are waiting.");
  await delay(page, 1);
  await done(page);
  await add(page, "after “email”", "In-app message");
  await fill(page, "Title", "Welcome back");
  await fill(page, "Text", "Here is what is new.");
  await delay(page, 3);
  await (await ruleField(page, "Only for (optional)")).fill('performed "Logged In" in last 24 hours');
  await done(page);
  await add(page, "after “in-app”", "Push");
  await fill(page, "Title", "Still here");
  await fill(page, "Text", "When you are.");
  await delay(page, 5);
  await done(page);
  await saved(page);

  await page.getByRole("button", { name: "Review and publish" }).click();
  await page.getByText("“in-app” can never be shown.").waitFor();
  await page.getByText("performing \"Logged In\" ends the series").first().waitFor();
  await page.getByRole("button", { name: "Publish version 1" }).click();
  await page.getByText("Version 1 is live and the draft is the same.").waitFor();

  const series = await c.api("GET", "/series/new-series");
  assert.equal(series.state, "published");
  assert.equal(series.name, "High-Value At-Risk Re-engagement");
  assert.deepEqual(series.draft.audience, { segment: "high-value-at-risk" });
  assert.deepEqual(series.draft.exit, { event: { name: "Logged In", count: { at_least: 1 } } });
  assert.deepEqual(
    series.draft.steps.map(({ id, kind, delay }) => [id, kind, delay]),
    [["email", "email", "1d"], ["in-app", "in_app", "3d"], ["push", "push", "5d"]],
  );
  assert.deepEqual(series.draft.steps[1].when, { event: { name: "Logged In", count: { at_least: 1 }, window: { last: 86_400_000 } } });
  assert.deepEqual(complaints(page), []);
  await close(page);
});

test("the outline does everything with the keyboard, and everything can be undone", async () => {
  await c.api("PUT", "/series/keys", { ...WIN_BACK, name: "Keys" });
  const page = await c.open("/series/keys");
  await asList(page);
  // Rules come as trees and are read as text, segments by their ids.
  await page.getByText('If plan is "pro" and not in segment "high-value-at-risk"').waitFor();
  const press = async (name, ...keys) => {
    await page.getByRole("button", { name, exact: true }).focus();
    for (const key of ["Enter", ...keys]) await page.keyboard.press(key);
  };
  const choose = async (trigger, item) => {
    await press(trigger);
    await page.getByRole("menuitem", { name: item, exact: true }).focus();
    await page.keyboard.press("Enter");
  };
  await choose("Add a step after “ping”", "Wait");
  await page.getByLabel("Name of this step").fill("breath");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Wait: breath" }).waitFor();
  await page.getByLabel("Goes on with").selectOption("bar");
  await page.keyboard.press("Escape");
  await saved(page);
  let steps = (await draftOf("keys")).steps;
  assert.equal(steps.find(({ id }) => id === "ping").next ?? steps[steps.findIndex(({ id }) => id === "ping") + 1].id, "breath");
  assert.equal(steps.find(({ id }) => id === "breath").next, "bar");

  await choose("Actions for breath", "Move up");
  await choose("Actions for miss-you", "Duplicate");
  await choose("Actions for pro", "Delete");
  await page.getByText("No path leads to these steps.").waitFor();
  for (let turn = 0; turn < 3; turn += 1) await page.keyboard.press("Control+z");
  await page.getByRole("button", { name: "Actions for pro" }).waitFor();
  await saved(page);
  assert.deepEqual((await draftOf("keys")).steps, steps);
  await page.keyboard.press("Control+Shift+z");
  await saved(page);
  steps = (await draftOf("keys")).steps;
  assert.equal(steps.find(({ id }) => id === "pro").yes, "breath");
  assert.deepEqual(complaints(page), []);
  await close(page);
});

test("every kind of step is filled in, and its form follows an undo", async () => {
  await c.api("PUT", "/series/kinds", { name: "Kinds", audience: { rule: "vip is true" }, steps: [WIN_BACK.steps[0]] });
  const page = await c.open("/series/kinds");
  await asList(page);
  await add(page, "after “miss-you”", "Update person");
  await page.getByRole("button", { name: "Add an attribute" }).click();
  await page.getByLabel("Attribute", { exact: true }).fill("stage");
  await page.getByLabel("Text, Liquid").fill("asked");
  await page.getByLabel("Add tags").fill("asked, warm");
  await saved(page);
  await page.keyboard.press("Control+z");
  await page.getByLabel("Attribute", { exact: true }).waitFor({ state: "detached" });
  await page.keyboard.press("Control+Shift+z");
  await until(async () => (await page.getByLabel("Attribute", { exact: true }).inputValue()) === "stage", "the attribute to be back");
  await done(page);

  await add(page, "after “update”", "Wait");
  await page.getByText("Until a time", { exact: true }).click();
  await page.getByLabel("Time of day").fill("09:30");
  await page.getByLabel("Monday").check();
  await page.getByLabel("Thursday").check();
  await done(page);
  await add(page, "after “wait”", "Split");
  await page.getByRole("button", { name: "Add a way" }).click();
  await page.getByRole("group", { name: "Way c" }).getByLabel("Hold out").check();
  await page.getByRole("group", { name: "Way c" }).getByLabel(/^Weight/).fill("10");
  await done(page);
  await add(page, "after “split”, on a", "Exit");
  await add(page, "after “split”, on b", "Branch");
  await (await ruleField(page, "If")).fill("sessions > 3");
  await done(page);
  await saved(page);
  assert.deepEqual((await draftOf("kinds")).steps.slice(1), [
    { id: "update", kind: "set", delay: "0d", attributes: { stage: "asked" }, add_tags: ["asked", "warm"] },
    { id: "wait", kind: "wait", delay: "0d", until: { time: "09:30", days: ["monday", "thursday"] } },
    { id: "split", kind: "split", delay: "0d", paths: [{ name: "a", weight: 50, next: "exit" }, { name: "b", weight: 50, next: "check" }, { name: "c", weight: 10, holdout: true }] },
    { id: "exit", kind: "exit", delay: "0d" },
    { id: "check", kind: "branch", delay: "0d", if: { attribute: { name: "sessions", greater_than: 3 } }, yes: "end", no: "end" },
  ]);
  assert.deepEqual(complaints(page), []);
  await close(page);
});

test("on the canvas steps are moved, led elsewhere, copied and deleted", async () => {
  const mail = (id) => ({ id, kind: "email", subject: id, body: "Text." });
  await c.api("PUT", "/series/plane", { name: "Plane", audience: { rule: "vip is true" }, steps: [mail("one"), mail("two"), mail("three")] });
  const page = await c.open("/series/plane", { viewport: { width: 1280, height: 1100 } });
  const order = async () => (await draftOf("plane")).steps.map(({ id }) => id);
  const node = (id) => page.locator(`.react-flow__node[data-id="${id}"]`);
  const centre = async (locator) => {
    const box = await locator.boundingBox();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const drag = async (from, to) => {
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.mouse.up();
  };
  await node("three").waitFor();
  await drag(await centre(node("one")), await centre(page.getByRole("button", { name: "Add a step after “two”" })));
  await until(async () => (await order()).join() === "two,one,three", "the step to be moved");

  await node("three").waitFor();
  await drag(await centre(node("two").locator(".react-flow__handle-bottom")), await centre(node("three").locator(".react-flow__handle-top")));
  await until(async () => (await order()).join() === "two,three,one", "the way to lead elsewhere");
  await page.keyboard.press("Control+z");
  await until(async () => (await order()).join() === "two,one,three", "the way to be as it was");

  // Back to where it came from would be a circle: it is not taken.
  await drag(await centre(node("three").locator(".react-flow__handle-bottom")), await centre(node("two").locator(".react-flow__handle-top")));
  await saved(page);
  assert.deepEqual(await order(), ["two", "one", "three"]);

  await node("one").getByRole("button").focus();
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  await until(async () => (await order()).join() === "two,one,one-2,three", "the copy");
  await node("one").getByRole("button").focus();
  await page.keyboard.press("Delete");
  await until(async () => (await order()).join() === "two,one-2,three", "the step to be gone");
  assert.deepEqual(complaints(page), []);
  await close(page);
});

test("two people edit the same series: nothing is overwritten silently", async () => {
  await c.api("PUT", "/series/both", { ...WIN_BACK, name: "Both" });
  const [ana, ben] = await Promise.all([c.open("/series/both?tab=settings"), c.open("/series/both?tab=settings")]);
  await Promise.all([ana, ben].map((page) => page.getByLabel("Holdout, percent").waitFor()));
  await ana.getByLabel("Holdout, percent").fill("10");
  await saved(ana);
  await ben.getByLabel("Priority, 0 to 100").fill("80");
  const dialog = ben.getByRole("dialog", { name: "Someone else changed this series" });
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /Holdout[\s\S]*10%[\s\S]*Priority[\s\S]*80/);
  assert.deepEqual([(await draftOf("both")).holdout_percent, (await draftOf("both")).policies], [10, undefined]);

  // Put off, it is still said, and a reload keeps it.
  await ben.keyboard.press("Escape");
  await ben.getByText("Your changes are not saved.").waitFor();
  await ben.reload();
  await dialog.waitFor();
  await dialog.getByRole("button", { name: "Keep mine as a copy" }).click();
  await ben.getByRole("heading", { name: "Both (my version)" }).waitFor();
  assert.equal((await draftOf("both-my-version")).policies.priority, 80);
  assert.deepEqual([(await draftOf("both")).holdout_percent, (await draftOf("both")).policies], [10, undefined]);

  await ben.goto(`${c.edge.url}/console/series/both?tab=settings`);
  await ben.getByLabel("Priority, 0 to 100").waitFor();
  await ana.getByLabel("Holdout, percent").fill("20");
  await saved(ana);
  await ben.getByLabel("Priority, 0 to 100").fill("70");
  await dialog.getByRole("button", { name: "Take theirs" }).click();
  await saved(ben);
  assert.equal(await ben.getByLabel("Holdout, percent").inputValue(), "20");
  assert.equal((await draftOf("both")).policies, undefined);
  for (const page of [ana, ben]) {
    assert.deepEqual(complaints(page), []);
    await close(page);
  }
});

test("what the server did not take is said, and survives a reload", async () => {
  await c.api("PUT", "/series/lost", { ...WIN_BACK, name: "Lost" });
  const page = await c.open("/series/lost?tab=settings");
  await (await ruleField(page, "Exit condition")).fill("performed iz");
  await page.getByText(/Not saved: .*expected the event's name/).waitFor();
  await page.getByText(/At character 11: expected the event's name/).waitFor();
  await page.reload();
  const exit = await ruleField(page, "Exit condition");
  assert.equal(await exit.inputValue(), "performed iz");
  await exit.fill('performed "Came Back"');
  await saved(page);
  assert.equal((await draftOf("lost")).exit.event.name, "Came Back");

  await page.route("**/api/v1/series/lost", (route) => (route.request().method() === "PUT" ? route.abort() : route.continue()));
  await page.getByLabel("Holdout, percent").fill("5");
  await page.getByText(/Not saved: The server did not answer/).waitFor();
  await page.unroute("**/api/v1/series/lost");
  await page.getByRole("button", { name: "Try again" }).click();
  await saved(page);
  assert.equal((await draftOf("lost")).holdout_percent, 5);
  await close(page);
});

test("a live series is paused, edited, published again with people under way, and compared", async () => {
  await c.api("PUT", "/series/live", { ...WIN_BACK, name: "Live", audience: { rule: "vip is true" } });
  await c.send(["ana", "ben"].map((userId) => ({ type: "identify", userId, traits: { vip: true, first_name: userId, email: `${userId}@example.com` } })));
  await c.api("POST", "/series/live/publish");
  await c.advance("1h");
  const page = await c.open("/series/live");
  await asList(page);
  await page.getByRole("button", { name: /Email, after 1 day.*2 wait here/s }).waitFor();

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("Paused", { exact: true }).waitFor();
  await c.advance("2d");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Something fell due for 2 people during the pause.").waitFor();
  await page.getByText("Shift everything").click();
  await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
  await page.getByText("Live", { exact: true }).first().waitFor();

  await page.getByRole("button", { name: /^Email/ }).click();
  await fill(page, "Subject", "Hello again");
  await done(page);
  await saved(page);
  await page.getByRole("button", { name: "Review and publish" }).click();
  await page.getByText("2 people are under way. What becomes of them?").waitFor();
  await page.getByText("Move to the new one").click();
  await page.getByRole("cell", { name: "same step" }).waitFor();
  await page.getByRole("button", { name: "Publish version 2" }).click();
  await page.getByText("Version 2 is live and the draft is the same.").waitFor();
  assert.equal((await c.api("GET", "/series/live")).version, 2);
  await c.advance("1d");
  const { items: mails } = await c.api("GET", "/mailbox");
  assert.deepEqual(mails.filter(({ series }) => series === "live").map(({ subject }) => subject), ["Hello again", "Hello again"]);

  await tab(page, "Versions");
  await page.getByLabel("From").selectOption("1");
  await page.getByLabel("To", { exact: true }).selectOption("2");
  const changed = page.getByRole("listitem").filter({ hasText: "miss-you" });
  await changed.waitFor();
  assert.match(await changed.innerText(), /Changed\s+Email: Hello again[\s\S]*Subject[\s\S]*We miss you[\s\S]*Hello again/);
  assert.equal(await page.getByRole("listitem").filter({ hasText: "Changed" }).count(), 1);
  await page.getByRole("button", { name: "Restore version 1 into the draft" }).click();
  await saved(page);
  assert.match((await draftOf("live")).steps[0].subject, /We miss you/);
  assert.deepEqual(complaints(page), []);
  await close(page);
});

test("a draft is replayed over what people did, and what that does not say stands beside it", async () => {
  const did = (userId, at) => [
    { type: "identify", userId, traits: { replayed: true, email: `${userId}@example.com` }, timestamp: at },
    { type: "track", userId, event: "Signed Up", timestamp: at },
  ];
  await c.send([...did("rita", "2026-11-01T09:00:00Z"), ...did("rolf", "2026-11-01T12:00:00Z"), ...did("rosa", "2026-11-03T09:00:00Z")]);
  const spec = { ...WIN_BACK, name: "Replay", audience: { rule: "replayed is true" } };
  await c.api("PUT", "/series/replay", { ...spec, audience: { rule: "replayed is false" } });
  await c.api("POST", "/series/replay/publish");
  await c.api("PUT", "/series/replay", spec);
  const page = await c.open("/series/replay?tab=review");
  await page.getByText("60 days").click();
  await page.getByLabel("Beside it").selectOption({ label: "version 1" });
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByText(/^Replayed \d+ people: \d+ messages would have been sent$/).waitFor();
  await page.getByText("nobody's reaction to a message is invented").waitFor();
  await page.getByText("Attributes are taken as they are now").waitFor();
  assert.match(await page.getByRole("region", { name: "Forecast by step" }).innerText(), /miss-you\s+3/);
  assert.match(await page.getByRole("region", { name: "Side by side" }).innerText(), /Messages\s+3\s+0/, "version 1 was for nobody");
  await page.getByLabel("What would have happened to").selectOption("rosa");
  await page.getByText("Would have got “miss-you”").waitFor();
  const busiest = page.getByRole("term").filter({ hasText: "Busiest day" }).locator("xpath=..");
  assert.match(await busiest.innerText(), /2026-11-02/);
  await look(page, "series-backtest");
  // A forecast is of the draft that was asked about.
  await tab(page, "Settings");
  await tab(page, "Review");
  assert.equal(await page.getByText("Forecast by step").count(), 0);
  assert.deepEqual(complaints(page), []);
  await close(page);
});

test("a draft is deleted, a live series archived and brought back", async () => {
  await c.api("PUT", "/series/gone", { name: "Gone", steps: [] });
  await c.api("PUT", "/series/shelf", { ...WIN_BACK, name: "Shelf" });
  await c.api("POST", "/series/shelf/publish");
  const page = await c.open("/series");
  const act = async (name, item) => {
    await page.getByRole("button", { name: `Actions for ${name}`, exact: true }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  await act("Gone", "Delete draft");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete draft" }).click();
  await page.getByRole("link", { name: "Gone", exact: true }).waitFor({ state: "detached" });
  await assert.rejects(c.api("GET", "/series/gone"), { status: 404 });
  await act("Shelf", "Archive");
  await page.getByRole("alertdialog").getByRole("button", { name: "Archive" }).click();
  await page.getByRole("link", { name: "Shelf", exact: true }).waitFor({ state: "detached" });
  await page.getByText("Archived", { exact: false }).filter({ has: page.locator("small") }).click();
  await page.getByRole("link", { name: "Shelf", exact: true }).click();
  await page.getByText("This series is archived").waitFor();
  assert.equal(await page.getByRole("button", { name: /Add a step|Publish|Pause|Resume/ }).count(), 0);
  await page.goBack();
  await act("Shelf", "Take out of the archive");
  await until(async () => (await c.api("GET", "/series/shelf")).state === "paused", "the series to be back");
  assert.deepEqual(complaints(page), []);
  await close(page);
});

test("who may only view can change nothing", async () => {
  await c.api("PUT", "/series/seen", { ...WIN_BACK, name: "Seen" });
  const { token } = await c.api("POST", "/tokens", { name: "Vera", role: "viewer" });
  const page = await c.open("/series", { token });
  await page.getByRole("link", { name: "Seen", exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: /New series|Actions for/ }).count(), 0);
  await page.getByRole("link", { name: "Seen", exact: true }).click();
  await asList(page);
  await page.getByRole("button", { name: /^Email/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: /Add a step|Actions for|Publish|Review and publish|Pause|Undo|Rename/ }).count(), 0);
  await page.getByRole("button", { name: /^Wait/ }).click();
  assert.equal(await page.getByLabel("Until", { exact: true }).isEditable(), false);
  assert.equal(await page.getByRole("button", { name: /Delete|Duplicate/ }).count(), 0);
  await done(page);
  await tab(page, "Settings");
  assert.equal(await page.getByLabel("Exit condition").isEditable(), false);
  await page.getByText("Skip it").click();
  await tab(page, "Review");
  await page.getByText("worth a look").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Publish/ }).count(), 0);
  assert.equal((await c.api("GET", "/series/seen")).revision, 1);
  assert.deepEqual(complaints(page), []);
  await close(page);
});

test("every template is whole: it opens without an error", async () => {
  const page = await c.open("/series?new=1");
  await page.getByRole("button", { name: /^Start from scratch/ }).waitFor();
  const names = await page.getByRole("dialog").locator("li strong").allInnerTexts();
  assert.equal(names.length, 7);
  for (const name of names.slice(1)) {
    await page.goto(`${c.edge.url}/console/series?new=1`);
    await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
    await page.getByRole("heading", { name }).waitFor();
    const id = new URL(page.url()).pathname.split("/").pop();
    const { items } = await c.api("GET", `/series/${id}/problems`);
    // Names that this workspace has no data of are all that there is to say.
    assert.deepEqual(items.filter(({ code }) => !code.startsWith("unknown_")), [], name);
  }
  assert.deepEqual(complaints(page), []);
  await close(page);
});

for (const { name, options } of LOOKS) {
  test(`every part of a series is fit to use, ${name}`, async () => {
    await c.api("PUT", "/series/looks", { ...WIN_BACK, name: "A look at everything" });
    const page = await c.open("/series", options);
    await page.getByRole("link", { name: "A look at everything" }).waitFor();
    await look(page, `series-list-${name}`);
    await page.getByRole("button", { name: "New series" }).click();
    await page.getByText("Abandoned basket").waitFor();
    await look(page, `series-gallery-${name}`);
    await page.goto(`${c.edge.url}/console/series/looks`);
    await page.getByText("Canvas", { exact: true }).click();
    await page.locator(".react-flow__node").first().waitFor();
    await look(page, `series-canvas-${name}`);
    await asList(page);
    await page.getByRole("button", { name: /^Email/ }).waitFor();
    await look(page, `series-outline-${name}`);
    for (const [kind, button] of Object.entries({ email: /^Email/, wait: /^Wait/, split: /^Split/ })) {
      await page.getByRole("button", { name: button }).first().click();
      await page.getByRole("dialog").getByRole("heading", { level: 2 }).waitFor();
      await look(page, `series-step-${kind}-${name}`);
      await done(page);
    }
    await tab(page, "Settings");
    await page.getByLabel("Exit condition").first().waitFor();
    await look(page, `series-settings-${name}`);
    await tab(page, "Review");
    await page.getByText("worth a look").waitFor();
    await look(page, `series-review-${name}`);
    await tab(page, "Versions");
    await page.getByText("Nothing is published yet").waitFor();
    await look(page, `series-versions-${name}`);
    assert.deepEqual(complaints(page), []);
    await close(page);
  });
}

test("five hundred series are found by a few letters", async () => {
  for (let at = 0; at < 500; at += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, place) => c.api("PUT", `/series/many-${at + place}`, { name: `Campaign ${at + place}`, steps: [] })));
  }
  const page = await c.open("/series");
  await page.getByText(/^50 of 5\d\d series$/).waitFor();
  await page.getByLabel("Search series").fill("campaign 437");
  await page.getByText("1 of 1 series").waitFor();
  await page.getByRole("link", { name: "Campaign 437" }).waitFor();
  await page.getByRole("button", { name: "Actions for Campaign 437" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await page.getByRole("heading", { name: "Campaign 437 (copy)" }).waitFor();
  assert.equal((await draftOf("campaign-437-copy")).name, "Campaign 437 (copy)");
  assert.deepEqual(complaints(page), []);
  await close(page);
});
