// Joins the draft store to the page: the API, this browser's storage, and React.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from "react";

import { Refused, get, put } from "~/api/client.ts";
import type { Series, SeriesSpec } from "~/api/types.ts";
import { useToast } from "~/kit/index.ts";

import { learn } from "./actions.ts";
import { DraftStore, type DraftView, type Kept } from "./draft-store.ts";
import { type Edited } from "./graph.ts";
import { plain } from "./normal.ts";
import { spell } from "./spell.ts";

const slot = (id: string) => `rekindle.draft.${id}`;

/** What this browser keeps of a draft that the server does not have. */
function kept(id: string): Kept | null {
  try {
    const text = localStorage.getItem(slot(id));
    const found = text === null ? null : (JSON.parse(text) as Partial<Kept>);
    return found && typeof found.revision === "number" && Array.isArray(found.spec?.steps) ? (found as Kept) : null;
  } catch {
    return null;
  }
}

function keep(id: string, value: Kept | null): void {
  try {
    if (value) localStorage.setItem(slot(id), JSON.stringify(value));
    else localStorage.removeItem(slot(id));
  } catch {
    // A full or forbidden storage costs the safety net, not the edit.
  }
}

/** The draft with its rules as text. */
export function useSpelled(series: Series | undefined) {
  return useQuery({
    queryKey: ["series", "spelled", series?.id, series?.revision],
    queryFn: () => spell((series as Series).draft),
    enabled: series !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export type Draft = DraftView & {
  change: (spec: SeriesSpec, field?: string) => void;
  /** Makes an edit of the graph, or says why it cannot be made. */
  edit: (edited: Edited) => boolean;
  undo: () => void;
  redo: () => void;
  flush: () => Promise<void>;
  takeTheirs: () => void;
};

export function useDraft(series: Series, spelled: SeriesSpec, mayEdit: boolean): Draft {
  const cache = useQueryClient();
  const say = useToast();
  const { id } = series;
  const first = useRef({ revision: series.revision, spec: spelled });
  const store = useMemo(() => {
    const path = { id };
    return new DraftStore(first.current, mayEdit ? kept(id) : null, {
      write: async (spec, revision) => {
        try {
          return { ok: true, series: await put("/series/{id}", { path, body: plain(spec), ifMatch: revision }) };
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          return { ok: false, stale: error.isStale, why: error.message, again: error.status === 0 || error.status >= 500 };
        }
      },
      read: async () => {
        const now = await get("/series/{id}", { path });
        return { revision: now.revision, spec: await spell(now.draft) };
      },
      keep: (value) => keep(id, value),
      later: (call, afterMs) => {
        const timer = setTimeout(call, afterMs);
        return () => clearTimeout(timer);
      },
      onSaved: (saved) => {
        learn(cache, saved);
        void cache.invalidateQueries({ queryKey: ["series", "problems", id] });
      },
      onTaken: () => say({ title: "Someone else changed this series. You see it as it is now." }),
    });
  }, [id, mayEdit, cache, say]);
  const view = useSyncExternalStore(store.subscribe, store.getView);

  useEffect(() => store.meet({ revision: series.revision, spec: spelled }), [store, series.revision, spelled]);
  useEffect(() => {
    // Who leaves the page should not have to wait for the pause after typing.
    const onHide = () => void store.flush();
    addEventListener("pagehide", onHide);
    return () => {
      removeEventListener("pagehide", onHide);
      void store.flush();
    };
  }, [store]);

  const change = useCallback((spec: SeriesSpec, field?: string) => store.change(spec, field), [store]);
  const edit = useCallback(
    (edited: Edited) => {
      if (edited.ok) store.change(edited.spec);
      else say({ title: edited.why, tone: "bad" });
      return edited.ok;
    },
    [store, say],
  );
  const undo = useCallback(() => store.undo(), [store]);
  const redo = useCallback(() => store.redo(), [store]);
  const flush = useCallback(() => store.flush(), [store]);
  const takeTheirs = useCallback(() => store.takeTheirs(), [store]);
  return { ...view, change, edit, undo, redo, flush, takeTheirs };
}
