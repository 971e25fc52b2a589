import { expect, it } from "vitest";

import { spanMs, spanOf, spanParts, spanWords } from "./spans.ts";

it("reads and writes spans as the core does", () => {
  expect(spanMs("1d2h30m5s1ms")).toBe(95_405_001);
  expect(spanOf(95_405_001)).toBe("1d2h30m5s1ms");
  for (const bad of ["", "d", "1", "1w", "1d 2h", "-1d", undefined]) expect(spanMs(bad)).toBeNull();
  expect(spanOf(0)).toBe("0d");
  expect(spanWords("1d12h")).toBe("1 day 12 hours");
  expect(spanWords("0d")).toBe("at once");
  expect(spanParts("36h")).toEqual({ count: 36, unit: "h" });
  expect(spanParts("14d")).toEqual({ count: 14, unit: "d" });
});
