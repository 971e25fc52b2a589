// An export as it comes, gathered into one file: lines are counted, the end is checked. Pure.

// LIMIT: what a browser holds without ado; the command line writes more straight to the disk.
export const EXPORT_BYTES_MAX = 1_000_000_000;
const HELD_BYTES = 8_000_000;
/** The last line of a whole export. */
const END = new TextEncoder().encode('{"type":"end"}\n');

/** A file of all lines but the last, which says that it is whole. `report` hears how far it has come. */
export async function gather(stream: ReadableStream<Uint8Array>, most: number, report: (lines: number, bytes: number) => void): Promise<{ file: Blob; lines: number }> {
  let [file, lines, bytes] = [new Blob(), 0, 0];
  let held: BlobPart[] = [];
  // A browser keeps what is in a blob outside the memory of the page.
  const put = () => {
    file = new Blob([file, ...held]);
    held = [];
  };
  for (const reader = stream.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    for (const byte of value) lines += Number(byte === 10);
    bytes += value.length;
    held.push(value as BlobPart);
    if (bytes > most) {
      await reader.cancel();
      throw new Error(`It has more than ${most / 1_000_000} MB. Use \`rekindle export FILE\` on the command line.`);
    }
    if (bytes - file.size > HELD_BYTES) put();
    report(lines, bytes);
  }
  put();
  const end = new Uint8Array(await file.slice(-END.length).arrayBuffer());
  if (end.length !== END.length || end.some((byte, place) => byte !== END[place])) throw new Error("It broke off before its end: export again.");
  return { file: file.slice(0, -END.length), lines: lines - 1 };
}
