// The graph that the steps of a series are: who leads where, and edits that never leave a reference
// dangling or close a circle. Knows nothing of React, of places on a canvas or of the server.
import type { SeriesSpec, Step, StepKind } from "~/api/types.ts";

/** Where a path ends. */
export const END = "end";
// LIMIT: as docs/series.md has it.
export const STEPS_MAX = 250;
export const PATHS_MAX = 10;

/** A way out of a step. `label` is `null` where there is only one. */
export type Way = { key: string; label: string | null; to: string; holdout?: boolean };
/** Where a step can be put: on a way out of a step, or of the entry (`null`). */
export type Place = { from: string | null; way: string };
export type Edge = Place & { label: string | null; to: string; holdout?: boolean };
/** An edit that was made, or the reason why it cannot be. */
export type Edited = { ok: true; spec: SeriesSpec } | { ok: false; why: string };

export const ENTRY: Place = { from: null, way: "next" };

export const waitsForRule = (step: Step): boolean => step.kind === "wait" && step.until?.rule !== undefined;

/** The ways out of a step. `following` is where one goes who is told nothing. */
export function ways(step: Step, following: string): Way[] {
  const next = step.next ?? following;
  switch (step.kind) {
    case "exit":
      return [];
    case "branch":
      return [
        { key: "yes", label: "Yes", to: step.yes ?? next },
        { key: "no", label: "No", to: step.no ?? next },
      ];
    case "split":
      return (step.paths ?? []).map(({ name, weight, next: to, holdout }, place) => ({
        key: `path-${place}`,
        label: `${name || `Way ${place + 1}`} · ${share(step, weight)}`,
        to: holdout ? END : (to ?? next),
        ...(holdout && { holdout }),
      }));
    case "wait":
      if (!waitsForRule(step)) break;
      return [
        { key: "met", label: "Met", to: step.met ?? next },
        { key: "timed_out", label: "Timed out", to: step.timed_out ?? next },
      ];
    default:
      break;
  }
  return [{ key: "next", label: null, to: next }];
}

/** The share of a way of a split, in percent. */
export function share(step: Step, weight: number): string {
  const sum = (step.paths ?? []).reduce((total, path) => total + (path.weight || 0), 0);
  return `${sum > 0 ? Math.round((weight / sum) * 1000) / 10 : 0}%`;
}

function withWays(step: Step, targets: Record<string, string>): Step {
  const { next: _next, yes: _yes, no: _no, met: _met, timed_out: _out, ...rest } = step;
  if (step.kind === "split") {
    const paths = (step.paths ?? []).map(({ next: _, ...path }, place) => ({
      ...path,
      ...(!path.holdout && { next: targets[`path-${place}`] ?? END }),
    }));
    return { ...rest, paths };
  }
  return { ...rest, ...targets };
}

const targetsOf = (step: Step, following: string): Record<string, string> =>
  Object.fromEntries(ways(step, following).map(({ key, to }) => [key, to]));

/** Every way written out: the order of the steps means nothing any more. */
type Graph = { entry: string; steps: Map<string, Step> };

function open(spec: SeriesSpec): Graph {
  const steps = new Map<string, Step>();
  spec.steps.forEach((step, place) => {
    steps.set(step.id, withWays(step, targetsOf(step, spec.steps[place + 1]?.id ?? END)));
  });
  return { entry: spec.steps[0]?.id ?? END, steps };
}

const leads = (step: Step): string[] => ways(step, END).map(({ to }) => to);

/** The steps in an order in which nothing comes before what leads to it. What no path leads to comes last. */
function ordered({ entry, steps }: Graph): Step[] {
  const done = new Set<string>();
  const found: Step[] = [];
  const visit = (id: string) => {
    const step = steps.get(id);
    if (!step || done.has(id)) return;
    done.add(id);
    for (const to of leads(step).reverse()) visit(to);
    found.unshift(step);
  };
  visit(entry);
  return [...found, ...[...steps.values()].filter(({ id }) => !done.has(id))];
}

