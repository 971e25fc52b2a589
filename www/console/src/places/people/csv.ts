// A list as CSV (RFC 4180), safe to open in a spreadsheet. Pure.

/** Text that a spreadsheet would run as a formula is given an apostrophe in front. */
const isFormula = (text: string): boolean => /^[=+\-@\t\r]/.test(text);

export function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const plain = typeof value === "string" ? value : JSON.stringify(value);
  const text = isFormula(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const line = (values: readonly unknown[]): string => `${values.map(cell).join(",")}\r\n`;
