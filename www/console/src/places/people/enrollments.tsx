// A person's runs through series: where each stands, and the path that it took.
import { Link } from "@tanstack/react-router";
import { CircleCheck, CircleDot, CircleSlash, CircleX } from "lucide-react";

import type { Person } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { Ago, Badge, ButtonLink, Card, Empty } from "~/kit/index.ts";

import { useSeriesNames } from "./names.ts";
import css from "./people.module.css";
import { type Said, outcomeWords, reactionWords, stateWords } from "./run.ts";

export const ICONS = { good: CircleCheck, warn: CircleSlash, bad: CircleX, none: CircleDot };

/** Words with the instant that belongs to them. */
export function Words({ said, now }: { said: Said; now: number }) {
  return (
    <>
      {said.words}
      {said.at !== undefined && (
        <>
          {" "}
          <Ago at={said.at} now={now} />
        </>
      )}
    </>
  );
}

export function Enrollments({ person }: { person: Person }) {
  const now = useNow();
  const names = useSeriesNames();
  const runs = [...person.enrollments].sort((one, other) => other.entered_at - one.entered_at);
  if (runs.length === 0) {
    return (
      <Card>
        <Empty title="In no series yet">When they match the audience of a series that is published, they enter it by themselves. “Why?” tells what is missing.</Empty>
      </Card>
    );
  }
  return (
    <Card title="Series">
      <ul>
        {runs.map((run) => {
          const state = stateWords(run.state);
          return (
            <li key={`${run.series} ${run.entry} ${run.entered_at}`} className={css.run}>
              <div className="row apart">
                <h3>
                  <Link to="/series/$id" params={{ id: run.series }}>
                    {names.get(run.series) ?? run.series}
                  </Link>
                </h3>
                <span className="row">
                  {run.held_out && <Badge tone="warn">Held out</Badge>}
                  {run.converted !== null && <Badge tone="good">Reached the goal</Badge>}
                  {run.entry > 1 && <Badge>Entry {run.entry}</Badge>}
                  <Badge>Version {run.version}</Badge>
                </span>
              </div>
              <p className={state.tone ?? ""}>
                <Words said={state} now={now} />
              </p>
              <ol className={css.path} aria-label="The path taken">
                <PathItem icon="none" words="Entered" at={run.entered_at} now={now} />
                {run.steps.map((step) => {
                  const said = outcomeWords(step.outcome);
                  const did = reactionWords(step.reactions);
                  return (
                    <PathItem key={`${step.step} ${step.at}`} icon={said.tone ?? "none"} name={`${step.step}${step.variant ? ` (${step.variant})` : ""}`} at={step.at} now={now}>
                      <Words said={said} now={now} />
                      {did && ` · ${did}`}
                    </PathItem>
                  );
                })}
              </ol>
              <div>
                <ButtonLink small look="quiet" to="/people/$id" params={{ id: person.id }} search={{ tab: "why", series: run.series }}>
                  Why, and what comes next
                </ButtonLink>
              </div>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}

type Item = { icon: keyof typeof ICONS; at: number; now: number; name?: string; words?: string; children?: React.ReactNode };

function PathItem({ icon, name, words, at, now, children }: Item) {
  const Icon = ICONS[icon];
  return (
    <li data-tone={icon}>
      <Icon aria-hidden />
      <div>
        {name && <strong>{name}</strong>} <span className={name ? "soft" : ""}>{words ?? children}</span>
      </div>
      <span className={css.time}>
        <Ago at={at} now={now} />
      </span>
    </li>
  );
}
