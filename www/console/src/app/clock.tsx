// The server's time, and in development the buttons that move it.
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FastForward, Play } from "lucide-react";
import { useEffect, useState } from "react";

import { Refused, get, post } from "~/api/client.ts";
import { Button, exact } from "~/kit/index.ts";

import css from "./shell.module.css";

const MINUTE_MS = 60_000;

/** The development clock; `null` in production, where time is the world's. */
export const clock = queryOptions({
  queryKey: ["clock"],
  queryFn: async () => {
    try {
      return await get("/dev/clock");
    } catch (error) {
      if (error instanceof Refused && (error.status === 404 || error.status === 403)) return null;
      throw error;
    }
  },
  staleTime: 30_000,
});

/** What time it is for the server. */
export function useNow(): number {
  const { data, dataUpdatedAt } = useQuery(clock);
  const [real, setReal] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setReal(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  if (!data) return real;
  return data.running ? data.now + Math.max(0, real - dataUpdatedAt) : data.now;
}

export function ClockBar() {
  const cache = useQueryClient();
  const { data } = useQuery(clock);
  const move = useMutation({
    mutationFn: (order: { advance: string } | { run: boolean }) => post("/dev/clock", { body: order }),
    // Everything may be different at another time.
    onSuccess: () => cache.invalidateQueries(),
  });
  if (!data) return null;
  return (
    <div className={css.clock} role="region" aria-label="Development clock">
      <span>
        <span className="soft">{data.running ? "The clock runs:" : "The clock stands at"}</span>{" "}
        <time dateTime={new Date(data.now).toISOString()}>{exact(data.now)}</time>
      </span>
      <span className="row">
        {["1h", "1d", "7d"].map((span) => (
          <Button
            key={span}
            small
            icon={<FastForward aria-hidden />}
            disabled={move.isPending}
            onClick={() => move.mutate({ advance: span })}
            aria-label={`Move the clock on by ${span}`}
          >
            {span}
          </Button>
        ))}
        {!data.running && (
          <Button small icon={<Play aria-hidden />} disabled={move.isPending} onClick={() => move.mutate({ run: true })}>
            Let it run
          </Button>
        )}
      </span>
      <span className="unseen" role="status">
        {move.isPending ? "Moving the clock" : ""}
      </span>
    </div>
  );
}
