// The small controls that conditions are made of. Each has a name for those who cannot see where it
// stands, and gives `null` while nothing is in it.
import { X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";

import { Input, Select } from "~/kit/index.ts";

import css from "./builder.module.css";
import type { DateValue, Window } from "./leaf.ts";

/** Gives a control the width that what belongs in it needs. */
export function Sized({ size, children }: { size: "tiny" | "small" | "medium" | "wide"; children: ReactNode }) {
  return (
    <div className={css.sized} data-size={size}>
      {children}
    </div>
  );
}

/** One of a few, named by what it chooses. */
export function Pick<T extends string>({
  label,
  value,
  options,
  onChange,
  size = "small",
}: {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  size?: "tiny" | "small" | "medium" | "wide";
}) {
  return (
    <Sized size={size}>
      <Select bare label={label} value={value} onChange={(event) => onChange(event.target.value as T)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </Select>
    </Sized>
  );
}

export function NumberField({
  label,
  value,
  onChange,
  size = "tiny",
  min,
  max,
  step = "any",
}: {
  label: string;
  value: number | null;
  onChange: (value: number | null) => void;
  size?: "tiny" | "small" | "medium";
  min?: number;
  max?: number;
  step?: number | "any";
}) {
  return (
    <Sized size={size}>
      <Input
        bare
        label={label}
        type="number"
        inputMode="decimal"
        value={value ?? ""}
        min={min}
        max={max}
        step={step}
        onChange={({ target }) => onChange(target.value === "" || Number.isNaN(target.valueAsNumber) ? null : target.valueAsNumber)}
      />
    </Sized>
  );
}

/** Text with what the data has as suggestions. */
export function TextField({
  label,
  value,
  onChange,
  suggestions = [],
  size = "medium",
  placeholder,
}: {
  label: string;
  value: string | null;
  onChange: (value: string | null) => void;
  suggestions?: readonly string[];
  size?: "small" | "medium" | "wide";
  placeholder?: string | undefined;
}) {
  const list = useId();
  return (
    <Sized size={size}>
      <Input
        bare
        label={label}
        value={value ?? ""}
        placeholder={placeholder ?? "Value"}
        list={suggestions.length > 0 ? list : undefined}
        autoComplete="off"
        onChange={({ target }) => onChange(target.value === "" ? null : target.value)}
      />
      {suggestions.length > 0 && (
        <datalist id={list}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </Sized>
  );
}

/** Several values: Enter or a comma adds one, Backspace in an empty field takes the last away. */
export function Values<T extends string | number | boolean>({
  label,
  values,
  onChange,
  read,
  suggestions = [],
}: {
  label: string;
  values: readonly T[];
  onChange: (values: T[]) => void;
  /** What typed text means. */
  read: (text: string) => T;
  suggestions?: readonly string[];
}) {
  const [text, setText] = useState("");
  const list = useId();
  const put = () => {
    const value = text.trim();
    setText("");
    if (value !== "" && !values.includes(read(value))) onChange([...values, read(value)]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      put();
    } else if (event.key === "Backspace" && text === "" && values.length > 0) onChange(values.slice(0, -1));
  };
  return (
    <div className={css.values}>
      {values.map((value) => (
        <button
          key={`${typeof value}:${value}`}
          type="button"
          className={css.value}
          aria-label={`Take ${value} away`}
          onClick={() => onChange(values.filter((one) => one !== value))}
        >
          {String(value)}
          <X aria-hidden size={12} />
        </button>
      ))}
      <input
        aria-label={label}
        value={text}
        list={list}
        placeholder={values.length === 0 ? "Values, each with Enter" : "One more"}
        autoComplete="off"
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
        onBlur={put}
      />
      <datalist id={list}>
        {suggestions.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </div>
  );
}

const UNITS = [
  { value: "604800000", label: "weeks" },
  { value: "86400000", label: "days" },
  { value: "3600000", label: "hours" },
  { value: "60000", label: "minutes" },
  { value: "1000", label: "seconds" },
  { value: "1", label: "milliseconds" },
];
const DAYS = 86_400_000;

/** The unit that a span is shown in: weeks are said as days, as the core says them. */
function unitOf(ms: number | null): number {
  if (ms === null || ms === 0) return DAYS;
  return Number(UNITS.slice(1).find(({ value }) => ms % Number(value) === 0)?.value ?? 1);
}

export function SpanField({ label, value, onChange }: { label: string; value: number | null; onChange: (ms: number | null) => void }) {
  const [unit, setUnit] = useState(() => unitOf(value));
  // What came from elsewhere may need a smaller unit than the one that was chosen here.
  const shown = value !== null && value % unit !== 0 ? unitOf(value) : unit;
  return (
    <span className={css.pair}>
      <NumberField
        label={label}
        value={value === null ? null : value / shown}
        min={0}
        step={1}
        onChange={(number) => onChange(number === null || number < 0 ? null : Math.round(number) * shown)}
      />
      <Pick
        label={`${label}: unit`}
        value={String(shown)}
        options={UNITS.filter((one) => shown === 1 || one.value !== "1")}
        onChange={(next) => {
          setUnit(Number(next));
          if (value !== null) onChange((value / shown) * Number(next));
        }}
      />
    </span>
  );
}

type Clock = "day" | "local" | "utc";
const clockOf = (value: DateValue | null): Clock => (typeof value === "number" ? "utc" : value?.includes("T") ? "local" : "day");
const CLOCKS = [
  { value: "day", label: "their day" },
  { value: "local", label: "their time" },
  { value: "utc", label: "UTC" },
] as const;

/** A day or a time on the person's own clock, or an exact instant. */
export function DateField({ label, value, onChange }: { label: string; value: DateValue | null; onChange: (value: DateValue | null) => void }) {
  const [clock, setClock] = useState(() => clockOf(value));
  const shown = value === null ? clock : clockOf(value);
  const text = typeof value === "number" ? new Date(value).toISOString().slice(0, 19) : (value ?? "");
  const give = (next: string, by: Clock) => {
    if (next === "") return onChange(null);
    const day = next.slice(0, 10);
    const time = next.length > 10 ? next.slice(11).padEnd(8, ":00") : "00:00:00";
    if (by === "day") return onChange(day);
    onChange(by === "local" ? `${day}T${time}` : Date.parse(`${day}T${time}Z`));
  };
  return (
    <span className={css.pair}>
      <Sized size="medium">
        <Input
          bare
          label={label}
          type={shown === "day" ? "date" : "datetime-local"}
          step={shown === "day" ? undefined : 1}
          value={text}
          onChange={({ target }) => give(target.value, shown)}
        />
      </Sized>
      <Pick
        label={`${label}: by whose clock`}
        value={shown}
        options={CLOCKS}
        onChange={(next) => {
          setClock(next);
          if (text) give(text, next);
        }}
      />
    </span>
  );
}

const WHEN: { value: Window["when"]; label: string }[] = [
  { value: "ever", label: "ever" },
  { value: "last", label: "in the last" },
  { value: "since", label: "since" },
  { value: "before", label: "before" },
  { value: "between", label: "from … to" },
];

/** When what was done counts. */
export function WindowField({ value, onChange }: { value: Window; onChange: (window: Window) => void }) {
  const choose = (when: Window["when"]) => {
    const date = "date" in value ? value.date : null;
    if (when === "ever") onChange({ when });
    else if (when === "last") onChange({ when, span: 30 * DAYS });
    else if (when === "between") onChange({ when, date, end: null });
    else onChange({ when, date });
  };
  return (
    <>
      <Pick label="When" value={value.when} options={WHEN} onChange={choose} />
      {value.when === "last" && <SpanField label="In the last" value={value.span} onChange={(span) => onChange({ ...value, span })} />}
      {"date" in value && (
        <DateField label={value.when === "between" ? "From" : "Date"} value={value.date} onChange={(date) => onChange({ ...value, date })} />
      )}
      {value.when === "between" && (
        <>
          <span className={css.word}>to</span>
          <DateField label="To" value={value.end} onChange={(end) => onChange({ ...value, end })} />
        </>
      )}
    </>
  );
}
