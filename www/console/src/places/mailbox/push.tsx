// Pushes, as a phone shows them.
import type { Push } from "~/api/types.ts";
import { Mark } from "~/app/mark.tsx";
import { useNow } from "~/app/clock.tsx";
import { relative } from "~/kit/index.ts";

import { get } from "~/api/client.ts";
import { Box, NothingYet, Origin } from "./box.tsx";
import css from "./mailbox.module.css";

export function PushBox() {
  return (
    <Box<Push>
      page={(cursor) => get("/pushes", { query: { limit: 50, cursor } })}
      label="Pushes"
      line={({ title, person }) => ({ title, beside: person })}
      detail={(push) => <Detail push={push} />}
      empty={
        <NothingYet title="No push has left yet">
          People get pushes in the browsers in which they said yes: call <code>rekindle.push.subscribe()</code> from a click.
        </NothingYet>
      }
    />
  );
}

function Detail({ push }: { push: Push }) {
  const now = useNow();
  return (
    <>
      <h2>{push.title}</h2>
      <div className={css.phone} role="img" aria-label={`As a phone shows it: ${push.title}. ${push.body}`}>
        <div className={css.push}>
          <Mark />
          <header>
            <span>Your app</span>
            <span>{relative(push.at, now)}</span>
          </header>
          <div>
            <strong>{push.title}</strong>
            <div>{push.body}</div>
          </div>
        </div>
      </div>
      <Origin item={push} more={push.outcome ? [["Outcome", push.outcome]] : []} />
    </>
  );
}
