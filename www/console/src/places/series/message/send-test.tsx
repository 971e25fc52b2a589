// A message as somebody would get it, sent at once, to see it where it will be read: it counts in no report
// and in no cap. From the message itself, from a person, and from the channel that is to be tried.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useId, useState } from "react";

import { post } from "~/api/client.ts";
import { allSeries } from "~/api/queries.ts";
import type { Channel, Step } from "~/api/types.ts";
import { Button, Callout, Dialog, Input, Loading, Select } from "~/kit/index.ts";
import { reasonWords } from "~/places/people/run.ts";

import { CONTROL } from "./variants.ts";

/** A message of a series, by itself. */
export type Message = { seriesId: string; series: string; step: Step };
type Props = {
  /** The message; one of all series is chosen where it is left out. */
  message?: Message;
  /** The variant that one begins with. */
  variant?: string;
  /** The only channels whose messages are offered. */
  channels?: readonly Channel[];
  /** For whom it is filled in; asked where that is not known. */
  person?: { id: string; name: string } | null;
  title?: string;
  close: () => void;
};

const CHANNELS: readonly Channel[] = ["email", "in_app", "push", "webhook"];
const keyOf = ({ seriesId, step }: Message): string => `${seriesId}/${step.id}`;

export function SendTest({ message, variant: begun = "", channels = CHANNELS, person, title = "Send a test", close }: Props) {
  const form = useId();
  const all = useQuery({ ...allSeries, enabled: message === undefined });
  const isOffered = ({ kind }: Step) => (channels as readonly string[]).includes(kind);
  const offered = message
    ? [message]
    : (all.data ?? []).flatMap(({ id, name, draft }) => draft.steps.filter(isOffered).map((step) => ({ seriesId: id, series: name, step })));
  const [chosen, setChosen] = useState("");
  const [variant, setVariant] = useState(begun);
  const [whom, setWhom] = useState("");
  const [to, setTo] = useState("");
  const one = offered.find((each) => keyOf(each) === chosen) ?? offered[0];
  const isMail = one?.step.kind === "email";
  const send = useMutation({
    mutationFn: ({ seriesId, step }: Message) =>
      post("/series/{id}/test", {
        path: { id: seriesId },
        body: { step: step.id, person: person?.id ?? whom.trim(), ...(variant && { variant }), ...(isMail && to.trim() && { to: to.trim() }) },
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (one) send.mutate(one);
  };
  const variants = one?.step.test?.variants ?? [];
  return (
    <Dialog
      open
      onOpenChange={(open) => open || close()}
      title={title}
      about={`${person ? `Filled in for ${person.name}` : "Filled in for a person"}, and sent at once. It counts in no report and in no cap.`}
      actions={
        <>
          <Button onClick={close}>Close</Button>
          <Button look="primary" type="submit" form={form} busy={send.isPending} disabled={!one}>
            Send it
          </Button>
        </>
      }
    >
      {!message && all.isPending ? (
        <Loading lines={2} />
      ) : !one ? (
        <Callout title="There is nothing to send.">A series with such a message is needed: make one first.</Callout>
      ) : (
        <form id={form} className="stack" onSubmit={submit}>
          {!message && (
            <Select
              label="Message"
              value={keyOf(one)}
              onChange={({ target }) => {
                setChosen(target.value);
                setVariant("");
                send.reset();
              }}
            >
              {[...new Set(offered.map(({ seriesId }) => seriesId))].map((id) => {
                const own = offered.filter(({ seriesId }) => seriesId === id);
                return (
                  <optgroup key={id} label={own[0]?.series}>
                    {own.map((each) => (
                      <option key={keyOf(each)} value={keyOf(each)}>
                        {each.step.subject || each.step.title || each.step.id} ({each.step.kind.replace("_", "-")})
                      </option>
                    ))}
                  </optgroup>
                );
              })}
            </Select>
          )}
          {variants.length > 0 && (
            <Select label="Variant" value={variant || CONTROL} onChange={({ target }) => setVariant(target.value)}>
              <option value={CONTROL}>{CONTROL} (as it stands)</option>
              {variants.map(({ name }) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          )}
          {!person && <Input label="Filled in for" required placeholder="Id of a person" value={whom} onChange={({ target }) => setWhom(target.value)} />}
          {isMail && (
            <Input
              label="To"
              type="email"
              placeholder="you@example.com"
              hint="Left empty: to the person's own address."
              value={to}
              onChange={({ target }) => setTo(target.value)}
            />
          )}
        </form>
      )}
      <div role="status">
        {send.data?.sent && (
          <Callout tone="good" title="Sent.">
            Look at it where it went to, or in the <Link to="/mailbox">mailbox</Link>.
          </Callout>
        )}
        {send.data?.sent === false && (
          <Callout tone="bad" title="Not sent.">
            {send.data.reason ? reasonWords(send.data.reason) : "The provider did not say why."}
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
