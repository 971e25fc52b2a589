// Who may come in, and what they may do there.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { type FormEvent, useState } from "react";

import { get, post, remove } from "~/api/client.ts";
import type { Role, Token } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { Ago, Badge, Button, Callout, Card, Confirm, Copy, Dialog, Empty, Facts, Failure, Input, Loading, Select, Table, useToast } from "~/kit/index.ts";

import css from "./settings.module.css";

const tokens = { queryKey: ["tokens"], queryFn: async () => (await get("/tokens")).items };
const ROLES: readonly [Role, string][] = [
  ["viewer", "reads everything and tries rules; changes nothing"],
  ["editor", "also writes segments and series, publishes, sends tests"],
  ["admin", "also tokens, settings, the audit log, and erasing people"],
];

export function Tokens() {
  const { data, error, refetch } = useQuery(tokens);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token>();
  const now = useNow();
  const cache = useQueryClient();
  const say = useToast();
  const revoke = useMutation({
    mutationFn: ({ id }: Token) => remove("/tokens/{id}", { path: { id } }),
    onSuccess: (_, { name }) => say({ title: `${name} is out, at once.` }),
    onError: (error) => say({ title: error.message, tone: "bad" }),
    onSettled: () => {
      setRevoking(undefined);
      void cache.invalidateQueries({ queryKey: tokens.queryKey });
    },
  });
  const make = (
    <Button look="primary" small icon={<Plus aria-hidden />} onClick={() => setMaking(true)}>
      New token
    </Button>
  );
  return (
    <>
      <Card title="Tokens" about="One for each person or program. The audit log tells who did what by the token's name." actions={make} flush>
        {error ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : !data ? (
          <Loading />
        ) : (
          <Table
            label="Tokens"
            rows={data}
            id={({ id }) => id}
            empty={
              <Empty title="No tokens yet" icon={<KeyRound aria-hidden />}>
                Only the token of the deployment lets anyone in. Give everyone their own: it can be taken back by itself.
              </Empty>
            }
            columns={[
              { name: "Name", cell: ({ name }) => <strong>{name}</strong>, grow: true },
              { name: "Role", cell: ({ role }) => <Badge tone={role === "admin" ? "accent" : undefined}>{role}</Badge> },
              { name: "Made", cell: ({ created_at: at }) => <Ago at={at} now={now} none="–" /> },
              { name: "By", cell: ({ by }) => by ?? "–" },
              {
                name: "Actions",
                head: <span className="unseen">Actions</span>,
                cell: (token) => (
                  <Button small look="danger" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
                    Revoke
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Card>
      <Card title="Roles">
        <Facts of={ROLES} />
      </Card>
      {making && <NewToken close={() => setMaking(false)} />}
      <Confirm
        open={revoking !== undefined}
        onOpenChange={(open) => open || setRevoking(undefined)}
        title={`Revoke ${revoking?.name ?? ""}?`}
        verb="Revoke"
        busy={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking)}
      >
        <p>Whoever has this token, and every browser that signed in with it, is out at once. It cannot be brought back; a new one can be made.</p>
      </Confirm>
    </>
  );
}

function NewToken({ close }: { close: () => void }) {
  const cache = useQueryClient();
  const make = useMutation({
    mutationFn: (wanted: { name: string; role: Role }) => post("/tokens", { body: wanted }),
    onSuccess: () => cache.invalidateQueries({ queryKey: tokens.queryKey }),
  });
  const made = make.data;
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    make.mutate({ name: String(form.get("name")).trim(), role: String(form.get("role")) as Role });
  }
  return (
    <Dialog
      open
      onOpenChange={close}
      title={made ? `The token of ${made.name}` : "New token"}
      actions={
        made ? (
          <Button look="primary" onClick={close}>
            I have kept it
          </Button>
        ) : (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button look="primary" type="submit" form="new-token" busy={make.isPending}>
              Make the token
            </Button>
          </>
        )
      }
    >
      {made ? (
        <>
          <Callout tone="warn" title="It is shown this once.">
            We keep only a digest of it. Who has it signs in as {made.name}, with the role {made.role}.
          </Callout>
          <div className="row">
            <code className={css.secret} aria-label="The new token">
              {made.token}
            </code>
            <Copy text={made.token} />
          </div>
        </>
      ) : (
        <form id="new-token" className="stack" onSubmit={submit}>
          <Input label="Name" name="name" required maxLength={64} autoFocus placeholder="Ada, or: nightly export" hint="Of the person or program that will have it." error={make.error?.message} />
          <Select label="Role" name="role" defaultValue="viewer">
            {ROLES.map(([role, words]) => (
              <option key={role} value={role}>
                {role}: {words}
              </option>
            ))}
          </Select>
        </form>
      )}
    </Dialog>
  );
}
