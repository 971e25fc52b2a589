// Runs in the frame of the preview: a page that stands for the customer's app, and the SDK's own
// drawing on it. Loaded as a script of the frame.
import type { Drawing } from "../../../../../../sdk/src/nudge/drawing.ts";
import { draw as drawNudge } from "../../../../../../sdk/src/nudge/nudges.ts";
import { parts, show } from "../../../../../../sdk/src/ports/screen.ts";

type Shown = { layout: string; title: string; body: string; cta: { label: string; url: string } | null; drawing: string | null };

// A frame without an address of its own has no `location.origin`; it is its parent's all the same.
const { origin } = self;
const LABELS = { dismiss: "Dismiss", message: "Message", send: "Send" };
// Which of the two looks is wanted; the reader's own preference has no say here.
const dark = document.querySelector<HTMLMetaElement>('meta[name="color-scheme"]')?.content === "dark";

/** Decides what the message's styles ask the browser about. */
function light(): void {
  const sheets = document.querySelector("rekindle-message")?.shadowRoot?.adoptedStyleSheets ?? [];
  for (const rule of sheets.flatMap((sheet) => [...sheet.cssRules])) {
    if (rule instanceof CSSMediaRule && rule.conditionText.includes("prefers-color-scheme")) rule.media.mediaText = dark ? "all" : "not all";
  }
}

/** Bars where an app has words: enough to see what a message covers. */
function page(): void {
  const { style } = document.body;
  style.margin = "0";
  style.background = dark ? "#17181b" : "#f6f7f9";
  for (const [width, height] of [
    [30, 22],
    [92, 12],
    [84, 12],
    [88, 12],
    [40, 12],
    [92, 120],
    [76, 12],
    [82, 12],
  ]) {
    const bar = document.createElement("div");
    Object.assign(bar.style, { width: `${width}%`, height: `${height}px`, margin: "18px 4%", borderRadius: "6px", background: dark ? "#26282d" : "#e5e7eb" });
    document.getElementById("app")?.append(bar);
  }
}

addEventListener("message", (event: MessageEvent<Shown>) => {
  if (event.source !== parent || event.origin !== origin) return;
  const { layout, title, body, cta, drawing } = event.data;
  // Closed, it comes back: it is here to be looked at.
  const draw = () => {
    if (layout === "modal" || drawing) {
      const buttons = cta ? [{ label: cta.label, open: cta.url }] : [];
      const nudge: Drawing = drawing ? (JSON.parse(drawing) as Drawing) : { shape: "modal", buttons };
      // Your page is not here: what a message stands in or points at is one of the bars.
      const target = nudge.shape === "tooltip" ? "#app > :nth-child(2)" : "#app > :nth-child(3)";
      drawNudge(parts, nudge.target === undefined ? nudge : { ...nudge, target }, title, body, LABELS, { reacted: draw, track: () => {}, call: () => {} });
    } else show(layout, title, body, cta?.label ?? "", cta?.url ?? "", LABELS, draw);
    light();
  };
  draw();
});
// A link of the message leads nowhere from here.
addEventListener(
  "click",
  (event) => {
    // An answer may still be chosen.
    if (!event.composedPath().some((part) => part instanceof HTMLLabelElement)) event.preventDefault();
  },
  true,
);

page();
parent.postMessage("ready", origin);
