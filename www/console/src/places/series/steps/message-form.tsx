// The texts of a message as plain fields: where its own editor is not part of this build.
import { Input, Select, TextArea } from "~/kit/index.ts";

import { SpanField } from "./span-field.tsx";
import type { FormProps } from "./step-form.tsx";
import css from "./steps.module.css";

export function MessageForm({ step, readOnly, onChange }: FormProps) {
  const text = (field: "subject" | "title" | "body" | "url") => ({
    value: step[field] ?? "",
    readOnly,
    onChange: (event: { target: { value: string } }) => onChange({ ...step, [field]: event.target.value || (field === "url" ? undefined : "") }),
  });
  return (
    <section className={css.part}>
      <h3>Message</h3>
      {step.kind === "email" && <Input label="Subject" placeholder='We miss you, {{ first_name | default: "there" }}' {...text("subject")} />}
      {step.kind !== "email" && <Input label="Title" {...text("title")} />}
      <TextArea label="Text" rows={step.kind === "email" ? 10 : 3} hint={step.kind === "email" ? "Markdown. Names in {{ }} are filled in for each person." : "Names in {{ }} are filled in for each person."} {...text("body")} />
      {step.kind === "push" && <Input label="Where a click leads (optional)" type="url" placeholder="https://" {...text("url")} />}
      {step.kind === "in_app" && (
        <>
          <Select label="Shown as" value={step.layout ?? "banner"} disabled={readOnly} onChange={(event) => onChange({ ...step, layout: event.target.value, ...(event.target.value === "modal" && { position: undefined }) })}>
            <option value="banner">A banner, until clicked or dismissed</option>
            <option value="modal">A dialog, once</option>
          </Select>
          <SpanField label="Live for" least={1} value={step.live_for ?? "30d"} disabled={readOnly} hint="Taken down earlier when the person leaves the series." onChange={(live_for) => onChange({ ...step, live_for })} />
        </>
      )}
    </section>
  );
}
