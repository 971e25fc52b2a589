// What is different between two specs of a series, by step and field, in words. Pure.
import type { SeriesSpec, Step } from "~/api/types.ts";

import { END, edges } from "./graph.ts";
import { normal } from "./normal.ts";
import { spanWords } from "./spans.ts";
import { KIND_NAMES, audienceOf, dayName, ruleText, stepLine } from "./words.ts";

export type FieldChange = { name: string; before: string | null; after: string | null };
export type Change = {
  /** The step, or `null` for the series itself. */
  step: string | null;
  title: string;
  what: "added" | "removed" | "changed";
  fields: FieldChange[];
};

type Fields = Map<string, string>;

const yes = (value: unknown) => (value ? "yes" : null);

/** The settings of a series, each as its name and its words. */
function settings(spec: SeriesSpec): Fields {
  const audience = audienceOf(spec);
  const entry = typeof spec.entry === "object" ? spec.entry.event : null;
  const each = entry?.each;
  const { policies = {} } = spec;
  return fields([
    ["Name", spec.name],
    ["Audience", audience.kind === "segment" ? `segment ${audience.segment}` : audience.kind === "rule" ? ruleText(audience.rule) : null],
    ["Who enters", entry ? `those who perform “${entry.name}”` : spec.entry === "future" ? "only those who come to match" : "everyone who matches, now and later"],
    ["Event filter", entry?.where === undefined ? null : ruleText(entry.where)],
    ["One run per", each === undefined ? null : typeof each === "object" && each !== null && "property" in each ? `value of ${String(each.property)}` : String(each)],
    ["Enter again", typeof spec.reentry === "object" ? `${spanWords(spec.reentry.after)} after leaving` : "never"],
    ["Exit condition", spec.exit === undefined ? null : ruleText(spec.exit)],
    ["Exit when no longer in the audience", yes(spec.exit_when_left)],
    ["Goal", spec.goal ? ruleText(spec.goal.rule) : null],
    ["Goal within", spec.goal ? spanWords(spec.goal.within ?? "30d") : null],
    ["Holdout", spec.holdout_percent ? `${spec.holdout_percent}%` : null],
    ["Priority", policies.priority === undefined ? null : String(policies.priority)],
    ["Subscription type", policies.subscription ?? null],
    ["Send at", policies.send_at ?? null],
    ["When held back", policies.when_blocked === "skip" ? "skip the message" : null],
    ["Ignore quiet hours", yes(policies.ignore_quiet_hours)],
    ["Ignore the cap", yes(policies.ignore_cap)],
  ]);
}

function fields(list: readonly (readonly [string, string | null | undefined])[]): Fields {
  return new Map(list.filter((entry): entry is readonly [string, string] => entry[1] != null && entry[1] !== ""));
}

const NAMES: Partial<Record<keyof Step, string>> = {
  kind: "Kind",
  subject: "Subject",
  title: "Title",
  body: "Text",
  html: "HTML",
  mjml: "MJML",
  layout: "Layout",
  position: "Position",
  url: "Address",
  method: "Method",
};

