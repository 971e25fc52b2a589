// What the draft would have done over the last weeks: a replay of what people really did.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";

import { get, post } from "~/api/client.ts";
import { versions } from "~/api/queries.ts";
import type { Backtest as Replay, Forecast, Series, SeriesSpec } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { Button, Callout, Card, Chart, Choice, Figure, Figures, Select, Table, exact, whole } from "~/kit/index.ts";

import { plain } from "../normal.ts";
import { dayOf, everyDay, moment, reason, replayAll, sideBySide, sum } from "./forecast.ts";
import css from "./review.module.css";

const DAY_MS = 86_400_000;
type Days = "30" | "60" | "90";

export function Backtest({ series, spec }: { series: Series; spec: SeriesSpec }) {
  const now = useNow();
  const [days, setDays] = useState<Days>("30");
  const [beside, setBeside] = useState("");
  const published = useQuery({ ...versions(series.id), enabled: series.version !== null });
  const [shown, setShown] = useState<{ replay: Replay; draft: SeriesSpec; beside: string }>();
  const turn = useRef(0);
  useEffect(
    () => () => {
      turn.current += 1;
    },
    [],
  );
  const run = useMutation({
    mutationFn: async ({ days, draft, beside }: { days: Days; draft: SeriesSpec; beside: string }) => {
      turn.current += 1;
      const mine = turn.current;
      setShown(undefined);
      const path = { id: series.id };
      const against = beside && (await get("/series/{id}/versions/{version}", { path: { ...path, version: beside } })).spec;
      const question = { from: dayOf(now - Number(days) * DAY_MS), to: dayOf(now), draft: plain(draft), ...(against && { against }) };
      const ask = (so_far?: Replay) => post("/series/{id}/backtest", { path, body: { ...question, ...(so_far && { so_far }) } });
      const isOver = () => turn.current !== mine;
      return replayAll(ask, (replay) => isOver() || setShown({ replay, draft, beside }), isOver);
    },
  });
  const old = shown && shown.draft !== spec;
  const said = shown && `${whole(shown.replay.forecast.people)} people: ${whole(shown.replay.forecast.total.would_send)} messages would have been sent`;
  return (
    <Card title="What would it have done?" about="Replays what people really did through this draft, with the code that runs in production. Nothing is sent.">
      <div className="row apart">
        <Choice
          label="Over the last"
          value={days}
          onChange={setDays}
          options={[
            { value: "30", label: "30 days" },
            { value: "60", label: "60 days" },
            { value: "90", label: "90 days" },
          ]}
        />
        {published.data && published.data.length > 0 && (
          <Select label="Beside it" value={beside} onChange={(event) => setBeside(event.target.value)}>
            <option value="">nothing</option>
            {published.data.map(({ version }) => (
              <option key={version} value={version}>
                version {version}
              </option>
            ))}
          </Select>
        )}
        <Button icon={<Play aria-hidden />} busy={run.isPending} onClick={() => run.mutate({ days, draft: spec, beside })}>
          Replay
        </Button>
      </div>
      <p role="status" className={run.isPending || said ? "soft small" : "unseen"}>
        {run.isPending ? `Replaying${said ? `, so far ${said}` : " …"}` : said ? `Replayed ${said}` : ""}
      </p>
      {run.error && (
        <Callout tone="warn" title="It could not be replayed.">
          {run.error.message}
        </Callout>
      )}
      {old && <Callout tone="warn">The draft has changed since. Replay it again.</Callout>}
      {shown && <Answer replay={shown.replay} beside={shown.beside} />}
    </Card>
  );
}

function Answer({ replay: { forecast, against, assumes }, beside }: { replay: Replay; beside: string }) {
  const { total, busiest, most, steps } = forecast;
  const days = useMemo(() => everyDay(forecast), [forecast]);
  const chart = useMemo(
    () => [
      { name: "Would have been sent", values: days.map((day) => forecast.days[day]?.would_send ?? 0) },
      { name: "Entered", values: days.map((day) => forecast.days[day]?.entered ?? 0) },
    ],
    [forecast, days],
  );
  return (
    <>
      <Figures>
        <Figure name="Would have entered" value={whole(total.entered)} definition="Times that a person would have entered" />
        <Figure name="Messages" value={whole(total.would_send)} definition="Messages that would have left, or gone live in the app" />
        <Figure name="Skipped" value={whole(sum(total.skipped))} definition={`Messages that would not have left. ${lines(total.skipped)}`} />
        <Figure name="Left early" value={whole(sum(total.exits))} definition={`Runs that would have ended early. ${lines(total.exits)}`} />
        <Figure name="Busiest day" value={busiest ? whole(busiest.would_send) : "–"} beside={busiest && <small>{busiest.day}</small>} definition="The day in UTC with the most messages; the first of equals" />
        <Figure name="Most for one person" value={most ? whole(most.messages) : "–"} beside={most && <small>{most.person}</small>} definition="The most messages that one person would have got over the whole time" />
      </Figures>
      {against && (
        <Table
          label="Side by side"
          rows={sideBySide(forecast, against)}
          id={({ name }) => name}
          columns={[
            { name: "Over the same time", grow: true, cell: ({ name }) => name },
            { name: "This draft", number: true, cell: ({ one }) => whole(one) },
            { name: `Version ${beside}`, number: true, cell: ({ other }) => whole(other) },
          ]}
        />
      )}
      <Chart label="Messages and entries per day" days={days} series={chart} />
      <Table
        label="Forecast by step"
        rows={steps}
        id={({ id }) => id}
        columns={[
          { name: "Step", grow: true, cell: ({ id }) => id },
          { name: "Messages", number: true, cell: ({ total }) => whole(total.would_send) },
          { name: "Held back", number: true, cell: ({ total }) => whole(total.delayed) },
          { name: "Skipped", number: true, cell: ({ total }) => (sum(total.skipped) > 0 ? <span title={lines(total.skipped)}>{whole(sum(total.skipped))}</span> : "0") },
          { name: "Ways taken", cell: ({ total }) => (total.took && sum(total.took) > 0 ? lines(total.took) : <span className="soft">–</span>) },
        ]}
      />
      <Samples forecast={forecast} />
      <Callout title="What it does not say.">
        <p>{forecast.note}</p>
        <p>{assumes}</p>
      </Callout>
    </>
  );
}

const lines = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([word, count]) => `${reason(word)}: ${whole(count)}`)
    .join(", ");

function Samples({ forecast }: { forecast: Forecast }) {
  const [chosen, setChosen] = useState("");
  const sample = forecast.samples.find(({ person }) => person === chosen) ?? forecast.samples[0];
  if (!sample) return null;
  return (
    <div className="stack">
      <Select label="What would have happened to" value={sample.person} onChange={(event) => setChosen(event.target.value)}>
        {forecast.samples.map(({ person }) => (
          <option key={person}>{person}</option>
        ))}
      </Select>
      <ol className={css.timeline}>
        {sample.timeline.map((one, place) => (
          <li key={place}>
            <time dateTime={new Date(one.at).toISOString()}>{exact(one.at)}</time>
            <span>{moment(one)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
