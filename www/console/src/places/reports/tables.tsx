// The numbers step by step, version by version, variant by variant.
import { Link } from "@tanstack/react-router";

import type { Experiment, Report, StepFigures } from "~/api/types.ts";
import { Badge, Card, type Column, Hint, Table, percent } from "~/kit/index.ts";

import { OF_MESSAGES, WORDS } from "./figures.ts";
import { Count } from "./people.tsx";
import css from "./report.module.css";

/** What is counted of each kind of step; of a kind that is gone, everything. */
const COUNTED: Record<string, readonly string[]> = {
  email: ["sent", "delivered", "opened", "clicked", "converted", "unsubscribed", "bounced", "complained", "undelivered", "delayed", "skipped"],
  push: ["sent", "delivered", "opened", "clicked", "converted", "undelivered", "delayed", "skipped"],
  in_app: ["sent", "delivered", "shown", "clicked", "converted", "dismissed", "delayed", "skipped"],
  webhook: ["sent", "delivered", "converted", "undelivered", "skipped"],
};
/** What is also said as a share of those sent. */
const SHARED: readonly string[] = ["delivered", "shown", "opened", "clicked", "converted", "unsubscribed", "bounced", "complained"];
const isCounted = ({ kind }: StepFigures, metric: string) => kind === null || (COUNTED[kind]?.includes(metric) ?? false);
const head = (metric: string, definitions: Record<string, string>) => (definitions[metric] ? <Hint words={definitions[metric]}>{WORDS[metric]}</Hint> : WORDS[metric]);
const NAMES: Record<string, string> = { email: "mail", in_app: "in-app", webhook: "request" };

export function Steps({ report }: { report: Report }) {
  const columns: Column<StepFigures>[] = [
    {
      name: "Step",
      grow: true,
      cell: ({ id, kind }) => (
        <Link to="/series/$id" params={{ id: report.id }} search={{ step: id }}>
          <span className="truncate">{id}</span> <Badge>{kind ? (NAMES[kind] ?? kind) : "gone"}</Badge>
        </Link>
      ),
    },
    // What no step of this series can have takes no room.
    ...OF_MESSAGES.filter((metric) => report.steps.some((step) => isCounted(step, metric))).map((metric) => ({
      name: metric,
      head: head(metric, report.definitions),
      number: true,
      cell: (step: StepFigures) => (isCounted(step, metric) ? <OfStep step={step} metric={metric} /> : "–"),
    })),
  ];
  return (
    <Card title="Step by step" about="Each message by itself; shares are of those sent." flush>
      <Table label="Step by step" columns={columns} rows={report.steps} id={({ id }) => id} />
    </Card>
  );
}

function OfStep({ step, metric }: { step: StepFigures; metric: (typeof OF_MESSAGES)[number] }) {
  return (
    <span className={css.ofStep}>
      <Count of={{ metric, step: step.id }} value={step[metric]} />
      {SHARED.includes(metric) && step[metric] > 0 && step.sent > 0 && <small className="soft">{percent(step[metric] / step.sent)}</small>}
    </span>
  );
}

export function Versions({ report }: { report: Report }) {
  const rows = Object.entries(report.versions).sort(([one], [other]) => Number(other) - Number(one));
  if (rows.length === 0) return null;
  const counts = ["matched", "entered", "re_engaged", "converted", "moved"] as const;
  return (
    <Card title="By version" about="Each time the series was published. People stay on the version that they entered, unless they were moved." flush>
      <Table
        label="By version"
        rows={rows}
        id={([version]) => version}
        columns={[
          { name: "Version", cell: ([version]) => version, grow: true },
          ...counts.map((metric) => ({
            name: metric,
            head: head(metric, report.definitions),
            number: true,
            cell: ([version, figures]: (typeof rows)[number]) => <Count of={{ metric, version }} value={figures[metric]} />,
          })),
          { name: "Enrollment", number: true, cell: ([, figures]) => percent(figures.enrollment_rate) },
          { name: "Re-engagement", number: true, cell: ([, figures]) => percent(figures.re_engagement_rate) },
          { name: "Churn, 30 days", number: true, cell: ([, figures]) => percent(figures.churn.days_30.churn_rate) },
        ]}
      />
    </Card>
  );
}

export function Variants({ of, metric }: { of: Experiment; metric: string }) {
  const counts = ["sent", "opened", "clicked", "converted", "re_engaged"] as const;
  return (
    <Table
      label={`Variants of ${of.step}`}
      rows={of.variants}
      id={({ name }) => name}
      columns={[
        { name: "Variant", grow: true, cell: ({ name }) => <strong>{name}{name === of.variants[0]?.name && " (control)"}</strong> },
        { name: "Weight", number: true, cell: ({ weight }) => weight },
        { name: "People", number: true, cell: ({ name, people }) => <Count of={{ metric: "assigned", step: of.step, variant: name }} value={people} /> },
        ...counts.map((count) => ({
          name: count,
          head: WORDS[count],
          number: true,
          cell: (variant: Experiment["variants"][number]) => <Count of={{ metric: count, step: of.step, variant: variant.name }} value={variant[count]} />,
        })),
        { name: "Rate", head: `${WORDS[metric] ?? metric} by people`, number: true, cell: ({ rate }) => percent(rate) },
      ]}
    />
  );
}
