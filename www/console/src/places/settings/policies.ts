// The policies of the workspace as a form has them, and back: bounds are those of docs/policies.md.
import * as v from "valibot";

import type { Channel, Settings } from "~/api/types.ts";

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export const CHANNELS: readonly { value: Channel; label: string }[] = [
  { value: "email", label: "Mail" },
  { value: "push", label: "Push" },
  { value: "in_app", label: "In the app" },
];

const MINUTE_MS = 60_000;
const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1_440 * MINUTE_MS, w: 10_080 * MINUTE_MS };

/** The length of a span such as `1d2h30m`; `null` for what is none. */
export function spanMs(text: string): number | null {
  if (!/^(\d{1,9}(ms|s|m|h|d|w))+$/.test(text)) return null;
  return [...text.matchAll(/(\d+)(ms|s|m|h|d|w)/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0), 0);
}

const isZone = (name: string) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

const time = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time such as 21:00"));

export const timing = v.pipe(
  v.object({
    timezone: v.pipe(v.string(), v.trim(), v.check((name) => name === "" || isZone(name), "a name of the tz database, such as Europe/Berlin")),
    quiet: v.boolean(),
    from: time,
    to: time,
    days: v.array(v.picklist(DAYS)),
    channels: v.pipe(v.array(v.picklist(["email", "push", "in_app"])), v.minLength(1, "choose a channel, or switch quiet hours off")),
    capped: v.boolean(),
    messages: v.pipe(v.number("how many messages?"), v.integer("a whole number"), v.minValue(1, "1 at least"), v.maxValue(100, "100 at most")),
    per: v.pipe(
      v.string(),
      v.trim(),
      v.check((text) => spanMs(text) !== null, "a span such as 7d or 12h"),
      v.check((text) => (spanMs(text) ?? MINUTE_MS) >= MINUTE_MS && (spanMs(text) ?? 0) <= 31 * 1_440 * MINUTE_MS, "1 minute (1m) to 31 days (31d)"),
    ),
  }),
  v.forward(
    v.check(({ quiet, from, to, days }) => !quiet || from !== to || days.length > 0, "the same time twice is 24 hours: choose the days on which they begin"),
    ["to"],
  ),
);
export type Timing = v.InferOutput<typeof timing>;

export const timingOf = ({ timezone, quiet_hours: quiet, cap }: Settings): Timing => ({
  timezone: timezone ?? "",
  quiet: quiet != null,
  from: quiet?.from ?? "21:00",
  to: quiet?.to ?? "08:00",
  days: (quiet?.days ?? []) as Timing["days"],
  channels: (quiet?.channels ?? ["email", "push"]) as Timing["channels"],
  capped: cap != null,
  messages: cap?.messages ?? 3,
  per: cap?.per ?? "7d",
});

const USUAL: Timing["channels"] = ["email", "push"];
const isUsual = (channels: Timing["channels"]) => channels.length === USUAL.length && USUAL.every((channel) => channels.includes(channel));

/** The settings with this timing instead of theirs. What is switched off is left out. */
export function withTiming(settings: Content, form: Timing): Content {
  const { timezone: _zone, quiet_hours: _quiet, cap: _cap, ...rest } = settings;
  return {
    ...rest,
    ...(form.timezone && { timezone: form.timezone }),
    ...(form.quiet && {
      quiet_hours: {
        from: form.from,
        to: form.to,
        ...(form.days.length > 0 && { days: form.days }),
        // The server leaves out what it takes anyway; to say it would look like a change.
        ...(!isUsual(form.channels) && { channels: form.channels }),
      },
    }),
    ...(form.capped && { cap: { messages: form.messages, per: form.per } }),
  };
}

/** Settings as they are written: without what the server adds. */
export type Content = Omit<Settings, "revision">;
export function contentOf({ revision: _, ...content }: Settings): Content {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => value != null));
}

// LIMIT: as the server has it.
export const TYPES_MAX = 50;
export const ID = /^[a-z0-9-]{1,64}$/;

export const types = v.object({
  types: v.pipe(
    v.array(
      v.object({
        id: v.pipe(v.string(), v.trim(), v.regex(ID, "up to 64 of a-z, 0-9 and -")),
        name: v.pipe(v.string(), v.trim(), v.minLength(1, "what people read"), v.maxLength(64, "64 letters at most")),
        channels: v.pipe(v.array(v.picklist(["email", "push", "in_app"])), v.minLength(1, "one at least")),
        default: v.picklist(["on", "off"]),
      }),
    ),
    v.maxLength(TYPES_MAX, `${TYPES_MAX} types at most`),
    v.check((list) => new Set(list.map(({ id }) => id)).size === list.length, "two types have the same id"),
  ),
});
export type Types = v.InferOutput<typeof types>;

export const typesOf = ({ subscription_types: list }: Settings): Types => ({
  types: (list ?? []).map((type) => ({ ...type, channels: type.channels as Types["types"][number]["channels"], default: type.default ?? "on" })),
});
export function withTypes(settings: Content, form: Types): Content {
  const { subscription_types: _, ...rest } = settings;
  return { ...rest, ...(form.types.length > 0 && { subscription_types: form.types }) };
}

export const holdout = v.object({
  percent: v.pipe(v.number("how many of a hundred?"), v.integer("a whole number"), v.minValue(0, "0 to 50"), v.maxValue(50, "50 at most: the others are who you write to")),
});
export type Holdout = v.InferOutput<typeof holdout>;
export const holdoutOf = ({ holdout_percent: percent }: Settings): Holdout => ({ percent: percent ?? 0 });
export function withHoldout(settings: Content, form: Holdout): Content {
  const { holdout_percent: _, ...rest } = settings;
  return { ...rest, ...(form.percent > 0 && { holdout_percent: form.percent }) };
}
