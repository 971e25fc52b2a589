// A span of time: a number and a unit.
import { useId } from "react";

import { type SpanUnit, spanParts } from "../spans.ts";
import css from "./steps.module.css";

const UNITS: readonly [SpanUnit, string][] = [
  ["m", "minutes"],
  ["h", "hours"],
  ["d", "days"],
];

type Props = {
  label: string;
  value: string | undefined;
  onChange: (span: string) => void;
  hint?: string;
  disabled?: boolean;
  /** The least number of units. */
  least?: number;
};

export function SpanField({ label, value, onChange, hint, disabled, least = 0 }: Props) {
  const id = useId();
  const { count, unit } = spanParts(value);
  const write = (number: number, in_: SpanUnit) => onChange(`${Math.max(least, Math.floor(number) || 0)}${in_}`);
  return (
    <fieldset className={css.span} disabled={disabled} aria-describedby={hint && `${id}-hint`}>
      <legend>{label}</legend>
      <div className="row">
        <input type="number" inputMode="numeric" min={least} max={36_525} aria-label={`${label}: how many`} value={count} onChange={(event) => write(event.target.valueAsNumber, unit)} />
        <select aria-label={`${label}: unit`} value={unit} onChange={(event) => write(count, event.target.value as SpanUnit)}>
          {unit === "s" && <option value="s">seconds</option>}
          {UNITS.map(([short, name]) => (
            <option key={short} value={short}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {hint && (
        <p id={`${id}-hint`} className="soft small">
          {hint}
        </p>
      )}
    </fieldset>
  );
}
