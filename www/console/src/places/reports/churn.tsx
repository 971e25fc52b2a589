// Who stayed away after entering, beside those who were held out.
import type { Away, Report } from "~/api/types.ts";
import { Callout, Card, Hint, Table, percent, whole } from "~/kit/index.ts";

import { newcombe, wilson } from "./interval.ts";
import { Picture, scaleOf } from "./picture.tsx";
import css from "./report.module.css";
import { churnWords } from "./words.ts";

const SPANS = [
  ["days_30", 30],
  ["days_60", 60],
  ["days_90", 90],
] as const;

export function Churn({ report, period }: { report: Report; period: boolean }) {
  const rows = SPANS.map(([span, days]) => ({ days, entered: report.churn[span], held: report.holdout.churn[span] }));
  const [first] = rows;
  const difference = first && newcombe(first.entered.churned, known(first.entered), first.held.churned, known(first.held));
  const said = difference && churnWords(difference);
  const tone = said?.verdict === "less" ? "good" : said?.verdict === "more" ? "bad" : undefined;
  return (
    <Card
      title={<Hint words={`${report.definitions.churned ?? ""}. The rate is ${report.definitions.churn_rate ?? ""}.`}>Churn after entry</Hint>}
      about="Does the series keep people? Those who entered beside those who, by chance, got nothing."
    >
      {difference && said ? (
        <div className={css.comparison}>
          <p>
            <strong>Within 30 days.</strong> {said.words}
          </p>
          <Picture
            of={{ ...difference, tone }}
            scale={scaleOf([difference])}
            label={`Difference in churn in percentage points: ${(difference.difference * 100).toFixed(1)}, between ${(difference.low * 100).toFixed(1)} and ${(difference.high * 100).toFixed(1)} with 95 % confidence`}
          />
        </div>
      ) : (
        <Callout title="Nothing to compare yet">
          {period
            ? "It is counted on the day on which it is known, 30 days after entry: of those who entered in these days it stands in later ones. Choose all time to see it."
            : report.holdout.held_out === 0
              ? "Nobody was held out of this series. Give it a holdout in its settings, or the workspace one, and what it changes can be told from what would have happened anyway."
              : "It is counted 30 days after entry, and for those who were held out 30 days after they would have entered."}
        </Callout>
      )}
      <Table
        label="Churn"
        rows={rows}
        id={({ days }) => String(days)}
        columns={[
          { name: "Within", cell: ({ days }) => <span className={css.whole}>{days} days</span>, grow: true },
          { name: "Entered", number: true, cell: ({ entered }) => share(entered) },
          { name: "95 % interval", number: true, cell: ({ entered }) => interval(entered) },
          { name: "Held out", number: true, cell: ({ held }) => share(held) },
          { name: "Its interval", number: true, cell: ({ held }) => interval(held) },
        ]}
      />
      <p className="soft small">
        Intervals are Wilson’s; the difference is Newcombe’s, from both. They say what may well be true, given how few or many were counted.
      </p>
    </Card>
  );
}

const known = ({ churned, stayed }: Away) => churned + stayed;
const share = (away: Away) => (known(away) === 0 ? "–" : <span className={css.whole}>{percent(away.churn_rate)} of {whole(known(away))}</span>);
function interval(away: Away) {
  const found = wilson(away.churned, known(away));
  return found ? <span className={css.whole}>{percent(found.low)} to {percent(found.high)}</span> : "–";
}
