// A/B tests: what may be concluded, drawn and in words, and what to do about it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";

import { Refused, get, post, put } from "~/api/client.ts";
import { experiments } from "~/api/queries.ts";
import type { Experiment, Metric, Reckoning } from "~/api/types.ts";
import { useAddress } from "~/app/address.ts";
import type { Search } from "~/app/router.tsx";
import { useMay } from "~/app/session.tsx";
import { Button, Callout, Card, Choice, Confirm, Failure, Loading, Select, useToast, whole } from "~/kit/index.ts";

import { METRICS } from "./figures.ts";
import { Picture, type Span, scaleOf } from "./picture.tsx";
import css from "./report.module.css";
import { Variants } from "./tables.tsx";
import { withWinner } from "./winner.ts";

const METHODS = [
  { value: "sequential", label: "At every look" },
  { value: "once", label: "Once" },
  { value: "bayesian", label: "Bayesian" },
] as const;
const METHOD_WORDS: Record<string, string> = {
  sequential: "This interval holds however often you look. It is the one to use unless you decided otherwise beforehand.",
  once: "Narrower, for a single look: nothing is shown before the planned number of people is there.",
  bayesian: "What to believe after these data, from flat priors. It does not guard against stopping at a good moment.",
};

/** What the address asks of tests, as far as it is known here. */
export const lookOf = ({ by, method }: Search): { by: Metric | undefined; method: Reckoning | undefined } => ({
  by: METRICS.find(({ value }) => value === by)?.value,
  method: METHODS.find(({ value }) => value === method)?.value,
});

export function Experiments({ id, period }: { id: string; period: boolean }) {
  const [asked, change] = useAddress();
  const { by, method } = lookOf(asked);
  const { data, error, isPending, refetch } = useQuery(experiments(id, by, method));
  // The page of a series without a test says nothing of tests.
  if (data?.length === 0 && !by && !method) return null;
  const chosen = method ?? "sequential";
  return (
    <Card
      title={
        <span className="row">
          <FlaskConical aria-hidden size={16} /> A/B tests
        </span>
      }
      about={`${METHOD_WORDS[chosen]}${period ? " Tests count from their beginning, whatever the period above." : ""}`}
      actions={
        <>
          <Select bare label="Metric" value={by ?? data?.[0]?.metric ?? "clicked"} onChange={(event) => change({ by: event.target.value })}>
            {METRICS.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
          <Choice bare label="Method" value={chosen} options={METHODS} onChange={(value) => change({ method: value === "sequential" ? undefined : value })} />
        </>
      }
    >
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : isPending ? (
        <Loading />
      ) : data.length === 0 ? (
        <p className="soft">No message of this series has a test.</p>
      ) : (
        data.map((experiment) => <OneTest key={experiment.step} id={id} experiment={experiment} />)
      )}
    </Card>
  );
}

