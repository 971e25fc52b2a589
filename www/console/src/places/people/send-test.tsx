// A message as this person would get it, sent at once: it counts in no report and no cap.
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";

import { Refused, post } from "~/api/client.ts";
import { allSeries } from "~/api/queries.ts";
import type { Person, Step } from "~/api/types.ts";
import { Button, Callout, Dialog, Input, Loading, Select } from "~/kit/index.ts";

import { calledOf } from "./columns.ts";
import { reasonWords } from "./run.ts";

const MESSAGES = new Set(["email", "in_app", "push", "webhook"]);
const named = (step: Step): string => step.subject || step.title || step.id;

export function SendTest({ person, close }: { person: Person; close: () => void }) {
  const all = useQuery(allSeries);
  const offered = (all.data ?? []).flatMap((series) =>
    series.draft.steps.filter(({ kind }) => MESSAGES.has(kind)).map((step) => ({ key: `${series.id} ${step.id}`, series, step })),
  );
  const [chosen, setChosen] = useState("");
  const [variant, setVariant] = useState("");
  const [to, setTo] = useState("");
  const one = offered.find(({ key }) => key === chosen) ?? offered[0];
  const send = useMutation({
    mutationFn: () =>
      post("/series/{id}/test", {
        path: { id: one?.series.id ?? "" },
        body: {
          step: one?.step.id ?? "",
          person: person.id,
          ...(variant && { variant }),
          ...(to.trim() && one?.step.kind === "email" && { to: to.trim() }),
        },
      }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (one) send.mutate();
  };
  const email = typeof person.attributes.email === "string" ? person.attributes.email : undefined;
  const variants = one?.step.test?.variants ?? [];
  return (
    <Dialog open onOpenChange={(open) => open || close()} title="Send a test" about={`Filled in as for ${calledOf(person)}, and sent at once. No report counts it.`}>
      {all.isPending ? (
        <Loading lines={2} />
      ) : !one ? (
        <p className="soft">There is no message in any series yet.</p>
      ) : (
        <form className="stack" onSubmit={submit}>
          <Select
            label="Message"
            value={one.key}
            onChange={({ target }) => {
              setChosen(target.value);
              setVariant("");
              send.reset();
            }}
          >
            {(all.data ?? []).map((series) => (
              <optgroup key={series.id} label={series.name}>
                {offered
                  .filter((each) => each.series.id === series.id)
                  .map(({ key, step }) => (
                    <option key={key} value={key}>
                      {named(step)} ({step.kind.replace("_", "-")})
                    </option>
                  ))}
              </optgroup>
            ))}
          </Select>
          {variants.length > 0 && (
            <Select label="Variant" value={variant} onChange={({ target }) => setVariant(target.value)}>
              <option value="">a (as it stands)</option>
              {variants.map(({ name }) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          )}
          {one.step.kind === "email" && (
            <Input
              label="To"
              type="email"
              required={!email}
              placeholder={email}
              hint={email ? "Left empty, it goes to their own address." : "They have no address of their own."}
              value={to}
              onChange={({ target }) => setTo(target.value)}
            />
          )}
          {send.error && (
            <Callout tone="bad" title="It was not sent.">
              {send.error instanceof Refused && send.error.status === 404 ? "This server cannot send tests yet, or the step was not saved." : send.error.message}
            </Callout>
          )}
          {send.data &&
            (send.data.sent ? (
              <Callout tone="good" title="It is on its way.">
                <span role="status">
                  What was sent lies in the <Link to="/mailbox">mailbox</Link>.
                </span>
              </Callout>
            ) : (
              <Callout tone="warn" title="It was not sent.">{send.data.reason ? reasonWords(send.data.reason) : "The provider did not take it."}</Callout>
            ))}
          <div className="row apart">
            <Button onClick={close}>Close</Button>
            <Button type="submit" look="primary" busy={send.isPending}>
              Send test
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
