// Saving a segment: never over what somebody else wrote meanwhile, unless one says so.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Refused, get, put } from "~/api/client.ts";
import { segment as one } from "~/api/queries.ts";
import type { Segment } from "~/api/types.ts";
import { useToast } from "~/kit/index.ts";

import type { Draft } from "./draft.ts";
import { idFor } from "./ready.ts";

// LIMIT: a name that so many others took meanwhile is chosen anew by hand.
const TRIES_MAX = 5;

type Options = { /** `null` for one that is not there yet. */ id: string | null; used: readonly string[]; onSaved: (segment: Segment) => void };

export function useSave({ id, used, onSaved }: Options) {
  const cache = useQueryClient();
  const say = useToast();
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [error, setError] = useState<string>();
  /** What is there now, where a stale write was refused. */
  const [conflict, setConflict] = useState<Segment>();

  const write = async ({ name, rule }: Draft, revision: number): Promise<Segment | undefined> => {
    const content = { name: name.trim(), rule };
    if (id !== null) return put("/segments/{id}", { path: { id }, body: content, ifMatch: revision });
    const taken = [...used];
    for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
      const made = idFor(name, taken);
      try {
        return await put("/segments/{id}", { path: { id: made }, body: content, ifMatch: 0 });
      } catch (refused) {
        if (!(refused instanceof Refused && refused.isStale)) throw refused;
        taken.push(made);
      }
    }
    throw new Error("Many segments are called like this: give it another name.");
  };

  const run = async (draft: Draft, revision: number) => {
    setBusy(true);
    setError(undefined);
    try {
      const segment = await write(draft, revision);
      if (!segment) return;
      setConflict(undefined);
      if (id === null) setDone(true);
      cache.setQueryData(one(segment.id).queryKey, (before) => ({ ...before, ...segment }));
      onSaved(segment);
      say({ title: `“${segment.name}” is saved.` });
      await cache.invalidateQueries({ queryKey: ["segments"] });
    } catch (refused) {
      if (id !== null && refused instanceof Refused && refused.isStale) {
        const theirs = await get("/segments/{id}", { path: { id } }).catch(() => undefined);
        setConflict(theirs);
        if (theirs) cache.setQueryData(one(id).queryKey, theirs);
        else setError(refused.message);
      } else setError([(refused as Error).message, ...(refused instanceof Refused ? refused.problems.slice(1).map(({ message }) => message) : [])].join(" "));
    } finally {
      setBusy(false);
    }
  };

  return {
    busy,
    done,
    error,
    conflict,
    start: (draft: Draft) => void run(draft, draft.from),
    /** Writes over what the other wrote: one has seen it. */
    insist: (draft: Draft) => void (conflict && run(draft, conflict.revision)),
    forget: () => setConflict(undefined),
  };
}
