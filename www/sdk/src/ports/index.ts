// The browser, as the core sees it: crates/sdk/src/ports.rs is the other side. What happens later
// comes back through core.ts.

import { answered, call, tell, warn as tellDeveloper, Word } from "../core";
import * as network from "./network";
import { visible } from "./page";
import * as screen from "./screen";

export { unlock } from "./network";
export { now, page, uuid, visible } from "./page";
export { takeDown } from "./screen";
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

export function show(layout: string, title: string, body: string, label: string, url: string): boolean {
  try {
    const reacted = (clicked: boolean) => tell(clicked ? Word.Clicked : Word.Dismissed);
    screen.show(layout, title, body, label, url, hooks.labels, reacted);
    return true;
  } catch (error) {
    tellDeveloper("a message could not be shown", error);
    return false;
  }
}

/** What the page decides about messages. */
export const hooks = {
  labels: { dismiss: "Dismiss", message: "Message" },
  emit: (_event: string, _effect: string): void => {},
};

export const emit = (event: string, effect: string): void => hooks.emit(event, effect);
