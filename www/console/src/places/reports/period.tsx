// Which days a report is of, and which it is compared with: all of it in the address.
import { useAddress } from "~/app/address.ts";
import { useNow } from "~/app/clock.tsx";
import { Button, Choice, Input } from "~/kit/index.ts";

import { dayBefore, periodBefore } from "./figures.ts";
import css from "./report.module.css";

const STRETCHES = { all: "All time", "7": "7 days", "30": "30 days", "90": "90 days", own: "Own dates" } as const;
type Stretch = keyof typeof STRETCHES;
const CHOICES = (Object.keys(STRETCHES) as Stretch[]).sort((one, other) => rank(one) - rank(other)).map((value) => ({ value, label: STRETCHES[value] }));
function rank(stretch: Stretch): number {
  return stretch === "all" ? 0 : stretch === "own" ? 1_000 : Number(stretch);
}

export function Period() {
  const now = useNow();
  const [{ from, to, against_from: againstFrom, against_to: againstTo, chart: _ }, change] = useAddress();
  const today = dayBefore(now, 0);
  const stretch: Stretch = !from && !to ? "all" : ((["7", "30", "90"] as const).find((days) => to === today && from === dayBefore(now, Number(days) - 1)) ?? "own");
  const choose = (chosen: Stretch) => {
    const gone = { against_from: undefined, against_to: undefined };
    if (chosen === "all") change({ from: undefined, to: undefined, ...gone });
    else if (chosen === "own") change({ from: from ?? dayBefore(now, 13), to: to ?? dayBefore(now, 1), ...gone });
    else change({ from: dayBefore(now, Number(chosen) - 1), to: today, ...gone });
  };
  const comparing = Boolean(againstFrom && againstTo);
  return (
    <div className={css.period} role="group" aria-label="Period">
      <Choice bare label="Period" value={stretch} options={CHOICES} onChange={choose} />
      {stretch === "own" && <Dates from={from} to={to} today={today} onChange={(dates) => change(dates)} words={["From", "To"]} />}
      {from && to && !comparing && (
        <Button
          small
          look="quiet"
          onClick={() => {
            const before = periodBefore(from, to);
            change({ against_from: before.from, against_to: before.to });
          }}
        >
          Compare with the time before
        </Button>
      )}
      {comparing && (
        <>
          <Dates
            from={againstFrom}
            to={againstTo}
            today={today}
            onChange={(dates) => change({ ...("from" in dates && { against_from: dates.from }), ...("to" in dates && { against_to: dates.to }) })}
            words={["Compared with, from", "to"]}
          />
          <Button small look="quiet" onClick={() => change({ against_from: undefined, against_to: undefined })}>
            Stop comparing
          </Button>
        </>
      )}
    </div>
  );
}

type Days = { from?: string | undefined; to?: string | undefined };
function Dates({ from, to, today, onChange, words }: Days & { today: string; onChange: (dates: Days) => void; words: readonly [string, string] }) {
  return (
    <div className={css.dates}>
      <Input label={words[0]} type="date" value={from ?? ""} max={to ?? today} onChange={(event) => event.target.value && onChange({ from: event.target.value })} />
      <Input label={words[1]} type="date" value={to ?? ""} min={from} max={today} onChange={(event) => event.target.value && onChange({ to: event.target.value })} />
    </div>
  );
}
