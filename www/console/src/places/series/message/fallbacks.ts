// Values that a person may not have, and that a text shows without saying what stands in for them.

/** `{{ name }}` and `{{ name | filter }}`; a name may have parts, `event.item`. */
const OUTPUT = /\{\{-?\s*([A-Za-z_][\w.-]*)\s*((?:\|[^{}]*)?)-?\}\}/g;

/** Everyone has an id, and the rest are no values. */
const NEVER_MISSING = new Set(["id", "blank", "empty", "nil", "true", "false"]);

export type Bare = { name: string; from: number; to: number };

/** Where a text shows a value without a fallback. */
export function withoutFallback(text: string): Bare[] {
  const found: Bare[] = [];
  for (const match of text.matchAll(OUTPUT)) {
    const [whole, name = "", filters = ""] = match;
    if (!/\|\s*default\s*:/.test(filters) && !NEVER_MISSING.has(name)) {
      found.push({ name, from: match.index, to: match.index + whole.length });
    }
  }
  return found;
}

/** The text with a fallback at such a place. */
export function withFallback(text: string, { from, to }: Bare, fallback: string): string {
  const output = text.slice(from, to);
  const end = output.endsWith("-}}") ? "-}}" : "}}";
  const inner = output.slice(0, -end.length).trimEnd();
  const quoted = fallback.replaceAll('"', "");
  return `${text.slice(0, from)}${inner} | default: "${quoted}" ${end}${text.slice(to)}`;
}