/** Back into the shape that is stored: `next` is written only where it says something. */
function close(spec: SeriesSpec, graph: Graph): SeriesSpec {
  const steps = ordered(graph);
  return {
    ...spec,
    steps: steps.map((step, place) => {
      const following = steps[place + 1]?.id ?? END;
      if (step.next !== following) return step;
      const { next: _, ...rest } = step;
      return rest;
    }),
  };
}

function follow(graph: Graph, place: Place): string {
  if (place.from === null) return graph.entry;
  const step = graph.steps.get(place.from);
  return (step && ways(step, END).find(({ key }) => key === place.way)?.to) ?? END;
}

function lead(graph: Graph, place: Place, to: string): void {
  if (place.from === null) {
    graph.entry = to;
    return;
  }
  const step = graph.steps.get(place.from);
  if (step) graph.steps.set(step.id, withWays(step, { ...targetsOf(step, END), [place.way]: to }));
}

/** Every edge, that of the entry first. */
export function edges(spec: SeriesSpec): Edge[] {
  const { entry, steps } = open(spec);
  const out = [...steps.values()].flatMap((step) =>
    ways(step, END).map(({ key, label, to, holdout }) => ({ from: step.id, way: key, label, to, ...(holdout && { holdout }) })),
  );
  return [{ ...ENTRY, label: null, to: entry }, ...out];
}

function reachedFrom(graph: Graph, start: string): Set<string> {
  const reached = new Set<string>();
  const open = [start];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const step = graph.steps.get(id);
    if (!step || reached.has(id)) continue;
    reached.add(id);
    open.push(...leads(step));
  }
  return reached;
}

/** The steps that a path leads to. */
export function reached(spec: SeriesSpec): Set<string> {
  const graph = open(spec);
  return reachedFrom(graph, graph.entry);
}

/** An id that no step has yet, from a word. */
export function freeId(taken: Iterable<string>, word: string): string {
  const used = new Set(taken);
  const base = word.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-+|-+$/g, "").slice(0, 40) || "step";
  if (!used.has(base) && base !== END) return base;
  for (let number = 2; ; number += 1) if (!used.has(`${base}-${number}`)) return `${base}-${number}`;
}

const idsOf = (spec: SeriesSpec) => spec.steps.map(({ id }) => id);

/** A new step of a kind, with what it needs to be read, and nothing more. */
export function newStep(spec: SeriesSpec, kind: StepKind): Step {
  const id = freeId(idsOf(spec), { branch: "check", set: "update" }[kind as string] ?? kind);
  switch (kind) {
    case "email":
      return { id, kind, subject: "", body: "" };
    case "in_app":
      return { id, kind, layout: "banner", title: "", body: "" };
    case "push":
      return { id, kind, title: "", body: "" };
    case "webhook":
      return { id, kind, method: "POST", url: "" };
    case "wait":
      return { id, kind, for: "1d" };
    case "split":
      return { id, kind, paths: [{ name: "a", weight: 50 }, { name: "b", weight: 50 }] };
    case "set":
    case "branch":
    case "exit":
      return { id, kind };
  }
}

/** Whether an exit may be put here: what comes after must still be reached in another way. */
export function mayEndAt(spec: SeriesSpec, place: Place): boolean {
  const graph = open(spec);
  const before = reachedFrom(graph, graph.entry);
  lead(graph, place, END);
  return reachedFrom(graph, graph.entry).size === before.size;
}

/** Puts a step on a way: it takes the way over, and all of its own ways go on from there. */
export function insert(spec: SeriesSpec, place: Place, step: Step): Edited {
  if (spec.steps.length >= STEPS_MAX) return { ok: false, why: `A series has ${STEPS_MAX} steps at most.` };
  if (spec.steps.some(({ id }) => id === step.id)) return { ok: false, why: `There is a step “${step.id}” already.` };
  if (step.kind === "exit" && !mayEndAt(spec, place)) {
    return { ok: false, why: "Nothing would lead to the steps after it. Put the exit at the end of a path." };
  }
  const graph = open(spec);
  const target = follow(graph, place);
  const bare = withWays(step, {});
  graph.steps.set(step.id, withWays(bare, Object.fromEntries(ways(bare, target).map(({ key }) => [key, target]))));
  lead(graph, place, step.id);
  return { ok: true, spec: close(spec, graph) };
}

