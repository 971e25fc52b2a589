// What differs between two JSON values, as lines that can be read aloud.

export type Change = { path: string; before: unknown; after: unknown };

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

// LIMIT: more lines than that nobody reads; the rest is in the JSON.
export const CHANGES_MAX = 200;

/** Every leaf that differs. Entries of lists that have an id or a name are told by it, not by their place. */
export function changes(before: unknown, after: unknown): Change[] {
  const found: Change[] = [];
  walk(before, after, [], found);
  return found.slice(0, CHANGES_MAX);
}

function walk(before: unknown, after: unknown, path: readonly string[], found: Change[]): void {
  if (found.length >= CHANGES_MAX || same(before, after)) return;
  const sides = [before, after].map(branches);
  const [ours, theirs] = sides;
  if (ours && theirs) {
    for (const name of new Set([...Object.keys(ours), ...Object.keys(theirs)])) walk(ours[name], theirs[name], [...path, name], found);
    return;
  }
  found.push({ path: path.join(" › "), before, after });
}

/** What is below a value, by name; `undefined` for a leaf. */
function branches(value: unknown): Tree | undefined {
  if (isTree(value)) return value;
  if (!Array.isArray(value) || value.length === 0 || !value.every(isTree)) return undefined;
  const names = value.map((entry) => entry.id ?? entry.name);
  const isNamed = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
  return Object.fromEntries(value.map((entry, place) => [isNamed ? String(names[place]) : String(place + 1), entry]));
}

function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** A side of a change as text. */
export function written(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
