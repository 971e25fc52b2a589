// The tab Flow: the steps as a canvas or as a list, and the sheet in which one of them is edited.
import { useQuery } from "@tanstack/react-query";
import { List, LogOut, Workflow } from "lucide-react";
import { Suspense, lazy, useMemo, useState } from "react";

import { allSegments, inFlight } from "~/api/queries.ts";
import type { Finding, StepKind } from "~/api/types.ts";
import { Choice, Empty, Loading, useToast } from "~/kit/index.ts";

import { END, ENTRY, type Place, insert, newStep, paste, placesBefore, remove, ways } from "../graph.ts";
import type { Parts } from "../parts.ts";
import { StepSheet } from "../steps/step-sheet.tsx";
import { exitLine } from "../words.ts";
import { AddMenu } from "./add-menu.tsx";
import { copySteps, useCopied } from "./clipboard.ts";
import { type FlowActions, FlowContext } from "./context.ts";
import css from "./flow.module.css";
import { OutlineView } from "./outline-view.tsx";

const Canvas = lazy(async () => ({ default: (await import("./canvas.tsx")).Canvas }));

const SLOT = "rekindle.flow";
type View = "canvas" | "list";

function firstView(): View {
  try {
    const chosen = localStorage.getItem(SLOT);
    if (chosen === "canvas" || chosen === "list") return chosen;
  } catch {
    // Then the width decides.
  }
  return matchMedia("(max-width: 48rem)").matches ? "list" : "canvas";
}

export function Flow({ series, draft, readOnly, findings, go, step }: Parts & { step: string | undefined }) {
  const { spec, change, edit } = draft;
  const [view, setView] = useState(firstView);
  const segments = useQuery(allSegments);
  const waiting = useQuery({ ...inFlight(series.id), enabled: series.version !== null });
  const copied = useCopied();
  const say = useToast();

  const choose = (next: View) => {
    setView(next);
    try {
      localStorage.setItem(SLOT, next);
    } catch {
      // Remembered until the page is left.
    }
  };
  const people = useMemo(() => {
    const sums = new Map<string, number>();
    for (const { step, people } of waiting.data ?? []) if (step !== null) sums.set(step, (sums.get(step) ?? 0) + people);
    return sums;
  }, [waiting.data]);
  const byStep = useMemo(() => {
    const found = new Map<string, Finding[]>();
    for (const finding of findings) if (finding.step !== null) found.set(finding.step, [...(found.get(finding.step) ?? []), finding]);
    return found;
  }, [findings]);
  const actions = useMemo<FlowActions>(
    () => ({
      spec,
      readOnly,
      people,
      findings: byStep,
      segmentName: (id) => segments.data?.find((one) => one.id === id)?.name ?? id,
      open: (id) => go("flow", id),
      openSettings: () => go("settings"),
      add: (place: Place, kind: StepKind) => {
        const made = newStep(spec, kind);
        if (edit(insert(spec, place, made)) && kind !== "exit") go("flow", made.id);
      },
      edit,
      remove: (ids) => {
        change(remove(spec, ids));
        say({ title: ids.length === 1 ? `Removed “${ids[0]}”.` : `Removed ${ids.length} steps.`, undo: draft.undo });
      },
      duplicate: (id) => {
        const one = spec.steps.find((step) => step.id === id);
        const [way] = one ? ways(one, END) : [];
        // A copy of an exit has its place before it.
        if (one) edit(paste(spec, way ? { from: id, way: way.key } : (placesBefore(spec, id)[0] ?? ENTRY), [one]));
      },
      copy: (ids) => {
        const chosen = spec.steps.filter(({ id }) => ids.includes(id));
        if (chosen.length === 0) return;
        copySteps(chosen);
        say({ title: chosen.length === 1 ? "Copied. Paste it from any + button." : `Copied ${chosen.length} steps. Paste them from any + button.` });
      },
      paste: (place) => edit(paste(spec, place, copied)),
      copied: copied.length,
    }),
    [spec, readOnly, people, byStep, segments.data, copied, edit, change, draft.undo, go, say],
  );
  const exit = exitLine(spec);
  return (
    <FlowContext value={actions}>
      <div className={css.flow}>
        <div className={css.tools}>
          <button type="button" className={css.exit} data-missing={exit === null || undefined} onClick={() => go("settings")}>
            <LogOut aria-hidden size={15} />
            <span>
              <strong>Everyone leaves when</strong> {exit ?? "the last step is over: there is no exit condition"}
            </span>
          </button>
          <Choice
            label="Show the flow as"
            bare
            value={view}
            onChange={choose}
            options={[
              { value: "canvas", label: <><Workflow aria-hidden size={14} className={css.option} />Canvas</> },
              { value: "list", label: <><List aria-hidden size={14} className={css.option} />List</> },
            ]}
          />
        </div>
        {spec.steps.length === 0 ? (
          <div className={css.blank}>
            <Empty title="Add the first step" actions={<AddMenu place={ENTRY} words="Add a step" />}>
              {readOnly ? "This series has no steps yet." : "An email, a wait, a branch: everyone who enters begins here. You can move and change every step later."}
            </Empty>
          </div>
        ) : view === "list" ? (
          <OutlineView />
        ) : (
          <Suspense fallback={<Loading lines={8} label="Loading the canvas" />}>
            <Canvas selected={step} />
          </Suspense>
        )}
      </div>
      <StepSheet series={series} draft={draft} readOnly={readOnly} id={step} findings={step ? (byStep.get(step) ?? []) : []} go={go} />
    </FlowContext>
  );
}
