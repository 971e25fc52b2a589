// Why someone did or did not get something: a segment or a series, taken apart condition by
// condition, with the fact behind each, what keeps it from holding, and when that changes by itself.
import { useQuery } from "@tanstack/react-query";
import { Check, X } from "lucide-react";
import { useState } from "react";

import { get } from "~/api/client.ts";
import { allSegments, allSeries } from "~/api/queries.ts";
import type { Explained, Explanation, Person, RunExplanation } from "~/api/types.ts";
import { Ago, Callout, Card, Failure, Loading, Select } from "~/kit/index.ts";
import { ruleWords, useCalled } from "~/places/segments/builder/index.tsx";
import { parsed } from "~/places/segments/builder/parse.ts";

import { Words } from "./enrollments.tsx";
import css from "./people.module.css";
import { outcomeWords, reactionWords, reasonWords, stateWords } from "./run.ts";
import { blamed, factWords } from "./blame.ts";

type Asked = { segment?: string | undefined; series?: string | undefined };

export function Why({ person, asked }: { person: Person; asked: Asked }) {
  const segments = useQuery(allSegments).data ?? [];
  const series = (useQuery(allSeries).data ?? []).filter(({ version }) => version !== null);
  const begun = asked.series ? `series ${asked.series}` : asked.segment ? `segment ${asked.segment}` : "";
  const [chosen, setChosen] = useState(begun);
  const first = series[0] ? `series ${series[0].id}` : segments[0] ? `segment ${segments[0].id}` : "";
  const about = chosen || first;
  const [kind, ...rest] = about.split(" ");
  const id = rest.join(" ");
  return (
    <Card title="Why did they, or did they not, get this?">
      <div className={css.ask}>
        <Select label="About" value={about} onChange={({ target }) => setChosen(target.value)}>
          <optgroup label="Series">
            {series.map((one) => (
              <option key={one.id} value={`series ${one.id}`}>
                {one.name}
              </option>
            ))}
          </optgroup>
          <optgroup label="Segments">
            {segments.map((one) => (
              <option key={one.id} value={`segment ${one.id}`}>
                {one.name}
              </option>
            ))}
          </optgroup>
        </Select>
      </div>
      {about === "" ? <p className="soft">There is no segment and no published series yet.</p> : <Answer key={about} person={person.id} kind={kind as "series"} id={id} />}
    </Card>
  );
}

function Answer({ person, kind, id }: { person: string; kind: "series" | "segment"; id: string }) {
  const answer = useQuery({
    queryKey: ["people", "explain", person, kind, id],
    queryFn: () => get("/people/{id}/explain", { path: { id: person }, query: { [kind]: id } }),
  });
  if (answer.isPending) return <Loading />;
  if (answer.error) return <Failure error={answer.error} retry={() => void answer.refetch()} />;
  const { now, segment, series } = answer.data;
  return (
    <div className="stack" role="region" aria-label="The answer" aria-live="polite">
      {segment &&
        (segment.explanation ? (
          <>
            <Callout tone={segment.explanation.holds ? "good" : "warn"} title={segment.explanation.holds ? "They are in it." : "They are not in it."}>
              <Turns explanation={segment.explanation} now={now} since={segment.since} />
            </Callout>
            <Tree explanation={segment.explanation} now={now} />
          </>
        ) : (
          <p className="soft">This segment is not there any more.</p>
        ))}
      {series && (series.explanation ? <SeriesAnswer explanation={series.explanation} now={now} /> : <p className="soft">This series was never published: nobody can be in it.</p>)}
    </div>
  );
}

/** Since when an answer holds, and when it changes by itself. */
function Turns({ explanation, now, since }: { explanation: Explanation; now: number; since: number | null }) {
  return (
    <>
      {since !== null && explanation.holds && (
        <>
          Since <Ago at={since} now={now} />.{" "}
        </>
      )}
      {explanation.flips_at === null ? (
        "Time alone does not change that."
      ) : (
        <>
          If nothing else happens, that may change <Ago at={explanation.flips_at} now={now} />.
        </>
      )}
    </>
  );
}

type OfSeries = NonNullable<NonNullable<Explained["series"]>["explanation"]>;

function SeriesAnswer({ explanation: { paused, audience, matches_since, run, others }, now }: { explanation: OfSeries; now: number }) {
  return (
    <>
      {paused && <Callout tone="warn" title="The series stands still.">Nobody enters it and nothing is sent until it is resumed.</Callout>}
      {run === null && (
        <Callout tone="warn" title={audience.holds ? "They match, but have not entered." : "They never entered: they do not match the audience."}>
          {audience.holds ? "Those who matched before a series was published, or while its exit condition holds, may be left out." : "What keeps them out is marked below."}
        </Callout>
      )}
      {[run, ...others].map((one) => one && <RunView key={`${one.entry} ${one.entered_at}`} run={one} now={now} />)}
      <section className="stack">
        <h3>
          Audience: they {audience.holds ? "match" : "do not match"} now
        </h3>
        <p className="soft small">
          <Turns explanation={audience} now={now} since={matches_since} />
        </p>
        <Tree explanation={audience} now={now} />
      </section>
    </>
  );
}

