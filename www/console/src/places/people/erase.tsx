// Erasing a person: asked for by typing their id, answered with a receipt.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { remove } from "~/api/client.ts";
import type { Receipt } from "~/api/types.ts";
import { Button, Callout, Confirm, Dialog, Input, download, exact, whole } from "~/kit/index.ts";

import css from "./people.module.css";

export function ErasePerson({ id, close }: { id: string; close: () => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const erase = useMutation({ mutationFn: () => remove("/people/{id}", { path: { id } }) });
  const leave = () => {
    void navigate({ to: "/people" });
    cache.removeQueries({ queryKey: ["people"] });
    void cache.invalidateQueries();
  };
  if (erase.data) return <Erased receipt={erase.data} close={leave} />;
  return (
    <Confirm
      open
      onOpenChange={(open) => open || close()}
      title="Erase this person for good?"
      verb="Erase for good"
      ready={typed === id}
      busy={erase.isPending}
      onConfirm={() => erase.mutate()}
    >
      <p>What they are and did, their messages and devices: all of it goes, and nothing brings it back. Reports keep their counts, which name no one.</p>
      <Input label={<>Type their id, <code>{id}</code>, to go on</>} value={typed} autoComplete="off" spellCheck={false} onChange={({ target }) => setTyped(target.value)} />
      {erase.error && <Callout tone="bad" title="Nothing was erased.">{erase.error.message}</Callout>}
    </Confirm>
  );
}

function Erased({ receipt, close }: { receipt: Receipt; close: () => void }) {
  const { at, complete, person, removed } = receipt;
  return (
    <Dialog
      open
      onOpenChange={(open) => open || close()}
      title="They are erased"
      about="Keep this receipt if you must show that you did as you were asked."
      actions={
        <>
          <Button onClick={() => download("erasure-receipt.json", JSON.stringify(receipt, null, 2), "application/json")}>Download the receipt</Button>
          <Button look="primary" onClick={close}>
            Done
          </Button>
        </>
      }
    >
      {!complete && <Callout tone="warn" title="Some copies of what was sent may be left.">The mailbox holds more than could be looked through. Erase them once more.</Callout>}
      <dl className={css.facts} aria-label="Receipt">
        <dt>When</dt>
        <dd>{exact(at)}</dd>
        <dt>Hash of the id</dt>
        <dd>
          <code>{person}</code>
        </dd>
        {Object.entries(removed).map(([what, count]) => (
          <Row key={what} what={what} count={count} />
        ))}
      </dl>
    </Dialog>
  );
}

function Row({ what, count }: { what: string; count: number }) {
  return (
    <>
      <dt>{what.replaceAll("_", " ")}</dt>
      <dd>{whole(count)}</dd>
    </>
  );
}
