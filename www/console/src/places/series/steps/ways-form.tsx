// Where a step leads, and what it is called: both can be changed without a pointer.
import { useState } from "react";

import type { SeriesSpec, Step } from "~/api/types.ts";
import { Input, Select } from "~/kit/index.ts";

import { END, connect, idProblem, rename, ways } from "../graph.ts";
import { KIND_NAMES, stepLine } from "../words.ts";
import css from "./steps.module.css";

type Props = { step: Step; spec: SeriesSpec; readOnly: boolean; onSpec: (spec: SeriesSpec, step?: string) => void };

export function WaysForm({ step, spec, readOnly, onSpec }: Props) {
  const leads = ways(step, END).filter(({ holdout }) => !holdout);
  if (leads.length === 0) return null;
  return (
    <section className={css.part}>
      <h3>Then</h3>
      {leads.map(({ key, label, to }) => {
        const place = { from: step.id, way: key };
        // Only where it can lead: no circle is ever offered.
        const targets = spec.steps.filter(({ id }) => id === to || connect(spec, place, id).ok);
        return (
          <Select
            key={key}
            label={label === null ? "Goes on with" : `${label.split(" · ")[0]} goes on with`}
            value={to}
            disabled={readOnly}
            onChange={(event) => {
              const led = connect(spec, place, event.target.value);
              if (led.ok) onSpec(led.spec);
            }}
          >
            <option value={END}>The end</option>
            {targets.map((one) => (
              <option key={one.id} value={one.id}>
                {`${one.id} (${KIND_NAMES[one.kind]}: ${stepLine(one).slice(0, 40)})`}
              </option>
            ))}
          </Select>
        );
      })}
    </section>
  );
}

export function NameForm({ step, spec, seriesId, readOnly, onSpec }: Props & { seriesId: string }) {
  const [text, setText] = useState({ of: step.id, id: step.id });
  const id = text.of === step.id ? text.id : step.id;
  const problem = idProblem(spec, step.id, id);
  const finish = () => {
    if (problem !== null || id === step.id) return;
    const renamed = rename(spec, seriesId, step.id, id);
    if (renamed.ok) onSpec(renamed.spec, id);
  };
  return (
    <section className={css.part}>
      <h3>Name</h3>
      <Input
        label="Name of this step"
        hint="Reports and rules know it by this name. People under way on an earlier version find their place by it."
        value={id}
        readOnly={readOnly}
        spellCheck={false}
        error={problem ?? undefined}
        onChange={(event) => setText({ of: step.id, id: event.target.value })}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          finish();
        }}
      />
    </section>
  );
}
