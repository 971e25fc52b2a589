// Mails, as they were handed to the provider.
import { useState } from "react";

import type { Mail } from "~/api/types.ts";
import { framed } from "~/app/frame.ts";
import { Choice, Code, Facts } from "~/kit/index.ts";

import { get } from "~/api/client.ts";
import { Box, NothingYet, Origin } from "./box.tsx";
import css from "./mailbox.module.css";

const VIEWS = [
  { value: "html", label: "As sent" },
  { value: "text", label: "Plain text" },
  { value: "headers", label: "Headers" },
] as const;
type View = (typeof VIEWS)[number]["value"];

export function MailBox() {
  return (
    <Box<Mail>
      page={(cursor) => get("/mailbox", { query: { limit: 50, cursor } })}
      label="Mails"
      line={({ subject, to, person }) => ({ title: subject || "(no subject)", beside: to ?? person })}
      detail={(mail) => <Detail mail={mail} />}
      empty={<NothingYet title="No mail has left yet">Publish a series with a mail step. Every mail is here as soon as it leaves, word for word.</NothingYet>}
    />
  );
}

/** What reports an opening: no one but the person opens their mail. */
const PICTURE = /<img src="[^"]*\/o\/[^"]*"[^>]*>/g;

function Detail({ mail }: { mail: Mail }) {
  const [view, setView] = useState<View>("html");
  return (
    <>
      <h2>{mail.subject || "(no subject)"}</h2>
      <Origin item={mail} more={[["To", mail.to ?? "–"]]} />
      <Choice bare label="View" value={view} options={VIEWS} onChange={setView} />
      {/* What others wrote runs nothing and reaches nothing: the sandbox gives it no right at all. */}
      {view === "html" && <iframe className={css.frame} title={`Mail: ${mail.subject}`} sandbox="" srcDoc={framed(mail.html.replace(PICTURE, ""), "light")} />}
      {view === "text" && <Code wrap label="Plain text" text={mail.text} />}
      {view === "headers" && <Facts of={Object.entries(mail.headers).map(([name, value]) => [name, <code>{value}</code>] as const)} />}
    </>
  );
}
