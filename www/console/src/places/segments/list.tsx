// All segments: how many are in each right now, how that changed, what uses them, what they ask.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ellipsis, Plus, Shapes, Trash2, Users } from "lucide-react";
import { useState } from "react";

import { allSegments, segmentCounts } from "~/api/queries.ts";
import type { Segment } from "~/api/types.ts";
import { useMay } from "~/app/session.tsx";
import { Button, ButtonLink, Card, type Column, Empty, Failure, Hint, IconButton, Input, Loading, LongTable, Menu, Page, Sparkline, whole } from "~/kit/index.ts";

import { ruleWords, useCalled } from "./builder/index.tsx";
import { DeleteSegment, UsedBy } from "./delete.tsx";
import { Offers } from "./offers.tsx";
import css from "./segments.module.css";

/** What the API says nothing of: nobody was ever in it. */
const NOBODY: readonly number[] = Array.from({ length: 30 }, () => 0);

export function Segments() {
  const segments = useQuery(allSegments);
  const mayWrite = useMay("editor");
  const [text, setText] = useState("");
  const shown = segments.data?.filter(({ name, id, rule }) => `${name} ${id} ${rule}`.toLowerCase().includes(text.trim().toLowerCase())) ?? [];
  return (
    <Page
      title="Segments"
      about="People who have something in common right now. They come and go by themselves, to the millisecond."
      actions={
        mayWrite && (
          <ButtonLink to="/segments/$id" params={{ id: "new" }} look="primary" icon={<Plus aria-hidden />}>
            New Segment
          </ButtonLink>
        )
      }
    >
      {segments.isPending && <Loading />}
      {segments.error && !segments.data && <Failure error={segments.error} retry={() => void segments.refetch()} />}
      {segments.data && (
        <>
          {segments.data.length > 8 && (
            <div className={css.search}>
              <Input bare label="Search segments" type="search" placeholder="Search by name or rule" value={text} onChange={({ target }) => setText(target.value)} />
            </div>
          )}
          <Card flush>
            {segments.data.length === 0 ? <None mayWrite={mayWrite} /> : <List segments={shown} mayWrite={mayWrite} />}
          </Card>
          {mayWrite && <Offers segments={segments.data} />}
        </>
      )}
    </Page>
  );
}

function None({ mayWrite }: { mayWrite: boolean }) {
  return (
    <Empty icon={<Shapes aria-hidden />} title="No segments yet">
      {mayWrite
        ? "A segment is a question about people, such as “not seen for 30 days”. Begin with one of those below, or ask your own."
        : "An editor of your workspace can make the first one."}
    </Empty>
  );
}

function List({ segments, mayWrite }: { segments: readonly Segment[]; mayWrite: boolean }) {
  const counts = useQuery(segmentCounts);
  const called = useCalled();
  const navigate = useNavigate();
  const [leaving, setLeaving] = useState<Segment>();
  const columns: Column<Segment>[] = [
    {
      name: "Segment",
      grow: true,
      cell: ({ id, name, tree }) => (
        <div className={css.name}>
          <Link to="/segments/$id" params={{ id }}>
            {name}
          </Link>
          <span className="soft small">{ruleWords(tree, called)}</span>
        </div>
      ),
    },
    {
      name: "People",
      number: true,
      head: <Hint words="Who is in it right now, counted exactly.">People</Hint>,
      cell: ({ id }) => {
        const count = counts.data?.counts[id] ?? (counts.data ? 0 : undefined);
        return count === undefined ? (
          <span className="soft">–</span>
        ) : (
          <Link to="/people" search={{ segment: id }}>
            {whole(count)}
          </Link>
        );
      },
    },
    {
      name: "Last 30 days",
      head: <Hint words="How many were in it at the end of each of the last 30 days (UTC).">Last 30 days</Hint>,
      cell: ({ id, name }) => <Trend name={name} values={counts.data && (counts.data.trend[id] ?? NOBODY)} />,
    },
    { name: "Used by", cell: ({ used_by: users }) => (users ? <UsedBy users={users} /> : <span className="soft">–</span>) },
    ...(mayWrite
      ? [
          {
            name: "What can be done",
            head: <span className="unseen">What can be done</span>,
            cell: (segment: Segment) => (
              <Menu
                trigger={
                  <IconButton small label={`More for ${segment.name}`}>
                    <Ellipsis />
                  </IconButton>
                }
                items={[
                  {
                    label: "See the people",
                    icon: <Users aria-hidden />,
                    onSelect: () => void navigate({ to: "/people", search: { segment: segment.id } }),
                  },
                  {
                    label: "Begin a new one from this",
                    icon: <Plus aria-hidden />,
                    onSelect: () => void navigate({ to: "/segments/$id", params: { id: "new" }, search: { rule: segment.rule } }),
                  },
                  "line",
                  { label: "Delete …", icon: <Trash2 aria-hidden />, danger: true, onSelect: () => setLeaving(segment) },
                ]}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <>
      <LongTable label="Segments" of="segments" columns={columns} rows={segments} id={({ id }) => id} empty={<p className={css.none}>No segment is called that.</p>} />
      {counts.error && (
        <p className={css.none}>
          The counts could not be had: {counts.error.message} <Button small onClick={() => void counts.refetch()}>Try again</Button>
        </p>
      )}
      {leaving && <DeleteSegment segment={leaving} close={() => setLeaving(undefined)} />}
    </>
  );
}

function Trend({ name, values }: { name: string; values: readonly number[] | undefined }) {
  const [first, last] = [values?.at(0), values?.at(-1)];
  if (!values || first === undefined || last === undefined) return <span className="soft">–</span>;
  const by = last - first;
  const words = by === 0 ? "as many as 30 days ago" : `${whole(Math.abs(by))} ${by > 0 ? "more" : "fewer"} than 30 days ago`;
  return (
    <span className={css.trend}>
      <Sparkline values={values} label={`${name}: ${words}`} />
      <span className="soft small number">{by === 0 ? "±0" : `${by > 0 ? "+" : "−"}${whole(Math.abs(by))}`}</span>
    </span>
  );
}
