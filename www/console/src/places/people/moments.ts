// What happened to a person, in one line of time: events, messages, and their way in and out of series. Pure.
import type { Person, PersonEvent, PersonMessage } from "~/api/types.ts";

export type Moment =
  | { kind: "event"; at: number; id: string; event: PersonEvent }
  | { kind: "message"; at: number; id: string; message: PersonMessage }
  | { kind: "entered" | "left"; at: number; id: string; series: string; words: string };

export const KINDS = ["all", "events", "messages"] as const;
export type Shown = (typeof KINDS)[number];

/** Newest first. Events come page by page: what is older than the oldest that is there waits for them,
 *  so that nothing comes in above what has been read. */
export function timeline(
  events: readonly PersonEvent[],
  messages: readonly PersonMessage[],
  runs: Person["enrollments"],
  options: { more: boolean; shown: Shown },
): Moment[] {
  const moments: Moment[] = [];
  if (options.shown !== "messages") moments.push(...events.map((event): Moment => ({ kind: "event", at: event.at, id: `event ${event.id}`, event })));
  if (options.shown !== "events") {
    moments.push(...messages.map((message): Moment => ({ kind: "message", at: message.at, id: `message ${message.effect}`, message })));
    for (const { series, entry, entered_at, state } of runs) {
      moments.push({ kind: "entered", at: entered_at, id: `in ${series} ${entry}`, series, words: "Entered" });
      const end = "exited" in state ? state.exited.at : "finished" in state ? state.finished.at : null;
      if (end !== null) moments.push({ kind: "left", at: end, id: `out ${series} ${entry}`, series, words: "finished" in state ? "Finished" : "Left" });
    }
  }
  const oldest = events.at(-1)?.at;
  const kept = options.more && oldest !== undefined && options.shown === "all" ? moments.filter(({ at }) => at >= oldest) : moments;
  return kept.sort((one, other) => other.at - one.at);
}

/** The moments by the day that they are on, in the reader's own zone. */
export function byDay(moments: readonly Moment[], dayOf: (at: number) => string): { day: string; moments: Moment[] }[] {
  const days: { day: string; moments: Moment[] }[] = [];
  for (const moment of moments) {
    const day = dayOf(moment.at);
    const last = days.at(-1);
    if (last?.day === day) last.moments.push(moment);
    else days.push({ day, moments: [moment] });
  }
  return days;
}
