// Segments that nearly everyone needs, one click away.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { type FormEvent, useId, useState } from "react";

import { put, remove } from "~/api/client.ts";
import { data } from "~/api/queries.ts";
import type { Rule, Segment } from "~/api/types.ts";
import { Button, Callout, Card, Dialog, Input, useToast } from "~/kit/index.ts";

import { AT_RISK, type Ready, atRiskRule, offered } from "./ready.ts";
import css from "./segments.module.css";

/** Writes a segment where there is none of that id. */
const create = (id: string, name: string, rule: Rule) => put("/segments/{id}", { path: { id }, body: { name, rule }, ifMatch: 0 });

export function Offers({ segments }: { segments: readonly Segment[] }) {
  const cache = useQueryClient();
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const { ready, atRisk } = offered(segments);
  const refresh = () => cache.invalidateQueries({ queryKey: ["segments"] });
  const undo = (id: string) =>
    remove("/segments/{id}", { path: { id } }).then(refresh, (error: Error) => say({ title: `It could not be taken away: ${error.message}`, tone: "bad" }));
  const make = useMutation({
    mutationFn: ({ id, name, rule }: Ready) => create(id, name, rule),
    onSuccess: ({ id, name }) => {
      void refresh();
      say({ title: `“${name}” is there.`, undo: () => void undo(id) });
    },
    onError: (error) => say({ title: error.message, tone: "bad" }),
  });
  if (ready.length === 0 && !atRisk) return null;
  return (
    <Card title="Ready-made" about="What most teams begin with. Change them as you like.">
      <ul className={css.offers}>
        {ready.map((one) => (
          <li key={one.id}>
            <div>
              <h3>{one.name}</h3>
              <p className="soft small">{one.about}</p>
            </div>
            <Button small icon={<Plus aria-hidden />} aria-label={`Add ${one.name}`} disabled={make.isPending} onClick={() => make.mutate(one)}>
              Add
            </Button>
          </li>
        ))}
        {atRisk && (
          <li>
            <div>
              <h3>{AT_RISK.name}</h3>
              <p className="soft small">{AT_RISK.about}</p>
            </div>
            <Button small icon={<Plus aria-hidden />} aria-label={`Add ${AT_RISK.name} …`} onClick={() => setAsking(true)}>
              Add …
            </Button>
          </li>
        )}
      </ul>
      {asking && <AtRisk close={() => setAsking(false)} />}
    </Card>
  );
}

/** What is worth much, and what keeps people: only the company knows. */
function AtRisk({ close }: { close: () => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const list = useId();
  const events = useQuery(data).data?.events ?? [];
  const [event, setEvent] = useState("Used Feature X");
  const [spend, setSpend] = useState("100");
  const make = useMutation({
    mutationFn: () => create(AT_RISK.id, AT_RISK.name, atRiskRule(event.trim(), Number(spend))),
    onSuccess: ({ id }) => {
      void cache.invalidateQueries({ queryKey: ["segments"] });
      void navigate({ to: "/segments/$id", params: { id } });
    },
  });
  const isSpend = spend.trim() !== "" && Number.isFinite(Number(spend));
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    if (event.trim() !== "" && isSpend) make.mutate();
  };
  return (
    <Dialog open onOpenChange={(open) => open || close()} title={AT_RISK.name} about={AT_RISK.about}>
      <form className="stack" onSubmit={submit}>
        <Input
          label="What do people do who stay?"
          hint="An event that you track. They have not performed it in the last 60 days."
          value={event}
          list={list}
          required
          onChange={({ target }) => setEvent(target.value)}
        />
        <datalist id={list}>
          {events.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Input
          label="Total spend over"
          hint="Held against the attribute total_spend, in your currency."
          type="number"
          step="any"
          value={spend}
          required
          error={isSpend ? undefined : "Write a number, such as 100."}
          onChange={({ target }) => setSpend(target.value)}
        />
        {make.error && <Callout tone="bad">{make.error.message}</Callout>}
        <div className="row apart">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look="primary" busy={make.isPending}>
            Create segment
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
