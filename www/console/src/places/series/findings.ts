// What is wrong with the draft: by the core while one types, and by the server for what it has.
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useState } from "react";

import { allSegments, data, findings as serverFindings } from "~/api/queries.ts";
import type { Finding, SeriesSpec } from "~/api/types.ts";
import { checkSeries } from "~/core/index.ts";

import { plain } from "./normal.ts";
import type { Draft } from "./use-draft.ts";

/** Asks the core about a draft; `null` until it has answered. */
function useChecked(spec: SeriesSpec): Finding[] | null {
  const segments = useQuery(allSegments);
  const names = useQuery(data);
  const [checked, setChecked] = useState<Finding[] | null>(null);
  useEffect(() => {
    if (!segments.data || names.isPending) return;
    let gone = false;
    const rules = Object.fromEntries(segments.data.map(({ id, rule }) => [id, rule]));
    const known = { attributes: names.data?.attributes.map(({ name }) => name) ?? [], events: names.data?.events.map(({ name }) => name) ?? [] };
    void checkSeries(plain(spec), rules, known)
      .then((answer) => {
        if (gone || !answer.ok) return;
        // Without the names of the data every name would be unknown.
        setChecked(names.data ? answer.value : answer.value.filter(({ code }) => !code.startsWith("unknown_")));
      })
      .catch(() => gone || setChecked([]));
    return () => {
      gone = true;
    };
  }, [spec, segments.data, names.data, names.isPending]);
  return checked;
}

const key = ({ step, code, message }: Finding) => `${step} ${code} ${message}`;

/** Everything that is known to be wrong, errors first. */
export function useFindings(id: string, draft: Draft): { items: Finding[]; checking: boolean } {
  const checked = useChecked(useDeferredValue(draft.spec));
  const server = useQuery(serverFindings(id));
  // What the server says is of what it has: while something is not saved, only the core has seen it.
  const saved = draft.sync.is === "saved" ? (server.data ?? []) : [];
  const all = new Map([...(checked ?? []), ...saved].map((finding) => [key(finding), finding]));
  const items = [...all.values()].sort((one, other) => one.severity.localeCompare(other.severity));
  return { items, checking: checked === null };
}
