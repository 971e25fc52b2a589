// The form of a split: its ways, their weights, and whether one is held out.
import { Plus, X } from "lucide-react";

import { Button, Checkbox, IconButton, Input } from "~/kit/index.ts";

import { PATHS_MAX, share } from "../graph.ts";
import type { FormProps } from "./step-form.tsx";
import css from "./steps.module.css";

export function SplitForm({ step, readOnly, onChange }: FormProps) {
  const paths = step.paths ?? [];
  const write = (place: number, change: Partial<(typeof paths)[number]>) =>
    onChange({ ...step, paths: paths.map((path, at) => (at === place ? { ...path, ...change, ...(change.holdout && { next: undefined }) } : path)) });
  const free = "abcdefghij".split("").find((name) => !paths.some((path) => path.name === name)) ?? "";
  return (
    <section className={css.part}>
      <h3>Ways</h3>
      <p className="soft small">A person always gets the same way: it is drawn from a hash of their id.</p>
      {paths.map((path, place) => (
        <fieldset key={place} className={css.path} disabled={readOnly}>
          <legend className="unseen">{`Way ${path.name || place + 1}`}</legend>
          <Input label="Name" value={path.name} maxLength={40} onChange={(event) => write(place, { name: event.target.value })} />
          <Input label={`Weight (${share(step, path.weight)})`} type="number" min={0} step="any" value={path.weight} onChange={(event) => write(place, { weight: Math.max(0, event.target.valueAsNumber || 0) })} />
          {!readOnly && paths.length > 2 && (
            <IconButton label={`Remove way ${path.name || place + 1}`} small onClick={() => onChange({ ...step, paths: paths.filter((_, at) => at !== place) })}>
              <X />
            </IconButton>
          )}
          <Checkbox label="Hold out" hint="They get nothing from here on, to compare the others with." checked={path.holdout ?? false} onChange={(event) => write(place, { holdout: event.target.checked || undefined })} />
        </fieldset>
      ))}
      {!readOnly && paths.length < PATHS_MAX && (
        <Button small icon={<Plus aria-hidden />} onClick={() => onChange({ ...step, paths: [...paths, { name: free, weight: 50 }] })}>
          Add a way
        </Button>
      )}
    </section>
  );
}
