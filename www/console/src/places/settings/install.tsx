// How events begin to arrive: the tag, the proof of who somebody is, and whether it worked.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleCheck, Radio } from "lucide-react";
import { useState } from "react";

import { status } from "~/api/queries.ts";
import { clock, useNow } from "~/app/clock.tsx";
import { Ago, Card, Choice, Code, Failure, Loading } from "~/kit/index.ts";

import { PROOFS, npm, policy, snippet } from "./identity.ts";
import css from "./settings.module.css";

/** How often we look for the first event, while somebody looks at this page. */
const LOOK_MS = 3_000;

export function Install() {
  const { data: dev, isPending } = useQuery(clock);
  const [way, setWay] = useState<"tag" | "npm">("tag");
  const [language, setLanguage] = useState(PROOFS[0]?.language ?? "");
  const key = dev ? "wk_dev" : "YOUR-WRITE-KEY";
  const origin = location.origin;
  // A key that changes under the reader's hand is copied wrong.
  if (isPending) return <Loading />;
  return (
    <>
      <FirstEvent />
      <Card
        title="1. Add it to your pages"
        about="On every page, in the head. It blocks nothing: calls made before it has loaded are kept."
        actions={<Choice bare label="Way" value={way} onChange={setWay} options={[{ value: "tag", label: "Script tag" }, { value: "npm", label: "npm" }]} />}
      >
        {way === "tag" ? (
          <Code label="HTML" text={snippet(origin, key)} />
        ) : (
          <>
            <Code label="Terminal" text="npm install @rekindle/sdk" />
            <Code label="JavaScript" text={npm(origin, key)} />
          </>
        )}
        {key === "YOUR-WRITE-KEY" && (
          <p className="soft small">
            The write key is the value that <code>REKINDLE_WRITE_KEY</code> was set to when this was deployed. It is public: it can write events and read nothing.
          </p>
        )}
        <details>
          <summary>My pages have a content security policy</summary>
          <Code label="Allow" text={policy(origin)} />
        </details>
      </Card>
      <Card
        title="2. Prove who somebody is"
        about="Anyone can write an id into a page. In production an id counts only with a proof that your server made; in development it is believed without one."
        actions={<Choice bare label="Language" value={language} onChange={setLanguage} options={PROOFS.map(({ language }) => ({ value: language, label: language }))} />}
      >
        <Code label={`On your server, in ${language}`} text={PROOFS.find((proof) => proof.language === language)?.code ?? ""} />
        <p>
          Pass it to <code>boot</code> as <code>user_hash</code>, on every page. <code>REKINDLE_IDENTITY_SECRET</code> is the secret of the deployment and never
          leaves your server. A JWT works as well: <code>user_jwt</code>, signed with HS256 and the same secret, with the id as <code>user_id</code> or{" "}
          <code>sub</code>; its <code>exp</code> is honoured. Which keys are in use, and how they are changed:{" "}
          <Link to="/settings" search={{ tab: "identity" }}>
            Proofs of identity
          </Link>
          .
        </p>
      </Card>
    </>
  );
}

/** Looks politely until there is one, and only while the page is looked at. */
export function FirstEvent() {
  const now = useNow();
  const { data, error, refetch } = useQuery({
    ...status,
    refetchInterval: ({ state }) => (state.data?.first_event_at != null || state.error ? false : LOOK_MS),
    refetchIntervalInBackground: false,
  });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  const first = data?.first_event_at ?? null;
  return (
    <div className={css.event} data-here={first !== null || undefined} role="status">
      {first !== null ? <CircleCheck aria-hidden size={20} /> : <Radio aria-hidden size={20} />}
      {first !== null ? (
        <p>
          <strong>First event received</strong> <Ago at={first} now={now} />
          {data?.last_event_at != null && (
            <>
              , the last one <Ago at={data.last_event_at} now={now} />
            </>
          )}
          .
        </p>
      ) : (
        <p>
          <strong>Waiting for the first event.</strong> <span className="soft">Open a page that has the tag: this line changes by itself.</span>
        </p>
      )}
    </div>
  );
}
