// Segments that nearly everyone needs, offered until they are there. The demonstration has the same.
import type { Rule } from "~/api/types.ts";

import { ruleText } from "./builder/print.ts";

export type Ready = { id: string; name: string; about: string; rule: string };

export const READY: readonly Ready[] = [
  { id: "new-users", name: "New Users", about: "First seen in the last 7 days.", rule: "first_seen < 7 days ago" },
  { id: "active-users", name: "Active Users", about: "Seen in the last 30 days.", rule: "last_seen < 30 days ago" },
  { id: "lapsed-users", name: "Lapsed Users", about: "Not seen for more than 90 days.", rule: "last_seen > 90 days ago" },
];

export const AT_RISK = {
  id: "high-value-at-risk",
  name: "High-Value At-Risk Subscribers",
  about: "Paying well, and slipping away: not seen for 30 days, and without what keeps people for 60.",
};

const DAY_MS = 86_400_000;

/** The rule of those who are worth most and leave, for the event that keeps people and a spend. */
export const atRiskRule = (event: string, spend: number): Rule => ({
  all: [
    { attribute: { name: "last_seen", more_than_ago: 30 * DAY_MS } },
    { attribute: { name: "subscription_status", is: "active" } },
    { attribute: { name: "total_spend", greater_than: spend } },
    { event: { name: event, count: { at_most: 0 }, window: { last: 60 * DAY_MS } } },
  ],
});

/** Those that are not there yet, by what they ask or by their id. */
export function offered(segments: readonly { id: string; rule: string }[]): { ready: Ready[]; atRisk: boolean } {
  const has = (id: string, isRule: (rule: string) => boolean) => segments.some((one) => one.id === id || isRule(one.rule));
  const [before, after] = (ruleText(atRiskRule("\0", 1)) ?? "").split('"\0"');
  const shape = (rule: string) => rule.includes((before ?? "").slice(0, 70)) && rule.endsWith(after ?? "");
  return { ready: READY.filter(({ id, rule }) => !has(id, (other) => other === rule)), atRisk: !has(AT_RISK.id, shape) };
}

// LIMIT: what the API takes as an id; the rest of a long name is cut off.
const ID_MAX = 56;
/** Ids that mean something else in an address, here or in the API. */
const TAKEN = ["new", "counts", "preview", "figures"];

/** An id for a name that none of `used` has: "High-Value, At-Risk" is `high-value-at-risk`. */
export function idFor(name: string, used: readonly string[]): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[\u0300-\u036f'’]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, ID_MAX)
    .replace(/^-+|-+$/g, "");
  const base = plain || "segment";
  const isFree = (id: string) => !used.includes(id) && !TAKEN.includes(id);
  if (isFree(base)) return base;
  for (let number = 2; ; number += 1) if (isFree(`${base}-${number}`)) return `${base}-${number}`;
}
