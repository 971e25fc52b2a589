// What wants to be looked at, and that nothing is said twice.
import { expect, test } from "vitest";

import type { DeadLetter, Series, Status } from "~/api/types.ts";

import { matters } from "./attention.ts";

const status = (attention: Status["attention"]): Status => ({ now: 0, people: 0, shards: 1, first_event_at: null, last_event_at: null, waiting: 0, backlog: { oldest_waiting_at: null, put_off: 0, dead_letters: 0, overdue_timers: 0, oldest_timer_at: null }, stored_bytes: 0, channels: { email: { provider: "mailbox", verified_at: null }, push: { provider: "web_push", devices: 0 } }, identity: { required: false, keys: [] }, attention });
const series = (change: Partial<Series>): Series => ({
  id: "win-back",
  name: "Win back",
  state: "published",
  version: 1,
  revision: 1,
  changed: false,
  draft: { name: "Win back", exit: "a", steps: [] },
  ...change,
});
const letter: DeadLetter = { effect: "e", person: "ada", series: "win-back", step: "mail", channel: "email", reason: "no", at: 0, attempts: 5 };
const words = (...given: Parameters<typeof matters>) => matters(...given).map(({ words }) => words);

test("a quiet workspace has nothing to say", () => {
  expect(words(status([]), [series({})], [], false)).toEqual([]);
  expect(words(undefined, [], [], false)).toEqual([]);
});

test("a live series without a way out, and changes that nobody gets yet", () => {
  const spec = { name: "Win back", steps: [] };
  expect(words(undefined, [series({ draft: spec, changed: true })], [], false)).toEqual([
    "Win back has no exit: people who come back keep getting it.",
    "Win back has changes that are not published.",
  ]);
  expect(words(undefined, [series({ draft: { ...spec, exit_when_left: true } })], [], false)).toEqual([]);
  expect(words(undefined, [series({ state: "draft", version: null, changed: true, draft: spec })], [], false)).toEqual([]);
  expect(words(undefined, [series({ state: "archived", changed: true, draft: spec })], [], false)).toEqual([]);
});

test("dead letters come first and are counted honestly", () => {
  expect(words(undefined, [series({ changed: true })], [letter], false)[0]).toBe("1 message could not be delivered after every attempt.");
  expect(words(undefined, [], [letter, letter], true)).toEqual(["2 or more messages could not be delivered after every attempt."]);
});

test("what the server says is not said again", () => {
  const said = status([
    { code: "dead_letters", message: "3 dead letters", href: "/console/mailbox?tab=dead" },
    { code: "no_events", message: "no event yet" },
    { code: "no_exit", message: "no way out", href: "/console/series/win-back" },
  ]);
  const found = matters(said, [series({ draft: { name: "Win back", steps: [] } })], [letter], false);
  expect(found.map(({ words }) => words)).toEqual(["3 dead letters", "no way out"]);
  expect(found.map(({ href }) => href)).toEqual(["/mailbox?tab=dead", "/series/win-back"]);
});
