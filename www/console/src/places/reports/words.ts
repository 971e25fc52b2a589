// Numbers of a report in words: what changed, and what may be concluded.
import { percent, whole } from "~/kit/figures.tsx";

import type { Difference } from "./interval.ts";

const POINTS = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
/** A share as percentage points, without a sign. */
const points = (share: number) => POINTS.format(Math.abs(share) * 100);

/** How a number compares with that of another period. */
export function versus(now: number | null | undefined, before: number | null | undefined, rate: boolean): string {
  if (before == null) return "before: nothing known";
  if (rate) {
    const change = now == null ? null : now - before;
    return `before: ${percent(before)}${change ? `, ${change > 0 ? "+" : "−"}${points(change)} points` : ""}`;
  }
  const change = now == null || before === 0 ? null : (now - before) / before;
  return `before: ${whole(before)}${change ? `, ${change > 0 ? "+" : "−"}${POINTS.format(Math.abs(change) * 100)} %` : ""}`;
}

/** What the difference in churn between those who entered and those held out allows to say. */
export function churnWords({ low, high }: Difference): { verdict: "less" | "more" | "undecided"; words: string } {
  if (high < 0) return { verdict: "less", words: `Fewer stay away than without the series: by ${points(high)} to ${points(low)} percentage points.` };
  if (low > 0) return { verdict: "more", words: `More stay away than without the series: by ${points(low)} to ${points(high)} percentage points. Look at how often it writes.` };
  return {
    verdict: "undecided",
    words: `No difference can be told yet: it lies between ${points(low)} points fewer and ${points(high)} points more. More people, or a larger holdout, make it sharper.`,
  };
}
