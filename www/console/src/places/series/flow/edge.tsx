// A way on the canvas: its line, its name, and the + that puts a step on it.
import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";

import type { Place } from "../graph.ts";
import { AddMenu } from "./add-menu.tsx";
import css from "./flow.module.css";

type Point = { x: number; y: number };
type Data = { label: string | null; place: Place; holdout: boolean; several: boolean; points: Point[] };

/** The room below a step in which its ways keep to themselves. */
const CLEAR = 62;

/** A line through points from above to below, upright at each of them. */
function through(points: readonly Point[]): string {
  return points
    .map(({ x, y }, place) => {
      const before = points[place - 1];
      if (!before) return `M${x} ${y}`;
      const middle = (before.y + y) / 2;
      return `C${before.x} ${middle} ${x} ${middle} ${x} ${y}`;
    })
    .join("");
}

export function WayEdge({ id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps) {
  const { label, place, holdout, several, points } = data as Data;
  const [straight, middleX, middleY] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, borderRadius: 12, ...(several && { centerY: sourceY + CLEAR }) });
  const passed = points.filter((point) => point.y > sourceY + CLEAR && point.y < targetY - 12);
  const start = several ? [{ x: sourceX, y: sourceY }, { x: sourceX, y: sourceY + CLEAR - 10 }] : [{ x: sourceX, y: sourceY }];
  const path = passed.length > 0 ? through([...start, ...passed, { x: targetX, y: targetY }]) : straight;
  const [x, y] = several || passed.length > 0 ? [sourceX, sourceY + 34] : [middleX, middleY];
  return (
    <>
      <BaseEdge id={id} path={path} />
      <EdgeLabelRenderer>
        <div className={`${css.edge} nodrag nopan`} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
          {label && <span className={css.edgeLabel}>{label}</span>}
          {!holdout && <AddMenu place={place} />}
        </div>
      </EdgeLabelRenderer>
    </>
  );
}
