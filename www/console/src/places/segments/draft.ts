// What is being written and not saved yet, kept in this tab: a reload loses nothing.
import { useCallback, useState } from "react";

import type { Rule } from "~/api/types.ts";

export type Draft = { name: string; rule: Rule; /** The revision that it began from; 0 for a new one. */ from: number };

const key = (id: string) => `rekindle.segment.${id}`;

function kept(id: string): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(key(id)) ?? "null") as Draft | null;
    return draft && typeof draft.name === "string" && typeof draft.from === "number" ? draft : null;
  } catch {
    return null;
  }
}

/** The draft of a segment; `null` while it is as it was saved. */
export function useDraft(id: string): [Draft | null, (draft: Draft | null) => void] {
  const [draft, set] = useState(() => kept(id));
  const keep = useCallback(
    (next: Draft | null) => {
      set(next);
      try {
        if (next) sessionStorage.setItem(key(id), JSON.stringify(next));
        else sessionStorage.removeItem(key(id));
      } catch {
        // A full or forbidden store: the page still has it.
      }
    },
    [id],
  );
  return [draft, keep];
}
