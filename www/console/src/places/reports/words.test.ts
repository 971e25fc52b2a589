// What may be said of numbers that differ.
import { expect, test } from "vitest";

import { newcombe } from "./interval.ts";
import { churnWords, versus } from "./words.ts";

test("a count is compared in percent, a rate in points", () => {
  expect(versus(15, 12, false)).toBe("before: 12, +25 %");
  expect(versus(9, 12, false)).toBe("before: 12, −25 %");
  expect(versus(0.25, 0.2, true)).toBe("before: 20%, +5 points");
  expect(versus(12, 12, false)).toBe("before: 12");
});

test("nothing is divided by nothing", () => {
  expect(versus(3, 0, false)).toBe("before: 0");
  expect(versus(0.5, null, true)).toBe("before: nothing known");
  expect(versus(null, 0.5, true)).toBe("before: 50%");
});

test("a difference is claimed only where the interval leaves zero out", () => {
  const of = (...counts: [number, number, number, number]) => churnWords(newcombe(...counts) ?? { difference: 0, low: 0, high: 0 });
  expect(of(20, 200, 80, 200)).toMatchObject({ verdict: "less" });
  expect(of(80, 200, 20, 200)).toMatchObject({ verdict: "more" });
  expect(of(20, 200, 22, 200)).toMatchObject({ verdict: "undecided" });
  expect(of(0, 10, 0, 10).words).toContain("between 27.8 points fewer and 27.8 points more");
});
