// The entry: what `import` gives, and what the script tag puts on `window`.

import { install } from "./aliases";
import { rekindle } from "./rekindle";

export { analytics, intercom } from "./aliases";
export { rekindle };
export type { BootConfig, Json, MessageDetail, MessageEvent, Rekindle } from "./types";
export default rekindle;

/** What the snippet collected: a method's path, its arguments, and who waits for the answer. */
type Collected = [name: string, args: ArrayLike<unknown>, answer?: (value: unknown) => void];

if (typeof window !== "undefined") {
  const page = window as unknown as { rekindle?: { q?: Collected[] } };
  const collected = page.rekindle?.q ?? [];
  page.rekindle = rekindle as object;
  for (const [name, args, answer] of collected) {
    const method: unknown = name === "push" ? rekindle.push.subscribe : rekindle[name as keyof typeof rekindle];
    if (typeof method !== "function") continue;
    const result: unknown = method(...Array.from(args));
    answer?.(result);
  }
  install();
}
