// A rule as a sentence that one could say aloud. For reading only: the exact spelling is `print`.
import type { Comparison, Count, DateValue, Happening, Leaf, Literal, Window } from "./leaf.ts";
import { span } from "./print.ts";
import { type Node, readTree } from "./tree.ts";

/** Names of segments by id, and of messages by `series/step`. */
export type Called = { segments?: ReadonlyMap<string, string> | undefined; messages?: ReadonlyMap<string, string> | undefined };

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeZone: "UTC" });
const INSTANT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

export function dateWords(value: DateValue): string {
  if (typeof value === "number") return `${INSTANT.format(value)} UTC`;
  const at = Date.parse(/T/.test(value) ? `${value}Z` : `${value}T00:00:00Z`);
  if (Number.isNaN(at)) return value;
  return /T/.test(value) ? INSTANT.format(at) : DAY.format(at);
}

/** `total_spend` as people say it. */
export const attributeWords = (name: string): string => name.replaceAll("_", " ");

const literal = (value: Literal): string => (typeof value === "string" ? `“${value}”` : String(value));
const either = (values: readonly string[], word: string): string =>
  values.length < 2 ? (values[0] ?? "…") : `${values.slice(0, -1).join(", ")} ${word} ${values.at(-1)}`;

const SEEN = ["last_seen", "first_seen"];

function compared({ name, test, operand, matchCase }: Comparison): string {
  const of = attributeWords(name);
  const one = operand as Literal;
  const many = Array.isArray(operand) ? (operand as Literal[]) : [];
  const inCase = matchCase ? ", matching case" : "";
  const is = SEEN.includes(name) ? "" : " is";
  const ms = operand as number;
  switch (test) {
    case "is": return one === true ? `${of} is true` : one === false ? `${of} is false` : `${of} is ${literal(one)}${inCase}`;
    case "is_not": return `${of} is not ${literal(one)}${inCase}`;
    case "is_any_of": return `${of} is ${either(many.map(literal), "or")}${inCase}`;
    case "is_none_of": return `${of} is neither ${either(many.map(literal), "nor")}${inCase}`;
    case "contains": return `${of} contains ${literal(one)}${inCase}`;
    case "does_not_contain": return `${of} does not contain ${literal(one)}${inCase}`;
    case "starts_with": return `${of} starts with ${literal(one)}${inCase}`;
    case "ends_with": return `${of} ends with ${literal(one)}${inCase}`;
    case "less_than": return `${of} is under ${one}`;
    case "at_most": return `${of} is at most ${one}`;
    case "greater_than": return `${of} is over ${one}`;
    case "at_least": return `${of} is at least ${one}`;
    case "between": return `${of} is between ${many[0]} and ${many[1]}`;
    case "includes": return `${of} include ${literal(one)}${inCase}`;
    case "does_not_include": return `${of} do not include ${literal(one)}${inCase}`;
    case "is_empty": return `${of} is empty`;
    case "has_any_value": return `${of} is known`;
    case "is_unknown": return `${of} is unknown`;
    case "before": return `${of} is before ${dateWords(ms)}`;
    case "after": return `${of} is after ${dateWords(ms)}`;
    case "on": return `${of} is on ${dateWords(ms)}`;
    case "more_than_ago": return `${of}${is} more than ${span(ms)} ago`;
    case "less_than_ago": return `${of}${is} less than ${span(ms)} ago`;
    case "exactly_ago": return `${of}${is} exactly ${span(ms)} ago`;
    case "within_next": return `${of} is within the next ${span(ms)}`;
    case "is_today": return `${of} is today`;
    case "anniversary_within":
      return ms === 0 ? `${of} has its anniversary today` : `${of} has its anniversary within ${ms} day${ms === 1 ? "" : "s"}`;
  } // prettier-ignore
}

function happening({ name, where }: Happening): string {
  return `“${name}”${where.length > 0 ? ` where ${where.map(compared).join(" and ")}` : ""}`;
}

function windowed(window: Window): string {
  if (window.when === "ever") return "";
  if (window.when === "last") return ` in the last ${span(window.span ?? 0)}`;
  if (window.when === "between") return ` from ${dateWords(window.date ?? 0)} to ${dateWords(window.end ?? 0)}`;
  return ` ${window.when} ${dateWords(window.date ?? 0)}`;
}

function times(count: Count): string {
  if (count.how === "between") return ` between ${count.times} and ${count.most} times`;
  if (count.how === "at_least" && count.times === 1) return "";
  const often = count.times === 1 ? "once" : `${count.times} times`;
  return ` ${count.how.replace("_", " ")} ${often}`;
}

const isNever = (count: Count): boolean => count.how === "at_most" && count.times === 0;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function leafWords(leaf: Leaf, called: Called = {}): string {
  switch (leaf.kind) {
    case "attribute":
      return compared(leaf);
    case "event": {
      const has = isNever(leaf.count) ? "has not performed" : "has performed";
      return `${has} ${happening(leaf.event)}${isNever(leaf.count) ? "" : times(leaf.count)}${windowed(leaf.window)}`;
    }
    case "occurrence":
      return `${leaf.which} performed ${happening(leaf.event)} ${leaf.age === "more_than_ago" ? "more" : "less"} than ${span(leaf.span ?? 0)} ago`;
    case "sequence": {
      const then = leaf.happened ? "then" : "then did not perform";
      return `performed ${happening(leaf.first)}, ${then} ${happening(leaf.then)} within ${span(leaf.within ?? 0)}${windowed(leaf.window)}`;
    }
    case "message": {
      const message = `the message “${called.messages?.get(leaf.name) ?? leaf.name}”`;
      const has = isNever(leaf.count) ? "has not" : "has";
      return `${has} ${leaf.engagement === "shown" ? "been shown" : leaf.engagement} ${message}${isNever(leaf.count) ? "" : times(leaf.count)}${windowed(leaf.window)}`;
    }
    case "share":
      return leaf.from
        ? `is in the random share “${leaf.salt}” from ${leaf.from} to ${leaf.below} %`
        : `is in the first ${leaf.below} % of the random share “${leaf.salt}”`;
    case "weekday":
      return `it is ${either(leaf.days.map(capital), "or")} where they are`;
    case "hour":
      return `it is between ${leaf.from}:00 and ${leaf.to}:00 where they are`;
    case "page":
      return `the page ${leaf.field} ${leaf.test === "is_any_of" ? "is" : leaf.test.replace("_", " ")} ${either([leaf.operand ?? ""].flat().map(literal), "or")}`;
    case "segment":
      return `is in the segment “${called.segments?.get(leaf.id) ?? leaf.id}”`;
    case "text":
      return leaf.text ?? JSON.stringify(leaf.rule);
  }
}

function nodeWords(node: Node, called: Called, isPart: boolean): string {
  const inner = node.kind === "row" ? leafWords(node.leaf, called) : groupWords(node.join, node.rows, called);
  const isMany = node.kind === "group" && node.rows.length > 1;
  if (node.not && node.kind === "row" && node.leaf.kind === "segment") return inner.replace(/^is in/, "is not in");
  if (node.not) return `not (${inner})`;
  return isMany && isPart ? `(${inner})` : inner;
}

function groupWords(join: "all" | "any", rows: readonly Node[], called: Called): string {
  if (rows.length === 0) return join === "all" ? "everyone" : "no one";
  return rows.map((node) => nodeWords(node, called, rows.length > 1)).join(join === "all" ? " and " : " or ");
}

/** "Last seen more than 30 days ago and total spend is over 100". */
export function ruleWords(rule: unknown, called: Called = {}): string {
  return capital(nodeWords(readTree(rule), called, false));
}
