// Every condition of docs/rules.md goes through the builder and back and loses nothing, and the text
// that the builder shows is the one that the core prints.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";

import * as core from "@core";

import { type Comparison, type Operand, type TestName, readLeaf, same, writeLeaf } from "./leaf.ts";
import { ruleText } from "./print.ts";
import { OPS, type Op, newAttribute, newEvent, opOf, opsFor, withOp } from "./comparison.ts";
import { type Row, add, change, duplicate, negate, nest, newRow, placesOf, plain, readTree, remove, rowsOf, setJoin, unnest, writeTree } from "./tree.ts";
import { ruleWords } from "./words.ts";

const root = new URL("../../../../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root));
const docs = new TextDecoder().decode(read("docs/rules.md"));
const rules = [...docs.matchAll(/```rule(?:-also)?\n([\s\S]*?)```/g)].flatMap(([, lines]) => (lines ?? "").trim().split("\n"));
const json = [...docs.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text ?? ""));

const parsed = (text: string) => core.parse_rule(text) as { text: string; json: unknown };

beforeAll(async () => {
  await core.default({ module_or_path: read("dist/wasm/console/rekindle_console_bg.wasm") });
});

test("the documentation is read", () => {
  expect(rules.length).toBeGreaterThan(90);
  expect(json.length).toBeGreaterThan(3);
});

describe("there and back", () => {
  test.each(rules)("%s", (text) => {
    const rule = parsed(text);
    const tree = readTree(rule.json);
    expect(rowsOf(tree).every(({ leaf }) => leaf.kind !== "text"), "every condition has controls").toBe(true);
    expect(writeTree(tree)).toEqual({ rule: rule.json, unfinished: 0 });
    expect(ruleText(rule.json)).toBe(rule.text);
  });

  test("what the documentation writes in JSON", () => {
    for (const rule of json) expect(same(writeTree(readTree(rule)).rule, rule), JSON.stringify(rule)).toBe(true);
  });

  test.each([
    'not (plan is "pro" and not (seats > 5 or not vip is true))',
    'not (not plan is "pro")',
    'not (performed "A" where x = 1) and not in segment "b"',
    'plan is "pro" or (a is "say \\"hi\\"\\n" and (b = 1 or no one))',
    'not everyone',
    '(performed "A" where x = 1 then performed "B" within 90 seconds) or `and` is unknown',
    'trial_ends before 2026-11-23T09:00:00.5Z and seats = 1.5 and seats > -3',
    'a is any of (1, "x", true)',
  ])("nested: %s", (text) => {
    const rule = parsed(text);
    expect(writeTree(readTree(rule.json)).rule).toEqual(rule.json);
    expect(ruleText(rule.json)).toBe(rule.text);
  });
});

test("what is not known to the builder stays, to the last field", () => {
  const strange = [
    { weather: { is: "rain" } },
    { attribute: { name: "plan", rhymes_with: "snow" } },
    { attribute: { name: "plan", is: "pro", since: 5 } },
    { event: { name: "A", count: { at_least: 1 }, mood: "good" } },
    { event: { name: "A", count: { about: 1 } } },
    { all: [{ segment: "a" }], note: "mine" },
  ];
  for (const rule of strange) {
    expect(readLeaf(rule)).toEqual({ kind: "text", rule, text: null });
    const around = { any: [{ not: rule }, { segment: "a" }] };
    expect(writeTree(readTree(around)).rule).toEqual(around);
    expect(ruleText(around)).toBeNull();
  }
});

test("what is left out and what stands for it are the same", () => {
  const spelled = { event: { name: "A", where: [], count: { at_least: 1 }, window: "ever" } };
  expect(readLeaf(spelled).kind).toBe("event");
  expect(same({ share: { salt: "a", from: 0, below: 5 } }, { share: { salt: "a", below: 5 } })).toBe(true);
  expect(same({ share: { salt: "a", from: 1, below: 5 } }, { share: { salt: "a", below: 5 } })).toBe(false);
});

