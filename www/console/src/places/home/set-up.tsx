// The way from an empty workspace to a live series. It ticks itself, and goes when it is done.
import { CircleCheck, Circle } from "lucide-react";

import type { Segment, Series, Status } from "~/api/types.ts";
import { useMay } from "~/app/session.tsx";
import { Badge, ButtonLink, Card } from "~/kit/index.ts";

import css from "./home.module.css";
import { stepsOf } from "./set-up.ts";

export function SetUp({ status, failed, segments, series }: { status: Status | undefined; failed: boolean; segments: readonly Segment[]; series: readonly Series[] }) {
  const mayWrite = useMay("editor");
  if (!status && !failed) return null;
  const steps = stepsOf(status, segments, series);
  const done = steps.filter(({ done }) => done).length;
  if (steps.every((step) => step.done || step.later)) return null;
  const next = steps.find((step) => !step.done && !step.later);
  return (
    <Card title="Set up" about={`${done} of ${steps.length} done. Each ticks itself as soon as it is so.`}>
      <ol className={css.checklist} aria-label="Set up">
        {steps.map((step) => (
          <li key={step.name} data-done={step.done || undefined}>
            {step.done ? <CircleCheck aria-hidden size={18} /> : <Circle aria-hidden size={18} />}
            <div>
              <strong>{step.name}</strong> {step.later && !step.done && <Badge>later</Badge>}
              <span className="unseen">{step.done ? " (done)" : " (to do)"}</span>
              {!step.done && <p className="soft small">{step.unknown ? "The server does not say whether this is so." : step.words}</p>}
            </div>
            {!step.done && (mayWrite || step.tab) && (
              <ButtonLink small look={step === next ? "primary" : "plain"} to={step.to} search={step.tab ? { tab: step.tab } : {}}>
                {step.verb}
              </ButtonLink>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}
