// The form of a branch.
import { RuleField } from "../rule-field.tsx";
import type { FormProps } from "./step-form.tsx";
import css from "./steps.module.css";

export function ConditionForm({ step, readOnly, onChange }: FormProps) {
  return (
    <section className={css.part}>
      <h3>Condition</h3>
      <RuleField label="If" value={step.if} readOnly={readOnly} placeholder='plan is "pro"' none="No condition yet." hint="Asked once, when someone comes here. Looks at everything that is known of them." onChange={(rule) => onChange({ ...step, if: rule })} />
    </section>
  );
}
