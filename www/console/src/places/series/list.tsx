// Outbound > Series: every series with its state and key figures, and the way to a new one.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Archive, ArchiveRestore, Copy, Ellipsis, Plus, Trash2, Workflow } from "lucide-react";
import { Suspense, lazy, useDeferredValue, useState } from "react";

import { allSegments, allSeries, seriesFigures } from "~/api/queries.ts";
import type { Series, SeriesFigures, SeriesState } from "~/api/types.ts";
import { useMay } from "~/app/session.tsx";
import { Badge, Button, Callout, Card, Choice, type Column, Confirm, Empty, Failure, Hint, IconButton, Input, Loading, LongTable, Menu, type MenuItem, Page, percent, useToast, whole } from "~/kit/index.ts";

import { create, useDeed } from "./actions.ts";
import css from "./list.module.css";
import { spell } from "./spell.ts";
import { StateBadge } from "./state.tsx";
import { STATE_NAMES, audienceOf, entryLine } from "./words.ts";

const Gallery = lazy(async () => ({ default: (await import("./gallery.tsx")).Gallery }));

const STATES: readonly SeriesState[] = ["published", "draft", "paused", "archived"];
type Filter = SeriesState | "all";

export function SeriesList() {
  const all = useQuery(allSeries);
  const figures = useQuery(seriesFigures());
  const segments = useQuery(allSegments);
  const mayEdit = useMay("editor");
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const [text, setText] = useState(search.q ?? "");
  const wanted = useDeferredValue(text.trim().toLowerCase());
  const filter = ([...STATES, "all"] as string[]).includes(search.tab ?? "") ? (search.tab as Filter) : "all";
  const gallery = search.new !== undefined;
  const setGallery = (open: boolean) => void navigate({ to: "/series", search: { ...search, new: open ? "1" : undefined } });
  const segmentName = (id: string) => segments.data?.find((one) => one.id === id)?.name ?? id;

  const newSeries = mayEdit && (
    <Button look="primary" icon={<Plus aria-hidden />} onClick={() => setGallery(true)}>
      New series
    </Button>
  );
  const listed = (all.data ?? []).filter(({ state }) => filter === "all" ? state !== "archived" : state === filter);
  const found = listed
    .filter(({ name, id }) => wanted === "" || name.toLowerCase().includes(wanted) || id.includes(wanted))
    .sort((one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state) || one.name.localeCompare(other.name));
  const count = (state: Filter) => (all.data ?? []).filter((one) => (state === "all" ? one.state !== "archived" : one.state === state)).length;
  const figure = (series: Series, show: (figures: SeriesFigures) => string) => {
    const known = figures.data?.figures[series.id];
    return known && series.state !== "draft" ? show(known) : <span className="soft">–</span>;
  };
  const head = (name: string, metric: string) => <Hint words={figures.data?.definitions[metric] ?? "Comes with the figures."}>{name}</Hint>;
  const columns: Column<Series>[] = [
    {
      name: "Name",
      grow: true,
      cell: (series) => (
        <div className={css.name}>
          <Link to="/series/$id" params={{ id: series.id }}>
            {series.name}
          </Link>
          <EntryLine series={series} segmentName={segmentName} />
        </div>
      ),
    },
    {
      name: "State",
      cell: (series) => (
        <span className="row">
          <StateBadge state={series.state} />
          {series.changed && series.version !== null && <Badge>edited</Badge>}
        </span>
      ),
    },
    { name: "Entered", number: true, head: head("Entered", "entered"), cell: (series) => figure(series, ({ entered }) => whole(entered)) },
    { name: "Sent", number: true, head: head("Sent", "sent"), cell: (series) => figure(series, ({ sent }) => whole(sent)) },
    { name: "Opened", number: true, head: head("Opened", "opened"), cell: (series) => figure(series, ({ opened }) => whole(opened)) },
    { name: "Re-engaged", number: true, head: head("Re-engaged", "re_engagement_rate"), cell: (series) => figure(series, ({ re_engagement_rate }) => percent(re_engagement_rate)) },
    { name: "Converted", number: true, head: head("Converted", "converted"), cell: (series) => figure(series, ({ converted }) => whole(converted)) },
    ...(mayEdit ? [{ name: "Actions", head: <span className="unseen">Actions</span>, cell: (series: Series) => <RowMenu series={series} /> }] : []),
  ];
  return (
    <Page title="Series" about="What is sent to whom, when, and when it stops." actions={newSeries}>
      {all.error && <Failure error={all.error} retry={() => void all.refetch()} />}
      {all.isPending && <Loading lines={8} />}
      {all.data?.length === 0 && (
        <Card>
          <Empty title="Win someone back" icon={<Workflow aria-hidden size={28} />} actions={newSeries}>
            A series takes people through messages and waits, one step after the other, and lets them go the moment they are back. Start from a template: nothing is sent before you publish.
          </Empty>
        </Card>
      )}
      {all.data && all.data.length > 0 && (
        <>
          <div className={css.bar}>
            <Choice
              label="State"
              bare
              value={filter}
              onChange={(tab) => void navigate({ to: "/series", search: { ...search, tab: tab === "all" ? undefined : tab } })}
              options={(["all", ...STATES] as const).map((value) => ({
                value,
                label: (
                  <>
                    {value === "all" ? "All" : STATE_NAMES[value]}
                    <small className={css.count}>{count(value)}</small>
                  </>
                ),
              }))}
            />
            <Input label="Search series" bare type="search" placeholder="Search by name" value={text} onChange={(event) => setText(event.target.value)} />
          </div>
          {figures.error && <Callout tone="warn">The figures could not be loaded: {figures.error.message}</Callout>}
          <Card flush>
            <LongTable key={wanted} label="Series" of="series" columns={columns} rows={found} id={({ id }) => id} empty={<Empty title="Nothing found">{wanted ? `No series here is called “${text.trim()}”.` : "No series is in this state."}</Empty>} />
          </Card>
        </>
      )}
      {gallery && mayEdit && (
        <Suspense>
          <Gallery close={() => setGallery(false)} />
        </Suspense>
      )}
    </Page>
  );
}

