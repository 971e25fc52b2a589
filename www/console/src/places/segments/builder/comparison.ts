// The comparisons that an attribute can be put to, by the kind of its values: what a row offers.
import type { AttributeKind } from "~/api/types.ts";

import type { Comparison, Leaf, Operand, TestName } from "./leaf.ts";

/** Which control the operand has. */
export type Control = "text" | "number" | "texts" | "range" | "date" | "span" | "days" | "none";
export type Op = { id: string; words: string; test: TestName; control: Control; fixed?: boolean };
export type OpGroup = { kind: AttributeKind | "any"; words: string; ops: readonly Op[] };

const op = (test: TestName, words: string, control: Control, id: string = test): Op => ({ id, words, test, control });

export const OPS: readonly OpGroup[] = [
  {
    kind: "text",
    words: "Text",
    ops: [
      op("is", "is", "text", "is:text"),
      op("is_not", "is not", "text", "is_not:text"),
      op("is_any_of", "is any of", "texts"),
      op("is_none_of", "is none of", "texts"),
      op("contains", "contains", "text"),
      op("does_not_contain", "does not contain", "text"),
      op("starts_with", "starts with", "text"),
      op("ends_with", "ends with", "text"),
    ],
  },
  {
    kind: "number",
    words: "Number",
    ops: [
      op("greater_than", "is over", "number"),
      op("at_least", "is at least", "number"),
      op("less_than", "is under", "number"),
      op("at_most", "is at most", "number"),
      op("between", "is between", "range"),
      op("is", "equals", "number", "is:number"),
      op("is_not", "does not equal", "number", "is_not:number"),
    ],
  },
  {
    kind: "boolean",
    words: "True or false",
    ops: [
      { ...op("is", "is true", "none", "is:true"), fixed: true },
      { ...op("is", "is false", "none", "is:false"), fixed: false },
      { ...op("is_not", "is not true", "none", "is_not:true"), fixed: true },
      { ...op("is_not", "is not false", "none", "is_not:false"), fixed: false },
    ],
  },
  {
    kind: "date",
    words: "Date",
    ops: [
      op("more_than_ago", "more than … ago", "span"),
      op("less_than_ago", "less than … ago", "span"),
      op("exactly_ago", "exactly … ago", "span"),
      op("within_next", "within the next …", "span"),
      op("before", "before", "date"),
      op("after", "after", "date"),
      op("on", "on", "date"),
      op("is_today", "is today", "none"),
      op("anniversary_within", "has its anniversary within", "days"),
    ],
  },
  {
    kind: "list",
    words: "List",
    ops: [
      op("includes", "includes", "text", "includes:text"),
      op("does_not_include", "does not include", "text", "does_not_include:text"),
      op("includes", "includes the number", "number", "includes:number"),
      op("does_not_include", "does not include the number", "number", "does_not_include:number"),
      op("is_empty", "is empty", "none"),
    ],
  },
  {
    kind: "any",
    words: "Known or not",
    ops: [op("has_any_value", "is known", "none"), op("is_unknown", "is unknown", "none")],
  },
];

/** The groups with those of the kinds first: all are offered, for data is not always of its kind.
 *  A property of an event is compared once, as it arrives: nothing that depends on now. */
export function opsFor(kinds: readonly AttributeKind[], ofEvent = false): OpGroup[] {
  const rank = ({ kind }: OpGroup) => (kind === "any" ? 1 : kinds.includes(kind) ? 0 : 2);
  const asked = [...OPS].sort((one, other) => rank(one) - rank(other));
  if (!ofEvent) return asked;
  const timeless = ({ test, control }: Op) => control !== "span" && control !== "days" && test !== "on" && test !== "is_today";
  return asked.map((group) => ({ ...group, ops: group.ops.filter(timeless) }));
}

const ALL = OPS.flatMap(({ ops }) => ops);
const OF_TYPE = new Set<TestName>(["is", "is_not", "includes", "does_not_include"]);

