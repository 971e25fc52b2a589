// The core in wasm: the same parser, checks and templates that run at the edge. Loaded once, when a
// page first asks for it.
import wasm from "@core.wasm?url";

import type { Attributes, Explanation, Finding, RuleTree, SeriesSpec } from "~/api/types.ts";

export type Trouble = { at: number | null; line?: number; column?: number; message: string };
export type ParsedRule = { text: string; json: RuleTree };
export type Filled = { text: string; variables: string[] };
/** What was asked for, or everything that is wrong with the question. */
export type Result<T> = { ok: true; value: T } | { ok: false; problems: Trouble[] };
export type Sink = "plain" | "html" | "subject" | "markdown";

type Core = typeof import("@core");
let loading: Promise<Core> | undefined;

/** Loads the core; what was loaded is given at once the next time. */
export function core(): Promise<Core> {
  loading ??= import("@core").then(async (module) => {
    await module.default({ module_or_path: wasm });
    return module;
  });
  return loading;
}

function attempt<T>(call: () => unknown): Result<T> {
  try {
    return { ok: true, value: call() as T };
  } catch (error) {
    const problems = (error as { problems?: Trouble[] }).problems;
    return { ok: false, problems: problems ?? [{ at: null, message: String(error) }] };
  }
}

export const parseRule = async (text: string): Promise<Result<ParsedRule>> => {
  const module = await core();
  return attempt(() => module.parse_rule(text));
};

export const explainRule = async (
  rule: unknown,
  facts: { attributes: Attributes; events?: Record<string, number[]>; first_seen?: number | null; last_seen?: number | null },
  now: number,
  segments: Record<string, unknown> = {},
): Promise<Result<Explanation>> => {
  const module = await core();
  return attempt(() => module.explain_rule(rule, facts, now, segments));
};

export const checkSeries = async (
  spec: SeriesSpec,
  segments: Record<string, unknown>,
  names: { attributes: string[]; events: string[] },
): Promise<Result<Finding[]>> => {
  const module = await core();
  return attempt(() => module.check_series(spec, segments, names));
};

export const fillIn = async (source: string, attributes: Attributes, sink: Sink): Promise<Result<Filled>> => {
  const module = await core();
  return attempt(() => module.preview_liquid(source, attributes, sink));
};

/** Stands for `in segment` while a rule is printed: no event of anyone is called that. */
const STAND_IN = "\u{1}segment:";

function segmentsIn(rule: unknown, found: Record<string, unknown> = {}): Record<string, unknown> {
  if (Array.isArray(rule)) for (const part of rule) segmentsIn(part, found);
  else if (typeof rule === "object" && rule !== null) {
    for (const [name, part] of Object.entries(rule)) {
      if (name === "segment" && typeof part === "string") found[part] = { event: { name: STAND_IN + part, count: { at_least: 1 } } };
      else segmentsIn(part, found);
    }
  }
  return found;
}

/** The text of a rule that is given as a tree; `null` for what is no rule. */
export async function printRule(rule: unknown): Promise<string | null> {
  const module = await core();
  // Core explains a rule with its segments in place; what stands for them is put back afterwards.
  const explained = attempt<Explanation>(() => module.explain_rule(rule, {}, 0, segmentsIn(rule)));
  if (!explained.ok) return null;
  const text = explained.value.rule.replaceAll(`performed "${STAND_IN}`, 'in segment "');
  const read = attempt<ParsedRule>(() => module.parse_rule(text));
  return read.ok ? read.value.text : text;
}
