// The text of a rule, as the core prints it; a test holds the two together over docs/rules.md.
// The other way is the core's own parser. What is not known here has no text: ask the API's preview.
import type { Comparison, Count, DateValue, Happening, Leaf, Literal, Window } from "./leaf.ts";
import { type Node, readTree } from "./tree.ts";

const UNITS: [string, number][] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
  ["millisecond", 1],
];

/** "30 days": the largest unit that fits a whole number of times. */
export function span(ms: number): string {
  const [name, unit] = UNITS.find(([, unit]) => ms % unit === 0) ?? ["millisecond", 1];
  const number = ms / unit;
  return `${number} ${name}${number === 1 ? "" : "s"}`;
}

export function date(value: DateValue): string {
  if (typeof value === "string") return value;
  return new Date(value).toISOString().replace(/\.000Z$/, "Z");
}

const RESERVED = ["and", "or", "not", "performed", "first", "last", "in", "everyone", "no", "true", "false", "page", "all"];
const quoted = (text: string): string =>
  `"${text.replace(/["\\]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
const name = (text: string): string =>
  /^[A-Za-z_][A-Za-z0-9_.]*$/.test(text) && !RESERVED.includes(text.toLowerCase())
    ? text
    : `\`${text.replace(/[\\`]/g, "\\$&")}\``;
const literal = (value: Literal): string => (typeof value === "string" ? quoted(value) : String(value));
const list = (values: readonly string[]): string => `(${values.join(", ")})`;

function comparison({ name: of, test, operand, matchCase }: Comparison): string {
  return `${name(of)} ${tested(test, operand)}${matchCase ? " matching case" : ""}`;
}

function tested(test: Comparison["test"], operand: Comparison["operand"]): string {
  const one = operand as Literal;
  const ms = operand as number;
  const many = (operand ?? []) as Literal[];
  switch (test) {
    case "is": return typeof one === "number" ? `= ${one}` : `is ${literal(one)}`;
    case "is_not": return typeof one === "number" ? `!= ${one}` : `is not ${literal(one)}`;
    case "is_any_of": return `is any of ${list(many.map(literal))}`;
    case "is_none_of": return `is none of ${list(many.map(literal))}`;
    case "contains": return `contains ${literal(one)}`;
    case "does_not_contain": return `does not contain ${literal(one)}`;
    case "starts_with": return `starts with ${literal(one)}`;
    case "ends_with": return `ends with ${literal(one)}`;
    case "less_than": return `< ${one}`;
    case "at_most": return `<= ${one}`;
    case "greater_than": return `> ${one}`;
    case "at_least": return `>= ${one}`;
    case "between": return `between ${many[0]} and ${many[1]}`;
    case "includes": return `includes ${literal(one)}`;
    case "does_not_include": return `does not include ${literal(one)}`;
    case "is_empty": return "is empty";
    case "has_any_value": return "has any value";
    case "is_unknown": return "is unknown";
    case "before": return `before ${date(ms)}`;
    case "after": return `after ${date(ms)}`;
    case "on": return `on ${date(ms)}`;
    case "more_than_ago": return `> ${span(ms)} ago`;
    case "less_than_ago": return `< ${span(ms)} ago`;
    case "exactly_ago": return `exactly ${span(ms)} ago`;
    case "within_next": return `within next ${span(ms)}`;
    case "is_today": return "is today";
    case "anniversary_within":
      return ms === 0 ? "has anniversary today" : `has anniversary within next ${ms} day${ms === 1 ? "" : "s"}`;
  } // prettier-ignore
}

const performed = ({ name: of, where }: Happening): string =>
  [`performed ${quoted(of)}`, ...where.map((filter, place) => `${place > 0 ? "and" : "where"} ${comparison(filter)}`)].join(" ");

function counted(did: string, count: Count, window: Window): string {
  const times = () => {
    if (count.how === "between") return `${did} between ${count.times} and ${count.most} times`;
    if (count.how === "at_least" && count.times === 1) return did;
    if (count.how === "at_most" && count.times === 0) return `not ${did}`;
    return `${did} ${count.how.replace("_", " ")} ${count.times} times`;
  };
  return times() + windowed(window);
}

