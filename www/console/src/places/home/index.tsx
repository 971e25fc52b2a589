// Home: how to begin, until it is done; then what happens today, what needs a look, what is live.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { get, post } from "~/api/client.ts";
import { allSegments, allSeries, seriesFigures, status } from "~/api/queries.ts";
import type { Series, SeriesFigures } from "~/api/types.ts";
import { clock, useNow } from "~/app/clock.tsx";
import { Badge, ButtonLink, Callout, Card, Empty, Failure, Figure, Figures, Loading, LongTable, Page, percent, whole } from "~/kit/index.ts";
import { dayBefore } from "~/places/reports/figures.ts";

import { matters } from "./attention.ts";
import css from "./home.module.css";
import { SetUp } from "./set-up.tsx";

export function Home() {
  const segments = useQuery(allSegments);
  const series = useQuery(allSeries);
  const state = useQuery(status);
  const live = (series.data ?? []).filter((one) => one.state === "published");
  return (
    <Page title="Home">
      {segments.data && series.data && <SetUp status={state.data} failed={state.error !== null} segments={segments.data} series={series.data} />}
      <Today people={state.data?.people} live={live} />
      <Attention series={series.data ?? []} />
      <Card title="Live series" about="From their beginning until now." actions={live.length > 0 && <ButtonLink small to="/reports">All reports</ButtonLink>} flush>
        {series.error ? <Failure error={series.error} retry={() => void series.refetch()} /> : series.isPending ? <Loading /> : <Live series={live} />}
      </Card>
    </Page>
  );
}

/** How many match a rule now. */
const count = (rule: string) => ({
  queryKey: ["segments", "preview-count", rule],
  queryFn: ({ signal }: { signal: AbortSignal }) => post("/segments/preview", { body: { rule }, signal }),
  staleTime: 60_000,
});

// LIMIT: as many as one takes in at a glance; Reports has them all.
const LIVE = 10;

function Today({ people, live }: { people: number | undefined; live: readonly Series[] }) {
  const now = useNow();
  const today = dayBefore(now, 0);
  const day = useQuery(count("last_seen < 1 day ago"));
  const week = useQuery(count("last_seen < 7 days ago"));
  const time = useQuery(clock);
  const { data } = useQuery({ ...seriesFigures(today, today), enabled: time.isFetched });
  const number = (value: number | null | undefined) => (value == null ? "–" : whole(value));
  const sum = (of: (one: SeriesFigures) => number) => number(data && live.reduce((all, { id }) => all + (data.figures[id] ? of(data.figures[id]) : 0), 0));
  return (
    <section aria-label="Today">
      <Figures>
        <Figure name="People" value={number(people)} definition="everyone that is known here, visitors without a name among them" />
        <Figure name="Active today" value={number(day.data?.count)} definition="people who were seen less than a day ago" />
        <Figure name="Active this week" value={number(week.data?.count)} definition="people who were seen less than 7 days ago" />
        <Figure name="Sent today" value={sum(({ sent }) => sent)} definition={`messages of live series that left on ${today} (UTC), over every channel`} />
        <Figure name="Re-engaged today" value={sum(({ re_engaged: back }) => back)} definition={`runs of live series that ended on ${today} (UTC) because their exit condition came true`} />
      </Figures>
    </section>
  );
}

function Attention({ series }: { series: readonly Series[] }) {
  const state = useQuery(status);
  const dead = useQuery({ queryKey: ["dead-letters", "few"], queryFn: () => get("/dead-letters", { query: { limit: 100 } }) });
  const found = matters(state.data, series, dead.data?.items ?? [], dead.data?.next != null);
  const isKnown = !state.isPending && !dead.isPending;
  const unknown = [state.error, dead.error].filter((error) => error !== null);
  return (
    <Card title="Needs a look">
      <ul className={css.attention} aria-label="Needs a look">
        {found.map(({ key, tone, words, href, verb }) => {
          const { pathname, searchParams } = new URL(href, location.origin);
          return (
            <li key={key}>
              <Callout tone={tone} actions={<Link to={pathname} search={Object.fromEntries(searchParams)}>{verb}</Link>}>
                {words}
              </Callout>
            </li>
          );
        })}
      </ul>
      {isKnown && found.length === 0 && unknown.length === 0 && <p className="soft">Nothing. What fails, gets stuck or waits for you to publish is named here.</p>}
      {unknown.length > 0 && <p className="soft small">Not everything could be looked at: {unknown.map((error) => error.message).join(" ")}</p>}
    </Card>
  );
}

function Live({ series }: { series: readonly Series[] }) {
  const { data, error } = useQuery(seriesFigures());
  const entered = ({ id }: Series) => data?.figures[id]?.entered ?? 0;
  const figure = (pick: (figures: SeriesFigures) => number | null, write: (value: number) => string) => ({ id }: Series) => {
    const found = data?.figures[id];
    const value = found && pick(found);
    return value == null ? "–" : write(value);
  };
  return (
    <>
      <LongTable
        label="Live series"
        of="series"
        size={LIVE}
        rows={[...series].sort((one, other) => entered(other) - entered(one))}
        id={({ id }) => id}
        empty={
          <Empty title="No series is live" actions={<ButtonLink to="/series">Go to series</ButtonLink>}>
            A series writes to people who slip away, and falls silent the moment they come back.
          </Empty>
        }
        columns={[
          {
            name: "Series",
            grow: true,
            cell: ({ id, name, changed }) => (
              <Link to="/reports/$id" params={{ id }}>
                {name} {changed && <Badge>unpublished changes</Badge>}
              </Link>
            ),
          },
          { name: "Entered", number: true, cell: figure(({ entered }) => entered, whole) },
          { name: "Enrollment rate", number: true, cell: figure(({ enrollment_rate: rate }) => rate, percent) },
          { name: "Sent", number: true, cell: figure(({ sent }) => sent, whole) },
          { name: "Re-engaged", number: true, cell: figure(({ re_engaged }) => re_engaged, whole) },
          { name: "Re-engagement rate", number: true, cell: figure(({ re_engagement_rate: rate }) => rate, percent) },
        ]}
      />
      {error && series.length > 0 && <Failure error={error} />}
    </>
  );
}
