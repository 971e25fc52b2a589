// A file that was chosen, before anything of it is sent: how it is written, its first records, what each of its
// columns becomes, and what is wrong with it as far as that can be seen.
import { core } from "~/core/index.ts";

import { type Placed, RECORD_BYTES_MAX, cells, cut, recordOf, separatorOf } from "./records.ts";

/** What a column of CSV becomes: a field of a message, a value of the person or the event, or nothing. */
export type Becomes = "userId" | "anonymousId" | "event" | "timestamp" | "messageId" | "value" | "nothing";
export type Column = { heading: string; becomes: Becomes; name: string };

type Written = { encoding: "utf-8" | "windows-1252"; name: string; start: { offset: number; line: number } };
export type Csv = Written & { kind: "csv"; separator: string; columns: Column[]; rows: string[][] };
export type Jsonl = Written & { kind: "jsonl"; lines: Line[] };
/** A file as it is written; `name` is made of how it begins, and is that of `rekindle import`. */
export type Opened = Csv | Jsonl;
/** A line of JSON in words. */
export type Line = { line: number; what: string; who: string; says: string };

/** How much is read to show what a file has. */
const SAMPLE_BYTES = 2 * RECORD_BYTES_MAX;
const ROWS_SHOWN = 5;

/** The names of fields, and others that the workspace takes for them. */
const FIELDS: Readonly<Record<string, Becomes>> = {
  userId: "userId",
  user_id: "userId",
  id: "userId",
  anonymousId: "anonymousId",
  anonymous_id: "anonymousId",
  event: "event",
  timestamp: "timestamp",
  messageId: "messageId",
  message_id: "messageId",
};

/** Reads the beginning of a file; throws what is to be done where it cannot be imported as it is. */
export async function open(file: File): Promise<Opened> {
  const bytes = new Uint8Array(await file.slice(0, SAMPLE_BYTES).arrayBuffer());
  if (bytes.length === 0) throw new Error("The file is empty.");
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw new Error("This is a workbook or an archive. In the spreadsheet, save the sheet as “CSV UTF-8”, and choose that file.");
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) throw new Error("This file is written in UTF-16. Save it as “CSV UTF-8”, and choose that file.");
  const isCsv = /\.(csv|tsv|txt)$/i.test(file.name) || !/^\s*(\ufeff)?\s*[{[]/.test(new TextDecoder().decode(bytes));
  const { records } = cut(bytes, { offset: 0, line: 1 }, isCsv, bytes.length === file.size);
  const encoding = isUtf8(bytes.subarray(0, records.at(-1)?.to ?? 0)) ? "utf-8" : "windows-1252";
  const text = ({ from, to }: Placed) => new TextDecoder(encoding).decode(bytes.subarray(from, to));
  const [header, first] = isCsv ? records : [undefined, records[0]];
  if (!first) throw new Error(isCsv ? "The file has a line with the names of its columns, and nothing below it." : "The file has no lines.");
  const name = (await core()).import_name(bytes.subarray(0, first.to));
  if (header) {
    const separator = separatorOf(text(header));
    const rows = records.slice(1).map(text).filter((record) => record.trim() !== "");
    const columns = cells(text(header), separator).map(columnOf);
    const start = { offset: header.to, line: first.line };
    return { kind: "csv", encoding, name, start, separator, columns, rows: rows.slice(0, ROWS_SHOWN).map((record) => cells(record, separator)) };
  }
  if (text(first).trimStart().startsWith("[")) throw new Error("This is one list of JSON. Write each message on a line of its own, without commas between them.");
  const lines = records.slice(0, ROWS_SHOWN).map((record) => lineOf(record.line, text(record)));
  return { kind: "jsonl", encoding, name, start: { offset: 0, line: 1 }, lines };
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function columnOf(heading: string): Column {
  const name = heading.trim();
  return { heading: name, becomes: name === "" ? "nothing" : (FIELDS[name] ?? "value"), name };
}

/** The first line of CSV as it is sent: what a column becomes is its name, and without one it is passed over. */
export const headerOf = ({ columns, separator }: Csv): string =>
  recordOf(
    columns.map(({ becomes, name }) => (becomes === "nothing" ? "" : becomes === "value" ? name.trim() : becomes)),
    separator,
  );

export const hasEvents = (columns: readonly Column[]): boolean => columns.some(({ becomes }) => becomes === "event");

/** Why CSV cannot be sent like this, each with the mend. */
export function problemsOf(columns: readonly Column[]): string[] {
  const found: string[] = [];
  const has = (becomes: Becomes) => columns.some((column) => column.becomes === becomes);
  if (!has("userId") && !has("anonymousId")) found.push("Choose the column that has the ids of people: it becomes “Person’s id”.");
  if (has("event") && !has("timestamp")) found.push("Events need a column that says when they happened: it becomes “When it happened”.");
  const targets = new Map<string, string[]>();
  for (const { heading, becomes, name } of columns) {
    if (becomes === "nothing") continue;
    const target = becomes === "value" ? name.trim() : becomes;
    if (target === "") found.push(`Give the column “${heading}” a name, or leave it out.`);
    else if (becomes === "value" && target in FIELDS) found.push(`“${target}” means the ${WORDS[FIELDS[target] ?? "value"].toLowerCase()}: call the column “${heading}” something else.`);
    else targets.set(target, [...(targets.get(target) ?? []), heading]);
  }
  for (const [target, headings] of targets) if (headings.length > 1) found.push(`${headings.map((heading) => `“${heading}”`).join(" and ")} both become “${WORDS[target as Becomes] ?? target}”: leave one out.`);
  return found;
}

export const WORDS: Readonly<Record<Becomes, string>> = {
  userId: "Person’s id",
  anonymousId: "Visitor’s id",
  event: "Name of the event",
  timestamp: "When it happened",
  messageId: "Id of the line",
  value: "Attribute",
  nothing: "Left out",
};

function lineOf(line: number, text: string): Line {
  try {
    const { type, event, name, userId, anonymousId, groupId, traits, properties } = JSON.parse(text) as Record<string, unknown>;
    const what = type === "track" ? `event ${String(event)}` : type === "identify" ? "person" : type === "group" ? `company ${String(groupId)}` : [type, name].filter(Boolean).join(" ");
    return { line, what, who: String(userId ?? anonymousId ?? "nobody"), says: Object.entries(Object(traits ?? properties ?? {})).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(", ") };
  } catch {
    return { line, what: "cannot be read", who: "", says: text.trim() };
  }
}
