// Conditions that are about neither an attribute nor an event: chance, the clock, the page, text.
import { useEffect, useState } from "react";

import { type Trouble, explainRule, parseRule } from "~/core/index.ts";
import { TextArea } from "~/kit/index.ts";

import css from "./builder.module.css";
import { NumberField, Pick, TextField, Values } from "./controls.tsx";
import { type Leaf, PAGE_FIELDS, PAGE_TESTS, WEEKDAYS } from "./leaf.ts";

type Of<K extends Leaf["kind"]> = Extract<Leaf, { kind: K }>;
type Props<K extends Leaf["kind"]> = { leaf: Of<K>; onChange: (leaf: Leaf) => void };

export function ShareFields({ leaf, onChange }: Props<"share">) {
  return (
    <>
      <TextField label="Name of the draw" placeholder="Name of the draw" value={leaf.salt || null} onChange={(salt) => onChange({ ...leaf, salt: salt ?? "" })} />
      <span className={css.word}>from</span>
      <NumberField label="From, in percent" value={leaf.from} min={0} max={100} onChange={(from) => onChange({ ...leaf, from })} />
      <span className={css.word}>to</span>
      <NumberField label="To, in percent" value={leaf.below} min={0} max={100} onChange={(below) => onChange({ ...leaf, below })} />
      <span className={css.word}>% of people</span>
    </>
  );
}

export function WeekdayFields({ leaf, onChange }: Props<"weekday">) {
  return (
    <fieldset className={css.days}>
      <legend className="unseen">Days of the week, where the person is</legend>
      {WEEKDAYS.map((day) => (
        <label key={day}>
          <input
            type="checkbox"
            className="unseen"
            aria-label={day}
            checked={leaf.days.includes(day)}
            onChange={({ target }) =>
              onChange({ ...leaf, days: WEEKDAYS.filter((one) => (one === day ? target.checked : leaf.days.includes(one))) })
            }
          />
          <span>{day.slice(0, 2)}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function HourFields({ leaf, onChange }: Props<"hour">) {
  return (
    <>
      <span className={css.word}>from</span>
      <NumberField label="From hour" value={leaf.from} min={0} max={23} step={1} onChange={(from) => onChange({ ...leaf, from })} />
      <span className={css.word}>to</span>
      <NumberField label="To hour" value={leaf.to} min={1} max={24} step={1} onChange={(to) => onChange({ ...leaf, to })} />
      <span className={css.word}>o’clock, where they are</span>
    </>
  );
}

const PAGE_WORDS: Record<(typeof PAGE_TESTS)[number], string> = {
  is_any_of: "is any of",
  contains: "contains",
  starts_with: "starts with",
  ends_with: "ends with",
};

export function PageFields({ leaf, onChange }: Props<"page">) {
  const first = [leaf.operand].flat()[0] ?? null;
  return (
    <>
      <Pick
        label="What of the page"
        value={leaf.field}
        options={PAGE_FIELDS.map((value) => ({ value, label: value }))}
        onChange={(field) => onChange({ ...leaf, field })}
      />
      <Pick
        label="How it is compared"
        value={leaf.test}
        options={PAGE_TESTS.map((value) => ({ value, label: PAGE_WORDS[value] }))}
        onChange={(test) => onChange({ ...leaf, test, operand: test === "is_any_of" ? (first === null ? [] : [first]) : first })}
      />
      {Array.isArray(leaf.operand) ? (
        <Values label="Value of the page" values={leaf.operand} read={(text) => text} onChange={(operand) => onChange({ ...leaf, operand })} />
      ) : (
        <TextField label="Value of the page" value={leaf.operand} onChange={(operand) => onChange({ ...leaf, operand })} />
      )}
    </>
  );
}

/** The text of a part that has no controls, from the core; its JSON if even that cannot say it. */
async function textOf(rule: unknown): Promise<string> {
  const explained = await explainRule(rule, { attributes: {} }, 0);
  return explained.ok ? explained.value.rule : JSON.stringify(rule);
}

/** A part of a rule as text: what the builder has no controls for, and what one would rather type. */
export function TextFields({ leaf, onChange }: Props<"text">) {
  const [text, setText] = useState(leaf.text);
  const [problems, setProblems] = useState<readonly Trouble[]>([]);
  useEffect(() => {
    let gone = false;
    if (text === null && leaf.rule !== null) void textOf(leaf.rule).then((found) => gone || setText(found));
    return () => {
      gone = true;
    };
  }, [text, leaf.rule]);
  const edit = async (next: string) => {
    setText(next);
    const parsed = await parseRule(next);
    setProblems(parsed.ok || next.trim() === "" ? [] : parsed.problems);
    onChange({ kind: "text", rule: parsed.ok ? parsed.value.json : null, text: next });
  };
  return (
    <div className={css.textRow}>
      <TextArea
        bare
        label="Condition as text"
        rows={1}
        spellCheck={false}
        placeholder={'plan is "pro" or seats > 5'}
        value={text ?? ""}
        error={problems[0]?.message}
        onChange={({ target }) => void edit(target.value)}
      />
    </div>
  );
}
