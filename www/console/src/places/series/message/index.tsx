// The editor of one message: what it says, what each variant of it says instead, and how it will look
// to somebody. Loaded when a message is opened.
import { useQuery } from "@tanstack/react-query";
import { Plus, Send, Trash2 } from "lucide-react";
import { useState } from "react";

import { experiments } from "~/api/queries.ts";
import type { Metric, SeriesSpec, Step } from "~/api/types.ts";
import { useMay } from "~/app/session.tsx";
import { Badge, Button, Callout, IconButton, Input, Select, Tabs } from "~/kit/index.ts";

import { EmailForm, PushForm, WebhookForm } from "./forms.tsx";
import { InAppForm } from "./in-app/index.tsx";
import css from "./message.module.css";
import { Personalise, type Somebody, useAttributes } from "./personalise.tsx";
import { MessagePreview } from "./preview/index.tsx";
import { SendTest } from "./send-test.tsx";
import { CONTROL, VARIANTS_MAX, changedFields, edited, evenly, expected, shownAs, withAnother, without } from "./variants.ts";

export type MessageEditorProps = {
  step: Step;
  spec: SeriesSpec;
  seriesId: string;
  readOnly: boolean;
  onChange: (step: Step) => void;
};

const FORMS = { email: EmailForm, in_app: InAppForm, push: PushForm, webhook: WebhookForm } as const;

export function MessageEditor({ step, spec, seriesId, readOnly, onChange }: MessageEditorProps) {
  const [variant, setVariant] = useState(CONTROL);
  const [somebody, setSomebody] = useState<Somebody>(null);
  const attributes = useAttributes(somebody);
  const mayTest = useMay("editor");
  const [testing, setTesting] = useState(false);
  const Form = FORMS[step.kind as keyof typeof FORMS];
  if (!Form) return null;
  // The variant that was open may be gone after an undo.
  const open = step.test?.variants.some(({ name }) => name === variant) ? variant : CONTROL;
  const shown = shownAs(step, open);
  const content = (
    <div className={css.sides}>
      <fieldset className={css.form} disabled={readOnly}>
        <legend className="unseen">{open === CONTROL ? "What it says" : `What variant ${open.toUpperCase()} says`}</legend>
        <Form
          key={open}
          step={shown}
          spec={spec}
          changed={new Set(open === CONTROL ? [] : changedFields(step, open))}
          attributes={attributes}
          onChange={(next) => onChange(edited(step, open, next))}
        />
      </fieldset>
      <div className={css.preview}>
        <div className="row apart">
          <Personalise value={somebody} onChange={setSomebody} />
          {mayTest && (
            <Button small icon={<Send aria-hidden />} onClick={() => setTesting(true)}>
              Send a test
            </Button>
          )}
        </div>
        {testing && (
          <SendTest
            message={{ seriesId, series: spec.name, step }}
            variant={step.test ? open : ""}
            person={somebody}
            close={() => setTesting(false)}
          />
        )}
        <MessagePreview step={shown} person={somebody?.id ?? null} attributes={attributes} />
      </div>
    </div>
  );
  return (
    <div className={css.editor}>
      {step.test ? (
        <>
          <Tabs
            label="Variants"
            value={open}
            onChange={setVariant}
            tabs={[CONTROL, ...step.test.variants.map(({ name }) => name)].map((name) => ({
              value: name,
              label: (
                <>
                  {name.toUpperCase()} {name === CONTROL ? <Badge>control</Badge> : <Changes fields={changedFields(step, name)} />}
                </>
              ),
              content: name === open ? content : null,
            }))}
          />
          <TestSettings step={step} seriesId={seriesId} readOnly={readOnly} onChange={onChange} />
        </>
      ) : (
        content
      )}
      {!readOnly && (step.test?.variants.length ?? 0) < VARIANTS_MAX && (
        <Button
          icon={<Plus aria-hidden />}
          onClick={() => {
            const { step: next, name } = withAnother(step);
            onChange(next);
            setVariant(name);
          }}
        >
          {step.test ? "Add a variant" : "Duplicate for an A/B test"}
        </Button>
      )}
    </div>
  );
}

