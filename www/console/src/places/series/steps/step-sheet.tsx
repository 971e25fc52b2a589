// The sheet in which one step is edited.
import { Copy, CopyPlus, Trash2 } from "lucide-react";

import { useState } from "react";

import type { Finding, Series } from "~/api/types.ts";
import { Button, Callout, Dialog, IconButton } from "~/kit/index.ts";

import { useFlow } from "../flow/context.ts";
import { update, written } from "../graph.ts";
import type { TabName } from "../parts.ts";
import { Saved } from "../saved.tsx";
import type { Draft } from "../use-draft.ts";
import { KIND_ABOUT, KIND_NAMES, isMessage } from "../words.ts";
import { StepForm } from "./step-form.tsx";

type Props = {
  series: Series;
  draft: Draft;
  readOnly: boolean;
  id: string | undefined;
  findings: readonly Finding[];
  go: (tab: TabName, step?: string) => void;
};

export function StepSheet({ series, draft, readOnly, id: asked, findings, go }: Props) {
  const { copy, duplicate, remove } = useFlow();
  // Between a rename and the address that follows it, the step is known by its new name.
  const [renamed, setRenamed] = useState<{ from: string; to: string }>();
  const step = asked === undefined ? undefined : (written(draft.spec, asked) ?? (renamed?.from === asked ? written(draft.spec, renamed.to) : undefined));
  if (!step) return null;
  const { id } = step;
  return (
    <Dialog
      open
      onOpenChange={() => go("flow")}
      kind="sheet"
      wide={isMessage(step)}
      title={`${KIND_NAMES[step.kind]}: ${step.id}`}
      about={KIND_ABOUT[step.kind]}
      actions={
        <>
          {!readOnly && (
            <span className="row" style={{ marginRight: "auto" }}>
              <IconButton
                label="Delete this step"
                onClick={() => {
                  remove([id]);
                  go("flow");
                }}
              >
                <Trash2 />
              </IconButton>
              <IconButton label="Duplicate this step" onClick={() => duplicate(id)}>
                <CopyPlus />
              </IconButton>
              <IconButton label="Copy this step" onClick={() => copy([id])}>
                <Copy />
              </IconButton>
            </span>
          )}
          {!readOnly && <Saved sync={draft.sync} retry={() => void draft.flush()} />}
          <Button look="primary" onClick={() => go("flow")}>
            Done
          </Button>
        </>
      }
    >
      {findings.map(({ severity, code, message }) => (
        <Callout key={`${code} ${message}`} tone={severity === "error" ? "bad" : "warn"}>
          {message}
        </Callout>
      ))}
      <StepForm
        key={id}
        step={step}
        spec={draft.spec}
        seriesId={series.id}
        readOnly={readOnly}
        onChange={(edited) => draft.change(update(draft.spec, edited), `step ${id}`)}
        onSpec={(spec, to) => {
          if (to !== undefined) setRenamed({ from: id, to });
          draft.change(spec);
          if (to !== undefined) go("flow", to);
        }}
      />
    </Dialog>
  );
}
