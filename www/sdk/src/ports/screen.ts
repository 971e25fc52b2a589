// Owns the message on the page: a banner or a modal, in a shadow root of its own. No markup is
// parsed and no style attribute is written, so that the strictest content security policy has
// nothing to forbid, and text stays text.

import { STYLE } from "./style";

/** What the person did: followed the link, or closed the message. */
export type Reacted = (clicked: boolean) => void;

export interface Labels {
  dismiss: string;
  message: string;
}

// Screen readers miss what a live region holds when it appears: the words come after it.
const ANNOUNCE_AFTER_MS = 150;
// Then they would only be read twice.
const SILENT_AFTER_MS = 8_000;

let removeShown = (): void => {};

/** Shows a message in place of the one before. */
export function show(
  layout: string,
  title: string,
  body: string,
  label: string,
  url: string,
  labels: Labels,
  reacted: Reacted,
): boolean {
  removeShown();
  const host = document.createElement("rekindle-message");
  const root = host.attachShadow({ mode: "open" });
  adoptStyle(root);
  const modal = layout === "modal";
  const box = modal ? make(root, "dialog", "modal") : make(root, "section", `banner ${layout}`);
  const card = modal ? make(box, "div", "card") : box;
  const words = modal ? card : make(box, "div", "words");
  const heading = title && write(words, modal ? "h2" : "p", "title", title);
  const text = body && write(words, "p", "body", body);
  if (label && /^https?:\/\//i.test(url)) {
    const link = write(card, "a", "cta", label) as HTMLAnchorElement;
    link.href = url;
    const follow = () => reacted(true);
    link.addEventListener("click", follow);
    // The middle button opens a tab and is no click.
    link.addEventListener("auxclick", (event) => event.button === 1 && follow());
  }
  const close = make(card, "button", "close");
  close.setAttribute("type", "button");
  close.setAttribute("aria-label", labels.dismiss);
  const dismiss = () => reacted(false);
  close.addEventListener("click", dismiss);

  let clear: () => void;
  if (modal) {
    // Focus begins at the words: a key that was meant for the page must not follow the link.
    card.tabIndex = -1;
    card.autofocus = true;
    if (heading) name(box, "labelledby", heading);
    else box.setAttribute("aria-label", labels.message);
    if (text) name(box, "describedby", text);
    box.setAttribute("aria-modal", "true");
    clear = open(host, root, box as HTMLDialogElement, close, dismiss);
  } else {
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", labels.message);
    clear = stand(host, root, box, [title, body].filter(Boolean).join(". "), dismiss);
  }
  removeShown = () => {
    removeShown = () => {};
    clear();
  };
  return true;
}

/** Takes the message off the page, once the click that asked for it has followed its link. */
export function takeDown(): void {
  setTimeout(removeShown);
}

/** A dialog. The browser keeps what lies behind it out of reach and gives focus back. */
function open(host: HTMLElement, root: ShadowRoot, dialog: HTMLDialogElement, last: HTMLElement, dismiss: () => void): () => void {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    dismiss();
  });
  // What lies beside the card belongs to the dialog itself.
  dialog.addEventListener("click", (event) => event.target === dialog && dismiss());
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const first = dialog.querySelector<HTMLElement>("a, button")!;
    const focused = root.activeElement;
    const leaves = event.shiftKey ? focused === first || focused?.className === "card" : focused === last;
    if (!leaves) return;
    event.preventDefault();
    (event.shiftKey ? last : first).focus();
  });
  place(host);
  dialog.showModal();
  return () => {
    dialog.close();
    host.remove();
  };
}

/** A banner. It takes no focus: it is announced politely and waits. */
function stand(host: HTMLElement, root: ShadowRoot, bar: HTMLElement, words: string, dismiss: () => void): () => void {
  let cameFrom: EventTarget | null = null;
  host.addEventListener("focusin", (event) => {
    cameFrom = event.relatedTarget ?? cameFrom;
  });
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    dismiss();
  });
  const status = make(root, "div", "status");
  status.setAttribute("role", "status");
  const say = (text: string, ms: number) => setTimeout(() => (status.textContent = text), ms);
  const timers = [say(words, ANNOUNCE_AFTER_MS), say("", SILENT_AFTER_MS)];
  place(host);
  return () => {
    timers.forEach(clearTimeout);
    const focused = root.activeElement;
    host.remove();
    if (focused && cameFrom instanceof HTMLElement) cameFrom.focus();
  };
}

function place(host: HTMLElement): void {
  (document.body ?? document.documentElement).append(host);
}

function make(parent: ParentNode, tag: string, className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  parent.append(element);
  return element;
}

/** Text whose direction is its own, whatever the page's. */
function write(parent: ParentNode, tag: string, className: string, text: string): HTMLElement {
  const element = make(parent, tag, className);
  element.dir = "auto";
  element.textContent = text;
  return element;
}

function name(box: HTMLElement, how: string, by: HTMLElement): void {
  by.id = how;
  box.setAttribute(`aria-${how}`, how);
}

function adoptStyle(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Browsers from before constructable style sheets.
    make(root, "style", "").textContent = STYLE;
  }
}
