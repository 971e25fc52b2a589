// One condition: what it is about, its controls, what is wrong with it, and what can be done to it.
import { CaseSensitive, ChevronDown, Copy, Ellipsis, Group as GroupIcon, Split, X } from "lucide-react";

import { Badge, IconButton, Menu } from "~/kit/index.ts";

import { ComparisonFields } from "./attribute.tsx";
import css from "./builder.module.css";
import { takesCase } from "./comparison.ts";
import { Pick } from "./controls.tsx";
import { useEdit } from "./edit.ts";
import { EventFields, MessageFields, OccurrenceFields, SequenceFields } from "./event.tsx";
import { kindsOf, useKnown, useProperties, useValues } from "./known.ts";
import { type Leaf, writeLeaf } from "./leaf.ts";
import { HourFields, PageFields, ShareFields, TextFields, WeekdayFields } from "./others.tsx";
import { SubjectPicker } from "./picker.tsx";
import { type Row, duplicate, negate, nest, newRow, remove, setLeaf } from "./tree.ts";
import { attributeWords, leafWords } from "./words.ts";

export function RowView({ row, place, more }: { row: Row; place: number; more: boolean }) {
  const edit = useEdit();
  const { called, problems } = useKnown();
  const { leaf, not, id } = row;
  const set = (next: Leaf) => edit((root) => setLeaf(root, id, next));
  const said = writeLeaf(leaf) === undefined ? `Filter ${place}, not finished` : leafWords(leaf, called);
  const isSegment = leaf.kind === "segment";
  return (
    <div className={css.row} data-row={id} role="group" aria-label={not ? `not (${said})` : said}>
      <div className={css.fields}>
        {not && !isSegment && <Badge tone="warn">not</Badge>}
        <Subject row={row} onPick={set} />
        <span className={css.break} aria-hidden />
        {isSegment && (
          <Pick
            label="In the segment or not"
            value={not ? "out" : "in"}
            options={[
              { value: "in", label: "is in" },
              { value: "out", label: "is not in" },
            ]}
            onChange={() => edit((root) => negate(root, id))}
          />
        )}
        <Fields leaf={leaf} onChange={set} />
      </div>
      <div className={css.rowActions}>
        <Menu
          trigger={
            <IconButton small label={`More for filter ${place}`}>
              <Ellipsis />
            </IconButton>
          }
          items={[
            { label: not ? "Do not turn around" : "Turn around (not)", icon: <Split aria-hidden />, onSelect: () => edit((root) => negate(root, id)) },
            ...(leaf.kind === "attribute" && takesCase(leaf)
              ? [{ label: leaf.matchCase ? "Capitals do not count" : "Capitals count", icon: <CaseSensitive aria-hidden />, onSelect: () => set({ ...leaf, matchCase: !leaf.matchCase }) }]
              : []),
            { label: "Duplicate", icon: <Copy aria-hidden />, onSelect: () => edit((root) => duplicate(root, id)) },
            ...(more ? [{ label: "Put in a group", icon: <GroupIcon aria-hidden />, onSelect: () => edit((root) => nest(root, id)) }] : []),
          ]}
        />
        <IconButton small label={`Remove filter ${place}`} onClick={() => edit((root) => remove(root, id), "add")}>
          <X />
        </IconButton>
      </div>
      {problems.get(id) && (
        <p className={css.problem} role="status">
          {problems.get(id)}
        </p>
      )}
    </div>
  );
}

/** What it is about, as the button that changes it. */
function Subject({ row, onPick }: { row: Row; onPick: (leaf: Leaf) => void }) {
  const { called } = useKnown();
  const words = subjectWords(row.leaf, called);
  return (
    <SubjectPicker
      label="What the filter is about"
      onPick={onPick}
      trigger={
        <button type="button" className={css.subject} title={words}>
          <span className="truncate">{words}</span>
          <ChevronDown aria-hidden size={14} />
        </button>
      }
    />
  );
}

function subjectWords(leaf: Leaf, called: ReturnType<typeof useKnown>["called"]): string {
  switch (leaf.kind) {
    case "attribute":
      return attributeWords(leaf.name);
    case "event":
    case "occurrence":
      return leaf.event.name;
    case "sequence":
      return "Performed";
    case "message":
      return called.messages?.get(leaf.name) ?? leaf.name;
    case "share":
      return "Random share";
    case "weekday":
      return "Day of the week";
    case "hour":
      return "Hour of the day";
    case "page":
      return "Page";
    case "segment":
      return called.segments?.get(leaf.id) ?? leaf.id;
    case "text":
      return "As text";
  }
}

function Fields({ leaf, onChange }: { leaf: Leaf; onChange: (leaf: Leaf) => void }) {
  switch (leaf.kind) {
    case "attribute":
      return <AttributeFields leaf={leaf} onChange={onChange} />;
    case "event":
      return <EventFields leaf={leaf} onChange={onChange} />;
    case "occurrence":
      return <OccurrenceFields leaf={leaf} onChange={onChange} />;
    case "sequence":
      return <SequenceFields leaf={leaf} onChange={onChange} />;
    case "message":
      return <MessageFields leaf={leaf} onChange={onChange} />;
    case "share":
      return <ShareFields leaf={leaf} onChange={onChange} />;
    case "weekday":
      return <WeekdayFields leaf={leaf} onChange={onChange} />;
    case "hour":
      return <HourFields leaf={leaf} onChange={onChange} />;
    case "page":
      return <PageFields leaf={leaf} onChange={onChange} />;
    case "text":
      return <TextFields leaf={leaf} onChange={onChange} />;
    case "segment":
      return null;
  }
}

function AttributeFields({ leaf, onChange }: { leaf: Extract<Leaf, { kind: "attribute" }>; onChange: (leaf: Leaf) => void }) {
  const { data, ofEvent } = useKnown();
  const values = useValues(ofEvent === null ? leaf.name : "");
  const property = useProperties(ofEvent ?? "", ofEvent !== null).find(({ name }) => name === leaf.name);
  return (
    <ComparisonFields
      comparison={leaf}
      kinds={ofEvent === null ? kindsOf(data, leaf.name) : []}
      suggestions={ofEvent === null ? values : (property?.values ?? [])}
      ofEvent={ofEvent !== null}
      onChange={(comparison) => onChange({ kind: "attribute", ...comparison })}
    />
  );
}

/** A row for what was picked. */
export const rowOf = (leaf: Leaf): Row => newRow(leaf);
