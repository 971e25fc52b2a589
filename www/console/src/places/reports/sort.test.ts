// The order of a table, and how an address says it.
import { expect, test } from "vitest";

import { parseSort, sorted, turned, writeSort } from "./sort.ts";

test("an address says by what and which way round, and no other column than there are", () => {
  expect(parseSort("-Sent", ["Sent"])).toEqual({ name: "Sent", order: "descending" });
  expect(parseSort("Sent", ["Sent"])).toEqual({ name: "Sent", order: "ascending" });
  expect(parseSort("Age", ["Sent"])).toBeUndefined();
  expect(writeSort({ name: "Sent", order: "descending" })).toBe("-Sent");
});

test("a second click turns it round, another head begins with the largest, names with A", () => {
  expect(turned({ name: "Sent", order: "descending" }, "Sent").order).toBe("ascending");
  expect(turned({ name: "Sent", order: "ascending" }, "Opened")).toEqual({ name: "Opened", order: "descending" });
  expect(turned({ name: "Sent", order: "ascending" }, "Series").order).toBe("ascending");
});

test("what is not known stands last, whichever way round", () => {
  const value = (row: number | null) => row;
  expect(sorted([1, null, 3, 2], value, "descending")).toEqual([3, 2, 1, null]);
  expect(sorted([1, null, 3, 2], value, "ascending")).toEqual([1, 2, 3, null]);
});
