// The numbers one looks at first, and how people came through.
import type { Report } from "~/api/types.ts";
import { Card, Figure, Figures, Hint, percent } from "~/kit/index.ts";

import { OVERALL, type Overall, WORDS, isRate, overSteps } from "./figures.ts";
import { Count } from "./people.tsx";
import css from "./report.module.css";
import { versus } from "./words.ts";

const OF_RUNS = ["matched", "entered", "enrollment_rate", "re_engaged", "re_engagement_rate", "converted", "conversion_rate"] as const;
const HEADLINE = [...OF_RUNS, ...OVERALL];

const isOverall = (metric: (typeof HEADLINE)[number]): metric is Overall => (OVERALL as readonly string[]).includes(metric);
const valueOf = (report: Report, metric: (typeof HEADLINE)[number]): number | null => (isOverall(metric) ? overSteps(report, metric) : report[metric]);

export function Headline({ report, against }: { report: Report; against: Report | undefined }) {
  const churn = report.churn.days_30.churn_rate;
  return (
    <Figures>
      {HEADLINE.map((metric) => {
        const value = valueOf(report, metric);
        return (
          <Figure
            key={metric}
            name={WORDS[metric] ?? metric}
            definition={report.definitions[metric]}
            value={isRate(metric) ? percent(value) : <Count of={{ metric }} value={value} />}
            beside={against && versus(value, valueOf(against, metric), isRate(metric))}
          />
        );
      })}
      <Figure
        name="Churn, 30 days"
        definition={`${report.definitions.churn_rate ?? ""}. Churned: ${report.definitions.churned ?? ""}`}
        value={percent(churn)}
        beside={against && versus(churn, against.churn.days_30.churn_rate, true)}
      />
      <Figure
        name="Held out"
        definition={report.definitions.held_out}
        value={<Count of={{ metric: "held_out" }} value={report.holdout.held_out} />}
        beside={against && versus(report.holdout.held_out, against.holdout.held_out, false)}
      />
    </Figures>
  );
}

export function Funnel({ report }: { report: Report }) {
  const of = (metric: Overall) => overSteps(report, metric);
  const sent = of("sent");
  const stages: readonly [string, number, number | null, string][] = [
    ["matched", report.matched, null, ""],
    ["entered", report.entered, report.matched, "of those who matched"],
    ["sent", sent, null, report.entered > 0 ? `${(sent / report.entered).toFixed(1)} messages a run` : ""],
    ["delivered", of("delivered"), sent, "of those sent"],
    ["opened", of("opened"), sent, "of those sent"],
    ["clicked", of("clicked"), sent, "of those sent"],
    ["re_engaged", report.re_engaged, report.entered, "of those who entered"],
    ["converted", report.converted, report.entered, "of those who entered"],
  ];
  const most = Math.max(...stages.map(([, value]) => value), 1);
  return (
    <Card title="How people come through" about="Runs of people, and between them the messages of those runs: one run can have several.">
      <ol className={css.funnel} aria-label="How people come through">
        {stages.map(([metric, value, whole, words]) => (
          <li key={metric}>
            <span className="small">
              <Hint words={report.definitions[metric]}>{WORDS[metric]}</Hint>
            </span>
            <div className={css.track} aria-hidden>
              <div className={css.bar} data-none={value === 0 || undefined} style={{ width: `${(value / most) * 100}%` }} />
            </div>
            <span>
              <Count of={{ metric }} value={value} />
            </span>
            <span className="soft small">{whole === null ? words : whole > 0 ? `${percent(value / whole)} ${words}` : ""}</span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
