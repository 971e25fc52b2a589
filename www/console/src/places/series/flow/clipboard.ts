// Copied steps, kept for this window: they can be pasted into another series.
import { useSyncExternalStore } from "react";

import type { Step } from "~/api/types.ts";

const SLOT = "rekindle.copied";
const listeners = new Set<() => void>();
let known: { text: string; steps: readonly Step[] } = { text: "", steps: [] };

function read(): readonly Step[] {
  let text = "";
  try {
    text = sessionStorage.getItem(SLOT) ?? "";
    if (text !== known.text) known = { text, steps: text ? (JSON.parse(text) as Step[]) : [] };
  } catch {
    known = { text, steps: [] };
  }
  return known.steps;
}

export function copySteps(steps: readonly Step[]): void {
  try {
    sessionStorage.setItem(SLOT, JSON.stringify(steps));
  } catch {
    // Without storage there is nothing to paste; the steps themselves are untouched.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useCopied = (): readonly Step[] => useSyncExternalStore(subscribe, read);
