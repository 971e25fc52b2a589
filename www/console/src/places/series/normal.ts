// One shape for every spec that means the same: what is absent, empty or what would be assumed anyway
// is left out, and names stand in one order. So that "changed" means changed.
import type { SeriesSpec, Step } from "~/api/types.ts";

import { spanMs, spanOf } from "./spans.ts";

type Tree = Record<string, unknown>;
const SPANS = new Set(["delay", "live_for", "timeout", "for", "within", "after", "every", "idle"]);
const ASSUMED: Record<string, unknown> = {
  entry: "existing_and_future",
  reentry: "never",
  exit_when_left: false,
  holdout_percent: 0,
  each: "person",
  layout: "banner",
  position: "top",
  priority: 50,
  when_blocked: "wait",
  ignore_cap: false,
  ignore_quiet_hours: false,
  holdout: false,
};

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);

function tidy(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => tidy("", item));
  if (typeof value === "string" && SPANS.has(name)) {
    const ms = spanMs(value);
    return ms === null ? value : ms === 0 && name === "delay" ? undefined : spanOf(ms);
  }
  if (typeof value !== "object" || value === null) return name in ASSUMED && ASSUMED[name] === value ? undefined : value;
  const kept: Tree = {};
  for (const key of Object.keys(value).sort()) {
    // What a step sets is a person's: nothing is assumed about it.
    const inner = name === "attributes" || name === "headers" ? (value as Tree)[key] : tidy(key, (value as Tree)[key]);
    if (!isEmpty(inner)) kept[key] = inner;
  }
  return kept;
}

/** A spec without what goes without saying. */
export function normal(spec: SeriesSpec): SeriesSpec {
  const { steps, ...rest } = spec;
  return { ...(tidy("", rest) as Omit<SeriesSpec, "steps">), steps: steps.map((step) => tidy("", step) as Step) };
}

export const sameSpec = (one: SeriesSpec, other: SeriesSpec): boolean => one === other || JSON.stringify(normal(one)) === JSON.stringify(normal(other));

export const sameValue = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A copy without the names that have no value: what is sent. */
export const plain = (spec: SeriesSpec): SeriesSpec => JSON.parse(JSON.stringify(spec)) as SeriesSpec;
