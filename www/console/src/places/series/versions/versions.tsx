// The tab Versions: what was published, by whom, and what is different between two of them.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get } from "~/api/client.ts";
import { versions as versionsQuery } from "~/api/queries.ts";
import type { SeriesSpec } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { Ago, Badge, Button, Callout, Card, Empty, Failure, Loading, Select, Table, useToast } from "~/kit/index.ts";

import { diff } from "../diff.ts";
import type { Parts } from "../parts.ts";
import { spell } from "../spell.ts";
import { DiffView } from "./diff-view.tsx";
import css from "./versions.module.css";

const DRAFT = "draft";

/** The spec of a version, its rules as text. Immutable: it is asked for once. */
const useVersion = (id: string, version: string) =>
  useQuery({
    queryKey: ["series", "version", id, version],
    queryFn: async () => spell((await get("/series/{id}/versions/{version}", { path: { id, version: String(version) } })).spec),
    enabled: version !== DRAFT && version !== "",
    staleTime: Number.POSITIVE_INFINITY,
  });

export function Versions({ series, draft, readOnly, go }: Parts) {
  const now = useNow();
  const say = useToast();
  const list = useQuery({ ...versionsQuery(series.id), enabled: series.version !== null });
  const sorted = [...(list.data ?? [])].sort((one, other) => other.version - one.version);
  const [from, setFrom] = useState<string>();
  const [to, setTo] = useState<string>(DRAFT);
  const newest = sorted[0]?.version;
  const before = from ?? (newest === undefined ? "" : String(newest));
  const [old, later] = [useVersion(series.id, before), useVersion(series.id, to)];

  if (series.version === null) {
    return (
      <Card>
        <Empty title="Nothing is published yet">Every publish makes a version that never changes. Here you compare them, and bring an earlier one back.</Empty>
      </Card>
    );
  }
  const side = (value: string, found: typeof old) => (value === DRAFT ? draft.spec : found.data);
  const [one, other] = [side(before, old), side(to, later)];
  const error = old.error ?? later.error;
  const name = (value: string) => (value === DRAFT ? "The draft" : `Version ${value}`);
  const restore = (spec: SeriesSpec) => {
    draft.change(spec);
    say({ title: `${name(before)} is in the draft now. It goes live when you publish.`, undo: draft.undo });
    go("flow");
  };
  return (
    <div className="stack">
      <Card title="Versions" about="People go on with the version that they entered, unless they were moved when a later one was published." flush>
        {list.isPending && <Loading />}
        {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.data && (
          <Table
            label="Versions"
            rows={sorted}
            id={({ version }) => String(version)}
            columns={[
              {
                name: "Version",
                cell: ({ version }) => (
                  <span className={css.line}>
                    {`Version ${version} `}
                    {version === series.version && <Badge tone="good">entered now</Badge>}
                  </span>
                ),
              },
              { name: "Published", grow: true, cell: ({ published_at }) => <Ago at={published_at} now={now} /> },
              { name: "By", cell: ({ by }) => <span className={css.line}>{by ?? "not known"}</span> },
              {
                name: "Compare",
                head: <span className="unseen">Compare</span>,
                cell: ({ version }) => (
                  <Button
                    small
                    aria-label={`Compare version ${version} with the draft`}
                    onClick={() => {
                      setFrom(String(version));
                      setTo(DRAFT);
                    }}
                  >
                    Compare
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Card>
      {sorted.length > 0 && (
        <Card
          title="What is different"
          actions={
            !readOnly &&
            before !== DRAFT &&
            one && (
              <Button small onClick={() => restore(one)}>
                {`Restore version ${before} into the draft`}
              </Button>
            )
          }
        >
          <div className="row">
            {(
              [
                ["From", before, setFrom],
                ["To", to, setTo],
              ] as const
            ).map(([label, value, set]) => (
              <Select key={label} label={label} value={value} onChange={(event) => set(event.target.value)}>
                <option value={DRAFT}>The draft</option>
                {sorted.map(({ version }) => (
                  <option key={version} value={version}>
                    {`Version ${version}`}
                  </option>
                ))}
              </Select>
            ))}
          </div>
          {error && <Failure error={error} />}
          {!error && (!one || !other) && <Loading />}
          {one && other && <DiffView changes={diff(one, other)} before={name(before)} after={name(to)} none={before === to ? "Choose two that are not the same." : "They are the same."} />}
        </Card>
      )}
      {list.data?.length === 0 && <Callout>No version is kept.</Callout>}
    </div>
  );
}