/** Takes a step out of a graph; those who would have come to it go on along its first way. */
function bridge(graph: Graph, id: string): void {
  const step = graph.steps.get(id);
  if (!step) return;
  const on = ways(step, END).find(({ holdout }) => !holdout)?.to ?? END;
  graph.steps.delete(id);
  if (graph.entry === id) graph.entry = on;
  for (const other of graph.steps.values()) {
    const targets = targetsOf(other, END);
    if (!Object.values(targets).includes(id)) continue;
    const mended = Object.fromEntries(Object.entries(targets).map(([key, to]) => [key, to === id ? on : to]));
    graph.steps.set(other.id, withWays(other, mended));
  }
}

/** Removes steps. */
export function remove(spec: SeriesSpec, ids: readonly string[]): SeriesSpec {
  const graph = open(spec);
  for (const id of ids) bridge(graph, id);
  if (!graph.steps.has(graph.entry)) graph.entry = graph.steps.keys().next().value ?? END;
  return close(spec, graph);
}

/** Leads a way somewhere else. */
export function connect(spec: SeriesSpec, place: Place, to: string): Edited {
  const graph = open(spec);
  if (to !== END && !graph.steps.has(to)) return { ok: false, why: `There is no step “${to}”.` };
  if (place.from === null && to === END) return { ok: false, why: "A series begins with a step." };
  if (place.from !== null && to !== END && reachedFrom(graph, to).has(place.from)) {
    return { ok: false, why: "That would be a circle: people would never come to the end." };
  }
  lead(graph, place, to);
  return { ok: true, spec: close(spec, graph) };
}

/** Takes a step out and puts it elsewhere. */
export function move(spec: SeriesSpec, id: string, place: Place): Edited {
  const step = spec.steps.find((one) => one.id === id);
  if (!step) return { ok: false, why: `There is no step “${id}”.` };
  if (ways(step, END).length !== 1) return { ok: false, why: "A step with several ways stays where it is. Lead its ways elsewhere instead." };
  if (place.from === id) return { ok: false, why: "It is there already." };
  const graph = open(spec);
  if (follow(graph, place) === id) return { ok: false, why: "It is there already." };
  bridge(graph, id);
  const target = follow(graph, place);
  graph.steps.set(id, withWays(step, { next: target }));
  lead(graph, place, id);
  return { ok: true, spec: close(spec, graph) };
}

/** The places from which one comes to a step. */
export const placesBefore = (spec: SeriesSpec, id: string): Place[] =>
  edges(spec).filter(({ to }) => to === id).map(({ from, way }) => ({ from, way }));

/** Lets a step change places with the one before it (-1) or after it (1) on its path. */
export function shift(spec: SeriesSpec, id: string, by: -1 | 1): Edited {
  const [before, more] = placesBefore(spec, id);
  const step = open(spec).steps.get(id);
  if (!before || !step) return { ok: false, why: "No path leads to this step." };
  if (by === 1) {
    const after = ways(step, END)[0]?.to ?? END;
    if (after === END) return { ok: false, why: "It is the last on its path." };
    const following = open(spec).steps.get(after);
    if (!following || ways(following, END).length !== 1) return { ok: false, why: "The next step has several ways. Choose one of them." };
    return move(spec, id, { from: after, way: "next" });
  }
  if (before.from === null) return { ok: false, why: "It is the first step." };
  const [above, another] = placesBefore(spec, before.from);
  if (more || another || !above) return { ok: false, why: "Several paths meet here. Choose one of them." };
  return move(spec, id, above);
}

