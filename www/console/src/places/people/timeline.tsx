// What happened to a person, newest first, under the day on which it did.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bell, Globe, LogIn, LogOut, Mail, MousePointerClick, SquareMousePointer } from "lucide-react";
import { useState } from "react";

import { get } from "~/api/client.ts";
import { everything } from "~/api/queries.ts";
import type { Channel, Person } from "~/api/types.ts";
import { Callout, Card, Choice, Empty, Failure, Loading, More, exact } from "~/kit/index.ts";

import { useSeriesNames } from "./names.ts";
import css from "./people.module.css";
import { messageWords } from "./run.ts";
import { type Moment, type Shown, byDay, timeline } from "./moments.ts";

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "full" });
const TIME = new Intl.DateTimeFormat("en", { timeStyle: "short" });
const SHOWN = [
  { value: "all", label: "Everything" },
  { value: "events", label: "Events" },
  { value: "messages", label: "Messages" },
] as const;

export function TimelineView({ person }: { person: Person }) {
  const path = { id: person.id };
  const [shown, setShown] = useState<Shown>("all");
  const events = useInfiniteQuery({
    queryKey: ["people", "events", person.id],
    queryFn: ({ pageParam, signal }) => get("/people/{id}/events", { path, query: { limit: 50, cursor: pageParam ?? undefined }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
  });
  const messages = useQuery({ queryKey: ["people", "messages", person.id], queryFn: () => everything((cursor) => get("/people/{id}/messages", { path, query: { limit: 100, cursor } })) });
  if (events.isPending) return <Loading lines={6} />;
  if (events.error) return <Failure error={events.error} retry={() => void events.refetch()} />;
  const loaded = events.data.pages.flatMap(({ items }) => items);
  const moments = timeline(loaded, messages.data ?? [], person.enrollments, { more: events.hasNextPage, shown });
  return (
    <Card title="Timeline" actions={<Choice bare label="What is shown" value={shown} options={SHOWN} onChange={setShown} />}>
      {messages.error && <Callout tone="warn" title="Their messages could not be had.">{messages.error.message}</Callout>}
      {moments.length === 0 && <Empty title="Nothing yet">What they do, and what they are sent, comes here.</Empty>}
      {byDay(moments, (at) => DAY.format(at)).map(({ day, moments: ofDay }) => (
        <section key={day} aria-label={day}>
          <h3 className={css.day}>{day}</h3>
          <ol className={css.timeline}>
            {ofDay.map((moment) => (
              <MomentView key={moment.id} moment={moment} />
            ))}
          </ol>
        </section>
      ))}
      {shown !== "messages" && loaded.length > 0 && (
        <More more={events.hasNextPage} busy={events.isFetchingNextPage} load={() => void events.fetchNextPage()} shown={`${loaded.length} events`} />
      )}
    </Card>
  );
}

const CHANNELS: Record<Channel, { icon: typeof Mail; words: string }> = {
  email: { icon: Mail, words: "Email" },
  in_app: { icon: SquareMousePointer, words: "In-app message" },
  push: { icon: Bell, words: "Push" },
  webhook: { icon: Globe, words: "Webhook" },
};

function MomentView({ moment }: { moment: Moment }) {
  const { icon: Icon, content } = useMoment(moment);
  return (
    <li data-kind={moment.kind}>
      <Icon aria-hidden />
      <div>{content}</div>
      <time className={css.time} dateTime={new Date(moment.at).toISOString()} title={exact(moment.at)}>
        {TIME.format(moment.at)}
      </time>
    </li>
  );
}

function useMoment(moment: Moment) {
  const names = useSeriesNames();
  const link = (id: string) => (
    <Link to="/series/$id" params={{ id }}>
      {names.get(id) ?? id}
    </Link>
  );
  if (moment.kind === "event") {
    const properties = Object.entries(moment.event.properties ?? {});
    const content = (
      <>
        <p>{moment.event.name}</p>
        {properties.length > 0 && (
          <p className={css.properties}>{properties.map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join(" · ")}</p>
        )}
      </>
    );
    return { icon: MousePointerClick, content };
  }
  if (moment.kind === "message") {
    const { channel, series, step, variant, state, reason, opened_at, clicked_at, shown_at } = moment.message;
    const did = [shown_at && "shown", opened_at && "opened", clicked_at && "clicked"].filter(Boolean).join(", ");
    const { icon, words } = CHANNELS[channel] ?? { icon: Mail, words: channel };
    const content = (
      <>
        <p>
          {words} “{step}”{variant && ` (${variant})`} of {link(series)}
        </p>
        <p className={css.properties}>
          {messageWords(state, reason)}
          {did && <> · {did}</>}
        </p>
      </>
    );
    return { icon, content };
  }
  return {
    icon: moment.kind === "entered" ? LogIn : LogOut,
    content: (
      <p>
        {moment.words} {link(moment.series)}
      </p>
    ),
  };
}
