// Who did what, and what it changed.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ScrollText } from "lucide-react";

import { get } from "~/api/client.ts";
import type { AuditEntry } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { Ago, Badge, Card, Empty, Failure, Loading, More, whole } from "~/kit/index.ts";

import { Differences } from "./differences.tsx";
import { changes } from "./diff.ts";
import css from "./settings.module.css";

export function Audit() {
  const now = useNow();
  const log = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam }) => get("/audit", { query: { limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const entries = log.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card title="Audit log" about="Every change, newest first: who, what, and what it was before." flush>
      {log.error ? (
        <Failure error={log.error} retry={() => void log.refetch()} />
      ) : log.isPending ? (
        <Loading />
      ) : entries.length === 0 ? (
        <Empty title="Nothing was changed yet" icon={<ScrollText aria-hidden />}>
          Every change of a segment, a series, the settings or a token is noted here, with both sides.
        </Empty>
      ) : (
        <>
          <ol aria-label="Audit log">
            {entries.map((entry) => (
              <Entry key={`${entry.at}/${entry.action}/${entry.kind}/${entry.id}`} entry={entry} now={now} />
            ))}
          </ol>
          <More more={log.hasNextPage} busy={log.isFetchingNextPage} load={() => void log.fetchNextPage()} shown={`${entries.length} shown`} />
        </>
      )}
    </Card>
  );
}

const DEEDS: Record<string, string> = { put: "changed", add: "made", remove: "removed", delete: "deleted", publish: "published", pause: "paused", resume: "resumed", archive: "archived", unarchive: "brought back", replay: "tried again", test: "sent a test of", erase: "erased", import: "imported", export: "exported" };
type Counts = { lines?: number; stored?: number; refused?: number; series?: string };
/** What is told by how much it was. */
const AMOUNTS: Record<string, (of: Counts) => string> = {
  import: ({ stored = 0, refused = 0, series }) => `${whole(stored)} lines of a file${refused > 0 ? `, ${whole(refused)} were refused` : ""}${series === "start" ? "; series could start" : ""}`,
  export: ({ lines = 0 }) => `everything: ${whole(lines)} lines`,
};
const PLACES: Record<string, "/series/$id" | "/segments/$id" | "/people/$id"> = { series: "/series/$id", segment: "/segments/$id", person: "/people/$id" };

function Entry({ entry: { at, by, role, action, kind, id, before, after }, now }: { entry: AuditEntry; now: number }) {
  // What is new or gone is told field by field as well.
  const found = changes(before ?? {}, after ?? {});
  const place = PLACES[kind];
  // Nobody knows a token by its id.
  const amount = AMOUNTS[action]?.((after ?? {}) as Counts);
  const name = kind === "token" ? ((after ?? before) as { name?: string } | null)?.name : undefined;
  return (
    <li className={css.entry}>
      <div className="row apart">
        <span className="row">
          <strong>{by}</strong>
          <Badge>{role}</Badge>
          <span>
            {DEEDS[action] ?? action} {amount ?? kind}{" "}
            {amount ? null : place ? (
              <Link to={place} params={{ id }}>
                {id}
              </Link>
            ) : (
              id !== kind && (name ?? id)
            )}
          </span>
        </span>
        <span className="soft small">
          <Ago at={at} now={now} />
        </span>
      </div>
      {found.length > 0 && !amount && (
        <details>
          <summary>
            {found.length === 1 ? "1 change" : `${found.length} changes`}: {[...new Set(found.map(({ path }) => path.split(" › ")[0] || "all"))].slice(0, 4).join(", ")}
          </summary>
          <Differences of={found} none="" />
        </details>
      )}
    </li>
  );
}
