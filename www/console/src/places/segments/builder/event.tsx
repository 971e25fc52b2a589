// What people did: how often and when, the newest or the first time, one event after another; each
// event narrowed by its properties.
import { Plus, X } from "lucide-react";
import { useState } from "react";

import { Button, IconButton } from "~/kit/index.ts";

import { ComparisonFields } from "./attribute.tsx";
import css from "./builder.module.css";
import { NumberField, Pick, SpanField, TextField, WindowField } from "./controls.tsx";
import { useKnown, useProperties } from "./known.ts";
import { type Count, ENGAGEMENTS, type Happening, type Leaf } from "./leaf.ts";

type Of<K extends Leaf["kind"]> = Extract<Leaf, { kind: K }>;
type Props<K extends Leaf["kind"]> = { leaf: Of<K>; onChange: (leaf: Leaf) => void };

type Often = "did" | "never" | Count["how"];
const often = (count: Count): Often => {
  if (count.how === "at_least" && count.times === 1) return "did";
  return count.how === "at_most" && count.times === 0 ? "never" : count.how;
};
/** "At least 1 time" is "has performed": while one types a number, what was chosen stays chosen. */
function useOften(count: Count): [Often, (next: Often) => Count] {
  const [chosen, setChosen] = useState(() => often(count));
  const is = often(count);
  const shown = chosen === count.how ? chosen : is;
  const choose = (next: Often): Count => {
    setChosen(next);
    if (next === "did") return { how: "at_least", times: 1 };
    if (next === "never") return { how: "at_most", times: 0 };
    const times = Math.max(count.times ?? 2, 2);
    return next === "between" ? { how: next, times, most: null } : { how: next, times };
  };
  return [shown, choose];
}

function CountFields({ count, often, onChange }: { count: Count; often: Often; onChange: (count: Count) => void }) {
  if (often === "did" || often === "never") return null;
  return (
    <>
      <NumberField label="How many times" value={count.times} min={0} max={1000} step={1} onChange={(times) => onChange({ ...count, times })} />
      {count.how === "between" && (
        <>
          <span className={css.word}>and</span>
          <NumberField label="How many times at most" value={count.most} min={0} max={1000} step={1} onChange={(most) => onChange({ ...count, most })} />
        </>
      )}
      <span className={css.word}>times</span>
    </>
  );
}

const EVENT_MODES = [
  { value: "did", label: "has performed" },
  { value: "never", label: "has not performed" },
  { value: "at_least", label: "performed at least" },
  { value: "at_most", label: "performed at most" },
  { value: "exactly", label: "performed exactly" },
  { value: "between", label: "performed between" },
  { value: "last", label: "last performed" },
  { value: "first", label: "first performed" },
  { value: "then", label: "performed, then …" },
] as const;
type Mode = (typeof EVENT_MODES)[number]["value"];

export function EventFields({ leaf, onChange }: Props<"event">) {
  const [mode, choose] = useOften(leaf.count);
  const turn = (next: Mode) => {
    const { event } = leaf;
    if (next === "first" || next === "last") onChange({ kind: "occurrence", event, which: next, age: "more_than_ago", span: 30 * 86_400_000 });
    else if (next === "then") {
      onChange({ kind: "sequence", first: event, then: { name: "", where: [] }, happened: false, within: 3_600_000, window: leaf.window });
    } else onChange({ ...leaf, count: choose(next) });
  };
  return (
    <>
      <Pick label={`What was done with ${leaf.event.name}`} size="medium" value={mode as Mode} options={EVENT_MODES} onChange={turn} />
      <CountFields count={leaf.count} often={mode} onChange={(count) => onChange({ ...leaf, count })} />
      <WindowField value={leaf.window} onChange={(window) => onChange({ ...leaf, window })} />
      <Filters event={leaf.event} onChange={(event) => onChange({ ...leaf, event })} />
    </>
  );
}

const AGES = [
  { value: "more_than_ago", label: "more than" },
  { value: "less_than_ago", label: "less than" },
] as const;

export function OccurrenceFields({ leaf, onChange }: Props<"occurrence">) {
  const { event } = leaf;
  const turn = (next: Mode) => {
    if (next === "first" || next === "last") return onChange({ ...leaf, which: next });
    const count: Count = next === "never" ? { how: "at_most", times: 0 } : { how: "at_least", times: 1 };
    onChange({ kind: "event", event, count, window: { when: "ever" } });
  };
  return (
    <>
      <Pick
        label={`What was done with ${event.name}`}
        size="medium"
        value={leaf.which as Mode}
        options={EVENT_MODES.filter(({ value }) => ["did", "never", "last", "first"].includes(value))}
        onChange={turn}
      />
      <Pick label="How long ago" value={leaf.age} options={AGES} onChange={(age) => onChange({ ...leaf, age })} />
      <SpanField label="Ago" value={leaf.span} onChange={(span) => onChange({ ...leaf, span })} />
      <span className={css.word}>ago</span>
      <Filters event={event} onChange={(next) => onChange({ ...leaf, event: next })} />
    </>
  );
}

