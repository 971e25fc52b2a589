// A series as an outline: its steps in order, the ways of a step nested below it up to where they
// meet again. What the list view shows and a screen reader reads.
import type { SeriesSpec, Step } from "~/api/types.ts";

import { END, ENTRY, type Place, edges } from "./graph.ts";

/** A way below a step. `to` is where it goes on after its lines: a step shown elsewhere, or the end. */
export type Branch = { place: Place; label: string; holdout: boolean; lines: Line[]; last: Place; to: string };
/** `place` is where one comes from, and where a step can be put; nowhere where paths meet. */
export type Line = { step: Step; place: Place; branches: Branch[] };
export type Outline = { lines: Line[]; last: Place; to: string; unreached: Step[] };

export function outline(spec: SeriesSpec): Outline {
  const steps = new Map(spec.steps.map((step) => [step.id, step]));
  const order = new Map(spec.steps.map((step, place) => [step.id, place]));
  const out = new Map<string | null, ReturnType<typeof edges>>();
  for (const edge of edges(spec)) out.set(edge.from, [...(out.get(edge.from) ?? []), edge]);
  const seen = new Set<string>();

  const reach = new Map<string, Set<string>>();
  const reachOf = (id: string): Set<string> => {
    const known = reach.get(id);
    if (known) return known;
    const found = new Set<string>();
    reach.set(id, found);
    if (!steps.has(id)) return found;
    found.add(id);
    for (const { to } of out.get(id) ?? []) for (const one of reachOf(to)) found.add(one);
    return found;
  };
  /** The first step that all of these lead to. */
  const meeting = (targets: readonly string[]): string => {
    const [first, ...rest] = targets.map(reachOf);
    const common = [...(first ?? [])].filter((id) => rest.every((set) => set.has(id)));
    return common.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0))[0] ?? END;
  };

  function run(start: Place, stop: ReadonlySet<string>): { lines: Line[]; last: Place; to: string } {
    const lines: Line[] = [];
    let place = start;
    let to = targetOf(start);
    for (;;) {
      const step = steps.get(to);
      if (!step || stop.has(to) || seen.has(to)) return { lines, last: place, to: step ? to : END };
      seen.add(to);
      const leaving = out.get(step.id) ?? [];
      const [only] = leaving;
      if (leaving.length === 1 && only && only.label === null) {
        lines.push({ step, place, branches: [] });
        place = { from: step.id, way: only.way };
        to = only.to;
        continue;
      }
      const join = meeting(leaving.filter(({ holdout }) => !holdout).map((edge) => edge.to));
      const inner = new Set(join === END ? stop : [...stop, join]);
      const branches = leaving.map((edge): Branch => {
        const from: Place = { from: step.id, way: edge.way };
        return { place: from, label: edge.label ?? "", holdout: edge.holdout ?? false, ...run(from, inner) };
      });
      lines.push({ step, place, branches });
      const after = branches.find((branch) => branch.to === join);
      // Where ways meet again the outline goes on, once.
      if (join === END || !after || seen.has(join) || stop.has(join)) return { lines, last: NOWHERE, to: END };
      // Each way has its own last place: there is none that all of them share.
      place = NOWHERE;
      to = join;
    }
  }
  function targetOf(place: Place): string {
    return (out.get(place.from) ?? []).find(({ way }) => way === place.way)?.to ?? END;
  }
  const whole = run(ENTRY, new Set());
  return { ...whole, unreached: spec.steps.filter(({ id }) => !seen.has(id)) };
}

/** After a step whose ways all end: nothing can be put there. */
export const NOWHERE: Place = { from: "", way: "" };
export const isNowhere = (place: Place): boolean => place.from === "";
