// What messages leave through, and whether it works.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { type FormEvent, useState } from "react";

import { post } from "~/api/client.ts";
import { allSeries, status } from "~/api/queries.ts";
import type { Channel } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { useMay } from "~/app/session.tsx";
import { Ago, Badge, Button, Callout, Card, Dialog, Facts, Failure, Input, Loading, Select, whole } from "~/kit/index.ts";
import { EMBEDDED } from "~/places/home/set-up.ts";

type Testable = Extract<Channel, "email" | "push">;
const WORDS: Record<Testable, { name: string; about: string; embedded: string }> = {
  email: {
    name: "Mail",
    about: "The provider that takes your mails.",
    embedded: "Mails stay in the mailbox of this console and reach nobody: good for trying. This version has no other provider yet.",
  },
  push: {
    name: "Push",
    about: "To browsers that asked for it, by Web Push. The keys are made by the workspace itself.",
    embedded: "Pushes stay in the mailbox of this console and reach nobody.",
  },
};

export function Channels() {
  const { data, error, refetch } = useQuery(status);
  const now = useNow();
  const mayTest = useMay("editor");
  const [testing, setTesting] = useState<Testable>();
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <>
      {(["email", "push"] as const).map((channel) => {
        const state = data.channels[channel];
        const { name, about, embedded } = WORDS[channel];
        const isEmbedded = EMBEDDED.has(state.provider);
        return (
          <Card
            key={channel}
            title={name}
            about={about}
            actions={
              mayTest && (
                <Button small icon={<Send aria-hidden />} onClick={() => setTesting(channel)}>
                  Send a test
                </Button>
              )
            }
          >
            <Facts
              of={[
                ["Provider", state.provider],
                ["Browsers", "devices" in state ? `${whole(state.devices)} said yes` : undefined],
                [
                  "State",
                  "devices" in state || isEmbedded ? undefined : state.verified_at ? (
                    <span className="row">
                      <Badge tone="good">works</Badge> verified <Ago at={state.verified_at} now={now} />
                    </span>
                  ) : (
                    <Badge tone="warn">not verified yet</Badge>
                  ),
                ],
              ]}
            />
            {isEmbedded && <Callout title="The embedded provider">{embedded}</Callout>}
          </Card>
        );
      })}
      {testing && <TestSend channel={testing} close={() => setTesting(undefined)} />}
    </>
  );
}

/** A real message of a series, rendered for a person, sent at once. */
function TestSend({ channel, close }: { channel: Testable; close: () => void }) {
  const { data } = useQuery(allSeries);
  const steps = (data ?? []).flatMap(({ id, name, draft }) =>
    draft.steps.filter(({ kind }) => kind === channel).map((step) => ({ value: `${id}/${step.id}`, series: id, step: step.id, label: `${name}: ${step.subject ?? step.title ?? step.id}` })),
  );
  const send = useMutation({
    mutationFn: ({ series, step, person, to }: { series: string; step: string; person: string; to: string }) =>
      post("/series/{id}/test", { path: { id: series }, body: { step, person, ...(to && { to }) } }),
  });
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const chosen = steps.find(({ value }) => value === form.get("message"));
    if (chosen) send.mutate({ ...chosen, person: String(form.get("person")).trim(), to: String(form.get("to") ?? "").trim() });
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      title={`Send a test by ${WORDS[channel].name.toLowerCase()}`}
      about="A message of one of your series, filled in for a person, sent at once. It counts in no report and in no cap."
      actions={
        <>
          <Button onClick={close}>Close</Button>
          <Button look="primary" type="submit" form="test-send" busy={send.isPending} disabled={steps.length === 0}>
            Send it
          </Button>
        </>
      }
    >
      {steps.length === 0 ? (
        <Callout title="No message to send">A series with a {channel === "email" ? "mail" : "push"} step is needed: make one first.</Callout>
      ) : (
        <form id="test-send" className="stack" onSubmit={submit}>
          <Select label="Message" name="message">
            {steps.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
          <Input label="Filled in for" name="person" required placeholder="Id of a person" />
          {channel === "email" && <Input label="To" name="to" type="email" placeholder="you@example.com" hint="Left empty: to the person's own address." />}
        </form>
      )}
      <div role="status">
        {send.data?.sent && (
          <Callout tone="good" title="Sent.">
            Look at it where it went to, or in the mailbox.
          </Callout>
        )}
        {send.data?.sent === false && (
          <Callout tone="bad" title="Not sent.">
            {send.data.reason ?? "The provider did not say why."}
          </Callout>
        )}
      </div>
      {send.error && (
        <Callout tone="bad" title="Not sent.">
          {send.error.message}
        </Callout>
      )}
    </Dialog>
  );
}
