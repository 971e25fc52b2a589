// Outbound > Series > one of them: its name and state, and its tabs. What is edited here is the draft.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Pause, Play, Redo2, Send, Undo2 } from "lucide-react";
import { Suspense, lazy, useEffect, useState } from "react";

import { post } from "~/api/client.ts";
import { series as seriesQuery } from "~/api/queries.ts";
import type { Series, SeriesSpec } from "~/api/types.ts";
import { useMay } from "~/app/session.tsx";
import { Badge, Button, ButtonLink, Callout, Failure, IconButton, Loading, Page, Tabs, useToast } from "~/kit/index.ts";

import { learn } from "./actions.ts";
import { Conflict } from "./conflict.tsx";
import { useFindings } from "./findings.ts";
import { Name } from "./name.tsx";
import css from "./series.module.css";
import { StateBadge } from "./state.tsx";
import { Saved } from "./saved.tsx";
import { type Draft, useDraft, useSpelled } from "./use-draft.ts";

const Flow = lazy(async () => ({ default: (await import("./flow/flow.tsx")).Flow }));
const Settings = lazy(async () => ({ default: (await import("./settings/settings.tsx")).Settings }));
const Review = lazy(async () => ({ default: (await import("./review/review.tsx")).Review }));
const Versions = lazy(async () => ({ default: (await import("./versions/versions.tsx")).Versions }));
const Resume = lazy(async () => ({ default: (await import("./review/resume.tsx")).Resume }));

const TABS = ["flow", "settings", "review", "versions"] as const;
type Tab = (typeof TABS)[number];

export function SeriesPage() {
  const { id } = useParams({ from: "/series/$id" });
  const found = useQuery(seriesQuery(id));
  const spelled = useSpelled(found.data);
  // What was opened once stays open while a newer revision is being read.
  const [first, setFirst] = useState<{ id: string; spec: SeriesSpec }>();
  if (spelled.data && first?.id !== id) setFirst({ id, spec: spelled.data });
  if (found.error && !found.data) {
    return (
      <Page title="Series" above={<Link to="/series">Series</Link>}>
        <Failure error={found.error} retry={() => void found.refetch()} />
      </Page>
    );
  }
  if (spelled.error && found.data) return <Editor key={id} series={found.data} spelled={found.data.draft} />;
  if (!found.data || !first || first.id !== id) {
    return (
      <Page title="Series" above={<Link to="/series">Series</Link>}>
        <Loading lines={6} />
      </Page>
    );
  }
  return <Editor key={id} series={found.data} spelled={spelled.data ?? null} first={first.spec} />;
}