function windowed(window: Window): string {
  if (window.when === "ever") return "";
  if (window.when === "last") return ` in last ${span(window.span ?? 0)}`;
  if (window.when === "between") return ` from ${date(window.date ?? 0)} to ${date(window.end ?? 0)}`;
  return ` ${window.when} ${date(window.date ?? 0)}`;
}

/** The text of a condition that is filled in; `null` for one that has no controls. */
function leafText(leaf: Leaf): string | null {
  switch (leaf.kind) {
    case "attribute":
      return comparison(leaf);
    case "event":
      return counted(performed(leaf.event), leaf.count, leaf.window);
    case "occurrence":
      return `${leaf.which} ${performed(leaf.event)} ${leaf.age === "more_than_ago" ? ">" : "<"} ${span(leaf.span ?? 0)} ago`;
    case "sequence": {
      const then = leaf.happened ? "then" : "then not";
      return `${performed(leaf.first)} ${then} ${performed(leaf.then)} within ${span(leaf.within ?? 0)}${windowed(leaf.window)}`;
    }
    case "message":
      return counted(`${leaf.engagement} message ${quoted(leaf.name)}`, leaf.count, leaf.window);
    case "share":
      return `random share ${quoted(leaf.salt)} ${leaf.from ? `from ${leaf.from} to` : "below"} ${leaf.below} %`;
    case "weekday":
      return leaf.days.length === 1 ? `local weekday is ${leaf.days[0]}` : `local weekday is any of ${list(leaf.days)}`;
    case "hour":
      return `local hour from ${leaf.from} to ${leaf.to}`;
    case "page": {
      const [only, ...others] = [leaf.operand ?? ""].flat();
      if (leaf.test !== "is_any_of") return `page ${leaf.field} ${leaf.test.replace("_", " ")} ${quoted(only ?? "")}`;
      return others.length === 0
        ? `page ${leaf.field} is ${quoted(only ?? "")}`
        : `page ${leaf.field} is any of ${list([leaf.operand ?? ""].flat().map(quoted))}`;
    }
    case "segment":
      return `in segment ${quoted(leaf.id)}`;
    case "text":
      return leaf.text;
  }
}

const isFiltered = (node: Node): boolean =>
  node.kind === "row" &&
  ((node.leaf.kind === "event" && node.leaf.event.where.length > 0) ||
    (node.leaf.kind === "occurrence" && node.leaf.event.where.length > 0) ||
    (node.leaf.kind === "sequence" && node.leaf.first.where.length + node.leaf.then.where.length > 0));

function text(node: Node): string | null {
  const inner = node.kind === "row" ? leafText(node.leaf) : joined(node.join, node.rows);
  if (inner === null || !node.not) return inner;
  // `not performed` is a condition of its own, so its negation needs the parentheses.
  const binds = node.kind === "row" ? !["attribute", "page", "segment", "share", "weekday", "hour"].includes(node.leaf.kind) : !isNotOfNot(node);
  return binds ? `not (${inner})` : `not ${inner}`;
}

const isNotOfNot = (node: Node): boolean => node.kind === "group" && node.rows.length === 1 && node.rows[0]?.not === true;

function joined(join: "all" | "any", rows: readonly Node[]): string | null {
  if (rows.length === 0) return join === "all" ? "everyone" : "no one";
  const [only] = rows;
  if (only && rows.length === 1) return text(only);
  const parts = rows.map((node) => {
    const part = text(node);
    if (part === null) return null;
    const isWhole = node.kind === "group" && !node.not && node.rows.length > 1;
    return isWhole || (isFiltered(node) && !node.not) ? `(${part})` : part;
  });
  return parts.includes(null) ? null : parts.join(join === "all" ? " and " : " or ");
}

/** The text of a rule given as JSON; `null` where a part of it is not known here. */
export function ruleText(rule: unknown): string | null {
  return text(readTree(rule));
}
