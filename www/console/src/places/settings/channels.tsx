// What messages leave through, and whether it works.
import { useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useState } from "react";

import { status } from "~/api/queries.ts";
import type { Channel } from "~/api/types.ts";
import { useNow } from "~/app/clock.tsx";
import { useMay } from "~/app/session.tsx";
import { Ago, Badge, Button, Callout, Card, Facts, Failure, Loading, whole } from "~/kit/index.ts";
import { EMBEDDED } from "~/places/home/set-up.ts";
import { SendTest } from "~/places/series/message/send-test.tsx";

type Testable = Extract<Channel, "email" | "push">;
const WORDS: Record<Testable, { name: string; about: string; embedded: string }> = {
  email: {
    name: "Mail",
    about: "The provider that takes your mails.",
    embedded: "Mails stay in the mailbox of this console and reach nobody: good for trying. REKINDLE_MAIL_PROVIDER of the deployment chooses who sends them: SMTP, Resend, Postmark, Amazon SES or Cloudflare.",
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
      {testing && <SendTest title={`Send a test by ${WORDS[testing].name.toLowerCase()}`} channels={[testing]} close={() => setTesting(undefined)} />}
    </>
  );
}
