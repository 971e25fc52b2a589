// Where everything on the canvas is: computed from the graph by dagre, never stored.
import { Graph, layout } from "@dagrejs/dagre";

import type { SeriesSpec } from "~/api/types.ts";

import { END, type Edge, edges } from "../graph.ts";

export const ENTRY_ID = "entry:";
const [WIDTH, HEIGHT, WAY_WIDTH] = [256, 92, 128];
const [END_WIDTH, END_HEIGHT] = [64, 28];

export type Placed = { id: string; kind: "entry" | "step" | "end"; x: number; y: number; width: number; height: number };
/** `points` are where a long way passes the steps between its ends; without any it goes straight. */
export type Drawn = Edge & { id: string; source: string; target: string; x: number; y: number; points: { x: number; y: number }[] };
export type Plan = {
  nodes: Placed[];
  edges: Drawn[];
  /** The ways of a step from left to right, as their targets stand. */
  ways: Map<string, { key: string; label: string | null }[]>;
};

export function plan(spec: SeriesSpec): Plan {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 36, ranksep: 76, marginx: 24, marginy: 24 });
  graph.setDefaultEdgeLabel(() => ({}));
  const all = edges(spec);
  const known = new Set(spec.steps.map(({ id }) => id));
  const kinds = new Map<string, Placed["kind"]>([[ENTRY_ID, "entry"]]);
  graph.setNode(ENTRY_ID, { width: WIDTH, height: 76 });
  for (const { id } of spec.steps) {
    const ways = all.filter(({ from }) => from === id).length;
    kinds.set(id, "step");
    graph.setNode(id, { width: Math.max(WIDTH, ways * WAY_WIDTH), height: HEIGHT });
  }
  const drawn = all.map((edge) => {
    const source = edge.from ?? ENTRY_ID;
    const id = `${source}>${edge.way}`;
    const isEnd = edge.to === END || !known.has(edge.to);
    const target = isEnd ? `end:${id}` : edge.to;
    if (isEnd) {
      kinds.set(target, "end");
      graph.setNode(target, { width: END_WIDTH, height: END_HEIGHT });
    }
    graph.setEdge(source, target, { width: edge.label ? WAY_WIDTH : 0, height: edge.label ? 24 : 0, labelpos: "c" }, id);
    return { ...edge, id, source, target };
  });
  layout(graph);
  // Ways are read from left to right: where most stand the other way round, everything is mirrored.
  const xOf = (id: string) => (graph.node(id) as { x: number }).x;
  let turned = 0;
  for (const { id } of spec.steps) {
    const own = drawn.filter(({ from }) => from === id);
    own.forEach((edge, place) => {
      const left = own[place - 1];
      if (left) turned += Math.sign(xOf(left.target) - xOf(edge.target));
    });
  }
  const side = turned > 0 ? -1 : 1;
  const nodes = [...kinds].map(([id, kind]): Placed => {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number };
    return { id, kind, x: side * x - width / 2, y: y - height / 2, width, height };
  });
  const at = new Map(nodes.map((node) => [node.id, node]));
  const ways: Plan["ways"] = new Map();
  for (const { id } of spec.steps) {
    const centre = (target: string) => ((node) => (node ? node.x + node.width / 2 : 0))(at.get(target));
    const own = drawn.filter(({ from }) => from === id).sort((one, other) => centre(one.target) - centre(other.target));
    ways.set(id, own.map(({ way, label }) => ({ key: way, label })));
  }
  return {
    nodes,
    ways,
    edges: drawn.map((edge) => {
      const [source, target] = [at.get(edge.source), at.get(edge.target)];
      const x = ((source ? source.x + source.width / 2 : 0) + (target ? target.x + target.width / 2 : 0)) / 2;
      const { points = [] } = graph.edge(edge.source, edge.target, edge.id) as { points?: { x: number; y: number }[] };
      const inner = points.slice(1, -1).map((point) => ({ x: side * point.x, y: point.y }));
      return { ...edge, x, y: ((source ? source.y + source.height : 0) + (target?.y ?? 0)) / 2, points: inner.length > 1 ? inner : [] };
    }),
  };
}