/** Which one a comparison is; what includes true or false has no control of its own. */
export function opOf({ test, operand }: Comparison): Op | undefined {
  const type = typeof operand === "boolean" ? String(operand) : typeof operand === "number" ? "number" : "text";
  return OF_TYPE.has(test) ? ALL.find(({ id }) => id === `${test}:${type}`) : ALL.find(({ id }) => id === test);
}

/** Whether it compares text, in which capitals may count. */
export const takesCase = (comparison: Comparison): boolean => ["text", "texts"].includes(opOf(comparison)?.control ?? "");

export const DAY_MS = 86_400_000;

/** Puts a comparison to another test; the operand goes along if it makes sense there. */
export function withOp(comparison: Comparison, next: Op): Comparison {
  const before = opOf(comparison);
  const { operand } = comparison;
  const made = (): Operand => {
    if (next.fixed !== undefined) return next.fixed;
    if (before?.control === next.control) return operand;
    const first = Array.isArray(operand) ? (operand[0] ?? null) : (operand as Operand);
    switch (next.control) {
      case "text":
        return typeof first === "string" || typeof first === "number" ? String(first) : null;
      case "number":
        return numeric(first);
      case "texts":
        return typeof first === "string" ? [first] : [];
      case "range":
        return [numeric(first), null];
      case "span":
        return 30 * DAY_MS;
      case "days":
        return 0;
      case "date":
      case "none":
        return null;
    }
  };
  const isText = next.control === "text" || next.control === "texts";
  return { ...comparison, test: next.test, operand: made(), matchCase: comparison.matchCase && isText };
}

function numeric(value: unknown): number | null {
  const number = typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

/** Attributes that have a meaning of their own, with what one most often asks of them. */
export const BUILT_IN: readonly { name: string; words: string; kind: AttributeKind; hints: string; leaf?: Partial<Comparison> }[] = [
  { name: "last_seen", words: "Last seen", kind: "date", hints: "active inactive lapsed visited", leaf: { test: "more_than_ago", operand: 30 * DAY_MS } },
  { name: "first_seen", words: "First seen", kind: "date", hints: "new signed up joined", leaf: { test: "less_than_ago", operand: 7 * DAY_MS } },
  { name: "sessions", words: "Sessions", kind: "number", hints: "visits count" },
  { name: "country", words: "Country", kind: "text", hints: "location region" },
  { name: "language", words: "Language", kind: "text", hints: "locale" },
  { name: "device", words: "Device", kind: "text", hints: "mobile desktop phone" },
  { name: "browser", words: "Browser", kind: "text", hints: "chrome firefox safari" },
  { name: "timezone", words: "Time zone", kind: "text", hints: "zone" },
  { name: "email", words: "Email", kind: "text", hints: "mail address known", leaf: { test: "has_any_value" } },
  { name: "push_enabled", words: "Push enabled", kind: "boolean", hints: "notifications" },
  { name: "unsubscribed", words: "Unsubscribed", kind: "boolean", hints: "opted out" },
];

/** A new condition on an attribute, put to the test that its kind is most often put to. */
export function newComparison(name: string, kinds: readonly AttributeKind[]): Comparison {
  const own = BUILT_IN.find((one) => one.name === name);
  const base: Comparison = { name, test: "is", operand: null, matchCase: false };
  if (own?.leaf) return { ...base, ...own.leaf };
  switch (own?.kind ?? kinds[0]) {
    case "number":
      return { ...base, test: "greater_than" };
    case "boolean":
      return { ...base, operand: true };
    case "date":
      return { ...base, test: "more_than_ago", operand: 30 * DAY_MS };
    case "list":
      return { ...base, test: "includes" };
    default:
      return base;
  }
}

export const newAttribute = (name: string, kinds: readonly AttributeKind[]): Leaf => ({ kind: "attribute", ...newComparison(name, kinds) });

export const newEvent = (name: string): Leaf => ({
  kind: "event",
  event: { name, where: [] },
  count: { how: "at_least", times: 1 },
  window: { when: "ever" },
});