const THEN = [
  { value: "yes", label: "then performed" },
  { value: "no", label: "then did not perform" },
] as const;

export function SequenceFields({ leaf, onChange }: Props<"sequence">) {
  const names = useKnown().data.events.map(({ name }) => name);
  const named = (label: string, event: Happening, give: (event: Happening) => void) => (
    <>
      <TextField label={label} placeholder="Event" value={event.name || null} suggestions={names} onChange={(name) => give({ ...event, name: name ?? "" })} />
      <Filters event={event} onChange={give} />
    </>
  );
  return (
    <>
      {named("First event", leaf.first, (first) => onChange({ ...leaf, first }))}
      <Pick
        label="What followed"
        size="medium"
        value={leaf.happened ? "yes" : "no"}
        options={THEN}
        onChange={(next) => onChange({ ...leaf, happened: next === "yes" })}
      />
      {named("Second event", leaf.then, (then) => onChange({ ...leaf, then }))}
      <span className={css.word}>within</span>
      <SpanField label="Within" value={leaf.within} onChange={(within) => onChange({ ...leaf, within })} />
      <WindowField value={leaf.window} onChange={(window) => onChange({ ...leaf, window })} />
    </>
  );
}

const ENGAGED: Record<(typeof ENGAGEMENTS)[number], string> = {
  received: "received",
  shown: "was shown",
  opened: "opened",
  clicked: "clicked",
  dismissed: "dismissed",
};
const MESSAGE_MODES = [
  { value: "did", label: "has" },
  { value: "never", label: "has not" },
  { value: "at_least", label: "at least" },
  { value: "at_most", label: "at most" },
  { value: "exactly", label: "exactly" },
  { value: "between", label: "between" },
] as const;

export function MessageFields({ leaf, onChange }: Props<"message">) {
  const [mode, choose] = useOften(leaf.count);
  return (
    <>
      <Pick label="How often" value={mode} options={MESSAGE_MODES} onChange={(next) => onChange({ ...leaf, count: choose(next) })} />
      <CountFields count={leaf.count} often={mode} onChange={(count) => onChange({ ...leaf, count })} />
      <Pick
        label="What was done with the message"
        value={leaf.engagement}
        options={ENGAGEMENTS.map((value) => ({ value, label: ENGAGED[value] }))}
        onChange={(engagement) => onChange({ ...leaf, engagement })}
      />
      <WindowField value={leaf.window} onChange={(window) => onChange({ ...leaf, window })} />
    </>
  );
}

// LIMIT: what the core allows.
const FILTERS_MAX = 16;

/** What the properties of an event must pass. */
function Filters({ event, onChange }: { event: Happening; onChange: (event: Happening) => void }) {
  const properties = useProperties(event.name);
  const { where } = event;
  const set = (place: number, filter: Happening["where"][number] | null) =>
    onChange({ ...event, where: where.flatMap((one, at) => (at !== place ? [one] : filter ? [filter] : [])) });
  return (
    <>
      {where.map((filter, place) => (
        // Filters have no names of their own: their place is what tells them apart.
        <div key={place} className={css.filter} role="group" aria-label={`Filter ${place + 1} of ${event.name}`}>
          <span className={css.word}>{place === 0 ? "where" : "and"}</span>
          <TextField
            label="Property"
            placeholder="Property"
            size="small"
            value={filter.name || null}
            suggestions={properties.map(({ name }) => name)}
            onChange={(name) => set(place, { ...filter, name: name ?? "" })}
          />
          <ComparisonFields
            ofEvent
            comparison={filter}
            kinds={[]}
            suggestions={properties.find(({ name }) => name === filter.name)?.values ?? []}
            onChange={(next) => set(place, next)}
          />
          <IconButton small label={`Remove filter ${place + 1} of ${event.name}`} onClick={() => set(place, null)}>
            <X />
          </IconButton>
        </div>
      ))}
      {where.length < FILTERS_MAX && event.name !== "" && (
        <Button
          small
          look="quiet"
          icon={<Plus aria-hidden />}
          aria-label={`Add a property of ${event.name}`}
          onClick={() => onChange({ ...event, where: [...where, { name: "", test: "is", operand: null, matchCase: false }] })}
        >
          Property
        </Button>
      )}
    </>
  );
}