/** The fields of a step, each as its name and its words. */
function stepFields(step: Step, spec: SeriesSpec): Fields {
  const { until } = step;
  const leads = edges(spec).filter(({ from }) => from === step.id);
  const known = new Set(["id", "kind", "delay", "when", "next", "goal", "test", "cta", "live_for", "headers", "for", "until", "timeout", "met", "timed_out", "if", "yes", "no", "paths", "attributes", "add_tags", "remove_tags", "blocks", ...Object.keys(NAMES)]);
  const others = Object.entries(step).filter(([name]) => !known.has(name));
  return fields([
    ["Kind", KIND_NAMES[step.kind]],
    ["Delay", step.delay ? spanWords(step.delay) : null],
    ["Only for", step.when === undefined ? null : ruleText(step.when)],
    ...(["subject", "preheader", "title", "body", "html", "mjml", "layout", "position", "method", "url"] as const).map((name) => [NAMES[name] ?? name, step[name]] as const),
    ["Blocks", step.blocks?.map((block) => JSON.stringify(block)).join("\n")],
    ["Button", step.cta ? `${step.cta.label} → ${step.cta.url}` : null],
    ["Live for", step.live_for ? spanWords(step.live_for) : null],
    ["Headers", step.headers ? Object.entries(step.headers).map(([name, value]) => `${name}: ${value}`).join("\n") : null],
    ["Wait", step.for ? spanWords(step.for) : null],
    ["Wait until", until ? [until.time, until.days?.map(dayName).join(", "), until.rule === undefined ? "" : ruleText(until.rule)].filter(Boolean).join(" ") : null],
    ["At most", step.timeout ? spanWords(step.timeout) : null],
    ["Condition", step.if === undefined ? null : ruleText(step.if)],
    ["Ways", step.paths?.map(({ name, weight, holdout }) => `${name} ${weight}${holdout ? " (held out)" : ""}`).join(", ")],
    ["Sets", step.attributes ? Object.entries(step.attributes).map(([name, value]) => `${name} = ${value === null ? "(cleared)" : JSON.stringify(value)}`).join("\n") : null],
    ["Adds tags", step.add_tags?.join(", ")],
    ["Removes tags", step.remove_tags?.join(", ")],
    ["Goal", step.goal ? `${ruleText(step.goal.rule)} within ${spanWords(step.goal.within ?? "30d")}` : null],
    ["Test", step.test ? test(step) : null],
    ...leads.map(({ way, label, to }) => [leadName(way, label), to === END ? "the end" : to] as const),
    ...others.map(([name, value]) => [name, JSON.stringify(value)] as const),
  ]);
}

const leadName = (way: string, label: string | null): string =>
  label === null ? "Then" : way.startsWith("path-") ? `Way ${label.split(" · ")[0]} leads to` : `${label} leads to`;

function test(step: Step): string {
  const { metric = "clicked", weight = 50, variants = [] } = step.test ?? {};
  const lines = variants.map(({ name, weight, changes }) => {
    const words = Object.entries(changes).map(([field, value]) => `${field}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
    return `${name} (${weight}): ${words.join("; ")}`;
  });
  return [`by ${metric}, a (${weight})`, ...lines].join("\n");
}

function between(before: Fields, after: Fields): FieldChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .map((name) => ({ name, before: before.get(name) ?? null, after: after.get(name) ?? null }))
    .filter((field) => field.before !== field.after);
}

const titled = (step: Step): string => `${KIND_NAMES[step.kind]}: ${stepLine(step)}`;

/** Everything that is different: the series itself first, then its steps in the order of `after`. */
export function diff(before: SeriesSpec, after: SeriesSpec): Change[] {
  const [old, now] = [normal(before), normal(after)];
  const changes: Change[] = [];
  const own = between(settings(old), settings(now));
  if (own.length > 0) changes.push({ step: null, title: "Settings", what: "changed", fields: own });
  const was = new Map(old.steps.map((step) => [step.id, step]));
  const is = new Set(now.steps.map(({ id }) => id));
  for (const step of now.steps) {
    const earlier = was.get(step.id);
    if (!earlier) {
      changes.push({ step: step.id, title: titled(step), what: "added", fields: between(new Map(), stepFields(step, now)) });
      continue;
    }
    const fields = between(stepFields(earlier, old), stepFields(step, now));
    if (fields.length > 0) changes.push({ step: step.id, title: titled(step), what: "changed", fields });
  }
  for (const step of old.steps) {
    if (!is.has(step.id)) changes.push({ step: step.id, title: titled(step), what: "removed", fields: between(stepFields(step, old), new Map()) });
  }
  return changes;
}

export type Piece = { text: string; is: "same" | "added" | "removed" };
// LIMIT: the table of words has so many cells; longer texts are shown whole, before and after.
const CELLS_MAX = 250_000;

/** Two texts word by word: what stayed, what came, what went. */
export function wordDiff(before: string, after: string): Piece[] {
  const [old, now] = [before.split(/(\s+)/), after.split(/(\s+)/)];
  if (old.length * now.length > CELLS_MAX) return [{ text: before, is: "removed" }, { text: after, is: "added" }];
  const width = now.length + 1;
  const table = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1)
      table[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pieces: Piece[] = [];
  const put = (text: string, is: Piece["is"]) => {
    const last = pieces.at(-1);
    if (last?.is === is) last.text += text;
    else if (text) pieces.push({ text, is });
  };
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      put(old[i] ?? "", "same");
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      put(old[i] ?? "", "removed");
      i += 1;
    } else {
      put(now[j] ?? "", "added");
      j += 1;
    }
  }
  return pieces;
}
