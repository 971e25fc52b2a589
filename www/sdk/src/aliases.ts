// The calls of other SDKs, so that moving over is changing one address.

import { call, warn } from "./core";
import { rekindle } from "./rekindle";
import type { Json } from "./types";

/** The part of analytics.js that has a meaning here. */
export const analytics = {
  load: (key: string) => rekindle.boot({ key }),
  identify: rekindle.identify,
  track: rekindle.track,
  page: (category?: unknown, name?: unknown, properties?: unknown) => {
    const texts = [category, name].filter((part) => typeof part === "string");
    const known = [category, name, properties].find((part) => part && typeof part === "object");
    rekindle.page(texts.join(" "), known as Json);
  },
  group: rekindle.group,
  alias: (id: string) => rekindle.identify(id),
  reset: rekindle.reset,
  ready: (done: () => void) => call(() => setTimeout(done)),
  on: () => analytics,
};

/** `Intercom("boot", {…})` and its sisters. */
export function intercom(method: string, first?: unknown, second?: unknown): void {
  if (method === "boot" || method === "update") {
    const { app_id, user_id, user_hash, user_jwt, intercom_user_jwt, api_base, ...traits } = (first ?? {}) as Json;
    const jwt = user_jwt ?? intercom_user_jwt;
    const key = typeof app_id === "string" && app_id.startsWith("wk_") ? { key: app_id } : {};
    const known = Object.keys(traits).length ? { traits } : {};
    const proof = jwt ? { user_jwt: String(jwt) } : user_hash ? { user_hash: String(user_hash) } : {};
    const user = user_id == null ? {} : { user_id: String(user_id) };
    rekindle.boot({ ...key, ...user, ...proof, ...known });
    if (method === "update") rekindle.page();
  } else if (method === "trackEvent") rekindle.track(String(first), second as Json);
  else if (method === "shutdown") {
    rekindle.reset();
    rekindle.shutdown();
  } else warn(`Intercom("${method}") has no counterpart here`);
}

interface Stubs {
  Intercom?: typeof intercom & { q?: ArrayLike<unknown>[] };
  analytics?: typeof analytics | (unknown[][] & { initialized?: boolean });
}

/** Takes the place of the others' stubs and does what they were told; of nothing that is real. */
export function install(): void {
  const page = window as unknown as Stubs;
  const told = page.Intercom?.q;
  if (!page.Intercom || told) {
    page.Intercom = intercom;
    for (const args of told ?? []) intercom(...(Array.from(args) as Parameters<typeof intercom>));
  }
  const stub = page.analytics;
  if (Array.isArray(stub) && !stub.initialized) {
    page.analytics = analytics;
    for (const [name, ...args] of stub) {
      const method = analytics[name as keyof typeof analytics] as ((...args: unknown[]) => unknown) | undefined;
      method?.(...args);
    }
  }
}
