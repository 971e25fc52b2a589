// Requests to programs: what was asked, and what came back.
import type { WebhookRequest } from "~/api/types.ts";
import { Badge, Code, Facts } from "~/kit/index.ts";

import { get } from "~/api/client.ts";
import { Box, NothingYet, Origin } from "./box.tsx";
import { pretty } from "./pretty.ts";

export function RequestBox() {
  return (
    <Box<WebhookRequest>
      page={(cursor) => get("/webhooks", { query: { limit: 50, cursor } })}
      label="Requests"
      line={({ method, url, person }) => ({ title: `${method} ${url}`, beside: person })}
      detail={(request) => <Detail request={request} />}
      empty={<NothingYet title="No request has left yet">A series step of kind webhook makes a signed request to a program of yours, such as a CRM.</NothingYet>}
    />
  );
}

function Detail({ request: { status, outcome, method, url, headers, body, ...item } }: { request: WebhookRequest }) {
  const isGood = outcome === "sent" || (status != null && status >= 200 && status < 300);
  const answer = [status, outcome].filter((word) => word != null).join(": ");
  return (
    <>
      <h2>
        {method} {url}
      </h2>
      <Origin
        item={item}
        more={[["Outcome", answer ? <Badge tone={isGood ? "good" : "bad"}>{answer}</Badge> : "not known"]]}
      />
      {headers && Object.keys(headers).length > 0 && (
        <section>
          <h3>Headers</h3>
          <Facts of={Object.entries(headers).map(([name, value]) => [name, <code>{value}</code>] as const)} />
        </section>
      )}
      <Code wrap label="Body" text={pretty(body)} />
    </>
  );
}
