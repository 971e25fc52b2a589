// The tab Review: what is wrong, what it would have done, what becomes of those under way, and Publish.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleCheck, Send, TriangleAlert } from "lucide-react";
import { useState } from "react";

import { Refused, post } from "~/api/client.ts";
import { inFlight } from "~/api/queries.ts";
import type { Finding, Flight, Series } from "~/api/types.ts";
import { Button, Callout, Card, Choice, Table, useToast, whole } from "~/kit/index.ts";

import { learn } from "../actions.ts";
import type { Parts } from "../parts.ts";
import { Backtest } from "./backtest.tsx";
import css from "./review.module.css";

export function Review({ series, draft, readOnly, findings, checking, go }: Parts & { checking: boolean }) {
  const never = findings.filter(({ code }) => code === "never_shown");
  return (
    <div className="stack">
      {never.map(({ step, message }) => (
        <Callout
          key={message}
          tone="warn"
          title={`“${step}” can never be shown.`}
          actions={
            !readOnly && (
              <span className="row">
                <Button small onClick={() => go("settings")}>
                  Change the exit
                </Button>
                <Button small onClick={() => go("flow", step ?? undefined)}>
                  Change the step
                </Button>
              </span>
            )
          }
        >
          {message}
        </Callout>
      ))}
      <Findings findings={findings} checking={checking} draft={draft} go={go} />
      <Backtest series={series} spec={draft.spec} />
      {!readOnly && <Publish series={series} draft={draft} errors={findings.filter(({ severity }) => severity === "error").length} />}
    </div>
  );
}

