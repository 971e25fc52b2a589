// When a message comes up on the page, how often, and for how long it is live.
import { Plus } from "lucide-react";

import type { PropertyTest, Trigger } from "~/api/types.ts";
import { Button, Checkbox, Input, Select } from "~/kit/index.ts";

import { type FormProps, setter } from "../forms.tsx";
import css from "../message.module.css";

// LIMIT: as the core has it.
const FILTERS_MAX = 10;

export function When(props: FormProps) {
  const { step, onChange } = props;
  const set = setter(props);
  const trigger: Trigger = step.trigger ?? {};
  const put = (next: Trigger) => {
    const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined && value !== "" && value !== false));
    const { trigger: _, ...rest } = step;
    onChange(Object.keys(kept).length > 0 ? { ...rest, trigger: kept } : rest);
  };
  const text = (name: "url" | "delay" | "visible" | "idle", label: string, placeholder: string) => (
    <Input label={label} placeholder={placeholder} value={trigger[name] ?? ""} onChange={(event) => put({ ...trigger, [name]: event.target.value })} />
  );
  const { repeat } = step;
  const often = repeat === undefined ? "" : typeof repeat === "string" ? repeat : "every";
  return (
    <>
      <details className={css.when} open={step.trigger !== undefined || undefined}>
        <summary>When it comes up</summary>
        <div className={css.form}>
          <p className="small soft">At once if nothing is said here. Otherwise once all of it has happened on one page.</p>
          {text("url", "The address is", "/pricing*")}
          <Input
            label="They do"
            placeholder="Name of an event"
            value={trigger.event?.name ?? ""}
            onChange={(event) => put({ ...trigger, event: event.target.value ? { ...trigger.event, name: event.target.value } : undefined })}
          />
          {trigger.event && <Filters filters={trigger.event.where ?? []} onChange={(where) => trigger.event && put({ ...trigger, event: { name: trigger.event.name, ...(where.length > 0 && { where }) } })} />}
          <div className="row">
            {text("delay", "They have been there for", "10s")}
            {text("idle", "They have done nothing for", "30s")}
          </div>
          <div className="row">
            <Input
              label="They have scrolled down, percent"
              type="number"
              min={1}
              max={100}
              value={trigger.scroll ?? ""}
              onChange={(event) => put({ ...trigger, scroll: event.target.value ? Math.round(Number(event.target.value)) : undefined })}
            />
            {text("visible", "They see the element", "#plans")}
          </div>
          <Checkbox
            label="The pointer leaves the page at its top"
            hint="Never on phones, which have none."
            checked={trigger.exit_intent ?? false}
            onChange={(event) => put({ ...trigger, exit_intent: event.target.checked })}
          />
        </div>
      </details>
      <div className={css.pair}>
        <Select
          label="How often"
          value={often}
          onChange={(event) => {
            const { value } = event.target;
            set("repeat", value === "every" ? { every: "1d" } : value === "once" || value === "until_closed" ? value : undefined);
          }}
        >
          <option value="">{step.layout === "modal" ? "Once, as modals are" : "Until it is clicked or dismissed"}</option>
          {step.layout === "modal" ? <option value="until_closed">Until it is clicked or dismissed</option> : <option value="once">Once</option>}
          {often !== "" && often !== "every" && (step.layout === "modal" ? often === "once" : often === "until_closed") && <option value={often}>As it is written</option>}
          <option value="every">Again and again, until it is clicked</option>
        </Select>
        {typeof repeat === "object" && <Input label="Every" placeholder="1d" value={repeat.every} onChange={(event) => set("repeat", { every: event.target.value })} />}
      </div>
      <Input
        label="Live for"
        hint="Such as 7d or 12h. 30 days if empty; it is taken down earlier when the person leaves the series."
        value={step.live_for ?? ""}
        onChange={(event) => set("live_for", event.target.value)}
      />
    </>
  );
}

const TESTS = { is: "is", is_not: "is not", over: "is over", under: "is under", contains: "contains" } as const;
type Test = keyof typeof TESTS;

const testOf = (filter: PropertyTest): Test => (Object.keys(TESTS) as Test[]).find((test) => filter[test] !== undefined) ?? "is";

/** What was typed, as what it looks like. */
function read(test: Test, text: string): string | number | boolean {
  if (test === "contains") return text;
  if (test === "over" || test === "under") return Number(text) || 0;
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function Filters({ filters, onChange }: { filters: readonly PropertyTest[]; onChange: (filters: PropertyTest[]) => void }) {
  const change = (place: number, property: string, test: Test, text: string) =>
    onChange(filters.map((old, at) => (at === place ? { property, [test]: read(test, text) } : old)));
  return (
    <>
      {filters.map((filter, place) => {
        const test = testOf(filter);
        const value = String(filter[test] ?? "");
        return (
          // Filters have no name of their own: their place is who they are.
          <fieldset key={place} className={css.filter}>
            <legend className="unseen">Property {place + 1}</legend>
            <Input label="Property" bare placeholder="Property" value={filter.property} onChange={(event) => change(place, event.target.value, test, value)} />
            <Select label="How it is compared" bare value={test} onChange={(event) => change(place, filter.property, event.target.value as Test, value)}>
              {Object.entries(TESTS).map(([each, words]) => (
                <option key={each} value={each}>
                  {words}
                </option>
              ))}
            </Select>
            <Input label="With what" bare placeholder="Value" value={value} onChange={(event) => change(place, filter.property, test, event.target.value)} />
            <Button onClick={() => onChange(filters.filter((_, at) => at !== place))}>Remove</Button>
          </fieldset>
        );
      })}
      {filters.length < FILTERS_MAX && (
        <div>
          <Button icon={<Plus aria-hidden />} onClick={() => onChange([...filters, { property: "", is: "" }])}>
            Ask about a property
          </Button>
        </div>
      )}
    </>
  );
}
