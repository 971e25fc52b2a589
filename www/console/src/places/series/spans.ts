// Spans of time as series write them (`1d2h30m`), as numbers and as words.

const UNITS = [
  ["d", "day", 86_400_000],
  ["h", "hour", 3_600_000],
  ["m", "minute", 60_000],
  ["s", "second", 1_000],
  ["ms", "millisecond", 1],
] as const;

/** Milliseconds; `null` for what is no span. */
export function spanMs(text: string | undefined): number | null {
  if (!text || !/^(\d+(ms|d|h|m|s))+$/.test(text)) return null;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+)(ms|d|h|m|s)/g)) {
    sum += Number(number) * (UNITS.find(([short]) => short === unit)?.[2] ?? 0);
  }
  return sum;
}

export function spanOf(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  let text = "";
  for (const [short, , length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) text += `${count}${short}`;
  }
  return text || "0d";
}

/** "1 day 2 hours". */
export function spanWords(text: string | undefined): string {
  const ms = spanMs(text);
  if (ms === null) return text ?? "";
  if (ms === 0) return "at once";
  let rest = ms;
  const words: string[] = [];
  for (const [, name, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return words.join(" ");
}

export type SpanUnit = "d" | "h" | "m" | "s";
/** The largest unit in which a span is a whole number. */
export function spanParts(text: string | undefined): { count: number; unit: SpanUnit } {
  const ms = spanMs(text) ?? 0;
  if (ms === 0) return { count: 0, unit: "d" };
  for (const [short, , length] of UNITS) if (short !== "ms" && ms % length === 0) return { count: ms / length, unit: short };
  return { count: ms / 1000, unit: "s" };
}
