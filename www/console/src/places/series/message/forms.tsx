// The fields of each kind of message. A field that a variant changes is marked.
import { type ReactNode, useId } from "react";

import type { Attributes, Method, SeriesSpec, Step } from "~/api/types.ts";
import { Badge, Input, Select, TextArea } from "~/kit/index.ts";

import { EmailContent } from "./email/index.tsx";
import { LiquidField } from "./liquid-field.tsx";
import css from "./message.module.css";

export type FormProps = {
  step: Step;
  spec: SeriesSpec;
  /** The fields in which this variant differs from the control. */
  changed: ReadonlySet<keyof Step>;
  attributes: Attributes;
  onChange: (step: Step) => void;
};

/** Sets a field; one that is empty is not written at all. */
export function setter({ step, onChange }: FormProps) {
  return <Field extends keyof Step>(field: Field, value: Step[Field] | undefined) => {
    const next = { ...step };
    if (value === undefined || value === "") delete next[field];
    else next[field] = value;
    onChange(next);
  };
}

export function marker({ changed }: FormProps) {
  return (field: keyof Step, label: string): ReactNode =>
    changed.has(field) ? (
      <>
        {label} <Badge tone="accent">changed</Badge>
      </>
    ) : (
      label
    );
}

export function EmailForm(props: FormProps) {
  const [set, mark] = [setter(props), marker(props)];
  const { step } = props;
  const letters = [...(step.preheader ?? "")].length;
  return (
    <>
      <LiquidField label={mark("subject", "Subject")} name="Subject" value={step.subject ?? ""} sink="subject" emoji onChange={(value) => set("subject", value)} />
      <LiquidField
        label={mark("preheader", "Preview text")}
        name="Preview text"
        hint={letters > 0 ? `${letters} letters. Phones show the first 40 or so, desktops up to 150.` : "What lists of mails show after the subject. They show how the mail begins if it is empty."}
        value={step.preheader ?? ""}
        sink="subject"
        onChange={(value) => set("preheader", value)}
      />
      <EmailContent step={step} changed={props.changed} onChange={props.onChange} />
    </>
  );
}

export function PushForm(props: FormProps) {
  const [set, mark] = [setter(props), marker(props)];
  const { step } = props;
  return (
    <>
      <LiquidField label={mark("title", "Title")} name="Title" value={step.title ?? ""} sink="plain" emoji onChange={(value) => set("title", value)} />
      <LiquidField label={mark("body", "Text")} name="Text" value={step.body ?? ""} sink="plain" lines={3} onChange={(value) => set("body", value)} />
      <Input label={mark("url", "A click leads to")} type="url" placeholder="https://" value={step.url ?? ""} onChange={(event) => set("url", event.target.value)} />
      <Length title={step.title ?? ""} body={step.body ?? ""} />
    </>
  );
}

/** Phones cut off what is longer; the figures are what their lock screens show. */
function Length({ title, body }: { title: string; body: string }) {
  if (title.length <= 50 && body.length <= 120) return null;
  return <p className="small warn">Phones cut a title off after about 50 letters and a text after about 120.</p>;
}

const METHODS: readonly Method[] = ["POST", "PUT", "PATCH", "GET", "DELETE"];

export function WebhookForm(props: FormProps) {
  const [set, mark] = [setter(props), marker(props)];
  const { step } = props;
  const id = useId();
  const headers = Object.entries(step.headers ?? {})
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
  return (
    <>
      <div className={css.address}>
        <Select label="Method" value={step.method ?? "POST"} onChange={(event) => set("method", METHODS.find((method) => method !== "POST" && method === event.target.value))}>
          {METHODS.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </Select>
        <Input label={mark("url", "Address")} type="url" placeholder="https://" value={step.url ?? ""} onChange={(event) => set("url", event.target.value)} />
      </div>
      <TextArea
        key={id}
        label={mark("headers", "Headers")}
        hint="One a line, Name: value. Requests are signed as Standard Webhooks has it, whatever stands here."
        rows={2}
        defaultValue={headers}
        onBlur={(event) => set("headers", readHeaders(event.target.value))}
      />
      <LiquidField
        label={mark("body", "Body")}
        name="Body"
        hint='Liquid; {{ email | json }} writes a value as JSON.'
        value={step.body ?? ""}
        sink="plain"
        lines={8}
        onChange={(value) => set("body", value)}
      />
    </>
  );
}

function readHeaders(text: string): Record<string, string> | undefined {
  const pairs = text
    .split("\n")
    .map((line) => line.split(/:(.*)/s, 2).map((part) => part.trim()))
    .filter((pair): pair is [string, string] => Boolean(pair[0] && pair[1]));
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}