function Changes({ fields }: { fields: readonly string[] }) {
  if (fields.length === 0) return <Badge>as control</Badge>;
  return <Badge tone={fields.length > 1 ? "warn" : "accent"}>{fields.join(", ")}</Badge>;
}

const METRICS = [
  { value: "clicked", label: "Clicked" },
  { value: "opened", label: "Opened" },
  { value: "converted", label: "Reached the goal" },
  { value: "re_engaged", label: "Re-engaged" },
] as const;

/** What decides, who gets which share, and what would spoil the result. */
function TestSettings({ step, seriesId, readOnly, onChange }: { step: Step; seriesId: string; readOnly: boolean; onChange: (step: Step) => void }) {
  const { test } = step;
  if (!test) return null;
  const set = (change: Partial<typeof test>) => onChange({ ...step, test: { ...test, ...change } });
  const total = (test.weight) + test.variants.reduce((sum, { weight }) => sum + weight, 0);
  const share = (weight: number) => (total > 0 ? `${Math.round((weight / total) * 100)} %` : "–");
  const spoiled = test.variants.filter(({ name }) => changedFields(step, name).length > 1);
  const same = test.variants.filter(({ name }) => changedFields(step, name).length === 0);
  return (
    <section className={css.test} aria-label="A/B test">
      <h3>A/B test</h3>
      <Select label="Decided by" value={test.metric ?? "clicked"} disabled={readOnly} onChange={(event) => set({ metric: event.target.value as NonNullable<typeof test.metric> })}>
        {METRICS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </Select>
      <div className={css.weights}>
        <Input
          label={`A (control), ${share(test.weight)}`}
          type="number"
          min={0}
          value={test.weight}
          disabled={readOnly}
          onChange={(event) => set({ weight: event.target.valueAsNumber || 0 })}
        />
        {test.variants.map((one) => (
          <div key={one.name} className={css.weight}>
            <Input
              label={`${one.name.toUpperCase()}, ${share(one.weight)}`}
              type="number"
              min={0}
              value={one.weight}
              disabled={readOnly}
              onChange={(event) =>
                set({ variants: test.variants.map((other) => (other.name === one.name ? { ...one, weight: event.target.valueAsNumber || 0 } : other)) })
              }
            />
            {!readOnly && (
              <IconButton label={`Remove variant ${one.name.toUpperCase()}`} onClick={() => onChange(without(step, one.name))}>
                <Trash2 />
              </IconButton>
            )}
          </div>
        ))}
        {!readOnly && (
          <Button small onClick={() => onChange({ ...step, test: evenly(test) })}>
            Equal shares
          </Button>
        )}
      </div>
      {spoiled.map(({ name }) => (
        <Callout key={name} tone="warn" title={`Variant ${name.toUpperCase()} changes more than one thing.`}>
          Whatever the result, it cannot say which of {changedFields(step, name).join(" and ")} mattered. Change one field only, or add a variant for each.
        </Callout>
      ))}
      {same.map(({ name }) => (
        <Callout key={name} title={`Variant ${name.toUpperCase()} is the same as the control.`}>
          Change one field of it: that is what the test is about.
        </Callout>
      ))}
      <Expected seriesId={seriesId} step={step.id} metric={test.metric} />
      <p className="soft small">
        Who gets which is drawn once for each person and stays, also when the shares change. Looking at the result every day does no harm: the interval
        shown in the report holds at every look.
      </p>
    </section>
  );
}

/** How many people it takes and for how long, as the API reckons from those who came so far. */
function Expected({ seriesId, step, metric }: { seriesId: string; step: string; metric: Metric | undefined }) {
  const { data } = useQuery(experiments(seriesId, metric));
  if (!data) return null;
  const running = data.find((one) => one.step === step && one.until_version === null);
  return <p className="soft small">{running ? expected(running) : "How many people it takes, and how long, is reckoned once it is published."}</p>;
}

export default MessageEditor;
