// What leaves for other programs and what is forgotten, as forms have it: bounds are those of docs/policies.md.
import * as v from "valibot";

import type { Settings } from "~/api/types.ts";

import { type Content, ID, spanMs } from "./policies.ts";

// LIMIT: as the server has them.
export const HOOKS_MAX = 10;
const KEPT_MAX = 200;
const DAY_MS = 86_400_000;
/** Stands for every event that is not named. */
export const OTHERS = "*";

/** What programs can be told, in the order in which it happens. */
export const TOLD: readonly { name: string; events: readonly string[] }[] = [
  { name: "Segments", events: ["segment.entered", "segment.left"] },
  { name: "Series", events: ["series.entered", "series.re_engaged", "series.converted", "series.left_audience", "series.left_by_step", "series.finished"] },
  {
    name: "Messages",
    events: ["sent", "undelivered", "delayed", "skipped", "shown", "opened", "clicked", "dismissed", "converted", "bounced", "complained", "unsubscribed"].map((word) => `message.${word}`),
  },
];

export const hooks = v.object({
  hooks: v.pipe(
    v.array(
      v.object({
        id: v.pipe(v.string(), v.trim(), v.regex(ID, "up to 64 of a-z, 0-9 and -")),
        url: v.pipe(v.string(), v.trim(), v.regex(/^https?:\/\/\S+$/, "a whole address that begins with https://"), v.maxLength(2_048, "2,048 letters at most")),
        events: v.pipe(v.array(v.string()), v.minLength(1, "choose what it is told")),
      }),
    ),
    v.maxLength(HOOKS_MAX, `${HOOKS_MAX} at most`),
    v.check((list) => new Set(list.map(({ id }) => id)).size === list.length, "two webhooks have the same id"),
  ),
});
export type Hooks = v.InferOutput<typeof hooks>;
export const hooksOf = ({ webhooks }: Settings): Hooks => ({ hooks: webhooks ?? [] });
export function withHooks(settings: Content, form: Hooks): Content {
  const { webhooks: _, ...rest } = settings;
  // The server keeps them sorted; another order would look like a change.
  return { ...rest, ...(form.hooks.length > 0 && { webhooks: form.hooks.map((hook) => ({ ...hook, events: [...hook.events].sort() })) }) };
}

export const retention = v.object({
  kept: v.pipe(
    v.array(
      v.object({
        event: v.pipe(v.string(), v.trim(), v.minLength(1, "the name of an event, or * for all others")),
        span: v.pipe(v.string(), v.trim(), v.check((text) => (spanMs(text) ?? 0) >= DAY_MS, "a span such as 90d, a day at least")),
      }),
    ),
    v.maxLength(KEPT_MAX, `${KEPT_MAX} at most`),
    v.check((list) => new Set(list.map(({ event }) => event)).size === list.length, "an event is named twice"),
  ),
});
export type Kept = v.InferOutput<typeof retention>;
export const keptOf = ({ retention: spans }: Settings): Kept => ({ kept: Object.entries(spans ?? {}).map(([event, span]) => ({ event, span })) });
export function withKept(settings: Content, form: Kept): Content {
  const { retention: _, ...rest } = settings;
  return { ...rest, ...(form.kept.length > 0 && { retention: Object.fromEntries(form.kept.map(({ event, span }) => [event, span])) }) };
}
