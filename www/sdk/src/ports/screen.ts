// Owns the message on the page: one at a time, in a shadow root of its own, and the plain banner; other
// shapes are drawn by ../nudge with the parts from here. No markup is parsed and no style attribute is
// written, so that the strictest content security policy has nothing to forbid, and text stays text.

import { STYLE } from "./style";

/** What the person did: followed a link or pressed a button, or closed the message. */
export type Reacted = (clicked: boolean) => void;

/** The words on messages that are not the message's own. */
export interface Labels {
  dismiss: string;
  message: string;
  send: string;
}

// Screen readers miss what a live region holds when it appears: the words come after it.
const ANNOUNCE_AFTER_MS = 150;
// Then they would only be read twice.
const SILENT_AFTER_MS = 8_000;

let removeShown = (): void => {};

/** Puts up what `draw` draws, in place of the message before; `draw` answers what takes it down. */
function put(draw: (host: HTMLElement, root: ShadowRoot) => () => void): void {
  removeShown();
  const host = document.createElement("rekindle-message");
  const root = host.attachShadow({ mode: "open" });
  adopt(root, STYLE);
  const clear = draw(host, root);
  removeShown = () => {
    removeShown = () => {};
    clear();
  };
}

/** Shows a plain banner: at most a headline, a text and a link. */
export function show(edge: string, title: string, body: string, label: string, url: string, labels: Labels, reacted: Reacted): void {
  put((host, root) => {
    const bar = make(root, "section", `banner ${edge}`);
    say(make(bar, "div", "words"), "p", title, body);
    if (label) link(bar, label, url, reacted);
    close(bar, labels, reacted);
    return stand(host, root, bar, labels, title, body, reacted);
  });
}

/** Takes the message off the page, once the click that asked for it has followed its link. */
export function takeDown(): void {
  setTimeout(removeShown);
}

/** Lets a box stand on the page. It takes no focus: it is announced politely and waits. */
function stand(host: HTMLElement, root: ShadowRoot, box: HTMLElement, labels: Labels, title: string, body: string, reacted: Reacted, parent: Element = page()): () => void {
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", labels.message);
  let cameFrom: EventTarget | null = null;
  host.addEventListener("focusin", (event) => {
    cameFrom = event.relatedTarget ?? cameFrom;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    reacted(false);
  });
  const status = make(root, "div", "status");
  status.setAttribute("role", "status");
  const announce = (text: string, ms: number) => setTimeout(() => (status.textContent = text), ms);
  const timers = [announce([title, body].filter(Boolean).join(". "), ANNOUNCE_AFTER_MS), announce("", SILENT_AFTER_MS)];
  parent.append(host);
  return () => {
    timers.forEach(clearTimeout);
    const focused = root.activeElement;
    host.remove();
    if (focused && cameFrom instanceof HTMLElement) cameFrom.focus();
  };
}

const page = (): Element => document.body ?? document.documentElement;

function make<Tag extends keyof HTMLElementTagNameMap>(parent: ParentNode, tag: Tag, className: string): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

/** Text whose direction is its own, whatever the page's. */
function write<Tag extends keyof HTMLElementTagNameMap>(parent: ParentNode, tag: Tag, className: string, text: string): HTMLElementTagNameMap[Tag] {
  const element = make(parent, tag, className);
  element.dir = "auto";
  element.textContent = text;
  return element;
}

/** The headline and the text, as far as there are any. */
function say(parent: ParentNode, tag: "h2" | "p", title: string, body: string): (HTMLElement | "")[] {
  return [title && write(parent, tag, "title", title), body && write(parent, "p", "body", body)];
}

/** A link, if the address is one of the web. */
function link(parent: ParentNode, label: string, url: string, reacted: Reacted): void {
  if (!/^https?:\/\//i.test(url)) return;
  const anchor = write(parent, "a", "cta", label);
  anchor.href = url;
  const follow = () => reacted(true);
  anchor.addEventListener("click", follow);
  // The middle button opens a tab and is no click.
  anchor.addEventListener("auxclick", (event) => event.button === 1 && follow());
}

function close(parent: ParentNode, labels: Labels, reacted: Reacted): HTMLElement {
  const button = make(parent, "button", "close");
  button.type = "button";
  button.setAttribute("aria-label", labels.dismiss);
  button.addEventListener("click", () => reacted(false));
  return button;
}

function adopt(root: ShadowRoot, css: string): CSSStyleSheet | null {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return sheet;
  } catch {
    // Browsers from before constructable style sheets.
    const style = make(root, "style", "");
    style.textContent = css;
    return style.sheet;
  }
}

/** What other shapes are drawn with. Handed over, so that their file need not bring it along. */
export const parts = { adopt, close, link, make, page, put, say, stand, write };
export type Parts = typeof parts;
