// One condition of a rule as the builder edits it, and its JSON spelling (docs/rules.md).
// A field that is not filled in yet is `null`; such a condition has no spelling. What is read and
// would be written differently stays as it is, in a `text` leaf: nothing is lost.

export type Literal = string | number | boolean;
/** Text is a date on the person's wall clock, a number an exact instant (Unix ms). */
export type DateValue = string | number;

export const TESTS = [
  "is", "is_not", "is_any_of", "is_none_of", "contains", "does_not_contain", "starts_with", "ends_with",
  "less_than", "at_most", "greater_than", "at_least", "between", "includes", "does_not_include",
  "is_empty", "has_any_value", "is_unknown", "before", "after", "on", "more_than_ago", "less_than_ago",
  "exactly_ago", "within_next", "is_today", "anniversary_within",
] as const; // prettier-ignore
export type TestName = (typeof TESTS)[number];

/** What a comparison compares with; `null` where that is still to be said, and where nothing is. */
export type Operand = Literal | Literal[] | readonly [number | null, number | null] | null;
export type Comparison = { name: string; test: TestName; operand: Operand; matchCase: boolean };
export type Happening = { name: string; where: Comparison[] };
export type Count =
  | { how: "at_least" | "at_most" | "exactly"; times: number | null }
  | { how: "between"; times: number | null; most: number | null };
export type Window =
  | { when: "ever" }
  | { when: "last"; span: number | null }
  | { when: "before" | "since"; date: DateValue | null }
  | { when: "between"; date: DateValue | null; end: DateValue | null };
export const ENGAGEMENTS = ["received", "shown", "opened", "clicked", "dismissed"] as const;
export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export const PAGE_FIELDS = ["url", "path", "title", "referrer"] as const;
export const PAGE_TESTS = ["is_any_of", "contains", "starts_with", "ends_with"] as const;
type One<T extends readonly unknown[]> = T[number];

export type Leaf =
  | ({ kind: "attribute" } & Comparison)
  | { kind: "event"; event: Happening; count: Count; window: Window }
  | { kind: "occurrence"; event: Happening; which: "first" | "last"; age: "more_than_ago" | "less_than_ago"; span: number | null }
  | { kind: "sequence"; first: Happening; then: Happening; happened: boolean; within: number | null; window: Window }
  | { kind: "message"; name: string; engagement: One<typeof ENGAGEMENTS>; count: Count; window: Window }
  | { kind: "share"; salt: string; from: number | null; below: number | null }
  | { kind: "weekday"; days: One<typeof WEEKDAYS>[] }
  | { kind: "hour"; from: number | null; to: number | null }
  | { kind: "page"; field: One<typeof PAGE_FIELDS>; test: One<typeof PAGE_TESTS>; operand: string | string[] | null }
  | { kind: "segment"; id: string }
  /** A part of a rule that has no controls of its own: `rule` is its JSON, once it can be read. */
  | { kind: "text"; rule: unknown; text: string | null };

type Wire = Record<string, unknown>;
const isWire = (value: unknown): value is Wire => typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);

/** Tests beside whose name nothing is said. */
export const takesNothing = (test: TestName): boolean =>
  test === "is_empty" || test === "has_any_value" || test === "is_unknown" || test === "is_today";

/** A word of a field that is not filled in yet. */
class Unfinished extends Error {}
const said = <T>(value: T | null): T => {
  if (value === null || value === "" || (typeof value === "number" && !Number.isFinite(value))) throw new Unfinished();
  return value;
};

function writeComparison({ name, test, operand, matchCase }: Comparison): Wire {
  const value = (): unknown => {
    if (takesNothing(test)) return null;
    if (Array.isArray(operand)) {
      if (operand.length === 0) throw new Unfinished();
      return operand.map((one) => (one === null ? said(one) : one));
    }
    if (operand === null) throw new Unfinished();
    return operand;
  };
  return { name: said(name), [test]: value(), ...(matchCase && { match_case: true }) };
}

const writeHappening = ({ name, where }: Happening): Wire => ({
  name: said(name),
  ...(where.length > 0 && { where: where.map(writeComparison) }),
});

const writeCount = (count: Count): Wire => ({
  [count.how]: count.how === "between" ? [said(count.times), said(count.most)] : said(count.times),
});

function writeWindow(window: Window): Wire {
  if (window.when === "ever") return {};
  if (window.when === "last") return { window: { last: said(window.span) } };
  if (window.when === "between") return { window: { between: [said(window.date), said(window.end)] } };
  return { window: { [window.when]: said(window.date) } };
}

/** The JSON of a condition, or `undefined` while a field of it is not filled in. */
export function writeLeaf(leaf: Leaf): unknown {
  try {
    return spelled(leaf);
  } catch (error) {
    if (error instanceof Unfinished) return undefined;
    throw error;
  }
}

