// The flow as a canvas. Positions are computed; dragging a step onto a + moves it there, dragging from a
// dot to a step leads a way there. Loaded when it is first shown.
import "@xyflow/react/dist/base.css";

import { Background, type Connection, Controls, type Edge, MiniMap, type Node, type NodeChange, ReactFlow, ReactFlowProvider, applyNodeChanges, useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";

import { END, ENTRY, type Place, connect, edges as edgesOf, move, ways } from "../graph.ts";
import { useFlow } from "./context.ts";
import { WayEdge } from "./edge.tsx";
import css from "./flow.module.css";
import { ENTRY_ID, type Plan, plan } from "./layout.ts";
import { EndNode, EntryNode, StepNode } from "./nodes.tsx";

const NODES = { entry: EntryNode, step: StepNode, end: EndNode };
const EDGES = { way: WayEdge };
/** How near to a + a step must be let go to be put there. */
const NEAR = 110;
/** Smaller than this, words can't be read. */
const READABLE = 0.6;

function nodesOf({ nodes, ways }: Plan, chosen: ReadonlySet<string>, readOnly: boolean): Node[] {
  return nodes.map(({ id, kind, x, y, width, height }) => ({
    id,
    type: kind,
    position: { x, y },
    width,
    height,
    data: { ways: ways.get(id) ?? [] },
    selected: chosen.has(id),
    selectable: kind === "step",
    draggable: kind === "step" && !readOnly,
    connectable: !readOnly,
  }));
}

export function Canvas({ selected }: { selected: string | undefined }) {
  return (
    <ReactFlowProvider>
      <Plane selected={selected} />
    </ReactFlowProvider>
  );
}

function Plane({ selected }: { selected: string | undefined }) {
  const { spec, readOnly, edit, remove, copy, paste, copied } = useFlow();
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  // Typing in a step changes the spec with every key, and where things stand with none.
  const shape = JSON.stringify([spec.steps.map(({ id }) => id), edgesOf(spec)]);
  const drawn = useRef<{ shape: string; plan: Plan }>(undefined);
  if (drawn.current?.shape !== shape) drawn.current = { shape, plan: plan(spec) };
  const drawing = drawn.current.plan;
  const [nodes, setNodes] = useState<Node[]>(() => nodesOf(drawing, new Set(selected ? [selected] : []), readOnly));
  const edges = useMemo<Edge[]>(
    () =>
      drawing.edges.map(({ id, source, target, way, label, from, holdout, points }) => ({
        id,
        type: "way",
        source,
        target,
        sourceHandle: way,
        data: { label, place: { from, way }, holdout: holdout ?? false, points, several: (drawing.ways.get(source)?.length ?? 1) > 1 },
        reconnectable: false,
        selectable: false,
      })),
    [drawing],
  );
  useEffect(() => {
    setNodes((before) => nodesOf(drawing, new Set(before.filter((node) => node.selected).map(({ id }) => id)), readOnly));
  }, [drawing, readOnly]);
  // One begins to read at the entry, in a size that can be read.
  const start = () => {
    const { width } = frame.current?.getBoundingClientRect() ?? { width: 800 };
    const first = drawing.nodes.find(({ id }) => id === ENTRY_ID);
    const span = Math.max(...drawing.nodes.map(({ x, width: own }) => Math.abs(x + own / 2 - (first ? first.x + first.width / 2 : 0)) + own / 2));
    const zoom = Math.max(READABLE, Math.min(1, width / (2 * span + 48)));
    if (first) void flow.setViewport({ x: width / 2 - (first.x + first.width / 2) * zoom, y: 24 - first.y * zoom, zoom });
  };
  // What is chosen, or has just been added, is brought into sight.
  useEffect(() => {
    const node = drawing.nodes.find(({ id }) => id === selected);
    const box = frame.current?.getBoundingClientRect();
    if (!node || !box) return;
    const { x, y, zoom } = flow.getViewport();
    const [left, top] = [node.x * zoom + x, node.y * zoom + y];
    const inSight = left >= 0 && top >= 0 && left + node.width * zoom <= box.width && top + node.height * zoom <= box.height;
    if (!inSight) void flow.setCenter(node.x + node.width / 2, node.y + node.height / 2, { zoom, duration: 200 });
  }, [selected, drawing, flow]);

  const placeOf = ({ source, sourceHandle }: { source: string; sourceHandle?: string | null }): Place =>
    source === ENTRY_ID ? ENTRY : { from: source, way: sourceHandle ?? "next" };
  const targetOf = (target: string) => (target.startsWith("end:") ? END : target);
  const chosen = () => nodes.filter((node) => node.selected && node.type === "step").map(({ id }) => id);

  const onDragStop = (_: unknown, node: Node) => {
    const [x, y] = [node.position.x + (node.width ?? 0) / 2, node.position.y + (node.height ?? 0) / 2];
    const near = drawing.edges
      .filter(({ source, target }) => source !== node.id && target !== node.id)
      .map((edge) => ({ edge, away: Math.hypot(edge.x - x, edge.y - y) }))
      .sort((one, other) => one.away - other.away)[0];
    const moved = near && near.away < NEAR && edit(move(spec, node.id, { from: near.edge.from, way: near.edge.way }));
    // Positions are the layout's: a step that was not moved goes back.
    if (!moved) setNodes((before) => nodesOf(drawing, new Set(before.filter((one) => one.selected).map(({ id }) => id)), readOnly));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    // What is pressed in a menu comes by here as well.
    if (!event.currentTarget.contains(event.target as globalThis.Node)) return;
    const ids = chosen();
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") setNodes((before) => before.map((node) => ({ ...node, selected: false })));
    if (ids.length === 0 || readOnly) return;
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(ids);
    } else if (command && event.key === "c") {
      copy(ids);
    } else if (command && event.key === "v" && copied > 0) {
      const last = spec.steps.findLast(({ id }) => ids.includes(id));
      const way = last && ways(last, END)[0];
      if (last && way) paste({ from: last.id, way: way.key });
    }
  };

  return (
    <>
    <div ref={frame} className={css.canvas} onKeyDown={onKeyDown} role="region" aria-label="Canvas of the flow">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        onNodesChange={(changes: NodeChange[]) => setNodes((before) => applyNodeChanges(changes, before))}
        onNodeDragStop={onDragStop}
        onConnect={(connection: Connection) => void edit(connect(spec, placeOf(connection), targetOf(connection.target)))}
        isValidConnection={(connection) => connect(spec, placeOf(connection), targetOf(connection.target)).ok}
        nodesFocusable={false}
        edgesFocusable={false}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Control", "Meta"]}
        onInit={start}
        minZoom={0.1}
        maxZoom={1.5}
        colorMode="system"
        nodeDragThreshold={4}
        onlyRenderVisibleElements={spec.steps.length > 80}
      >
        <Background gap={22} size={1} color="var(--line)" />
        <Controls showInteractive={false} fitViewOptions={{ maxZoom: 1, padding: 0.15 }} />
        <MiniMap pannable zoomable ariaLabel="Map of the flow" nodeColor="var(--line-strong)" nodeStrokeColor="transparent" maskColor="color-mix(in oklab, var(--sunken) 70%, transparent)" bgColor="var(--raised)" />
      </ReactFlow>
    </div>
      {!readOnly && <p className="soft small">Drag a step onto a + to move it. Drag from a dot to lead its way to another step. Delete, Ctrl C and Ctrl V work on what is selected.</p>}
    </>
  );
}
