// What the builder knows of the workspace: names from the data, segments, messages, observed values.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";

import { get } from "~/api/client.ts";
import { allSegments, allSeries, data } from "~/api/queries.ts";
import type { AttributeKind, Data, Segment, Value } from "~/api/types.ts";

import { BUILT_IN } from "./comparison.ts";
import type { Called } from "./words.ts";

export type Known = {
  data: Data;
  segments: readonly Segment[];
  /** `series/step`, and what the two are called. */
  messages: readonly { id: string; name: string }[];
  /** Whether a rule is about the properties of this event, not about people. */
  ofEvent: string | null;
  /** Whether the browser decides: only there is a page. */
  inBrowser: boolean;
  /** What is wrong with a row, by its id. */
  problems: ReadonlyMap<string, string>;
  called: Called;
};

const NONE: Data = { attributes: [], events: [], looked_at: 0 };
const MESSAGES = new Set(["email", "in_app", "push", "webhook"]);

export const KnownContext = createContext<Known>({
  data: NONE,
  segments: [],
  messages: [],
  ofEvent: null,
  inBrowser: false,
  problems: new Map(),
  called: {},
});
export const useKnown = (): Known => useContext(KnownContext);

/** Names for what rules refer to by id. */
export function useCalled(): Called {
  const segments = useQuery(allSegments).data;
  const series = useQuery(allSeries).data;
  return useMemo(
    () => ({
      segments: new Map(segments?.map(({ id, name }) => [id, name])),
      messages: new Map(series?.flatMap((one) => one.draft.steps.map((step) => [`${one.id}/${step.id}`, `${one.name}: ${step.id}`] as const))),
    }),
    [segments, series],
  );
}

export function useKnowledge(given: Data | undefined, rest: Pick<Known, "ofEvent" | "inBrowser" | "problems">): Known {
  // What cannot be had yet is not suggested; names can be typed all the same.
  const asked = useQuery({ ...data, enabled: given === undefined }).data;
  const segments = useQuery(allSegments).data;
  const series = useQuery(allSeries).data;
  const called = useCalled();
  const { ofEvent, inBrowser, problems } = rest;
  return useMemo(
    () => ({
      data: given ?? asked ?? NONE,
      segments: segments ?? [],
      messages: (series ?? []).flatMap((one) =>
        one.draft.steps.filter(({ kind }) => MESSAGES.has(kind)).map((step) => ({ id: `${one.id}/${step.id}`, name: `${one.name}: ${step.id}` })),
      ),
      ofEvent,
      inBrowser,
      problems,
      called,
    }),
    [given, asked, segments, series, called, ofEvent, inBrowser, problems],
  );
}

export function kindsOf(known: Data, name: string): readonly AttributeKind[] {
  const own = BUILT_IN.find((one) => one.name === name)?.kind;
  const seen = known.attributes.find((one) => one.name === name)?.kinds ?? [];
  return own ? [own, ...seen] : seen;
}

const text = (value: Value): string => (typeof value === "string" ? value : JSON.stringify(value));

const observed = (attribute: string) =>
  queryOptions({
    queryKey: ["data", "values", attribute],
    queryFn: async (): Promise<string[]> => {
      const answer = await get("/data/values", { query: { attribute } });
      return "values" in answer ? answer.values.map(({ value }) => text(value)) : [];
    },
    staleTime: 60_000,
    retry: false,
  });
const EXACT = new Set(["first_seen", "last_seen"]);

/** What an attribute is among the people of a sample, most frequent first. */
export function useValues(attribute: string): readonly string[] {
  return useQuery({ ...observed(attribute), enabled: attribute !== "" && !EXACT.has(attribute) }).data ?? [];
}

type Property = { name: string; values: string[] };
const properties = (event: string) =>
  queryOptions({
    queryKey: ["data", "properties", event],
    queryFn: async (): Promise<Property[]> => {
      const answer = await get("/data/values", { query: { event } });
      return "properties" in answer ? answer.properties.map(({ name, values }) => ({ name, values: values.map(text) })) : [];
    },
    staleTime: 60_000,
    retry: false,
  });

/** The properties that an event came with, each with some of its values. */
export function useProperties(event: string, enabled = true): readonly Property[] {
  return useQuery({ ...properties(event), enabled: enabled && event !== "" }).data ?? [];
}