/** Who enters, in words: a rule is spelled by the core, which is loaded when a rule is first seen. */
function EntryLine({ series, segmentName }: { series: Series; segmentName: (id: string) => string }) {
  const { draft, id, revision } = series;
  const where = typeof draft.entry === "object" ? draft.entry.event.where : undefined;
  const hasTree = typeof audienceOf(draft).rule === "object" || typeof where === "object";
  const spelled = useQuery({
    queryKey: ["series", "entry", id, revision],
    queryFn: () => spell({ ...draft, exit: undefined, goal: undefined, steps: [] }),
    enabled: hasTree,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return <span className="soft small">{hasTree && !spelled.data ? "By a rule" : entryLine(spelled.data ?? draft, segmentName)}</span>;
}

function RowMenu({ series }: { series: Series }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const say = useToast();
  const deed = useDeed();
  const [asking, setAsking] = useState(false);
  const copy = useMutation({
    mutationFn: () => create(cache, { ...series.draft, name: `${series.name} (copy)` }),
    onSuccess: (made) => void navigate({ to: "/series/$id", params: { id: made.id } }),
    onError: (error) => say({ title: `It was not copied. ${error.message}`, tone: "bad" }),
  });
  const items: MenuItem[] = [{ label: "Duplicate", icon: <Copy aria-hidden />, onSelect: () => copy.mutate() }];
  if (series.state === "archived") items.push({ label: "Take out of the archive", icon: <ArchiveRestore aria-hidden />, onSelect: () => deed.mutate({ series, deed: "unarchive" }) });
  else items.push({ label: "Archive", icon: <Archive aria-hidden />, onSelect: () => (series.state === "published" ? setAsking(true) : deed.mutate({ series, deed: "archive" })) });
  if (series.version === null) items.push("line", { label: "Delete draft", icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setAsking(true) });
  const deletes = series.version === null;
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`Actions for ${series.name}`} small>
            <Ellipsis />
          </IconButton>
        }
        items={items}
      />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={deletes ? `Delete “${series.name}”?` : `Archive “${series.name}”?`}
        verb={deletes ? "Delete draft" : "Archive"}
        busy={deed.isPending}
        onConfirm={() => deed.mutate({ series, deed: deletes ? "delete" : "archive" }, { onSettled: () => setAsking(false) })}
      >
        <p>{deletes ? "It was never published, so nobody is in it. It cannot be brought back." : "No one enters any more, and nothing is sent. Its figures stay. You can take it out of the archive again."}</p>
      </Confirm>
    </>
  );
}
