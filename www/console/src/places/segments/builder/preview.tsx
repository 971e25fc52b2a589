// How many people a rule holds for right now, and some of them, while it is being written.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { Refused, post } from "~/api/client.ts";
import { useNow } from "~/app/clock.tsx";
import { Ago, Callout, Failure, Loading, whole } from "~/kit/index.ts";

import css from "./builder.module.css";
import { placesOf, readTree } from "./tree.ts";

const PATIENCE_MS = 250;

/** The value once it has stood for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** What the server says of a rule; an answer to a rule that is not asked about any more is dropped. */
export function usePreview(rule: unknown) {
  // By its spelling: a rule that is written the same is the same question.
  const text = useSettled(JSON.stringify(rule));
  return useQuery({
    queryKey: ["preview", text],
    queryFn: ({ signal }) => post("/segments/preview", { body: { rule: JSON.parse(text) }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
}

/** `answer` is what `usePreview` gives, so that the page can show the problems at their rows. */
export function RulePreview({ answer }: { answer: ReturnType<typeof usePreview> }) {
  const { data, error, isPending, isPlaceholderData, refetch } = answer;
  const now = useNow();
  if (isPending) return <Loading lines={3} label="Counting" />;
  if (error && !data) {
    return error instanceof Refused && error.status === 404 ? (
      <Callout title="No preview here yet.">This server cannot count a rule before it is saved.</Callout>
    ) : (
      <Failure error={error} retry={() => void refetch()} />
    );
  }
  if (!data) return null;
  // What is wrong with one condition stands there.
  const places = placesOf(readTree(data.json));
  const general = data.problems.filter(({ path }) => !path || !places.has(path.join(".")));
  return (
    <div className={css.preview} aria-busy={isPlaceholderData || undefined}>
      <p role="status" className={css.count}>
        {data.count === null ? (
          <span className="soft">Cannot be counted</span>
        ) : (
          <>
            <strong>
              {data.exact === false && "at least "}
              {whole(data.count)}
            </strong>{" "}
            {data.count === 1 ? "person" : "people"}
          </>
        )}
      </p>
      {data.exact === false && data.looked_at !== null && (
        <p className="soft small">Of the first {whole(data.looked_at)} people. Once saved, the segment counts everyone.</p>
      )}
      {general.map(({ severity, message }) => (
        <Callout key={message} tone={severity === "error" ? "bad" : "warn"}>
          {message}
        </Callout>
      ))}
      {data.people.length > 0 && (
        <ul className={css.faces} aria-label="Some of them">
          {data.people.map(({ id, attributes, last_seen }) => (
            <li key={id}>
              <Link to="/people/$id" params={{ id }} className="truncate">
                {String(attributes.email ?? attributes.name ?? id)}
              </Link>
              <span className="soft small">
                <Ago at={last_seen} now={now} none="never seen" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
