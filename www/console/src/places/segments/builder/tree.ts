// A rule as rows in groups, and back: what the builder shows and what it gives. Pure.
import type { Rule } from "~/api/types.ts";

import { type Leaf, readLeaf, writeLeaf } from "./leaf.ts";

export type Row = { id: string; kind: "row"; not: boolean; leaf: Leaf };
export type Group = { id: string; kind: "group"; not: boolean; join: "all" | "any"; rows: Node[] };
export type Node = Row | Group;

// LIMIT: what the core allows (docs/rules.md, "Bounds").
export const DEPTH_MAX = 16;
export const CONDITIONS_MAX = 256;

let count = 0;
const fresh = (): string => `part-${(count += 1)}`;

export const newRow = (leaf: Leaf, not = false): Row => ({ id: fresh(), kind: "row", not, leaf });
export const newGroup = (join: "all" | "any", rows: Node[] = [], not = false): Group => ({ id: fresh(), kind: "group", not, join, rows });

function readNode(rule: unknown): Node {
  if (typeof rule === "object" && rule !== null && Object.keys(rule).length === 1) {
    if ("all" in rule && Array.isArray(rule.all)) return newGroup("all", rule.all.map(readNode));
    if ("any" in rule && Array.isArray(rule.any)) return newGroup("any", rule.any.map(readNode));
    if ("not" in rule) {
      const inner = readNode(rule.not);
      // Not not: a group of its own, so that neither is lost.
      return inner.not ? newGroup("all", [inner], true) : { ...inner, not: true };
    }
  }
  return newRow(readLeaf(rule));
}

/** The rows of a rule; `null` and `undefined` are everyone. The outermost is always a plain group. */
export function readTree(rule: unknown): Group {
  if (rule == null) return newGroup("all");
  const node = readNode(rule);
  return node.kind === "group" && !node.not ? node : newGroup("all", [node]);
}

/** The JSON of what is filled in, and how many conditions are not. */
export type Written = { rule: Rule; unfinished: number };

export function writeTree(root: Group): Written {
  let unfinished = 0;
  const write = (node: Node): unknown => {
    const rule = node.kind === "row" ? writeLeaf(node.leaf) : group(node);
    if (rule === undefined) {
      if (node.kind === "row") unfinished += 1;
      return undefined;
    }
    return node.not ? { not: rule } : rule;
  };
  const group = ({ join, rows }: Group): unknown => {
    const parts = rows.map(write).filter((part) => part !== undefined);
    // A group in which nothing is filled in yet says nothing; an empty one is everyone, or no one.
    if (parts.length === 0 && rows.length > 0) return undefined;
    return parts.length === 1 ? parts[0] : { [join]: parts };
  };
  // What is filled in has the shape that its leaf is spelled in.
  return { rule: (group(root) ?? { all: [] }) as Rule, unfinished };
}

/** The rule without groups of one, as the core has it: what is shown differently but means the same. */
export const plain = (rule: unknown): Rule => writeTree(readTree(rule)).rule;

/** The rows by their place in the written rule, as the core tells it: the way from the outermost group
 *  in, by the place of each part; `0.1` is the second part of the first. */
export function placesOf(root: Group): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  const walk = (node: Node, path: readonly number[]): void => {
    const inside = node.not ? [...path, 0] : path;
    if (node.kind === "row") {
      places.set(inside.join("."), node.id);
      return;
    }
    const parts = node.rows.filter(isWritten);
    const [only] = parts;
    if (only && parts.length === 1) return walk(only, inside);
    for (const [place, part] of parts.entries()) walk(part, [...inside, place]);
  };
  walk(root, []);
  return places;
}

const isWritten = (node: Node): boolean =>
  node.kind === "row" ? writeLeaf(node.leaf) !== undefined : node.rows.length === 0 || node.rows.some(isWritten);

/** Every row, from the first to the last. */
export function rowsOf(node: Node): Row[] {
  return node.kind === "row" ? [node] : node.rows.flatMap(rowsOf);
}

/** Changes one node; `null` takes it away, and groups that are empty thereby with it. */
export function change(root: Group, id: string, make: (node: Node) => Node | Node[] | null): Group {
  const walk = (node: Node): Node[] => {
    if (node.id === id) {
      const made = make(node);
      return made === null ? [] : Array.isArray(made) ? made : [made];
    }
    if (node.kind === "row") return [node];
    const rows = node.rows.flatMap(walk);
    if (rows.length === node.rows.length && rows.every((row, place) => row === node.rows[place])) return [node];
    return rows.length === 0 && node.rows.length > 0 && node !== root ? [] : [{ ...node, rows }];
  };
  const [changed] = walk(root);
  if (changed?.kind !== "group") return newGroup("all");
  // The last condition is gone: everyone, whatever the group was.
  return changed.rows.length === 0 && root.rows.length > 0 ? { ...changed, join: "all" } : changed;
}

export const setLeaf = (root: Group, id: string, leaf: Leaf): Group =>
  change(root, id, (node) => (node.kind === "row" ? { ...node, leaf } : node));

export const setJoin = (root: Group, id: string, join: "all" | "any"): Group =>
  change(root, id, (node) => (node.kind === "group" ? { ...node, join } : node));

export const negate = (root: Group, id: string): Group => change(root, id, (node) => ({ ...node, not: !node.not }));

export const remove = (root: Group, id: string): Group => change(root, id, () => null);

export const add = (root: Group, group: string, node: Node): Group =>
  change(root, group, (into) => (into.kind === "group" ? { ...into, rows: [...into.rows, node] } : into));

/** A copy right behind it. */
export const duplicate = (root: Group, id: string): Group => change(root, id, (node) => [node, copy(node)]);

const copy = (node: Node): Node =>
  node.kind === "row" ? { ...node, id: fresh() } : { ...node, id: fresh(), rows: node.rows.map(copy) };

/** Puts a node into a group of its own, joined the other way than the group that it was in. */
export const nest = (root: Group, id: string): Group => {
  const parent = parentOf(root, id);
  return change(root, id, (node) => newGroup(parent?.join === "any" ? "all" : "any", [node]));
};

/** Takes the rows of a group out of it; a group that is turned around keeps them. */
export const unnest = (root: Group, id: string): Group =>
  change(root, id, (node) => (node.kind === "group" && !node.not ? node.rows : node));

function parentOf(group: Group, id: string): Group | null {
  for (const row of group.rows) {
    if (row.id === id) return group;
    const found = row.kind === "group" ? parentOf(row, id) : null;
    if (found) return found;
  }
  return null;
}
