// Questions that several pages ask, each with the key under which its answer is kept.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { type Page, get } from "./client.ts";
import type {
  Data,
  Experiment,
  Finding,
  Mail,
  Person,
  PersonRow,
  Report,
  Segment,
  SegmentCounts,
  Series,
  SeriesFiguresOf,
  Settings,
  Status,
  Version,
  Waiting,
} from "./types.ts";

const path = (text: string) => encodeURIComponent(text);

/** Everything of a list, page by page. */
export async function everything<T>(address: string, query: Record<string, string> = {}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> = await get(address, { ...query, limit: 100, cursor });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor);
  return items;
}

export const status = queryOptions({ queryKey: ["status"], queryFn: () => get<Status>("/status") });
export const data = queryOptions({ queryKey: ["data"], queryFn: () => get<Data>("/data"), staleTime: 60_000 });
export const settings = queryOptions({ queryKey: ["settings"], queryFn: () => get<Settings>("/settings") });

export const allSegments = queryOptions({ queryKey: ["segments"], queryFn: () => everything<Segment>("/segments") });
export const segmentCounts = queryOptions({ queryKey: ["segments", "counts"], queryFn: () => get<SegmentCounts>("/segments/counts") });
export const segment = (id: string) =>
  queryOptions({ queryKey: ["segments", "one", id], queryFn: () => get<Segment>(`/segments/${path(id)}`) });

export const allSeries = queryOptions({ queryKey: ["series"], queryFn: () => everything<Series>("/series") });
export const seriesFigures = queryOptions({ queryKey: ["series", "figures"], queryFn: () => get<SeriesFiguresOf>("/series/figures") });
export const series = (id: string) =>
  queryOptions({ queryKey: ["series", "one", id], queryFn: () => get<Series>(`/series/${path(id)}`) });
export const findings = (id: string) =>
  queryOptions({ queryKey: ["series", "problems", id], queryFn: async () => (await get<Page<Finding>>(`/series/${path(id)}/problems`)).items });
export const inFlight = (id: string) =>
  queryOptions({ queryKey: ["series", "in-flight", id], queryFn: async () => (await get<Page<Waiting>>(`/series/${path(id)}/in-flight`)).items });
export const versions = (id: string) =>
  queryOptions({ queryKey: ["series", "versions", id], queryFn: async () => (await get<Page<Version>>(`/series/${path(id)}/versions`)).items });
export const report = (id: string, from?: string, to?: string) =>
  queryOptions({
    queryKey: ["report", id, from ?? null, to ?? null],
    queryFn: () => get<Report>(`/series/${path(id)}/report`, { from, to }),
    placeholderData: keepPreviousData,
  });
export const experiments = (id: string, metric?: string, method?: string) =>
  queryOptions({
    queryKey: ["report", id, "experiments", metric ?? null, method ?? null],
    queryFn: async () => (await get<Page<Experiment>>(`/series/${path(id)}/experiments`, { metric, method })).items,
    placeholderData: keepPreviousData,
  });

export const person = (id: string) => queryOptions({ queryKey: ["people", "one", id], queryFn: () => get<Person>(`/people/${path(id)}`) });
export const peopleLike = (q: string) =>
  queryOptions({
    queryKey: ["people", "like", q],
    queryFn: ({ signal }) => get<Page<PersonRow>>("/people", { q, limit: 8 }, signal),
    placeholderData: keepPreviousData,
  });
export const mailbox = queryOptions({ queryKey: ["mailbox"], queryFn: () => get<Page<Mail>>("/mailbox", { limit: 100 }) });
