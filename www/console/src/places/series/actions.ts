// What is done to a series as a whole, from the list and from its page: made, copied, archived, deleted.
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { Refused, post, put, remove } from "~/api/client.ts";
import { allSeries, series as seriesQuery } from "~/api/queries.ts";
import type { Series, SeriesSpec } from "~/api/types.ts";
import { useToast } from "~/kit/index.ts";

import { freeId } from "./graph.ts";
import { plain } from "./normal.ts";

/** Writes a new draft under an id that nobody has. */
export async function create(cache: QueryClient, spec: SeriesSpec): Promise<Series> {
  const taken = new Set((await cache.ensureQueryData(allSeries)).map(({ id }) => id));
  // LIMIT: so many others may take the same name at the same moment.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const id = freeId(taken, spec.name);
    try {
      const made = await put("/series/{id}", { path: { id }, body: plain(spec), ifMatch: 0 });
      cache.setQueryData(seriesQuery(made.id).queryKey, made);
      void cache.invalidateQueries({ queryKey: allSeries.queryKey, exact: true });
      return made;
    } catch (error) {
      if (!(error instanceof Refused && error.isStale)) throw error;
      taken.add(id);
    }
  }
  throw new Refused(409, "Every name like this one is taken. Choose another.");
}

/** Takes the series from the server's answer into what is known. */
export function learn(cache: QueryClient, series: Series): void {
  cache.setQueryData(seriesQuery(series.id).queryKey, series);
  cache.setQueryData(allSeries.queryKey, (all) => all?.map((one) => (one.id === series.id ? series : one)));
}

export type Deed = "archive" | "unarchive" | "delete";
const DONE: Record<Deed, string> = { archive: "Archived", unarchive: "Taken out of the archive", delete: "Deleted" };

/** Archives, brings back or deletes a series, and says so. */
export function useDeed(onDone?: (deed: Deed) => void) {
  const cache = useQueryClient();
  const say = useToast();
  return useMutation({
    mutationFn: async ({ series, deed }: { series: Series; deed: Deed }) => {
      const path = { id: series.id };
      await (deed === "delete" ? remove("/series/{id}", { path }) : post(`/series/{id}/${deed}`, { path }));
    },
    onSuccess: (_, { series, deed }) => {
      say({ title: `${DONE[deed]}: ${series.name}`, tone: "good" });
      void cache.invalidateQueries({ queryKey: ["series"] });
      onDone?.(deed);
    },
    onError: (error, { series }) => say({ title: `“${series.name}” is as it was. ${error.message}`, tone: "bad" }),
  });
}
