// A list of what left, and beside it the one that is looked at. Which one stands in the address, and
// so does what the list is narrowed to: a series, a step, a person.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Inbox, X } from "lucide-react";
import type { ReactNode } from "react";

import type { Page } from "~/api/client.ts";
import { allSeries } from "~/api/queries.ts";
import { useAddress } from "~/app/address.ts";
import { useNow } from "~/app/clock.tsx";
import type { Search } from "~/app/router.tsx";
import { Ago, Button, Empty, Facts, Failure, Loading, More, exact, relative } from "~/kit/index.ts";

import css from "./mailbox.module.css";

export type Left = { effect: string; person: string; series: string; step: string; at: number; variant?: string | null };

type BoxProps<T extends Left> = {
  page: (cursor: string | undefined) => Promise<Page<T>>;
  label: string;
  /** What the line of the list says. */
  line: (item: T) => { title: string; beside: ReactNode };
  detail: (item: T) => ReactNode;
  empty: ReactNode;
};

const NARROW = ["series", "step", "person"] as const;

export function Box<T extends Left>({ page, label, line, detail, empty }: BoxProps<T>) {
  const now = useNow();
  const [search, change] = useAddress();
  const box = useInfiniteQuery({
    queryKey: ["box", label],
    queryFn: ({ pageParam }) => page(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  if (box.error) return <Failure error={box.error} retry={() => void box.refetch()} />;
  if (box.isPending) return <Loading />;
  const all = box.data.pages.flatMap(({ items }) => items);
  const narrowed = NARROW.filter((word) => search[word]);
  const items = all.filter((item) => narrowed.every((word) => item[word] === search[word]));
  if (all.length === 0) return <>{empty}</>;
  const chosen = items.find(({ effect }) => effect === search.item);
  // On a phone the list comes first; where there is room, the newest is open.
  const open = chosen ?? items[0];
  return (
    <>
      {narrowed.length > 0 && (
        <div className={css.filters}>
          Only
          {narrowed.map((word) => (
            <Button key={word} small icon={<X aria-hidden />} onClick={() => change({ [word]: undefined })} aria-label={`Not only ${word} ${search[word]}`}>
              {word} {search[word]}
            </Button>
          ))}
        </div>
      )}
      <div className={css.box} data-open={chosen !== undefined || undefined}>
        <div className={css.list}>
          <ol className={css.items} aria-label={label}>
            {items.map((item) => {
              const { title, beside } = line(item);
              return (
                <li key={item.effect}>
                  <Link
                    to="."
                    search={(before: Search) => ({ ...before, item: item.effect })}
                    resetScroll={false}
                    aria-current={item === chosen ? "true" : undefined}
                    data-open={item === open || undefined}
                  >
                    <span className={css.top}>
                      <span className="truncate">{beside}</span>
                      <time className="soft" dateTime={new Date(item.at).toISOString()} title={exact(item.at)}>
                        {relative(item.at, now)}
                      </time>
                    </span>
                    <span className={`${css.title} truncate`}>{title}</span>
                  </Link>
                </li>
              );
            })}
          </ol>
          {items.length === 0 && <p className="soft small">None of those looked at so far.</p>}
          <More more={box.hasNextPage} busy={box.isFetchingNextPage} load={() => void box.fetchNextPage()} shown={`${items.length} shown`} />
        </div>
        {open && (
          <article className={css.detail} aria-label={line(open).title} key={open.effect}>
            <p className={css.back}>
              <Link to="." search={(before: Search) => ({ ...before, item: undefined })}>
                Back to the list
              </Link>
            </p>
            {detail(open)}
          </article>
        )}
      </div>
    </>
  );
}

/** Whom it went to, why and when. */
export function Origin({ item, more = [] }: { item: Left; more?: readonly (readonly [string, ReactNode])[] }) {
  const now = useNow();
  const { data } = useQuery(allSeries);
  return (
    <Facts
      of={[
        ...more,
        ["Person", <Link to="/people/$id" params={{ id: item.person }}>{item.person}</Link>],
        item.series === "" ? [
          "Webhook",
          <Link to="/settings" search={{ tab: "webhooks" }}>{item.step}</Link>,
        ] : [
          "Series",
          <>
            <Link to="/series/$id" params={{ id: item.series }} search={{ step: item.step }}>
              {data?.find(({ id }) => id === item.series)?.name ?? item.series}
            </Link>{" "}
            <span className="soft">step</span> {item.step}
            {item.variant && (
              <>
                {" "}
                <span className="soft">variant</span> {item.variant}
              </>
            )}
          </>,
        ],
        ["When", <Ago at={item.at} now={now} />],
      ]}
    />
  );
}

export function NothingYet({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Empty title={title} icon={<Inbox aria-hidden />}>
      {children}
    </Empty>
  );
}
