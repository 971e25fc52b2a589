// The mailbox: everything that left, newest first, as those who got it see it; and what could not leave.
import { useAddress } from "~/app/address.ts";
import { Card, Page, Tabs } from "~/kit/index.ts";

import { DeadLetters } from "./dead-letters.tsx";
import { MailBox } from "./mail.tsx";
import { PushBox } from "./push.tsx";
import { RequestBox } from "./requests.tsx";

const TABS = ["mail", "push", "requests", "dead"] as const;

export function Mailbox() {
  const [{ tab }, change] = useAddress();
  const open = TABS.find((one) => one === tab) ?? "mail";
  return (
    <Page title="Mailbox" about="Everything that left, newest first, as those who got it see it.">
      <Tabs
        label="What left"
        value={open}
        onChange={(next) => change({ tab: next === "mail" ? undefined : next, item: undefined }, false)}
        tabs={[
          { value: "mail", label: "Mail", content: <Card flush><MailBox /></Card> },
          { value: "push", label: "Push", content: <Card flush><PushBox /></Card> },
          { value: "requests", label: "Requests", content: <Card flush><RequestBox /></Card> },
          { value: "dead", label: "Dead letters", content: <Card flush><DeadLetters /></Card> },
        ]}
      />
    </Page>
  );
}
