// A way on the canvas: its line, its name, and the + that puts a step on it.
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";

import type { Place } from "../graph.ts";
import { AddMenu } from "./add-menu.tsx";
import css from "./flow.module.css";

type Data = { label: string | null; place: Place; holdout: boolean; several: boolean };

export function WayEdge({ id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps) {
  const { label, place, holdout, several } = data as Data;
  const [path, middleX, middleY] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 12, ...(several && { centerY: sourceY + 62 }) });
  const [x, y] = several ? [sourceX, sourceY + 34] : [middleX, middleY];
  const where = place.from === null ? "as the first" : `after “${place.from}”${label ? `, on ${label}` : ""}`;
  return (
    <>
      <BaseEdge id={id} path={path} />
      <EdgeLabelRenderer>
        <div className={`${css.edge} nodrag nopan`} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
          {label && <span className={css.edgeLabel}>{label}</span>}
          {!holdout && <AddMenu place={place} where={where} />}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
