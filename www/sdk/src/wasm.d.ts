// What the build makes of crates/sdk: its exports, as lib.rs has them.
declare module "*/rekindle_sdk.js" {
  export function initSync(options: { module: WebAssembly.Module }): unknown;
  export function start(writeKey: string, api: string, locale: string, zone: string, waits: boolean, gapMs: number): void;
  export function tell(word: number, a: string, b: string, c: string): void;
  export function answered(
    token: number,
    status: number,
    now: number,
    rejected: boolean,
    retryAfter: number,
    body: Uint8Array,
  ): void;
}
