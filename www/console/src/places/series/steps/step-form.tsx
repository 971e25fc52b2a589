// The form of a step: what its kind needs, when it comes, whom it is for, and where it leads.
import { Suspense, lazy } from "react";

import type { SeriesSpec, Step } from "~/api/types.ts";
import { Checkbox, Loading } from "~/kit/index.ts";

import { RuleField } from "../rule-field.tsx";
import { isMessage } from "../words.ts";
import { ConditionForm } from "./condition-form.tsx";
import { SetForm } from "./set-form.tsx";
import { SpanField } from "./span-field.tsx";
import { SplitForm } from "./split-form.tsx";
import css from "./steps.module.css";
import { WaitForm } from "./wait-form.tsx";
import { NameForm, WaysForm } from "./ways-form.tsx";

/** What the form of one kind of step gets. */
export type FormProps = { step: Step; readOnly: boolean; onChange: (step: Step) => void };
type EditorProps = FormProps & { spec: SeriesSpec; seriesId: string };

const MessageEditor = lazy(() => import("../message/index.tsx"));

type Props = EditorProps & {
  /** For edits that concern more than this step; goes to `step` after it. */
  onSpec: (spec: SeriesSpec, step?: string) => void;
};

export function StepForm({ step, spec, seriesId, readOnly, onChange, onSpec }: Props) {
  const parts = { step, readOnly, onChange };
  return (
    <div className={css.form}>
      <Kind {...parts} spec={spec} seriesId={seriesId} />
      <section className={css.part}>
        <h3>When and for whom</h3>
        {step.kind !== "exit" && (
          <SpanField
            label="Comes after"
            value={step.delay}
            disabled={readOnly}
            hint={spec.steps[0]?.id === step.id ? "Counted from when someone enters. 0 is at once." : "Counted from the step before it. 0 is at once."}
            onChange={(delay) => onChange({ ...step, delay: delay.startsWith("0") ? undefined : delay })}
          />
        )}
        <RuleField
          label="Only for (optional)"
          value={step.when}
          readOnly={readOnly}
          inBrowser={step.kind === "in_app"}
          placeholder='plan is "pro"'
          hint={
            step.kind === "in_app"
              ? "The browser asks this for as long as the message is live, and shows it when it holds. Everyone goes on to the next step."
              : "Asked when the step comes. Others pass over it and go on."
          }
          onChange={(when) => onChange({ ...step, when })}
        />
      </section>
      <WaysForm step={step} spec={spec} readOnly={readOnly} onSpec={onSpec} />
      {isMessage(step) && <GoalForm {...parts} />}
      <NameForm step={step} spec={spec} seriesId={seriesId} readOnly={readOnly} onSpec={onSpec} />
    </div>
  );
}

function Kind({ step, spec, seriesId, readOnly, onChange }: EditorProps) {
  switch (step.kind) {
    case "email":
    case "in_app":
    case "push":
    case "webhook":
      return (
        <Suspense fallback={<Loading label="Loading the editor" />}>
          <MessageEditor step={step} spec={spec} seriesId={seriesId} readOnly={readOnly} onChange={onChange} />
        </Suspense>
      );
    case "wait":
      return <WaitForm step={step} readOnly={readOnly} onChange={onChange} />;
    case "branch":
      return <ConditionForm step={step} readOnly={readOnly} onChange={onChange} />;
    case "split":
      return <SplitForm step={step} readOnly={readOnly} onChange={onChange} />;
    case "set":
      return <SetForm step={step} readOnly={readOnly} onChange={onChange} />;
    case "exit":
      return <p className="soft">The run ends here. What has not been sent is taken back, and what is live in the app is taken down.</p>;
  }
}

function GoalForm({ step, readOnly, onChange }: FormProps) {
  return (
    <section className={css.part}>
      <h3>Goal of this message</h3>
      <Checkbox
        label="Count who does something after it"
        hint="Counted from when the message was sent. It ends nothing."
        disabled={readOnly}
        checked={step.goal !== undefined}
        onChange={(event) => onChange({ ...step, goal: event.target.checked ? { rule: 'performed "Purchased"', within: "3d" } : undefined })}
      />
      {step.goal && (
        <>
          <RuleField label="They have" value={step.goal.rule} readOnly={readOnly} placeholder='performed "Purchased"' onChange={(rule) => onChange({ ...step, goal: { ...step.goal, rule: rule ?? "" } })} />
          <SpanField label="Within" value={step.goal.within ?? "30d"} least={1} disabled={readOnly} onChange={(within) => onChange({ ...step, goal: { rule: "", ...step.goal, within } })} />
        </>
      )}
    </section>
  );
}
