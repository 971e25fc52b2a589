// What would become of a file: each column, the first lines, whether series may start. Sends nothing.
import { useState } from "react";

import { Button, Callout, Checkbox, Input, Select, Table, whole } from "~/kit/index.ts";

import css from "./import.module.css";
import { type Becomes, type Column, type Csv, type Jsonl, type Opened, WORDS, hasEvents, problemsOf } from "./opened.ts";

type Props = { file: File; opened: Opened; begin: (columns: readonly Column[], startsSeries: boolean) => void; other: () => void };

export function Plan({ file, opened, begin, other }: Props) {
  const [columns, setColumns] = useState<readonly Column[]>(opened.kind === "csv" ? opened.columns : []);
  const [startsSeries, setStartsSeries] = useState(false);
  const problems = opened.kind === "csv" ? problemsOf(columns) : [];
  return (
    <>
      <div className="row apart">
        <p>
          <strong>{file.name}</strong> <span className="soft">{size(file.size)}</span>
        </p>
        <Button small look="quiet" onClick={other}>
          Choose another
        </Button>
      </div>
      {opened.encoding === "windows-1252" && (
        <Callout tone="warn" title="This file is not UTF-8.">
          It is read as Windows-1252, which spreadsheets on Windows write. Look at names with accents below before you go on.
        </Callout>
      )}
      {opened.kind === "csv" ? <Columns opened={opened} columns={columns} change={setColumns} /> : <Lines opened={opened} />}
      {problems.length > 0 && (
        <Callout tone="warn" title="Before it can be sent">
          <ul>
            {problems.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Callout>
      )}
      <Checkbox
        label="Series may start"
        checked={startsSeries}
        onChange={({ target }) => setStartsSeries(target.checked)}
        hint={
          startsSeries
            ? "People enter series by this as if it had just happened, and messages may leave at once."
            : "Segments know of it at once; nobody enters a series by it, and nothing is sent to anyone. Who comes to match an audience later enters then."
        }
      />
      <div className="row">
        <Button look="primary" disabled={problems.length > 0} onClick={() => begin(columns, startsSeries)}>
          Import {file.name}
        </Button>
      </div>
      <p className="soft small">
        A file that is imported twice counts once: a line’s id is its place in the file, unless it has one of its own. Give lines an id of their own where a later
        file will have the same events in other places.
      </p>
    </>
  );
}

const size = (bytes: number): string => (bytes < 1_000_000 ? `${whole(Math.ceil(bytes / 1_000))} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

function Columns({ opened: { rows }, columns, change }: { opened: Csv; columns: readonly Column[]; change: (columns: readonly Column[]) => void }) {
  const isOfEvents = hasEvents(columns);
  const value = isOfEvents ? "Property of the event" : "Attribute of the person";
  const set = (place: number, changed: Partial<Column>) => change(columns.map((column, at) => (at === place ? { ...column, ...changed } : column)));
  return (
    <div className={`${css.columns} ${css.stacked}`}>
      <p className="small soft">{isOfEvents ? "Each line is something that a person did." : "Each line is a person. A file in which one column names an event is one of events."}</p>
      <Table
        label="Columns"
        rows={columns.map((column, place) => ({ ...column, place }))}
        id={({ place }) => String(place)}
        columns={[
          { name: "Column", cell: ({ heading }) => <strong>{heading || <span className="soft">no name</span>}</strong> },
          {
            name: "Becomes",
            cell: ({ heading, becomes, place }) => (
              <Select bare label={`${heading} becomes`} value={becomes} onChange={({ target }) => set(place, { becomes: target.value as Becomes })}>
                {(Object.keys(WORDS) as Becomes[]).map((one) => (
                  <option key={one} value={one}>
                    {one === "value" ? value : WORDS[one]}
                  </option>
                ))}
              </Select>
            ),
          },
          {
            name: "Called",
            cell: ({ heading, becomes, name, place }) =>
              becomes === "value" ? <Input bare label={`${heading} is called`} value={name} onChange={({ target }) => set(place, { name: target.value })} /> : null,
          },
          { name: "First lines", grow: true, cell: ({ place }) => <span className={css.values}>{rows.map((row) => row[place] || "–").join(" · ")}</span> },
        ]}
      />
    </div>
  );
}

function Lines({ opened: { lines } }: { opened: Jsonl }) {
  return (
    <div className={css.columns}>
      <p className="small soft">Each line is a message as the events API takes it, and says itself what it is. The first lines:</p>
      <Table
        label="First lines"
        rows={lines}
        id={({ line }) => String(line)}
        columns={[
          { name: "Line", number: true, cell: ({ line }) => line },
          { name: "Is", cell: ({ what }) => what },
          { name: "Of", cell: ({ who }) => who },
          { name: "Says", grow: true, cell: ({ says }) => <span className={css.values}>{says || "–"}</span> },
        ]}
      />
    </div>
  );
}
