// People and what they did, from a file: chosen, looked at, sent part by part, and what was refused.
import { useQueryClient } from "@tanstack/react-query";
import { FileUp } from "lucide-react";
import { type DragEvent, useEffect, useState, useSyncExternalStore } from "react";

import { importPart } from "~/api/client.ts";
import { Button, Callout, Card, whole } from "~/kit/index.ts";

import css from "./import.module.css";
import { type Column, type Opened, headerOf, open } from "./opened.ts";
import { Plan } from "./plan.tsx";
import { Refused } from "./refused.tsx";
import { Import, type Progress, type State } from "./run.ts";

const KEPT_UNDER = "rekindle/import";

function kept(): Progress | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_UNDER) ?? "null") as Progress | null;
  } catch {
    return null;
  }
}

/** The one import of this page: it goes on while another place of the console is looked at. */
const run = new Import(kept(), {
  send: ({ name, kind, startsSeries }, line, part, signal) =>
    importPart(part, {
      query: { line, name, series: startsSeries ? "start" : undefined },
      type: kind === "csv" ? "text/csv" : "application/x-ndjson",
      signal,
    }),
  keep: (progress) => {
    if (progress) sessionStorage.setItem(KEPT_UNDER, JSON.stringify(progress));
    else sessionStorage.removeItem(KEPT_UNDER);
  },
});

export function ImportFile() {
  const state = useSyncExternalStore(run.subscribe, run.get);
  return (
    <Card title="Import" about="People and what they did, from a CSV file or from lines of JSON. Nothing is sent before you have seen what becomes of it.">
      {state.is === "none" ? <Choose /> : <Sent state={state} />}
    </Card>
  );
}

type Chosen = { file: File; opened: Opened };

/** Choosing a file and looking at it; `given` hears of one that is not to be looked at. */
function Choose() {
  const [chosen, setChosen] = useState<Chosen>();
  const [wrong, setWrong] = useState<string>();
  const take = async (file: File) => {
    setWrong(undefined);
    try {
      setChosen({ file, opened: await open(file) });
    } catch (error) {
      setChosen(undefined);
      setWrong(`${file.name}: ${(error as Error).message}`);
    }
  };
  if (!chosen)
    return (
      <>
        <Drop words="Choose a file, or drop it here" hint="CSV with a line of names on top, or JSON lines (.jsonl). As large as you like: it is sent in parts." onFile={(file) => void take(file)} />
        {wrong && <Callout tone="bad" title="This file cannot be imported as it is.">{wrong}</Callout>}
      </>
    );
  const { file, opened } = chosen;
  const begin = (columns: readonly Column[], startsSeries: boolean) => {
    const { name, kind, encoding, start } = opened;
    const header = opened.kind === "csv" ? headerOf({ ...opened, columns: [...columns] }) : "";
    void run.begin(file, { file: file.name, bytes: file.size, name, kind, encoding, header, startsSeries }, start);
  };
  return <Plan file={file} opened={opened} begin={begin} other={() => setChosen(undefined)} />;
}

function Drop({ words, hint, onFile }: { words: string; hint: string; onFile: (file: File) => void }) {
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent, is: boolean) => {
    event.preventDefault();
    setOver(is);
  };
  return (
    <label
      className={css.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => over(event, true)}
      onDragLeave={(event) => over(event, false)}
      onDrop={(event) => {
        over(event, false);
        const [file] = event.dataTransfer.files;
        if (file) onFile(file);
      }}
    >
      <FileUp aria-hidden size={22} />
      <strong>{words}</strong>
      <span className="soft small">{hint}</span>
      <input
        type="file"
        className="unseen"
        accept=".csv,.tsv,.txt,.jsonl,.ndjson,.json,text/csv,application/x-ndjson"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) onFile(file);
          // The same file can be chosen again.
          target.value = "";
        }}
      />
    </label>
  );
}

type Begun = Exclude<State, { is: "none" }>;

/** What was sent so far, of an import that is under way, was stopped or is done. */
function Sent({ state }: { state: Begun }) {
  const { progress } = state;
  const { plan, offset, stored, refused } = progress;
  const cache = useQueryClient();
  const isRunning = state.is === "running";
  useEffect(() => {
    if (state.is !== "running") void cache.invalidateQueries();
  }, [state.is, cache]);
  useEffect(() => {
    if (!isRunning) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isRunning]);
  const percent = Math.floor((100 * offset) / plan.bytes);
  const figures = `${whole(stored)} stored, ${whole(refused)} refused`;
  return (
    <>
      <div className={css.sent}>
        <div className="row apart">
          <strong className="truncate">{plan.file}</strong>
          <span className="soft small number">{percent} %</span>
        </div>
        <progress className={css.bar} max={plan.bytes} value={offset} aria-label={`Import of ${plan.file}`} />
        <p className="small" role="status">
          {figures}
          {plan.startsSeries ? "; series may start" : "; no series starts"}
        </p>
      </div>
      {state.is === "stopped" && <Stopped state={state} />}
      {state.is === "done" && (
        <Callout tone={refused === 0 ? "good" : "warn"} title={refused === 0 ? "Everything was stored." : `Done: ${figures}.`}>
          {refused > 0 && "Mend the lines below and import them by themselves, or mend them in the same place of the same file and import it again: what is stored already counts once."}
        </Callout>
      )}
      <div className="row">
        {isRunning && <Button onClick={() => run.stop()}>Stop</Button>}
        {state.is === "stopped" && state.goesOn && (
          <Button look="primary" onClick={() => void run.goOn()}>
            Go on
          </Button>
        )}
        {!isRunning && <Button onClick={() => run.forget()}>{state.is === "done" ? "Import another file" : "Leave it at this"}</Button>}
      </div>
      {progress.kept.length > 0 && <Refused progress={progress} source={run.source} />}
    </>
  );
}

function Stopped({ state: { progress, why, goesOn } }: { state: Extract<State, { is: "stopped" }> }) {
  const [wrong, setWrong] = useState<string>();
  const take = async (file: File) => {
    try {
      const { name } = await open(file);
      if (run.begun(name, file.size)) run.give(file);
      else setWrong(`${file.name} is another file than ${progress.plan.file}, or it was changed since.`);
    } catch (error) {
      setWrong((error as Error).message);
    }
  };
  return (
    <>
      <Callout tone="warn" title={`It stopped at line ${whole(progress.line)}.`}>
        {why} {goesOn ? "It goes on from there; what is sent twice counts once." : `To go on from there, choose ${progress.plan.file} once more: a page that was loaded again may not read it by itself.`}
      </Callout>
      {!goesOn && <Drop words={`Choose ${progress.plan.file}`} hint="The same file, unchanged." onFile={(file) => void take(file)} />}
      {wrong && <Callout tone="bad">{wrong}</Callout>}
    </>
  );
}
