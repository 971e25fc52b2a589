// The browser, as the core sees it: crates/sdk/src/ports.rs is the other side. What happens later
// comes back through core.ts.

import { answered, call, tell, warn as tellDeveloper, Word } from "../core";
import type { Performed } from "../nudge/trigger";
import type { Json } from "../types";
import * as network from "./network";
import { visible } from "./page";
import * as screen from "./screen";

export { unlock } from "./network";
export { now, page, uuid, visible } from "./page";
export { get, keys, remember, remove, set } from "./storage";

// LIMIT: browsers take a longer timer for none at all; waking early only asks again.
const TIMER_MS_MAX = 86_400_000;

function timer(word: Word): (ms: number) => void {
  let set: ReturnType<typeof setTimeout>;
  return (ms) => {
    clearTimeout(set);
    if (ms >= 0) set = setTimeout(() => tell(word), Math.min(ms, TIMER_MS_MAX));
  };
}

export const wake = timer(Word.Woke);
export const sync = timer(Word.Talk);

export const warn = (text: string): void => tellDeveloper(text);

export const lock = (name: string): void => network.lock(name, () => tell(Word.Locked));

export function request(token: number, url: string, body: string, person: string, proof: string): void {
  const headers = person ? { "x-rekindle-person": person, "x-rekindle-proof": proof } : undefined;
  void network.request(url, body, headers, !visible()).then((answer) => call(() => answered(token, ...answer)));
}

/** The script that draws everything but plain banners and watches the page: fetched when it is needed. */
let nudges: typeof import("../nudge/nudges") | undefined;
let fetched: Promise<NonNullable<typeof nudges>> | undefined;
declare const NUDGES: string;

function withNudges(what: (script: NonNullable<typeof nudges>) => void, failed: () => void): void {
  const attempt = () => {
    try {
      what(nudges!);
    } catch (error) {
      tellDeveloper("a message could not be shown", error);
      failed();
    }
  };
  if (nudges) return attempt();
  // Its name is known once it has been built, which is before this file is.
  fetched ??= import(new URL(NUDGES, import.meta.url).href);
  fetched.then(
    (script) => {
      nudges = script;
      attempt();
    },
    (error: unknown) => {
      tellDeveloper("the script that draws messages could not be loaded: allow the edge's origin in script-src", error);
      failed();
    },
  );
}

/** The message that is meant to be on the screen. */
let wanted = "";

export function show(effect: string, layout: string, title: string, body: string, label: string, url: string): void {
  wanted = effect;
  const shown = () => tell(Word.Shown, effect);
  const failed = () => tell(Word.NotShown, effect);
  const reacted = (clicked: boolean) => tell(clicked ? Word.Clicked : Word.Dismissed);
  if (layout === "top" || layout === "bottom") {
    try {
      screen.show(layout, title, body, label, url, hooks.labels, reacted);
    } catch (error) {
      tellDeveloper("a message could not be shown", error);
      return failed();
    }
    return shown();
  }
  withNudges(({ draw }) => {
    // It may have been taken down while the script was on its way.
    if (wanted !== effect) return;
    const drawing = layout === "modal" ? { shape: layout, buttons: label ? [{ label, open: url }] : [] } : JSON.parse(layout);
    draw(screen.parts, drawing, title, body, hooks.labels, {
      reacted,
      track: hooks.track,
      call: (name) => hooks.call(name, effect),
    });
    shown();
  }, failed);
}

export function takeDown(): void {
  wanted = "";
  screen.takeDown();
}

// LIMIT: what a page may have told before the script that watches is there.
const PERFORMED_MAX = 50;
const performed: Performed[] = [];
const ears = new Set<(event: Performed) => void>();

/** Notes what the person did, for messages that wait for it. */
export function perform(name: string, properties: Json = {}): void {
  const event = { name, properties, href: location.href };
  if (performed.push(event) > PERFORMED_MAX) performed.shift();
  for (const hear of ears) hear(event);
}

/** Asked by the core within a call, which therefore hears nothing before it has the answer. */
export function happened(effect: string, trigger: string): boolean {
  const wake = () => tell(Word.Woke);
  try {
    if (nudges) return nudges.happened(effect, trigger, { performed, ears }, wake);
    withNudges(wake, () => {});
  } catch (error) {
    tellDeveloper("what a message waits for is not understood", error);
  }
  return false;
}

/** What the page decides about messages. */
export const hooks = {
  labels: { dismiss: "Dismiss", message: "Message", send: "Send" },
  emit: (_event: string, _effect: string): void => {},
  track: (_event: string, _properties: Json): void => {},
  call: (_name: string, _effect: string): void => {},
};

export const emit = (event: string, effect: string): void => hooks.emit(event, effect);