test("a condition that is not filled in is counted and left out", () => {
  const empty = newRow({ kind: "attribute", name: "plan", test: "is", operand: null, matchCase: false });
  const tree = readTree({ all: [{ segment: "a" }, { any: [{ segment: "b" }, { segment: "c" }] }] });
  expect(writeTree(add(tree, tree.id, empty))).toEqual({ rule: plain(writeTree(tree).rule), unfinished: 1 });
  // Alone in its group, it is not "no one".
  const alone = nest(add(readTree({ segment: "a" }), "", empty), "");
  expect(writeTree(alone).rule).toEqual({ segment: "a" });
  const inGroup = readTree({ segment: "a" });
  const nested = nest(add(inGroup, inGroup.id, empty), empty.id);
  expect(writeTree(nested)).toEqual({ rule: { segment: "a" }, unfinished: 1 });
  for (const leaf of [
    { kind: "event", event: { name: "", where: [] }, count: { how: "at_least", times: 1 }, window: { when: "ever" } },
    { kind: "event", event: { name: "A", where: [] }, count: { how: "at_least", times: null }, window: { when: "ever" } },
    { kind: "event", event: { name: "A", where: [] }, count: { how: "at_least", times: 1 }, window: { when: "last", span: null } },
    { kind: "attribute", name: "seats", test: "between", operand: [1, null], matchCase: false },
    { kind: "attribute", name: "plan", test: "is_any_of", operand: [], matchCase: false },
    { kind: "weekday", days: [] },
    { kind: "hour", from: 1, to: null },
    { kind: "page", field: "url", test: "contains", operand: null },
    { kind: "text", rule: null, text: "plan iz" },
  ] as const) expect(writeLeaf(leaf as never), JSON.stringify(leaf)).toBeUndefined();
});

test("each row is known by its place in what is written", () => {
  const tree = readTree(parsed('plan is "pro" and not (seats > 5 or not vip is true)').json);
  const [plan, seats, vip] = rowsOf(tree).map(({ id }) => id);
  expect(placesOf(tree)).toEqual(new Map([["0", plan], ["1.0.0", seats], ["1.0.1.0", vip]]));
  // What is not filled in takes no place, nor does a group of one.
  const empty = newRow({ kind: "segment", id: "" });
  const more = { ...tree, rows: [empty, ...tree.rows] };
  expect([...placesOf(remove(more, seats ?? "")).keys()]).toEqual(["0", "1.0.0"]);
});

test("an empty text is a value, and is kept", () => {
  const rule = { attribute: { name: "plan", is: "" } };
  expect(writeTree(readTree(rule))).toEqual({ rule, unfinished: 0 });
});

