// The public API: checks what pages hand in and passes it to the core as text.

import { call, load, start, tell, warn, Word } from "./core";
import { hooks, perform } from "./ports";
import { subscribe } from "./ports/push";
import type { BootConfig, Json, MessageDetail, MessageEvent, Rekindle } from "./types";

const listeners = new Map<string, Set<(detail: MessageDetail) => void>>();
let config: BootConfig = {};
/** The key and origin that the core was started with; empty when it was not. */
let started = "";
let origin = "";

export const rekindle: Rekindle = {
  boot(more = {}) {
    config = { ...config, ...more };
    const { key, labels } = config;
    if (!key) return warn("boot needs `key`, the write key of your workspace");
    const api = (config.api ?? new URL(import.meta.url).origin).replace(/\/+$/, "");
    const user = text(more.user_id);
    const proof = user && text(more.user_jwt ?? more.user_hash);
    const traits = json(more.traits);
    const first = started !== key + api;
    started = key + api;
    origin = api;
    Object.assign(hooks.labels, labels);
    // Calls made before the first boot still count.
    call(() => {
      if (first) {
        tell(Word.Shutdown);
        const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
        start(key, api, navigator.language, timeZone, waits(), gap());
      }
      tell(Word.Boot, user, proof, traits);
    }, first);
    load();
  },
  identify(id: string | number | Json, traits?: Json) {
    const [user, known] = typeof id === "object" ? ["", json(id)] : [text(id), json(traits)];
    if (!user && !known) return warn("identify needs an id or traits");
    tell(Word.Identify, user, known);
  },
  track(event, properties) {
    const name = text(event);
    if (!name) return warn("track needs the name of an event");
    tell(Word.Track, name, json(properties));
    perform(name, properties);
  },
  page(name?: string | Json, properties?: Json) {
    if (typeof name === "object") tell(Word.Page, "", json(name));
    else tell(Word.Page, text(name), json(properties));
  },
  group(id, traits) {
    const group = text(id);
    if (!group) return warn("group needs an id");
    tell(Word.Group, group, json(traits));
  },
  reset() {
    config = { ...config, user_id: undefined, user_hash: undefined, user_jwt: undefined, traits: undefined };
    tell(Word.Reset);
  },
  consent(granted) {
    tell(granted === true ? Word.Agree : Word.Refuse);
  },
  on(event, listener) {
    const those = listeners.get(event) ?? new Set();
    listeners.set(event, those.add(listener));
    return () => those.delete(listener);
  },
  shutdown() {
    started = "";
    tell(Word.Shutdown);
  },
  push: {
    async subscribe() {
      if (!started) return false;
      try {
        const worker = config.serviceWorker ?? "/rekindle-sw.js";
        const { endpoint, p256dh, auth } = await subscribe(origin, worker);
        tell(Word.Subscribed, endpoint, p256dh, auth);
        return true;
      } catch (refusal) {
        warn(`no push messages: ${String(refusal)}`);
        return false;
      }
    },
  },
};

hooks.emit = (event, effect) => {
  for (const listener of listeners.get(event) ?? []) {
    try {
      listener({ event: event as MessageEvent, effect });
    } catch (error) {
      // Theirs to see, as any error of their own.
      setTimeout(() => {
        throw error;
      });
    }
  }
};

hooks.track = (event, properties) => rekindle.track(event, properties);

hooks.call = (name, effect) => {
  const { functions = {} } = config;
  const own = Object.hasOwn(functions, name) && functions[name];
  if (!own) return warn(`a button calls \`${name}\`: name it in \`functions\` of boot`);
  try {
    own({ event: "clicked", effect });
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
};

/** What a u32 can hold of it. */
function gap(): number {
  return Math.min(Math.max(Number(config.messageGapMs) || 0, 0), 2 ** 31);
}

function waits(): boolean {
  const { doNotTrack, globalPrivacyControl } = navigator as Navigator & { globalPrivacyControl?: boolean };
  const asked = doNotTrack === "1" || globalPrivacyControl === true;
  return config.requireConsent === true || (config.respectDoNotTrack === true && asked);
}

function text(value: unknown): string {
  return typeof value === "number" || typeof value === "string" ? String(value) : "";
}

function json(value: Json | undefined): string {
  if (value == null) return "";
  try {
    const written = JSON.stringify(value);
    if (written.startsWith("{")) return written;
  } catch {
    // Told below, as for any other value that is none.
  }
  warn("traits and properties must be objects that JSON can hold: they were left out");
  return "";
}
