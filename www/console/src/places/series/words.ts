// Steps, rules and settings of a series in words. Pure: what nodes, outlines and differences say.
import type { Rule, SeriesSpec, SeriesState, Step, StepKind, Weekday } from "~/api/types.ts";

import { END, type Place, share, ways } from "./graph.ts";
import { spanMs, spanWords } from "./spans.ts";

export const KIND_NAMES: Record<StepKind, string> = {
  email: "Email",
  in_app: "In-app message",
  push: "Push",
  webhook: "Webhook",
  wait: "Wait",
  branch: "Branch",
  split: "Split",
  set: "Update person",
  exit: "Exit",
};

export const KIND_ABOUT: Record<StepKind, string> = {
  email: "Text, blocks, MJML or HTML, to their address",
  in_app: "A banner, dialog, tip or question while they are in your app",
  push: "A notification on their devices",
  webhook: "A signed request to another program",
  wait: "For a while, until a time, or until something happens",
  branch: "One way for those who match, another for the rest",
  split: "Ways by chance, such as a test or a holdout",
  set: "Attributes and tags",
  exit: "Ends the run and takes back what is not sent",
};

export const isMessage = (step: Step): boolean => ["email", "in_app", "push", "webhook"].includes(step.kind);

export const STATE_NAMES: Record<SeriesState, string> = { draft: "Draft", published: "Live", paused: "Paused", archived: "Archived" };

/** A rule as text; one that is still a tree is shown as it is. */
export const ruleText = (rule: Rule | undefined): string =>
  rule === undefined ? "" : typeof rule === "string" ? rule : JSON.stringify(rule);

const DAYS: readonly Weekday[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
export const dayName = (day: string): string => day.charAt(0).toUpperCase() + day.slice(1);
export const WEEK = DAYS;

function days(list: readonly string[] | undefined): string {
  if (!list || list.length === 0) return "";
  if (list.length === 5 && !list.includes("saturday") && !list.includes("sunday")) return "a weekday";
  return list.map(dayName).join(" or ");
}

function wait(step: Step): string {
  if (step.for !== undefined) return `Wait ${spanWords(step.for)}`;
  const { time, days: on, rule } = step.until ?? {};
  if (rule !== undefined) return `Wait until ${ruleText(rule) || "…"}${step.timeout ? `, for up to ${spanWords(step.timeout)}` : ""}`;
  if (!time && !on?.length) return "Wait for nothing yet";
  return `Wait until ${[time, on?.length ? `on ${days(on)}` : ""].filter(Boolean).join(" ").replace(/^on /, "")}`;
}

/** What a step does, in one line. */
export function stepLine(step: Step): string {
  switch (step.kind) {
    case "email":
      return step.subject || "No subject yet";
    case "in_app":
    case "push":
      return step.title || step.body || "No text yet";
    case "webhook":
      return `${step.method ?? "POST"} ${step.url || "(no address yet)"}`;
    case "wait":
      return wait(step);
    case "branch":
      return step.if === undefined ? "No condition yet" : `If ${ruleText(step.if)}`;
    case "split":
      return (step.paths ?? []).map(({ name, weight }) => `${name} ${share(step, weight)}`).join(" · ") || "No ways yet";
    case "set": {
      const { attributes = {}, add_tags = [], remove_tags = [] } = step;
      const words = [
        ...Object.entries(attributes).map(([name, value]) => (value === null ? `clear ${name}` : `${name} = ${String(value)}`)),
        ...add_tags.map((tag) => `add tag ${tag}`),
        ...remove_tags.map((tag) => `remove tag ${tag}`),
      ];
      return words.join(", ") || "Nothing yet";
    }
    case "exit":
      return "Leaves the series";
  }
}

/** How long after what comes before; empty for at once. */
export const delayWords = (step: Step): string => ((spanMs(step.delay) ?? 0) > 0 ? `After ${spanWords(step.delay)}` : "");

/** A place in words: "after “nudge”, on Yes". */
export function placeWords(spec: SeriesSpec, { from, way }: Place): string {
  if (from === null) return "as the first";
  const step = spec.steps.find(({ id }) => id === from);
  const label = step && ways(step, END).find(({ key }) => key === way)?.label;
  return `after “${from}”${label ? `, on ${label.split(" · ")[0]}` : ""}`;
}

export type AudienceKind = "segment" | "rule" | "none";
export function audienceOf(spec: SeriesSpec): { kind: AudienceKind; segment: string; rule: Rule | undefined } {
  const { audience } = spec;
  if (audience === undefined) return { kind: "none", segment: "", rule: undefined };
  if (typeof audience === "object" && "segment" in audience && Object.keys(audience).length === 1)
    return { kind: "segment", segment: String(audience.segment), rule: undefined };
  if (typeof audience === "object" && "rule" in audience) return { kind: "rule", segment: "", rule: audience.rule as Rule };
  return { kind: "rule", segment: "", rule: audience as Rule };
}

/** Who enters, in one line. `name` gives the name of a segment. */
export function entryLine(spec: SeriesSpec, name: (id: string) => string): string {
  const audience = audienceOf(spec);
  const who = audience.kind === "segment" ? name(audience.segment) || "no segment yet" : ruleText(audience.rule);
  if (typeof spec.entry === "object") {
    const { name: event, where } = spec.entry.event;
    const filter = where === undefined ? "" : ` where ${ruleText(where)}`;
    return `Performs “${event || "…"}”${filter}${audience.kind === "none" ? "" : `, and is in ${who}`}`;
  }
  if (audience.kind === "none") return "Nobody yet: choose an audience";
  return audience.kind === "segment" ? `In ${who}` : who || "Nobody yet: write a rule";
}

/** When people leave early, in one line. */
export function exitLine(spec: SeriesSpec): string | null {
  const reasons = [spec.exit === undefined ? "" : ruleText(spec.exit), spec.exit_when_left ? "no longer in the audience" : ""].filter(Boolean);
  return reasons.length > 0 ? reasons.join(", or ") : null;
}