function OneTest({ id, experiment }: { id: string; experiment: Experiment }) {
  const { step, control, comparisons, sample_ratio: ratio, plan, leader, warning, changed, words } = experiment;
  const mayWrite = useMay("editor");
  const [applying, setApplying] = useState<string>();
  const spans: Span[] = comparisons.map(({ difference, low, high, verdict }) => ({
    difference,
    low,
    high,
    tone: verdict === "ahead" ? "good" : verdict === "behind" ? "bad" : undefined,
  }));
  const scale = scaleOf(spans);
  const there = experiment.variants.reduce((sum, { people }) => sum + people, 0);
  return (
    <section className="stack" aria-label={`Test of ${step}`}>
      <div className="row apart">
        <h3>
          Step {step}
          <span className="soft">: variants differ in {changed.length > 0 ? changed.join(", ") : "nothing"}</span>
        </h3>
        {mayWrite && leader !== null && !ratio?.mismatch && (
          <Button look="primary" small onClick={() => setApplying(leader)}>
            {leader === control ? "End the test, keep the control" : `Apply ${leader}`}
          </Button>
        )}
      </div>
      {ratio?.mismatch ? (
        <Callout tone="bad" title="Do not trust this result: the shares of people are not those that were drawn.">
          {words} {ratio.p !== null && `(p ${ratio.p < 0.001 ? "< 0.001" : `= ${ratio.p.toFixed(3)}`})`}
        </Callout>
      ) : (
        <p className={css.verdict}>{words}</p>
      )}
      {warning && <Callout tone="warn">{warning}</Callout>}
      <div>
        {comparisons.map((comparison, place) => (
          <div key={comparison.variant} className={css.comparison}>
            <p className="small">
              <strong>
                {comparison.variant} against {control}
              </strong>
              <br />
              {comparison.words}
            </p>
            <Picture
              of={spans[place] ?? { difference: 0, low: null, high: null }}
              scale={scale}
              label={`${comparison.variant} against ${control}, in percentage points: ${interval(comparison)}. Zero is the control.`}
            />
          </div>
        ))}
      </div>
      <Variants of={experiment} metric={experiment.metric} />
      {plan && (
        <p className="soft small">
          Planned: {whole(plan.people)} people in all variants together{plan.days !== null && `, about ${whole(Math.ceil(plan.days))} days at this pace`}. So far there are{" "}
          {whole(there)}.
        </p>
      )}
      {applying && <Apply id={id} step={step} variant={applying} control={control} close={() => setApplying(undefined)} />}
    </section>
  );
}

const point = (value: number) => (value * 100).toFixed(1);
const interval = ({ difference, low, high }: Experiment["comparisons"][number]) =>
  `${point(difference)}${low !== null && high !== null ? `, between ${point(low)} and ${point(high)}` : ", no interval yet"}`;

/** Makes the winner the step, publishes, and moves those who are under way. */
function Apply({ id, step, variant, control, close }: { id: string; step: string; variant: string; control: string; close: () => void }) {
  const cache = useQueryClient();
  const say = useToast();
  const path = { id };
  const draft = useQuery({ queryKey: ["series", "one", id, "to-decide"], queryFn: () => get("/series/{id}", { path }), staleTime: 0, gcTime: 0 });
  const decided = draft.data && withWinner(draft.data.draft, step, variant, control);
  const apply = useMutation({
    mutationFn: async () => {
      if (!draft.data || !decided || "problem" in decided) return;
      await put("/series/{id}", { path, body: decided.spec, ifMatch: draft.data.revision });
      await post("/series/{id}/publish", { path, body: { in_flight: "move" } });
    },
    onSuccess: () => {
      say({ title: variant === control ? "The test is over: everyone gets the control." : `The test is over: everyone gets ${variant}.` });
      close();
    },
    onSettled: () => cache.invalidateQueries({ queryKey: ["series"] }),
  });
  const problem =
    draft.error?.message ??
    (decided && "problem" in decided ? decided.problem : undefined) ??
    (apply.error instanceof Refused && apply.error.isStale
      ? "Somebody else changed the draft meanwhile. Nothing was overwritten: close this, look at the series, and apply again."
      : apply.error?.message);
  return (
    <Confirm
      open
      onOpenChange={close}
      title={variant === control ? `End the test of ${step}?` : `Make ${variant} the message of ${step}?`}
      verb={variant === control ? "End the test and publish" : `Apply ${variant} and publish`}
      busy={apply.isPending || draft.isPending}
      onConfirm={() => problem === undefined && apply.mutate()}
    >
      <p>
        {variant === control ? "The step stays as it is" : `What ${variant} changes becomes the step`}, its test is taken out, and the series is published as a new version. Those who are
        under way move to it and get that message from then on; what was sent stays sent. The figures of the test stay in this report.
      </p>
      {draft.data?.changed && (
        <Callout tone="warn" title="The draft has other changes that are not published yet.">
          They would be published with it. Look at the series first if you are not sure.
        </Callout>
      )}
      {problem && (
        <Callout tone="bad" title="This cannot be done.">
          {problem}
        </Callout>
      )}
    </Confirm>
  );
}
