// Whether pages have to prove whom they speak for, by which secrets, and how these are changed without anyone
// being refused. Knows fingerprints, never a secret.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { status } from "~/api/queries.ts";
import { Badge, Callout, Card, Code, Facts, Failure, Loading } from "~/kit/index.ts";

import css from "./settings.module.css";

export function Identity() {
  const { data, error, refetch } = useQuery(status);
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { required, keys } = data.identity;
  const [current, previous] = (["current", "previous"] as const).map((use) => keys.find((key) => key.use === use)?.fingerprint);
  return (
    <>
      <Card title="Proofs of identity" about="Anyone can write an id into a page. A proof, which only your server can make, says that it is theirs.">
        <Facts
          of={[
            [
              "A page without one",
              required ? (
                <span className="row">
                  <Badge tone="good">refused</Badge> when it names a person; visitors need none
                </span>
              ) : (
                <span className="row">
                  <Badge tone="warn">believed</Badge> this is development
                </span>
              ),
            ],
            ["Secret in use", current ? <code>{current}</code> : required ? <Badge tone="bad">none: no page can name a person</Badge> : <span className="soft">none</span>],
            ["The one before", previous ? <code>{previous}</code> : <span className="soft">none</span>],
          ]}
        />
        {!required && (
          <p className="soft small">
            To try what production does, set <code>REKINDLE_IDENTITY=required</code> and <code>REKINDLE_IDENTITY_SECRET</code>: then proofs are asked for here as well, and whoever has none is
            told what is missing.
          </p>
        )}
        <p className="soft small">
          What stands for a secret is the beginning of its SHA-256. On your server: <code>{'printf %s "$REKINDLE_IDENTITY_SECRET" | openssl dgst -sha256'}</code>. How a proof is made stands under{" "}
          <Link to="/settings" search={{ tab: "install" }}>
            Install
          </Link>
          .
        </p>
      </Card>
      <Card title="Change the secret" about="Once a year, when somebody leaves who knew it, or at once when it got out. While two are set, proofs of both count.">
        {previous && (
          <Callout tone="warn" title="The secret is being changed.">
            {current === previous
              ? "Both are the same still: the next step is the second."
              : `Proofs of ${previous} still count. Take the last step once no server makes them any more.`}
          </Callout>
        )}
        <ol className={css.turns}>
          <li data-done={previous !== undefined || undefined}>
            <p>Give the present secret a second place. Nothing changes yet.</p>
            <Code wrap label="Keep the present secret" text="npx wrangler secret put REKINDLE_IDENTITY_SECRET_PREVIOUS" />
          </li>
          <li data-done={(previous !== undefined && current !== previous) || undefined}>
            <p>Make a new one, and keep it where your servers get theirs.</p>
            <Code wrap label="Set the new secret" text={"openssl rand -hex 24 | tee new-secret | npx wrangler secret put REKINDLE_IDENTITY_SECRET"} />
          </li>
          <li>
            <p>
              Let your servers make proofs with it. Pages that are open keep the proof that they were given until they are loaded again: wait a day, or as long as your <code>user_jwt</code> are
              good for.
            </p>
          </li>
          <li>
            <p>Take the old one away. From then on its proofs are refused.</p>
            <Code wrap label="Delete the old secret" text="npx wrangler secret delete REKINDLE_IDENTITY_SECRET_PREVIOUS" />
          </li>
        </ol>
        <p className="soft small">If the secret got out, leave the first step out: until your servers have the new one, what pages say of people by name is refused and lost, and nobody else speaks for them.</p>
      </Card>
    </>
  );
}
