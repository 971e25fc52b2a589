// The form of a wait: for a while, until a time on the person's wall, or until something is true.
import { Checkbox, Choice, Input } from "~/kit/index.ts";

import { RuleField } from "../rule-field.tsx";
import { WEEK, dayName } from "../words.ts";
import { SpanField } from "./span-field.tsx";
import type { FormProps } from "./step-form.tsx";
import css from "./steps.module.css";

type Mode = "for" | "time" | "rule";

export function WaitForm({ step, readOnly, onChange }: FormProps) {
  const mode: Mode = step.for !== undefined || !step.until ? "for" : step.until.rule !== undefined ? "rule" : "time";
  const choose = (next: Mode) => {
    const { for: _for, until: _until, timeout: _timeout, ...bare } = step;
    if (next === "for") onChange({ ...bare, for: "1d" });
    else if (next === "time") onChange({ ...bare, until: { time: "09:00" } });
    else onChange({ ...bare, until: { rule: 'performed "Logged In"' }, timeout: "3d" });
  };
  const days = step.until?.days ?? [];
  return (
    <section className={css.part}>
      <h3>Wait</h3>
      <Choice
        label="Wait"
        bare
        value={mode}
        onChange={(next) => readOnly || choose(next)}
        options={[
          { value: "for", label: "For a while" },
          { value: "time", label: "Until a time" },
          { value: "rule", label: "Until something happens" },
        ]}
      />
      {mode === "for" && <SpanField label="How long" value={step.for} least={1} disabled={readOnly} onChange={(span) => onChange({ ...step, for: span })} />}
      {mode === "time" && (
        <>
          <Input label="Time of day" type="time" readOnly={readOnly} value={step.until?.time ?? ""} hint="On the person's own clock. Without a time it is midnight of the day." onChange={(event) => onChange({ ...step, until: { ...step.until, time: event.target.value || undefined } })} />
          <fieldset className={css.days} disabled={readOnly}>
            <legend>On which days (any, if none is chosen)</legend>
            {WEEK.map((day) => (
              <Checkbox
                key={day}
                label={dayName(day)}
                checked={days.includes(day)}
                onChange={(event) => {
                  const chosen = WEEK.filter((one) => (one === day ? event.target.checked : days.includes(one)));
                  onChange({ ...step, until: { ...step.until, days: chosen.length > 0 ? chosen : undefined } });
                }}
              />
            ))}
          </fieldset>
        </>
      )}
      {mode === "rule" && (
        <>
          <RuleField label="Until" value={step.until?.rule} readOnly={readOnly} hint="Looks at events since they entered. It goes on at the very instant at which it becomes true." onChange={(rule) => onChange({ ...step, until: { rule: rule ?? "" } })} />
          <SpanField label="For up to" value={step.timeout} least={1} disabled={readOnly} hint="After this they go on by the other way." onChange={(timeout) => onChange({ ...step, timeout })} />
        </>
      )}
    </section>
  );
}
