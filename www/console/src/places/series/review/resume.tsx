// Ends a pause: what fell due meanwhile, and what becomes of it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { get, post } from "~/api/client.ts";
import type { Series } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { Ago, Button, Callout, Choice, Dialog, Loading, Table, useToast, whole } from "~/kit/index.ts";

import { learn } from "../actions.ts";

type Overdue = "send" | "skip" | "shift";
const WORDS: Record<Overdue, string> = {
  send: "It happens now: every message that fell due is sent at once, as far as quiet hours and the cap let it.",
  skip: "Messages that fell due are passed over. The steps after them keep their time.",
  shift: "Everything that was waited for comes later, by the length of the pause.",
};

export function Resume({ series, close }: { series: Series; close: () => void }) {
  const cache = useQueryClient();
  const say = useToast();
  const now = useNow();
  const path = { id: series.id };
  const [choice, setChoice] = useState<Overdue>("send");
  const overdue = useQuery({ queryKey: ["series", "overdue", series.id], queryFn: async () => (await get("/series/{id}/overdue", { path })).items, staleTime: 0 });
  const resume = useMutation({
    mutationFn: () => post("/series/{id}/resume", { path, body: { overdue: choice } }),
    onSuccess: (running) => {
      learn(cache, running);
      void cache.invalidateQueries({ queryKey: ["series"] });
      say({ title: "Live again.", tone: "good" });
      close();
    },
  });
  const people = (overdue.data ?? []).reduce((sum, one) => sum + one.people, 0);
  return (
    <Dialog
      open
      onOpenChange={close}
      title={`Resume “${series.name}”`}
      about="People enter again from now on, and steps fire."
      actions={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button look="primary" busy={resume.isPending} onClick={() => resume.mutate()}>
            Resume
          </Button>
        </>
      }
    >
      {resume.error && (
        <Callout tone="bad" title="It was not resumed.">
          {resume.error.message}
        </Callout>
      )}
      {overdue.isPending && <Loading />}
      {overdue.error && <Callout tone="warn">What fell due could not be loaded: {overdue.error.message}</Callout>}
      {overdue.data && (
        <p role="status">{people === 0 ? "Nothing fell due during the pause." : `Something fell due for ${whole(people)} ${people === 1 ? "person" : "people"} during the pause. What becomes of it?`}</p>
      )}
      {people > 0 && (
        <Table
          label="Overdue"
          rows={overdue.data ?? []}
          id={({ version, step }) => `${version} ${step}`}
          columns={[
            { name: "Step", grow: true, cell: ({ step }) => step },
            { name: "Version", number: true, cell: ({ version }) => version },
            { name: "People", number: true, cell: ({ people }) => whole(people) },
            { name: "Since", cell: ({ since }) => <Ago at={since} now={now} /> },
          ]}
        />
      )}
      <Choice
        label="What fell due"
        value={choice}
        onChange={setChoice}
        options={[
          { value: "send", label: "Send it now" },
          { value: "skip", label: "Skip it" },
          { value: "shift", label: "Shift everything" },
        ]}
      />
      <p className="soft small">{WORDS[choice]}</p>
    </Dialog>
  );
}
