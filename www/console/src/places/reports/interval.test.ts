// Intervals, held against published tables.
import { expect, test } from "vitest";

import { newcombe, wilson } from "./interval.ts";

test("Wilson's interval is the published one", () => {
  // Newcombe, R. G. (1998), "Two-sided confidence intervals for the single proportion: comparison of
  // seven methods", Statistics in Medicine 17, table I, method 3.
  for (const [part, whole, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    const found = wilson(part, whole);
    expect(found?.low).toBeCloseTo(low, 4);
    expect(found?.high).toBeCloseTo(high, 4);
  }
});

test("Newcombe's interval of a difference is the published one", () => {
  // The paper named in interval.ts, table II, method 10.
  for (const [a, m, b, n, low, high] of [
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [0, 10, 0, 10, -0.2775, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
    [10, 10, 0, 10, 0.6075, 1],
  ] as const) {
    const found = newcombe(a, m, b, n);
    expect(found?.low, `${a}/${m} - ${b}/${n}`).toBeCloseTo(low, 4);
    expect(found?.high, `${a}/${m} - ${b}/${n}`).toBeCloseTo(high, 4);
  }
});

test("the other way round is the same interval, mirrored", () => {
  const one = newcombe(56, 70, 48, 80);
  const other = newcombe(48, 80, 56, 70);
  expect(other?.low).toBeCloseTo(-(one?.high ?? 0), 12);
  expect(other?.high).toBeCloseTo(-(one?.low ?? 0), 12);
});

test("of no one nothing is known", () => {
  expect(wilson(0, 0)).toBeNull();
  expect(newcombe(1, 2, 0, 0)).toBeNull();
});
