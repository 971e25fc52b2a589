// Numbers, rates and instants as people read them, each exact on a closer look.
import type { ReactNode } from "react";

import css from "./figures.module.css";
import { Hint } from "./overlay.tsx";

const WHOLE = new Intl.NumberFormat("en");
const PERCENT = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long" });
const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });

export const whole = (value: number): string => WHOLE.format(value);
export const percent = (value: number | null | undefined): string => (value == null ? "–" : PERCENT.format(value));
export const exact = (at: number): string => EXACT.format(at);
export const day = (at: number): string => DAY.format(at);

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "3 days ago", seen from `now`. */
export function relative(at: number, now: number): string {
  const age = at - now;
  for (const [unit, length] of UNITS) if (Math.abs(age) >= length) return RELATIVE.format(Math.trunc(age / length), unit);
  return age > 0 ? "in a moment" : "just now";
}

/** An instant: how long ago by the server's clock, exact in the reader's zone on hover or focus. */
export function Ago({ at, now, none = "never" }: { at: number | null | undefined; now: number; none?: string }) {
  if (at == null) return <span className="soft">{none}</span>;
  return (
    <Hint words={exact(at)}>
      <time dateTime={new Date(at).toISOString()}>{relative(at, now)}</time>
    </Hint>
  );
}

/** A figure with its name, and how it is computed. */
export function Figure({ name, value, definition, beside }: { name: string; value: ReactNode; definition?: string | undefined; beside?: ReactNode }) {
  return (
    <div className={css.figure}>
      <dt>{definition ? <Hint words={definition}>{name}</Hint> : name}</dt>
      <dd>
        {value}
        {beside && <small>{beside}</small>}
      </dd>
    </div>
  );
}

export function Figures({ children }: { children: ReactNode }) {
  return <dl className={css.figures}>{children}</dl>;
}

/** A row of values as a line without axes; the words say what it shows. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const [width, height] = [88, 24];
  const most = Math.max(...values, 1);
  const least = Math.min(...values, 0);
  const x = (place: number) => (values.length < 2 ? 0 : (place / (values.length - 1)) * width);
  const y = (value: number) => height - 2 - ((value - least) / (most - least || 1)) * (height - 4);
  const line = values.map((value, place) => `${place === 0 ? "M" : "L"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  return (
    <svg className={css.spark} viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={label}>
      <path d={line} />
    </svg>
  );
}
