// What reports show, computed from what the API counts: sums over steps, days without gaps, files.
import type { Experiment, Figures, Metric, Report, StepCounts } from "~/api/types.ts";

/** What is counted of messages, in the order of the tables. */
export const OF_MESSAGES = [
  "sent", "delivered", "shown", "opened", "clicked", "converted", "dismissed", "unsubscribed", "bounced", "complained", "undelivered", "delayed", "skipped",
] as const;
/** What is said of all messages of a series together. */
export const OVERALL = ["sent", "delivered", "opened", "clicked", "unsubscribed", "bounced", "complained"] as const;
export type Overall = (typeof OVERALL)[number];
/** What is counted of runs. */
export const OF_RUNS = ["matched", "entered", "finished", "re_engaged", "converted", "left_audience", "left_by_step", "moved"] as const;
const OF_RATES = ["enrollment_rate", "re_engagement_rate", "conversion_rate"] as const;
export type Counted = (typeof OF_RUNS)[number] | (typeof OF_RATES)[number];
export const CHARTED: readonly Counted[] = [...OF_RUNS.slice(0, 5), ...OF_RATES];

export const WORDS: Record<string, string> = {
  matched: "Matched",
  entered: "Entered",
  enrollment_rate: "Enrollment rate",
  re_engaged: "Re-engaged",
  re_engagement_rate: "Re-engagement rate",
  left_audience: "Left the audience",
  left_by_step: "Left by a step",
  step_gone: "Step gone",
  finished: "Finished",
  moved: "Moved",
  assigned: "People",
  converted: "Converted",
  conversion_rate: "Conversion rate",
  sent: "Sent",
  delivered: "Delivered",
  bounced: "Bounced",
  complained: "Complained",
  unsubscribed: "Unsubscribed",
  undelivered: "Undelivered",
  delayed: "Held back",
  skipped: "Passed over",
  shown: "Shown",
  opened: "Opened",
  clicked: "Clicked",
  dismissed: "Dismissed",
  held_out: "Held out",
  churned: "Churned",
  stayed: "Stayed",
};
export const isRate = (metric: string): boolean => metric.endsWith("_rate");

/** A number of all messages of a series together. */
export const overSteps = (report: Pick<Report, "steps">, metric: keyof StepCounts & string): number =>
  report.steps.reduce((sum, step) => sum + (Number(step[metric]) || 0), 0);

const DAY_MS = 86_400_000;
// LIMIT: a year and a month; of more, the last ones.
export const DAYS_MAX = 396;

/** A number for every day from the first that has one to the last, those between included. */
export function overTime(days: Record<string, Figures>, metric: Counted): { days: string[]; values: (number | null)[] } {
  const known = Object.keys(days).sort();
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return { days: [], values: [] };
  const end = Date.parse(last);
  const names: string[] = [];
  for (let at = Math.max(Date.parse(first), end - (DAYS_MAX - 1) * DAY_MS); at <= end; at += DAY_MS) names.push(new Date(at).toISOString().slice(0, 10));
  // On a day on which nothing happened nothing was counted; a rate of nothing is not zero.
  return { days: names, values: names.map((name) => days[name]?.[metric] ?? (isRate(metric) ? null : 0)) };
}

/** `2026-11-23`, so many days before an instant, in UTC as the report counts. */
export const dayBefore = (now: number, days: number): string => new Date(now - days * DAY_MS).toISOString().slice(0, 10);

/** The stretch of the same length that ends the day before this one. */
export function periodBefore(from: string, to: string): { from: string; to: string } {
  const length = Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return { from: day(Date.parse(from) - length * DAY_MS), to: day(Date.parse(from) - DAY_MS) };
}

/** A report as rows of a table: what a number is of, its name, the number. */
export function rowsOf(report: Report, experiments: readonly Experiment[] = []): (string | number)[][] {
  const rows: (string | number)[][] = [["of", "id", "version", "variant", "metric", "value"]];
  const add = (of: string, id: string, version: string, variant: string, values: Record<string, unknown>) => {
    for (const [metric, value] of Object.entries(values)) if (typeof value === "number") rows.push([of, id, version, variant, metric, value]);
  };
  const runs = ({ churn, ...figures }: Figures) => ({
    ...figures,
    churned_30: churn.days_30.churned,
    stayed_30: churn.days_30.stayed,
    churned_60: churn.days_60.churned,
    stayed_60: churn.days_60.stayed,
    churned_90: churn.days_90.churned,
    stayed_90: churn.days_90.stayed,
  });
  const { as_of: _, ...total } = report;
  add("series", report.id, "", "", runs(total));
  add("series", report.id, "", "", Object.fromEntries(OVERALL.map((metric) => [metric, overSteps(report, metric)])));
  add("holdout", report.id, "", "", runs(report.holdout as unknown as Figures));
  for (const step of report.steps) {
    add("step", step.id, "", "", step);
    for (const [version, counts] of Object.entries(step.versions)) add("step", step.id, version, "", counts);
  }
  for (const { step, variants } of experiments) for (const { name, ...values } of variants) add("step", step, "", name, values);
  for (const [version, figures] of Object.entries(report.versions)) add("version", report.id, version, "", runs(figures));
  for (const [day, figures] of Object.entries(report.days)) add("day", day, "", "", runs(figures));
  return rows;
}

/** RFC 4180. What a spreadsheet would take for a formula is kept from being one. */
export function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) => {
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** What a metric of an experiment is called in the figures of a variant. */
export const METRICS: readonly { value: Metric; label: string }[] = [
  { value: "clicked", label: "Clicked" },
  { value: "opened", label: "Opened" },
  { value: "converted", label: "Converted" },
  { value: "re_engaged", label: "Re-engaged" },
];
