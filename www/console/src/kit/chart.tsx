// Lines over days, by uPlot; the same numbers as a table for those who cannot see lines.
import { useEffect, useRef, useState } from "react";

import css from "./chart.module.css";
import { whole } from "./figures.tsx";

export type Series = { name: string; values: readonly (number | null)[] };

/** `days` are `2026-11-23`. `format` says how a value is written. */
export function Chart({
  label,
  days,
  series,
  height = 220,
  format = whole,
  bars = false,
}: {
  label: string;
  days: readonly string[];
  series: readonly Series[];
  height?: number;
  format?: (value: number) => string;
  bars?: boolean;
}) {
  const host = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  useEffect(() => {
    const element = host.current;
    if (!element || asTable) return;
    let gone = false;
    let end = () => {};
    void import("./plot.ts").then(({ plot }) => {
      if (!gone) end = plot(element, { days, series, height, format, bars });
    });
    return () => {
      gone = true;
      end();
    };
  }, [days, series, height, format, bars, asTable]);
  return (
    <figure className={css.chart}>
      <figcaption>
        <ul className={css.legend}>
          {series.map((one, place) => (
            <li key={one.name}>
              <span aria-hidden style={{ background: `var(--chart-${place + 1})` }} />
              {one.name}
            </li>
          ))}
        </ul>
        <button type="button" className={css.toggle} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? "As chart" : "As table"}
        </button>
      </figcaption>
      {asTable ? (
        <div className={css.scroll} tabIndex={0} role="region" aria-label={label}>
          <table>
            <thead>
              <tr>
                <th scope="col">Day</th>
                {series.map((one) => (
                  <th key={one.name} scope="col">
                    {one.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days.map((day, place) => (
                <tr key={day}>
                  <th scope="row">{day}</th>
                  {series.map((one) => (
                    <td key={one.name}>{one.values[place] == null ? "–" : format(one.values[place])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div ref={host} role="img" aria-label={label} style={{ minHeight: height }} />
      )}
    </figure>
  );
}
