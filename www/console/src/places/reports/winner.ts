// What a draft becomes when a test is decided: the winner is the step, and the test is over.
import type { MessageTest, SeriesSpec, Step } from "~/api/types.ts";

/** The step itself among the variants. */
export const CONTROL = "a";

/** The spec with the winner's changes in the step, and without the test; or why that cannot be. */
export function withWinner(spec: SeriesSpec, stepId: string, variant: string, control = CONTROL): { spec: SeriesSpec } | { problem: string } {
  const step = spec.steps.find(({ id }) => id === stepId);
  if (!step) return { problem: `The draft has no step ${stepId} any more. Open the series and change it there.` };
  const { test, ...rest } = step;
  if (!test) return { problem: "The draft has no test at this step any more: it was decided already." };
  const changes = variant === control ? {} : changesOf(test, variant);
  if (!changes) return { problem: `The draft's test has no variant ${variant} any more. Open the series and change it there.` };
  const decided: Step = { ...rest, ...(changes as Partial<Step>) };
  return { spec: { ...spec, steps: spec.steps.map((one) => (one === step ? decided : one)) } };
}

const changesOf = (test: MessageTest, variant: string) => test.variants.find(({ name }) => name === variant)?.changes;
