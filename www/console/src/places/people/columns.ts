// Which columns the list of people has: chosen by each reader, kept in their browser. Pure but for that.
import type { PersonRow } from "~/api/types.ts";

/** Columns that are not attributes. */
export const OWN = ["id", "last_seen", "first_seen", "segments"] as const;
export const OWN_WORDS: Record<string, string> = { id: "Id", last_seen: "Last seen", first_seen: "First seen", segments: "Segments" };
export const DEFAULT: readonly string[] = ["last_seen", "first_seen", "segments"];

// LIMIT: more columns than this are a spreadsheet: that is what the export is for.
export const COLUMNS_MAX = 12;

const KEY = "rekindle.people.columns";

export function keptColumns(store: Pick<Storage, "getItem">): readonly string[] {
  try {
    const kept: unknown = JSON.parse(store.getItem(KEY) ?? "null");
    if (!Array.isArray(kept)) return DEFAULT;
    return kept.filter((name) => typeof name === "string").slice(0, COLUMNS_MAX);
  } catch {
    return DEFAULT;
  }
}

export function keepColumns(store: Pick<Storage, "setItem">, columns: readonly string[]): void {
  try {
    store.setItem(KEY, JSON.stringify(columns));
  } catch {
    // Then only this page has them.
  }
}

/** What stands in a column of the export. */
export function valueOf(person: PersonRow, column: string): unknown {
  switch (column) {
    case "id":
      return person.id;
    case "last_seen":
    case "first_seen":
      return person[column] === null ? null : new Date(person[column]).toISOString();
    case "segments":
      return person.segments.join(" ");
    default:
      return person.attributes[column];
  }
}

/** What someone is called: their name, their address, or else their id. */
export function calledOf({ id, attributes }: Pick<PersonRow, "id" | "attributes">): string {
  const text = (name: string) => (typeof attributes[name] === "string" ? (attributes[name] as string).trim() : "");
  return text("name") || [text("first_name"), text("last_name")].filter(Boolean).join(" ") || text("email") || id;
}
