// One segment, and a new one: its name, its rule as rows, as text and as a sentence, and who is in it.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";

import { Refused } from "~/api/client.ts";
import { allSegments, segment as one } from "~/api/queries.ts";
import type { Segment } from "~/api/types.ts";
import { useMay } from "~/app/session.tsx";
import { Badge, Button, ButtonLink, Callout, Card, Empty, Failure, IconButton, Input, Loading, Page } from "~/kit/index.ts";

import { RuleBuilder, RulePreview, RuleText, ruleText, ruleWords, useCalled, usePreview } from "./builder/index.tsx";
import { same } from "./builder/leaf.ts";
import { parsed } from "./builder/parse.ts";
import { plain } from "./builder/tree.ts";
import { DeleteSegment, UsedBy } from "./delete.tsx";
import { type Draft, useDraft } from "./draft.ts";
import { Growth } from "./growth.tsx";
import { Guard } from "./guard.tsx";
import { useSave } from "./save.ts";
import css from "./segments.module.css";

const NEW = "new";

export function SegmentPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  return id === NEW ? <NewSegment /> : <OldSegment key={id} id={id} />;
}

const back = <Link to="/segments">Segments</Link>;

function NewSegment() {
  const { rule } = useSearch({ strict: false });
  const all = useQuery(allSegments);
  // A rule in the address is text, which the core reads.
  const given = useQuery(parsed(rule ?? ""));
  if (all.isPending || given.isPending) return <Loading />;
  const read = given.data;
  const unread = read && !read.ok ? read.problems[0]?.message : undefined;
  return (
    <Editor
      key={rule ?? ""}
      id={NEW}
      begun={rule ?? ""}
      saved={{ name: "", rule: read?.ok ? read.value.json : { all: [] }, from: 0 }}
      used={all.data?.map((segment) => segment.id) ?? []}
      note={unread && <Callout tone="warn" title="The rule in the address could not be read.">{unread}</Callout>}
    />
  );
}

function OldSegment({ id }: { id: string }) {
  const segment = useQuery(one(id));
  if (segment.isPending) return <Loading />;
  if (segment.data) {
    const { name, tree, revision } = segment.data;
    return <Editor id={id} saved={{ name, rule: tree, from: revision }} used={[]} segment={segment.data} />;
  }
  const isGone = segment.error instanceof Refused && segment.error.status === 404;
  return (
    <Page title={isGone ? "No such segment" : "Segment"} above={back}>
      {isGone ? (
        <Empty title={`There is no segment “${id}”`} actions={<ButtonLink to="/segments">All segments</ButtonLink>}>
          It may have been deleted.
        </Empty>
      ) : (
        <Failure error={segment.error} retry={() => void segment.refetch()} />
      )}
    </Page>
  );
}

type EditorProps = { id: string; /** What a new one begins from: each has a draft of its own. */ begun?: string; saved: Draft; used: readonly string[]; segment?: Segment; note?: React.ReactNode };

