// Who enters a series: the people of a segment, those for whom a rule holds, or those who perform an event.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId } from "react";

import { allSegments, data, segmentCounts } from "~/api/queries.ts";
import type { SeriesSpec } from "~/api/types.ts";
import { Card, Choice, Input, Select, whole } from "~/kit/index.ts";

import { RuleField } from "../rule-field.tsx";
import { SpanField } from "../steps/span-field.tsx";
import { audienceOf } from "../words.ts";
import type { SectionProps } from "./settings.tsx";

type Way = "audience" | "event";
type EventEntry = Extract<SeriesSpec["entry"], object>["event"];

export function Audience({ spec, readOnly, change }: SectionProps) {
  const event = typeof spec.entry === "object" ? spec.entry.event : null;
  const way: Way = event ? "event" : "audience";
  const write = (part: Partial<EventEntry>, field: string) => event && change({ entry: { event: { ...event, ...part } } }, field);
  return (
    <Card title="Who enters">
      <Choice
        label="Enter"
        bare
        value={way}
        onChange={(next: Way) => readOnly || change({ entry: next === "event" ? { event: { name: "" } } : undefined }, "entry")}
        options={[
          { value: "audience", label: "By matching an audience" },
          { value: "event", label: "By performing an event" },
        ]}
      />
      {event && <ByEvent event={event} readOnly={readOnly} write={write} />}
      <Who spec={spec} readOnly={readOnly} change={change} optional={event !== null} />
      {!event && (
        <Choice
          label="Of them, who enters?"
          value={spec.entry === "future" ? "future" : "existing_and_future"}
          onChange={(entry: "future" | "existing_and_future") => readOnly || change({ entry: entry === "future" ? entry : undefined }, "entry")}
          options={[
            { value: "existing_and_future", label: "Everyone who matches, now and later" },
            { value: "future", label: "Only who comes to match from now on" },
          ]}
        />
      )}
      <Choice
        label="May one enter again?"
        value={typeof spec.reentry === "object" ? "after" : "never"}
        onChange={(next: "after" | "never") => readOnly || change({ reentry: next === "after" ? { after: "90d" } : undefined }, "reentry")}
        options={[
          { value: "never", label: "Never" },
          { value: "after", label: "After a while" },
        ]}
      />
      {typeof spec.reentry === "object" && (
        <SpanField label="Earliest, after leaving" value={spec.reentry.after} least={1} disabled={readOnly} hint="An hour at least." onChange={(after) => change({ reentry: { after } }, "reentry")} />
      )}
    </Card>
  );
}

function Who({ spec, readOnly, change, optional }: SectionProps & { optional: boolean }) {
  const segments = useQuery(allSegments);
  const counts = useQuery(segmentCounts);
  const { kind, segment, rule } = audienceOf(spec);
  const chosen = kind === "none" && !optional ? "segment" : kind;
  const known = segment === "" || segments.data?.some(({ id }) => id === segment);
  const count = counts.data?.counts[segment];
  return (
    <>
      <Choice
        label={optional ? "And is, at that moment" : "Audience"}
        value={chosen}
        onChange={(next: "segment" | "rule" | "none") => {
          if (readOnly) return;
          const first = segments.data?.[0]?.id;
          const audience = next === "none" ? undefined : next === "rule" ? { rule: "everyone" } : first === undefined ? undefined : { segment: first };
          change({ audience }, "audience");
        }}
        options={[
          ...(optional ? [{ value: "none" as const, label: "Anyone" }] : []),
          { value: "segment", label: "In a segment" },
          { value: "rule", label: "Someone for whom a rule holds" },
        ]}
      />
      {chosen === "segment" && (
        <Select
          label="Segment"
          value={segment}
          disabled={readOnly}
          hint={
            segments.data?.length === 0 ? (
              <>
                There is no segment yet. <Link to="/segments">Make one</Link>, or write a rule here.
              </>
            ) : count === undefined ? undefined : (
              `${whole(count)} people are in it now.`
            )
          }
          onChange={(event) => change({ audience: event.target.value ? { segment: event.target.value } : undefined }, "audience")}
        >
          <option value="">Choose a segment</option>
          {!known && segment !== "" && <option value={segment}>{`${segment} (not known)`}</option>}
          {segments.data?.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      )}
      {chosen === "rule" && <RuleField label="Rule" value={rule} readOnly={readOnly} placeholder="last_seen > 30 days ago" onChange={(text) => change({ audience: { rule: text ?? "" } }, "audience")} />}
    </>
  );
}

function ByEvent({ event, readOnly, write }: { event: EventEntry; readOnly: boolean; write: (part: Partial<EventEntry>, field: string) => void }) {
  const names = useQuery(data);
  const list = useId();
  const { each } = event;
  const property = typeof each === "object" && each !== null && "property" in each ? String(each.property) : null;
  return (
    <>
      <Input label="Event" list={list} value={event.name} readOnly={readOnly} placeholder="Cart Left" hint="They enter at the moment at which they perform it." onChange={({ target }) => write({ name: target.value }, "event")} />
      <datalist id={list}>
        {names.data?.events.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <RuleField label="Only if its properties are (optional)" value={event.where} readOnly={readOnly} ofEvent={event.name} none="Every time." placeholder='total > 100 and currency is "EUR"' hint="A rule about the properties of the event." onChange={(where) => write({ where }, "where")} />
      <Choice
        label="One run at a time for each"
        value={property !== null ? "property" : each === "event" ? "event" : "person"}
        onChange={(next: "person" | "event" | "property") => readOnly || write({ each: next === "person" ? undefined : next === "event" ? "event" : { property: "id" } }, "each")}
        options={[
          { value: "person", label: "Person" },
          { value: "event", label: "Event" },
          { value: "property", label: "Value of a property" },
        ]}
      />
      {property !== null && <Input label="Property" value={property} readOnly={readOnly} spellCheck={false} hint="Such as the id of a basket: every basket has a run of its own. Up to 16 at a time for one person." onChange={({ target }) => write({ each: { property: target.value } }, "each")} />}
    </>
  );
}