function RunView({ run, now }: { run: RunExplanation; now: number }) {
  const state = stateWords(run.state);
  return (
    <section className="stack">
      <Callout tone={state.tone === "warn" ? "warn" : state.tone === "good" ? "good" : "info"} title={<Words said={state} now={now} />}>
        Entered <Ago at={run.entered_at} now={now} />, on version {run.version}.
      </Callout>
      <h3>Steps</h3>
      <ol className={css.path}>
        {run.steps.map((step) => {
          const said = step.outcome ? outcomeWords(step.outcome) : null;
          const ahead = run.ahead.find((one) => one.step === step.step);
          const did = reactionWords(step.reactions);
          return (
            <li key={step.step} data-tone={said?.tone} data-ahead={!said || undefined}>
              {said ? said.tone === "bad" || said.tone === "warn" ? <X aria-hidden /> : <Check aria-hidden /> : <span />}
              <div>
                <strong>{step.step}</strong>{" "}
                {said ? (
                  <>
                    <Words said={said} now={now} />
                    {did && ` · ${did}`}
                  </>
                ) : ahead ? (
                  <Ahead ahead={ahead} />
                ) : (
                  "Not come to yet, or not on their way"
                )}
                {step.when && !said && <Tree explanation={step.when} now={now} />}
              </div>
              <span className={css.time}>{step.fired_at !== null ? <Ago at={step.fired_at} now={now} /> : step.due !== null && <Ago at={step.due} now={now} />}</span>
            </li>
          );
        })}
      </ol>
      {run.exit && (
        <>
          <h3>Exit: it {run.exit.holds ? "holds" : "does not hold"}</h3>
          {/* That it does not hold is as it should be: nothing to blame. */}
          <Tree explanation={run.exit} now={now} calm />
        </>
      )}
    </section>
  );
}

function Ahead({ ahead }: { ahead: RunExplanation["ahead"][number] }) {
  if (ahead.skipped) return <>Will be passed over{ahead.held_back ? `: ${reasonWords(ahead.held_back)}` : ahead.depends_on ? ": its condition does not hold" : ""}</>;
  if (ahead.held_back) return <>Will be held back: {reasonWords(ahead.held_back)}</>;
  if (ahead.way) return <>Will take the way “{ahead.way}”</>;
  return <>Comes next{ahead.depends_on && ahead.holds ? ", as its condition holds" : ""}</>;
}

function Tree({ explanation, now, calm = false }: { explanation: Explanation; now: number; calm?: boolean }) {
  const guilty = calm ? new Set<string>() : blamed(explanation);
  return (
    <ul className={css.tree}>
      <Part explanation={explanation} place="" guilty={guilty} now={now} />
    </ul>
  );
}

/** The rule of a part as people say it. */
function useWords(rule: string): string {
  const called = useCalled();
  const read = useQuery(parsed(rule)).data;
  return read?.ok ? ruleWords(read.value.json, called) : rule;
}

function Part({ explanation, place, guilty, now }: { explanation: Explanation; place: string; guilty: ReadonlySet<string>; now: number }) {
  const words = useWords(explanation.rule);
  const parts = explanation.parts ?? [];
  const fact = factWords(explanation.fact, now);
  const isGuilty = guilty.has(place);
  const isGroup = parts.length > 1;
  return (
    <li>
      <div className={css.part} data-blamed={isGuilty || undefined}>
        {explanation.holds ? <Check className="good" aria-label="holds" /> : <X className="bad" aria-label="does not hold" />}
        <div>
          <p>{isGroup ? (/ or /.test(explanation.rule) && !isAll(explanation) ? "Any of these" : "All of these") : words}</p>
          {(fact || explanation.flips_at !== null) && !isGroup && (
            <p className="soft small">
              {fact}
              {explanation.flips_at !== null && (
                <>
                  {fact && ". "}May change <Ago at={explanation.flips_at} now={now} />
                </>
              )}
            </p>
          )}
          {isGuilty && <p className="bad small">This is what is in the way.</p>}
        </div>
      </div>
      {parts.length > 0 && (
        <ul>
          {parts.map((part, index) => (
            <Part key={`${index} ${part.rule}`} explanation={part} place={place === "" ? `${index}` : `${place}.${index}`} guilty={guilty} now={now} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** Whether a group is joined by "and": then its text is its parts with "and" between them. */
function isAll({ rule, parts = [] }: Explanation): boolean {
  const [first, second] = parts;
  if (!first || !second) return true;
  const after = rule.slice(rule.indexOf(first.rule) + first.rule.length).replace(/^\)*/, "");
  return after.startsWith(" and ");
}
