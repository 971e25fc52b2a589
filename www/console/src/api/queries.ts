// Questions that several pages ask, each with the key under which its answer is kept.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { type Page, get } from "./client.ts";
import type { Metric, Reckoning } from "./types.ts";
/** Everything of a list, page by page. */
export async function everything<T>(page: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const { items: more, next } = await page(cursor);
    items.push(...more);
    cursor = next ?? undefined;
  } while (cursor);
  return items;
}

export const status = queryOptions({ queryKey: ["status"], queryFn: () => get("/status") });
export const data = queryOptions({ queryKey: ["data"], queryFn: () => get("/data"), staleTime: 60_000 });
export const settings = queryOptions({ queryKey: ["settings"], queryFn: () => get("/settings") });

export const allSegments = queryOptions({ queryKey: ["segments"], queryFn: async () => (await get("/segments")).items });
export const segmentCounts = queryOptions({ queryKey: ["segments", "counts"], queryFn: () => get("/segments/counts") });
export const segment = (id: string) =>
  queryOptions({ queryKey: ["segments", "one", id], queryFn: () => get("/segments/{id}", { path: { id } }) });

export const allSeries = queryOptions({ queryKey: ["series"], queryFn: async () => (await get("/series")).items });
export const seriesFigures = (from?: string, to?: string) =>
  queryOptions({
    queryKey: ["series", "figures", from ?? null, to ?? null],
    queryFn: () => get("/series/figures", { query: { from, to } }),
    placeholderData: keepPreviousData,
  });
export const series = (id: string) =>
  queryOptions({ queryKey: ["series", "one", id], queryFn: () => get("/series/{id}", { path: { id } }) });
export const findings = (id: string) =>
  queryOptions({ queryKey: ["series", "problems", id], queryFn: async () => (await get("/series/{id}/problems", { path: { id } })).items });
export const inFlight = (id: string) =>
  queryOptions({ queryKey: ["series", "in-flight", id], queryFn: async () => (await get("/series/{id}/in-flight", { path: { id } })).items });
export const versions = (id: string) =>
  queryOptions({ queryKey: ["series", "versions", id], queryFn: async () => (await get("/series/{id}/versions", { path: { id } })).items });
export const report = (id: string, from?: string, to?: string) =>
  queryOptions({
    queryKey: ["report", id, from ?? null, to ?? null],
    queryFn: () => get("/series/{id}/report", { path: { id }, query: { from, to } }),
    placeholderData: keepPreviousData,
  });
export const experiments = (id: string, metric?: Metric, method?: Reckoning) =>
  queryOptions({
    queryKey: ["report", id, "experiments", metric ?? null, method ?? null],
    queryFn: async () => (await get("/series/{id}/experiments", { path: { id }, query: { metric, method } })).items,
    placeholderData: keepPreviousData,
  });

export const person = (id: string) => queryOptions({ queryKey: ["people", "one", id], queryFn: () => get("/people/{id}", { path: { id } }) });
export const peopleLike = (q: string) =>
  queryOptions({
    queryKey: ["people", "like", q],
    queryFn: ({ signal }) => get("/people", { query: { q, limit: 8 }, signal }),
    placeholderData: keepPreviousData,
  });
export const mailbox = queryOptions({ queryKey: ["mailbox"], queryFn: () => get("/mailbox", { query: { limit: 100 } }) });
