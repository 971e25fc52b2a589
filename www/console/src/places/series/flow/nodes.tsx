// What stands on the canvas: the entry, steps and ends.
import { Handle, type NodeProps, Position, useReactFlow } from "@xyflow/react";
import { CirclePlay, TriangleAlert, Users } from "lucide-react";

import { whole } from "~/kit/index.ts";

import { KindIcon } from "../icons.tsx";
import { KIND_NAMES, delayWords, entryLine, ruleText, stepLine } from "../words.ts";
import { useFlow } from "./context.ts";
import css from "./flow.module.css";

export function EntryNode() {
  const { spec, segmentName, openSettings } = useFlow();
  return (
    <div className={css.entry}>
      <button type="button" onClick={openSettings}>
        <span className={css.nodeHead}>
          <CirclePlay aria-hidden size={15} />
          {typeof spec.entry === "object" ? "Enters by an event" : spec.entry === "future" ? "Enters when they come to match" : "Enters: everyone who matches"}
        </span>
        <span className={css.nodeLine}>{entryLine(spec, segmentName)}</span>
      </button>
      <Handle type="source" position={Position.Bottom} id="next" />
    </div>
  );
}

export function StepNode({ id, data, selected }: NodeProps) {
  const { spec, open, people, findings, readOnly } = useFlow();
  const flow = useReactFlow();
  const step = spec.steps.find((one) => one.id === id);
  if (!step) return null;
  const { ways } = data as { ways: { key: string; label: string | null }[] };
  const here = people.get(id) ?? 0;
  const found = findings.get(id) ?? [];
  const bad = found.some(({ severity }) => severity === "error");
  const foot = [delayWords(step), step.when === undefined ? "" : `Only for ${ruleText(step.when)}`].filter(Boolean);
  return (
    <div className={css.node} data-selected={selected || undefined} data-kind={step.kind}>
      <Handle type="target" position={Position.Top} />
      <button
        type="button"
        aria-haspopup="dialog"
        onClick={(event) => !event.shiftKey && !event.ctrlKey && !event.metaKey && open(id)}
        onFocus={(event) => event.target.matches(":focus-visible") && flow.setNodes((nodes) => nodes.map((node) => ({ ...node, selected: node.id === id })))}
      >
        <span className={css.nodeHead}>
          <span className={css.sign}>
            <KindIcon kind={step.kind} size={14} />
          </span>
          {KIND_NAMES[step.kind]}
          <span className={css.nodeId}>{id}</span>
        </span>
        <span className={css.nodeLine}>{stepLine(step)}</span>
        {foot.length > 0 && <span className={css.nodeFoot}>{foot.join(" · ")}</span>}
      </button>
      {here > 0 && (
        <span className={css.people}>
          <Users aria-hidden size={12} />
          {whole(here)}
          <span className="unseen"> wait at {id}</span>
        </span>
      )}
      {found.length > 0 && (
        <span className={css.mark} data-bad={bad || undefined} title={found.map(({ message }) => message).join("\n")}>
          <TriangleAlert aria-hidden size={13} />
          <span className="unseen">{found.map(({ message }) => message).join("; ")}</span>
        </span>
      )}
      {ways.map(({ key, label }, place) => (
        <Handle key={key} type="source" position={Position.Bottom} id={key} isConnectable={!readOnly} style={{ left: `${((place + 1) / (ways.length + 1)) * 100}%` }} title={label ?? "Lead to another step"} />
      ))}
    </div>
  );
}

export function EndNode() {
  return (
    <div className={css.end}>
      <Handle type="target" position={Position.Top} />
      End
    </div>
  );
}
