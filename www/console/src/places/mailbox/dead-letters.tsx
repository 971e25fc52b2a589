// What could not leave after every attempt, why, and another try.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MailCheck, RotateCw } from "lucide-react";

import { get, post } from "~/api/client.ts";
import type { DeadLetter } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { useMay } from "~/app/session.tsx";
import { Ago, Badge, Button, type Column, Empty, Failure, Loading, More, Table, useToast } from "~/kit/index.ts";

export function DeadLetters() {
  const now = useNow();
  const mayReplay = useMay("editor");
  const cache = useQueryClient();
  const say = useToast();
  const letters = useInfiniteQuery({
    queryKey: ["dead-letters", "all"],
    queryFn: ({ pageParam }) => get("/dead-letters", { query: { limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const replay = useMutation({
    mutationFn: ({ effect }: DeadLetter) => post("/dead-letters/{effect}/replay", { path: { effect } }),
    onSuccess: (_, { person }) => say({ title: `Queued again for ${person}. If it fails once more it comes back here.` }),
    onError: (error) => say({ title: error.message, tone: "bad" }),
    onSettled: () => cache.invalidateQueries({ queryKey: ["dead-letters"] }),
  });
  if (letters.error) return <Failure error={letters.error} retry={() => void letters.refetch()} />;
  if (letters.isPending) return <Loading />;
  const items = letters.data.pages.flatMap(({ items }) => items);
  const columns: Column<DeadLetter>[] = [
    { name: "Person", cell: ({ person }) => <Link to="/people/$id" params={{ id: person }}>{person}</Link> },
    {
      name: "Message",
      cell: ({ series, step, channel }) => (
        <>
          {series === "" ? (
            // Of no series: a program that is told what happens.
            <Link to="/settings" search={{ tab: "webhooks" }}>
              Webhook
            </Link>
          ) : (
            <Link to="/series/$id" params={{ id: series }} search={{ step }}>
              {series}
            </Link>
          )}{" "}
          {step} <Badge>{channel}</Badge>
        </>
      ),
    },
    { name: "Why", grow: true, cell: ({ reason }) => reason },
    { name: "Attempts", number: true, cell: ({ attempts }) => attempts },
    { name: "When", cell: ({ at }) => <Ago at={at} now={now} /> },
  ];
  if (mayReplay)
    columns.push({
      name: "Again",
      head: <span className="unseen">Again</span>,
      cell: (letter) => (
        <Button
          small
          icon={<RotateCw aria-hidden />}
          busy={replay.isPending && replay.variables.effect === letter.effect}
          onClick={() => replay.mutate(letter)}
          aria-label={`Try again: ${letter.step} to ${letter.person}`}
        >
          Try again
        </Button>
      ),
    });
  return (
    <>
      <Table
        label="Dead letters"
        rows={items}
        id={({ effect }) => effect}
        columns={columns}
        empty={
          <Empty title="Nothing is stuck" icon={<MailCheck aria-hidden />}>
            A message that could not be handed over after every attempt comes to rest here, with the reason. Once that is mended, it can be tried again: nobody gets it twice.
          </Empty>
        }
      />
      {items.length > 0 && <More more={letters.hasNextPage} busy={letters.isFetchingNextPage} load={() => void letters.fetchNextPage()} shown={`${items.length} shown`} />}
    </>
  );
}
