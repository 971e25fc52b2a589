// The form of a request to another program.
import { Plus, X } from "lucide-react";
import { useState } from "react";

import { Button, IconButton, Input, Select, TextArea } from "~/kit/index.ts";

import type { FormProps } from "./step-form.tsx";
import css from "./steps.module.css";

const METHODS = ["POST", "PUT", "PATCH", "GET", "DELETE"];

export function WebhookForm({ step, readOnly, onChange }: FormProps) {
  const [headers, setHeaders] = useState(() => Object.entries(step.headers ?? {}));
  const write = (next: [string, string][]) => {
    setHeaders(next);
    const named = next.filter(([name]) => name.trim() !== "");
    onChange({ ...step, headers: named.length > 0 ? Object.fromEntries(named) : undefined });
  };
  const bodiless = step.method === "GET" || step.method === "DELETE";
  return (
    <section className={css.part}>
      <h3>Request</h3>
      <div className={css.path}>
        <Select label="Method" value={step.method ?? "POST"} disabled={readOnly} onChange={(event) => onChange({ ...step, method: event.target.value, ...(["GET", "DELETE"].includes(event.target.value) && { body: undefined }) })}>
          {METHODS.map((method) => (
            <option key={method}>{method}</option>
          ))}
        </Select>
        <Input label="Address" type="url" placeholder="https://crm.example.com/leads" value={step.url ?? ""} readOnly={readOnly} onChange={(event) => onChange({ ...step, url: event.target.value })} />
      </div>
      {headers.map(([name, value], place) => (
        <fieldset key={place} className={css.path} disabled={readOnly}>
          <legend className="unseen">{`Header ${name || place + 1}`}</legend>
          <Input label="Header" value={name} spellCheck={false} onChange={(event) => write(headers.map((row, at) => (at === place ? [event.target.value, value] : row)))} />
          <Input label="Value" value={value} spellCheck={false} onChange={(event) => write(headers.map((row, at) => (at === place ? [name, event.target.value] : row)))} />
          {!readOnly && (
            <IconButton label={`Remove header ${name || place + 1}`} small onClick={() => write(headers.filter((_, at) => at !== place))}>
              <X />
            </IconButton>
          )}
        </fieldset>
      ))}
      {!readOnly && (
        <Button small icon={<Plus aria-hidden />} onClick={() => setHeaders([...headers, ["", ""]])}>
          Add a header
        </Button>
      )}
      {!bodiless && <TextArea label="Body, Liquid" rows={5} spellCheck={false} value={step.body ?? ""} readOnly={readOnly} hint="Requests are signed: the receiver can tell that they come from here." onChange={(event) => onChange({ ...step, body: event.target.value || undefined })} />}
    </section>
  );
}
