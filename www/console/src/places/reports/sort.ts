// By which column a table is sorted, as the address has it: `-Sent` is the largest first.
import type { Order } from "~/kit/table.tsx";

export type Sorted = { name: string; order: Order };

export function parseSort(text: string | undefined, names: readonly string[]): Sorted | undefined {
  if (!text) return undefined;
  const name = text.replace(/^-/, "");
  return names.includes(name) || name === "Series" ? { name, order: text.startsWith("-") ? "descending" : "ascending" } : undefined;
}

export const writeSort = ({ name, order }: Sorted): string => `${order === "descending" ? "-" : ""}${name}`;

/** After a head was clicked: the other way round, or by the new one with the largest first. */
export function turned(by: Sorted, name: string): Sorted {
  if (by.name === name) return { name, order: by.order === "descending" ? "ascending" : "descending" };
  return { name, order: name === "Series" ? "ascending" : "descending" };
}

/** What is not known stands last, whichever way round. */
export function sorted<T>(rows: readonly T[], value: (row: T) => number | string | null | undefined, order: Order): T[] {
  const sign = order === "descending" ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [left, right] = [value(one), value(other)];
    if (left == null || right == null) return Number(left == null) - Number(right == null);
    return sign * (typeof left === "string" ? left.localeCompare(String(right)) : left - Number(right));
  });
}
