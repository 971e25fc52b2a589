// Sends the message to one address, to see it where it will be read. It counts nowhere.
import { useMutation } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useState } from "react";

import { useMay } from "~/app/session.tsx";
import { post } from "~/api/client.ts";
import { Button, Dialog, Input, useToast } from "~/kit/index.ts";

type Props = { seriesId: string; step: string; variant: string | undefined; person: string | null };

export function TestSend({ seriesId, step, variant, person }: Props) {
  const may = useMay("editor");
  const say = useToast();
  const [open, setOpen] = useState(false);
  const [whom, setWhom] = useState("");
  const [to, setTo] = useState("");
  const send = useMutation({
    mutationFn: () =>
      post("/series/{id}/test", { path: { id: seriesId }, body: { step, variant, person: person ?? whom.trim(), ...(to.trim() && { to: to.trim() }) } }),
    onSuccess: () => {
      setOpen(false);
      say({ title: "The test has been sent. It counts in no report." });
    },
  });
  if (!may) return null;
  return (
    <>
      <Button small icon={<Send aria-hidden />} onClick={() => setOpen(true)}>
        Send a test
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Send a test"
        about="It is filled in with what is known of a person, leaves at once, and counts in no report and no cap."
        actions={
          <Button look="primary" busy={send.isPending} disabled={!person && whom.trim() === ""} onClick={() => send.mutate()}>
            Send it
          </Button>
        }
      >
        {person ? (
          <p>
            Filled in for <strong>{person}</strong>.
          </p>
        ) : (
          <Input label="Filled in for" hint="The id of a person." value={whom} onChange={(event) => setWhom(event.target.value)} />
        )}
        <Input
          label="To"
          hint="An address of your own. Their own address or device is used if this is empty."
          value={to}
          error={send.error?.message}
          onChange={(event) => setTo(event.target.value)}
        />
      </Dialog>
    </>
  );
}
