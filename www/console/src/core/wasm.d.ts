// What wasm-bindgen makes of crates/console, as far as this page uses it.
declare module "@core" {
  export default function init(from: { module_or_path: string | Uint8Array }): Promise<unknown>;
  export function import_name(start: Uint8Array): string;
  export function parse_rule(text: string): unknown;
  export function explain_rule(rule: unknown, facts: unknown, now: number, segments?: unknown): unknown;
  export function check_series(spec: unknown, segments: unknown, names: unknown): unknown;
  export function preview_liquid(source: string, attributes: unknown, sink: string): unknown;
}
declare module "@core.wasm?url" {
  const address: string;
  export default address;
}
