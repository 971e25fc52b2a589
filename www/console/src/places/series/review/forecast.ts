// What a backtest answers, asked until it is whole, and its words.
import type { Backtest, Forecast, Moment } from "~/api/types.ts";

/** Asks until everyone was replayed; each answer has grown, and is given to `show` on the way. */
export async function replayAll(ask: (soFar?: Backtest) => Promise<Backtest>, show: (replay: Backtest) => void, isOver: () => boolean): Promise<Backtest> {
  let replay = await ask();
  show(replay);
  while (replay.next != null && !isOver()) {
    replay = await ask(replay);
    show(replay);
  }
  return replay;
}

const DAY_MS = 86_400_000;
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Every day from the first to the last, those on which nothing happened included. */
export function everyDay({ from, to }: Pick<Forecast, "from" | "to">): string[] {
  const days: string[] = [];
  for (let at = Math.floor(from / DAY_MS) * DAY_MS; at < to; at += DAY_MS) days.push(dayOf(at));
  return days;
}

export const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((total, count) => total + count, 0);

/** The numbers of two drafts over the same time. Which of the two works better they cannot say. */
export function sideBySide(one: Forecast, other: Forecast): { name: string; one: number; other: number }[] {
  const numbers: readonly (readonly [string, (forecast: Forecast) => number])[] = [
    ["Would have entered", ({ total }) => total.entered],
    ["Messages", ({ total }) => total.would_send],
    ["Held back", ({ total }) => total.delayed],
    ["Skipped", ({ total }) => sum(total.skipped)],
    ["Left early", ({ total }) => sum(total.exits)],
    ["Came to the end", ({ total }) => total.finished],
    ["On the busiest day", ({ busiest }) => busiest?.would_send ?? 0],
    ["Most for one person", ({ most }) => most?.messages ?? 0],
  ];
  return numbers.map(([name, of]) => ({ name, one: of(one), other: of(other) }));
}

/** A reason or a way, by its word. */
export const reason = (word: string): string => word.replaceAll("_", " ");

const WORDS: Record<string, string> = {
  matched: "Came to match the audience",
  entered: "Entered",
  held_out: "Was held out",
  would_send: "Would have got",
  delayed: "Would have waited for",
  finished: "Came to the end",
};

/** What would have happened, in words. */
export function moment({ what, step }: Moment): string {
  if (typeof what === "string") return [WORDS[what] ?? reason(what), step && ["would_send", "delayed"].includes(what) ? `“${step}”` : ""].filter(Boolean).join(" ");
  if ("skipped" in what) return `“${step}” would have been skipped: ${reason(what.skipped)}`;
  if ("took" in what) return `Went on by “${reason(what.took)}” at “${step}”`;
  return `Left early: ${reason(what.exited)}`;
}
