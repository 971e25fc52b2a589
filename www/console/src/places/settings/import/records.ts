// A file cut into records without being held as a whole, and a record into its cells. Pure, and on bytes:
// what separates records and cells is ASCII in every encoding that is read here.

/** Where a record stands in the file: its first line, counted from 1, and its bytes. */
export type Placed = { line: number; from: number; to: number };

// LIMIT: the workspace takes messages of 32 KB; the rest is room for white space.
export const RECORD_BYTES_MAX = 64 * 1024;

const NEWLINE = 10;
const QUOTE = 34;

/**
 * The whole records at the beginning of some bytes of a file, which stand there at `offset` and begin with
 * `line`. In CSV a record goes on over lines while a double quote is open. What is left at the end is a
 * record only where the file ends there.
 */
export function cut(bytes: Uint8Array, { offset, line }: { offset: number; line: number }, isCsv: boolean, isEnd: boolean): { records: Placed[]; offset: number; line: number } {
  const records: Placed[] = [];
  let [from, first, at, isOpen] = [0, line, line, false];
  const take = (to: number) => {
    if (to - from > RECORD_BYTES_MAX) throw tooLong(first);
    records.push({ line: first, from: offset + from, to: offset + to });
    [from, first] = [to, at];
  };
  for (let place = 0; place < bytes.length; place += 1) {
    const byte = bytes[place];
    if (isCsv && byte === QUOTE) isOpen = !isOpen;
    if (byte !== NEWLINE) continue;
    at += 1;
    if (!isOpen) take(place + 1);
  }
  if (bytes.length - from > RECORD_BYTES_MAX) throw tooLong(first);
  if (isEnd && from < bytes.length) take(bytes.length);
  return { records, offset: offset + from, line: first };
}

const tooLong = (line: number) => new Error(`Line ${line} has more than 64 KB: shorten it, or close its double quote.`);

/** What stands between the cells: a comma, unless the header has none and does have what spreadsheets of some
 * countries write instead. The workspace reads it in the same way. */
export function separatorOf(header: string): string {
  const plain = header.replace(/"[^"]*"/g, "");
  return [",", ";", "\t"].find((one) => plain.includes(one)) ?? ",";
}

/** The cells of a record (RFC 4180). */
export function cells(record: string, separator: string): string[] {
  const text = record.replace(/\r?\n$/, "");
  const found: string[] = [];
  let [cell, isQuoted] = ["", false];
  for (let place = 0; place < text.length; place += 1) {
    const letter = text[place];
    if (letter === '"' && isQuoted && text[place + 1] === '"') {
      cell += '"';
      place += 1;
    } else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === separator && !isQuoted) {
      found.push(cell);
      cell = "";
    } else cell += letter;
  }
  return [...found, cell];
}

/** Cells as a record. */
export const recordOf = (cells: readonly string[], separator: string): string =>
  `${cells.map((cell) => (/["\r\n]/.test(cell) || cell.includes(separator) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(separator)}\n`;
