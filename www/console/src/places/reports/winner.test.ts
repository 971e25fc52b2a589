// What a draft becomes when a test is decided.
import { expect, test } from "vitest";

import type { SeriesSpec } from "~/api/types.ts";

import { withWinner } from "./winner.ts";

const spec: SeriesSpec = {
  name: "Win back",
  exit: "a",
  steps: [
    { id: "mail", kind: "email", delay: "1d", subject: "Hi", body: "Text", test: { weight: 50, variants: [{ name: "b", weight: 50, changes: { subject: "Hello" } }] } },
    { id: "push", kind: "push", title: "Ping" },
  ],
};

test("a variant that won is the step from then on, and everything else stays", () => {
  const [mail, push] = spec.steps;
  const { test: _, ...rest } = mail ?? { id: "", kind: "email" as const };
  expect(withWinner(spec, "mail", "b")).toEqual({ spec: { ...spec, steps: [{ ...rest, subject: "Hello" }, push] } });
});

test("if the control won, only the test goes", () => {
  const decided = withWinner(spec, "mail", "a");
  expect("spec" in decided && decided.spec.steps[0]).toEqual({ id: "mail", kind: "email", delay: "1d", subject: "Hi", body: "Text" });
});

test("what is not in the draft any more is said and not guessed", () => {
  expect(withWinner(spec, "gone", "b")).toHaveProperty("problem");
  expect(withWinner(spec, "push", "b")).toHaveProperty("problem");
  expect(withWinner(spec, "mail", "c")).toHaveProperty("problem");
});

test("the draft that was given is left as it was", () => {
  const before = JSON.stringify(spec);
  withWinner(spec, "mail", "b");
  expect(JSON.stringify(spec)).toBe(before);
});
