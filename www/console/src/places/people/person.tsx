// One person: what they are, what happened to them, where they are in which series, and why.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Download, Ellipsis, Send, Trash2 } from "lucide-react";
import { useState } from "react";

import { Refused, get } from "~/api/client.ts";
import { allSegments, person as one, settings } from "~/api/queries.ts";
import type { Person } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { useMay } from "~/app/session.tsx";
import { Ago, Button, ButtonLink, Card, Empty, Failure, IconButton, Loading, Menu, Page, Tabs, download, useToast } from "~/kit/index.ts";
import { attributeWords } from "~/places/segments/builder/words.ts";
import { SendTest } from "~/places/series/message/send-test.tsx";

import { calledOf } from "./columns.ts";
import { ErasePerson } from "./erase.tsx";
import { Enrollments } from "./enrollments.tsx";
import css from "./people.module.css";
import { TimelineView } from "./timeline.tsx";
import { Why } from "./why.tsx";

const TABS = ["timeline", "series", "why"] as const;
type Tab = (typeof TABS)[number];
const back = <Link to="/people">People</Link>;

export function PersonPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const person = useQuery(one(id));
  if (person.isPending) return <Loading />;
  if (person.data) return <Shown key={id} person={person.data} />;
  const isGone = person.error instanceof Refused && person.error.status === 404;
  return (
    <Page title={isGone ? "Nobody by this id" : "Person"} above={back}>
      {isGone ? (
        <Empty title={`Nobody has the id “${id}”`} actions={<ButtonLink to="/people">All people</ButtonLink>}>
          They may have been erased, or have become known under another id.
        </Empty>
      ) : (
        <Failure error={person.error} retry={() => void person.refetch()} />
      )}
    </Page>
  );
}

function Shown({ person }: { person: Person }) {
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const now = useNow();
  const isAdmin = useMay("admin");
  const mayWrite = useMay("editor");
  const [doing, setDoing] = useState<"erase" | "test">();
  const exportAll = useExport(person.id);
  const tab = TABS.find((name) => name === search.tab) ?? "timeline";
  const go = (next: Tab) => void navigate({ to: "/people/$id", params: { id: person.id }, search: { ...search, tab: next }, replace: true });
  return (
    <Page
      title={calledOf(person)}
      above={back}
      about={
        <>
          <code>{person.id}</code> · last seen <Ago at={person.last_seen} now={now} /> · first seen <Ago at={person.first_seen} now={now} />
        </>
      }
      actions={
        <>
          {mayWrite && (
            <Button icon={<Send aria-hidden />} onClick={() => setDoing("test")}>
              Send a test
            </Button>
          )}
          <Menu
            trigger={
              <IconButton look="plain" label="More for this person">
                <Ellipsis />
              </IconButton>
            }
            items={[
              { label: "Export everything (JSON)", icon: <Download aria-hidden />, onSelect: () => void exportAll() },
              ...(isAdmin ? (["line", { label: "Erase …", icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setDoing("erase") }] as const) : []),
            ]}
          />
        </>
      }
    >
      <div className={css.layout}>
        <Tabs
          label="About this person"
          value={tab}
          onChange={go}
          tabs={[
            { value: "timeline", label: "Timeline", content: <TimelineView person={person} /> },
            { value: "series", label: `Series${person.enrollments.length > 0 ? ` (${person.enrollments.length})` : ""}`, content: <Enrollments person={person} /> },
            { value: "why", label: "Why?", content: <Why person={person} asked={{ segment: search.segment, series: search.series }} /> },
          ]}
        />
        <aside className={css.side} aria-label="What is known">
          <Attributes person={person} />
          <SegmentsOf person={person} />
          <Reach person={person} />
        </aside>
      </div>
      {doing === "test" && <SendTest person={{ id: person.id, name: calledOf(person) }} close={() => setDoing(undefined)} />}
      {doing === "erase" && <ErasePerson id={person.id} close={() => setDoing(undefined)} />}
    </Page>
  );
}

/** Everything that is kept of them, as a file. */
function useExport(id: string): () => Promise<void> {
  const say = useToast();
  return async () => {
    try {
      const all = await get("/people/{id}/export", { path: { id } });
      download(`person-${id.replace(/[^\w.-]+/g, "-")}.json`, JSON.stringify(all, null, 2), "application/json");
      say(all.complete ? { title: "Exported." } : { title: "The file has their newest events; the API has the rest.", tone: "bad" });
    } catch (error) {
      say({ title: `The export failed: ${(error as Error).message}`, tone: "bad" });
    }
  };
}

function Attributes({ person }: { person: Person }) {
  const names = Object.keys(person.attributes).sort();
  return (
    <Card title="Attributes">
      {names.length === 0 ? (
        <p className="soft">None yet. They come with “identify”.</p>
      ) : (
        <dl className={css.facts}>
          {names.map((name) => (
            <Fact key={name} name={attributeWords(name)} value={person.attributes[name]} />
          ))}
        </dl>
      )}
    </Card>
  );
}

function Fact({ name, value }: { name: string; value: unknown }) {
  const text = typeof value === "string" ? value : Array.isArray(value) ? value.map(String).join(", ") : JSON.stringify(value);
  return (
    <>
      <dt>{name}</dt>
      <dd>{text === "" ? <span className="soft">empty</span> : text}</dd>
    </>
  );
}

function SegmentsOf({ person }: { person: Person }) {
  const now = useNow();
  const { data } = useQuery(allSegments);
  return (
    <Card title="Segments">
      {person.segments.length === 0 ? (
        <p className="soft">In none right now.</p>
      ) : (
        <ul className={css.plain}>
          {person.segments.map(({ id, since, flips_at }) => (
            <li key={id}>
              <Link to="/segments/$id" params={{ id }}>
                {data?.find((segment) => segment.id === id)?.name ?? id}
              </Link>
              <span className="soft small">
                since <Ago at={since} now={now} />
                {flips_at != null && (
                  <>
                    , until <Ago at={flips_at} now={now} /> if nothing else happens
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const KINDS: Record<string, string> = { web_push: "Browser notifications", web: "Browser notifications", push: "Push notifications" };

function Reach({ person: { subscriptions, devices } }: { person: Person }) {
  const now = useNow();
  const types = useQuery(settings).data?.subscription_types;
  return (
    <Card title="How they can be reached">
      {subscriptions && (
        <dl className={css.facts}>
          <dt>All messages</dt>
          <dd className={subscriptions.all ? "" : "warn"}>{subscriptions.all ? "Subscribed" : "Unsubscribed"}</dd>
          {Object.entries(subscriptions.types).map(([id, on]) => (
            <Fact key={id} name={types?.find((type) => type.id === id)?.name ?? id} value={on ? "Subscribed" : "Not subscribed"} />
          ))}
        </dl>
      )}
      {typeof devices === "number" || devices.length === 0 ? (
        <p className="soft small">{typeof devices === "number" && devices > 0 ? `Push reaches ${devices} of their devices.` : "No device of theirs takes push."}</p>
      ) : (
        <ul className={css.plain} aria-label="Devices">
          {devices.map(({ id, kind, since }) => (
            <li key={id}>
              {KINDS[kind] ?? kind}
              <span className="soft small">
                since <Ago at={since} now={now} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