describe("editing", () => {
  const start = () => readTree(parsed('plan is "pro" and (seats > 5 or vip is true)').json);
  const place = (tree: ReturnType<typeof start>, at: number) => rowsOf(tree)[at] as Row;
  const text = (tree: ReturnType<typeof start>) => ruleText(writeTree(tree).rule);

  test("turning around, joining, copying, taking away", () => {
    const tree = start();
    expect(text(negate(tree, place(tree, 0).id))).toBe('not plan is "pro" and (seats > 5 or vip is true)');
    expect(text(setJoin(tree, tree.id, "any"))).toBe('plan is "pro" or (seats > 5 or vip is true)');
    expect(text(duplicate(tree, place(tree, 2).id))).toBe('plan is "pro" and (seats > 5 or vip is true or vip is true)');
    expect(text(remove(tree, place(tree, 1).id))).toBe('plan is "pro" and vip is true');
    const group = tree.rows[1];
    expect(text(remove(tree, group?.id ?? ""))).toBe('plan is "pro"');
    expect(text(negate(tree, group?.id ?? ""))).toBe('plan is "pro" and not (seats > 5 or vip is true)');
    expect(text(unnest(tree, group?.id ?? ""))).toBe('plan is "pro" and seats > 5 and vip is true');
  });

  test("a copy has ids of its own", () => {
    const tree = start();
    const ids = rowsOf(duplicate(tree, tree.rows[1]?.id ?? "")).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("the last row of a group takes the group with it; the last of all leaves everyone", () => {
    let tree = start();
    tree = remove(remove(tree, place(tree, 2).id), place(tree, 1).id);
    expect(tree.rows).toHaveLength(1);
    tree = setJoin(tree, tree.id, "any");
    expect(text(remove(tree, place(tree, 0).id))).toBe("everyone");
  });

  test("no one stays no one until something is changed", () => {
    const tree = readTree({ any: [] });
    expect(writeTree(change(tree, "nothing", () => null)).rule).toEqual({ any: [] });
  });

  test("a group begins joined the other way", () => {
    const tree = start();
    const nested = nest(tree, place(tree, 0).id);
    expect(nested.rows[0]).toMatchObject({ kind: "group", join: "any" });
    expect(text(nested)).toBe('plan is "pro" and (seats > 5 or vip is true)');
  });
});

test.each([
  [
    'last_seen > 30 days ago and subscription_status is "active" and total_spend > 100 and not performed "Used Feature X" in last 60 days',
    "Last seen more than 30 days ago and subscription status is “active” and total spend is over 100 and has not performed “Used Feature X” in the last 60 days",
  ],
  ['plan is any of ("pro", "team") or not (vip is true and in segment "a")', "Plan is “pro” or “team” or not (vip is true and is in the segment “Anna’s”)"],
  ['performed "A" where x > 1 at least 2 times since 2026-11-01', "Has performed “A” where x is over 1 at least 2 times since Nov 1, 2026"],
  ['performed "A" then not performed "B" within 1 hour', "Performed “A”, then did not perform “B” within 1 hour"],
  ['not opened message "a/b"', "Has not opened the message “Hello”"],
  ["local weekday is any of (saturday, sunday)", "It is Saturday or Sunday where they are"],
  ['not in segment "a"', "Is not in the segment “Anna’s”"],
  ["everyone", "Everyone"],
])("in words: %s", (text, words) => {
  const called = { segments: new Map([["a", "Anna’s"]]), messages: new Map([["a/b", "Hello"]]) };
  expect(ruleWords(parsed(text).json, called)).toBe(words);
});

describe("comparisons", () => {
  const plan = (operand: Operand, test: TestName = "is"): Comparison => ({ name: "plan", test, operand, matchCase: false });
  const op = (id: string) => OPS.flatMap(({ ops }) => ops).find((one) => one.id === id) as Op;

  test("each is known by its test and the type of what it compares with", () => {
    for (const one of OPS.flatMap(({ ops }) => ops)) {
      const made = withOp(plan(null), one);
      // What is not filled in yet has no type: only a number can be told from its absence.
      const filled = one.control === "number" ? { ...made, operand: 5 } : made;
      expect(opOf(filled)?.id, one.id).toBe(one.id);
    }
  });

  test("the operand goes along where it makes sense", () => {
    expect(withOp(plan("pro"), op("contains")).operand).toBe("pro");
    expect(withOp(plan("pro"), op("is_any_of")).operand).toEqual(["pro"]);
    expect(withOp(plan(["pro", "team"], "is_any_of"), op("is:text")).operand).toBe("pro");
    expect(withOp(plan("5"), op("at_least")).operand).toBe(5);
    expect(withOp(plan("pro"), op("at_least")).operand).toBeNull();
    expect(withOp(plan(5, "at_least"), op("between")).operand).toEqual([5, null]);
    expect(withOp(plan("pro"), op("is:true")).operand).toBe(true);
    expect(withOp({ ...plan("Pro"), matchCase: true }, op("at_least")).matchCase).toBe(false);
  });

  test("a property of an event is not asked for what depends on now", () => {
    const offered = opsFor(["date"], true).flatMap(({ ops }) => ops.map(({ id }) => id));
    for (const id of ["more_than_ago", "within_next", "is_today", "anniversary_within", "on"]) expect(offered).not.toContain(id);
    expect(offered).toContain("before");
    expect(opsFor(["date"])[0]?.kind).toBe("date");
  });

  test("a new condition begins as its kind is most often asked for", () => {
    expect(writeLeaf(newAttribute("last_seen", []))).toEqual({ attribute: { name: "last_seen", more_than_ago: 2_592_000_000 } });
    expect(writeLeaf(newAttribute("vip", ["boolean"]))).toEqual({ attribute: { name: "vip", is: true } });
    expect(writeLeaf(newAttribute("spend", ["number"]))).toBeUndefined();
    expect(writeLeaf(newEvent("Bought"))).toEqual({ event: { name: "Bought", count: { at_least: 1 } } });
  });
});
