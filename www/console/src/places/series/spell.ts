// The server gives rules as trees; people read them as text. Spells every rule of a series as text,
// once, when it is loaded.
import type { Goal, Rule, SeriesSpec, Step } from "~/api/types.ts";
import { printRule } from "~/core/index.ts";

async function text<T extends Rule | undefined>(rule: T): Promise<T | string> {
  return typeof rule === "object" ? ((await printRule(rule)) ?? rule) : rule;
}

const goalOf = async (goal: Goal): Promise<Goal> => ({ ...goal, rule: await text(goal.rule) });

async function stepOf(step: Step): Promise<Step> {
  const spelled = { ...step };
  if (step.when !== undefined) spelled.when = await text(step.when);
  if (step.if !== undefined) spelled.if = await text(step.if);
  if (step.until?.rule !== undefined) spelled.until = { ...step.until, rule: await text(step.until.rule) };
  if (step.goal) spelled.goal = await goalOf(step.goal);
  return spelled;
}

/** The same spec, its rules as text; a rule that cannot be spelled stays as it is. */
export async function spell(spec: SeriesSpec): Promise<SeriesSpec> {
  const spelled: SeriesSpec = { ...spec, steps: await Promise.all(spec.steps.map(stepOf)) };
  const { audience, entry } = spec;
  if (typeof audience === "object") {
    if ("rule" in audience) spelled.audience = { rule: await text(audience.rule as Rule) };
    else if (!("segment" in audience && typeof audience.segment === "string")) spelled.audience = { rule: await text(audience as Rule) };
  } else if (typeof audience === "string") spelled.audience = { rule: audience };
  if (typeof entry === "object" && entry.event.where !== undefined) spelled.entry = { event: { ...entry.event, where: await text(entry.event.where) } };
  if (spec.exit !== undefined) spelled.exit = await text(spec.exit);
  if (spec.goal) spelled.goal = await goalOf(spec.goal);
  return spelled;
}