function Editor({ id, begun = "", saved, used, segment, note }: EditorProps) {
  const isNew = id === NEW;
  const mayWrite = useMay("editor");
  const navigate = useNavigate();
  const [draft, setDraft] = useDraft(isNew ? `${NEW} ${begun}` : id);
  const [restored, setRestored] = useState(draft !== null);
  const [unfinished, setUnfinished] = useState(0);
  const [leaving, setLeaving] = useState(false);
  const [asked, setAsked] = useState(false);
  const now = draft ?? saved;
  const isChanged = draft !== null && (draft.name !== saved.name || !same(plain(draft.rule), plain(saved.rule)));
  const edit = (change: Partial<Draft>) => {
    setRestored(false);
    const next = { ...now, ...change };
    // What is as it was saved is no draft.
    const isAsSaved = next.name === saved.name && same(plain(next.rule), plain(saved.rule));
    setDraft(isAsSaved ? null : next);
  };
  const save = useSave({
    id: isNew ? null : id,
    used,
    onSaved: (made) => {
      setDraft(null);
      setAsked(false);
      // The guard has gone by the time that the page is left.
      if (isNew) queueMicrotask(() => void navigate({ to: "/segments/$id", params: { id: made.id }, replace: true, ignoreBlocker: true }));
    },
  });
  const answer = usePreview(now.rule);
  const called = useCalled();
  const isNamed = now.name.trim() !== "";
  const submit = () => {
    setAsked(true);
    if (isNamed && unfinished === 0) save.start(now);
  };
  const title = isNew ? "New segment" : segment?.name || id;
  return (
    <Page
      title={title}
      above={back}
      beside={isChanged && <Badge tone="warn">Not saved</Badge>}
      actions={
        mayWrite && (
          <>
            {!isNew && (
              <IconButton label="Delete segment" look="plain" onClick={() => setLeaving(true)}>
                <Trash2 />
              </IconButton>
            )}
            {isChanged && !isNew && <Button onClick={() => setDraft(null)}>Discard changes</Button>}
            <Button look="primary" busy={save.busy} disabled={!isNew && !isChanged} onClick={submit}>
              {isNew ? "Create segment" : "Save"}
            </Button>
          </>
        )
      }
    >
      {note}
      {restored && isChanged && (
        <Callout title="Your changes from before are here." actions={<Button small onClick={() => (setDraft(null), setRestored(false))}>Discard them</Button>}>
          They were not saved yet.
        </Callout>
      )}
      {save.conflict && (
        <Callout
          tone="warn"
          title="Somebody else changed this segment meanwhile."
          actions={
            <span className="row">
              <Button small onClick={() => (setDraft(null), save.forget())}>
                Take theirs
              </Button>
              <Button small onClick={() => save.insist(now)}>
                Keep mine
              </Button>
            </span>
          }
        >
          Theirs: “{save.conflict.name}”. {ruleWords(save.conflict.tree, called)}.
        </Callout>
      )}
      {save.error && <Callout tone="bad" title="It was not saved.">{save.error}</Callout>}
      <div className={css.editor}>
        <div className={css.main}>
          {mayWrite && (
            <Input
              label="Name"
              value={now.name}
              maxLength={120}
              placeholder="Such as: Trial ends this week"
              autoFocus={isNew}
              error={asked && !isNamed ? "Give it a name, so that others know what it is for." : undefined}
              onChange={({ target }) => edit({ name: target.value })}
            />
          )}
          <Card title="Who is in it">
            {mayWrite && (
              <RuleBuilder
                value={now.rule}
                problems={answer.data?.problems ?? []}
                onChange={(rule, state) => {
                  setUnfinished(state.unfinished);
                  edit({ rule });
                }}
              />
            )}
            {unfinished > 0 && (
              <Callout tone={asked ? "warn" : "info"}>
                {unfinished === 1 ? "One filter is not filled in yet and does not count." : `${unfinished} filters are not filled in yet and do not count.`}
                {asked && " Finish or remove it, then save."}
              </Callout>
            )}
            <p className={css.sentence} aria-label="In words">
              {ruleWords(now.rule, called)}.
            </p>
            {mayWrite ? (
              <RuleText value={now.rule} fallback={answer.data?.text} hint="The same rule, to copy or to type." onChange={(rule) => edit({ rule })} />
            ) : (
              <code>{ruleText(now.rule) ?? answer.data?.text}</code>
            )}
          </Card>
        </div>
        <aside className={css.side} aria-label="Who that is">
          <Card
            title="Right now"
            actions={
              <ButtonLink to="/people" search={{ rule: ruleText(now.rule) ?? answer.data?.text ?? "everyone" }} small look="quiet">
                See all
              </ButtonLink>
            }
          >
            <RulePreview answer={answer} />
          </Card>
          {!isNew && <Growth id={id} name={title} />}
          {segment?.used_by && (
            <Card title="Used by">
              <UsedBy users={segment.used_by} />
            </Card>
          )}
        </aside>
      </div>
      <Guard when={isChanged && !save.done} />
      {leaving && segment && (
        <DeleteSegment
          segment={segment}
          close={() => setLeaving(false)}
          onDeleted={() => {
            setDraft(null);
            void navigate({ to: "/segments", ignoreBlocker: true });
          }}
        />
      )}
    </Page>
  );
}
