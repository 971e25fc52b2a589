// What the edge tells of a message (crates/core/src/series/drawing.rs is the other side), and the parts
// that several shapes have.

import type { Labels, Parts, Reacted } from "../ports/screen";

/** A button: what it says, and one of the things it may do. */
export interface Button {
  label: string;
  open?: string;
  track?: string;
  call?: string;
  dismiss?: string;
}

/** A question. */
export interface Question {
  ask: "nps" | "choice" | "text";
  event: string;
  choices?: string[];
  low?: string;
  high?: string;
  send?: string;
}

export interface Drawing {
  shape: "banner" | "modal" | "slide_out" | "survey" | "tooltip";
  at?: "top" | "bottom" | "inline";
  target?: string;
  image?: string;
  alt?: string;
  buttons?: Button[];
  survey?: Question;
}

/** What a message can do outside of itself. */
export interface Hands {
  reacted: Reacted;
  track(event: string, properties: Record<string, unknown>): void;
  call(name: string): void;
}

/** What a shape is drawn from. */
export interface Sheet {
  parts: Parts;
  host: HTMLElement;
  root: ShadowRoot;
  drawing: Drawing;
  title: string;
  body: string;
  labels: Labels;
  hands: Hands;
}

/** The picture, if there is one. It never says which page it is on. */
export function picture({ parts, drawing: { image, alt } }: Sheet, parent: ParentNode): void {
  if (!image || !/^https?:\/\//i.test(image)) return;
  const shown = parts.make(parent, "img", "image");
  shown.alt = alt ?? "";
  shown.referrerPolicy = "no-referrer";
  shown.decoding = "async";
  // A broken picture says nothing.
  shown.addEventListener("error", () => shown.remove());
  shown.src = image;
}

/** The buttons. */
export function actions({ parts, drawing: { buttons = [] }, hands }: Sheet, parent: ParentNode): void {
  if (buttons.length === 0) return;
  const row = parts.make(parent, "div", "actions");
  for (const { label, open, track, call } of buttons) {
    if (open !== undefined) {
      parts.link(row, label, open, hands.reacted);
      continue;
    }
    const button = parts.write(row, "button", "cta", label);
    button.type = "button";
    button.addEventListener("click", () => {
      if (track) hands.track(track, {});
      hands.reacted(track !== undefined || call !== undefined);
      if (call) hands.call(call);
    });
  }
  // The first is what is hoped for.
  [...row.children].slice(1).forEach((other) => other.classList.add("other"));
}

/** The part of the page that the message is about. */
export function target({ drawing }: Sheet): Element {
  const found = drawing.target ? document.querySelector(drawing.target) : null;
  if (!found) throw new Error(`no element \`${drawing.target}\``);
  return found;
}

/** A card with everything on it, standing on the page. */
export function card(sheet: Sheet, className: string): HTMLElement {
  const { parts, root, title, body, labels, hands } = sheet;
  const box = parts.make(root, "section", `card ${className}`);
  picture(sheet, box);
  parts.say(box, "p", title, body);
  actions(sheet, box);
  parts.close(box, labels, hands.reacted);
  return box;
}