/** `spelled` is `null` while a newer revision is being read. */
function Editor({ series, spelled, first }: { series: Series; spelled: SeriesSpec | null; first?: SeriesSpec }) {
  const mayEdit = useMay("editor");
  const [current, setCurrent] = useState({ series, spec: spelled ?? (first as SeriesSpec) });
  if (spelled && (current.series !== series || current.spec !== spelled)) setCurrent({ series, spec: spelled });
  const draft = useDraft(current.series, current.spec, mayEdit && series.state !== "archived");
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const tab: Tab = (TABS as readonly string[]).includes(search.tab ?? "") ? (search.tab as Tab) : "flow";
  const findings = useFindings(series.id, draft);
  const readOnly = !mayEdit || series.state === "archived";
  const go = (next: Tab, step?: string) => void navigate({ to: "/series/$id", params: { id: series.id }, search: { ...search, tab: next === "flow" ? undefined : next, step }, replace: true });
  useUndoKeys(draft, !readOnly);
  const errors = findings.items.filter(({ severity }) => severity === "error").length;

  const parts = { series, draft, readOnly, findings: findings.items, go };
  const tabs = [
    { value: "flow" as const, label: "Flow", content: <Flow {...parts} step={search.step} /> },
    { value: "settings" as const, label: "Settings", content: <Settings {...parts} /> },
    {
      value: "review" as const,
      label: (
        <>
          Review
          {findings.items.length > 0 && (
            <span className={css.tabCount} data-bad={errors > 0 || undefined}>
              {findings.items.length}
              <span className="unseen">{errors > 0 ? " problems" : " remarks"}</span>
            </span>
          )}
        </>
      ),
      content: <Review {...parts} checking={findings.checking} />,
    },
    { value: "versions" as const, label: "Versions", content: <Versions {...parts} /> },
  ];
  return (
    <Page
      wide
      title={draft.spec.name}
      heading={<Name name={draft.spec.name} readOnly={readOnly} onChange={(name) => draft.change({ ...draft.spec, name }, "name")} />}
      above={<Link to="/series">Series</Link>}
      beside={
        <>
          <StateBadge state={series.state} />
          {series.version !== null && <Badge>{`version ${series.version}${series.changed ? ", edited since" : ""}`}</Badge>}
        </>
      }
      actions={<Actions series={series} draft={draft} tab={tab} readOnly={readOnly} mayEdit={mayEdit} review={() => go("review")} />}
    >
      {series.state === "archived" && <Callout>This series is archived: no one enters and nothing is sent. Take it out of the archive, in the list of series, to change it.</Callout>}
      <Tabs
        label="Parts of the series"
        value={tab}
        onChange={(next) => go(next)}
        tabs={tabs.map((one) => ({
          ...one,
          content: (
            <div className={one.value === "flow" ? undefined : css.narrow}>
              <Suspense fallback={<Loading />}>{one.content}</Suspense>
            </div>
          ),
        }))}
      />
      {draft.sync.is === "stale" && mayEdit && <Conflict series={series} draft={draft} theirs={draft.sync.theirs} />}
    </Page>
  );
}

type ActionsProps = { series: Series; draft: Draft; tab: Tab; readOnly: boolean; mayEdit: boolean; review: () => void };

function Actions({ series, draft, tab, readOnly, mayEdit, review }: ActionsProps) {
  const cache = useQueryClient();
  const say = useToast();
  const [resuming, setResuming] = useState(false);
  const pause = useMutation({
    mutationFn: () => post("/series/{id}/pause", { path: { id: series.id } }),
    onSuccess: (paused) => {
      learn(cache, paused);
      say({ title: "Paused. No one enters and nothing is sent; people may still leave.", tone: "good" });
    },
    onError: (error) => say({ title: `It was not paused. ${error.message}`, tone: "bad" }),
  });
  return (
    <>
      {!readOnly && (
        <>
          <Saved sync={draft.sync} retry={() => void draft.flush()} />
          <IconButton label="Undo" onClick={draft.undo} disabled={!draft.canUndo}>
            <Undo2 />
          </IconButton>
          <IconButton label="Redo" onClick={draft.redo} disabled={!draft.canRedo}>
            <Redo2 />
          </IconButton>
        </>
      )}
      {series.version !== null && (
        <ButtonLink to="/reports/$id" params={{ id: series.id }}>
          Report
        </ButtonLink>
      )}
      {mayEdit && series.state === "published" && (
        <Button icon={<Pause aria-hidden />} busy={pause.isPending} onClick={() => pause.mutate()}>
          Pause
        </Button>
      )}
      {mayEdit && series.state === "paused" && (
        <Button icon={<Play aria-hidden />} onClick={() => setResuming(true)}>
          Resume
        </Button>
      )}
      {!readOnly && tab !== "review" && (series.changed || draft.sync.is !== "saved") && (
        <Button look="primary" icon={<Send aria-hidden />} onClick={review}>
          Review and publish
        </Button>
      )}
      {resuming && (
        <Suspense>
          <Resume series={series} close={() => setResuming(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y), also while typing: every keystroke is part of the draft. */
function useUndoKeys({ undo, redo }: Draft, active: boolean) {
  useEffect(() => {
    if (!active) return;
    const onKey = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) redo();
      else undo();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [undo, redo, active]);
}

