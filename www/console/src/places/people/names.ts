// What series are called.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { allSeries } from "~/api/queries.ts";

export function useSeriesNames(): ReadonlyMap<string, string> {
  const { data } = useQuery(allSeries);
  return useMemo(() => new Map(data?.map(({ id, name }) => [id, name])), [data]);
}
