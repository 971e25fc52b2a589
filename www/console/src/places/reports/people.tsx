// The people behind a number: the number is a link, and what it opens is named in the address.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { get } from "~/api/client.ts";
import type { ReportMetric } from "~/api/types.ts";
import { useAddress } from "~/app/address.ts";
import { useNow } from "~/app/clock.tsx";
import type { Search } from "~/app/router.tsx";
import { Ago, Dialog, Failure, Loading, More, whole } from "~/kit/index.ts";

import { WORDS } from "./figures.ts";
import css from "./report.module.css";

/** Of whom no one is named: what is only counted. */
const ONLY_COUNTED = ["matched", "moved", "bounced", "complained", "unsubscribed"];
/** What is counted otherwise than told of people. */
const NOTES: Record<string, string> = {
  sent: "Those whose mail came back, or whose in-app message was taken down, are not among them.",
  undelivered: "Those whose mail came back are among them.",
  delayed: "Who is held back now; the number counts everyone who ever was.",
};

export type Behind = { metric: string; step?: string | undefined; version?: string | undefined; variant?: string | undefined };

/** A number; if it counts anyone, the way to them. */
export function Count({ of, value }: { of: Behind; value: number | null | undefined }) {
  const { metric, step, version, variant } = of;
  if (!value || ONLY_COUNTED.includes(metric)) return <>{value == null ? "–" : whole(value)}</>;
  const place = [step && `step ${step}`, version && `version ${version}`, variant && `variant ${variant}`].filter(Boolean).join(", ");
  return (
    <Link
      to="."
      search={(before: Search) => ({ ...before, metric, step, version, variant })}
      resetScroll={false}
      className={css.count}
      aria-label={`${WORDS[metric] ?? metric}${place && `, ${place}`}: ${whole(value)}. Show the people`}
    >
      {whole(value)}
    </Link>
  );
}

/** Opens where the address names a metric. */
export function PeopleSheet({ id, definitions }: { id: string; definitions: Record<string, string> }) {
  const [{ metric, step, version, variant, from, to }, change] = useAddress();
  if (!metric) return null;
  const close = () => change({ metric: undefined, step: undefined, version: undefined, variant: undefined });
  const place = [step && `step ${step}`, version && `version ${version}`, variant && `variant ${variant}`, from && `from ${from}`, to && `to ${to}`].filter(Boolean).join(", ");
  return (
    <Dialog open onOpenChange={close} kind="sheet" title={`${WORDS[metric] ?? metric}${place && `: ${place}`}`} about={definitions[metric]}>
      {/* Delivered is what was sent and did not come back: the API tells of both in one. */}
      <List id={id} of={{ metric: (metric === "delivered" ? "sent" : metric) as ReportMetric, step, version: version ? Number(version) : undefined, variant, from, to }} />
      <p className="soft small">
        {NOTES[metric]} Told from the last 16 runs that are kept of each person.
        {(from || to) && " What became of a message stands on the day on which it fired (UTC)."}
      </p>
    </Dialog>
  );
}

type Of = { metric: ReportMetric; step: string | undefined; version: number | undefined; variant: string | undefined; from: string | undefined; to: string | undefined };
function List({ id, of }: { id: string; of: Of }) {
  const now = useNow();
  const people = useInfiniteQuery({
    queryKey: ["report", id, "people", of],
    queryFn: ({ pageParam }) => get("/series/{id}/report/people", { path: { id }, query: { ...of, limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  if (people.error) return <Failure error={people.error} retry={() => void people.refetch()} />;
  if (people.isPending) return <Loading />;
  const shown = people.data.pages.flatMap(({ items }) => items);
  return (
    <>
      {shown.length === 0 && <p className="soft">Nobody that is still known here: they were erased, or it was too long ago.</p>}
      <ol className={css.people} aria-label="People">
        {shown.map(({ id: person, at }) => (
          <li key={`${person}/${at}`}>
            <Link to="/people/$id" params={{ id: person }} className="truncate">
              {person}
            </Link>
            <span className="soft small">
              <Ago at={at} now={now} />
            </span>
          </li>
        ))}
      </ol>
      {shown.length > 0 && (
        <More more={people.hasNextPage} busy={people.isFetchingNextPage} load={() => void people.fetchNextPage()} shown={`${whole(shown.length)} shown`} />
      )}
    </>
  );
}
