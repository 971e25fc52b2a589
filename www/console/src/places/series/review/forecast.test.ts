import { expect, it } from "vitest";

import type { Backtest, Forecast } from "~/api/types.ts";

import { everyDay, moment, replayAll, sideBySide, sum } from "./forecast.ts";

const at = Date.UTC(2026, 9, 30, 12);

it("names every day once, the last one only where something of it was replayed", () => {
  expect(everyDay({ from: at, to: at + 2 * 86_400_000 })).toEqual(["2026-10-30", "2026-10-31", "2026-11-01"]);
  expect(everyDay({ from: Date.UTC(2026, 9, 30), to: Date.UTC(2026, 9, 31) })).toEqual(["2026-10-30"]);
});

it("says what would have happened in words", () => {
  expect(moment({ at, what: "would_send", step: "mail" })).toBe("Would have got “mail”");
  expect(moment({ at, what: { skipped: "quiet_hours" }, step: "mail" })).toBe("“mail” would have been skipped: quiet hours");
  expect(moment({ at, what: { took: "timed_out" }, step: "w" })).toBe("Went on by “timed out” at “w”");
  expect(moment({ at, what: { exited: "exit" } })).toBe("Left early: exit");
  expect(sum({ cap: 2, quiet_hours: 3 })).toBe(5);
});

it("puts two drafts side by side, where nothing happened too", () => {
  const total = { matched: 9, entered: 5, held_out: 0, would_send: 4, delayed: 1, skipped: { cap: 2, quiet_hours: 1 }, finished: 2, exits: { exit_step: 1 } };
  const forecast: Forecast = { note: "", from: 0, to: 1, people: 9, inputs: 9, total, steps: [], days: {}, busiest: { day: "2026-11-23", would_send: 3 }, most: { person: "ada", messages: 2 }, samples: [] };
  const nothing: Forecast = { ...forecast, total: { ...total, entered: 0, would_send: 0, delayed: 0, skipped: {}, finished: 0, exits: {} }, busiest: null, most: null };
  expect(sideBySide(forecast, nothing).map(({ one }) => one)).toEqual([5, 4, 1, 3, 1, 2, 3, 2]);
  expect(sideBySide(forecast, nothing).every(({ other }) => other === 0)).toBe(true);
});

it("asks for the rest with what it has, until there is none or one has seen enough", async () => {
  const answer = (people: number): Backtest => ({ forecast: { people } as Forecast, against: null, assumes: "", next: people < 3 ? `${people}` : null });
  const asked: (number | undefined)[] = [];
  const ask = async (soFar?: Backtest) => {
    asked.push(soFar?.forecast.people);
    return answer((soFar?.forecast.people ?? 0) + 1);
  };
  const shown: number[] = [];
  const last = await replayAll(ask, ({ forecast }) => shown.push(forecast.people), () => false);
  expect([asked, shown, last.next]).toEqual([[undefined, 1, 2], [1, 2, 3], null]);
  expect((await replayAll(ask, () => {}, () => true)).forecast.people).toBe(1);
});
