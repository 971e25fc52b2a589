// Two people changed the same draft. Both sides are shown; nothing is overwritten before one has chosen.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import type { Series, SeriesSpec } from "~/api/types.ts";
import { Button, Callout, Dialog, useToast } from "~/kit/index.ts";

import { create } from "./actions.ts";
import { diff } from "./diff.ts";
import type { Draft } from "./use-draft.ts";
import { DiffView } from "./versions/diff-view.tsx";

export function Conflict({ series, draft, theirs }: { series: Series; draft: Draft; theirs: SeriesSpec }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const say = useToast();
  const [later, setLater] = useState(false);
  const copy = useMutation({
    mutationFn: () => create(cache, { ...draft.spec, name: `${draft.spec.name} (my version)` }),
    onSuccess: (made) => {
      draft.takeTheirs();
      say({ title: `Your version is now “${made.name}”.`, tone: "good" });
      void navigate({ to: "/series/$id", params: { id: made.id } });
    },
  });
  if (later) {
    return (
      <Callout tone="warn" title="Your changes are not saved." actions={<Button small onClick={() => setLater(false)}>Compare</Button>}>
        Someone else changed this series. Yours are kept in this browser until you choose.
      </Callout>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={() => setLater(true)}
      wide
      title="Someone else changed this series"
      about="It was saved by someone else while you were editing. Nothing was overwritten: choose which of the two goes on."
      actions={
        <>
          <Button onClick={() => draft.takeTheirs()}>Take theirs</Button>
          <Button look="primary" busy={copy.isPending} onClick={() => copy.mutate()}>
            Keep mine as a copy
          </Button>
        </>
      }
    >
      {copy.error && <Callout tone="bad" title="The copy could not be made.">{copy.error.message}</Callout>}
      <p className="small soft">
        “{series.name}” as the others have it, and as you have it. Taking theirs can be undone with Ctrl+Z.
      </p>
      <DiffView changes={diff(theirs, draft.spec)} before="Theirs" after="Yours" none="Both are the same." />
    </Dialog>
  );
}