function spelled(leaf: Leaf): unknown {
  switch (leaf.kind) {
    case "attribute":
      return { attribute: writeComparison(leaf) };
    case "event":
      return { event: { ...writeHappening(leaf.event), count: writeCount(leaf.count), ...writeWindow(leaf.window) } };
    case "occurrence":
      return { occurrence: { ...writeHappening(leaf.event), which: leaf.which, age: { [leaf.age]: said(leaf.span) } } };
    case "sequence":
      return {
        sequence: {
          first: writeHappening(leaf.first),
          then: writeHappening(leaf.then),
          ...(!leaf.happened && { happened: false }),
          within: said(leaf.within),
          ...writeWindow(leaf.window),
        },
      };
    case "message":
      return {
        message: { name: said(leaf.name), engagement: leaf.engagement, count: writeCount(leaf.count), ...writeWindow(leaf.window) },
      };
    case "share":
      return { share: { salt: said(leaf.salt), ...(leaf.from !== 0 && { from: said(leaf.from) }), below: said(leaf.below) } };
    case "weekday":
      if (leaf.days.length === 0) throw new Unfinished();
      return { clock: { weekday: leaf.days } };
    case "hour":
      return { clock: { hour: [said(leaf.from), said(leaf.to)] } };
    case "page":
      if (Array.isArray(leaf.operand) && leaf.operand.length === 0) throw new Unfinished();
      return { page: { field: leaf.field, test: { [leaf.test]: leaf.operand ?? said(null) } } };
    case "segment":
      return { segment: said(leaf.id) };
    case "text":
      return leaf.rule ?? said(null);
  }
}

function readComparison(wire: unknown): Comparison | null {
  if (!isWire(wire)) return null;
  const test = TESTS.find((name) => name in wire);
  if (!test) return null;
  return { name: String(wire.name), test, operand: wire[test] as Operand, matchCase: wire.match_case === true };
}

function readHappening(wire: Wire): Happening | null {
  const where = Array.isArray(wire.where) ? wire.where.map(readComparison) : [];
  return where.includes(null) ? null : { name: String(wire.name), where: where as Comparison[] };
}

function readCount(wire: unknown): Count | null {
  if (!isWire(wire)) return null;
  if (Array.isArray(wire.between)) return { how: "between", times: wire.between[0], most: wire.between[1] };
  const how = (["at_least", "at_most", "exactly"] as const).find((word) => isNumber(wire[word]));
  return how ? { how, times: wire[how] as number } : null;
}

function readWindow(wire: unknown): Window {
  if (!isWire(wire)) return { when: "ever" };
  if (isNumber(wire.last)) return { when: "last", span: wire.last };
  if (Array.isArray(wire.between)) return { when: "between", date: wire.between[0], end: wire.between[1] };
  if ("before" in wire) return { when: "before", date: wire.before as DateValue };
  return "since" in wire ? { when: "since", date: wire.since as DateValue } : { when: "ever" };
}

function understood(kind: string, wire: unknown): Leaf | null {
  if (kind === "segment") return typeof wire === "string" ? { kind, id: wire } : null;
  if (!isWire(wire)) return null;
  const event = readHappening(wire);
  const [count, window] = [readCount(wire.count), readWindow(wire.window)];
  switch (kind) {
    case "attribute": {
      const comparison = readComparison(wire);
      return comparison && { kind, ...comparison };
    }
    case "event":
      return event && count && { kind, event, count, window };
    case "message":
      return count && { kind, name: String(wire.name), engagement: wire.engagement as One<typeof ENGAGEMENTS>, count, window };
    case "occurrence": {
      if (!event || !isWire(wire.age)) return null;
      const age = "more_than_ago" in wire.age ? "more_than_ago" : "less_than_ago";
      return { kind, event, which: wire.which as "first" | "last", age, span: wire.age[age] as number };
    }
    case "sequence": {
      const [first, then] = [wire.first, wire.then].map((one) => (isWire(one) ? readHappening(one) : null));
      return first && then ? { kind, first, then, happened: wire.happened !== false, within: wire.within as number, window } : null;
    }
    case "share":
      return { kind, salt: String(wire.salt), from: isNumber(wire.from) ? wire.from : 0, below: wire.below as number };
    case "clock":
      if (Array.isArray(wire.weekday)) return { kind: "weekday", days: wire.weekday };
      return Array.isArray(wire.hour) ? { kind: "hour", from: wire.hour[0], to: wire.hour[1] } : null;
    case "page": {
      const test = PAGE_TESTS.find((name) => isWire(wire.test) && name in wire.test);
      return test ? { kind, field: wire.field as One<typeof PAGE_FIELDS>, test, operand: (wire.test as Wire)[test] as string } : null;
    }
    default:
      return null;
  }
}

/** Reads the JSON of a condition. What is not understood to the last field becomes a `text` leaf. */
export function readLeaf(rule: unknown): Leaf {
  const [kind, wire] = (isWire(rule) && Object.keys(rule).length === 1 && Object.entries(rule)[0]) || ["", null];
  const leaf = understood(kind, wire);
  return leaf && same(writeLeaf(leaf), rule) ? leaf : { kind: "text", rule, text: null };
}

/** Whether two JSON values say the same: the order of fields says nothing, nor does one left out
 *  that stands for itself. */
export function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((part, place) => same(part, other[place]));
  }
  if (isWire(one) && isWire(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].every((name) => same(one[name], other[name]) || (isDefault(name, one[name]) && isDefault(name, other[name])));
  }
  return one === other;
}

function isDefault(name: string, value: unknown): boolean {
  if (value === undefined) return ["window", "happened", "from", "where", "match_case"].includes(name);
  if (name === "window") return value === "ever";
  if (name === "happened") return value === true;
  if (name === "from") return value === 0;
  if (name === "where") return Array.isArray(value) && value.length === 0;
  return name === "match_case" && value === false;
}
