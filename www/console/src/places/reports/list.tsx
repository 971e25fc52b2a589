// All series side by side: what each does for those who come into it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChartLine } from "lucide-react";

import { allSeries, seriesFigures } from "~/api/queries.ts";
import type { Series, SeriesFigures } from "~/api/types.ts";
import { useAddress } from "~/app/address.ts";
import { Badge, ButtonLink, Callout, Card, Checkbox, type Column, Empty, Failure, Hint, Loading, LongTable, Page, percent, whole } from "~/kit/index.ts";

import { type Sorted, parseSort, sorted, turned, writeSort } from "./sort.ts";
import { STATES } from "./states.ts";

type Row = { series: Series; figures: SeriesFigures | undefined };
type Head = { name: string; definition: string; value: (row: Row) => number | null | undefined; write: (value: number) => string };

const HEADS: readonly Head[] = [
  { name: "Entered", definition: "entered", value: ({ figures }) => figures?.entered, write: whole },
  { name: "Enrollment rate", definition: "enrollment_rate", value: ({ figures }) => figures?.enrollment_rate, write: percent },
  { name: "Sent", definition: "sent", value: ({ figures }) => figures?.sent, write: whole },
  { name: "Opened", definition: "opened", value: ({ figures }) => figures?.opened, write: whole },
  { name: "Clicked", definition: "clicked", value: ({ figures }) => figures?.clicked, write: whole },
  { name: "Re-engagement rate", definition: "re_engagement_rate", value: ({ figures }) => figures?.re_engagement_rate, write: percent },
  { name: "Churn, 30 days", definition: "churn_rate", value: ({ figures }) => figures?.churn_rate, write: percent },
  { name: "Churn, held out", definition: "holdout", value: ({ figures }) => figures?.held_out_churn_rate, write: percent },
];

export function Reports() {
  const [{ sort, state }, change] = useAddress();
  const { data, error, isPending, refetch } = useQuery(allSeries);
  const figures = useQuery(seriesFigures());
  const shown = (data ?? []).filter((series) => series.state === "published" || series.state === "paused" || (state === "archived" && series.state === "archived"));
  const rows: Row[] = shown.map((series) => ({ series, figures: figures.data?.figures[series.id] }));
  const by = parseSort(sort, HEADS.map(({ name }) => name)) ?? { name: "Entered", order: "descending" };
  const value = (row: Row) => (by.name === "Series" ? row.series.name : HEADS.find(({ name }) => name === by.name)?.value(row));
  const sort_ = (name: string): Column<Row>["sort"] => ({
    order: by.name === name ? by.order : undefined,
    choose: () => change({ sort: writeSort(turned(by as Sorted, name)) }),
  });
  return (
    <Page
      title="Series reports"
      about="What every series does: who comes in, what they get, who comes back. Sort by any head; open a series to see more."
      actions={<Checkbox label="Archived as well" checked={state === "archived"} onChange={(event) => change({ state: event.target.checked ? "archived" : undefined })} />}
    >
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Loading />
      ) : shown.length === 0 ? (
        <Empty title="No series is live yet" icon={<ChartLine aria-hidden />} actions={<ButtonLink to="/series" look="primary">Go to series</ButtonLink>}>
          Once one is published, its figures are here: how many entered, what was sent, who came back.
        </Empty>
      ) : (
        <>
          {figures.error && (
            <Callout tone="warn" title="The figures could not be loaded.">
              {figures.error.message}
            </Callout>
          )}
          <Card flush>
            <LongTable<Row>
              label="Series"
              of="series"
              rows={sorted(rows, value, by.order)}
              id={({ series }) => series.id}
              columns={[
                {
                  name: "Series",
                  grow: true,
                  sort: sort_("Series"),
                  cell: ({ series: { id, name, state } }) => (
                    <Link to="/reports/$id" params={{ id }}>
                      {name} {state !== "published" && <Badge tone={STATES[state].tone}>{STATES[state].word}</Badge>}
                    </Link>
                  ),
                },
                ...HEADS.map(({ name, value, write }) => ({
                  name,
                  number: true,
                  sort: sort_(name),
                  cell: (row: Row) => {
                    const found = value(row);
                    return typeof found === "number" ? write(found) : "–";
                  },
                })),
              ]}
            />
          </Card>
          <p className="soft small row">
            How they are computed:
            {HEADS.map(({ name, definition }) => (
              <Hint key={name} words={figures.data?.definitions[definition] ?? "Comes with the figures."}>
                {name}
              </Hint>
            ))}
          </p>
        </>
      )}
    </Page>
  );
}
