// Deleting a segment: what uses it is named first, and what was deleted can be put back.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { put, remove } from "~/api/client.ts";
import { segment as one } from "~/api/queries.ts";
import type { Segment } from "~/api/types.ts";
import { Callout, Confirm, Dialog, Loading, useToast } from "~/kit/index.ts";

import css from "./segments.module.css";

type Props = { segment: Pick<Segment, "id" | "name" | "tree">; close: () => void; onDeleted?: () => void };

export function UsedBy({ users }: { users: NonNullable<Segment["used_by"]> }) {
  if (users.length === 0) return <span className={`soft small ${css.nothing}`}>Nothing yet</span>;
  return (
    <ul className={css.users}>
      {users.map(({ kind, id, name }) => (
        <li key={`${kind} ${id}`}>
          <Link to={kind === "series" ? "/series/$id" : "/segments/$id"} params={{ id }}>
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function DeleteSegment({ segment, close, onDeleted }: Props) {
  const cache = useQueryClient();
  const say = useToast();
  const known = useQuery(one(segment.id));
  const path = { id: segment.id };
  const refresh = () => cache.invalidateQueries({ queryKey: ["segments"] });
  const undo = async () => {
    // Only where there is none: revision 0.
    await put("/segments/{id}", { path, body: { name: segment.name, rule: segment.tree }, ifMatch: 0 }).then(
      () => say({ title: `“${segment.name}” is back.` }),
      (error: Error) => say({ title: `It could not be put back: ${error.message}`, tone: "bad" }),
    );
    void refresh();
  };
  const away = useMutation({
    mutationFn: () => remove("/segments/{id}", { path }),
    onSuccess: () => {
      close();
      onDeleted?.();
      cache.removeQueries({ queryKey: one(segment.id).queryKey });
      void refresh();
      say({ title: `“${segment.name}” is deleted.`, undo: () => void undo() });
    },
    onError: () => void known.refetch(),
  });
  const users = known.data?.used_by ?? [];
  if (known.isPending) {
    return (
      <Dialog open onOpenChange={close} title={`Delete “${segment.name}”`}>
        <Loading lines={2} />
      </Dialog>
    );
  }
  if (users.length > 0) {
    return (
      <Dialog open onOpenChange={close} title={`“${segment.name}” is in use`}>
        <p>It cannot be deleted while it is asked for here. Take it out there first:</p>
        <UsedBy users={users} />
      </Dialog>
    );
  }
  return (
    <Confirm open onOpenChange={(open) => open || close()} title={`Delete “${segment.name}”?`} verb="Delete segment" busy={away.isPending} onConfirm={() => away.mutate()}>
      <p>The people stay; only the segment goes.</p>
      {away.error && <Callout tone="bad">{away.error.message}</Callout>}
    </Confirm>
  );
}
