// One number of a report, day by day.
import { useMemo } from "react";

import type { Report } from "~/api/types.ts";
import { useAddress } from "~/app/address.ts";
import { Card, Chart, Select, percent, whole } from "~/kit/index.ts";

import { CHARTED, WORDS, isRate, overTime } from "./figures.ts";

export function OverTime({ report }: { report: Report }) {
  const [{ chart }, change] = useAddress();
  const metric = CHARTED.find((one) => one === chart) ?? "entered";
  const { days, series } = useMemo(() => {
    const { days, values } = overTime(report.days, metric);
    return { days, series: [{ name: WORDS[metric] ?? metric, values }] };
  }, [report.days, metric]);
  return (
    <Card
      title="Over time"
      about={`Days in UTC. ${WORDS[metric]}: ${report.definitions[metric] ?? ""}.`}
      actions={
        <Select bare label="Number" value={metric} onChange={(event) => change({ chart: event.target.value === "entered" ? undefined : event.target.value })}>
          {CHARTED.map((one) => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </Select>
      }
    >
      {days.length === 0 ? (
        <p className="soft">Nothing happened in these days.</p>
      ) : (
        <Chart label={`${WORDS[metric]} per day`} days={days} series={series} format={isRate(metric) ? percent : whole} bars={days.length < 15} />
      )}
    </Card>
  );
}
