// The flow as an ordered outline: complete by keyboard, by touch and for a screen reader.
import { ArrowDown, ArrowUp, Copy, CopyPlus, Ellipsis, Flag, LogIn, Trash2, TriangleAlert, Users } from "lucide-react";

import type { Step } from "~/api/types.ts";
import { Badge, Callout, IconButton, Menu, whole } from "~/kit/index.ts";

import { END, type Place, shift } from "../graph.ts";
import { KindIcon } from "../icons.tsx";
import { type Branch, type Line, isNowhere, outline } from "../outline.ts";
import { KIND_NAMES, delayWords, entryLine, ruleText, stepLine } from "../words.ts";
import { AddMenu } from "./add-menu.tsx";
import { useFlow } from "./context.ts";
import css from "./flow.module.css";

export function OutlineView() {
  const { spec, segmentName, openSettings } = useFlow();
  const { lines, last, to, unreached } = outline(spec);
  return (
    <div className={css.outline}>
      <button type="button" className={css.lineEntry} onClick={openSettings}>
        <LogIn aria-hidden size={16} />
        <span>
          <span className="soft small">Enters</span>
          <span>{entryLine(spec, segmentName)}</span>
        </span>
      </button>
      <Lines lines={lines} last={last} to={to} label="Steps" />
      {unreached.length > 0 && (
        <>
          <Callout tone="warn" title="No path leads to these steps.">
            Lead one there in the form of another step, or remove them.
          </Callout>
          <ol className={css.lines} aria-label="Steps that no path leads to">
            {unreached.map((step) => (
              <li key={step.id}>
                <Row step={step} />
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function Lines({ lines, last, to, label }: { lines: readonly Line[]; last: Place; to: string; label: string }) {
  return (
    <ol className={css.lines} aria-label={label}>
      {lines.map(({ step, place, branches }) => (
        <li key={step.id}>
          {!isNowhere(place) && <AddMenu place={place} />}
          <Row step={step} />
          {branches.map((branch) => (
            <Ways key={branch.place.way} branch={branch} />
          ))}
        </li>
      ))}
      <li className={css.lineEnd}>
        {!isNowhere(last) && <AddMenu place={last} />}
        {!isNowhere(last) && (
          <span className="soft small row">
            <Flag aria-hidden size={13} />
            {to === END ? "The end" : `Goes on at “${to}”`}
          </span>
        )}
      </li>
    </ol>
  );
}

function Ways({ branch }: { branch: Branch }) {
  return (
    <div className={css.way}>
      <p className="row">
        <Badge tone="accent">{branch.label}</Badge>
        {branch.holdout && <span className="soft small">held out: they get nothing from here on</span>}
      </p>
      {!branch.holdout && <Lines lines={branch.lines} last={branch.last} to={branch.to} label={`Steps on ${branch.label}`} />}
    </div>
  );
}

function Row({ step }: { step: Step }) {
  const { spec, open, edit, remove, duplicate, copy, people, findings, readOnly } = useFlow();
  const here = people.get(step.id) ?? 0;
  const found = findings.get(step.id) ?? [];
  return (
    <div className={css.lineRow} data-kind={step.kind}>
      <button type="button" className={css.lineStep} onClick={() => open(step.id)}>
        <span className={css.sign}>
          <KindIcon kind={step.kind} />
        </span>
        <span className={css.lineWords}>
          <span className="soft small">
            {[KIND_NAMES[step.kind], delayWords(step).toLowerCase()].filter(Boolean).join(", ")}
          </span>
          <span>{stepLine(step)}</span>
          {step.when !== undefined && <span className="soft small">Only for: {ruleText(step.when)}</span>}
        </span>
        {here > 0 && (
          <Badge>
            <Users aria-hidden size={12} />
            {whole(here)}
            <span className="unseen"> wait here</span>
          </Badge>
        )}
        {found.length > 0 && (
          <span className={found.some(({ severity }) => severity === "error") ? "bad" : "warn"}>
            <TriangleAlert aria-hidden size={16} />
            <span className="unseen">{`${found.length} problem${found.length === 1 ? "" : "s"}`}</span>
          </span>
        )}
      </button>
      {!readOnly && (
        <Menu
          trigger={
            <IconButton label={`Actions for ${step.id}`} small>
              <Ellipsis />
            </IconButton>
          }
          items={[
            { label: "Move up", icon: <ArrowUp aria-hidden />, onSelect: () => void edit(shift(spec, step.id, -1)) },
            { label: "Move down", icon: <ArrowDown aria-hidden />, onSelect: () => void edit(shift(spec, step.id, 1)) },
            "line",
            { label: "Duplicate", icon: <CopyPlus aria-hidden />, onSelect: () => duplicate(step.id) },
            { label: "Copy", icon: <Copy aria-hidden />, onSelect: () => copy([step.id]) },
            { label: "Delete", icon: <Trash2 aria-hidden />, danger: true, onSelect: () => remove([step.id]) },
          ]}
        />
      )}
    </div>
  );
}
