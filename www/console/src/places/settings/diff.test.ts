// What is told of two values that differ.
import { expect, test } from "vitest";

import { CHANGES_MAX, changes, written } from "./diff.ts";

const check = (before: unknown, after: unknown) => changes(before, after).map(({ path, before, after }) => `${path}: ${written(before)} -> ${written(after)}`);

test("what is the same is not told", () => {
  expect(check({ a: 1, b: [1, { c: 2 }] }, { a: 1, b: [1, { c: 2 }] })).toEqual([]);
});

test("a field is told with both sides, one that is new or gone with nothing", () => {
  expect(check({ name: "Win back", exit: "a" }, { name: "Come back", goal: "b" })).toEqual([
    "name: Win back -> Come back",
    "exit: a -> nothing",
    "goal: nothing -> b",
  ]);
});

test("a step is told by its id, wherever it stands", () => {
  const before = { steps: [{ id: "mail", subject: "Hi" }, { id: "push", title: "Ping" }] };
  const after = { steps: [{ id: "push", title: "Ping" }, { id: "mail", subject: "Hello" }] };
  expect(check(before, after)).toEqual(["steps › mail › subject: Hi -> Hello"]);
});

test("entries without a name, or with the same one, are told by their place", () => {
  expect(check([{ a: 1 }], [{ a: 2 }])).toEqual(["1 › a: 1 -> 2"]);
  expect(check([{ id: "x", a: 1 }, { id: "x", a: 1 }], [{ id: "x", a: 1 }, { id: "x", a: 2 }])).toEqual(["2 › a: 1 -> 2"]);
});

test("a list of plain values is one value", () => {
  expect(check({ days: ["monday"] }, { days: ["monday", "friday"] })).toEqual(['days: ["monday"] -> ["monday","friday"]']);
});

test("something made out of nothing is one line per field below a tree, or one in all", () => {
  expect(check(null, { name: "a" })).toEqual([': nothing -> {"name":"a"}']);
});

test("as many lines as are read, and not one more", () => {
  const wide = (from: number) => Object.fromEntries(Array.from({ length: CHANGES_MAX + 1 }, (_, place) => [`f${place}`, from]));
  expect(changes(wide(0), wide(1))).toHaveLength(CHANGES_MAX);
});