function Findings({ findings, checking, draft, go }: { findings: readonly Finding[]; checking: boolean } & Pick<Parts, "draft" | "go">) {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const remarks = findings.length - errors;
  const summary = checking
    ? "Checking …"
    : findings.length === 0
      ? "Nothing is wrong."
      : [errors > 0 ? `${errors} to mend before it can be published` : "", remarks > 0 ? `${remarks} worth a look` : ""].filter(Boolean).join(", ");
  return (
    <Card title="Check" about="Errors stop a publish. The rest is worth reading: it will probably not do what you meant.">
      <p role="status" className="row">
        {!checking && findings.length === 0 && <CircleCheck aria-hidden size={16} className="good" />}
        {summary}
      </p>
      {findings.length > 0 && (
        <ul className={css.findings}>
          {findings.map(({ severity, step, code, message }) => (
            <li key={`${step} ${code} ${message}`}>
              {severity === "error" ? <CircleAlert aria-hidden size={16} className="bad" /> : <TriangleAlert aria-hidden size={16} className="warn" />}
              <span className="unseen">{severity === "error" ? "Error: " : "Warning: "}</span>
              <span>{message}</span>
              {step !== null && draft.spec.steps.some(({ id }) => id === step) ? (
                <Button small look="quiet" onClick={() => go("flow", step)}>
                  {`Open “${step}”`}
                </Button>
              ) : (
                <Button small look="quiet" onClick={() => go("settings")}>
                  Open settings
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

type Flights = "stay" | "move";

function Publish({ series, draft, errors }: { series: Series; draft: Parts["draft"]; errors: number }) {
  const cache = useQueryClient();
  const say = useToast();
  const flights = useQuery({ ...inFlight(series.id), enabled: series.version !== null });
  const [choice, setChoice] = useState<Flights>("stay");
  const waiting = flights.data ?? [];
  const publish = useMutation({
    mutationFn: async () => {
      await draft.flush();
      return post("/series/{id}/publish", { path: { id: series.id }, ...(waiting.length > 0 && { body: { in_flight: choice } }) });
    },
    onSuccess: (published) => {
      learn(cache, published);
      void cache.invalidateQueries({ queryKey: ["series"] });
      say({ title: `Version ${published.version} is live.`, tone: "good" });
    },
  });
  const next = (series.version ?? 0) + 1;
  const isNew = series.changed || draft.sync.is !== "saved";
  const unsaved = draft.sync.is === "refused" || draft.sync.is === "stale";
  return (
    <Card title="Publish" about={series.version === null ? "From then on people enter and messages are sent." : "A published version never changes. What you edit afterwards is a new draft."}>
      {waiting.length > 0 && isNew && <InFlight waiting={waiting} choice={choice} setChoice={setChoice} />}
      {flights.error && <Callout tone="warn">Who is under way could not be loaded: {flights.error.message}</Callout>}
      {publish.error && (
        <Callout tone="bad" title="It was not published.">
          {publish.error.message}
          {publish.error instanceof Refused && publish.error.problems.length > 1 && (
            <ul>
              {publish.error.problems.map(({ message }) => (
                <li key={message}>{message}</li>
              ))}
            </ul>
          )}
        </Callout>
      )}
      {!isNew && series.state === "published" && (
        <p className="row">
          <CircleCheck aria-hidden size={16} className="good" />
          {`Version ${series.version} is live and the draft is the same.`}
        </p>
      )}
      {!isNew && series.state === "paused" && <p>{`The draft is the same as version ${series.version}, which is paused. Resume it above.`}</p>}
      {isNew && series.state === "paused" && <Callout tone="info">Publishing also ends the pause: what fell due meanwhile is sent now. To choose what becomes of it, resume first.</Callout>}
      {isNew && (
        <div className="row">
          <Button look="primary" icon={<Send aria-hidden />} busy={publish.isPending} disabled={errors > 0 || unsaved || draft.spec.steps.length === 0} onClick={() => publish.mutate()}>
            {`Publish version ${next}`}
          </Button>
          <span className="soft small">
            {draft.spec.steps.length === 0
              ? "Add a step first."
              : errors > 0
                ? `Mend ${errors === 1 ? "the error" : `the ${errors} errors`} above first.`
                : unsaved
                  ? "The draft is not saved yet."
                  : ""}
          </span>
        </div>
      )}
    </Card>
  );
}

function InFlight({ waiting, choice, setChoice }: { waiting: readonly Flight[]; choice: Flights; setChoice: (choice: Flights) => void }) {
  const people = waiting.reduce((sum, one) => sum + one.people, 0);
  const leave = waiting.filter(({ moves_to }) => moves_to === null).reduce((sum, one) => sum + one.people, 0);
  return (
    <>
      <p>{`${whole(people)} ${people === 1 ? "person is" : "people are"} under way. What becomes of them?`}</p>
      <Choice
        label="People under way"
        bare
        value={choice}
        onChange={setChoice}
        options={[
          { value: "stay", label: "Stay on their version" },
          { value: "move", label: "Move to the new one" },
        ]}
      />
      <p className="soft small">
        {choice === "stay"
          ? "They go on to the end of the version that they entered."
          : `They go on at the step of the same name, and the time waited there counts; or else at the nearest step after theirs.${leave > 0 ? ` ${whole(leave)} would leave, because no such step is left.` : ""}`}
      </p>
      <Table
        label="People under way"
        rows={waiting}
        id={({ version, step }) => `${version} ${step}`}
        columns={[
          { name: "Version", cell: ({ version }) => version },
          { name: "Waits at", grow: true, cell: ({ step }) => step ?? "held out" },
          { name: "People", number: true, cell: ({ people }) => whole(people) },
          { name: "Then", cell: ({ step, moves_to }) => <span className={moves_to === null && choice === "move" ? `warn ${css.line}` : css.line}>{becomes(choice, step, moves_to)}</span> },
        ]}
      />
    </>
  );
}

function becomes(choice: Flights, step: string | null, movesTo: string | null): string {
  if (choice === "stay") return "stays on their version";
  if (movesTo === null) return "leaves";
  return movesTo === step ? "same step" : `moves to ${movesTo}`;
}
