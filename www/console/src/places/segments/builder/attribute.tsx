// A comparison with an attribute, or with a property of an event: the test, and what it is held against.
import { CaseSensitive } from "lucide-react";
import { useState } from "react";

import type { AttributeKind } from "~/api/types.ts";
import { IconButton, Select } from "~/kit/index.ts";

import css from "./builder.module.css";
import { type Op, opOf, opsFor, withOp } from "./comparison.ts";
import { DateField, NumberField, Sized, SpanField, TextField, Values } from "./controls.tsx";
import type { Comparison, DateValue, Literal } from "./leaf.ts";

type Props = {
  comparison: Comparison;
  onChange: (comparison: Comparison) => void;
  kinds: readonly AttributeKind[];
  suggestions: readonly string[];
  /** A property of an event is compared once, as the event arrives. */
  ofEvent?: boolean;
};

export function ComparisonFields({ comparison, onChange, kinds, suggestions, ofEvent = false }: Props) {
  const groups = opsFor(kinds, ofEvent);
  const [chosen, setChosen] = useState<Op>();
  const is = opOf(comparison);
  // An empty field does not say whether it is for text or for a number: what was chosen does.
  const op = comparison.operand === null && chosen?.test === comparison.test ? chosen : is;
  const choose = (id: string) => {
    const next = groups.flatMap(({ ops }) => ops).find((one) => one.id === id);
    if (!next) return;
    setChosen(next);
    onChange(withOp(comparison, next));
  };
  const { name, operand, matchCase } = comparison;
  // Seldom wanted: where there is a menu, it is turned on there.
  const takesCase = op?.control === "text" || op?.control === "texts";
  return (
    <>
      <Sized size="medium">
        <Select bare label={`How ${name || "the property"} is compared`} value={op?.id ?? ""} onChange={(event) => choose(event.target.value)}>
          {!op && <option value="">{comparison.test.replaceAll("_", " ")}</option>}
          {groups.map((group) => (
            <optgroup key={group.kind} label={group.words}>
              {group.ops.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.words}
                </option>
              ))}
            </optgroup>
          ))}
        </Select>
      </Sized>
      <OperandField op={op} comparison={comparison} onChange={onChange} suggestions={suggestions} />
      {takesCase && (matchCase || (ofEvent && operand !== null)) && (
        <IconButton
          small
          label="Capitals count"
          aria-pressed={matchCase}
          className={css.toggle}
          onClick={() => onChange({ ...comparison, matchCase: !matchCase })}
        >
          <CaseSensitive />
        </IconButton>
      )}
    </>
  );
}

function OperandField({ op, comparison, onChange, suggestions }: Pick<Props, "comparison" | "onChange" | "suggestions"> & { op: Op | undefined }) {
  const { name, operand } = comparison;
  const give = (next: Comparison["operand"]) => onChange({ ...comparison, operand: next });
  const label = `Value of ${name || "the property"}`;
  switch (op?.control) {
    case "text":
      return <TextField label={label} value={operand as string | null} suggestions={suggestions} onChange={give} />;
    case "number":
      return <NumberField label={label} size="small" value={operand as number | null} onChange={give} />;
    case "texts": {
      const values = (Array.isArray(operand) ? operand : []) as Literal[];
      const areNumbers = values.length > 0 && values.every((value) => typeof value === "number");
      const read = (text: string): Literal => (areNumbers && Number.isFinite(Number(text)) ? Number(text) : text);
      return <Values label={label} values={values} read={read} suggestions={suggestions} onChange={give} />;
    }
    case "range": {
      const [least, most] = (Array.isArray(operand) ? operand : [null, null]) as [number | null, number | null];
      return (
        <>
          <NumberField label={`${label}: least`} value={least} onChange={(next) => give([next, most])} />
          <span className={css.word}>and</span>
          <NumberField label={`${label}: most`} value={most} onChange={(next) => give([least, next])} />
        </>
      );
    }
    case "date":
      return <DateField label={label} value={operand as DateValue | null} onChange={give} />;
    case "span":
      return <SpanField label={label} value={operand as number | null} onChange={give} />;
    case "days":
      return (
        <>
          <NumberField label={`${label}: days`} value={operand as number | null} min={0} max={365} step={1} onChange={give} />
          <span className={css.word}>days, today included</span>
        </>
      );
    case "none":
    case undefined:
      return null;
  }
}
