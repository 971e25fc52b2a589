// Sums, days, periods and files of a report.
import { expect, test } from "vitest";

import type { Experiment, Figures, Report } from "~/api/types.ts";

import { DAYS_MAX, csv, dayBefore, overSteps, overTime, periodBefore, rowsOf } from "./figures.ts";

const away = { churned: 1, stayed: 3, churn_rate: 0.25 };
const figures = (entered: number): Figures => ({
  matched: 10,
  entered,
  enrollment_rate: entered / 10,
  re_engaged: 1,
  re_engagement_rate: null,
  left_audience: 0,
  left_by_step: 0,
  step_gone: 0,
  finished: 0,
  moved: 0,
  converted: 0,
  conversion_rate: null,
  churn: { days_30: away, days_60: away, days_90: away },
});
const counts = { sent: 0, delivered: 0, undelivered: 0, delayed: 0, skipped: 0, shown: 0, opened: 0, clicked: 0, dismissed: 0, bounced: 0, complained: 0, unsubscribed: 0, converted: 0, conversion_rate: null, ways: {} };
const report: Report = {
  ...figures(4),
  id: "win-back",
  name: "Win back",
  state: "published",
  as_of: 0,
  holdout: { held_out: 2, re_engaged: 0, re_engagement_rate: 0, converted: 0, conversion_rate: 0, churn: figures(0).churn },
  steps: [
    { ...counts, id: "mail", kind: "email", sent: 3, delivered: 2, bounced: 1, unsubscribed: 1, opened: 2, versions: { 1: { ...counts, sent: 3 } } },
    { ...counts, id: "push", kind: "push", sent: 1, delivered: 1, versions: {} },
  ],
  versions: { 1: figures(4) },
  days: { "2026-11-01": figures(3), "2026-11-04": figures(1) },
  definitions: {},
};

test("numbers of messages are those of all steps together", () => {
  expect((["sent", "delivered", "opened", "clicked", "bounced"] as const).map((metric) => overSteps(report, metric))).toEqual([4, 3, 2, 0, 1]);
});

test("days on which nothing happened are zero, and rates of them are not known", () => {
  expect(overTime(report.days, "entered")).toEqual({ days: ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"], values: [3, 0, 0, 1] });
  expect(overTime(report.days, "enrollment_rate").values).toEqual([0.3, null, null, 0.1]);
  expect(overTime({}, "entered")).toEqual({ days: [], values: [] });
});

test("of more days than are drawn, the last ones are", () => {
  const long = overTime({ "2020-01-01": figures(1), "2026-11-04": figures(1) }, "entered");
  expect(long.days).toHaveLength(DAYS_MAX);
  expect(long.days.at(-1)).toBe("2026-11-04");
});

test("the period before has the same length and ends the day before", () => {
  expect(periodBefore("2026-11-08", "2026-11-14")).toEqual({ from: "2026-11-01", to: "2026-11-07" });
  expect(periodBefore("2026-03-01", "2026-03-01")).toEqual({ from: "2026-02-28", to: "2026-02-28" });
  expect(dayBefore(Date.parse("2026-03-01T23:59:59Z"), 1)).toBe("2026-02-28");
});

test("the file has every number of the report once", () => {
  const rows = rowsOf(report, []);
  const value = (...start: string[]) => rows.find((row) => start.every((cell, place) => row[place] === cell))?.[5];
  expect(value("series", "win-back", "", "", "entered")).toBe(4);
  expect(value("series", "win-back", "", "", "sent")).toBe(4);
  expect(value("series", "win-back", "", "", "churned_30")).toBe(1);
  expect(value("holdout", "win-back", "", "", "held_out")).toBe(2);
  expect(value("step", "mail", "", "", "sent")).toBe(3);
  expect(value("step", "mail", "1", "", "sent")).toBe(3);
  for (const [metric, all, mail] of [["delivered", 3, 2], ["bounced", 1, 1], ["complained", 0, 0], ["unsubscribed", 1, 1]] as const) {
    expect(value("series", "win-back", "", "", metric), metric).toBe(all);
    expect(value("step", "mail", "", "", metric), metric).toBe(mail);
  }
  expect(value("day", "2026-11-04", "", "", "entered")).toBe(1);
  const names = rows.map((row) => row.slice(0, 5).join("/"));
  expect(new Set(names).size).toBe(names.length);
});

test("variants are told apart from their step", () => {
  const variant = { name: "b", weight: 50, people: 9, sent: 9, opened: 4, clicked: 1, converted: 0, re_engaged: 0, rate: 0.1 };
  const experiment: Experiment = {
    step: "mail",
    metric: "clicked",
    method: "sequential",
    from_version: 1,
    until_version: null,
    control: "a",
    variants: [variant],
    sample_ratio: null,
    comparisons: [],
    leader: null,
    words: "",
    plan: null,
    changed: [],
    warning: null,
  };
  expect(rowsOf(report, [experiment])).toContainEqual(["step", "mail", "", "b", "people", 9]);
});

test("cells are quoted where they must be, and no cell is a formula", () => {
  expect(csv([["a,b", 'say "hi"', "=1+1", -1, "plain"]])).toBe('"a,b","say ""hi""",\'=1+1,-1,plain\r\n');
});
