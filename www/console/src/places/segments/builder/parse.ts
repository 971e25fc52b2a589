// Text read as a rule by the core, kept: the same text is the same rule.
import { queryOptions } from "@tanstack/react-query";

import { type ParsedRule, type Result, parseRule } from "~/core/index.ts";

const EVERYONE: Result<ParsedRule> = { ok: true, value: { text: "everyone", json: { all: [] } } };

/** The core is not loaded to read what is nearly always there. */
export const parsed = (text: string) =>
  queryOptions({
    queryKey: ["parse", text],
    queryFn: async () => (text === "" || text === "everyone" ? EVERYONE : parseRule(text)),
    staleTime: Number.POSITIVE_INFINITY,
  });
