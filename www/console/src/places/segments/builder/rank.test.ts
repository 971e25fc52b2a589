import { expect, test } from "vitest";

import { ranked } from "./rank.ts";

const groups = [
  { heading: "Person", choices: [{ words: "Last seen", hints: "last_seen lapsed plan_ahead" }, { words: "Email", hints: "mail address" }] },
  { heading: "Attributes", choices: [{ words: "old plan" }, { words: "plan" }, { words: "total spend", hints: "total_spend" }] },
  { heading: "Events", choices: [] },
];
const found = (text: string) => ranked(groups, text).map(({ heading, choices }) => [heading, ...choices.map(({ words }) => words)].join(", "));

test("what is called so comes before what only hints at it", () => {
  expect(found("plan")).toEqual(["Attributes, plan, old plan", "Person, Last seen"]);
  expect(found("Total_sp")).toEqual(["Attributes, total spend"]);
  expect(found("spend tot")).toEqual(["Attributes, total spend"]);
  expect(found("address")).toEqual(["Person, Email"]);
  expect(found("zzz")).toEqual([]);
});

test("without letters everything stands in its order", () => {
  expect(found(" ")).toEqual(["Person, Last seen, Email", "Attributes, old plan, plan, total spend"]);
});
