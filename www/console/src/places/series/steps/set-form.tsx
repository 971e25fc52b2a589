// The form of a step that updates the person: attributes and tags.
import { Plus, X } from "lucide-react";
import { useRef, useState } from "react";

import type { Attributes, Value } from "~/api/types.ts";
import { Button, IconButton, Input, Select } from "~/kit/index.ts";

import type { FormProps } from "./step-form.tsx";
import css from "./steps.module.css";

type Kind = "text" | "number" | "true" | "false" | "clear" | "other";
type Row = { name: string; value: Value };

const kindOf = (value: Value): Kind =>
  value === null ? "clear" : value === true ? "true" : value === false ? "false" : typeof value === "number" ? "number" : typeof value === "string" ? "text" : "other";

const rowsOf = (attributes: Attributes = {}): Row[] => Object.entries(attributes).map(([name, value]) => ({ name, value }));

/** Rows of names and values while they are edited: two may have the same name for a moment. */
export function SetForm({ step, readOnly, onChange }: FormProps) {
  const [rows, setRows] = useState<Row[]>(() => rowsOf(step.attributes));
  // What was given away last: other attributes come from elsewhere, such as an undo, and count.
  const given = useRef(JSON.stringify(step.attributes ?? {}));
  const now = JSON.stringify(step.attributes ?? {});
  if (now !== given.current) {
    given.current = now;
    setRows(rowsOf(step.attributes));
  }
  const write = (next: Row[]) => {
    setRows(next);
    const attributes: Attributes = Object.fromEntries(next.filter(({ name }) => name.trim() !== "").map(({ name, value }) => [name.trim(), value]));
    given.current = JSON.stringify(attributes);
    onChange({ ...step, attributes });
  };
  const change = (place: number, row: Partial<Row>) => write(rows.map((one, at) => (at === place ? { ...one, ...row } : one)));
  const start: Record<Exclude<Kind, "other">, Value> = { text: "", number: 0, true: true, false: false, clear: null };
  return (
    <section className={css.part}>
      <h3>Attributes</h3>
      {rows.length === 0 && <p className="soft small">Segments, exits and other series see a change in the same moment.</p>}
      {rows.map(({ name, value }, place) => {
        const kind = kindOf(value);
        return (
          <fieldset key={place} className={css.path} disabled={readOnly}>
            <legend className="unseen">{`Attribute ${name || place + 1}`}</legend>
            <Input label="Attribute" value={name} spellCheck={false} onChange={(event) => change(place, { name: event.target.value })} />
            <Select label="Becomes" value={kind} onChange={(event) => event.target.value !== "other" && change(place, { value: start[event.target.value as Exclude<Kind, "other">] })}>
              <option value="text">text</option>
              <option value="number">a number</option>
              <option value="true">true</option>
              <option value="false">false</option>
              <option value="clear">unknown (cleared)</option>
              {kind === "other" && <option value="other">a list</option>}
            </Select>
            {!readOnly && (
              <IconButton label={`Remove attribute ${name || place + 1}`} small onClick={() => write(rows.filter((_, at) => at !== place))}>
                <X />
              </IconButton>
            )}
            {kind === "text" && <Input label="Text, Liquid" value={String(value)} onChange={(event) => change(place, { value: event.target.value })} />}
            {kind === "number" && <Input label="Number" type="number" step="any" value={Number(value)} onChange={(event) => change(place, { value: event.target.valueAsNumber || 0 })} />}
          </fieldset>
        );
      })}
      {!readOnly && (
        <Button small icon={<Plus aria-hidden />} onClick={() => setRows([...rows, { name: "", value: "" }])}>
          Add an attribute
        </Button>
      )}
      <h3>Tags</h3>
      <Tags label="Add tags" value={step.add_tags} readOnly={readOnly} onChange={(add_tags) => onChange({ ...step, add_tags })} />
      <Tags label="Remove tags" value={step.remove_tags} readOnly={readOnly} onChange={(remove_tags) => onChange({ ...step, remove_tags })} />
    </section>
  );
}

function Tags({ label, value, readOnly, onChange }: { label: string; value: string[] | undefined; readOnly: boolean; onChange: (tags: string[] | undefined) => void }) {
  const [text, setText] = useState((value ?? []).join(", "));
  const given = useRef(value?.join() ?? "");
  const now = value?.join() ?? "";
  if (now !== given.current) {
    given.current = now;
    setText((value ?? []).join(", "));
  }
  return (
    <Input
      label={label}
      hint="Separated by commas."
      value={text}
      readOnly={readOnly}
      onChange={(event) => {
        setText(event.target.value);
        const tags = event.target.value.split(",").map((tag) => tag.trim()).filter(Boolean);
        given.current = tags.join();
        onChange(tags.length > 0 ? tags : undefined);
      }}
    />
  );
}
