// Finding people: the list with its filters, page after page, for as many as there are.
import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";

import { get } from "~/api/client.ts";
import type { PersonRow } from "~/api/types.ts";

export type Asked = { q?: string | undefined; rule?: string | undefined; segment?: string | undefined };
export type Found = { items: PersonRow[]; next: string | null; lookedAt: number };
type Answer = { items: PersonRow[]; next: string | null; looked_at: number };

const PAGE = 50;
// LIMIT: what is looked at before one is asked whether to go on: with a rule that few pass a call of
// the API may find nobody and still have more to look at.
const CALLS_MAX = 8;

type Ask = (cursor: string | undefined, limit: number) => Promise<Answer>;

/** A page that is as full as it can be made with a bounded number of calls. */
export async function fill(ask: Ask, cursor: string | undefined, size = PAGE, calls = CALLS_MAX): Promise<Found> {
  const found: Found = { items: [], next: cursor ?? null, lookedAt: 0 };
  for (let call = 0; call < calls; call += 1) {
    const answer = await ask(found.next ?? undefined, size - found.items.length);
    found.items.push(...answer.items);
    found.lookedAt += answer.looked_at;
    found.next = answer.next;
    if (answer.next === null || found.items.length >= size) break;
  }
  return found;
}

const askFor =
  ({ q, rule, segment }: Asked, signal?: AbortSignal): Ask =>
  (cursor, limit) =>
    get("/people", { query: { q, rule, segment, cursor, limit }, ...(signal && { signal }) });

export const people = (asked: Asked) =>
  infiniteQueryOptions({
    queryKey: ["people", "list", asked.q ?? "", asked.rule ?? "", asked.segment ?? ""],
    queryFn: ({ pageParam, signal }) => fill(askFor(asked, signal), pageParam ?? undefined),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Found) => last.next,
    placeholderData: keepPreviousData,
  });

// LIMIT: more is not for a page to hold; the API has a cursor.
export const EXPORT_MAX = 100_000;

/** Everyone who is asked for, for an export; `report` hears how far it has come. */
export async function everyone(asked: Asked, signal: AbortSignal, report: (people: number) => void): Promise<{ people: PersonRow[]; complete: boolean }> {
  const found: PersonRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await askFor(asked, signal)(cursor, 100);
    found.push(...page.items);
    report(found.length);
    cursor = page.next ?? undefined;
  } while (cursor && found.length < EXPORT_MAX);
  return { people: found, complete: cursor === undefined };
}
