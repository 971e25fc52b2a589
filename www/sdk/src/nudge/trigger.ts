// Watches the page for what must happen before a message is shown: everything that is named, on this page.

import type { Json } from "../types";

/** What the edge tells: crates/core/src/series/drawing.rs is the other side. Spans are milliseconds. */
export interface Trigger {
  url?: string;
  event?: { name: string; where: Filter[] };
  delay?: number;
  scroll?: number;
  exit?: boolean;
  visible?: string;
  idle?: number;
  present?: string;
}

/** A question about a property: one of the comparisons. */
interface Filter {
  property: string;
  is?: unknown;
  is_not?: unknown;
  over?: number;
  under?: number;
  contains?: string;
}

/** What the person did, and where. */
export interface Performed {
  name: string;
  properties: Json;
  href: string;
}

/** What was done on the page so far, and who is told of more. */
export interface Doings {
  performed: readonly Performed[];
  ears: Set<(event: Performed) => void>;
}

/** Begins to watch; the answer ends it. */
type Watch = (happened: () => void) => () => void;

/** What is watched for one message, on one page. */
interface Watched {
  href: string;
  done: boolean;
  end(): void;
}

const watched = new Map<string, Watched>();

/** When the page began, for spans of time on it. */
let begun = { href: "", at: 0 };

/** Whether all of it has happened since the address is what it is. Watches from the first question on, and
 *  calls `wake` once it has. */
export function happened(effect: string, json: string, doings: Doings, wake: () => void): boolean {
  const { href } = location;
  if (begun.href !== href) begun = { href, at: begun.href ? performance.now() : 0 };
  const before = watched.get(effect);
  if (before?.href === href) return before.done;
  before?.end();
  const trigger = JSON.parse(json) as Trigger;
  const ends: (() => void)[] = [];
  const now: Watched = { href, done: false, end: () => ends.splice(0).forEach((end) => end()) };
  watched.set(effect, now);
  if (trigger.url !== undefined && !matches(trigger.url)) return false;
  const watches = watchesFor(trigger, doings);
  let left = watches.length;
  let asked = true;
  const check = () => {
    if (left > 0) return;
    now.done = true;
    now.end();
    // On another page it is asked for anew.
    if (!asked && location.href === href) wake();
  };
  for (const watch of watches) {
    let is = false;
    const end = watch(() => {
      if (is) return;
      is = true;
      left -= 1;
      check();
    });
    ends.push(end);
  }
  // Some of it may have been so already.
  check();
  asked = false;
  return now.done;
}

function watchesFor(trigger: Trigger, doings: Doings): Watch[] {
  const { event, delay, scroll, exit, visible, idle, present } = trigger;
  return [
    event && performs(event, doings),
    delay !== undefined && after(delay),
    scroll !== undefined && scrolls(scroll),
    exit && leaves,
    visible !== undefined && sees(visible),
    idle !== undefined && rests(idle),
    present !== undefined && exists(present),
  ].filter((watch): watch is Watch => Boolean(watch));
}

/** Whether the address is as the pattern says: `*` is anything. One that begins with `/` says the path. */
export function matches(pattern: string, { href, pathname, search } = location): boolean {
  const text = (pattern.startsWith("/") ? pathname + (pattern.includes("?") ? search : "") : href).toLowerCase();
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return from <= text.length - last.length;
}

export function passes(properties: Json, { property, is, is_not, over, under, contains }: Filter): boolean {
  const value = Object.hasOwn(properties, property) ? properties[property] : undefined;
  if (is !== undefined) return value === is;
  if (is_not !== undefined) return value !== is_not;
  if (over !== undefined) return typeof value === "number" && value > over;
  if (under !== undefined) return typeof value === "number" && value < under;
  return typeof value === "string" && contains !== undefined && value.includes(contains);
}

function performs({ name, where }: NonNullable<Trigger["event"]>, { performed, ears }: Doings): Watch {
  return (happened) => {
    const hear = (event: Performed) => {
      const here = event.href === location.href && event.name === name;
      if (here && where.every((filter) => passes(event.properties, filter))) happened();
    };
    performed.forEach(hear);
    ears.add(hear);
    return () => ears.delete(hear);
  };
}

function after(ms: number): Watch {
  return (happened) => {
    const timer = setTimeout(happened, Math.max(0, begun.at + ms - performance.now()));
    return () => clearTimeout(timer);
  };
}

function listens(target: EventTarget, names: string[], listener: (event: Event) => void): () => void {
  const options = { capture: true, passive: true };
  for (const name of names) target.addEventListener(name, listener, options);
  return () => names.forEach((name) => target.removeEventListener(name, listener, options));
}

function scrolls(percent: number): Watch {
  return (happened) => {
    const look = () => {
      const { scrollTop, scrollHeight, clientHeight } = document.scrollingElement ?? document.documentElement;
      const way = scrollHeight - clientHeight;
      // Half a pixel is lost to rounding where the page is zoomed.
      if (way > 0 && scrollTop + 1 >= (way * percent) / 100) happened();
    };
    const end = listens(window, ["scroll"], look);
    look();
    return end;
  };
}

const leaves: Watch = (happened) =>
  listens(document, ["mouseout"], (event) => {
    const { relatedTarget, clientY } = event as MouseEvent;
    if (!relatedTarget && clientY <= 0) happened();
  });

function rests(ms: number): Watch {
  return (happened) => {
    let timer = setTimeout(happened, ms);
    const end = listens(window, ["pointermove", "pointerdown", "keydown", "wheel", "scroll", "touchstart"], () => {
      clearTimeout(timer);
      timer = setTimeout(happened, ms);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  };
}

/** Waits for an element. A selector that is none throws, and is told to the developer. */
function finds(selector: string, found: (element: Element) => void): () => void {
  const look = () => {
    const element = document.querySelector(selector);
    if (element) {
      changes.disconnect();
      found(element);
    }
  };
  const changes = new MutationObserver(look);
  changes.observe(document.documentElement, { subtree: true, childList: true, attributes: true });
  look();
  return () => changes.disconnect();
}

const exists =
  (selector: string): Watch =>
  (happened) =>
    finds(selector, happened);

function sees(selector: string): Watch {
  return (happened) => {
    const views = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && happened(), { threshold: 0.5 });
    const end = finds(selector, (element) => views.observe(element));
    return () => {
      end();
      views.disconnect();
    };
  };
}
