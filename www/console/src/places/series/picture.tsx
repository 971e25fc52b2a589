// A small picture of a flow: its steps as signs, its ways as lines. For the gallery of templates.
import type { SeriesSpec } from "~/api/types.ts";

import { KIND_ICONS } from "./icons.tsx";
import { type Line, outline } from "./outline.ts";
import css from "./list.module.css";

const [STEP_Y, STEP_X, ICON, TOP] = [30, 40, 22, 8];
// LIMIT: a picture, not a plan.
const ROWS_MAX = 4;

type Dot = { x: number; y: number; line: Line };
type Stroke = { x1: number; y1: number; x2: number; y2: number };

function draw(lines: readonly Line[], x: number, row: number, from: { x: number; y: number } | null, dots: Dot[], strokes: Stroke[]): number {
  let above = from;
  let at = row;
  for (const line of lines) {
    if (at >= ROWS_MAX) return at;
    const y = TOP + at * STEP_Y;
    if (above) strokes.push({ x1: above.x, y1: above.y + ICON, x2: x, y2: y });
    dots.push({ x, y, line });
    above = { x, y };
    at += 1;
    const width = line.branches.length - 1;
    const ends = line.branches.map((branch, place) => draw(branch.lines, x + (place - width / 2) * STEP_X, at, { x, y }, dots, strokes));
    at = Math.max(at, ...ends);
  }
  return at;
}

export function Picture({ spec }: { spec: SeriesSpec }) {
  const dots: Dot[] = [];
  const strokes: Stroke[] = [];
  const rows = draw(outline(spec).lines, 0, 0, null, dots, strokes);
  const height = ROWS_MAX * STEP_Y + TOP;
  return (
    <svg className={css.picture} viewBox={`-70 ${(rows * STEP_Y + TOP - height) / 2} 140 ${height}`} aria-hidden>
      {strokes.map(({ x1, y1, x2, y2 }) => (
        <path key={`${x1},${y1},${x2},${y2}`} d={`M${x1} ${y1}C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}`} />
      ))}
      {dots.map(({ x, y, line }) => {
        const Icon = KIND_ICONS[line.step.kind];
        return (
          <g key={line.step.id} transform={`translate(${x - ICON / 2} ${y})`}>
            <rect width={ICON} height={ICON} rx="6" />
            <Icon x={5} y={5} width={12} height={12} strokeWidth={2} />
          </g>
        );
      })}
      {dots.length === 0 && <path className={css.plus} d="M-9 4H9M0 -5V13" />}
    </svg>
  );
}
