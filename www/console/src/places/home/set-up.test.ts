// What ticks which step of the set-up.
import { expect, test } from "vitest";

import type { Segment, Series, Status } from "~/api/types.ts";

import { stepsOf } from "./set-up.ts";

const push = { provider: "web_push", devices: 0 };
const status: Status = { now: 9, people: 1, shards: 1, first_event_at: 5, last_event_at: 5, waiting: 0, backlog: { oldest_waiting_at: null, put_off: 0, dead_letters: 0, overdue_timers: 0, oldest_timer_at: null }, stored_bytes: 0, channels: { email: { provider: "smtp", verified_at: 6 }, push }, identity: { required: true, keys: [] }, attention: [] };
const done = (...given: Parameters<typeof stepsOf>) => stepsOf(...given).map(({ done }) => done);
const segment = {} as Segment;
const series = (version: number | null) => ({ version }) as Series;

test("each step ticks itself, for its own reason", () => {
  const none = { ...status, first_event_at: null, channels: { email: { provider: "smtp", verified_at: null }, push } };
  expect(done(none, [], [])).toEqual([false, false, false, false]);
  expect(done({ ...none, first_event_at: 0 }, [], [])).toEqual([true, false, false, false]);
  expect(done({ ...status, first_event_at: null }, [], [])).toEqual([false, true, false, false]);
  expect(done(none, [segment], [series(null)])).toEqual([false, false, true, false]);
  expect(done(status, [segment], [series(1)])).toEqual([true, true, true, true]);
});

test("with the embedded provider mail can be done later", () => {
  const later = (provider: string) => stepsOf({ ...status, channels: { email: { provider, verified_at: null }, push } }, [], [])[1]?.later;
  expect(later("mailbox")).toBe(true);
  expect(later("smtp")).toBe(false);
});

test("what the server does not say is not claimed either way", () => {
  expect(stepsOf(undefined, [], []).map(({ done, unknown }) => [done, unknown])).toEqual([
    [false, true],
    [false, true],
    [false, undefined],
    [false, undefined],
  ]);
});
