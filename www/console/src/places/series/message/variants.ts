// An A/B test of a message: the step itself is the control, a variant is what it changes of it.
import type { Experiment, MessageTest, Step, Value } from "~/api/types.ts";
import { whole } from "~/kit/index.ts";

/** What a variant may change, by the kind of the step, in the order of the form. */
const FIELDS: Record<string, readonly (keyof Step)[]> = {
  email: ["subject", "preheader", "body", "blocks", "html"],
  in_app: ["title", "body", "layout", "position", "target", "image", "alt", "cta", "buttons", "survey"],
  push: ["title", "body", "url"],
  webhook: ["url", "method", "headers", "body"],
};
/** What a field that is not written means: a variant that goes back to it has to say so. */
const UNSAID: Partial<Record<keyof Step, Value>> = { layout: "banner", position: "top", method: "POST", subject: "", preheader: "", title: "", body: "", image: "", alt: "" };
/** A mail says one of these: what a variant says takes the place of what the control does. */
const CONTENTS = ["body", "blocks", "html"] as const;
/** As docs/experiments.md has it. */
export const CONTROL = "a";
// LIMIT: ten variants with the control, as the core has it.
export const VARIANTS_MAX = 9;

export const fieldsOf = (step: Step): readonly (keyof Step)[] => FIELDS[step.kind] ?? [];

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The step as those in a variant get it; the step itself for the control. */
export function shownAs(step: Step, variant: string): Step {
  const found = step.test?.variants.find(({ name }) => name === variant);
  if (!found) return step;
  const { changes } = found;
  if (!CONTENTS.some((content) => content in changes)) return { ...step, ...changes } as Step;
  const { body: _, blocks: __, html: ___, mjml: ____, ...rest } = step;
  return { ...rest, ...changes } as Step;
}

/** In which fields a variant differs from the control. */
export function changedFields(step: Step, variant: string): (keyof Step)[] {
  const shown = shownAs(step, variant);
  // What the variant does not say has made room for what it does.
  return fieldsOf(step).filter((field) => !same(shown[field], step[field]) && (shown[field] !== undefined || !isContent(field)));
}

const isContent = (field: keyof Step): boolean => (CONTENTS as readonly (keyof Step)[]).includes(field);

/** The step after an edit of what one variant, or the control, shows. */
export function edited(step: Step, variant: string, shown: Step): Step {
  if (variant === CONTROL || !step.test) return { ...shown, ...(step.test && { test: step.test }) };
  const changes: Record<string, Value> = {};
  for (const field of fieldsOf(step)) {
    // A mail that says something in another way has no text that could be empty.
    const unsaid = isContent(field) && CONTENTS.some((other) => shown[other] !== undefined) ? undefined : UNSAID[field];
    const value = (shown[field] ?? unsaid) as Value | undefined;
    if (value !== undefined && !same(value, step[field] ?? unsaid)) changes[field] = value;
  }
  if ("html" in changes && shown.mjml !== undefined) changes.mjml = shown.mjml;
  const variants = step.test.variants.map((one) => (one.name === variant ? { ...one, changes } : one));
  return { ...step, test: { ...step.test, variants } };
}

/** Begins a test, or adds a variant to it; the shares are made equal. */
export function withAnother(step: Step): { step: Step; name: string } {
  const before = step.test?.variants ?? [];
  const taken = new Set([CONTROL, ...before.map(({ name }) => name)]);
  const name = [..."bcdefghij"].find((letter) => !taken.has(letter)) ?? "b";
  const test: MessageTest = { metric: "clicked", weight: 0, ...step.test, variants: [...before, { name, weight: 0, changes: {} }] };
  return { step: { ...step, test: evenly(test) }, name };
}

/** Takes a variant away, and the test with the last one. */
export function without(step: Step, name: string): Step {
  const variants = (step.test?.variants ?? []).filter((one) => one.name !== name);
  const { test, ...rest } = step;
  return test && variants.length > 0 ? { ...rest, test: evenly({ ...test, variants }) } : rest;
}

/** Ends a test: what the winner shows is what everyone gets. */
export function won(step: Step, name: string): Step {
  const { test: _, ...rest } = shownAs(step, name);
  return rest;
}

/** Equal shares that add up to a hundred; the control takes what is left. */
export function evenly(test: MessageTest): MessageTest {
  const each = Math.floor(100 / (test.variants.length + 1));
  return {
    ...test,
    weight: 100 - each * test.variants.length,
    variants: test.variants.map((one) => ({ ...one, weight: each })),
  };
}

/** How large a test that runs has to be, and for how long it goes on at the pace so far. */
export function expected({ plan, variants }: Pick<Experiment, "plan" | "variants">): string {
  if (!plan) return "So small a difference takes more people than there are.";
  const there = variants.reduce((sum, { people }) => sum + people, 0);
  const share = (part: number) => `${(part * 100).toFixed(0)} %`;
  const goal = `It takes ${whole(plan.people)} people in all to find ${share(plan.lift)} more than the ${share(plan.rate)} of the control`;
  if (plan.days === null) return `${goal}. Nobody has come yet.`;
  if (plan.days === 0) return `${goal}, and they are there.`;
  return `${goal}. ${whole(there)} have come; at this pace the rest are there in ${plan.days === 1 ? "a day" : `${whole(plan.days)} days`}.`;
}
