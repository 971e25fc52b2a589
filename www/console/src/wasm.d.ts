// What wasm-bindgen makes of crates/console, as far as this page uses it.
declare module "*/rekindle_console.js" {
  export default function init(input: { module_or_path: URL }): Promise<unknown>;
  /** Throws `{problems}`, each with its place. */
  export function parse_rule(text: string): unknown;
}