/** A step with all of its ways written out, as `update` takes it. */
export const written = (spec: SeriesSpec, id: string): Step | undefined => open(spec).steps.get(id);

/** Replaces a step by an edited one of the same id. Ways that are new go where the first one went. */
export function update(spec: SeriesSpec, step: Step): SeriesSpec {
  const graph = open(spec);
  const old = graph.steps.get(step.id);
  if (!old) return spec;
  const before = targetsOf(old, END);
  const on = ways(old, END).find(({ holdout }) => !holdout)?.to ?? END;
  const { next: _next, yes: _yes, no: _no, met: _met, timed_out: _out, ...bare } = step;
  const targets = Object.fromEntries(
    // The paths of a split carry their targets with them, so that one can be removed from among them.
    ways(bare as Step, on).map(({ key, to }) => [key, step.kind === "split" ? to : (before[key] ?? on)]),
  );
  graph.steps.set(step.id, withWays(bare as Step, targets));
  return close(spec, graph);
}

/** Why this cannot be the id of a step; `null` where it can. */
export function idProblem(spec: SeriesSpec, id: string, to: string): string | null {
  if (to === id) return null;
  if (to === END) return "`end` is the name of the end of a path: choose another.";
  if (!/^[a-z0-9_-]{1,64}$/.test(to)) return "Use up to 64 of a-z, 0-9, - and _.";
  if (spec.steps.some((step) => step.id === to)) return `There is a step “${to}” already.`;
  return null;
}

/** Gives a step another id, wherever it is named: by steps, and by rules about its message. */
export function rename(spec: SeriesSpec, seriesId: string, id: string, to: string): Edited {
  const why = idProblem(spec, id, to);
  if (why) return { ok: false, why };
  const [before, after] = [JSON.stringify(`"${seriesId}/${id}"`).slice(1, -1), JSON.stringify(`"${seriesId}/${to}"`).slice(1, -1)];
  const mended = JSON.parse(JSON.stringify(spec).replaceAll(before, after)) as SeriesSpec;
  const swap = (target: string | undefined) => (target === id ? to : target);
  const steps = mended.steps.map((step) => {
    const renamed: Step = { ...step, id: step.id === id ? to : step.id };
    for (const field of ["next", "yes", "no", "met", "timed_out"] as const) {
      const target = swap(step[field]);
      if (target !== undefined) renamed[field] = target;
    }
    if (step.paths) renamed.paths = step.paths.map((path) => (path.next === id ? { ...path, next: to } : path));
    return renamed;
  });
  return { ok: true, spec: { ...mended, steps } };
}

/** Puts copies of steps on a way, joined as they were; what led out of them goes on from there. */
export function paste(spec: SeriesSpec, place: Place, copied: readonly Step[]): Edited & { ids?: string[] } {
  if (spec.steps.length + copied.length > STEPS_MAX) return { ok: false, why: `A series has ${STEPS_MAX} steps at most.` };
  const taken = new Set(idsOf(spec));
  const names = new Map<string, string>();
  for (const { id } of copied) {
    const free = freeId(taken, id);
    names.set(id, free);
    taken.add(free);
  }
  const source = open({ ...spec, steps: [...copied] });
  const targeted = new Set([...source.steps.values()].flatMap(leads));
  const roots = copied.filter(({ id }) => !targeted.has(id));
  const graph = open(spec);
  let target = follow(graph, place);
  // From the last root to the first, so that each leads to the one after it.
  for (const root of [...roots].reverse()) {
    for (const id of reachedFrom(source, root.id)) {
      const step = source.steps.get(id);
      const name = names.get(id);
      if (!step || !name || graph.steps.has(name)) continue;
      const targets = Object.entries(targetsOf(step, END)).map(([key, to]) => [key, names.get(to) ?? target]);
      graph.steps.set(name, withWays({ ...step, id: name }, Object.fromEntries(targets)));
    }
    target = names.get(root.id) ?? target;
  }
  lead(graph, place, target);
  return { ok: true, spec: close(spec, graph), ids: [...names.values()] };
}
