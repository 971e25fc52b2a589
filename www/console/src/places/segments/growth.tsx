// How large a segment was over the last days.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { segmentCounts } from "~/api/queries.ts";
import { Card, Chart } from "~/kit/index.ts";

const DAY_MS = 86_400_000;

export function Growth({ id, name }: { id: string; name: string }) {
  const { data } = useQuery(segmentCounts);
  const values = data?.trend[id];
  const drawn = useMemo(() => {
    if (!data || !values) return null;
    const day = (back: number) => new Date(data.as_of - back * DAY_MS).toISOString().slice(0, 10);
    return { days: values.map((_, place) => day(values.length - 1 - place)), series: [{ name: "People at the end of the day", values }] };
  }, [data, values]);
  if (!drawn) return null;
  return (
    <Card title="Last 30 days">
      <Chart label={`People in ${name}, by day`} height={140} {...drawn} />
    </Card>
  );
}
