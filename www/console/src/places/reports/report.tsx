// The report of one series. Everything that is chosen on it stands in the address, so that it can be shared.
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { Download, Workflow } from "lucide-react";

import { experiments, report as query } from "~/api/queries.ts";
import { useAddress } from "~/app/address.ts";
import { useNow } from "~/app/clock.tsx";
import { Ago, Badge, Button, ButtonLink, Copy, Empty, Failure, Loading, Page, download } from "~/kit/index.ts";

import { Churn } from "./churn.tsx";
import { Experiments, lookOf } from "./experiments.tsx";
import { csv, rowsOf } from "./figures.ts";
import { Funnel, Headline } from "./headline.tsx";
import { OverTime } from "./over-time.tsx";
import { PeopleSheet } from "./people.tsx";
import { Period } from "./period.tsx";
import { STATES } from "./states.ts";
import { Steps, Versions } from "./tables.tsx";

export function ReportPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const [{ from, to, against_from: againstFrom, against_to: againstTo, ...asked }] = useAddress();
  const { by, method } = lookOf(asked);
  const now = useNow();
  const { data, error, isPending, refetch } = useQuery(query(id, from, to));
  const tests = useQuery(experiments(id, by, method));
  const comparing = Boolean(againstFrom && againstTo);
  const against = useQuery({ ...query(id, againstFrom, againstTo), enabled: comparing });
  const above = <Link to="/reports">Series reports</Link>;
  if (isPending || error)
    return (
      <Page title="Report" above={above}>
        {error ? <Failure error={error} retry={() => void refetch()} /> : <Loading />}
      </Page>
    );
  const state = STATES[data.state];
  return (
    <Page
      title={data.name}
      above={above}
      beside={<Badge tone={state.tone}>{state.word}</Badge>}
      about={
        <>
          As of <Ago at={data.as_of} now={now} />. Hover a name to see how its number is computed; follow a number to see the people behind it.
        </>
      }
      actions={
        <>
          <Copy label="Copy link" text={() => location.href} />
          <Button
            small
            icon={<Download aria-hidden />}
            onClick={() => download(`report-${data.id}${from ? `-${from}` : ""}${to ? `-${to}` : ""}.csv`, csv(rowsOf(data, tests.data)), "text/csv;charset=utf-8")}
          >
            Export CSV
          </Button>
          <ButtonLink small to="/series/$id" params={{ id }} icon={<Workflow aria-hidden />}>
            Open the series
          </ButtonLink>
        </>
      }
    >
      <Period />
      {data.state === "draft" ? (
        <Empty title="Nothing to report yet" actions={<ButtonLink to="/series/$id" params={{ id }} look="primary">Open the series</ButtonLink>}>
          This series was never published. Once it is, every number of it is here, with the people behind it.
        </Empty>
      ) : (
        <>
          {against.error && <Failure error={against.error} retry={() => void against.refetch()} />}
          <Headline report={data} against={comparing ? against.data : undefined} />
          <Funnel report={data} />
          <Experiments id={id} period={Boolean(from ?? to)} />
          <Churn report={data} period={Boolean(from ?? to)} />
          <OverTime report={data} />
          <Steps report={data} />
          <Versions report={data} />
        </>
      )}
      <PeopleSheet id={id} definitions={data.definitions} />
    </Page>
  );
}
